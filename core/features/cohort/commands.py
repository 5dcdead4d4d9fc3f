"""The commands `cohort ...`: help, joining and leaving, and who is in it."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.model import Button, Buttons, ButtonStyle, Person, Reply
from core.chat.text import join, say
from core.cohorts import directory, members
from core.cohorts.model import Cohort, Scope
from core.commands import consent, organizers
from core.commands.decorators import command, member_left
from core.commands.dispatch import Call
from core.commands.hooks import MemberLeftHook
from core.commands.paging import PageArg, blocks, people_of
from core.commands.proofs import end_membership
from core.commands.spec import Access, Once
from core.delivery import asked_for, outbox, schedules
from core.errors import BadInput, NotAllowed
from core.features.cohort import records, texts
from core.store.port import Conn


@command("cohort join", access=Access.ANYONE, once=Once.REPEATS)
async def join_cohort(call: Call) -> Reply:
    """Join this cohort."""
    new = await call.write(_join, call.scope, call.request.person)
    name = call.cohort.name
    if not new:
        return Reply(say("You are in **{name}** already.", name=name))
    hello = say(
        "Welcome to **{name}**! The cohort's clock runs on {zone}; tell me yours if you live elsewhere.",
        name=name,
        zone=call.cohort.zone,
    )
    text = join([hello, consent.kept_and_read()])
    buttons = [
        Button("Set my time zone", "profile timezone"),
        Button("Add a paper", "submission add"),
        Button("Check in", "checkin now", style=ButtonStyle.PRIMARY),
    ]
    notices = await call.read(asked_for.sent_in, call.core.registry, call.cohort.id)
    for each in notices:
        text = join([text, say("By direct message I send {kinds} only to those who ask.", kinds=each.label)])
        buttons.append(Button(f"Send me {each.label}", "profile reminders", {"on": "yes", "kind": each.key}))
    usable = tuple(each for each in buttons if each.command in call.core.registry.commands)
    return Reply(text, (Buttons(usable),))


def _join(conn: Conn, scope: Scope, person: Person) -> bool:
    person_id = directory.ensure_person(conn, person, scope.now)
    if members.was_removed(conn, scope.cohort.id, person_id):
        raise NotAllowed(
            say(
                "You were removed from **{name}**. One of its organizers can let you in again, with "
                "{/cohort-admin members}.",
                name=scope.cohort.name,
            )
        )
    new = directory.add_member(conn, scope.cohort.id, person_id, scope.now)
    if new:
        schedules.advance_for(conn, person_id, scope.now)
    return new


@command("cohort leave", access=Access.ANYONE)
async def leave(call: Call) -> Reply:
    """Leave this cohort; your records stay until you have them deleted."""
    await organizers.refuse_last(call)
    # Whether the caller is a member is asked inside the transaction: delivered again, they are none any more.
    await call.write(_leave, call.scope, call.request.person, call.core.registry.member_left_hooks)
    text = say(
        "You have left **{name}**; nothing will be asked of you.\nWhat you recorded stays: those here read what you "
        "shared, nobody what is private. It is yours: take it along, or have it deleted, now or later.",
        name=call.cohort.name,
    )
    buttons = (
        Button("Take it along", "privacy export"),
        Button("Have it deleted", "privacy forget", style=ButtonStyle.DANGER),
        Button("Join again", "cohort join"),
    )
    usable = tuple(each for each in buttons if each.command in call.core.registry.commands)
    return Reply(text, (Buttons(usable),))


def _leave(conn: Conn, scope: Scope, person: Person, member_left_hooks: Sequence[MemberLeftHook]) -> None:
    """End the caller's membership."""
    person_id = directory.person_of(conn, person)
    member = members.member_of(conn, scope.cohort.id, person_id) if person_id is not None else None
    if member is None:
        raise BadInput(
            say("You are not in **{name}**, so there is nothing to leave.", name=scope.cohort.name)
        )
    end_membership(conn, member_left_hooks, scope.cohort, member.id, scope.now)


@member_left
def withdraw_posts(conn: Conn, cohort: Cohort, member_id: int, now: datetime) -> None:
    """Nothing that still waits for somebody who has left is sent to them."""
    for waiting in outbox.waiting_for(conn, cohort.id, members.person_of(conn, member_id)):
        outbox.withdraw(conn, waiting, "Its reader is not in the cohort any more.", now)


@command("cohort members")
async def list_members(call: Call, page: PageArg = 1) -> Reply:
    """Who is in this cohort."""
    shown, found = await call.read(records.page_of_members, call.cohort.id, call.request.person, page)
    has_papers = "submission list" in call.core.registry.commands
    rows = (texts.listed(each, account if has_papers else None) for each, account in found)
    head = people_of(shown, call.cohort.name)
    return Reply(head, blocks(call, shown, rows, "Papers of…"))
