"""Recurrence: words -> rule -> local dates -> instants."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import local, zone, zone_names
from core.delivery import phrases
from core.delivery.calendar import Calendar, DateRange
from core.delivery.recurrence import Recurrence


def read(words: str, today: date) -> Recurrence:
    return phrases.read(words, today).recurrence


def test_every_two_weeks_begins_with_coming_day() -> None:
    # From a Saturday on, the Friday of that week is over: the first is six days away, not thirteen.
    found = read("every 2 weeks on friday 16:00", date(2026, 11, 28))
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert [slot.day for slot in found.first(3, now, "UTC")] == [
        date(2026, 12, 4),
        date(2026, 12, 18),
        date(2027, 1, 1),
    ]


def test_old_rule_keeps_its_rhythm() -> None:
    young = read("every 2 weeks on friday 16:00", date(2016, 1, 1))
    later = datetime(2026, 11, 28, tzinfo=UTC)
    plain = Recurrence(young.rule, young.wall, young.anchor)
    expected = [day for day in plain.dates(date(2016, 1, 1)) if day <= date(2027, 2, 1)]
    assert [slot.day for slot in young.first(3, later, "UTC")] == [
        day for day in expected if day > date(2026, 11, 28)
    ][:3]


@pytest.mark.parametrize(
    ("zone_name", "day", "wall", "expected"),
    [
        # A gap shifts forward by its length: 02:30 does not exist, so it is 03:30.
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:30+00:00"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:30+00:00"),
        # A fold fires once, at the first of the two.
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30+00:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30+00:00"),
        # Midnight that does not exist keeps its date.
        ("America/Sao_Paulo", date(2018, 11, 4), time(0, 0), "2018-11-04T03:00+00:00"),
        # Half an hour of daylight saving time.
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:45+00:00"),
        ("AoE", date(2026, 12, 18), time(23, 59), "2026-12-19T11:59+00:00"),
    ],
)
def test_gaps_and_folds(zone_name: str, day: date, wall: time, expected: str) -> None:
    rule = Recurrence("FREQ=DAILY", wall, day - timedelta(days=3))
    before = datetime.combine(day, time(0), UTC) - timedelta(days=2)
    slots = {slot.day: slot.at for slot in rule.first(5, before, zone_name)}
    assert slots[day] == datetime.fromisoformat(expected)
    assert len({slot.at for slot in rule.first(5, before, zone_name)}) == 5


@given(
    zone_name=st.sampled_from(
        [
            "Europe/Berlin",
            "America/New_York",
            "Africa/Lagos",
            "Africa/Casablanca",
            "Asia/Kathmandu",
            "Pacific/Apia",
            "Australia/Lord_Howe",
            "America/St_Johns",
            "Pacific/Chatham",
            "UTC",
        ]
    ),
    wall=st.times().map(lambda each: each.replace(second=0, microsecond=0)),
    start=st.dates(date(2005, 1, 1), date(2036, 1, 1)),
)
def test_daily_fires_once_on_every_local_date(zone_name: str, wall: time, start: date) -> None:
    """Against an oracle that walks all minutes around a date and takes the first that shows the wall time,
    or, in a gap, the instant that the offset before the gap would give."""
    rule = Recurrence("FREQ=DAILY", wall, start)
    slots = rule.first(40, datetime.combine(start, time(0), UTC), zone_name)
    days = [slot.day for slot in slots]
    assert days == [days[0] + timedelta(days=n) for n in range(40)]
    # Samoa left out 30 December 2011, so that date and the next begin at the same instant there.
    assert all(before.at <= after.at for before, after in pairwise(slots))
    assert len({slot.at for slot in slots}) >= 39
    for slot in slots:
        shown = local(slot.at, zone_name).replace(tzinfo=None)
        wanted = datetime.combine(slot.day, wall)
        if shown == wanted:
            earlier = (slot.at - timedelta(hours=3)).astimezone(zone(zone_name))
            minutes = [earlier + timedelta(minutes=n) for n in range(180)]
            again = [m for m in minutes if local(m.astimezone(UTC), zone_name).replace(tzinfo=None) == wanted]
            assert not [m for m in again if m.astimezone(UTC) < slot.at]
        else:
            assert timedelta(0) < shown - wanted <= timedelta(hours=24)


@pytest.mark.case(68)
@pytest.mark.parametrize(
    "words", ["daily 09:00", "every 2 weeks on friday 16:00", "first monday 10:00", "weekdays 23:30"]
)
def test_search_leaps_over_what_is_closed(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    years = [DateRange(date(year, 1, 1), date(year, 12, 31)) for year in range(2053, 2070)]
    calendar = Calendar(starts=date(2053, 1, 1), closed=tuple(reversed(years)))
    looked_at: list[date] = []
    opened = Calendar.open

    def look(own: Calendar, day: date) -> bool:
        looked_at.append(day)
        return opened(own, day)

    monkeypatch.setattr(Calendar, "open", look)
    slot = read(words, date(2026, 11, 23)).next(datetime(2026, 11, 23, 9, tzinfo=UTC), "UTC", calendar)
    assert slot is not None
    assert date(2070, 1, 1) <= slot.day <= date(2070, 1, 17)
    assert len(looked_at) < 60, "a date a break, and not every date within"


def test_search_ends() -> None:
    recurrence, now = read("daily 09:00", date(2026, 11, 23)), datetime(2026, 11, 23, 9, tzinfo=UTC)
    for calendar in (
        Calendar(starts=date(9999, 12, 31)),
        Calendar(closed=(DateRange(date(2026, 1, 1), date.max),)),
        Calendar(ends=date(2026, 11, 22)),
    ):
        assert recurrence.next(now, "UTC", calendar) is None
        assert recurrence.earliest(now, ["UTC", "Asia/Tokyo"], calendar) is None


@given(
    words=st.sampled_from(["daily 02:30", "weekdays 00:00", "every sunday 2:30", "last friday 23:59"]),
    minutes=st.integers(0, 4 * 365 * 24 * 60),
    zones=st.lists(st.sampled_from(zone_names()), min_size=1, max_size=8),
    closed=st.lists(st.dates(date(2026, 1, 1), date(2030, 1, 1)), max_size=6),
)
def test_earliest_of_zones_is_what_each_says(
    words: str, minutes: int, zones: list[str], closed: list[date]
) -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    recurrence = read(words, date(2026, 1, 1))
    calendar = Calendar(closed=tuple(DateRange(day, day) for day in closed))
    each = [recurrence.next(after, zone, calendar) for zone in zones]
    first = min(slot.at for slot in each if slot)
    found = recurrence.earliest(after, zones, calendar)
    assert found is not None
    assert found.at == first
    assert found in each


@pytest.mark.parametrize(
    ("words", "day", "before"),
    [
        ("every friday", date(2026, 11, 27), date(2026, 11, 20)),
        ("every 2 weeks on friday", date(2026, 11, 27), date(2026, 11, 13)),
        ("weekdays", date(2026, 11, 23), date(2026, 11, 20)),
        ("daily", date(2026, 11, 23), date(2026, 11, 22)),
        ("last day of the month", date(2026, 11, 30), date(2026, 10, 31)),
        ("every 2 months on the 1st", date(2026, 12, 1), date(2026, 10, 1)),
        ("quarterly on the 1st", date(2027, 1, 1), date(2026, 10, 1)),
        ("yearly on 1 march", date(2027, 3, 1), date(2026, 3, 1)),
        ("first monday of the month", date(2027, 2, 1), date(2027, 1, 4)),
    ],
)
def test_date_before_is_in_the_rhythm(words: str, day: date, before: date) -> None:
    assert read(words, date(2026, 11, 23)).date_before(day) == before
