"""Runs the bare discord.py bot that only echoes. Says "ready" as one line once it is connected."""

import asyncio
import sys

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.bench.process import until_told
from tests.servers.discord.echo import EchoBot


class ReadyEcho(EchoBot):
    """The echo that says when it is connected."""

    async def on_ready(self) -> None:
        """Everything is there."""
        print("ready", flush=True)


async def main(token: str, api_url: str, gateway_url: str) -> None:
    """Serve until the input ends."""
    Route.BASE = api_url
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    async with ReadyEcho() as bot:
        running = asyncio.create_task(bot.start(token))
        await until_told()
        await bot.close()
        await running


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
