"""The real process, killed at every step of delivery, again and again: nothing is lost, nothing is seen twice.

`COHORT_CRASH_ROUNDS` sets the number of seeds for each step (default 8; each seed kills two to four times, each
time with up to eight posts on their way).
"""

import asyncio
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from core.registry import Registry
from tests.faults.crashing import DUE, LEASE_OVER, Run
from tests.faults.running import KILLED, KillingSlack, Launcher
from tests.servers.discord import DiscordServer
from tests.story.process import PATIENCE, bot

ROUNDS = int(os.environ.get("COHORT_CRASH_ROUNDS", "8"))

STEPS = {
    "during claim": 4,
    "after claim": 1,
    "before post": 8,
    "lost": 8,
    "after post": 8,
    "before settle": 8,
    "during settle": 8,
}
"""The step, and the last of its occurrences at which a process may be killed."""


async def rounds(
    step: str, most: int, registry: Registry, launchers: list[Launcher], folder: Path, template: Path,
    days: int = 1,
) -> Counter[str]:  # fmt: skip
    """All seeds of a step, several at a time. How the posts ended, and how many kills there were."""
    total: Counter[str] = Counter()
    free = asyncio.Queue[Launcher]()
    for each in launchers:
        free.put_nowait(each)

    async def one(seed: int) -> None:
        launcher = await free.get()
        try:
            async with DiscordServer() as discord, KillingSlack() as slack:
                path = folder / f"{step.replace(' ', '-')}-{seed}.db"
                run = Run(
                    seed, step, path, registry, discord, slack, launcher,
                    days=days, look_back=seed % 2 == 0,
                )  # fmt: skip
                await run.prepare(template)
                await run.crash(kills=2 + seed % 3, most=most)
                total.update(await run.check())
                total["kills"] += run.kills
                total["starts"] += run.starts
                assert run.kills, "this seed killed nothing"
        finally:
            free.put_nowait(launcher)

    async with asyncio.TaskGroup() as group:
        for seed in range(ROUNDS):
            group.create_task(one(seed))
    return total


def report(step: str, total: Counter[str]) -> None:
    """What `pytest -rP` shows of a step."""
    sys.stdout.write(f"killed {step}: {dict(total)}\n")


@pytest.mark.parametrize("step", STEPS)
async def test_4_and_5_killed_at_a_step(
    step: str, registry: Registry, launchers: list[Launcher], tmp_path: Path, sqlite_template: Path
) -> None:
    total = await rounds(step, STEPS[step], registry, launchers, tmp_path, sqlite_template)
    report(step, total)
    assert total["kills"] >= ROUNDS
    assert total["sent"] > total["uncertain"]
    if step == "after claim":
        assert total["uncertain"] == 0, "nothing had left, so nothing is in doubt"


@pytest.mark.parametrize(("step", "most"), [("during catch-up", 60), ("after catch-up", 2)])
async def test_14_killed_while_it_catches_up(
    step: str, most: int, registry: Registry, launchers: list[Launcher], tmp_path: Path, sqlite_template: Path
) -> None:
    total = await rounds(step, most, registry, launchers, tmp_path, sqlite_template, days=4)
    report(step, total)
    assert total["kills"] >= ROUNDS
    assert total["missed"] == 3 * total["sent"], "of four days the newest is sent, the others are listed"
    assert total["uncertain"] == 0


async def test_4_the_plain_process_killed_when_its_post_was_taken(
    registry: Registry, tmp_path: Path, sqlite_template: Path
) -> None:
    """`python -m bot` itself, without a launcher; the platforms do the killing."""
    async with DiscordServer() as discord, KillingSlack() as slack:
        run = Run(0, "after post", tmp_path / "plain.db", registry, discord, slack, None)
        await run.prepare(sqlite_template)
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
