"""Posts that leave through Discord."""

import base64
import hashlib
from datetime import timedelta

import aiohttp
import discord
import structlog

from bot.discord.payloads import PLATFORM
from bot.discord.render import UNSHOWABLE, PreparedMessage, parameters, plainest, prepare, render
from core.chat.text import shorten
from core.delivery.outlet import Outgoing
from core.errors import DeliveryError, Refused, TargetGone, TryLater, Uncertain

log = structlog.get_logger()

GONE = {
    10003: "The channel does not exist any more.",
    10013: "Discord does not know this person any more.",
    50001: "I cannot see the channel.",
    50007: "This person does not take direct messages from me.",
    50013: "I may not write in the channel.",
    50083: "The thread is archived and locked.",
    50278: "I share no server with this person any more.",
}
UNKNOWN_CHANNEL, NO_THREADS_HERE, THREAD_EXISTS = 10003, 50024, 160004
TOO_FAST = frozenset({20028, 40003})
LOOK_BACK = timedelta(hours=6)
"""How far back a post is looked for. Nothing recurs more often than daily."""
LOOK_AT = 100


class DiscordOutlet:
    """Sends, edits and looks for posts. A message's id is "channel/message"."""

    platform = PLATFORM
    pace = 0.0
    """Discord tells its limits with every answer, and discord.py keeps to them."""
    supports_ephemeral = False

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._direct: dict[str, int] = {}

    async def send(self, message: Outgoing) -> str:
        """Post it, at most once: Discord gives the first message back for a nonce it has just seen."""
        self._check()
        page = await _page(message)
        try:
            channel = await self._channel(message)
            try:
                return await self._send(channel, message, page)
            except discord.HTTPException as error:
                if error.code != UNSHOWABLE:
                    raise
            log.warning("Discord refused how a post is written; it goes as plain text")
            return await self._send(channel, message, plainest(message.reply))
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise translated(error) from error

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Show the reply in place of what the message showed before."""
        self._check()
        channel, number = map(int, message_id.split("/"))
        page = await _page(message)
        try:
            try:
                await self._edit(channel, number, page)
            except discord.HTTPException as error:
                if error.code != UNSHOWABLE:
                    raise
                await self._edit(channel, number, plainest(message.reply))
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise translated(error) from error

    async def _edit(self, channel: int, number: int, page: PreparedMessage) -> None:
        whole = page.replacing()
        with parameters(whole.body, whole.files) as given:
            await self._client.http.edit_message(channel, number, params=given)

    async def find(self, message: Outgoing) -> str | None:
        """The id of an own recent message that shows exactly this. Messages of others are not looked at."""
        self._check()
        page = await _page(message)
        after = discord.utils.utcnow() - LOOK_BACK  # Discord's time, which no moved clock changes
        own = self._client.user.id if self._client.user else 0
        try:
            channel = self._client.get_partial_messageable(await self._channel(message))
            async for seen in channel.history(limit=LOOK_AT, after=after, oldest_first=False):
                number = f"{seen.channel.id}/{seen.id}"
                if seen.author.id == own and number not in message.others and _shows(seen, page):
                    return number
        except discord.NotFound as error:
            if error.code == UNKNOWN_CHANNEL and message.thread_of is not None:
                return None  # the thread was never made
            raise translated(error) from error
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise Uncertain(f"I could not look whether the post is there: {_reason(error)}") from error
        return None

    def _check(self) -> None:
        """A client that was closed sends nothing, so it is certain what it did not send."""
        if self._client.is_closed():
            raise TryLater("The connection to Discord is lost just now.")

    async def _channel(self, message: Outgoing) -> int:
        """Where it goes: a channel, somebody's direct messages, or the thread below a message."""
        if message.thread_of is not None:
            channel, number = message.thread_of.split("/")
            return int(channel) if message.target.direct else int(number)
        if not message.target.direct:
            return int(message.target.channel)
        user = message.target.channel
        if user not in self._direct:
            opened = await self._client.http.start_private_message(int(user))
            self._direct[user] = int(opened["id"])
        return self._direct[user]

    async def _send(self, channel: int, message: Outgoing, page: PreparedMessage) -> str:
        nonce = nonce_of(message.key)
        if message.thread_of is None or message.target.direct:
            return await self._post(channel, page, nonce)
        try:
            return await self._post(channel, page, nonce)
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
        parent = int(message.thread_of.split("/")[0])
        thread = await self._open_thread(parent, channel, message.thread_name)
        return await self._post(thread, page, nonce)

    async def _open_thread(self, parent: int, message: int, name: str) -> int:
        """The thread below a message; the channel itself where threads cannot be."""
        try:
            await self._client.http.start_thread_with_message(
                parent, message, name=shorten(name, 100), auto_archive_duration=1440
            )
        except discord.HTTPException as error:
            if error.code == NO_THREADS_HERE:
                return parent
            if error.code != THREAD_EXISTS:
                raise
        return message

    async def _post(self, channel: int, page: PreparedMessage, nonce: str) -> str:
        body = {**page.body, "nonce": nonce, "enforce_nonce": True}
        with parameters(body, page.files) as given:
            sent = await self._client.http.send_message(channel, params=given)
        return f"{sent['channel_id']}/{sent['id']}"


def nonce_of(key: str) -> str:
    """A nonce for a post's key: 24 characters, Discord takes 25."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())[:24].decode()


async def _page(message: Outgoing) -> PreparedMessage:
    """The post as one message: a second one would need a nonce, an id and an edit of its own."""
    (page,) = render(message.reply, most_pages=1)
    return await prepare(page, message.reply.cohort, None)


def _shows(seen: discord.Message, page: PreparedMessage) -> bool:
    """Whether a message shows exactly this page."""
    shown = [(field.name, field.value) for embed in seen.embeds for field in embed.fields]
    embeds = page.body.get("embeds") or ()
    meant = [(field["name"], field["value"]) for embed in embeds for field in embed["fields"]]
    files = [attachment.filename for attachment in seen.attachments]
    content: str = page.body.get("content") or ""
    return (seen.content, shown, files) == (content.strip(), meant, [each.name for each in page.files])


def translated(error: Exception) -> DeliveryError:
    """What went wrong, as the core's delivery understands it."""
    if isinstance(error, discord.RateLimited):
        return TryLater("Discord asks to wait.", error.retry_after)
    if isinstance(error, discord.HTTPException):
        if error.status == 429 or error.code in TOO_FAST:
            return TryLater("Discord asks to wait.", _retry_after(error))
        if error.code in GONE:
            return TargetGone(GONE[error.code])
        if error.status >= 500:
            return Uncertain(f"Discord answered {error.status}.")
        if error.status == 401:
            return TryLater("Discord does not accept the bot's token.")
        return Refused(_reason(error))
    if isinstance(error, aiohttp.ClientConnectorError):
        return TryLater("Discord cannot be reached.")
    return Uncertain(f"The connection to Discord broke: {_reason(error)}")


def _retry_after(error: discord.HTTPException) -> float | None:
    value = error.response.headers.get("Retry-After", "")
    try:
        return float(value)
    except ValueError:
        return None


def _reason(error: Exception) -> str:
    """A reason for a list that organizers read: no address and no content."""
    if isinstance(error, discord.HTTPException):
        return f"Discord refused it ({error.status}, code {error.code})."
    return type(error).__name__
