"""Whether the reader of a direct message is still there: nobody who is gone is sent anything, and what waits for them
passes on."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from core.chat.model import Person
from core.cohorts import presence
from core.cohorts.model import Cohort
from core.cohorts.presence import Belonging
from core.commands.dispatch import Core
from core.commands.proofs import verify
from core.delivery.outlet import Target

CHECK_AGAIN = timedelta(days=1)
"""How often a platform is asked about a member who does not call and is sent nothing."""
AT_ONCE = 20
"""Accounts that one sweep asks each platform about."""


class ReaderState(StrEnum):
    """What became of somebody to whom something shall be sent."""

    THERE = "there"
    GONE = "gone"
    UNKNOWN = "unknown"


def reader_of(target: Target) -> Person:
    """The account behind the target of a direct message."""
    return Person(target.platform, target.workspace, target.channel, "")


async def check(core: Core, target: Target, cohort: Cohort) -> ReaderState:
    """Whether somebody may be sent something of a cohort: its members who are still there. A membership whose
    account is gone ends."""
    account = reader_of(target)
    asked = await core.store.read(presence.belonging, account, cohort.id)
    if asked is None or asked.member_id is None:
        return ReaderState.GONE
    return await _check(core, account, asked)


async def _check(core: Core, account: Person, asked: Belonging) -> ReaderState:
    now = core.clock.now()
    state = core.accounts.known(account, asked.cohort.id, now)
    if state is None or state.is_gone:
        facts, _ = await verify(
            core.accounts, core.store, core.registry.member_left_hooks, account, asked, now
        )
        state = facts.state
    if state.is_there:
        return ReaderState.THERE
    return ReaderState.GONE if state.is_gone else ReaderState.UNKNOWN


async def cohorts_where_there(core: Core, account: Person, cohort_ids: Sequence[int]) -> list[int]:
    """Those of some cohorts in which an account is a member that is still there."""
    found = []
    for cohort_id in cohort_ids:
        asked = await core.store.read(presence.belonging, account, cohort_id)
        if asked is None or asked.member_id is None:
            continue
        if await _check(core, account, asked) is ReaderState.THERE:
            found.append(cohort_id)
    return found


async def sweep(core: Core) -> int:
    """Ask the platforms about members of whom they were not asked for a day, so that a membership ends and turns
    pass on also where nobody calls. Returns how many accounts were asked about."""
    now, count = core.clock.now(), 0
    for platform in list(core.accounts.lookups):
        due = await core.store.read(presence.unchecked, platform, now - CHECK_AGAIN, AT_ONCE)
        for account, cohort_id in due:
            asked = await core.store.read(presence.belonging, account, cohort_id)
            if asked is not None and asked.member_id is not None:
                await _check(core, account, asked)
        if due:
            await core.store.write(presence.mark_checked, [account for account, _ in due], now)
        count += len(due)
    return count
