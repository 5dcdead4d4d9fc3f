"""Whether an account is still in the workspace and in a cohort's home channels, as Slack says."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.logs import describe_error
from bot.slack.failures import FAILURES
from bot.slack.people import People, UserFacts, name_of
from core.chat.channels import ChannelPeople
from core.chat.model import Place
from core.cohorts.presence import AccountFacts, AccountState

log = structlog.get_logger()

FRESH = 30.0
"""Seconds for which what Slack said of an account or a channel is not asked again; with as long in the core a minute
in all."""
TIMEOUT = 1.5
"""Seconds for all that is asked of Slack about one account; a command has three in all."""
LIST_TIMEOUT = 2.0
"""Seconds for all that is asked of Slack about who is in a channel."""
SPARE_LOOKUPS = 6
"""Accounts that are looked up beside those that are named: some turn out to be bots or guests."""
NO_LIST = "Slack told me nothing about who is in the channel just now."
PAGE, PAGES = 1_000, 20
MOST_CHANNELS = 500
SLACKBOT = "USLACKBOT"

T = TypeVar("T")


class SlackAccounts:
    """See `core.cohorts.presence.AccountLookup`. `now` gives seconds, by which answers grow old."""

    def __init__(
        self, client: AsyncWebClient, people: People, workspace: str, now: Callable[[], float]
    ) -> None:
        self._client = client
        self._people = people
        self._workspace = workspace
        self._private = _RecentAnswers[bool](now)
        self._members = _RecentAnswers[frozenset[str]](now)

    async def look_up(self, user: str, homes: Sequence[Place]) -> AccountFacts:
        """What Slack says of somebody and these channels."""
        try:
            async with asyncio.timeout(TIMEOUT):
                facts = await self._people.facts(user, FRESH)
                here = [each for each in homes if each.workspace == self._workspace]
                if not here:
                    return AccountFacts(AccountState.UNKNOWN)  # the cohort lives in other workspaces
                return await self._judge(user, facts, [each.id for each in here if each.id])
        except FAILURES as error:
            log.warning("Slack did not say whether somebody is there", reason=describe_error(error))
            return AccountFacts(AccountState.UNKNOWN)

    async def _judge(self, user: str, facts: UserFacts | None, homes: Sequence[str]) -> AccountFacts:
        if facts is None:
            return AccountFacts(AccountState.UNKNOWN)
        if facts.user is None:
            return AccountFacts(AccountState.OUTSIDE)
        state = self._in_workspace(user, facts.user)
        if state.is_there:
            state = await self._in_channels(user, state, homes)
        return AccountFacts(state, name_of(facts.user), str(facts.user.get("name") or ""))

    def _in_workspace(self, user: str, facts: dict[str, Any]) -> AccountState:
        if facts.get("deleted"):
            return AccountState.DEACTIVATED
        if facts.get("is_bot") or user == SLACKBOT:
            return AccountState.BOT
        if self._people.is_outside(facts):
            return AccountState.OUTSIDE
        restricted = facts.get("is_restricted") or facts.get("is_ultra_restricted")
        return AccountState.GUEST if restricted else AccountState.INSIDE

    async def _in_channels(self, user: str, state: AccountState, homes: Sequence[str]) -> AccountState:
        """The state with regard to the home channels. A public one is open to everybody but guests; a channel that
        Slack tells nothing about is one that the bot is out of, and says nothing of others."""
        if not homes:
            return state
        private = await asyncio.gather(*(self._private.get(each, self._is_private) for each in homes))
        if state is AccountState.INSIDE and False in private:
            return state
        told = [each for each, known in zip(homes, private, strict=True) if known is not None]
        lists = await asyncio.gather(*(self._members.get(each, self._list_members) for each in told))
        if any(members is not None and user in members for members in lists):
            return state
        sure = len(told) == len(homes) and None not in lists
        return AccountState.OUTSIDE if sure else AccountState.UNKNOWN

    async def others(
        self, asker: str, homes: Sequence[Place], known: Collection[str], most: int
    ) -> ChannelPeople:
        """See `core.chat.channels.ChannelInspector.others`. Private channels that the asker is not in are left out."""
        try:
            async with asyncio.timeout(LIST_TIMEOUT):
                found = await self._everybody(asker, [each.id for each in homes if each.id])
                if found is None:
                    return ChannelPeople(untold=NO_LIST)
                return await self._named(sorted(found.difference(known)), most)
        except FAILURES as error:
            log.warning("Slack did not say who is in a channel", reason=describe_error(error))
            return ChannelPeople(untold=NO_LIST)

    async def _everybody(self, asker: str, channels: Sequence[str]) -> set[str] | None:
        """Who is in these channels; None where Slack tells of none of them."""
        found: set[str] | None = None
        for channel in channels:
            there = await self._members.get(channel, self._list_members)
            if there is None:
                continue
            if asker in there or await self._private.get(channel, self._is_private) is False:
                found = (found or set()) | there
        return found

    async def _named(self, users: Sequence[str], most: int) -> ChannelPeople:
        """The names of the first people among these accounts. A few more are looked up than are named, because some are
        bots; all of them would take a call each."""
        tried = users[: most + SPARE_LOOKUPS]
        facts = await asyncio.gather(*(self._people.facts(each, FRESH) for each in tried))
        names, untold = [], 0
        for user, each in zip(tried, facts, strict=True):
            if each is None:
                untold += 1
            elif each.user is not None and self._in_workspace(user, each.user) is AccountState.INSIDE:
                names.append(name_of(each.user) or user)
        return ChannelPeople(tuple(names[:most]), len(names[most:]) + len(users[len(tried) :]) + untold)

    async def _is_private(self, channel: str) -> bool:
        found: dict[str, Any] = (await self._client.conversations_info(channel=channel))["channel"]
        return bool(found.get("is_private"))

    async def _list_members(self, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor: str | None = None
        for _ in range(PAGES):
            answer = await self._client.conversations_members(channel=channel, limit=PAGE, cursor=cursor)
            found.update(answer["members"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return frozenset(found)
        raise TimeoutError("The channel has more members than are asked for.")


@dataclass(slots=True)
class _Answer(Generic[T]):
    at: float
    asked: "asyncio.Future[T]"


class _RecentAnswers(Generic[T]):
    """Answers about channels, kept while they are fresh; who asks meanwhile waits for the same one."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: dict[str, _Answer[T]] = {}

    async def get(self, channel: str, ask: Callable[[str], Awaitable[T]]) -> T | None:
        """The answer about a channel, None where Slack gave none."""
        kept = self._kept.get(channel)
        if kept is None or not abs(self._now() - kept.at) < FRESH:
            while len(self._kept) >= MOST_CHANNELS:
                self._kept.pop(next(iter(self._kept)))
            kept = self._kept[channel] = _Answer(self._now(), asyncio.ensure_future(ask(channel)))
        try:
            return await asyncio.shield(kept.asked)
        except FAILURES as error:
            log.info("Slack told nothing about a channel", reason=describe_error(error))
            self._kept.pop(channel, None)
            return None
