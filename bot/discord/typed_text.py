"""Texts as people wrote them, out of the marks in which Discord sends mentions, custom emoji, times and commands."""

import asyncio
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
import discord

from bot.discord.accounts import TIMEOUT
from bot.discord.registration import STRING
from core import clock

MOST_NAMES = 5
"""People of one call whom Discord is asked about; whoever else is mentioned is "@somebody"."""

_MARK = re.compile(
    r"<(?:@!?(?P<user>\d{1,20})|@&(?P<role>\d{1,20})|#(?P<channel>\d{1,20})|a?:(?P<emoji>\w{1,32}):\d{1,20}"
    r"|t:(?P<time>-?\d{1,13})(?::[tTdDfFRsS])?|/(?P<command>[\w -]{1,100}):\d{1,20})>",
    re.ASCII,
)

Values = Mapping[str, tuple[int, Any]]
"""Values of options or fields by name, each with the type of its option."""


class TypedTexts:
    """Reads the texts of a call. `client` gives the client that is connected now."""

    def __init__(self, client: Callable[[], discord.Client]) -> None:
        self._client = client

    async def as_written(self, values: Values, server: str, resolved: Mapping[str, Any]) -> Values:
        """The values, the texts among them with what their marks stand for. `server` is where the call was made, empty
        in a direct message; `resolved` is what the interaction tells of those that it names."""
        marked = {
            key: value
            for key, (kind, value) in values.items()
            if kind == STRING and isinstance(value, str) and _MARK.search(value)
        }
        if not marked:
            return values
        guild = self._client().get_guild(int(server)) if server else None
        users = {match["user"] for text in marked.values() for match in _MARK.finditer(text)} - {None}
        people = {user: _told_name(user, resolved) for user in users}
        unknown = [user for user, name in people.items() if name is None][:MOST_NAMES]
        people.update(
            zip(unknown, await asyncio.gather(*(self._name(guild, each) for each in unknown)), strict=True)
        )

        def written(match: re.Match[str]) -> str:
            return _written(match, people, guild, resolved)

        return {**values, **{key: (STRING, _MARK.sub(written, text)) for key, text in marked.items()}}

    @staticmethod
    async def _name(guild: discord.Guild | None, user: str) -> str | None:
        """What somebody is called in the server; None where Discord does not tell in time."""
        if guild is None:
            return None
        try:
            async with asyncio.timeout(TIMEOUT):
                return (await guild.fetch_member(int(user))).display_name
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError):
            return None


def _written(
    match: re.Match[str],
    people: Mapping[str, str | None],
    guild: discord.Guild | None,
    resolved: Mapping[str, Any],
) -> str:
    if user := match["user"]:
        return f"@{people[user] or 'somebody'}"
    if role := match["role"]:
        known_role = guild.get_role(int(role)) if guild else None
        return f"@{_told('roles', role, resolved) or (known_role.name if known_role else 'role')}"
    if channel := match["channel"]:
        known = guild.get_channel_or_thread(int(channel)) if guild else None
        return f"#{_told('channels', channel, resolved) or (known.name if known else 'channel')}"
    if match["time"]:
        return _time(int(match["time"])) or match[0]
    return f":{match['emoji']}:" if match["emoji"] else f"/{match['command']}"


def _told_name(user: str, resolved: Mapping[str, Any]) -> str | None:
    nick = resolved.get("members", {}).get(user, {}).get("nick")
    data = resolved.get("users", {}).get(user, {})
    name: str | None = nick or data.get("global_name") or data.get("username")
    return name


def _told(kind: str, id_: str, resolved: Mapping[str, Any]) -> str | None:
    name: str | None = resolved.get(kind, {}).get(id_, {}).get("name")
    return name


def _time(seconds: int) -> str | None:
    """An instant as everybody reads it alike: a text is kept for readers in several zones."""
    try:
        at = datetime.fromtimestamp(seconds, UTC)
        return f"{clock.day_words(at.date())}, {clock.time_words(at)} UTC"
    except (ValueError, OverflowError, OSError):
        return None
