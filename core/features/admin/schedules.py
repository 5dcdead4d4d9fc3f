"""The commands that say what is posted when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Choice, Record, Reply
from core.chat.text import Text, join, moment, say
from core.clock import day_words, words, words_without_zone
from core.cohorts import audit, places
from core.cohorts.limits import check_quota
from core.cohorts.model import Cohort, Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Once
from core.delivery import asked_for, firing, schedules
from core.delivery.calendar import write_date_ranges
from core.delivery.phrases import EXAMPLES
from core.delivery.recurrence import Recurrence, Slot
from core.delivery.schedules import Follow, Schedule
from core.errors import BadInput, NotFound, OutOfDate, UserError
from core.features.admin import drafts, records
from core.features.admin.drafts import ScheduleDraft
from core.features.admin.records import ScheduleNumber, ScheduleRef
from core.features.admin.steps import with_next
from core.store.port import Conn


def _kinds(registry: Registry) -> Sequence[Choice]:
    return [Choice(kind.name, f"{kind.label}: {kind.help}"[:75]) for kind in registry.schedules.values()]


def _as_it_is(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form that changes a schedule: what it is now."""
    if not given.get("replaces"):
        return {}
    found = records.resolve_schedule(conn, scope, given["replaces"]).schedule
    dates = write_date_ranges(found.exceptions)
    return {"kind": found.kind, "when": found.when, "exceptions": dates, "follow": found.follow.value}


@command(
    "cohort-admin schedule-add",
    access=Access.ORGANIZER,
    form="Add a schedule",
    submit="Save it",
    prefill=_as_it_is,
    once=Once.ALL,
)
async def schedule_add(
    call: Call,
    kind: Annotated[str, Arg("What to post", choices=_kinds)],
    when: Annotated[
        str, Arg("Such as: weekdays 09:30 · every monday 9am · first monday 10:00", max_length=300)
    ],
    exceptions: Annotated[
        str | None, Arg("Dates left out: 2026-12-24, 2026-12-28..2027-01-04; none for none", max_length=600)
    ] = None,
    follow: Annotated[Follow | None, Arg("Whose clock it follows", label="Whose time zone")] = None,
    replaces: Annotated[
        ScheduleRef | None, Arg("A schedule to change instead of adding one", in_form=False)
    ] = None,
    preview: Annotated[bool, Arg("Only show the next dates; nothing is saved", in_form=False)] = False,
    again: Annotated[bool, Arg("Add it though an equal one is there", in_form=False)] = False,
) -> Reply:
    """Post something regularly, or change a schedule."""
    cohort, label = call.cohort, call.core.registry.schedules[kind].label
    personal = call.core.registry.schedules[kind].personal
    if follow is Follow.MEMBER and not personal:
        text = say("A {kind} goes to a channel, so it follows the cohort's time zone.", kind=label)
        raise BadInput(text, field="follow")
    draft = drafts.read(call, kind, when, exceptions, follow, replaces.schedule if replaces else None)
    # The dates are worked out before anything is written: what cannot be worked out is not saved.
    dates = [*await call.read(_dates, draft, call), *await call.read(_who, draft, call)]
    values = {"label": label, "when": draft.words, "whose": _whose(draft, cohort), "but": _but(draft)}
    if preview:
        head = say("A {label}, {when}{but}: nothing is saved yet. The next dates, in {whose}:", **values)
        buttons = Button("Save it", "cohort-admin schedule-add", draft.args(), ButtonStyle.PRIMARY)
        return Reply(
            join([head, *dates, *draft.notes]), (Buttons((buttons, *_instead(draft, preview="yes"))),)
        )
    try:
        number = await call.write(_save, call.scope, draft, again=again)
    except EqualSchedule as error:
        return error.question
    head = say(
        "Schedule **#{number}** is saved: {label}, {when}{but}. The next dates, in {whose}:",
        number=number,
        **values,
    )
    instead = _instead(draft, replaces=str(number))
    return await with_next(call, join([head, *dates, *draft.notes]), _saved_buttons(number, kind, instead))


def _but(draft: ScheduleDraft) -> str:
    return f", but not on {write_date_ranges(draft.exceptions)}" if draft.exceptions else ""


def _instead(draft: ScheduleDraft, **more: str) -> tuple[Button, ...]:
    """A button for something else that may have been meant."""
    if draft.instead is None:
        return ()
    args = {**draft.args(), "when": draft.instead.words, **more}
    return (Button(draft.instead.label, "cohort-admin schedule-add", args),)


