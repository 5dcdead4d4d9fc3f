"""Calls that mean a cohort which was archived: what may be done with it, and what everything else answers."""

from core.chat.model import Button, Buttons, Request
from core.chat.text import join, say
from core.clock import day_words, local_date
from core.cohorts import endings, members
from core.cohorts.endings import ArchivedCohort
from core.cohorts.model import Member
from core.commands.proofs import Proofs
from core.commands.spec import Access, Command
from core.errors import Archived
from core.store.port import Conn


def find(
    conn: Conn, request: Request, command: Command, person_id: int | None, proofs: Proofs
) -> ArchivedCohort | None:
    """The archived cohort that a call names or in whose former channel it is, where the command can be run for it and
    the caller was in it, or manages the place. None where none such is meant. Raises `Archived` where the command cannot."""
    named = request.cohort
    here = endings.of_place(conn, request.place)
    found = here if named is None else endings.by_id(conn, named)
    if found is None:
        return None
    at_home = here is not None and here.cohort.id == found.cohort.id
    member = _member(conn, found, person_id)
    manages = at_home and request.person.manager and command.access is Access.MANAGER
    if member is None and not manages:
        return None
    if not command.in_archive:
        if command.needs_cohort:
            raise refusal(found, member)
        return None
    if at_home and request.in_place:
        proofs.own_channel = found.cohort.id
    return found


def of_caller(conn: Conn, request: Request, person_id: int | None) -> list[ArchivedCohort]:
    """The archived cohorts that somebody may mean who is in no live one here, the latest first."""
    return endings.of_person(conn, person_id, request.place) if person_id is not None else []


def latest(conn: Conn, request: Request, person_id: int | None) -> Archived | None:
    """What somebody reads who is in no live cohort here and was in one that was archived; None for everybody else."""
    found = of_caller(conn, request, person_id)
    return refusal(found[0], _member(conn, found[0], person_id)) if found else None


def refusal(found: ArchivedCohort, member: Member | None) -> Archived:
    """What every other command answers in an archived cohort, with what can be done."""
    zone, cohort = found.cohort.zone, found.cohort
    days = {"since": found.at, "undo": found.undo_until, "until": found.deletes_at}
    words = {name: day_words(local_date(at, zone)) for name, at in days.items()}
    parts = [
        say(
            "**{cohort}** was archived on {since}. Its organizers can take it back until {undo}; on {until} it is deleted.",
            cohort=cohort.name,
            **words,
        )
    ]
    buttons = []
    if member is not None:
        buttons.append(Button("My record", "profile record", cohort=cohort.id))
        parts.append(say("Until then what is yours can be had as a file."))
    if member is not None and member.organizer:
        buttons.append(Button("Take it back", "cohort-admin archive", {"undo": "yes"}, cohort=cohort.id))
    return Archived(join(parts), blocks=(Buttons(tuple(buttons)),) if buttons else ())


def _member(conn: Conn, found: ArchivedCohort, person_id: int | None) -> Member | None:
    return members.member_of(conn, found.cohort.id, person_id) if person_id is not None else None
