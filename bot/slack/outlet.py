"""Scheduled and other posts on their way to Slack.

Slack has no idempotency key. The post's key stands in the message's metadata, and before a second attempt
the bot looks for it among its own posts, where a scope lets it read them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack import responses
from bot.slack.direct import DirectChannels
from bot.slack.failures import FAILURES, NO_THREAD, code, is_unshowable, translate
from bot.slack.render import LEFT_OUT, RenderedReply, plainest, public_button_values, render
from core.delivery.outlet import Outgoing
from core.errors import Uncertain

log = structlog.get_logger()

Json = dict[str, Any]

EVENT = "cohort_bot_post"
PAGES = 5
PAGE = 200
REST = 9.0
"""Seconds for what follows the first message of a post; with the post itself less than a send may take."""


class SlackOutlet:
    """The port through which posts leave for Slack. Message ids are `channel:ts`."""

    platform = "slack"
    pace = 1.0
    supports_ephemeral = True

    def __init__(self, client: AsyncWebClient, direct: DirectChannels) -> None:
        self._client = client
        self._direct = direct

    async def send(self, message: Outgoing) -> str:
        """Post it; see `core.delivery.outlet.Outlet`."""
        in_channel = message.target.fallback_channel
        rendered = render(message.reply, public_button_values(message.reply), takes_files=in_channel is None)
        if in_channel:
            return await self._send_ephemeral(in_channel, message.target.channel, rendered)
        try:
            thread = _thread(message)
            try:
                channel, first = await self._post_first(message, thread, rendered.messages[0])
            except SlackApiError as error:
                if thread is None or code(error) not in NO_THREAD:
                    raise
                thread = None
                channel, first = await self._post_first(message, thread, rendered.messages[0])
        except FAILURES as error:
            raise translate(error) from error
        await self._rest(channel, thread, rendered)
        return f"{channel}:{first}"

    async def _send_ephemeral(self, channel: str, user: str, rendered: RenderedReply) -> str:
        """Show it to one member of a channel. Such messages carry no key and no files, and are not kept."""
        try:
            for shown in rendered.messages:
                inert: Json = {"parse": "none", "link_names": False}
                post = partial(self._client.chat_postEphemeral, channel=channel, user=user, **inert)
                sent = await responses.showing(post, shown)
        except FAILURES as error:
            raise translate(error) from error
        return f"{channel}:{sent['message_ts']}"

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Show the reply in place of what stood there; see `core.delivery.outlet.Outlet`."""
        channel, _, ts = message_id.partition(":")
        # One message: further ones would stand below what was said since, and a file could not be changed again.
        call = public_button_values(message.reply)
        (shown,) = render(message.reply, call, takes_files=False, most=1).messages
        inert: Json = {"parse": "none", "link_names": False, "metadata": _metadata(message.key)}
        update = partial(self._client.chat_update, channel=channel, ts=ts, **inert)
        try:
            await update(**shown)
        except FAILURES as error:
            if not is_unshowable(error):
                raise translate(error) from error
            await self._edit_plainly(update, shown)

    @staticmethod
    async def _edit_plainly(update: Callable[..., Awaitable[Any]], shown: Json) -> None:
        plain, *more = plainest(shown)
        left_out = f"\n{LEFT_OUT}" if more else ""
        try:
            # Without blocks of its own an edit would keep those that stand there.
            await update(text=plain["text"] + left_out, blocks=[])
        except FAILURES as error:
            raise translate(error) from error

    async def find(self, message: Outgoing) -> str | None:
        """Look for the key among the bot's own posts; see `core.delivery.outlet.Outlet`."""
        if message.target.fallback_channel:
            raise Uncertain("Only its reader can see whether it is there.")
        try:
            channel = await self._channel(message)
            ts = await self._look(channel, _thread(message), message.key)
        except SlackApiError as error:
            if code(error) == "missing_scope":
                raise Uncertain("Without a history scope I cannot see my own posts.") from error
            raise translate(error) from error
        except FAILURES as error:
            raise translate(error) from error
        return f"{channel}:{ts}" if ts else None

    async def _channel(self, message: Outgoing) -> str:
        if not message.target.direct:
            return message.target.channel
        return await self._direct.channel(message.target.channel)

    async def _post_first(self, message: Outgoing, thread: str | None, shown: Json) -> tuple[str, str]:
        """Post it, where the channel of a direct message is not found any more in the one that Slack names now."""
        channel = await self._channel(message)
        try:
            return channel, await self._post(channel, thread, shown, message.key)
        except SlackApiError as error:
            if not message.target.direct or code(error) != "channel_not_found":
                raise
        self._direct.forget(message.target.channel)
        channel = await self._channel(message)
        return channel, await self._post(channel, thread, shown, message.key)

    async def _post(self, channel: str, thread: str | None, shown: Json, key: str | None) -> str:
        extra: Json = {"thread_ts": thread} if thread else {}
        if key:
            extra["metadata"] = _metadata(key)
        post = partial(self._client.chat_postMessage, channel=channel, **responses.INERT, **extra)
        return str((await responses.showing(post, shown))["ts"])

    async def _rest(self, channel: str, thread: str | None, rendered: RenderedReply) -> None:
        """What follows the first message. A failure here is only logged: the post itself stands, and sending
        everything again would show it twice."""
        try:
            async with asyncio.timeout(REST):
                for shown in rendered.messages[1:]:
                    await asyncio.sleep(self.pace)
                    await self._post(channel, thread, shown, None)
                for file in rendered.files:
                    await responses.upload(self._client, channel, thread, file)
        except FAILURES as error:
            log.warning("a post is incomplete", channel=channel, reason=describe_error(error))

    async def _look(self, channel: str, thread: str | None, key: str) -> str | None:
        cursor: str | None = None
        for _ in range(PAGES):
            page: Json = {"channel": channel, "limit": PAGE, "include_all_metadata": True, "cursor": cursor}
            if thread:
                answer = await self._client.conversations_replies(ts=thread, **page)
            else:
                answer = await self._client.conversations_history(**page)
            for found in answer["messages"]:
                metadata = found.get("metadata") or {}
                if metadata.get("event_type") == EVENT and metadata["event_payload"].get("key") == key:
                    return str(found["ts"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        raise Uncertain("The channel has moved on too far to look for the post.")


def _metadata(key: str) -> Json:
    # Readable by every app in the workspace: an opaque key, nothing else.
    return {"event_type": EVENT, "event_payload": {"key": key}}


def _thread(message: Outgoing) -> str | None:
    return message.thread_of.partition(":")[2] or None if message.thread_of else None
