"""Posts that leave through Discord."""

import base64
import hashlib
from datetime import timedelta

import aiohttp
import discord
import structlog

from bot.discord.payloads import PLATFORM
from bot.discord.rates import attempt
from bot.discord.registration import CommandIds
from bot.discord.render import (
    CONTENT,
    UNSHOWABLE,
    PreparedMessage,
    parameters,
    plainest,
    prepare,
    render,
)
from core.chat.text import shorten
from core.delivery.outlet import Outgoing, Pace
from core.errors import DeliveryError, Refused, TargetGone, TryLater, Uncertain

log = structlog.get_logger()

GONE = {
    10003: "The channel does not exist any more.",
    10013: "Discord does not know this person any more.",
    50001: "I cannot see the channel.",
    50007: "This person does not take direct messages from me.",
    50013: "I may not write in the channel.",
    50278: "I share no server with this person any more.",
}
"""Why a channel or a person takes no posts now."""
ONE_POST = {
    10008: "The message is gone.",
    50005: "The message is not mine to change.",
    50083: "The thread is archived and locked.",
}
"""What concerns one post alone."""
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, NO_THREADS_HERE, THREAD_EXISTS = 10003, 10008, 50024, 160004
NO_ACCESS, NOT_ALLOWED, ARCHIVED = 50001, 50013, 50083
NO_THREAD = frozenset({UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, NO_ACCESS, NOT_ALLOWED, NO_THREADS_HERE, ARCHIVED})
"""With these a post that was meant for a thread goes into the channel: the thread, the message above it or the right
is gone."""
NO_FILES = "\n-# A file is left out: I may not attach files here."
"""Stands below a post whose files Discord refused."""
NO_BOXES = "\n… and more, for which I may not show boxes here."
"""Stands below a post that is too long without the boxes that Discord refused."""
TOO_FAST = frozenset({20028, 40003})
OPEN_AGAIN = 60.0
"""Seconds after which a direct message is tried again that was one too many, where Discord names none."""
LOOK_BACK = timedelta(hours=6)
"""How far back a post is looked for. Nothing recurs more often than daily."""
LOOK_AT = 100


