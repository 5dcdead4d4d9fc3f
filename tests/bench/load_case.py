"""One tree's figures beside a hostile member, as a line of JSON: `python -m tests.bench.load_case`.

It uses only what every tree has, so that the tree before a change can be measured with it too.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

from core.charts.bars import bars
from core.chat.model import Place
from core.clock import SystemClock
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.store.open import open_store
from core.store.port import Conn
from tests.people import HOME, Actor, CohortFixture, found_cohort

Figures = dict[str, list[float]]
PAUSE = 0.02
MEMBERS, PAPERS, REVIEWS, SCHEDULES = 50, 500, 4, 60


async def main(quick: bool) -> None:
    """Measure each kind of load and print milliseconds by load and by what another cohort asked."""
    with tempfile.TemporaryDirectory(prefix="cohort-bench-load-") as folder:
        store = await open_store(f"sqlite:///{folder}/cohort.db")
        try:
            core = Core(discover(), store, SystemClock())
            ours, theirs = await _cohorts(core)
            found = {"nothing": await _beside(theirs, asyncio.sleep(1))}
            found["60 simulations"] = await _beside(theirs, _simulations(ours.ada))
            await store.write(_fill_reviews, ours.id, 10 if quick else PAPERS)
            found["lottery ours, 100,000 reviews"] = await _beside(theirs, _call(ours.mina, "lottery ours"))
            await _add_schedules(ours, 10 if quick else SCHEDULES)
            start = {"key": "start", "value": "2040-01-01"}
            found["set start, 60 schedules"] = await _beside(
                theirs, _call(ours.olu, "cohort-admin set", **start)
            )
            found["quotes, 100 kB"] = await _beside(theirs, _quotes(ours.ben, 3_000 if quick else 25_000))
            print(json.dumps(found), flush=True)
        finally:
            await store.close()


async def _cohorts(core: Core) -> tuple[CohortFixture, CohortFixture]:
    elsewhere = Place(HOME.platform, "V", "C2")
    return await found_cohort(core), await found_cohort(core, "Other", place=elsewhere)


async def _beside(other: CohortFixture, load: Awaitable[object]) -> Figures:
    """What the other cohort waited for, for as long as the load lasts."""
    found: Figures = {"read": [], "name look-up": [], "picture": []}
    loading = asyncio.ensure_future(load)
    probes = [asyncio.create_task(_probe(loading, found[name], ask)) for name, ask in _asks(other).items()]
    begun = time.perf_counter()
    await loading
    found["load"] = [1e3 * (time.perf_counter() - begun)]
    await asyncio.gather(*probes)
    return found


def _picture() -> object:
    chart: Any = bars("x", [("papers", 3), ("reviews", 5)])
    # A revision before drew the pixels at once.
    return chart.picture("x.png") if hasattr(chart, "picture") else chart


def _asks(other: CohortFixture) -> dict[str, Callable[[], Awaitable[object]]]:
    loop = asyncio.get_running_loop()
    executors = getattr(other.core, "executors", None)

    async def picture() -> object:
        return await (executors.draw(_picture) if executors else asyncio.to_thread(_picture))

    return {
        "read": lambda: other.core.store.read(_look, other.id),
        "name look-up": lambda: loop.getaddrinfo("localhost", 80),
        "picture": picture,
    }


def _look(conn: Conn, cohort_id: int) -> int:
    return len(conn.all("SELECT * FROM member WHERE cohort_id = :cohort", cohort=cohort_id))


async def _probe(
    loading: asyncio.Future[object], times: list[float], ask: Callable[[], Awaitable[object]]
) -> None:
    while not times or not loading.done():
        begun = time.perf_counter()
        await ask()
        times.append(1e3 * (time.perf_counter() - begun))
        await asyncio.sleep(PAUSE)


async def _call(actor: Actor, command: str, **args: str) -> None:
    await actor(command, **args)


async def _simulations(actor: Actor) -> None:
    args = {"papers": "400000", "accept_rate": "25%", "reviewers": "3"}
    await asyncio.gather(*(actor("lottery simulate", **args, seed=str(seed)) for seed in range(60)))


async def _quotes(actor: Actor, words: int) -> None:
    from core.commands.typed_line import parse

    parse(actor.core.registry, "submission add title:" + '"a" ' * words)
    parse(actor.core.registry, "review add " + '"a ' * words)


async def _add_schedules(cohort: CohortFixture, count: int) -> None:
    for number in range(count):
        # Written at a pace that the limits on calls let in.
        actor = cohort.olu
        when = f"daily {number % 24:02}:{number % 60:02}"
        await actor("cohort-admin schedule-add", kind="checkin", when=when)
        if number and number % 50 == 0:
            await asyncio.sleep(60 if hasattr(cohort.core, "admission") else 0)


def _fill_reviews(conn: Conn, cohort_id: int, papers: int) -> None:
    number = 0
    for _ in range(MEMBERS):
        person = conn.insert("INSERT INTO person (name, created_at) VALUES ('P', 1)")
        member = conn.insert(
            "INSERT INTO member (cohort_id, person_id, joined_at) VALUES (:cohort, :person, 1)",
            cohort=cohort_id,
            person=person,
        )
        for _ in range(papers):
            number += 1
            paper = conn.insert(
                "INSERT INTO submission (cohort_id, number, owner_id, title, stage, first_stage,"
                " visibility, created_at) VALUES (:cohort, :number, :member, 'p', 'rejected', 'submitted',"
                " 'cohort', 1)",
                cohort=cohort_id,
                number=number,
                member=member,
            )
            round_ = conn.insert(
                "INSERT INTO submission_round (submission_id, venue, venue_key, year, decision)"
                " VALUES (:paper, 'ICLR', 'iclr', 2024, 'rejected')",
                paper=paper,
            )
            for at in range(REVIEWS):
                conn.run(
                    "INSERT INTO review (cohort_id, number, round_id, member_id, score, discussed, created_at)"
                    " VALUES (:cohort, :number, :round, :member, :score, 0, 1)",
                    cohort=cohort_id,
                    number=number * 10 + at,
                    round=round_,
                    member=member,
                    score=(1.0, 3.0, 5.0, 6.0, 8.0, 10.0)[(number * 7 + at * 3) % 6],
                )


if __name__ == "__main__":
    asyncio.run(main("--quick" in sys.argv))
