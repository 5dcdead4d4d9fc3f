"""Phrases: read whole or refused, by tables from real use and by what no table holds."""

from collections.abc import Iterator
from datetime import date, time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.delivery.phrases import PhraseReading, describe, read
from core.delivery.phrases.cursor import Cursor
from core.delivery.phrases.tokens import Kind
from core.delivery.recurrence import Recurrence
from core.errors import Ambiguous, BadInput, UserError
from tests.core.phrases.oracle import Rule, first_five, parts_of

TODAY = date(2026, 11, 23)
"""A Monday."""


def rows(name: str) -> Iterator[list[str]]:
    for line in (Path(__file__).parent / name).read_text("utf-8").splitlines():
        if line and not line.startswith("# "):
            yield [cell.strip() for cell in line.split(" | ")]


READ, ASKED, REFUSED = (list(rows(f"{name}.txt")) for name in ("read", "asked", "refused"))
PHRASES = [row[0] for row in READ]


def rule_of(reading: PhraseReading) -> dict[str, set[str]]:
    return {name: set(each.split(",")) for name, each in reading.recurrence.parts().items()}


def days(reading: PhraseReading) -> list[date]:
    return list(islice(reading.recurrence.dates(TODAY), 5))


def meaning(phrase: str) -> tuple[object, ...] | None:
    """What a phrase says; nothing where it is refused or asked about."""
    try:
        found = read(phrase, TODAY)
    except UserError:
        return None
    return rule_of(found), found.recurrence.wall, days(found), found.exceptions, found.endless


@pytest.mark.case(56)
@pytest.mark.parametrize(("phrase", "rule", "wall", "dates"), READ, ids=PHRASES)
def test_read(phrase: str, rule: str, wall: str, dates: str) -> None:
    found, expected = read(phrase, TODAY), parts_of(rule)
    assert ", ".join(f"{each:%a %d %b %y}" for each in days(found)) == dates
    assert days(found) == first_five(expected, TODAY)
    assert f"{found.recurrence.wall:%H:%M}" == wall
    expected.pop("START", None)
    if "UNTIL" in expected:
        expected["UNTIL"] = expected["UNTIL"].replace("-", "") + "T235959"
    assert rule_of(found) == {name: set(each.split(",")) for name, each in expected.items()}


def test_table_is_long_enough() -> None:
    assert len(set(PHRASES)) == len(PHRASES) >= 150


@pytest.mark.parametrize(
    ("phrase", "left_out"),
    [
        ("every friday except 2026-12-25 16:00", "2026-12-25"),
        ("every friday except 24 dec to 2 jan 16:00", "2026-12-24..2027-01-02"),
        ("daily 9:00 except 24-26 december", "2026-12-24..2026-12-26"),
        ("weekdays except mon 7 dec and 2027-01-04..2027-01-06", "2026-12-07, 2027-01-04..2027-01-06"),
        ("weekdays except friday and 7 dec", "2026-12-07"),
    ],
)
def test_dates_left_out(phrase: str, left_out: str) -> None:
    assert ", ".join(map(str, read(phrase, TODAY).exceptions)) == left_out


@pytest.mark.case(56)
@pytest.mark.parametrize("row", ASKED, ids=[row[0] for row in ASKED])
def test_asked(row: list[str]) -> None:
    phrase, *ways = row
    with pytest.raises(Ambiguous) as caught:
        read(phrase, TODAY)
    assert [value for value, _ in caught.value.readings] == ways
    for value, words in caught.value.readings:
        try:
            found = read(value, TODAY)
        except Ambiguous:
            assert words == value in ("every 2 weeks on friday at 4", "second friday of the month at 4")
        else:
            coming = ", ".join(f"{each.day} {each:%b}" for each in days(found)[:3])
            assert words == f"{value}: {coming}"
            assert value in (found.words, words.split(":")[0])


