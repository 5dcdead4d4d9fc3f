"""Which channels of a workspace a cohort can take: who is in them, and whether the bot may post there."""

import pytest

from core.store.port import Conn
from tests.servers.slack import Channel, SlackUser, as_message
from tests.slack.conftest import SlackFixture

SETUP = "admin setup name:Second timezone:Europe/Berlin"
INVITE = "/invite @cohort"


async def cohorts(stage: SlackFixture) -> int:
    """How many cohorts there are."""

    def count(conn: Conn) -> int:
        return int(conn.value("SELECT count(*) FROM cohort"))

    return await stage.core.store.read(count)


def channel(stage: SlackFixture, kind: str, *, bot: bool, people: tuple[str, ...] = ("UOLU",)) -> Channel:
    """A channel with some people, with the bot or without."""
    members = {*people, *([stage.slack.workspace.bot_user] if bot else [])}
    return stage.slack.add_channel("second", kind=kind, members=members)


@pytest.mark.parametrize("kind", ["public", "private"])
@pytest.mark.case(40)
async def test_setup_is_refused_until_bot_was_invited(stage: SlackFixture, kind: str) -> None:
    second = channel(stage, kind, bot=False)
    refused = await stage.olu.say("/cohort", SETUP, channel=second)
    assert refused.private
    assert "I am not in" in refused.text
    assert INVITE in refused.text
    assert await cohorts(stage) == 1
    assert not second.messages
    second.members.add(stage.slack.workspace.bot_user)
    done = await stage.olu.say("/cohort", SETUP, channel=second)
    assert "Second is set up" in done.text
    assert "I have said hello" in done.text
    assert "now the home of Second" in second.messages[0].text


@pytest.mark.parametrize("verb", [SETUP, "admin channel purpose:digest"])
@pytest.mark.case(40)
async def test_named_channel_is_refused_until_bot_was_invited(stage: SlackFixture, verb: str) -> None:
    second = channel(stage, "public", bot=False)
    line = f"{verb} channel:<#{second.id}>"
    refused = await stage.olu.say("/cohort", line)
    assert f"I am not in second yet. Please type {INVITE} in it." in refused.text.replace("\n", " ")
    assert "second" not in (await stage.olu.say("/cohort", "admin show")).text
    second.members.add(stage.slack.workspace.bot_user)
    assert "first message" not in (await stage.olu.say("/cohort", line)).text
    assert len(second.messages) == 1


@pytest.mark.parametrize("verb", [SETUP, "admin channel purpose:digest"])
@pytest.mark.case(40)
async def test_channel_that_takes_no_posts_of_bot_shows_at_first_one(stage: SlackFixture, verb: str) -> None:
    second = channel(stage, "public", bot=True)
    second.restricted = True
    line = f"{verb} channel:<#{second.id}>"
    refused = await stage.olu.say("/cohort", line)
    assert "My first message in second was refused" in refused.text
    assert "settings of the channel or the workspace do not let me write there" in refused.text
    assert "nothing was changed" in refused.text
    assert await cohorts(stage) == 1
    assert "second" not in (await stage.olu.say("/cohort", "admin show")).text
    assert not stage.olu.direct, "nothing is said twice"
    second.restricted = False
    await stage.olu.say("/cohort", line)
    assert len(second.messages) == 1


@pytest.mark.case(40)
async def test_channel_archived_meanwhile_is_refused(stage: SlackFixture) -> None:
    second = channel(stage, "public", bot=True)
    second.archived = True
    assert "#second is archived" in (await stage.olu.say("/cohort", SETUP, channel=second)).text
    second.archived = False
    stage.slack.fail("chat.postMessage", error="is_archived", channel=second.id)
    assert "The channel is archived" in (await stage.olu.say("/cohort", SETUP, channel=second)).text
    assert await cohorts(stage) == 1


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
@pytest.mark.case(40)
async def test_lookup_that_fails_gives_no_right(stage: SlackFixture, method: str) -> None:
    second = channel(stage, "private", bot=True)
    await stage.olu.say("/cohort", "members")  # at home, so that nothing is asked about her there
    for fault in ({"status": 429}, {"status": 500}, {"drop": True, "times": 2}):
        stage.slack.fail(method, **fault)
        refused = await stage.olu.say("/cohort", SETUP, channel=second)
        assert "told nothing about that channel just now" in refused.text
    assert await cohorts(stage) == 1


@pytest.mark.case(40)
async def test_channel_is_taken_by_somebody_who_is_in_it(stage: SlackFixture) -> None:
    ada = {"person": "<@UADA>", "add": "yes"}
    await stage.olu.say("/cohort", "admin organizer " + " ".join(f"{k}:{v}" for k, v in ada.items()))
    await stage.slack.until(lambda: stage.ada.direct)
    theirs = channel(stage, "public", bot=True, people=("UBEN",))
    line = f"admin channel purpose:digest channel:<#{theirs.id}>"
    assert "You are not in second yourself" in (await stage.ada.say("/cohort", line)).text
    theirs.members.add("UADA")
    assert "From now on second is" in (await stage.ada.say("/cohort", line)).text


@pytest.mark.case(40)
async def test_manager_frees_channel_of_another_cohort(stage: SlackFixture) -> None:
    theirs = channel(stage, "public", bot=True, people=("UOLU", "UMIA"))
    await stage.olu.say("/cohort", f"admin channel purpose:digest channel:<#{theirs.id}>")
    stage.slack.add_member(stage.slack.workspace, "UMIA", "Mia", is_admin=True)
    mia = SlackUser(stage.slack, "UMIA", theirs)
    refused = await mia.say("/cohort", SETUP)
    assert "second belongs to Lab already" in refused.text
    freed = as_message(await mia.click(refused, "Free it from Lab"))
    assert "second is free" in freed.text
    assert "Second is set up" in (await mia.say("/cohort", SETUP)).text
    await stage.slack.until(lambda: stage.olu.direct)
    assert "Mia, who manages this place, has freed second" in stage.olu.direct[-1].text
