"""What a platform tells of a channel before a cohort makes it its own, and the port through which it is asked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from core.chat.model import ChannelRef, Place, Request


class Right(StrEnum):
    """What somebody can do in a channel."""

    JOIN = "join"
    """Be a member of it, where a platform has members of channels."""
    SEE = "see"
    POST = "post"
    THREAD = "thread"
    """Open threads and write in them."""
    EMBED = "embed"
    """Show fields beside each other, which some platforms call embedding links."""
    ATTACH = "attach"
    """Attach pictures and files."""


class Unfit(StrEnum):
    """Why a place cannot be a cohort's channel, whatever may be done in it."""

    THREAD = "thread"
    FORUM = "forum"
    VOICE = "voice"
    CATEGORY = "category"
    CONVERSATION = "conversation"
    """A direct or group message."""
    ARCHIVED = "archived"
    NOT_FOUND = "not found"
    """There is none, or the caller may not know that there is."""
    UNKNOWN = "unknown"
    """The platform told nothing of it just now."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """How the bot and a caller stand in a channel.

    `bot_lacks` and `caller_lacks` are the rights that each has not, with the platform's own words for them.
    `remedy` is a sentence that says how the bot is given what it lacks there. What only a first post can show is
    not in here.
    """

    name: str = ""
    unfit: Unfit | None = None
    bot_lacks: Mapping[Right, str] = field(default_factory=dict)
    caller_lacks: Mapping[Right, str] = field(default_factory=dict)
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class ChannelPeople:
    """People in some channels: the names of the first, how many more there may be, and why they are not told, as a
    sentence that is empty where they are."""

    names: tuple[str, ...] = ()
    more: int = 0
    untold: str = ""


class ChannelInspector(Protocol):
    """A platform that can be asked about its channels."""

    async def inspect(self, request: "Request", channel: "ChannelRef") -> ChannelReport:
        """How the bot and the caller of a request stand in a channel of the caller's workspace. Never raises: of
        what the platform does not tell, the report says `Unfit.UNKNOWN`."""
        ...

    async def others(
        self, request: "Request", channels: "Sequence[Place]", known: Collection[str], most: int
    ) -> ChannelPeople:
        """Who is in those of the channels that the caller can see, without bots, guests and the accounts that are
        `known` by their ids: the names of `most` at most. Never raises; nobody is pinged."""
        ...
