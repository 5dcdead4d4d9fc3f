"""Who is who and who is still there, as the platforms tell it through their real clients."""

from collections.abc import AsyncIterator

import pytest

from bot.slack.people import MOST_LOOKUPS
from core.cohorts import directory
from core.delivery import readers
from tests.faults.two_platforms import CohortOnPlatform, TwoPlatforms, two_platforms
from tests.servers.discord.permissions import MANAGE_GUILD, VIEW_CHANNEL
from tests.servers.discord.rest import refuse
from tests.servers.slack import SlackUser, as_message


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
    discord.add_role("Managers", MANAGE_GUILD, olu.id, guild=other)
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


# -- membership -----------------------------------------------------------------------------------------


async def members_of(stage: TwoPlatforms, lab: CohortOnPlatform) -> list[str]:
    """The names of who is in a cohort."""
    return [each.name for each in await stage.bot.core.store.read(directory.members, lab.id)]


async def remove_on_discord(stage: TwoPlatforms, lab: CohortOnPlatform, how: str) -> None:
    """Ada loses the server, or the private home channel."""
    if how == "server":
        stage.discord.remove_person(stage.people["Ada"])
    else:
        await stage.discord.show_channel(lab.channel, [stage.people["Olu"]])


@pytest.mark.case(46)
@pytest.mark.parametrize("how", ["server", "channel"])
async def test_who_is_removed_reads_nothing_on_discord(stage: TwoPlatforms, how: str) -> None:
    lab = await stage.on_discord("here")
    ada = stage.people["Ada"]
    await stage.schedule(lab, "daily 09:30", follow="member")
    shown = (await ada.slash("submission add", at=ada.direct, title="Secret")).messages[0]
    assert await ada.autocomplete("submission show", "paper", "sec", at=ada.direct)
    await remove_on_discord(stage, lab, how)
    await stage.later(minutes=1)
    assert await ada.autocomplete("submission show", "paper", "sec", at=ada.direct) == []
    for answer in (
        await ada.click(shown, "Show"),
        await ada.slash("submission list", at=ada.direct),
        await ada.slash("cohort members", at=ada.direct),
    ):
        assert "Secret" not in answer.text
        assert "Olu" not in answer.text
    assert await members_of(stage, lab) == ["Olu"]
    before = len(ada.direct.messages)
    await stage.later(hours=3)
    assert len(ada.direct.messages) == before, "no reminder"
    assert any("Check-in" in each.text for each in stage.people["Olu"].direct.messages)


@pytest.mark.case(46)
async def test_who_is_removed_reads_nothing_on_slack(stage: TwoPlatforms) -> None:
    lab = await stage.on_slack("there")
    slack, team = stage.slack, stage.slack.workspace
    lab.channel.kind = "private"
    ada = SlackUser(slack, "UADA", team.direct("UADA"))
    await stage.schedule(lab, "daily 09:30", follow="member")
    shown = await ada.say("/cohort", "submission add title:Secret")
    form = await SlackUser(slack, "UADA", lab.channel).form("/cohort", "submission show")
    assert "Secret" in str(await ada.suggest(form, "Paper", "sec"))
    lab.channel.members.discard("UADA")
    await stage.later(minutes=1)
    assert "Secret" not in str(await ada.suggest(form, "Paper", "sec"))
    for answer in (
        await ada.click(shown, "Show"),
        await ada.say("/cohort", "submission list"),
        await ada.say("/cohort", "members"),
    ):
        assert "Secret" not in answer.text
        assert "Olu" not in answer.text
    assert await members_of(stage, lab) == ["Olu"]
    before = len(ada.direct)
    await stage.later(hours=3)
    assert len(ada.direct) == before, "no reminder"
    assert any("Check-in" in each.text for each in SlackUser(slack, "UOLU", lab.channel).direct)


