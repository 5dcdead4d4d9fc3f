"""A list of conferences on its way to a reminder, on every platform: given as a file, shown, taken in, followed, due."""

from datetime import timedelta

from tests.core.test_deadlines import DUE
from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, OLU, form, message

LIST = b"""
- title: ICML
  year: 2027
  id: icml27
  full_name: International Conference on Machine Learning
  link: https://icml.cc/2027
  deadlines:
    - {type: submission, label: Tutorial proposals, date: '2026-12-10 23:59:59', timezone: AoE}
    - {type: paper, label: Papers, date: '2027-01-28 23:59:59', timezone: AoE}
    - {type: notification, label: Decisions of **all** @everyone, date: '2027-05-01', timezone: AoE}
- {title: '<!channel> [x](http://evil.example)'}
"""


async def test_list_is_imported_followed_and_reminded_of(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.press(ADA, await driver.post("the home of Lab"), "Join")
        asked = form(await driver.say(OLU, "cohort-admin venue-import"))
        assert asked.labels == ("File",)
        shown = await driver.give(OLU, asked, "File", "ai.yml", LIST)
        assert shown.private
        assert "1 new, 1 that I cannot read." in shown.text
        assert "I take “Papers”" in shown.text
        assert "[x](http://evil.example): it has no year." in shown.text
        done = message(await driver.press(OLU, shown, "Take in 1"))
        assert "ai.yml is taken in: 1 new" in done.text
        listed = message(await driver.say(ADA, "deadline list"))
        assert "ICML 2027: papers" in listed.text
        assert "Thu 28 Jan, 23:59 AoE" in listed.text
        page = message(await driver.choose(ADA, listed, "ICML 2027"))
        assert "Decisions of **all** @everyone" in page.text
        followed = message(await driver.press(ADA, page, "Follow"))
        assert "You follow ICML 2027 now." in followed.text
        await driver.move_to(DUE - timedelta(days=7))
        told = await driver.told(ADA, "ICML 2027: papers in about 7 days")
        assert "Thu 28 Jan, 23:59 AoE" in told
        files = message(await driver.say(ADA, "deadline calendar"))
        await driver.restart()
        late = message(await driver.press(OLU, done, "Take it back"))
        assert "I found no change of venues within the last day" in late.text
        asked_first = message(await driver.say(OLU, "deadline remove", file="ai.yml"))
        assert "Shall I remove all that ai.yml said, of 1 edition?" in asked_first.text.replace("**", "")
        removed = message(await driver.press(OLU, asked_first, "Remove all of it"))
        gone = await driver.told(ADA, "has no date here any more")
        assert "ICML 2027: papers" in gone
        assert "There are no dates of venues here yet" in message(await driver.say(ADA, "deadline list")).text
        back = message(await driver.press(OLU, removed, "Undo"))
        assert "that is taken back, for 1 edition" in back.text
        assert "ICML 2027: papers" in message(await driver.say(ADA, "deadline list")).text
        assert "COHORT_PUBLIC_URL" in files.text
        # The venue's own page is a link, and nothing else is.
        assert {each.rstrip("/") for each in await driver.disturbances()} <= {
            "official page",
            "https://icml.cc/2027",
        }
