"""The step from a due slot to the outbox. Plain SQL; a batch of schedules is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import takewhile

from core.clock import local, to_instant
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.commands.registry import Registry
from core.delivery import outbox, schedules
from core.delivery.calendar import Calendar, read_quiet
from core.delivery.outlet import Target
from core.delivery.recurrence import Slot
from core.delivery.schedules import Audience, Follow, Schedule
from core.errors import BadInput
from core.store.port import Conn

CATCH_UP = "catch-up"
"""The setting: hours after which a missed slot is no longer sent."""
CATCH_UP_HOURS = "6"

QUIET = "quiet-hours"
"""The setting: local hours in which direct messages wait."""
QUIET_HOURS = "21:00-08:00"

LATE = timedelta(minutes=5)
"""From when on a post says that it is late."""

MOST_MISSED = 60
"""How many missed slots of one schedule are listed after a long absence, the newest ones."""

MISSED = "I was not running when this was due, and it was too late afterwards."
FAILED = "It could not be put together; the log says why."


def due(conn: Conn, now: datetime, most: int) -> list[int]:
    """The ids of the schedules whose moment has come, and of those that are ahead of the clock because it
    was set back."""
    live = (
        "FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.paused = 0 AND s.removed_at IS NULL"
        " AND c.archived_at IS NULL AND c.suspended_at IS NULL"
    )
    # Two queries, each over an index of its own.
    rows = [
        *conn.all(f"SELECT s.id {live} AND s.next_at <= :now ORDER BY s.next_at LIMIT :most",
                  now=now, most=most),
        *conn.all(f"SELECT s.id {live} AND s.done_at > :ahead LIMIT :most",
                  ahead=(now + LATE), most=most),
    ]  # fmt: skip
    return list(dict.fromkeys(row["id"] for row in rows))


@dataclass
class FiringBatch:
    """What a batch of schedules looks up once: the same cohort's facts serve all of its schedules."""

    conn: Conn
    registry: Registry
    now: datetime
    _facts: dict[int, tuple[Cohort, timedelta, Calendar] | None] = field(default_factory=dict)
    _audiences: dict[tuple[int, Follow, str], list[Audience]] = field(default_factory=dict)

    def cohort_facts(self, cohort_id: int) -> tuple[Cohort, timedelta, Calendar] | None:
        """A cohort, its catch-up window and its calendar."""
        if cohort_id not in self._facts:
            cohort = directory.cohort(self.conn, cohort_id)
            if cohort is None:
                self._facts[cohort_id] = None
            else:
                window = timedelta(hours=_catch_up(self.conn, cohort_id))
                self._facts[cohort_id] = (cohort, window, schedules.calendar(self.conn, cohort))
        return self._facts[cohort_id]

    def audiences(self, cohort: Cohort, schedule: Schedule) -> list[Audience]:
        """For whom a schedule posts."""
        purpose = self.registry.schedules[schedule.kind].purpose
        key = (cohort.id, schedule.follow, purpose)
        if key not in self._audiences:
            self._audiences[key] = schedules.audiences(self.conn, cohort, schedule, purpose, self.now)
        return self._audiences[key]


def fire(conn: Conn, registry: Registry, ids: Sequence[int], now: datetime) -> int:
    """Write what due schedules post and move them on. Returns the number of posts.

    After downtime the newest slot inside the catch-up window is posted, marked as late; older ones are
    listed as missed. A schedule that another replica fired meanwhile is left alone.
    """
    batch = FiringBatch(conn, registry, now)
    return sum(_fire(batch, schedule) for schedule in schedules.by_ids(conn, ids))


def _fire(batch: FiringBatch, schedule: Schedule) -> int:
    conn, now = batch.conn, batch.now
    facts = batch.cohort_facts(schedule.cohort_id)
    if facts is None:
        return 0
    if schedule.done > now + LATE:
        _set_back(conn, schedule, now)
        return 0
    if schedule.next is None or schedule.next.at > now:
        return 0
    cohort, window, open_dates = facts
    open_dates = open_dates.without(schedule.exceptions)
    written, coming = 0, []
    for audience in batch.audiences(cohort, schedule):
        passed: list[Slot] = []
        for slot in schedule.recurrence.slots(schedule.done, audience.zone, open_dates):
            if slot.at > now:
                coming.append(slot)
                break
            passed.append(slot)
        if passed and now - passed[-1].at <= window:
            written += post_slot(conn, batch.registry, cohort, schedule, passed.pop(), now, audience)
        for slot in passed[-MOST_MISSED:]:
            _unsent(conn, batch.registry, cohort, schedule, slot, now, audience.targets, ("missed", MISSED))
    schedules.advance(conn, schedule.id, coming, now)
    return written


def _set_back(conn: Conn, schedule: Schedule, now: datetime) -> None:
    """The clock was ahead and was set back. What was listed as missed for times that are still to come was
    never missed; what was sent has its key and is not sent again."""
    conn.run(
        "DELETE FROM outbox WHERE schedule_id = :schedule AND slot_at > :now AND state = 'missed'",
        schedule=schedule.id,
        now=now,
    )
    schedules.schedule_next(conn, schedule.id, now)


def _catch_up(conn: Conn, cohort_id: int) -> float:
    return float(directory.setting(conn, cohort_id, CATCH_UP, CATCH_UP_HOURS))


