"""The Slack adapter for many workspaces: each installs the app by itself, and has a client of its own.

A workspace that is installed is a whole `SlackWorkspace`, the same as the only one of `SlackAdapter`. What arrives or leaves
names its workspace, and goes to that one's.
"""

import asyncio
from collections.abc import Collection, Mapping
from logging import Logger
from typing import Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack import installations
from bot.slack.failures import DEAD, FAILURES, code
from bot.slack.installations import Installed
from bot.slack.oauth import InstallPages, StoredInstallations, install_flow
from bot.slack.payloads import RootCommand
from bot.slack.registration import INSTALL_PATH, scopes
from bot.slack.rotation import TokenRotation
from bot.slack.routed import NOT_INSTALLED, AccountsOfAll, InspectorOfAll, OutletOfAll
from bot.slack.transport import HttpTransport, SocketTransport, open_transport
from bot.slack.workspace import SlackWorkspace, client, library_logger, make_app, session
from bot.vault import UnreadableSecret, Vault
from core.commands.dispatch import Core
from core.delivery import workspaces
from core.errors import StoreError
from core.store.port import Conn

log = structlog.get_logger()

FINISH = 3.0
"""Seconds for payloads being handled when the bot stops: Slack waits no longer either."""
AT_ONCE = 10
"""Workspaces that are connected at the same time when the bot starts."""
LOST_KEY = (
    "these workspaces have to install the app again, because no key in COHORT_SECRET_KEY opens their tokens; or put the key"
    " that was used before behind the new one, after a comma"
)
_LIFECYCLE = frozenset({"app_uninstalled", "tokens_revoked"})
_ACCESS = frozenset({"team_access_granted", "team_access_revoked"})
"""Of an installation into a whole organisation: which of its workspaces it serves."""


