"""One entry of a file of deadlines, turned into what it says of an edition. Two formats are read: entries that have
their dates as `deadlines` (or at their top level), and conferences whose `confs` have a `timeline`."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core import clock
from core.chat.text import clean, safe_link, shorten
from core.commands.record_search import normalize_name
from core.features.deadlines import doubts, meaning, written
from core.features.deadlines.meaning import Row
from core.features.deadlines.written import NoDate
from core.papers import venues
from core.papers.edition_updates import SaidDate, SaidEdition
from core.papers.editions import DateKind
from core.papers.model import VenueEdition

LONGEST_NAME = 80
MOST_ROWS = 60
"""Dates of one entry."""

_SUBJECTS = {
    "AI": "artificial intelligence",
    "DS": "architecture, parallel and storage systems",
    "NW": "networks",
    "SC": "security",
    "SE": "software engineering",
    "DB": "databases, data mining, retrieval",
    "CT": "theory",
    "CG": "graphics and multimedia",
    "HI": "human-computer interaction",
    "MX": "interdisciplinary",
    "ML": "machine learning",
    "CV": "computer vision",
    "NLP": "natural language processing",
    "RO": "robotics",
    "SP": "signal processing and speech",
    "DM": "data mining",
}
"""The short words for fields that the files use."""

_TOP_LEVEL = (
    ("abstract_deadline", "abstract", "Abstracts"),
    ("deadline", "paper", "Papers"),
    ("submission_deadline", "paper", "Papers"),
    ("review_release_date", "review_release", "Reviews"),
    ("rebuttal_period_start", "rebuttal_start", "Rebuttal begins"),
    ("rebuttal_period_end", "rebuttal_end", "Rebuttal ends"),
    ("notification", "notification", "Decisions"),
    ("final_decision_date", "notification", "Decisions"),
    ("camera_ready", "camera_ready", "Camera-ready version"),
)
"""Dates that stand in an entry itself: key, type, label."""


class Unreadable(ValueError):
    """An entry that cannot be taken in; its text says why."""


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry that was read: what it says, what was chosen among several dates, and the rows that could not be read."""

    said: SaidEdition
    chosen: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def parts(item: Any) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """The editions in an item, each with what it is called in a list of problems; None for what is none."""
    if not isinstance(item, dict):
        yield _words(item) or "an entry", None
        return
    title, confs = _words(item.get("title")), item.get("confs")
    if not isinstance(confs, list):
        yield f"{title or 'an entry'} {_words(item.get('year'))}".strip(), item
        return
    common = {key: item.get(key) for key in ("title", "description", "sub", "rank", "dblp")}
    if not confs:
        yield title or "an entry", None
    for each in confs:
        if isinstance(each, dict):
            yield (
                f"{title or 'an entry'} {_words(each.get('year'))}".strip(),
                {**each, **common, "confs": None},
            )
        else:
            yield f"{title or 'an entry'}: {_words(each)}", None


def read(entry: Mapping[str, Any], source: str) -> ReadEntry:
    """What an entry says. Raises `Unreadable`."""
    edition = _edition(entry)
    year = edition.year
    assert year is not None  # noqa: S101 - an entry without a year is refused
    zone = _words(entry.get("timezone")) or None
    left_out: list[str] = []
    rows = [*_rows(entry, zone, edition.name, left_out)]
    if (days := _conference(entry, year)) is not None:
        rows.append(Row(days))
    rows, chosen = meaning.choose(_with_rounds(rows))
    rows = doubts.mark(rows, year)
    said = SaidEdition(
        edition,
        tuple(row.said for row in rows),
        source,
        _words(entry.get("id"))[:LONGEST_NAME] or str(edition),
        (_words(entry.get("full_name")) or _words(entry.get("description")))[:200],
        _fields(entry),
        _location(entry)[:120],
        _link(entry.get("link")),
    )
    return ReadEntry(said, tuple(chosen), tuple(left_out))


def _edition(entry: Mapping[str, Any]) -> VenueEdition:
    title = _words(entry.get("title"))
    if not title:
        raise Unreadable("it has no title")
    if not normalize_name(title):
        raise Unreadable("its title has no letters or digits")
    if len(title) > LONGEST_NAME:
        raise Unreadable(f"its title has {len(title)} characters; {LONGEST_NAME} are possible")
    named = venues.read_edition(title)
    typed = _words(entry.get("year"))
    if not typed and named.year is None:
        raise Unreadable("it has no year")
    if typed and not re.fullmatch(r"(19|20)\d\d", typed, re.ASCII):
        raise Unreadable(f"“{shorten(typed, 30)}” is no year")
    year = int(typed) if typed else named.year
    if named.year in (None, year):
        return VenueEdition(named.name, year)
    if str(named.year) in title:
        raise Unreadable(f"its title says {named.year} and its year {year}")
    return VenueEdition(title, year)  # figures that are no year, as in "CONF10"


