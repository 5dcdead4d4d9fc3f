"""Organizers' questions on every platform: two windows that each save, a restart between them, a question that is gone by the
time it is answered, what a platform refuses, and calls that come twice."""

from datetime import timedelta

import pytest

from tests.story.conftest import TELLINGS, DriverFactory
from tests.story.driver import (
    ADA,
    CALL_AT,
    OLU,
    Asked,
    PlatformDriver,
    RedeliveringDriver,
    Seen,
    count,
    form,
    message,
)
from tests.story.on_discord import DiscordDriver, discord_driver
from tests.story.test_checkins import found, words_of

LONG = "Which experiment would you not run again, and why would you not?"
SEVEN: tuple[dict[str, str], ...] = (
    {"text": "What did you read?", "kind": "text", "required": "yes"},
    {"text": LONG, "kind": "long-text"},
    {"text": "Where did you work?", "kind": "choice", "choices": "Lab, Home, Elsewhere"},
    {"text": "How many hours?", "kind": "number", "choices": "0-80", "visibility": "private"},
    {
        "text": "How sure are you?",
        "kind": "scale",
        "choices": "1-5: a guess; certain",
        "visibility": "mentors",
    },
    {"text": "Did you talk to somebody?", "kind": "yes-no", "required": "yes"},
    {"text": "What shall mentors know?", "kind": "long-text", "visibility": "mentors"},
)
FIRST = {
    "What did you read?": "A <b>paper</b>",
    "Where did you work?": "Home",
    "How many hours?": "12,5",
    "How sure are you?": "5 · certain",
}


async def asked_of_ada(driver: PlatformDriver, *questions: dict[str, str]) -> tuple[Seen, Seen]:
    """The call, and the answer to Ada's check-in, in a cohort whose organizer asks more."""
    call = await found(driver)
    for each in questions or SEVEN:
        added = message(await driver.say(OLU, "cohort-admin question-add", **each))
        assert "is asked from the next check-in on" in added.text
    opened = form(await driver.press(ADA, call, "Check in"))
    return call, await driver.fill(ADA, opened, {"What moved": "Half a proof"})


def label(asked: Asked, words: str) -> str:
    """The label of a field as this platform shows it."""
    return next(each for each in asked.labels if words.startswith(each.rstrip("…")))


