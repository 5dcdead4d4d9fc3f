"""What somebody may do in a channel, computed as Discord's reference says: roles, then overwrites, then what follows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.discord.world import Channel, Guild

ADMINISTRATOR = 1 << 3
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
USE_APPLICATION_COMMANDS = 1 << 31
CREATE_PUBLIC_THREADS = 1 << 35
SEND_MESSAGES_IN_THREADS = 1 << 38

EVERYTHING = (1 << 53) - 1
ORDINARY = (
    VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS
)
"""What everybody may do in a new server, as far as it concerns a bot."""

ROLE, MEMBER = 0, 1
"""Discord's types of overwrites."""

_SENDING = MENTION_EVERYONE | EMBED_LINKS | ATTACH_FILES
"""What nobody can do who may not send messages."""


@dataclass(eq=False)
class Role:
    """A role of a server. The one with the server's own id is everybody's."""

    id: str
    name: str
    permissions: int = 0


@dataclass
class Overwrite:
    """What a channel allows and denies to a role or a member."""

    kind: int
    allow: int = 0
    deny: int = 0


def in_guild(guild: "Guild", user: str) -> int:
    """What a member may do in a server at large."""
    if user == guild.owner:
        return EVERYTHING
    held = guild.roles[guild.id].permissions
    for role in guild.roles_of(user):
        held |= role.permissions
    return EVERYTHING if held & ADMINISTRATOR else held


def in_channel(channel: "Channel", user: str) -> int:
    """What a member may do in a channel of a server; in a thread, what its parent says."""
    guild = channel.guild
    assert guild is not None, "direct messages have no permissions"
    base = in_guild(guild, user)
    if base & ADMINISTRATOR:  # also the owner
        return EVERYTHING
    where = channel.parent or channel
    roles = [role.id for role in guild.roles_of(user)]
    return implied(overwritten(base, where.overwrites, guild.id, roles, user))


def overwritten(
    base: int, overwrites: Mapping[str, Overwrite], everyone: str, roles: Iterable[str], user: str
) -> int:
    """Permissions after a channel's overwrites: everybody's, then those of all roles together, then the member's
    own; in each step what is denied goes before what is allowed."""
    held = base
    if (first := overwrites.get(everyone)) is not None:
        held = held & ~first.deny | first.allow
    allow = deny = 0
    for role in roles:
        if (found := overwrites.get(role)) is not None:
            allow, deny = allow | found.allow, deny | found.deny
    held = held & ~deny | allow
    if (own := overwrites.get(user)) is not None:
        held = held & ~own.deny | own.allow
    return held


def implied(held: int) -> int:
    """Without seeing a channel nobody can do anything in it; without sending, nothing that is sent."""
    if not held & VIEW_CHANNEL:
        return 0
    return held if held & SEND_MESSAGES else held & ~_SENDING
