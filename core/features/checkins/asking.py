"""The windows in which organizers' questions are asked after a check-in's own fields: `checkin answer` and
`checkin preview`. Each window keeps what is sent with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from core.chat.model import Button, Buttons, Reply, Source
from core.chat.text import Text, join, say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, Opening, Param
from core.errors import BadInput, FormInstead, NotFound
from core.features.checkins import days, question_kinds, questions, records, sharing, texts
from core.features.checkins.answers import standing_after
from core.features.checkins.fields import Day, read_day
from core.features.checkins.question_kinds import Answered, AnswerReaders, Question
from core.features.checkins.questions import WINDOW
from core.features.checkins.records import Checkin
from core.store.port import Conn

NOTHING_ASKED = "Your organizers ask nothing beside the check-in’s own fields."


def read_numbers(typed: str, field: str = "asked") -> list[int]:
    """The numbers of the questions in a window. Raises `BadInput` at the field."""
    numbers = [each for each in typed.split() if each.isascii() and each.isdigit() and len(each) < 10]
    if len(numbers) != len(typed.split()) or len(numbers) > WINDOW:
        words = (
            "I cannot read “{typed}” as numbers of questions. {/checkin answer} opens what is left to answer."
        )
        raise BadInput(say(words, typed=typed[:60]), field=field)
    return [int(each) for each in dict.fromkeys(numbers)]


def numbers_of(window: Sequence[Question]) -> str:
    """What `read_numbers` reads as a window of questions."""
    return " ".join(str(each.number) for each in window)


def asked_fields(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Sequence[Param]:
    """The fields of a window, each with who will read what is written there. A question that was removed since it opened
    is in it too, so that nothing typed is lost."""
    found = questions.of_numbers(conn, scope.cohort.id, read_numbers(given.get("asked", "")))
    checkin = None
    if scope.member is not None:
        checkin = records.of_day(conn, scope.member.id, days.day_of(scope, read_day(given)))
    before = questions.answers_of(conn, checkin.id) if checkin else []
    readers = {each.question.id: each.readers for each in before}
    return [
        question_kinds.field_of(each, readers.get(each.id) or questions.readers_now(conn, each))
        for each in found
    ]


def opens(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Opening:
    """The window with what is left to answer, or where nothing is, with what was answered first. Where there is no
    check-in of that day, its own form opens."""
    if scope.member is None:
        return Opening({})
    day = days.day_of(scope, read_day(given))
    if not records.is_done(conn, scope.member.id, day):
        if given.get("asked"):  # it was opened before, and holds what was typed
            records.editable(conn, scope, scope.member.id, day)
        days.require_open(conn, scope, read_day(given))
        raise FormInstead("checkin now", {"day": day.isoformat()})
    found = records.editable(conn, scope, scope.member.id, day)
    every = every_question(conn, found.id)
    window = questions.of_numbers(conn, scope.cohort.id, read_numbers(given.get("asked", "")))
    window = window or (questions.left(conn, found.id) or every)[:WINDOW]
    if not window:
        again = Button("Edit the check-in", "checkin edit", {"day": day.isoformat()})
        raise NotFound(NOTHING_ASKED, blocks=(Buttons((again,)),))
    values = {each.question.field: each.answer for each in questions.answers_of(conn, found.id)}
    shown = {each.field: values[each.field] for each in window if each.field in values}
    seen = [each for each in window if shown.get(each.field)]
    hidden = {"asked": numbers_of(window), "seen": numbers_of(seen) or "0", "day": day.isoformat()}
    return Opening({**hidden, **shown}, _title(every, window))


def every_question(conn: Conn, checkin_id: int) -> list[Question]:
    """What a check-in was asked and is still asked, in its order."""
    asked = [each.question for each in questions.answers_of(conn, checkin_id, left_out=True)]
    return [*(each for each in asked), *questions.left(conn, checkin_id)]


def _title(every: Sequence[Question], window: Sequence[Question]) -> str:
    numbers = [each.number for each in every]
    if len(every) <= len(window) or any(each.number not in numbers for each in window):
        return "One more question" if len(window) == 1 else f"{len(window)} more questions"
    at = [numbers.index(each.number) + 1 for each in window]
    which = f"Question {at[0]}" if len(at) == 1 else f"Questions {min(at)} to {max(at)}"
    return f"{which} of {len(every)}"


@dataclass(frozen=True, slots=True)
class KeptAnswers:
    """What became of a window: the posts that bring up what the channels show, and the questions that are not asked any
    more, whose answers are kept for their author alone."""

    posts: Sequence[int]
    alone: Sequence[str]


@command("checkin answer", form="More questions", submit="Keep it", prefill=opens)
async def answer(
    call: Call,
    answers: Annotated[Mapping[str, Any], Arg("What was answered", asks=asked_fields)],
    asked: Annotated[str, Arg("The numbers of the questions asked", form_only=True, in_form=False)] = "",
    seen: Annotated[str, Arg("Of these, those answered before", form_only=True, in_form=False)] = "",
    day: Day = None,
) -> Reply:
    """Answer what your organizers ask beside the check-in, or change your answers."""
    which = days.day_of(call.scope, day)
    numbers = read_numbers(asked)
    emptied = read_numbers(seen, "seen") if call.request.source is Source.FORM else numbers
    sent = {number: question_kinds.kept(answers.get(f"q{number}")) for number in numbers}
    # A field that was empty when its form opened says nothing about what was answered meanwhile.
    said = {number: text for number, text in sent.items() if text or number in emptied}
    done = await call.write(_keep, call.scope, call.member.id, which, numbers, said)
    found = await standing_after(call, which, list(done.posts))
    every = await call.read(every_question, found.checkin.id)
    if done.posts:
        head = texts.standing("Kept", found.checkin, found.standings)
    else:
        head = say("Kept with your check-in of {day}.", day=day_words(which))
    lines = [say(ALONE, words=each) for each in done.alone]
    return Reply(
        join([head, _mentors_read(found.checkin, numbers), *lines]), (_next(found.checkin, every, numbers),)
    )


ALONE = "“{words}” is not asked any more, so your answer to it is kept for you alone."


def _mentors_read(found: Checkin, numbers: Sequence[int]) -> Text:
    given = [each for each in found.asked if each.question.number in numbers]
    count = sum(each.readers is AnswerReaders.MENTORS for each in given)
    if not count:
        return join([])
    return say(
        "Mentors read {what}.", what="one of these answers" if count == 1 else f"{count} of these answers"
    )


def _next(found: Checkin, every: Sequence[Question], numbers: Sequence[int]) -> Buttons:
    """What is left to answer; behind a window that was opened once more, the next one; and the way back."""
    day = {"day": found.day.isoformat()}
    items = [texts.left_button(found)] if found.left else []
    at = max((n for n, each in enumerate(every) if each.number in numbers), default=len(every))
    following = every[at + 1 : at + 1 + WINDOW]
    if following and not found.left:
        items.append(Button("The next questions", "checkin answer", {**day, "asked": numbers_of(following)}))
    window = " ".join(map(str, numbers))
    items.append(Button("Change these answers", "checkin answer", {**day, "asked": window}))
    return Buttons((*items, Button("Show the check-in", "checkin show", day)))


def _keep(
    conn: Conn, scope: Scope, member_id: int, day: date, numbers: Sequence[int], said: Mapping[int, str]
) -> KeptAnswers:
    found = records.editable(conn, scope, member_id, day)
    before = {each.question.id: each for each in questions.answers_of(conn, found.id, left_out=True)}
    alone = []
    for each in questions.of_numbers(conn, scope.cohort.id, numbers):
        text = said.get(each.number)
        if not text and (each.removed if each.id not in before else text is None):
            continue  # nothing was written there, and what was answered meanwhile stays
        questions.keep(conn, scope.cohort.id, found.id, each, text or "")
        answered = each.id in before and before[each.id].answer
        if each.removed and not each.replaced and text and not answered:
            alone.append(each.words)
    if not found.answers.shared or _shared(before.values()) == _shared(
        questions.answers_of(conn, found.id, left_out=True)
    ):
        return KeptAnswers((), alone)  # what nobody else reads changes no message either
    records.touch(conn, found.id)
    return KeptAnswers(sharing.publish(conn, scope, member_id, day), alone)


def _shared(given: Iterable[Answered]) -> list[tuple[int, str]]:
    """What others read of some answers where their check-in is shared."""
    return sorted(
        (each.question.id, each.answer)
        for each in given
        if each.answer and each.readers is AnswerReaders.SHARED
    )


# A look at the windows, before anybody is asked


def preview_fields(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Sequence[Param]:
    """The fields of a window of the preview."""
    start = _start(given.get("window", ""))
    return [
        question_kinds.field_of(each)
        for each in questions.listed(conn, scope.cohort.id)[start : start + WINDOW]
    ]


def opens_preview(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Opening:
    """A window as it will be asked. Raises `NotFound` where nothing is asked."""
    every = questions.listed(conn, scope.cohort.id)
    start = _start(given.get("window", ""))
    if not every[start:]:
        raise NotFound(NOTHING_ASKED, blocks=(Buttons((Button("Check in", "checkin now"),)),))
    return Opening({"window": given.get("window", "1")}, _title(every, every[start : start + WINDOW]))


def _start(window: str) -> int:
    return (int(window) - 1) * WINDOW if window in ("1", "2", "3", "4") else 0


@command("checkin preview", form="A look at the form", submit="Close it", prefill=opens_preview)
async def preview(
    call: Call,
    answers: Annotated[Mapping[str, Any], Arg("What was typed, which is not kept", asks=preview_fields)],
    window: Annotated[int, Arg("Which window", minimum=1, maximum=4, in_form=False)] = 1,
) -> Reply:
    """Look at the form with your organizers' questions; nothing is kept."""
    every = await call.read(questions.listed, call.cohort.id)
    more = Button("The next window", "checkin preview", {"window": str(window + 1)})
    back = Button("Check in", "checkin now")
    items = [more] if every[window * WINDOW :] else []
    return Reply("That is how the questions are asked. Nothing of it is kept.", (Buttons((*items, back)),))
