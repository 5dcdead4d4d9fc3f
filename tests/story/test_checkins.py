"""Check-ins on every platform: two clicks and the words, somebody who helps, what is read again, corrected and removed, and
what a platform refuses meanwhile."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from core.store.port import Conn
from tests.servers.discord.rest import refuse
from tests.story.conftest import TELLINGS
from tests.story.driver import ADA, BEN, CALL_AT, OLU, Asked, PlatformDriver, Seen, count, form, message
from tests.story.on_discord import DiscordDriver, discord_driver
from tests.story.on_slack import SlackDriver
from tests.story.test_true_words import refuse_edits, refuse_posts

CLIENTS = pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
STUCK = {"What moved": "Half a proof", "What is in the way": "The queue is full"}


class Clicks:
    """Counts what a person does: a press of a button, and a form that is sent."""

    def __init__(self, driver: PlatformDriver) -> None:
        self.driver, self.count = driver, 0

    async def press(self, who: str, seen: Seen, button: str) -> Seen | Asked:
        """A click on a button."""
        self.count += 1
        return await self.driver.press(who, seen, button)

    async def fill(self, who: str, asked: Asked, values: dict[str, str | bool]) -> Seen:
        """The words, and a click for each window."""
        seen = await self.driver.fill(who, asked, values)
        self.count += seen.dialogs
        return seen


async def found(driver: PlatformDriver) -> Seen:
    """A cohort of three whose check-in call has just been posted."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    welcome = await driver.post("the home of Lab")
    for who in (ADA, BEN):
        await driver.press(who, welcome, "Join")
    await driver.say(OLU, "cohort-admin schedule-add", kind="checkin", when="weekdays 10:30")
    await driver.move_to(CALL_AT)
    return await driver.post("Check-in, Mon 23 Nov 2026")


