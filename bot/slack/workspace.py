"""Everything that works with the token of one workspace: the client, and what is built around it."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.accounts import SlackAccounts
from bot.slack.channel_events import SlackChannelEvents
from bot.slack.channels import SlackInspector
from bot.slack.direct import DirectChannels
from bot.slack.interactions import SlackInteractions
from bot.slack.modals import CALLBACK, FIELD
from bot.slack.outlet import SlackOutlet, message_addresses
from bot.slack.payloads import RootCommand
from bot.slack.people import People
from bot.slack.render import CLICK
from bot.slack.responses import ResponseSender
from core.chat.addresses import MessageAddress
from core.commands.dispatch import Core
from core.delivery import workspaces

log = structlog.get_logger()

API = "https://slack.com/api/"
TIMEOUT = 10
"""Seconds for one Web API call."""
DRAIN = 3.0
"""Seconds for the answers that follow an acknowledgement."""

Removed = Callable[[dict[str, Any]], Awaitable[None]]
"""Hears of the app's removal, or that its token was revoked."""


def client(token: str | None, api_url: str | None) -> AsyncWebClient:
    """A client of the Web API."""
    # Dropped connections are not retried by the library: one call would make two posts.
    return AsyncWebClient(
        token, base_url=api_url or API, timeout=TIMEOUT, retry_handlers=[], logger=library_logger()
    )


def session() -> aiohttp.ClientSession:
    """The connections that all clients share."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=100), timeout=aiohttp.ClientTimeout(total=TIMEOUT)
    )


class SlackWorkspace:
    """A workspace in which the app is installed. `app`, `accounts` and `address` are there once it is connected."""

    app: AsyncApp
    accounts: SlackAccounts
    address: MessageAddress

    def __init__(self, core: Core, client: AsyncWebClient, root: RootCommand) -> None:
        self._core = core
        self.client = client
        self._root = root
        self._direct = DirectChannels(client)
        self.outlet = SlackOutlet(client, self._direct, root)
        self.inspector = SlackInspector(client)
        self.id = ""
        self.who: dict[str, Any] = {}
        self._handlers: SlackInteractions | None = None
        self._events: SlackChannelEvents | None = None
        self._looking: asyncio.Task[None] | None = None

    async def identify(self, session: aiohttp.ClientSession, workspace: str = "") -> None:
        """Check the token. `workspace` is the one meant, where the token is that of an organisation. Raises where Slack
        refuses it."""
        self.client.session = session
        who = await self.client.auth_test()
        self.who = who.data if isinstance(who.data, dict) else {}
        self.id = workspace or str(who["team_id"])
        self.inspector.bot_name = str(who.get("user") or self.inspector.bot_name)
        self.address = message_addresses(self.id, str(who.get("url") or ""))
        people = People(self.client, self.id, who.get("enterprise_id"), self._seconds)
        self.accounts = SlackAccounts(self.client, people, self.id, self._seconds)
        self.inspector.accounts = self.accounts
        answers = ResponseSender(self.client, session, self._direct)
        self._handlers = SlackInteractions(self._core, self.client, people, answers, self.id, self._root)
        self._events = SlackChannelEvents(self._core, self.client, self.id, str(who.get("user_id") or ""))

    def listen(self, app: AsyncApp, removed: Removed | None = None) -> None:
        """Register the listeners."""
        self.app = app
        handlers, events = self._handlers, self._events
        assert handlers is not None  # noqa: S101 - `identify` made them
        assert events is not None  # noqa: S101 - `identify` made them
        app.command(self._root.name)(handlers.command)
        app.action(re.compile(rf"^{CLICK}:"))(handlers.click)
        app.action(re.compile(rf"^{FIELD}:"))(handlers.typed)
        app.view(CALLBACK)(handlers.submission)
        app.view_closed(CALLBACK)(handlers.closed)
        app.options(re.compile(rf"^{FIELD}:"))(handlers.suggestion)
        if removed is not None:

            async def gone(body: dict[str, Any]) -> None:
                await removed(body)

            app.event("app_uninstalled")(gone)
            app.event("tokens_revoked")(gone)
        app.event("app_home_opened")(handlers.home.opened)
        app.event("app_mention")(handlers.mention)
        app.event("message")(handlers.message)
        app.error(handlers.failed)
        events.listen(app)

    async def welcome(self) -> None:
        """Its cohorts go on: the app is there."""
        await self._core.store.write(workspaces.mark_returned, "slack", self.id, self._core.clock.now())

    def begin(self) -> None:
        """Look at the channels, and keep pages fresh from now on."""
        assert self._handlers is not None  # noqa: S101 - `identify` made them
        self._looking = asyncio.create_task(self._look_at_channels())
        self._handlers.home.start()
        log.info("connected to Slack", workspace=self.id, command=self._root.name)

    async def _look_at_channels(self) -> None:
        try:
            if self._events is not None:
                await self._events.look_at_all()
        except Exception:
            log.exception("channels could not be looked at")

    async def pause(self) -> None:
        """Ask Slack nothing more by itself."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        if self._handlers is not None:
            await self._handlers.home.stop()

    async def drain(self) -> None:
        """Let the answers under way arrive."""
        if self._handlers is not None:
            await self._handlers.drain(DRAIN)

    def _seconds(self) -> float:
        """The seconds by which answers of Slack grow old."""
        return self._core.clock.now().timestamp()


def make_app(
    client: AsyncWebClient,
    secret: str,
    *,
    authorize: AsyncAuthorize | None = None,
    oauth: AsyncOAuthSettings | None = None,
    to_strangers: str | None = None,
) -> AsyncApp:
    """An app of Bolt. With a client that has its token it needs nothing further; `oauth` keeps it from settings of its own
    where the environment names a client id, and then `authorize` says whose token it is. `to_strangers` is what is
    said where it is nobody's."""
    return AsyncApp(
        client=client,
        name="cohort-bot",
        signing_secret=secret,
        authorize=authorize,  # type: ignore[arg-type] # an `AsyncAuthorize` may also say that it is nobody's
        oauth_settings=oauth,
        user_facing_authorize_error_message=to_strangers,
        # The listener runs before the answer, so that the answer can carry what it found. Bolt's other
        # way polls for the acknowledgement every 10 ms.
        process_before_response=True,
        # The transport has checked the signature, before anything else was read.
        request_verification_enabled=False,
        # Parts of Bolt for workflows and assistants, which the bot has not.
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        logger=library_logger(),
    )


def library_logger() -> logging.Logger:
    """A logger for the libraries that stays at WARNING: below it they write payloads, with what members
    said in them."""
    logger = logging.getLogger("slack_bolt.cohort_bot")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_wanted)
    return logger


def _wanted(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN by itself and then warns that it has no use for it. Its warning of a payload
    without a listener holds what a member typed, that of a failed installation the code that makes a token; the bot says
    both in its own words."""
    said = record.getMessage()
    unused = "`token` will be unused" in said or "will be ignored" in said
    return not unused and not said.startswith(("Unhandled request", "Failed to fetch oauth.v2.access"))
