"""The open pages: who looks as whom, and what is pushed to them."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.playground import render, world
from bot.playground.chatlog import Message
from bot.playground.payloads import Tree

BACKLOG = 2000
"""How many frames may wait for a page that reads slowly before it is let go; it then connects again."""


class PageConnection:
    """One open page. Frames are sent by its own task, so that a slow page holds nobody up."""

    def __init__(self, socket: web.WebSocketResponse, person: str) -> None:
        self.person = person
        self._socket = socket
        self._frames: asyncio.Queue[str] = asyncio.Queue(BACKLOG)

    def send(self, frame: Tree) -> None:
        """Put a frame in line."""
        try:
            self._frames.put_nowait(json.dumps(frame, ensure_ascii=False))
        except asyncio.QueueFull:
            asyncio.get_running_loop().create_task(self._socket.close()).add_done_callback(_looked_at)

    async def pump(self) -> None:
        """Send what is in line until the socket closes."""
        with contextlib.suppress(ConnectionError):
            while not self._socket.closed:
                await self._socket.send_str(await self._frames.get())

    async def close(self) -> None:
        """Say goodbye to the page."""
        await self._socket.close(code=1001)


def _looked_at(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


class Hub:
    """All open pages."""

    def __init__(self) -> None:
        self.pages: set[PageConnection] = set()

    def push(self, kind: str, message: Message) -> None:
        """Show a new or changed message to everybody who can see it."""
        for page in self.pages:
            if visible(message, page.person):
                page.send({"type": kind, "message": shown(message)})

    def tell(self, frame_for: Callable[[str], Tree]) -> None:
        """Send every page the frame made for its person."""
        made: dict[str, Tree] = {}
        for page in self.pages:
            if page.person not in made:
                made[page.person] = frame_for(page.person)
            page.send(made[page.person])

    async def close(self) -> None:
        """Let all pages go."""
        await asyncio.gather(*(page.close() for page in set(self.pages)))


def visible(message: Message, viewer: str) -> bool:
    """Whether a persona can see a message."""
    return world.may_see(viewer, message.place) and message.reader in (None, viewer)


def shown(message: Message) -> Tree:
    """A message as the page takes it."""
    return {
        "id": message.id,
        "order": message.number,
        "place": message.place,
        "thread": message.thread,
        "author": message.author,
        "at": render.instant(message.at),
        "private": message.reader is not None,
        "via": message.via,
        "replies": message.replies,
        "last_reply": render.instant(message.last_reply) if message.last_reply else None,
        **render.shown(message.body),
    }
