"""A connection ends for good while the bot runs: it says why, and that platform is started again."""

import asyncio
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from bot import application, bootstrap
from bot.discord import adapter as discord_adapter
from core.delivery.outlet import Outlet
from tests.channels import KnownChannels
from tests.faults.test_storage import held_by_another_process
from tests.faults.two_platforms import BEGIN, TwoPlatforms, two_platforms
from tests.outlets import KeepingOutlet
from tests.servers.discord import hold
from tests.servers.discord.errors import Refused
from tests.servers.discord.interactions import DEFER
from tests.servers.discord.rest import Answer, Call, Fault, Next
from tests.story.bot import Bot, settings
from tests.story.process import PATIENCE, health

LOGIN = "/users/@me$"


def away_while(away: asyncio.Event) -> Fault:
    """No answer from the platform for as long as it is away."""

    async def fault(call: Call, proceed: Next) -> Answer:
        if away.is_set():
            raise Refused(503, 0)
        return await proceed(call)

    return fault


async def close(stage: TwoPlatforms, code: int) -> None:
    """Discord closes the bot's connection for a reason."""
    for connection in stage.discord.gateway.connections:
        await connection.close(code)


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait for something that only the log or the application tells."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("code", [4004, 4011])
async def test_platform_that_is_lost_is_said_and_started_again(
    code: int, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "RETRY", 0.05)
    away = asyncio.Event()
    away.set()
    with capture_logs() as events:

        def count(event: str) -> int:
            return sum(each["event"] == event for each in events)

        async with two_platforms(sqlite_url) as stage:
            here, there = await stage.on_discord("here"), await stage.on_slack("there")
            stage.discord.fault("GET", LOGIN, away_while(away), times=10**6)
            await close(stage, code)
            await eventually(lambda: count("adapter could not start") >= 2)
            status, parts = await health(stage.bot.address)
            assert (status, parts["discord"], parts["slack"]) == (503, "failing", "ok")
            for lab in (here, there):
                await stage.post(lab, "k" + lab.place.name)
            assert [len(lab.texts) for lab in (here, there)] == [0, 1], "what cannot leave waits"
            assert await stage.states(here) == ["pending"]

            away.clear()
            await stage.discord.until(lambda: bool(here.texts), PATIENCE)
            async with asyncio.timeout(PATIENCE):
                while (await health(stage.bot.address))[0] != 200:  # noqa: ASYNC110 - as an operator's check does
                    await asyncio.sleep(0.05)
            answer = await stage.people["Ada"].slash("cohort members", at=here.channel)
            assert "Lab here" in answer.text
            await stage.flush()
            assert (len(here.texts), await stage.states(here)) == (1, ["sent"])
    (lost,) = [each for each in events if each["event"] == "adapter was lost"]
    assert (lost["adapter"], lost["log_level"]) == ("discord", "error")
    assert str(code) in lost["reason"]


async def test_answers_in_progress_survive_lost_connection(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "RETRY", 0.05)
    monkeypatch.setattr(discord_adapter, "DRAIN_SECONDS", 0.05)  # no stop in between waits for it
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        with held_by_another_process(sqlite_url):
            call = await stage.people["Ada"].start("submission add", title="In between", at=here.channel)
            await stage.discord.until(lambda: call.callback == DEFER)
            await close(stage, 4004)
            await eventually(lambda: "discord" not in stage.bot.application.outlets)
            await asyncio.sleep(0.3)  # the next start is due by now
        await stage.discord.until(lambda: "In between" in call.text, PATIENCE)
        await eventually(lambda: "discord" in stage.bot.application.outlets)
        assert "In between" in (await stage.people["Ada"].slash("submission list", at=here.channel)).text


@pytest.mark.parametrize("step", ["in the pause", "while it starts"])
async def test_stop_does_not_wait_for_lost_platform(
    step: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "RETRY", 60.0 if step == "in the pause" else 0.01)
    gate, asked = asyncio.Event(), asyncio.Event()
    silence = hold(gate)

    async def silent(call: Call, proceed: Next) -> Answer:
        asked.set()
        return await silence(call, proceed)

    async with two_platforms(sqlite_url) as stage:
        stage.discord.fault("GET", LOGIN, silent, times=10**6)
        await close(stage, 4004)
        await eventually(lambda: "discord" not in stage.bot.application.outlets)
        if step == "while it starts":
            await asyncio.wait_for(asked.wait(), PATIENCE)
        async with asyncio.timeout(10):
            await stage.bot.stop()
        gate.set()


class Flaky:
    """An adapter that is lost as soon as it stands, some times."""

    name = "flaky"

    def __init__(self, times: int) -> None:
        self.outlet: Outlet = KeepingOutlet("flaky")
        self.inspector = KnownChannels()
        self.starts: list[float] = []
        self.stands = asyncio.Event()
        self._times = times

    async def start(self) -> None:
        """Stand."""
        self.starts.append(asyncio.get_running_loop().time())

    async def stop(self) -> None:
        """Nothing is to be done."""

    def healthy(self) -> bool:
        """Always."""
        return True

    async def wait_closed(self) -> Exception:
        """At once, but at the last start."""
        if len(self.starts) > self._times:
            self.stands.set()
            await asyncio.Event().wait()
        return ConnectionError("Lost.")


async def test_restarts_of_lost_platform_back_off(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "RETRY", 0.02)
    monkeypatch.setattr(application, "LONGEST_RETRY", 0.16)
    flaky = Flaky(5)
    monkeypatch.setattr(bootstrap, "_adapters", lambda *_, **__: [flaky])
    bot = Bot(settings(sqlite_url, BEGIN))
    await bot.start()
    try:
        await asyncio.wait_for(flaky.stands.wait(), PATIENCE)
        assert bot.application.outlets == {"flaky": flaky.outlet}
    finally:
        await bot.stop()
    pauses = [after - before for before, after in zip(flaky.starts, flaky.starts[1:], strict=False)]
    least = [0.02, 0.04, 0.08, 0.16, 0.16]
    assert all(pause >= wanted * 0.95 for pause, wanted in zip(pauses, least, strict=True)), pauses
