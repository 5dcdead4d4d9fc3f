"""The ways an answer to an interaction travels: at once, or after a deferral."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter

from bot.discord.render import EPHEMERAL, NOBODY, Attachment, Body, PreparedMessage, parameters

MESSAGE, DEFERRED, CHOICES, MODAL = 4, 5, 8, 9
"""Discord's types of interaction callbacks."""

_CALLBACK: Final = "/interactions/{webhook_id}/{webhook_token}/callback"


class InteractionClient:
    """A client of Discord's interaction routes: discord.py's own sending with its retries, without building
    objects from what comes back."""

    def __init__(self, session: aiohttp.ClientSession, application: int) -> None:
        self._session = session
        self._application = application
        self._adapter = AsyncWebhookAdapter()  # type: ignore[no-untyped-call]  # discord.py leaves it untyped

    async def respond(
        self, interaction: int, token: str, kind: int, body: Body, files: Sequence[Attachment]
    ) -> None:
        """Send the initial response, of which there is one."""
        route = Route("POST", _CALLBACK, webhook_id=interaction, webhook_token=token)
        wrapped = {"type": kind, "data": body}
        with parameters(wrapped, files) as given:
            await self._adapter.request(
                route, self._session, payload=given.payload, multipart=given.multipart, files=given.files
            )

    async def edit(self, token: str, message: PreparedMessage) -> None:
        """Edit the initial response."""
        with parameters(message.body, message.files) as given:
            await self._adapter.edit_original_interaction_response(
                self._application, token, session=self._session, **given._asdict()
            )

    async def follow_up(self, token: str, message: PreparedMessage) -> None:
        """Send a follow-up message."""
        with parameters(message.body, message.files) as given:
            await self._adapter.execute_webhook(
                self._application, token, session=self._session, wait=True, **given._asdict()
            )

    async def delete(self, token: str) -> None:
        """Delete the initial response."""
        await self._adapter.delete_original_interaction_response(
            self._application, token, session=self._session
        )


class InteractionResponse:
    """The answer to an interaction.

    Discord wants an initial response within 3 seconds. When the answer takes longer than `defer_after` seconds,
    a deferral goes out in its place. Whether the answer is private has to be known then; a modal cannot
    follow, so a call that may open one must not be deferred.
    """

    def __init__(self, client: InteractionClient, interaction: int, token: str) -> None:
        self._client = client
        self._interaction = interaction
        self._token = token
        self._private = True
        self._responded = False
        self._timer: asyncio.TimerHandle | None = None
        self._deferring: asyncio.Task[None] | None = None

    def defer_later(self, *, private: bool, defer_after: float) -> None:
        """Start the timer after which the answer is deferred."""
        self._private = private
        self._timer = asyncio.get_running_loop().call_later(defer_after, self._defer)

    def _defer(self) -> None:
        flags = EPHEMERAL if self._private else 0
        self._deferring = asyncio.create_task(self._respond(DEFERRED, {"flags": flags}))

    async def _respond(self, kind: int, body: Body, files: Sequence[Attachment] = ()) -> None:
        await self._client.respond(self._interaction, self._token, kind, body, files)
        self._responded = True

    async def _settle_deferral(self) -> bool:
        """Stop the timer; wait for a deferral that is going out. Returns whether one did."""
        if self._timer is not None:
            self._timer.cancel()
        if self._deferring is None:
            return False
        await self._deferring
        return True

    async def send(self, messages: Sequence[PreparedMessage], *, private: bool) -> None:
        """Answer with one or more messages."""
        first, *rest = [message.private() for message in messages] if private else messages
        if not await self._settle_deferral():
            await self._respond(MESSAGE, first.body, first.files)
        elif private and not self._private:
            # The deferral was public and cannot be made private: take it away and answer anew.
            await self._client.delete(self._token)
            await self._client.follow_up(self._token, first)
        else:
            await self._client.edit(self._token, messages[0].replacing())
        for message in rest:
            await self._client.follow_up(self._token, message)

    async def send_instead(self, message: PreparedMessage, *, private: bool) -> None:
        """Answer with a message after Discord refused another, in whatever state the answer is."""
        shown = message.private() if private else message
        if await self._settle_deferral() or self._responded:
            await self._client.follow_up(self._token, shown)
        else:
            await self._respond(MESSAGE, shown.body, shown.files)

    async def progress(self, message: PreparedMessage) -> None:
        """Show how far the answer has come, in the place of the deferral once there is one."""
        if self._deferring is not None:
            await self._deferring
            await self._client.edit(self._token, message.replacing())

    async def open_modal(self, modal: Body) -> None:
        """Answer with a form."""
        if self._timer is not None:
            self._timer.cancel()
        await self._respond(MODAL, modal)

    async def send_choices(self, choices: Sequence[Body]) -> None:
        """Answer with completions."""
        await self._respond(CHOICES, {"choices": choices})

    async def send_notice(self, content: str) -> None:
        """Answer with a sentence for the caller alone, whatever state the answer is in."""
        message = PreparedMessage({"content": content, "allowed_mentions": NOBODY, "flags": EPHEMERAL})
        if await self._settle_deferral() or self._responded:
            await self._client.follow_up(self._token, message)
        else:
            await self._respond(MESSAGE, message.body)
