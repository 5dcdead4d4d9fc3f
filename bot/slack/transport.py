"""How payloads arrive: signed HTTP requests, or Socket Mode over two connections."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

log = structlog.get_logger()

PATH = "/slack/events"
CONNECTIONS = 2
"""The old socket closes before the new one opens, so that one alone would miss payloads."""
PING = 5.0
"""Seconds between pings; a connection without a pong for four of them is rebuilt."""
CONNECT = 15.0


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
        self._app: AsyncApp | None = None
        self._verifier = SignatureVerifier(secret)
        self._under_way = UnderWay()

    def add_routes(self, application: web.Application) -> None:
        """Serve the request URL."""
        application.router.add_post(PATH, self._events)

    async def start(self, app: AsyncApp) -> None:
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

    def genuine(self, body: bytes, timestamp: str, signature: str) -> bool:
        """Whether Slack signed this within five minutes. The library's own check raises for a timestamp that
        is no number and for a body that is no UTF-8."""
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12 and signature.isascii()):
            return False
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except UnicodeDecodeError:
            return False

    async def _events(self, request: web.Request) -> web.Response:
        if self._app is None or self._under_way.paused:
            return web.Response(status=503, text="starting or stopping")
        with self._under_way.payload():
            body = await request.read()
            stamp = request.headers.get("X-Slack-Request-Timestamp", "")
            if not self.genuine(body, stamp, request.headers.get("X-Slack-Signature", "")):
                return web.json_response({"error": "invalid request"}, status=401)
            try:
                bolt = AsyncBoltRequest(body=body.decode(), headers=dict(request.headers.items()))
            except (AttributeError, KeyError, TypeError, ValueError):
                return web.Response(status=400, text="unreadable body")
            answer = await self._app.async_dispatch(bolt)
        kind = answer.first_headers().get("content-type", "text/plain")
        return web.Response(status=answer.status, body=answer.body.encode(), headers={"Content-Type": kind})


class SocketTransport:
    """Socket Mode. Slack sends each payload over one of the connections."""

    def __init__(self, token: str, *, ping: float = PING) -> None:
        self._token = token
        self._ping = ping
        self._clients: list[SocketModeClient] = []
        self._under_way = UnderWay()

    async def start(self, app: AsyncApp) -> None:
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

    async def _handle(self, app: AsyncApp, client: SocketModeClient, request: SocketModeRequest) -> None:
        if self._under_way.paused:
            return  # not acknowledged, so Slack delivers it again elsewhere or later
        with self._under_way.payload():
            begun = time.time()
            answer = await run_async_bolt_app(app, request)
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
