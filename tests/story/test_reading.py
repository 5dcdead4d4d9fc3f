"""The reading list from the first identifier to what was taken from it, on every platform: works are looked up at servers on
loopback that speak arXiv's and Crossref's formats."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from aiohttp import web

from tests.servers.sources.server import Sources, atom
from tests.story.conftest import DriverFactory
from tests.story.driver import ADA, BEGIN, BEN, OLU, WITHIN, PlatformDriver, Seen, form, message
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver

PROMPT_AT = BEGIN + timedelta(minutes=30)
HOSTILE = "@everyone <!channel> *Half* of it is [noise](http://evil.example)"


@asynccontextmanager
async def sources() -> AsyncIterator[tuple[Sources, str]]:
    """Sources and where they listen."""
    servers = Sources()
    runner = web.AppRunner(servers.application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield servers, f"http://{host}:{port}"
    finally:
        await runner.cleanup()


async def founded(driver: PlatformDriver) -> None:
    """Olu founds a cohort with Ada and Ben."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    for who in (ADA, BEN):
        await driver.say(who, "cohort join")


async def say(driver: PlatformDriver, who: str, command: str, words: str, /, **options: str) -> Seen:
    """Call a command until its answer has these words: what comes in the background is told by nobody."""
    seen = message(await driver.say(who, command, **options))
    async with asyncio.timeout(WITHIN):
        while words not in seen.text:
            await asyncio.sleep(0.2)
            seen = message(await driver.say(who, command, **options))
    return seen


async def reply(driver: PlatformDriver, post: Seen, words: str) -> None:
    """Wait until a post's thread has these words."""
    async with asyncio.timeout(WITHIN):
        while words not in await driver.replies(post):  # noqa: ASYNC110 - the platform tells nobody
            await asyncio.sleep(0.1)


def person(driver: PlatformDriver, name: str) -> Any:
    """Somebody as an option names them on this platform."""
    if isinstance(driver, DiscordDriver):
        return driver.people[name]
    return name if isinstance(driver, SlackDriver) else "Kai"


