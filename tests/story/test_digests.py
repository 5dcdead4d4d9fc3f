"""A digest on every platform: it fits one message, opens records and all of it, and one of one's own comes on Monday."""

from datetime import UTC, datetime

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, OLU, message

DIGEST = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Monday at 16:00 in Berlin."""
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
"""The next Monday at 8:00 in Berlin."""
HOSTILE = "**bold** @everyone <!channel> [x](http://evil.example)"


async def test_digest_sums_up_and_opens_all(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        for who in (ADA, BEN):
            await driver.press(who, await driver.post("the home of Lab"), "Join")
        await driver.say(OLU, "cohort-admin schedule-add", kind="digest", when="weekdays 4pm")
        for number in range(24):
            title = f"Paper {number} {'about sparse networks and their kin' if number else HOSTILE}"
            await driver.say(ADA, "submission add", title=title, stage="submitted")
        await driver.move_to(DIGEST)
        digest = await driver.post("Mon 16 Nov 2026 to Mon 23 Nov 2026")
        assert "Decisions and submissions" in digest.text
        assert HOSTILE in digest.text
        assert "more" in digest.text
        opened = message(await driver.choose(BEN, digest, ADA if ADA in digest.text else "Wanjiru Kamau"))
        assert f"Paper 0 {HOSTILE}" in opened.text
        whole = message(await driver.press(BEN, digest, "All of it"))
        assert whole.private
        assert "Paper 19 about" in whole.text
        assert "Paper 23 about" in message(await driver.press(BEN, whole, "Next ›")).text
        said = message(await driver.say(BEN, "digest personal", on="yes"))
        assert "Mon 30 Nov 2026" in said.text
        await driver.move_to(MONDAY)
        assert "Nothing waits for you." in await driver.told(BEN, "Your week in Lab")
        assert await driver.disturbances() == set()
