"""When something recurs: words -> an RFC 5545 rule in local wall time -> instants.

The rule and the wall time are kept apart: the rule gives local dates, and a date and a wall time become an
instant only in a zone. So a clock change moves no post to another date, doubles none and loses none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrule, rruleset, rrulestr

from core.chat.text import say
from core.clock import local_date, to_instant
from core.delivery.calendar import Calendar
from core.errors import BadInput

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
_ORDINALS |= {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_FILLERS = frozenset({"every", "each", "at", "on", "the", "of", "and", "in", "a"})
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY"}
_DEFAULT_WALL = time(9, 0)
_FARTHEST = timedelta(days=36_525)
"""How far ahead an open date is looked for."""
_ENOUGH = 4
"""So many dates from `_first_date` on have one that is ahead."""
EVERY_DAY = Calendar()

EXAMPLES = "weekdays 09:30 · every monday 9am · every 2 weeks on friday 16:00 · first monday 10:00"


@lru_cache(maxsize=1024)
def _rule(rule: str, start: date) -> rrule | rruleset:
    """A parsed rule that remembers its dates: many schedules share a rule and a week."""
    return rrulestr(rule, dtstart=datetime.combine(start, time(0)), cache=True)


@dataclass(frozen=True, slots=True)
class Slot:
    """One local date of a schedule and the instant at which it is due."""

    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule (RRULE without its name), the wall time of every occurrence, and the date it counts from."""

    rule: str
    wall: time
    anchor: date

    def dates(self, since: date) -> Iterator[date]:
        """The local dates of the rule, from `since` on."""
        for each in _rule(self.rule, self._anchor_near(since)):
            if each.date() >= since:
                yield each.date()

    def slots(self, after: datetime, zone: str, calendar: Calendar = EVERY_DAY) -> Iterator[Slot]:
        """The slots due after an instant on open dates, in order of time. `zone` names the time zone of the
        wall time."""
        for day in self._open_dates(_first_date(after, zone), calendar):
            at = to_instant(day, self.wall, zone)
            if at > after:
                yield Slot(day, at)

    def _open_dates(self, since: date, calendar: Calendar) -> Iterator[date]:
        last = min(since + _FARTHEST, calendar.ends or date.max)
        while since <= last:
            for day in self.dates(since):
                if day > last:
                    return
                if not calendar.open(day):
                    since = calendar.opens(day)
                    break
                yield day
            else:
                return

    def earliest(self, after: datetime, zones: Iterable[str], calendar: Calendar = EVERY_DAY) -> Slot | None:
        """The first slot after an instant in any of some zones. Their clocks show three dates at most, so that the
        dates of the rule are looked for three times and not once a zone."""
        found: dict[date, list[date]] = {}
        slots: list[Slot] = []
        for zone in zones:
            since = _first_date(after, zone)
            if since not in found:
                found[since] = list(islice(self._open_dates(since, calendar), _ENOUGH))
            instants = ((day, to_instant(day, self.wall, zone)) for day in found[since])
            slots += next(([Slot(day, at)] for day, at in instants if at > after), [])
        return min(slots, key=lambda slot: slot.at, default=None)

    def next(self, after: datetime, zone: str, calendar: Calendar = EVERY_DAY) -> Slot | None:
        """The first slot after an instant, or None where none is left."""
        return next(self.slots(after, zone, calendar), None)

    def first(self, count: int, after: datetime, zone: str, calendar: Calendar = EVERY_DAY) -> list[Slot]:
        """The next slots, at most `count`."""
        return list(islice(self.slots(after, zone, calendar), count))

    def in_step_with(self, before: "Recurrence") -> "Recurrence":
        """This recurrence counted from where another one counts, if both come round in the same rhythm: a fortnight
        whose hour or day is changed keeps its week."""
        return replace(self, anchor=before.anchor) if self._rhythm() == before._rhythm() else self

    def _parts(self) -> dict[str, str]:
        return dict(part.split("=", 1) for part in self.rule.split(";"))

    def _rhythm(self) -> tuple[str, int]:
        parts = self._parts()
        return parts["FREQ"], int(parts.get("INTERVAL", "1"))

    def _anchor_near(self, since: date) -> date:
        """A later date to count from that gives the same dates, so that an old rule costs no more."""
        unit, step = self._rhythm()
        if since <= self.anchor or "COUNT" in self._parts() or unit == "MONTHLY":
            return self.anchor
        period = timedelta(days=step * (7 if unit == "WEEKLY" else 1))
        return self.anchor + (since - self.anchor) // period * period


def _first_date(after: datetime, zone: str) -> date:
    """From which date on a slot can be after an instant: a gap shifts one forward by a day at most."""
    return local_date(after, zone) - timedelta(days=1)


def read(words: str, today: date) -> Recurrence:
    """The recurrence that a person means. `today` is the local date it counts from.

    Raises `BadInput` with the word that could not be read and with examples.
    """
    reader = _Reader(words)
    reader.read()
    rule = reader.rule()
    recurrence = Recurrence(rule, reader.wall or _DEFAULT_WALL, today)
    once = re.sub(r";INTERVAL=\d+", "", rule)
    first = next(replace(recurrence, rule=once).dates(today), None)
    if first is None:
        raise BadInput(say("“{words}” is over before it begins. Please choose a later end.", words=words))
    # Counted from its first date, "every 2 weeks on friday" begins with the coming Friday.
    return replace(recurrence, anchor=first)


