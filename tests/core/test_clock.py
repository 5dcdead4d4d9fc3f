"""Zones, and local wall time turned into instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import (
    AOE,
    FixedClock,
    MovableClock,
    SystemClock,
    day_words,
    local,
    local_date,
    to_instant,
    words,
    zone,
    zone_names,
)
from tests.conftest import NOW


def test_every_zone_offered_can_be_chosen_and_used() -> None:
    assert zone_names()[:2] == (AOE, "UTC")
    assert len(set(zone_names())) == len(zone_names()) > 300
    for name in zone_names():
        assert NOW.astimezone(zone(name)).utcoffset() is not None
    assert set(zone_names()) - {AOE} <= available_timezones()


@pytest.mark.parametrize(
    ("day", "wall", "zone_name", "at"),
    [
        ("2026-11-23", "09:30", "Europe/Berlin", "2026-11-23T08:30"),
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30"),  # a gap: it is 03:30 there then
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30"),  # a fold: the first of the two
        ("2026-03-08", "02:00", "America/New_York", "2026-03-08T07:00"),
        ("2026-11-01", "01:30", "America/New_York", "2026-11-01T05:30"),
        ("2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:45"),  # a gap of half an hour
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45"),
        ("2011-12-30", "10:00", "Pacific/Apia", "2011-12-30T20:00"),  # a day that was left out
        ("2018-11-04", "00:00", "America/Sao_Paulo", "2018-11-04T03:00"),  # a gap at midnight
        ("2026-11-23", "23:59", AOE, "2026-11-24T11:59"),
        ("2026-06-01", "12:00", "Asia/Kathmandu", "2026-06-01T06:15"),
    ],
)
def test_wall_time_in_gaps_folds_and_far_away(day: str, wall: str, zone_name: str, at: str) -> None:
    found = to_instant(date.fromisoformat(day), time.fromisoformat(wall), zone_name)
    assert found == datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


@given(
    at=st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds the zone
    zone_name=st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", AOE]
    ),
)
def test_there_and_back(at: datetime, zone_name: str) -> None:
    there = local(at, zone_name)
    back = to_instant(there.date(), there.time(), zone_name)
    assert back == at or (there.fold == 1 and timedelta(0) < at - back <= timedelta(hours=1))
    assert local_date(at, zone_name) == there.date()


def test_words() -> None:
    assert words(NOW, "Europe/Berlin") == "Mon 23 Nov, 10:00 (Europe/Berlin)"
    assert words(NOW, AOE) == "Sun 22 Nov, 21:00 (AoE)"
    assert day_words(date(2026, 3, 5)) == "Thu 5 Mar 2026"


def test_clocks_move() -> None:
    fixed = FixedClock(NOW)
    fixed.move_to(NOW + timedelta(days=1))
    assert fixed.now() == NOW + timedelta(days=1)
    base = FixedClock(NOW)
    moved = MovableClock(NOW - timedelta(days=30), base.now)
    assert moved.now() == NOW - timedelta(days=30)
    base.move_to(NOW + timedelta(minutes=5))
    assert moved.now() == NOW - timedelta(days=30) + timedelta(minutes=5)
    moved.move_to(NOW)
    assert moved.now() == NOW
    before = SystemClock().now()
    assert before <= MovableClock().now()
    assert before.utcoffset() == timedelta(0)