class EqualSchedule(UserError):
    """There is a schedule that posts the same at the same times; whether to keep both is asked."""

    def __init__(self, equal: Schedule, draft: ScheduleDraft, at: str) -> None:
        text = say(
            "**{title}** posts the same at the same times already, next {at}. Shall both stay? Nothing is saved yet.",
            title=records.title(equal),
            at=at,
        )
        args = draft.args()
        buttons = (
            Button("Keep both", "cohort-admin schedule-add", {**args, "again": "yes"}),
            Button(
                f"Change #{equal.number} to this",
                "cohort-admin schedule-add",
                {**args, "replaces": str(equal.number)},
            ),
        )
        super().__init__(text)
        self.question = Reply(text, (Buttons(buttons),))


def _equal(conn: Conn, scope: Scope, draft: ScheduleDraft) -> Schedule | None:
    """The schedule of the same kind that posts on the same clock at the same next five instants, if any; the dates that
    either leaves out aside."""

    def instants(recurrence: Recurrence) -> list[Slot]:
        return recurrence.first(5, scope.now, scope.cohort.zone, open_dates)

    open_dates = schedules.calendar(conn, scope.cohort)
    alike = [
        each
        for each in schedules.listed(conn, scope.cohort.id)
        if each.kind == draft.kind
        and each.follow is draft.follow
        and each.recurrence.wall == draft.recurrence.wall
    ]
    coming = instants(draft.recurrence) if alike else []
    return next((each for each in alike if coming and instants(each.recurrence) == coming), None)


def _saved_buttons(number: int, kind: str, more: tuple[Button, ...], *, paused: bool = False) -> Buttons:
    args = {"schedule": str(number)}
    pause = (
        Button("Resume", "cohort-admin schedule-resume", args)
        if paused
        else Button("Pause", "cohort-admin schedule-pause", args)
    )
    buttons = (
        Button("Post one now", "cohort-admin schedule-run", args),
        pause,
        Button("Change it", "cohort-admin schedule-add", {"replaces": str(number), "kind": kind}),
        Button("Remove it", "cohort-admin schedule-remove", args),
        *more,
    )
    return Buttons(buttons)


def _dates(conn: Conn, draft: ScheduleDraft, call: Call) -> list[Text]:
    """The next five dates of a draft, as lines. Whose clock they are on is said above them."""
    cohort = call.cohort
    open_dates = schedules.calendar(conn, cohort, draft.exceptions)
    slots = draft.recurrence.first(5, call.now, cohort.zone, open_dates)
    if not slots:
        return [say("- none: the cohort's last day, its breaks or these exceptions leave no date open.")]
    return [say("- {at}", at=words_without_zone(slot.at, cohort.zone)) for slot in slots]


def _who(conn: Conn, draft: ScheduleDraft, call: Call) -> list[Text]:
    """To how many of the members it goes, where it goes to those who asked for it."""
    notice = asked_for.of_schedule(call.core.registry, draft.kind)
    if draft.follow is not Follow.MEMBER or notice is None:
        return []
    found = asked_for.chosen(conn, call.cohort.id, notice)
    values = {"n": f"{found.n:,}", "all": f"{found.members:,}", "kinds": notice.label}
    if found.n:
        return [
            say("**{n} of {all}** members asked for {kinds} by direct message; it goes to them.", **values)
        ]
    return [
        say(
            "None of {all} members asked for {kinds} by direct message, so it goes to **nobody yet**. Everybody can, with "
            "{/profile reminders}.",
            **values,
        )
    ]


def _whose(draft: ScheduleDraft, cohort: Cohort) -> str:
    return "each member's own time" if draft.follow is Follow.MEMBER else cohort.zone


def _save(conn: Conn, scope: Scope, draft: ScheduleDraft, *, again: bool) -> int:
    """Add or change a schedule. Raises `EqualSchedule` where one is equal and it was not said to add another."""
    now, member = scope.now, scope.member.id if scope.member else None
    if draft.replaces is None:
        equal = None if again else _equal(conn, scope, draft)
        if equal is not None:
            at = words(equal.next.at, scope.cohort.zone) if equal.next else "not before it is resumed"
            raise EqualSchedule(equal, draft, at)
        have = len(schedules.listed(conn, scope.cohort.id))
        advice = "You can remove one with {/cohort-admin schedule-remove}."
        check_quota(have, scope.limits.schedules, "This cohort has {have} schedules", advice)
        number = schedules.add(
            conn,
            scope.cohort,
            draft.kind,
            draft.words,
            draft.recurrence,
            now,
            exceptions=draft.exceptions,
            follow=draft.follow,
            member=member,
        )
        audit.by_caller(conn, scope, "schedule added", f"#{number} {draft.kind}", after=_audited(draft))
        return number
    found = schedules.by_number(conn, scope.cohort.id, draft.replaces)
    if found is None:
        raise NotFound("That schedule was removed meanwhile.")
    about, before = f"#{found.number} {draft.kind}", _audited(found)
    audit.by_caller(conn, scope, "schedule changed", about, before=before, after=_audited(draft))
    schedules.change(
        conn,
        found,
        draft.kind,
        draft.words,
        draft.recurrence,
        now,
        exceptions=draft.exceptions,
        follow=draft.follow,
        member=member,
    )
    return draft.replaces


