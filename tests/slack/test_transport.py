"""Signatures, dead sockets, refreshes, and stopping."""

import asyncio
import gzip
import json
import time
from urllib.parse import urlsplit

import pytest
import structlog

from core.commands.dispatch import Core
from tests.servers.slack import Failed, SlackServer, SlackUser, as_message, encode, sign
from tests.servers.slack.server import SIGNING_SECRET
from tests.servers.slack.transports import Kind
from tests.slack.conftest import connected


@pytest.fixture
def ada(slack: SlackServer) -> SlackUser:
    """A member in a channel."""
    return SlackUser(slack, "UADA", slack.add_channel("cohort"))


@pytest.mark.case(32)
async def test_forged_requests_are_refused(slack: SlackServer, slack_core: Core, ada: SlackUser) -> None:
    async with connected(slack_core, slack, "http"):
        assert slack.http is not None
        turn = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
        payload = ada.slash(turn, "/cohort", "help")
        body, kind = encode("slash_commands", payload)
        assert (await slack.http.forge("slash_commands", payload, age=290))[0] == 200
        for age in (301, 10**6, -301):
            assert (await slack.http.forge("slash_commands", payload, age=age))[0] == 401
        for stamp in ("", "x", "1e9", "١٢٣", "9" * 40, "-1", "nan"):
            assert await slack.http.forge("slash_commands", payload, stamp=_header(stamp)) == _refused(), (
                stamp
            )
        signed = slack.http.headers(body, kind)
        assert (await slack.http.raw(body + b"&x=1", signed))[0] == 401
        assert (await slack.http.raw(body, {**signed, "X-Slack-Signature": "v0=" + "0" * 64}))[0] == 401
        assert (await slack.http.raw(body, {}))[0] == 401
        assert (await slack.http.raw(b"\xff\xfe", {**signed, "Content-Type": "application/json"}))[0] == 401
        for odd in (b"\xff\xfe", b"{", b"payload=%7B", b"[]", b"payload=[]", b'{"type": "event_callback"}'):
            stamp = signed["X-Slack-Request-Timestamp"]
            wrong = {**signed, "X-Slack-Signature": sign(SIGNING_SECRET, stamp, odd)}
            for content_type in ("application/json", kind):
                status, said = await slack.http.raw(odd, {**wrong, "Content-Type": content_type})
                assert status in (200, 400, 401, 404), (odd, content_type, status)
                assert "Traceback" not in said
        assert not slack.calls_of("response_url")
        status, said = await slack.http.forge("events_api", {"type": "url_verification", "challenge": "c1"})
        assert (status, "c1" in said) == (200, True)


def _header(stamp: str) -> str:
    return stamp.encode().decode("latin-1")


def _refused() -> tuple[int, str]:
    return 401, json.dumps({"error": "invalid request"})


async def test_refresh_loses_nothing(slack: SlackServer, slack_core: Core, ada: SlackUser) -> None:
    async with connected(slack_core, slack, "socket") as adapter:
        assert len(slack.sockets.connections) == 2
        assert adapter.healthy()
        await slack.sockets.refresh()
        said = await asyncio.gather(*(ada.say("/cohort", "help") for _ in range(20)))
        assert len({m.text for m in said}) == 1
        # With pings five times a second one may be late on a busy machine; the adapter makes up for it.
        async with asyncio.timeout(10):
            while not adapter.healthy():  # noqa: ASYNC110 - health is asked for, it tells nobody
                await asyncio.sleep(0.05)


