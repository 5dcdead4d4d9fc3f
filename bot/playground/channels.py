"""Looking at a channel of the playground, in which everybody is and may do everything."""

from collections.abc import Collection, Sequence

from bot.playground import workspace
from core.chat.channels import ChannelPeople, ChannelReport, Unfit
from core.chat.model import ChannelRef, Place, Request


class PlaygroundInspector:
    """See `core.chat.channels.ChannelInspector`."""

    async def inspect(self, _request: Request, channel: ChannelRef) -> ChannelReport:
        """Whether there is such a channel."""
        if channel.id.startswith(workspace.DIRECT):
            return ChannelReport("", Unfit.CONVERSATION)
        found = workspace.channel(channel.id)
        return ChannelReport(found.id) if found else ChannelReport("", Unfit.NOT_FOUND)

    async def others(
        self, _request: Request, _channels: Sequence[Place], known: Collection[str], most: int
    ) -> ChannelPeople:
        """The made-up people who are not known."""
        names = [each.name for each in workspace.PEOPLE if each.id not in known]
        return ChannelPeople(tuple(names[:most]), len(names[most:]))
