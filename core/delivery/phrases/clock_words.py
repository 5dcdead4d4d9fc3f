"""Times of day in a phrase: "9am", "17h", "9.30", "noon", "half past nine", "at 9", "4 in the afternoon"."""

import re
from datetime import time

from core.clock import time_words
from core.delivery.phrases.cursor import Cursor, Unclear
from core.delivery.phrases.facts import Facts, TimeOfDay
from core.delivery.phrases.tokens import Kind
from core.delivery.phrases.vocabulary import NUMBERS, PARTS_OF_DAY, ZONE_LIKE

_NO_TIME = "“{part}” is no time of day. Try 9am or 09:30."
_VAGUE_HOURS = range(1, 8)
"""Hours that a plain "at 4" leaves open; a meeting at 8 to 11 is one of the morning."""
_DEFAULT = time(9)


def read_clock(cursor: Cursor) -> TimeOfDay | None:
    """The time that comes next, if one does. Raises `BadInput` for one that no clock shows."""
    first = cursor.position
    announced = cursor.accept(("at", "@"))
    clock = _named(cursor, first) or _digital(cursor, first) or _past(cursor, first)
    if clock is None:
        clock = _hour(cursor, first, announced=announced)
    if clock is None and announced:
        if cursor.done():
            raise cursor.refusal("“{part}” needs a time behind it, such as 09:30.", first, first + 1)
        raise cursor.unknown()
    return clock


def read_half(cursor: Cursor) -> str:
    """ "am" or "pm" where a part of the day comes next, else nothing."""
    ahead = 2 if cursor.peek() == "in" and cursor.peek(1) == "the" else 1 if cursor.peek() == "in" else 0
    half = PARTS_OF_DAY.get(cursor.peek(ahead), "")
    if half:
        cursor.position += ahead + 1
    return half


def _named(cursor: Cursor, first: int) -> TimeOfDay | None:
    hours = {"noon": 12, "midday": 12, "midnight": 0}
    if cursor.peek() not in hours:
        return None
    return TimeOfDay(hours[cursor.take()], 0, False, (first, cursor.position))


def _digital(cursor: Cursor, first: int) -> TimeOfDay | None:
    if cursor.kind() is not Kind.TIME:
        return None
    token = cursor.take().replace(".m", "m").rstrip(".")
    match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?\s?(am|pm|h)?", token)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    half = match[3] if match and match[3] != "h" else None
    if half and not 1 <= hour <= 12:
        raise cursor.refusal(_NO_TIME, first)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise cursor.refusal(_NO_TIME, first)
    return TimeOfDay(hour, minute, False, (first, cursor.position))


def _past(cursor: Cursor, first: int) -> TimeOfDay | None:
    minutes = {("half", "past"): 30, ("quarter", "past"): 15, ("quarter", "to"): -15}
    said = minutes.get((cursor.peek(), cursor.peek(1)))
    hour = _small_number(cursor.peek(2))
    if said is None or hour is None or not 1 <= hour <= 12:
        return None
    cursor.position += 3
    cursor.accept_all("o'clock")
    if said < 0:
        hour, said = hour - 1 or 12, 60 + said
    return TimeOfDay(hour, said, hour in _VAGUE_HOURS, (first, cursor.position))


def _hour(cursor: Cursor, first: int, *, announced: bool) -> TimeOfDay | None:
    hour = _small_number(cursor.peek())
    if hour is None or not (announced or cursor.peek(1) == "o'clock"):
        return None
    cursor.take()
    cursor.accept_all("o'clock")
    if hour > 23:
        raise cursor.refusal(_NO_TIME, first)
    return TimeOfDay(hour, 0, hour in _VAGUE_HOURS, (first, cursor.position))


def _small_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else NUMBERS.get(text)


def wall_time(cursor: Cursor, facts: Facts) -> time:
    """The time of day that a phrase says; nine o'clock where it says none. Raises `Unclear` and `BadInput`."""
    clock, half = facts.clock, facts.half
    if clock is None:
        if half:
            raise cursor.refusal(
                "“{part}” says no hour. Please add it, such as 09:30 or 3pm.", *facts.half_span
            )
        return _DEFAULT
    hour = clock.hour
    if half == "pm" and 1 <= hour < 12:
        hour += 12
    elif (half == "am" and hour >= 12) or (half == "pm" and hour == 0):
        raise cursor.refusal("“{part}” is at no such hour. Please write the time alone.", *facts.half_span)
    elif not half and clock.vague:
        first, last = clock.span
        readings = [
            cursor.replaced((first, last, f"at {time_words(each)}"))
            for each in (time(hour, clock.minute), time(hour + 12, clock.minute))
        ]
        raise Unclear(cursor.text(first, last), readings)
    return time(hour, clock.minute)


def refuse_zone(cursor: Cursor) -> None:
    """Raise `BadInput` if a time zone comes next: a schedule runs in its cohort's."""
    if cursor.peek() in ZONE_LIKE:
        raise cursor.refusal(
            "I do not understand “{part}” here: a schedule runs in the cohort's time zone. Please leave the zone out, "
            "and give the hour as the cohort's clocks show it.",
            cursor.position,
        )