async def test_two_windows_with_a_restart_between_them(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        call, kept = await asked_of_ada(driver)
        assert "for your eyes only" in kept.text
        window = form(await driver.press(ADA, kept, "7 more questions"))
        assert len(window.labels) == 5
        assert LONG in await words_of(window), "a long question is read whole"
        saved = await driver.fill(ADA, window, {**FIRST, label(window, LONG): "The first"})
        assert "Kept with your check-in of Mon 23 Nov 2026." in saved.text
        assert await count(driver.bot, "checkin_answer") == 5

        await driver.restart()

        second = form(await driver.press(ADA, call, "Check in"))
        assert second.labels == ("Did you talk to somebody?", "What shall mentors know?")
        done = await driver.fill(ADA, second, {"Did you talk to somebody?": "Yes"})
        assert not [each for each in done.buttons if "more question" in each]
        shown = message(await driver.press(ADA, done, "Show the check-in"))
        for said in (
            "A <b>paper</b>",
            "The first",
            "Home",
            "12.5",
            "5 of 5, certain",
            "Yes",
            "mentors read this",
        ):
            assert said in shown.text
        await driver.press(ADA, kept, "Share it")
        thread = await driver.replies(call)
        assert "The first" in thread
        for hidden in ("12.5", "certain", "How many hours?"):
            assert hidden not in thread


async def test_question_removed_between_call_and_answer(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        call, kept = await asked_of_ada(driver, SEVEN[0], SEVEN[2])
        await driver.press(ADA, kept, "Share it")
        window = form(await driver.press(ADA, kept, "2 more questions"))
        asked = message(await driver.say(OLU, "cohort-admin question-remove", question="1"))
        assert "Shall check-ins not ask What did you read? any more?" in asked.text
        gone = message(await driver.press(OLU, asked, "Remove it"))
        assert "is not asked any more" in gone.text
        answers = {"What did you read?": "A paper", "Where did you work?": "Home"}
        saved = await driver.fill(ADA, window, answers)
        assert (
            "“What did you read?” is not asked any more, so your answer to it is kept for you alone."
            in saved.text
        )
        shown = message(await driver.say(ADA, "checkin show")).text
        assert "A paper" in shown
        assert "Home" in shown
        thread = await driver.replies(call)
        assert "A paper" not in thread
        again = message(await driver.press(OLU, gone, "Ask it again"))
        assert "is asked again" in again.text


async def test_window_sent_after_the_next_call_is_kept(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        _, kept = await asked_of_ada(driver, SEVEN[0])
        window = form(await driver.press(ADA, kept, "One more question"))
        await driver.move_to(CALL_AT + timedelta(days=1))
        await driver.post("Check-in, Tue 24 Nov 2026")
        saved = await driver.fill(ADA, window, {"What did you read?": "A paper"})
        assert "Kept with your check-in of Mon 23 Nov 2026." in saved.text


@pytest.mark.case(62)
async def test_a_wrong_answer_stands_at_its_field(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        _, kept = await asked_of_ada(driver)
        window = form(await driver.press(ADA, kept, "7 more questions"))
        said = await driver.refusal(ADA, window, {**FIRST, "How many hours?": "many"})
        assert "How many hours? has to be a number, not “many”." in said
        assert await count(driver.bot, "checkin_answer") == 0


@pytest.mark.case(63)
async def test_a_refused_window_is_offered_again_after_a_restart(sqlite_url: str) -> None:
    async with discord_driver(sqlite_url) as driver:
        _, kept = await asked_of_ada(driver)
        window = form(await driver.press(ADA, kept, "7 more questions"))
        wrong = await driver.fill(ADA, window, {**FIRST, "How many hours?": "many"})
        asked = message(await driver.say(OLU, "cohort-admin question-remove", question="3"))
        await driver.press(OLU, asked, "Remove it")
        await driver.restart()
        assert isinstance(driver, DiscordDriver)
        again = form(await driver.press(ADA, wrong, "Open it again"))
        words = await words_of(again)
        for typed in ("A <b>paper</b>", "many", "Not asked now"):
            assert typed in words
        saved = await driver.fill(ADA, again, {"How many hours?": "8"})
        assert "“Where did you work?” is not asked any more" in saved.text
        assert await count(driver.bot, "checkin_answer WHERE answer = 'Home' AND readers = 'private'") == 1


@pytest.mark.case(1)
@pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
async def test_a_window_delivered_again_is_kept_once(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        redelivering: RedeliveringDriver = driver  # type: ignore[assignment]  # only such platforms are asked
        _, kept = await asked_of_ada(driver)
        window = form(await driver.press(ADA, kept, "7 more questions"))
        saved = await driver.fill(ADA, window, FIRST)
        assert await redelivering.again(ADA, saved) == saved.text
        assert await count(driver.bot, "checkin_answer") == 5


async def test_organizers_look_at_the_form(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await asked_of_ada(driver)
        listed = message(await driver.say(OLU, "cohort-admin question-list"))
        assert "7 questions beside their own fields, in 2 windows" in listed.text
        assert "choice: Lab, Home, Elsewhere" in listed.text
        look = form(await driver.press(OLU, listed, "Look at the form"))
        seen = await driver.fill(OLU, look, {"What did you read?": "x"})
        assert "Nothing of it is kept." in seen.text
        opened = message(await driver.choose(OLU, listed, "#1 What did you read?"))
        change = form(await driver.press(OLU, opened, "Change it"))
        changed = await driver.fill(OLU, change, {"Question": "What did you read today?"})
        assert "in the place of #1" in changed.text
        assert await count(driver.bot, "checkin_answer") == 0
