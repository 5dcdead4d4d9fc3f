"""A picture of the lottery in the cohort's channel, on every platform: seen first, posted when it is said so, taken
back by who shared it."""

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, OLU, message


async def test_picture_is_seen_posted_and_taken_back(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        welcome = await driver.post("the home of Lab")
        await driver.press(ADA, welcome, "Join")
        shown = message(await driver.say(ADA, "lottery venue", venue="NeurIPS 2025"))
        assert shown.private
        picture = await driver.picture(ADA, shown)
        preview = message(await driver.press(ADA, shown, "Share"))
        assert preview.private
        assert "would stand in" in preview.text
        done = message(await driver.press(ADA, preview, "Post it"))
        assert done.private
        posted = await driver.post("Of the papers that one committee accepts at NeurIPS 2025")
        assert not posted.private
        assert (await driver.picture(ADA, posted)).alt == picture.alt
        assert "Ada" not in posted.text
        assert "Take it back" in done.buttons
        assert await driver.disturbances() == set()
