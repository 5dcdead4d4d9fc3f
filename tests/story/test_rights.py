"""A sample of the table of rights, through each platform's real client: typed, completed, pressed, and sent in a form. The whole table is
walked in tests/core/test_rights."""

import pytest

from core.cohorts import members
from core.store.port import Conn
from core.store.scoped import within
from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, OLU, PlatformDriver, form, message

ORGANIZERS = "This is for the cohort's organizers"


async def _organizes(driver: PlatformDriver, on: bool) -> None:
    """Give who joined last the role, or take it back, as their organizer does meanwhile."""

    def change(conn: Conn) -> None:
        (cohort,) = (row["id"] for row in conn.all("SELECT id FROM cohort WHERE archived_at IS NULL"))
        found = max(members.members(conn, cohort), key=lambda each: each.id)
        members.set_organizer(within(conn, cohort), found.id, on)

    await driver.bot.core.store.write(change)


@pytest.mark.case(30)
async def test_organizers_things_are_refused_to_members(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        home = await driver.post("the home of Lab")
        await driver.press(ADA, home, "Join")
        await driver.say(OLU, "cohort-admin schedule-add", kind="digest", when="fridays 16:00")

        typed = message(await driver.say(ADA, "cohort-admin show"))
        assert ORGANIZERS in typed.text

        await _organizes(driver, True)
        offered = await driver.completing(ADA, "cohort-admin schedule-pause", "schedule")
        assert any("#1" in each for each in await offered("digest"))
        await _organizes(driver, False)
        assert not any("#1" in each for each in await offered("digest"))

        await _organizes(driver, True)
        listed = message(await driver.say(ADA, "cohort-admin schedule-list"))
        opened = message(await driver.choose(ADA, listed, "#1 digest"))
        await _organizes(driver, False)

        pressed = message(await driver.press(ADA, opened, "Pause"))
        assert ORGANIZERS in pressed.text
        chosen = message(await driver.choose(ADA, listed, "#1 digest"))
        assert ORGANIZERS in chosen.text

        await _organizes(driver, True)
        asked = form(await driver.say(ADA, "cohort-admin set", key="name"))
        await _organizes(driver, False)
        assert ORGANIZERS in await driver.refusal(ADA, asked, {"Value": "Taken over"})

        shown = message(await driver.say(OLU, "cohort-admin show"))
        assert "Taken over" not in shown.text
        assert (
            "It is paused"
            not in message(
                await driver.choose(
                    OLU, message(await driver.say(OLU, "cohort-admin schedule-list")), "#1 digest"
                )
            ).text
        )
