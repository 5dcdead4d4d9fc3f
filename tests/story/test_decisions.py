"""Decisions that are told, on every platform: good news in its author's words, a rejection seen before it is posted, and both
taken back."""

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, CHI, OLU, PlatformDriver, Seen, form, message


async def founded(driver: PlatformDriver) -> None:
    """Olu founds a cohort with Ada and Chi, whose paper with Ada is under review. In the playground they are called otherwise,
    Chi Chidi Okafor among others."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    for who in (ADA, CHI):
        await driver.say(who, "cohort join")
    await driver.say(ADA, "submission add", title="Onward", venue="ICML 2026", coauthors="Chi, Chidi Okafor")


async def gone(driver: PlatformDriver) -> Seen:
    """The line that stands where something was told."""
    return await driver.post("Word of a decision was here")


async def test_good_news_is_told_changed_and_taken_back(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        answer = message(await driver.say(ADA, "submission update", paper="1", stage="accepted"))
        assert answer.private
        assert "Congratulations!" in answer.text
        assert " recorded." in await driver.told(CHI, "Congratulations!")
        asked = form(await driver.press(ADA, answer, "Tell the cohort"))
        done = await driver.fill(ADA, asked, {"Words": "Four years. @everyone, thank you!"})
        assert done.private
        card = await driver.post("“Onward” is accepted at ICML 2026!")
        assert not card.private
        assert ", with Chi" in card.text
        assert "Four years. @everyone, thank you!" in card.text
        assert await driver.disturbances() == set()
        assert "told Lab of the decision" in await driver.told(CHI, "of which you are an author")
        shown = message(await driver.press(CHI, card, "Open the paper"))
        assert "Onward" in shown.text

        again = form(await driver.press(ADA, done, "Change the words"))
        changed = await driver.fill(ADA, again, {"Words": "Four years!"})
        await driver.post("Four years!")
        back = message(await driver.press(ADA, changed, "Take it back"))
        assert "It is taken back" in back.text
        assert "Four years" not in (await gone(driver)).text


async def test_rejection_is_told_if_one_likes(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        answer = message(await driver.say(ADA, "submission update", paper="1", stage="rejected"))
        assert answer.private
        assert "about 17 in 100 (16 to 19)" in answer.text
        assert {"Note its reviews", "Deadlines that fit", "Ask for feedback", "Share it"} <= set(
            answer.buttons
        )
        asked = form(await driver.press(ADA, answer, "Share it"))
        preview = await driver.fill(ADA, asked, {"Words": "On we go."})
        assert "This is what would stand in" in preview.text
        assert ": “Onward” was not taken at ICML 2026." in preview.text
        assert "was not taken" not in await driver.everything(OLU)
        done = message(await driver.press(ADA, preview, "Post it"))
        card = await driver.post("“Onward” was not taken at ICML 2026.")
        assert "Chi" not in card.text
        no = message(await driver.say(OLU, "submission share", paper="1", words="Look"))
        assert "nobody is ever put there by somebody else" in no.text
        await driver.press(ADA, done, "Take it back")
        await gone(driver)
