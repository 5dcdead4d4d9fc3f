"""Tokens that end, of apps with token rotation: before that Slack gives the next one, for a token that is good for it once."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.logs import describe_error
from bot.slack import installations
from bot.slack.failures import FAILURES, code
from bot.slack.installations import Installed
from bot.vault import UnreadableSecret, Vault
from core.commands.dispatch import Core
from core.errors import StoreError

log = structlog.get_logger()

AHEAD = timedelta(hours=2)
"""How long before its end a token is renewed, of the twelve hours that it is good for: what Slack's own libraries take. What is
under way goes on with it, and another process too until it reads the next one."""
CLAIM = timedelta(minutes=1)
"""How long one process alone may renew a token. It is over before where that failed."""
EVERY = 60.0
"""Seconds between looks at what ends soon, and at what another process has renewed."""
WRITE_PAUSES = (1.0, 5.0)
"""Seconds between tries to write down what Slack gave, which it gives once: the first and the longest."""
REFUSALS = frozenset({"account_inactive", "invalid_refresh_token", "token_expired", "token_revoked"})
"""With these Slack never renews a token again. What it says of the app's own credentials is no workspace's fault."""


REFUSED = "Slack renews the token of this workspace no more; its cohorts rest until it installs the app again"


class _Refused(Exception):
    """Slack gives no further token: the app has to be installed again."""


class TokenRotation:
    """Renews tokens before they end: once however many ask for it, and in one process alone.

    `client` has no token; `credentials` are the client id and secret. `refused` hears which installation is good for nothing
    any more, and why. About every minute, because another process may have renewed, installed or removed, `keep_only` is told
    which workspaces are served at all, and `hand_out` which token those of an installation have."""

    def __init__(
        self,
        core: Core,
        vault: Vault,
        client: AsyncWebClient,
        credentials: tuple[str, str],
        *,
        refused: Callable[[Installed, str], Awaitable[None]],
        keep_only: Callable[[Collection[str]], None],
        hand_out: Callable[[str, Collection[str]], None],
    ) -> None:
        self._core = core
        self._vault = vault
        self._client = client
        self._credentials = credentials
        self._refused = refused
        self._keep_only = keep_only
        self._hand_out = hand_out
        self._renewing: dict[str, asyncio.Task[Installed | None]] = {}
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Renew by itself from now on."""
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Begin no further renewal, and finish those under way: what Slack gives for them it gives once."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        await asyncio.gather(*self._renewing.values(), return_exceptions=True)

    async def fresh(self, installed: Installed) -> Installed | None:
        """An installation with a token that is good for a while, renewed where it ends soon; None where it is gone. Raises
        one of `FAILURES`, or `StoreError`, where its token has ended and cannot be renewed now."""
        now = self._core.clock.now()
        if not installed.ends_by(now + AHEAD):
            return installed
        task = self._renewing.get(installed.token)
        if task is None:
            task = self._renewing[installed.token] = asyncio.create_task(self._renew(installed, now))
            task.add_done_callback(lambda _: self._renewing.pop(installed.token, None))
        try:
            # Whoever asked may go away; what Slack gives has to be written down all the same.
            return await asyncio.shield(task)
        except _Refused as error:
            log.error(REFUSED, workspaces=[installed.title], reason=str(error))
            await self._refused(installed, str(error))
            return None
        except (*FAILURES, StoreError) as error:
            log.warning(
                "a token could not be renewed", workspaces=[installed.title], reason=describe_error(error)
            )
            if installed.ends_by(now):
                raise
            return installed

    async def _renew(self, installed: Installed, now: datetime) -> Installed | None:
        if not self._vault.opens(installed.refresh, installed.refresh_key):
            return installed  # its token does not open either, which is said where that is used
        until = now + CLAIM
        if not await self._core.store.write(installations.claim, installed, now, until):
            return await self._of_others(installed, now)
        try:
            said = await self._exchange(self._vault.open(installed.refresh, installed.refresh_key))
        except FAILURES:
            await self._core.store.write(
                installations.renew, installed, installed, until
            )  # the next try need not wait
            raise
        renewed = replace(
            installed,
            token=self._vault.seal(said["access_token"], installed.key),
            refresh=self._vault.seal(said["refresh_token"], installed.refresh_key),
            ends_at=self._core.clock.now() + timedelta(seconds=int(said["expires_in"])),
        )
        if not await self._write_down(installed, renewed, until):
            return await self._of_others(installed, now)
        log.info("a token was renewed", workspaces=[renewed.title])
        return renewed

    async def _exchange(self, refresh: str) -> AsyncSlackResponse:
        client_id, secret = self._credentials
        try:
            return await self._client.oauth_v2_access(
                client_id=client_id,
                client_secret=secret,
                grant_type="refresh_token",
                refresh_token=refresh,
            )
        except SlackApiError as error:
            if code(error) in REFUSALS:
                raise _Refused(code(error)) from error
            raise

    async def _write_down(self, installed: Installed, renewed: Installed, until: datetime) -> bool:
        """Try it until it is done: nothing is worth more than what would be lost."""
        pause, longest = WRITE_PAUSES
        while True:
            try:
                return await self._core.store.write(installations.renew, installed, renewed, until)
            except StoreError as error:
                log.error(
                    "a renewed token could not be written down; if the bot is stopped before, this workspace has to install"
                    " the app again",
                    workspaces=[renewed.title],
                    reason=describe_error(error),
                )
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)

    async def _of_others(self, installed: Installed, now: datetime) -> Installed | None:
        """What another process, or another installation, has made of it; None where the app was removed."""
        found = await self._core.store.read(installations.matching, installed.enterprise, installed.workspace)
        if found and found[0].ends_by(now):
            raise TimeoutError("another process is renewing this token")
        return found[0] if found else None

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self._renew_all()
            except Exception:
                log.exception("tokens that end could not be looked at")

    async def _renew_all(self) -> None:
        every = await self._core.store.read(installations.with_served)
        # All of this at once, before one of them is installed again.
        self._keep_only({one for _, served in every for one in served})
        for each, served in every:
            self._tell(each, served)
        for each, served in every:
            try:
                current = await self.fresh(each)
            except (*FAILURES, StoreError):
                continue  # it is said, and tried again
            except Exception:
                log.exception("a token could not be renewed", workspaces=[each.title])
                continue
            if current is not None and current != each:
                self._tell(current, served)

    def _tell(self, installed: Installed, served: Collection[str]) -> None:
        with suppress(UnreadableSecret):
            self._hand_out(self._vault.open(installed.token, installed.key), served)
