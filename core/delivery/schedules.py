"""Schedules: rows that say when, and the step from a due slot to the outbox. Plain SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from core import directory
from core.clock import instant, micros
from core.delivery import outbox
from core.delivery.outlet import Target
from core.delivery.recurrence import Recurrence, Slot
from core.people import Cohort
from core.registry import Registry, ScheduleKind
from core.store import Conn, Row

CATCH_UP = timedelta(hours=6)
"""How late the newest missed slot is still sent."""

LATE = timedelta(minutes=5)
"""From when on a post says that it is late."""

MOST_MISSED = 60
"""How many missed slots of one schedule are listed after a long absence, the newest ones."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it stands. `number` is its short number in the cohort."""

    id: int
    number: int
    kind: str
    words: str
    recurrence: Recurrence
    zone: str
    next: Slot | None
    paused: bool


def _schedule(row: Row) -> Schedule:
    recurrence = Recurrence(row["rule"], time.fromisoformat(row["wall"]), date.fromisoformat(row["anchor"]))
    slot = Slot(date.fromisoformat(row["next_on"]), instant(row["next_at"])) if row["next_at"] else None
    return Schedule(
        row["id"],
        row["number"],
        row["kind"],
        row["words"],
        recurrence,
        row["zone"],
        slot,
        bool(row["paused"]),
    )


def add(conn: Conn, cohort: Cohort, kind: str, words: str, recurrence: Recurrence, now: datetime) -> int:
    """Write a schedule. Returns its number."""
    number = directory.next_number(conn, cohort.id, "schedule")
    slot = recurrence.next(now, cohort.zone)
    conn.run(
        "INSERT INTO schedule (cohort_id, number, kind, words, rule, wall, zone, anchor, next_at, next_on,"
        " created_at) VALUES (:cohort, :number, :kind, :words, :rule, :wall, :zone, :anchor, :next_at,"
        " :next_on, :now)",
        cohort=cohort.id,
        number=number,
        kind=kind,
        words=words,
        rule=recurrence.rule,
        wall=recurrence.wall.isoformat("minutes"),
        zone=cohort.zone,
        anchor=recurrence.anchor.isoformat(),
        next_at=micros(slot.at) if slot else None,
        next_on=slot.day.isoformat() if slot else None,
        now=micros(now),
    )
    return number


def listed(conn: Conn, cohort_id: int) -> Sequence[Schedule]:
    """The schedules of a cohort, by number."""
    rows = conn.all(
        "SELECT * FROM schedule WHERE cohort_id = :cohort AND removed_at IS NULL ORDER BY number",
        cohort=cohort_id,
    )
    return [_schedule(row) for row in rows]


def by_number(conn: Conn, cohort_id: int, number: int) -> Schedule | None:
    """One schedule of a cohort."""
    row = conn.one(
        "SELECT * FROM schedule WHERE cohort_id = :cohort AND number = :number AND removed_at IS NULL",
        cohort=cohort_id,
        number=number,
    )
    return _schedule(row) if row else None


def rezone(conn: Conn, cohort_id: int, zone: str, now: datetime) -> None:
    """Move a cohort's schedules to a new time zone; the wall times stay."""
    for schedule in listed(conn, cohort_id):
        slot = schedule.recurrence.next(now, zone)
        conn.run("UPDATE schedule SET zone = :zone WHERE id = :id", zone=zone, id=schedule.id)
        _move_on(conn, schedule.id, slot)


def upcoming(conn: Conn, cohort_id: int | None = None) -> Schedule | None:
    """The schedule that is due next, in one cohort or in all."""
    row = conn.one(
        "SELECT s.* FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.paused = 0"
        " AND s.removed_at IS NULL AND s.next_at IS NOT NULL AND c.archived_at IS NULL"
        " AND c.suspended_at IS NULL AND (:cohort = -1 OR s.cohort_id = :cohort)"
        " ORDER BY s.next_at, s.id LIMIT 1",
        cohort=-1 if cohort_id is None else cohort_id,
    )
    return _schedule(row) if row else None


def due(conn: Conn, now: datetime, most: int) -> list[int]:
    """The ids of the schedules whose moment has come."""
    rows = conn.all(
        "SELECT s.id FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.paused = 0"
        " AND s.removed_at IS NULL AND s.next_at <= :now AND c.archived_at IS NULL"
        " AND c.suspended_at IS NULL ORDER BY s.next_at LIMIT :most",
        now=micros(now),
        most=most,
    )
    return [row["id"] for row in rows]