def _audited(timed: Schedule | ScheduleDraft) -> str:
    """When a schedule posts, as the audit says it."""
    words = timed.words if isinstance(timed, ScheduleDraft) else timed.when
    follow = f", by the {timed.follow.value}’s clock"
    but = f", except {write_date_ranges(timed.exceptions)}" if timed.exceptions else ""
    return f"{words}{follow}{but}"


@command("cohort-admin schedule-list", access=Access.ORGANIZER)
async def schedule_list(
    call: Call,
    schedule: Annotated[ScheduleRef | None, Arg("One of them, with its next dates and what to do")] = None,
    page: PageArg = 1,
) -> Reply:
    """What is posted when."""
    if schedule is not None:
        return await _opened(call, schedule.schedule)
    cohort = call.cohort
    found, closed = await call.read(_listed, cohort.id, call.core.registry)
    if not found:
        return Reply(
            say(
                "Nothing is scheduled yet. Try {/cohort-admin schedule-add}, for example: {examples}.",
                examples=EXAMPLES,
            )
        )
    head = say("The schedules of **{name}**, in {zone}:", name=cohort.name, zone=cohort.zone)
    channels = dict.fromkeys(line for lines in closed.values() for line in lines)
    shown = Page(page, len(found))
    rows = (_row(each, cohort) for each in found[shown.start : shown.start + shown.size])
    return Reply(join([head, *channels]), blocks(call, shown, rows))


async def _opened(call: Call, schedule: Schedule) -> Reply:
    """A schedule with its next dates and what can be done with it."""
    cohort, kind = call.cohort, call.core.registry.schedules[schedule.kind]
    draft = ScheduleDraft(
        schedule.kind, schedule.recurrence, schedule.when, schedule.exceptions, schedule.follow
    )
    dates, closed = await call.read(_opened_facts, draft, schedule, call)
    head = say(
        "**#{number} {kind}**, {when}{but}.",
        number=schedule.number,
        kind=kind.label,
        when=draft.words,
        but=_but(draft),
    )
    if schedule.paused:
        coming = [say("It is paused: nothing is posted until it goes on.")]
    else:
        coming = [say("The next dates, in {whose}:", whose=_whose(draft, cohort)), *dates]
    buttons = _saved_buttons(schedule.number, schedule.kind, (), paused=schedule.paused)
    return Reply(join([head, *coming, *closed]), (buttons,))


def _opened_facts(
    conn: Conn, draft: ScheduleDraft, schedule: Schedule, call: Call
) -> tuple[list[Text], Sequence[Text]]:
    dates = [*_dates(conn, draft, call), *_who(conn, draft, call)]
    return dates, _closed(conn, call.core.registry, schedule)


def _listed(
    conn: Conn, cohort_id: int, registry: Registry
) -> tuple[Sequence[Schedule], Mapping[int, Sequence[Text]]]:
    """The schedules, and by their ids the closed channels that each would post in."""
    found = schedules.listed(conn, cohort_id)
    return found, {each.id: _closed(conn, registry, each) for each in found if not each.paused}


def _closed(conn: Conn, registry: Registry, schedule: Schedule) -> Sequence[Text]:
    """The closed channels that a schedule would post in, a line each."""
    kind = registry.schedules.get(schedule.kind)
    if kind is None or schedule.follow is Follow.MEMBER:
        return []
    return [
        say(CLOSED, channel=each.name, reason=each.closed)
        for each in places.channels_for(conn, schedule.cohort_id, kind.purpose)
        if each.closed
    ]


CLOSED = (
    "But **{channel}** is closed to me: {reason} I try again at each date. Let me in again, or give "
    "me another channel with {/cohort-admin channel}."
)


def _row(each: Schedule, cohort: Cohort) -> Record:
    """A schedule as a line that opens."""
    coming = say("next {at}", at=moment(each.next.at, cohort.zone)) if each.next else "no further date"
    details = [
        each.when + (", in each member's time" if each.follow is Follow.MEMBER else ""),
        f"except {write_date_ranges(each.exceptions)}" if each.exceptions else "",
        "paused" if each.paused else coming,
    ]
    opens = Button("Open", "cohort-admin schedule-list", {"schedule": str(each.number)})
    return Record(f"#{each.number} {each.kind}", tuple(filter(None, details)), opens)


