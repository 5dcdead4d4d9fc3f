"""Lists on every platform: each record opens, pages turn, also after a restart and never for whom they are not."""

from core.cohorts import directory, members
from core.cohorts.model import Scope
from core.features.submissions import changes
from core.papers.model import Stage
from core.papers.updates import NewPaper
from core.store.port import Conn
from core.store.scoped import within
from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, OLU, PlatformDriver, message


async def with_papers(driver: PlatformDriver, count: int) -> None:
    """Olu founds a cohort with Ada and Ben, and one of the two has so many papers."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    for who in (ADA, BEN):
        await driver.say(who, "cohort join")
    core = driver.bot.core

    def add(conn: Conn) -> None:
        cohort = directory.cohort(conn, 1)
        assert cohort is not None
        ada = next(each for each in members.members(conn, 1) if not each.organizer)
        now = core.clock.now()
        scope = Scope(cohort, ada, now, now.date(), core.admission.limits)
        for number in range(1, count + 1):
            changes.add(
                within(conn, cohort.id),
                scope,
                ada.id,
                NewPaper(f"Paper {number} of many", None, Stage.IDEA, "cohort", None, None),
            )

    await core.store.write(add)


async def test_records_open_and_pages_turn(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await with_papers(driver, 45)
        first = message(await driver.say(BEN, "submission list"))
        assert "1 to 20 of 45 papers" in first.text
        assert "#45 Paper 45 of many" in first.text
        assert "#25 Paper 25 of many" not in first.text
        turns = [each for each in first.buttons if each != "Add a paper"]
        assert turns == ["Next ›", "Last »"]
        opened = message(await driver.choose(BEN, first, "#30 Paper"))
        assert "Paper 30 of many" in opened.text
        assert opened.private

        last = message(await driver.press(BEN, first, "Last »"))
        assert "41 to 45 of 45 papers" in last.text
        assert [each for each in last.buttons if each != "Add a paper"] == ["« First", "‹ Back"]
        await driver.restart()
        assert "21 to 40 of 45" in message(await driver.press(BEN, last, "‹ Back")).text
        # Pages may be turned as often as one likes: a button states the page, and is not pressed once for all.
        assert "21 to 40 of 45" in message(await driver.press(BEN, last, "‹ Back")).text
        assert "Paper 3 of many" in message(await driver.choose(BEN, last, "#3 Paper")).text

        await driver.say(BEN, "cohort leave")
        refused = message(await driver.choose(BEN, last, "#2 Paper"))
        assert "of many" not in refused.text
        assert await driver.disturbances() == set()
