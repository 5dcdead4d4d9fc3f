"""`cohort-bot` as a process: what it says, what it does when something is wrong, how it ends."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from aiohttp import ClientSession, web
from typer.testing import CliRunner

from bot.cli import app
from tests.servers.discord import DiscordServer, Person
from tests.servers.discord.rest import Answer, Call, Next, refuse
from tests.servers.slack import SIGNING_SECRET, SlackServer, SlackUser, as_message
from tests.story.on_slack import EVENTS
from tests.story.process import PATIENCE, ROOT, Process, bot, health

STOPS_WITHIN = 10.0
CLOCK = "2026-11-23T09:00:00+00:00"


def database(folder: Path) -> str:
    """A database file that is not there yet."""
    return f"sqlite:///{folder / 'cohort.db'}"


def slack_variables(slack: SlackServer) -> Mapping[str, str]:
    """What an operator sets for Slack over HTTP."""
    return {
        "SLACK_BOT_TOKEN": slack.workspace.token,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": slack.api_url,
    }


def discord_variables(discord: DiscordServer) -> Mapping[str, str]:
    """What an operator sets for Discord."""
    return {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}


async def test_without_tokens_it_is_playground(tmp_path: Path) -> None:
    own = {"COHORT_DATABASE_URL": database(tmp_path), "COHORT_PLAYGROUND_DB": str(tmp_path / "playground.db")}
    async with bot(**own) as process:
        address = await process.address()
        assert process.said.count("\n") == 1
        assert "playground is open at http://127.0.0.1:" in process.said
        assert "playground.db" in process.said
        assert not (tmp_path / "cohort.db").exists()
        async with ClientSession() as session, session.get(address) as page:
            assert page.status == 200
            assert "<title>cohort-bot playground</title>" in await page.text()
        works = {"status": "ok", "playground": "ok", "database": "ok", "closed_channels": 0}
        assert await health(address) == (200, works)

        port = address.rpartition(":")[2]
        async with bot(**own, COHORT_HTTP=f"127.0.0.1:{port}") as second:
            assert await second.ended() != 0
            assert f"127.0.0.1:{port} cannot be used" in second.logs
            assert "set COHORT_HTTP to another" in second.logs
            assert "Traceback" not in second.logs

        process.ask_to_stop()
        assert await process.ended(STOPS_WITHIN) == 0
        assert "Traceback" not in process.logs


async def test_platform_that_refuses_its_token_leaves_other_alone(tmp_path: Path) -> None:
    async with DiscordServer() as discord, SlackServer() as slack:
        olu = someone_on_slack(slack)
        variables = {**discord_variables(discord), **slack_variables(slack), "DISCORD_TOKEN": "another-token"}
        async with bot(COHORT_DATABASE_URL=database(tmp_path), **variables) as process:
            address = await process.address()
            assert "connected to slack;" in process.said
            status, parts = await health(address)
            assert status == 503
            assert (parts["discord"], parts["slack"], parts["database"]) == ("failing", "ok", "ok")
            slack.send_to(address + EVENTS)
            assert "Lab is set up" in (await olu.say("/cohort", "admin setup Lab Berlin")).text
            assert "another-token" not in process.logs + process.said
            process.ask_to_stop()
            assert await process.ended(STOPS_WITHIN) == 0


async def test_other_way_round(tmp_path: Path) -> None:
    async with DiscordServer() as discord, SlackServer() as slack:
        ann = discord.add_person("Ann", manager=True)
        variables = {**discord_variables(discord), **slack_variables(slack), "SLACK_BOT_TOKEN": "xoxb-other"}
        async with bot(COHORT_DATABASE_URL=database(tmp_path), **variables) as process:
            status, parts = await health(await process.address())
            assert status == 503
            assert (parts["discord"], parts["slack"]) == ("ok", "failing")
            answer = await ann.slash("cohort-admin setup", name="Lab", timezone="Berlin")
            assert "Lab is set up" in answer.text
            assert "xoxb-other" not in process.logs


async def test_half_of_slacks_tokens_are_noticed(tmp_path: Path) -> None:
    own = str(tmp_path / "playground.db")
    async with bot(COHORT_PLAYGROUND_DB=own, SLACK_BOT_TOKEN="xoxb-alone") as process:
        await process.address()
        assert "Slack is left out" in process.logs
        assert "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET" in process.logs
        assert "playground is open" in process.said


async def test_where_every_platform_refuses_it_says_so_and_ends(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        variables = {**slack_variables(slack), "SLACK_BOT_TOKEN": "xoxb-somebody-elses"}
        async with bot(COHORT_DATABASE_URL=database(tmp_path), **variables) as process:
            assert await process.ended() == 1
            assert "No part of the bot could start" in process.logs
            assert "xoxb-somebody-elses" not in process.logs


@pytest.mark.case(38)
async def test_both_platforms_in_one_process_and_stop_in_middle_of_calls(tmp_path: Path) -> None:
    async with DiscordServer() as discord, SlackServer() as slack:
        ann = discord.add_person("Ann", manager=True)
        olu = someone_on_slack(slack)
        variables = {**discord_variables(discord), **slack_variables(slack)}
        settings = {"COHORT_DATABASE_URL": database(tmp_path), "COHORT_LOG": "DEBUG", "COHORT_CLOCK": CLOCK}
        async with bot("run", **settings, **variables) as process:
            address = await process.address()
            assert "connected to discord and slack; health is at" in process.said
            parts = ("status", "discord", "slack", "database")
            works = {**dict.fromkeys(parts, "ok"), "closed_channels": 0}
            assert await health(address) == (200, works)
            assert "the clock does not show the real time" in process.logs
            assert CLOCK in process.logs
            slack.send_to(address + EVENTS)
            words = await say_a_lot(ann, olu)
            await stop_in_the_middle(process, discord, slack, ann, olu)
            tokens = [discord.token, slack.workspace.token, SIGNING_SECRET]
            everything = process.logs + process.said
            assert [each for each in (*tokens, *words) if each in everything] == []
            assert "call failed" not in everything


def someone_on_slack(slack: SlackServer) -> SlackUser:
    """Somebody who manages the workspace, in a channel."""
    slack.add_member(slack.workspace, "UOLU", "Olu", is_admin=True)
    return SlackUser(slack, "UOLU", slack.add_channel("cohort"))


async def say_a_lot(ann: Person, olu: SlackUser) -> list[str]:
    """Type unusual words in every way there is: well, wrongly, into forms. The words."""
    await ann.slash("cohort-admin setup", name="Quokka cohort", timezone="Europe/Berlin")
    await ann.slash("submission add", title="Narwhal priors", link="https://narwhal.example/x")
    await ann.slash("submission show", paper="Axolotl")
    ann.server.fault("POST", "/callback", refuse(400, 50035))
    refused = await ann.start("submission add", title="Quoll hidden in a refusal")
    await ann.server.until(lambda: bool(refused.callback or refused.messages), PATIENCE)
    checkin = await ann.slash("checkin now")
    kept = await ann.submit(
        checkin, {"What moved": "Pangolin progress", "What is in the way": "Okapi blocker"}
    )
    await ann.click(kept.messages[-1], "Share it")
    await olu.say("/cohort", "admin setup Tapir Berlin")
    await olu.say("/cohort", "submission add title:Capybara posteriors")
    await olu.say("/cohort", "submission show Wombat")
    await olu.say("/cohort", "numbat kakapo")
    await olu.say("/cohort", "profile timezone Dugong")
    await olu.submit(await olu.form("/cohort", "checkin now"), {"What moved": "Saiga progress"})
    await olu.say("/cohort", "reading add Echidna and platypus")
    olu.server.fail("views.open", error="internal_error")
    await olu.say("/cohort", "submission add venue:Kinkajou")
    olu.server.fail("upload", status=400)
    await olu.say("/cohort", "lottery scores 5,6")
    await olu.server.until(lambda: "could not send you" in olu.ephemerals[-1].text)
    return [
        "Quokka",
        "Narwhal",
        "narwhal",
        "Axolotl",
        "Pangolin",
        "Okapi",
        "Tapir",
        "Capybara",
        "Wombat",
        "numbat",
        "kakapo",
        "Dugong",
        "Saiga",
        "Echidna",
        "platypus",
        "Failed to upload",
    ]


async def stop_in_the_middle(
    process: Process, discord: DiscordServer, slack: SlackServer, ann: Person, olu: SlackUser
) -> None:
    """SIGTERM while an answer is on its way on Discord and a picture on Slack: both arrive, then it ends."""
    arrived, released = asyncio.Event(), asyncio.Event()

    async def held(call: Call, proceed: Next) -> Answer:
        arrived.set()
        await released.wait()
        return await proceed(call)

    discord.fault("POST", "/callback", held)
    slack.fail("files.completeUploadExternal", delay=0.3)
    call = await ann.start("submission list")
    lottery = await olu.say("/cohort", "lottery paper 1")
    await slack.until(lambda: slack.calls_of("files.getUploadURLExternal"))
    await asyncio.wait_for(arrived.wait(), 5)
    process.ask_to_stop()
    await process.until(lambda: "stopping" in process.logs)
    assert process.running
    released.set()
    assert await process.ended(STOPS_WITHIN) == 0
    assert "Narwhal" in (await ann.answered(call)).text
    assert lottery.private
    assert [file.data[:4] for message in olu.direct for file in message.files] == [b"\x89PNG"]


async def test_what_was_confirmed_survives_kill(tmp_path: Path) -> None:
    async with SlackServer() as slack:
        olu = someone_on_slack(slack)
        environment = {"COHORT_DATABASE_URL": database(tmp_path), **slack_variables(slack)}
        async with bot(**environment) as process:
            slack.send_to(await process.address() + EVENTS)
            await olu.say("/cohort", "admin setup Lab Berlin")
            turn = await olu.begin("/cohort", "submission add title:Confirmed")
            saved = as_message(await olu.answer(turn))
            process.kill()
            assert await process.ended() < 0
        async with bot(**environment) as process:
            slack.send_to(await process.address() + EVENTS)
            await olu.slash_again(turn, turn.payload, retry=1)
            assert olu.ephemerals[-1] is not saved
            assert olu.ephemerals[-1].text == saved.text
            assert "Confirmed" in (await olu.say("/cohort", "submission list")).text
            assert "found nothing" in (await olu.say("/cohort", "submission show 2")).text


async def test_stop_before_it_is_ready(tmp_path: Path) -> None:
    asked, never = asyncio.Event(), asyncio.Event()

    async def silent(_: web.BaseRequest) -> web.StreamResponse:
        asked.set()
        await never.wait()
        return web.Response()

    runner = web.ServerRunner(web.Server(silent), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    api = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    variables = {"SLACK_BOT_TOKEN": "xoxb-x", "SLACK_SIGNING_SECRET": "secret", "SLACK_API_URL": api}
    try:
        async with bot(COHORT_DATABASE_URL=database(tmp_path), **variables) as process:
            await asyncio.wait_for(asked.wait(), PATIENCE)
            process.ask_to_stop()
            assert await process.ended(STOPS_WITHIN) == 0
            assert process.said == ""
            assert "Traceback" not in process.logs
    finally:
        await runner.cleanup()


async def test_manifest_is_one_that_is_deployed() -> None:
    async with bot("slack-manifest") as process:
        assert await process.ended() == 0
        assert process.said == (ROOT / "deploy" / "slack-manifest.yaml").read_text()
        assert "features" in yaml.safe_load(process.said)


async def test_wrong_settings_are_named() -> None:
    async with bot(COHORT_HTTP="nowhere", COHORT_CLOCK="noon") as process:
        assert await process.ended() == 1
        assert "COHORT_HTTP" in process.logs
        assert "COHORT_CLOCK" in process.logs
        assert "Traceback" not in process.logs


async def test_help_as_process() -> None:
    async with bot("--help") as process:
        assert await process.ended() == 0
        assert "slack-manifest" in process.said


@pytest.mark.parametrize(
    "name", [each.name or each.callback.__name__ for each in app.registered_commands if each.callback]
)
def test_every_subcommand_has_help(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"])
    assert shown.exit_code == 0
    assert len(shown.output.split()) > 5
