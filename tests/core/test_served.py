"""Which cohorts a process serves: a clock that is moved touches none of another platform's."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Place, PlaceKind
from core.clock import FixedClock, MovableClock, SystemClock
from core.delivery import schedules
from core.delivery.served import Served
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, found_cohort

ELSEWHERE = Place("other", "W2", "C9", PlaceKind.CHANNEL, "lab")
TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = TUESDAY + timedelta(days=40)


def everything(conn: Conn) -> dict[str, list[str]]:
    """Every row that a clock could touch."""
    names = {
        "schedule": ("id", "next_at", "next_on", "done_at"),
        "outbox": ("key", "state", "reason", "attempts", "retry_at", "settled_at", "lease_until"),
        "draft": ("token", "at"),
        "handled": ("call_id",),
    }
    return {
        table: [str([row[name] for name in columns]) for row in conn.all(f"SELECT * FROM {table}")]
        for table, columns in names.items()
    }


def link(conn: Conn, cohort_id: int, place: Place) -> None:
    """Give a cohort a second home."""
    row = conn.one(
        "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
        " VALUES (:cohort, :platform, :workspace, :channel, '') RETURNING id",
        cohort=cohort_id,
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
    )
    assert row is not None
    conn.run(
        "INSERT INTO purpose (cohort_id, name, place_id) VALUES (:cohort, 'home', :place)",
        cohort=cohort_id,
        place=row["id"],
    )


async def platforms_posted_on(cohort: CohortFixture) -> list[str]:
    """Where the outbox has posts for."""

    def read(conn: Conn) -> list[str]:
        return [row["platform"] for row in conn.all("SELECT platform FROM outbox ORDER BY platform")]

    return await cohort.core.store.read(read)


@pytest.mark.case(70)
async def test_moved_clock_touches_no_cohort_of_another_platform(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 10:30", follow="member")
    clock.move_to(TUESDAY)
    service = Delivery(cohort.core, {"test": KeepingOutlet()})
    await service.flush()
    before = await cohort.core.store.read(everything)
    other = KeepingOutlet("other")
    moved = Delivery(cohort.core, {"other": other}, ["other"])
    for day in range(41):
        clock.move_to(TUESDAY + timedelta(days=day))
        await moved.flush()
        await moved._clean_safely()
    assert await cohort.core.store.read(everything) == before
    assert other.sent == []
    assert await cohort.core.store.read(schedules.upcoming, served=moved.served) is None
    clock.move_to(TUESDAY + timedelta(days=1))
    await service.flush()
    assert len((await cohort.core.store.read(everything))["outbox"]) > len(before["outbox"])


@pytest.mark.case(70)
async def test_moved_clock_leaves_cohort_that_also_lives_elsewhere(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.core.store.write(link, cohort.id, ELSEWHERE)
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    moved = Delivery(cohort.core, {"test": KeepingOutlet()}, ["test"])
    assert moved.served.only
    clock.move_to(LATER)
    await moved.flush()
    assert await platforms_posted_on(cohort) == []


@pytest.mark.case(70)
async def test_moved_clock_writes_to_no_account_elsewhere(cohort: CohortFixture, clock: FixedClock) -> None:
    def move_account(conn: Conn) -> None:
        conn.run("UPDATE account SET platform = 'other' WHERE user_id = 'U-ada'")

    await cohort.core.store.write(move_account)
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30", follow="member")
    moved = Delivery(cohort.core, {"test": KeepingOutlet()}, ["test"])
    clock.move_to(TUESDAY)
    await moved.tick()
    assert set(await platforms_posted_on(cohort)) == {"test"}


async def test_machines_clock_serves_shared_cohort_for_both_processes(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.core.store.write(link, cohort.id, ELSEWHERE)
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    ours, theirs = KeepingOutlet(), KeepingOutlet("other")
    here, there = Delivery(cohort.core, {"test": ours}), Delivery(cohort.core, {"other": theirs})
    here.served, there.served = Served(frozenset({"test"})), Served(frozenset({"other"}))
    clock.move_to(TUESDAY)
    await here.flush()
    assert await platforms_posted_on(cohort) == ["other", "test"]
    await there.flush()
    assert [len(each.sent) for each in (ours, theirs)] == [1, 1]


async def test_machines_clock_leaves_cohorts_of_other_process(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    second = await found_cohort(cohort.core, "Elsewhere", place=ELSEWHERE)
    for each in (cohort, second):
        await each.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")
    here = Delivery(cohort.core, {"test": KeepingOutlet()})
    here.served = Served(frozenset({"test"}))
    clock.move_to(TUESDAY)
    await here.flush()
    assert await platforms_posted_on(cohort) == ["test"]


async def test_schedules_of_cohort_without_channels_move_on(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")

    def unlink(conn: Conn) -> None:
        conn.run("DELETE FROM purpose WHERE cohort_id = :id", id=cohort.id)
        conn.run("DELETE FROM place WHERE cohort_id = :id", id=cohort.id)

    await cohort.core.store.write(unlink)
    here = Delivery(cohort.core, {"test": KeepingOutlet()})
    here.served = Served(frozenset({"test"}))
    clock.move_to(TUESDAY)
    await here.flush()
    assert await platforms_posted_on(cohort) == [""], "listed, for no channel"
    found = await cohort.core.store.read(schedules.upcoming, cohort.id)
    assert found is not None
    assert found.next is not None
    assert found.next.at > TUESDAY


def test_only_machines_clock_serves_cohorts_that_live_elsewhere_too() -> None:
    assert not Served.by(["a"], SystemClock()).only
    assert Served.by(["a"], MovableClock()).only


def test_condition_knows_its_cohort_by_name() -> None:
    assert Served().condition == "1 = 1"
    assert Served(frozenset({"b", "a"})).parameters == {"platform_0": "a", "platform_1": "b"}
