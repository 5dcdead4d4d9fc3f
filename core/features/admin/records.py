"""The way from what was typed to a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat import folding
from core.chat.model import Button, Choice
from core.chat.text import say
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.decorators import record
from core.commands.spec import NothingThere
from core.delivery import schedules
from core.delivery.schedules import Schedule
from core.errors import NotFound
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class ScheduleRef:
    """A schedule of the cohort, named in a parameter."""

    schedule: Schedule


def title(schedule: Schedule) -> str:
    """A schedule in one line: "#3 digest, every Monday at 09:00"."""
    return f"#{schedule.number} {_words(schedule)}"


def _complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    return [
        record_search.choice(each.number, _words(each))
        for each in schedules.listed(conn, scope.cohort.id)
        if folding.fits(typed, title(each))
    ]


def _words(schedule: Schedule) -> str:
    return f"{schedule.kind}, {schedule.when}"


def _by_words(conn: Conn, scope: Scope, typed: str) -> list[Schedule]:
    every = schedules.listed(conn, scope.cohort.id) if folding.readings(typed) else ()
    return [each for each in every if folding.fits(typed, _words(each))]


NO_SCHEDULE = NothingThere("There is no schedule yet.", Button("Add a schedule", "cohort-admin schedule-add"))


@dataclass(frozen=True, slots=True)
class ScheduleNumber:
    """A schedule's number as it was typed. Whether there is one is for the transaction to say: a removal that
    is delivered twice finds it the first time only, and gives the same answer."""

    number: int


@record(ScheduleRef, complete=_complete, none=NO_SCHEDULE)
def resolve_schedule(conn: Conn, scope: Scope, typed: str) -> ScheduleRef:
    """The schedule of that number, or with these words in its line."""
    number = record_search.number(typed)
    if number is not None:
        return ScheduleRef(existing(conn, scope, number))
    found = _by_words(conn, scope, typed)
    if not found:
        raise _unknown(typed)
    return ScheduleRef(
        record_search.pick_one(found, typed, number_of=lambda each: each.number, title_of=_words, missing="")
    )


@record(ScheduleNumber, complete=_complete, none=NO_SCHEDULE)
def resolve_number(conn: Conn, scope: Scope, typed: str) -> ScheduleNumber:
    """The number of a schedule. Raises `Ambiguous` for the words of one, so that a button names its number: a call
    that removes it finds it by its words once only. Raises `NotFound` for anything else."""
    number = record_search.number(typed)
    if number is not None:
        return ScheduleNumber(number)
    found = [record_search.choice(each.number, _words(each)) for each in _by_words(conn, scope, typed)]
    if not found:
        raise _unknown(typed)
    raise record_search.which_one(typed, found)


def existing(conn: Conn, scope: Scope, number: int) -> Schedule:
    """A schedule by its number. Raises `NotFound` where the cohort has none of that number."""
    found = schedules.by_number(conn, scope.cohort.id, number)
    if found is None:
        raise _unknown(str(number))
    return found


def _unknown(typed: str) -> NotFound:
    return NotFound(
        say(
            "There is no schedule “{typed}” here. {/cohort-admin schedule-list} shows them.", typed=typed[:40]
        )
    )
