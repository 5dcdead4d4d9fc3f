"""Slack's side of an installation: the page that asks an admin, and the exchange of its code for a token."""

import base64
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from tests.servers.slack.model import ApiError, Json, Workspace

if TYPE_CHECKING:
    from tests.servers.slack.world import World

CLIENT_ID = "111.222"
CLIENT_SECRET = "made-up-client-secret"


@dataclass
class Organisation:
    """Workspaces of one organisation, whose admins install the app into all of them at once."""

    id: str
    name: str
    token: str
    workspaces: list[Workspace] = field(default_factory=list)
    taken_from: set[str] = field(default_factory=set)
    """The workspaces from which its admins have taken the app."""

    def meant(self, world: "World", args: Json) -> Workspace:
        """The workspace of which a call with the organisation's token speaks."""
        turn = world.turns.get(str(args.get("trigger_id")))
        named = {str(args.get(name)) for name in ("channel", "channel_id", "user", "user_id", "users")}
        named |= {turn.user} if turn else set()
        found = (each for each in self.workspaces if named & (each.channels.keys() | each.members.keys()))
        workspace = next(found, None)
        if workspace is not None and workspace.team_id in self.taken_from:
            raise ApiError("team_access_not_granted")
        return workspace or self.workspaces[0]


@dataclass(frozen=True)
class Grant:
    """What a code is good for."""

    redirect_uri: str
    workspace: Workspace
    organisation: Organisation | None = None


LIFE = 43_200
"""Seconds for which a token of an app with token rotation is good."""
ACTIVE = 2
"""How many tokens of one installation are good at the same time; the oldest is revoked for one more."""


class Rotation:
    """The tokens of apps that have token rotation on, which end, and those that renew them, which are good once."""

    def __init__(self) -> None:
        self.is_on = False
        self.life = LIFE
        self._ends: dict[str, float] = {}
        self._renews: dict[str, Workspace | Organisation] = {}
        self._issued: dict[str, list[str]] = {}

    def issue(self, world: "World", whose: Workspace | Organisation) -> Json:
        """The next token of an installation, with the one that renews it."""
        number = world.next_id()
        token, refresh = f"xoxe.xoxb-1-made-up-{number}", f"xoxe-1-made-up-{number}"
        active = self._issued.setdefault(_id(whose), [])
        for old in [*active[: -(ACTIVE - 1)]]:
            active.remove(old)
            _known(world, whose).pop(old, None)
        active.append(token)
        if not self._ends.keys() & {whose.token}:
            _known(world, whose).pop(whose.token, None)
        whose.token = token
        _known(world, whose)[token] = whose
        self._ends[token] = world.now() + self.life
        self._renews[refresh] = whose
        return {"access_token": token, "refresh_token": refresh, "expires_in": self.life}

    def renew(self, world: "World", args: Json) -> Json:
        """`oauth.v2.access` with the grant type refresh_token."""
        if args.keys() & {"code", "redirect_uri"}:
            raise ApiError("invalid_arguments")
        whose = self._renews.pop(str(args.get("refresh_token")), None)
        gone = whose is None or any(each.revoked for each in _workspaces(whose))
        if whose is None or gone:
            raise ApiError("invalid_refresh_token")
        return {"ok": True, "token_type": "bot", "app_id": "A0COHORT", **self.issue(world, whose)}

    def check(self, world: "World", token: str) -> None:
        """Refuse a token that has ended."""
        if self._ends.get(token, world.now() + 1) <= world.now():
            raise ApiError("token_expired")

    def lose(self) -> None:
        """What would renew the tokens is good for nothing any more, as if it had been used elsewhere."""
        self._renews.clear()


def _id(whose: Workspace | Organisation) -> str:
    return whose.id if isinstance(whose, Organisation) else whose.team_id


def _workspaces(whose: Workspace | Organisation) -> list[Workspace]:
    return whose.workspaces if isinstance(whose, Organisation) else [whose]


def _known(world: "World", whose: Workspace | Organisation) -> dict[str, Any]:
    return world.organisations if isinstance(whose, Organisation) else world.workspaces


