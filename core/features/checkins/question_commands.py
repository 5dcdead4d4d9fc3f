"""What organizers do with their questions: `cohort-admin question-add`, `question-list` and `question-remove`."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Record, Records, Reply
from core.chat.text import Text, join, say
from core.cohorts import audit, counting
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, LongText, Once
from core.errors import BadInput, OutOfDate
from core.features.checkins import question_kinds, questions
from core.features.checkins.fields import BLANK
from core.features.checkins.question_kinds import AnswerReaders, Question, QuestionKind
from core.features.checkins.questions import MOST, WINDOW, NewQuestion
from core.store.port import Conn

ADD = Button("Add a question", "cohort-admin question-add")
LOOK = Button("Look at the form", "checkin preview")
ALL = Button("All questions", "cohort-admin question-list")


def _as_it_is(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form for changing a question. Raises `QuotaReached` where none can be added."""
    if not given.get("replaces"):
        questions.require_room(conn, scope.cohort.id)
        return {}
    found = questions.resolve(conn, scope, given["replaces"])
    return {
        "text": found.words,
        "kind": found.kind.value,
        "choices": question_kinds.write_options(found),
        "required": "yes" if found.required else "no",
        "visibility": found.readers.value,
    }


@command(
    "cohort-admin question-add",
    access=Access.ORGANIZER,
    form="Ask a question",
    submit="Ask it",
    prefill=_as_it_is,
    once=Once.ALL,
)
async def question_add(
    call: Call,
    text: Annotated[str, Arg("What every check-in asks", label="Question", max_length=question_kinds.WORDS)],
    kind: Annotated[QuestionKind, Arg("What it takes")],
    choices: Annotated[
        LongText,
        Arg(
            "A choice: one a line, or with commas. A scale: 1-5: hard; great. A number: 0-80", max_length=1800
        ),
    ] = BLANK,
    required: Annotated[bool, Arg("Whether it has to be answered")] = False,
    visibility: Annotated[
        AnswerReaders, Arg("Who reads the answers", label="Who reads it")
    ] = AnswerReaders.SHARED,
    replaces: Annotated[Question | None, Arg("A question to change, by its number", in_form=False)] = None,
) -> Reply:
    """Ask something beside the check-in's own fields, or change a question."""
    options = question_kinds.read_options(kind, choices)
    new = NewQuestion(text, kind, options, required, visibility)
    made = await call.write(_add, call.scope, new, replaces)
    every = await call.read(questions.listed, call.cohort.id)
    changed = made != replaces
    asked = "**#{number}** is asked from the next check-in on: {words}"
    head = say(
        asked if changed else "**#{number}** stays as it was: {words}", number=made.number, words=made.words
    )
    what = "; ".join(question_kinds.described(made))
    lines: list[Text] = [say("{what}.", what=what[:1].upper() + what[1:])]
    if replaces is not None and changed:
        lines.append(
            say("It stands in the place of #{old}, whose answers keep its words.", old=replaces.number)
        )
    lines.append(_windows(every))
    change = Button("Change it", "cohort-admin question-add", {"replaces": str(made.number)})
    remove = Button("Remove it", "cohort-admin question-remove", {"question": str(made.number)})
    return Reply(join([head, *lines]), (Buttons((ADD, LOOK, change, remove, ALL)),))


def _add(conn: Conn, scope: Scope, new: NewQuestion, replaces: Question | None) -> Question:
    if replaces is None:
        questions.require_room(conn, scope.cohort.id)
    elif questions.by_number(conn, scope.cohort.id, replaces.number) != replaces or replaces.removed:
        raise OutOfDate(
            say(
                "#{number} is not asked any more. {/cohort-admin question-list} shows what is.",
                number=replaces.number,
            )
        )
    twin = questions.equal(conn, scope.cohort.id, new.words)
    if twin is not None and (replaces is None or twin.id != replaces.id):
        change = Button("Change it", "cohort-admin question-add", {"replaces": str(twin.number)})
        raise BadInput(
            say("“{words}” is asked already, as #{number}.", words=twin.words, number=twin.number),
            field="text",
            blocks=(Buttons((change,)),),
        )
    if replaces is not None and new == questions.as_new(replaces):
        return replaces
    made = questions.add(conn, scope, new, replaces)
    before = _audited(replaces) if replaces is not None else ""
    action = "question added" if replaces is None else "question changed"
    audit.by_caller(conn, scope, action, _name(made), before=before, after=_audited(made))
    return made


def _name(question: Question) -> str:
    return f"#{question.number} {question.words}"


def _audited(question: Question) -> str:
    """A question, as the audit says it."""
    return "; ".join((question.words, *question_kinds.described(question)))


