"""Who is in a cohort and with which role, as organizers change it, and what managers may always do: appoint an
organizer. Every change is audited, and told to whom it concerns."""

from collections.abc import Sequence
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Person, PersonRef, Reply
from core.chat.text import say
from core.cohorts import directory, members, presence, roles
from core.cohorts.model import Member, Scope
from core.cohorts.presence import AccountFacts, AccountState
from core.commands import organizers
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.hooks import MemberLeftHook, MentorEndedHook
from core.commands.proofs import end_membership
from core.commands.spec import Access, Arg
from core.delivery import outbox, schedules
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotAllowed, NotFound
from core.features.admin.actors import Actor as Actor
from core.features.admin.actors import actor_of as actor_of
from core.features.admin.actors import note as note
from core.features.admin.actors import note_member as note_member
from core.features.admin.posts import FAREWELL, LET_IN, PEOPLE
from core.features.admin.role_grants import set_role
from core.store.port import Conn

_Sure = Annotated[bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)]

_REFUSED = {
    AccountState.BOT: "{name} is a bot, and bots cannot be in a cohort.",
    AccountState.DEACTIVATED: "The account of {name} is deactivated, so they cannot be in a cohort.",
    AccountState.OUTSIDE: "{name} is not in the server, workspace or private channel that **{cohort}** lives in. Please "
    "invite them there first.",
    AccountState.UNKNOWN: "I could not find out just now who {name} is, so nothing was changed. Please try again in a "
    "moment.",
}


async def account_of(call: Call, person: PersonRef) -> tuple[Person, AccountFacts]:
    """The account that is named, as the platform calls it now, and what it says of it in this cohort."""
    caller = call.request.person
    named = Person(caller.platform, caller.workspace, person.id, person.name or person.id)
    asked = await call.read(presence.belonging, named, call.cohort.id)
    assert asked is not None  # noqa: S101 - the cohort of a call is there
    facts = await call.core.accounts.look_up(named, asked, call.now)
    where = asked.homes[0].workspace if facts.name and asked.homes else call.request.place.workspace
    name, handle = facts.name or named.name, facts.handle
    account = Person(
        caller.platform, caller.workspace, person.id, name, handle=handle, named_in=caller.workspace or where
    )
    return account, facts


def refuse_state(call: Call, account: Person, state: AccountState) -> None:
    """Raise `BadInput` for an account that cannot be in a cohort."""
    if (words := _REFUSED.get(state)) is not None:
        facts = {"name": account.name, "cohort": call.cohort.name}
        text = say(words, **{name: fact for name, fact in facts.items() if f"{{{name}}}" in words})
        raise BadInput(text, field="person")


@command("cohort-admin organizer", access=Access.MANAGER, form="Change the organizers", submit="Save")
async def organizer(
    call: Call,
    person: Annotated[PersonRef, Arg("Who; on Discord also a role, whoever has it", roles=True)],
    add: Annotated[bool, Arg("Yes to make them an organizer, no to take it back", label="Make organizer")],
    sure: _Sure = False,
) -> Reply:
    """Make somebody an organizer, or take it back."""
    if person.role_id is not None:
        return await set_role(call, person, "organizer", add=add)
    if not add:
        return await _take_back_organizer(call, person, sure)
    name = await _give_role(call, person, "organizer")
    return Reply(
        say("{name} is now an organizer of **{cohort}**; I tell them.", name=name, cohort=call.cohort.name)
    )


@command("cohort-admin mentor", access=Access.ORGANIZER, form="Change the mentors", submit="Save")
async def mentor(
    call: Call,
    person: Annotated[PersonRef, Arg("Who; on Discord also a role, whoever has it", roles=True)],
    add: Annotated[bool, Arg("Yes to make them a mentor, no to take it back", label="Make mentor")],
) -> Reply:
    """Make somebody a mentor, or take it back."""
    if person.role_id is not None:
        return await set_role(call, person, "mentor", add=add)
    if add:
        name = await _give_role(call, person, "mentor")
        word = "is now a mentor"
    else:
        hooks = call.core.registry.mentor_ended_hooks
        account = _named(call, person)
        name = await call.write(_take_role, call.scope, actor_of(call), account, "mentor", hooks)
        word = "is no mentor any more"
    return Reply(say("{name} {word} of **{cohort}**.", name=name, word=word, cohort=call.cohort.name))


