"""What people type, on every platform: titles stay whole, and what cannot be taken stands where it was typed."""

import pytest

from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEN, OLU, count, form, message


@pytest.mark.case(58)
async def test_title_with_a_parameters_name_stays_whole(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.say(ADA, "cohort join")
        for title in ("The right venue: ten lessons", "stage: a study", "vnue:ICML"):
            added = message(await driver.say(ADA, "submission add", title=title))
            assert f"“{title}”" in added.text


@pytest.mark.case(62)
async def test_what_was_typed_is_named_in_a_line_and_in_a_form(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        await driver.say(ADA, "cohort join")
        wrong = message(await driver.say(ADA, "submission add", title="Mine", link="no-address"))
        assert "“no-address” is no web address" in wrong.text
        asked = form(await driver.say(ADA, "submission add"))
        said = await driver.refusal(ADA, asked, {"Title": "Mine", "Link": "no-address"})
        assert "“no-address” is no web address" in said
        stranger = message(await driver.say(BEN, "submission add", title="Mine"))
        assert "Join" in stranger.buttons
        assert "Mine" not in message(await driver.press(BEN, stranger, "Join")).text


@pytest.mark.case(62)
async def test_what_can_mean_several_things_is_settled_in_a_form(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        asked = form(await driver.say(OLU, "cohort-admin schedule-add"))
        typed = {"Kind": "digest: posts the cohort's digest", "When": "every second friday 16:00"}
        added = await driver.settle(OLU, asked, typed, "the second Friday")
        assert "the second Friday of the month at 16:00" in added.text
        listed = message(await driver.say(OLU, "cohort-admin schedule-list"))
        assert listed.text.count("#") == 1, "one schedule, of the reading that was chosen"


@pytest.mark.case(62)
async def test_venue_that_may_be_a_slip_is_settled_in_a_form_and_by_a_button(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        asked = form(await driver.say(OLU, "submission add"))
        added = await driver.settle(OLU, asked, {"Title": "Mine", "Venue": "ICLM 2027"}, "ICML 2027")
        assert "“Mine”, submitted to ICML 2027" in added.text
        doubted = message(await driver.say(OLU, "submission add", title="Ours", venue="ICLM 2027"))
        assert "I know no “ICLM 2027”. Did you mean one of these?" in doubted.text
        kept = message(await driver.press(OLU, doubted, "As I typed it"))
        assert "“Ours”, submitted to ICLM 2027" in kept.text
        moved = message(await driver.say(OLU, "submission edit", paper="Mine", venue="ICLM 2027"))
        assert "ICLM 2027" in moved.text, "known by now"
        assert await count(driver.bot, "submission") == 2


@pytest.mark.case(62)
async def test_error_outside_every_cohort_leads_to_one(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        refused = message(await driver.say(OLU, "submission list"))
        assert "Set up a cohort" in refused.buttons
        asked = form(await driver.press(OLU, refused, "Set up a cohort"))
        founded = await driver.fill(OLU, asked, {"Name": "Lab", "Time zone": "Europe/Berlin"})
        assert "Lab is set up in the time zone Europe/Berlin" in founded.text
        assert await count(driver.bot, "cohort") == 1
        assert "Set up a cohort" not in message(await driver.say(ADA, "submission list")).buttons
