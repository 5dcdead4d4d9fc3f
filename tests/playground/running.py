"""A running playground for tests: real store, delivery and web server, on a free port of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from bot.adapter import migration_folders
from bot.playground import snapshot
from bot.playground.adapter import PlaygroundAdapter
from core.clock import MovableClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.delivery.outlet import Outlet
from core.delivery.service import Delivery
from core.store import notes
from core.store.open import open_store


@dataclass
class RunningPlayground:
    """What a test needs of a running playground."""

    url: str
    core: Core
    delivery: Delivery
    adapter: PlaygroundAdapter

    @property
    def clock(self) -> MovableClock:
        """The clock that the page shows."""
        assert isinstance(self.core.clock, MovableClock)
        return self.core.clock


@asynccontextmanager
async def running_playground(
    database: str, registry: Registry, clock: MovableClock, *, sample: bool, port: int = 0
) -> AsyncIterator[RunningPlayground]:
    """A playground that serves until the block ends, then stops as the bot does."""
    store = await open_store(database, adapters=migration_folders())
    if not sample:
        await store.write(notes.put, snapshot.MODE, snapshot.EMPTY)
    core = Core(registry, store, clock)
    outlets: dict[str, Outlet] = {}
    delivery = Delivery(core, outlets)
    application = web.Application()
    adapter = PlaygroundAdapter(core, delivery, application)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    bound: int = runner.addresses[0][1]
    try:
        await adapter.start()
        outlets[adapter.name] = adapter.outlet
        delivery.start()
        await adapter.ready()
        yield RunningPlayground(f"http://127.0.0.1:{bound}/playground/", core, delivery, adapter)
    finally:
        await delivery.stop()
        await adapter.stop()
        await runner.cleanup()
        await store.close()
