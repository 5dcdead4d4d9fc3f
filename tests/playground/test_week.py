"""What the sample's people do as the clock moves, and what the page is told of it."""

import json
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.playground import sample_story, sample_weeks, workspace
from bot.playground.sample_cohort import DIGEST_AT, last_digest
from bot.playground.sample_story import PressButton, RunCommand, StoryEvent
from core import clock as clocks
from core.clock import MovableClock
from core.commands.registry import discover
from core.lottery import venues
from core.store.port import Conn, Row
from tests.playground.conftest import MONDAY
from tests.playground.page import PageUser
from tests.playground.running import RunningPlayground, running_playground

pytestmark = pytest.mark.asyncio(loop_scope="session")

WEEK = 7 * 86_400.0


@pytest_asyncio.fixture(loop_scope="session")
async def sample(tmp_path: Path) -> AsyncIterator[RunningPlayground]:
    """A sample cohort of its own, whose clock a test may move."""
    database = f"sqlite:///{tmp_path / 'cohort.db'}"
    async with running_playground(database, discover(), MovableClock(MONDAY), sample=True) as running:
        yield running


async def said(playground: RunningPlayground) -> list[dict[str, Any]]:
    """All messages with their words, in order."""

    def read(conn: Conn) -> list[Row]:
        return list(
            conn.all("SELECT place, author, at, body, post_key FROM playground_message ORDER BY number")
        )

    rows = await playground.core.store.read(read)
    return [
        {
            **{name: row[name] for name in ("place", "author", "at", "post_key")},
            "words": words_of(row["body"]),
        }
        for row in rows
    ]


def words_of(body: str) -> str:
    message = json.loads(body)
    lines = list(message["text"])
    for block in message["blocks"]:
        for record in block["items"] if block["t"] == "records" else ():
            said = [*record["name"], *(line for detail in record["details"] for line in detail)]
            lines.append({"c": [span for line in said for span in (*line["c"], {"s": " "})]})
    return "\n".join("".join(span["s"] for span in line["c"]) for line in lines)


async def test_week_is_lived_and_its_digest_tells_of_it(sample: RunningPlayground) -> None:
    before = len(await said(sample))
    happened = await sample.adapter.move_clock(WEEK)
    assert sample.adapter.ahead.refused == []
    assert (sample.adapter.ahead.performed, happened["digest"]) == (51, "general")
    week = (await said(sample))[before:]
    assert {each["author"] for each in week} >= {"minh", "yuki", "tomas", "wanjiru", "priya", workspace.BOT}
    (digest,) = [each["words"] for each in week if each["place"] == "general"]
    for told in (
        "Wanjiru Kamau “Sparse probes for low-resource Swahili translation”, accepted at ICLR 2027 🎉",
        "”, accepted at TMLR 🎉",
        "Mateusz Nowak Twice the neurons, the same score",
        "Chidi Okafor Data: Licence of the second corpus is unclear, since Thu 12 Nov 2026; who could help?",
        "Trần Minh Anh thanks Tomás Herrera ten minutes and a pencil, and Lemma 2 holds",
        "Ingrid Solheim thanks Yuki Tanaka her cluster ran three winters in one night",
        "13 shared by 8 people",
    ):
        assert told in digest
    posted = {each["place"] for each in week if each["post_key"]}
    written_to = {"dm:priya", "dm:chidi", "dm:tomas", "dm:yuki", "dm:minh"}
    assert posted == {"check-ins", "reading", "papers", "general", *written_to}
    assert happened["words"][1:] == [
        "The sample's people did 51 things on the way.",
        "I posted 22 in #check-ins, 2 in #reading, 2 in #papers and 1 in #general.",
        "Direct messages went out: 2 to Priya Raman, 2 to Chidi Okafor, 2 to Tomás Herrera, 2 to Yuki Tanaka and 2 to"
        " Trần Minh Anh.",
    ]


