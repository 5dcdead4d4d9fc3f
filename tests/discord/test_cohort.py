"""The bot's own features on Discord: set up, join, papers, forms, and who may do what."""

import asyncio
import json

import pytest

from core.commands.dispatch import Core
from core.store.port import Conn
from tests.servers.discord import DiscordServer, Person
from tests.story.bot import Bot

TITLE = "“Ba$$in” @everyone 🦀 <@1> [x](http://evil) ||s||"


@pytest.fixture
async def lab(bot: Bot, ola: Person, ann: Person) -> None:
    """A cohort in the general channel, set up by Ola and joined by Ann."""
    answer = await ola.slash("cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    assert "is set up" in answer.text
    await ann.slash("cohort join")


async def test_only_managers_set_up(server: DiscordServer, bot: Bot, ann: Person) -> None:
    with pytest.raises(AssertionError, match="hidden"):
        await ann.slash("cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    answer = await ann.slash("cohort-admin setup", forged=True, name="Lab", timezone="Europe/Berlin")
    assert answer.ephemeral
    assert "manage" in answer.text


async def test_form_asks_for_what_is_missing(bot: Bot, ola: Person) -> None:
    form = await ola.slash("cohort-admin setup", name="Lab")
    answer = await ola.submit(form, {"Time zone": "Europe/Berlin"})
    assert "Lab is set up" in answer.text


@pytest.mark.usefixtures("lab")
@pytest.mark.case(26)
async def test_hostile_title_is_inert_on_send_and_on_edit(server: DiscordServer, ann: Person) -> None:
    added = await ann.slash("submission add", title=TITLE)
    shown = await ann.click(added.messages[0], "Show")
    updated = await ann.slash("submission update", paper="#1", stage="accepted")
    listed = await ann.slash("submission list")
    for answer in (added, shown, updated, listed):
        assert "Ba$$in" in answer.text
        for message in answer.messages:
            assert message.pings == set()
            kinds = {mark.kind for mark in message.marks}
            assert not kinds & {"user", "everyone", "link", "spoiler", "heading", "role", "channel"}
    assert TITLE.replace("<@1>", "@somebody") in added.text


@pytest.mark.usefixtures("lab")
async def test_papers_are_completed(ann: Person) -> None:
    await ann.slash("submission add", title="Deep nets")
    (choice,) = await ann.autocomplete("submission show", "paper", "deep")
    assert "Deep nets" in (await ann.slash("submission show", paper=choice["value"])).text
    assert await ann.autocomplete("profile timezone", "zone", "berl")


@pytest.mark.usefixtures("lab")
@pytest.mark.case(60)
async def test_paper_is_found_by_any_words(ann: Person) -> None:
    for title in ("A state\u2011of\u2011the\u2011art survey by Müller", "Müller again", "深層学習の理論"):
        await ann.slash("submission add", title=title)
    for typed, named in (
        ("state-of-the-art", "#1 A state"),
        ("survey mull", "#1 A state"),
        ("学習", "#3 深層"),
    ):
        (choice,) = await ann.autocomplete("submission show", "paper", typed)
        assert choice["name"].startswith(named)
        assert named.split(maxsplit=1)[1] in (await ann.slash("submission show", paper=typed)).text
    several = await ann.slash("submission update", paper="MULLER", stage="accepted")
    assert "Which one do you mean by “MULLER”?" in several.text
    changed = await ann.click(several.messages[0], "#2 Müller again")
    assert "accepted" in changed.text
    form = await ann.slash("review add", paper="#3")
    assert '"#3 深層学習の理論"' in json.dumps(form.modal, ensure_ascii=False)


@pytest.mark.usefixtures("lab")
async def test_delivered_twice_is_one_paper(server: DiscordServer, ann: Person, bot: Bot) -> None:
    answer = await ann.slash("submission add", title="Deep nets")
    await ann.redeliver(answer)
    await server.until(lambda: bool(answer.refusals))
    assert await bot.core.store.read(_papers) == 1


def _papers(conn: Conn) -> int:
    row = conn.one("SELECT count(*) AS n FROM submission")
    assert row is not None
    return int(row["n"])


@pytest.mark.usefixtures("lab")
async def test_direct_messages_mean_only_cohort(ann: Person) -> None:
    answer = await ann.slash("submission add", title="Deep nets", at=ann.direct)
    assert "#1" in answer.text


@pytest.mark.usefixtures("lab")
async def test_another_servers_cohort_is_out_of_reach(server: DiscordServer, ann: Person) -> None:
    message = (await ann.slash("submission add", title="Secret")).messages[0]
    elsewhere = server.add_guild("Elsewhere")
    channel = server.add_channel("general", elsewhere)
    eve = server.add_person("Eve", manager=True, guild=elsewhere)
    await server.return_bot(elsewhere)
    message.channel = channel
    answer = await eve.click(message, "Show")
    assert answer.ephemeral
    assert "Secret" not in answer.text


@pytest.mark.usefixtures("lab")
async def test_members_cannot_click_what_organizers_may(
    server: DiscordServer, ola: Person, ann: Person
) -> None:
    setup = await ola.slash("cohort-admin show")
    forged = "1|1|cohort-admin organizer|add=yes"
    paper = (await ann.slash("submission add", title="Deep nets")).messages[0]
    answer = await ann.click(paper, "Show", forged=forged)
    assert answer.ephemeral
    assert "organizers" in answer.text
    assert setup.ephemeral


@pytest.mark.usefixtures("lab")
async def test_removed_bot_suspends_and_outage_does_not(server: DiscordServer, ann: Person, bot: Bot) -> None:
    await server.remove_bot(server.home, outage=True)
    await server.return_bot(server.home)
    assert "#1" in (await ann.slash("submission add", title="Deep nets")).text
    await server.remove_bot(server.home)
    await _until_suspended(bot.core, suspended=True)
    await server.return_bot(server.home)
    await _until_suspended(bot.core, suspended=False)
    assert "#2" in (await ann.slash("submission add", title="Deep nets again")).text


async def test_removed_and_added_again_while_away(server: DiscordServer, bot: Bot, ola: Person) -> None:
    await ola.slash("cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    await bot.stop()
    server.home.has_bot = False
    await bot.start()
    await _until_suspended(bot.core, suspended=True)
    await bot.stop()
    server.home.has_bot = True
    await bot.start()
    await _until_suspended(bot.core, suspended=False)


async def _until_suspended(core: Core, *, suspended: bool) -> None:
    """Wait until the event has reached the store; the gateway brings it and nothing answers it."""
    async with asyncio.timeout(5):
        while True:
            row = await core.store.read(lambda conn: conn.one("SELECT suspended_at FROM cohort"))
            assert row is not None
            if (row["suspended_at"] is not None) is suspended:
                return


@pytest.mark.usefixtures("lab")
async def test_lottery_picture_has_words(ann: Person) -> None:
    await ann.slash("submission add", title="Deep nets", stage="drafting")
    answer = await ann.slash("lottery venue", accept_rate="25%", agreement=0.55)
    (picture,) = answer.attachments
    assert picture.data.startswith(b"\x89PNG")
    assert picture.description
    assert len(picture.description) > 20


@pytest.mark.usefixtures("lab")
@pytest.mark.case(63)
async def test_form_that_cannot_succeed_does_not_open(ann: Person) -> None:
    answer = await ann.slash("submission timeline")
    assert "no paper" in answer.text
    form = await ann.click(answer.messages[0], "Add a paper")
    await ann.submit(form, {"Title": "Deep nets"})
    assert "Deep nets" in (await ann.slash("submission list")).text
    missing = await ann.slash("checkin edit")
    assert "no check-in of yours" in missing.text
