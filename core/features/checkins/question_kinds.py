"""What kinds of questions organizers ask: how the choices of one are written and read, as which field it stands in a
form, and how an answer is kept and shown. No SQL."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.chat.model import Choice, FieldKind, LabelledEnum
from core.chat.text import clean, say, shorten
from core.commands.arguments import is_ambiguous
from core.commands.spec import LongText, Param
from core.errors import BadInput

WORDS = 70
"""Characters of a question: as many as Discord shows of a field together with who reads it."""
CHOICES, CHOICE_WORDS, END_WORDS = 25, 60, 30
STEPS = 11
"""Values that a scale has at most, 0 to 10."""
LIMIT = 10**9


class QuestionKind(LabelledEnum):
    """What a question takes."""

    TEXT = "text", "A line of text", "short text", "line"
    LONG_TEXT = "long-text", "A long text", "long", "paragraph"
    CHOICE = "choice", "A choice of several", "choices", "select"
    NUMBER = "number", "A number", "figure"
    SCALE = "scale", "A scale, such as 1 to 5", "rating"
    YES_NO = "yes-no", "Yes or no", "yes/no", "boolean"


class AnswerReaders(LabelledEnum):
    """Who reads the answers to a question."""

    SHARED = "shared", "Whoever reads the check-in", "cohort"
    MENTORS = "mentors", "Mentors and its author", "mentors only"
    PRIVATE = "private", "Its author alone"


def fewest(readers: Iterable[AnswerReaders]) -> AnswerReaders:
    """Those of several readers who are the fewest."""
    return max(readers, key=list(AnswerReaders).index)  # they are in the order of fewer and fewer


READERS_HELP = {
    AnswerReaders.SHARED: "With your check-in.",
    AnswerReaders.MENTORS: "For mentors and you.",
    AnswerReaders.PRIVATE: "For you alone.",
}
"""Who reads an answer, as its author is told where they write it."""
NOT_ASKED = "Not asked now; for you alone."

_FIGURE = r"[+-]?\d{1,9}(?:[.,]\d{1,6})?"
_RANGE = re.compile(
    rf"({_FIGURE})\s*(?:-|–|\.\.|to)\s*({_FIGURE})(?:\s*[:;]\s*(.+))?", re.ASCII | re.IGNORECASE
)
_YES_NO = (Choice("yes", "Yes", ("y", "true")), Choice("no", "No", ("n", "false")))


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its short number. `options` are the words of a choice; of a scale its two ends and, if they have
    some, their words; of a number its bounds, if it has some."""

    id: int
    number: int
    words: str
    kind: QuestionKind
    options: tuple[str, ...]
    required: bool
    readers: AnswerReaders
    removed: bool = False
    replaced: bool = False
    """Whether it was removed because another one stands in its place."""

    @property
    def field(self) -> str:
        """What its field is called in a form."""
        return f"q{self.number}"


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with the question that it was given to. `readers` is who reads it."""

    question: Question
    answer: str
    readers: AnswerReaders


# What is written as the choices of a question


def read_options(kind: QuestionKind, typed: str) -> tuple[str, ...]:
    """The options of a question of that kind. Raises `BadInput` at `choices`."""
    typed = clean(typed, multiline=True)
    match kind:
        case QuestionKind.CHOICE:
            return _read_choices(typed)
        case QuestionKind.SCALE:
            return _read_scale(typed)
        case QuestionKind.NUMBER:
            return _read_bounds(typed)
    if typed:
        raise _bad("Only a choice, a scale and a number have choices, so I cannot place “{typed}”.", typed)
    return ()


def write_options(question: Question) -> str:
    """What `read_options` reads as the options of a question."""
    match question.kind:
        case QuestionKind.CHOICE:
            return "\n".join(question.options)
        case QuestionKind.SCALE | QuestionKind.NUMBER if question.options:
            low, high, *ends = question.options
            return f"{low} to {high}" + (f": {'; '.join(ends)}" if ends else "")
    return ""


def _bad(template: str, typed: str) -> BadInput:
    return BadInput(say(template, typed=shorten(" ".join(typed.split()), 60)), field="choices")


def _read_choices(typed: str) -> tuple[str, ...]:
    split = r"\n" if "\n" in typed else ";" if ";" in typed else ","
    found = [clean(part, multiline=False) for part in re.split(split, typed)]
    found = [each for each in (part.removeprefix("- ").strip() for part in found) if each]
    if not 2 <= len(found) <= CHOICES:
        text = "A choice has 2 to 25 choices, one a line or with commas between them, and I read {n} in “{typed}”."
        raise BadInput(say(text, n=len(found), typed=shorten(" ".join(typed.split()), 60)), field="choices")
    seen: set[str] = set()
    for each in found:
        if len(each) > CHOICE_WORDS:
            raise _bad(f"A choice can have {CHOICE_WORDS} characters. Please shorten “{{typed}}”.", each)
        if each.casefold() in seen:
            raise _bad("“{typed}” stands there twice.", each)
        seen.add(each.casefold())
    return tuple(found)


def _read_scale(typed: str) -> tuple[str, ...]:
    match = _RANGE.fullmatch(typed.replace("\u2212", "-") or "1-5")
    ends = [clean(part, multiline=False) for part in re.split("[;,]", match[3])] if match and match[3] else []
    whole = match is not None and re.fullmatch(r"[+-]?\d+", match[1]) and re.fullmatch(r"[+-]?\d+", match[2])
    if (
        match is None
        or not whole
        or len(ends) not in (0, 2)
        or not all(0 < len(each) <= END_WORDS for each in ends)
    ):
        raise _bad(
            "I cannot read “{typed}” as a scale. Please write it like 1-5, or 1-5: hard; great.", typed
        )
    low, high = int(match[1]), int(match[2])
    if not 1 <= high - low < STEPS:
        raise _bad(
            f"A scale goes up, over {STEPS} values at most, such as 0-10; “{{typed}}” does not.", typed
        )
    return (str(low), str(high), *ends)


def _read_bounds(typed: str) -> tuple[str, ...]:
    if not typed:
        return ()
    match = _RANGE.fullmatch(typed.replace("\u2212", "-"))
    if match is None or match[3]:
        raise _bad("I cannot read “{typed}” as bounds of a number. Please write them like 0-80.", typed)
    if is_ambiguous(match[1]) or is_ambiguous(match[2]):
        text = (
            "I cannot tell whether the comma in “{typed}” parts thousands or begins a part of one. Please write it with "
            "a point, or without the comma."
        )
        raise _bad(text, typed)
    low, high = (float(each.replace(",", ".")) for each in (match[1], match[2]))
    if low >= high:
        raise _bad("The first bound has to be the lower one, and “{typed}” is the other way round.", typed)
    return figure(low), figure(high)


def figure(value: float) -> str:
    """A number as it is kept: without what says nothing."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


