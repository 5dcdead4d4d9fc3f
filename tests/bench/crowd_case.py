"""One tree's figures with a cohort of 2,000 members and a year of theirs, as a line of JSON: `python -m
tests.bench.crowd_case URL`.

It uses only what every tree has, so that the tree before a change can be measured with it too.
"""

import asyncio
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import structlog

from core.chat.model import Place
from core.commands.dispatch import Core
from core.delivery import leases, outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.features.admin.posts import WELCOME
from core.store.open import open_store
from core.store.port import Conn, Store
from tests.bench.growth_case import NOW, Rows, core_of, fill
from tests.outlets import KeepingOutlet
from tests.people import HOME, Actor, found_cohort

FULL = Rows(papers=2_000, checkins=500_000, posts=669_000, reading=500)
QUICK = Rows(papers=200, checkins=4_000, posts=1_000, reading=20)
SECONDS, PAUSE = 4.0, 0.02
CHANNELS = 300
BACKLOGS = ((10_000, 1), (100_000, 100))
LONGEST = 60.0


async def crowd(url: str, quick: bool) -> dict[str, Any]:
    """Latencies of another cohort beside each command of the large one; posts a second; seconds of leases."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    store = await open_store(url)
    core = core_of(store)
    ours = await found_cohort(core)
    theirs = await found_cohort(core, "Other", place=Place(HOME.platform, "V", "C2"))
    await fill(store, ours.id, QUICK if quick else FULL, cohorts=1, members=200 if quick else 2_000)
    await store.close()
    store = await open_store(url)
    core = core_of(store)
    await store.write(lambda conn: conn.run("ANALYZE"))
    members = [Actor(core, ours.ada.person, ours.ada.place), Actor(core, ours.ben.person, ours.ben.place)]
    olu, other = Actor(core, ours.olu.person), Actor(core, theirs.ada.person, theirs.ada.place)
    loads: dict[str, Callable[[], Awaitable[Any]]] = {
        "nothing": lambda: asyncio.sleep(0.1),
        "cohort-admin delivery": lambda: olu("cohort-admin delivery"),
        "checkin status": lambda: olu("checkin status"),
        "check-ins": lambda: asyncio.gather(
            *(each("checkin now", progress="Ran it", share="private") for each in members * 25)
        ),
        "digest preview": lambda: olu("digest preview"),
    }
    beside = {name: await _beside(other, load, 0.3 if quick else SECONDS) for name, load in loads.items()}
    sent = await _posts_a_second(core, ours.id)
    taken: dict[str, float | None] = {}
    for posts, channels in ((100, 10),) if quick else BACKLOGS:
        taken[f"{posts:,} posts in {channels} channels"] = await _lease(store, ours.id, posts, channels)
    return {"beside": beside, "posts a second": sent, "lease": taken}


async def _beside(other: Actor, load: Callable[[], Awaitable[Any]], seconds: float) -> dict[str, list[float]]:
    """What another cohort waited for while a load was repeated, milliseconds, and how long the load took each time."""
    until = time.perf_counter() + seconds
    found: dict[str, list[float]] = {"read": [], "write": [], "load": []}

    async def loads() -> None:
        while time.perf_counter() < until:
            found["load"].append(await _timed(load))

    loading = asyncio.ensure_future(loads())
    while not loading.done():
        found["read"].append(await _timed(lambda: other("submission list")))
        found["write"].append(await _timed(lambda: other("submission add", title="Another")))
        await asyncio.sleep(PAUSE)
    await loading
    return found


async def _timed(ask: Callable[[], Awaitable[Any]]) -> float:
    begun = time.perf_counter()
    await ask()
    return 1e3 * (time.perf_counter() - begun)


async def _posts_a_second(core: Core, cohort: int) -> float:
    """One post for each of many channels, on a platform where each channel rests after a post."""
    outlet = KeepingOutlet("slack", pace=1.0)
    delivery = Delivery(core, {"slack": outlet})
    await core.store.write(_enqueue, cohort)
    begun = time.perf_counter()
    await delivery.sender.flush()
    took = time.perf_counter() - begun
    if len(outlet.sent) != CHANNELS:
        raise RuntimeError(f"{len(outlet.sent)} of {CHANNELS} posts were sent")
    return CHANNELS / took


def _enqueue(conn: Conn, cohort: int) -> None:
    for number in range(CHANNELS):
        target = Target("slack", "W", f"S{number}")
        outbox.enqueue(conn, NewPost(cohort, f"bench:{number}", WELCOME, {}, target), NOW)


async def _lease(store: Store, cohort: int, posts: int, channels: int) -> float | None:
    """Seconds of the median lease with a backlog; None where there was no result."""
    platform = f"p{posts}"
    await store.write(_backlog, cohort, platform, posts, channels)
    took: list[float] = []
    for number in range(3):
        begun = time.perf_counter()
        taking = store.write(leases.lease, f"t{number}", {platform: 10}, NOW + timedelta(seconds=1))
        try:
            await asyncio.wait_for(taking, LONGEST)
        except TimeoutError:
            return None
        took.append(time.perf_counter() - begun)
    return sorted(took)[1]


def _backlog(conn: Conn, cohort: int, platform: str, posts: int, channels: int) -> None:
    conn.run(
        "INSERT INTO outbox (cohort_id, key, kind, data, platform, workspace, channel, state, due_at, slot_at, retry_at,"
        " created_at) WITH RECURSIVE n (i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 <"
        " :posts) SELECT :cohort, :platform || '-' || i, 'admin.welcome', '{}', :platform, 'W', 'C' || (i % :channels),"
        " 'pending', :now, :now, :now, :now FROM n",
        posts=posts,
        cohort=cohort,
        platform=platform,
        channels=channels,
        now=NOW,
    )


if __name__ == "__main__":
    print(json.dumps(asyncio.run(crowd(sys.argv[1], "--quick" in sys.argv))), flush=True)
    os._exit(0)  # a lease that gave no result still runs
