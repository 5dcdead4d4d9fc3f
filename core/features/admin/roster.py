"""Everybody in a cohort as organizers see them, whether their accounts are still there, who has not joined yet, and
guests who are let in."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Button, Person, PersonRef, Record, Reply
from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts import audit, directory, members, presence, roles
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.presence import AccountFacts, AccountState
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks, people_of
from core.commands.proofs import MOST_LOOKUPS, verify
from core.commands.spec import Access, Arg
from core.errors import BadInput, at_field
from core.features.admin import not_joined
from core.features.admin.people import Actor, account_of, actor_of, admit, note_member, refuse_state, tell
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
    """A member, since when, and the account through which they are asked about, if they have one here. `roles` are theirs
    in words, with who gave them, as far as that is kept."""

    member: Member
    since: datetime
    account: Person | None
    roles: tuple[str, ...]


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
    rows = (
        _listed(call.cohort, each, state, call.request.place.platform)
        for each, state in zip(found, standings, strict=True)
    )
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
    given, through = audit.given_by(conn, cohort_id), roles.through(conn, cohort_id)
    found = []
    for each in everybody[shown.start : shown.start + shown.size]:
        accounts = presence.accounts(conn, cohort_id, each.person_id)
        words = _roles(each, given, through.get(each.id, {}))
        found.append(Listed(each, since[each.id], accounts[0] if accounts else None, words))
    return shown, found


def _roles(
    member: Member, given: Mapping[tuple[int, str], str], through: Mapping[str, str]
) -> tuple[str, ...]:
    """A member's roles, each with the platform's role or the person that it comes from."""
    words = []
    for role, has in (("organizer", member.organizer), ("mentor", member.mentor)):
        by = given.get((member.id, role))
        if has and role in through:
            words.append(f"{role} through the role {through[role]}")
        elif has:
            words.append(f"{role}, by {by}" if by else role)
    let_in = given.get((member.id, "let in"))
    return (*(words or ["member"]), *([f"let in by {let_in}"] if let_in else []))


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


def _listed(cohort: Cohort, listed: Listed, state: AccountState, platform: str) -> Record:
    member = listed.member
    since = day_words(local_date(listed.since, cohort.zone))
    opens = (
        Button("Change…", "cohort-admin mentor", {"person": listed.account.id})
        if listed.account is not None and listed.account.platform == platform
        else None
    )
    return Record(member.name, (*listed.roles, f"since {since}", _STANDING[state]), opens)


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
    note_member(conn, scope, actor, "let in", member)
    tell(conn, scope, actor, member.person_id, LET_IN)
    return member.name
