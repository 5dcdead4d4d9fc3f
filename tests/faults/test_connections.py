"""The bot is removed, comes back, loses its sockets; the loop is held up; a burst in one channel."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot import application
from bot.slack.adapter import SlackAdapter
from bot.watchdog import Watchdog
from core.clock import FixedClock
from core.commands.dispatch import Core
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.faults.two_platforms import suspended, two_platforms, until
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture
from tests.servers.discord import DiscordServer, refuse
from tests.servers.slack import APP_TOKEN, SlackServer, SlackUser
from tests.slack.conftest import connected
from tests.story.process import PATIENCE, health


@pytest.mark.case(22)
async def test_removed_bot_suspends_and_outage_changes_nothing(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        store = stage.bot.core.store
        await stage.schedule(here)
        await stage.discord.remove_bot(stage.discord.home, outage=True)
        await stage.later(minutes=31)
        assert await store.read(suspended) is False
        assert len(here.texts) == 1
        await stage.discord.return_bot(stage.discord.home)

        await stage.discord.remove_bot(stage.discord.home)
        await until(store, suspended)
        await stage.later(hours=24)
        assert await stage.states(here) == ["sent"], "nothing is fired for a cohort that is suspended"
        await stage.discord.return_bot(stage.discord.home)
        await until(store, lambda conn: not suspended(conn))
        await stage.later(seconds=1)
        assert len(here.texts) == 2, "the slot inside the catch-up window comes late"


@pytest.mark.parametrize("first", ["app_uninstalled", "tokens_revoked"])
@pytest.mark.case(24)
async def test_uninstalled_and_revoked_in_either_order_then_installed_again(
    sqlite_url: str, first: str
) -> None:
    async with two_platforms(sqlite_url) as stage:
        there = await stage.on_slack("there")
        store = stage.bot.core.store
        olu = SlackUser(stage.slack, "UOLU", there.channel)
        events = ["app_uninstalled", "tokens_revoked"]
        await olu.event({"type": "tokens_revoked", "tokens": {"oauth": ["UADA"], "bot": []}})
        assert not await store.read(suspended), "a member's own token is not the bot's"
        stage.slack.workspace.revoked = True
        for event in events if first == events[0] else reversed(events):
            await olu.event({"type": event})
            assert await store.read(suspended)
        await stage.schedule_quietly(there)
        await stage.later(minutes=31)
        assert there.texts == []

        stage.slack.workspace.revoked = False
        await stage.restart()
        assert not await stage.bot.core.store.read(suspended)
        await stage.flush()
        assert len(there.texts) == 1


def no_answer(name: str) -> Callable[[DiscordServer, SlackServer], None]:
    """A platform that is not reached twice, at different steps of the start."""

    def before(discord: DiscordServer, slack: SlackServer) -> None:
        match name:
            case "discord":
                discord.fault("GET", "/users/@me$", refuse(503))
                discord.fault("GET", "/gateway/bot$", refuse(503))
            case "slack-http":
                slack.fail("auth.test", drop=True)
                slack.fail("auth.test", status=503)
            case "slack-socket":
                slack.fail("auth.test", drop=True)
                slack.fail("apps.connections.open", error="internal_error")

    return before


@pytest.mark.parametrize("name", ["discord", "slack-http", "slack-socket"])
async def test_platform_that_is_not_reached_at_start_is_tried_again(
    name: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "RETRY", 0.05)
    app_token = APP_TOKEN if name == "slack-socket" else None
    with capture_logs() as events:
        async with two_platforms(sqlite_url, app_token=app_token, before=no_answer(name)) as stage:
            if name == "slack-socket":
                stage.slack.http = None
            status, _ = await health(stage.bot.address)
            assert status == 503
            other = await (stage.on_slack("other") if name == "discord" else stage.on_discord("other"))
            await stage.post(other, "k1")
            assert len(other.texts) == 1, "the other platform is at work meanwhile"
            async with asyncio.timeout(PATIENCE):
                while (await health(stage.bot.address))[0] != 200:  # noqa: ASYNC110 - as an operator's check does
                    await asyncio.sleep(0.05)
            late = await (stage.on_discord("late") if name == "discord" else stage.on_slack("late"))
            await stage.post(late, "k2")
            assert len(late.texts) == 1
            if name == "discord":
                assert "Lab late" in (await stage.people["Ada"].slash("cohort members", at=late.channel)).text
            else:
                ada = SlackUser(stage.slack, "UADA", late.channel)
                assert "Lab late" in (await ada.say("/cohort", "cohort members")).text
    tries = [each for each in events if each["event"] == "adapter could not start"]
    assert [bool(each.get("exc_info")) for each in tries] == [True, False], "told at length once"


@pytest.mark.case(11)
async def test_dead_gateway_is_rebuilt_and_health_is_red_meanwhile(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        assert (await health(stage.bot.address))[0] == 200
        gateway = stage.discord.gateway
        refused = asyncio.Event()
        serve = gateway.serve

        async def closed(_: web.BaseRequest) -> web.StreamResponse:
            refused.set()
            return web.Response(status=503)

        gateway.serve = closed  # type: ignore[method-assign,assignment] # the platform takes no connections
        gateway.drop()
        await asyncio.wait_for(refused.wait(), 10)
        status, parts = await health(stage.bot.address)
        assert (status, parts["discord"], parts["slack"]) == (503, "failing", "ok")
        await stage.post(here, "k")
        assert len(here.texts) == 1, "posts leave all the same"

        gateway.serve = serve  # type: ignore[method-assign] # it is back
        await stage.discord.until(lambda: bool(gateway.connections), 20)
        await stage.people["Ada"].slash("cohort help", at=here.channel)
        assert (await health(stage.bot.address))[0] == 200


@pytest.mark.case(11)
async def test_dead_sockets_are_rebuilt_and_not_called_healthy(sqlite_core: Core) -> None:
    async with SlackServer() as slack:
        slack.add_member(slack.workspace, "UADA", "Ada")
        ada = SlackUser(slack, "UADA", slack.add_channel("cohort"))
        async with connected(sqlite_core, slack, "socket") as adapter:
            assert adapter.healthy()
            dead = list(slack.sockets.connections)
            slack.fail("apps.connections.open", status=500, times=10**6)
            for connection in dead:
                connection.deaf = True
            await becomes(adapter, healthy=False)
            await asyncio.sleep(1.0)  # several attempts, all of them in vain
            assert not adapter.healthy()
            slack.faults.clear()
            await slack.sockets.opened(2, besides=dead, within=20)
            await becomes(adapter, healthy=True)
            assert (await ada.say("/cohort", "help")).text


async def becomes(adapter: SlackAdapter, *, healthy: bool) -> None:
    """Wait until the adapter says so; nothing else tells."""
    async with asyncio.timeout(20):
        while adapter.healthy() is not healthy:  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.02)


@pytest.mark.case(10)
async def test_loop_that_is_blocked_is_said_in_log() -> None:
    watchdog = Watchdog(patience=0.3)
    with capture_logs() as events:
        watchdog.start()
        await asyncio.sleep(0)
        hold_the_loop(1.5)
        async with asyncio.timeout(5):
            while not any("was blocked" in each["event"] for each in events):  # noqa: ASYNC110 - only the log tells
                await asyncio.sleep(0.01)
        watchdog.stop()
    meanwhile = next(each for each in events if each["event"] == "the event loop is blocked")
    assert any("hold_the_loop" in line for line in meanwhile["where"])
    afterwards = next(each for each in events if each["event"] == "the event loop was blocked")
    assert afterwards["seconds"] > 1


def hold_the_loop(seconds: float) -> None:
    """What must not be done."""
    time.sleep(seconds)


@pytest.mark.case(10)
async def test_bot_has_watchdog_for_as_long_as_it_runs(sqlite_url: str) -> None:
    def watching() -> bool:
        return "watchdog" in {each.name for each in threading.enumerate()}

    async with two_platforms(sqlite_url):
        assert watching()
    assert not watching()


def two_channels(conn: Conn, cohort: int, now: datetime) -> None:
    """Three posts in one channel and one in another."""
    for n in range(4):
        target = Target("test", "W", "C2" if n == 3 else "C1")
        outbox.enqueue(conn, NewPost(cohort, f"k{n}", "checkins.call", {"day": "2026-11-23"}, target), now)


async def test_channel_gets_its_posts_no_faster_than_its_pace(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    outlet = KeepingOutlet(pace=1.0)
    delivery = Delivery(cohort.core, {"test": outlet})
    begun = clock.now()
    sent: list[tuple[float, str]] = []
    await cohort.core.store.write(two_channels, cohort.id, begun)
    for quarter in range(16):
        clock.move_to(datetime.fromtimestamp(begun.timestamp() + quarter / 4, UTC))
        await delivery.flush()
        sent += [(quarter / 4, each.key) for each in outlet.sent[len(sent) :]]
    await delivery.stop()
    assert sorted(sent) == [(0.0, "k0"), (0.0, "k3"), (1.0, "k1"), (2.0, "k2")]


async def test_burst_in_one_slack_channel_meets_no_refusal(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        there = await stage.on_slack("there")
        stage.slack.pace_seconds = 1.0
        await asyncio.sleep(1.0)  # the welcome was a post too
        now = stage.bot.clock.now()
        await stage.bot.core.store.write(three, there.id, there.target, now)
        await stage.slack.until(lambda: len(there.texts) == 3, 10)
        assert [call.answer["ok"] for call in stage.slack.calls_of("chat.postMessage")] == [True] * 4


def three(conn: Conn, cohort: int, target: Target, now: datetime) -> None:
    """Three posts at once."""
    for n in range(3):
        outbox.enqueue(conn, NewPost(cohort, f"b{n}", "checkins.call", {"day": f"2026-11-2{n}"}, target), now)
