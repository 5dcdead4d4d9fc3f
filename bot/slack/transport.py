"""How payloads arrive: signed HTTP requests, or Socket Mode over two connections."""

import asyncio
import re
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import Logger
from typing import Protocol

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from core.errors import report

log = structlog.get_logger()

PATH = "/slack/events"
CONNECTIONS = 2
"""The old socket closes before the new one opens, so that one alone would miss payloads."""
PING = 5.0
"""Seconds between pings; a connection without a pong for four of them is rebuilt."""
CONNECT = 15.0
STALE = 300
"""Seconds after which a signature is no longer taken, so that nobody can send an old request again."""
READ = 3.0
"""Seconds for a body to arrive: Slack itself waits no longer for the answer."""
_STAMP = re.compile(r"\d{1,12}", re.ASCII)
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class Dispatcher(Protocol):
    """Who answers payloads: an app of Bolt, or who knows which one."""

    @property
    def client(self) -> AsyncWebClient:
        """Opens Socket Mode."""
        ...

    @property
    def logger(self) -> Logger:
        """Where the library may write."""
        ...

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """The answer to a payload."""
        ...


class UnderWay:
    """Counts the payloads that are being handled, their acknowledgements included."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.paused = True

    @contextmanager
    def payload(self) -> Iterator[None]:
        """Hold this while one payload is handled."""
        self._count += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._idle.set()

    async def finish(self, seconds: float) -> None:
        """Take nothing new, and wait for what is being handled, at most so long."""
        self.paused = True
        try:
            async with asyncio.timeout(seconds):
                await self._idle.wait()
        except TimeoutError:
            log.warning("stopped while payloads were being handled", count=self._count)


class HttpTransport:
    """The request URL. Nothing is read further before its signature was found right."""

    def __init__(self, secret: str) -> None:
        self._app: Dispatcher | None = None
        self._verifier = SignatureVerifier(secret)
        self._under_way = UnderWay()

    def add_routes(self, application: web.Application) -> None:
        """Serve the request URL."""
        application.router.add_post(PATH, self._events)

    async def start(self, app: Dispatcher) -> None:
        """Take requests for an app from now on."""
        self._app = app
        self._under_way.paused = False

    async def finish(self, seconds: float) -> None:
        """Refuse requests from now on, Slack delivers them again later; finish the ones begun."""
        await self._under_way.finish(seconds)

    async def stop(self) -> None:
        """Nothing is held open."""

    def healthy(self) -> bool:
        """Whether requests are taken."""
        return not self._under_way.paused

    async def _events(self, request: web.Request) -> web.Response:
        if self._app is None or self._under_way.paused:
            return web.Response(status=503, text="starting or stopping")
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        # Slack compresses nothing; a few bytes of somebody else's would inflate to any size.
        plain = request.headers.get("Content-Encoding", "identity").casefold() == "identity"
        if not (plain and _well_formed(stamp, signature)):
            return _refused()
        with self._under_way.payload():
            try:
                async with asyncio.timeout(READ):
                    body = await request.read()
            except (web.RequestPayloadError, OSError, TimeoutError):
                return web.Response(status=400, text="unreadable body")
            if not self._signed(body, stamp, signature):
                return _refused()
            answer = await dispatch(self._app, lambda: _request(request, body))
        kind = answer.first_headers().get("content-type", "text/plain")
        return web.Response(status=answer.status, body=answer.body.encode(), headers={"Content-Type": kind})

    def _signed(self, body: bytes, stamp: str, signature: str) -> bool:
        try:
            return self._verifier.is_valid(body, stamp, signature)
        except UnicodeDecodeError:  # the library reads the body as text
            return False


def _well_formed(stamp: str, signature: str) -> bool:
    """Whether a signature of Slack's within five minutes may be in these headers, the body unread. The
    library's own check raises for a timestamp that is no number."""
    if not (_STAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(signature)):
        return False
    return abs(time.time() - int(stamp)) <= STALE


