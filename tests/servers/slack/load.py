"""Many members at once: commands kept in flight over HTTP or Socket Mode, timed until the answer is visible."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.servers.slack.users import SlackUser


@dataclass(frozen=True)
class Load:
    """What a run measured. `latencies` are seconds from keystroke to visible answer, sorted."""

    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        """Commands answered a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """A latency in milliseconds."""
        return self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))] * 1_000


async def drive(
    users: Sequence[SlackUser], name: str, text: Callable[[int], str], *, count: int, in_flight: int
) -> Load:
    """Send `count` commands, `in_flight` at a time, and wait for each answer.

    Raises:
        Failed: one of them was not answered.
    """
    numbers = iter(range(count))
    latencies: list[float] = []

    async def member(user: SlackUser) -> None:
        for number in numbers:
            begun = time.perf_counter()
            await user.say(name, text(number))
            latencies.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for at in range(in_flight):
            group.create_task(member(users[at % len(users)]))
    return Load(time.perf_counter() - begun, sorted(latencies))
