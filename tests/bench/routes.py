"""The platforms as a measurement sees them: a server with members, the bot on it, and a bare echo."""

import json
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

from tests.bench.figures import Run
from tests.bench.process import Child, child

BOT = ("-m", "bot")
TITLE = "Grokking in one-layer transformers, attempt {n}"


class Route(ABC):
    """One way from a member's keystroke to a visible answer, with a bot at its end."""

    def __init__(self, server: Child, bot: Child) -> None:
        self.server = server
        self.bot = bot
        self.calls = 0

    @abstractmethod
    async def drive(self, calls: int, in_flight: int) -> dict[str, Any]:
        """Have members add papers; returns seconds altogether and of each."""

    async def run(self, calls: int, in_flight: int) -> Run:
        """Measure so many calls with so many in flight."""
        before = self.bot.processor()
        self.calls += calls
        took = await self.drive(calls, in_flight)
        if len(took["each"]) != calls:
            raise RuntimeError(f"{calls - len(took['each'])} calls were not answered")
        return Run(took["total"], took["each"], self.bot.processor() - before)


class SlackRoute(Route):
    """A signed HTTP request, Bolt, an answer in the channel."""

    def __init__(self, server: Child, bot: Child, url: str) -> None:
        super().__init__(server, bot)
        self.url = url

    async def drive(self, calls: int, in_flight: int) -> dict[str, Any]:
        """See `Route`."""
        await self.server.ask("send_to", url=self.url)
        text = f'submission add title:"{TITLE}"'
        took: dict[str, Any] = await self.server.ask(
            "drive", name="/cohort", text=text, calls=calls, in_flight=in_flight
        )
        return took


class DiscordRoute(Route):
    """An interaction over the gateway, discord.py, the interaction's callback."""

    async def drive(self, calls: int, in_flight: int) -> dict[str, Any]:
        """See `Route`."""
        took: dict[str, Any] = await self.server.ask(
            "drive",
            name="Olu",
            command="submission add",
            options={"title": TITLE},
            calls=calls,
            in_flight=in_flight,
        )
        if took["errors"]:
            raise RuntimeError(f"{took['errors']} calls were refused: {took['sample']}")
        return took


def bot_environment(folder: Path) -> dict[str, str]:
    """Settings that the bot has on every platform."""
    return {
        "COHORT_DATABASE_URL": f"sqlite:///{folder / 'cohort.db'}",
        "COHORT_HTTP": "127.0.0.1:0",
        "COHORT_LOG": "WARNING",
        # What is measured is how quick calls are and not how soon they are refused.
        **{
            f"COHORT_LIMIT_{name}": "1000000000"
            for name in ("CALLS", "COHORT_CALLS", "PAPERS", "DRAWINGS", "REVIEWS", "READING")
        },
    }


def check_all_kept(folder: Path, calls: int) -> None:
    """Raise RuntimeError unless each call added its paper: a refusal would be quicker."""
    with closing(sqlite3.connect(folder / "cohort.db")) as database:
        (kept,) = database.execute("SELECT count(*) FROM submission").fetchone()
    if kept != calls:
        raise RuntimeError(f"{calls} calls left {kept} papers")


def slack_environment(about: dict[str, str]) -> dict[str, str]:
    """The settings that connect the bot to a stand-in Slack over HTTP."""
    return {
        "SLACK_BOT_TOKEN": about["bot_token"],
        "SLACK_SIGNING_SECRET": about["secret"],
        "SLACK_API_URL": about["api_url"],
    }


def discord_environment(about: dict[str, str]) -> dict[str, str]:
    """The settings that connect the bot to a stand-in Discord."""
    return {"DISCORD_TOKEN": about["token"], "DISCORD_API_URL": about["api_url"]}


def address(line: str) -> str:
    """The address in the line with which the bot says that it is ready."""
    found = re.search(r"http://[\d.]+:\d+", line)
    if found is None:
        raise RuntimeError(f"the bot said no address: {line}")
    return found[0]


@asynccontextmanager
async def slack(
    folder: Path, echoes: tuple[str, ...] = (), program: tuple[str, ...] = BOT
) -> AsyncIterator[dict[str, Route]]:
    """One stand-in Slack with the bot and the wanted echoes, by name; a cohort is set up."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            child("-m", "tests.bench.slack_server", log=folder / "slack.log")
        )
        about = json.loads(await server.line())
        settings = bot_environment(folder) | slack_environment(about)
        bot = await stack.enter_async_context(
            child(*program, log=folder / "bot.log", cwd=folder, env=settings)
        )
        found: dict[str, Route] = {
            "bot": SlackRoute(server, bot, f"{address(await bot.line())}/slack/events")
        }
        for how in echoes:
            arguments = (how, about["bot_token"], about["secret"], about["api_url"])
            echo = await stack.enter_async_context(
                child("-m", "tests.bench.slack_echo", *arguments, log=folder / f"{how}.log")
            )
            found[how] = SlackRoute(server, echo, await echo.line())
        await server.ask("send_to", url=found["bot"].url)  # type: ignore[attr-defined]  # made above
        await server.ask("say", name="/cohort", text="admin setup name:Lab timezone:Europe/Berlin")
        for user in range(1, 10):
            await server.ask("say", name="/cohort", text="join", user=user)
        yield found
        check_all_kept(folder, found["bot"].calls)


@asynccontextmanager
async def discord(
    folder: Path, echo: bool = False, program: tuple[str, ...] = BOT
) -> AsyncIterator[dict[str, Route]]:
    """A stand-in Discord with the bot, and if wanted a second one, the same in all, with the echo; both bots
    would answer on a common one. A cohort is set up."""
    async with AsyncExitStack() as stack:
        server, about = await _discord_server(stack, folder / "discord.log")
        settings = bot_environment(folder) | discord_environment(about)
        bot = await stack.enter_async_context(
            child(*program, log=folder / "bot.log", cwd=folder, env=settings)
        )
        await bot.line()
        found: dict[str, Route] = {"bot": DiscordRoute(server, bot)}
        if echo:
            second, about = await _discord_server(stack, folder / "discord2.log")
            arguments = (about["token"], about["api_url"], about["gateway_url"])
            bare = await stack.enter_async_context(
                child("-m", "tests.bench.discord_echo", *arguments, log=folder / "echo.log")
            )
            await bare.line()
            found["echo"] = DiscordRoute(second, bare)
        for path in found.values():
            await path.server.ask("person", name="Olu", manager=True)
            await path.server.ask("wait")
        options = {"name": "Lab", "timezone": "Europe/Berlin"}
        await server.ask("slash", name="Olu", command="cohort-admin setup", options=options)
        yield found
        check_all_kept(folder, found["bot"].calls)


async def _discord_server(stack: AsyncExitStack, log: Path) -> tuple[Child, dict[str, str]]:
    server = await stack.enter_async_context(child("-m", "tests.servers.discord", log=log))
    about: dict[str, str] = json.loads(await server.line())
    return server, about
