"""Who is who and who is still there, as the platforms tell it through their real clients."""

from collections.abc import AsyncIterator

import pytest

from bot.slack.people import MOST_LOOKUPS
from tests.faults.two_platforms import TwoPlatforms, two_platforms
from tests.servers.slack import SlackUser


@pytest.fixture
async def stage(sqlite_url: str) -> AsyncIterator[TwoPlatforms]:
    """The bot on a Discord and a Slack."""
    async with two_platforms(sqlite_url) as stage:
        yield stage


# -- names ----------------------------------------------------------------------------------------------


@pytest.mark.case(49)
async def test_nickname_of_one_server_is_not_shown_in_another(stage: TwoPlatforms) -> None:
    discord = stage.discord
    here = await stage.on_discord("here")
    ada, olu = stage.people["Ada"], stage.people["Olu"]
    other = discord.add_guild("Elsewhere")
    there = discord.add_channel("there", other)
    other.members += [ada.id, olu.id]
    await discord.return_bot(other)
    discord.home.nicks[ada.id] = "Dr Ada"
    other.nicks[ada.id] = "Captain"
    await olu.slash("cohort-admin setup", at=there, name="Club", timezone="UTC")
    await ada.slash("cohort join", at=there)
    await ada.slash("profile back", at=here.channel)
    for place, name, hidden in ((here.channel, "Dr Ada", "Captain"), (there, "Captain", "Dr Ada")):
        told = (await olu.slash("cohort members", at=place)).text
        assert name in told
        assert hidden not in told
    await ada.slash("profile back", at=ada.direct)
    assert "Dr Ada" in (await olu.slash("cohort members", at=here.channel)).text


@pytest.mark.case(49)
async def test_name_in_a_workspace_is_its_own(stage: TwoPlatforms) -> None:
    here, there = await stage.on_discord("here"), await stage.on_slack("there")
    team = stage.slack.workspace
    team.members["UADA"]["profile"]["display_name"] = "Ada at work"
    stage.discord.home.nicks[stage.people["Ada"].id] = "Captain"
    await SlackUser(stage.slack, "UADA", there.channel).say("/cohort", "profile back")
    await stage.people["Ada"].slash("profile back", at=here.channel)
    told = (await SlackUser(stage.slack, "UOLU", there.channel).say("/cohort", "members")).text
    assert "Ada at work" in told
    assert "Captain" not in told
    assert "at work" not in (await stage.people["Olu"].slash("cohort members", at=here.channel)).text


async def test_two_of_one_name_are_told_apart_by_their_handles(stage: TwoPlatforms) -> None:
    here, there = await stage.on_discord("here"), await stage.on_slack("there")
    stage.slack.add_member(stage.slack.workspace, "UADA2", "Ada")["name"] = "ada.two"
    twin = stage.discord.add_person("Ada")
    await twin.slash("cohort join", at=here.channel)
    assert "Ada (@ada)" in (await stage.people["Olu"].slash("cohort members", at=here.channel)).text
    await SlackUser(stage.slack, "UADA2", there.channel).say("/cohort", "join")
    assert (
        "Ada (@ada.two)"
        in (await SlackUser(stage.slack, "UOLU", there.channel).say("/cohort", "members")).text
    )


# -- rights ---------------------------------------------------------------------------------------------


@pytest.mark.case(50)
async def test_demoted_administrator_has_no_rights_while_slack_is_silent(
    stage: TwoPlatforms, monkeypatch: pytest.MonkeyPatch
) -> None:
    slack, team = stage.slack, stage.slack.workspace
    slack.add_member(team, "UNIA", "Nia", is_admin=True)
    room, other = slack.add_channel("room"), slack.add_channel("other")
    nia = SlackUser(slack, "UNIA", room)
    assert "Time zone" in str((await nia.form("/cohort", "admin setup name:First")).labels)
    monkeypatch.setattr("bot.slack.people.CACHE_SECONDS", 0.0)
    team.members["UNIA"]["is_admin"] = False
    slack.fail("users.info", status=500, times=5)
    said = await nia.say("/cohort", "admin setup name:Mine timezone:UTC", channel=other)
    assert "try again in a moment" in said.text
    assert await stage.rows() == [], "nothing was set up"


async def test_many_mentions_are_a_few_look_ups(stage: TwoPlatforms) -> None:
    slack, team = stage.slack, stage.slack.workspace
    there = await stage.on_slack("there")
    ids = [f"U0M{n:03}" for n in range(90)]
    for user in ids:
        slack.add_member(team, user, f"N{user[-3:]}")
    ada = SlackUser(slack, "UADA", there.channel)
    await ada.say("/cohort", "profile back")
    before = len(slack.calls_of("users.info"))
    line = " ".join(f"<@{user}>" for user in ids)
    said = await ada.say("/cohort", f'reading add reference:"A paper" why:"{line}"')
    assert len(slack.calls_of("users.info")) - before <= MOST_LOOKUPS + 1, "and the caller"
    assert "A paper" in said.text
    slack.fail("users.info", status=500, times=9)
    said = await ada.say("/cohort", f"help topic:<@{ids[0]}>")
    assert "N000" in said.text, "a name may be older than the failure"