async def test_who_is_stuck_is_helped_and_says_thank_you(sample: RunningPlayground, user: PageUser) -> None:
    await sample.adapter.move_clock(WEEK)
    told = [(each["place"], each["words"]) for each in await said(sample)]
    assert (
        "check-ins",
        "Tomás Herrera can help Trần Minh Anh with what is in the way. It is solved.",
    ) in told
    assert ("check-ins", "Yuki Tanaka can help Ingrid Solheim with what is in the way. It is solved.") in told
    (asked,) = [words for place, words in told if place == "papers" and "asks for feedback" in words]
    assert asked.endswith("Closed Fri 27 Nov, 12:20; Yuki Tanaka helped.")
    assert any(place == "papers" and words.startswith("Yuki Tanaka: It is, and") for place, words in told)
    assert any(place == "dm:minh" and "Yuki Tanaka answers" in words for place, words in told)
    await user.open(sample.url)
    await user.become("Yuki Tanaka")
    await user.send("/checkin blockers")
    await expect(user.messages.last).to_contain_text("Licence of the second corpus is unclear")
    await expect(user.messages.last).not_to_contain_text("Lemma 2")


async def test_later_weeks_go_on_without_end(sample: RunningPlayground) -> None:
    for _ in range(4):
        before = sample.adapter.ahead.performed
        happened = await sample.adapter.move_clock(WEEK)
        assert sample.adapter.ahead.performed - before > 8
        assert happened["digest"] == "general"
    assert sample.adapter.ahead.refused == []


@pytest.mark.parametrize("day", range(23, 30))
@pytest.mark.parametrize("hour", [7, 18])
async def test_week_from_any_day_ends_soon_after_digest(day: int, hour: int) -> None:
    present = datetime(2026, 11, day, hour, tzinfo=UTC)
    digest = last_digest(present + timedelta(weeks=1))
    assert digest - last_digest(present) == timedelta(weeks=1)
    assert digest.weekday() < 5
    ended = clocks.to_instant(digest, DIGEST_AT, sample_story.ZONE)
    assert timedelta(0) <= present + timedelta(weeks=1) - ended < timedelta(days=4)


async def test_what_somebody_changed_is_left_alone(sample: RunningPlayground, user: PageUser) -> None:
    await user.open(sample.url)
    await user.become("Wanjiru Kamau")
    await user.go("papers")
    await user.send("/submission update paper:1 stage:withdrawn")
    await expect(user.messages.last.locator(".text")).to_contain_text("withdrawn")
    await user.become("Mateusz Nowak")
    await user.send("/checkin now progress:Mine share:private")
    await expect(user.messages.last).to_contain_text("Kept")
    await sample.adapter.move_clock(WEEK)
    assert sample.adapter.ahead.refused == []
    words = "\n".join(each["words"] for each in await said(sample) if each["at"] > MONDAY)
    assert "Swahili translation”, accepted" not in words
    assert "”, accepted at TMLR" in words
    await user.send("/submission show 1")
    await expect(user.messages.last.locator(".message-main")).to_contain_text("withdrawn")


async def test_week_goes_on_after_restart_where_it_was(tmp_path: Path) -> None:
    lived = []
    for stops in (1, 3):
        database = f"sqlite:///{tmp_path / f'{stops}.db'}"
        for number in range(stops):
            start = MovableClock(MONDAY)
            async with running_playground(database, discover(), start, sample=True) as running:
                if number == 0:
                    assert running.adapter.problems == []
                until = MONDAY + timedelta(days=7) * (number + 1) / stops
                await running.adapter.move_clock((until - running.clock.now()).total_seconds())
                assert running.adapter.ahead.refused == []
                texts = [(each["place"], each["author"], each["words"]) for each in await said(running)]
        lived.append(texts)
    assert lived[0] == lived[1]


