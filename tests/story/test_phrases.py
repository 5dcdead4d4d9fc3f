"""When a schedule posts, in words, on every platform: asked about where it could mean two things, refused by name."""

import pytest

from tests.story.conftest import DriverFactory
from tests.story.driver import OLU, count, message


@pytest.mark.case(56)
async def test_every_word_of_a_phrase_counts(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.post("the home of Lab")

        async def add(when: str) -> str:
            return message(await driver.say(OLU, "cohort-admin schedule-add", kind="digest", when=when)).text

        refused = await add("monday 10:00 and thursday 14:00")
        assert "thursday 14:00" in refused
        assert "second schedule" in refused
        assert "“fridya”" in await add("fridya 10:00")
        assert await count(driver.bot, "schedule") == 0

        asked = message(
            await driver.say(
                OLU, "cohort-admin schedule-add", kind="digest", when="every second friday 16:00"
            )
        )
        assert "27 Nov, 11 Dec, 25 Dec" in asked.text
        assert "11 Dec, 8 Jan, 12 Feb" in asked.text
        assert await count(driver.bot, "schedule") == 0
        saved = message(await driver.press(OLU, asked, "every 2 weeks on Friday at 16:00"))
        assert "Schedule #1 is saved" in saved.text
        assert "Fri 27 Nov" in saved.text

        both = await add("2nd and 4th thursday 13:00")
        assert "the second and fourth Thursday of the month at 13:00" in both
        assert "Thu 26 Nov" in both
        assert "Thu 10 Dec" in both
