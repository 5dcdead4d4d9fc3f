"""Ada sees what is kept of her, takes it along and is forgotten, on every platform."""

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from core.store.port import Conn
from tests.story.conftest import TELLINGS, DriverFactory
from tests.story.driver import ADA, BEN, OLU, PlatformDriver, form, message
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver
from tests.story.test_checkins import close_direct

MARK = "Quagga"


async def lived(driver: PlatformDriver) -> None:
    """A cohort in which Ada has a paper of her own, one with Ben, and a check-in that she shared."""
    await driver.say(OLU, "cohort-admin setup", name="Lab", timezone="Europe/Berlin")
    for who in (ADA, BEN):
        joined = message(await driver.say(who, "cohort join"))
        assert "I keep your name, your account and what you record here" in joined.text
    await driver.say(ADA, "submission add", title=f"{MARK} alone")
    ben = await driver.bot.core.store.read(latest_member)  # the playground's people have names of their own
    await driver.say(ADA, "submission add", title="What we share", coauthors=ben, visibility="cohort")
    asked = form(await driver.say(ADA, "checkin now"))
    kept = await driver.fill(ADA, asked, {"What moved": f"{MARK} moved"})
    await driver.press(ADA, kept, "Share it")
    await driver.post("Check-ins of")


def latest_member(conn: Conn) -> str:
    """What who joined last is called."""
    return str(conn.value("SELECT name FROM member ORDER BY id DESC LIMIT 1"))


async def archive(driver: Any) -> dict[str, str]:
    """The latest archive that the platform has taken, by the names of its files."""
    if isinstance(driver, DiscordDriver):
        found = [each.data for each in driver.server.files.values()]
    elif isinstance(driver, SlackDriver):
        direct = driver.slack.workspace.direct("UADA")
        found = [
            await driver.slack.until(
                lambda: next((f.data for m in direct.messages for f in m.files), None), 8.0
            )
        ]
    else:

        def files(conn: Conn) -> list[bytes]:
            rows = conn.all("SELECT content FROM playground_file WHERE name LIKE 'my-data-%'")
            return [base64.b64decode(row["content"]) for row in rows]

        found = await driver.bot.core.store.read(files)
    with zipfile.ZipFile(io.BytesIO(found[-1])) as opened:
        return {name: opened.read(name).decode("utf-8-sig") for name in opened.namelist()}


@pytest.mark.case(39)
async def test_seen_taken_along_and_forgotten(driver_of: DriverFactory, sqlite_url: str) -> None:
    async with driver_of(sqlite_url) as driver:
        await lived(driver)
        shown = message(await driver.say(ADA, "privacy show"))
        assert "What I keep of you in Lab, for your eyes only." in shown.text.replace("*", "")
        assert "Check-ins" in shown.text
        await driver.press(ADA, shown, "Take it along")
        await driver.told(ADA, "Everything that I keep of you in")
        held = await archive(driver)
        assert [row["progress"] for row in json.loads(held["json/checkin.json"])] == [f"{MARK} moved"]
        assert len(json.loads(held["json/submission.json"])) == 2
        assert MARK in held["csv/submission.csv"]

        asked = message(await driver.press(ADA, shown, "Have it deleted"))
        assert "Shall I delete everything that I keep of you in" in asked.text
        assert "It cannot be brought back" in asked.text
        told = message(await driver.press(ADA, asked, "Delete everything"))
        assert "Everything that I kept of you in" in told.text
        await driver.restart()
        paper = message(await driver.say(BEN, "submission show", paper="2"))
        assert "a former member" in paper.text
        assert MARK not in message(await driver.say(BEN, "submission list")).text
        left = await driver.bot.core.store.read(words)
        assert MARK not in left
        again = message(await driver.press(ADA, told, "Join again"))
        assert "Welcome to" in again.text


def words(conn: Conn) -> str:
    """What the tables of the core hold of what was written."""
    tables = ("submission", "submission_word", "checkin", "draft", "handled", "outbox", "post_line", "audit")
    return " ".join(
        str(row[column])
        for table in tables
        for row in conn.all(f"SELECT * FROM {table}")
        for column in row.keys()  # noqa: SIM118 - rows of SQLite are no mappings
    )


@pytest.mark.parametrize("platform", ["discord", "slack-http"])
async def test_taken_along_with_closed_direct_messages(platform: str, sqlite_url: str) -> None:
    async with TELLINGS[platform](sqlite_url) as driver:
        await lived(driver)
        close_direct(driver)
        await driver.say(ADA, "privacy export")
        assert "Here is everything that I keep of you in" in await driver.everything(ADA)
        for who in (OLU, BEN):
            assert "Here is everything" not in await driver.everything(who)
        held = await archive(driver)
        assert f"{MARK} moved" in held["json/checkin.json"]
