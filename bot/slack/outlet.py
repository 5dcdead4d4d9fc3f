"""Scheduled and other posts on their way to Slack.

Slack has no idempotency key. The post's key stands in the message's metadata, and before a second attempt
the bot looks for it among its own posts, where a scope lets it read them.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack import responses
from bot.slack.direct import DirectChannels
from bot.slack.failures import FAILURES, NO_THREAD, code, is_unshowable, translate
from bot.slack.payloads import RootCommand
from bot.slack.post_parts import EVENT, PostParts, own_posts
from bot.slack.render import RenderedReply, plainest, public_button_values, render
from core.chat.addresses import MessageAddress
from core.chat.model import File, Picture
from core.delivery.outlet import Outgoing, Pace
from core.errors import StoreError, Uncertain

log = structlog.get_logger()

Json = dict[str, Any]

REST = 9.0
"""Seconds for what follows the first message of a post; with the post itself less than a send may take."""


class SlackOutlet:
    """The port through which posts leave for Slack. Message ids are `channel:ts`."""

    platform = "slack"
    pace = 1.0
    direct_pace = Pace(post=timedelta(seconds=1), edit=timedelta(seconds=1.25))
    """Several hundred posts a minute are taken from a workspace, of which the calls leave most to the others;
    `chat.update` takes 50 a minute."""
    supports_ephemeral = True

    def __init__(self, client: AsyncWebClient, direct: DirectChannels, root: RootCommand) -> None:
        self._client = client
        self._direct = direct
        self._root = root

    async def send(self, message: Outgoing) -> str:
        """Post it; see `core.delivery.outlet.Outlet`."""
        in_channel = message.target.fallback_channel
        reply = message.reply.with_commands(self._root.write)
        rendered = render(reply, public_button_values(reply), takes_files=in_channel is None)
        if in_channel:
            return await self._send_ephemeral(in_channel, message.target.channel, rendered)
        try:
            thread = _thread(message)
            try:
                channel, first, more = await self._post_first(message, thread, rendered.messages[0])
            except SlackApiError as error:
                if thread is None or code(error) not in NO_THREAD:
                    raise
                thread = None
                channel, first, more = await self._post_first(message, thread, rendered.messages[0])
        except FAILURES as error:
            raise translate(error) from error
        parts = PostParts(self._client, channel, first, thread, message, pace=self.pace)
        await self._rest(parts, (*more, *rendered.messages[1:]), rendered.files, channel)
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
        """Show the reply in place of what stood there, in every message and file; see `core.delivery.outlet.Outlet`."""
        channel, _, ts = message_id.partition(":")
        reply = message.reply.with_commands(self._root.write)
        rendered = render(reply, public_button_values(reply))
        parts = PostParts(self._client, channel, ts, _thread(message), message, pace=self.pace)
        try:
            await parts.replace(rendered.messages, rendered.files, _metadata(message.key))
        except FAILURES as error:
            raise translate(error) from error

    async def find(self, message: Outgoing) -> str | None:
        """Look for the key among the bot's own posts; see `core.delivery.outlet.Outlet`."""
        if message.target.fallback_channel:
            raise Uncertain("Only its reader can see whether it is there.")
        try:
            channel = await self._channel(message)
            async for ts, mark in own_posts(self._client, channel, _thread(message)):
                if mark.get("key") == message.key:
                    return f"{channel}:{ts}"
        except SlackApiError as error:
            if code(error) == "missing_scope":
                raise Uncertain("Without a history scope I cannot see my own posts.") from error
            raise translate(error) from error
        except FAILURES as error:
            raise translate(error) from error
        return None

    async def _channel(self, message: Outgoing) -> str:
        if not message.target.direct:
            return message.target.channel
        return await self._direct.channel(message.target.channel)

    async def _post_first(
        self, message: Outgoing, thread: str | None, shown: Json
    ) -> tuple[str, str, list[Json]]:
        """Post it, where the channel of a direct message is not found any more in the one that Slack names now. Returns
        the channel, the id of the message, and what of it needs further messages."""
        channel = await self._channel(message)
        try:
            return channel, *await self._post(channel, thread, shown, message.key)
        except SlackApiError as error:
            if not message.target.direct or code(error) != "channel_not_found":
                raise
        self._direct.forget(message.target.channel)
        channel = await self._channel(message)
        return channel, *await self._post(channel, thread, shown, message.key)

    async def _post(self, channel: str, thread: str | None, shown: Json, key: str) -> tuple[str, list[Json]]:
        extra: Json = {"thread_ts": thread} if thread else {}
        post = partial(self._client.chat_postMessage, channel=channel, metadata=_metadata(key))
        try:
            return str((await post(**responses.INERT, **extra, **shown))["ts"]), []
        except SlackApiError as error:
            if not is_unshowable(error):
                raise
            log.warning("Slack refused how a message is written; it goes as plain text", reason=code(error))
        plain, *rest = plainest(shown)
        return str((await post(**responses.INERT, **extra, **plain))["ts"]), rest

    async def _rest(
        self, parts: PostParts, messages: Sequence[Json], files: Sequence[Picture | File], channel: str
    ) -> None:
        """What follows the first message. A failure here is only logged: the post itself stands, and sending
        everything again would show it twice."""
        try:
            async with asyncio.timeout(REST):
                await parts.add(messages, files)
        except (*FAILURES, StoreError) as error:
            log.warning("a post is incomplete", channel=channel, reason=describe_error(error))


def message_addresses(bot_workspace: str, site: str) -> MessageAddress:
    """Where messages can be read, whose ids are `channel:ts`: on the site of the bot's own workspace, as `auth.test` names
    it. The addresses are those that `chat.getPermalink` gives, without a request for each."""

    def address(workspace: str, message_id: str, thread: str | None) -> str | None:
        if workspace != bot_workspace or not site:
            return None
        channel, _, ts = message_id.partition(":")
        found = f"{site.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
        head = thread.partition(":")[2] if thread else ""
        return f"{found}?thread_ts={head}&cid={channel}" if head else found

    return address


def _metadata(key: str) -> Json:
    # Readable by every app in the workspace: an opaque key, nothing else.
    return {"event_type": EVENT, "event_payload": {"key": key}}


def _thread(message: Outgoing) -> str | None:
    return message.thread_of.partition(":")[2] or None if message.thread_of else None
