"""The way from a typed number to a schedule."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.chat.model import Button, Choice
from core.chat.text import say
from core.cohorts.model import Scope
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
    return f"#{schedule.number} {schedule.kind}, {schedule.when}"


def _complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    found = schedules.listed(conn, scope.cohort.id)
    wanted = typed.casefold()
    return [Choice(str(each.number), title(each)[:75]) for each in found if wanted in title(each).casefold()]


NO_SCHEDULE = NothingThere("There is no schedule yet.", Button("Add a schedule", "cohort-admin schedule-add"))


@dataclass(frozen=True, slots=True)
class ScheduleNumber:
    """A schedule's number as it was typed. Whether there is one is for the transaction to say: a removal that
    is delivered twice finds it the first time only, and gives the same answer."""

    number: int


@record(ScheduleRef, complete=_complete, none=NO_SCHEDULE)
def resolve_schedule(conn: Conn, scope: Scope, typed: str) -> ScheduleRef:
    return ScheduleRef(existing(conn, scope, resolve_number(conn, scope, typed).number))


@record(ScheduleNumber, complete=_complete, none=NO_SCHEDULE)
def resolve_number(_conn: Conn, _scope: Scope, typed: str) -> ScheduleNumber:
    """The number of a schedule. Raises `NotFound` for what is none."""
    number = typed.removeprefix("#")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise _unknown(typed)
    return ScheduleNumber(int(number))


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
