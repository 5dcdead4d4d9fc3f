"""The playground's chat: stores messages and shows them to the open pages."""

import secrets
from dataclasses import dataclass
from typing import Any

from bot.playground import messages, render, workspace
from bot.playground.connections import Connections
from bot.playground.messages import Message
from core.chat.model import Reply
from core.clock import Clock
from core.store.port import Store


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to be posted. `reader` is the only persona who can see it, None for everybody; `thread` is
    the message it replies to; `via` describes the call that it answers; `key` identifies a scheduled post."""

    place: str
    author: str
    body: dict[str, Any]
    blobs: tuple[render.Blob, ...] = ()
    id: str | None = None
    thread: str | None = None
    reader: str | None = None
    via: dict[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class CallOrigin:
    """Where a call was made and by whom. `answer_id` is the id of the message that answers it."""

    answer_id: str
    place: str
    thread: str | None
    caller: str
    via: dict[str, Any]


class Chat:
    """The messages of all places. Times are read from the playground's clock."""

    def __init__(self, store: Store, clock: Clock, connections: Connections) -> None:
        self._store = store
        self._clock = clock
        self._connections = connections

    async def post(self, new: NewMessage) -> str:
        """Store a message, show it, and return its id. Where its id or key exists already, nothing is posted
        again."""
        message = Message(
            id=new.id or secrets.token_hex(8),
            place=new.place,
            author=new.author,
            at=self._clock.now(),
            body=new.body,
            thread=new.thread,
            reader=new.reader,
            via=new.via,
            key=new.key,
        )
        existing = await self._store.read(messages.get, message.id)
        if existing is not None:
            return existing.id
        id_ = await self._store.write(messages.add, message, new.blobs)
        await self._push("message", id_)
        if new.thread is not None:
            await self._push("edit", new.thread)
        return id_

    async def answer(self, origin: CallOrigin, reply: Reply, *, replace: bool = False) -> None:
        """Show a reply where the call was made, to everybody or to the caller alone. `replace` overwrites the
        answer that this call has shown so far."""
        rendered = render.reply(reply)
        existing = await self._store.read(messages.get, origin.answer_id) if replace else None
        if existing is not None:
            if existing.body != rendered.body:  # an equal body needs no update on the pages
                await self.edit(origin.answer_id, rendered)
            return
        alone = reply.private and not origin.place.startswith(workspace.DIRECT)
        await self.post(
            NewMessage(
                origin.place,
                workspace.BOT,
                rendered.body,
                rendered.blobs,
                id=origin.answer_id,
                thread=origin.thread,
                reader=origin.caller if alone else None,
                via=origin.via,
            )
        )

    async def edit(self, id_: str, rendered: render.Rendered) -> bool:
        """Replace the body of a message and show it. False where there is no such message."""
        changed = await self._store.write(messages.edit, id_, rendered.body, rendered.blobs)
        if changed:
            await self._push("edit", id_)
        return changed

    async def press(self, id_: str, button: str, person: str) -> None:
        """Show that somebody pressed a button of a message, and that it changed something."""
        await self._store.write(messages.press, id_, button, person)
        await self._push("edit", id_)

    async def find(self, key: str) -> str | None:
        """The id of the message that was posted under a key."""
        return await self._store.read(messages.find, key)

    async def _push(self, kind: str, id_: str) -> None:
        message = await self._store.read(messages.get, id_)
        if message is not None:
            self._connections.push(kind, message)
