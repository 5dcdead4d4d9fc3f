"""A share, and a take-back, that the platform refuses; yesterday's buttons. On every platform that has real clients."""

from datetime import timedelta
from typing import Any

import pytest

from tests.servers.discord.rest import refuse
from tests.story.conftest import TELLINGS
from tests.story.driver import ADA, CALL_AT, OLU, PlatformDriver, form, message
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver

ANSWERS = {"What moved": "Half a proof"}


def refuse_posts(driver: Any) -> None:
    """The platform takes no message in a thread, once."""
    if isinstance(driver, DiscordDriver):
        driver.server.fault("POST", "/messages$", refuse(400, 50036))
    elif isinstance(driver, SlackDriver):
        driver.slack.fail("chat.postMessage", error="restricted_action_thread_locked")


def refuse_edits(driver: Any) -> None:
    """The message that is to be changed is gone."""
    if isinstance(driver, DiscordDriver):
        driver.server.fault("PATCH", "/channels/", refuse(404, 10008), times=9)
    elif isinstance(driver, SlackDriver):
        driver.slack.fail("chat.update", error="message_not_found", times=9)


async def found(driver: PlatformDriver) -> None:
    """A cohort whose check-in call has just been posted; Ada is in it."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    await driver.press(ADA, await driver.post("the home of Lab"), "Join")
    await driver.say(OLU, "cohort-admin set", key="checkin-sharing", value="shared")
    await driver.say(OLU, "cohort-admin schedule-add", kind="checkin", when="weekdays 10:30")
    await driver.move_to(CALL_AT)


@pytest.mark.case(43)
@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
async def test_refused_share_is_told_and_tried_again(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        call = await driver.post("Check-in, Mon 23 Nov 2026")
        asked = form(await driver.press(ADA, call, "Check in"))
        refuse_posts(driver)
        told = await driver.fill(ADA, asked, ANSWERS)
        assert "Kept, but I could not share it in" in told.text
        assert "Half a proof" not in await driver.everything(OLU)
        shared = message(await driver.press(ADA, told, "Share it again"))
        assert "Kept, and shared in" in shared.text
        assert "Half a proof" in await driver.replies(call)


@pytest.mark.case(43)
@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
async def test_refused_take_back_is_told(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        call = await driver.post("Check-in, Mon 23 Nov 2026")
        shared = await driver.fill(ADA, form(await driver.press(ADA, call, "Check in")), ANSWERS)
        assert "Kept, and shared in" in shared.text
        refuse_edits(driver)
        told = message(await driver.press(ADA, shared, "Make it private"))
        assert "could not take it back in" in told.text
        assert "for your eyes only" not in told.text
        assert "may still stand in" in message(await driver.say(ADA, "checkin status")).text


@pytest.mark.case(52)
async def test_yesterdays_buttons(driver_of: Any, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await found(driver)
        monday = await driver.post("Check-in, Mon 23 Nov 2026")
        await driver.move_to(CALL_AT + timedelta(days=1))
        await driver.post("Check-in, Tue 24 Nov 2026")
        if driver.keeps_old_buttons:
            told = message(await driver.press(ADA, monday, "Not today"))
        else:
            assert (await driver.post("Check-in, Mon 23 Nov 2026")).buttons == ()
            told = message(await driver.say(ADA, "checkin skip", day="2026-11-23"))
        assert "That was the call of Mon 23 Nov 2026, and it is over." in told.text
        skipped = message(await driver.press(ADA, told, "Sit Tue out"))
        assert "Rest is part of research" in skipped.text
        status = message(await driver.say(ADA, "checkin status")).text
        assert "Tue 24 Nov 2026: sat out" in status
        assert "Mon 23 Nov 2026" not in status