class SlackWorkspaces:
    """Slack in all the workspaces whose admins have installed the app through `/slack/install`."""

    name = "slack"

    def __init__(
        self,
        core: Core,
        vault: Vault,
        *,
        credentials: tuple[str, str],
        signing_secret: str,
        application: web.Application,
        app_token: str | None = None,
        command: str = "/cohort",
        api_url: str | None = None,
    ) -> None:
        self._core = core
        self._vault = vault
        self._secret = signing_secret
        self._api_url = api_url
        self._root = RootCommand(command)
        self._session: aiohttp.ClientSession | None = None
        self._here: dict[str, SlackWorkspace] = {}
        """The workspaces that are connected, by id."""
        self._opening: dict[str, asyncio.Lock] = {}
        self._closing: set[asyncio.Future[None]] = set()
        self._nobody = client(None, api_url)
        self._rotation = TokenRotation(
            core,
            vault,
            self._nobody,
            credentials,
            refused=self._erase,
            keep_only=self._keep_only,
            hand_out=self._hand_out,
        )
        store = StoredInstallations(core, vault, self._installed, self._ended)
        wanted = sorted(scopes(core.registry))
        self._flow = install_flow(core, self._nobody, store, credentials, wanted, self._root)
        self._base = make_app(
            self._nobody,
            signing_secret,
            authorize=_TokenOf(None),
            oauth=self._flow.settings,
            to_strangers=f"{NOT_INSTALLED} One of its admins can install me: {core.public_url}{INSTALL_PATH}",
        )
        self._base.enable_token_revocation_listeners()
        self.pages = InstallPages(self._flow)
        self.pages.add_routes(application)
        self.outlet = OutletOfAll(self)
        self.inspector = InspectorOfAll(self)
        self.transport: HttpTransport | SocketTransport = open_transport(
            app_token, signing_secret, application
        )

    # -- the workspaces ------------------------------------------------------------------------------

    def known(self, workspace: str) -> SlackWorkspace | None:
        """A workspace that is connected."""
        return self._here.get(workspace)

    async def find(self, workspace: str, enterprise: str = "") -> SlackWorkspace | None:
        """A workspace, connected now if it was not; None where the app is not installed there, or where its token cannot be
        read. Raises one of `FAILURES` where Slack cannot be asked."""
        if workspace in self._here or not workspace:
            return self._here.get(workspace)
        async with self._opening.setdefault(workspace, asyncio.Lock()):
            if workspace not in self._here:
                installed = await self._core.store.read(installations.find, workspace, enterprise)
                if installed is not None:
                    await self._open(installed, workspace)
        return self._here.get(workspace)

    async def _open(self, installed: Installed, workspace: str) -> bool:
        """Connect a workspace. False where its token cannot be read or is refused for good."""
        fresh = await self._rotation.fresh(installed)
        if fresh is None:
            return False
        installed = fresh
        try:
            token = self._vault.open(installed.token, installed.key)
        except UnreadableSecret:
            log.error(LOST_KEY, workspaces=[installed.title])
            return False
        assert self._session is not None  # noqa: S101 - there is one from the start on
        found = SlackWorkspace(self._core, client(token, self._api_url), self._root)
        try:
            await found.identify(self._session, workspace)
        except SlackApiError as error:
            if not _is_dead(installed, error):
                raise
            await self._erase(installed, code(error))
            return False
        found.listen(
            make_app(
                found.client, self._secret, authorize=_TokenOf(found, installed), oauth=self._flow.settings
            )
        )
        if not installed.workspace:
            await self._core.store.write(installations.remember, workspace, installed.enterprise)
        await found.welcome()
        before = self._here.get(workspace)
        self._here[workspace] = found
        found.begin()
        if before is not None:
            await before.pause()
            await before.drain()
        return True

    async def _installed(self, installed: Installed) -> None:
        """Somebody has installed the app, perhaps once more: its earlier token is not used any more."""
        served = await self._core.store.read(installations.served, installed)
        for workspace in served:
            try:
                async with self._opening.setdefault(workspace, asyncio.Lock()):
                    await self._open(installed, workspace)
            except (*FAILURES, StoreError) as error:  # the next payload or post connects it
                log.warning("a Slack workspace could not be connected", reason=describe_error(error))

    async def _ended(self, enterprise: str, workspace: str) -> None:
        """Slack says that the app was removed or its token revoked, in either order, and perhaps after it was installed
        again. So the token is tried first. Raises where Slack cannot be asked: it says so again then."""
        for each in await self._core.store.read(installations.matching, enterprise, workspace):
            installed = await self._rotation.fresh(each)
            if installed is None:
                continue
            try:
                probe = client(self._vault.open(installed.token, installed.key), self._api_url)
                probe.session = self._session
                await probe.auth_test()
            except UnreadableSecret:
                await self._erase(installed, "unreadable")
            except SlackApiError as error:
                if not _is_dead(installed, error):
                    raise
                await self._erase(installed, code(error))
            else:
                log.info("the app was installed again meanwhile", workspace=workspace)

    async def _erase(self, installed: Installed, reason: str) -> None:
        """Forget a token that is good for nothing any more; its cohorts rest until the app is installed again. Nothing
        happens where that was done while Slack was asked about the token."""
        now = self._core.clock.now()

        def forget(conn: Conn) -> tuple[list[str] | None, int]:
            served = installations.erase(conn, installed)
            return served, sum(workspaces.mark_removed(conn, "slack", each, now) for each in served or ())

        served, count = await self._core.store.write(forget)
        if served is None:
            return
        log.warning(
            "removed from a Slack workspace", workspaces=[installed.title], suspended=count, reason=reason
        )
        for workspace in served:
            self._here_no_more(workspace)

    async def _access_changed(self, event: Mapping[str, Any], enterprise: str) -> None:
        """An organisation's admins took the app away from workspaces, or gave it back. What comes from one that was given back
        without a word connects it too. Raises where it cannot be written down: Slack says so again then."""
        for workspace in map(str, event.get("team_ids") or ()):
            if event["type"] == "team_access_granted":
                await self.find(workspace, enterprise)
                continue
            installed = await self._core.store.read(installations.find, workspace, enterprise)
            if installed is not None and not installed.workspace:
                await self._leave(installed, workspace)

    async def _leave(self, installed: Installed, workspace: str) -> None:
        now = self._core.clock.now()

        def leave(conn: Conn) -> int:
            installations.forget(conn, workspace)
            return workspaces.mark_removed(conn, "slack", workspace, now)

        count = await self._core.store.write(leave)
        log.warning(
            "removed from a Slack workspace by its organisation",
            organisation=installed.title,
            workspace=workspace,
            suspended=count,
        )
        self._here_no_more(workspace)

    def _here_no_more(self, workspace: str) -> None:
        gone = self._here.pop(workspace, None)
        if gone is not None:
            task = asyncio.ensure_future(gone.pause())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _keep_only(self, served: Collection[str]) -> None:
        """The app is in these workspaces alone."""
        for workspace in self._here.keys() - served:
            self._here_no_more(workspace)

    def _hand_out(self, token: str, served: Collection[str]) -> None:
        """These workspaces have this token now; all that speaks for one shares its client."""
        for found in filter(None, map(self._here.get, served)):
            found.client.token = token

    # -- the life of the adapter ---------------------------------------------------------------------

    async def start(self) -> None:
        """Encrypt the tokens with the first key, connect all workspaces, and take payloads. Raises where Slack cannot be
        reached at all; it may be called again then."""
        self._session = self._nobody.session = session()
        self._core.addresses[self.name] = self._address
        self._core.accounts.lookups[self.name] = AccountsOfAll(self)
        count = await self._core.store.write(installations.encrypt_anew, self._vault)
        if count:
            log.info("tokens were encrypted anew with the first key of COHORT_SECRET_KEY", count=count)
        await self._connect_all()
        await self.transport.start(self)
        self.pages.is_open = True
        self._rotation.start()
        log.info(
            "connected to Slack", workspaces=len(self._here), install=f"{self._core.public_url}{INSTALL_PATH}"
        )

    async def _connect_all(self) -> None:
        every = await self._core.store.read(installations.with_served)
        lost = [each for each, _ in every if not self._vault.opens(each.token, each.key)]
        if lost:
            log.error(LOST_KEY, workspaces=[each.title for each in lost])
        served = [(each, one) for each, workspaces_ in every if each not in lost for one in workspaces_]
        slots = asyncio.Semaphore(AT_ONCE)

        async def connect(installed: Installed, workspace: str) -> BaseException | None:
            async with slots:
                try:
                    await self._open(installed, workspace)
                except (*FAILURES, StoreError) as error:
                    log.warning(
                        "a Slack workspace could not be connected",
                        workspace=workspace,
                        reason=describe_error(error),
                    )
                    return error
                return None

        failed = [each for each in await asyncio.gather(*(connect(*each) for each in served)) if each]
        if failed and len(failed) == len(served):
            raise failed[0]

    async def stop(self) -> None:
        """Take nothing new, finish the answers under way, disconnect."""
        self.pages.is_open = False
        here = list(self._here.values())
        await asyncio.gather(*(each.pause() for each in here), *self._closing)
        await self.transport.finish(FINISH)
        await asyncio.gather(self._rotation.stop(), *(each.drain() for each in here))
        await self.transport.stop()
        self._here.clear()
        if self._session is not None:
            await self._session.close()

    def healthy(self) -> bool:
        """Whether calls can arrive now."""
        return self.transport.healthy()

    def _address(self, workspace: str, message_id: str, thread: str | None) -> str | None:
        found = self.known(workspace)
        return found.address(workspace, message_id, thread) if found else None

    # -- payloads ------------------------------------------------------------------------------------

    @property
    def client(self) -> AsyncWebClient:
        """The client without a token, which opens Socket Mode."""
        return self._nobody

    @property
    def logger(self) -> Logger:
        """Where the library may write."""
        return library_logger()

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """The answer of the workspace that a payload comes from; what comes from none is answered by Bolt, such as the
        question for the request URL."""
        told = req.body.get("event")
        event = told if isinstance(told, dict) else {}
        if event.get("type") in _LIFECYCLE:
            return await self._base.async_dispatch(req)
        try:
            if event.get("type") in _ACCESS:
                await self._access_changed(event, req.context.enterprise_id or "")
                return BoltResponse(status=200, body="")
            found = await self._workspace_of(req)
        except (*FAILURES, StoreError) as error:
            log.warning("a payload has to wait for Slack", reason=describe_error(error))
            return BoltResponse(status=503, body="not connected")
        return await (self._base if found is None else found.app).async_dispatch(req)

    async def _workspace_of(self, req: AsyncBoltRequest) -> SlackWorkspace | None:
        """Where a payload belongs: where it was sent, else where the message stands whose button an outsider pressed."""
        found = await self.find(req.context.team_id or "", req.context.enterprise_id or "")
        message = req.body.get("message")
        if found is None and isinstance(message, dict):
            found = await self.find(str(message.get("team") or ""))
        return found


def _is_dead(installed: Installed, error: SlackApiError) -> bool:
    """Whether Slack says that the app was removed. A token that ends is renewed, and removed by that is nobody."""
    return code(error) in DEAD and not (installed.refresh and code(error) == "token_expired")


class _TokenOf(AsyncAuthorize):
    """Tells Bolt whose token it is, which it need not ask Slack for at every payload."""

    def __init__(self, workspace: SlackWorkspace | None, installed: Installed | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # slack_bolt leaves it untyped
        self._workspace = workspace
        self._installed = installed

    async def __call__(self, **_: object) -> AuthorizeResult | None:
        if self._workspace is None or self._installed is None:
            return None
        who = self._workspace.who
        return AuthorizeResult(
            enterprise_id=self._installed.enterprise or None,
            team_id=self._workspace.id,
            bot_user_id=who.get("user_id"),
            bot_id=who.get("bot_id"),
            bot_token=self._workspace.client.token,
        )
