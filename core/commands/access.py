"""Who may run what, and which cohort is meant."""

from datetime import datetime

from core import clock as clocks
from core.chat.model import Button, Buttons, PlaceKind, Request
from core.chat.text import say
from core.cohorts import directory
from core.cohorts.directory import CallerContext
from core.cohorts.limits import Limits
from core.cohorts.model import Cohort, Scope
from core.commands.forms import as_texts
from core.commands.spec import Access, Command
from core.errors import GuestNotAllowed, NoCohort, NotAllowed, OutOfDate, UserError
from core.store.port import Conn

NO_COHORT = say(
    "This channel does not belong to a cohort yet. Use the command in your cohort's channel, or ask an "
    "organizer to run `cohort-admin setup` here."
)
NOT_A_MEMBER = say("You have not joined this cohort yet. Run `cohort join` first; it takes a second.")


MOST_ASKED = 25
"""Cohorts that somebody can choose among: as many buttons as every platform shows."""


def authorise(
    conn: Conn, request: Request, command: Command, *, setup_by_anyone: bool = False
) -> CallerContext:
    """Check that the caller may run a command where they are. Returns who they are and which cohort is meant.

    `setup_by_anyone` says that the operator lets anyone set up the first cohort of a workspace. Raises
    `NotAllowed` for who may not run it, `GuestNotAllowed` for a guest of the workspace, `NoCohort` where a
    cohort is needed and it is not clear which, `OutOfDate` for a button's cohort that is out of reach.
    """
    if request.place.kind is PlaceKind.GROUP:
        raise NotAllowed("I do not work in group messages. Please use your cohort's channel.")
    caller = _find_caller(conn, request)
    if request.person.guest and caller.member is None:
        raise GuestNotAllowed("Guests of this workspace cannot use me unless they are members of the cohort.")
    if command.access is Access.SETUP:
        if not _may_set_up(conn, request, caller.person_id, setup_by_anyone):
            raise NotAllowed(
                "Setting up a cohort is for those who manage this workspace or server. "
                "Please ask one of them to run this command."
            )
    elif caller.cohort is not None:
        _check_role(conn, request, command.access, caller, caller.cohort)
    elif command.needs_cohort:
        raise ask_which(conn, request)
    return caller


def scope_of(caller: CallerContext, now: datetime, limits: Limits) -> Scope | None:
    """The scope in which a command runs for an authorised caller, None without a cohort."""
    if caller.cohort is None:
        return None
    return Scope(caller.cohort, caller.member, now, clocks.local_date(now, caller.cohort.zone), limits)


def _find_caller(conn: Conn, request: Request) -> CallerContext:
    """Who calls, in the cohort that is meant: the one that a button names, else the channel's, else the
    person's only one."""
    caller = directory.caller_context(conn, request.person, request.place)
    if caller.cohort is not None and request.cohort is None:
        return caller
    person_id = caller.person_id
    cohort = find_cohort(conn, request, person_id)
    member = directory.member_of(conn, cohort.id, person_id) if cohort and person_id is not None else None
    return caller._replace(cohort=cohort, member=member)


def _check_role(conn: Conn, request: Request, access: Access, caller: CallerContext, cohort: Cohort) -> None:
    member = caller.member
    match access:
        case Access.MEMBER if member is None:
            raise NotAllowed(NOT_A_MEMBER)
        case Access.MENTOR if member is None or not (member.mentor or member.organizer):
            raise NotAllowed("This is for the cohort's mentors and organizers.")
        case Access.MANAGER if request.person.manager:
            pass
        case Access.ORGANIZER | Access.MANAGER if member is None or not member.organizer:
            if not (request.person.manager and not directory.has_organizer(conn, cohort.id)):
                raise NotAllowed("This is for the cohort's organizers. Please ask one of them.")


def _may_set_up(conn: Conn, request: Request, person_id: int | None, anyone: bool) -> bool:
    """Managers may; so may organizers of a cohort here; and anyone, if the operator said so, for as long
    as there is no organizer."""
    if request.person.manager:
        return True
    place = request.place
    here = directory.cohorts_of_workspace(conn, place.platform, place.workspace)
    own = [directory.member_of(conn, each.id, person_id) for each in here] if person_id is not None else []
    if any(member is not None and member.organizer for member in own):
        return True
    return anyone and not any(directory.has_organizer(conn, each.id) for each in here)


def find_cohort(conn: Conn, request: Request, person_id: int | None) -> Cohort | None:
    """The cohort that a request means where that is not the channel's: the one its button belongs to, or the
    person's only one in this workspace. Nobody gets at a cohort that they are not in but in its own channels:
    whoever let them in there let them in here."""
    if request.cohort is not None:
        found = directory.cohort_in_reach(conn, request.cohort, request.place, person_id)
        if found is None:
            raise OutOfDate(
                "This belongs to a cohort that is not active here any more, or to one that you are not in. "
                "In a cohort's own channel anybody can run `cohort join`."
            )
        return found
    own = candidates(conn, request, person_id)
    return own[0] if len(own) == 1 else None


def candidates(conn: Conn, request: Request, person_id: int | None) -> list[Cohort]:
    """The cohorts that may be meant where the channel does not say: those that the person is in."""
    return directory.cohorts_of_person(conn, person_id, request.place) if person_id is not None else []


def ask_which(conn: Conn, request: Request) -> UserError:
    """No cohort was found: say what to do, or ask which one is meant, with a button for each."""
    found = candidates(conn, request, directory.person_of(conn, request.person))
    if not found:
        return NoCohort(NO_COHORT)
    args = as_texts(request.args)
    buttons = [Button(each.name[:75], request.command, args, cohort=each.id) for each in found[:MOST_ASKED]]
    rows = tuple(Buttons(tuple(buttons[at : at + 5])) for at in range(0, len(buttons), 5))
    more = len(found) - MOST_ASKED
    left = f" {more} more are not shown; use the command in their channel." if more > 0 else ""
    return NoCohort(say("Which cohort do you mean?{left}", left=left), blocks=rows)
