"""Who says hello in a direct message gets one line with buttons. Discord tells of direct messages, and of what they say,
without a privileged intent; of what is said in servers the bot hears nothing."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
import structlog

from bot.discord.outlet import nonce_of
from bot.discord.payloads import PLATFORM
from bot.discord.registration import CommandIds
from bot.discord.render import CUSTOM_ID, UNSHOWABLE, PreparedMessage, parameters, plainest, prepare, render
from core.chat.model import Person, Place, PlaceKind, Reply, Request
from core.commands.dispatch import Core
from core.commands.greetings import call_for
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import StoreError

log = structlog.get_logger()

SAID, REPLIED = 0, 19
"""Discord's types of messages that people write; others tell of a call or a pin."""

Send = Callable[[int, PreparedMessage, str], Awaitable[None]]
"""Sends a message into a channel, once for each nonce."""


class DiscordGreetings:
    """Answers direct messages by asking the core."""

    def __init__(self, core: Core, codec: StoredCallCodec, send: Send, command_ids: CommandIds) -> None:
        self._core = core
        self._codec = codec
        self._send = send
        self._command_ids = command_ids

    async def answer(self, event: Mapping[str, Any]) -> None:
        """Answer a MESSAGE_CREATE event. Never raises: what fails is logged."""
        try:
            if is_direct(event):
                await self._answer(event)
        except discord.HTTPException as error:
            log.warning("a greeting could not be answered", code=error.code)
        except Exception:
            log.exception("a greeting could not be answered")

    async def _answer(self, event: Mapping[str, Any]) -> None:
        author, channel = event["author"], str(event["channel_id"])
        name = author.get("global_name") or author["username"]
        person = Person(PLATFORM, "", author["id"], name, handle=author["username"], named_in="")
        command, args = call_for(event.get("content") or "")
        place = Place(PLATFORM, "", channel, PlaceKind.DIRECT)
        reply = await self._core.run(Request(str(event["id"]), command, person, place, args))
        if not isinstance(reply, Reply):
            return
        for number, page in enumerate(render(reply.with_commands(self._command_ids.write))):
            nonce = nonce_of(f"hello:{event['id']}:{number}")
            try:
                await self._send(int(channel), await prepare(page, reply.cohort, self._encode(person)), nonce)
            except StoreError:
                await self._send(int(channel), await prepare(page, reply.cohort, None), nonce)
            except discord.HTTPException as error:
                if error.code != UNSHOWABLE:
                    raise
                await self._send(int(channel), plainest(reply), nonce)

    def _encode(self, person: Person) -> Callable[[StoredCall], Awaitable[str]]:
        async def encode(stored: StoredCall) -> str:
            return await self._codec.encode(stored, person, CUSTOM_ID)

        return encode


def is_direct(event: Mapping[str, Any]) -> bool:
    """Whether somebody, and no bot, wrote to the bot alone."""
    author = event.get("author") or {}
    written = event.get("type", SAID) in (SAID, REPLIED) and not event.get("webhook_id")
    return written and not event.get("guild_id") and bool(author.get("id")) and not author.get("bot")


def sender(client: discord.Client) -> Send:
    """Sends through discord.py's own HTTP client, which keeps to Discord's limits."""

    async def send(channel: int, message: PreparedMessage, nonce: str) -> None:
        body = {**message.body, "nonce": nonce, "enforce_nonce": True}
        with parameters(body, message.files) as given:
            await client.http.send_message(channel, params=given)

    return send