def _windows(every: Sequence[Question]) -> Text:
    """How many windows somebody fills in."""
    windows = -(-len(every) // WINDOW)
    count = "one question" if len(every) == 1 else f"{len(every)} questions"
    return say(
        "Check-ins ask {count} beside their own fields, in {windows} that {opens} after them.",
        count=count,
        windows="a window" if windows == 1 else f"{windows} windows",
        opens="opens" if windows == 1 else "open",
    )


@command("cohort-admin question-list", access=Access.ORGANIZER)
async def question_list(
    call: Call, question: Annotated[Question | None, Arg("One of them, and what can be done with it")] = None
) -> Reply:
    """What check-ins ask beside their own fields."""
    if question is not None:
        return _opened(question)
    every = await call.read(questions.listed, call.cohort.id)
    if not every:
        return Reply("Check-ins ask their own fields alone.", (Buttons((ADD,)),))
    rows = tuple(_row(each, at // WINDOW + 1) for at, each in enumerate(every))
    buttons = (ADD, LOOK) if len(every) < MOST else (LOOK,)
    return Reply(_windows(every), (Records(rows), Buttons(buttons)))


def _row(each: Question, window: int) -> Record:
    opens = Button("Open", "cohort-admin question-list", {"question": str(each.number)})
    details = tuple(question_kinds.described(each))
    return Record(f"#{each.number} {each.words}", details, opens, heading=f"Window {window}")


def _opened(question: Question) -> Reply:
    if question.removed:
        return _gone(question)
    head = say("**#{number} {words}**", number=question.number, words=question.words)
    lines = [say("- {what}", what=each) for each in question_kinds.described(question)]
    number = str(question.number)
    change = Button("Change it", "cohort-admin question-add", {"replaces": number})
    remove = Button("Remove it", "cohort-admin question-remove", {"question": number})
    return Reply(join([head, *lines]), (Buttons((change, remove, LOOK, ALL)),))


def _gone(question: Question) -> Reply:
    """A question that is not asked any more."""
    number = str(question.number)
    if question.replaced:
        return Reply(
            say("**#{number}** was changed: another stands in its place.", number=number), (Buttons((ALL,)),)
        )
    back = Button("Ask it again", "cohort-admin question-remove", {"question": number, "undo": "yes"})
    text = "**#{number} {words}** is not asked any more. Answers that were given to it are kept."
    return Reply(say(text, number=number, words=question.words), (Buttons((back, ALL)),))


@command(
    "cohort-admin question-remove",
    access=Access.ORGANIZER,
    form="Remove a question",
    submit="Remove it",
    once=Once.REPEATS,
)
async def question_remove(
    call: Call,
    question: Annotated[Question, Arg("Which question, by its number", max_length=100)],
    undo: Annotated[bool, Arg("Ask it again", form_only=True, in_form=False)] = False,
    sure: Annotated[
        bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)
    ] = False,
) -> Reply:
    """Ask a question no more; its answers stay with those who gave them."""
    if undo:
        return await _ask_again(call, question)
    if not sure:
        return _gone(question) if question.removed else await _ask_first(call, question)
    number = str(question.number)
    await call.write(_remove, call.scope, question)
    back = Button("Ask it again", "cohort-admin question-remove", {"question": number, "undo": "yes"})
    text = (
        "**#{number} {words}** is not asked any more. Answers stay with those who gave them, under its words."
    )
    return Reply(say(text, number=number, words=question.words), (Buttons((back, ALL)),))


async def _ask_first(call: Call, question: Question) -> Reply:
    figure = questions.figure(question)
    await counting.renew_due(call.core.store, [figure], call.cohort.id, call.now)
    answers = (await call.read(figure.shown, call.cohort.id)).get("answers")
    kept = f"The {answers:,} answers" if answers else "The answers"
    text = say(
        "Shall check-ins not ask **{words}** any more? {kept} that were given stay with those who gave them.",
        words=question.words,
        kept=kept,
    )
    args = {"question": str(question.number), "sure": "yes"}
    remove = Button("Remove it", "cohort-admin question-remove", args, style=ButtonStyle.DANGER)
    change = Button("Change it instead", "cohort-admin question-add", {"replaces": str(question.number)})
    return Reply(text, (Buttons((remove, change, ALL)),))


def _remove(conn: Conn, scope: Scope, question: Question) -> None:
    current = questions.by_number(conn, scope.cohort.id, question.number)
    if current is None or current.removed:
        return
    questions.set_removed(conn, question.id, scope.now)
    audit.by_caller(conn, scope, "question removed", _name(question))


async def _ask_again(call: Call, question: Question) -> Reply:
    if question.replaced:
        return _gone(question)
    await call.write(_bring_back, call.scope, question)
    text = say("**#{number} {words}** is asked again.", number=question.number, words=question.words)
    return Reply(text, (Buttons((LOOK, ALL)),))


def _bring_back(conn: Conn, scope: Scope, question: Question) -> None:
    twin = questions.equal(conn, scope.cohort.id, question.words)
    if twin is not None and twin.id == question.id:
        return
    questions.require_room(conn, scope.cohort.id)
    if twin is not None:
        raise BadInput(say("“{words}” is asked by now as #{number}.", words=twin.words, number=twin.number))
    questions.set_removed(conn, question.id, None)
    audit.by_caller(conn, scope, "question asked again", _name(question))
