"""A Discord on loopback: REST and gateway, spoken to by the real discord.py.

It refuses what the platform refuses, keeps what a reader would see, and lets a test act as a person.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Self

from aiohttp import web

from tests.servers.discord import interactions, messages, registration
from tests.servers.discord.errors import Refused
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.payloads import EPOCH_MS, Payloads
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import (
    MANAGE_GUILD,
    MEMBER,
    ROLE,
    VIEW_CHANNEL,
    Overwrite,
    Role,
)
from tests.servers.discord.rest import PREFIX, Call, Fault, Rest
from tests.servers.discord.world import DM, TEXT_CHANNEL, Attachment, Channel, Guild, Interaction, Message

TOKEN = "a-token-for-tests"


class DiscordServer:
    """The stand-in for the platform. Use it as an async context manager.

    ``record=False`` forgets requests and keeps only the newest ``keep`` interactions and messages of a
    channel, for measurements.
    """

    def __init__(self, *, token: str = TOKEN, record: bool = True, keep: int = 10_000) -> None:
        self.token = token
        self.record = record
        self.keep = keep
        self.heartbeat_interval = 41_250
        self.acknowledge_heartbeats = True
        self.heartbeats = 0
        self.resumes = 0
        self.shards = 1
        self.calls: list[Call] = []
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.names: dict[str, str] = {}
        self.files: dict[str, Attachment] = {}
        self.interactions: dict[str, Interaction] = {}
        self.by_token: dict[str, Interaction] = {}
        self.commands: dict[str | None, list[dict[str, Any]]] = {}
        """Registered commands by server id; None for the global ones."""
        self.command_writes = 0
        self.nonces: dict[str | int, tuple[float, Message]] = {}
        self._offset = 0.0
        self._last_snowflake = 0
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []
        self._runner: web.ServerRunner | None = None
        self._port = 0
        self.payloads = Payloads(self)
        self.gateway = Gateway(self)
        self.rest = Rest(self)
        self.application_id = self.bot_id = self.snowflake()
        self.names[self.bot_id] = "Cohort Bot"
        self.bots = {self.bot_id}
        self.home = self.add_guild("Research cohort")
        self.general = self.add_channel("general")
        self._routes()

    # Life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen on loopback, on a free port unless one is given."""
        self._runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close every connection and stop listening."""
        self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def base_url(self) -> str:
        """Where the server listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What ``discord.http.Route.BASE`` is to be set to."""
        return self.base_url + PREFIX

    @property
    def gateway_url(self) -> str:
        """The gateway's address."""
        return f"ws://127.0.0.1:{self._port}/gateway"

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith(PREFIX):
            return await self.rest.serve(request)
        if path.startswith("/gateway"):
            return await self.gateway.serve(request)
        if path.startswith("/attachments/") and (file := self.files.get(path.split("/")[2])):
            return web.Response(body=file.data, content_type=file.media_type)
        return web.Response(status=404)

    def _routes(self) -> None:
        route = self.rest.route

        async def gateway_bot(_call: Call) -> Any:
            limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
            return {"url": self.gateway_url, "shards": self.shards, "session_start_limit": limit}

        async def me(_call: Call) -> Any:
            return self.payloads.user(self.bot_id)

        async def application(_call: Call) -> Any:
            bot = self.payloads.user(self.bot_id)
            return {
                "id": self.application_id,
                "name": "cohort-bot",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "0" * 64,
                "flags": 0,
                "owner": bot,
                "bot": bot,
            }

        async def one_guild(_call: Call, guild: str) -> Any:
            return self.payloads.guild(self.find_guild(guild))

        async def one_member(_call: Call, guild: str, user: str) -> Any:
            found = self.find_guild(guild)
            if user not in self.names:
                raise Refused(404, 10013)
            if user not in [*found.members, self.bot_id]:
                raise Refused(404, 10007)
            return self.payloads.member(user, found)

        async def one_user(_call: Call, user: str) -> Any:
            if user not in self.names:
                raise Refused(404, 10013)
            return self.payloads.user(user)

        async def guild_channels(_call: Call, guild: str) -> Any:
            return [self.payloads.channel(c) for c in self.find_guild(guild).channels.values()]

        route("GET", "/gateway/bot", self.rest.plain(gateway_bot))
        route("GET", "/gateway", self.rest.plain(gateway_bot))
        route("GET", "/users/@me", self.rest.plain(me))
        route("GET", "/applications/@me", self.rest.plain(application))
        route("GET", "/oauth2/applications/@me", self.rest.plain(application))
        route("GET", "/users/*", self.rest.plain(one_user))
        route("GET", "/guilds/*", self.rest.plain(one_guild))
        route("GET", "/guilds/*/channels", self.rest.plain(guild_channels))
        route("GET", "/guilds/*/members/*", self.rest.plain(one_member))
        messages.add_routes(self)
        interactions.add_routes(self)
        registration.add_routes(self)

    # Time, ids, waiting

    def now(self) -> float:
        """The server's own seconds, which a test can move forward."""
        return time.monotonic() + self._offset

    def advance(self, seconds: float) -> None:
        """Let the server's clock jump, so that tokens grow old without anybody waiting."""
        self._offset += seconds

    def timestamp(self) -> str:
        """Now, as messages carry it."""
        return datetime.now(UTC).isoformat()

    def snowflake(self) -> str:
        """A new id, larger than all before, that tells the time it was made."""
        made = (int(time.time() * 1000) - EPOCH_MS) << 22
        self._last_snowflake = max(made, self._last_snowflake + 1)
        return str(self._last_snowflake)

    async def until(self, condition: Callable[[], bool], within: float = 5.0) -> None:
        """Wait until something that the server knows becomes true; it is asked whenever something happens.

        Raises `TimeoutError` after ``within`` seconds.
        """
        if condition():
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((condition, future))
        await asyncio.wait_for(future, within)

    def notify(self) -> None:
        """Something happened: ask the conditions that are waited for."""
        if not self._waiting:
            return
        still = []
        for condition, future in self._waiting:
            if future.done():
                continue
            if condition():
                future.set_result(None)
            else:
                still.append((condition, future))
        self._waiting = still

    def fault(self, method: str, pattern: str, fault: Fault, times: int = 1) -> None:
        """Let the next ``times`` matching requests run into a fault (see :mod:`rest`)."""
        self.rest.fault(method, pattern, fault, times)

    # The world

    def add_guild(self, name: str) -> Guild:
        """A server that the bot is in."""
        owner = self.snowflake()
        self.names[owner] = f"Owner of {name}"
        guild = Guild(self.snowflake(), name, owner)
        self.guilds[guild.id] = guild
        return guild

    def add_channel(self, name: str, guild: Guild | None = None, kind: int = TEXT_CHANNEL) -> Channel:
        """A channel, by default for text and in the first server."""
        guild = guild or self.home
        channel = Channel(self.snowflake(), name, kind, guild)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    async def tell_channel(self, channel: Channel) -> None:
        """Tell a bot that is connected of a new channel."""
        assert channel.guild is not None, "a direct message is told of by its first message"
        await self.gateway.broadcast("CHANNEL_CREATE", self.payloads.channel(channel), channel.guild.id)

    def add_person(self, name: str, *, manager: bool = False, guild: Guild | None = None) -> Person:
        """Somebody in a server; a manager has Manage Server."""
        user = self.snowflake()
        self.names[user] = name
        where = guild or self.home
        where.members.append(user)
        if manager:
            where.held[user] = [self.add_role("Managers", MANAGE_GUILD, guild=where).id]
        return Person(self, user, name)

    def add_role(self, name: str, permissions: int, *holders: str, guild: Guild | None = None) -> Role:
        """A role of a server, and who holds it; of one for the bot while it is connected see `create_role`."""
        where = guild or self.home
        role = Role(self.snowflake(), name, permissions)
        where.roles[role.id] = role
        for user in holders:
            where.held.setdefault(user, []).append(role.id)
        return role

    async def create_role(self, name: str, permissions: int, guild: Guild | None = None) -> Role:
        """Somebody makes a role and gives it to the bot."""
        where = guild or self.home
        role = self.add_role(name, permissions, self.bot_id, guild=where)
        body = {"guild_id": where.id, "role": self.payloads.role(role, list(where.roles).index(role.id))}
        await self.gateway.broadcast("GUILD_ROLE_CREATE", body, where.id)
        member = self.payloads.member(self.bot_id, where) | {"guild_id": where.id}
        await self.gateway.broadcast("GUILD_MEMBER_UPDATE", member, where.id)
        return role

    async def create_channel(self, name: str, kind: int = TEXT_CHANNEL) -> Channel:
        """Somebody makes a channel in the first server."""
        channel = self.add_channel(name, kind=kind)
        await self.gateway.broadcast("CHANNEL_CREATE", self.payloads.channel(channel), self.home.id)
        return channel

    async def change_role(self, role: Role, permissions: int, guild: Guild | None = None) -> None:
        """Somebody changes what a role may do."""
        where, role.permissions = guild or self.home, permissions
        body = {"guild_id": where.id, "role": self.payloads.role(role, list(where.roles).index(role.id))}
        await self.gateway.broadcast("GUILD_ROLE_UPDATE", body, where.id)

    async def overwrite(self, channel: Channel, whose: str, *, allow: int = 0, deny: int = 0) -> None:
        """Somebody sets what a channel allows and denies to a role or a member, by its id."""
        guild = channel.guild
        assert guild is not None
        channel.overwrites[whose] = Overwrite(ROLE if whose in guild.roles else MEMBER, allow, deny)
        await self.gateway.broadcast("CHANNEL_UPDATE", self.payloads.channel(channel), guild.id)

    def may(self, channel: Channel, permission: int) -> bool:
        """Whether the bot has a permission in a channel. In direct messages it may all that is asked here."""
        return channel.guild is None or bool(self.payloads.permissions(self.bot_id, channel) & permission)

    def direct(self, user: str) -> Channel:
        """The direct messages between the bot and somebody."""
        for channel in self.channels.values():
            if channel.kind == DM and channel.recipient == user:
                return channel
        channel = Channel(self.snowflake(), self.names[user], DM, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def remove_person(self, person: Person, guild: Guild | None = None) -> None:
        """Somebody leaves a server, or is banned from it; a bot without a privileged intent is not told."""
        (guild or self.home).members.remove(person.id)

    async def show_channel(self, channel: Channel, people: list[Person] | None) -> None:
        """Make a channel private to some people, or open it to everybody again."""
        guild = channel.guild
        assert guild is not None, "a direct message is private anyhow"
        channel.overwrites = {}
        if people is not None:
            channel.overwrites[guild.id] = Overwrite(ROLE, deny=VIEW_CHANNEL)
            for user in (*(each.id for each in people), self.bot_id):
                channel.overwrites[user] = Overwrite(MEMBER, allow=VIEW_CHANNEL)
        await self.gateway.broadcast("CHANNEL_UPDATE", self.payloads.channel(channel), guild.id)

    async def rename_channel(self, channel: Channel, name: str) -> None:
        """Somebody gives a channel another name."""
        assert channel.guild is not None, "a direct message has no name"
        channel.name = name
        await self.gateway.broadcast("CHANNEL_UPDATE", self.payloads.channel(channel), channel.guild.id)

    async def remove_channel(self, channel: Channel) -> None:
        """Somebody deletes a channel."""
        self.channels.pop(channel.id, None)
        if channel.guild is not None:
            channel.guild.channels.pop(channel.id, None)
            await self.gateway.broadcast("CHANNEL_DELETE", self.payloads.channel(channel), channel.guild.id)

    async def remove_bot(self, guild: Guild, *, outage: bool = False) -> None:
        """The bot is removed from a server, or the server has an outage."""
        guild.has_bot = outage
        body = {"id": guild.id, "unavailable": True} if outage else {"id": guild.id}
        await self.gateway.broadcast("GUILD_DELETE", body, guild.id)

    async def return_bot(self, guild: Guild) -> None:
        """The bot is added to a server again, or an outage ends."""
        body = self.payloads.guild(guild)
        if not guild.has_bot:
            del body["unavailable"]  # only told when a known server comes or becomes available
        guild.has_bot = True
        await self.gateway.broadcast("GUILD_CREATE", body, guild.id)

    def meets(self, user: str) -> bool:
        """Whether somebody and the bot are in one server."""
        return any(guild.has_bot and user in guild.members for guild in self.guilds.values())

    def find_guild(self, guild: str) -> Guild:
        """A server that the bot can see, or the platform's refusal."""
        found = self.guilds.get(guild)
        if found is None or not found.has_bot:
            raise Refused(404, 10004)
        return found

    def find_channel(self, channel: str) -> Channel:
        """A channel that the bot can see, or the platform's refusal."""
        found = self.channels.get(channel)
        if found is None:
            raise Refused(404, 10003)
        if (found.guild is not None and not found.guild.has_bot) or not self.may(found, VIEW_CHANNEL):
            raise Refused(403, 50001)
        return found

    def guild_payload(self, guild: Guild) -> dict[str, Any]:
        """A server as GUILD_CREATE brings it."""
        return self.payloads.guild(guild)

    def user_payload(self, user: str) -> dict[str, Any]:
        """A user as READY brings it."""
        return self.payloads.user(user)

    @property
    def messages(self) -> list[Message]:
        """Every public message, channel by channel."""
        return [message for channel in self.channels.values() for message in channel.messages]
