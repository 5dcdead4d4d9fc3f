"""A cohort on a stand-in Slack, with the adapter connected over HTTP and over Socket Mode."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace

import pytest
import structlog
from aiohttp import web

from bot.slack.adapter import SlackAdapter
from core.commands.dispatch import Core
from core.commands.registry import Registry
from tests.sample_feature import with_sample_feature
from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, Channel, SlackServer, SlackUser


@asynccontextmanager
async def connected(core: Core, slack: SlackServer, mode: str) -> AsyncIterator[SlackAdapter]:
    """The adapter, started, and the platform told how to reach it."""
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
class Stage:
    """A workspace with its people; `restart` stops the bot and starts it anew over the same database."""

    core: Core
    slack: SlackServer
    mode: str
    home: Channel
    olu: SlackUser
    ada: SlackUser
    ben: SlackUser
    adapter: SlackAdapter
    restart: Callable[[], Awaitable[None]]


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
async def stage(request: pytest.FixtureRequest, slack: SlackServer, slack_core: Core) -> AsyncIterator[Stage]:
    """A cohort that was set up and joined through Slack, once over each transport."""
    home = slack.add_channel("cohort")
    olu, ada, ben = (SlackUser(slack, user, home) for user in ("UOLU", "UADA", "UBEN"))
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(connected(slack_core, slack, request.param))

        async def restart() -> None:
            await made.adapter.stop()
            made.adapter = await stack.enter_async_context(connected(slack_core, slack, made.mode))

        made = Stage(slack_core, slack, request.param, home, olu, ada, ben, first, restart)
        said = await olu.say("/cohort", "admin setup name:Lab timezone:Europe/Berlin")
        assert "Lab" in said.text, said.text
        for user in (ada, ben):
            await user.say("/cohort", "join")
        yield made