def _named(call: Call, person: PersonRef) -> Person:
    """The account that is named, as its platform keys it."""
    caller = call.request.person
    return Person(caller.platform, caller.workspace, person.id, person.name or "somebody")


async def _give_role(call: Call, person: PersonRef, role: str) -> str:
    account, facts = await account_of(call, person)
    refuse_state(call, account, facts.state)
    is_guest = facts.state is AccountState.GUEST
    return await call.write(_appoint, call.scope, actor_of(call), account, role, is_guest)


def _appoint(conn: Conn, scope: Scope, actor: Actor, account: Person, role: str, is_guest: bool) -> str:
    """Make somebody a member, if they are none yet, and give them a role. Returns their name."""
    _, known = _person_id(conn, scope, account)
    if is_guest and known is None:
        raise BadInput(
            say(
                "{name} is a guest here. Let them in first, with {/cohort-admin members}.",
                name=account.name,
            ),
            field="person",
        )
    member = admit(conn, scope, account)
    person_id = member.person_id
    if known is None:
        tell(conn, scope, actor, person_id, LET_IN)
    if (member.organizer if role == "organizer" else member.mentor) is False:
        (members.set_organizer if role == "organizer" else members.set_mentor)(conn, member.id, True)
        note_member(conn, scope, actor, f"{role} added", member)
        tell(conn, scope, actor, person_id, role)
        if actor.outside and role == "organizer":
            tell_organizers(conn, scope, actor, "appointed", member.name, but=person_id)
    return member.name


def _person_id(conn: Conn, scope: Scope, account: Person) -> tuple[int | None, Member | None]:
    """The person behind an account and their membership, as far as there are any."""
    person_id = directory.person_of(conn, account)
    member = members.member_of(conn, scope.cohort.id, person_id) if person_id is not None else None
    return person_id, member


def admit(conn: Conn, scope: Scope, account: Person) -> Member:
    """Make the person behind an account a member, if they are none yet."""
    person_id = directory.ensure_person(conn, account, scope.now)
    if directory.add_member(conn, scope.cohort.id, person_id, scope.now):
        schedules.advance_for(conn, person_id, scope.now)
    member = members.member_of(conn, scope.cohort.id, person_id)
    assert member is not None  # noqa: S101 - they were made one in this transaction
    return member


async def _take_back_organizer(call: Call, person: PersonRef, sure: bool) -> Reply:
    actor, account = actor_of(call), _named(call, person)
    if actor.outside and await call.read(members.has_organizer, call.cohort.id):
        raise NotAllowed(
            "Taking a role back is for the cohort's organizers. Who manages the workspace can appoint."
        )
    _, member = await call.read(_person_id, call.scope, account)
    if member is not None and member.organizer and not sure:
        own = member == call.scope.member
        alone = not await organizers.others_active(call, member.id)
        if own or alone:
            return _ask_organizer(call, person, member, own=own, alone=alone)
    name = await call.write(_take_role, call.scope, actor, account, "organizer")
    return Reply(say("{name} is no organizer of **{cohort}** any more.", name=name, cohort=call.cohort.name))


def _ask_organizer(call: Call, person: PersonRef, member: Member, *, own: bool, alone: bool) -> Reply:
    """Ask before an organizer steps down, or the last active one goes."""
    who = "You are" if own else f"{member.name} is"
    text = say("{who} an organizer of **{cohort}**.", who=who, cohort=call.cohort.name)
    if alone:
        text = say(
            (
                "{who} the only organizer of **{cohort}** who is still here. Nobody could change its schedules or"
                " channels, until somebody who manages this workspace or server appoints one."
            ),
            who=who,
            cohort=call.cohort.name,
        )
    label = "Step down" if own else "Take it back"
    args = {"person": person.id, "add": "no", "sure": "yes"}
    button = Button(label, "cohort-admin organizer", args, ButtonStyle.DANGER)
    return Reply(text, (Buttons((button,)),))