def post_slot(
    conn: Conn,
    registry: Registry,
    cohort: Cohort,
    schedule: Schedule,
    slot: Slot,
    now: datetime,
    audience: Audience,
    tag: str = "",
) -> int:
    """Put a slot's post into the outbox, once for each target. `tag` sets a run by hand apart."""
    kind = registry.schedules[schedule.kind]
    data = kind.compose(conn, cohort, slot.day, slot.at) if audience.targets else None
    if data is None:
        return 0
    held = quiet_until(conn, cohort, audience.zone, now) if schedule.follow is Follow.MEMBER else None
    written = 0
    for target in audience.targets:
        key = slot_key(schedule, slot.day, target) + tag
        written += outbox.enqueue(
            conn, cohort.id, key, kind.post, data, target, now,
            slot_at=slot.at, late=now - slot.at > LATE, schedule_id=schedule.id,
            not_before=held,
        ) is not None  # fmt: skip
    return written


def quiet_until(conn: Conn, cohort: Cohort, zone: str, now: datetime) -> datetime | None:
    """When direct messages to readers of a time zone may go out, if now is in their quiet hours."""
    try:
        hours = read_quiet(directory.setting(conn, cohort.id, QUIET, QUIET_HOURS))
    except BadInput:
        hours = None
    if hours is None or hours[0] == hours[1]:
        return None
    begin, end = hours
    there = local(now, zone)
    wall = there.time().replace(tzinfo=None)
    quiet = begin <= wall < end if begin < end else wall >= begin or wall < end
    if not quiet:
        return None
    morning = there.date() if wall < end else there.date() + timedelta(days=1)
    return to_instant(morning, end, zone)


def skip_failed(conn: Conn, registry: Registry, schedule_id: int, now: datetime) -> None:
    """A due schedule could not be composed: list its slot as failed and move on."""
    schedule = next(iter(schedules.by_ids(conn, [schedule_id])), None)
    cohort = directory.cohort(conn, schedule.cohort_id) if schedule else None
    if schedule is None or cohort is None or schedule.next is None:
        return
    kind = registry.schedules.get(schedule.kind)
    if kind is not None:
        for audience in schedules.audiences(conn, cohort, schedule, kind.purpose, now):
            _unsent(
                conn, registry, cohort, schedule, schedule.next, now, audience.targets, ("failed", FAILED)
            )
    schedules.schedule_next(conn, schedule_id, now)


def mark_uncertain(conn: Conn, registry: Registry, ids: Sequence[int], now: datetime, reason: str) -> int:
    """List the slots that came due since schedules were last looked at as uncertain, and move the schedules
    on. Returns how many posts were listed: of each schedule and audience the newest `MOST_MISSED`."""
    batch, listed = FiringBatch(conn, registry, now), 0
    for schedule in schedules.by_ids(conn, ids):
        facts = batch.cohort_facts(schedule.cohort_id)
        if facts is not None and schedule.kind in registry.schedules:
            cohort, _, open_dates = facts
            open_dates = open_dates.without(schedule.exceptions)
            for audience in batch.audiences(cohort, schedule):
                slots = schedule.recurrence.slots(schedule.done, audience.zone, open_dates)
                passed = list(takewhile(lambda slot: slot.at <= now, slots))[-MOST_MISSED:]
                for slot in passed:
                    end = ("uncertain", reason)
                    _unsent(conn, registry, cohort, schedule, slot, now, audience.targets, end)
                listed += len(passed) * len(audience.targets)
        schedules.schedule_next(conn, schedule.id, now)
    return listed


def _unsent(
    conn: Conn,
    registry: Registry,
    cohort: Cohort,
    schedule: Schedule,
    slot: Slot,
    now: datetime,
    targets: tuple[Target, ...],
    end: tuple[str, str],
) -> None:
    """List a slot that is not sent: its state, and the reason."""
    for target in targets:
        outbox.enqueue(
            conn,
            cohort.id,
            slot_key(schedule, slot.day, target),
            registry.schedules[schedule.kind].post,
            {},
            target,
            now,
            slot_at=slot.at,
            schedule_id=schedule.id,
            state=end[0],
            reason=end[1],
        )


def slot_key(schedule: Schedule, day: date, target: Target) -> str:
    """What makes a scheduled post one and the same: schedule, local date, target."""
    return f"s{schedule.id}:{day.isoformat()}:{target.platform}:{target.workspace}:{target.channel}"


def run_now(
    conn: Conn, registry: Registry, cohort: Cohort, schedule: Schedule, today: date, now: datetime, tag: str
) -> int:
    """Post what a schedule posts, beside its regular dates. Returns the number of posts."""
    purpose = registry.schedules[schedule.kind].purpose
    return sum(
        post_slot(conn, registry, cohort, schedule, Slot(today, now), now, audience, tag)
        for audience in schedules.audiences(conn, cohort, schedule, purpose, now)
    )


def retry_post(conn: Conn, registry: Registry, cohort: Cohort, row_id: int, now: datetime) -> bool:
    """Try a post that was missed, failed or left uncertain once more. False where there is none such."""
    row = conn.one(
        "SELECT * FROM outbox WHERE id = :id AND cohort_id = :cohort"
        " AND state IN ('missed', 'failed', 'uncertain')",
        id=row_id,
        cohort=cohort.id,
    )
    if row is None:
        return False
    schedule = conn.one("SELECT kind, zone FROM schedule WHERE id = :id", id=row["schedule_id"])
    if schedule is not None and row["data"] == "{}":
        kind = registry.schedules.get(schedule["kind"])
        day = local(row["slot_at"], schedule["zone"]).date()
        data = kind.compose(conn, cohort, day, row["slot_at"]) if kind else None
        if data is None:
            return False
        outbox.fill(conn, row_id, data)
    outbox.reopen(conn, row_id, now, unsure=row["state"] == "uncertain")
    return True
