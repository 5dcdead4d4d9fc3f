"""Roles that a member has through a role of the platform: they begin and end with the member's next call."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.model import Person
from core.cohorts import members, roles
from core.cohorts.model import Cohort, Member
from core.cohorts.roles import RoleChange
from core.commands.hooks import MentorEndedHook, RoleChangedHook
from core.errors import CohortBotError
from core.store.port import Conn
from core.store.scoped import within


class RolesOutdated(CohortBotError):
    """The platform says with a call that its caller holds other roles than before. Nobody reads it: the dispatch carries the
    changes out and tries again."""

    def __init__(self, cohort: Cohort, member_id: int, changes: Sequence[RoleChange]) -> None:
        super().__init__(f"The roles of member {member_id} have changed.")
        self.cohort = cohort
        self.member_id = member_id
        self.changes = changes


def check(conn: Conn, cohort: Cohort | None, member: Member | None, caller: Person) -> None:
    """Raise `RolesOutdated` where the roles that the platform tells of with a call say something else than is kept."""
    if cohort is not None and member is not None and (changes := roles.changes(conn, member, caller)):
        raise RolesOutdated(cohort, member.id, changes)


def follow(
    conn: Conn,
    changed: Sequence[RoleChangedHook],
    mentor_ended: Sequence[MentorEndedHook],
    outdated: RolesOutdated,
    now: datetime,
) -> None:
    """Give a member what the roles that they hold give, and take what they hold no more."""
    cohort, member_id = outdated.cohort, outdated.member_id
    member = members.by_id(conn, cohort.id, member_id)
    if member is None:
        return
    for change in outdated.changes:
        if change.begins == (member.organizer if change.role == "organizer" else member.mentor):
            if change.begins:
                roles.apply(conn, cohort.id, member_id, change)  # through another role now
            continue  # another call of theirs was quicker
        roles.apply(conn, cohort.id, member_id, change)
        for hook in changed:
            hook.run(within(conn, cohort.id), cohort, member, change, now)
        if change.role == "mentor" and not change.begins:
            for ended in mentor_ended:
                ended.run(within(conn, cohort.id), cohort, member_id, now)
