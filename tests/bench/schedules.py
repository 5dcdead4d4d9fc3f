"""Schedules: an idle tick, a tick with some due, everything due at once, beside as many APScheduler jobs.

Every figure comes from a process of its own, so that memory is that of the thing measured.
"""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

from core.clock import FixedClock
from core.cohorts.model import Cohort
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.delivery import schedules
from core.delivery.phrases import read
from core.delivery.service import Delivery
from core.store.open import open_store
from core.store.port import Conn
from tests.bench.figures import Report, middle

BEGIN = datetime(2026, 11, 23, 9, tzinfo=UTC)
A_COHORT = 10
"""Schedules a cohort."""


async def compare(report: Report, folder: Path, sizes: list[int]) -> None:
    """Print ours beside APScheduler's memory store, for several numbers of schedules."""
    report.heading("Schedules: ours in SQLite, and the same number of jobs in APScheduler's memory store")
    rows = []
    for size in sizes:
        ours = await _child("ours", size, folder)
        theirs = await _child("apscheduler", size, folder)
        rows.append(
            (
                f"{size:,}",
                f"{ours['idle']:.0f} / {theirs['idle']:,.0f}",
                f"{ours['some']:.0f} / {theirs['some']:,.0f}",
                f"{ours['memory']:.0f} / {theirs['memory']:.0f}",
                f"{ours['add']:.1f} / {theirs['add']:.1f}",
                f"{ours['all']:.1f}",
                f"{ours['lost']} lost, {ours['doubled']} doubled",
            )
        )
    columns = ("schedules", "idle tick µs", "1 % due ms", "MB more", "added in s", "all due s", "of all due")
    report.table(columns, rows)
    report.say(
        "ours / APScheduler's; “all due” is the time to write one post for every schedule to the outbox"
    )


async def _child(kind: str, size: int, folder: Path) -> dict[str, Any]:
    path = folder / f"{kind}-{size}.db"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, kind, str(size), str(path), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    found: dict[str, Any] = json.loads(out)
    return found


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def ours(size: int, path: str) -> dict[str, float]:
    """Measure delivery: schedules 09:30 on weekdays, one in a hundred ten minutes earlier."""
    store = await open_store(f"sqlite:///{path}")
    clock = FixedClock(BEGIN)
    delivery = Delivery(Core(discover(), store, clock), {})
    base, begun = _memory(), time.perf_counter()
    for start in range(0, size, 10_000):
        await store.write(_fill, min(10_000, size - start), clock.now())
    add = time.perf_counter() - begun
    idle = middle([await _timed(delivery.tick) for _ in range(300)])
    clock.move_to(datetime(2026, 11, 24, 8, 21, tzinfo=UTC))
    some = await _timed(delivery.tick)
    clock.move_to(datetime(2026, 11, 24, 8, 31, tzinfo=UTC))
    await delivery.tick()
    clock.move_to(datetime(2026, 11, 25, 8, 31, tzinfo=UTC))
    everything = await _timed(delivery.tick)
    lost, doubled = await store.read(_check, size)
    await store.close()
    return {
        "add": add,
        "idle": idle * 1e6,
        "some": some * 1e3,
        "all": everything,
        "memory": _memory() - base,
        "lost": lost,
        "doubled": doubled,
    }


async def _timed(run: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    await run()
    return time.perf_counter() - begun


def _fill(conn: Conn, size: int, now: datetime) -> None:
    early, usual = (read(f"weekdays {at}", now.date()).recurrence for at in ("09:20", "09:30"))
    for _ in range(max(1, size // A_COHORT)):
        row = conn.one(
            "INSERT INTO cohort (name, zone, created_at) VALUES ('c', 'Europe/Berlin', 0) RETURNING id"
        )
        assert row is not None
        cohort = Cohort(row["id"], "c", "Europe/Berlin")
        place = conn.one(
            "INSERT INTO place (cohort_id, platform, workspace, channel) VALUES (:cohort, 't', 'W', :channel)"
            " RETURNING id",
            cohort=cohort.id,
            channel=f"C{cohort.id}",
        )
        assert place is not None
        conn.run(
            "INSERT INTO purpose (cohort_id, name, place_id) VALUES (:cohort, 'home', :place)",
            cohort=cohort.id,
            place=place["id"],
        )
        for number in range(A_COHORT):
            first = number == 0 and cohort.id % A_COHORT == 1
            schedules.add(conn, cohort, "checkin", "weekdays", early if first else usual, now)


def _check(conn: Conn, size: int) -> tuple[int, int]:
    """Of the last day's slots: how many schedules have none, and how many have more than one."""
    day = date(2026, 11, 25).isoformat()
    rows = conn.all(
        "SELECT schedule_id, count(*) AS n FROM outbox WHERE key LIKE :day GROUP BY schedule_id",
        day=f"%:{day}:%",
    )
    return size - len(rows), sum(row["n"] > 1 for row in rows)


async def apscheduler(size: int) -> dict[str, float]:
    """Measure as many cron jobs: the work of one wake-up with none due, and with one in a hundred."""
    base, begun = _memory(), time.perf_counter()
    scheduler = AsyncIOScheduler(timezone="Europe/Berlin")
    store = MemoryJobStore()
    scheduler.add_jobstore(store)
    scheduler.start(paused=True)
    for number in range(size):
        minute = 20 if number % 100 == 0 else 30
        trigger = CronTrigger(day_of_week="mon-fri", hour=9, minute=minute, timezone="Europe/Berlin")
        scheduler.add_job(_nothing, trigger, misfire_grace_time=None)
    add = time.perf_counter() - begun
    idle = middle([_idle(store) for _ in range(300)])
    due_at = datetime.now(UTC) + timedelta(days=7)
    begun = time.perf_counter()
    for job in store.get_due_jobs(due_at)[: size // 100]:
        fired = job.trigger.get_next_fire_time(job.next_run_time, due_at)
        job._modify(next_run_time=fired)
        store.update_job(job)
    some = time.perf_counter() - begun
    scheduler.shutdown(wait=False)
    return {"add": add, "idle": idle * 1e6, "some": some * 1e3, "memory": _memory() - base}


def _nothing() -> None:
    """A job's work."""


def _idle(store: MemoryJobStore) -> float:
    begun = time.perf_counter()
    store.get_due_jobs(datetime.now(UTC) - timedelta(days=1))
    store.get_next_run_time()
    return time.perf_counter() - begun


def main() -> None:
    """The child's part: measure one kind and print its figures."""
    kind, size, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    found = asyncio.run(ours(size, path)) if kind == "ours" else asyncio.run(apscheduler(size))
    print(json.dumps(found))


if __name__ == "__main__":
    main()
