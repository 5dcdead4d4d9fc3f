"""Timers: each goes off once, late rather than never, and one that fails stops no other."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.cohorts.model import Cohort
from core.commands.dispatch import Core
from core.commands.hooks import TimerKind
from core.commands.registry import Registry
from core.delivery import timers
from core.delivery.service import TIMER_PAUSE, Delivery
from core.store.port import Conn
from tests.conftest import NOW
from tests.people import CohortFixture

HOUR = timedelta(hours=1)


def with_timers(core: Core, kinds: Mapping[str, TimerKind]) -> Core:
    registry: Registry = core.registry
    return replace(core, registry=replace(registry, timers=kinds))


async def test_a_timer_goes_off_once_and_may_be_set_again(cohort: CohortFixture) -> None:
    seen: list[tuple[datetime, datetime]] = []

    def run(conn: Conn, of: Cohort, since: datetime, now: datetime) -> None:
        seen.append((since, now))
        if len(seen) == 1:
            timers.set_timer(conn, of.id, "a", now + HOUR, now)

    core = with_timers(cohort.core, {"a": TimerKind("a", "a", run)})
    delivery, clock = Delivery(core, {}), core.clock
    await core.store.write(timers.set_timer, cohort.id, "a", NOW + HOUR, NOW)
    await delivery.tick()
    assert seen == []
    clock.move_to(NOW + 5 * HOUR)  # type: ignore[attr-defined]  # it stands still
    await delivery.tick()
    await delivery.tick()
    assert seen == [(NOW, NOW + 5 * HOUR)], "late, and once"
    clock.move_to(NOW + 6 * HOUR)  # type: ignore[attr-defined]  # as above
    await delivery.tick()
    assert seen[1:] == [(NOW + 5 * HOUR, NOW + 6 * HOUR)]
    assert await core.store.read(timers.upcoming) is None


async def test_one_that_fails_stops_no_other_and_is_tried_again(cohort: CohortFixture) -> None:
    seen: list[str] = []

    def fail(_conn: Conn, _of: Cohort, _since: datetime, _now: datetime) -> None:
        raise RuntimeError("a defect")

    def work(_conn: Conn, of: Cohort, _since: datetime, _now: datetime) -> None:
        seen.append(of.name)

    core = with_timers(cohort.core, {"a": TimerKind("a", "a", fail), "b": TimerKind("b", "b", work)})
    for kind in ("a", "b", "unknown"):
        await core.store.write(timers.set_timer, cohort.id, kind, NOW, NOW)
    await Delivery(core, {}).tick()
    assert seen == ["Lab"]
    assert await core.store.read(timers.upcoming) == ("a", NOW + TIMER_PAUSE)


async def test_an_archived_cohorts_timers_rest(cohort: CohortFixture) -> None:
    core = with_timers(cohort.core, {})
    await core.store.write(timers.set_timer, cohort.id, "a", NOW, NOW)
    await core.store.write(lambda conn: conn.run("UPDATE cohort SET archived_at = 1"))
    assert await core.store.read(timers.due, NOW, 10) == []
    assert await core.store.read(timers.upcoming) is None
