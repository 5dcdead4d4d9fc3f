"""The windows in which organizers' questions are asked after a check-in's own fields: `checkin answer` and
`checkin preview`. Each window keeps what is sent with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from core.chat.model import Button, Buttons, Reply, Source
from core.chat.text import Text, join, say, shorten
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

NONE_LEFT = say("What was asked there is not asked any more. {/checkin answer} opens what is left to answer.")
NOTHING_ASKED = "Your organizers ask nothing beside the check-in’s own fields."


def read_numbers(typed: str, field: str = "asked") -> list[int]:
    """The numbers of the questions in a window. Raises `BadInput` at the field."""
    numbers = [each for each in typed.split() if each.isascii() and each.isdigit() and len(each) < 10]
    if len(numbers) != len(typed.split()) or len(numbers) > WINDOW:
        words = (
            "I cannot read “{typed}” as numbers of questions. {/checkin answer} opens what is left to answer."
        )
        raise BadInput(say(words, typed=shorten(typed, 60)), field=field)
    return [int(each) for each in dict.fromkeys(numbers)]


def numbers_of(window: Sequence[Question]) -> str:
    """What `read_numbers` reads as a window of questions."""
    return " ".join(str(each.number) for each in window)


def read_told(typed: str, numbers: Sequence[int]) -> Mapping[int, AnswerReaders]:
    """Who reads the answers of a window as its form said it, by the numbers of the questions. Raises `BadInput`."""
    words = typed.split()
    if not {*words} <= {*AnswerReaders} or len(words) not in (0, len(numbers)):
        text = "I cannot read “{typed}” as who reads the answers. {/checkin answer} opens what is left to answer."
        raise BadInput(say(text, typed=shorten(typed, 60)), field="told")
    return dict(zip(numbers, map(AnswerReaders, words), strict=False))


def _readers(
    conn: Conn, question: Question, before: Answered | None, told: Mapping[int, AnswerReaders]
) -> AnswerReaders:
    """Who reads what is written to a question: who reads the answer that it changes, else who reads a new one; never more
    people than its form said."""
    now = before.readers if before and before.answer else questions.readers_now(conn, question)
    return question_kinds.fewest([now, told.get(question.number, now)])


def _by_question(conn: Conn, checkin_id: int) -> dict[int, Answered]:
    """What a check-in was asked, also what was left out, by the ids of the questions."""
    return {each.question.id: each for each in questions.answers_of(conn, checkin_id, left_out=True)}


def asked_fields(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Sequence[Param]:
    """The fields of a window, each with who will read what is written there. A question that was removed since it opened
    is in it too, so that nothing typed is lost."""
    numbers = read_numbers(given.get("asked", ""))
    told = read_told(given.get("told", ""), numbers)
    checkin = None
    if scope.member is not None:
        checkin = records.of_day(conn, scope.member.id, days.day_of(scope, read_day(given)))
    before = _by_question(conn, checkin.id) if checkin else {}
    return [
        question_kinds.field_of(each, _readers(conn, each, before.get(each.id), told))
        for each in questions.of_numbers(conn, scope.cohort.id, numbers)
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
    numbers = read_numbers(given.get("asked", ""))
    window = questions.of_numbers(conn, scope.cohort.id, numbers)
    if numbers and not window:
        rest = Button("More questions", "checkin answer", {"day": day.isoformat()})
        raise NotFound(NONE_LEFT, blocks=(Buttons((rest,)),))
    window = window or (questions.left(conn, found.id) or every)[:WINDOW]
    if not window:
        again = Button("Edit the check-in", "checkin edit", {"day": day.isoformat()})
        raise NotFound(NOTHING_ASKED, blocks=(Buttons((again,)),))
    before = _by_question(conn, found.id)
    seen = [each for each in window if each.id in before and before[each.id].answer]
    told = {each.number: _readers(conn, each, before.get(each.id), {}) for each in window}
    # One of a window that was opened before may be forgotten since: nobody reads an answer to it.
    numbers = numbers or [*told]
    hidden = {
        "asked": " ".join(map(str, numbers)),
        "seen": numbers_of(seen) or "0",
        "told": " ".join(told.get(each, AnswerReaders.PRIVATE) for each in numbers),
        "day": day.isoformat(),
    }
    shown = {each.field: before[each.id].answer for each in seen}
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
    """What became of a window: the posts that bring up what the channels show, and what is said of answers that are kept
    for their author alone."""

    posts: Sequence[int]
    alone: Sequence[Text]


@command("checkin answer", form="More questions", submit="Keep it", prefill=opens)
async def answer(
    call: Call,
    answers: Annotated[Mapping[str, Any], Arg("What was answered", asks=asked_fields)],
    asked: Annotated[str, Arg("The numbers of the questions asked", form_only=True, in_form=False)] = "",
    seen: Annotated[str, Arg("Of these, those answered before", form_only=True, in_form=False)] = "",
    told: Annotated[str, Arg("Who reads each, as the form said", form_only=True, in_form=False)] = "",
    day: Day = None,
) -> Reply:
    """Answer what your organizers ask beside the check-in, or change your answers."""
    which = days.day_of(call.scope, day)
    numbers = read_numbers(asked)
    emptied = read_numbers(seen, "seen") if call.request.source is Source.FORM else numbers
    sent = {number: question_kinds.kept(answers.get(f"q{number}")) for number in numbers}
    # A field that was empty when its form opened says nothing about what was answered meanwhile.
    said = {number: text for number, text in sent.items() if text or number in emptied}
    readers = read_told(told, numbers)
    done = await call.write(_keep, call.scope, call.member.id, which, numbers, said, readers)
    found = await standing_after(call, which, list(done.posts))
    every = await call.read(every_question, found.checkin.id)
    if done.posts:
        head = texts.standing("Kept", found.checkin, found.standings)
    else:
        head = say("Kept with your check-in of {day}.", day=day_words(which))
    mentors = _mentors_read(found.checkin, numbers)
    return Reply(join([head, mentors, *done.alone]), (_next(found.checkin, every, numbers),))


NOT_ASKED = "“{words}” is not asked any more, so your answer to it is kept for you alone."
AS_TOLD = "Your answer to “{words}” is kept for you alone, as its form said."


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
    conn: Conn,
    scope: Scope,
    member_id: int,
    day: date,
    numbers: Sequence[int],
    said: Mapping[int, str],
    told: Mapping[int, AnswerReaders],
) -> KeptAnswers:
    found = records.editable(conn, scope, member_id, day)
    before = _by_question(conn, found.id)
    alone = []
    for each in questions.of_numbers(conn, scope.cohort.id, numbers):
        text, earlier = said.get(each.number), before.get(each.id)
        if not text and (each.removed if earlier is None else text is None):
            continue  # nothing was written there, and what was answered meanwhile stays
        readers = _readers(conn, each, earlier, told)
        questions.keep(conn, scope.cohort.id, found.id, each, text or "", readers)
        if text and readers is AnswerReaders.PRIVATE:
            if readers is not _readers(conn, each, earlier, {}):
                alone.append(say(AS_TOLD, words=each.words))
            elif each.removed and not each.replaced and not (earlier and earlier.answer):
                alone.append(say(NOT_ASKED, words=each.words))
    after = _by_question(conn, found.id)
    if not found.answers.shared or _shared(before.values()) == _shared(after.values()):
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
