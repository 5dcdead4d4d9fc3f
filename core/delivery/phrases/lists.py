"""Lists and ranges in a phrase: of weekdays, of months, of positions. Each reader gives None where no such list comes
next, with the place as before."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.delivery.phrases.cursor import Cursor, Unclear
from core.delivery.phrases.tokens import Kind
from core.delivery.phrases.vocabulary import (
    AND,
    DAY_SETS,
    MONTHS,
    NUMBERS,
    ORDINALS,
    TO,
    UP_TO,
    WEEKDAYS,
    WORKING,
    WORKING_DAYS,
)

_TWICE = "“{part}” is in the list twice. Please say each once."


@dataclass(frozen=True, slots=True)
class Positions:
    """Positions, from 1 or backwards from -1. `in_digits`: written like 1st, and not as words."""

    numbers: set[int]
    in_digits: bool


def read_number(cursor: Cursor) -> int | None:
    """A whole number in digits or words."""
    text = cursor.peek()
    number = int(text) if cursor.kind() is Kind.NUMBER and len(text) < 5 else NUMBERS.get(text)
    if number is not None:
        cursor.take()
    return number


def read_days(cursor: Cursor) -> frozenset[int] | None:
    """Weekdays: "monday", "mon-fri", "mon wed and fri", "weekdays", "working days"."""
    found: set[int] = set()
    while True:
        before = cursor.position
        if found:
            cursor.accept(AND)
            cursor.accept(AND)  # ", and"
        item = cursor.position
        days = _day_set(cursor) or _range(cursor, WEEKDAYS, 0, 7)
        if days is None or (found and _is_date(cursor, item)):
            cursor.position = before
            return frozenset(found) or None
        if days & found:
            raise cursor.refusal(_TWICE, item)
        found |= days


def _is_date_at(cursor: Cursor, ahead: int) -> bool:
    """Whether a weekday or month that comes next is a date's: "fri 18 dec", "dec 18"."""
    following = cursor.kind(ahead + 1) in (Kind.NUMBER, Kind.ORDINAL)
    return following and (cursor.peek(ahead) in MONTHS or cursor.peek(ahead + 2) in MONTHS)


def _is_date(cursor: Cursor, item: int) -> bool:
    """Whether a weekday is a date's: "mon 3 dec"."""
    return cursor.position == item + 1 and cursor.kind() is Kind.NUMBER and cursor.peek(1) in MONTHS


def _day_set(cursor: Cursor) -> frozenset[int] | None:
    if cursor.peek() in WORKING and cursor.peek(1) in ("day", "days"):
        cursor.position += 2
        return WORKING_DAYS
    return DAY_SETS[cursor.take()] if cursor.peek() in DAY_SETS else None


def read_months(cursor: Cursor) -> frozenset[int] | None:
    """Months: "january", "july and august", "september to june"."""
    found: set[int] = set()
    while True:
        before = cursor.position
        if found:
            cursor.accept(AND)
            cursor.accept(AND)
        item = cursor.position
        months = _range(cursor, MONTHS, 1, 12)
        if months is None:
            cursor.position = before
            return frozenset(found) or None
        if months & found:
            raise cursor.refusal(_TWICE, item)
        found |= months


def _range(cursor: Cursor, names: Mapping[str, int], lowest: int, count: int) -> frozenset[int] | None:
    """One of some names that come round, or those from one to another."""
    first = names.get(cursor.peek())
    if first is None:
        return None
    item = cursor.position
    cursor.take()
    if cursor.peek(1) not in names or cursor.peek() not in TO | UP_TO or _is_date_at(cursor, 1):
        return frozenset({first})
    if cursor.peek() in UP_TO:
        between = (cursor.position, cursor.position + 1)
        phrases = [cursor.replaced((*between, said)) for said in ("to", "ending")]
        raise Unclear(cursor.text(item, cursor.position + 2), phrases)
    cursor.take()
    last = names[cursor.take()]
    if first == last:
        raise cursor.refusal("“{part}” goes from one to the same. Please name both ends.", item)
    return frozenset((first - lowest + n) % count + lowest for n in range((last - first) % count + 1))


def read_positions(cursor: Cursor) -> Positions | None:
    """Positions: "first", "2nd and 4th", "first, third and last", "1st-3rd", "second to last"."""
    found: set[int] = set()
    in_digits = True
    while True:
        before = cursor.position
        if found:
            cursor.accept(AND)
            cursor.accept(AND)
        item = cursor.position
        cursor.accept(("the",))
        digits = cursor.kind() is Kind.ORDINAL
        numbers = _position_range(cursor, item)
        if numbers is None:
            cursor.position = before
            return Positions(found, in_digits) if found else None
        if numbers & found:
            raise cursor.refusal(_TWICE, item)
        found |= numbers
        in_digits = in_digits and digits


def _position_range(cursor: Cursor, item: int) -> set[int] | None:
    first = _position(cursor)
    if first is None:
        return None
    if cursor.peek() in TO:
        before = cursor.position
        cursor.take()
        cursor.accept(("the",))
        last = _position(cursor)
        if last is None:
            cursor.position = before
        elif not 0 < first < last:
            raise cursor.refusal("“{part}” is no range. Please list them, such as 1st, 2nd and last.", item)
        else:
            return set(range(first, last + 1))
    return {first}


def _position(cursor: Cursor) -> int | None:
    if cursor.kind() is Kind.ORDINAL:
        return int(cursor.take()[:-2])
    number = ORDINALS.get(cursor.peek())
    if number is None:
        return None
    cursor.take()
    if number > 1 and (cursor.accept(("last",)) or cursor.accept_all("to", "last")):
        return -number
    return number
