"""Channels that close, open, get other names and lose their purpose, through both platforms' clients."""

from collections.abc import Callable

import pytest

from core.chat.model import Place
from core.cohorts import places
from core.store.port import Conn
from tests.faults.two_platforms import CohortOnPlatform, TwoPlatforms, two_platforms, until
from tests.people import text_of
from tests.servers.discord.permissions import SEND_MESSAGES
from tests.servers.slack import SlackUser


async def channels(lab: CohortOnPlatform) -> str:
    """What `cohort-admin show` says of a cohort's channels."""
    return str((await lab.olu.ok("cohort-admin show")).blocks)


async def opened(stage: TwoPlatforms) -> None:
    """Wait until no channel is closed."""
    await until(stage.bot.core.store, lambda conn: places.closed_count(conn) == 0)


async def tell(stage: TwoPlatforms, lab: CohortOnPlatform, **event: object) -> None:
    """Slack tells the bot of something."""
    await SlackUser(stage.slack, "UADA", lab.channel).event(dict(event))


@pytest.mark.case(41)
async def test_bot_that_is_let_in_again_posts_again(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        for lab in (here, there):
            await stage.schedule(lab)
        team, everyone = stage.slack.workspace, stage.discord.home.id
        await stage.discord.overwrite(here.channel, everyone, deny=SEND_MESSAGES)
        there.channel.members.discard(team.bot_user)
        await stage.later(minutes=31)
        await stage.later(hours=24)
        for lab in (here, there):
            assert await stage.states(lab) == ["failed", "failed"], "each slot is listed"
            assert "(closed: " in await channels(lab)
            assert "is closed to me" in text_of(await lab.olu.ok("cohort-admin schedule-list"))

        await stage.discord.overwrite(here.channel, everyone)
        there.channel.members.add(team.bot_user)
        joined = {"user": team.bot_user, "channel": there.channel.id, "team": team.team_id}
        await tell(stage, there, type="member_joined_channel", **joined)
        await opened(stage)
        for lab in (here, there):
            assert "closed" not in await channels(lab)
        await stage.later(hours=24)
        for lab in (here, there):
            assert (await stage.states(lab))[-1] == "sent"
            assert len(lab.texts) == 1


@pytest.mark.case(41)
async def test_no_event_is_needed_to_post_again(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        there = await stage.on_slack("there")
        await stage.schedule(there)
        there.channel.archived = True
        await stage.later(minutes=31)
        there.channel.archived = False
        await stage.later(hours=24)
        assert await stage.states(there) == ["failed", "sent"]
        failed = next(row["id"] for row in await stage.rows(there) if row["state"] == "failed")
        await there.olu.ok("cohort-admin delivery", retry=str(failed))
        await stage.later(seconds=2)
        assert len(there.texts) == 2
        assert "comes late" in there.texts[-1]


@pytest.mark.case(45)
async def test_channels_are_shown_by_their_names_now(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        await stage.discord.rename_channel(here.channel, "office")
        there.channel.name = "attic"
        renamed = {"id": there.channel.id, "name": "attic", "created": 1}
        await tell(stage, there, type="channel_rename", channel=renamed)
        await until(stage.bot.core.store, _named("office"))
        assert "home: office" in await channels(here)
        assert "home: attic" in await channels(there)
        # A private channel comes with no name of its own in commands.
        there.channel.kind, there.channel.name = "private", "cellar"
        await tell(stage, there, type="group_rename", channel={"id": there.channel.id, "name": "cellar"})
        await SlackUser(stage.slack, "UADA", there.channel).command("/cohort", "cohort about")
        assert "home: cellar" in await channels(there)
        await tell(stage, there, type="group_archive", channel=there.channel.id, user="UADA")
        assert "home: cellar (closed: The channel is archived.)" in await channels(there)
        await tell(stage, there, type="group_unarchive", channel=there.channel.id, user="UADA")
        assert "closed" not in await channels(there)
        await stage.discord.remove_channel(here.channel)
        await until(stage.bot.core.store, lambda conn: places.closed_count(conn) == 1)
        assert "home: office (closed: The channel was deleted.)" in await channels(here)


@pytest.mark.case(45)
async def test_names_that_changed_while_away(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        here.channel.name, there.channel.name = "office", "attic"
        await stage.restart()
        for name in ("office", "attic"):
            await until(stage.bot.core.store, _named(name))


@pytest.mark.case(44)
async def test_former_home_is_no_door(sqlite_url: str) -> None:
    async with two_platforms(sqlite_url) as stage:
        here, there = await stage.on_discord("here"), await stage.on_slack("there")
        await stage.on_discord("other")
        await stage.on_slack("elsewhere")
        eve = stage.discord.add_person("Eve")
        stage.slack.add_member(stage.slack.workspace, "UEVE", "Eve")
        outsider = SlackUser(stage.slack, "UEVE", there.channel)
        there.channel.members.add("UEVE")
        for lab in (here, there):
            where = Place(lab.place.platform, lab.place.workspace, "1", name="new")
            await stage.bot.core.store.write(places.assign, lab.id, "home", where)
        before = await stage.bot.core.store.read(_members)
        answers = [
            (await eve.slash("cohort join", at=here.channel)).text,
            (await outsider.say("/cohort", "cohort join")).text,
        ]
        assert await stage.bot.core.store.read(_members) == before, answers


def _members(conn: Conn) -> int:
    count: int = conn.value("SELECT count(*) FROM member WHERE left_at IS NULL")
    return count


def _named(name: str) -> Callable[[Conn], bool]:
    def known(conn: Conn) -> bool:
        return conn.one("SELECT 1 AS yes FROM place WHERE name = :name", name=name) is not None

    return known
