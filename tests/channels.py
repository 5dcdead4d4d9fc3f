"""A platform's channels as tests of the core want them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from core.chat.channels import ChannelPeople, ChannelReport
from core.chat.model import ChannelRef, Place, Request


@dataclass
class KnownChannels:
    """The `ChannelInspector` port in memory: everything may be done in a channel, unless its report says otherwise."""

    reports: dict[str, ChannelReport] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    """The names of those who are in every channel, by their ids."""
    untold: str = ""

    async def inspect(self, _request: Request, channel: ChannelRef) -> ChannelReport:
        """What is known of it."""
        self.asked.append(channel.id)
        return self.reports.get(channel.id, ChannelReport(channel.name))

    async def others(
        self, _request: Request, channels: Sequence[Place], known: Collection[str], most: int
    ) -> ChannelPeople:
        """Those who are not known."""
        assert channels, "nothing was asked about a channel"
        names = [name for id_, name in self.people.items() if id_ not in known]
        return ChannelPeople(tuple(names[:most]), len(names[most:]), self.untold)
