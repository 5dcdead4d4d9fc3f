"""Who somebody is, as Slack tells it; remembered for a minute, because every call asks."""

import asyncio
import time
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import FAILURES
from core.chat import Person
from core.text import clean, shorten

log = structlog.get_logger()

REMEMBER = 60.0
"""Seconds for which an answer of `users.info` holds: a demoted admin keeps no rights for longer."""
PATIENCE = 1.0
"""Seconds to wait for `users.info`; a command has three in all."""
MOST = 5_000


class People:
    """The members and channels of the bot's workspace."""

    def __init__(self, client: AsyncWebClient, workspace: str) -> None:
        self._client = client
        self._workspace = workspace
        self._known: dict[str, tuple[float, Person]] = {}
        self._asking: dict[str, asyncio.Future[Person]] = {}

    async def person(self, user: str, name: str = "") -> Person:
        """Somebody with name, time zone and standing. Where Slack does not say, a guest without rights:
        members of a cohort are recognised all the same."""
        known = self._known.get(user)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        asking = self._asking.get(user)
        if asking is None:
            asking = self._asking[user] = asyncio.ensure_future(self._ask(user, name))
            asking.add_done_callback(lambda _: self._asking.pop(user, None))
        return await asyncio.shield(asking)

    async def _ask(self, user: str, name: str) -> Person:
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.users_info(user=user)
        except FAILURES as error:
            log.warning("Slack did not say who somebody is", error=str(error) or type(error).__name__)
            stale = self._known.get(user)
            return stale[1] if stale else Person("slack", self._workspace, user, name or user, guest=True)
        person = _read(self._workspace, user, answer["user"], name)
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[user] = (time.monotonic() + REMEMBER, person)
        return person

    async def name(self, user: str) -> str:
        """What somebody is called."""
        return (await self.person(user)).name

    async def channel(self, channel: str) -> str:
        """What a channel is called; empty where Slack does not say."""
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._client.conversations_info(channel=channel)
        except FAILURES:
            return ""
        return str(answer["channel"].get("name") or "")


def _read(workspace: str, user: str, facts: dict[str, Any], name: str) -> Person:
    profile = facts.get("profile") or {}
    called = profile.get("display_name") or profile.get("real_name") or facts.get("name") or name or user
    # In an organisation of many workspaces, a member's home may be another one of them.
    outside = facts.get("team_id") not in (None, workspace) and not facts.get("enterprise_user")
    flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
    return Person(
        "slack",
        workspace,
        user,
        shorten(clean(str(called), multiline=False), 80) or user,
        manager=not outside and bool(facts.get("is_admin") or facts.get("is_owner")),
        guest=outside or any(facts.get(flag) for flag in flags),
        zone=facts.get("tz"),
    )
