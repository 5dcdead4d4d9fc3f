"""Check-ins while the platform changes below them: a thread is deleted, a channel closed and open again, somebody leaves
between the call and the answer, two windows of one person are sent at once. On every platform that has real clients."""

import asyncio
from typing import Any

import pytest

from tests.servers.discord.rest import refuse
from tests.servers.slack import Modal
from tests.story.conftest import TELLINGS
from tests.story.driver import ADA, BEN, WITHIN, PlatformDriver, Seen, count, form, message
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver
from tests.story.test_checkins import found

CLIENTS = pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])


async def delete_thread(driver: Any, call: Seen) -> None:
    """Somebody deletes a call with everything in its thread."""
    if isinstance(driver, DiscordDriver):
        (head,) = call.raw
        assert head.thread is not None
        driver.home.messages.remove(head)
        await driver.server.remove_channel(head.thread)
    elif isinstance(driver, SlackDriver):
        for each in [*call.raw.thread, call.raw]:
            driver.home.messages.remove(each)


async def shared(driver: PlatformDriver, who: str, call: Seen, words: str) -> Seen:
    """A check-in that its author shares."""
    kept = await driver.fill(who, form(await driver.press(who, call, "Check in")), {"What moved": words})
    return message(await driver.press(who, kept, "Share it"))


async def status(driver: PlatformDriver, who: str, words: str) -> str:
    """What `checkin status` says, as soon as it says this."""
    said = ""
    async with asyncio.timeout(WITHIN):
        while words not in said:
            said = message(await driver.say(who, "checkin status")).text
    return said


@pytest.mark.case(42)
@pytest.mark.case(43)
@CLIENTS
async def test_changed_after_its_thread_was_deleted(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        told = await shared(driver, ADA, call, "Half a proof")
        assert "Half a proof" in await driver.replies(call)
        await delete_thread(driver, call)
        edited = await driver.fill(
            ADA, form(await driver.press(ADA, told, "Edit")), {"What moved": "All of it"}
        )
        assert "could not change all of it in" in edited.text
        assert "and shared" not in edited.text
        assert "All of it" in message(await driver.say(ADA, "checkin show")).text, "the record is changed"
        back = message(await driver.say(ADA, "checkin unshare"))
        assert "could not take it back in" in back.text
        assert "for your eyes only" not in back.text


@pytest.mark.case(42)
@CLIENTS
async def test_shared_after_the_thread_was_deleted(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        await shared(driver, ADA, call, "Half a proof")
        assert "Half a proof" in await driver.replies(call)
        kept = form(await driver.say(BEN, "checkin now"))
        await delete_thread(driver, call)
        told = await driver.fill(BEN, kept, {"What moved": "A lemma"})
        told = message(await driver.press(BEN, told, "Share it"))
        assert "and shared in" in told.text
        assert "thread" not in told.text, "there is none any more"
        await driver.post("A lemma")  # in the channel itself
        await status(driver, BEN, "shared")


@pytest.mark.case(41)
@CLIENTS
async def test_shared_where_a_channel_is_closed_and_open_again(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        kept = await driver.fill(
            ADA, form(await driver.press(ADA, call, "Check in")), {"What moved": "Half a proof"}
        )
        close(driver)
        told = message(await driver.press(ADA, kept, "Share it"))
        assert "could not share it in" in told.text
        assert "and shared" not in told.text
        assert "Half a proof" not in await driver.everything(BEN)
        open_again(driver)
        again = message(await driver.press(ADA, told, "Share it again"))
        assert "and shared in" in again.text
        assert "Half a proof" in await driver.replies(call)


def close(driver: Any) -> None:
    """The bot may not write in the channel any more, nor in its threads."""
    if isinstance(driver, DiscordDriver):
        driver.server.fault("POST", "/(messages|threads)$", refuse(403, 50001), times=99)
    elif isinstance(driver, SlackDriver):
        driver.slack.fail("chat.postMessage", error="not_in_channel", channel=driver.home.id, times=99)


def open_again(driver: Any) -> None:
    """It may write there again."""
    if isinstance(driver, DiscordDriver):
        driver.server.rest.forget_faults()
    elif isinstance(driver, SlackDriver):
        driver.slack.faults.clear()


@CLIENTS
async def test_left_between_call_and_answer(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        asked = form(await driver.press(ADA, call, "Check in"))
        leaving = message(await driver.say(ADA, "cohort leave"))
        if "Leave" in leaving.buttons:
            await driver.press(ADA, leaving, "Leave")
        told = await driver.fill(ADA, asked, {"What moved": "Half a proof"})
        assert "join" in told.text.casefold()
        assert "Kept" not in told.text
        pressed = message(await driver.press(ADA, call, "Check in"))
        assert "join" in pressed.text.casefold()
        assert await count(driver.bot, "checkin") == 0


@CLIENTS
async def test_two_windows_at_once_are_one_check_in(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        call = await found(driver)
        forms = [form(await driver.press(ADA, call, "Check in")) for _ in range(2)]
        texts = await asyncio.gather(*(sent(driver, each, f"Window {n}") for n, each in enumerate(forms)))
        assert sum("for your eyes only" in each for each in texts) == 1, texts
        assert sum("already" in each for each in texts) == 1, texts
        assert await count(driver.bot, "checkin") == 1


async def sent(driver: Any, asked: Any, words: str) -> str:
    """What Ada reads after she sent a window, which is refused or kept."""
    if isinstance(driver, DiscordDriver):
        return (await driver.people[ADA].submit(asked.raw, {"What moved": words})).text
    shown = await driver.people[ADA].submit(asked.raw, {"What moved": words})
    return "\n".join(shown.errors.values()) if isinstance(shown, Modal) else str(shown.text)
