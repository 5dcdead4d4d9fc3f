"""The clockwork: one APScheduler interval job that fires due schedules and wakes the sender."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from core.clock import SystemClock
from core.commands.dispatch import Core
from core.delivery import firing, held, pacing, readers, timers
from core.delivery.background import Background
from core.delivery.housekeeping import Housekeeping
from core.delivery.outlet import Outlet
from core.delivery.sender import Sender
from core.delivery.served import Served, platforms_elsewhere
from core.errors import StoreError

log = structlog.get_logger()

TICK = 1.0
"""Seconds between two looks at the schedules."""

FIRST_CLEANING = timedelta(minutes=1)
"""From the start to the first housekeeping."""

TIMER_PAUSE = timedelta(hours=1)
"""After a timer that failed, until it goes off again."""

_AT_ONCE = 200


class Delivery:
    """Schedules fired and posts sent, for as long as it runs. `platforms` are those of this process, connected or
    not; `served` says which cohorts follow from them. Without them it serves every cohort."""

    def __init__(self, core: Core, outlets: Mapping[str, Outlet], platforms: Collection[str] = ()) -> None:
        self._core = core
        self._outlets = outlets
        self.served = Served.by(platforms, core.clock)
        self.sender = Sender(core, outlets)
        self._ticking = asyncio.Lock()
        self._stopping = False
        self._scheduler = AsyncIOScheduler()
        self._housekeeping = Housekeeping(core)
        self._background = Background(core)

    def start(self) -> None:
        """Begin to tick and to send."""
        self.sender.start()
        # A late tick is as good as one on time, so it is never dropped; two at once would do the same work.
        options = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        first = SystemClock().now()  # the machine's clock, by which the interval is counted
        self._scheduler.add_job(self._tick_safely, "interval", seconds=TICK, next_run_time=first, **options)
        # Soon after the start too: a bot that is often started again would never come to it.
        self._scheduler.add_job(
            self._clean_safely, "interval", hours=1, next_run_time=first + FIRST_CLEANING, **options
        )
        self._scheduler.add_job(self._background.begin, "interval", seconds=TICK, **options)
        self._scheduler.add_job(self._sweep_safely, "interval", minutes=10, **options)
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
        await self._background.stop()
        await self.sender.stop()

    async def tick(self) -> int:
        """Fire every schedule that is due now. Returns how many posts were written."""
        async with self._ticking:
            written, now = 0, self._core.clock.now()
            if not self._stopping and await self._core.store.read(held.any_due, now):
                await self._core.store.write(held.release, self._core.registry, now)
            await self._go_off()
            while not self._stopping and (
                due := await self._core.store.read(firing.due, self._core.clock.now(), _AT_ONCE, self.served)
            ):
                written += await self._fire(due)
            await self._take_turns()
            return written

    async def _take_turns(self) -> None:
        """Let those direct messages to many leave whose turn has come."""
        paces = {name: outlet.direct_pace for name, outlet in self._outlets.items()}
        if not self._stopping and await self._core.store.read(pacing.any_waiting, list(paces)):
            await self._core.store.write(pacing.release, paces, self._core.clock.now())

    async def flush(self) -> None:
        """Fire what is due and wait until every post that can be sent has been."""
        await self.tick()
        await self.sender.flush()

    async def _fire(self, due: Sequence[int]) -> int:
        """Fire schedules in one transaction. Where one of them cannot be composed, fire each by itself, and
        move that one on, so that the others go on."""
        fire, registry, now = self._core.store.write, self._core.registry, self._core.clock.now()
        try:
            return await fire(firing.fire, registry, due, now, self.served)
        except StoreError:
            raise
        except Exception:
            if len(due) > 1:
                return sum([await self._fire([each]) for each in due])
            log.exception("schedule failed", schedule=due[0])
            await self._core.store.write(firing.skip_failed, registry, due[0], now, self.served)
            return 0

    async def _go_off(self) -> None:
        """Call what timers are for whose moment has come, each in a transaction of its own."""
        now = self._core.clock.now()
        for timer in await self._core.store.read(timers.due, now, _AT_ONCE, self.served):
            try:
                await self._core.store.write(timers.fire, self._core.registry, timer, now)
            except StoreError:
                raise
            except Exception:
                # Tried again in an hour: whatever is wrong, it must not stop the others.
                log.exception("timer failed", kind=timer[1])
                await self._core.store.write(timers.set_timer, *timer, now + TIMER_PAUSE, now)

    async def _tick_safely(self) -> None:
        try:
            await self.tick()
            self.sender.wake()
        except StoreError as error:
            log.warning("tick put off", reason=str(error))
        except Exception:
            log.exception("tick failed")

    async def _sweep_safely(self) -> None:
        try:
            await readers.sweep(self._core)
        except StoreError as error:
            log.warning("members were not looked for", reason=str(error))
        except Exception:
            log.exception("looking for members failed")

    async def _clean_safely(self) -> None:
        try:
            elsewhere = await self._core.store.read(platforms_elsewhere, self.served)
            # By a clock that was moved, other platforms' drafts and posts would look old.
            if not (self.served.only and elsewhere):
                await self._housekeeping.run()
        except Exception:
            log.exception("housekeeping failed")
