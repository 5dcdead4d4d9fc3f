"""What cannot be right about the dates of an edition. They are kept and marked, and nobody is reminded of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from core.clock import date_words
from core.features.deadlines.meaning import Row
from core.papers.editions import DateKind

_ORDER = {
    kind: at
    for at, kind in enumerate(
        (
            DateKind.ABSTRACT,
            DateKind.PAPER,
            DateKind.REBUTTAL_START,
            DateKind.REBUTTAL_END,
            DateKind.DECISION,
            DateKind.CAMERA_READY,
        )
    )
}
"""What comes one after the other in one round."""

_FROM_ABSTRACT = timedelta(days=120)
"""More than that between abstract and paper is a slip of a month or a year."""
_NAMED_ROUNDS = 20
"""From this number on rounds are called by months and seasons, whose order says nothing."""


def mark(rows: Sequence[Row], year: int) -> list[Row]:
    """The rows with their doubts, beside those that they have."""
    found: dict[int, str] = {}
    main = [(at, row) for at, row in enumerate(rows) if row.said.main and row.said.at is not None]
    for at, row in main:
        if reason := _alone(row, year):
            found.setdefault(at, reason)
    first = _first([row for _, row in main])
    for (left, one), (right, other) in ((a, b) for a in main for b in main if _compared(a[1], b[1], first)):
        if reasons := _together(one, other):
            found.setdefault(left, reasons[0])
            found.setdefault(right, reasons[1])
    for reasons_of_rounds in (_rounds(main, kind) for kind in (DateKind.ABSTRACT, DateKind.PAPER)):
        for at, reason in reasons_of_rounds.items():
            found.setdefault(at, reason)
    return [
        replace(row, said=replace(row.said, doubt=row.said.doubt or found.get(at, "")))
        for at, row in enumerate(rows)
    ]


def _at(row: Row) -> datetime:
    assert row.said.at is not None  # noqa: S101 - only dated rows are compared
    return row.said.at


def _alone(row: Row, year: int) -> str:
    said = row.said
    if said.kind is DateKind.CONFERENCE:
        if said.day is not None and said.ends_on is not None and said.ends_on < said.day:
            return f"It would end on {date_words(said.ends_on)}, before it begins."
        if said.day is not None and said.day.year != year:
            return f"It would be held in {said.day.year}, and the entry is of {year}."
        return ""
    if not year - 2 <= _at(row).year <= year + (said.kind is DateKind.CAMERA_READY):
        return f"It would be in {_at(row).year}, and the entry is of {year}."
    return ""


def _first(rows: Sequence[Row]) -> Mapping[DateKind, datetime]:
    """The first date of each kind."""
    found: dict[DateKind, datetime] = {}
    for row in rows:
        found[row.said.kind] = min(found.get(row.said.kind, _at(row)), _at(row))
    return found


def _compared(one: Row, other: Row, first: Mapping[DateKind, datetime]) -> bool:
    """Whether `one` has to come before `other`: in one round, or of all rounds at least the first one before it."""
    left, right = one.said.kind, other.said.kind
    if right is DateKind.CONFERENCE:
        return left in (DateKind.ABSTRACT, DateKind.PAPER, DateKind.DECISION) and not other.said.doubt
    if left not in _ORDER or right not in _ORDER or _ORDER[left] >= _ORDER[right]:
        return False
    return one.round == other.round or (other.round == 0 and _at(one) == first[left])


def _together(one: Row, other: Row) -> tuple[str, str] | None:
    """What is wrong with two dates of which the first has to come before the second: a reason for each of them."""
    left, right = one.said, other.said
    if right.kind is DateKind.CONFERENCE:
        if right.day is not None and _at(one).date() > right.day + timedelta(days=1):
            return f"It comes after the conference begins ({date_words(right.day)}).", ""
        return None
    if _at(one) > _at(other):
        return (
            f"It comes after the date for {right.kind.label} ({_day(other)}).",
            f"It comes before the date for {left.kind.label} ({_day(one)}).",
        )
    far = left.kind is DateKind.ABSTRACT and right.kind is DateKind.PAPER
    if far and _at(other) - _at(one) > _FROM_ABSTRACT:
        days = (_at(other) - _at(one)).days
        return f"It is {days} days before the papers.", f"It is {days} days after the abstracts."
    return None


def _rounds(main: Sequence[tuple[int, Row]], kind: DateKind) -> dict[int, str]:
    rows = [(at, row) for at, row in main if row.said.kind is kind and 0 < row.round < _NAMED_ROUNDS]
    rows.sort(key=lambda each: each[1].round)
    found: dict[int, str] = {}
    for (left, one), (right, other) in pairwise(rows):
        if _at(one) > _at(other):
            found[left] = f"It comes after the next round ({_day(other)})."
            found[right] = f"It comes before the round before it ({_day(one)})."
    return found


def _day(row: Row) -> str:
    day: date = row.said.day or _at(row).date()
    return date_words(day)
