"""The connection to Discord: starts, stops, and hands interactions to the handler."""

import asyncio
from contextlib import suppress
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.discord.accounts import DiscordAccounts
from bot.discord.channel_events import DiscordChannelEvents
from bot.discord.channels import DiscordInspector
from bot.discord.files import Attachments
from bot.discord.greetings import DiscordGreetings, sender
from bot.discord.interactions import SAVED, DiscordInteractions
from bot.discord.outlet import DiscordOutlet, message_address
from bot.discord.payloads import PLATFORM, read_interaction
from bot.discord.rates import LIBRARY_WAIT, trace
from bot.discord.registration import CommandIds, application_commands, fingerprint
from bot.discord.responses import InteractionClient
from bot.discord.typed_text import TypedTexts
from core.chat.model import ChannelRef
from core.commands.dispatch import Core
from core.commands.stored_call import StoredCallCodec
from core.delivery import workspaces
from core.delivery.outlet import Outlet
from core.store import notes

log = structlog.get_logger()

DEFER_AFTER = 1.5
"""Seconds until an answer is deferred; Discord waits for 3."""
CONNECT_SECONDS = 30.0
DRAIN_SECONDS = 8.0
ANSWER_SECONDS = 60.0
"""For one request that answers, with its files; and, after the connection was lost, for the calls that it
brought, before a new one is made."""


class DiscordAdapter:
    """The bot on Discord.

    `api_url` is the REST interface of a test server, None for Discord itself. `defer_after`: see `DEFER_AFTER`.
    """

    name = PLATFORM

    def __init__(
        self, core: Core, token: str, *, api_url: str | None = None, defer_after: float = DEFER_AFTER
    ) -> None:
        self._core = core
        self._token = token
        self.channels = DiscordChannelEvents(core)
        self._api_url = api_url
        self._connection: asyncio.Task[None] | None = None
        self._greeted = asyncio.Event()
        self._down: set[int | None] = set()
        self._calls: set[asyncio.Task[Any]] = set()
        self._defer_after = defer_after
        self._session: aiohttp.ClientSession | None = None
        self._handler: DiscordInteractions | None = None
        self._greetings: DiscordGreetings | None = None
        self.inspector = DiscordInspector(lambda: self._client)
        self._command_ids = CommandIds()
        self._renew()
        core.accounts.lookups[PLATFORM] = DiscordAccounts(lambda: self._client)
        core.addresses[PLATFORM] = message_address

    def _renew(self) -> None:
        """A client that was closed cannot be opened again."""
        self._client = _Client(self)
        self.outlet: Outlet = DiscordOutlet(self._client, self._command_ids)
        self._greeted.clear()
        self._down.clear()

    async def start(self) -> None:
        """Log in, register the commands if they changed, connect. Returns when Discord has greeted.

        Raises `discord.LoginFailure` for a wrong token, `TimeoutError` when Discord does not greet; it may be
        called again then, and after the connection was lost. Whoever cancels it calls `stop`.
        """
        if self._client.is_closed():
            await self._finish(ANSWER_SECONDS)
            self._renew()
        if self._api_url is not None:
            Route.BASE = self._api_url.rstrip("/")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await self._client.login(self._token)
                self._open_client()
                if self._api_url is not None:
                    _, gateway, _ = await self._client.http.get_bot_gateway()
                    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway)
                self._connection = asyncio.create_task(self._client.connect(), name="discord")
                await self._register()
                await self._connected()
        except Exception:
            await self.stop()
            raise

    def _open_client(self) -> None:
        """Get ready to answer. The way to Discord needs the running loop and the application's id."""
        assert self._client.application_id is not None  # noqa: S101 - known since the login
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        )
        client = InteractionClient(self._session, self._client.application_id)
        fetch = Attachments(self._session, lambda: Route.BASE).fetch
        self._handler = DiscordInteractions(
            self._core,
            client,
            fetch,
            self._find_channel,
            TypedTexts(lambda: self._client),
            self._defer_after,
            self._command_ids,
        )
        codec = StoredCallCodec(self._core.store, self._core.clock, SAVED, self._core.admission.limits.drafts)
        self._greetings = DiscordGreetings(self._core, codec, sender(self._client), self._command_ids)

    async def _connected(self) -> None:
        """Wait for the greeting, or for the connection to fail for good."""
        assert self._connection is not None  # noqa: S101 - start() has just made it
        greeted = asyncio.ensure_future(self._greeted.wait())
        await asyncio.wait({greeted, self._connection}, return_when=asyncio.FIRST_COMPLETED)
        greeted.cancel()
        if self._connection.done():
            self._connection.result()
            raise ConnectionError("The connection to Discord was closed.")

    async def _register(self) -> None:
        """Register the commands, unless exactly these were registered before."""
        payload = application_commands(self._core.registry)
        application = self._client.application_id
        assert application is not None  # noqa: S101 - known since the login
        key, print_ = f"discord:commands:{application}", fingerprint(payload)
        if self._command_ids.load(await self._core.store.read(notes.get, key), print_):
            return
        registered = await self._client.http.bulk_upsert_global_commands(application, payload)
        self._command_ids.learn(registered)
        await self._core.store.write(notes.put, key, self._command_ids.dump(print_))
        log.info("commands registered", commands=len(self._core.registry.commands))

    async def stop(self) -> None:
        """Finish the calls in progress, then disconnect."""
        await self._finish(DRAIN_SECONDS)

    async def _finish(self, within: float) -> None:
        """Let the calls in progress end, for so many seconds, then let go of everything."""
        if self._calls:
            await asyncio.wait(self._calls, timeout=within)
        await self._client.close()
        if self._session is not None:
            await self._session.close()
        if self._connection is not None:
            self._connection.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await self._connection

    async def wait_closed(self) -> Exception:
        """Wait until discord.py has given up the connection. It makes a new one by itself for what passes;
        what is left are refusals, such as of a token that was reset, and what it did not expect."""
        connection = self._connection
        assert connection is not None  # noqa: S101 - there is one after the start
        await asyncio.wait({connection})
        error = None if connection.cancelled() else connection.exception()
        return error if isinstance(error, Exception) else ConnectionError("Discord closed the connection.")

    def healthy(self) -> bool:
        """Whether every shard is connected."""
        running = self._connection is not None and not self._connection.done()
        return running and self._greeted.is_set() and not self._down

    # What the client reports

    def received(self, event: dict[str, Any]) -> None:
        """Somebody called a command, clicked, typed or submitted a form."""
        assert self._handler is not None  # noqa: S101 - made before the connection
        try:
            call = read_interaction(event)
        except Exception:  # whatever it is: raised from here, it would end the connection
            log.exception("interaction cannot be read")
            return
        task = asyncio.create_task(self._handler.handle(call))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    def said(self, event: dict[str, Any]) -> None:
        """Somebody wrote to the bot in a direct message, or it did itself."""
        if self._greetings is None:
            return
        task = asyncio.create_task(self._greetings.answer(event))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    def _find_channel(self, server: str, channel: str) -> ChannelRef | None:
        """A channel or thread of a server, as far as the bot can see it."""
        guild = self._client.get_guild(int(server)) if server else None
        found = guild.get_channel_or_thread(int(channel)) if guild else None
        return ChannelRef(channel, found.name) if found else None

    def shard_up(self, shard: int | None) -> None:
        """A shard was greeted, or took its session up again."""
        self._down.discard(shard)
        self._greeted.set()

    def shard_down(self, shard: int | None) -> None:
        """A shard lost its connection; discord.py makes a new one."""
        self._down.add(shard)
        log.warning("disconnected from Discord", shard=shard)

    async def removed(self, guild: discord.Guild) -> None:
        """The bot was removed from a server. An outage is not reported here."""
        now = self._core.clock.now()
        count = await self._core.store.write(workspaces.mark_removed, PLATFORM, str(guild.id), now)
        log.info("removed from a server", server=guild.id, cohorts=count)

    async def added(self, guild: discord.Guild) -> None:
        """The bot is in a server: newly, again, or since it was last connected."""
        if self._client.get_guild(guild.id) is None:
            return  # discord.py tells some of this when it is ready, which may be after the bot was removed
        count = await self._core.store.write(
            workspaces.mark_returned, PLATFORM, str(guild.id), self._core.clock.now()
        )
        if count:
            log.info("back in a server", server=guild.id, cohorts=count)
        await self.channels.changed(guild)

    async def ready(self) -> None:
        """Every server the bot is in is known: it was removed from the others while it was away."""
        now = self._core.clock.now()
        present = {str(guild.id) for guild in self._client.guilds}
        count = await self._core.store.write(workspaces.keep_only, PLATFORM, present, now)
        if count:
            log.info("removed from servers while away", cohorts=count)


