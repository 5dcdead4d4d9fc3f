"""Looking at a channel of a server: what the bot and a caller may do there, and whether it can be a cohort's.

For the channel that a call came from, Discord tells both with the call. For another one they follow from roles and the
channel's overwrites, asked of Discord at that moment; discord.py does the arithmetic.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import ChannelType, Permissions

from core.chat.channels import ChannelPeople, ChannelReport, Right, Unfit
from core.chat.model import ChannelRef, Place, Request

log = structlog.get_logger()

LOOKUP_SECONDS = 8.0
"""Seconds for all that is asked of Discord about one channel."""

REMEDY: Final = "Somebody who manages this server opens the channel's settings, adds me under *Permissions* and allows these there."

NO_LIST: Final = "Discord does not tell me who is in a channel."

_NEEDED: Final[Mapping[Right, tuple[tuple[int, str], ...]]] = {
    Right.SEE: ((Permissions(view_channel=True).value, "View Channel"),),
    Right.POST: ((Permissions(send_messages=True).value, "Send Messages"),),
    Right.THREAD: (
        (Permissions(create_public_threads=True).value, "Create Public Threads"),
        (Permissions(send_messages_in_threads=True).value, "Send Messages in Threads"),
    ),
    Right.EMBED: ((Permissions(embed_links=True).value, "Embed Links"),),
    Right.ATTACH: ((Permissions(attach_files=True).value, "Attach Files"),),
}
"""The permissions that each right takes: Discord's bits, and what its settings call them."""
_ADMINISTRATOR: Final = Permissions(administrator=True).value
_CALLER_NEEDS: Final = (Right.SEE, Right.POST)

_UNFIT: Final[Mapping[int, Unfit]] = {
    ChannelType.private.value: Unfit.CONVERSATION,
    ChannelType.voice.value: Unfit.VOICE,
    ChannelType.group.value: Unfit.CONVERSATION,
    ChannelType.category.value: Unfit.CATEGORY,
    ChannelType.news_thread.value: Unfit.THREAD,
    ChannelType.public_thread.value: Unfit.THREAD,
    ChannelType.private_thread.value: Unfit.THREAD,
    ChannelType.stage_voice.value: Unfit.VOICE,
    ChannelType.forum.value: Unfit.FORUM,
    ChannelType.media.value: Unfit.FORUM,
}
_FIT: Final = frozenset({ChannelType.text.value, ChannelType.news.value})

MISSING_ACCESS: Final = 50001
_GONE: Final = frozenset({10003, 10013, 10007})
"""Discord knows no such channel, user or member."""


def lacking(permissions: int, needed: tuple[Right, ...] = tuple(_NEEDED)) -> dict[Right, str]:
    """The rights among `needed` that these permissions do not give, with Discord's words for them. An
    administrator lacks none."""
    if permissions & _ADMINISTRATOR:
        return {}
    missing = {
        right: " and ".join(words for bit, words in _NEEDED[right] if not permissions & bit)
        for right in needed
    }
    return {right: words for right, words in missing.items() if words}


def unfit(kind: int) -> Unfit | None:
    """Why a channel of this type is no home; None for one that can be."""
    return None if kind in _FIT else _UNFIT.get(kind, Unfit.OTHER)


def report(name: str, kind: int, bot: int, caller: int) -> ChannelReport:
    """How the bot and a caller stand in a channel, by its type and the permissions of both."""
    return ChannelReport(name, unfit(kind), lacking(bot), lacking(caller, _CALLER_NEEDS), REMEDY)


def told(event: Mapping[str, Any]) -> ChannelReport | None:
    """What an interaction tells of the channel that it came from; None where it tells nothing."""
    channel, member, bot = event.get("channel") or {}, event.get("member") or {}, event.get("app_permissions")
    if "type" not in channel or "permissions" not in member or bot is None:
        return None
    return report(channel.get("name") or "", channel["type"], int(bot), int(member["permissions"]))


class DiscordInspector:
    """See `core.chat.channels.ChannelInspector`. `client` gives the client that is connected now."""

    def __init__(self, client: Callable[[], discord.Client]) -> None:
        self._client = client

    async def inspect(self, request: Request, channel: ChannelRef) -> ChannelReport:
        """How the bot and the caller stand in a channel of the caller's server."""
        if request.here is not None and channel.id == request.place.id:
            return request.here
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                return await self._look_up(request, channel)
        except discord.HTTPException as error:
            if error.code in _GONE:
                return ChannelReport(channel.name, Unfit.NOT_FOUND)
            log.warning("Discord did not tell about a channel", status=error.status, code=error.code)
        except discord.InvalidData:  # it is in another server, or of a type that discord.py does not know
            return ChannelReport(channel.name, Unfit.NOT_FOUND)
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            log.warning("Discord did not tell about a channel", reason=type(error).__name__)
        return ChannelReport(channel.name, Unfit.UNKNOWN)

    async def others(
        self, _request: Request, _channels: Sequence[Place], _known: Collection[str], _most: int
    ) -> ChannelPeople:
        """Nobody: Discord lists members for bots with a privileged intent alone, which this one does without."""
        return ChannelPeople(untold=NO_LIST)

    async def _look_up(self, request: Request, channel: ChannelRef) -> ChannelReport:
        client = self._client()
        guild = client.get_guild(int(request.place.workspace))
        if guild is None or client.user is None or not channel.id.isdecimal():
            return ChannelReport(channel.name, Unfit.UNKNOWN if guild is None else Unfit.NOT_FOUND)
        try:
            found = await guild.fetch_channel(int(channel.id))
        except discord.Forbidden as error:
            if error.code != MISSING_ACCESS:
                raise
            return ChannelReport(channel.name, None, lacking(0), {}, REMEDY)
        if isinstance(found, discord.Thread):
            return ChannelReport(found.name, Unfit.THREAD)
        bot, caller = await asyncio.gather(
            guild.fetch_member(client.user.id), guild.fetch_member(int(request.person.id))
        )
        permissions = [found.permissions_for(each).value for each in (bot, caller)]
        return report(found.name, found.type.value, *permissions)
