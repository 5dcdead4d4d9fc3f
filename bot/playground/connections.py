"""The WebSocket connections of the open pages: which persona each shows, and what is pushed to them."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from bot.playground import render, workspace
from bot.playground.messages import Message
from bot.playground.payloads import Tree

MAX_QUEUED_FRAMES = 2000
"""How many frames may wait for a page that reads slowly. Beyond that it is disconnected, and connects again."""


class PageConnection:
    """One open page. Frames are queued and sent by a task of their own, so that a slow page delays no other."""

    def __init__(self, socket: web.WebSocketResponse, person: str) -> None:
        self.person = person
        self._socket = socket
        self._frames: asyncio.Queue[str] = asyncio.Queue(MAX_QUEUED_FRAMES)

    def send(self, frame: Tree) -> None:
        """Queue a frame."""
        try:
            self._frames.put_nowait(json.dumps(frame, ensure_ascii=False))
        except asyncio.QueueFull:
            closing = asyncio.get_running_loop().create_task(self._socket.close())
            closing.add_done_callback(_discard_exception)

    async def send_queued(self) -> None:
        """Send queued frames until the socket closes."""
        with contextlib.suppress(ConnectionError):
            while not self._socket.closed:
                await self._socket.send_str(await self._frames.get())

    async def close(self) -> None:
        """Close the socket with the code for a server that is going away."""
        await self._socket.close(code=1001)


def _discard_exception(task: asyncio.Task[Any]) -> None:
    """Retrieve a task's exception, so that asyncio does not log that it was never retrieved."""
    if not task.cancelled():
        task.exception()


class Connections:
    """All open pages."""

    def __init__(self) -> None:
        self.pages: set[PageConnection] = set()

    def push(self, kind: str, message: Message) -> None:
        """Send a new or changed message to every page whose persona can see it."""
        for page in self.pages:
            if can_see(page.person, message):
                page.send({"type": kind, "message": message_tree(message, page.person)})

    def broadcast(self, frame_for: Callable[[str], Tree]) -> None:
        """Send every page the frame that `frame_for` makes for its persona."""
        frames: dict[str, Tree] = {}
        for page in self.pages:
            if page.person not in frames:
                frames[page.person] = frame_for(page.person)
            page.send(frames[page.person])

    async def close(self) -> None:
        """Disconnect all pages."""
        await asyncio.gather(*(page.close() for page in set(self.pages)))


def can_see(viewer: str, message: Message) -> bool:
    """Whether a persona can see a message."""
    return workspace.can_open(viewer, message.place) and message.reader in (None, viewer)


def message_tree(message: Message, viewer: str) -> Tree:
    """A message as the page of a persona takes it."""
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
        "pressed": sorted(button for button, person in message.presses if person == viewer),
        **render.without_calls(message.body),
    }
