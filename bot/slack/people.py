"""Looking up people in Slack: name, time zone, role. Answers are cached for a minute, because every call asks."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack.failures import FAILURES
from core.chat.model import Person
from core.chat.text import clean, shorten

log = structlog.get_logger()

CACHE_SECONDS = 60.0
"""Seconds for which an answer of `users.info` holds: a demoted admin keeps no rights for longer."""
LOOKUP_TIMEOUT = 1.0
"""Seconds to wait for `users.info`; a command has three in all."""
CACHE_SIZE = 5_000


@dataclass(frozen=True, slots=True)
class UnidentifiedPerson(Person):
    """Somebody of whom Slack does not tell at the moment who they are: to the core a guest without rights."""


class People:
    """The members of the bot's workspace; `enterprise` is the organisation that it is part of, if any."""

    def __init__(self, client: AsyncWebClient, workspace: str, enterprise: str | None = None) -> None:
        self._client = client
        self._workspace = workspace
        self._enterprise = enterprise
        self._cache: dict[str, tuple[float, Person]] = {}
        self._lookups: dict[str, asyncio.Future[Person]] = {}

    async def person(self, user: str, name: str = "") -> Person:
        """Somebody with name, time zone and role; `UnidentifiedPerson` where Slack does not say. Members of a cohort
        are recognised all the same."""
        cached = self._cache.get(user)
        if cached is not None and cached[0] > time.monotonic():
            return cached[1]
        lookup = self._lookups.get(user)
        if lookup is None:
            lookup = self._lookups[user] = asyncio.ensure_future(self._look_up(user, name))
            lookup.add_done_callback(lambda _: self._lookups.pop(user, None))
        return await asyncio.shield(lookup)

    async def _look_up(self, user: str, name: str) -> Person:
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                answer = await self._client.users_info(user=user)
        except FAILURES as error:
            log.warning("Slack did not say who somebody is", reason=describe_error(error))
            stale = self._cache.get(user)
            return (
                stale[1]
                if stale
                else UnidentifiedPerson("slack", self._workspace, user, name or user, guest=True)
            )
        person = self._read(user, answer["user"], name)
        if len(self._cache) >= CACHE_SIZE:
            self._cache.pop(next(iter(self._cache)))
        self._cache[user] = (time.monotonic() + CACHE_SECONDS, person)
        return person

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """The names of some people. They are looked up at the same time, so that all of them take no longer than
        one may."""
        distinct = list(dict.fromkeys(users))
        found = await asyncio.gather(*map(self.person, distinct))
        return {user: person.name for user, person in zip(distinct, found, strict=True)}

    def _read(self, user: str, facts: dict[str, Any], name: str) -> Person:
        profile = facts.get("profile") or {}
        display_name = (
            profile.get("display_name") or profile.get("real_name") or facts.get("name") or name or user
        )
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
            shorten(clean(str(display_name), multiline=False), 80) or user,
            manager=not outside and bool(facts.get("is_admin") or facts.get("is_owner")),
            guest=outside or any(facts.get(flag) for flag in flags),
            zone=facts.get("tz"),
        )
