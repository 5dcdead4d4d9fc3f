"""Messages, their history, threads, direct messages: the REST routes under ``/channels``."""

from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits
from tests.servers.discord.errors import Problems, Refused
from tests.servers.discord.permissions import (
    ATTACH_FILES,
    CREATE_PUBLIC_THREADS,
    EMBED_LINKS,
    SEND_MESSAGES,
    SEND_MESSAGES_IN_THREADS,
)
from tests.servers.discord.rest import Answer, Call
from tests.servers.discord.world import CATEGORY, DM, FORUM, PUBLIC_THREAD, Attachment, Channel, Message

if TYPE_CHECKING:
    from tests.servers.discord.server import DiscordServer

NONCE_SECONDS = 300.0


def compose(server: "DiscordServer", channel: Channel, body: dict[str, Any], call: Call) -> Message:
    """A new message of the bot, checked but not yet put anywhere."""
    limits.check_message(body, len(call.files))
    message = Message(server.snowflake(), channel, server.bot_id, body, history=[body])
    message.attachments = _attached(server, body, call)
    return message


def revise(server: "DiscordServer", message: Message, body: dict[str, Any], call: Call) -> None:
    """Edit a message in place as the platform does: what is not mentioned stays."""
    kept = message.attachments
    if "attachments" in body:
        wanted = {str(a.get("id")) for a in body["attachments"] or []}
        kept = [a for a in kept if a.id in wanted]
    merged = message.body | {k: v for k, v in body.items() if k in ("content", "embeds", "components")}
    stays = bool(kept) or bool(merged.get("content")) or bool(merged.get("embeds"))
    limits.check_message({"flags": message.body.get("flags")} | body, len(call.files), edit=True, kept=stays)
    merged["flags"] = int(message.body.get("flags") or 0) | int(body.get("flags") or 0)
    message.attachments = kept + _attached(server, body, call)
    message.body = merged
    message.history.append(body)
    message.loading = False
    message.edited = True


def _attached(server: "DiscordServer", body: dict[str, Any], call: Call) -> list[Attachment]:
    described = {str(a.get("id")): a for a in body.get("attachments") or []}
    attachments = []
    for number, (name, media, data) in sorted(call.files.items()):
        told = described.get(str(number)) or {}
        attachment = Attachment(
            server.snowflake(), told.get("filename") or name, data, told.get("description"), media
        )
        server.files[attachment.id] = attachment
        attachments.append(attachment)
    return attachments


def put(server: "DiscordServer", message: Message) -> None:
    """Show a message in its channel."""
    message.channel.messages.append(message)
    while len(message.channel.messages) > server.keep:
        message.channel.messages.popleft()


def add_routes(server: "DiscordServer") -> None:
    """Register the routes of this module."""
    route = server.rest.route
    here = _Messages(server)
    route("POST", "/channels/*/messages", here.create)
    route("GET", "/channels/*/messages", here.history)
    route("GET", "/channels/*/messages/*", here.get)
    route("PATCH", "/channels/*/messages/*", here.edit)
    route("DELETE", "/channels/*/messages/*", here.delete)
    route("POST", "/channels/*/messages/*/threads", here.thread)
    route("POST", "/channels/*/typing", here.typing)
    route("GET", "/channels/*", here.channel)
    route("PATCH", "/channels/*", here.change_channel)
    route("POST", "/users/@me/channels", here.open_direct)


