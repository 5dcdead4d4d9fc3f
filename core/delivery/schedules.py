"""Schedules as rows: what is posted when, in one cohort. Plain SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from core.chat.model import LabelledEnum
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.cohorts.people import NoticeKind
from core.delivery.calendar import Calendar, DateRange, read_date_ranges, write_date_ranges
from core.delivery.outlet import Target
from core.delivery.phrases import describe
from core.delivery.recurrence import Recurrence, Slot
from core.delivery.served import EVERYWHERE, Served
from core.store.port import Conn, Row
from core.store.scoped import across

KEEP_CHANGES = timedelta(days=730)
"""How long it is kept who changed a schedule; the latest change of each always."""

NOWHERE = Target("", "", "")
"""The target of a post for which the cohort has no channel; it is listed and never sent."""

BREAKS = "breaks"
"""The setting that holds a cohort's breaks."""


class Follow(LabelledEnum):
    """Whose clock a schedule follows."""

    COHORT = "cohort", "The cohort's time zone, in its channel"
    MEMBER = "member", "Each member's own time zone, as a direct message"


@dataclass(frozen=True, slots=True)
class Schedule:
    """A schedule as it stands. `number` is its short number in the cohort, `next` its next slot; where it
    follows the members, the next one of any member. Slots up to `done` have been dealt with."""

    id: int
    cohort_id: int
    number: int
    kind: str
    words: str
    recurrence: Recurrence
    zone: str
    next: Slot | None
    paused: bool
    exceptions: tuple[DateRange, ...]
    follow: Follow
    done: datetime

    @property
    def when(self) -> str:
        """The rule in words. Those that were typed where they say just it; earlier versions kept what was typed and
        ignored some words of it."""
        said = describe(self.recurrence), describe(self.recurrence, self.recurrence.anchor)
        return self.words if self.words in said else said[0]


@dataclass(frozen=True, slots=True)
class Audience:
    """Those for whom a slot is due at the same instant, because their clocks show the same."""

    zone: str
    targets: tuple[Target, ...]


def _schedule(row: Row) -> Schedule:
    recurrence = Recurrence(row["rule"], time.fromisoformat(row["wall"]), row["anchor"])
    slot = Slot(row["next_on"], row["next_at"]) if row["next_at"] else None
    return Schedule(
        row["id"],
        row["cohort_id"],
        row["number"],
        row["kind"],
        row["words"],
        recurrence,
        row["zone"],
        slot,
        bool(row["paused"]),
        read_date_ranges(row["exceptions"]),
        Follow(row["follow"]),
        row["done_at"],
    )


def add(
    conn: Conn,
    cohort: Cohort,
    kind: str,
    words: str,
    recurrence: Recurrence,
    now: datetime,
    *,
    exceptions: Sequence[DateRange] = (),
    follow: Follow = Follow.COHORT,
    member: int | None = None,
) -> int:
    """Write a schedule. Returns its number."""
    number = directory.next_number(conn, cohort.id, "schedule")
    row = conn.one(
        "INSERT INTO schedule (cohort_id, number, kind, words, rule, wall, zone, anchor, exceptions, follow,"
        " done_at, created_at) VALUES (:cohort, :number, :kind, :words, :rule, :wall, :zone, :anchor,"
        " :exceptions, :follow, :now, :now) RETURNING id",
        cohort=cohort.id,
        number=number,
        kind=kind,
        words=words,
        rule=recurrence.rule,
        wall=recurrence.wall.isoformat("minutes"),
        zone=cohort.zone,
        anchor=recurrence.anchor,
        exceptions=write_date_ranges(exceptions),
        follow=follow.value,
        now=now,
    )
    assert row is not None  # noqa: S101 - RETURNING gives the row it inserted
    note(conn, row["id"], now, member, f"added: {kind}, {words}")
    schedule_next(conn, cohort.id, row["id"], now)
    return number


def change(
    conn: Conn,
    schedule: Schedule,
    kind: str,
    words: str,
    recurrence: Recurrence,
    now: datetime,
    *,
    exceptions: Sequence[DateRange],
    follow: Follow,
    member: int | None,
) -> None:
    """Let a schedule post something else or at other times. What it posted so far stays with it."""
    conn.run(
        "UPDATE schedule SET kind = :kind, words = :words, rule = :rule, wall = :wall, anchor = :anchor,"
        " exceptions = :exceptions, follow = :follow WHERE id = :id AND cohort_id = :cohort",
        id=schedule.id,
        cohort=schedule.cohort_id,
        kind=kind,
        words=words,
        rule=recurrence.rule,
        wall=recurrence.wall.isoformat("minutes"),
        anchor=recurrence.anchor,
        exceptions=write_date_ranges(exceptions),
        follow=follow.value,
    )
    note(conn, schedule.id, now, member, f"{schedule.kind}, {schedule.words} -> {kind}, {words}")
    schedule_next(conn, schedule.cohort_id, schedule.id, now)