async def test_what_one_socket_does_not_hear_other_answers(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    slack.sockets.ack_seconds = 0.3
    async with connected(slack_core, slack, "socket"):
        slack.sockets.connections[0].deaf = True
        assert (await ada.say("/cohort", "help")).text


async def test_lost_connection_is_opened_again(slack: SlackServer, slack_core: Core, ada: SlackUser) -> None:
    async with connected(slack_core, slack, "socket") as adapter:
        for connection in list(slack.sockets.connections):
            await slack.sockets.cut(connection)
        assert not slack.sockets.connections
        await slack.until(lambda: len(slack.calls_of("apps.connections.open")) >= 3)
        await slack.sockets.opened(1)
        assert (await ada.say("/cohort", "help")).text
        assert adapter.healthy()


async def test_connection_without_pongs_is_rebuilt(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    async with connected(slack_core, slack, "socket") as adapter:
        silent = list(slack.sockets.connections)
        for connection in silent:
            connection.deaf = True
        await slack.sockets.opened(2, besides=silent)
        assert adapter.healthy()
        assert (await ada.say("/cohort", "help")).text


async def test_stop_finishes_what_is_under_way(slack: SlackServer, slack_core: Core, ada: SlackUser) -> None:
    async with connected(slack_core, slack, "http") as adapter:
        running = asyncio.create_task(ada.say("/cohort", "sample slow 0.3"))
        await slack.until(lambda: any(turn.payload for turn in slack.turns.values()) or None)
        await adapter.stop()
        assert not adapter.healthy()
        assert (await running).text == "Slept for 0.3"
        with pytest.raises(Failed, match="503"):
            await ada.say("/cohort", "help")


async def test_wrong_token_is_said_at_start(slack: SlackServer, slack_core: Core) -> None:
    slack.workspace.revoked = True
    with pytest.raises(Exception, match="token_revoked"):
        async with connected(slack_core, slack, "http"):
            pass


async def test_unforeseen_failure_tells_caller(slack: SlackServer, slack_core: Core, ada: SlackUser) -> None:
    async with connected(slack_core, slack, "http") as adapter:
        turn = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
        payload = {**ada.slash(turn, "/cohort", "help")}
        del payload["channel_id"]
        await ada.slash_again(turn, payload)
        assert "reference" in as_message(await ada.answer(turn)).text
        assert adapter.healthy()


async def _raw(address: str, *parts: bytes) -> bytes:
    """Send bytes to the request URL as they are; the first line of what comes back."""
    found = urlsplit(address)
    reader, writer = await asyncio.open_connection(found.hostname, found.port)
    for part in parts:
        writer.write(part)
        await writer.drain()
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    return line


@pytest.mark.case(32)
async def test_what_is_no_request_of_slacks_is_refused_unread(
    slack: SlackServer, slack_core: Core, ada: SlackUser, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(slack_core, slack, "http"):
        assert slack.http is not None
        body, kind = encode("events_api", {"type": "url_verification", "challenge": "c1"})
        for sent in (body, gzip.compress(body)):
            signed = slack.http.headers(sent, kind)
            for coding in ("gzip", "deflate", "br", "identity, gzip"):
                assert (await slack.http.raw(sent, {**signed, "Content-Encoding": coding}))[0] == 401
        plain = {**slack.http.headers(body, kind), "Content-Encoding": "identity"}
        assert (await slack.http.raw(body, plain))[0] == 200
        # The answer comes though not one byte of the body does.
        head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n"
        now = str(int(time.time())).encode()
        right = b"v0=" + b"0" * 64
        for stamp, signature in ((now, b""), (b"", right), (now, b"v0=zz"), (b"1700000000", right)):
            lines = b"X-Slack-Request-Timestamp: %b\r\nX-Slack-Signature: %b\r\n\r\n" % (stamp, signature)
            assert b" 401 " in await _raw(slack.http.url, head + lines)
        assert b" 401 " in await _raw(slack.http.url, head + b"Content-Encoding: gzip\r\n\r\n")
    assert not [each for each in caplog.records if each.exc_info]


async def test_bodies_that_do_not_arrive(
    slack: SlackServer,
    slack_core: Core,
    ada: SlackUser,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.slack.transport.READ", 0.2)
    async with connected(slack_core, slack, "http"):
        assert slack.http is not None
        lines = [f"{name}: {value}\r\n".encode() for name, value in slack.http.headers(b"", "x/y").items()]
        head = b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + b"".join(lines)
        assert b" 400 " in await _raw(slack.http.url, head + b"Content-Length: 200\r\n\r\nabc")
        chunked = head + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
        assert b" 400 " in await _raw(slack.http.url, chunked)
        found = urlsplit(slack.http.url)
        for _ in range(3):
            _, writer = await asyncio.open_connection(found.hostname, found.port)
            writer.write(head + b"Content-Length: 200\r\n\r\nabc")
            await writer.drain()
            await asyncio.sleep(0.05)
            writer.transport.abort()
        assert (await ada.say("/cohort", "help")).text
    assert not [each for each in caplog.records if each.exc_info]


ODD: tuple[tuple[Kind, dict[str, object]], ...] = (
    ("events_api", {"type": "event_callback", "team_id": "T0LAB", "event": None}),
    ("interactive", {"type": "view_submission", "user": {"id": "UADA"}, "view": {"callback_id": "form"}}),
)


async def test_odd_payloads_are_one_line_with_reference(
    slack: SlackServer, slack_core: Core, ada: SlackUser, caplog: pytest.LogCaptureFixture
) -> None:
    async with connected(slack_core, slack, "http"):
        assert slack.http is not None
        bodies = [encode(kind, payload) for kind, payload in ODD]
        bodies.append((b"[" * 50_000, "application/json"))
        for body, kind in bodies:
            with structlog.testing.capture_logs() as logged:
                status, said = await slack.http.raw(body, slack.http.headers(body, kind))
            assert status == 400
            (line,) = [each for each in logged if each["log_level"] == "error"]
            assert line["reference"] in said
            assert "exc_info" not in line
    assert not [each for each in caplog.records if each.exc_info]


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_what_nobody_handles_is_not_in_log(
    slack: SlackServer, slack_core: Core, ada: SlackUser, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    slack.sockets.ack_seconds = 0.2
    typed = {"type": "block_suggestion", "action_id": "nope", "block_id": "b", "value": "SECRETWORD"}
    async with connected(slack_core, slack, mode):
        with structlog.testing.capture_logs() as logged:
            with pytest.raises(Failed):
                await slack.transport.deliver("interactive", {**typed, "user": {"id": "UADA"}, "view": {}})
            for kind, payload in ODD:
                with pytest.raises(Failed):
                    await slack.transport.deliver(kind, payload)
    assert {"nothing handles a payload"} <= {each["event"] for each in logged}
    assert "SECRETWORD" not in caplog.text + str(logged)
    assert not [each for each in caplog.records if each.exc_info]
