"""Signatures, dead sockets, refreshes, and stopping."""

import asyncio
import json

import pytest

from core.run import Core
from tests.servers.slack import Failed, SlackServer, SlackUser, as_message, encode, sign
from tests.servers.slack.server import SIGNING_SECRET
from tests.slack.conftest import connected


@pytest.fixture
def ada(slack: SlackServer) -> SlackUser:
    """A member in a channel."""
    return SlackUser(slack, "UADA", slack.add_channel("cohort"))


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


async def test_a_refresh_loses_nothing(slack: SlackServer, slack_core: Core, ada: SlackUser) -> None:
    async with connected(slack_core, slack, "socket") as adapter:
        assert len(slack.sockets.connections) == 2
        assert adapter.healthy()
        await slack.sockets.refresh()
        said = await asyncio.gather(*(ada.say("/cohort", "help") for _ in range(20)))
        assert len({m.text for m in said}) == 1
        assert adapter.healthy()


async def test_what_one_socket_does_not_hear_the_other_answers(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    slack.sockets.ack_seconds = 0.3
    async with connected(slack_core, slack, "socket"):
        slack.sockets.connections[0].deaf = True
        assert (await ada.say("/cohort", "help")).text


async def test_a_lost_connection_is_opened_again(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    async with connected(slack_core, slack, "socket") as adapter:
        for connection in list(slack.sockets.connections):
            await slack.sockets.cut(connection)
        assert not slack.sockets.connections
        await slack.until(lambda: len(slack.calls_of("apps.connections.open")) >= 3)
        await slack.sockets.opened(1)
        assert (await ada.say("/cohort", "help")).text
        assert adapter.healthy()


async def test_a_connection_without_pongs_is_rebuilt(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    async with connected(slack_core, slack, "socket") as adapter:
        silent = list(slack.sockets.connections)
        for connection in silent:
            connection.deaf = True
        await slack.sockets.opened(2, besides=silent)
        assert adapter.healthy()
        assert (await ada.say("/cohort", "help")).text


async def test_a_stop_finishes_what_is_under_way(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    async with connected(slack_core, slack, "http") as adapter:
        running = asyncio.create_task(ada.say("/cohort", "sample slow 0.3"))
        await slack.until(lambda: any(turn.payload for turn in slack.turns.values()) or None)
        await adapter.stop()
        assert not adapter.healthy()
        assert (await running).text == "Slept for 0.3"
        with pytest.raises(Failed, match="503"):
            await ada.say("/cohort", "help")


async def test_a_wrong_token_is_said_at_start(slack: SlackServer, slack_core: Core) -> None:
    slack.workspace.revoked = True
    with pytest.raises(Exception, match="token_revoked"):
        async with connected(slack_core, slack, "http"):
            pass


async def test_an_unforeseen_failure_tells_the_caller(
    slack: SlackServer, slack_core: Core, ada: SlackUser
) -> None:
    async with connected(slack_core, slack, "http") as adapter:
        turn = slack.open_turn(slack.workspace, "UADA", ada.channel, "command")
        payload = {**ada.slash(turn, "/cohort", "help")}
        del payload["channel_id"]
        await ada.slash_again(turn, payload)
        assert "reference" in as_message(await ada.answer(turn)).text
        assert adapter.healthy()
