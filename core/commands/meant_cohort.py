"""Which cohort is meant by a call, and whether its caller may get at it from where they are."""

from collections.abc import Sequence

from core.chat.model import Button, Buttons, Request, button_rows
from core.chat.text import say
from core.cohorts import directory, endings, members
from core.cohorts.directory import CallerContext
from core.cohorts.endings import ArchivedCohort
from core.cohorts.model import Cohort
from core.cohorts.presence import AccountState
from core.commands import archived_cohort
from core.commands.forms import as_texts
from core.commands.proofs import Proofs
from core.commands.spec import Access, Command
from core.errors import NoCohort, NotAllowed, OutOfDate, ProofNeeded, UserError, WhichCohort
from core.store.port import Conn

NO_COHORT = say(
    "This channel does not belong to a cohort yet. Use the command in your cohort's channel, or ask an "
    "organizer to run {/cohort-admin setup} here."
)
OUT_OF_REACH = say(
    "This belongs to a cohort that is not active here any more, or one that you are not in. {/cohort "
    "join} works in its own channel."
)
NOTHING_OWN = "I keep nothing of you: you are in no cohort of mine, and were in none."
CANNOT_TELL = (
    "I could not check just now whether you are still where this cohort is. Please try again in a "
    "moment, or use the cohort's own channel."
)
ENDED = (
    "Your membership in **{cohort}** has ended, because you are not in its channel, server or "
    "workspace any more. What you recorded is kept; once you are back, {/cohort join} takes it up."
)

MOST_ASKED = 25
"""Cohorts that somebody can choose among: as many buttons as every platform shows."""


def find_caller(conn: Conn, request: Request, command: Command, proofs: Proofs) -> CallerContext:
    """Who calls, in the cohort that is meant: the one that a button names, else the channel's, else the
    person's only one. Raises `ProofNeeded` where the platform has to be asked about the caller first."""
    caller = directory.caller_context(conn, request.person, request.place)
    here = caller.cohort
    if command.access is Access.OWN:
        return _with_own(conn, request, caller)
    if here is not None and request.in_place and request.cohort in (None, here.id):
        proofs.own_channel = here.id
        return caller
    if command.access in (Access.ORGANIZER, Access.MANAGER):
        proofs.workspace = request.place.workspace
    if here is None or request.cohort not in (None, here.id):
        ended = archived_cohort.find(conn, request, command, caller.person_id, proofs)
        if ended is not None:
            return _in_archived(conn, caller, command, proofs, ended)
    wanted = request.cohort if request.cohort is not None or here is None else here.id
    if wanted is not None:
        cohort = _in_reach(conn, request, command, wanted, caller.person_id, proofs)
    else:
        own = candidates(conn, request, command, caller.person_id, proofs)
        cohort = own[0] if len(own) == 1 else None
        if not own and command.in_archive:
            past = archived_cohort.of_caller(conn, request, caller.person_id)
            if len(past) == 1:
                return _in_archived(conn, caller, command, proofs, past[0])
            if past:
                raise _which(request, [each.cohort for each in past])
    person_id = caller.person_id
    member = directory.member_of(conn, cohort.id, person_id) if cohort and person_id is not None else None
    return caller._replace(cohort=cohort, member=member)


def _with_own(conn: Conn, request: Request, caller: CallerContext) -> CallerContext:
    """The cohort that is meant where somebody asks for what is theirs: also one that they have left, and one that has
    ended. Nobody has to be there any more for that."""
    own = _own(conn, caller)
    named = request.cohort
    if named is None and caller.cohort is not None and (caller.cohort in own or not own):
        named = caller.cohort.id
    if named is None and len(own) == 1:
        named = own[0].id
    cohort = directory.cohort(conn, named) if named is not None else None
    person_id = caller.person_id
    member = directory.member_of(conn, cohort.id, person_id) if cohort and person_id is not None else None
    return caller._replace(cohort=cohort, member=member)


def _own(conn: Conn, caller: CallerContext) -> list[Cohort]:
    return directory.cohorts_ever(conn, caller.person_id) if caller.person_id is not None else []


def _in_archived(
    conn: Conn, caller: CallerContext, command: Command, proofs: Proofs, ended: ArchivedCohort
) -> CallerContext:
    """The caller in an archived cohort, where the platform says that they are still where it lived."""
    cohort = ended.cohort
    if not (proofs.own_channel == cohort.id or _is_there(command, proofs, cohort)):
        raise OutOfDate(OUT_OF_REACH)
    person_id = caller.person_id
    member = directory.member_of(conn, cohort.id, person_id) if person_id is not None else None
    return caller._replace(cohort=cohort, member=member)


def managed(conn: Conn, request: Request, command: Command) -> list[Cohort]:
    """The cohorts for which the caller may run a command because they manage the workspace that they speak in: what
    appoints somebody always, what organizers do where nobody or nothing else is left to set the cohort right."""
    if not request.person.manager or command.access not in (Access.MANAGER, Access.ORGANIZER):
        return []
    here = directory.cohorts_of_workspace(conn, request.place.platform, request.place.workspace)
    found = [
        each for each in here if command.access is Access.MANAGER or directory.is_orphaned(conn, each.id)
    ]
    ended = endings.of_place(conn, request.place) if command.in_archive else None
    return [*found, ended.cohort] if ended is not None else found