class DiscordOutlet:
    """Sends, edits and looks for posts. A message's id is "channel/message"."""

    platform = PLATFORM
    pace = 0.0
    """Discord tells its limits with every answer, and discord.py keeps to them."""
    direct_pace = Pace(post=timedelta(seconds=2), edit=timedelta(seconds=1))
    """Discord says nothing of how many direct messages a bot may open, and blocks those that open many quickly."""
    supports_ephemeral = False

    def __init__(self, client: discord.Client, command_ids: CommandIds) -> None:
        self._client = client
        self._command_ids = command_ids
        self._direct: dict[str, int] = {}

    async def send(self, message: Outgoing) -> str:
        """Post it, at most once: Discord gives the first message back for a nonce it has just seen."""
        self._check()
        page = await self._page(message)
        try:
            async with attempt():
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
        """Show the reply in place of what the message showed before, files included: a post is one message."""
        self._check()
        channel, number = map(int, message_id.split("/"))
        page = await self._page(message)
        try:
            async with attempt():
                try:
                    await self._edit(channel, number, page)
                except discord.HTTPException as error:
                    if error.code != UNSHOWABLE:
                        raise
                    await self._edit(channel, number, plainest(message.reply))
        except (discord.DiscordException, aiohttp.ClientError, OSError, RuntimeError) as error:
            raise translated(error) from error

    async def _edit(self, channel: int, number: int, page: PreparedMessage) -> None:
        try:
            await self._edit_once(channel, number, page)
            return
        except discord.HTTPException as error:
            if error.code != ARCHIVED:
                raise
            # A thread is archived after a day without messages, and then none of its messages can be changed.
            if not await self._reopen(channel):
                raise
        await self._edit_once(channel, number, page)

    async def _edit_once(self, channel: int, number: int, page: PreparedMessage) -> None:
        whole = page.replacing()
        with parameters(whole.body, whole.files) as given:
            await self._client.http.edit_message(channel, number, params=given)

    async def _reopen(self, thread: int) -> bool:
        """Open an archived thread again. False where that is left to those who manage threads."""
        try:
            await self._client.http.edit_channel(thread, archived=False)
        except discord.Forbidden:
            return False
        return True

    async def find(self, message: Outgoing) -> str | None:
        """The id of an own recent message that shows exactly this. Messages of others are not looked at."""
        self._check()
        page = await self._page(message)
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

    async def _page(self, message: Outgoing) -> PreparedMessage:
        """The post as one message: a second one would need a nonce, an id and an edit of its own."""
        (page,) = render(message.reply.with_commands(self._command_ids.write), most_pages=1)
        return await prepare(page, message.reply.cohort, None)

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
        parent = int(message.thread_of.split("/")[0])
        try:
            return await self._post_in_thread(parent, channel, message.thread_name, page, nonce)
        except discord.HTTPException as error:
            if error.code not in NO_THREAD:
                raise
        return await self._post(parent, page, nonce)

    async def _post_in_thread(
        self, parent: int, thread: int, name: str, page: PreparedMessage, nonce: str
    ) -> str:
        """Post in the thread below a message, which has the message's id and may have to be made first."""
        try:
            return await self._post(thread, page, nonce)
        except discord.NotFound as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
        return await self._post(await self._open_thread(parent, thread, name), page, nonce)

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
        """Post it; where a right for files or embeds is missing, without them."""
        for plainer in (page, *_plainer(page)):
            try:
                return await self._create(channel, plainer, nonce)
            except discord.Forbidden as error:
                if error.code != NOT_ALLOWED:
                    raise
                refused = error
        raise refused

    async def _create(self, channel: int, page: PreparedMessage, nonce: str) -> str:
        body = {**page.body, "nonce": nonce, "enforce_nonce": True}
        with parameters(body, page.files) as given:
            sent = await self._client.http.send_message(channel, params=given)
        return f"{sent['channel_id']}/{sent['id']}"


def message_address(server: str, message_id: str, _thread: str | None) -> str | None:
    """Where a message can be read; one in a thread stands in a channel of its own."""
    return f"https://discord.com/channels/{server}/{message_id}" if server else None


def nonce_of(key: str) -> str:
    """A nonce for a post's key: 24 characters, Discord takes 25."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())[:24].decode()


def _plainer(page: PreparedMessage) -> list[PreparedMessage]:
    """The page without its files, then with the fields of its embeds as text too."""
    plainer, body = [], page.body
    if page.files:
        content = (body.get("content") or "")[: CONTENT - len(NO_FILES)] + NO_FILES
        body = {**{key: value for key, value in body.items() if key != "attachments"}, "content": content}
        plainer.append(PreparedMessage(body))
    if body.get("embeds"):
        fields = [field for embed in body["embeds"] for field in embed["fields"]]
        lines = [body.get("content") or "", *(f"**{each['name']}**\n{each['value']}" for each in fields)]
        content = "\n".join(lines).strip()
        if len(content) > CONTENT:
            content = shorten(content, CONTENT - len(NO_BOXES)) + NO_BOXES
        plainer.append(
            PreparedMessage({**{k: v for k, v in body.items() if k != "embeds"}, "content": content})
        )
    return plainer


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
    if isinstance(error, DeliveryError):
        return error
    if isinstance(error, discord.RateLimited):
        return TryLater("Discord asks to wait.", error.retry_after)
    if isinstance(error, discord.HTTPException):
        if error.status == 429 or error.code in TOO_FAST:
            usual = OPEN_AGAIN if error.code in TOO_FAST else None
            return TryLater("Discord asks to wait.", _retry_after(error) or usual)
        if error.code in ONE_POST:
            return Refused(ONE_POST[error.code])
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
