"""The web part: one HTTP server that all parts share, with room for as many connections as others can spare.

aiohttp alone waits an hour for a request's first line and takes connections until no descriptor is left for the
database and the platforms. Here a connection has a deadline for each step, and where there are too many, the one that
has waited longest without asking for anything makes room for the new one.
"""

import asyncio
import ipaddress
import logging
import resource
from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.typedefs import Handler

log = structlog.get_logger()

FIRST_REQUEST = 10.0
"""Seconds for the first line and the headers of a connection's first request."""

BODY = 10.0
"""Seconds for a request's body to arrive."""

REQUEST = 60.0
"""Seconds for a request as a whole, unless its handler marks it as `LONG_LIVED`."""

KEEP_ALIVE = 75.0
"""Seconds for the next request of a connection. Longer than proxies hold theirs: one that is closed as a proxy sends
the next request costs that request."""

MOST_CONNECTIONS = 256
"""Connections at the same time, fewer where the process may open few descriptors."""

RESERVED = 160
"""Descriptors for the database and the platforms: Slack's client alone may open a hundred."""

LONG_LIVED = web.RequestKey("long_lived", bool)
"""Set on a request that stays open for as long as its client likes, such as a WebSocket."""

PUBLIC = web.AppKey("public", bool)
"""Set on the application: whether other machines may reach what listens on its address."""

BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 10\r\nConnection: close\r\n\r\n"
)
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


