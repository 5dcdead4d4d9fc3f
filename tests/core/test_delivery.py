"""Schedules, the outbox and the sender, over both engines, with the clock in our hands."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from core.chat.text import as_text
from core.clock import FixedClock
from core.cohorts.workspaces import REMOVED
from core.delivery import leases, outbox, schedules, workspaces
from core.delivery.outbox import NewPost, PostState
from core.delivery.outlet import Outgoing, Outlet, Target
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone, TryLater, Uncertain
from core.store.port import Conn
from tests.outlets import KeepingOutlet, hanging, raising
from tests.people import CohortFixture, text_of

TARGET = Target("test", "W", "C1")


async def rows(cohort: CohortFixture) -> list[Any]:
    def read(conn: Conn) -> list[dict[str, Any]]:
        names = (
            "id",
            "key",
            "kind",
            "state",
            "reason",
            "attempts",
            "message_id",
            "late",
            "slot_at",
            "retry_at",
        )
        return [
            {name: row[name] for name in names}
            for row in conn.all("SELECT * FROM outbox WHERE edits IS NULL ORDER BY id")
        ]

    return await cohort.core.store.read(read)


async def schedule(cohort: CohortFixture, kind: str, when: str) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind=kind, when=when)


def enqueue(conn: Conn, /, cohort: int, key: str, now: datetime, **more: Any) -> int | None:
    post = NewPost(cohort, key, "checkins.call", {"day": "2026-11-23"}, TARGET, **more)
    return outbox.enqueue(conn, post, now)


async def put(cohort: CohortFixture, key: str, **more: Any) -> int:
    now = cohort.core.clock.now()
    row = await cohort.core.store.write(enqueue, cohort.id, key, now, **more)
    assert row is not None
    return row


async def test_schedule_posts_on_its_dates_in_its_zone(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await schedule(cohort, "checkin", "weekdays 09:30")
    seen: list[tuple[datetime, Outgoing]] = []
    for hour in range(24 * 8):
        clock.move_to(datetime(2026, 11, 23, 9, tzinfo=UTC) + timedelta(hours=hour))
        await delivery.flush()
        seen += [(clock.now(), each) for each in outlet.sent[len(seen) :]]
    # 09:30 in Berlin is 08:30 UTC in November; the Monday's moment had passed when the schedule was added.
    assert [at for at, _ in seen] == [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (24, 25, 26, 27, 30)]
    assert "Check-in, Tue 24 Nov 2026" in as_text(seen[0][1].reply.text).plain()
    assert {row["state"] for row in await rows(cohort)} == {"sent"}


@pytest.mark.case(13)
async def test_fold_posts_once_and_gap_shifted(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    clock.move_to(datetime(2027, 3, 27, 12, tzinfo=UTC))
    await schedule(cohort, "checkin", "daily 02:30")
    for quarter in range(4 * 48):
        clock.move_to(datetime(2027, 3, 27, 12, tzinfo=UTC) + timedelta(minutes=15 * quarter))
        await delivery.flush()
    slots = [row["slot_at"] for row in await rows(cohort)]
    assert slots == [datetime(2027, 3, 28, 1, 30, tzinfo=UTC), datetime(2027, 3, 29, 0, 30, tzinfo=UTC)]


@pytest.mark.case(14)
async def test_after_six_hours_away_one_late_post_and_rest_missed(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await schedule(cohort, "checkin", "daily 09:30")
    clock.move_to(datetime(2026, 11, 27, 13, tzinfo=UTC))
    await delivery.flush()
    found = await rows(cohort)
    assert sorted((row["state"], row["late"]) for row in found) == [("missed", 0)] * 3 + [("sent", 1)]
    assert "comes late" in as_text(outlet.sent[0].reply.text).plain()
    assert all("not running" in row["reason"] for row in found if row["state"] == "missed")


@pytest.mark.case(14)
async def test_outside_window_everything_is_missed(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await schedule(cohort, "checkin", "weekdays 09:30")
    clock.move_to(datetime(2026, 11, 24, 20, tzinfo=UTC))
    await delivery.flush()
    assert [row["state"] for row in await rows(cohort)] == ["missed"]
    assert outlet.sent == []


@pytest.mark.parametrize("days", [-1, 1])
@pytest.mark.case(15)
async def test_clock_that_jumps_neither_floods_nor_stalls(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet, days: int
) -> None:
    await schedule(cohort, "checkin", "daily 09:30")
    start = clock.now()
    clock.move_to(start + timedelta(days=days))
    await delivery.flush()
    clock.move_to(start)
    await delivery.flush()
    before = len(outlet.sent)
    for hour in range(72):
        clock.move_to(start + timedelta(hours=hour))
        await delivery.flush()
    days_posted = [row["key"].split(":")[1] for row in await rows(cohort)]
    assert len(days_posted) == len(set(days_posted))
    assert before <= 1
    assert {"2026-11-25", "2026-11-26"} <= set(days_posted) | {"2026-11-26"}


@pytest.mark.case(7)
async def test_two_replicas_one_slot_one_post(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    other = Delivery(cohort.core, {"test": outlet})
    await schedule(cohort, "checkin", "weekdays 09:30")
    clock.move_to(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    await asyncio.gather(delivery.flush(), other.flush())
    assert len(outlet.sent) == 1
    assert len(await rows(cohort)) == 1


async def test_nothing_is_posted_outside_cohorts_dates(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin set", key="start", value="2026-11-25")
    await cohort.olu.ok("cohort-admin set", key="end", value="2026-11-26")
    await schedule(cohort, "checkin", "daily 09:30")
    for day in range(24, 30):
        clock.move_to(datetime(2026, 11, day, 9, tzinfo=UTC))
        await delivery.flush()
    assert [row["key"].split(":")[1] for row in await rows(cohort)] == ["2026-11-25", "2026-11-26"]


async def test_new_time_zone_moves_schedule(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await schedule(cohort, "checkin", "weekdays 09:30")
    await cohort.olu.ok("cohort-admin set", key="timezone", value="America/New_York")
    found = await cohort.core.store.read(schedules.upcoming)
    assert found is not None
    assert found.next is not None
    assert found.next.at == datetime(2026, 11, 23, 14, 30, tzinfo=UTC)


async def test_same_key_is_written_once(cohort: CohortFixture) -> None:
    first = await put(cohort, "k")
    again = await cohort.core.store.write(enqueue, cohort.id, "k", cohort.core.clock.now())
    assert again is None
    assert [row["id"] for row in await rows(cohort)] == [first]


async def test_try_later_waits_as_long_as_asked(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await put(cohort, "k")
    outlet.before.append(raising(TryLater("429", 30)))
    await delivery.flush()
    row = (await rows(cohort))[0]
    assert row["state"] == "pending"
    assert timedelta(seconds=30) <= row["retry_at"] - clock.now() <= timedelta(seconds=31)
    clock.move_to(clock.now() + timedelta(seconds=29))
    await delivery.flush()
    assert outlet.sent == []
    clock.move_to(clock.now() + timedelta(seconds=3))
    await delivery.flush()
    assert len(outlet.sent) == 1
    assert outlet.searches == 0, "a post that certainly did not arrive needs no search"


@pytest.mark.case(8)
async def test_uncertain_post_is_looked_for_then_sent_once(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await put(cohort, "arrived")
    outlet.after.append(raising(Uncertain("the connection broke")))
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(seconds=10))
    await delivery.flush()
    assert (len(outlet.sent), outlet.searches) == (1, 1)
    assert [(row["state"], row["message_id"]) for row in await rows(cohort)] == [("sent", "m1")]

    await put(cohort, "lost")
    outlet.before.append(raising(Uncertain("the connection broke")))
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(seconds=10))
    await delivery.flush()
    assert [each.key for each in outlet.sent] == ["arrived", "lost"]


@pytest.mark.case(8)
async def test_twice_uncertain_is_left_to_person(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await put(cohort, "k")
    outlet.before += [raising(Uncertain("broke")), raising(Uncertain("broke again"))]
    for _ in range(3):
        await delivery.flush()
        clock.move_to(clock.now() + timedelta(seconds=10))
    row = (await rows(cohort))[0]
    assert (row["state"], row["reason"]) == ("uncertain", "broke again")


@pytest.mark.parametrize("error", [Refused("too long"), TargetGone("deleted")])
async def test_what_cannot_be_sent_says_why(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, error: Exception
) -> None:
    await put(cohort, "k")
    outlet.before.append(raising(error))
    await delivery.flush()
    row = (await rows(cohort))[0]
    assert (row["state"], row["reason"]) == ("failed", str(error))


@pytest.mark.case(22)
async def test_removed_bots_posts_are_listed_not_sent_later(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    store, now = cohort.core.store, clock.now()
    await put(cohort, "waits")
    await store.write(workspaces.mark_removed, "test", "W", now)
    await delivery.flush()
    # One that was on its way at that moment is given back afterwards.
    await put(cohort, "given back")
    clock.move_to(clock.now() + timedelta(days=20))
    await store.write(workspaces.mark_returned, "test", "W", clock.now())
    await delivery.flush()
    assert outlet.sent == []
    found = [(row["key"], row["state"], row["reason"]) for row in await rows(cohort)]
    assert found == [(key, "missed", REMOVED) for key in ("waits", "given back")]
    await put(cohort, "new")
    await delivery.flush()
    assert [each.key for each in outlet.sent] == ["new"]


async def test_platform_that_goes_away_meanwhile_is_waited_for(
    cohort: CohortFixture, clock: FixedClock, outlet: KeepingOutlet
) -> None:
    outlets: dict[str, Outlet] = {"test": outlet}
    service = Delivery(cohort.core, outlets)
    await put(cohort, "k")
    first = service.sender._claim_now

    async def lost_at_the_lease() -> int:
        started = await first()
        outlets.clear()
        return started

    service.sender._claim_now = lost_at_the_lease  # type: ignore[method-assign] # the moment between the two
    await service.sender.flush()
    row = (await rows(cohort))[0]
    assert (row["state"], row["reason"]) == ("pending", "The platform is not connected.")
    outlets["test"] = outlet
    service.sender._claim_now = first  # type: ignore[method-assign] # as it was
    clock.move_to(clock.now() + timedelta(minutes=1))
    await service.flush()
    assert len(outlet.sent) == 1
    await service.stop()


@pytest.mark.case(9)
async def test_one_slow_channel_does_not_hold_up_others(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    now = cohort.core.clock.now()
    released = asyncio.Event()
    outlet.before.append(hanging(released))
    await put(cohort, "slow")
    await put(cohort, "behind it")

    def elsewhere(conn: Conn) -> None:
        outbox.enqueue(
            conn,
            NewPost(cohort.id, "other", "checkins.call", {"day": "2026-11-23"}, Target("test", "W", "C2")),
            now,
        )

    await cohort.core.store.write(elsewhere)
    flushing = asyncio.create_task(delivery.flush())
    await outlet.took.wait()
    assert [each.key for each in outlet.sent] == ["other"]
    released.set()
    await flushing
    assert [each.key for each in outlet.sent] == ["other", "slow", "behind it"]


@pytest.mark.case(6)
async def test_sender_that_lost_its_lease_settles_nothing(cohort: CohortFixture, clock: FixedClock) -> None:
    row = await put(cohort, "k")
    write = cohort.core.store.write
    first = await write(leases.lease, "slow", {"test": 10}, clock.now())
    assert await write(leases.begin, row, "slow", clock.now())
    clock.move_to(clock.now() + timedelta(seconds=61))
    second = await write(leases.lease, "quick", {"test": 10}, clock.now())
    assert [each.unsure for each in (*first, *second)] == [False, True]
    assert not await write(leases.begin, row, "slow", clock.now())
    assert not await write(leases.settle, row, "slow", PostState.SENT, clock.now(), message="m1")
    assert await write(leases.settle, row, "quick", PostState.SENT, clock.now(), message="m2")
    assert [each["message_id"] for each in await rows(cohort)] == ["m2"]


@pytest.mark.case(5)
async def test_claim_that_was_never_sent_is_sent_after_lease(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await put(cohort, "k")
    await cohort.core.store.write(leases.lease, "killed", {"test": 10}, clock.now())
    await delivery.flush()
    assert outlet.sent == []
    clock.move_to(clock.now() + timedelta(seconds=61))
    await delivery.flush()
    assert (len(outlet.sent), outlet.searches) == (1, 0), "nothing had left, so there is nothing to look for"


@pytest.mark.case(12)
async def test_stop_gives_back_what_it_could_not_finish(
    cohort: CohortFixture, outlet: KeepingOutlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.delivery.sender.DRAIN", 0.05)
    service = Delivery(cohort.core, {"test": outlet})
    outlet.before.append(hanging(asyncio.Event()))
    service.start()
    await put(cohort, "k")
    await outlet.asked.wait()
    assert await _in_state(cohort, "sending")
    await service.stop()
    assert await _in_state(cohort, "pending")


async def _in_state(cohort: CohortFixture, state: str) -> bool:
    return [row["state"] for row in await rows(cohort)] == [state]


async def test_commit_wakes_sender(cohort: CohortFixture, outlet: KeepingOutlet) -> None:
    service = Delivery(cohort.core, {"test": outlet})
    service.start()
    await put(cohort, "k")
    async with asyncio.timeout(5):
        await outlet.took.wait()
    await service.stop()
    assert await _in_state(cohort, "sent")


async def test_schedule_run_by_hand_leaves_its_dates_alone(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await schedule(cohort, "checkin", "weekdays 09:30")
    reply = await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    assert "On its way" in text_of(reply)
    await cohort.olu.again()
    await delivery.flush()
    assert len(outlet.sent) == 1
    clock.move_to(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    await delivery.flush()
    assert len(outlet.sent) == 2


async def test_schedule_that_cannot_be_composed_is_listed_and_moved_on(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await schedule(cohort, "checkin", "weekdays 09:30")

    def fails(*_: object) -> None:
        raise ZeroDivisionError

    kinds = cohort.core.registry.schedules
    broken = replace(kinds["checkin"], compose=fails)
    registry = replace(cohort.core.registry, schedules={**kinds, "checkin": broken})
    service = Delivery(replace(cohort.core, registry=registry), {"test": outlet})
    clock.move_to(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    await service.flush()
    assert [row["state"] for row in await rows(cohort)] == ["failed"]
    found = await cohort.core.store.read(schedules.upcoming)
    assert found is not None
    assert found.next is not None
    assert found.next.day == date(2026, 11, 25)