def _take_role(
    conn: Conn,
    scope: Scope,
    actor: Actor,
    account: Person,
    role: str,
    hooks: Sequence[MentorEndedHook] = (),
) -> str:
    """Take a role back; what hangs on it ends. Returns the name of who had it."""
    person_id, member = _person_id(conn, scope, account)
    has = member is not None and (member.organizer if role == "organizer" else member.mentor)
    if member is None or person_id is None or not has:
        name = member.name if member else account.name
        text = say("{name} is no {role} here, so there is nothing to take back.", name=name, role=role)
        raise NotFound(text, field="person")
    by = roles.through(conn, scope.cohort.id).get(member.id, {}).get(role)
    if by is not None:
        raise BadInput(
            say(
                "{name} has it through the role **{by}**: take that role from them, or name the role here in their place.",
                name=member.name,
                by=by,
            ),
            field="person",
        )
    (members.set_organizer if role == "organizer" else members.set_mentor)(conn, member.id, False)
    note_member(conn, scope, actor, f"{role} removed", member)
    if directory.person_of(conn, actor.account) != person_id:
        tell(conn, scope, actor, person_id, f"no {role}")
    for hook in hooks:
        hook.run(conn, scope.cohort, member.id, scope.now)
    return member.name


@command("cohort-admin remove", access=Access.ORGANIZER, form="Remove somebody", submit="Remove them")
async def remove(call: Call, person: Annotated[PersonRef, Arg("Who")], sure: _Sure = False) -> Reply:
    """Remove somebody from this cohort; their records stay."""
    account = _named(call, person)
    if sure:
        hooks = call.core.registry.member_left_hooks
        name = await call.write(_remove, call.scope, actor_of(call), account, hooks)
        return Reply(
            say(
                "{name} is not in **{cohort}** any more; I tell them. What they recorded is kept.",
                name=name,
                cohort=call.cohort.name,
            )
        )
    _, member = await call.read(_person_id, call.scope, account)
    if member is None:
        raise _not_a_member(call.scope, account)
    if member == call.scope.member:
        raise BadInput(say("To leave by yourself, use {/cohort leave}."), field="person")
    text = say(
        "Shall I remove {name} from **{cohort}**? They read nothing here any more, their turns pass on, and they come "
        "back only if an organizer lets them in. What they recorded is kept.",
        name=member.name,
        cohort=call.cohort.name,
    )
    args = {"person": person.id, "sure": "yes"}
    button = Button(f"Remove {member.name}"[:75], "cohort-admin remove", args, ButtonStyle.DANGER)
    return Reply(text, (Buttons((button,)),))


def _not_a_member(scope: Scope, account: Person) -> NotFound:
    return NotFound(
        say("{name} is not in {cohort}.", name=account.name, cohort=scope.cohort.name), field="person"
    )


def _remove(conn: Conn, scope: Scope, actor: Actor, account: Person, hooks: Sequence[MemberLeftHook]) -> str:
    """End a membership for good. Returns the name of who had it."""
    person_id, member = _person_id(conn, scope, account)
    if member is None or person_id is None:
        raise _not_a_member(scope, account)
    accounts = presence.accounts(conn, scope.cohort.id, person_id)
    end_membership(conn, hooks, scope.cohort, member.id, scope.now)
    members.set_removed(conn, member.id, scope.now)
    note_member(conn, scope, actor, "removed", member)
    for each in accounts[:1]:
        target = Target(each.platform, each.workspace, each.id, direct=True)
        _enqueue(conn, scope, FAREWELL, target, {"by": actor.name})
    return member.name


def tell(conn: Conn, scope: Scope, actor: Actor, person_id: int, news: str) -> None:
    """Tell a member what concerns them, where they can be reached."""
    if directory.person_of(conn, actor.account) == person_id:
        return
    for everybody in (False, True):
        for each in directory.recipients(conn, scope.cohort, scope.now, organizers=everybody):
            if each.person_id == person_id:
                data = {"news": news, "by": actor.name, "who": ""}
                _enqueue(conn, scope, PEOPLE, Target.person(each), data)
                return


def tell_organizers(
    conn: Conn, scope: Scope, actor: Actor, news: str, about: str, *, but: int | None
) -> None:
    """Tell the organizers what somebody who manages the workspace did."""
    own = directory.person_of(conn, actor.account)
    for each in directory.recipients(conn, scope.cohort, scope.now, organizers=True):
        if each.person_id not in (own, but):
            data = {"news": news, "by": actor.name, "who": about}
            _enqueue(conn, scope, PEOPLE, Target.person(each), data)


def _enqueue(conn: Conn, scope: Scope, kind: str, target: Target, data: dict[str, str]) -> None:
    key = f"{kind}:{scope.cohort.id}:{data.get('news', '')}:{scope.now.isoformat()}:{target.key}"
    outbox.enqueue(conn, NewPost(scope.cohort.id, key, kind, data, target), scope.now)
