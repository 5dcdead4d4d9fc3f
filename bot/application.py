"""The life cycle of a running bot: its web part, its adapters and delivery, started and stopped in order."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from aiohttp import web

from bot.adapter import Adapter, Reconnectable, WithPage
from bot.health import Health
from bot.logs import describe_error
from bot.lookup.late import LateSource
from bot.settings import Settings
from bot.watchdog import Watchdog
from bot.web import WebServer, is_loopback
from core.commands.dispatch import Core
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery

log = structlog.get_logger()

RETRY = 15.0
"""Seconds until an adapter that could not start, or lost its connection, is started again; twice as long each
further time."""
LONGEST_RETRY = 600.0
"""The longest of these pauses. An adapter that was connected for as long as this begins with the shortest again:
some platforms count how often a bot connects in a day."""

STOP = 9.0
"""Seconds after which a stop no longer waits: service managers kill a process after ten."""


@dataclass
class Application:
    """A running bot: every part, and how to start and stop them in order. `database` is the address of its records."""

    settings: Settings
    core: Core
    delivery: Delivery
    adapters: list[Adapter]
    outlets: dict[str, Outlet]
    web_application: web.Application
    database: str
    lookup: LateSource
    watchdog: Watchdog = field(default_factory=Watchdog)
    _failed: dict[str, str] = field(default_factory=dict)
    _restart_tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.web = WebServer(self.web_application)
        self.health = Health(self.core.store, self.core.clock, self._parts)

    @property
    def address(self) -> str:
        """Where the web part listens, once it does."""
        return self.web.address

    async def start(self) -> None:
        """Open the web part, start every adapter and then delivery. An adapter that cannot start, or loses its
        connection later, is logged and started again; the others go on. Raises `SystemExit` where none can
        start."""
        self.watchdog.start()
        await self._open_web()
        await asyncio.gather(*map(self._start_adapter, self.adapters))
        if len(self._failed) == len(self.adapters):
            reasons = "; ".join(f"{name}: {reason}" for name, reason in self._failed.items())
            await self.stop()
            raise SystemExit(f"No part of the bot could start. {reasons}")
        self.delivery.start()
        self._restart_tasks = {asyncio.create_task(self._restart_when_lost(each)) for each in self.adapters}

    async def _restart_when_lost(self, adapter: Adapter) -> None:
        """Start an adapter again whenever it could not start or has lost its connection, after a pause that
        doubles each time (exponential backoff)."""
        pause = RETRY
        while adapter.name in self._failed or isinstance(adapter, Reconnectable):
            if isinstance(adapter, Reconnectable) and adapter.name not in self._failed:
                began = asyncio.get_running_loop().time()
                self._mark_lost(adapter, await adapter.wait_closed())
                if asyncio.get_running_loop().time() - began >= LONGEST_RETRY:
                    pause = RETRY
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_RETRY)
            await self._start_adapter(adapter)
            self.delivery.sender.wake()

    def _mark_lost(self, adapter: Adapter, error: Exception) -> None:
        """Let its posts wait, and health report a failure, until the adapter is connected again."""
        self._failed[adapter.name] = str(error) or type(error).__name__
        self.outlets.pop(adapter.name, None)
        log.error("adapter was lost", adapter=adapter.name, reason=describe_error(error), exc_info=error)

    async def _open_web(self) -> None:
        self.web_application.router.add_get("/health", self.health.answer)
        host, port = self.settings.http_address
        try:
            await self.web.start(host, port)
        except OSError as error:
            await self.stop()
            raise SystemExit(
                f"{self.settings.http} cannot be used ({error.strerror}). Is another cohort-bot running? "
                "Stop it, or set COHORT_HTTP to another host:port."
            ) from None
        if not is_loopback(host):
            self._warn_of_public_web()

    def _warn_of_public_web(self) -> None:
        public = sorted({each.canonical for each in self.web_application.router.resources()} - {"/health"})
        if any(isinstance(each, WithPage) for each in self.adapters):
            advice = (
                "whoever has the start address can use the playground, and what it shows is not encrypted"
            )
        elif public:
            advice = f"put a proxy that speaks TLS before it, and let it forward {', '.join(public)} alone"
        else:
            advice = (
                "nothing here is meant for other machines: unless it is in a container, set 127.0.0.1:8765"
            )
        log.warning(
            "the web part can be reached from other machines: COHORT_HTTP is no loopback address",
            address=self.web.address,
            advice=advice,
        )

    def _parts(self) -> dict[str, bool]:
        return {each.name: each.name not in self._failed and each.healthy() for each in self.adapters}

    async def _start_adapter(self, adapter: Adapter) -> None:
        try:
            await adapter.start()
        except Exception as error:
            first = adapter.name not in self._failed
            self._failed[adapter.name] = str(error) or type(error).__name__
            log.error(
                "adapter could not start", adapter=adapter.name, reason=describe_error(error), exc_info=first
            )
            with contextlib.suppress(Exception):
                await adapter.stop()
        else:
            self._failed.pop(adapter.name, None)
            self.outlets[adapter.name] = adapter.outlet

    async def stop(self) -> None:
        """Stop delivery and the adapters, which finish calls in progress, then close the web part and the store.
        Takes less than ten seconds."""
        self.watchdog.stop()
        steps: list[Callable[[], object]] = [
            self._stop_restarting,
            self.delivery.stop,
            self._stop_adapters,
            self.web.stop,
            self.health.stop,
        ]
        try:
            async with asyncio.timeout(STOP):
                for step in steps:
                    await self._log_failure(step)
        except TimeoutError:
            log.warning("stopped before everything was finished; what was confirmed is on disk")
        self.core.executors.close()
        await self._log_failure(self.lookup.close)
        await self.core.store.close()

    async def _stop_restarting(self) -> None:
        for task in self._restart_tasks:
            task.cancel()
        await asyncio.gather(*self._restart_tasks, return_exceptions=True)

    async def _stop_adapters(self) -> None:
        # All at once: each may take some seconds for its last answers, and there are ten for all of them.
        await asyncio.gather(*(self._log_failure(each.stop) for each in self.adapters))

    @staticmethod
    async def _log_failure(step: Callable[[], object]) -> None:
        try:
            await step()  # type: ignore[misc]  # every step is an async function without parameters
        except Exception:
            log.exception("a part did not stop cleanly")
