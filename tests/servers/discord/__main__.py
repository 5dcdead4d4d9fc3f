"""The server in a process of its own, for measurements (see :mod:`process`).

Says its addresses as one line of JSON, then obeys one line of JSON at a time until its input ends.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from tests.servers.discord.load import drive
from tests.servers.discord.people import Person
from tests.servers.discord.server import DiscordServer


async def obey(server: DiscordServer, people: dict[str, Person], order: dict[str, Any]) -> Any:
    """Do one thing that was asked for."""
    match order["do"]:
        case "person":
            people[order["name"]] = server.add_person(order["name"], manager=order.get("manager", False))
            return people[order["name"]].id
        case "wait":
            await server.until(lambda: bool(server.commands) and bool(server.gateway.connections), 30)
            return [command["name"] for commands in server.commands.values() for command in commands]
        case "slash":
            answer = await people[order["name"]].slash(order["command"], **order.get("options", {}))
            return {"text": answer.text, "refusals": answer.refusals}
        case "drive":
            person = people[order["name"]]
            options = order.get("options", {})
            timings = await drive(
                server, person, order["command"], options, order["calls"], order["in_flight"]
            )
            return asdict(timings)
        case other:
            raise ValueError(f"cannot {other}")


async def main() -> None:
    """Serve until the input ends."""
    async with DiscordServer(record=False, keep=500) as server:
        people: dict[str, Person] = {}
        about = {"api_url": server.api_url, "gateway_url": server.gateway_url, "token": server.token}
        print(json.dumps(about), flush=True)  # noqa: T201 - the parent reads it
        while line := await asyncio.to_thread(sys.stdin.readline):
            answer = await obey(server, people, json.loads(line))
            print(json.dumps(answer), flush=True)  # noqa: T201 - the parent reads it


if __name__ == "__main__":
    asyncio.run(main())
