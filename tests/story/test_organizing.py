"""What an organizer looks at and changes, on every platform: schedules that open, settings in words."""

from tests.story.conftest import DriverFactory
from tests.story.driver import OLU, form, message


async def test_schedule_opens_and_setting_is_chosen(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.post("the home of Lab")
        await driver.say(OLU, "cohort-admin schedule-add", kind="digest", when="fridays 16:00")
        listed = message(await driver.say(OLU, "cohort-admin schedule-list"))
        assert "#1 digest" in listed.text
        opened = message(await driver.choose(OLU, listed, "#1 digest"))
        assert "Fri 27 Nov, 16:00" in opened.text
        assert "Paused" in message(await driver.press(OLU, opened, "Pause")).text
        paused = message(await driver.choose(OLU, listed, "#1 digest"))
        assert "It is paused" in paused.text

        shown = message(await driver.say(OLU, "cohort-admin show"))
        assert "A missed post is still sent for 6 hours" in shown.text
        asked = form(await driver.choose(OLU, shown, "Missed posts"))
        changed = await driver.fill(OLU, asked, {"Value": "A missed post is still sent for 24 hours"})
        assert "A missed post is still sent for 24 hours" in changed.text
        assert await driver.disturbances() == set()
