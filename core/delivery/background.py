"""What features do in the background: each job by itself, one run at a time, until the bot stops."""

import asyncio

import structlog

from core.commands.dispatch import Core
from core.commands.hooks import Job
from core.errors import StoreError

log = structlog.get_logger()


class Background:
    """The jobs of all features. A job that is slow holds up no other, and is not begun again before it has ended."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._running: dict[str, asyncio.Task[None]] = {}

    async def begin(self) -> None:
        """Begin every job that does not run."""
        for each in self._core.registry.jobs:
            running = self._running.get(each.name)
            if running is None or running.done():
                self._running[each.name] = asyncio.create_task(self._run(each))

    async def _run(self, each: Job) -> None:
        try:
            await each.run(self._core)
        except StoreError as error:
            log.warning("a job was put off", job=each.name, reason=str(error))
        except Exception:
            log.exception("a job failed", job=each.name)

    async def settled(self) -> None:
        """Wait until what was begun has ended."""
        await asyncio.gather(*self._running.values())

    async def stop(self) -> None:
        """End what runs. A job finds what is due again after the next start."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
