"""Who somebody is, as Slack tells it; remembered for a minute, because every call asks."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.failures import FAILURES
from core.chat.model import Person
from core.chat.text import clean, shorten

log = structlog.get_logger()

REMEMBER = 60.0
"""Seconds for which an answer of `users.info` holds: a demoted admin keeps no rights for longer."""
PATIENCE = 1.0
"""Seconds to wait for `users.info`; a command has three in all."""
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Unknown(Person):
    """Somebody of whom Slack does not tell at the moment who they are: to the core a guest without rights."""


class People:
    """The members of the bot's workspace; `enterprise` is the organisation that it is part of, if any."""

    def __init__(self, client: AsyncWebClient, workspace: str, enterprise: str | None = None) -> None:
        self._client = client
        self._workspace = workspace
        self._enterprise = enterprise
        self._known: dict[str, tuple[float, Person]] = {}
        self._asking: dict[str, asyncio.Future[Person]] = {}

    async def person(self, user: str, name: str = "") -> Person:
        """Somebody with name, time zone and standing; `Unknown` where Slack does not say. Members of a cohort
        are recognised all the same."""
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
            return stale[1] if stale else Unknown("slack", self._workspace, user, name or user, guest=True)
        person = self._read(user, answer["user"], name)
        if len(self._known) >= MOST:
            self._known.pop(next(iter(self._known)))
        self._known[user] = (time.monotonic() + REMEMBER, person)
        return person

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """What some people are called. They are asked for together, so that all of them take no longer than
        one may."""
        distinct = list(dict.fromkeys(users))
        found = await asyncio.gather(*map(self.person, distinct))
        return {user: person.name for user, person in zip(distinct, found, strict=True)}

    def _read(self, user: str, facts: dict[str, Any], name: str) -> Person:
        profile = facts.get("profile") or {}
        called = profile.get("display_name") or profile.get("real_name") or facts.get("name") or name or user
        # In an organisation of many workspaces, a member's home may be another one of them. A shared channel
        # also brings people of other organisations.
        organisation = (facts.get("enterprise_user") or {}).get("enterprise_id")
        colleague = self._enterprise is not None and organisation == self._enterprise
        outside = facts.get("team_id") not in (None, self._workspace) and not colleague
        flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "deleted")
        return Person(
            "slack",
            self._workspace,
            user,
            shorten(clean(str(called), multiline=False), 80) or user,
            manager=not outside and bool(facts.get("is_admin") or facts.get("is_owner")),
            guest=outside or any(facts.get(flag) for flag in flags),
            zone=facts.get("tz"),
        )