async def test_a_work_is_added_voted_for_corrected_and_had_back(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with sources() as (servers, base), driver_of(sqlite_url) as driver:
        servers.arxiv["2306.03262"] = atom(
            "2306.03262", "A Title of two lines", "Pál Erdős", "L. van der Maaten"
        )
        update = {"arxiv_url": f"{base}/api/query", "crossref_url": base}
        driver.bot.settings = driver.bot.settings.model_copy(update=update)
        await driver.restart()
        await founded(driver)
        added = message(await driver.say(ADA, "reading add", reference="https://arxiv.org/pdf/2306.03262v2"))
        assert "#1" in added.text
        shown = await say(driver, ADA, "reading show", "A Title of two lines", item="1")
        assert "Pál Erdős and L. van der Maaten" in shown.text
        again = message(await driver.say(BEN, "reading add", reference="arXiv:2306.03262"))
        assert "This is on the list already" in again.text
        voted = message(await driver.say(BEN, "reading vote", item="1"))
        assert "Your vote for it stands already" in voted.text
        back = message(await driver.press(BEN, voted, "Take it back"))
        assert "0 votes now" in back.text
        asked = form(
            await driver.press(ADA, message(await driver.say(ADA, "reading show", item="1")), "Correct it")
        )
        corrected = await driver.fill(ADA, asked, {"Title": "A better title", "Tags": "peer review"})
        assert "A better title" in corrected.text
        removed = message(await driver.say(ADA, "reading remove", item="1"))
        assert "better title" not in message(await driver.say(BEN, "reading list")).text
        await driver.restart()
        assert "is on the list again" in message(await driver.press(ADA, removed, "Put it back")).text
        listed = message(await driver.say(BEN, "reading list", tag="peer-review"))
        assert "A better title" in listed.text
        links = {each.strip("<>") for each in await driver.disturbances()}
        assert links <= {"https://arxiv.org/abs/2306.03262"}


async def test_takeaways_are_shared_found_changed_and_kept_private(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(ADA, "reading add", reference="On priors")
        done = message(await driver.say(ADA, "reading done", item="1", takeaway=HOSTILE))
        assert done.private
        assert "The cohort reads it under the item." in done.text
        assert "of it is" in message(await driver.say(BEN, "reading takeaways", item="1")).text
        assert "of it is" in message(await driver.say(BEN, "checkin negatives", search="noise")).text
        asked = form(await driver.press(ADA, done, "Change it"))
        changed = await driver.fill(ADA, asked, {"Takeaway": "A flat prior is a choice."})
        assert "A flat prior is a choice." in message(await driver.say(BEN, "reading show", item="1")).text
        private = message(await driver.press(ADA, changed, "Make it private"))
        assert "Only you read it." in private.text
        assert "flat prior" not in message(await driver.say(BEN, "reading takeaways")).text
        assert "flat prior" not in message(await driver.say(BEN, "checkin negatives", search="flat")).text
        assert "flat prior" in message(await driver.say(ADA, "reading takeaways")).text
        gone = message(await driver.press(ADA, private, "Delete it"))
        assert "Deleted: your takeaway" in gone.text
        assert not await driver.disturbances()


async def test_a_turn_is_taken_swapped_and_passed_on(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(OLU, "reading add", reference="On priors")
        taken = message(await driver.say(ADA, "reading present", item="1"))
        assert "You present #1" in taken.text
        offer = message(await driver.say(ADA, "reading swap", person=person(driver, BEN)))
        assert "would you present #1" in offer.text
        refused = message(await driver.press(OLU, offer, "I take it"))
        assert "was asked to take this turn" in refused.text
        await driver.press(BEN, offer, "I take it")
        mine = message(await driver.say(BEN, "reading step-down", item="1"))
        assert "is free for somebody else" in mine.text
        assert "presents it" not in message(await driver.say(ADA, "reading next")).text


async def test_a_prompt_has_a_thread_and_buttons_for_everybody(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        await driver.say(OLU, "reading add", reference="On priors", why="It is short.")
        await driver.say(OLU, "cohort-admin schedule-add", kind="reading", when="mondays 10:30")
        await driver.move_to(PROMPT_AT)
        prompt = await driver.post("Let us read this next")
        assert prompt.buttons == ("I read it", "My takeaway", "I can present", "Not this week", "The list")
        assert "Chosen because it has waited longest" in prompt.text
        assert "What is the claim, in one sentence?" in await driver.replies(prompt)
        assert message(await driver.press(BEN, prompt, "Not this week")).private
        presents = message(await driver.press(ADA, prompt, "I can present"))
        assert "which is being read now" in presents.text
        prompt = await driver.post("presents it.")
        await reply(driver, prompt, "presents it.")
        noted = await driver.fill(
            OLU, form(await driver.press(OLU, prompt, "My takeaway")), {"Takeaway": "Shorter is better."}
        )
        assert "is kept" in noted.text
        assert "Well read!" in message(await driver.press(BEN, prompt, "I read it")).text
        await driver.move_to(PROMPT_AT + timedelta(days=3))
        nudge = await driver.told(ADA, "You present #1")
        assert "Pass it on" in nudge
        out = message(await driver.press(ADA, prompt, "Not this week"))
        assert "you do not present #1" in out.text
        await driver.post("Would you like to present it to the others?")
        assert not await driver.disturbances()


BIB = r"""
@inproceedings{maaten, title={Visualizing {t-SNE}}, author={van der Maaten, Laurens and Erd{\H o}s, P{\'a}l}, year={2008}}
@misc{open, title={Open
"""


async def test_a_bibliography_comes_in_after_a_look_and_goes_out(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        asked = form(await driver.say(ADA, "reading import"))
        shown = await driver.give(ADA, asked, "File", "papers.bib", BIB.encode())
        assert shown.private
        assert "1 new" in shown.text
        assert "t-SNE" not in message(await driver.say(BEN, "reading list")).text
        (take,) = [each for each in shown.buttons if each.startswith("Take in")]
        taken = message(await driver.press(ADA, shown, take))
        assert "1 new" in taken.text
        listed = message(await driver.say(BEN, "reading show", item="1"))
        assert "Laurens van der Maaten and Pál Erdős" in listed.text
        ris = b"TY  - JOUR\nTI  - On squares\nAU  - Erd\xc5\x91s, P\xc3\xa1l\nPY  - 1960\nER  - \n"
        shown = await driver.give(
            ADA, form(await driver.say(ADA, "reading import")), "File", "papers.ris", ris
        )
        (take,) = [each for each in shown.buttons if each.startswith("Take in")]
        await driver.press(ADA, shown, take)
        out = message(await driver.say(BEN, "reading export", format="bibtex"))
        assert "2 items" in out.text


async def test_an_organizer_loads_a_starter_list_and_takes_it_back(
    driver_of: DriverFactory, sqlite_url: str
) -> None:
    async with driver_of(sqlite_url) as driver:
        await founded(driver)
        shown = message(await driver.say(OLU, "cohort-admin track-load", track="careers"))
        assert "Nothing is loaded yet." in shown.text
        (load,) = [each for each in shown.buttons if each.startswith("Load")]
        done = message(await driver.press(OLU, shown, load))
        assert "is on the reading list" in done.text
        assert "You and Your Research" in message(await driver.say(ADA, "reading list")).text
        back = message(await driver.press(OLU, done, "Take it back"))
        assert "taken back" in back.text
        assert "You and Your Research" not in message(await driver.say(ADA, "reading list")).text
