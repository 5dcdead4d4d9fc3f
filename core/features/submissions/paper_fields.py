"""The columns of a file of papers, and how what stands in a cell is read: people's words, in several forms.

The first column says what a row is of: a paper, or a round, a stage or a review of the paper that `paper` names. A list
that somebody keeps has rows of papers alone, and need not have that column.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from core.chat.model import LabelledEnum
from core.chat.text import clean, split_enumerated
from core.commands import spelling
from core.commands.arguments import read_date
from core.commands.record_search import normalize_name
from core.errors import BadInput
from core.lottery import reading
from core.papers import reviews, venues
from core.papers.model import VenueEdition

E = TypeVar("E", bound=LabelledEnum)


class Column(StrEnum):
    """A column, by the name under which it is written."""

    ROW = "row"
    PAPER = "paper"
    TITLE = "title"
    STAGE = "stage"
    FIRST_STAGE = "first stage"
    STAGE_BEFORE = "stage before"
    VISIBILITY = "visibility"
    COAUTHORS = "co-authors"
    LINK = "link"
    DATE = "date"
    VENUE = "venue"
    YEAR = "year"
    ROUND = "round"
    DECISION = "decision"
    NOTE = "note"
    NOTE_VISIBILITY = "who reads the note"
    SCORE = "score"
    CONFIDENCE = "confidence"
    CONSTRUCTIVE = "constructive"
    WHEN = "discussion"
    SUMMARY = "summary"


WRITTEN = tuple(each for each in Column if each is not Column.YEAR)
"""The columns that an export has."""

_SPELLINGS = {
    Column.ROW: "kind,what,type,record",
    Column.PAPER: "paper number,no,nr,id,#",
    Column.TITLE: "paper title,name,titel,titre",
    Column.STAGE: "status,state",
    Column.COAUTHORS: "coauthors,authors,author,co authors",
    Column.LINK: "url,web address,address,href",
    Column.DATE: "when,since,day,datum",
    Column.VENUE: "where,conference,journal,venue edition",
    Column.NOTE: "notes,comment,comments,remark",
    Column.NOTE_VISIBILITY: "note visibility,note_visibility",
    Column.SCORE: "scores,rating",
    Column.SUMMARY: "review,review summary",
    Column.DECISION: "result,outcome",
    Column.WHEN: "discussed,phase",
    Column.VISIBILITY: "who sees it,seen by",
}
NAMES: Mapping[str, Column] = {
    **{normalize_name(word): each for each, words in _SPELLINGS.items() for word in words.split(",")},
    **{normalize_name(each.value): each for each in Column},
}
"""Columns by the names that people give them, in letters and digits."""


class NoValue(ValueError):
    """A cell that cannot be read; its words say why, as a clause."""


def column_of(name: str) -> Column | None:
    """The column of a name, None for one that is not known."""
    return NAMES.get(normalize_name(name))


def text(typed: str, longest: int, *, multiline: bool = False) -> str:
    """A text fit to keep. Raises `NoValue` for one that is too long."""
    found = clean(typed, multiline=multiline)
    if len(found) > longest:
        open_quote = " Perhaps a quotation mark is not closed." if "\n" in typed and not multiline else ""
        raise NoValue(f"it has {len(found):,} characters, and {longest:,} are possible.{open_quote}")
    return found


def choice(typed: str, among: type[E]) -> E:
    """The value that is meant. Raises `NoValue` with those that are near, else with all."""
    words = {
        normalize_name(word): each for each in among for word in (each.value, each.label, *each.typed_words)
    }
    found = words.get(normalize_name(typed))
    if found is not None:
        return found
    near = dict.fromkeys(words[word].value for word in spelling.near(normalize_name(typed), words))
    known = ", ".join(near or [each.value for each in among])
    raise NoValue(f"did you mean {known}?" if near else f"it has to be one of {known}")


def whole(typed: str, lowest: int, highest: int) -> int:
    """A whole number between two. Raises `NoValue`."""
    match = re.fullmatch(r"(\d{1,9})(?:[.,]0+)?", typed.strip(), re.ASCII)
    if match is None or not lowest <= int(match[1]) <= highest:
        raise NoValue(f"it has to be a number from {lowest} to {highest}")
    return int(match[1])


def score(typed: str) -> float:
    """A score as venues write them. Raises `NoValue`."""
    try:
        found = reading.score(typed)
    except ValueError:
        raise NoValue("it has to be a number, such as 6 or 6: weak accept") from None
    check_score(found)
    return found


def check_score(found: float) -> None:
    """Raise `NoValue` for a score that no venue has."""
    if not reviews.LOWEST <= found <= reviews.HIGHEST:
        raise NoValue(f"it has to be between {reviews.LOWEST:g} and {reviews.HIGHEST:g}")


def score_words(value: float) -> str:
    """A score as it is written, with all of its digits."""
    return f"{Decimal(repr(value)):f}".removesuffix(".0") if value else "0"


def venue(typed: str, year: str, today: date) -> VenueEdition:
    """A venue edition; the year may stand in a column of its own. Raises `NoValue`."""
    name = text(typed, 100)
    if year.strip():
        number = whole(year, 1950, today.year + 5)
        named = venues.read_edition(name)
        if named.year not in (None, number):
            raise NoValue(f"it says {named.year}, and the year is {number}")
        name = f"{named.name} {number}"
    try:
        return venues.resolve(name, today)
    except BadInput:
        raise NoValue(f"no edition is from before 1950 or after {today.year + 5}") from None


def names(typed: str) -> list[str]:
    """Names as an export writes them, one a line or with semicolons; else as people do, see `split_enumerated`."""
    cleaned = typed.replace("\r\n", "\n").replace("\r", "\n")
    for separator in ("\n", ";"):
        if separator in cleaned.strip(" "):
            parts = cleaned.split(separator)
            return [found for each in parts if (found := clean(each, multiline=False))]
    return split_enumerated(clean(typed, multiline=False))


# Dates

_ORDERED = re.compile(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})", re.ASCII)
_TIME = re.compile(
    r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]m)?\s*(Z|[+-]\d{2}:?\d{2})?\Z", re.IGNORECASE | re.ASCII
)


class DateReader:
    """Reads the dates of one file. Whether 3/4 is of March or of April is told by the other dates in it."""

    def __init__(self, typed: Iterable[str], latest: date) -> None:
        found = [match for each in typed if (match := _ORDERED.fullmatch(_without_time(each)))]
        slashes = [(int(each[1]), int(each[3])) for each in found if each[2] != "."]
        day_first, month_first = any(one > 12 for one, _ in slashes), any(two > 12 for _, two in slashes)
        self._day_first = day_first if day_first != month_first else None
        self._latest = latest

    def read(self, typed: str) -> date:
        """A date. Raises `NoValue` for what is none, for one of which it is not known which, and for one to come."""
        found = self._read(_without_time(typed))
        if found > self._latest:
            raise NoValue("it is still to come")
        if found.year < 1950:
            raise NoValue("it is long before there was anything to note")
        return found

    def _read(self, typed: str) -> date:
        match = _ORDERED.fullmatch(typed)
        if match is None:
            compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", typed, re.ASCII)
            try:
                return read_date("-".join(compact.groups()) if compact else typed, None)
            except BadInput:
                raise NoValue("it is no date that I can read; write it like 2026-11-23") from None
        one, two = int(match[1]), int(match[3])
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        day_first = True if match[2] == "." or one > 12 else False if two > 12 else self._day_first
        if day_first is None and one != two:
            raise NoValue("it may be of two months; write it like 2026-11-23")
        day, month = (one, two) if day_first is not False else (two, one)
        try:
            return date(year, month, day)
        except ValueError:
            raise NoValue("there is no such date") from None


def _without_time(typed: str) -> str:
    """A date without the time of day that spreadsheets put behind it."""
    return _TIME.sub("", typed.strip()).strip()


def reader_of(kind: type[E]) -> Callable[[str], E]:
    """`choice` among one kind."""
    return lambda typed: choice(typed, kind)
