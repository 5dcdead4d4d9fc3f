"""A cohort on Discord and Slack at once, through the real clients of both."""

import re

from core.store.port import Conn
from tests.story.driver import ADA, BEN, OLU, Seen, form, message
from tests.story.on_both import both_drivers
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver


def code_in(seen: Seen) -> str:
    """The code that an answer gives."""
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", seen.text)
    assert found, seen.text
    return found[0]


async def linked(discord: DiscordDriver, slack: SlackDriver) -> None:
    """A cohort on Discord with Ada, brought to Slack, where Olu manages the workspace."""
    await discord.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    await discord.press(ADA, await discord.post("the home of Lab"), "Join")
    given = message(await discord.say(OLU, "cohort-admin link"))
    assert given.private
    refused = message(await slack.say(BEN, "cohort-admin link", code=code_in(given)))
    assert "those who manage" in refused.text
    taken = message(await slack.say(OLU, "cohort-admin link", code=code_in(given)))
    assert "is the home of Lab on Slack now" in taken.text
    await slack.post("the home of Lab")


async def joined(discord: DiscordDriver, slack: SlackDriver, who: str) -> None:
    """One person's accounts, joined."""
    code = code_in(message(await discord.say(who, "profile link")))
    asked = message(await slack.say(who, "profile link", code=code))
    assert asked.private
    await slack.press(who, asked, "Ask there")
    await discord.told(who, "typed your code. Is that you?")
    question = message(await discord.say(who, "profile link"))
    done = message(await discord.press(who, question, "Join them"))
    assert "are one person now" in done.text
    await slack.told(who, "are one person now")


async def test_a_check_in_from_both_accounts_counts_once(sqlite_url: str) -> None:
    async with both_drivers(sqlite_url) as (discord, slack):
        await linked(discord, slack)
        await joined(discord, slack, ADA)
        await discord.say(OLU, "cohort-admin schedule-add", kind="checkin", when="daily 18:00")
        await discord.say(OLU, "cohort-admin schedule-run", schedule="1")
        call_here, call_there = await discord.post("Check-in"), await slack.post("Check-in")
        asked = form(await discord.press(ADA, call_here, "Check in"))
        kept = await discord.fill(ADA, asked, {"What moved": "Ran the baseline"})
        await discord.press(ADA, kept, "Share it")
        again = form(await slack.press(ADA, call_there, "Check in"))
        await slack.fill(ADA, again, {"What you learned": "Seeds matter"})
        assert await discord.bot.core.store.read(checkins) == 1
        for driver, call in ((discord, call_here), (slack, call_there)):
            replies = await driver.replies(call)
            assert replies.count("Ran the baseline") == 1
        private = message(await slack.say(ADA, "checkin history"))
        assert "Ran the baseline" in private.text
        assert "Seeds matter" in private.text


async def test_a_digest_goes_to_both_and_a_private_answer_to_nobody(sqlite_url: str) -> None:
    async with both_drivers(sqlite_url) as (discord, slack):
        await linked(discord, slack)
        await slack.say(BEN, "cohort join")
        await slack.say(BEN, "submission add", title="A paper for all", venue="ICML 2027", stage="submitted")
        asked = form(await discord.say(ADA, "checkin now"))
        await discord.fill(ADA, asked, {"What moved": "For my eyes alone"})
        await discord.say(OLU, "cohort-admin schedule-add", kind="digest", when="daily 18:00")
        await discord.say(OLU, "cohort-admin schedule-run", schedule="1")
        for driver in (discord, slack):
            digest = await driver.post("A paper for all")
            assert "For my eyes alone" not in digest.text
        assert "For my eyes alone" not in await slack.everything(BEN)
        assert not await discord.disturbances()


def checkins(conn: Conn) -> int:
    return int(conn.value("SELECT count(*) FROM checkin"))
