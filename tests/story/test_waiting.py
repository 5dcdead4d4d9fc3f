"""Who waits for a venue, a rebuttal that is ahead, and the word on the day of the decision, on every platform."""

from datetime import UTC, datetime

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, CHI, OLU, form, message

DAY = datetime(2026, 12, 10, 8, tzinfo=UTC)
"""Nine in the morning of 10 December in Berlin, and no earlier wherever Ada and Chi live."""


async def test_room_rebuttal_and_day(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        for who in (ADA, CHI):
            await driver.say(who, "cohort join")
        dates = {"rebuttal": "2026-12-01 23:59", "decision": "2026-12-10"}
        await driver.say(OLU, "cohort-admin venue-add", name="ICML", year="2027", **dates)
        await driver.say(ADA, "submission add", title="Onward", venue="ICML 2027", stage="in-review")
        await driver.say(CHI, "submission add", title="Upward", venue="ICML 2027")
        await driver.say(ADA, "review add", paper="1", score="5", when="before")

        page = message(await driver.say(ADA, "submission show", paper="1"))
        assert "The rebuttal ends in" in page.text
        assert "Tue 1 Dec, 23:59 AoE" in page.text
        assert "With the lowest, 5, at 6" in page.text
        assert "With the lowest" not in message(await driver.say(CHI, "submission show", paper="1")).text

        room = message(await driver.say(ADA, "submission waiting"))
        assert room.private
        assert "wait for ICML 2027" in room.text
        assert "Upward" in room.text
        assert "decisions Thu 10 Dec 2026, in 17 days" in room.text
        opened = message(await driver.choose(ADA, room, "#2 Upward"))
        assert "Upward" in opened.text

        await driver.say(CHI, "submission update", paper="2", stage="rejected")
        await driver.move_to(DAY)
        told = await driver.told(ADA, "Today ICML 2027 is to decide")
        assert "Whatever it says, it is one committee’s word. Good luck!" in told
        assert "is to decide" not in await driver.everything(CHI)
        form(await driver.say(ADA, "submission update"))
        assert await driver.disturbances() == set()
