"""A long check-in that is shared, changed and taken back: nothing of what was taken back stands in the channel. On every
platform that has real clients."""

import pytest

from bot.slack.outlet import SlackOutlet
from tests.servers.discord.rest import refuse
from tests.story.conftest import TELLINGS
from tests.story.driver import ADA, PlatformDriver, form, message
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver
from tests.story.test_true_words import found

CLIENTS = pytest.mark.parametrize("platform", ["discord", "slack-http", "slack-socket"])
LENGTHS = {
    "What moved": 2_000,
    "What you learned": 2_000,
    "What is in the way": 1_000,
    "What comes next": 1_000,
}


@pytest.fixture(autouse=True)
def short_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack takes so little in a message that a check-in needs several and a file, without a pause between them."""
    monkeypatch.setattr("bot.slack.render.CHARACTERS", 1_200)
    monkeypatch.setattr("bot.slack.render.render.__kwdefaults__", {"takes_files": True, "most": 2})
    monkeypatch.setattr(SlackOutlet, "pace", 0.0)


def answers(word: str, lengths: dict[str, int]) -> dict[str, str | bool]:
    """Answers of such lengths, made of one word."""
    return {label: (f"{word} " * 500)[:length] for label, length in lengths.items()}


def stands(driver: PlatformDriver) -> str:
    """Every word that the platform shows in the channel and its threads, those in files included."""
    if isinstance(driver, DiscordDriver):
        shown = [m for c in driver.server.channels.values() if c.guild for m in c.messages]
        return "\n".join(f"{m.body} " + " ".join(a.data.decode() for a in m.attachments) for m in shown)
    assert isinstance(driver, SlackDriver)
    files = [f for f in driver.slack.files.values() if f.channels and not f.deleted]
    return "\n".join([*(str(m.payload) for m in driver.home.messages), *(f.data.decode() for f in files)])


async def settled(driver: PlatformDriver, words: str) -> str:
    """What `checkin status` says, as soon as it says this."""
    for _ in range(50):
        said = message(await driver.say(ADA, "checkin status")).text
        if words in said:
            break
    assert words in said
    return said


@pytest.mark.case(43)
@CLIENTS
async def test_no_byte_of_long_check_in_stays(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        call = await driver.post("Check-in, Mon 23 Nov 2026")
        asked = form(await driver.press(ADA, call, "Check in"))
        shared = await driver.fill(ADA, asked, answers("quokka", LENGTHS))
        await settled(driver, "2026: shared")
        assert stands(driver).count("quokka") >= 6_000 // 7 - 4

        shorter = form(await driver.press(ADA, shared, "Edit"))
        few = dict.fromkeys(LENGTHS, 20)
        changed = await driver.fill(ADA, shorter, answers("wombat", few))
        await settled(driver, "2026: shared")
        assert "quokka" not in stands(driver)
        assert "wombat" in stands(driver)

        longer = form(await driver.press(ADA, changed, "Edit"))
        changed = await driver.fill(ADA, longer, answers("numbat", LENGTHS))
        await settled(driver, "2026: shared")
        assert "wombat" not in stands(driver)
        assert stands(driver).count("numbat") >= 6_000 // 7 - 4

        await driver.press(ADA, changed, "Make it private")
        await settled(driver, "2026: kept private")
        assert not any(word in stands(driver) for word in ("quokka", "wombat", "numbat"))


@pytest.mark.case(43)
@CLIENTS
async def test_refused_deletion_is_told(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await found(driver)
        call = await driver.post("Check-in, Mon 23 Nov 2026")
        asked = form(await driver.press(ADA, call, "Check in"))
        shared = await driver.fill(ADA, asked, answers("quokka", LENGTHS))
        await settled(driver, "2026: shared")
        if isinstance(driver, DiscordDriver):
            driver.server.fault("PATCH", "/channels/", refuse(403, 50005), times=1)
        elif isinstance(driver, SlackDriver):
            driver.slack.fail("chat.delete", error="cant_delete_message")
            driver.slack.fail("files.delete", error="cant_delete_file")
        told = message(await driver.press(ADA, shared, "Make it private"))
        assert "could not take it back in" in told.text
        assert "for your eyes only" not in told.text
        if isinstance(driver, SlackDriver):
            assert "A further message of it still stands there" in told.text
            assert "The file with the whole of it still stands there" in told.text
        assert "quokka" in stands(driver)
        await settled(driver, "may still stand in")
        again = message(await driver.press(ADA, told, "Try again"))
        await settled(driver, "2026: kept private")
        assert "for your eyes only" in again.text
        assert "quokka" not in stands(driver)
