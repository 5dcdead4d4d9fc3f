"""Dates as files of deadlines write them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from core.chat.text import clean, shorten
from core.clock import AOE
from core.cohorts import zones

UNTIL_LATE = time(23, 59, 59)
"""When a day ends of which no time is given."""

_YEARS = range(1990, 2101)
_TO_COME = frozenset(
    ("", "tbd", "tba", "tbc", "n/a", "na", "none", "null", "-", "?", "unknown", "to be announced")
)
_STAMP = re.compile(
    r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})"
    r"(?:[T ,]+(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<s>\d{2})(?:\.\d{1,6})?)?)?"
    r"\s*(?P<zone>[A-Za-z+\-\u2212][\w:+\-\u2212/ ]{0,40})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A date that was read. `at` is None while it is to be announced; `day` is set where no time was given. `doubt` says
    what is not sure about it."""

    at: datetime | None
    zone: str
    day: date | None = None
    doubt: str = ""


class NoDate(ValueError):
    """What stands there is no date; its text says so."""


def read(value: Any, zone: str | None) -> Written:
    """A date with or without its time, in a zone as people call it; None where none is given. Raises `NoDate`."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return Written(_in_range(value.astimezone(UTC)), "UTC")
        return _at(value.date(), value.time().replace(microsecond=0), zone, None)
    if isinstance(value, date):
        return _at(value, UNTIL_LATE, zone, value)
    if value is None or (isinstance(value, str) and _folded(value) in _TO_COME):
        return Written(None, zone_name(zone))
    typed = clean(str(value), multiline=False) if isinstance(value, str | int | float) else ""
    match = _STAMP.fullmatch(typed[:80])
    if match is None or len(typed) > 80:
        raise NoDate(f"“{shorten(typed or type(value).__name__, 40)}” is no date")
    day, wall = _day_and_time(match, typed)
    own = match["zone"].strip() if match["zone"] else None
    return _at(day, wall or UNTIL_LATE, own or zone, None if wall else day)


def _folded(typed: str) -> str:
    return clean(typed, multiline=False).casefold()


def _day_and_time(match: re.Match[str], typed: str) -> tuple[date, time | None]:
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        if match["h"] is None:
            return day, None
        hour, minute, second = int(match["h"]), int(match["min"]), int(match["s"] or 0)
        if (hour, minute, second) == (24, 0, 0):
            return day + timedelta(days=1), time(0)
        return day, time(hour, minute, min(second, 59))
    except (ValueError, OverflowError):
        raise NoDate(f"“{shorten(typed, 40)}” is no date") from None


def _at(day: date, wall: time, zone: str | None, whole: date | None) -> Written:
    if day.year not in _YEARS:
        raise NoDate(f"the year {day.year} is too far away")
    if not zone:
        found = zones.at_instant("UTC", day, wall)
        doubt = "No time zone is given; it is read as UTC."
    else:
        found = zones.at_instant(zone, day, wall)
        doubt = ""
        if found is None:
            found = zones.at_instant("UTC", day, wall)
            doubt = f"Nobody knows the time zone “{shorten(zone, 30)}”; it is read as UTC."
        elif not found[2]:
            doubt = f"“{shorten(zone, 30)}” may stand for other clocks on that date."
    assert found is not None  # noqa: S101 - UTC is known
    return Written(_in_range(found[0]), found[1], whole, doubt)


def _in_range(at: datetime) -> datetime:
    if at.year not in _YEARS:
        raise NoDate(f"the year {at.year} is too far away")
    return at


def zone_name(zone: str | None) -> str:
    """What a zone is called here, as far as it is known."""
    found = zones.at_instant(zone, date(2027, 1, 15), time(12)) if zone else None
    return found[1] if found else AOE


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = r"(?P<m{n}>[a-z]{{3,9}})\.? *(?P<d{n}>\d{{1,2}})(?:st|nd|rd|th)?"
_DASH = r" *(?:-|–|—|to|until|~|&|and) *"
_RANGES = tuple(
    re.compile(pattern)
    for pattern in (
        _NAMED.format(n=1) + r"(?:,? *(?P<y1>\d{4}))?" + _DASH + _NAMED.format(n=2) + r",? *(?P<y2>\d{4})?",
        _NAMED.format(n=1) + _DASH + r"(?P<d2>\d{1,2})(?:st|nd|rd|th)?,? *(?P<y2>\d{4})?",
        _NAMED.format(n=1) + r",? *(?P<y2>\d{4})?",
        r"(?P<d1>\d{1,2})(?:st|nd|rd|th)?"
        + _DASH
        + r"(?P<d2>\d{1,2})(?:st|nd|rd|th)? *(?P<m1>[a-z]{3,9})\.?,? *(?P<y2>\d{4})?",
    )
)


def conference_days(typed: str, year: int) -> tuple[date, date] | None:
    """The first and the last day in "February 25 - March 4, 2027", "July 11-15" or "12-16 July 2027"; None in anything
    else. Without a year it is the edition's."""
    folded = _folded(typed)[:80]
    for pattern in _RANGES:
        if match := pattern.fullmatch(folded):
            return _days(match.groupdict(), year)
    return None


def _days(found: dict[str, Any], year: int) -> tuple[date, date] | None:
    last_year = int(found.get("y2") or found.get("y1") or year)
    first_month = _month(found["m1"])
    last_month = _month(found["m2"]) if found.get("m2") else first_month
    if first_month is None or last_month is None or last_year not in _YEARS:
        return None
    first_year = int(found.get("y1") or (last_year - 1 if first_month > last_month else last_year))
    try:
        first = date(first_year, first_month, int(found["d1"]))
        last = date(last_year, last_month, int(found.get("d2") or found["d1"]))
    except (ValueError, OverflowError):
        return None
    return (first, last) if timedelta(0) <= last - first <= timedelta(days=60) else None


def _month(word: str) -> int | None:
    return _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else None