def pause(conn: Conn, schedule: Schedule, now: datetime, member: int | None, *, paused: bool) -> None:
    """Stop a schedule for a while, or let it go on from now; what fell into the pause is not made up for."""
    conn.run(
        "UPDATE schedule SET paused = :paused WHERE id = :id AND cohort_id = :cohort",
        paused=int(paused),
        id=schedule.id,
        cohort=schedule.cohort_id,
    )
    note(conn, schedule.id, now, member, "paused" if paused else "resumed")
    if not paused:
        schedule_next(conn, schedule.cohort_id, schedule.id, now)


def remove(conn: Conn, schedule: Schedule, now: datetime, member: int | None) -> None:
    """Take a schedule off the list. What it posted stays, and so does its history."""
    conn.run(
        "UPDATE schedule SET removed_at = :now WHERE id = :id AND cohort_id = :cohort",
        now=now,
        id=schedule.id,
        cohort=schedule.cohort_id,
    )
    note(conn, schedule.id, now, member, "removed")


def note(conn: Conn, schedule_id: int, now: datetime, member: int | None, what: str) -> None:
    """Write down what was done to a schedule."""
    conn.run(
        "INSERT INTO schedule_change (schedule_id, at, member_id, what)"
        " VALUES (:schedule, :at, :member, :what)",
        schedule=schedule_id,
        at=now,
        member=member,
        what=what,
    )


def forget_changes(conn: Conn, now: datetime, most: int) -> int:
    """Forget who changed schedules more than two years ago, but the latest change of each, at most so many. Returns how
    many went."""
    return conn.run(
        "DELETE FROM schedule_change WHERE id IN (SELECT c.id FROM schedule_change c WHERE c.at < :before"
        " AND EXISTS (SELECT 1 FROM schedule_change n WHERE n.schedule_id = c.schedule_id AND n.id > c.id)"
        " LIMIT :most)",
        before=now - KEEP_CHANGES,
        most=most,
    )


def listed(conn: Conn, cohort_id: int) -> Sequence[Schedule]:
    """The schedules of a cohort, by number."""
    rows = conn.all(
        "SELECT * FROM schedule WHERE cohort_id = :cohort AND removed_at IS NULL ORDER BY number",
        cohort=cohort_id,
    )
    return [_schedule(row) for row in rows]


def by_ids(conn: Conn, ids: Sequence[int]) -> Sequence[Schedule]:
    """Those of some schedules that are neither paused nor removed."""
    if not ids:
        return []
    listed_ids = ", ".join(str(int(each)) for each in ids)
    rows = conn.all(
        f"SELECT * FROM schedule WHERE id IN ({listed_ids}) AND paused = 0 AND removed_at IS NULL"
    )
    return [_schedule(row) for row in rows]


def by_id(conn: Conn, cohort_id: int, schedule_id: int) -> Schedule | None:
    """One schedule, though it was paused or removed."""
    row = conn.one(
        "SELECT * FROM schedule WHERE id = :id AND cohort_id = :cohort", id=schedule_id, cohort=cohort_id
    )
    return _schedule(row) if row else None


def by_number(conn: Conn, cohort_id: int, number: int) -> Schedule | None:
    """One schedule of a cohort."""
    row = conn.one(
        "SELECT * FROM schedule WHERE cohort_id = :cohort AND number = :number AND removed_at IS NULL",
        cohort=cohort_id,
        number=number,
    )
    return _schedule(row) if row else None


def upcoming(conn: Conn, cohort_id: int | None = None, served: Served = EVERYWHERE) -> Schedule | None:
    """The schedule that is due next, in one cohort or in all that this process serves."""
    row = conn.one(
        "SELECT s.* FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.paused = 0"
        " AND s.removed_at IS NULL AND s.next_at IS NOT NULL AND c.archived_at IS NULL"
        " AND c.suspended_at IS NULL AND (:cohort = -1 OR s.cohort_id = :cohort)"
        f" AND {served.condition} ORDER BY s.next_at, s.id LIMIT 1",
        cohort=-1 if cohort_id is None else cohort_id,
        **served.parameters,
    )
    return _schedule(row) if row else None


def calendar(conn: Conn, cohort: Cohort, exceptions: Sequence[DateRange] = ()) -> Calendar:
    """The dates on which a cohort's schedule with these exceptions posts."""
    breaks = read_date_ranges(directory.setting(conn, cohort.id, BREAKS, ""))
    return Calendar(cohort.starts_on, cohort.ends_on, (*breaks, *exceptions))


