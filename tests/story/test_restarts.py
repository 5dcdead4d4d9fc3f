"""What must hold over a restart of the bot, and when a platform delivers a call twice."""

import asyncio
from datetime import timedelta

import pytest

from tests.story.conftest import TELLINGS, Telling
from tests.story.on_discord import told_on_discord
from tests.story.teller import ADA, BEN, CALL_AT, OLU, Redelivering, Seen, Teller, count, form, message

ANSWERS = {"Progress": "Half a proof", "Next": "The other half", "Who sees it": "Keep it private"}


async def found(teller: Teller) -> Seen:
    """Olu founds a cohort; the welcome that stands in its channel."""
    await teller.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    return await teller.post("the home of Lab")


async def test_buttons_and_forms_outlive_the_bot(telling: Telling, sqlite_url: str) -> None:
    async with telling(sqlite_url) as teller:
        welcome = await found(teller)
        paper = message(await teller.say(OLU, "submission add", title="Begun before"))
        asked = form(await teller.say(OLU, "checkin now"))
        before = teller.bot.application

        await teller.restart()

        assert teller.bot.application is not before
        kept = await teller.fill(OLU, asked, ANSWERS)
        assert "for your eyes only" in kept.text
        joined = message(await teller.press(ADA, welcome, "Join"))
        assert "Welcome to Lab!" in joined.text
        shown = message(await teller.press(OLU, paper, "Show"))
        assert "Begun before" in shown.text
        opened = form(await teller.press(ADA, joined, "Add a paper"))
        saved = await teller.fill(ADA, opened, {"Title": "Begun after"})
        assert "Begun after" in saved.text
        assert await count(teller.bot, "checkin") == 1
        assert await count(teller.bot, "submission") == 2


async def test_what_was_scheduled_before_comes_after(telling: Telling, sqlite_url: str) -> None:
    async with telling(sqlite_url) as teller:
        await found(teller)
        await teller.say(OLU, "cohort-admin schedule-add", kind="checkin", when="weekdays 10:30")
        await teller.restart()
        await teller.move_to(CALL_AT)
        call = await teller.post("Check-in, Mon 23 Nov 2026")
        await teller.restart()
        skipped = message(await teller.press(OLU, call, "Not today"))
        assert "Rest is part of research" in skipped.text
        assert await count(teller.bot, "outbox") == 2


@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
async def test_a_call_delivered_again_is_the_same_call(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as teller:
        welcome = await found(teller)
        joined = message(await teller.press(BEN, welcome, "Join"))
        paper = message(await teller.say(BEN, "submission add", title='Only "once" 🎉'))
        kept = await teller.fill(BEN, form(await teller.say(BEN, "checkin now")), ANSWERS)
        await the_same_again(teller, joined, paper, kept)
        await teller.restart()
        await the_same_again(teller, joined, paper, kept)


async def the_same_again(teller: Teller, joined: Seen, paper: Seen, kept: Seen) -> None:
    """A button, a command and a form, each delivered once more."""
    redelivering: Redelivering = teller  # type: ignore[assignment]  # only such platforms are asked
    for seen in (joined, paper, kept):
        assert await redelivering.again(BEN, seen) == seen.text
    assert await count(teller.bot, "member") == 2
    assert await count(teller.bot, "submission") == 1
    assert await count(teller.bot, "checkin") == 1


async def test_a_call_delivered_twice_at_once_is_one_record(sqlite_url: str) -> None:
    async with told_on_discord(sqlite_url) as teller:
        await found(teller)
        olu = teller.people[OLU]
        call = await olu.start("submission add", title="Twice")
        await asyncio.gather(*(olu.redeliver(call) for _ in range(4)))
        await olu.answered(call)
        await teller.server.until(lambda: len(call.refusals) == 4)
        assert "Twice" in call.text
        assert await count(teller.bot, "submission") == 1


async def test_a_long_form_survives_between_its_pages(sqlite_url: str) -> None:
    async with told_on_discord(sqlite_url) as teller:
        await found(teller)
        olu = teller.people[OLU]
        first = await olu.slash("checkin now")
        so_far = await olu.submit(first, {"Progress": "Typed before the restart"})
        await teller.restart()
        second = await olu.click(so_far.messages[-1], "Continue")
        kept = await olu.submit(second, {"Who sees it": "Keep it private"})
        assert "for your eyes only" in kept.text
        edit = await olu.slash("checkin edit")
        assert "Typed before the restart" in str(edit.modal)


async def test_a_form_left_open_for_too_long_says_so(sqlite_url: str) -> None:
    async with told_on_discord(sqlite_url) as teller:
        await found(teller)
        olu = teller.people[OLU]
        asked = await olu.slash("checkin now")
        await teller.restart()
        teller.bot.clock.move_to(teller.bot.clock.now() + timedelta(hours=25))
        late = await olu.submit(asked, {"Progress": "A day late"})
        assert late.ephemeral
        assert "run the command again" in late.text
        assert await count(teller.bot, "checkin") == 0
