"""The clockwork: one APScheduler interval job that fires due schedules and wakes the sender."""

import asyncio
from collections.abc import Mapping

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.delivery import firing
from core.delivery.outlet import Outlet
from core.delivery.sender import Sender, housekeeping
from core.errors import StoreError
from core.run import KEEP_HANDLED, Core

log = structlog.get_logger()

TICK = 1.0
"""Seconds between two looks at the schedules."""

_AT_ONCE = 200


class Delivery:
    """Schedules fired and posts sent, for as long as it runs."""

    def __init__(self, core: Core, outlets: Mapping[str, Outlet]) -> None:
        self._core = core
        self.sender = Sender(core, outlets)
        self._ticking = asyncio.Lock()
        self._stopping = False
        self._scheduler = AsyncIOScheduler()

    def start(self) -> None:
        """Begin to tick and to send."""
        self.sender.start()
        # A late tick is as good as one on time, so it is never dropped; two at once would do the same work.
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler.add_job(self._tick_safely, "interval", seconds=TICK, **options)
        self._scheduler.add_job(self._clean_safely, "interval", hours=1, **options)
        self._scheduler.start()

    async def stop(self) -> None:
        """Fire nothing more and finish what is on its way."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.pause()
        # Locks are fair: a tick that waited for its turn is over once it is ours.
        async with self._ticking:
            if self._scheduler.running:
                self._scheduler.shutdown(wait=False)
        await self.sender.stop()

    async def tick(self) -> int:
        """Fire every schedule that is due now. Returns how many posts were written."""
        async with self._ticking:
            written = 0
            while not self._stopping and (
                due := await self._core.store.read(firing.due, self._core.clock.now(), _AT_ONCE)
            ):
                results = await asyncio.gather(*map(self._fire, due), return_exceptions=True)
                errors = [each for each in results if isinstance(each, BaseException)]
                written += sum(each for each in results if isinstance(each, int))
                if errors:
                    raise errors[0]
            return written

    async def flush(self) -> None:
        """Fire what is due and wait until every post that can be sent has been."""
        await self.tick()
        await self.sender.flush()

    async def _fire(self, schedule_id: int) -> int:
        """Fire one schedule. One that cannot be composed is moved on, so that the others go on."""
        now = self._core.clock.now()
        try:
            return await self._core.store.write(firing.fire, self._core.registry, schedule_id, now)
        except StoreError:
            raise
        except Exception:
            log.exception("schedule failed", schedule=schedule_id)
            await self._core.store.write(firing.skip_failed, self._core.registry, schedule_id, now)
            return 0

    async def _tick_safely(self) -> None:
        try:
            await self.tick()
            self.sender.wake()
        except StoreError as error:
            log.warning("tick put off", reason=str(error))
        except Exception:
            log.exception("tick failed")

    async def _clean_safely(self) -> None:
        try:
            await housekeeping(self._core, KEEP_HANDLED)
        except Exception:
            log.exception("housekeeping failed")
