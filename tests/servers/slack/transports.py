"""The two ways a payload reaches the bot: signed HTTP requests and Socket Mode envelopes."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections import deque
from collections.abc import Collection
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

from tests.servers.slack.model import Failed, Json

Kind = Literal["slash_commands", "interactive", "events_api"]


class Transport(Protocol):
    """Carries one payload and returns what the bot put into its acknowledgement."""

    async def deliver(self, kind: Kind, payload: Json, retry: int = 0) -> Any:
        """Deliver and return the body of the acknowledgement: a dict, a string or None.

        Raises:
            Failed: no acknowledgement within three seconds, or a refusal.
        """


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature Slack puts on a request."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


def encode(kind: Kind, payload: Json) -> tuple[bytes, str]:
    """The body of a request and its content type."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"
    return json.dumps(payload).encode(), "application/json"


class HttpTransport:
    """Signed requests to the bot's request URL."""

    def __init__(self, session: aiohttp.ClientSession, url: str, secret: str, ack_seconds: float) -> None:
        self._session = session
        self._secret = secret
        self.url = url
        self.ack_seconds = ack_seconds

    def headers(
        self, body: bytes, content_type: str, retry: int = 0, timestamp: str | None = None
    ) -> dict[str, str]:
        """The headers of a rightly signed request."""
        stamp = timestamp if timestamp is not None else str(int(time.time()))
        signed = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": sign(self._secret, stamp, body),
        }
        if retry:
            signed |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        return signed

    async def deliver(self, kind: Kind, payload: Json, retry: int = 0) -> Any:
        """Send one signed request; see `Transport`."""
        body, content_type = encode(kind, payload)
        try:
            async with asyncio.timeout(self.ack_seconds):
                async with self._session.post(
                    self.url, data=body, headers=self.headers(body, content_type, retry)
                ) as answer:
                    text = await answer.text()
        except TimeoutError:
            raise Failed("operation_timeout: not acknowledged in time") from None
        except aiohttp.ClientError as error:
            raise Failed(f"dispatch_failed: {error}") from error
        if answer.status != 200:
            raise Failed(f"dispatch_failed: HTTP {answer.status} {text[:200]}")
        if answer.content_type == "application/json" and text:
            return json.loads(text)
        return text or None

    async def raw(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Send anything at all; returns status and body."""
        async with self._session.post(self.url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def forge(
        self, kind: Kind, payload: Json, *, age: int = 0, stamp: str | None = None
    ) -> tuple[int, str]:
        """Send a request signed rightly, but `age` seconds old or with a timestamp of the caller's choice."""
        body, content_type = encode(kind, payload)
        when = stamp if stamp is not None else str(int(time.time()) - age)
        return await self.raw(body, self.headers(body, content_type, timestamp=when))


class Connection:
    """One Socket Mode connection and the acknowledgements it still owes."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self.socket = socket
        self.waiting: dict[str, asyncio.Future[Any]] = {}
        self.deaf = False
        """Set it, and this end hears nothing more: no acknowledgement, no ping."""

    async def listen(self) -> None:
        """Read acknowledgements until the connection closes."""
        async for frame in self.socket:
            if self.deaf:
                continue
            if frame.type is aiohttp.WSMsgType.PING:
                await self.socket.pong(frame.data)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            said = json.loads(frame.data)
            waiter = self.waiting.pop(said.get("envelope_id", ""), None)
            if waiter is not None and not waiter.done():
                waiter.set_result(said.get("payload"))
        for waiter in self.waiting.values():
            if not waiter.done():
                waiter.set_exception(ConnectionResetError())


class SocketTransport:
    """Every payload to one of the open connections; to another one when it was not acknowledged."""

    def __init__(self, ack_seconds: float) -> None:
        self.ack_seconds = ack_seconds
        self.connections: deque[Connection] = deque()
        self.delivered: deque[tuple[Connection, str]] = deque(maxlen=1_000)
        self.refreshed = 0
        self._arrived = asyncio.Condition()

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """One connection, from hello to close."""
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        if len(self.connections) >= 10:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": {}})
            await socket.close()
            return socket
        connection = Connection(socket)
        self.connections.append(connection)
        async with self._arrived:
            self._arrived.notify_all()
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "connection_info": {"app_id": "A0COHORT"},
                "debug_info": {"host": "loopback", "approximate_connection_time": 18_060},
            }
        )
        try:
            await connection.listen()
        finally:
            if connection in self.connections:
                self.connections.remove(connection)
        return socket

    async def opened(self, count: int, *, besides: Collection[Connection] = (), within: float = 5.0) -> None:
        """Wait until so many connections are open, some that are known already not counted."""
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: sum(c not in besides for c in self.connections) >= count)

    async def refresh(self, connection: Connection | None = None) -> None:
        """Warn one connection that it will be closed, as Slack does every few hours."""
        chosen = connection or self.connections[0]
        self.refreshed += 1
        self.connections.remove(chosen)
        await chosen.socket.send_json(
            {"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "loopback"}}
        )

    async def cut(self, connection: Connection | None = None) -> None:
        """Close one connection without a warning."""
        chosen = connection or self.connections[0]
        if chosen in self.connections:
            self.connections.remove(chosen)
        await chosen.socket.close()

    async def deliver(self, kind: Kind, payload: Json, retry: int = 0) -> Any:
        """Send one envelope, then once more elsewhere; see `Transport`."""
        for attempt in range(retry, retry + 2):
            if not self.connections:
                raise Failed("dispatch_failed: no open connection")
            connection = self.connections[0]
            self.connections.rotate(-1)
            envelope = str(uuid.uuid4())
            waiter: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
            connection.waiting[envelope] = waiter
            self.delivered.append((connection, envelope))
            try:
                await connection.socket.send_json(
                    {
                        "envelope_id": envelope,
                        "type": kind,
                        "payload": payload,
                        "accepts_response_payload": kind != "events_api",
                        "retry_attempt": attempt,
                        "retry_reason": "timeout" if attempt else "",
                    }
                )
                return await asyncio.wait_for(waiter, self.ack_seconds)
            except (TimeoutError, ConnectionError):
                connection.waiting.pop(envelope, None)
        raise Failed("operation_timeout: not acknowledged in time")
