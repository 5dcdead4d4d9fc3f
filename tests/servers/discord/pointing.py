"""Pointing discord.py at the local server, and back."""

from collections.abc import Iterator
from contextlib import contextmanager

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.servers.discord.server import DiscordServer


@contextmanager
def restored() -> Iterator[None]:
    """Put discord.py's addresses back as they were, whatever happens inside."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@contextmanager
def pointed_at(server: DiscordServer) -> Iterator[None]:
    """Let discord.py speak with the local server."""
    with restored():
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = server.api_url, yarl.URL(server.gateway_url)
        yield
