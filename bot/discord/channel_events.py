"""What Discord tells of the cohorts' channels: renamed, deleted, and whether the bot may post in them."""

import discord
import structlog

from core.chat.model import Place
from core.cohorts import places
from core.commands.dispatch import Core
from core.delivery import notices

log = structlog.get_logger()

PLATFORM = "discord"
DELETED = "The channel was deleted."


class DiscordChannelEvents:
    """What follows from events about servers, roles and channels; none needs a privileged intent."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def changed(self, guild: discord.Guild) -> None:
        """Something about a server, a role or a channel is new: see how the cohorts' channels there are called, and
        open those in which the bot may post. What it may not shows at the next post."""
        for each in await self._core.store.read(places.known, PLATFORM, str(guild.id)):
            channel = guild.get_channel(int(each.channel)) if each.channel.isdecimal() else None
            if channel is None:
                continue
            place = Place(PLATFORM, str(guild.id), each.channel, name=channel.name)
            if channel.name != each.name:
                await self._core.store.write(places.rename, place)
            if each.closed is not None and _may_post(channel):
                await self._core.store.write(places.reopen, place)
                log.info("a channel is open again", server=guild.id, channel=channel.id)

    async def deleted(self, channel: discord.abc.GuildChannel) -> None:
        """A channel is gone for good."""
        place = Place(PLATFORM, str(channel.guild.id), str(channel.id))
        if await self._core.store.read(places.known, PLATFORM, place.workspace, place.channel):
            await self._core.store.write(notices.close_channel, place, DELETED, self._core.clock.now())


def _may_post(channel: discord.abc.GuildChannel) -> bool:
    """Whether the bot's roles and the channel's overwrites let it post. discord.py keeps the bot's own membership."""
    bot = channel.guild.me
    if bot is None:
        return False
    allowed = channel.permissions_for(bot)
    return allowed.view_channel and allowed.send_messages