@pytest.mark.case(46)
async def test_who_is_deactivated_is_nobodys_organizer(stage: TwoPlatforms) -> None:
    here, there = await stage.on_discord("here"), await stage.on_slack("there")
    stage.slack.workspace.members["UOLU"]["deleted"] = True
    stage.discord.remove_person(stage.people["Olu"])
    await stage.later(minutes=1)
    assert await readers.sweep(stage.bot.core) == 4
    for lab in (here, there):
        assert await members_of(stage, lab) == ["Ada"]
        assert not await stage.bot.core.store.read(directory.has_organizer, lab.id)


@pytest.mark.case(46)
async def test_where_the_bot_is_out_memberships_rest(stage: TwoPlatforms) -> None:
    here, there = await stage.on_discord("here"), await stage.on_slack("there")
    there.channel.kind = "private"
    there.channel.members.discard(stage.slack.workspace.bot_user)
    await stage.discord.overwrite(here.channel, stage.discord.bot_id, deny=VIEW_CHANNEL)
    await stage.later(minutes=1)
    ada = SlackUser(stage.slack, "UADA", stage.slack.workspace.direct("UADA"))
    assert "try again in a moment" in (await ada.say("/cohort", "members")).text
    told = await stage.people["Ada"].slash("cohort members", at=stage.people["Ada"].direct)
    assert "Olu" in told.text, "Discord tells of a channel's overwrites also who cannot see it"
    await readers.sweep(stage.bot.core)
    for lab in (here, there):
        assert await members_of(stage, lab) == ["Ada", "Olu"]


async def test_where_the_home_was_deleted_its_people_are_those_of_the_server(stage: TwoPlatforms) -> None:
    here = await stage.on_discord("here")
    await stage.discord.remove_channel(here.channel)
    await stage.later(minutes=1)
    olu, ada = stage.people["Olu"], stage.people["Ada"]
    assert "Olu" in (await ada.slash("cohort members", at=ada.direct)).text
    stage.discord.remove_person(ada)
    await stage.later(minutes=1)
    assert "Olu" not in (await ada.slash("cohort members", at=ada.direct)).text
    assert "Olu" in (await olu.slash("cohort members", at=olu.direct)).text


async def test_without_a_channel_its_people_are_those_of_the_server(stage: TwoPlatforms) -> None:
    await stage.on_discord("here")
    await stage.on_slack("there")
    await stage.bot.core.store.write(lambda conn: conn.run("DELETE FROM purpose"))
    await stage.later(minutes=1)
    olu = stage.people["Olu"]
    slack_olu = SlackUser(stage.slack, "UOLU", stage.slack.workspace.direct("UOLU"))
    assert "Lab here" in (await olu.slash("cohort-admin show", at=olu.direct, forged=True)).text
    assert "Lab there" in (await slack_olu.say("/cohort", "admin show")).text
    stage.discord.remove_person(olu)
    stage.slack.workspace.members["UOLU"]["deleted"] = True
    await stage.later(minutes=1)
    assert "Lab here:" not in (await olu.slash("cohort-admin show", at=olu.direct, forged=True)).text
    assert "Lab there:" not in (await slack_olu.say("/cohort", "admin show")).text


async def test_cohort_whose_last_channel_was_freed_gets_another_one(stage: TwoPlatforms) -> None:
    await stage.on_discord("here")
    await stage.on_slack("there")
    await stage.bot.core.store.write(lambda conn: conn.run("DELETE FROM place"))
    await stage.later(minutes=1)
    olu, ada, general = stage.people["Olu"], stage.people["Ada"], stage.discord.general
    room = stage.slack.add_channel("room")
    slack_olu, slack_ada = (SlackUser(stage.slack, user, room) for user in ("UOLU", "UADA"))
    assert "Olu" not in (await ada.slash("cohort members", at=general)).text
    assert "Olu" not in (await slack_ada.say("/cohort", "members")).text
    answer = await olu.slash("cohort-admin channel", at=general, purpose="home", channel=general)
    assert "is the channel for home" in answer.text
    said = await slack_olu.say("/cohort", f"admin channel home <#{room.id}>")
    assert "is the channel for home" in said.text
    assert "Olu" in (await ada.slash("cohort members", at=general)).text
    assert "Olu" in (await slack_ada.say("/cohort", "members")).text


