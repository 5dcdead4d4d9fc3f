"""The stand-in Slack with its members in a process of its own, so that a measurement does not share the bot's
processor. Says its addresses as one line of JSON, then obeys one line of JSON at a time until its input ends.
"""

import asyncio
import json
import sys
from typing import Any

from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, SlackServer, SlackUser
from tests.servers.slack.load import drive

MEMBERS = 10


async def obey(slack: SlackServer, users: list[SlackUser], order: dict[str, Any]) -> Any:
    """Do one thing that was asked for."""
    match order["do"]:
        case "send_to":
            slack.send_to(order["url"])
            return None
        case "say":
            message = await users[order.get("user", 0)].say(order["name"], order["text"])
            return message.text
        case "drive":
            text: str = order["text"]
            load = await drive(
                users,
                order["name"],
                lambda n: text.replace("{n}", str(n)),
                count=order["calls"],
                in_flight=order["in_flight"],
            )
            return {"total": load.seconds, "each": list(load.latencies)}
        case other:
            raise ValueError(f"cannot {other}")


async def main() -> None:
    """Serve until the input ends."""
    async with SlackServer(record=False) as slack:
        home = slack.add_channel("cohort")
        users = []
        for number in range(MEMBERS):
            user = f"U{number:04d}"
            slack.add_member(slack.workspace, user, f"Member {number}", is_admin=number == 0)
            home.members.add(user)
            users.append(SlackUser(slack, user, home))
        about = {
            "api_url": slack.api_url,
            "bot_token": slack.workspace.token,
            "app_token": APP_TOKEN,
            "secret": SIGNING_SECRET,
        }
        print(json.dumps(about), flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            answer = await obey(slack, users, json.loads(line))
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
