"""Looking up a channel that somebody names by its id: typed, picked, or in a value that came back; and looking at one
that shall be a cohort's."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack.accounts import NO_LIST, SlackAccounts
from bot.slack.failures import FAILURES, code
from core.chat.channels import ChannelPeople, ChannelReport, Right, Unfit
from core.chat.model import ChannelRef, Place, Request, Source
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


class SlackInspector:
    """See `core.chat.channels.ChannelInspector`. Slack tells who is in a channel and whether it is archived; whether
    its settings let the bot post shows at a first post. `bot_name` is what people type behind the @; `accounts` is there
    once the bot is connected."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self.bot_name = "cohort-bot"
        self.accounts: SlackAccounts | None = None

    async def inspect(self, request: Request, channel: ChannelRef) -> ChannelReport:
        """How the bot and the caller stand in a channel of the bot's workspace."""
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                return await self._look_up(request, channel)
        except FAILURES as error:
            reason = code(error) if isinstance(error, SlackApiError) else type(error).__name__
            if reason in _NOT_VISIBLE:
                return self._not_visible(request, channel)
            log.warning("Slack did not tell about a channel", reason=reason)
            return ChannelReport(channel.name, Unfit.UNKNOWN)

    async def others(
        self, request: Request, channels: Sequence[Place], known: Collection[str], most: int
    ) -> ChannelPeople:
        """Who is in these channels, as `conversations.members` tells."""
        if self.accounts is None:
            return ChannelPeople(untold=NO_LIST)
        return await self.accounts.others(request.person.id, channels, known, most)

    async def _look_up(self, request: Request, channel: ChannelRef) -> ChannelReport:
        facts: dict[str, Any] = (await self._client.conversations_info(channel=channel.id))["channel"]
        name = str(facts.get("name") or channel.name)
        if facts.get("is_im") or facts.get("is_mpim"):
            return ChannelReport("", Unfit.CONVERSATION)
        caller_lacks: dict[Right, str] = {}
        private, manager = bool(facts.get("is_private")), request.person.manager
        if (private or not manager) and not await _is_member(self._client, channel.id, request.person.id):
            if private:
                return self._not_visible(request, channel)
            caller_lacks = {Right.JOIN: ""}
        if facts.get("is_archived"):
            return ChannelReport(f"#{name}", Unfit.ARCHIVED)
        bot_lacks = {} if facts.get("is_member") else {Right.JOIN: ""}
        return ChannelReport(name, None, bot_lacks, caller_lacks, self._invite())

    def _not_visible(self, request: Request, channel: ChannelRef) -> ChannelReport:
        """Slack hides a private channel that the bot is not in. Who typed the command there is in it."""
        if request.source is Source.COMMAND and channel.id == request.place.id:
            return ChannelReport(channel.name, None, {Right.JOIN: ""}, {}, self._invite())
        remedy = f"A private one has to have both of us in it: type `/invite @{self.bot_name}` there, then try again."
        return ChannelReport("", Unfit.NOT_FOUND, remedy=remedy)

    def _invite(self) -> str:
        return f"Please type `/invite @{self.bot_name}` in it."


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
