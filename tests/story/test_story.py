"""A cohort's first day, on every platform, with the same assertions."""

from datetime import UTC, datetime

from tests.story.conftest import TELLINGS, DriverFactory
from tests.story.driver import (
    ADA,
    BEN,
    CALL_AT,
    CHI,
    DAN,
    OLU,
    PEOPLE,
    Image,
    PlatformDriver,
    Seen,
    count,
    form,
    message,
)

TITLE = 'A "useful" prior 🎉 for @everyone and <!channel> [x](http://evil.example) *b* <img src=x>'
WORK = 'The "second" committee 📚 @here'
ADDRESS = "https://evil.example/paper"
SECRET = "Slept badly, wrote nothing, and that is between me and the bot"
OWN = {who: f"{SECRET}, says {who}" for who in (OLU, BEN, CHI, DAN)}
SHARED = 'Ran the <!channel> "ablation" for @everyone'

DIGEST_AT = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


async def test_cohorts_first_day(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await the_first_day(driver)


async def test_cohorts_first_day_over_postgres(postgres_url: str) -> None:
    async with TELLINGS["slack-http"](postgres_url) as driver:
        await the_first_day(driver)


async def the_first_day(driver: PlatformDriver) -> None:
    """From an empty channel to the first digest."""
    await set_up(driver)
    await join(driver)
    await add_a_paper_and_run_its_lottery(driver)
    await check_in(driver)
    await read_and_vote(driver)
    await the_digest_arrives(driver)
    await what_was_private_stayed_private(driver)
    # Of all that members typed, the address of what is to be read alone is a link.
    assert {each.strip("<>") for each in await driver.disturbances()} == {ADDRESS}


async def set_up(driver: PlatformDriver) -> None:
    """Olu founds the cohort and says what is posted when: once through a form, once through a command."""
    refused = message(await driver.say(ADA, "cohort-admin setup", name="Mine", timezone="Europe/Berlin"))
    assert refused.private
    assert "those who manage" in refused.text
    founded = message(await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="berlin"))
    assert founded.private
    assert "Lab is set up in the time zone Europe/Berlin" in founded.text
    asked = form(await driver.press(OLU, founded, "My own schedule"))
    assert asked.labels[:2] == ("Kind", "When")
    kind = "check-in call: calls for check-ins"
    calls = await driver.fill(OLU, asked, {"Kind": kind, "When": "weekdays 10:30"})
    assert "in Europe/Berlin" in calls.text
    assert "Mon 23 Nov, 10:30" in calls.text
    digests = message(await driver.say(OLU, "cohort-admin schedule-add", kind="digest", when="weekdays 4pm"))
    assert "in Europe/Berlin" in digests.text
    assert "Mon 23 Nov, 16:00" in digests.text


async def join(driver: PlatformDriver) -> None:
    """Everybody joins with the button of the welcome; nobody is asked anything."""
    outside = message(await driver.say(ADA, "submission list"))
    assert "cohort join" in outside.text
    welcome = await driver.post("the home of Lab")
    assert not welcome.private
    assert welcome.buttons == ("Join", "What can you do?")
    for who in (ADA, BEN, CHI, DAN):
        joined = message(await driver.press(who, welcome, "Join"))
        assert joined.private
        assert "Welcome to Lab!" in joined.text
    assert await count(driver.bot, "member") == len(PEOPLE)
    refused = message(await driver.press(ADA, welcome, "Join"))
    assert "already" in refused.text


async def add_a_paper_and_run_its_lottery(driver: PlatformDriver) -> None:
    """Ada's paper keeps every character of its title, and nothing in it does anything."""
    paper = message(await driver.say(ADA, "submission add", title=TITLE, venue="NeurIPS 2026"))
    assert paper.private
    assert TITLE in paper.text
    lottery = message(await driver.press(ADA, paper, "Run its lottery"))
    assert lottery.private
    check_picture(await driver.picture(ADA, lottery), "chance")
    listed = message(await driver.say(BEN, "submission list"))
    assert TITLE[:30] in listed.text
    assert "NeurIPS 2026" in listed.text


