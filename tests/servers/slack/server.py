"""A stand-in Slack on loopback: Web API, uploads, response addresses and Socket Mode over one `World`."""

import asyncio
import json
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.servers.slack import api, installing, limits
from tests.servers.slack.model import ApiError, Failed, Json
from tests.servers.slack.transports import HttpTransport, SocketTransport, Transport
from tests.servers.slack.world import Call, World

APP_TOKEN = "xapp-1-A0COHORT-made-up"
SIGNING_SECRET = "made-up-signing-secret"


class SlackServer(World):
    """The platform. Use as `async with SlackServer() as slack:`, then point the bot at `api_url`.

    Set `events_url` for HTTP mode; without it payloads go through Socket Mode.
    """

    def __init__(self, *, record: bool = True, ack_seconds: float = 3.0) -> None:
        super().__init__()
        self.record = record
        self.ack_seconds = ack_seconds
        self.sockets = SocketTransport(ack_seconds)
        self.http: HttpTransport | None = None
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=64 * 2**20)
        app.router.add_post("/api/{method}", self._api)
        app.router.add_get("/api/{method}", self._api)
        app.router.add_post("/response/{turn}", self._response)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_get("/download/{file}", self._download)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.base_url = f"http://127.0.0.1:{port}"
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in list(self.sockets.connections):
            await connection.socket.close()
        if self._session is not None:
            await self._session.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """The base address of the Web API, with its closing slash."""
        return f"{self.base_url}/api/"

    @property
    def transport(self) -> Transport:
        """HTTP where an address is set, Socket Mode otherwise."""
        return self.http or self.sockets

    def send_to(self, events_url: str, secret: str = SIGNING_SECRET) -> HttpTransport:
        """Deliver to the bot's request URL from now on."""
        assert self._session is not None, "enter the server first"
        self.http = HttpTransport(self._session, events_url, secret, self.ack_seconds)
        return self.http

    # -- HTTP handlers -------------------------------------------------------------------------------

    async def _arguments(self, request: web.Request) -> Json:
        args: Json = dict(request.query)
        if request.content_type == "application/json":
            args |= json.loads(await request.read() or b"{}")
        elif request.can_read_body:
            args |= {k: v for k, v in (await request.post()).items() if isinstance(v, str)}
        return args

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await self._arguments(request)
        fault = self.faults.take(method, args.get("channel") or args.get("channel_id"))
        if fault is not None:
            if fault.delay:
                await asyncio.sleep(fault.delay)
            if fault.drop and not fault.after:
                return self._drop(request)
            if fault.status == 429:
                return self._limited(fault.retry_after)
            if fault.status >= 500:
                return web.Response(status=fault.status, text="upstream error")
            if fault.error:
                return web.json_response({"ok": False, "error": fault.error})
        try:
            answer = self._call(method, args, request.headers.get("Authorization", ""))
        except ApiError as refusal:
            answer = refusal.body
        if self.record:
            self.calls.append(Call(method, args, answer))
            self.changed()
        if fault is not None and fault.drop:
            return self._drop(request)
        if answer.get("error") == "ratelimited":
            return self._limited(int(answer["retry_after"]))
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        scopes = self.workspaces.get(token, self.workspace).scopes
        return web.json_response(answer, headers={"x-oauth-scopes": ",".join(sorted(scopes))})

    def _call(self, method: str, args: Json, authorization: str) -> Json:
        token = authorization.removeprefix("Bearer ") or str(args.get("token", ""))
        if method == "apps.connections.open":
            if token != APP_TOKEN:
                raise ApiError("invalid_auth")
            return {"ok": True, "url": f"{self.base_url.replace('http', 'ws')}/link?ticket={self.next_id()}"}
        if method == "oauth.v2.access":
            return installing.exchange(self, args, authorization)
        self.rotation.check(self, token)
        workspace, organisation = self.workspaces.get(token), self.organisations.get(token)
        if organisation is not None:
            workspace = organisation.meant(self, args)
            if method == "auth.test" and not workspace.revoked:
                return api.organisation_test(self, organisation)
        if workspace is None:
            raise ApiError("invalid_auth" if token else "not_authed")
        return api.call(self, workspace, method, args)

    def _drop(self, request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    def _limited(self, seconds: int) -> web.Response:
        return web.json_response(
            {"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": str(seconds)}
        )

    async def _response(self, request: web.Request) -> web.Response:
        turn = self.turns.get(request.match_info["turn"])
        payload = json.loads(await request.read() or b"{}")
        fault = self.faults.take("response_url", None)
        if fault is not None and fault.drop and not fault.after:
            self._drop(request)
            return web.Response()
        if fault is not None and fault.status >= 400:
            return web.Response(status=fault.status, text="upstream error")
        if turn is None or self.now() - turn.at > 30 * 60:
            return web.json_response({"ok": False, "error": "expired_url"}, status=404)
        if turn.responses >= 5:
            return web.json_response({"ok": False, "error": "used_url"}, status=404)
        turn.responses += 1
        try:
            self.respond(turn, payload, via="response_url")
        except ApiError as refusal:
            if self.record:
                self.calls.append(Call("response_url", payload, refusal.body))
            return web.json_response(refusal.body, status=400)
        if self.record:
            self.calls.append(Call("response_url", payload, {"ok": True}))
        return web.Response(text="ok")

    async def _upload(self, request: web.Request) -> web.Response:
        stored = self.files.get(request.match_info["file"])
        data = await request.read()
        fault = self.faults.take("upload", None)
        if fault is not None:
            return web.Response(status=fault.status, text="upload failed")
        if stored is None or stored.done or len(data) != stored.length:
            return web.Response(status=400, text="upload refused")
        stored.data = data
        return web.Response(text=f"OK - {len(data)}")

    async def _download(self, request: web.Request) -> web.Response:
        stored = self.files.get(request.match_info["file"])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        workspace = self.workspaces.get(token)
        if stored is None or workspace is None or "files:read" not in workspace.scopes:
            return web.Response(status=302, headers={"Location": f"{self.base_url}/login"})
        return web.Response(body=stored.data, content_type="application/octet-stream")

    async def _link(self, request: web.Request) -> web.WebSocketResponse:
        return await self.sockets.serve(request)


def check_options(answer: Any) -> list[Json]:
    """The options of an answer to a suggestion request.

    Raises:
        Failed: Slack would show an error instead of the options.
    """
    wrong = limits.options(answer)
    if wrong:
        raise Failed(f"invalid options: {wrong}")
    found: list[Json] = answer.get("options", [])
    for group in answer.get("option_groups", []):
        found = [*found, *group["options"]]
    return found
