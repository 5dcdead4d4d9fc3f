"""What Slack tells of the cohorts' channels: renamed, archived, deleted, and whether the bot is in them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import FAILURES, GONE, code
from core.chat.model import Place
from core.cohorts import places
from core.commands.dispatch import Core
from core.delivery import notices

log = structlog.get_logger()

Json = dict[str, Any]

ARCHIVED, NOT_THERE, DELETED = GONE["is_archived"], GONE["not_in_channel"], "The channel was deleted."
MOST = 200
"""Channels that are looked at when the bot starts: Slack lets it ask some fifty a minute."""


class SlackChannelEvents:
    """The listeners, and the look at all channels when the bot starts, which heard of nothing while it was away.
    `bot_user` is the bot's own user in its `workspace`."""

    def __init__(self, core: Core, client: AsyncWebClient, workspace: str, bot_user: str) -> None:
        self._core = core
        self._client = client
        self._workspace = workspace
        self._bot_user = bot_user

    def listeners(self) -> Mapping[str, Callable[..., Awaitable[None]]]:
        """The events of Slack and what listens to them; private channels are groups in some."""
        return {
            "member_joined_channel": self._joined,
            "member_left_channel": self._left,
            "channel_left": self._left,
            "group_left": self._left,
            "channel_rename": self._renamed,
            "group_rename": self._renamed,
            "channel_archive": self._archived,
            "group_archive": self._archived,
            "channel_unarchive": self._changed,
            "group_unarchive": self._changed,
            "channel_deleted": self._deleted,
            "group_deleted": self._deleted,
        }

    def listen(self, app: AsyncApp) -> None:
        """Register the listeners."""
        for name, listener in self.listeners().items():
            app.event(name)(listener)

    async def look_at_all(self) -> None:
        """See how every channel of a cohort is called and stands now."""
        for each in (await self._core.store.read(places.known, "slack", self._workspace))[:MOST]:
            if not await self._look(each.channel):
                return

    async def _joined(self, event: Json) -> None:
        if event.get("user") == self._bot_user:
            await self._changed(event)

    async def _left(self, event: Json) -> None:
        if event.get("user") in (None, self._bot_user):
            await self._close(str(event["channel"]), NOT_THERE)

    async def _renamed(self, event: Json) -> None:
        channel = event["channel"]
        place = Place("slack", self._workspace, str(channel["id"]), name=str(channel["name"]))
        await self._core.store.write(places.rename, place)

    async def _archived(self, event: Json) -> None:
        await self._close(str(event["channel"]), ARCHIVED)

    async def _deleted(self, event: Json) -> None:
        await self._close(str(event["channel"]), DELETED)

    async def _changed(self, event: Json) -> None:
        await self._look(str(event["channel"]))

    async def _known(self, channel: str) -> bool:
        return bool(await self._core.store.read(places.known, "slack", self._workspace, channel))

    async def _close(self, channel: str, reason: str) -> None:
        if await self._known(channel):
            place = Place("slack", self._workspace, channel)
            await self._core.store.write(notices.close_channel, place, reason, self._core.clock.now())

    async def _look(self, channel: str) -> bool:
        """See how a cohort's channel is called, and open it where the bot is in it. False where Slack does not want
        to be asked now. What does not work shows at the next post."""
        if not await self._known(channel):
            return True
        try:
            facts: Json = (await self._client.conversations_info(channel=channel))["channel"]
        except FAILURES as error:
            said = code(error) if isinstance(error, SlackApiError) else type(error).__name__
            log.warning("Slack did not tell about a channel", channel=channel, reason=said)
            return said in GONE
        place = Place("slack", self._workspace, channel, name=str(facts.get("name") or ""))
        await self._core.store.write(places.rename, place)
        if facts.get("is_archived"):
            await self._close(channel, ARCHIVED)
        elif facts.get("is_member"):
            await self._core.store.write(places.reopen, place)
        return True
