"""Who may run what: one table, by what a command asks for and how somebody stands to the cohort that is meant."""

from collections.abc import Mapping
from enum import StrEnum

from core.cohorts.model import Member
from core.commands.spec import Access


class Standing(StrEnum):
    """How a caller stands to a cohort. Somebody may have several: a member may manage the workspace too."""

    STRANGER = "stranger"
    """Of the workspace or server, and not in the cohort."""
    GUEST = "guest"
    """A guest of the workspace whom no organizer has let in."""
    MEMBER = "member"
    MENTOR = "mentor"
    ORGANIZER = "organizer"
    MANAGER = "manager"
    """Who manages the workspace or server that they speak in, and that the cohort lives in."""
    RESCUER = "rescuer"
    """A manager where the cohort has no organizer, or no home, any more, and somebody has to set it right."""


_MEMBERS = frozenset({Standing.MEMBER, Standing.MENTOR, Standing.ORGANIZER})
_EVERYBODY = frozenset(Standing) - {Standing.GUEST}

RIGHTS: Mapping[Access, frozenset[Standing]] = {
    Access.ANYONE: _EVERYBODY,
    Access.OWN: frozenset(Standing),
    Access.MEMBER: _MEMBERS,
    Access.MENTOR: frozenset({Standing.MENTOR, Standing.ORGANIZER}),
    Access.ORGANIZER: frozenset({Standing.ORGANIZER, Standing.RESCUER}),
    Access.MANAGER: frozenset({Standing.ORGANIZER, Standing.MANAGER, Standing.RESCUER}),
    Access.SETUP: frozenset({Standing.ORGANIZER, Standing.MANAGER, Standing.RESCUER}),
}
"""Who may run a command that asks for this much. Where a record is somebody's own, its feature asks for more."""


def standings(
    member: Member | None, *, guest: bool = False, manages: bool = False, rescues: bool = False
) -> frozenset[Standing]:
    """All that a caller is to a cohort. `guest` is what the platform says of the account."""
    found = set()
    if member is None:
        found.add(Standing.GUEST if guest else Standing.STRANGER)
    else:
        found.add(Standing.MEMBER)
        found |= {Standing.MENTOR} if member.mentor else set()
        found |= {Standing.ORGANIZER} if member.organizer else set()
    found |= {Standing.MANAGER} if manages else set()
    found |= {Standing.RESCUER} if rescues else set()
    return frozenset(found)


def may(access: Access, held: frozenset[Standing]) -> bool:
    """Whether somebody who stands so may run a command that asks for this much."""
    return bool(RIGHTS[access] & held)
