"""The gateway: HELLO, heartbeats, IDENTIFY, READY, events, RESUME, in both of discord.py's compressions."""

import asyncio
import json
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import zstandard
from aiohttp import WSMsgType, web

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
PRIVILEGED_INTENTS = 1 << 1 | 1 << 8 | 1 << 15
DIRECT_MESSAGES = 1 << 12
"""With this intent, which is not privileged, a bot hears of its direct messages."""
ALL_INTENTS = (1 << 26) - 1
REPLAY = 500

Squeeze = Callable[[bytes], bytes]


def squeezer(compression: str | None) -> Squeeze | None:
    """A compressor that lives as long as one connection, or None for plain text."""
    if compression == "zlib-stream":
        stream = zlib.compressobj(1)
        return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)
    if compression == "zstd-stream":
        chunks = zstandard.ZstdCompressor(level=1).compressobj()
        return lambda data: chunks.compress(data) + chunks.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
    return None


@dataclass(eq=False)
class Session:
    """A bot's session: it outlives its connections until it is invalidated."""

    id: str
    intents: int
    shard: tuple[int, int]
    sequence: int = 0
    replay: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=REPLAY))
    connection: "Connection | None" = None


class Connection:
    """One WebSocket of the bot."""

    def __init__(
        self,
        server: "DiscordServer",
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        compression: str | None,
    ) -> None:
        self._server = server
        self._socket = socket
        self._transport = transport
        self.compression = compression
        self._squeeze = squeezer(compression)
        self.session: Session | None = None

    async def send(self, op: int, data: Any = None) -> None:
        """Send something that is no event."""
        await self.send_raw(json.dumps({"op": op, "d": data, "s": None, "t": None}).encode())

    async def send_raw(self, message: bytes) -> None:
        """Send an encoded message, compressed as the connection asked."""
        if self._socket.closed:
            return
        try:
            if self._squeeze is None:
                await self._socket.send_str(message.decode())
            else:
                await self._socket.send_bytes(self._squeeze(message))
        except ConnectionError:
            return

    async def close(self, code: int) -> None:
        """Close the socket with one of the gateway's codes."""
        await self._socket.close(code=code)

    def kill(self) -> None:
        """Drop the connection with no closing handshake, as a broken network does."""
        if self._transport is not None:
            self._transport.abort()

    async def run(self) -> None:
        """Speak with the bot until either side closes."""
        await self.send(HELLO, {"heartbeat_interval": self._server.heartbeat_interval, "_trace": ["local"]})
        async for message in self._socket:
            if message.type is not WSMsgType.TEXT:
                await self.close(4002)
                return
            frame = json.loads(message.data)
            await self._receive(frame["op"], frame.get("d"))

    async def _receive(self, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            self._server.heartbeats += 1
            if self._server.acknowledge_heartbeats:
                await self.send(ACK)
        elif op == IDENTIFY:
            await self._identify(data)
        elif op == RESUME:
            await self._resume(data)
        elif self.session is None:
            await self.close(4003)

    async def _identify(self, data: dict[str, Any]) -> None:
        server = self._server
        if self.session is not None:
            await self.close(4005)
        elif data["token"] != server.token:
            await self.close(4004)
        elif not 0 <= data.get("intents", -1) <= ALL_INTENTS:
            await self.close(4013)
        elif data["intents"] & PRIVILEGED_INTENTS:
            await self.close(4014)
        else:
            number, count = data.get("shard") or (0, 1)
            self.session = server.gateway.open(self, data["intents"], (number, count))
            await server.gateway.greet(self.session)

    async def _resume(self, data: dict[str, Any]) -> None:
        if data["token"] != self._server.token:
            await self.close(4004)
            return
        session = self._server.gateway.sessions.get(data["session_id"])
        oldest = session.replay[0][0] if session and session.replay else 0
        if session is None or (session.sequence > data["seq"] and oldest > data["seq"] + 1):
            await self.send(INVALID_SESSION, False)
            return
        self.session, session.connection = session, self
        self._server.resumes += 1
        for sequence, message in list(session.replay):
            if sequence > data["seq"]:
                await self.send_raw(message)
        await self._server.gateway.dispatch(session, "RESUMED", {"_trace": ["local"]})
        self._server.notify()


class Gateway:
    """All sessions of the bot, and the events sent to them."""

    def __init__(self, server: "DiscordServer") -> None:
        self._server = server
        self.sessions: dict[str, Session] = {}
        self.identifies = 0

    @property
    def connections(self) -> list[Connection]:
        """The connections that stand."""
        return [session.connection for session in self.sessions.values() if session.connection is not None]

    def open(self, connection: Connection, intents: int, shard: tuple[int, int]) -> Session:
        """A new session for a connection that has identified itself."""
        self.identifies += 1
        session = Session(f"session{self._server.snowflake()}", intents, shard, connection=connection)
        self.sessions[session.id] = session
        return session

    async def greet(self, session: Session) -> None:
        """READY, then one GUILD_CREATE for each server of the shard."""
        server = self._server
        guilds = [g for g in server.guilds.values() if g.has_bot and self._handles(session, g.id)]
        ready = {
            "v": 10,
            "user": server.user_payload(server.bot_id),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": server.gateway_url,
            "shard": list(session.shard),
            "application": {"id": server.application_id, "flags": 0},
        }
        await self.dispatch(session, "READY", ready)
        for guild in guilds:
            await self.dispatch(session, "GUILD_CREATE", server.guild_payload(guild))
        server.notify()

    def _handles(self, session: Session, guild: str | None) -> bool:
        number, count = session.shard
        return (int(guild) >> 22) % count == number if guild else number == 0

    async def dispatch(self, session: Session, event: str, data: Any) -> None:
        """Send an event to one session; it is kept for a later RESUME."""
        session.sequence += 1
        message = json.dumps(
            {"op": DISPATCH, "s": session.sequence, "t": event, "d": data}, separators=(",", ":")
        ).encode()
        session.replay.append((session.sequence, message))
        if session.connection is not None:
            await session.connection.send_raw(message)

    async def broadcast(self, event: str, data: Any, guild: str | None) -> None:
        """Send an event to the newest session of the server's shard; direct messages are on shard 0."""
        for session in reversed(self.sessions.values()):
            if self._handles(session, guild):
                await self.dispatch(session, event, data)
                return
        raise AssertionError("the bot is not connected")

    async def tell_message(self, event: dict[str, Any]) -> None:
        """MESSAGE_CREATE of a direct message, with its content, to a session that asked for those. What is said in
        servers is not told: the bot does not ask for it."""
        for session in reversed(self.sessions.values()):
            if self._handles(session, None):
                if session.intents & DIRECT_MESSAGES:
                    await self.dispatch(session, "MESSAGE_CREATE", event)
                return
        raise AssertionError("the bot is not connected")

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take a WebSocket of the bot and speak with it."""
        socket = web.WebSocketResponse(compress=False, max_msg_size=4096 * 16, autoping=True)
        await socket.prepare(request)
        if request.query.get("encoding", "json") != "json":
            await socket.close(code=4012)
            return socket
        connection = Connection(self._server, socket, request.transport, request.query.get("compress"))
        try:
            await connection.run()
        finally:
            if connection.session is not None and connection.session.connection is connection:
                connection.session.connection = None
            self._server.notify()
        return socket

    async def reconnect(self) -> None:
        """Ask the bot to come again and resume (op 7)."""
        for connection in self.connections:
            await connection.send(RECONNECT)

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Tell the bot that its session is over (op 9)."""
        for session in list(self.sessions.values()):
            if not resumable:
                del self.sessions[session.id]
            if session.connection is not None:
                await session.connection.send(INVALID_SESSION, resumable)

    def drop(self) -> None:
        """Break every connection without a word."""
        for connection in self.connections:
            connection.kill()
