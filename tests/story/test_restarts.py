"""What must hold over a restart of the bot, and when a platform delivers a call twice."""

import asyncio
from datetime import timedelta

import pytest

from core.commands.stored_call import GONE
from tests.servers.discord import Interaction
from tests.story.conftest import TELLINGS, DriverFactory
from tests.story.driver import (
    ADA,
    BEN,
    CALL_AT,
    OLU,
    PlatformDriver,
    RedeliveringDriver,
    Seen,
    count,
    form,
    message,
)
from tests.story.on_discord import DiscordDriver, discord_driver

ANSWERS = {"What moved": "Half a proof", "What comes next": "The other half"}


async def found(driver: PlatformDriver) -> Seen:
    """Olu founds a cohort; the welcome that stands in its channel."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    return await driver.post("the home of Lab")


async def test_buttons_and_forms_outlive_bot(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        welcome = await found(driver)
        paper = message(await driver.say(OLU, "submission add", title="Begun before"))
        asked = form(await driver.say(OLU, "checkin now"))
        before = driver.bot.application

        await driver.restart()

        assert driver.bot.application is not before
        kept = await driver.fill(OLU, asked, ANSWERS)
        assert "for your eyes only" in kept.text
        joined = message(await driver.press(ADA, welcome, "Join"))
        assert "Welcome to Lab!" in joined.text
        shown = message(await driver.press(OLU, paper, "Show"))
        assert "Begun before" in shown.text
        opened = form(await driver.press(ADA, joined, "Add a paper"))
        saved = await driver.fill(ADA, opened, {"Title": "Begun after"})
        assert "Begun after" in saved.text
        assert await count(driver.bot, "checkin") == 1
        assert await count(driver.bot, "submission") == 2


async def test_what_was_scheduled_before_comes_after(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await found(driver)
        await driver.say(OLU, "cohort-admin schedule-add", kind="checkin", when="weekdays 10:30")
        await driver.restart()
        await driver.move_to(CALL_AT)
        call = await driver.post("Check-in, Mon 23 Nov 2026")
        await driver.restart()
        skipped = message(await driver.press(OLU, call, "Not today"))
        assert "Rest is part of research" in skipped.text
        assert await count(driver.bot, "outbox") == 2


@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
async def test_call_delivered_again_is_same_call(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        welcome = await found(driver)
        joined = message(await driver.press(BEN, welcome, "Join"))
        paper = message(await driver.say(BEN, "submission add", title='Only "once" 🎉'))
        kept = await driver.fill(BEN, form(await driver.say(BEN, "checkin now")), ANSWERS)
        await the_same_again(driver, joined, paper, kept)
        await driver.restart()
        await the_same_again(driver, joined, paper, kept)


async def the_same_again(driver: PlatformDriver, joined: Seen, paper: Seen, kept: Seen) -> None:
    """A button, a command and a form, each delivered once more."""
    redelivering: RedeliveringDriver = driver  # type: ignore[assignment]  # only such platforms are asked
    for seen in (joined, paper):
        assert await redelivering.again(BEN, seen) == seen.text
    assert await redelivering.again(BEN, kept) == kept.text
    assert await count(driver.bot, "member") == 2
    assert await count(driver.bot, "submission") == 1
    assert await count(driver.bot, "checkin") == 1


async def test_call_delivered_twice_at_once_is_one_record(sqlite_url: str) -> None:
    async with discord_driver(sqlite_url) as driver:
        await found(driver)
        olu = driver.people[OLU]
        call = await olu.start("submission add", title="Twice")
        await asyncio.gather(*(olu.redeliver(call) for _ in range(4)))
        await olu.answered(call)
        await driver.server.until(lambda: len(call.refusals) == 4)
        assert "Twice" in call.text
        assert await count(driver.bot, "submission") == 1


async def refused(driver: DiscordDriver) -> Interaction:
    """A check-in that was typed into a form while another one of the day was kept."""
    olu = driver.people[OLU]
    first = await olu.slash("checkin now")
    await olu.submit(await olu.slash("checkin now"), {"What moved": "Said meanwhile"})
    told = await olu.submit(first, {"What moved": "Typed before the restart"})
    assert "You have checked in today already" in told.text
    return told


async def test_refused_form_survives_restart(sqlite_url: str) -> None:
    async with discord_driver(sqlite_url) as driver:
        await found(driver)
        olu = driver.people[OLU]
        told = await refused(driver)
        await driver.restart()
        again = await olu.click(told.messages[-1], "Open it again")
        kept = await olu.submit(again, {})
        assert "for your eyes only" in kept.text
        edit = await olu.slash("checkin edit")
        assert "Typed before the restart" in str(edit.modal)


async def test_form_kept_for_too_long_says_so(sqlite_url: str) -> None:
    async with discord_driver(sqlite_url) as driver:
        await found(driver)
        told = await refused(driver)
        await driver.restart()
        driver.bot.clock.move_to(driver.bot.clock.now() + timedelta(hours=25))
        late = await driver.people[OLU].click(told.messages[-1], "Open it again")
        assert late.ephemeral
        assert late.text == GONE
