"""Load for measurements: many calls of one command, so many at a time."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer


@dataclass(frozen=True, slots=True)
class Timings:
    """What a run took: seconds altogether, and seconds to its answer for each call in the order they ended."""

    total: float
    each: list[float]
    errors: int
    sample: str


async def drive(
    server: DiscordServer, person: Person, command: str, options: dict[str, Any], calls: int, in_flight: int
) -> Timings:
    """Run a command ``calls`` times with ``in_flight`` at a time and wait for each answer.

    ``{n}`` in a text option becomes the number of the call.
    """
    numbers = iter(range(calls))
    each: list[float] = []
    errors = 0
    sample = ""

    async def worker() -> None:
        nonlocal errors, sample
        for n in numbers:
            filled: dict[str, Any] = {
                k: v.replace("{n}", str(n)) if isinstance(v, str) else v for k, v in options.items()
            }
            start = time.perf_counter()
            answer = await person.slash(command, **filled)
            each.append(time.perf_counter() - start)
            errors += bool(answer.refusals) or not answer.messages
            sample = sample or answer.text

    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(worker())
    return Timings(time.perf_counter() - start, each, errors, sample)
