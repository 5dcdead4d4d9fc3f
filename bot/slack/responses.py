"""The ways an answer reaches a member: the response address, an ephemeral message, a direct message, files."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack import richtext
from bot.slack.failures import FAILURES, code
from bot.slack.payloads import ReplyContext
from bot.slack.render import words
from core.chat.model import File, Picture
from core.chat.text import say

log = structlog.get_logger()

Json = dict[str, Any]

# Slack's own reading of names and addresses stays off: what is shown is what was rendered.
INERT: Json = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}

IN_DIRECT = "I sent the file to you as a direct message."
NO_ROOM = "I could not put a file here; please invite me to this channel. What it shows: {words}"
NO_DIRECT = "I could not send you a direct message with the file. What it shows: {words}"


def reply_payload(message: Json, *, public: bool) -> Json:
    """A rendered message as an acknowledgement or a response address takes it."""
    kind = "in_channel" if public else "ephemeral"
    return {**message, **INERT, "response_type": kind, "replace_original": False}


def hook(address: str, api: str) -> bool:
    """Whether this can be a response address: Slack's, or one of the configured server. A form's hidden part
    holds one, and answers go nowhere else because of what came back in it."""
    try:
        found, own = urlsplit(address), urlsplit(api)
    except ValueError:
        return False
    if (found.scheme, found.netloc) == (own.scheme, own.netloc):
        return True
    return (found.scheme, found.netloc) == ("https", "hooks.slack.com")


class ResponseSender:
    """Sends answers for all turns over one connection pool."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession) -> None:
        self._client = client
        self._session = session
        self._direct: dict[str, str] = {}

    async def send(self, origin: ReplyContext, user: str, message: Json, *, public: bool) -> None:
        """Show a message where the turn began: by the response address while it is good, else by the Web
        API, and privately in the direct message where the bot may not speak in that channel."""
        address = origin.response_url
        good = address is not None and hook(address, self._client.base_url)
        if address and good and await self._respond(address, origin, message, public=public):
            return
        place: Json = {"channel": origin.channel, **({"thread_ts": origin.thread} if origin.thread else {})}
        try:
            if public or origin.channel.startswith("D"):
                await self._client.chat_postMessage(**place, **message, **INERT)
            else:
                ephemeral = {**message, "parse": "none", "link_names": False}
                await self._client.chat_postEphemeral(user=user, **place, **ephemeral)
        except SlackApiError as error:
            log.info("an answer goes by direct message", reason=code(error))
            await self._client.chat_postMessage(channel=await self.direct(user), **message, **INERT)

    async def _respond(self, address: str, origin: ReplyContext, message: Json, *, public: bool) -> bool:
        client = AsyncWebhookClient(address, session=self._session, retry_handlers=[])
        payload = reply_payload(message, public=public)
        if origin.thread:
            payload["thread_ts"] = origin.thread
        try:
            answer = await client.send_dict(payload)
        except FAILURES:
            if public:
                raise  # it may have arrived, and two public answers are worse than a lost one
            return False
        if answer.status_code == 200:
            return True
        log.info("a response address was refused", status=answer.status_code, said=answer.body[:200])
        return False

    async def direct(self, user: str) -> str:
        """The channel of the direct message with somebody."""
        if user not in self._direct:
            opened = await self._client.conversations_open(users=[user])
            self._direct[user] = opened["channel"]["id"]
        return self._direct[user]

    async def files(
        self, origin: ReplyContext, user: str, files: Sequence[Picture | File], *, public: bool
    ) -> None:
        """Bring files to where the answer is. Slack cannot show an uploaded file to one member of a channel
        only, so that private files go to the direct message, never to the channel."""
        try:
            channel = origin.channel if public else await self.direct(user)
            thread = origin.thread if public else None
            for file in files:
                await upload(self._client, channel, thread, file)
        except FAILURES as error:
            reason = code(error) if isinstance(error, SlackApiError) else str(error)
            log.warning("files could not be sent", reason=reason)
            said = say(NO_ROOM if public else NO_DIRECT, words="; ".join(map(words, files)))
            message = {"text": richtext.fallback(said, 3_000), "blocks": richtext.blocks(said)}
            await self.send(origin, user, message, public=False)


async def upload(client: AsyncWebClient, channel: str, thread: str | None, file: Picture | File) -> None:
    """Upload one file into a channel, with its alternative text."""
    content, alt = (file.png, file.alt) if isinstance(file, Picture) else (file.content, None)
    title = file.alt[:200] if isinstance(file, Picture) else file.name
    extra: Json = {"thread_ts": thread} if thread else {}
    await client.files_upload_v2(
        channel=channel,
        filename=file.name,
        content=content,
        title=title,
        alt_txt=alt and alt[:1_000],
        **extra,
    )
