"""The Slack adapter: one app, its transport and its outlet."""

import asyncio
import logging
import re
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
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
from bot.slack.transport import HttpTransport, SocketTransport
from core.commands.dispatch import Core
from core.delivery import workspaces

log = structlog.get_logger()

API = "https://slack.com/api/"
TIMEOUT = 10
"""Seconds for one Web API call."""
FINISH = 3.0
"""Seconds for payloads being handled when the bot stops: Slack waits no longer either."""
DRAIN = 3.0
"""Seconds for the answers that follow an acknowledgement."""


class SlackAdapter:
    """Slack. With an app token over Socket Mode, else with the signing secret over HTTP on
    `/slack/events` of the shared web application."""

    name = "slack"

    def __init__(
        self,
        core: Core,
        *,
        bot_token: str,
        app_token: str | None = None,
        signing_secret: str | None = None,
        application: web.Application | None = None,
        command: str = "/cohort",
        api_url: str | None = None,
        ping: float | None = None,
    ) -> None:
        self._core = core
        self._session: aiohttp.ClientSession | None = None
        # Dropped connections are not retried by the library: one call would make two posts.
        self.client = AsyncWebClient(
            bot_token, base_url=api_url or API, timeout=TIMEOUT, retry_handlers=[], logger=_library_logger()
        )
        self._direct = DirectChannels(self.client)
        self._root = RootCommand(command)
        self.outlet = SlackOutlet(self.client, self._direct, self._root)
        self.inspector = SlackInspector(self.client)
        self._secret = signing_secret or ""
        self._handlers: SlackInteractions | None = None
        self._looking: asyncio.Task[None] | None = None
        self.transport: HttpTransport | SocketTransport
        if app_token:
            self.transport = SocketTransport(app_token, **({} if ping is None else {"ping": ping}))
        elif signing_secret and application is not None:
            self.transport = HttpTransport(signing_secret)
            self.transport.add_routes(application)
        else:
            raise ValueError("Slack needs an app token, or a signing secret and the web part.")

    def _build(self) -> AsyncApp:
        return AsyncApp(
            client=self.client,
            name="cohort-bot",
            signing_secret=self._secret,
            # The listener runs before the answer, so that the answer can carry what it found. Bolt's other
            # way polls for the acknowledgement every 10 ms.
            process_before_response=True,
            # The transport has checked the signature, before anything else was read.
            request_verification_enabled=False,
            # Parts of Bolt for workflows and assistants, which the bot has not.
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
            logger=_library_logger(),
        )

    async def start(self) -> None:
        """Check the token and connect. Raises where Slack refuses it; it may be called again then."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=100), timeout=aiohttp.ClientTimeout(total=TIMEOUT)
        )
        self.client.session = self._session
        who = await self.client.auth_test()
        workspace = str(who["team_id"])
        self.inspector.bot_name = str(who.get("user") or self.inspector.bot_name)
        self._core.addresses[self.name] = message_addresses(workspace, str(who.get("url") or ""))
        people = People(self.client, workspace, who.get("enterprise_id"), self._seconds)
        accounts = SlackAccounts(self.client, people, workspace, self._seconds)
        self._core.accounts.lookups[self.name] = self.inspector.accounts = accounts
        answers = ResponseSender(self.client, self._session, self._direct)
        self._handlers = SlackInteractions(self._core, self.client, people, answers, workspace, self._root)
        app = self._build()
        self._listen(app, self._handlers)
        events = SlackChannelEvents(self._core, self.client, workspace, str(who.get("user_id") or ""))
        events.listen(app)
        await self._core.store.write(workspaces.mark_returned, "slack", workspace, self._core.clock.now())
        await self.transport.start(app)
        self._looking = asyncio.create_task(self._look_at_channels(events))
        self._handlers.home.start()
        log.info("connected to Slack", workspace=workspace, command=self._root.name)

    @staticmethod
    async def _look_at_channels(events: SlackChannelEvents) -> None:
        try:
            await events.look_at_all()
        except Exception:
            log.exception("channels could not be looked at")

    def _seconds(self) -> float:
        """The seconds by which answers of Slack grow old."""
        return self._core.clock.now().timestamp()

    def _listen(self, app: AsyncApp, handlers: SlackInteractions) -> None:
        app.command(self._root.name)(handlers.command)
        app.action(re.compile(rf"^{CLICK}:"))(handlers.click)
        app.action(re.compile(rf"^{FIELD}:"))(handlers.typed)
        app.view(CALLBACK)(handlers.submission)
        app.view_closed(CALLBACK)(handlers.closed)
        app.options(re.compile(rf"^{FIELD}:"))(handlers.suggestion)
        app.event("app_uninstalled")(self._gone)
        app.event("tokens_revoked")(self._gone)
        app.event("app_home_opened")(handlers.home.opened)
        app.event("app_mention")(handlers.mention)
        app.event("message")(handlers.message)
        app.error(handlers.failed)

    async def _gone(self, body: dict[str, Any]) -> None:
        """The app was removed, or its token revoked; the two come in either order. Members' own tokens are
        told of in the same event; the bot has none."""
        tokens = body.get("event", {}).get("tokens")
        if tokens is not None and not tokens.get("bot"):
            return
        now = self._core.clock.now()
        count = await self._core.store.write(workspaces.mark_removed, "slack", str(body["team_id"]), now)
        log.warning("removed from a Slack workspace", workspace=body["team_id"], suspended=count)

    async def stop(self) -> None:
        """Take nothing new, finish the answers under way, disconnect."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        if self._handlers is not None:
            await self._handlers.home.stop()
        await self.transport.finish(FINISH)
        if self._handlers is not None:
            await self._handlers.drain(DRAIN)
        await self.transport.stop()
        if self._session is not None:
            await self._session.close()

    def healthy(self) -> bool:
        """Whether calls can arrive now."""
        return self.transport.healthy()


def _library_logger() -> logging.Logger:
    """A logger for the libraries that stays at WARNING: below it they write payloads, with what members
    said in them."""
    logger = logging.getLogger("slack_bolt.cohort_bot")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_wanted)
    return logger


def _wanted(record: logging.LogRecord) -> bool:
    """Bolt reads SLACK_BOT_TOKEN by itself and then warns that it has no use for it. Its warning of a payload
    without a listener holds what a member typed; the transport says so in its own words."""
    said = record.getMessage()
    return "`token` will be unused" not in said and not said.startswith("Unhandled request")
