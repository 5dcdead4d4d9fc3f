"""Proof that a caller is still where their cohort lives.

Inside a cohort's own channels the platform itself has let the caller in. Everywhere else, in direct messages, other
channels and forms that remember where they were opened, a call is carried out only after the platform has said,
within the last half minute, that the account is still there. Where it says that the account is gone, the membership
ends; where it says nothing, the call is refused.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from core.chat.model import Person, Place
from core.cohorts import audit, members, presence
from core.cohorts.model import Cohort
from core.cohorts.presence import AccountFacts, AccountLookup, AccountState, Belonging
from core.commands.admission import account as key_of
from core.commands.hooks import MemberLeftHook
from core.errors import ProofNeeded
from core.store.port import Conn, Store
from core.store.scoped import within

PROOF = timedelta(seconds=30)
"""How long an answer of a platform holds. An adapter may have kept it for as long before: a minute in all."""

MOST_KEPT = 20_000
MOST_LOOKUPS = 10
"""Accounts that one call has looked up."""

GONE = "account gone"
"""The audit's word for a membership that ended because its account is gone."""

_Key = tuple[str, str, str, int]


class AccountChecks:
    """Asks platforms about accounts, and remembers the answers for a moment.

    An adapter puts itself into `lookups` under its platform's name before it takes calls. A platform that is not
    there is taken at its word: whoever calls from it is inside.
    """

    def __init__(self) -> None:
        self.lookups: dict[str, AccountLookup] = {}
        self._states: OrderedDict[_Key, tuple[datetime, AccountState]] = OrderedDict()

    def known(self, account: Person, cohort_id: int, now: datetime) -> AccountState | None:
        """What is known of an account in a cohort without asking, None where that is nothing or too old."""
        if account.platform not in self.lookups:
            return AccountState.INSIDE
        kept = self._states.get(_key(account, cohort_id))
        return kept[1] if kept is not None and abs(now - kept[0]) < PROOF else None

    def note(self, account: Person, cohort_id: int, state: AccountState, now: datetime) -> None:
        """Remember what was found out."""
        key = _key(account, cohort_id)
        self._states[key] = (now, state)
        self._states.move_to_end(key)
        while len(self._states) > MOST_KEPT:
            self._states.popitem(last=False)

    async def look_up(self, account: Person, asked: Belonging, now: datetime) -> AccountFacts:
        """Ask the platform about an account in a cohort."""
        lookup = self.lookups.get(account.platform)
        if lookup is None:
            return AccountFacts(AccountState.INSIDE, account.name, account.handle)
        facts = await lookup.look_up(account.id, asked.homes)
        if facts.state is not AccountState.UNKNOWN:
            self.note(account, asked.cohort.id, facts.state, now)
        return facts


def _key(account: Person, cohort_id: int) -> _Key:
    return *key_of(account), cohort_id


@dataclass
class Proofs:
    """What is known of one caller during one call. `own_channel` is the cohort in whose own channel it came in.
    `workspace` is where somebody speaks who may give a cohort that has no channel left another one: there is nowhere
    else to look for them."""

    checks: AccountChecks
    account: Person
    now: datetime
    own_channel: int | None = None
    workspace: str = ""
    _found: dict[int, AccountState] = field(default_factory=dict)

    def state(self, cohort_id: int) -> AccountState | None:
        """How the caller stands to a cohort, None where the platform has to be asked first."""
        found = self._found.get(cohort_id)
        return self.checks.known(self.account, cohort_id, self.now) if found is None else found

    def is_there(self, cohort_id: int) -> bool:
        """Whether the caller is where a cohort lives. Raises `ProofNeeded` where the platform has to be asked."""
        if cohort_id == self.own_channel:
            return True
        state = self.state(cohort_id)
        if state is None:
            raise ProofNeeded((cohort_id,))
        return state.is_there

    def came_in(self) -> None:
        """The call was allowed. One in the cohort's own channel is itself a proof."""
        if self.own_channel is not None and self.account.platform in self.checks.lookups:
            self.checks.note(self.account, self.own_channel, AccountState.INSIDE, self.now)

    async def find(
        self, store: Store, hooks: Sequence[MemberLeftHook], cohort_ids: Sequence[int]
    ) -> list[Cohort]:
        """Ask the platform about the caller in some cohorts. Returns those in which a membership has ended by it."""
        asked = await store.read(_belongings, self.account, cohort_ids[:MOST_LOOKUPS])
        if self.workspace:
            there = (Place(self.account.platform, self.workspace, ""),)
            asked = [each if each.homes else replace(each, homes=there) for each in asked]
        self._found |= dict.fromkeys(cohort_ids, AccountState.UNKNOWN)
        states = await asyncio.gather(
            *(verify(self.checks, store, hooks, self.account, each, self.now) for each in asked)
        )
        ended = []
        for each, (facts, over) in zip(asked, states, strict=True):
            self._found[each.cohort.id] = facts.state
            if over:
                ended.append(each.cohort)
        return ended


def _belongings(conn: Conn, account: Person, cohort_ids: Sequence[int]) -> list[Belonging]:
    found = [presence.belonging(conn, account, each) for each in cohort_ids]
    return [each for each in found if each is not None]


async def verify(
    checks: AccountChecks,
    store: Store,
    hooks: Sequence[MemberLeftHook],
    account: Person,
    asked: Belonging,
    now: datetime,
) -> tuple[AccountFacts, bool]:
    """Ask the platform about an account in a cohort, and end its membership where the account is gone. Returns what
    it said, and whether a membership ended."""
    facts = await checks.look_up(account, asked, now)
    if asked.member_id is None or not facts.state.is_gone:
        return facts, False
    ended = await store.write(end_where_gone, hooks, asked.cohort, asked.member_id, account, now)
    return facts, ended


def end_membership(
    conn: Conn, hooks: Sequence[MemberLeftHook], cohort: Cohort, member_id: int, now: datetime
) -> None:
    """Somebody is not in a cohort any more: what waits for them is given up or passed on."""
    conn = within(conn, cohort.id)
    members.end_membership(conn, member_id, now)
    for hook in hooks:
        hook.run(conn, cohort, member_id, now)


def end_where_gone(
    conn: Conn,
    hooks: Sequence[MemberLeftHook],
    cohort: Cohort,
    member_id: int,
    account: Person,
    now: datetime,
) -> bool:
    """End a membership whose account is gone, unless its person has another account that may be there. True where
    it ended now."""
    member = members.by_id(conn, cohort.id, member_id)
    if member is None:
        return False
    if any(key_of(each) != key_of(account) for each in presence.accounts(conn, cohort.id, member.person_id)):
        return False
    end_membership(conn, hooks, cohort, member_id, now)
    audit.record(conn, cohort.id, GONE, member.name, now, actor=None, actor_name="", member=member_id)
    return True
