"""What `doctor` asks Discord: whose the token is, whether the commands are registered, and what the bot may do in the
cohorts' channels."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
import discord
from discord.http import Route

from bot.discord.channels import REMEDY, lacking
from bot.discord.registration import application_commands
from bot.findings import Finding, clock, each_as_it_comes
from core.chat.model import Place
from core.clock import SystemClock
from core.commands.registry import discover

if TYPE_CHECKING:
    from bot.discord import DiscordSettings

_REACH = "Look whether this machine reaches Discord: a proxy, a firewall, its status page."
_INVITE = (
    "https://discord.com/oauth2/authorize?client_id={id}&scope=bot+applications.commands&permissions={rights}"
)
_RIGHTS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    create_public_threads=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
)
_FEW_STARTS = 20
"""Connections that a bot should have left for the day."""
_FAILURES = (discord.DiscordException, aiohttp.ClientError, OSError)


async def examine(settings: "DiscordSettings", channels: Sequence[Place]) -> AsyncIterator[Finding]:
    """The token, the intents, how often it may still connect today, the commands, the clock, and each channel."""
    assert settings.discord_token is not None  # noqa: S101 - without it Discord is not connected
    if settings.discord_api_url is not None:
        Route.BASE = settings.discord_api_url.rstrip("/")
    client = discord.Client(intents=discord.Intents(guilds=True, dm_messages=True))
    try:
        try:
            await client.login(settings.discord_token.get_secret_value())
        except discord.LoginFailure:
            mend = "Make a new one on the page Bot of the developer portal, set it, and start the bot again."
            yield Finding("DISCORD_TOKEN", "Discord refuses it", mend)
            return
        except _FAILURES as error:
            yield Finding("DISCORD_TOKEN", f"Discord cannot be reached ({type(error).__name__})", _REACH)
            return
        async for finding in _bot(client):
            yield finding
        servers = dict.fromkeys(each.workspace for each in channels)
        found = {each.id: each async for each in each_as_it_comes(partial(_server, client), servers)}
        async for finding in each_as_it_comes(
            lambda place: _channel(found[place.workspace], place), channels
        ):
            yield finding
    finally:
        await client.close()


async def _bot(client: discord.Client) -> AsyncIterator[Finding]:
    yield Finding("DISCORD_TOKEN", f"{client.user}")
    yield Finding("intents", "guilds and direct messages, which need no approval")
    try:
        yield await _starts(client)
        yield await _commands(client)
        async with aiohttp.ClientSession() as session, session.get(f"{Route.BASE}/gateway") as answer:
            time = clock("Discord", answer.headers.get("Date"), SystemClock().now())
    except _FAILURES as error:
        yield Finding("Discord", f"did not answer ({type(error).__name__})", _REACH)
        return
    if time is not None:
        yield time


async def _starts(client: discord.Client) -> Finding:
    _, _, limit = await client.http.get_bot_gateway()
    left, total = int(limit["remaining"]), int(limit["total"])
    if left < _FEW_STARTS:
        hours = max(1, round(int(limit["reset_after"]) / 3_600_000))
        mend = (
            f"Something starts the bot over and over; look into its log. The count begins anew in {hours} h."
        )
        return Finding("connections", f"{left} of {total} are left for today", mend)
    return Finding("connections", f"{left} of {total} are left for today")


async def _commands(client: discord.Client) -> Finding:
    application = client.application_id
    assert application is not None  # noqa: S101 - known since the login
    there = {each["name"] for each in await client.http.get_global_commands(application)}
    missing = [each["name"] for each in application_commands(discover()) if each["name"] not in there]
    if missing:
        return Finding("commands", f"{', '.join(missing)} are registered at the next start")
    return Finding("commands", f"all {len(there)} groups are registered")


@dataclass(frozen=True, slots=True)
class _Server:
    """A server with the bot as its member; else what is to be said of the channels there, and done."""

    id: str
    bot: discord.Member | None
    said: str = ""
    mend: str = ""


async def _server(client: discord.Client, id_: str) -> _Server:
    assert client.user is not None  # noqa: S101 - known since the login
    try:
        guild = await client.fetch_guild(int(id_), with_counts=False)
        return _Server(id_, await guild.fetch_member(client.user.id))
    except discord.NotFound:
        mend = _INVITE.format(id=client.application_id, rights=_RIGHTS.value)
        return _Server(id_, None, "I am not in its server", f"Invite me with {mend}")
    except _FAILURES as error:
        return _Server(id_, None, f"Discord did not answer ({type(error).__name__})", _REACH)


async def _channel(server: _Server, place: Place) -> Finding:
    name = f"#{place.name}" if place.name else place.id
    if server.bot is None:
        return Finding(name, server.said, server.mend)
    try:
        found = await server.bot.guild.fetch_channel(int(place.id))
    except discord.NotFound:
        return Finding(name, "is gone", "Choose another one with /cohort-admin channel.")
    except discord.Forbidden:
        return Finding(name, "I cannot see it", REMEDY)
    except _FAILURES as error:
        return Finding(name, f"Discord did not answer ({type(error).__name__})", _REACH)
    if isinstance(found, discord.Thread):
        return Finding(name, "is no channel for a cohort", "Choose another one with /cohort-admin channel.")
    missing = lacking(found.permissions_for(server.bot).value)
    if missing:
        return Finding(name, f"I lack {', '.join(missing.values())}", REMEDY)
    return Finding(name, "I may see it, write, open threads, embed and attach")
