"""Who may run what."""

from datetime import datetime

from core import clock as clocks
from core.chat.model import Button, Buttons, Place, PlaceKind, Request
from core.chat.text import say
from core.cohorts import directory, places
from core.cohorts.directory import CallerContext
from core.cohorts.limits import Limits
from core.cohorts.model import Cohort, Scope
from core.commands import platform_roles, rights
from core.commands.meant_cohort import ask_which, find_caller, managed
from core.commands.proofs import Proofs
from core.commands.spec import Access, Command
from core.errors import GuestNotAllowed, NotAllowed
from core.store.port import Conn

NOT_A_MEMBER = say("You have not joined this cohort yet: {/cohort join} takes a second.")


REFUSALS = {
    Access.MENTOR: "This is for the cohort's mentors and organizers.",
    Access.ORGANIZER: "This is for the cohort's organizers. Please ask one of them.",
    Access.MANAGER: "This is for the cohort's organizers, and for those who manage this workspace or server.",
    Access.SETUP: "Setting up a cohort is for those who manage this workspace or server. Please ask one of them.",
}
"""What somebody reads who may not run a command that asks for this much."""
GUESTS = say("Guests are let in by an organizer, with {/cohort-admin members}.")


def not_a_member(cohort: Cohort) -> NotAllowed:
    """What somebody is told who has not joined a cohort, with the button that does."""
    return NotAllowed(NOT_A_MEMBER, blocks=(Buttons((Button("Join", "cohort join", cohort=cohort.id),)),))


def is_public(conn: Conn, command: Command, place: Place, cohort_id: int | None) -> bool:
    """Whether an answer may stand in a place for all to read: only where the place serves the command's purpose for
    the cohort that is meant; without a `cohort_id`, for the cohort that the place belongs to."""
    if command.private:
        return False
    if not command.needs_cohort:
        return True
    owner = places.owner(conn, place)
    if owner is None or cohort_id not in (None, owner.cohort_id):
        return False
    serving = places.places_for(conn, owner.cohort_id, command.purpose)
    here = (place.platform, place.workspace, place.channel)
    return here in {(each.platform, each.workspace, each.channel) for each in serving}


def authorise(
    conn: Conn, request: Request, command: Command, proofs: Proofs, *, setup_by_anyone: bool = False
) -> CallerContext:
    """Check that the caller may run a command where they are. Returns who they are and which cohort is meant.

    `setup_by_anyone` says that the operator lets anyone set up the first cohort of a workspace. Raises
    `NotAllowed` for who may not run it, `GuestNotAllowed` for a guest of the workspace, `NoCohort` where a
    cohort is needed and it is not clear which, `OutOfDate` for a button's cohort that is out of reach, and
    `ProofNeeded` where the platform has to be asked about the caller first.
    """
    if request.place.kind is PlaceKind.GROUP:
        raise NotAllowed("I do not work in group messages. Please use your cohort's channel.")
    caller = find_caller(conn, request, command, proofs)
    platform_roles.check(conn, caller.cohort, caller.member, request.person)
    if request.person.guest and caller.member is None and command.access is not Access.OWN:
        raise GuestNotAllowed(GUESTS)
    if command.access is Access.SETUP:
        if not _may_set_up(conn, request, caller.person_id, proofs, setup_by_anyone):
            raise NotAllowed(REFUSALS[Access.SETUP])
    elif caller.cohort is not None:
        _check_role(conn, request, command, caller, caller.cohort)
    elif command.needs_cohort:
        raise ask_which(conn, request, command, caller, proofs)
    return caller


def scope_of(caller: CallerContext, now: datetime, limits: Limits) -> Scope | None:
    """The scope in which a command runs for an authorised caller, None without a cohort."""
    if caller.cohort is None:
        return None
    return Scope(caller.cohort, caller.member, now, clocks.local_date(now, caller.cohort.zone), limits)


def _check_role(
    conn: Conn, request: Request, command: Command, caller: CallerContext, cohort: Cohort
) -> None:
    guest = request.person.guest
    if rights.may(command.access, rights.standings(caller.member, guest=guest)):
        return
    manages = cohort in managed(conn, request, command)
    rescues = manages and command.access is Access.ORGANIZER
    held = rights.standings(caller.member, guest=guest, manages=manages, rescues=rescues)
    if rights.may(command.access, held):
        return
    if command.access is Access.MEMBER:
        raise not_a_member(cohort)
    raise NotAllowed(REFUSALS[command.access])


def _may_set_up(conn: Conn, request: Request, person_id: int | None, proofs: Proofs, anyone: bool) -> bool:
    """Managers may; so may organizers of a cohort here who are still there; and anyone, if the operator said so, for
    as long as there is no organizer."""
    if request.person.manager:
        return True
    place = request.place
    here = directory.cohorts_of_workspace(conn, place.platform, place.workspace)
    own = [directory.member_of(conn, each.id, person_id) for each in here] if person_id is not None else []
    for member in own:
        if member is not None and member.organizer and proofs.is_there(member.cohort_id):
            return True
    return anyone and not any(directory.has_organizer(conn, each.id) for each in here)
