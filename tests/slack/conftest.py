"""A cohort on a stand-in Slack, with the adapter connected over HTTP and over Socket Mode."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import structlog
from aiohttp import web

from bot.adapter import Adapter
from bot.slack.adapter import SlackAdapter
from core.commands.dispatch import Core
from core.commands.registry import Registry
from tests.conftest import NOW
from tests.sample_feature import with_sample_feature
from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, Channel, SlackServer, SlackUser
from tests.story.bot import Bot, settings


@asynccontextmanager
async def connected(core: Core, slack: SlackServer, mode: str) -> AsyncIterator[SlackAdapter]:
    """The adapter alone, started, and the platform told how to reach it. For tests that need its parts, a core
    of their own, or pings five times a second; the others start the whole bot, see `stage`."""
    application = web.Application()
    adapter = SlackAdapter(
        core,
        bot_token=slack.workspace.token,
        app_token=APP_TOKEN if mode == "socket" else None,
        signing_secret=SIGNING_SECRET,
        application=application,
        api_url=slack.api_url,
        ping=0.2,
    )
    core.inspectors["slack"] = adapter.inspector
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await adapter.start()
        if mode == "http":
            slack.send_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
        yield adapter
    finally:
        await adapter.stop()
        await runner.cleanup()


@dataclass
class SlackFixture:
    """The whole bot, and a workspace with its people."""

    bot: Bot
    slack: SlackServer
    mode: str
    home: Channel
    olu: SlackUser
    ada: SlackUser
    ben: SlackUser

    @property
    def core(self) -> Core:
        """The bot's core."""
        return self.bot.core

    @property
    def adapter(self) -> Adapter:
        """The bot's only adapter."""
        (adapter,) = self.bot.application.adapters
        return adapter

    async def start(self) -> None:
        """Start the bot and tell the platform how to reach it."""
        await self.bot.start()
        if self.mode == "http":
            self.slack.send_to(self.bot.address + "/slack/events")

    async def restart(self) -> None:
        """Stop the bot and start it anew over the same database."""
        await self.bot.stop()
        await self.start()


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Tracebacks without local variables: printing those takes seconds, more than Slack waits."""
    before = structlog.get_config()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ]
    )
    yield
    structlog.configure(**before)


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    """A fresh platform."""
    async with SlackServer() as server:
        for user, name, admin in (
            ("UOLU", "Olu Ade", True),
            ("UADA", "Ada Love", False),
            ("UBEN", "Ben Oh", False),
        ):
            server.add_member(server.workspace, user, name, is_admin=admin)
        yield server


@pytest.fixture
def slack_core(registry: Registry, sqlite_core: Core) -> Core:
    """The core with all features and a few commands that are only there to be tested with."""
    return replace(sqlite_core, registry=with_sample_feature(registry))


@pytest.fixture(params=["http", "socket"])
async def stage(
    request: pytest.FixtureRequest, slack: SlackServer, registry: Registry, sqlite_url: str
) -> AsyncIterator[SlackFixture]:
    """A cohort that was set up and joined through Slack, once over each transport."""
    home = slack.add_channel("cohort")
    olu, ada, ben = (SlackUser(slack, user, home) for user in ("UOLU", "UADA", "UBEN"))
    given = {"slack_bot_token": slack.workspace.token, "slack_api_url": slack.api_url}
    given |= {"slack_app_token": APP_TOKEN} if request.param == "socket" else {}
    given |= {"slack_signing_secret": SIGNING_SECRET}
    bot = Bot(settings(sqlite_url, NOW, **given), with_sample_feature(registry))
    stage = SlackFixture(bot, slack, request.param, home, olu, ada, ben)
    await stage.start()
    try:
        said = await olu.say("/cohort", "admin setup name:Lab timezone:Europe/Berlin")
        assert "Lab" in said.text, said.text
        for user in (ada, ben):
            await user.say("/cohort", "join")
        yield stage
    finally:
        await bot.stop()
