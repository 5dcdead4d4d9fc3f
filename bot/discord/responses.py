"""Answering one interaction: at once, or first a promise and then the answer."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.discord.messages import EPHEMERAL, NOBODY, Body, PreparedMessage, parameters
from bot.discord.render import Attachment

MESSAGE, DEFERRED, CHOICES, MODAL = 4, 5, 8, 9
"""Discord's kinds of first answers."""

_CALLBACK: Final = "/interactions/{webhook_id}/{webhook_token}/callback"


class InteractionClient:
    """The way to Discord's interaction routes: discord.py's own sending with its retries, without building
    objects from what comes back."""

    def __init__(self, session: aiohttp.ClientSession, application: int) -> None:
        self._session = session
        self._application = application
        self._adapter = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]  # discord.py leaves it untyped

    async def first(self, call: int, token: str, kind: int, body: Body, files: Sequence[Attachment]) -> None:
        """The first answer, of which there is one."""
        route = Route("POST", _CALLBACK, webhook_id=call, webhook_token=token)
        wrapped = {"type": kind, "data": body}
        with parameters(wrapped, files) as given:
            await self._adapter.request(
                route, self._session, payload=given.payload, multipart=given.multipart, files=given.files
            )

    async def replace(self, token: str, message: PreparedMessage) -> None:
        """Put the answer in place of what was promised or said first."""
        with parameters(message.body, message.files) as given:
            await self._adapter.edit_original_interaction_response(
                self._application, token, session=self._session, **given._asdict()
            )

    async def follow(self, token: str, message: PreparedMessage) -> None:
        """Say one more thing."""
        with parameters(message.body, message.files) as given:
            await self._adapter.execute_webhook(
                self._application, token, session=self._session, wait=True, **given._asdict()
            )

    async def withdraw(self, token: str) -> None:
        """Take the first answer away."""
        await self._adapter.delete_original_interaction_response(
            self._application, token, session=self._session
        )


class InteractionResponse:
    """The answer to an interaction.

    Discord wants a first answer within 3 seconds. When the real one takes longer than `patience` seconds, a
    deferral goes out in its place. Whether the answer is private has to be known then; a modal cannot
    follow, so a call that may open one must not be deferred.
    """

    def __init__(self, line: InteractionClient, call: int, token: str) -> None:
        self._line = line
        self._call = call
        self._token = token
        self._private = True
        self._said = False
        self._timer: asyncio.TimerHandle | None = None
        self._deferring: asyncio.Task[None] | None = None

    def begin(self, *, private: bool, patience: float) -> None:
        """Start the time after which the answer is deferred."""
        self._private = private
        self._timer = asyncio.get_running_loop().call_later(patience, self._defer)

    def _defer(self) -> None:
        flags = EPHEMERAL if self._private else 0
        self._deferring = asyncio.create_task(self._first(DEFERRED, {"flags": flags}))

    async def _first(self, kind: int, body: Body, files: Sequence[Attachment] = ()) -> None:
        await self._line.first(self._call, self._token, kind, body, files)
        self._said = True

    async def _deferred(self) -> bool:
        """Stop the time; whether a deferral went out."""
        if self._timer is not None:
            self._timer.cancel()
        if self._deferring is None:
            return False
        await self._deferring
        return True

    async def send(self, messages: Sequence[PreparedMessage], *, private: bool) -> None:
        """Answer with one or more messages."""
        first, *rest = [message.private() for message in messages] if private else messages
        if not await self._deferred():
            await self._first(MESSAGE, first.body, first.files)
        elif private and not self._private:
            # The deferral was public and cannot be made private: take it away and answer anew.
            await self._line.withdraw(self._token)
            await self._line.follow(self._token, first)
        else:
            await self._line.replace(self._token, messages[0].replacing())
        for message in rest:
            await self._line.follow(self._token, message)

    async def progress(self, message: PreparedMessage) -> None:
        """Show how far the answer has come, in the place of the deferral once there is one."""
        if self._deferring is not None:
            await self._deferring
            await self._line.replace(self._token, message.replacing())

    async def open(self, modal: Body) -> None:
        """Answer with a form."""
        if self._timer is not None:
            self._timer.cancel()
        await self._first(MODAL, modal)

    async def offer(self, choices: Sequence[Body]) -> None:
        """Answer with completions."""
        await self._first(CHOICES, {"choices": choices})

    async def say(self, content: str) -> None:
        """Answer with a sentence for the caller alone, whatever state the answer is in."""
        message = PreparedMessage({"content": content, "allowed_mentions": NOBODY, "flags": EPHEMERAL})
        if await self._deferred() or self._said:
            await self._line.follow(self._token, message)
        else:
            await self._first(MESSAGE, message.body)