async def test_from_call_to_kept_two_clicks(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        call = await found(driver)
        clicks = Clicks(driver)
        asked = form(await clicks.press(ADA, call, "Check in"))
        kept = await clicks.fill(ADA, asked, {"What moved": "Half a proof"})
        assert "for your eyes only" in kept.text
        assert (clicks.count, await count(driver.bot, "checkin")) == (2, 1)


async def test_blocker_is_answered_solved_and_removed(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        call = await found(driver)
        kept = await driver.fill(ADA, form(await driver.press(ADA, call, "Check in")), STUCK)
        assert {"Compute", "Ask a mentor", "Show it to mentors", "It is solved"} <= set(kept.buttons)
        await driver.press(ADA, kept, "Share it")
        listed = message(await driver.say(BEN, "checkin blockers"))
        opened = message(await driver.choose(BEN, listed, await name_of(driver, "The queue is full")))
        told = message(await driver.press(BEN, opened, "I can help"))
        assert "that you can help" in told.text
        thread = await driver.replies(call)
        assert "Half a proof" in thread
        status = message(await driver.say(ADA, "checkin status")).text
        assert "The queue is full" in status
        assert "can help" in status
        solved = message(await driver.say(ADA, "checkin solved"))
        assert "What was in your way is solved." in solved.text
        journal = message(await driver.say(ADA, "checkin history"))
        assert "Half a proof" in journal.text
        shown = message(await driver.say(ADA, "checkin show"))
        asked = message(await driver.press(ADA, shown, "Remove it"))
        gone = message(await driver.press(ADA, asked, "Remove it for good"))
        assert "Your check-in of Mon 23 Nov 2026 is removed." in gone.text
        assert await count(driver.bot, "checkin") == 0
        assert await count(driver.bot, "blocker_offer") == 0


async def name_of(driver: PlatformDriver, blocker: str) -> str:
    """The name of whoever says that this is in the way; the playground's people have names of their own."""

    def name(conn: Conn) -> str:
        sql = "SELECT m.name FROM member m JOIN checkin k ON k.member_id = m.id WHERE k.blocker = :blocker"
        return str(conn.value(sql, blocker=blocker))

    return await driver.bot.core.store.read(name)


async def test_form_sent_after_its_day_is_of_that_day(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await found(driver)
        asked = form(await driver.say(ADA, "checkin now"))
        await driver.move_to(CALL_AT + timedelta(hours=15))
        kept = await driver.fill(ADA, asked, {"What moved": "Begun before midnight"})
        assert "for your eyes only" in kept.text
        assert "Mon 23 Nov 2026: kept private" in message(await driver.say(ADA, "checkin status")).text


async def test_next_form_says_what_was_planned(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        call = await found(driver)
        asked = form(await driver.press(ADA, call, "Check in"))
        await driver.fill(ADA, asked, {"What moved": "Half", "What comes next": "The other half"})
        await driver.move_to(CALL_AT + timedelta(days=1))
        tuesday = await driver.post("Check-in, Tue 24 Nov 2026")
        again = form(await driver.press(ADA, tuesday, "Check in"))
        assert "You had planned: The other half" in await words_of(again)


async def words_of(asked: Asked) -> str:
    """Everything that stands in a form."""
    if hasattr(asked.raw, "inner_text"):
        return str(await asked.raw.inner_text())
    return str(getattr(asked.raw, "modal", None) or asked.raw.view)


@CLIENTS
async def test_offer_that_a_thread_refuses_is_told(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        kept = await driver.fill(ADA, form(await driver.press(ADA, call, "Check in")), STUCK)
        await driver.press(ADA, kept, "Share it")
        await driver.replies(call)
        refuse_posts(driver)
        told = message(await driver.say(BEN, "checkin offer", blocker="queue"))
        assert "I could not tell Ada:" in told.text
        assert "Please write to them yourself." in told.text


@CLIENTS
async def test_removal_that_a_thread_refuses_is_told(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        kept = await driver.fill(ADA, form(await driver.press(ADA, call, "Check in")), STUCK)
        await driver.press(ADA, kept, "Share it")
        await driver.replies(call)
        refuse_edits(driver)
        gone = message(await driver.say(ADA, "checkin remove", day="2026-11-23"))
        told = message(await driver.press(ADA, gone, "Remove it for good"))
        assert "is removed." in told.text
        assert "I could not take it back in" in told.text
        assert await count(driver.bot, "checkin") == 0


@CLIENTS
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
async def test_mentors_offer_is_passed_on_to_the_author_alone(
    platform: str, closed: bool, sqlite_url: str
) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        await driver.bot.core.store.write(appoint)
        kept = await driver.fill(ADA, form(await driver.press(ADA, call, "Check in")), STUCK)
        await driver.press(ADA, kept, "Show it to mentors")
        assert "Nothing" in message(await driver.say(OLU, "checkin blockers")).text, (
            "organizers are no mentors"
        )
        if closed:
            close_direct(driver)
        told = message(await driver.say(BEN, "checkin offer", blocker="queue"))
        assert "you can help" in told.text or "I could not tell Ada" in told.text
        status = message(await driver.say(ADA, "checkin status")).text
        assert "Ben can help" in status
        assert "Ben can help with what is in your way" in await driver.everything(ADA)
        for who in (OLU, BEN):
            assert "Ben can help with what is in your way" not in await driver.everything(who)


def appoint(conn: Conn) -> None:
    """Ben is a mentor."""
    conn.run("UPDATE member SET mentor = 1 WHERE name = 'Ben'")


def close_direct(driver: Any) -> None:
    """Ada's direct messages are closed."""
    if isinstance(driver, DiscordDriver):
        driver.server.fault("POST", f"/channels/{driver.people[ADA].direct.id}/messages", refuse(403, 50007))
    elif isinstance(driver, SlackDriver):
        channel = driver.slack.workspace.direct("UADA").id
        driver.slack.fail("chat.postMessage", error="cannot_dm_bot", channel=channel)


async def test_two_answers_at_once_are_one(sqlite_url: str) -> None:
    async with discord_driver(sqlite_url) as driver:
        call = await found(driver)
        ada = driver.people[ADA]
        forms = [form(await driver.press(ADA, call, "Check in")) for _ in range(2)]
        sent = [{"What moved": f"Window {n}"} for n in range(2)]
        answers = await asyncio.gather(
            *(ada.submit(asked.raw, values) for asked, values in zip(forms, sent, strict=True))
        )
        texts = sorted(each.text.partition(",")[0] for each in answers)
        assert texts[0] == "Kept"
        assert "already" in texts[1]
        assert await count(driver.bot, "checkin") == 1


async def test_call_is_closed_when_the_next_one_comes(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        call = await found(driver)
        kept = await driver.fill(
            ADA, form(await driver.press(ADA, call, "Check in")), {"What moved": "A proof"}
        )
        await driver.press(ADA, kept, "Share it")
        await driver.move_to(CALL_AT + timedelta(days=1))
        await driver.post("Check-in, Tue 24 Nov 2026")
        closed = await driver.post("Check-in, Mon 23 Nov 2026, is closed.")
        assert " shared; it is in this thread." in closed.text
        assert not closed.buttons


async def test_kinds_of_direct_messages_are_switched_off_by_buttons(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await found(driver)
        shown = message(await driver.say(ADA, "profile show"))
        off = message(await driver.press(ADA, shown, "No turns to present"))
        assert "I send you direct messages, but no turns to present." in off.text
        chosen = message(await driver.press(ADA, off, "Calls for check-ins"))
        assert "You asked for calls for check-ins." in chosen.text
        hours = message(
            await driver.say(ADA, "profile reminders", on="yes", quiet="22:00-07:30", bundle="18:00")
        )
        assert "They come in one message a day, at 18:00." in hours.text