def approve(world: "World", address: str, where: Workspace | Organisation) -> str:
    """An admin presses Allow on Slack's page; returns where Slack sends the browser."""
    parts, asked = urlsplit(address), parse_qs(urlsplit(address).query)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "slack.com", "/oauth/v2/authorize"), address
    assert asked["client_id"] == [CLIENT_ID]
    assert not asked.get("user_scope", [""])[0], "the bot acts for nobody"
    (redirect_uri,) = asked["redirect_uri"]
    code = f"code-{world.next_id()}"
    if isinstance(where, Organisation):
        world.organisations[where.token] = where
        for each in where.workspaces:
            each.scopes = set(asked["scope"][0].split(","))
        world.codes[code] = Grant(redirect_uri, where.workspaces[0], where)
    else:
        where.scopes = set(asked["scope"][0].split(","))
        if where.revoked:
            world.workspaces.pop(where.token)
            where.token, where.revoked = f"xoxb-made-up-{world.next_id()}", False
            world.workspaces[where.token] = where
        world.codes[code] = Grant(redirect_uri, where)
    return f"{redirect_uri}?{urlencode({'code': code, 'state': asked['state'][0]})}"


def exchange(world: "World", args: Json, authorization: str) -> Json:
    """`oauth.v2.access`: a token for a code, once, or the next one for what renews it."""
    given = base64.b64decode(authorization.removeprefix("Basic ")).decode()
    if given != f"{CLIENT_ID}:{CLIENT_SECRET}":
        raise ApiError("bad_client_secret" if given.startswith(f"{CLIENT_ID}:") else "invalid_client_id")
    if args.get("grant_type") == "refresh_token":
        return world.rotation.renew(world, args)
    if args.get("grant_type", "authorization_code") != "authorization_code":
        raise ApiError("invalid_grant_type")
    grant = world.codes.pop(str(args.get("code")), None)
    if grant is None:
        raise ApiError("invalid_code")
    if args.get("redirect_uri") != grant.redirect_uri:
        raise ApiError("bad_redirect_uri")
    workspace, organisation = grant.workspace, grant.organisation
    enterprise = {"id": organisation.id, "name": organisation.name} if organisation else None
    return {
        "ok": True,
        "access_token": organisation.token if organisation else workspace.token,
        "token_type": "bot",
        "scope": ",".join(sorted(workspace.scopes)),
        "bot_user_id": workspace.bot_user,
        "app_id": "A0COHORT",
        "team": None if organisation else {"id": workspace.team_id, "name": workspace.name},
        "enterprise": enterprise,
        "is_enterprise_install": organisation is not None,
        "authed_user": {"id": next(iter(workspace.members))},
        **(world.rotation.issue(world, organisation or workspace) if world.rotation.is_on else {}),
    }


@dataclass
class Page:
    """What a browser shows."""

    status: int
    text: str
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class Browser:
    """An admin's browser, with its cookies. `site` is where the bot listens, `public` its address from outside."""

    def __init__(self, world: "World", site: str, public: str) -> None:
        self._world = world
        self._site = site
        self._public = public
        self.cookies: dict[str, str] = {}

    async def open(self, address: str) -> Page:
        """Open a page of the bot; it goes nowhere by itself."""
        assert address.startswith(self._public), address
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            session.get(
                self._site + address.removeprefix(self._public),
                headers=headers if self.cookies else {},
                allow_redirects=False,
            ) as answer,
        ):
            for each in answer.headers.getall("Set-Cookie", []):
                self._take(each)
            text, found = await answer.text(), dict(answer.headers)
            return Page(answer.status, text, found.get("Location", ""), found)

    def _take(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            assert morsel["secure"], "the cookie goes over TLS alone"
            assert morsel["httponly"], "no script reads the cookie"
            self.cookies.pop(name, None)
            if not morsel["expires"]:
                self.cookies[name] = morsel.value

    async def begin(self) -> str:
        """Begin an installation; where the bot sends the browser."""
        page = await self.open(f"{self._public}/slack/install")
        assert page.status == 302, page
        return page.location

    async def install(self, where: Workspace | Organisation) -> Page:
        """The whole way, with Allow pressed; the last page."""
        return await self.open(approve(self._world, await self.begin(), where))
