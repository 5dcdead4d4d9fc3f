"""From nothing to a cohort at work, on every platform: set-up, a way of working, the channel, the members."""

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, OLU, count, form, message


async def test_set_up_says_what_comes_next(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        dates = {"start": "2026-11-23", "end": "2027-06-30"}
        founded = message(
            await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin", **dates)
        )
        assert "It runs from Mon 23 Nov 2026 to Wed 30 Jun 2027" in founded.text
        assert "Next: how do you work together?" in founded.text
        assert set(founded.buttons) >= {
            "Weekly lab",
            "Bootcamp",
            "Reading group",
            "My own schedule",
            "Days off",
        }

        chosen = message(await driver.press(OLU, founded, "Weekly lab"))
        assert "a check-in call, every Monday at 10:00" in chosen.text
        assert await count(driver.bot, "schedule") == 3
        assert "where shall check-ins go?" in chosen.text

        off = form(await driver.press(OLU, founded, "Days off"))
        closed = await driver.fill(OLU, off, {"Value": "2026-12-21..2027-01-04"})
        assert "Nothing is posted on 2026-12-21..2027-01-04" in closed.text

        stay = next(each for each in chosen.buttons if each.startswith("Keep them in"))
        kept = message(await driver.press(OLU, chosen, stay))
        assert "is the channel for checkins" in kept.text
        assert "Next: people. Nobody but you has joined so far" in kept.text
        told = (
            "but not joined yet: " if driver.lists_members else "Discord does not tell me who is in a channel"
        )
        assert told in kept.text
        everybody = message(await driver.press(OLU, kept, "Who has joined"))
        assert told in everybody.text
        welcome = await driver.post("the home of Lab")
        await driver.press(ADA, welcome, "Join")
        shown = message(await driver.say(OLU, "cohort-admin show"))
        assert "Next:" not in shown.text
        assert told in shown.text
        assert await driver.disturbances() == set()
