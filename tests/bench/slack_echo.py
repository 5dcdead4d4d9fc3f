"""A bare slack-bolt bot that only echoes: what the Slack path is compared with.

`ack` answers inside the acknowledgement, which is the shortest way there is; `respond` answers through the
response address. Both listen before the acknowledgement goes out, as the bot does: Bolt's other way looks for
it every 10 ms. Says its request URL as one line.
"""

import asyncio
import sys
from typing import Any

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.bench.process import until_told

PATH = "/slack/events"


def build(how: str, token: str, secret: str, api_url: str) -> AsyncApp:
    """The bot."""
    client = AsyncWebClient(token, base_url=api_url)
    app = AsyncApp(client=client, signing_secret=secret, process_before_response=True)

    async def in_acknowledgement(ack: Any, body: dict[str, Any]) -> None:
        await ack(body["text"])

    async def by_response_address(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        await respond(body["text"])
        await ack()

    app.command("/cohort")(in_acknowledgement if how == "ack" else by_response_address)
    return app


async def main(how: str, token: str, secret: str, api_url: str) -> None:
    """Serve until the input ends."""
    runner = web.AppRunner(build(how, token, secret, api_url).web_app(PATH), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}{PATH}", flush=True)
    await until_told()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
