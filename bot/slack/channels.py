"""Looking up a channel that somebody names by its id: typed, picked, or in a value that came back."""

import asyncio
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack.failures import FAILURES, code
from core.chat.model import ChannelRef
from core.chat.text import say
from core.errors import BadInput

log = structlog.get_logger()

LOOKUP_TIMEOUT = 3.0
"""Seconds for all that is asked of Slack about one channel."""
PAGE, PAGES = 1_000, 20

NOT_FOUND = (
    "I cannot find that channel. If it is a private one, it has to have both of us in it: invite me there with "
    "`/invite`, then try again."
)
ARCHIVED = "{name} is archived. Please choose another channel."
NO_CHANNEL = "That is a direct or group message. Please choose a channel."
NO_ANSWER = "Slack told me nothing about that channel just now. Please try again in a moment."

_NOT_VISIBLE = frozenset(
    {"channel_not_found", "invalid_arguments", "method_not_supported_for_channel_type", "missing_scope"}
)


class ChannelLookupFailed(BadInput):
    """Slack told nothing about a channel just now."""


async def find_channel(client: AsyncWebClient, channel: str, user: str) -> ChannelRef:
    """The channel with its name. Raises `BadInput` for one that is not there, is archived, or is private
    without `user` in it, which looks as if it were not there; `ChannelLookupFailed` where Slack does not tell."""
    try:
        async with asyncio.timeout(LOOKUP_TIMEOUT):
            facts: dict[str, Any] = (await client.conversations_info(channel=channel))["channel"]
            if facts.get("is_im") or facts.get("is_mpim"):
                raise BadInput(NO_CHANNEL)
            if facts.get("is_private") and not await _is_member(client, channel, user):
                raise BadInput(say(NOT_FOUND))
    except FAILURES as error:
        if isinstance(error, SlackApiError) and code(error) in _NOT_VISIBLE:
            raise BadInput(say(NOT_FOUND)) from error
        log.warning("Slack did not tell about a channel", reason=describe_error(error))
        raise ChannelLookupFailed(NO_ANSWER) from error
    name = str(facts.get("name") or "")
    if facts.get("is_archived"):
        raise BadInput(say(ARCHIVED, name=f"#{name}" if name else "That channel"))
    return ChannelRef(channel, name)


async def _is_member(client: AsyncWebClient, channel: str, user: str) -> bool:
    cursor: str | None = None
    for _ in range(PAGES):
        answer = await client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
        if user in answer["members"]:
            return True
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return False
