"""A platform's channels as tests of the core want them."""

from dataclasses import dataclass, field

from core.chat.channels import ChannelReport
from core.chat.model import ChannelRef, Request


@dataclass
class KnownChannels:
    """The `ChannelInspector` port in memory: everything may be done in a channel, unless its report says otherwise."""

    reports: dict[str, ChannelReport] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def inspect(self, _request: Request, channel: ChannelRef) -> ChannelReport:
        """What is known of it."""
        self.asked.append(channel.id)
        return self.reports.get(channel.id, ChannelReport(channel.name))
