"""Time: now, zones, and local wall time turned into instants.

Instants are aware datetimes in UTC, local dates are dates; how they are stored is known to `core.store.binding` alone.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, available_timezones

AOE = "AoE"
"""Anywhere on Earth, UTC-12: the zone of most conference deadlines."""


class Clock(Protocol):
    """Tells the time. Everything that needs the time takes a clock."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that starts at a given instant, runs at the normal rate and can be moved.

    For demonstrations and tests. `base` is the clock whose rate it follows.
    """

    def __init__(self, start: datetime | None = None, base: Callable[[], datetime] | None = None) -> None:
        self._base = base or SystemClock().now
        self._shift = (start - self._base()) if start else timedelta(0)

    def now(self) -> datetime:
        """The present instant of this clock, UTC."""
        return self._base() + self._shift

    def move_to(self, instant: datetime) -> None:
        """Let it be `instant` now."""
        self._shift += instant - self.now()


class FixedClock:
    """A clock that stands still until it is set. For tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant it was set to, UTC."""
        return self.at

    def move_to(self, instant: datetime) -> None:
        """Let it be `instant` now."""
        self.at = instant


class Zone(str):
    """The name of a time zone, one of `core.clock.zone_names()`."""

    __slots__ = ()


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """All zone names a person may choose, AoE first. Those of `Etc/` are left out: Etc/GMT+5 is five hours
    *behind* UTC, which is not what anybody who picks it means."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return (AOE, "UTC", *sorted(places))


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """The rules of a zone. Raises `KeyError`'s kin `ZoneInfoNotFoundError` for an unknown name."""
    return ZoneInfo("Etc/GMT+12" if name == AOE else name)


def to_instant(day: date, wall: time, zone_name: str) -> datetime:
    """The instant at which the clocks of a zone show `wall` on `day`.

    In a fold the first of the two; in a gap shifted forward by the gap's length (PEP 495: with fold=0 the
    offset before the transition is used).
    """
    return datetime.combine(day, wall, tzinfo=zone(zone_name)).replace(fold=0).astimezone(UTC)


def local(at: datetime, zone_name: str) -> datetime:
    """An instant on the clocks of a zone."""
    return at.astimezone(zone(zone_name))


def local_date(at: datetime, zone_name: str) -> date:
    """The date on which an instant falls in a zone."""
    return local(at, zone_name).date()


def words(at: datetime, zone_name: str) -> str:
    """An instant for people: "Mon 23 Nov, 09:30 (Europe/Berlin)". In a text use `core.chat.text.moment`."""
    return f"{words_without_zone(at, zone_name)} ({zone_name})"


def words_without_zone(at: datetime, zone_name: str) -> str:
    """An instant for people, where the zone is said already: "Mon 23 Nov, 09:30"."""
    there = local(at, zone_name)
    return f"{weekday_words(there)} {date_words(there, year=False)}, {time_words(there)}"


def weekday_words(day: date) -> str:
    """A day of the week for people, where no more is needed: "Mon"."""
    return f"{day:%a}"


def time_words(wall: time | datetime) -> str:
    """A time of day for people: "09:30"."""
    return f"{wall:%H:%M}"


def day_words(day: date) -> str:
    """A date for people: "Mon 23 Nov 2026"."""
    return f"{weekday_words(day)} {date_words(day)}"


def date_words(day: date, *, year: bool = True) -> str:
    """A date for people, where its weekday says nothing: "23 Nov 2026"."""
    return f"{day.day} {day:%b} {day.year}" if year else f"{day.day} {day:%b}"


def month_words(day: date) -> str:
    """A month for people: "Nov 2026"."""
    return f"{day:%b} {day.year}"
