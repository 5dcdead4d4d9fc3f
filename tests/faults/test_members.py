"""Calls that come again or fail, members who leave, buttons and forms from before."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from core.chat.model import Button, Reply
from core.clock import FixedClock
from core.commands.dispatch import Call
from core.delivery.service import Delivery
from tests.faults.two_platforms import two_platforms
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, refused, text_of
from tests.servers.slack import APP_TOKEN, SlackUser, as_message
from tests.story.conftest import TELLINGS
from tests.story.driver import ADA, OLU, count, form, message


@pytest.mark.parametrize("mode", ["http", "socket"])
@pytest.mark.case(2)
async def test_retry_of_call_never_seen_is_processed(sqlite_url: str, mode: str) -> None:
    async with two_platforms(sqlite_url, app_token=None if mode == "http" else APP_TOKEN) as stage:
        there = await stage.on_slack("there")
        if mode == "socket":
            stage.slack.http = None
        ada = SlackUser(stage.slack, "UADA", there.channel)
        turn = stage.slack.open_turn(stage.slack.workspace, "UADA", there.channel, "command")
        payload = ada.slash(turn, "/cohort", "submission add title:Late")
        await ada.slash_again(turn, payload, retry=1)
        assert "Late" in as_message(await ada.answer(turn)).text
        assert await count(stage.bot, "submission") == 1


@pytest.mark.case(3)
async def test_handler_that_fails_after_acknowledgement(sqlite_url: str) -> None:
    async def fails(_call: Call) -> Reply:
        raise ZeroDivisionError

    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        commands = stage.bot.core.registry.commands
        commands["cohort members"] = replace(commands["cohort members"], handler=fails)  # type: ignore[index] # a dictionary in fact
        with capture_logs() as events:
            answer = await stage.people["Ada"].slash("cohort members", at=here.channel)
        assert answer.ephemeral
        reference = answer.text.split("reference: ")[1].split()[0].strip("`")
        assert [each["event"] for each in events if each.get("reference") == reference] == ["call failed"]


@pytest.fixture
async def delivery(cohort: CohortFixture) -> AsyncIterator[tuple[Delivery, KeepingOutlet]]:
    """Delivery that acts when it is told to."""
    outlet = KeepingOutlet()
    service = Delivery(cohort.core, {"test": outlet})
    yield service, outlet
    await service.stop()


@pytest.mark.case(20)
async def test_somebody_who_left_gets_no_reminders_and_their_turn_passes_on(
    cohort: CohortFixture, clock: FixedClock, delivery: tuple[Delivery, KeepingOutlet]
) -> None:
    service, outlet = delivery
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 11:00", follow="member")
    await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when="every monday 10:30")
    await cohort.olu.ok("reading add", reference="You and Your Research")
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading present")
    clock.move_to(clock.now() + timedelta(hours=1))
    await service.flush()
    assert reminded(outlet, "Check-in") == {"U-olu", "U-mina", "U-ada", "U-ben"}
    assert reminded(outlet, "It is your turn") == {"U-ada"}
    assert reminded(outlet, "Ada presents it") == {"C1"}
    outlet.sent.clear()
    clock.move_to(clock.now() + timedelta(hours=11, minutes=30))  # half past ten in the evening
    await cohort.ada.ok("cohort leave")
    assert "Ben presents it" in text_of(await cohort.olu.ok("reading next"))
    await service.flush()
    assert not outlet.sent, "Ben hears of it after his quiet hours"
    clock.move_to(clock.now() + timedelta(hours=12, minutes=30))
    await service.flush()
    assert reminded(outlet, "Check-in") == {"U-olu", "U-mina", "U-ben"}
    assert reminded(outlet, "has come to you") == {"U-ben"}
    outlet.sent.clear()
    clock.move_to(clock.now() + timedelta(days=6))
    await service.flush()
    assert reminded(outlet, "Ben presents it") == {"C1"}
    assert "U-ada" not in {each.target.channel for each in outlet.sent}
    assert "join" in text_of(await cohort.ada.fails("submission add", title="From outside"))


def reminded(outlet: KeepingOutlet, words: str) -> set[str]:
    """To whom, and to which channels, something with these words was sent."""
    return {each.target.channel for each in outlet.sent if words in text_of(each.reply)}


@pytest.mark.case(20)
async def test_waiting_reminder_is_not_sent_to_who_left(
    cohort: CohortFixture, clock: FixedClock, delivery: tuple[Delivery, KeepingOutlet]
) -> None:
    service, outlet = delivery
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 22:00", follow="member")
    clock.move_to(clock.now() + timedelta(hours=12))
    await service.flush()
    assert not outlet.sent
    await cohort.ada.ok("cohort leave")
    clock.move_to(clock.now() + timedelta(hours=11))
    await service.flush()
    assert reminded(outlet, "Check-in") == {"U-olu", "U-mina", "U-ben"}


@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
@pytest.mark.case(25)
async def test_button_works_after_restart_and_form_left_open_says_so(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
        welcome = await driver.post("the home of Lab")
        asked = form(await driver.say(OLU, "checkin now"))
        await driver.restart()
        joined = message(await driver.press(ADA, welcome, "Join"))
        assert "Welcome to Lab!" in joined.text
        if platform == "discord":  # a form that was refused is kept by the bot for a day
            people = driver.people  # type: ignore[attr-defined] # a teller on Discord
            other = await people[OLU].slash("checkin now")
            await people[OLU].submit(other, {"What moved": "Said meanwhile"})
            told = await people[OLU].submit(asked.raw, {"What moved": "Typed"})
            driver.bot.clock.move_to(driver.bot.clock.now() + timedelta(hours=25))
            late = await people[OLU].click(told.messages[-1], "Open it again")
            assert "run the command again" in late.text
        else:
            assert "run" in await too_late(driver)


async def too_late(driver: object) -> str:
    """Slack lets a form be opened within three seconds: what somebody reads who waited longer."""
    slack, person = driver.slack, driver.people[ADA]  # type: ignore[attr-defined] # a teller on Slack
    slack.fail("views.open", error="expired_trigger_id")
    return as_message(await person.command("/cohort", "submission add")).text


@pytest.mark.case(25)
async def test_button_of_what_is_gone_is_out_of_date(cohort: CohortFixture) -> None:
    gone = Button("Show", "submission show", {"paper": "99"})
    assert "found nothing" in text_of(refused(await cohort.ada.click(gone)))
    elsewhere = Button("Show", "submission list", {}, cohort=4711)
    assert "not active here any more" in text_of(refused(await cohort.ada.click(elsewhere)))
