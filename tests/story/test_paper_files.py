"""Papers in a spreadsheet on their way into the bot and out of it, on every platform."""

from core.chat.model import UPLOAD_BYTES
from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, form, message
from tests.story.test_papers import founded

LIST = (
    "Titel;Venue;Status;Date;Visibility\r\n"
    "Über **Größe** @everyone;NeurIPS 2025;rejected;24.09.2025;cohort\r\n"
    "Lost;ICML 2026;acepted;1.5.2026;\r\n"
    '"=HYPERLINK(""http://evil.example"")";;idea;;cohort\r\n'
).encode("cp1252")


async def test_papers_are_shown_taken_in_taken_back_and_taken_along(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        asked = form(await driver.say(ADA, "submission import"))
        too_much = b"title\n" + b"x" * (10 * 2**20)
        assert "is larger than 4" in await driver.refused_file(ADA, asked, "File", "big.csv", too_much)

        asked = form(await driver.say(ADA, "submission import"))
        shown = await driver.give(ADA, asked, "File", "papers.csv", LIST)
        assert shown.private
        assert "papers.csv has 3 rows: 2 read, 1 refused. Nothing is taken in yet." in shown.text
        assert "Row 3, stage: “acepted”: did you mean accepted?" in shown.text
        assert "Größe" not in message(await driver.say(BEN, "submission list")).text
        done = message(await driver.press(ADA, shown, "Take in 2"))
        assert "papers.csv is taken in: 2 new papers." in done.text
        assert "Über **Größe** @everyone" in message(await driver.say(BEN, "submission list")).text

        await driver.restart()
        taken = message(await driver.press(ADA, done, "Take it back"))
        assert "2 papers of it are deleted" in taken.text
        assert "Größe" not in message(await driver.say(BEN, "submission list")).text
        back = message(await driver.press(ADA, taken, "Undo"))
        assert "is here again: 2 papers." in back.text

        along = message(await driver.say(ADA, "submission export", format="csv"))
        assert "Your 2 papers, as CSV" in along.text
        content = (await driver.file(ADA, along, "papers.csv")).decode("utf-8-sig")
        assert "'=HYPERLINK" in content
        assert "Über **Größe** @everyone" in content
        assert len(too_much) > 2 * UPLOAD_BYTES
        assert not await driver.disturbances()
