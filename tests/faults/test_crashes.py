"""The real process, killed at every step of delivery, again and again: nothing is lost, nothing is seen twice.

A process alone is killed and started again, over SQLite and PostgreSQL; over PostgreSQL also one of two replicas,
while the other goes on. `COHORT_CRASH_ROUNDS` sets the number of seeds for each step (default 6: three over
SQLite, one over PostgreSQL, two of two replicas); each seed kills one to four times, each time with up to eight
posts on their way.
"""

import asyncio
import os
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.commands.registry import Registry
from tests.faults.conftest import Databases
from tests.faults.crashing import DUE, LEASE_OVER, Run
from tests.faults.replicas import Replicas
from tests.faults.running import KILLED, KillingSlack, Launcher
from tests.servers.discord import DiscordServer
from tests.story.process import PATIENCE, bot

ROUNDS = int(os.environ.get("COHORT_CRASH_ROUNDS", "6"))
SEEDS = {
    "sqlite": {"alone": max(1, ROUNDS // 2)},
    "postgres": {"alone": max(1, ROUNDS // 6), "replicas": max(2, ROUNDS // 3)},
}
"""How many seeds of a step there are, by the engine and by who is killed."""

STEPS = {
    "during claim": 2,
    "after claim": 1,
    "before post": 8,
    "lost": 8,
    "after post": 8,
    "before settle": 8,
    "during settle": 8,
}
"""The step, and the last of its occurrences at which a process may be killed."""

CATCH_UP = {"during catch-up": 60, "after catch-up": 2}
"""The same for a process that was down for days."""

ORDER = [*STEPS, *CATCH_UP]


@dataclass(frozen=True)
class Lab:
    """What all runs of a test need."""

    engine: str
    registry: Registry
    launchers: list[Launcher]
    databases: Databases
    folder: Path

    async def rounds(self, step: str, most: int, days: int = 1) -> Counter[str]:
        """All seeds of a step, several at a time. How the posts ended."""
        totals: dict[str, Counter[str]] = {who: Counter() for who in SEEDS[self.engine]}
        free = asyncio.Queue[Launcher]()
        for each in self.launchers:
            free.put_nowait(each)
        taking = asyncio.Lock()  # two, each with one launcher, would wait for each other

        async def one(who: str, seed: int) -> None:
            async with taking:
                launchers = [await free.get() for _ in range(2 if who == "replicas" else 1)]
            try:
                totals[who].update(await self._one(step, seed, launchers, most, days))
            finally:
                for each in launchers:
                    await each.clear()
                    free.put_nowait(each)

        async with asyncio.TaskGroup() as group:
            for who, count in SEEDS[self.engine].items():
                # Numbered over all steps, so that a single seed for each of them is not always an even one.
                for seed in range(count):
                    group.create_task(one(who, ORDER.index(step) * count + seed))
        for who, total in totals.items():  # what `pytest -rP` shows
            sys.stdout.write(f"{self.engine}, {who}, killed {step}: {dict(total)}\n")
            assert total["kills"]
        return sum(totals.values(), Counter())

    async def _one(
        self, step: str, seed: int, launchers: list[Launcher], most: int, days: int
    ) -> Counter[str]:
        name = f"{self.engine}_{len(launchers)}_{step}_{seed}".replace(" ", "_").replace("-", "_")
        url = await asyncio.to_thread(self.databases, name)
        async with DiscordServer() as discord, KillingSlack() as slack:
            run = Run(
                name,
                step,
                url,
                self.folder / f"{name}.log",
                self.registry,
                discord,
                slack,
                days=days,
                look_back=seed % 4 in (0, 3),
            )
            await run.prepare()
            if len(launchers) > 1:
                # Replicas share the work, so one comes to the later occurrences less often.
                most = most if days > 1 else min(most, 6)
                kills = 1 + min(seed % 3, 1)
                await Replicas(run, *launchers).crash(kills, most, together=seed % 2 == 1)
            else:
                fewest = 2 if self.engine == "sqlite" else 1  # the replicas wait for it
                await run.crash(launchers[0], kills=fewest + seed % 3, most=most)
            ended = await run.check()
        assert run.kills or len(launchers) > 1, "this seed killed nothing"
        return ended + Counter(kills=run.kills, starts=run.starts)


@pytest.fixture(params=list(SEEDS))
def lab(request: pytest.FixtureRequest, registry: Registry, launchers: list[Launcher], tmp_path: Path) -> Lab:
    """Everything for the runs over an engine."""
    databases: Databases = request.getfixturevalue(f"{request.param}_databases")
    return Lab(request.param, registry, launchers, databases, tmp_path)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.case(4, 5, 7)
async def test_killed_at_step(step: str, lab: Lab) -> None:
    total = await lab.rounds(step, STEPS[step])
    assert total["sent"] > total["uncertain"]
    if step == "after claim":
        assert total["uncertain"] == 0, "nothing had left, so nothing is in doubt"


@pytest.mark.parametrize("step", CATCH_UP)
@pytest.mark.case(14)
async def test_killed_while_it_catches_up(step: str, lab: Lab) -> None:
    total = await lab.rounds(step, CATCH_UP[step], days=4)
    assert total["missed"] == 3 * total["sent"], "of four days the newest is sent, the others are listed"
    assert total["uncertain"] == 0


@pytest.mark.case(4)
async def test_plain_process_killed_when_its_post_was_taken(
    registry: Registry, tmp_path: Path, sqlite_url: str
) -> None:
    """`python -m bot` itself, without a launcher; the platforms do the killing."""
    async with DiscordServer() as discord, KillingSlack() as slack:
        run = Run("plain", "after post", sqlite_url, tmp_path / "plain.log", registry, discord, slack)
        await run.prepare()
        for start in range(4):
            now = DUE + start * LEASE_OVER
            async with bot("run", **run.environment(now)) as process:
                if start < 3:
                    run.killer.aim(process, 2 + start, accepted=True)
                    assert await process.ended() == KILLED
                else:
                    await process.address()
                    async with asyncio.timeout(PATIENCE):
                        while await run.open():  # noqa: ASYNC110 - another process's records
                            await asyncio.sleep(0.1)
                    process.ask_to_stop()
                    assert await process.ended() == 0
        ended = await run.check()
        assert set(ended) == {"sent"}
