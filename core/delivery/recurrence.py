"""When something recurs: an RFC 5545 rule in local wall time -> instants. `phrases` makes rules of words.

The rule and the wall time are kept apart: the rule gives local dates, and a date and a wall time become an
instant only in a zone. So a clock change moves no post to another date, doubles none and loses none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile

from dateutil.rrule import rrule, rruleset, rrulestr

from core.clock import local_date, to_instant
from core.delivery.calendar import Calendar

_FARTHEST = timedelta(days=36_525)
"""How far ahead an open date is looked for."""
_ENOUGH = 4
"""So many dates from `_first_date` on have one that is ahead."""
EVERY_DAY = Calendar()


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

    def date_before(self, day: date) -> date | None:
        """The date of the rhythm before another date, also where that is before it began; None where it is more than a
        year away."""
        for days in (40, 400):
            since = day - timedelta(days=days)
            earlier = list(takewhile(lambda each: each < day, self._begun_before(since).dates(since)))
            if earlier:
                return earlier[-1]
        return None

    def _begun_before(self, day: date) -> "Recurrence":
        """The same rhythm, begun on some earlier day."""
        unit, step = self._rhythm()
        if self.anchor <= day:
            return self
        if unit == "MONTHLY":
            months = self.anchor.year * 12 + self.anchor.month - 1
            rounds = (months - (day.year * 12 + day.month - 1)) // step + 1
            year, month = divmod(months - rounds * step, 12)
            return replace(self, anchor=date(year, month + 1, 1))
        period = step * (7 if unit == "WEEKLY" else 1)
        return replace(
            self, anchor=self.anchor - timedelta(days=((self.anchor - day).days // period + 1) * period)
        )

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
        unit, step = self._rhythm()
        if self._rhythm() != before._rhythm() or step == 1:
            return self
        anchor = before.anchor
        # From the beginning of a week or month that is not ahead, so that no date before it is left out.
        if unit == "MONTHLY":
            months = anchor.year * 12 + anchor.month - 1
            ahead = max(0, months - (self.anchor.year * 12 + self.anchor.month - 1))
            year, month = divmod(months - -(-ahead // step) * step, 12)
            return replace(self, anchor=date(year, month + 1, 1))
        if unit == "WEEKLY":
            anchor -= timedelta(days=anchor.weekday())
            step *= 7
        ahead = max(0, (anchor - self.anchor).days)
        return replace(self, anchor=anchor - timedelta(days=-(-ahead // step) * step))

    def parts(self) -> dict[str, str]:
        """The parts of the rule by their names."""
        return dict(part.split("=", 1) for part in self.rule.split(";"))

    @property
    def step(self) -> int:
        """How many days, weeks or months lie between two rounds."""
        return int(self.parts().get("INTERVAL", "1"))

    @property
    def until(self) -> date | None:
        """The last day, if there is one."""
        written = self.parts().get("UNTIL")
        return datetime.strptime(written[:8], "%Y%m%d").date() if written else None  # noqa: DTZ007 - a local date

    def ending(self, until: date) -> "Recurrence":
        """This recurrence with a last day."""
        parts = {**self.parts(), "UNTIL": f"{until:%Y%m%d}T235959"}
        return replace(self, rule=";".join(f"{name}={value}" for name, value in parts.items()))

    def rule_of_every(self) -> str:
        """The rule without its step: of every day, week or month."""
        return ";".join(f"{name}={value}" for name, value in self.parts().items() if name != "INTERVAL")

    def _rhythm(self) -> tuple[str, int]:
        return self.parts()["FREQ"], self.step

    def _anchor_near(self, since: date) -> date:
        """A later date to count from that gives the same dates, so that an old rule costs no more."""
        unit, step = self._rhythm()
        if since <= self.anchor or "COUNT" in self.parts() or unit == "MONTHLY":
            return self.anchor
        period = timedelta(days=step * (7 if unit == "WEEKLY" else 1))
        return self.anchor + (since - self.anchor) // period * period


def _first_date(after: datetime, zone: str) -> date:
    """From which date on a slot can be after an instant: a gap shifts one forward by a day at most."""
    return local_date(after, zone) - timedelta(days=1)
