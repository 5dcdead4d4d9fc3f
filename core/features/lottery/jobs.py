"""Simulations that are running: off the event loop, a few at a time, each stopped by whoever started it."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

from core.chat.model import Button, Buttons, Person
from core.chat.text import Text, say
from core.commands.dispatch import Call
from core.errors import BadInput
from core.lottery.chunks import Progress

T = TypeVar("T")

EVERY = 1.0
"""Seconds between two words of progress."""
AT_ONCE = 2
"""Large simulations that run at the same time; the others wait for their turn."""
CELLS = 20

STOP = Button("Stop", "lottery stop")


class SimulationStopped(Exception):
    """Whoever started a simulation stopped it."""


class RunningSimulation:
    """One running simulation. `done` is the part that is finished."""

    def __init__(self, owner: Person, large: bool) -> None:
        self.owner = (owner.platform, owner.workspace, owner.id)
        self.large = large
        self.done = 0.0
        self._stopping = threading.Event()

    def advance(self, part: float) -> None:
        """Told by the simulating thread what it finished; raises `SimulationStopped` to end it."""
        if self._stopping.is_set():
            raise SimulationStopped
        self.done += part

    def stop(self) -> None:
        """Let it end within a moment."""
        self._stopping.set()


class RunningSimulations:
    """All running simulations of the program."""

    def __init__(self) -> None:
        self._running: set[RunningSimulation] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    def of(self, person: Person) -> list[RunningSimulation]:
        """Those that this person started."""
        owner = (person.platform, person.workspace, person.id)
        return [job for job in self._running if job.owner == owner]

    async def run(self, call: Call, what: str, large: bool, work: Callable[[Progress], T]) -> T:
        """Do the work, saying how far it is; `what` names it. One large simulation a person.

        Raises `SimulationStopped` when its owner stops it, `BadInput` while another one of theirs is running.
        """
        if large and any(job.large for job in self.of(call.request.person)):
            raise BadInput(
                "A large simulation of yours is still running. Please wait for it, or stop it first.",
                blocks=(Buttons((STOP,)),),
            )
        job = RunningSimulation(call.request.person, large)
        self._running.add(job)
        try:
            if not large:
                return await asyncio.to_thread(work, job.advance)
            async with self._turns:
                return await self._watched(call, what, job, work)
        finally:
            job.stop()
            self._running.discard(job)

    async def _watched(
        self, call: Call, what: str, job: RunningSimulation, work: Callable[[Progress], T]
    ) -> T:
        task = asyncio.ensure_future(asyncio.to_thread(work, job.advance))
        task.add_done_callback(_looked_at)
        while not task.done():
            await asyncio.wait({task}, timeout=EVERY)
            if not task.done():
                await call.progress(bar(what, job.done), STOP)
        return task.result()


def bar(what: str, done: float) -> Text:
    """How far it is, as a bar and a number."""
    full = min(int(CELLS * done), CELLS)
    return say(
        "**{what}**\n`{full}{rest}` {percent}%",
        what=what,
        full="█" * full,
        rest="░" * (CELLS - full),
        percent=min(int(100 * done), 99),
    )


def _looked_at(task: asyncio.Future[T]) -> None:
    """Nobody waits any more for a simulation whose call was cancelled."""
    if not task.cancelled():
        task.exception()
