"""Mentors and organizers through a role of the platform, such as Discord's: given by an organizer once, followed with each
call of its holders, told to organizers where it ends."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.model import PersonRef, Reply
from core.chat.text import say
from core.clock import local_date
from core.cohorts import audit, directory, roles
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.roles import RoleChange, RoleGrant
from core.commands.decorators import role_changed
from core.commands.dispatch import Call
from core.commands.hooks import MentorEndedHook
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import NotFound
from core.features.admin.actors import Actor, actor_of, note
from core.features.admin.posts import PEOPLE
from core.store.port import Conn


async def set_role(call: Call, named: PersonRef, role: str, *, add: bool) -> Reply:
    """Let the holders of a role of the platform have a role in the cohort, or no more."""
    role_id, name = named.role_id or "", named.name or "that role"
    if add:
        await call.write(_grant, call.scope, actor_of(call), RoleGrant(role_id, role, name))
        text = "Whoever has the role **{name}** is {a} of **{cohort}** from their next call here on, once they have joined, and "
        text += "no more once they have it no more. The role may be renamed."
        return Reply(say(text, name=name, a=_a(role), cohort=call.cohort.name))
    hooks = call.core.registry.mentor_ended_hooks
    lost = await call.write(_revoke, call.scope, actor_of(call), role_id, role, name, hooks)
    count = {0: "nobody", 1: "1 member"}.get(lost, f"{lost} members")
    text = "The role **{name}** makes nobody {a} of **{cohort}** any more; {count} had it by that alone."
    return Reply(say(text, name=name, a=_a(role), cohort=call.cohort.name, count=count))


def _a(role: str) -> str:
    return "an organizer" if role == "organizer" else f"a {role}"


def _grant(conn: Conn, scope: Scope, actor: Actor, given: RoleGrant) -> bool:
    new = roles.grant(conn, scope.cohort.id, actor.account, given, scope.now)
    if new:
        note(conn, scope, actor, f"{given.role} added through a role", given.name)
    return new


def _revoke(
    conn: Conn,
    scope: Scope,
    actor: Actor,
    role_id: str,
    role: str,
    name: str,
    hooks: Sequence[MentorEndedHook],
) -> int:
    """Let a role give nothing any more. Returns how many members lose by it what they had."""
    lost = roles.revoke(conn, scope.cohort.id, actor.account, role_id, role)
    if lost is None:
        text = "The role {name} makes nobody {a} here, so there is nothing to take back."
        raise NotFound(say(text, name=name, a=_a(role)), field="person")
    note(conn, scope, actor, f"{role} removed from a role", name)
    for member_id in lost if role == "mentor" else ():
        for hook in hooks:
            hook.run(conn, scope.cohort, member_id, scope.now)
    return len(lost)


@role_changed
def keep_and_tell(conn: Conn, cohort: Cohort, member: Member, change: RoleChange, now: datetime) -> None:
    """Keep in the audit what a role of the platform gave or took; organizers are told where it took something, and whom it
    concerns in both cases."""
    action = f"{change.role} {'added' if change.begins else 'removed'} by the role {change.name}"
    audit.record(conn, cohort.id, action, member.name, now, actor=None, actor_name="", member=member.id)
    news = f"{'' if change.begins else 'no '}{change.role} by role"
    scope = Scope(cohort, None, now, local_date(now, cohort.zone))
    data = {"news": news, "by": change.name, "who": member.name}
    own, told = member.person_id, f"{news} told"
    for each in directory.recipients(conn, cohort, now, only=member.id):
        _enqueue(conn, scope, Target.person(each), data)
    if not change.begins:
        for each in directory.recipients(conn, cohort, now, organizers=True):
            if each.person_id != own:
                _enqueue(conn, scope, Target.person(each), {**data, "news": told})


def _enqueue(conn: Conn, scope: Scope, target: Target, data: dict[str, str]) -> None:
    key = f"{PEOPLE}:{scope.cohort.id}:{data['news']}:{data['who']}:{scope.now.isoformat()}:{target.key}"
    outbox.enqueue(conn, NewPost(scope.cohort.id, key, PEOPLE, data, target), scope.now)
