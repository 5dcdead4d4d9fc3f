"""Scheduled and other posts on their way to Slack.

Slack has no idempotency key. The post's key stands in the message's metadata, and before a second attempt
the bot looks for it among its own posts, where a scope lets it read them.
"""

import asyncio
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack import responses
from bot.slack.failures import FAILURES, code, translate
from bot.slack.render import RenderedReply, public_button_values, render
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

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def send(self, message: Outgoing) -> str:
        """Post it; see `core.delivery.outlet.Outlet`."""
        in_channel = message.target.fallback_channel
        rendered = render(message.reply, public_button_values(message.reply), takes_files=in_channel is None)
        if in_channel:
            return await self._send_ephemeral(in_channel, message.target.channel, rendered)
        try:
            channel = await self._channel(message)
            thread = _thread(message)
            first = await self._post(channel, thread, rendered.messages[0], message.key)
        except FAILURES as error:
            raise translate(error) from error
        await self._rest(channel, thread, rendered)
        return f"{channel}:{first}"

    async def _send_ephemeral(self, channel: str, user: str, rendered: RenderedReply) -> str:
        """Show it to one member of a channel. Such messages carry no key and no files, and are not kept."""
        try:
            for shown in rendered.messages:
                inert: Json = {"parse": "none", "link_names": False}
                sent = await self._client.chat_postEphemeral(channel=channel, user=user, **shown, **inert)
        except FAILURES as error:
            raise translate(error) from error
        return f"{channel}:{sent['message_ts']}"

    async def edit(self, message_id: str, message: Outgoing) -> None:
        """Show the reply in place of what stood there; see `core.delivery.outlet.Outlet`."""
        channel, _, ts = message_id.partition(":")
        shown = render(message.reply, public_button_values(message.reply)).messages[0]
        try:
            await self._client.chat_update(
                channel=channel,
                ts=ts,
                metadata=_metadata(message.key),
                **shown,
                parse="none",
                link_names=False,
            )
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
        opened = await self._client.conversations_open(users=[message.target.channel])
        return str(opened["channel"]["id"])

    async def _post(self, channel: str, thread: str | None, shown: Json, key: str | None) -> str:
        extra: Json = {"thread_ts": thread} if thread else {}
        if key:
            extra["metadata"] = _metadata(key)
        sent = await self._client.chat_postMessage(channel=channel, **shown, **responses.INERT, **extra)
        return str(sent["ts"])

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
