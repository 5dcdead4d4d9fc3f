"""The Slack adapter for one workspace: its token, its transport and its outlet."""

from typing import Any

import aiohttp
import structlog
from aiohttp import web

from bot.slack.payloads import RootCommand
from bot.slack.transport import HttpTransport, SocketTransport, open_transport
from bot.slack.workspace import SlackWorkspace, client, make_app, session
from core.commands.dispatch import Core
from core.delivery import workspaces

log = structlog.get_logger()

FINISH = 3.0
"""Seconds for payloads being handled when the bot stops: Slack waits no longer either."""


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
        self._secret = signing_secret or ""
        self._here = SlackWorkspace(core, client(bot_token, api_url), RootCommand(command))
        self.client = self._here.client
        self.outlet = self._here.outlet
        self.inspector = self._here.inspector
        self.transport: HttpTransport | SocketTransport = open_transport(
            app_token, signing_secret, application, ping
        )

    async def start(self) -> None:
        """Check the token and connect. Raises where Slack refuses it; it may be called again then."""
        self._session = session()
        await self._here.identify(self._session)
        self._core.addresses[self.name] = self._here.address
        self._core.accounts.lookups[self.name] = self._here.accounts
        self._here.listen(make_app(self.client, self._secret), self._gone)
        await self._here.welcome()
        await self.transport.start(self._here.app)
        self._here.begin()

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
        await self._here.pause()
        await self.transport.finish(FINISH)
        await self._here.drain()
        await self.transport.stop()
        if self._session is not None:
            await self._session.close()

    def healthy(self) -> bool:
        """Whether calls can arrive now."""
        return self.transport.healthy()