class _Reader:
    """Reads the words one by one; what was found stands in its attributes."""

    def __init__(self, words: str) -> None:
        self.words = words.strip()
        text = re.sub(
            r"(\d)\s+(am|pm)\b", r"\1\2", self.words.casefold().replace("a.m.", "am").replace("p.m.", "pm")
        )
        self.tokens = re.findall(r"[^\s,]+", text)
        self.days: list[str] = []
        self.ordinal: int | None = None
        self.month_day: int | None = None
        self.interval = 1
        self.frequency: str | None = None
        self.wall: time | None = None
        self.until: date | None = None

    def read(self) -> None:
        """Read all words, or raise."""
        while self.tokens:
            token = self.tokens.pop(0)
            if token in _FILLERS:
                continue
            if not (self._unit(token) or self._day(token) or self._time(token) or self._end(token)):
                raise BadInput(
                    say(
                        "I cannot read “{token}” in “{words}”. Try for example: {examples}.",
                        token=token,
                        words=self.words,
                        examples=EXAMPLES,
                    )
                )
        found = self.days or self.month_day is not None or self.frequency or self.ordinal
        if not found:
            raise BadInput(
                say(
                    "“{words}” does not say on which days. Try for example: {examples}.",
                    words=self.words,
                    examples=EXAMPLES,
                )
            )

    def _unit(self, token: str) -> bool:
        if token == "other":  # noqa: S105 - a word of the language, no secret
            self.interval = 2
        elif token.isdecimal() and self.tokens and self.tokens[0].rstrip("s") in _UNITS:
            self.interval = int(token)
            if not 1 <= self.interval <= 52:
                raise BadInput("Please choose a number from 1 to 52 for how often it recurs.")
        elif token in ("daily", "everyday"):
            self.frequency = "DAILY"
        elif token in ("weekly", "monthly"):
            self.frequency = token.upper()
        elif token in ("fortnightly", "biweekly"):
            self.frequency, self.interval = "WEEKLY", 2
        elif token.rstrip("s") in _UNITS:
            self.frequency = _UNITS[token.rstrip("s")]
        else:
            return False
        return True

    def _day(self, token: str) -> bool:
        singular = token.rstrip("s")
        named = [
            code
            for name, code in zip(_DAY_NAMES, DAYS, strict=True)
            if len(singular) >= 3 and name.startswith(singular.rstrip("."))
        ]
        if singular in ("weekday", "workday"):
            self.days += DAYS[:5]
        elif singular == "weekend":
            self.days += DAYS[5:]
        elif token in _ORDINALS:
            self.ordinal = _ORDINALS[token]
        elif match := re.fullmatch(r"(\d{1,2})(st|nd|rd|th)", token):
            self.month_day = int(match[1])
        elif len(named) == 1:
            self.days += named
        else:
            return False
        return True

    def _time(self, token: str) -> bool:
        if token in ("noon", "midnight"):
            self.wall = time(12 if token == "noon" else 0)  # noqa: S105 - a word of the language, no secret
            return True
        match = re.fullmatch(r"(\d{1,2})(?:[:.h](\d{2}))?(am|pm)?h?", token)
        if match is None or not (match[2] or match[3]):
            return False
        hour, minute = int(match[1]), int(match[2] or 0)
        if match[3]:
            if not 1 <= hour <= 12:
                raise BadInput(say("“{token}” is no time of day. Try 9am or 09:30.", token=token))
            hour = hour % 12 + (12 if match[3] == "pm" else 0)
        if hour > 23 or minute > 59:
            raise BadInput(say("“{token}” is no time of day. Try 9am or 09:30.", token=token))
        self.wall = time(hour, minute)
        return True

    def _end(self, token: str) -> bool:
        if token not in ("until", "till") or not self.tokens:
            return False
        try:
            self.until = date.fromisoformat(self.tokens[0])
        except ValueError:
            raise BadInput(
                say("I cannot read the end “{end}”. Please write it like 2026-12-18.", end=self.tokens[0])
            ) from None
        self.tokens.pop(0)
        return True

    def rule(self) -> str:
        """What was read, as an RRULE."""
        parts = []
        days = sorted(set(self.days), key=DAYS.index)
        if self.month_day is not None and self.ordinal is None and not days:
            if not 1 <= self.month_day <= 31:
                raise BadInput("A month has the days 1 to 31.")
            parts = ["FREQ=MONTHLY", f"BYMONTHDAY={self.month_day}"]
        elif self.ordinal is not None:
            if not days:
                raise BadInput(
                    say(
                        "“{words}” does not say which day of the week. Try “first monday 10:00”.",
                        words=self.words,
                    )
                )
            parts = ["FREQ=MONTHLY", f"BYDAY={','.join(f'{self.ordinal}{day}' for day in days)}"]
        elif days:
            parts = ["FREQ=WEEKLY", f"BYDAY={','.join(days)}"]
        elif self.frequency == "DAILY":
            parts = ["FREQ=DAILY"]
        else:
            raise BadInput(
                say(
                    "“{words}” does not say on which day. Try for example: {examples}.",
                    words=self.words,
                    examples=EXAMPLES,
                )
            )
        if self.interval != 1:
            parts.insert(1, f"INTERVAL={self.interval}")
        if self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}T235959")
        return ";".join(parts)
