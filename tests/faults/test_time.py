"""Clocks that jump, and two replicas over one PostgreSQL."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.cohorts import directory
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.delivery import leases, outbox, phrases, schedules
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.errors import TryLater
from core.store.open import open_store
from core.store.port import Conn
from tests.faults.two_platforms import outbox_rows
from tests.outlets import KeepingOutlet, raising
from tests.people import CohortFixture, found_cohort

DUE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


@pytest.mark.case(7)
async def test_two_replicas_on_postgres_post_every_slot_once(postgres_url: str, registry: Registry) -> None:
    stores = [await open_store(postgres_url) for _ in range(2)]
    clock = FixedClock(DUE - timedelta(hours=1))
    cores = [Core(registry, store, clock) for store in stores]
    outlets = [KeepingOutlet(), KeepingOutlet()]
    cohort_fixture = await found_cohort(cores[0])
    await stores[0].write(_many, cohort_fixture.id, clock.now(), 20)
    replicas = [Delivery(core, {"test": outlet}) for core, outlet in zip(cores, outlets, strict=True)]
    for day in range(3):
        clock.move_to(DUE + timedelta(days=day))
        for replica in replicas if not day else ():
            replica.start()
        while await stores[0].read(_open_posts, clock.now()):
            await asyncio.gather(*(replica.flush() for replica in replicas))
    await asyncio.gather(*(replica.stop() for replica in replicas))
    keys = Counter(each.key for outlet in outlets for each in outlet.sent)
    assert len(keys) == 3 * 20
    assert set(keys.values()) == {1}
    rows = await stores[0].read(outbox_rows)
    assert {row["key"]: row["state"] for row in rows} == dict.fromkeys(keys, "sent")
    for store in stores:
        await store.close()


def _many(conn: Conn, cohort_id: int, now: datetime, count: int) -> None:
    cohort = directory.cohort(conn, cohort_id)
    assert cohort is not None
    for _ in range(count):
        rule = phrases.read("daily 09:30", now.date()).recurrence
        schedules.add(conn, cohort, "checkin", "daily 09:30", rule, now)


def _open_posts(conn: Conn, now: datetime) -> bool:
    row = conn.one("SELECT count(*) AS n FROM outbox WHERE state IN ('pending', 'sending')")
    due = conn.one("SELECT count(*) AS n FROM schedule WHERE next_at <= :now", now=now)
    assert row is not None
    assert due is not None
    return bool(row["n"] + due["n"])


@pytest.mark.parametrize("held", ["in backoff", "leased by a process that is gone", "not begun"])
@pytest.mark.case(15)
async def test_clock_set_back_day_does_not_let_post_wait_for_it(
    cohort: CohortFixture, clock: FixedClock, held: str
) -> None:
    outlet = KeepingOutlet()
    delivery = Delivery(cohort.core, {"test": outlet})
    write = cohort.core.store.write
    await write(_enqueue, cohort.id, "before", clock.now())
    if held == "in backoff":
        outlet.before.append(raising(TryLater("busy")))
        await delivery.flush()
    elif held != "not begun":
        await write(leases.lease, "gone", {"test": 1}, clock.now())
    clock.move_to(clock.now() - timedelta(days=1))
    await delivery.flush()
    await write(_enqueue, cohort.id, "after", clock.now())
    await delivery.flush()
    await delivery.stop()
    assert [each.key for each in outlet.sent] == ["before", "after"]


@pytest.mark.case(15)
async def test_quiet_hours_hold_when_clock_is_set_back(cohort: CohortFixture, clock: FixedClock) -> None:
    outlet = KeepingOutlet()
    delivery = Delivery(cohort.core, {"test": outlet})
    morning = clock.now() + timedelta(hours=8)
    await cohort.core.store.write(_enqueue, cohort.id, "k", clock.now(), not_before=morning)
    clock.move_to(clock.now() - timedelta(days=1))
    await delivery.flush()
    assert outlet.sent == []
    clock.move_to(morning)
    await delivery.flush()
    await delivery.stop()
    assert len(outlet.sent) == 1


@pytest.mark.case(15)
async def test_day_ahead_and_back_floods_nobody(cohort: CohortFixture, clock: FixedClock) -> None:
    outlet = KeepingOutlet()
    delivery = Delivery(cohort.core, {"test": outlet})
    for _ in range(5):
        await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 11:00", again="yes")
    start = clock.now()
    for hours in (25, 0, 1.1, 30, 2):
        clock.move_to(start + timedelta(hours=hours))
        await delivery.flush()
    for hour in range(3, 74):
        clock.move_to(start + timedelta(hours=hour))
        await delivery.flush()
    await delivery.stop()
    slots = Counter(each.key for each in outlet.sent)
    assert set(slots.values()) == {1}
    days = Counter(key.split(":")[1] for key in slots)
    assert days["2026-11-25"] == days["2026-11-26"] == 5, "after the jumps it goes on as it should"
    assert len(outlet.sent) <= 5 * 4


def _enqueue(conn: Conn, cohort: int, key: str, now: datetime, not_before: datetime | None = None) -> None:
    data, target = {"day": "2026-11-23"}, Target("test", "W", "C1")
    outbox.enqueue(conn, NewPost(cohort, key, "checkins.call", data, target, not_before=not_before), now)