@pytest.mark.case(50)
async def test_look_up_that_fails_gives_no_right(stage: TwoPlatforms) -> None:
    here, there = await stage.on_discord("here"), await stage.on_slack("there")
    there.channel.kind = "private"
    await stage.later(minutes=1)
    ada = stage.people["Ada"]
    stage.discord.fault("GET", r"/guilds/\d+/members/", refuse(403, 50001), times=2)
    stage.slack.fail("conversations.members", status=500, times=2)
    slack_ada = SlackUser(stage.slack, "UADA", stage.slack.workspace.direct("UADA"))
    for _ in range(2):
        for text in (
            (await ada.slash("cohort members", at=ada.direct)).text,
            (await slack_ada.say("/cohort", "members")).text,
        ):
            assert "try again in a moment" in text
    assert "Olu" in (await ada.slash("cohort members", at=ada.direct)).text
    assert "Olu" in (await slack_ada.say("/cohort", "members")).text
    for lab in (here, there):
        assert await members_of(stage, lab) == ["Ada", "Olu"]


# -- roles ----------------------------------------------------------------------------------------------


@pytest.mark.case(47)
async def test_manager_appoints_on_discord(stage: TwoPlatforms) -> None:
    discord = stage.discord
    lab = await stage.on_discord("here")
    mia, ada, olu = discord.add_person("Mia", manager=True), stage.people["Ada"], stage.people["Olu"]
    discord.remove_person(olu)
    await discord.show_channel(lab.channel, [ada])
    answer = await mia.slash("cohort-admin organizer", at=discord.general, person=ada, add=True)
    assert "Ada is now an organizer" in answer.text
    await stage.flush()
    assert "Mia made you an organizer of Lab here" in ada.direct.last.text
    left = await ada.slash("cohort leave", at=lab.channel)
    assert "You have left" in left.text, "nobody else is there who would be left alone"
    archived = await mia.slash("cohort-admin archive", at=discord.general)
    await mia.click(archived.messages[0], "Archive it")
    await stage.flush()
    assert "Mia archived Lab here" in lab.channel.last.text


@pytest.mark.case(47)
async def test_manager_appoints_on_slack(stage: TwoPlatforms) -> None:
    slack, team = stage.slack, stage.slack.workspace
    lab = await stage.on_slack("there")
    lab.channel.kind = "private"
    slack.add_member(team, "UMIA", "Mia", is_admin=True)
    team.members["UOLU"]["deleted"] = True
    mia = SlackUser(slack, "UMIA", slack.add_channel("elsewhere"))
    said = await mia.say("/cohort", "admin organizer <@UADA> add:yes")
    assert "Ada is now an organizer" in said.text
    await stage.flush()
    assert "Mia made you an organizer of Lab there" in team.direct("UADA").messages[-1].text
    ada = SlackUser(slack, "UADA", lab.channel)
    asked = await ada.say("/cohort", "admin organizer <@UADA> add:no")
    assert "only organizer" in asked.text, "one who is deactivated does not count"
    left = await ada.say("/cohort", "leave")
    assert "You have left" in left.text, "nobody else is there who would be left alone"
    archived = await mia.say("/cohort", "admin archive")
    await mia.click(archived, "Archive it")
    await stage.flush()
    assert "Mia archived Lab there" in lab.texts[-1]


