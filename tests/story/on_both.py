"""A story told on Discord and Slack at once: one bot with both, each through its real client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.servers.discord import DiscordServer
from tests.servers.discord.pointing import restored
from tests.servers.slack import SIGNING_SECRET, SlackServer
from tests.story.bot import Bot, settings
from tests.story.driver import BEGIN
from tests.story.on_discord import DiscordDriver
from tests.story.on_slack import SlackDriver


@asynccontextmanager
async def both_drivers(database: str) -> AsyncIterator[tuple[DiscordDriver, SlackDriver]]:
    """A Discord server and a Slack workspace with the same people, and one bot in both."""
    async with DiscordServer() as server, SlackServer() as slack:
        given = {
            "discord_token": server.token,
            "discord_api_url": server.api_url,
            "slack_bot_token": slack.workspace.token,
            "slack_api_url": slack.api_url,
            "slack_signing_secret": SIGNING_SECRET,
        }
        bot = Bot(settings(database, BEGIN, **given))
        with restored():
            on_slack = SlackDriver(bot, slack)
            await on_slack.start()
            try:
                yield DiscordDriver(bot, server), on_slack
            finally:
                await bot.stop()