def _in_reach(
    conn: Conn, request: Request, command: Command, cohort_id: int, person_id: int | None, proofs: Proofs
) -> Cohort | None:
    """A cohort by its id, where the platform says that the caller could go to its home channel. Nobody gets at a
    cohort that they are not in but in its own channels; from elsewhere in its workspace they may join it, and who
    manages the workspace may appoint."""
    found = directory.cohort_in_reach(conn, cohort_id, request.place, person_id)
    joins = command.access is Access.ANYONE and command.needs_cohort
    if found is None and joins:
        here = directory.cohorts_of_workspace(conn, request.place.platform, request.place.workspace)
        found = next((each for each in here if each.id == cohort_id), None)
    for each in managed(conn, request, command):
        if each.id == cohort_id:
            return each
    if found is None:
        raise OutOfDate(OUT_OF_REACH)
    return found if _is_there(command, proofs, found) else None


def _is_there(command: Command, proofs: Proofs, cohort: Cohort) -> bool:
    """Whether the caller is where a cohort lives; False where that is not known and the command needs no cohort.
    Raises `OutOfDate` for somebody who is not there, `NotAllowed` where it is not known."""
    state = proofs.state(cohort.id)
    if state is None:
        raise ProofNeeded((cohort.id,))
    if state.is_gone:
        raise OutOfDate(OUT_OF_REACH)
    if not state.is_there and command.needs_cohort:
        raise NotAllowed(CANNOT_TELL)
    return state.is_there


def candidates(
    conn: Conn, request: Request, command: Command, person_id: int | None, proofs: Proofs
) -> list[Cohort]:
    """The cohorts that may be meant where the channel does not say: those that the person is in, and those of the
    workspace that they manage."""
    own = directory.cohorts_of_person(conn, person_id, request.place) if person_id is not None else []
    states = {each.id: proofs.state(each.id) for each in own}
    unproven = tuple(each for each, state in states.items() if state is None)
    if unproven:
        raise ProofNeeded(unproven)
    theirs = managed(conn, request, command)
    if AccountState.UNKNOWN in states.values() and command.needs_cohort and not theirs:
        raise NotAllowed(CANNOT_TELL)
    there = [each for each in own if (state := states[each.id]) is not None and state.is_there]
    known = {each.id for each in there}
    return there + [each for each in theirs if each.id not in known]


def ask_which(
    conn: Conn, request: Request, command: Command, caller: CallerContext, proofs: Proofs
) -> UserError:
    """No cohort was found: say what to do, or ask which one is meant, with a button for each."""
    if command.access is Access.OWN:
        found = _own(conn, caller)
    else:
        found = candidates(conn, request, command, caller.person_id, proofs)
    if not found and command.access is Access.OWN:
        return NoCohort(NOTHING_OWN)
    if not found:
        offer = _offer_to_join(conn, request, caller.person_id, proofs)
        past = None if offer.blocks else archived_cohort.latest(conn, request, caller.person_id)
        return past or offer
    return _which(request, found)


def _which(request: Request, found: Sequence[Cohort]) -> WhichCohort:
    """Ask which of several cohorts is meant, with a button for each."""
    args = as_texts(request.args)
    buttons = [
        Button(each.name[:75], request.command, args, cohort=each.id, draft=request.draft)
        for each in found[:MOST_ASKED]
    ]
    more = len(found) - MOST_ASKED
    left = f" {more} more are not shown; use the command in their channel." if more > 0 else ""
    return WhichCohort(say("Which cohort do you mean?{left}", left=left), blocks=button_rows(buttons))


def _offer_to_join(conn: Conn, request: Request, person_id: int | None, proofs: Proofs) -> UserError:
    """Somebody in no cohort, in a workspace with exactly one whose home channel they could go to, may join it."""
    place, person = request.place, request.person
    here = directory.cohorts_of_workspace(conn, place.platform, place.workspace) if place.workspace else []
    if not here and person.manager:
        set_up = Button("Set up a cohort", "cohort-admin setup")
        return NoCohort(NO_COHORT, blocks=(Buttons((set_up,)),))
    if len(here) != 1 or person.guest:
        return NoCohort(NO_COHORT)
    (only,) = here
    if person_id is not None and members.was_removed(conn, only.id, person_id):
        return NoCohort(NO_COHORT)
    state = proofs.state(only.id)
    if state is None:
        raise ProofNeeded((only.id,))
    if state is not AccountState.INSIDE:
        return NoCohort(NO_COHORT)
    text = say(
        "You are not in a cohort yet. **{name}** is the one here, and open to you: join it, then run this again.",
        name=only.name,
    )
    return NoCohort(text, blocks=(Buttons((Button("Join", "cohort join", cohort=only.id),)),))
