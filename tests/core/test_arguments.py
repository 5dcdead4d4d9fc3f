"""What people type becomes what a handler wants, or a sentence that says what to type."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.model import Argument, ChannelRef, Person, PersonRef, Reply, Source, Upload
from core.cohorts import directory
from core.cohorts.model import Cohort, Member, Scope
from core.commands.arguments import coerce, read_date, with_references
from core.commands.dispatch import Call
from core.commands.registry import Registry, build_command
from core.commands.spec import Access, Arg, Command, CommandMark, LongText
from core.errors import BadInput, NoCohort, NotFound, UserError
from core.store.port import Conn
from tests.conftest import NOW
from tests.people import EARLY, ID, CohortFixture

TODAY = date(2026, 11, 23)


class Colour(StrEnum):
    """A few values, one with a label of its own."""

    RED = "red"
    DARK_BLUE = "dark-blue"


async def _everything(
    call: Call,
    words: Annotated[str | None, Arg("Some words.", max_length=20)] = None,
    long: Annotated[LongText | None, Arg("More words.", max_length=40)] = None,
    whole: Annotated[int | None, Arg("A whole number.", minimum=1, maximum=100_000)] = None,
    part: Annotated[float | None, Arg("A number.", minimum=0)] = None,
    flag: Annotated[bool, Arg("Yes or no.")] = True,
    day: Annotated[date | None, Arg("A day.")] = None,
    colour: Annotated[Colour | None, Arg("A colour.")] = None,
    member: Annotated[Member | None, Arg("Somebody of the cohort.")] = None,
    person: Annotated[PersonRef | None, Arg("Anybody.")] = None,
    channel: Annotated[ChannelRef | None, Arg("A channel.")] = None,
    file: Annotated[Upload | None, Arg("A file.")] = None,
) -> Reply:
    """Take one of everything."""
    return Reply("")


async def _needs(call: Call, title: Annotated[str, Arg("What it is called.", max_length=20)]) -> Reply:
    """Take a title."""
    return Reply("")


def command(handler: Any) -> Command:
    return build_command(handler, CommandMark("try it", Access.MEMBER, True, None, True, None))


EVERYTHING, NEEDS = command(_everything), command(_needs)
NOBODY = Person("test", "W", "U-nobody", "Nobody")
EMPTY = Registry({}, {}, {}, {}, (), {})


class NoDatabase:
    """A connection that finds nothing and refuses what a database refuses."""

    def all(self, sql: str, /, **params: object) -> list[Any]:
        assert "\0" not in str(params)
        str(params).encode()
        return []

    def one(self, sql: str, /, **params: object) -> None:
        self.all(sql, **params)

    def run(self, sql: str, /, **params: object) -> int:
        raise AssertionError("coercing changes nothing")

    def insert(self, sql: str, /, **params: object) -> int:
        raise AssertionError("coercing changes nothing")

    def value(self, sql: str, /, **params: object) -> None:
        self.all(sql, **params)

    def signal(self, name: str) -> None:
        raise AssertionError("coercing changes nothing")


def scope(cohort_id: int = 1, member: Member | None = None) -> Scope:
    cohort = Cohort(cohort_id, "Lab", "Europe/Berlin")
    return Scope(cohort, member, NOW, TODAY)


def take(
    args: Mapping[str, Argument], one: Command = EVERYTHING, source: Source = Source.COMMAND
) -> dict[str, Any]:
    given = with_references(one, args, ID, source)
    return coerce(NoDatabase(), EMPTY, one, given, scope(), NOBODY)


def refusal(args: Mapping[str, Argument], one: Command = EVERYTHING) -> UserError:
    with pytest.raises((BadInput, NotFound)) as caught:
        take(args, one)
    return caught.value


def test_nothing_given_gives_defaults() -> None:
    found = take({})
    assert found.pop("flag") is True
    assert set(found.values()) == {None}
    assert take({"words": "", "flag": "  ", "whole": "\u200b", "day": "\n"}) == take({})


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("words", "  two\nlines ", "two lines"),
        ("words", "x" * 20, "x" * 20),
        ("words", 12, "12"),
        ("long", "two\r\nlines", "two\nlines"),
        ("whole", "12", 12),
        ("whole", "#12", 12),
        ("whole", " +7 ", 7),
        ("whole", 100_000, 100_000),
        ("whole", "1", 1),
        ("part", ".5", 0.5),
        ("part", "0,25", 0.25),
        ("part", "2,5", 2.5),
        ("part", "0,125", 0.125),
        ("part", "1.000", 1.0),
        ("part", 1e-7, 1e-7),
        ("part", 3, 3.0),
        ("part", "0", 0.0),
        ("flag", "No", False),
        ("flag", " ON ", True),
        ("flag", False, False),
        ("day", "2026-11-23", TODAY),
        ("day", "Tomorrow", date(2026, 11, 24)),
        ("colour", "RED", Colour.RED),
        ("colour", "dark blue", Colour.DARK_BLUE),
        ("colour", "Dark-Blue", Colour.DARK_BLUE),
        ("person", PersonRef("7", "Eve"), PersonRef("7", "Eve")),
        ("channel", ChannelRef("C1", "lab"), ChannelRef("C1", "lab")),
        ("channel", "815251230416211968", ChannelRef("815251230416211968")),
        ("file", Upload("a.csv", b"x"), Upload("a.csv", b"x")),
    ],
)
def test_what_is_understood(name: str, raw: Argument, value: object) -> None:
    found = take({name: raw})[name]
    assert found == value
    assert type(found) is type(value)


def test_id_of_nobody_is_taken_from_stored_call_and_not_from_typing() -> None:
    for source in (Source.BUTTON, Source.FORM):
        assert take({"person": "U024BE7LH"}, source=source)["person"] == PersonRef("U024BE7LH")
    said = "I know nobody of the id U024BE7LH. Please mention the person, or pick them from the list."
    error = refusal({"person": "U024BE7LH"})
    assert (error.text.plain(), error.field) == (said, "person")


def test_what_is_far_too_long_is_refused_before_it_is_read() -> None:
    for name in ("words", "long", "day", "colour", "whole", "member"):
        error = refusal({name: "é" + "\u00a0" * 1_000_000 + "b"})
        assert "has 1,000,002 characters" in error.text.plain()
        assert error.field == name


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("words", "x" * 21, "Words has 21 characters; it can have 20. Please shorten it."),
        ("long", "x" * 1041, "Long has 1,041 characters; it can have 40. Please shorten it."),
        ("whole", "twelve", "Whole has to be a whole number, not “twelve”."),
        ("whole", "1.5", "Whole has to be a whole number, not “1.5”."),
        ("whole", "0", "Whole has to be from 1 to 100,000, not “0”."),
        ("whole", "100001", "Whole has to be from 1 to 100,000, not “100001”."),
        ("whole", "\u22125", "Whole has to be from 1 to 100,000, not “-5”."),
        ("whole", "9" * 30, "Whole has to be a whole number, not “" + "9" * 30 + "”."),
        ("whole", True, "Whole has to be a whole number, not “True”."),
        ("whole", "٣", "Whole has to be a whole number, not “٣”."),
        ("part", "nan", "Part has to be a number, not “nan”."),
        ("part", "inf", "Part has to be a number, not “inf”."),
        ("part", float("nan"), "Part has to be a number, not “nan”."),
        ("part", "1e5", "Part has to be a number, not “1e5”."),
        ("part", "-0.1", "Part has to be 0 or more, not “-0.1”."),
        ("part", ",", "Part has to be a number, not “,”."),
        (
            "part",
            "1,000",
            "I cannot tell whether 1,000 in Part is a thousand or a part of one. "
            "Please write it with a point, or without the comma.",
        ),
        ("flag", "perhaps", "Flag has to be yes or no, not “perhaps”.\n• Yes\n• No"),
        ("day", "3/4/2026", "I cannot read “3/4/2026” as a date. Please write it like 2026-11-23."),
        ("colour", "green", "Colour has to be one of: red, dark-blue. “green” is none of them."),
        ("member", "Eve", "Eve is not in Lab. They can join with /cohort join."),
        ("member", PersonRef("9"), "This person is not in Lab. They can join with /cohort join."),
        ("person", "Eve", "Eve is not in Lab. They can join with /cohort join."),
        (
            "channel",
            "general",
            "Channel has to be a channel, and I see none in “general”. Please mention it, or pick it from the list.",
        ),
        ("file", "a.csv", "File has to be a file, not “a.csv”."),
    ],
)
def test_what_is_not_understood_says_what_to_type(name: str, raw: Argument, says: str) -> None:
    error = refusal({name: raw})
    assert error.text.plain() == says
    assert error.field == name


def test_what_is_required() -> None:
    for empty in ("", "   ", "\u200b"):
        error = refusal({"title": empty}, NEEDS)
        assert error.text.plain() == "Please give Title: What it is called."
        assert error.field == "title"
    assert NEEDS.missing({})
    assert NEEDS.missing({"title": ""})
    assert not NEEDS.missing({"title": "x"})
    assert not EVERYTHING.missing({})


def test_unknown_parameter_is_named_with_those_that_exist() -> None:
    error = refusal({"titel": "x"}, NEEDS)
    assert error.text.plain() == "/try it has no parameter titel. It takes: title."


def test_without_cohort_person_cannot_be_found() -> None:
    with pytest.raises(NoCohort):
        coerce(NoDatabase(), EMPTY, EVERYTHING, {"member": "Ada"}, None, NOBODY)


def complaint(args: Mapping[str, Argument]) -> UserError | None:
    """What is wrong with the arguments, if anything; any other exception is a defect."""
    try:
        take(args)
    except UserError as error:
        return error
    return None


@given(name=st.sampled_from([param.name for param in EVERYTHING.params]), raw=st.text())
def test_any_text_is_understood_or_answered_with_sentence(name: str, raw: str) -> None:
    error = complaint({name: raw})
    assert error is None or (error.field == name and error.text.plain())


@given(name=st.text(), raw=st.text() | st.integers() | st.floats() | st.booleans())
def test_any_argument_at_all(name: str, raw: str | float | bool) -> None:
    for given_name in (name, "words", "whole", "part", "flag", "day", "colour", "person", "channel", "file"):
        error = complaint({given_name: raw})
        assert error is None or error.text.plain()


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-23",
        "2026/11/23",
        "2026.11.23",
        "23 Nov 2026",
        "23 november 2026",
        "23. Nov. 2026",
        "Nov 23, 2026",
        "November 23rd 2026",
        "Mon 23 Nov 2026",
        "Monday, 23 Nov 2026",
        "23-Nov-2026",
        "TODAY",
    ],
)
def test_dates_people_write(typed: str) -> None:
    assert read_date(typed, TODAY) == TODAY


@pytest.mark.parametrize(
    "typed",
    [
        "23/11/2026",
        "11/23/2026",
        "3/4",
        "Nov 2026",
        "2026",
        "23 Nov",
        "2026-02-30",
        "2026-13-01",
        "23 Nov 2026 XYZ",
        "0001-01-01",
        "9999-12-31",
        "2026-1/2",
        "23 Nob 2026",
        "2026-11-23T10:00",
        "next friday",
        "32 Nov 2026",
        "٢٠٢٦-١١-٢٣",
    ],
)
def test_dates_that_could_be_another_are_asked_for_again(typed: str) -> None:
    with pytest.raises(BadInput, match="Please write it like 2026-11-23"):
        read_date(typed, TODAY)


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_every_date_is_read_as_it_is_shown(day: date) -> None:
    assert read_date(day.isoformat(), TODAY) == day
    assert read_date(f"{day:%a} {day.day} {day:%b} {day.year}", TODAY) == day
    assert read_date(f"{day:%B} {day.day}, {day.year}", None) == day


async def test_people_are_found_by_mention_id_name_and_me(sqlite_cohort: CohortFixture) -> None:
    ada = sqlite_cohort.ada.person
    people = await sqlite_cohort.core.store.read(directory.members, sqlite_cohort.id)
    me = next(each for each in people if each.name == "Ada")

    def found(conn: Conn, name: str, raw: Argument) -> Any:
        return coerce(conn, EMPTY, EVERYTHING, {name: raw}, scope(sqlite_cohort.id, me), ada)[name]

    read = sqlite_cohort.core.store.read
    assert (await read(found, "member", PersonRef("U-ben", "whatever"))).name == "Ben"
    for typed in ("ben", "@Ben", " BEN ", "U-ben"):
        assert (await read(found, "member", typed)).name == "Ben"
    assert await read(found, "member", "me") == me
    assert await read(found, "person", "ben") == PersonRef("U-ben", "Ben")
    assert await read(found, "person", "myself") == PersonRef("U-ada", "Ada")
    with pytest.raises(NotFound):
        await read(found, "member", PersonRef("U-eve", "Eve"))


async def test_two_of_one_name_have_to_be_told_apart(sqlite_cohort: CohortFixture) -> None:
    def second_ben(conn: Conn) -> None:
        other = directory.ensure_person(conn, Person("test", "W", "U-ben2", "ben"), EARLY)
        directory.add_member(conn, sqlite_cohort.id, other, EARLY)

    await sqlite_cohort.core.store.write(second_ben)

    def found(conn: Conn) -> Any:
        return coerce(conn, EMPTY, EVERYTHING, {"member": "Ben"}, scope(sqlite_cohort.id), NOBODY)

    with pytest.raises(BadInput, match="More than one person here is called Ben"):
        await sqlite_cohort.core.store.read(found)
