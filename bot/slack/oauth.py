"""Installing the app into a workspace from a browser, with the parts of slack-bolt for that over the bot's own records."""

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from html import escape
from logging import Logger

import structlog
from aiohttp import web
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack import installations
from bot.slack.failures import FAILURES
from bot.slack.installations import Installed
from bot.slack.payloads import RootCommand
from bot.slack.registration import INSTALL_PATH as INSTALL
from bot.slack.registration import REDIRECT_PATH as REDIRECT
from bot.slack.workspace import library_logger
from bot.vault import Vault
from core.clock import SystemClock
from core.commands.dispatch import Core
from core.errors import StoreError

log = structlog.get_logger()

_AGAIN = f"Please begin again at {INSTALL}."
_REASONS = {
    "access_denied": f"The app was not installed, as you chose. You can begin again at {INSTALL}.",
    "invalid_browser": "This page was not opened by the browser in which the installation was begun, or it took longer"
    f" than ten minutes. {_AGAIN}",
    "invalid_state": f"The installation took longer than ten minutes, or this page was opened twice. {_AGAIN}",
    "invalid_code": f"Slack gave no token for this: its code was used before, or is too old. {_AGAIN}",
    "missing_code": f"Slack sent no code with this page. {_AGAIN}",
    "unreachable": f"Slack could not be reached. {_AGAIN}",
}
_OTHERWISE = f"Slack did not install the app. {_AGAIN}"
NO_TOKEN = "Slack gave no token of a bot. Please give the app the manifest of `cohort-bot slack-manifest`."  # noqa: S105 - it is a sentence
NOT_KEPT = f"The installation could not be written down just now. {_AGAIN}"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""The address of the last page holds a code and a state, which no other site and no cache gets to know."""

Ended = Callable[[str, str], Awaitable[None]]
"""Hears that the app was removed from an organisation's workspace, or from the whole of it where that is empty."""


class StoredStates(AsyncOAuthStateStore):
    """What a browser brings back from Slack: good once and for ten minutes. Only hashes are kept."""

    def __init__(self, core: Core) -> None:
        self._core = core

    @property
    def logger(self) -> Logger:
        """Slack's."""
        return library_logger()

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """A new one."""
        state = secrets.token_urlsafe(32)
        await self._core.store.write(installations.begin, _hash(state), self._core.clock.now())
        return state

    async def async_consume(self, state: str) -> bool:
        """Whether it is one that was issued, for the first time and in time."""
        return await self._core.store.write(installations.complete, _hash(state), self._core.clock.now())


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


class StoredInstallations(AsyncInstallationStore):
    """Writes down who installed, and hears who removed the app. Bolt asks it for no token: each workspace has its own
    client."""

    def __init__(
        self, core: Core, vault: Vault, installed: Callable[[Installed], Awaitable[None]], ended: Ended
    ) -> None:
        self._core = core
        self._vault = vault
        self._installed = installed
        self._ended = ended

    @property
    def logger(self) -> Logger:
        """Slack's."""
        return library_logger()

    async def async_save(self, installation: Installation) -> None:
        """Keep the bot's token, and what renews it where it ends; a member's own, which the app does not ask for, is not
        kept. Raises `BoltError`."""
        if not installation.bot_token:
            raise BoltError(NO_TOKEN)
        whole = bool(installation.is_enterprise_install)
        enterprise = installation.enterprise_id or ""
        workspace = "" if whole else installation.team_id or ""
        name = installation.enterprise_name if whole else installation.team_name
        installed, now = Installed(enterprise, workspace, name or "", ""), self._core.clock.now()
        installed = replace(installed, token=self._vault.seal(installation.bot_token, installed.key))
        refresh, ends = installation.bot_refresh_token, installation.bot_token_expires_at
        if refresh and ends is not None:
            # Bolt reckons by the machine's clock, beside which that of the core may be moved.
            left = timedelta(seconds=ends - SystemClock().now().timestamp())
            sealed = self._vault.seal(refresh, installed.refresh_key)
            installed = replace(installed, refresh=sealed, ends_at=now + left)
        try:
            await self._core.store.write(installations.save, installed, now)
        except StoreError as error:
            raise BoltError(NOT_KEPT) from error
        log.info("installed into a Slack workspace", workspace=workspace, enterprise=enterprise)
        await self._installed(installed)

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The bot's token was revoked."""
        await self._ended(enterprise_id or "", team_id or "")

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """A member's own token was revoked, of which there are none."""

    async def async_delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """The app was removed."""
        await self._ended(enterprise_id or "", team_id or "")


