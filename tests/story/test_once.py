"""A button pressed twice, on two devices, or days later, on every platform: it changes something once."""

import asyncio
from datetime import timedelta

import pytest

from tests.story.conftest import TELLINGS, DriverFactory
from tests.story.driver import ADA, BEGIN, OLU, WITHIN, PlatformDriver, Seen, count, message


async def found(driver: PlatformDriver) -> Seen:
    """Olu founds a cohort; the answer with the dates of a schedule that is not saved yet."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    await driver.post("the home of Lab")
    when = {"kind": "checkin", "when": "weekdays 18:00", "preview": "yes"}
    return message(await driver.say(OLU, "cohort-admin schedule-add", **when))


@pytest.mark.case(51)
async def test_second_press_is_told_of_the_first(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        shown = await found(driver)
        saved = message(await driver.press(OLU, shown, "Save it"))
        assert "Schedule #1 is saved" in saved.text
        again = message(await driver.press(OLU, shown, "Save it"))
        assert "You pressed this button already" in again.text
        assert "cohort-admin schedule-add" in again.text.replace("cohort admin", "cohort-admin")
        assert await count(driver.bot, "schedule") == 1

        first = message(await driver.press(OLU, saved, "Post one now"))
        assert "On its way" in first.text
        await driver.post("Check-in, Mon 23 Nov 2026")
        await driver.restart()
        await driver.move_to(BEGIN + timedelta(days=5))  # what was handled is forgotten by then
        later = message(await driver.press(OLU, saved, "Post one now"))
        assert "You pressed this button already" in later.text
        assert await count(driver.bot, "schedule") == 1
        assert await count(driver.bot, "press") == 2
        assert await count(driver.bot, "outbox WHERE by_hand = 1") == 1


@pytest.mark.case(51)
@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
async def test_two_devices_press_at_once(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        shown = await found(driver)
        await asyncio.gather(*(driver.press(OLU, shown, "Save it") for _ in range(2)))
        async with asyncio.timeout(WITHIN):
            told = ""
            while not all(each in told for each in ("pressed this button already", "Schedule #1 is saved")):
                await asyncio.sleep(0.05)  # the platform tells nobody, and either answer may come first
                told = await driver.everything(OLU)
        assert told.count("Schedule #1 is saved") == 1
        assert await count(driver.bot, "schedule") == 1


async def test_one_persons_press_leaves_anothers(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await found(driver)
        welcome = await driver.post("the home of Lab")
        for _ in range(2):
            joined = message(await driver.press(ADA, welcome, "Join"))
            assert "pressed this button" not in joined.text
        assert await count(driver.bot, "member") == 2
