"""The composition root: the only place that knows every part. Nothing is created at import."""

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.adapter import Adapter, Losable
from bot.settings import Settings
from bot.watchdog import Watchdog
from core import notes
from core.clock import Clock, MovableClock, SystemClock
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery
from core.registry import discover
from core.run import Core
from core.store import Store
from core.store.open import open_store

log = structlog.get_logger()

HEALTH = "health"
"""The note that is written to see whether the database takes changes."""

RETRY = 15.0
"""Seconds until an adapter that could not start, or was lost, is started again; twice as long each further
time."""
LONGEST_RETRY = 600.0
"""The longest of these pauses. An adapter that stood for as long as this begins with the shortest again: some
platforms count how often a bot connects in a day."""

STOP = 9.0
"""Seconds after which a stop no longer waits; an operator's kill comes at ten."""


@dataclass
class House:
    """A running bot: every part, and how to start and stop them in order."""

    settings: Settings
    core: Core
    delivery: Delivery
    adapters: list[Adapter]
    outlets: dict[str, Outlet]
    application: web.Application
    runner: web.AppRunner | None = None
    address: str = ""
    watchdog: Watchdog = field(default_factory=Watchdog)
    _failed: dict[str, str] = field(default_factory=dict)
    _keeping: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Open the web part, start every adapter and then delivery. An adapter that cannot start, or is lost
        later, is reported and tried again; the others go on. Raises `SystemExit` where none can start."""
        self.watchdog.start()
        await self._open_web()
        await asyncio.gather(*map(self._start_adapter, self.adapters))
        if len(self._failed) == len(self.adapters):
            reasons = "; ".join(f"{name}: {reason}" for name, reason in self._failed.items())
            await self.stop()
            raise SystemExit(f"No part of the bot could start. {reasons}")
        self.delivery.start()
        self._keeping = {asyncio.create_task(self._keep(each)) for each in self.adapters}

    async def _keep(self, adapter: Adapter) -> None:
        """Start an adapter again, sooner or later, whenever it could not start or was lost."""
        pause = RETRY
        while adapter.name in self._failed or isinstance(adapter, Losable):
            if isinstance(adapter, Losable) and adapter.name not in self._failed:
                began = asyncio.get_running_loop().time()
                self._lost(adapter, await adapter.lost())
                if asyncio.get_running_loop().time() - began >= LONGEST_RETRY:
                    pause = RETRY
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_RETRY)
            await self._start_adapter(adapter)
            self.delivery.sender.wake()

    def _lost(self, adapter: Adapter, error: Exception) -> None:
        """Posts wait from now on, and health is red, until the adapter stands again."""
        self._failed[adapter.name] = reason = str(error) or type(error).__name__
        self.outlets.pop(adapter.name, None)
        log.error("adapter was lost", adapter=adapter.name, reason=reason, exc_info=error)

    async def _open_web(self) -> None:
        self.application.router.add_get("/health", self._health)
        # Requests and sockets are finished by the adapters; the runner need not wait for idle ones.
        # Bodies stay as they came: to inflate one before anybody knows who sent it can hold up everything.
        self.runner = web.AppRunner(
            self.application, access_log=None, shutdown_timeout=1.0, auto_decompress=False
        )
        await self.runner.setup()
        host, port = self.settings.http_address
        try:
            site = web.TCPSite(self.runner, host, port)
            await site.start()
        except OSError as error:
            await self.stop()
            raise SystemExit(
                f"{self.settings.http} cannot be used ({error.strerror}). Is another cohort-bot running? "
                "Stop it, or set COHORT_HTTP to another host:port."
            ) from None
        bound: tuple[str, int] = self.runner.addresses[0][:2]
        self.address = f"http://{bound[0]}:{bound[1]}"

    async def _start_adapter(self, adapter: Adapter) -> None:
        try:
            await adapter.start()
        except Exception as error:
            first = adapter.name not in self._failed
            self._failed[adapter.name] = reason = str(error) or type(error).__name__
            log.error("adapter could not start", adapter=adapter.name, reason=reason, exc_info=first)
            with contextlib.suppress(Exception):
                await adapter.stop()
        else:
            self._failed.pop(adapter.name, None)
            self.outlets[adapter.name] = adapter.outlet

    async def _health(self, _: web.Request) -> web.Response:
        states = {each.name: each.name not in self._failed and each.healthy() for each in self.adapters}
        try:
            # A write: a full disk and a lock let everything be read.
            await self.core.store.write(notes.put, HEALTH, self.core.clock.now().isoformat())
            states["database"] = True
        except Exception:
            states["database"] = False
        well = all(states.values())
        body = {
            "status": "ok" if well else "failing",
            **{k: "ok" if v else "failing" for k, v in states.items()},
        }
        return web.json_response(body, status=200 if well else 503)

    async def stop(self) -> None:
        """Claim nothing more, finish what is begun, let go of everything. Takes less than ten seconds."""
        self.watchdog.stop()
        steps: list[Callable[[], object]] = [self._stop_keeping, self.delivery.stop, self._stop_adapters]
        if self.runner is not None:
            steps.append(self.runner.cleanup)
        try:
            async with asyncio.timeout(STOP):
                for step in steps:
                    await self._quietly(step)
        except TimeoutError:
            log.warning("stopped before everything was finished; what was confirmed is on disk")
        await self.core.store.close()

    async def _stop_keeping(self) -> None:
        for task in self._keeping:
            task.cancel()
        await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _stop_adapters(self) -> None:
        # All at once: each may take some seconds for its last answers, and an operator waits for ten.
        await asyncio.gather(*(self._quietly(each.stop) for each in self.adapters))

    @staticmethod
    async def _quietly(step: Callable[[], object]) -> None:
        try:
            await step()  # type: ignore[misc]  # every step is an async function without parameters
        except Exception:
            log.exception("a part did not stop cleanly")


async def assemble(settings: Settings, *, playground: bool = False) -> House:
    """Put the bot together: the playground where it is asked for or no platform has its tokens, and every
    platform that has. Nothing is started yet."""
    alone = not settings.connected
    clock: Clock = MovableClock(settings.clock) if settings.clock or alone else SystemClock()
    if settings.clock is not None:
        start = settings.clock.isoformat()
        log.warning("the clock does not show the real time: COHORT_CLOCK is set", start=start)
    if settings.slack_bot_token is not None and not settings.slack:
        log.warning(
            "Slack is left out: beside SLACK_BOT_TOKEN it needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET"
        )
    registry = discover()
    store: Store = await open_store(settings.database_url)
    try:
        core = Core(registry, store, clock, setup_by_anyone=settings.setup == "anyone")
        outlets: dict[str, Outlet] = {}
        delivery = Delivery(core, outlets)
        application = web.Application(client_max_size=2**20)
        adapters = _adapters(settings, core, delivery, application, playground=playground or alone)
    except BaseException:
        await store.close()  # its threads would keep a process that has failed alive
        raise
    return House(settings, core, delivery, adapters, outlets, application)


def _adapters(
    settings: Settings, core: Core, delivery: Delivery, application: web.Application, *, playground: bool
) -> list[Adapter]:
    # Imported here, so that a process pays only for the libraries of the platforms that it connects to.
    adapters: list[Adapter] = []
    if settings.discord_token is not None:
        from bot.discord.adapter import DiscordAdapter

        adapters.append(
            DiscordAdapter(core, settings.discord_token.get_secret_value(), api_url=settings.discord_api_url)
        )
    if settings.slack:
        from bot.slack.adapter import SlackAdapter

        adapters.append(SlackAdapter.from_settings(core, settings, application))
    if playground:
        from bot.playground.adapter import Playground

        adapters.append(Playground(core, delivery, application))
    return adapters


async def serve(settings: Settings, *, playground: bool, ready: Callable[[House], None]) -> None:
    """Run until SIGINT or SIGTERM, then stop in order. `ready` is called once calls can arrive."""
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    house = await assemble(settings, playground=playground)
    if await _started(house, asked):
        _settle_down()
        ready(house)
        await asked.wait()
    log.info("stopping")
    await house.stop()


def _settle_down() -> None:
    """Tune the interpreter for many short calls; see `python -m tests.bench`."""
    # What stands now stays: collections that pass it by, and come less often, take less from the slowest
    # answers.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    # The database threads let go of the interpreter at every statement, and wait up to this long to get it
    # back from a busy event loop. With the usual 5 ms the median of single calls was 2.6 ms, so it is 2.1.
    sys.setswitchinterval(0.0005)


async def _started(house: House, asked: asyncio.Event) -> bool:
    """Start the house. False where a stop was asked for meanwhile: a platform that does not answer may take
    longer to say so than an operator waits."""
    starting = asyncio.timeout(None)
    watching = asyncio.create_task(_end(starting, asked))
    try:
        async with starting:
            await house.start()
    except TimeoutError:
        if not asked.is_set():
            raise
    finally:
        watching.cancel()
    return not asked.is_set()


async def _end(starting: asyncio.Timeout, asked: asyncio.Event) -> None:
    await asked.wait()
    starting.reschedule(asyncio.get_running_loop().time())