@pytest.mark.case(48)
async def test_bots_and_outsiders_are_nobody_on_discord(stage: TwoPlatforms) -> None:
    discord = stage.discord
    lab = await stage.on_discord("here")
    olu, helper = stage.people["Olu"], discord.add_person("Helper")
    discord.bots.add(helper.id)
    stranger = discord.add_person("Stranger", guild=discord.add_guild("Elsewhere"))
    for person, words in ((helper, "is a bot"), (stranger, "invite them there first")):
        for call in ("organizer", "mentor"):
            answer = await olu.slash(f"cohort-admin {call}", at=lab.channel, person=person, add=True)
            assert words in answer.text
        assert words in (await olu.slash("cohort-admin members", at=lab.channel, let_in=person)).text
    discord.fault("GET", r"/guilds/\d+/members/", refuse(403, 50001))
    new = discord.add_person("New")
    answer = await olu.slash("cohort-admin organizer", at=lab.channel, person=new, add=True)
    assert "try again in a moment" in answer.text
    assert await members_of(stage, lab) == ["Ada", "Olu"]


@pytest.mark.case(48)
async def test_bots_outsiders_and_guests_are_nobody_on_slack(stage: TwoPlatforms) -> None:
    slack, team = stage.slack, stage.slack.workspace
    lab = await stage.on_slack("there")
    slack.add_member(team, "UBOT1", "Helper", is_bot=True)
    slack.add_member(team, "UOLD1", "Old", deleted=True)
    slack.add_member(team, "UOUT1", "Stranger", team_id="TOTHER", is_stranger=True)
    slack.add_member(team, "UGUS1", "Gus", is_restricted=True)
    olu = SlackUser(slack, "UOLU", lab.channel)
    refused = {
        "UBOT1": "is a bot",
        "UOLD1": "deactivated",
        "UOUT1": "invite them",
        "UGUS1": "Let them in first",
    }
    lab.channel.members |= {"UGUS1"}
    for user, words in refused.items():
        for call in ("organizer", "mentor"):
            assert words in (await olu.say("/cohort", f"admin {call} <@{user}> add:yes")).text
    gus = SlackUser(slack, "UGUS1", lab.channel)
    assert "Guests" in (await gus.say("/cohort", "join")).text
    assert "Gus is in Lab there now" in (await olu.say("/cohort", "admin members let_in:<@UGUS1>")).text
    assert "Gus" in (await gus.say("/cohort", "members")).text
    await stage.flush()
    assert "Olu let you in" in team.direct("UGUS1").messages[-1].text
    assert await members_of(stage, lab) == ["Ada", "Gus", "Olu"]
    lab.channel.members.discard("UGUS1")
    await stage.later(minutes=1)
    listed = (await olu.say("/cohort", "admin members")).text
    assert "the membership has ended" in listed, "a guest is only in the channels they were asked into"
    assert await members_of(stage, lab) == ["Ada", "Olu"]


@pytest.mark.case(46)
async def test_who_was_removed_is_told_and_stays_out(stage: TwoPlatforms) -> None:
    here, there = await stage.on_discord("here"), await stage.on_slack("there")
    olu, ada = stage.people["Olu"], stage.people["Ada"]
    asked = await olu.slash("cohort-admin remove", at=here.channel, person=ada)
    assert "Ada is not in" in (await olu.click(asked.messages[0], "Remove Ada")).text
    slack_olu, slack_ada = (SlackUser(stage.slack, user, there.channel) for user in ("UOLU", "UADA"))
    question = await slack_olu.say("/cohort", "admin remove <@UADA>")
    assert "Ada is not in" in as_message(await slack_olu.click(question, "Remove Ada")).text
    await stage.flush()
    for words in (ada.direct.last.text, stage.slack.workspace.direct("UADA").messages[-1].text):
        assert "Olu removed you from Lab" in words
    for answer in (
        await ada.slash("cohort members", at=here.channel),
        await ada.slash("cohort join", at=here.channel),
        await ada.slash("cohort members", at=ada.direct),
        await slack_ada.say("/cohort", "members"),
        await slack_ada.say("/cohort", "join"),
    ):
        assert "Olu" not in answer.text
    for lab in (here, there):
        assert await members_of(stage, lab) == ["Olu"]


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