# The field of a question, and an answer


def field_of(question: Question, readers: AnswerReaders | None = None) -> Param:
    """The field in which a question is answered, which says who will read the answer: its readers, or others. One that is
    not asked any more keeps what is written there."""
    low, high = _bounds(question)
    help_ = READERS_HELP[readers or question.readers]
    if question.removed and not question.replaced and readers is AnswerReaders.PRIVATE:
        help_ = NOT_ASKED
    if question.kind is QuestionKind.NUMBER and question.options:
        help_ = f"{question.options[0]} to {question.options[1]}. {help_}"
    kind, type_, length = _FIELDS[question.kind]
    return Param(
        question.field,
        question.words,
        help_,
        kind,
        question.required and not question.removed,
        type_,
        None,
        choices=tuple(_choices(question)),
        max_length=length,
        minimum=low,
        maximum=high,
        please=say("Please answer “{words}”: your organizers need it.", words=question.words),
    )


_FIELDS: dict[QuestionKind, tuple[FieldKind, Any, int]] = {
    QuestionKind.TEXT: (FieldKind.TEXT, str, 300),
    QuestionKind.LONG_TEXT: (FieldKind.LONG_TEXT, LongText, 2000),
    QuestionKind.CHOICE: (FieldKind.CHOICE, str, 100),
    QuestionKind.NUMBER: (FieldKind.NUMBER, float, 100),
    QuestionKind.SCALE: (FieldKind.CHOICE, str, 100),
    QuestionKind.YES_NO: (FieldKind.CHOICE, str, 100),
}


def _bounds(question: Question) -> tuple[float, float]:
    if question.kind is QuestionKind.NUMBER and question.options:
        return float(question.options[0]), float(question.options[1])
    return float(-LIMIT), float(LIMIT)


def _choices(question: Question) -> Sequence[Choice]:
    match question.kind:
        case QuestionKind.CHOICE:
            return [Choice(each, each) for each in question.options]
        case QuestionKind.YES_NO:
            return _YES_NO
        case QuestionKind.SCALE:
            low, high, *ends = question.options
            words = dict(zip((low, high), ends, strict=True)) if ends else {}
            values = map(str, range(int(low), int(high) + 1))
            return [Choice(each, f"{each} · {words[each]}" if each in words else each) for each in values]
    return ()


def kept(given: object) -> str:
    """What a field gave, as it is kept; empty where it was left empty."""
    if given is None:
        return ""
    return figure(given) if isinstance(given, float) else str(given)


def shown(given: Answered) -> str:
    """An answer as it is read."""
    question = given.question
    if question.kind is QuestionKind.YES_NO:
        return given.answer.capitalize()
    if question.kind is not QuestionKind.SCALE:
        return given.answer
    low, high, *ends = question.options
    word = dict(zip((low, high), ends, strict=True)).get(given.answer, "") if ends else ""
    of = f"{given.answer} of {high}" if low in ("0", "1") else f"{given.answer} ({low} to {high})"
    return f"{of}, {word}" if word else of


def described(question: Question) -> list[str]:
    """What is said of a question in a list: its kind, whether it has to be answered, and who reads the answers."""
    match question.kind:
        case QuestionKind.CHOICE:
            kind = f"choice: {', '.join(question.options)}"
        case QuestionKind.SCALE | QuestionKind.NUMBER if question.options:
            low, high, *ends = question.options
            kind = f"{question.kind.value}, {low} to {high}" + (f" ({' to '.join(ends)})" if ends else "")
        case _:
            kind = (
                question.kind.value.replace("-", " ")
                if question.kind is not QuestionKind.YES_NO
                else "yes or no"
            )
    required = "required" if question.required else "may be left out"
    return [kind, required, f"read by: {question.readers.label[:1].lower()}{question.readers.label[1:]}"]