class _Messages:
    def __init__(self, server: "DiscordServer") -> None:
        self._server = server

    def _message(self, channel: str, message: str) -> Message:
        for found in self._server.find_channel(channel).messages:
            if found.id == message:
                return found
        raise Refused(404, 10008)

    def _check_rights(self, channel: Channel, call: Call) -> None:
        """What the bot needs for a new message in a channel."""
        if channel.kind in (FORUM, CATEGORY):
            raise Refused(400, 50008)
        body = call.body or {}
        needed = [SEND_MESSAGES_IN_THREADS if channel.parent else SEND_MESSAGES]
        needed += [EMBED_LINKS] if body.get("embeds") else []
        needed += [ATTACH_FILES] if call.files else []
        if not all(self._server.may(channel, each) for each in needed):
            raise Refused(403, 50013)

    async def create(self, call: Call, channel_id: str) -> Answer:
        server = self._server
        channel = server.find_channel(channel_id)
        if channel.closed:
            raise Refused(403, 50007)
        if channel.kind == DM and not server.meets(str(channel.recipient)):
            raise Refused(403, 50278)
        self._check_rights(channel, call)
        if channel.locked:
            raise Refused(403, 50083)
        body = call.body or {}
        nonce = body.get("nonce")
        if nonce is not None and body.get("enforce_nonce"):
            sent, first = server.nonces.get(nonce, (-NONCE_SECONDS, None))
            if first is not None and server.now() - sent < NONCE_SECONDS and first.channel is channel:
                return Answer(server.payloads.message(first, nonce=True))
        message = compose(server, channel, body, call)
        message.nonce = nonce
        if nonce is not None:
            server.nonces[nonce] = (server.now(), message)
        channel.archived = False
        put(server, message)
        server.notify()
        return Answer(server.payloads.message(message, nonce=True))

    async def history(self, call: Call, channel_id: str) -> Answer:
        channel = self._server.find_channel(channel_id)
        limit = int(call.query.get("limit", "50"))
        if not 1 <= limit <= 100:
            problems = Problems()
            problems.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
            problems.raise_any()
        found = list(channel.messages)
        if after := call.query.get("after"):
            found = [m for m in found if int(m.id) > int(after)][:limit]
        elif before := call.query.get("before"):
            found = [m for m in found if int(m.id) < int(before)][-limit:]
        return Answer([self._server.payloads.message(m) for m in reversed(found[-limit:])])

    async def get(self, _call: Call, channel_id: str, message_id: str) -> Answer:
        return Answer(self._server.payloads.message(self._message(channel_id, message_id)))

    async def edit(self, call: Call, channel_id: str, message_id: str) -> Answer:
        message = self._message(channel_id, message_id)
        if message.author != self._server.bot_id:
            raise Refused(403, 50005)
        if message.channel.archived:
            raise Refused(400, 50083)
        revise(self._server, message, call.body or {}, call)
        self._server.notify()
        return Answer(self._server.payloads.message(message))

    async def delete(self, _call: Call, channel_id: str, message_id: str) -> Answer:
        message = self._message(channel_id, message_id)
        message.channel.messages.remove(message)
        self._server.notify()
        return Answer(status=204)

    async def thread(self, call: Call, channel_id: str, message_id: str) -> Answer:
        server = self._server
        message = self._message(channel_id, message_id)
        if message.thread is not None:
            raise Refused(400, 160004)
        if message.channel.guild is None or not server.may(message.channel, CREATE_PUBLIC_THREADS):
            raise Refused(403, 50013)
        problems = Problems()
        problems.length("name", (call.body or {}).get("name"), 1, 100)
        if call.body.get("auto_archive_duration") not in (None, 60, 1440, 4320, 10080):
            problems.add("auto_archive_duration", "BASE_TYPE_CHOICES", "Not one of 60, 1440, 4320, 10080.")
        problems.raise_any()
        guild = message.channel.guild
        thread = Channel(message.id, call.body["name"], PUBLIC_THREAD, guild, parent=message.channel)
        message.thread = server.channels[thread.id] = guild.channels[thread.id] = thread
        body = server.payloads.channel(thread)
        await server.gateway.broadcast("THREAD_CREATE", body | {"newly_created": True}, guild.id)
        server.notify()
        return Answer(body, 201)

    async def typing(self, _call: Call, channel_id: str) -> Answer:
        self._server.find_channel(channel_id)
        return Answer(status=204)

    async def channel(self, _call: Call, channel_id: str) -> Answer:
        return Answer(self._server.payloads.channel(self._server.find_channel(channel_id)))

    async def change_channel(self, call: Call, channel_id: str) -> Answer:
        """Whoever may write in a thread may open it again, unless it is locked."""
        channel = self._server.find_channel(channel_id)
        if channel.parent is None or channel.locked or set(call.body or {}) != {"archived"}:
            raise Refused(403, 50013)
        channel.archived = call.body["archived"]
        return Answer(self._server.payloads.channel(channel))

    async def open_direct(self, call: Call) -> Answer:
        user = str((call.body or {}).get("recipient_id"))
        if user not in self._server.names or user == self._server.bot_id:
            raise Refused(404, 10013)
        if not any(user in g.members for g in self._server.guilds.values() if g.has_bot):
            raise Refused(403, 50278)
        channel = self._server.direct(user)
        assert channel.kind == DM
        return Answer(self._server.payloads.channel(channel))
