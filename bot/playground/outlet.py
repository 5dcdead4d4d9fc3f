"""Posts of the core as messages of the playground's chat."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.playground import render, workspace
from bot.playground.chat import Chat, NewMessage
from core.delivery.outlet import Outgoing, Pace
from core.errors import StoreError, TargetGone, TryLater


class PlaygroundOutlet:
    """See `core.delivery.outlet.Outlet`. There is no rate limit to keep."""

    platform = workspace.PLATFORM
    pace = 0.0
    direct_pace = Pace()
    supports_ephemeral = False

    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def send(self, message: Outgoing) -> str:
        """Post it, once for each key. Returns the id of the message."""
        target = message.target
        place = workspace.direct(target.channel) if target.direct else target.channel
        if not (workspace.persona(target.channel) if target.direct else workspace.channel(place)):
            raise TargetGone("There is no such place in the playground.")
        rendered = render.reply(message.reply)
        new = NewMessage(
            place,
            workspace.BOT,
            rendered.body,
            rendered.blobs,
            thread=message.thread_of,
            key=message.key,
        )
        with _store_errors_as_try_later():
            return await self._chat.post(new)

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Replace the content of a message with another reply."""
        rendered = render.reply(message.reply)
        with _store_errors_as_try_later():
            if not await self._chat.edit(message_id, rendered):
                raise TargetGone("This message is not there any more.")

    async def find(self, message: Outgoing) -> str | None:
        """The message under which this key was posted already."""
        with _store_errors_as_try_later():
            return await self._chat.find(message.key)


@contextmanager
def _store_errors_as_try_later() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        raise TryLater(str(error)) from error
