"""A cohort that is archived and taken back, and what a member takes along, on every platform."""

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, OLU, message


async def test_archived_and_taken_back(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.press(ADA, await driver.post("the home of Lab"), "Join")
        await driver.say(ADA, "submission add", title="A paper of Ada's")
        asked = message(await driver.say(OLU, "cohort-admin archive"))
        assert "Shall I archive Lab?" in asked.text
        done = message(await driver.press(OLU, asked, "Archive it"))
        assert "is archived" in done.text
        told = await driver.post("archived Lab")
        refused = message(await driver.say(ADA, "submission list"))
        assert "Lab was archived on" in refused.text
        assert "Take it back" not in refused.buttons
        record = message(await driver.press(ADA, told, "My record"))
        assert "What you recorded in Lab" in record.text
        back = message(await driver.press(OLU, done, "Take it back"))
        assert "Lab goes on" in back.text
        await driver.post("it goes on here")
        assert "A paper of Ada's" in message(await driver.say(ADA, "submission list")).text
        assert not await driver.disturbances()