def _refused() -> web.Response:
    return web.json_response({"error": "invalid request"}, status=401)


def _request(request: web.Request, body: bytes) -> AsyncBoltRequest:
    return AsyncBoltRequest(body=body.decode(), headers=dict(request.headers.items()))


async def dispatch(app: Dispatcher, read: Callable[[], AsyncBoltRequest]) -> BoltResponse:
    """Bolt's answer to a payload. What fails in a listener is answered by `AsyncApp.error`; what escapes is a
    payload of a shape in which Bolt itself stumbles."""
    try:
        request = read()
        answer = await app.async_dispatch(request)
    except Exception as error:
        # Only where it failed: the message and the values around it may hold what a member typed.
        at = traceback.extract_tb(error.__traceback__)[-1]
        facts = {"error": type(error).__name__, "at": f"{at.name}:{at.lineno}"}
        reference = report("a payload could not be read", exc_info=False, **facts)
        return BoltResponse(status=400, body=f"unreadable payload, reference {reference}")
    if answer.status == 404:
        # In place of Bolt's own warning, which shows what was typed.
        log.warning("nothing handles a payload", kind=str(request.body.get("type") or "command")[:40])
    return answer


class SocketTransport:
    """Socket Mode. Slack sends each payload over one of the connections."""

    def __init__(self, token: str, *, ping: float = PING) -> None:
        self._token = token
        self._ping = ping
        self._clients: list[SocketModeClient] = []
        self._under_way = UnderWay()

    async def start(self, app: Dispatcher) -> None:
        """Open the connections for an app. Raises `TimeoutError` where Slack does not let them be opened."""
        self._under_way.paused = False

        async def handle(client: SocketModeClient, request: SocketModeRequest) -> None:
            await self._handle(app, client, request)

        for _ in range(CONNECTIONS):
            client = SocketModeClient(self._token, app.logger, app.client, ping_interval=self._ping)
            client.socket_mode_request_listeners.append(handle)  # type: ignore[arg-type] # typed for the base class
            self._clients.append(client)
        async with asyncio.timeout(CONNECT):
            for client in self._clients:
                await client.connect_to_new_endpoint()

    async def _handle(self, app: Dispatcher, client: SocketModeClient, request: SocketModeRequest) -> None:
        if self._under_way.paused:
            return  # not acknowledged, so Slack delivers it again elsewhere or later
        with self._under_way.payload():
            begun = time.time()
            headers = build_headers(request)
            answer = await dispatch(
                app, lambda: AsyncBoltRequest(mode="socket_mode", body=request.payload, headers=headers)
            )
            await send_async_response(client, request, answer, begun)

    async def finish(self, seconds: float) -> None:
        """Acknowledge nothing new; finish the payloads begun."""
        await self._under_way.finish(seconds)

    async def stop(self) -> None:
        """Close the connections; what was not acknowledged is delivered to whoever connects next."""
        for client in self._clients:
            await client.close()  # type: ignore[no-untyped-call] # slack_sdk leaves it untyped
        self._clients.clear()

    def healthy(self) -> bool:
        """Whether any connection is open and had a pong lately."""
        return any(self._alive(client) for client in self._clients)

    def _alive(self, client: SocketModeClient) -> bool:
        session = client.current_session
        if client.closed or client.stale or session is None or session.closed:
            return False
        pong = client.last_ping_pong_time
        return pong is None or time.time() - pong < self._ping * 4


def open_transport(
    app_token: str | None, secret: str | None, application: web.Application | None, ping: float | None = None
) -> HttpTransport | SocketTransport:
    """Socket Mode where there is an app token, else HTTP. Raises `ValueError` where there is too little for both."""
    if app_token:
        return SocketTransport(app_token, **({} if ping is None else {"ping": ping}))
    if not secret or application is None:
        raise ValueError("Slack needs an app token, or a signing secret and the web part.")
    transport = HttpTransport(secret)
    transport.add_routes(application)
    return transport
