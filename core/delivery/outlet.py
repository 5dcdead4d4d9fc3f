"""The port through which posts leave, one outlet per platform."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.chat.model import Place, Reply
from core.cohorts.directory import Recipient


@dataclass(frozen=True, slots=True)
class Target:
    """Where a post goes. With `direct`, `channel` is the id of a person and the post a direct message.

    `fallback_channel` is None unless that person's direct messages are closed: then it is a channel in which the
    platform may be able to show them the post alone, empty where there is none.
    """

    platform: str
    workspace: str
    channel: str
    direct: bool = False
    fallback_channel: str | None = None

    @property
    def key(self) -> str:
        """The part of a post's key that says where it goes."""
        return f"{self.platform}:{self.workspace}:{self.channel}"

    @property
    def channel_place(self) -> Place:
        """The channel that it is, where it is one."""
        return Place(self.platform, self.workspace, self.channel)

    @classmethod
    def place(cls, place: Place) -> "Target":
        """A channel."""
        return cls(place.platform, place.workspace, place.channel)

    @classmethod
    def person(cls, reached: Recipient) -> "Target":
        """A member, wherever they can be reached."""
        return cls(
            reached.platform,
            reached.workspace,
            reached.user_id,
            direct=True,
            fallback_channel=reached.fallback_channel,
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """What a platform wants to lie between two direct messages that go to many, in one workspace, and between two changes
    of such messages."""

    post: timedelta = timedelta(0)
    edit: timedelta = timedelta(0)


KeepParts = Callable[[Sequence[str]], Awaitable[None]]
"""Writes down what a post consists of now besides its message."""


async def keep_nothing(_parts: Sequence[str]) -> None:
    """For a post of which nothing is written down."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post on its way.

    `key` is the same at every attempt and different for every post; an outlet uses it so that no post
    appears twice. `thread_of` is the message (an outlet's own id) in whose thread it goes, `thread_name`
    what to call that thread where threads have names. `others` are the ids of messages known to be other
    posts, for an outlet that recognises a post by what it shows.

    `parts` are the outlet's own ids of what the post became besides its message, such as further messages and files.
    An outlet says with `keep_parts` what they are: before one can be read by anybody, and after one is gone. So nothing
    stands in a channel of which no row knows, whenever the process ends.
    """

    key: str
    target: Target
    reply: Reply
    thread_of: str | None = None
    thread_name: str = "Replies"
    others: frozenset[str] = frozenset()
    parts: tuple[str, ...] = ()
    keep_parts: KeepParts = keep_nothing


class Outlet(Protocol):
    """A platform that takes posts. Every method raises only a `core.errors.DeliveryError`."""

    platform: str
    pace: float
    """Seconds that the platform wants between two posts in one channel."""
    direct_pace: Pace
    """What it wants between direct messages to many."""
    supports_ephemeral: bool
    """Whether it can show a post in `target.fallback_channel` to one person alone, without a call of theirs."""

    async def send(self, message: Outgoing) -> str:
        """Post it. Returns the platform's id of the message, enough to edit it or reply in its thread."""
        ...

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Show `message.reply` in place of all that the post showed before, in its message and in `message.parts`.
        Raises a `core.errors.DeliveryError` that says what still stands where not all of it could be replaced."""
        ...

    async def find(self, message: Outgoing) -> str | None:
        """The id under which this key was posted already, None if it certainly was not. Raises `Uncertain`
        where that cannot be known."""
        ...