def check_picture(image: Image, words: str) -> None:
    """A PNG of some size, and what it says for those who do not see it."""
    assert image.data.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(image.data) > 2_000
    assert words in image.alt


async def check_in(driver: PlatformDriver) -> None:
    """The call comes when the clock says so. Ada shares her answers in its thread, the others keep theirs."""
    await driver.move_to(CALL_AT)
    call = await driver.post("Check-in, Mon 23 Nov 2026")
    assert call.buttons == ("Check in", "Not today")
    asked = form(await driver.press(ADA, call, "Check in"))
    answers: dict[str, str | bool] = {
        "What moved": SHARED,
        "What you learned": "The gain was the warm-up",
        "What is in the way": "The queue",
        "What comes next": "Write it down",
        "How it is going": "4 · good",
    }
    # From the call to what is kept: [Check in], [Keep it] and the words.
    kept = await driver.fill(ADA, asked, answers)
    assert kept.dialogs == 1
    assert kept.private
    assert "for your eyes only" in kept.text
    negative = message(await driver.press(ADA, kept, "It is a negative result"))
    compute = message(await driver.press(ADA, negative, "Compute"))
    shared = message(await driver.press(ADA, compute, "Share it"))
    assert "and shared in" in shared.text
    thread = await driver.replies(call)
    for words in (SHARED, "The gain was the warm-up", "Write it down", "Compute: The queue"):
        assert words in thread
    assert "4 · good" not in thread
    for who in OWN:
        await check_in_privately(driver, who, call)
    # The day is done, so that the button opens the edit.
    again = form(await driver.press(ADA, call, "Check in"))
    edited = await driver.fill(ADA, again, {"What moved": SHARED})
    assert "and shared in" in edited.text
    assert await count(driver.bot, "checkin") == len(PEOPLE)


async def check_in_privately(driver: PlatformDriver, who: str, call: Seen) -> None:
    """Somebody answers for their own eyes."""
    asked = form(await driver.press(who, call, "Check in"))
    kept = await driver.fill(who, asked, {"What moved": OWN[who]})
    assert kept.private
    assert "for your eyes only" in kept.text


async def read_and_vote(driver: PlatformDriver) -> None:
    """Ada proposes something to read, Ben votes for it with the button that is there for it."""
    added = message(await driver.say(ADA, "reading add", reference=f"{WORK} {ADDRESS}", why="For all of us"))
    assert WORK in added.text
    listed = message(await driver.say(BEN, "reading list"))
    assert WORK[:30] in listed.text
    voted = message(await driver.press(BEN, listed, next(b for b in listed.buttons if "ote" in b)))
    assert voted.private
    assert await count(driver.bot, "reading_vote") == 1


async def the_digest_arrives(driver: PlatformDriver) -> None:
    """It comes by itself when the clock says so, and tells nothing of single people."""
    await driver.move_to(DIGEST_AT)
    digest = await driver.post("Mon 16 Nov 2026 to Mon 23 Nov 2026")
    assert "1 shared by 1 person" in digest.text
    assert ("read it" in digest.text) is driver.has_addresses
    assert TITLE[:80] in digest.text


async def what_was_private_stayed_private(driver: PlatformDriver) -> None:
    """Private answers reached their caller alone, and what was kept for oneself reached nobody."""
    shown = {who: await driver.everything(who) for who in PEOPLE}
    readers = {
        "is set up in the time zone": {OLU},
        "Saved as": {ADA},
        "and shared in": {ADA},
        "for your eyes only": set(PEOPLE),
        "the home of": set(PEOPLE),
        "Check-ins": set(PEOPLE),
    }
    for words, expected in readers.items():
        assert {who for who in PEOPLE if words in shown[who]} == expected, words
    assert not [who for who in PEOPLE if SECRET in shown[who]]