def fire(conn: Conn, registry: Registry, schedule_id: int, now: datetime) -> int:
    """Write what a due schedule posts and move it on, in one transaction. Returns the number of posts.

    After downtime the newest slot inside the catch-up window is posted, marked as late; older ones are
    listed as missed. A schedule that another replica fired meanwhile is left alone.
    """
    row = conn.one(
        "SELECT * FROM schedule WHERE id = :id AND paused = 0 AND removed_at IS NULL AND next_at <= :now",
        id=schedule_id,
        now=micros(now),
    )
    if row is None:
        return 0
    schedule = _schedule(row)
    cohort = directory.cohort(conn, row["cohort_id"])
    assert cohort is not None and schedule.next is not None  # noqa: S101, PT018 - the row and its key say so
    before = schedule.next.at - timedelta(microseconds=1)
    passed = list(takewhile(lambda slot: slot.at <= now, schedule.recurrence.slots(before, schedule.zone)))
    running = [slot for slot in passed if _runs_on(cohort, slot.day)]
    written = 0
    if running and now - running[-1].at <= CATCH_UP:
        newest = running.pop()
        written = post_slot(conn, registry, cohort, schedule, newest, now)
    for slot in running[-MOST_MISSED:]:
        _unsent(conn, registry, cohort, schedule, slot, now, "missed", _MISSED)
    _move_on(conn, schedule.id, schedule.recurrence.next(now, schedule.zone))
    return written


def _runs_on(cohort: Cohort, day: date) -> bool:
    return (cohort.starts_on is None or cohort.starts_on <= day) and (
        cohort.ends_on is None or day <= cohort.ends_on
    )


def _move_on(conn: Conn, schedule_id: int, slot: Slot | None) -> None:
    conn.run(
        "UPDATE schedule SET next_at = :at, next_on = :day WHERE id = :id",
        id=schedule_id,
        at=micros(slot.at) if slot else None,
        day=slot.day.isoformat() if slot else None,
    )


def post_slot(
    conn: Conn,
    registry: Registry,
    cohort: Cohort,
    schedule: Schedule,
    slot: Slot,
    now: datetime,
    tag: str = "",
) -> int:
    """Put a slot's post into the outbox, once for each target. `tag` sets a run by hand apart."""
    kind = registry.schedules[schedule.kind]
    data = kind.compose(conn, cohort, slot.day, micros(slot.at))
    if data is None:
        return 0
    written = 0
    for target in targets(conn, cohort, kind):
        written += (
            outbox.enqueue(
                conn,
                cohort.id,
                slot_key(schedule, slot.day, target) + tag,
                kind.post,
                data,
                target,
                micros(now),
                slot_at=micros(slot.at),
                late=now - slot.at > LATE,
                schedule_id=schedule.id,
            )
            is not None
        )
    return written


def skip_failed(conn: Conn, registry: Registry, schedule_id: int, now: datetime) -> None:
    """A due schedule could not be composed: list its slot as failed and move on."""
    row = conn.one(
        "SELECT * FROM schedule WHERE id = :id AND next_at <= :now", id=schedule_id, now=micros(now)
    )
    cohort = directory.cohort(conn, row["cohort_id"]) if row else None
    if row is None or cohort is None:
        return
    schedule = _schedule(row)
    if schedule.next is not None:
        _unsent(conn, registry, cohort, schedule, schedule.next, now, "failed", _FAILED)
    _move_on(conn, schedule_id, schedule.recurrence.next(now, schedule.zone))


_MISSED = "I was not running when this was due, and it was too late afterwards."
_FAILED = "It could not be put together; the log says why."


def _unsent(
    conn: Conn, registry: Registry, cohort: Cohort, schedule: Schedule, slot: Slot, now: datetime,
    state: str, reason: str,
) -> None:  # fmt: skip
    """List a slot that is not sent, with the reason."""
    kind = registry.schedules.get(schedule.kind)
    if kind is None:
        return
    for target in targets(conn, cohort, kind):
        outbox.enqueue(
            conn,
            cohort.id,
            slot_key(schedule, slot.day, target),
            kind.post,
            {},
            target,
            micros(now),
            slot_at=micros(slot.at),
            schedule_id=schedule.id,
            state=state,
            reason=reason,
        )


def targets(conn: Conn, cohort: Cohort, kind: ScheduleKind) -> list[Target]:
    """Where a kind of schedule posts in a cohort."""
    return [
        Target(place.platform, place.workspace, place.channel)
        for place in directory.places_for(conn, cohort.id, kind.purpose)
    ]


def slot_key(schedule: Schedule, day: date, target: Target) -> str:
    """What makes a scheduled post one and the same: schedule, local date, target."""
    return f"s{schedule.id}:{day.isoformat()}:{target.platform}:{target.workspace}:{target.channel}"
