"""The channels of direct messages. Slack is asked once a person for as long as the bot runs."""

from slack_sdk.web.async_client import AsyncWebClient

from core.commands.caches import LruCache

PEOPLE = 10_000
"""Whose channels are remembered, those used last."""


class DirectChannels:
    """The direct message channels of people, by user id. Not kept over a restart: one call a person and start."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._channels = LruCache(PEOPLE)

    async def channel(self, user: str) -> str:
        """The channel of the direct message with somebody."""
        known: str | None = self._channels.get(user)
        if known is None:
            opened = await self._client.conversations_open(users=[user])
            known = str(opened["channel"]["id"])
            self._channels.put(user, known)
        return known

    def forget(self, user: str) -> None:
        """Slack does not find somebody's channel any more: ask anew."""
        self._channels.put(user, None)
