"""A playground on a database of real cohorts, and its clock moved: nothing reaches a real channel, and no slot of
theirs is used up."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from bot import bootstrap
from bot.playground.adapter import PlaygroundAdapter
from core.delivery.outbox import PostState
from core.errors import BadInput
from core.store.open import open_store
from core.store.port import Conn
from tests.faults.two_platforms import BEGIN, TwoPlatforms, two_platforms
from tests.story.bot import Bot, settings
from tests.story.process import bot as process_of_bot


def of_real_cohorts(conn: Conn) -> Sequence[str]:
    """The posts and schedules of the cohorts on Discord and Slack."""
    real = "SELECT cohort_id FROM place WHERE platform <> 'playground'"
    posts = conn.all(f"SELECT * FROM outbox WHERE cohort_id IN ({real}) ORDER BY id")
    planned = conn.all(f"SELECT * FROM schedule WHERE cohort_id IN ({real}) ORDER BY id")
    return [
        *(str([row[each] for each in ("key", "state", "reason", "attempts", "retry_at")]) for row in posts),
        *(str([row[each] for each in ("id", "next_at", "next_on", "done_at")]) for row in planned),
    ]


async def read(url: str) -> Sequence[str]:
    """The same of a database that nothing uses."""
    store = await open_store(url)
    try:
        return await store.read(of_real_cohorts)
    finally:
        await store.close()


def sent_to(stage: TwoPlatforms) -> int:
    """How many messages the platforms were given."""
    posts = stage.slack.calls_of("chat.postMessage")
    channels = stage.discord.home.channels.values()
    return len(posts) + sum(len(each.messages) for each in channels)


@pytest.mark.case(70)
async def test_playground_on_used_database_moved_by_days(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        for lab in (here, there):
            await stage.schedule(lab)
            await stage.schedule(lab, when="weekdays 15:00", follow="member")
        await stage.later(hours=1)
        before, posted = await stage.bot.core.store.read(of_real_cohorts), sent_to(stage)
        real, stage.bot = stage.bot, Bot(settings(sqlite_url, BEGIN))
        now = real.clock.now()
        await real.stop()
        # As if it had not been refused, see below.
        monkeypatch.setattr(bootstrap, "refuse_others", lambda *_: None)
        playground = stage.bot
        await playground.start()
        (adapter,) = playground.application.adapters
        assert isinstance(adapter, PlaygroundAdapter)
        await adapter.ready()
        assert adapter.problems == []
        moved = [await adapter.move_clock(86400.0) for _ in range(40)]
        assert any(each["posted"] for each in moved), "it posts in its own channels"
        await playground.application.delivery._clean_safely()
        await adapter.reset(sample=False)
        await playground.stop()
        assert await read(sqlite_url) == before
        assert sent_to(stage) == posted

        stage.bot = real
        real.settings = real.settings.model_copy(update={"clock": now})
        await real.start()
        stage.slack.send_to(real.address + "/slack/events")
        await stage.later(days=1)
        states = [
            row["state"]
            for row in await stage.rows()
            if row["channel"] in (here.place.channel, there.place.channel)
        ]
        assert set(states) == {PostState.SENT}
        assert [len(each.texts) for each in (here, there)] == [2, 2], "each day's call, once"


@pytest.mark.case(70)
async def test_playground_does_not_open_database_of_real_cohorts(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        await stage.on_slack("there")
    before = await read(sqlite_url)
    playground = Bot(settings(sqlite_url, BEGIN))
    with pytest.raises(BadInput, match=r"holds cohorts of slack.* Set COHORT_PLAYGROUND_DB to another file"):
        await playground.start()
    assert await read(sqlite_url) == before


@pytest.mark.case(70)
@pytest.mark.process
async def test_process_of_playground_leaves_real_tokens_and_database_alone(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        await stage.on_slack("there")
        calls = len(stage.slack.calls)
        given = {
            "SLACK_BOT_TOKEN": stage.slack.workspace.token,
            "SLACK_SIGNING_SECRET": "secret",
            "SLACK_API_URL": stage.slack.api_url,
            "COHORT_DATABASE_URL": sqlite_url,
        }
        file = sqlite_url.removeprefix("sqlite:///")
        own = str(Path(file).with_name("playground.db"))
        async with process_of_bot("playground", COHORT_PLAYGROUND_DB=own, **given) as process:
            await process.address()
            assert "playground is open at" in process.said
            assert own in process.said
            assert "are left out" in process.logs
            assert "slack" in process.logs
        async with process_of_bot("playground", COHORT_PLAYGROUND_DB=file, **given) as process:
            assert await process.ended() == 1
            assert "holds cohorts of slack" in process.logs
            assert "Traceback" not in process.logs
        assert len(stage.slack.calls) == calls


@pytest.mark.case(70)
async def test_demonstration_clock_of_one_platform_leaves_other_alone(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        for lab in (here, there):
            await stage.schedule(lab)
        before = list(await stage.rows(there))
        await stage.bot.stop()
        both = stage.bot.settings
        stage.bot.settings = both.model_copy(update={"slack_bot_token": None, "slack_signing_secret": None})
        await stage.bot.start()
        await stage.later(hours=1)
        for _ in range(39):
            await stage.later(days=1)
        assert list(await stage.rows(there)) == before
        assert (len(here.texts), len(there.texts)) == (40, 0)
