"""Everybody in a cohort as organizers see them, whether their accounts are still there, who has not joined yet, and
guests who are let in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Person, PersonRef, Record, Reply
from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts import directory, members, presence
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.presence import AccountFacts, AccountState
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks, people_of
from core.commands.proofs import MOST_LOOKUPS, verify
from core.commands.spec import Access, Arg
from core.errors import BadInput, at_field
from core.features.admin import not_joined
from core.features.admin.people import Actor, account_of, actor_of, admit, note, refuse_state, tell
from core.features.admin.posts import LET_IN
from core.store.port import Conn

_STANDING = {
    AccountState.INSIDE: "here",
    AccountState.GUEST: "here, as a guest",
    AccountState.OUTSIDE: "gone; the membership has ended",
    AccountState.DEACTIVATED: "deactivated; the membership has ended",
    AccountState.BOT: "a bot; the membership has ended",
    AccountState.UNKNOWN: "could not be asked about just now",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A member, since when, and the account through which they are asked about, if they have one here."""

    member: Member
    since: datetime
    account: Person | None


@command("cohort-admin members", access=Access.ORGANIZER)
async def roster(
    call: Call,
    let_in: Annotated[PersonRef | None, Arg("A guest, or somebody who was removed, to let in")] = None,
    page: PageArg = 1,
) -> Reply:
    """Who is in this cohort, since when, and who has not joined yet; lets a guest in."""
    if let_in is not None:
        name = await _let_in(call, let_in)
        return Reply(say("{name} is in **{cohort}** now; I tell them.", name=name, cohort=call.cohort.name))
    shown, found = await call.read(_page, call.cohort.id, page)
    standings, missing = await asyncio.gather(
        asyncio.gather(*(_standing(call, each) for each in found)), _not_joined(call, shown)
    )
    rows = (_listed(call.cohort, each, state) for each, state in zip(found, standings, strict=True))
    how = say("{/cohort-admin remove} removes somebody, {/cohort-admin members let_in:} lets a guest in.")
    return Reply(join([people_of(shown, call.cohort.name), *missing, how]), blocks(call, shown, rows))


async def _not_joined(call: Call, shown: Page) -> list[Text]:
    """Who has not joined, on the first page."""
    missing = await not_joined.find(call, call.cohort.id) if shown.number == 1 else None
    return [missing.text] if missing is not None else []


def _page(conn: Conn, cohort_id: int, page: int) -> tuple[Page, Sequence[Listed]]:
    """A page of the members."""
    everybody, since = members.members(conn, cohort_id), members.joined(conn, cohort_id)
    shown = Page(page, len(everybody), MOST_LOOKUPS)
    found = []
    for each in everybody[shown.start : shown.start + shown.size]:
        accounts = presence.accounts(conn, cohort_id, each.person_id)
        found.append(Listed(each, since[each.id], accounts[0] if accounts else None))
    return shown, found


async def _standing(call: Call, listed: Listed) -> AccountState:
    if listed.account is None:
        return AccountState.UNKNOWN
    asked = await call.read(presence.belonging, listed.account, call.cohort.id)
    assert asked is not None  # noqa: S101 - the cohort of a call is there
    core = call.core
    facts, _ = await verify(
        core.accounts, core.store, core.registry.member_left_hooks, listed.account, asked, call.now
    )
    return facts.state


def _listed(cohort: Cohort, listed: Listed, state: AccountState) -> Record:
    member = listed.member
    roles = [word for word, has in (("organizer", member.organizer), ("mentor", member.mentor)) if has]
    since = day_words(local_date(listed.since, cohort.zone))
    return Record(member.name, (", ".join(roles) or "member", f"since {since}", _STANDING[state]))


async def _let_in(call: Call, person: PersonRef) -> str:
    with at_field("let_in"):
        account, facts = await account_of(call, person)
        refuse_state(call, account, facts.state)
        return await call.write(_admit, call.scope, actor_of(call), account, facts)


def _admit(conn: Conn, scope: Scope, actor: Actor, account: Person, facts: AccountFacts) -> str:
    """Make a guest, or somebody who was removed, a member. Returns their name."""
    person_id = directory.person_of(conn, account)
    cohort = scope.cohort
    if person_id is not None and (known := members.member_of(conn, cohort.id, person_id)) is not None:
        raise BadInput(say("{name} is in **{cohort}** already.", name=known.name, cohort=cohort.name))
    removed = person_id is not None and members.was_removed(conn, cohort.id, person_id)
    if facts.state is not AccountState.GUEST and not removed:
        raise BadInput(
            say(
                "{name} is no guest here: they can join by themselves, with {/cohort join} in the cohort's channel.",
                name=account.name,
            )
        )
    member = admit(conn, scope, account)
    note(conn, scope, actor, "let in", member.name)
    tell(conn, scope, actor, member.person_id, LET_IN)
    return member.name
