"""The commands that say what is posted when."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from core.chat import Button, Buttons, Choice, Reply
from core.clock import day_words, instant, local_date, words
from core.delivery import schedules
from core.delivery.recurrence import EXAMPLES, Recurrence, Slot, read
from core.delivery.schedules import Schedule
from core.errors import NotFound
from core.people import Access, Scope
from core.registry import Arg, Registry, command, record
from core.run import Call
from core.store import Conn
from core.text import Moment, join, say


@dataclass(frozen=True, slots=True)
class ScheduleRef:
    """A schedule of the cohort, named in a parameter."""

    schedule: Schedule


def _title(schedule: Schedule) -> str:
    return f"#{schedule.number} {schedule.kind}, {schedule.words}"


def _complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    found = schedules.listed(conn, scope.cohort.id)
    wanted = typed.casefold()
    return [
        Choice(str(each.number), _title(each)[:75]) for each in found if wanted in _title(each).casefold()
    ]


@record(ScheduleRef, complete=_complete)
def resolve_schedule(conn: Conn, scope: Scope, typed: str) -> ScheduleRef:
    """A schedule by its number."""
    number = typed.removeprefix("#")
    found = (
        schedules.by_number(conn, scope.cohort.id, int(number))
        if number.isdecimal() and len(number) < 10
        else None
    )
    if found is None:
        raise NotFound(say("There is no schedule “{typed}” here. `cohort-admin schedule-list` shows them.",
                           typed=typed[:40]))  # fmt: skip
    return ScheduleRef(found)


def _kinds(registry: Registry) -> Sequence[Choice]:
    return [Choice(kind.name, f"{kind.label}: {kind.help}"[:75]) for kind in registry.schedules.values()]


@command("cohort-admin schedule-add", access=Access.ORGANIZER, form="Add a schedule")
async def schedule_add(
    call: Call,
    kind: Annotated[str, Arg("What to post", choices=_kinds)],
    when: Annotated[
        str, Arg("Such as: weekdays 09:30 · every monday 9am · first monday 10:00", max_length=120)
    ],
) -> Reply:
    """Post something regularly, in the cohort's time zone."""
    cohort = call.cohort
    recurrence = read(when, local_date(call.now, cohort.zone))
    number = await call.write(_add, call.known, kind, when, recurrence)
    slots = recurrence.first(5, call.now, cohort.zone)
    lines = [say("- {at}", at=words(slot.at, cohort.zone)) for slot in slots]
    head = say("Schedule **#{number}** is saved: {kind}, {when}. The next dates, in {zone}:",
               number=number, kind=kind, when=when, zone=cohort.zone)  # fmt: skip
    run_now = Button("Post one now", "cohort-admin schedule-run", {"schedule": str(number)})
    return Reply(join([head, *lines]), (Buttons((run_now,)),))


def _add(conn: Conn, scope: Scope, kind: str, when: str, recurrence: Recurrence) -> int:
    return schedules.add(conn, scope.cohort, kind, when, recurrence, instant(scope.now))


@command("cohort-admin schedule-list", access=Access.ORGANIZER)
async def schedule_list(call: Call) -> Reply:
    """What is posted when."""
    cohort = call.cohort
    found = await call.read(schedules.listed, cohort.id)
    if not found:
        return Reply(say("Nothing is scheduled yet. Try `cohort-admin schedule-add`, for example: {examples}.",
                         examples=EXAMPLES))  # fmt: skip
    lines = []
    for each in found:
        coming = Moment(each.next.at, words(each.next.at, cohort.zone)) if each.next else "no further date"
        paused = " (paused)" if each.paused else ""
        lines.append(say("- **#{number}** {kind}, {when}{paused}. Next: {coming}", number=each.number,
                         kind=each.kind, when=each.words, paused=paused, coming=coming))  # fmt: skip
    return Reply(
        join([say("The schedules of **{name}**, in {zone}:", name=cohort.name, zone=cohort.zone), *lines])
    )


@command("cohort-admin schedule-run", access=Access.ORGANIZER, form="Post now")
async def schedule_run(
    call: Call, schedule: Annotated[ScheduleRef, Arg("Which schedule, by its number")]
) -> Reply:
    """Post what a schedule posts now, beside its regular dates."""
    one = schedule.schedule
    written = await call.write(_run, call.core.registry, call.known, one, call.request.id)
    if not written:
        return Reply(say("There is nothing to post for **{title}** just now.", title=_title(one)))
    return Reply(
        say("On its way: **{title}**, for {day}.", title=_title(one), day=day_words(call.known.today))
    )


def _run(conn: Conn, registry: Registry, scope: Scope, schedule: Schedule, call_id: str) -> int:
    now = instant(scope.now)
    slot = Slot(scope.today, now)
    return schedules.post_slot(conn, registry, scope.cohort, schedule, slot, now, tag=f":run:{call_id}")