_Which = Annotated[ScheduleRef, Arg("Which schedule, by its number")]


@command(
    "cohort-admin schedule-run", access=Access.ORGANIZER, form="Post now", submit="Post it now", once=Once.ALL
)
async def schedule_run(call: Call, schedule: _Which) -> Reply:
    """Post what a schedule posts now, beside its regular dates."""
    found = schedule.schedule
    closed = await call.write(_run, call.core.registry, call.scope, found, call.request.id)
    title, day = records.title(found), day_words(call.scope.today)
    if closed:
        tried = say("I try to post **{title}** for {day}.", title=title, day=day)
        return Reply(
            join([tried, *(say(RUN_CLOSED, channel=each.name, reason=each.reason) for each in closed)])
        )
    return Reply(say("On its way: **{title}**, for {day}.", title=title, day=day))


RUN_CLOSED = "**{channel}** was closed to me, and may still be: {reason} {/cohort-admin delivery} shows what became of it."


@dataclass(frozen=True, slots=True)
class ClosedChannel:
    """A channel that refused the latest post, and why."""

    name: str
    reason: str


def _run(
    conn: Conn, registry: Registry, scope: Scope, schedule: Schedule, call_id: str
) -> list[ClosedChannel]:
    """Write what a schedule posts. Returns which of its channels are closed."""
    purpose = registry.schedules[schedule.kind].purpose
    channels = [] if schedule.follow is Follow.MEMBER else places.channels_for(conn, scope.cohort.id, purpose)
    if not channels and schedule.follow is Follow.COHORT:
        raise BadInput(
            say("This cohort has no channel for that. Please choose one with {/cohort-admin channel} first.")
        )
    tag = f":run:{call_id}"
    written = firing.run_now(conn, registry, scope.cohort, schedule, scope.today, scope.now, tag)
    if not written:  # nothing was done, so the button that asked for it can be pressed again
        raise OutOfDate(
            say("There is nothing to post for **{title}** just now.", title=records.title(schedule))
        )
    audit.by_caller(conn, scope, "posted by hand", records.title(schedule))
    return [ClosedChannel(each.name, each.closed) for each in channels if each.closed]


@command(
    "cohort-admin schedule-pause",
    access=Access.ORGANIZER,
    form="Pause a schedule",
    submit="Pause it",
    once=Once.REPEATS,
)
async def schedule_pause(call: Call, schedule: _Which) -> Reply:
    """Pause a schedule; nothing of it is posted until it is resumed."""
    await call.write(_pause, call.scope, schedule.schedule, paused=True)
    resume = Button("Resume", "cohort-admin schedule-resume", {"schedule": str(schedule.schedule.number)})
    return Reply(say("Paused: **{title}**.", title=records.title(schedule.schedule)), (Buttons((resume,)),))


@command(
    "cohort-admin schedule-resume",
    access=Access.ORGANIZER,
    form="Resume a schedule",
    submit="Resume it",
    once=Once.REPEATS,
)
async def schedule_resume(call: Call, schedule: _Which) -> Reply:
    """Let a paused schedule go on from now."""
    await call.write(_pause, call.scope, schedule.schedule, paused=False)
    found = await call.read(schedules.by_number, call.cohort.id, schedule.schedule.number)
    coming = words(found.next.at, call.cohort.zone) if found and found.next else "no further date"
    return Reply(
        say("**{title}** goes on. Next: {coming}.", title=records.title(schedule.schedule), coming=coming)
    )


def _pause(conn: Conn, scope: Scope, schedule: Schedule, *, paused: bool) -> None:
    member = scope.member.id if scope.member else None
    schedules.pause(conn, schedule, scope.now, member, paused=paused)
    action = "schedule paused" if paused else "schedule resumed"
    audit.by_caller(conn, scope, action, records.title(schedule))


@command(
    "cohort-admin schedule-remove",
    access=Access.ORGANIZER,
    form="Remove a schedule",
    submit="Remove it",
    once=Once.ALL,
)
async def schedule_remove(
    call: Call, schedule: Annotated[ScheduleNumber, Arg("Which schedule, by its number")]
) -> Reply:
    """Take a schedule off the list; what it posted stays."""
    title = await call.write(_remove, call.scope, schedule.number)
    return Reply(say("Removed: **{title}**. What it posted stays where it is.", title=title))


def _remove(conn: Conn, scope: Scope, number: int) -> str:
    found = records.existing(conn, scope, number)
    schedules.remove(conn, found, scope.now, scope.member.id if scope.member else None)
    audit.by_caller(conn, scope, "schedule removed", records.title(found))
    return records.title(found)
