"""The kinds of organizers' questions: whatever is written as their choices is read whole or refused, and read again as it is
written; whatever a field takes is kept and shown."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.chat.model import Choice
from core.chat.text import clean
from core.errors import BadInput
from core.features.checkins import question_kinds as kinds
from core.features.checkins.question_kinds import Answered, AnswerReaders, Question, QuestionKind

WORDS = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Mn", "Me")), min_size=1, max_size=30
)


def question(kind: QuestionKind, options: tuple[str, ...] = ()) -> Question:
    return Question(1, 1, "What?", kind, options, False, AnswerReaders.SHARED)


def read(kind: QuestionKind, typed: str) -> tuple[str, ...] | BadInput:
    """The options that are read, or what is refused."""
    try:
        return kinds.read_options(kind, typed)
    except BadInput as error:
        return error


@given(kind=st.sampled_from(QuestionKind), typed=st.text(max_size=200))
@example(QuestionKind.SCALE, "1-5: a; b")
@example(QuestionKind.SCALE, "\u22122 to 2")
@example(QuestionKind.NUMBER, "0,5 - 1")
@example(QuestionKind.CHOICE, "- one\n- two")
def test_choices_are_read_whole_or_refused_at_their_field(kind: QuestionKind, typed: str) -> None:
    options = read(kind, typed)
    if isinstance(options, BadInput):
        assert options.field == "choices"
        return
    written = kinds.write_options(question(kind, options))
    assert kinds.read_options(kind, written) == options
    if kind is QuestionKind.CHOICE:
        letters = {char for each in options for char in each}
        assert {char for char in clean(typed, multiline=True) if char.isalnum()} <= letters, (
            "nothing is dropped"
        )


@given(low=st.integers(-(10**6), 10**6), steps=st.integers(-20, 20), ends=st.none() | st.tuples(WORDS, WORDS))
def test_a_scale_has_each_of_its_values_once(low: int, steps: int, ends: tuple[str, str] | None) -> None:
    words = f": {'; '.join(ends)}" if ends else ""
    try:
        options = kinds.read_options(QuestionKind.SCALE, f"{low} to {low + steps}{words}")
    except BadInput:
        usual = ends is None or all(
            clean(each, multiline=False) and not set(each) & set(";,:") for each in ends
        )
        assert not (1 <= steps < kinds.STEPS and usual)
        return
    choices = kinds.field_of(question(QuestionKind.SCALE, options)).choices
    assert [int(each.value) for each in choices] == list(range(low, low + steps + 1))
    assert all(len(each.label) <= 75 for each in choices)
    assert len(choices) <= 25


@given(choices=st.lists(WORDS, min_size=1, max_size=30))
def test_choices_fit_both_platforms(choices: list[str]) -> None:
    try:
        options = kinds.read_options(QuestionKind.CHOICE, "\n".join(choices))
    except BadInput:
        return
    found = kinds.field_of(question(QuestionKind.CHOICE, options)).choices
    assert 2 <= len(found) <= 25
    assert all(1 <= len(each.value) <= 75 for each in found)
    assert found == tuple(Choice(each, each) for each in options)


@given(value=st.floats(-kinds.LIMIT, kinds.LIMIT, allow_nan=False))
@example(-0.0000001)
@example(12.5)
def test_a_number_is_kept_as_it_is(value: float) -> None:
    text = kinds.kept(value)
    assert math.isclose(float(text), value, abs_tol=1e-6)
    assert not text.endswith(".")
    assert text != "-0"


@pytest.mark.parametrize(
    ("kind", "options", "answer", "shown"),
    [
        (QuestionKind.TEXT, (), "As it is", "As it is"),
        (QuestionKind.CHOICE, ("Lab", "Home"), "Lab", "Lab"),
        (QuestionKind.NUMBER, (), "12.5", "12.5"),
        (QuestionKind.SCALE, ("1", "5"), "4", "4 of 5"),
        (QuestionKind.SCALE, ("0", "10"), "0", "0 of 10"),
        (QuestionKind.SCALE, ("1", "5", "hard", "great"), "5", "5 of 5, great"),
        (QuestionKind.SCALE, ("-2", "2"), "-1", "-1 (-2 to 2)"),
        (QuestionKind.YES_NO, (), "no", "No"),
    ],
)
def test_an_answer_is_read_with_its_words(
    kind: QuestionKind, options: tuple[str, ...], answer: str, shown: str
) -> None:
    assert kinds.shown(Answered(question(kind, options), answer, AnswerReaders.SHARED)) == shown


@pytest.mark.parametrize("readers", AnswerReaders)
@pytest.mark.parametrize("words", ["Why?", "x" * kinds.WORDS])
def test_a_question_is_read_whole_with_its_readers_below_its_field(
    words: str, readers: AnswerReaders
) -> None:
    field = kinds.field_of(Question(1, 1, words, QuestionKind.TEXT, (), True, readers))
    assert len(f"{field.label} {field.help}") <= 100, "Discord shows no more below a label"
    assert len(f"{words} {kinds.NOT_ASKED}") <= 100
