"""A paper with a co-author is corrected, asked about, deleted and had back, on every platform."""

from core.cohorts import members
from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, OLU, PlatformDriver, form, message


async def founded(driver: PlatformDriver) -> None:
    """Olu founds a cohort with Ada and Ben."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    for who in (ADA, BEN):
        await driver.say(who, "cohort join")


async def test_paper_is_corrected_deleted_and_had_back(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(ADA, "submission add", title="Atention", venue="ICML 2026", coauthors="Olu, Chen Li")
        shown = message(await driver.say(ADA, "submission show", paper="1"))
        assert "Olu and Chen Li" in shown.text

        asked = form(await driver.press(ADA, shown, "Correct it"))
        corrected = await driver.fill(ADA, asked, {"Title": "Attention"})
        assert "title: “Attention”, before “Atention”" in corrected.text
        assert "venue" not in corrected.text, "what stood in the form stays as it is"

        question = message(
            await driver.say(ADA, "submission update", paper="1", stage="accepted", date="2026-01-05")
        )
        assert "It was submitted on" in question.text
        taken = message(await driver.press(ADA, question, question.buttons[0]))
        assert "is accepted at ICML 2026" in taken.text

        sure = message(await driver.say(ADA, "submission delete", paper="1"))
        deleted = message(await driver.press(ADA, sure, "Delete it"))
        assert "nobody sees or counts it any more" in deleted.text
        assert "Attention" not in message(await driver.say(BEN, "submission list")).text
        await driver.restart()
        back = message(await driver.press(ADA, deleted, "Undo"))
        assert "“Attention” is back, as it was." in back.text
        assert "Attention" in message(await driver.say(BEN, "submission list")).text


async def test_review_is_corrected_and_had_back(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(ADA, "submission add", title="Attention", venue="ICLR 2025")
        question = message(await driver.say(ADA, "review add", paper="1", score="7"))
        assert "7 is not on the scale of ICLR 2025, which is 1 3 5 6 8 10." in question.text
        noted = message(await driver.press(ADA, question, "Yes, note 7"))
        asked = form(await driver.press(ADA, noted, "Correct it"))
        corrected = await driver.fill(ADA, asked, {"Score": "6: marginally above"})
        assert "is corrected: score 6" in corrected.text
        listed = message(await driver.press(ADA, corrected, "All its reviews"))
        number = listed.text.partition("#")[2].partition(" score")[0].rpartition("#")[2]
        sure = message(await driver.say(ADA, "review remove", review=number))
        removed = message(await driver.press(ADA, sure, "Remove it"))
        back = message(await driver.press(ADA, removed, "Undo"))
        assert "is back, as it was." in back.text


async def test_timeline_is_picture_and_words(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(ADA, "submission add", title="Attention", venue="ICML 2026")
        await driver.say(ADA, "submission update", paper="1", stage="desk-rejected")
        await driver.say(ADA, "submission resubmit", paper="1", venue="ICLR 2027")
        told = message(await driver.say(BEN, "submission timeline", paper="1"))
        assert "Submitted to ICLR 2027 since 23 Nov 2026, round 2." in told.text
        picture = await driver.picture(BEN, told)
        assert picture.data.startswith(b"\x89PNG")
        assert "round 1, ICML 2026: desk rejected, 23 Nov 2026; round 2, ICLR 2027: submitted" in picture.alt


async def test_forecast_meets_what_came_of_it(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        *_, ben = sorted(await driver.bot.core.store.read(members.members, 1), key=lambda each: each.id)
        added = message(
            await driver.say(ADA, "submission add", title="Attention", venue="ICLR 2025", coauthors=ben.name)
        )
        asked = form(await driver.press(ADA, added, "Your forecast"))
        label = next(each for each in asked.labels if "hance" in each)
        said = await driver.fill(ADA, asked, {label: "70%"})
        assert "You alone see that, and can change it until the decision is recorded." in said.text
        assert "#1 Attention" in message(await driver.press(ADA, said, "All your forecasts")).text

        await driver.told(BEN, "named you as a co-author")
        changed = message(await driver.say(BEN, "submission forecast", paper="1", chance="20"))
        again = form(await driver.press(BEN, changed, "Change it"))
        await driver.fill(BEN, again, {label: "40"})
        await driver.restart()
        lost = message(await driver.say(ADA, "submission update", paper="1", stage="rejected"))
        assert (
            "You had said 70 in 100; the lottery gave such a paper about 32 in 100 (31 to 32)." in lost.text
        )
        told = await driver.told(BEN, "You had said 40 in 100")
        assert "70" not in told

        for number in range(2, 11):
            await driver.say(ADA, "submission add", title=f"P{number}", venue="ICLR 2025", chance="50")
            await driver.say(ADA, "submission update", paper=str(number), stage="accepted")
        fits = message(await driver.say(ADA, "submission forecast"))
        assert "You said 52 in 100 on average, and 90 in 100 came true" in fits.text
        assert "Brier score 0.27 over 10 decided forecasts" in fits.text
        picture = await driver.picture(ADA, fits)
        assert picture.data.startswith(b"\x89PNG")
        assert "50 said, 9 of 9 accepted, 70 said, 0 of 1 accepted" in picture.alt
