"""Looking at a channel of the playground, in which everybody may do everything."""

from bot.playground import workspace
from core.chat.channels import ChannelReport, Unfit
from core.chat.model import ChannelRef, Request


class PlaygroundInspector:
    """See `core.chat.channels.ChannelInspector`."""

    async def inspect(self, _request: Request, channel: ChannelRef) -> ChannelReport:
        """Whether there is such a channel."""
        if channel.id.startswith(workspace.DIRECT):
            return ChannelReport("", Unfit.CONVERSATION)
        found = workspace.channel(channel.id)
        return ChannelReport(found.id) if found else ChannelReport("", Unfit.NOT_FOUND)
