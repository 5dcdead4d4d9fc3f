"""Whether a cohort has an organizer who is still there: one whose account is gone or switched off does not count."""

from core.chat.text import say
from core.cohorts import members, presence
from core.commands.dispatch import Call
from core.commands.proofs import MOST_LOOKUPS, verify
from core.errors import NotAllowed
from core.store.port import Conn


async def others_active(call: Call, member_id: int) -> bool:
    """Whether the cohort of a call has an active organizer beside one. Memberships of those who are gone end. Who
    cannot be found out about does not count."""
    core = call.core
    others = await call.read(_others, call.cohort.id, member_id)
    for person_id in others[:MOST_LOOKUPS]:
        for account in await call.read(presence.accounts, call.cohort.id, person_id):
            asked = await call.read(presence.belonging, account, call.cohort.id)
            if asked is None:
                continue
            hooks = core.registry.member_left_hooks
            facts, _ = await verify(core.accounts, core.store, hooks, account, asked, call.now)
            if facts.state.is_there:
                return True
    return False


def _others(conn: Conn, cohort_id: int, member_id: int) -> list[int]:
    """The persons of a cohort's organizers beside one."""
    everybody = members.members(conn, cohort_id)
    return [each.person_id for each in everybody if each.organizer and each.id != member_id]


async def refuse_last(call: Call) -> None:
    """Raise `NotAllowed` for the only organizer of a cohort that others are in, who wants to go."""
    member = call.scope.member
    if member is None or not member.organizer or await others_active(call, member.id):
        return
    if await call.read(members.count, call.cohort.id) > 1:
        text = say(
            "You are the only organizer of **{name}**. Nobody could change its schedules or channels then: please make "
            "somebody else one first, with {/cohort-admin organizer}, or end the cohort with {/cohort-admin archive}.",
            name=call.cohort.name,
        )
        raise NotAllowed(text)
