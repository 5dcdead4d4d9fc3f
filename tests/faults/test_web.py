"""The web part under connections that ask for nothing, half requests, and what is no HTTP: real sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

import bot.health
import bot.web
from bot.health import Health
from bot.web import WebServer, client_of, is_loopback, most_connections
from core.commands.dispatch import Core
from core.store.port import Conn
from tests.conftest import NOW
from tests.servers.discord import DiscordServer
from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, SlackServer, SlackUser
from tests.story.bot import Bot, settings
from tests.story.on_slack import EVENTS
from tests.story.process import health, with_descriptors

PATIENCE = 20.0
SOON = 0.2


@dataclass
class Wire:
    """A raw connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.writer.write(data)
        await self.writer.drain()

    async def rest(self) -> bytes:
        """What comes until the server closes it."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""

    async def answer(self) -> bytes:
        """The next head and what came with it."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(b"\r\n\r\n")


@dataclass
class Listening:
    """A server and how to reach it."""

    server: WebServer
    port: int
    wires: list[Wire] = field(default_factory=list)

    async def connect(self) -> Wire:
        """A new connection."""
        self.wires.append(Wire(*await asyncio.open_connection("127.0.0.1", self.port)))
        return self.wires[-1]

    async def disconnect(self) -> None:
        """Close them all."""
        for each in self.wires:
            each.writer.close()
            with suppress(ConnectionError):
                await each.writer.wait_closed()


async def _body(request: web.Request) -> web.Response:
    return web.Response(text=f"{len(await request.read())}\n")


async def _large(_: web.Request) -> web.Response:
    return web.Response(body=b"x" * 64 * 2**20)


async def _forever(request: web.Request) -> web.Response:
    request[bot.web.LONG_LIVED] = "long" in request.query
    await asyncio.sleep(PATIENCE)
    return web.Response()


@asynccontextmanager
async def listening(most: int | None = None) -> AsyncIterator[Listening]:
    """The shared server alone, with some paths."""
    application = web.Application()
    application.router.add_route("*", "/body", _body)
    application.router.add_get("/large", _large)
    application.router.add_get("/forever", _forever)
    server = WebServer(application, most)
    await server.start("127.0.0.1", 0)
    try:
        there = Listening(server, urlsplit(server.address).port or 0)
        yield there
        await there.disconnect()
    finally:
        await server.stop()


@pytest.mark.case(67)
@pytest.mark.process
async def test_idle_connections_leave_platforms_and_health_alone(tmp_path: Path) -> None:
    async with DiscordServer() as discord, SlackServer() as slack:
        ann = discord.add_person("Ann", manager=True)
        slack.add_member(slack.workspace, "UOLU", "Olu", is_admin=True)
        olu = SlackUser(slack, "UOLU", slack.add_channel("cohort"))
        variables = {
            "COHORT_DATABASE_URL": f"sqlite:///{tmp_path / 'cohort.db'}",
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "SLACK_BOT_TOKEN": slack.workspace.token,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": slack.api_url,
        }
        async with with_descriptors(256, **variables) as process:
            address = await process.address()
            slack.send_to(address + EVENTS)
            port = urlsplit(address).port
            idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(500)]
            for _, writer in idle[::2]:
                writer.write(b"POST /slack/events HTTP/1.1\r\nHost: x\r\n")
            assert (
                "Lab is set up" in (await ann.slash("cohort-admin setup", name="Lab", timezone="Berlin")).text
            )
            assert "Lab is set up" in (await olu.say("/cohort", "admin setup Lab Berlin")).text
            assert (await health(address))[0] == 200
            for _, writer in idle:
                writer.close()
            process.ask_to_stop()
            assert await process.ended() == 0
            assert "Traceback" not in process.logs
            assert "system resource" not in process.logs, "no descriptor was missing"


@pytest.mark.case(67)
@pytest.mark.parametrize("sent", [b"", b"GET /bo", b"GET /body HTTP/1.1\r\nHost: x\r\nX-A: "])
async def test_half_request_is_answered_408(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "FIRST_REQUEST", SOON)
    async with listening() as there:
        wire = await there.connect()
        await wire.send(sent)
        assert (await wire.rest()).startswith(b"HTTP/1.1 408 ")


