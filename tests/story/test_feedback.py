"""A request for feedback from the first word to the last, on every platform; and what goes wrong on the way, on every
platform that has real clients."""

import asyncio
import json
from typing import Any

import pytest

from core.store.port import Conn
from tests.servers.discord.rest import refuse
from tests.story.conftest import TELLINGS, DriverFactory
from tests.story.driver import ADA, BEN, CHI, OLU, WITHIN, PlatformDriver, Seen, count, form, message
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver

CLIENTS = pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
HOSTILE = "@everyone <!channel> [x](http://evil.example) *Which* prior?"


async def found(driver: PlatformDriver) -> None:
    """A cohort of four, of whom Ben, who is Kai in the playground, is a mentor."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    welcome = await driver.post("the home of Lab")
    for who in (ADA, BEN, CHI):
        await driver.press(who, welcome, "Join")

    def appoint(conn: Conn) -> int:
        return conn.run("UPDATE member SET mentor = 1 WHERE called LIKE 'Ben%' OR called LIKE 'Kai%'")

    assert await driver.bot.core.store.write(appoint) == 1


async def reads(driver: PlatformDriver, who: str, words: str) -> str:
    """What somebody has been shown, as soon as these words are in it. The playground's page shows one channel at a time,
    so that a direct message there is looked for among what was sent."""
    shown = ""
    async with asyncio.timeout(WITHIN):
        while words not in shown:
            await asyncio.sleep(0.05)  # the platform tells nobody
            shown = await _shown(driver, who)
    return shown


async def _shown(driver: PlatformDriver, who: str) -> str:
    if isinstance(driver, DiscordDriver | SlackDriver):
        return await driver.everything(who)

    def read(conn: Conn) -> str:
        bodies = [json.loads(row["body"]) for row in conn.all("SELECT body FROM playground_message")]
        return "\n".join("".join(span["s"] for span in line["c"]) for body in bodies for line in body["text"])

    return await driver.bot.core.store.read(read)


async def test_from_asking_to_taking_back(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await found(driver)
        asked = form(await driver.say(ADA, "feedback ask"))
        told = await driver.fill(ADA, asked, {"Topic": "Statistics", "Details": HOSTILE})
        assert "Asked as #1" in told.text
        post = await driver.post("asks for feedback (#1)")
        await reads(driver, BEN, "Could you give feedback in Lab?")
        taken = message(await driver.press(CHI, post, "I can help"))
        assert "You have taken #1" in taken.text
        await reads(driver, ADA, "has taken your request ")
        writing = form(await driver.press(CHI, taken, "Answer"))
        kept = await driver.fill(CHI, writing, {"Text": "Take a flat one."})
        assert "Taken and kept" not in kept.text
        post = await driver.post("asks for feedback (#1)")
        assert "Take a flat one." in await driver.replies(post)
        await reads(driver, ADA, "answers your request ")
        shown = message(await driver.say(ADA, "feedback show", request="1"))
        assert "Take a flat one." in shown.text
        gone = message(await driver.press(ADA, shown, "Take it back"))
        assert "#1 is taken back" in gone.text
        await driver.post("This request for feedback was taken back by who asked.")
        assert await count(driver.bot, "feedback_request") == 0
        assert not await driver.disturbances()


@CLIENTS
async def test_two_take_it_at_once(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        await driver.say(ADA, "feedback ask", topic="Statistics")
        post = await driver.post("asks for feedback (#1)")
        answers = await asyncio.gather(*(driver.press(who, post, "I can help") for who in (BEN, CHI)))
        words = [message(each).text for each in answers]
        assert sum("You have taken #1" in each for each in words) == 1
        assert sum("has taken #1 already" in each for each in words) == 1


@CLIENTS
async def test_a_mentor_leaves_with_three(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        for topic in ("One", "Two", "Three"):
            await driver.say(ADA, "feedback ask", topic=topic)
            await driver.press(BEN, await driver.post(f": {topic}"), "I can help")
        leaving = message(await driver.say(BEN, "cohort leave"))
        if "Leave" in leaving.buttons:
            await driver.press(BEN, leaving, "Leave")
        shown = await reads(driver, ADA, "Three” waits again at its old place")
        assert shown.count("is not in the cohort any more, so your request") == 3
        listed = message(await driver.say(CHI, "feedback list"))
        assert all(topic in listed.text for topic in ("#1 One", "#2 Two", "#3 Three"))


@pytest.mark.case(23)
@CLIENTS
async def test_closed_direct_messages(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        if isinstance(driver, DiscordDriver):
            driver.people[ADA].direct.closed = True
        elif isinstance(driver, SlackDriver):
            direct = driver.slack.workspace.direct("UADA").id
            driver.slack.fail("chat.postMessage", error="cannot_dm_bot", channel=direct)
        await driver.say(ADA, "feedback ask", topic="Doubts", details="Shall I stay?", visibility="mentors")
        offer = await reads(driver, BEN, "Could you give feedback in Lab?")
        number = offer.partition("#")[2].split(" ")[0]
        await driver.say(BEN, "feedback answer", request=number, text="Stay a while.")
        async with asyncio.timeout(WITHIN):
            while "Stay a while." not in await driver.everything(ADA):
                await driver.say(ADA, "feedback list", which="mine")
        assert "Stay a while." not in await driver.everything(CHI), "and nobody else reads of it"


@pytest.mark.case(42)
@CLIENTS
async def test_a_thread_that_is_gone(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        await driver.say(ADA, "feedback ask", topic="Statistics")
        post = await driver.post("asks for feedback (#1)")
        await driver.press(BEN, post, "I can help")
        await reads(driver, ADA, "has taken your request ")
        await delete(driver, post)
        answered = message(await driver.say(BEN, "feedback answer", request="1", text="Take a flat one."))
        assert "Kept: answer 1 to #1" in answered.text
        await reads(driver, ADA, "Take a flat one.")
        assert "Take a flat one." in message(await driver.say(ADA, "feedback show", request="1")).text
        await driver.say(ADA, "feedback ask", topic="Writing")
        await driver.post(": Writing")  # the channel goes on


async def delete(driver: Any, post: Seen) -> None:
    """Somebody deletes a post of the channel, and with it its thread."""
    if isinstance(driver, DiscordDriver):
        driver.server.fault("POST", "/threads$", refuse(404, 10008), times=9)
    elif isinstance(driver, SlackDriver):
        driver.home.messages.remove(post.raw)


@pytest.mark.case(41)
@CLIENTS
async def test_a_channel_closed_and_open_again(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        if isinstance(driver, DiscordDriver):
            driver.server.fault("POST", f"/channels/{driver.home.id}/messages$", refuse(403, 50001))
        elif isinstance(driver, SlackDriver):
            driver.slack.fail("chat.postMessage", error="not_in_channel", channel=driver.home.id)
        told = message(await driver.say(ADA, "feedback ask", topic="Statistics"))
        assert "Asked as #1" in told.text
        assert "I could not post it in" in told.text
        await reads(driver, BEN, "Could you give feedback in Lab?")
        await driver.say(ADA, "feedback edit", request="1", topic="Statistics", details="Open again?")
        assert "Open again?" in (await driver.post("asks for feedback (#1)")).text
