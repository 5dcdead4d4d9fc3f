"""Who may run what, and which cohort is meant."""

from core.chat.model import Button, Buttons, Request
from core.chat.text import say
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.commands.forms import as_words
from core.errors import NoCohort, OutOfDate, UserError
from core.store.port import Conn

NO_COHORT = say(
    "This channel does not belong to a cohort yet. Use the command in your cohort's channel, or ask an "
    "organizer to run `cohort-admin setup` here."
)
NOT_A_MEMBER = say("You have not joined this cohort yet. Run `cohort join` first; it takes a second.")


MOST_ASKED = 25
"""Cohorts that somebody can choose among: as many buttons as every platform shows."""


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
    args = as_words(request.args)
    buttons = [Button(each.name[:75], request.command, args, cohort=each.id) for each in found[:MOST_ASKED]]
    rows = tuple(Buttons(tuple(buttons[at : at + 5])) for at in range(0, len(buttons), 5))
    more = len(found) - MOST_ASKED
    left = f" {more} more are not shown; use the command in their channel." if more > 0 else ""
    return NoCohort(say("Which cohort do you mean?{left}", left=left), blocks=rows)