def most_connections(descriptors: int) -> int:
    """How many connections a process may take that may open so many descriptors; -1 is without limit. Half as many
    again may wait to be accepted: that happens to all of them at once, and takes descriptors too."""
    if descriptors < 0:
        return MOST_CONNECTIONS
    return max(8, min(MOST_CONNECTIONS, (descriptors - RESERVED) * 2 // 3))


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what listens on a host."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def client_of(peer: object) -> str:
    """Whom an address counts for: itself, of IPv6 its network of 64 bits, since whoever has one has all of them."""
    host = str(peer[0]) if isinstance(peer, tuple) and peer else ""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class WebServer:
    """The shared server over an application. `most` are the connections it takes at the same time; one client takes
    at most half of them."""

    def __init__(self, application: web.Application, most: int | None = None) -> None:
        self.most = most or most_connections(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        self.most_of_one = max(1, self.most // 2)
        self.address = ""
        self._open: dict[object, _Connection] = {}
        self._server: asyncio.Server | None = None
        application.middlewares.append(self._watched)
        # Requests and sockets are finished by the adapters; the runner need not wait for idle ones.
        # Bodies are not decompressed: a small one from an unknown sender could inflate to gigabytes.
        self._runner = web.AppRunner(
            application,
            access_log=None,
            shutdown_timeout=1.0,
            auto_decompress=False,
            keepalive_timeout=KEEP_ALIVE,
            lingering_time=2.0,
            logger=_library_logger(),
        )

    async def start(self, host: str, port: int) -> None:
        """Listen. Port 0 takes any free one. Raises `OSError` where that is not possible."""
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port, backlog=self.most // 2)
        bound = self._server.sockets[0].getsockname()
        name = f"[{bound[0]}]" if ":" in bound[0] else bound[0]
        self.address = f"http://{name}:{bound[1]}"

    async def stop(self) -> None:
        """Take no connections any more, and close those there are. May be called without a start."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()

    def _connection(self) -> asyncio.Protocol:
        handler = self._runner.server
        assert handler is not None  # noqa: S101 - `start` has set it up
        return _Connection(self, handler())

    @web.middleware
    async def _watched(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        connection = self._open.get(request.transport)
        if connection is None:  # it has been closed meanwhile
            return await handler(request)
        connection.request_begins(request)
        try:
            return await handler(request)
        finally:
            connection.request_ends()

    def admit(self, new: "_Connection", transport: asyncio.Transport) -> bool:
        """Take a connection in, instead of an idle one where there are too many. False where all are at work."""
        of_one = [each for each in self._open.values() if each.client == new.client]
        if len(of_one) >= self.most_of_one and not self._make_room(of_one):
            return False
        if len(self._open) >= self.most and not self._make_room(self._open.values()):
            return False
        self._open[transport] = new
        return True

    def _make_room(self, among: Iterable["_Connection"]) -> bool:
        """Close the idle connection that never asked for anything and has waited longest, else one that did."""
        idle = [each for each in among if each.idle]
        if not idle:
            return False
        min(idle, key=lambda each: (each.has_asked, each.since)).abort()
        return True

    def forget(self, transport: asyncio.Transport | None) -> None:
        """A connection has been closed."""
        self._open.pop(transport, None)


class _Connection(asyncio.Protocol):
    """One connection: passes everything on to aiohttp's protocol, and closes it when a deadline has passed."""

    def __init__(self, server: WebServer, handler: asyncio.Protocol) -> None:
        self.client = ""
        self.idle = True
        self.has_asked = False
        self.since = 0.0
        self._server = server
        self._handler: asyncio.Protocol | None = handler
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._deadline: asyncio.TimerHandle | None = None
        self._body_deadline: asyncio.TimerHandle | None = None

    # ---- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of a TCP server
        self.client = client_of(transport.get_extra_info("peername"))
        self._transport = transport
        handler = self._handler
        if handler is None or not self._server.admit(self, transport):
            self._handler = None
            transport.write(BUSY)
            transport.close()
            return
        handler.connection_made(transport)
        self._wait_for_request(FIRST_REQUEST)

    def data_received(self, data: bytes) -> None:
        if self._handler is not None:
            self._handler.data_received(data)

    def eof_received(self) -> bool | None:
        return self._handler.eof_received() if self._handler is not None else None

    def pause_writing(self) -> None:
        if self._handler is not None:
            self._handler.pause_writing()

    def resume_writing(self) -> None:
        if self._handler is not None:
            self._handler.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel_deadlines()
        self._server.forget(self._transport)
        if self._handler is not None:
            self._handler.connection_lost(exc)

    # ---- what the server calls

    def request_begins(self, request: web.Request) -> None:
        """A first line and headers have arrived."""
        self._cancel_deadlines()
        self.idle, self.has_asked = False, True
        self._deadline = self._loop.call_later(REQUEST, self._end_request, request)
        if request.can_read_body:
            self._body_deadline = self._loop.call_later(BODY, self._end_body, request)

    def request_ends(self) -> None:
        """Its answer is about to leave."""
        self._wait_for_request(KEEP_ALIVE)

    def abort(self) -> None:
        """Close it at once."""
        self._cancel_deadlines()
        self._server.forget(self._transport)
        if self._transport is not None:
            self._transport.abort()

    # ---- deadlines

    def _wait_for_request(self, seconds: float) -> None:
        self._cancel_deadlines()
        self.idle, self.since = True, self._loop.time()
        self._deadline = self._loop.call_later(seconds, self._end_waiting)

    def _cancel_deadlines(self) -> None:
        for each in (self._deadline, self._body_deadline):
            if each is not None:
                each.cancel()
        self._deadline = self._body_deadline = None

    def _end_waiting(self) -> None:
        # What reads its answer slowly is idle too: nothing is written into the middle of an answer.
        if self._transport is not None and not self.has_asked:
            self._transport.write(TOO_SLOW)
            self._transport.close()
            self._server.forget(self._transport)
        else:
            self.abort()

    def _end_request(self, request: web.Request) -> None:
        if not request.get(LONG_LIVED):
            self.abort()

    def _end_body(self, request: web.Request) -> None:
        if not request.content.is_eof():
            self.abort()


def _library_logger() -> logging.Logger:
    """aiohttp's logger without the tracebacks of requests that are no HTTP: anybody can send those."""
    logger = logging.getLogger("aiohttp.cohort_bot")
    logger.addFilter(_of_the_bot)
    return logger


def _of_the_bot(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, HttpProcessingError)