class InstallPages:
    """The two pages of an installation, in the shared web part. They answer once the adapter has started."""

    def __init__(self, flow: AsyncOAuthFlow) -> None:
        self._flow = flow
        self.is_open = False

    def add_routes(self, application: web.Application) -> None:
        """Serve the pages."""
        # A HEAD would begin an installation of which nobody sees the page.
        application.router.add_get(INSTALL, self._begin, allow_head=False)
        application.router.add_get(REDIRECT, self._end, allow_head=False)

    async def _begin(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._flow.handle_installation)

    async def _end(self, request: web.Request) -> web.Response:
        return await self._answer(request, self._flow.handle_callback)

    async def _answer(
        self, request: web.Request, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> web.Response:
        if not self.is_open:
            return web.Response(status=503, text="starting or stopping", headers=_HEADERS)
        asked = AsyncBoltRequest(
            body="", query=request.query_string, headers=dict(request.headers.items()), mode="http"
        )
        try:
            answer = await handle(asked)
        except StoreError:
            answer = page(500, NOT_KEPT)
        except FAILURES as error:
            log.warning("Slack did not answer to an installation", reason=describe_error(error))
            answer = page(502, _REASONS["unreachable"])
        headers = [(name, value) for name, values in answer.headers.items() for value in values]
        return web.Response(
            status=answer.status, body=answer.body.encode(), headers=[*headers, *_HEADERS.items()]
        )


def install_flow(
    core: Core,
    client: AsyncWebClient,
    store: StoredInstallations,
    credentials: tuple[str, str],
    scopes: list[str],
    root: RootCommand,
) -> AsyncOAuthFlow:
    """Bolt's flow. `client` has no token; `credentials` are the client id and secret."""

    async def succeeded(args: AsyncSuccessArgs) -> BoltResponse:
        where = args.installation.team_name or args.installation.enterprise_name or "your workspace"
        said = (
            f"cohort-bot is installed in {where}. Go back to Slack, invite it to a channel with /invite, and run"
            f" {root.name} admin setup there."
        )
        return _without_cookie(page(200, said), args)

    settings = AsyncOAuthSettings(
        client_id=credentials[0],
        client_secret=credentials[1],
        scopes=scopes,
        user_scopes=[],
        redirect_uri=f"{core.public_url}{REDIRECT}",
        install_path=INSTALL,
        install_page_rendering_enabled=False,
        redirect_uri_path=REDIRECT,
        installation_store=store,
        state_store=StoredStates(core),
        state_expiration_seconds=int(installations.STATE.total_seconds()),
        callback_options=AsyncCallbackOptions(succeeded, _failed),
        logger=library_logger(),
    )
    return AsyncOAuthFlow(client=client, logger=library_logger(), settings=settings)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    known = args.reason if args.reason in _REASONS or args.reason == "storage_error" else "other"
    log.warning("an installation into a Slack workspace failed", reason=known)
    said = str(args.error) if isinstance(args.error, BoltError) else _REASONS.get(known, _OTHERWISE)
    return _without_cookie(page(args.suggested_status_code, said), args)


def _without_cookie(answer: BoltResponse, args: AsyncSuccessArgs | AsyncFailureArgs) -> BoltResponse:
    answer.headers["set-cookie"] = [args.settings.state_utils.build_set_cookie_for_deletion()]
    return answer


def page(status: int, said: str) -> BoltResponse:
    """A page of one sentence or two."""
    text = escape(said).replace(f"begin again at {INSTALL}", '<a href="install">begin again</a>')
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>cohort-bot</title>'
        "<style>:root{color-scheme:light dark}body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;"
        f"margin:4rem auto;padding:0 1rem}}</style><h1>cohort-bot</h1><p>{text}</p></html>\n"
    )
    return BoltResponse(status=status, body=body, headers={"Content-Type": "text/html; charset=utf-8"})