async def test_sample_of_earlier_version_goes_on_too(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'cohort.db'}"
    async with running_playground(database, discover(), MovableClock(MONDAY), sample=True) as running:
        await running.core.store.write(
            lambda conn: conn.run("DELETE FROM note WHERE key = 'playground:story'")
        )
    async with running_playground(database, discover(), MovableClock(MONDAY), sample=True) as running:
        happened = await running.adapter.move_clock(WEEK)
        assert (running.adapter.ahead.performed, happened["digest"]) == (51, "general")


async def test_back_to_now_says_what_stays(
    browser: Browser, sample: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample.url)
    back = user.page.get_by_role("button", name="Move the clock back to now")
    await expect(back).to_be_hidden()
    await user.page.get_by_role("button", name="Move the clock one day forward").click()
    await expect(user.page.locator(".clock-now")).to_contain_text("Tue 24 Nov")
    await expect(user.page.locator(".moved")).to_contain_text(re.compile(r"I posted \d+ in #check-ins"))
    await back.click()
    await expect(user.page.locator(".clock-now")).to_contain_text("Mon 23 Nov")
    told = user.page.locator(".moved")
    await expect(told).to_contain_text(re.compile(r"\d+ messages have dates up to Tue 24 Nov, 13:0\d"))
    await expect(told).to_contain_text("Nothing is posted twice: what is scheduled goes on Wed 25 Nov, 09:30")
    await expect(back).to_be_hidden()
    posted = len(await said(sample))
    again = await sample.adapter.move_clock(86_400.0 - 600)
    assert len(await said(sample)) == posted
    assert again["words"][1].startswith("Nothing new: the clock was here before")


async def test_first_card_is_one_click_from_picture_and_from_week(
    sample: RunningPlayground, user: PageUser
) -> None:
    await user.open(sample.url)
    card = user.page.get_by_role("region", name="Three things to try")
    await expect(card.get_by_role("listitem")).to_have_count(3)
    await card.get_by_role("button", name="See the review lottery").click()
    await expect(user.messages.last.get_by_role("img")).to_have_attribute("alt", re.compile(r"\d"))
    await card.get_by_role("button", name=re.compile("^Check in")).click()
    await expect(user.dialog).to_be_visible()
    await user.page.keyboard.press("Escape")
    await card.get_by_role("button", name="Let a week pass").click()
    await expect(user.page.locator(".moved")).to_contain_text("Mon 30 Nov")
    await expect(user.page.get_by_role("button", name="Read the digest")).to_be_visible()
    await card.get_by_role("button", name="Close this card").click()
    await expect(card).to_have_count(0)
    await user.page.reload()
    await expect(user.messages.last).to_be_visible()
    await expect(card).to_have_count(0)


def all_events() -> list[StoryEvent]:
    weeks = [event for number in range(6) for event in sample_weeks.week(number, 2026)]
    return [*sample_story.events(2026, "friday"), *weeks]


async def test_scores_are_on_their_venues_scale() -> None:
    venue_of: dict[str, str] = {}
    scored = 0
    for event in all_events():
        if not isinstance(event.action, RunCommand):
            continue
        args = event.action.args
        if "venue" in args:
            venue_of[args.get("title") or args["paper"]] = args["venue"]
        if event.action.command == "review add":
            edition = venues.find(venue_of[args["paper"]])
            assert edition is not None
            assert edition.scale is not None, f"{edition}: nobody knows its scale"
            assert float(args["score"]) in edition.scale.values
            scored += 1
    assert scored == 3
    texts = [str(event.action) for event in all_events()]
    assert not any(re.search(r"\bscores? [\d,. ]*\d", text, re.IGNORECASE) for text in texts), (
        "typed without a check"
    )


async def test_story_is_told_by_people_of_the_cohort_in_places_that_exist() -> None:
    registry = discover()
    for event in all_events():
        assert event.who in (*sample_story.MEMBERS, "amina", "kai")
        if isinstance(event.action, RunCommand | PressButton):
            assert event.action.command in registry.commands
        if isinstance(event.action, PressButton):
            assert event.action.presses in registry.commands
        place = getattr(event.action, "channel", "general")
        assert workspace.channel(place) is not None
