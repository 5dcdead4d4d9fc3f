"""Looking up people in Slack: name, time zone, role. What a call needs is asked again after a minute; names may be
older."""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack.failures import FAILURES, code
from core.chat.model import Person
from core.chat.text import clean, shorten

log = structlog.get_logger()

Json = dict[str, Any]

CACHE_SECONDS = 60.0
"""Seconds for which an answer of `users.info` holds: a demoted admin keeps no rights for longer."""
LOOKUP_TIMEOUT = 1.0
"""Seconds to wait for `users.info`; a command has three in all."""
CACHE_SIZE = 5_000
MOST_LOOKUPS = 12
"""People who are looked up for one call. Whoever else is mentioned keeps the name that Slack told before, or
their id."""

GONE = frozenset({"user_not_found", "user_not_visible"})
"""Slack's words for somebody who is not in the workspace."""


@dataclass(frozen=True, slots=True)
class UnidentifiedPerson(Person):
    """Somebody of whom Slack does not tell at the moment who they are: to the core a guest without rights, whatever
    Slack said of them before."""


@dataclass(frozen=True, slots=True)
class UserFacts:
    """What `users.info` said of somebody, None where there is nobody of that id, and at what second."""

    at: float
    user: Json | None


class People:
    """The members of the bot's workspace; `enterprise` is the organisation that it is part of, if any. `now` gives
    seconds, by which answers grow old."""

    def __init__(
        self,
        client: AsyncWebClient,
        workspace: str,
        enterprise: str | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._client = client
        self._workspace = workspace
        self._enterprise = enterprise
        self._cache: dict[str, UserFacts] = {}
        self._lookups: dict[str, asyncio.Future[UserFacts | None]] = {}

    async def person(self, user: str, name: str = "") -> Person:
        """Somebody with name, time zone and role; `UnidentifiedPerson` where Slack does not say. Members of a cohort
        are recognised all the same. A name may be stale, a right never."""
        facts = await self.facts(user, CACHE_SECONDS)
        if facts is not None and facts.user is not None:
            return self._read(user, facts.user, name)
        known = self._known_name(user)
        # A name that Slack did not tell now renames nobody.
        return UnidentifiedPerson(
            "slack", self._workspace, user, known or name or user, guest=True, named_in=""
        )

    async def facts(self, user: str, seconds: float) -> UserFacts | None:
        """What Slack says of somebody, no older than so many seconds; None where it does not say."""
        cached = self._cache.get(user)
        if cached is not None and abs(self._now() - cached.at) < seconds:
            return cached
        lookup = self._lookups.get(user)
        if lookup is None:
            lookup = self._lookups[user] = asyncio.ensure_future(self._look_up(user))
            lookup.add_done_callback(lambda _: self._lookups.pop(user, None))
        return await asyncio.shield(lookup)

    async def _look_up(self, user: str) -> UserFacts | None:
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                found: Json | None = (await self._client.users_info(user=user))["user"]
        except FAILURES as error:
            if not isinstance(error, SlackApiError) or code(error) not in GONE:
                log.warning("Slack did not say who somebody is", reason=describe_error(error))
                return None
            found = None
        if len(self._cache) >= CACHE_SIZE:
            self._cache.pop(next(iter(self._cache)))
        facts = self._cache[user] = UserFacts(self._now(), found)
        return facts

    async def names(self, users: Iterable[str]) -> dict[str, str]:
        """The names of some people. A few whom Slack did not name before are looked up, at the same time, so that all
        of them take no longer than one may; of the others the ids are given back."""
        distinct = list(dict.fromkeys(users))
        unknown = [user for user in distinct if not self._known_name(user)][:MOST_LOOKUPS]
        await asyncio.gather(*(self.facts(user, CACHE_SECONDS) for user in unknown))
        return {user: self._known_name(user) or user for user in distinct}

    def _known_name(self, user: str) -> str:
        """The name that Slack told last, however long ago, empty where it told none."""
        cached = self._cache.get(user)
        return name_of(cached.user) if cached is not None and cached.user is not None else ""

    def is_outside(self, facts: Json) -> bool:
        """Whether somebody belongs to another organisation, and is here only through a shared channel."""
        # In an organisation of many workspaces, a member's home may be another one of them.
        organisation = (facts.get("enterprise_user") or {}).get("enterprise_id")
        colleague = self._enterprise is not None and organisation == self._enterprise
        elsewhere = facts.get("team_id") not in (None, self._workspace) and not colleague
        return elsewhere or bool(facts.get("is_stranger"))

    def _read(self, user: str, facts: Json, name: str) -> Person:
        outside = self.is_outside(facts)
        flags = ("is_restricted", "is_ultra_restricted", "deleted")
        return Person(
            "slack",
            self._workspace,
            user,
            name_of(facts) or name or user,
            manager=not outside and bool(facts.get("is_admin") or facts.get("is_owner")),
            guest=outside or any(facts.get(flag) for flag in flags),
            zone=facts.get("tz"),
            handle=str(facts.get("name") or ""),
        )


def name_of(facts: Json) -> str:
    """The name that a member chose to be shown, else their full name, else their handle; empty where there is
    none."""
    profile = facts.get("profile") or {}
    found = profile.get("display_name") or profile.get("real_name") or facts.get("name") or ""
    return shorten(clean(str(found), multiline=False), 80)
