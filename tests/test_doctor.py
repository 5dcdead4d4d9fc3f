"""`cohort-bot doctor`: each fault of an installation is named with its mend, and no token is shown."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from discord import Permissions

from bot import doctor, findings
from bot.adapter import migration_folders
from bot.doctor import examine
from bot.slack import installations
from bot.slack.installations import Installed
from bot.vault import Vault
from core.chat.model import Place
from core.clock import SystemClock
from core.cohorts import places
from core.cohorts.settings import add_cohort
from core.store.open import open_store
from core.store.port import Conn
from tests.servers.discord.permissions import Overwrite
from tests.servers.discord.pointing import restored
from tests.servers.discord.rest import hold
from tests.servers.discord.server import DiscordServer
from tests.servers.slack.installing import CLIENT_ID, CLIENT_SECRET
from tests.servers.slack.server import APP_TOKEN, SIGNING_SECRET, SlackServer
from tests.story.bot import settings

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


async def found(database: str, **more: str) -> Mapping[str, tuple[str, str]]:
    """What was said of each subject, and its mend."""
    given = settings(database, NOW, **more)
    return {each.subject: (each.said, each.mend) async for each in examine(given)}


def file_of(database: str) -> Path:
    return Path(database.removeprefix("sqlite:///"))


def set_mode(path: Path, mode: int) -> None:
    path.chmod(mode)


def overwrite(path: Path, content: bytes) -> None:
    path.write_bytes(content)


async def make(database: str, fn: Callable[[Conn], object] = lambda _: None) -> None:
    """A database as the bot makes it, in which something was done."""
    store = await open_store(database, adapters=migration_folders())
    await store.write(fn)
    await store.close()


async def with_home(database: str, platform: str, workspace: str, channel: str) -> None:
    """A database with a cohort that lives in a channel."""

    def live_there(conn: Conn) -> None:
        cohort = add_cohort(conn, "Lab", "UTC", NOW)
        assert places.assign(conn, cohort, "home", Place(platform, workspace, channel, name="lab"))

    await make(database, live_there)


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'cohort.db'}"


async def test_a_new_installation_needs_nothing(database: str) -> None:
    said = await found(database)
    assert said["tokens"] == ("none are set, so that the playground opens", "")
    assert said["database"][0].endswith("is made at the first start")
    assert said["web part"] == ("127.0.0.1:0 is free", "")
    assert not file_of(database).exists(), "it only looks"


async def test_a_file_that_others_read_is_said(database: str) -> None:
    await make(database)
    path = file_of(database)
    assert (await found(database))["database"][1] == ""
    set_mode(path, 0o644)
    said, mend = (await found(database))["database"]
    assert "(644)" in said
    assert mend.endswith(f"chmod 600 {path}")
    set_mode(path, 0o640)
    said, mend = (await found(database))["database"]
    assert "readable by its owner and its group" in said, "as an operator may have meant it"
    assert mend == ""


async def test_a_newer_or_damaged_database_is_said(database: str) -> None:
    await make(database, lambda conn: conn.run("DELETE FROM migration WHERE number = 130"))
    assert (await found(database))["tables"] == ("1 migration is to come, at the next start", "")
    path = file_of(database)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO migration (number) VALUES (9999)")
        connection.commit()
    assert "newer" in (await found(database))["database"][1]
    overwrite(path, b"no database at all" * 100)
    assert "is not a database" in (await found(database))["database"][1]


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    said, mend = (await found(f"sqlite:///{tmp_path / 'none' / 'cohort.db'}"))["database"]
    assert "cannot be written" in said
    assert str(tmp_path / "none") in mend


@pytest.mark.postgres
async def test_postgres_is_asked(postgres_url: str) -> None:
    await make(postgres_url)
    said = await found(postgres_url)
    assert said["database"][0].startswith("PostgreSQL 1")
    assert said["tables"] == ("those of this version", "")
    gone = await found("postgresql://nobody:hunter2secret@127.0.0.1:1/none")
    assert "cannot be reached" in gone["database"][0]
    assert "hunter2secret" not in str(gone)


async def test_an_address_that_is_taken_is_said(database: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        said, mend = (await found(database, http=address))["web part"]
    assert said == f"{address} is taken by something else"
    assert "COHORT_HTTP" in mend


async def test_an_address_that_is_not_this_machines_is_said(database: str) -> None:
    said, mend = (await found(database, http="192.0.2.1:8080"))["web part"]
    assert "192.0.2.1:8080 cannot be used" in said
    assert "of this machine" in mend


async def test_an_address_of_six_that_is_taken_is_said(database: str) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        address = f"[::1]:{taken.getsockname()[1]}"
        said, _ = (await found(database, http=address))["web part"]
    assert said == f"{address} is taken by something else"


async def test_a_public_address_without_tls_is_said(database: str) -> None:
    said, mend = (await found(database, public_url="http://127.0.0.1:1"))["public address"]
    assert "not encrypted" in said
    assert "TLS" in mend


def test_a_clock_that_is_off_is_said() -> None:
    header = format_datetime(NOW, usegmt=True)
    good = findings.clock("Slack", header, NOW + timedelta(seconds=4))
    assert good is not None
    assert (good.said, good.mend) == ("within 4 s of Slack’s", "")
    for skew, words in ((400, "400 s ahead of Slack’s"), (-4000, "4,000 s behind Slack’s")):
        off = findings.clock("Slack", header, NOW + timedelta(seconds=skew))
        assert off is not None
        assert off.said == words
        assert "network" in off.mend
    assert findings.clock("Slack", None, NOW) is None
    assert findings.clock("Slack", "yesterday", NOW) is None


def test_older_libraries_are_said_and_newer_ones_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lines = [
        "numpy==1.0 \\\n    --hash=sha256:00",
        "nowhere==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00",
    ]
    lock.write_text("\n".join(lines))
    (newer,) = doctor._versions(lock)
    assert newer.said.startswith("1, of which newer than those of the lock: numpy ")
    assert newer.mend == ""
    lock.write_text("numpy==999.0 \\\n    --hash=sha256:00\nnowhere==1.0 \\\n    --hash=sha256:00\n")
    (older,) = doctor._versions(lock)
    assert "nowhere missing instead of 1.0" in older.said
    assert "instead of 999.0" in older.said
    assert str(lock) in older.mend


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        server.workspace.scopes |= {"files:read"}
        yield server


async def test_slack_in_order(slack: SlackServer, database: str) -> None:
    home = slack.add_channel("lab")
    home.members.add(slack.workspace.bot_user)
    await with_home(database, "slack", slack.workspace.team_id, home.id)
    given = {"slack_bot_token": slack.workspace.token, "slack_api_url": slack.api_url}
    said = await found(database, **given, slack_app_token=APP_TOKEN)
    assert said["SLACK_BOT_TOKEN"] == (f"@cohort in {slack.workspace.name}", "")
    assert said["scopes"] == ("all that the commands need", "")
    assert said["SLACK_APP_TOKEN"] == ("Socket Mode opens", "")
    assert said["#lab"] == ("I am in it", "")
    assert said["clock"][1] == ""
    said = await found(database, **given, slack_signing_secret=SIGNING_SECRET)
    assert "SLACK_APP_TOKEN" not in said


async def test_slack_faults(slack: SlackServer, database: str) -> None:
    home = slack.add_channel("lab")
    home.members.discard(slack.workspace.bot_user)
    await with_home(database, "slack", slack.workspace.team_id, home.id)
    slack.workspace.scopes -= {"files:write"}
    given = {"slack_api_url": slack.api_url, "slack_app_token": "xapp-1-A-1-wrong"}
    said = await found(database, slack_bot_token=slack.workspace.token, **given)
    assert said["scopes"][0] == "files:write missing"
    assert "slack-manifest" in said["scopes"][1]
    assert "invalid_auth" in said["SLACK_APP_TOKEN"][0]
    assert said["#lab"][0] == "I am not in it"
    assert "/invite" in said["#lab"][1]
    home.archived = True
    said = await found(database, slack_bot_token=slack.workspace.token, slack_command="/lab", **given)
    assert said["#lab"] == ("is archived", "Open it again, or choose another with /lab admin channel.")
    token = "xoxb-000-wrong-token"
    said = await found(database, slack_bot_token=token, **given)
    assert "invalid_auth" in said["SLACK_BOT_TOKEN"][0]
    assert token not in str(said)


async def test_slack_in_many_workspaces(slack: SlackServer, database: str) -> None:
    home = slack.add_channel("lab")
    home.members.add(slack.workspace.bot_user)
    await with_home(database, "slack", slack.workspace.team_id, home.id)
    key, lost = (Fernet.generate_key().decode() for _ in range(2))
    given = {
        "slack_client_id": CLIENT_ID,
        "slack_client_secret": CLIENT_SECRET,
        "public_url": "https://b.org",
    }
    given |= {"slack_api_url": slack.api_url, "slack_signing_secret": "ab" * 16}
    assert "generate_key" in (await found(database, **given))["SLACK_CLIENT_ID"][1]
    given |= {"secret_key": key}
    said = await found(database, **given)
    assert said["installing"] == ("workspaces install the app at https://b.org/slack/install", "")
    assert said["workspaces"] == ("none has installed the app yet", "")
    assert "is not in its workspace T0LAB" in said["#lab"][0]

    gone = slack.add_workspace("T0GONE", "Gone", "xoxb-made-up-gone")
    gone.revoked = True

    def install(conn: Conn) -> None:
        for each, keys in ((slack.workspace, key), (gone, key), (None, lost)):
            team, name, token = (each.team_id, each.name, each.token) if each else ("T0LOST", "Lost", "x")
            sealed = Vault(keys).seal(token, installations.key("", team))
            installations.save(conn, Installed("", team, name, sealed), NOW)

    await make(database, install)
    said = await found(database, **given)
    assert said["workspace Lab (T0LAB)"] == ("installed as @cohort", "")
    assert said["#lab"] == ("I am in it", "")
    assert said["workspace Gone (T0GONE)"][0] == "Slack refuses its token (token_revoked)"
    assert "https://b.org/slack/install" in said["workspace Gone (T0GONE)"][1]
    assert "no key" in said["workspace Lost (T0LOST)"][0]
    assert not [each for each in (slack.workspace.token, gone.token, key, CLIENT_SECRET) if each in str(said)]


async def test_slack_tokens_that_end(slack: SlackServer, database: str) -> None:
    key = Fernet.generate_key().decode()
    given = {
        "slack_client_id": CLIENT_ID,
        "slack_client_secret": CLIENT_SECRET,
        "public_url": "https://b.org",
        "slack_api_url": slack.api_url,
        "slack_signing_secret": "ab" * 16,
        "secret_key": key,
    }
    slack.rotation.issue(slack, slack.workspace)
    token, now = slack.workspace.token, SystemClock().now()

    def install(conn: Conn) -> None:
        for team, hours in ((slack.workspace.team_id, 3), ("T0LATE", -1)):
            sealed = Vault(key).seal(token, installations.key("", team))
            ends = now + timedelta(hours=hours)
            installations.save(conn, Installed("", team, "Lab", sealed, "sealed", ends), now)

    await make(database, install)
    said = await found(database, **given)
    assert said["workspace Lab (T0LAB)"] == ("installed as @cohort", "")
    assert said["workspace Lab (T0LATE)"][0] == "its token has ended and was not renewed"
    assert said["workspace Lab (T0LATE)"][1].startswith("Start the bot, which renews it.")
    alone = {"slack_api_url": slack.api_url, "slack_bot_token": token, "slack_app_token": APP_TOKEN}
    said = await found(database, **alone)
    assert "ends after twelve hours" in said["SLACK_BOT_TOKEN"][0]
    assert "SLACK_CLIENT_ID" in said["SLACK_BOT_TOKEN"][1]
    assert token not in str(said)


async def test_half_of_slacks_settings_is_said(database: str) -> None:
    given = settings(database, NOW, slack_bot_token="xoxb-1")
    mends = [each.mend async for each in examine(given) if each.subject == "tokens"]
    assert mends == [
        "Slack is left out: beside SLACK_BOT_TOKEN it needs SLACK_APP_TOKEN or SLACK_SIGNING_SECRET.",
        "",
    ]


async def test_discord_in_order_and_faults(database: str) -> None:
    async with DiscordServer() as server:
        channel = server.general
        assert channel.guild is not None
        await with_home(database, "discord", channel.guild.id, channel.id)
        given = {"discord_token": server.token, "discord_api_url": server.api_url}
        with restored():
            said = await found(database, **given)
            assert said["DISCORD_TOKEN"][1] == ""
            assert "need no approval" in said["intents"][0]
            assert "registered at the next start" in said["commands"][0]
            assert said["#lab"] == ("I may see it, write, open threads, embed and attach", "")
            channel.hidden = True
            assert (await found(database, **given))["#lab"][0] == "I cannot see it"
            channel.hidden = False
            channel.overwrites[channel.guild.id] = Overwrite(0, deny=Permissions(attach_files=True).value)
            said = await found(database, **given)
            assert said["#lab"][0] == "I lack Attach Files"
            assert "Permissions" in said["#lab"][1]
            channel.guild.has_bot = False
            said = await found(database, **given)
            assert said["#lab"][0] == "I am not in its server"
            assert f"client_id={server.application_id}" in said["#lab"][1]
            said = await found(database, **{**given, "discord_token": "MTA.wrong.token"})
            assert said["DISCORD_TOKEN"][0] == "Discord refuses it"


async def test_what_discord_said_stays_where_one_channel_is_not_answered_in_time(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with DiscordServer() as server:
        assert server.general.guild is not None
        home, slow = server.general.guild.id, server.add_channel("slow")
        others = [server.add_channel(f"lab-{number}") for number in range(12)]

        def live_there(conn: Conn) -> None:
            for each in (slow, *others):
                cohort = add_cohort(conn, each.name, "UTC", NOW)
                assert places.assign(conn, cohort, "home", Place("discord", home, each.id, name=each.name))

        await make(database, live_there)
        monkeypatch.setattr(doctor, "WITHIN", 1.0)
        gate = asyncio.Event()
        server.fault("GET", rf"/channels/{slow.id}$", hold(gate))
        with restored():
            said = await found(database, discord_token=server.token, discord_api_url=server.api_url)
        gate.set()
        assert {f"#{each.name}" for each in others} < set(said)
        assert "#slow" not in said
        assert said["discord"][0] == "did not answer to all in 1 s"
        asked = [each.path for each in server.calls if each.path.startswith(f"/guilds/{home}")]
        assert len(asked) == 2, "the server and the bot in it, once"
