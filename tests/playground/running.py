"""A running playground for tests: the whole bot without tokens, on a free port of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.adapter import migration_folders
from bot.playground import snapshot
from bot.playground.adapter import PlaygroundAdapter
from core.clock import MovableClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.delivery.service import Delivery
from core.store import notes
from core.store.open import open_store
from tests.story.bot import Bot, settings


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
    database: str,
    registry: Registry,
    clock: MovableClock,
    *,
    sample: bool,
    port: int = 0,
    host: str = "127.0.0.1",
) -> AsyncIterator[RunningPlayground]:
    """A playground that serves until the block ends, then stops as the bot does."""
    if not sample:
        store = await open_store(database, adapters=migration_folders())
        await store.write(notes.put, snapshot.MODE, snapshot.EMPTY)
        await store.close()
    bot = Bot(settings(database, clock.now(), http=f"{host}:{port}"), registry)
    await bot.start()
    try:
        (playground,) = bot.application.adapters
        assert isinstance(playground, PlaygroundAdapter)
        await playground.ready()
        yield RunningPlayground(f"{bot.address}/playground/", bot.core, bot.application.delivery, playground)
    finally:
        await bot.stop()
