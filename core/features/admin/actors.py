"""Who changes something of a cohort, as others read of them and as the audit keeps it."""

from dataclasses import dataclass

from core.chat.model import Person
from core.cohorts import audit, directory
from core.cohorts.model import Member, Scope
from core.commands.dispatch import Call
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something: the account, and the name by which others read of it. `outside` says that they do it as
    somebody who manages the workspace, without being an organizer."""

    account: Person
    name: str
    outside: bool


def actor_of(call: Call) -> Actor:
    """The caller as others read of them."""
    member = call.scope.member
    name = member.name if member else call.request.person.name
    return Actor(call.request.person, name, member is None or not member.organizer)


def note(
    conn: Conn,
    scope: Scope,
    actor: Actor,
    action: str,
    about: str,
    *,
    before: str = "",
    after: str = "",
    member: int | None = None,
) -> None:
    """Keep what somebody changed in the audit."""
    audit.record(
        conn,
        scope.cohort.id,
        action,
        about,
        scope.now,
        actor=directory.person_of(conn, actor.account),
        actor_name=actor.name,
        before=before,
        after=after,
        member=member,
    )


def note_member(conn: Conn, scope: Scope, actor: Actor, action: str, member: Member) -> None:
    """Keep what somebody changed about a member."""
    note(conn, scope, actor, action, member.name, member=member.id)
