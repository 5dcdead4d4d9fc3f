"""The playground's chat: keeps messages, shows them to the open pages, and takes the core's posts."""

import secrets
from typing import Any

from bot.playground import chatlog, render, world
from bot.playground.chatlog import Message
from bot.playground.hub import Hub
from core.chat.model import Reply
from core.clock import Clock
from core.delivery.outlet import Outgoing
from core.errors import StoreError, TargetGone, TryLater
from core.store.port import Store


class Room:
    """Where things are said. Also the playground's outlet for posts."""

    platform = world.PLATFORM
    pace = 0.0
    supports_ephemeral = False

    def __init__(self, store: Store, clock: Clock, hub: Hub) -> None:
        self._store = store
        self._clock = clock
        self._hub = hub

    async def say(
        self, place: str, author: str, body: dict[str, Any], blobs: tuple[render.Blob, ...] = (), *,
        id_: str | None = None, thread: str | None = None, reader: str | None = None,
        via: dict[str, Any] | None = None, key: str | None = None,
    ) -> str:  # fmt: skip
        """Keep a message and show it. With an `id_` or `key` that is known, nothing is said again."""
        message = Message(
            id_ or secrets.token_hex(8),
            place,
            author,
            self._clock.now(),
            body,
            thread,
            reader,
            via,
            key,
        )
        known = await self._store.read(chatlog.get, message.id)
        if known is not None:
            return known.id
        id_ = await self._store.write(chatlog.add, message, blobs)
        await self._show("message", id_)
        if thread is not None:
            await self._show("edit", thread)
        return id_

    async def answer(
        self, id_: str, place: str, thread: str | None, caller: str, reply: Reply, via: dict[str, Any], *,
        instead: bool = False,
    ) -> None:  # fmt: skip
        """Show a reply to a call where the call was made, to everybody or to the caller alone; `instead` of
        what was shown under this id before."""
        rendered = render.reply(reply)
        known = await self._store.read(chatlog.get, id_) if instead else None
        if known is not None:
            if known.body != rendered.body:  # else there is nothing new to see
                await self._store.write(chatlog.edit, id_, rendered.body, rendered.blobs)
                await self._show("edit", id_)
            return
        reader = caller if reply.private and not place.startswith(world.DIRECT) else None
        await self.say(
            place, world.BOT, rendered.body, rendered.blobs, id_=id_, thread=thread, reader=reader, via=via
        )

    async def _show(self, kind: str, id_: str) -> None:
        message = await self._store.read(chatlog.get, id_)
        if message is not None:
            self._hub.push(kind, message)

    async def send(self, message: Outgoing) -> str:
        """Post it, once for each key. Returns the id of the message."""
        target = message.target
        place = world.direct(target.channel) if target.direct else target.channel
        if not (world.persona(target.channel) if target.direct else world.channel(place)):
            raise TargetGone("There is no such place in the playground.")
        rendered = render.reply(message.reply)
        try:
            return await self.say(
                place, world.BOT, rendered.body, rendered.blobs, thread=message.thread_of, key=message.key
            )
        except StoreError as error:
            raise TryLater(str(error)) from error

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Show another reply in place of what a message showed."""
        rendered = render.reply(message.reply)
        try:
            if not await self._store.write(chatlog.edit, message_id, rendered.body, rendered.blobs):
                raise TargetGone("This message is not there any more.")
        except StoreError as error:
            raise TryLater(str(error)) from error
        await self._show("edit", message_id)

    async def find(self, message: Outgoing) -> str | None:
        """The message under which this key was posted already."""
        try:
            return await self._store.read(chatlog.find, message.key)
        except StoreError as error:
            raise TryLater(str(error)) from error