@pytest.mark.case(56)
@pytest.mark.parametrize(("phrase", "named"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(phrase: str, named: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(phrase, TODAY)
    assert named in str(caught.value)


def test_nothing_is_refused() -> None:
    with pytest.raises(BadInput):
        read("", TODAY)


# No accepted phrase ignores a word.

FILLERS = {
    "every": "a rhythm comes round, said or not",
    "each": "as every",
    "on": "leads to a day",
    "at": "leads to a time",
    "@": "as at",
    "o'clock": "behind an hour",
    "the": "leads to a position",
    "in": "leads to a month or a part of the day",
    "of": "leads to a month",
    "from": "leads to a range of days",
    "to": "second to last is second last",
    "and": "joins a list, which spaces join too",
    "&": "as and",
    ",": "as and",
    "/": "as and",
    "but": "but not is not",
    "not": "but not is but",
    "next": "the next two months are the two months",
    "onwards": "behind a beginning",
    "weekly": "named weekdays come every week; beside a longer step it is refused",
    "daily": "as weekly, for several days a week",
    "day": "as daily",
    "monthly": "positions are those of a month; beside weekdays alone it is asked about",
    "once": "one date; beside another number of dates it is refused",
    "twice": "two dates, as once",
    "semimonthly": "as twice a month",
    "fri": "the weekday of a date; another one is refused",
    "mornings": "agree with the hour, or are refused",
}
"""Words without which a phrase means the same, and why."""


def without(phrase: str, position: int) -> str:
    tokens = Cursor(phrase).tokens
    return f"{phrase[: tokens[position].start]} {phrase[tokens[position].end :]}"


def droppable(phrase: str) -> set[str]:
    """The words without which a phrase means the same; not a time that is the one where none is said."""
    told = meaning(phrase)
    assert told is not None, phrase
    return {
        token.text
        for at, token in enumerate(Cursor(phrase).tokens)
        if meaning(without(phrase, at)) == told and not (token.kind is Kind.TIME and told[1] == time(9))
    }


@pytest.mark.case(56)
@pytest.mark.parametrize("phrase", PHRASES)
def test_every_word_counts(phrase: str) -> None:
    assert droppable(phrase) <= FILLERS.keys()


def test_fillers_are_those_of_the_table() -> None:
    assert set().union(*map(droppable, PHRASES)) == FILLERS.keys()


DAY = st.sampled_from(["monday", "tue", "fridays", "thurs", "sundays"])
CLOCK = st.sampled_from(["9:30", "at 10", "17h", "4pm", "@ 11:15", "noon", "at half past nine", "9.45 am"])
RHYTHM = st.one_of(
    st.sampled_from(
        ["weekdays", "mon-fri", "daily", "every other day", "last day of the month", "on the 1st"]
    ),
    st.sampled_from(["2nd and 4th thursday", "first working day of the month", "every 3 months on the 15th"]),
    st.sampled_from(["quarterly on the first monday", "1st, 3rd and last friday", "yearly on 1 march"]),
    st.builds("{} {}".format, st.sampled_from(["every", "every other", "each", "alternate"]), DAY),
    st.builds("every {} weeks on {}".format, st.integers(2, 9), DAY),
    st.builds("{} {} of the month".format, st.sampled_from(["first", "2nd", "the third", "last"]), DAY),
)
START = st.sampled_from(
    ["starting 2027-02-10", "from 2027-02-10 on", "as of 10.2.2027", "starting next week"]
)
END = st.sampled_from(["until 2027-05-11", "till 11 may", "for 7 months", "until end of june", "without end"])
BUT = st.sampled_from(
    ["except 2026-12-24..2027-01-02", "except in april", "but not in may and june", "except 3 dec"]
)


@st.composite
def phrases(draw: st.DrawFn) -> str:
    """Phrases of some clauses in any order."""
    optional = [each for each in (CLOCK, START, END, BUT) if draw(st.booleans())]
    clauses = draw(st.permutations([draw(each) for each in (RHYTHM, *optional)]))
    return draw(st.sampled_from([" ", ", "])).join(clauses)


@pytest.mark.case(56)
@given(phrases())
def test_every_word_of_any_phrase_counts(phrase: str) -> None:
    assume(meaning(phrase) is not None)
    assert droppable(phrase) <= FILLERS.keys()


@pytest.mark.case(56)
@given(
    st.one_of(st.sampled_from(PHRASES), phrases()), st.integers(0, 40), st.sampled_from(["zork", "#", "13"])
)
def test_foreign_word_is_named(phrase: str, at: int, word: str) -> None:
    """A word that means nothing is refused wherever it stands, instead of another one or beside them."""
    assume(meaning(phrase) is not None)
    tokens = Cursor(phrase).tokens
    token = tokens[at % len(tokens)]
    before, behind = phrase[: token.start], phrase[token.end :]
    for changed in (
        f"{before} {word} {behind}",
        f"{before} {word} {phrase[token.start :]}",
        f"{phrase} {word}",
    ):
        if word == "13":  # a number has a meaning in many places, and changes it there
            assert meaning(changed) != meaning(phrase), changed
            continue
        with pytest.raises(BadInput) as caught:
            read(changed, TODAY)
        assert word in str(caught.value), changed


@pytest.mark.case(56)
@given(st.sampled_from(PHRASES), st.integers(0, 40))
def test_word_said_twice_is_no_slip(phrase: str, at: int) -> None:
    tokens = Cursor(phrase).tokens
    token = tokens[at % len(tokens)]
    said_twice = f"{phrase[: token.end]} {phrase[token.start :]}"
    assume("from monday monday" not in said_twice)  # from this monday on, monday to friday
    assert meaning(said_twice) != meaning(phrase) or token.text in FILLERS, said_twice


# What the bot says is read as the same rule.

CODES = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
STEP = st.sampled_from(["", ";INTERVAL=2", ";INTERVAL=3", ";INTERVAL=52"])
MONTHS = st.one_of(
    st.just(""),
    st.sets(st.integers(1, 12), min_size=1, max_size=11).map(
        lambda months: f";BYMONTH={','.join(map(str, sorted(months)))}"
    ),
)


def chosen(values: list[str], most: int) -> st.SearchStrategy[str]:
    """Some of some values, in their order."""
    return st.sets(st.sampled_from(values), min_size=1, max_size=most).map(
        lambda picked: ",".join(sorted(picked, key=values.index))
    )


POSITIONS = [f"{n}{code}" for n in (1, 2, 3, 4, 5, -2, -1) for code in CODES]
MONTH_DAYS = [str(n) for n in (*range(1, 29), -2, -1)]
MONTHLY = st.one_of(
    chosen(POSITIONS, 4).map("BYDAY={}".format),
    chosen(MONTH_DAYS, 4).map("BYMONTHDAY={}".format),
    chosen([*map(str, range(1, 21)), "-2", "-1"], 3).map("BYDAY=MO,TU,WE,TH,FR;BYSETPOS={}".format),
)
RULES = st.one_of(
    st.builds("FREQ=DAILY{}{}".format, STEP, MONTHS),
    st.builds("FREQ=WEEKLY{};BYDAY={}{}".format, STEP, chosen(CODES, 6), MONTHS),
    st.builds("FREQ=MONTHLY;{}{}".format, MONTHLY, MONTHS),
    st.builds("FREQ=MONTHLY{};{}".format, STEP, MONTHLY),
)


@pytest.mark.case(56)
@given(
    rule=RULES,
    wall=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    until=st.one_of(st.none(), st.dates(date(2032, 1, 1), date(2040, 1, 1))),
)
def test_words_are_read_as_the_same_rule(rule: str, wall: time, until: date | None) -> None:
    if until is not None:
        rule += f";UNTIL={until:%Y%m%d}T235959"
    words = describe(Recurrence(rule, wall, TODAY))
    found = read(words, TODAY)
    expected: Rule = dict(part.split("=", 1) for part in rule.split(";"))
    assert rule_of(found) == {name: set(each.split(",")) for name, each in expected.items()}, words
    assert found.recurrence.wall == wall
    assert found.words == words


@given(st.sampled_from(PHRASES))
def test_words_of_a_phrase_are_read_as_it_is(phrase: str) -> None:
    found = read(phrase, TODAY)
    again = read(found.words, TODAY)
    assert again.recurrence == found.recurrence
    assert again.words == found.words


def test_short_months_are_told() -> None:
    found = read("monthly on the 31st 10:00", TODAY)
    assert found.notes == ("In months without a 31st nothing is posted for it.",)
    assert found.instead is not None
    assert (found.instead.label, found.instead.words) == (
        "Last day instead of 31st",
        "the last day of the month at 10:00",
    )
    assert read("on the 15th and 30th", TODAY).notes
    assert not read("on the 15th and 28th", TODAY).notes
    assert not read("on the 31st of january", TODAY).notes
    assert read("fifth friday", TODAY).notes


def test_beginning_that_is_over() -> None:
    found = read("every friday starting 2026-11-01", TODAY)
    assert "is over" in found.notes[0]
    assert found.words == "every Friday at 09:00"