def audiences(
    conn: Conn,
    cohort: Cohort,
    schedule: Schedule,
    purpose: str,
    now: datetime,
    notice: NoticeKind | None = None,
) -> list[Audience]:
    """For whom a schedule posts: the cohort's channels, or its members grouped by time zone, but those who switched the
    kind `notice` off."""
    if schedule.follow is Follow.COHORT:
        targets = tuple(map(Target.place, directory.places_for(conn, cohort.id, purpose)))
        # Without a channel the slot is listed all the same, and can be tried again when there is one.
        return [Audience(schedule.zone, targets or (NOWHERE,))]
    return _by_zone(conn, cohort, now, notice)


def _by_zone(conn: Conn, cohort: Cohort, now: datetime, notice: NoticeKind | None = None) -> list[Audience]:
    """The members who may be written to now, grouped by time zone. The zones of the others are there too, for
    nobody: somebody who is away may be back when the next slot of their zone is due."""
    zones: dict[str, list[Target]] = {each: [] for each in directory.zones(conn, cohort)}
    for reached in directory.recipients(conn, cohort, now, notice=notice):
        zones.setdefault(reached.zone or cohort.zone, []).append(Target.person(reached))
    # With nobody in the cohort the schedule still moves on, by the cohort's clock.
    return [Audience(zone, tuple(targets)) for zone, targets in zones.items()] or [Audience(cohort.zone, ())]


def schedule_next(conn: Conn, cohort_id: int, schedule_id: int, now: datetime) -> None:
    """Everything up to now is dealt with; find the next slot."""
    schedule, cohort = by_id(conn, cohort_id, schedule_id), directory.cohort(conn, cohort_id)
    if schedule is None or cohort is None:
        return
    zones = _zones(conn, cohort, now) if schedule.follow is Follow.MEMBER else {schedule.zone}
    _advance_from(conn, schedule, zones, calendar(conn, cohort, schedule.exceptions), now)


def _zones(conn: Conn, cohort: Cohort, now: datetime) -> set[str]:
    return {each.zone for each in _by_zone(conn, cohort, now)}


def _advance_from(
    conn: Conn, schedule: Schedule, zones: Iterable[str], open_dates: Calendar, now: datetime
) -> None:
    slot = schedule.recurrence.earliest(now, zones, open_dates)
    advance(conn, schedule, [slot] if slot else [], now)


def advance(conn: Conn, schedule: Schedule, coming: Sequence[Slot], now: datetime) -> None:
    """Everything up to now is dealt with; the first of the coming slots is the next."""
    slot = min(coming, key=lambda each: each.at, default=None)
    conn.run(
        "UPDATE schedule SET next_at = :at, next_on = :day, done_at = :now WHERE id = :id AND cohort_id = :cohort",
        id=schedule.id,
        cohort=schedule.cohort_id,
        at=slot.at if slot else None,
        day=slot.day if slot else None,
        now=now,
    )


def advance_for(conn: Conn, person_id: int, now: datetime) -> None:
    """Somebody joined, or lives in another time zone now: what follows its members may be due for them before
    it is for the others."""
    conn = across(conn)
    rows = conn.all(
        "SELECT s.*, p.zone AS person_zone FROM schedule s JOIN member m ON m.cohort_id = s.cohort_id"
        " JOIN person p ON p.id = m.person_id WHERE m.person_id = :person AND m.left_at IS NULL"
        " AND s.follow = 'member' AND s.removed_at IS NULL ORDER BY s.id",
        person=person_id,
    )
    for row in rows:
        schedule, cohort = _schedule(row), directory.cohort(conn, row["cohort_id"])
        assert cohort is not None  # noqa: S101 - a foreign key says so
        open_dates = calendar(conn, cohort, schedule.exceptions)
        slot = schedule.recurrence.next(now, row["person_zone"] or cohort.zone, open_dates)
        if slot is not None and (schedule.next is None or slot.at < schedule.next.at):
            # What is dealt with stays as it is: it may be long ago for the others.
            conn.run(
                "UPDATE schedule SET next_at = :at, next_on = :day WHERE id = :id AND cohort_id = :cohort",
                id=schedule.id,
                cohort=schedule.cohort_id,
                at=slot.at,
                day=slot.day,
            )


def reschedule_all(conn: Conn, cohort_id: int, now: datetime) -> None:
    """A cohort's time zone, dates or breaks have changed: find every next slot anew; wall times stay."""
    cohort = directory.cohort(conn, cohort_id)
    if cohort is None:
        return
    conn.run("UPDATE schedule SET zone = :zone WHERE cohort_id = :cohort", zone=cohort.zone, cohort=cohort_id)
    # All of it is read once: the writer is held meanwhile, and there may be a hundred schedules.
    open_dates, members = calendar(conn, cohort), _zones(conn, cohort, now)
    for schedule in listed(conn, cohort_id):
        zones = members if schedule.follow is Follow.MEMBER else {schedule.zone}
        _advance_from(conn, schedule, zones, open_dates.without(schedule.exceptions), now)
