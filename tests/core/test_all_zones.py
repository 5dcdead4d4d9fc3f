"""Every IANA zone, every transition from 2000 to 2037: each local date's slot exactly once, at the wall time
people expect.

The oracle knows nothing of folds. It tries every offset that a zone uses around a date and keeps the instants
at which the zone's clocks really show the wall time: the first of them is right. Where there is none, the
wall time fell into a gap, and it is shifted forward by the gap, which is what the offset before it gives.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from core.clock import zone
from core.delivery.recurrence import Recurrence, Slot

BEGIN, END = datetime(2000, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
STEP = timedelta(days=3)
"""Shorter than any two transitions are apart."""
MINUTE = timedelta(minutes=1)


def offset(rules: ZoneInfo, at: datetime) -> timedelta:
    found = at.astimezone(rules).utcoffset()
    assert found is not None
    return found


def transitions(rules: ZoneInfo) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """The first instant of each new offset, with the offsets before and after."""
    at, before = BEGIN, offset(rules, BEGIN)
    while at < END:
        after = offset(rules, at + STEP)
        if after != before:
            low, high = at, at + STEP
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(rules, middle) == before else (low, middle)
            found = high.replace(microsecond=0)
            yield found, before, offset(rules, found)
            after = offset(rules, at + STEP)
        at, before = at + STEP, after


@cache
def distinct() -> dict[tuple[tuple[datetime, timedelta, timedelta], ...], list[str]]:
    """The zones with their transitions; names for the same rules are one."""
    found: dict[tuple[tuple[datetime, timedelta, timedelta], ...], list[str]] = {}
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        found.setdefault(tuple(transitions(zone(name))), []).append(name)
    return found


def expected(rules: ZoneInfo, day: date, wall: time, offsets: tuple[timedelta, timedelta]) -> datetime:
    """What a person expects of a wall time on a date near a transition between two offsets."""
    shown = datetime.combine(day, wall)
    candidates = sorted((shown - each).replace(tzinfo=UTC) for each in {*offsets, *around(rules, shown)})
    real = [each for each in candidates if each.astimezone(rules).replace(tzinfo=None) == shown]
    return real[0] if real else (shown - offsets[0]).replace(tzinfo=UTC)


def around(rules: ZoneInfo, shown: datetime) -> set[timedelta]:
    at = shown.replace(tzinfo=UTC)
    return {offset(rules, at - timedelta(days=2)), offset(rules, at), offset(rules, at + timedelta(days=2))}


def edges(at: datetime, before: timedelta, after: timedelta) -> set[datetime]:
    """Local times at and beside both ends of a gap or fold, and in its middle."""
    ends = sorted((at.replace(tzinfo=None) + each).replace(second=0) for each in (before, after))
    middle = ends[0] + (ends[1] - ends[0]) / 2
    near = {each + shift for each in ends for shift in (-MINUTE, timedelta(0), MINUTE)}
    return {*near, middle.replace(second=0, microsecond=0)}


def test_each_local_date_has_one_slot_at_expected_instant() -> None:
    checked = 0
    for rules, names in distinct().items():
        for at, before, after in rules:
            for shown in edges(at, before, after):
                check(names[0], shown, (before, after))
                checked += 1
    # Guards the test itself: the zone data holds about six thousand transitions, seven times of day each.
    assert checked > 30_000, checked


def check(name: str, shown: datetime, offsets: tuple[timedelta, timedelta]) -> None:
    rules, wall = zone(name), shown.time()
    days = [shown.date() + timedelta(days=n) for n in (-1, 0, 1)]
    rule = Recurrence("FREQ=DAILY", wall, days[0])
    slots = [
        slot
        for slot in rule.first(6, shown.replace(tzinfo=UTC) - timedelta(days=4), name)
        if slot.day in days
    ]
    wanted = [Slot(day, expected(rules, day, wall, offsets)) for day in days]
    assert slots == wanted, name
