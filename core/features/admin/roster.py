"""Everybody in a cohort as organizers see them, whether their accounts are still there, and guests who are let in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Person, PersonRef, Reply, Table
from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts import directory, members, presence
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.presence import AccountFacts, AccountState
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.proofs import MOST_LOOKUPS, verify
from core.commands.spec import Access, Arg
from core.errors import BadInput
from core.features.admin.people import Actor, account_of, actor_of, admit, note, refuse_state, tell
from core.store.port import Conn

PAGE = MOST_LOOKUPS
"""Members on a page: each of them is asked about."""

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
    page: Annotated[int, Arg("Which page of the list", minimum=1, maximum=1000)] = 1,
) -> Reply:
    """Who is in this cohort, since when, and whether they are still here; lets a guest in."""
    if let_in is not None:
        name = await _let_in(call, let_in)
        return Reply(say("{name} is in **{cohort}** now; I tell them.", name=name, cohort=call.cohort.name))
    count, shown = await call.read(_page, call.cohort.id, page)
    pages = _pages(count)
    page = min(page, pages)
    standings = await asyncio.gather(*(_standing(call, each) for each in shown))
    rows = tuple(_row(call.cohort, each, state) for each, state in zip(shown, standings, strict=True))
    people = "1 person is" if count == 1 else f"{count} people are"
    lines: list[Text] = [say("{people} in **{name}**.", people=people, name=call.cohort.name)]
    if pages > 1:
        lines.append(say("Page {page} of {pages}.", page=page, pages=pages))
    lines.append(
        say("{/cohort-admin remove} removes somebody, {/cohort-admin members let_in:} lets a guest in.")
    )
    blocks: list[Block] = [Table(("Name", "Role", "Since", "Account"), rows)]
    turn = [(word, at) for word, at in (("Back", page - 1), ("More", page + 1)) if 1 <= at <= pages]
    if turn:
        blocks.append(
            Buttons(tuple(Button(word, "cohort-admin members", {"page": str(at)}) for word, at in turn))
        )
    return Reply(join(lines), tuple(blocks))


def _pages(count: int) -> int:
    return max(1, -(-count // PAGE))


def _page(conn: Conn, cohort_id: int, page: int) -> tuple[int, Sequence[Listed]]:
    """How many members there are, and those of a page; of the last page where there are not so many."""
    everybody, since = members.members(conn, cohort_id), members.joined(conn, cohort_id)
    start = (min(page, _pages(len(everybody))) - 1) * PAGE
    found = []
    for each in everybody[start : start + PAGE]:
        accounts = presence.accounts(conn, cohort_id, each.person_id)
        found.append(Listed(each, since[each.id], accounts[0] if accounts else None))
    return len(everybody), found


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


def _row(cohort: Cohort, listed: Listed, state: AccountState) -> tuple[str, ...]:
    member = listed.member
    roles = [word for word, has in (("organizer", member.organizer), ("mentor", member.mentor)) if has]
    since = day_words(local_date(listed.since, cohort.zone))
    return member.name, ", ".join(roles) or "member", since, _STANDING[state]


async def _let_in(call: Call, person: PersonRef) -> str:
    try:
        account, facts = await account_of(call, person)
        refuse_state(call, account, facts.state)
        return await call.write(_admit, call.scope, actor_of(call), account, facts)
    except BadInput as error:
        error.field = "let_in"
        raise


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
    tell(conn, scope, actor, member.person_id, "let in")
    return member.name
