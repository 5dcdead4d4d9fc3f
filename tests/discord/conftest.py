"""A local Discord, and the adapter connected to it."""

from collections.abc import AsyncIterator, Callable, Iterator, MutableMapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.discord.adapter import DiscordAdapter
from core.clock import SystemClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.store.port import Store
from tests.conftest import NOW
from tests.sample_feature import sample_registry
from tests.servers.discord import DiscordServer, Person
from tests.servers.discord.pointing import restored
from tests.story.bot import Bot, settings

Logged = list[MutableMapping[str, Any]]
Connect = Callable[..., AbstractAsyncContextManager[DiscordAdapter]]


@pytest.fixture(autouse=True)
def logged() -> Iterator[Logged]:
    """What the bot logged during the test."""
    with capture_logs() as events:
        yield events


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A Discord that listens on loopback."""
    async with DiscordServer() as server:
        yield server


@pytest.fixture(scope="session")
def samples() -> Registry:
    """A registry with a feature of every kind, and none of the bot's own."""
    return sample_registry()


@pytest.fixture
def sample_core(samples: Registry, sqlite_store: Store) -> Core:
    """The core with the sample feature."""
    return Core(samples, sqlite_store, SystemClock())


@pytest.fixture
def connect(server: DiscordServer) -> Connect:
    """Start adapters alone, which are stopped when their block ends: ``async with connect(core)``. For tests
    that need an impatient one, or a core of their own whose store they lock; others start the whole bot."""

    @asynccontextmanager
    async def connecting(core: Core, defer_after: float = 1.5) -> AsyncIterator[DiscordAdapter]:
        with restored():
            adapter = DiscordAdapter(core, server.token, api_url=server.api_url, defer_after=defer_after)
            await adapter.start()
            try:
                yield adapter
            finally:
                await adapter.stop()

    return connecting


@pytest.fixture
async def adapter(connect: Connect, sample_core: Core) -> AsyncIterator[DiscordAdapter]:
    """The adapter with the sample feature, connected."""
    async with connect(sample_core) as adapter:
        yield adapter


@pytest.fixture
async def bot(server: DiscordServer, registry: Registry, sqlite_url: str) -> AsyncIterator[Bot]:
    """The whole bot, connected."""
    given = {"discord_token": server.token, "discord_api_url": server.api_url}
    with restored():
        bot = Bot(settings(sqlite_url, NOW, **given), registry)
        await bot.start()
        yield bot
        await bot.stop()


@pytest.fixture
def ola(server: DiscordServer) -> Person:
    """Somebody who manages the server."""
    return server.add_person("Ola", manager=True)


@pytest.fixture
def ann(server: DiscordServer) -> Person:
    """Somebody who does not."""
    return server.add_person("Ann")
