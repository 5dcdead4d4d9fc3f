"""Application commands: reading and overwriting what is registered."""

from typing import TYPE_CHECKING, Any

from tests.servers.discord.commands import check_commands
from tests.servers.discord.errors import Refused
from tests.servers.discord.rest import Answer, Call

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer


def add_routes(server: "DiscordServer") -> None:
    """Register the routes of this module."""

    def checked(application: str) -> None:
        if application != server.application_id:
            raise Refused(
                403, 20012, message="You are not authorized to perform this action on this application"
            )

    def replace(guild: str | None, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
        check_commands(wanted)
        before = {command["name"]: command for command in server.commands.get(guild, [])}
        server.commands[guild] = [_stored(server, guild, c, before.get(c["name"])) for c in wanted]
        server.command_writes += 1
        server.notify()
        return server.commands[guild]

    async def put_global(call: Call, application: str) -> Answer:
        checked(application)
        return Answer(replace(None, call.body or []))

    async def get_global(_call: Call, application: str) -> Answer:
        checked(application)
        return Answer(server.commands.get(None, []))

    async def put_guild(call: Call, application: str, guild: str) -> Answer:
        checked(application)
        server.find_guild(guild)
        return Answer(replace(guild, call.body or []))

    async def get_guild(_call: Call, application: str, guild: str) -> Answer:
        checked(application)
        server.find_guild(guild)
        return Answer(server.commands.get(guild, []))

    server.rest.route("PUT", "/applications/*/commands", put_global)
    server.rest.route("GET", "/applications/*/commands", get_global)
    server.rest.route("PUT", "/applications/*/guilds/*/commands", put_guild)
    server.rest.route("GET", "/applications/*/guilds/*/commands", get_guild)


def _stored(
    server: "DiscordServer", guild: str | None, command: dict[str, Any], before: dict[str, Any] | None
) -> dict[str, Any]:
    """A command as the platform gives it back: with its defaults, its id and a version."""
    stored = {
        "type": 1,
        "name_localizations": None,
        "description_localizations": None,
        "default_member_permissions": None,
        "nsfw": False,
        "integration_types": [0],
        "contexts": None,
        **command,
        "id": before["id"] if before else server.snowflake(),
        "application_id": server.application_id,
        "version": server.snowflake(),
    }
    return stored | ({"guild_id": guild} if guild else {})