class _Client(discord.AutoShardedClient):
    """discord.py's client, which keeps nothing it does not need and passes events on."""

    def __init__(self, adapter: DiscordAdapter) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_ratelimit_timeout=LIBRARY_WAIT,
            http_trace=trace(),
        )
        self._adapter = adapter
        # The event as it came: discord.py would build a member, a channel and views that nobody needs here.
        self._connection.parsers["INTERACTION_CREATE"] = adapter.received
        self._connection.parsers["MESSAGE_CREATE"] = adapter.said

    async def on_shard_connect(self, shard: int) -> None:
        self._adapter.shard_up(shard)

    async def on_shard_resumed(self, shard: int) -> None:
        self._adapter.shard_up(shard)

    async def on_shard_disconnect(self, shard: int) -> None:
        self._adapter.shard_down(shard)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self._adapter.removed(guild)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        await self._adapter.added(guild)

    async def on_guild_channel_create(self, channel: discord.abc.GuildChannel) -> None:
        await self._adapter.channels.changed(channel.guild)

    async def on_guild_channel_update(self, _: object, after: discord.abc.GuildChannel) -> None:
        await self._adapter.channels.changed(after.guild)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self._adapter.channels.deleted(channel)

    async def on_guild_role_create(self, role: discord.Role) -> None:
        await self._adapter.channels.changed(role.guild)

    async def on_guild_role_update(self, _: object, after: discord.Role) -> None:
        await self._adapter.channels.changed(after.guild)

    async def on_guild_role_delete(self, role: discord.Role) -> None:
        await self._adapter.channels.changed(role.guild)

    async def on_member_update(self, _: object, after: discord.Member) -> None:
        if after == after.guild.me:
            await self._adapter.channels.changed(after.guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        await self._adapter.added(guild)

    async def on_ready(self) -> None:
        await self._adapter.ready()
