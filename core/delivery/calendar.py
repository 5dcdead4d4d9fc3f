"""On which local dates a cohort's schedules run: its first and last day, its breaks, a schedule's exceptions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from core.chat.text import say
from core.errors import BadInput

_LONGEST = 366
_MOST = 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateRange:
    """Local dates from `first` to `last`, both included."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}" if self.first == self.last else f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The dates on which something may be posted."""

    starts: date | None = None
    ends: date | None = None
    closed: tuple[DateRange, ...] = ()

    def without(self, exceptions: Sequence[DateRange]) -> "Calendar":
        """The same with more dates closed."""
        return replace(self, closed=(*self.closed, *exceptions)) if exceptions else self

    def open(self, day: date) -> bool:
        """Whether a slot of this date is posted."""
        if (self.starts and day < self.starts) or (self.ends and day > self.ends):
            return False
        return not any(span.first <= day <= span.last for span in self.closed)

    def opens(self, day: date) -> date:
        """The first date from `day` on that is neither before the first day nor closed; the last day is not looked
        at. So a search leaps over a break instead of looking at each of its dates."""
        day = max(day, self.starts or day)
        for span in sorted(self.closed, key=lambda each: each.first):
            if span.first <= day <= span.last:
                day = span.last + _DAY if span.last < date.max else date.max
        return day


def read_date_ranges(typed: str) -> tuple[DateRange, ...]:
    """Dates and ranges such as "2026-12-24, 2026-12-28..2027-01-04"; "none" for none.

    Raises `BadInput` with the part that cannot be read.
    """
    if not typed or typed.strip().casefold() in ("", "none", "-"):
        return ()
    parts = [
        part
        for part in re.split(r"[,;\s]+", re.sub(r" ?(\.\.+|–|—|\bto\b) ?", "..", " ".join(typed.split())))
        if part
    ]
    if len(parts) > _MOST:
        raise BadInput(f"Please give at most {_MOST} dates or ranges.")
    return tuple(sorted(map(_date_range, parts), key=lambda span: span.first))


def _date_range(part: str) -> DateRange:
    ends = part.split("..")
    try:
        days = [date.fromisoformat(each) for each in ends]
    except ValueError:
        days = []
    if len(days) not in (1, 2):
        raise BadInput(
            say(
                "I cannot read “{part}” as a date. Please write 2026-12-24, or a range as "
                "2026-12-21..2027-01-04.",
                part=part[:40],
            )
        )
    if days[-1] < days[0] or (days[-1] - days[0]).days > _LONGEST:
        raise BadInput(say("“{part}” ends before it begins, or lasts longer than a year.", part=part[:40]))
    return DateRange(days[0], days[-1])


def write_date_ranges(spans: Sequence[DateRange]) -> str:
    """Spans as they are stored and shown; `read_spans` reads them back."""
    return ", ".join(map(str, spans))


def read_quiet(typed: str) -> tuple[time, time] | None:
    """Quiet hours such as "21:00-08:00", as begin and end; None for "none". Raises `BadInput`."""
    if typed.strip().casefold() in ("none", "-", "off"):
        return None
    match = re.fullmatch(r"\s*(\d{1,2}):(\d{2})\s*(?:-|–|to)\s*(\d{1,2}):(\d{2})\s*", typed)
    numbers = [int(each) for each in match.groups()] if match else []
    if not numbers or max(numbers[0], numbers[2]) > 23 or max(numbers[1], numbers[3]) > 59:
        raise BadInput(
            say(
                "I cannot read “{typed}” as quiet hours. Please write 21:00-08:00, or none.", typed=typed[:40]
            )
        )
    return time(numbers[0], numbers[1]), time(numbers[2], numbers[3])
