"""Reviews that somebody promised, on every platform: noted, reminded of, late while a paper of theirs is there, done."""

from datetime import UTC, datetime

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, form, message
from tests.story.test_papers import founded


def nine(day: int) -> datetime:
    """Nine in the morning in Berlin of a day in December."""
    return datetime(2026, 12, day, 8, tzinfo=UTC)


async def test_duty_is_reminded_of_late_and_done(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(ADA, "submission add", title="Mine there", venue="ICML 2027", stage="in-review")
        await driver.say(ADA, "review add", paper="1", score="6")
        asked = form(await driver.say(ADA, "duty add"))
        noted = await driver.fill(ADA, asked, {"Venue": "ICML 2027", "Papers": "3", "Due": "2026-12-10"})
        assert noted.private
        assert "3 reviews for ICML 2027" in noted.text
        assert "due on Thu 10 Dec 2026, in 17 days" in noted.text
        home = message(await driver.say(ADA, "cohort home"))
        assert "Review duties" in home.buttons

        for day, words in ((3, "in 7 days"), (8, "in 2 days"), (9, "in 1 day")):
            await driver.move_to(nine(day))
            said = await driver.told(ADA, words)
            assert "3 reviews for ICML 2027" in said
        await driver.move_to(nine(11))
        late = await driver.told(ADA, "1 day ago")
        assert "Paper #1 of yours is at ICML 2027 too." in late
        assert "If they are sent, press Done" in late

        listed = message(await driver.say(ADA, "duty list"))
        assert "3 of them are late." in listed.text
        assert "So far you wrote 0 reviews and your papers got 1" in listed.text
        page = message(await driver.choose(ADA, listed, "3 reviews for ICML 2027"))
        calendar = await driver.file(
            ADA, message(await driver.say(ADA, "deadline calendar")), "my-deadlines.ics"
        )
        assert b"SUMMARY:Due: 3 reviews for ICML 2027" in calendar
        done = message(await driver.press(ADA, page, "Done"))
        assert "Done, thank you" in done.text
        assert "So far you wrote 3 reviews and your papers got 1" in done.text
        opened = message(await driver.press(ADA, done, "Not done yet"))
        assert "Open again" in opened.text
        removed = message(await driver.press(ADA, opened, "Remove"))
        assert "Removed: 3 reviews for ICML 2027" in removed.text

        assert "for ICML 2027" not in await driver.everything(BEN)
        assert "No reviews that you promised" in message(await driver.say(BEN, "duty list")).text