@pytest.mark.case(67)
async def test_headers_that_drip_end_at_their_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "FIRST_REQUEST", SOON)
    async with listening() as there:
        wire = await there.connect()
        await wire.send(b"GET /body HTTP/1.1\r\nHost: x\r\n")
        answer = asyncio.create_task(wire.rest())
        number = 0
        while not answer.done():
            number += 1
            with suppress(ConnectionError):
                await wire.send(b"X-%d: y\r\n" % number)
            await asyncio.sleep(0.01)
        assert await answer in (b"", bot.web.TOO_SLOW)


@pytest.mark.case(67)
async def test_body_that_drips_ends_at_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "BODY", SOON)
    async with listening() as there:
        wire = await there.connect()
        await wire.send(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc")
        assert await wire.rest() == b""
        whole = await there.connect()
        await whole.send(b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
        assert (await whole.answer()).startswith(b"HTTP/1.1 200 ")


@pytest.mark.case(67)
async def test_answer_that_is_not_read_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "KEEP_ALIVE", SOON)
    async with listening() as there:
        wire = await there.connect()
        await wire.send(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        await wire.answer()
        await asyncio.sleep(SOON * 5)
        assert len(await wire.rest()) < 64 * 2**20


async def test_connection_serves_again_until_it_was_idle_for_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with listening() as there:
        wire = await there.connect()
        for _ in range(3):
            await wire.send(b"GET /body HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await wire.answer()).startswith(b"HTTP/1.1 200 ")
            assert await wire.reader.readline() == b"0\n"
        monkeypatch.setattr(bot.web, "KEEP_ALIVE", SOON)
        await wire.send(b"GET /body HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await wire.rest()).endswith(b"\r\n\r\n0\n")


async def test_only_what_is_marked_may_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.web, "REQUEST", SOON)
    async with listening() as there:
        long, short = await there.connect(), await there.connect()
        await long.send(b"GET /forever?long HTTP/1.1\r\nHost: x\r\n\r\n")
        await short.send(b"GET /forever HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await short.rest() == b""
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(long.reader.read(1), SOON)


@pytest.mark.case(67)
async def test_idle_connection_makes_room_and_busy_one_does_not() -> None:
    async with listening(most=8) as there:
        idle = [await there.connect() for _ in range(4)]
        await idle[1].send(b"GET /body HTTP/1.1\r\nHost: x\r\n\r\n")
        await idle[1].answer()
        busy = []
        for gone in (idle[0], idle[2], idle[3], idle[1]):
            busy.append(await there.connect())
            await busy[-1].send(b"GET /forever HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await gone.rest()).strip() in (b"", b"0"), (
                "what never asked goes first, the oldest before others"
            )
        refused = await there.connect()
        assert await refused.rest() == bot.web.BUSY


NO_HTTP = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"nonsense\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //[ HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /%zz%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /?a=%ff&%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT x:99999 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT [::: HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET " + b"/a" * 10_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 20_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\n" + b"".join(b"A%d: b\r\n" % number for number in range(500)) + b"\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: \xff\xfe\r\nOrigin: \xc3\x28\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /body HTTP/1.1\r\nHost: x\r\nExpect: nonsense\r\n\r\n",
    b"GET /body HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nnonsense",
    b"GET /body HTTP/1.1\r\nHost: x\r\nRange: bytes=zz\r\nIf-Modified-Since: nonsense\r\nCookie: a=\x01;;=\r\n\r\n",
]
"""What is no request, or hardly one."""


@pytest.mark.case(67)
@pytest.mark.parametrize("sent", NO_HTTP, ids=range(len(NO_HTTP)))
async def test_what_is_no_request_leaves_no_traceback(
    sent: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.web, "KEEP_ALIVE", SOON)
    monkeypatch.setattr(bot.web, "FIRST_REQUEST", SOON)
    with caplog.at_level(logging.DEBUG):
        async with listening() as there:
            wire = await there.connect()
            await wire.send(sent)
            answer = await wire.rest()
    assert not answer or answer.split(b" ", 2)[1][:1] in (b"2", b"4"), answer[:300]
    assert [each for each in caplog.records if each.levelno >= logging.WARNING or each.exc_info] == []


def test_descriptors_are_left_for_others() -> None:
    assert [most_connections(each) for each in (-1, 2**20, 1024, 256, 64)] == [256, 256, 256, 64, 8]


def test_whom_an_address_counts_for() -> None:
    assert client_of(("10.0.0.1", 5)) == client_of(("10.0.0.1", 6)) == client_of(("::ffff:10.0.0.1", 7, 0, 0))
    assert client_of(("2001:db8::1", 5, 0, 0)) == client_of(("2001:db8::ffff:1", 5, 0, 0))
    assert client_of(("2001:db8::1", 5, 0, 0)) != client_of(("2001:db8:0:1::1", 5, 0, 0))
    assert client_of(("fe80::1%eth0", 5, 0, 2)) == "fe80::/64"
    assert client_of("") == client_of(None) == ""


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True)]
    + [(each, False) for each in ("0.0.0.0", "::", "192.168.1.2", "example.org", "")],  # noqa: S104 - compared
)
def test_what_only_this_machine_reaches(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def _health_note(conn: Conn) -> str | None:
    row = conn.one("SELECT value FROM note WHERE key = :key", key=bot.health.HEALTH)
    return row["value"] if row else None


@asynccontextmanager
async def asking(
    core: Core, parts: Callable[[], dict[str, bool]]
) -> AsyncIterator[Callable[[], Awaitable[int]]]:
    """A health page over a core, and a way to ask it for its status."""
    part = Health(core.store, core.clock, parts)
    application = web.Application()
    application.router.add_get("/health", part.answer)
    server = WebServer(application)
    await server.start("127.0.0.1", 0)

    async def ask() -> int:
        async with aiohttp.ClientSession() as session, session.get(server.address + "/health") as answer:
            return answer.status

    try:
        yield ask
    finally:
        await server.stop()
        await part.stop()


@pytest.mark.case(67)
async def test_health_writes_once_however_many_ask(
    sqlite_core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = 0
    write = sqlite_core.store.write

    async def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal writes
        writes += 1
        return await write(*args, **kwargs)

    monkeypatch.setattr(sqlite_core.store, "write", counted)
    async with asking(sqlite_core, lambda: {"part": True}) as ask:
        assert await asyncio.gather(*(ask() for _ in range(50))) == [200] * 50
        assert writes == 1
        assert await sqlite_core.store.read(_health_note) == sqlite_core.clock.now().isoformat()
        monkeypatch.setattr(bot.health, "FRESH", 0.0)
        await ask()
        assert writes == 2


async def test_health_says_within_seconds_that_database_does_not_answer(
    sqlite_core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = asyncio.Event()

    async def stuck(*_: Any, **__: Any) -> None:
        await released.wait()

    monkeypatch.setattr(bot.health, "WAIT", SOON)
    async with asking(sqlite_core, dict) as ask:
        with monkeypatch.context() as patched:
            patched.setattr(sqlite_core.store, "write", stuck)
            assert await asyncio.gather(*(ask() for _ in range(5))) == [503] * 5
        released.set()
        await asyncio.sleep(0)
        assert await ask() == 200


@pytest.mark.parametrize(
    ("host", "mode", "advice"),
    [
        ("0.0.0.0", "http", "let it forward /slack/events alone"),  # noqa: S104 - that is the point
        ("0.0.0.0", "socket", "nothing here is meant for other machines"),  # noqa: S104 - as above
        ("127.0.0.1", "http", ""),
    ],
)
async def test_public_web_part_is_said_with_what_to_do(
    host: str, mode: str, advice: str, sqlite_url: str
) -> None:
    async with SlackServer() as slack:
        given = {"slack_bot_token": slack.workspace.token, "slack_api_url": slack.api_url}
        given["slack_app_token" if mode == "socket" else "slack_signing_secret"] = (
            APP_TOKEN if mode == "socket" else SIGNING_SECRET
        )
        running = Bot(settings(sqlite_url, NOW, http=f"{host}:0", **given))
        with capture_logs() as events:
            await running.start()
        await running.stop()
    said = [each["advice"] for each in events if "reached from other machines" in each["event"]]
    assert len(said) == bool(advice)
    assert advice in "".join(said)