def _rows(entry: Mapping[str, Any], zone: str | None, title: str, left_out: list[str]) -> Iterator[Row]:
    deadlines, timeline = entry.get("deadlines"), entry.get("timeline")
    for what, listed in (("deadlines", deadlines), ("timeline", timeline)):
        if listed is not None and not isinstance(listed, list):
            raise Unreadable(f"its {what} are no list")
        if isinstance(listed, list) and len(listed) > MOST_ROWS:
            raise Unreadable(f"it has {len(listed)} {what}; {MOST_ROWS} are possible")
    for each in deadlines or ():
        if not isinstance(each, dict):
            left_out.append(f"“{shorten(_words(each), 30)}” is no date with a type")
            continue
        type_, label = _words(each.get("type")), _words(each.get("label"))
        label = (label or type_.replace("_", " ").capitalize())[:200]
        row = _row(type_, label, each.get("date"), _words(each.get("timezone")) or zone, title, left_out)
        yield from () if row is None else (row,)
    yield from _of_timeline(timeline or (), zone, title, left_out)
    for key, type_, label in _TOP_LEVEL if not deadlines else ():
        if key in entry:
            row = _row(type_, label, entry[key], zone, title, left_out)
            yield from () if row is None else (row,)


def _of_timeline(timeline: Sequence[Any], zone: str | None, title: str, left_out: list[str]) -> Iterator[Row]:
    """The rows of a timeline: each of its items is a round, unless its comment says that it is something else."""
    for number, each in enumerate(timeline, 1):
        if not isinstance(each, dict):
            left_out.append(f"“{shorten(_words(each), 30)}” is no item of a timeline")
            continue
        comment = _words(each.get("comment"))[:200]
        several = len(timeline) > 1
        for key, type_, label in (
            ("abstract_deadline", "abstract", "Abstracts"),
            ("deadline", "deadline", "Papers"),
        ):
            if key not in each:
                continue
            said = f"{label}: {comment}" if key == "abstract_deadline" and comment else comment or label
            if key == "abstract_deadline" and comment and not meaning.kind_of("deadline", comment, title)[1]:
                type_ = "other"
            row = _row(type_, said, each[key], zone, title, left_out)
            if row is not None:
                counted = several and row.said.kind in (DateKind.PAPER, DateKind.ABSTRACT) and row.said.main
                yield replace(row, round=number) if counted else row


def _row(type_: str, label: str, value: Any, zone: str | None, title: str, left_out: list[str]) -> Row | None:
    kind, main = meaning.kind_of(type_, label, title)
    if kind is DateKind.DECISION and meaning.is_early(f"{type_} {label}"):
        main = False
    try:
        found = written.read(value, zone)
    except NoDate as error:
        left_out.append(f"{label}: {error}")
        return None
    whole = found.day if kind in (DateKind.DECISION, DateKind.CONFERENCE, DateKind.OTHER) else None
    said = SaidDate(kind, label, found.at, found.zone, whole, None, main, found.doubt)
    return Row(said, meaning.round_of(label) or 0)


def _with_rounds(rows: Sequence[Row]) -> list[Row]:
    """The rows with rounds only where a kind has several."""
    several = {
        kind
        for kind in DateKind
        if len({row.round for row in rows if row.said.kind is kind and row.said.main and row.round}) > 1
    }
    return [row if row.said.kind in several else replace(row, round=0) for row in rows]


def _conference(entry: Mapping[str, Any], year: int) -> SaidDate | None:
    first, last = _day(entry.get("start")), _day(entry.get("end"))
    typed = entry.get("date")
    days = written.conference_days(_words(typed), year) if isinstance(typed, str) else None
    if first is None:
        first, last = days or (_day(typed) if isinstance(typed, date) else None, None)
    elif last is None and days is not None and days[0] == first:
        last = days[1]
    if first is None:
        return None
    begins = clock.to_instant(first, written.UNTIL_LATE.replace(0, 0, 0), "UTC")
    return SaidDate(
        DateKind.CONFERENCE, _words(typed)[:200] or "Conference", begins, "UTC", first, last or first
    )


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        found = written.read(value, "UTC") if isinstance(value, str) else None
    except NoDate:
        return None
    return found.day or (found.at.date() if found.at else None) if found else None


def _fields(entry: Mapping[str, Any]) -> tuple[str, ...]:
    given: list[Any] = []
    for key in ("tags", "sub"):
        value = entry.get(key)
        given += value[:20] if isinstance(value, list) else [value]
    words = [_words(each)[:60].replace("-", " ") for each in given]
    return tuple(dict.fromkeys(_SUBJECTS.get(each.upper(), each) for each in words if each))


def _location(entry: Mapping[str, Any]) -> str:
    place = _words(entry.get("place"))
    return place or ", ".join(filter(None, (_words(entry.get("city")), _words(entry.get("country")))))


def _link(value: Any) -> str:
    typed = _words(value)
    return typed if len(typed) <= 500 and safe_link(typed) else ""


def _words(value: Any) -> str:
    """A text or a number in one line; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return ""
    typed = value[:2000] if isinstance(value, str) else str(value) if _can_be_written(value) else ""
    return clean(typed, multiline=False)


def _can_be_written(value: int | float | date) -> bool:
    """Whether a number can be written out: those of thousands of digits cannot."""
    return isinstance(value, date) or abs(value) < 10**15
