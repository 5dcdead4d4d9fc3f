"""A local Discord for tests and measurements, spoken to by the real discord.py."""

from tests.servers.discord.people import Person
from tests.servers.discord.rest import drop_after, drop_before, hold, rate_limit, refuse
from tests.servers.discord.server import DiscordServer
from tests.servers.discord.world import Attachment, Channel, Guild, Interaction, Message

__all__ = [
    "Attachment",
    "Channel",
    "DiscordServer",
    "Guild",
    "Interaction",
    "Message",
    "Person",
    "drop_after",
    "drop_before",
    "hold",
    "rate_limit",
    "refuse",
]
