"""Whether an account is still in a server and can see a cohort's home channels, as Discord says of that one member:
no privileged intent tells who comes and goes."""

import asyncio
from collections.abc import Callable, Sequence

import aiohttp
import discord
import structlog

from bot.logs import describe_error
from core.chat.model import Place
from core.cohorts.presence import AccountFacts, AccountState

log = structlog.get_logger()

TIMEOUT = 1.5
"""Seconds for what is asked of Discord about one member; an interaction has three in all."""
NOT_A_MEMBER = frozenset({10007, 10013})
"""Discord knows no such member of the server, or no such user at all."""


class DiscordAccounts:
    """See `core.cohorts.presence.AccountLookup`. `client` gives the client that is connected now."""

    def __init__(self, client: Callable[[], discord.Client]) -> None:
        self._client = client

    async def look_up(self, user: str, homes: Sequence[Place]) -> AccountFacts:
        """What Discord says of somebody and these channels."""
        channels: dict[str, list[int]] = {}
        for home in homes:
            channels.setdefault(home.workspace, []).extend([int(home.id)] if home.id else [])
        found = await asyncio.gather(
            *(self._in_server(user, server, those) for server, those in channels.items())
        )
        for state in (AccountState.INSIDE, AccountState.BOT, AccountState.UNKNOWN):
            for facts in found:
                if facts.state is state:
                    return facts
        return next(iter(found), AccountFacts(AccountState.UNKNOWN))

    async def _in_server(self, user: str, server: str, channels: Sequence[int]) -> AccountFacts:
        guild = self._client().get_guild(int(server))
        if guild is None or guild.unavailable:
            return AccountFacts(AccountState.UNKNOWN)  # the bot is out, or Discord is
        if not (user.isascii() and user.isdecimal()):
            return AccountFacts(AccountState.OUTSIDE)
        try:
            async with asyncio.timeout(TIMEOUT):
                member = await guild.fetch_member(int(user))
        except discord.NotFound as error:
            gone = error.code in NOT_A_MEMBER
            return AccountFacts(AccountState.OUTSIDE if gone else AccountState.UNKNOWN)
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            log.warning("Discord did not say whether somebody is there", reason=describe_error(error))
            return AccountFacts(AccountState.UNKNOWN)
        state = AccountState.BOT if member.bot else await self._in_channels(guild, member, channels)
        return AccountFacts(state, member.display_name, member.name)

    async def _in_channels(
        self, guild: discord.Guild, member: discord.Member, channels: Sequence[int]
    ) -> AccountState:
        """Whether a member can see one of these channels. One that the bot does not see says nothing; where all of
        them were deleted, being in the server is enough."""
        hidden = left = False
        for channel in channels:
            found = guild.get_channel(channel)
            if found is not None and found.permissions_for(member).view_channel:
                return AccountState.INSIDE
            if found is not None:
                left = True
            elif not await self._is_deleted(channel):
                hidden = True
        if hidden:
            return AccountState.UNKNOWN
        return AccountState.OUTSIDE if left else AccountState.INSIDE

    async def _is_deleted(self, channel: int) -> bool:
        """Whether a channel that the bot does not see is not there any more."""
        try:
            async with asyncio.timeout(TIMEOUT):
                await self._client().http.get_channel(channel)
        except discord.NotFound:
            return True
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError):
            return False
        return False
