"""The step from a due slot to the outbox. Plain SQL; a batch of schedules is one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any

from core.clock import local, to_instant
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.commands.registry import Registry
from core.commands.spec import ScheduleKind
from core.delivery import listing, outbox, schedules
from core.delivery.calendar import Calendar
from core.delivery.outbox import NewPost, PostState
from core.delivery.outlet import Target
from core.delivery.recurrence import Slot
from core.delivery.schedules import NOWHERE, Audience, Follow, Schedule
from core.delivery.served import EVERYWHERE, Served
from core.store.port import Conn
from core.store.scoped import within

CATCH_UP = "catch-up"
"""The setting: hours after which a missed slot is no longer sent."""
CATCH_UP_HOURS = "6"

LATE = timedelta(minutes=5)
"""From when on a post says that it is late."""

MOST_MISSED = 60
"""How many missed slots of one schedule are listed after a long absence, the newest ones."""

MISSED = "I was not running when this was due, and it was too late afterwards."
FAILED = "It could not be put together; the log says why."
NO_CHANNEL = "There was no channel for it. An organizer can give me one."


def due(conn: Conn, now: datetime, most: int, served: Served = EVERYWHERE) -> list[int]:
    """The ids of the schedules whose moment has come, and of those that are ahead of the clock because it
    was set back; only those of cohorts that this process serves."""
    live = (
        "FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.paused = 0 AND s.removed_at IS NULL"
        f" AND c.archived_at IS NULL AND c.suspended_at IS NULL AND {served.condition}"
    )
    names = served.parameters
    # Two queries, each over an index of its own.
    rows = [
        *conn.all(
            f"SELECT s.id {live} AND s.next_at <= :now ORDER BY s.next_at LIMIT :most",
            now=now,
            most=most,
            **names,
        ),
        *conn.all(
            f"SELECT s.id {live} AND s.done_at > :ahead LIMIT :most", ahead=(now + LATE), most=most, **names
        ),
    ]
    return list(dict.fromkeys(row["id"] for row in rows))


@dataclass
class FiringBatch:
    """What a batch of schedules looks up once: the same cohort's facts serve all of its schedules."""

    conn: Conn
    registry: Registry
    now: datetime
    served: Served = EVERYWHERE
    _facts: dict[int, tuple[Cohort, timedelta, Calendar] | None] = field(default_factory=dict)
    _audiences: dict[tuple[int, Follow, str, str], list[Audience]] = field(default_factory=dict)

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
        kind = self.registry.schedules[schedule.kind]
        purpose, notice = kind.purpose, self.registry.posts[kind.post].notice
        key = (cohort.id, schedule.follow, purpose, kind.post)
        if key not in self._audiences:
            found = schedules.audiences(self.conn, cohort, schedule, purpose, self.now, notice)
            self._audiences[key] = [
                replace(each, targets=tuple(filter(self.served.may_reach, each.targets))) for each in found
            ]
        return self._audiences[key]


def fire(
    conn: Conn, registry: Registry, ids: Sequence[int], now: datetime, served: Served = EVERYWHERE
) -> int:
    """Write what due schedules post and move them on. Returns the number of posts.

    After downtime the newest slot inside the catch-up window is posted, marked as late; older ones are
    listed as missed. A schedule that another replica fired meanwhile is left alone.
    """
    batch = FiringBatch(conn, registry, now, served)
    return sum(_fire(batch, schedule) for schedule in schedules.by_ids(conn, ids))


def _fire(batch: FiringBatch, schedule: Schedule) -> int:
    conn, now = batch.conn, batch.now
    facts = batch.cohort_facts(schedule.cohort_id)
    if facts is None:
        return 0
    if schedule.done > now + LATE:
        outbox.forget_missed_after(conn, schedule.id, now)
        schedules.schedule_next(conn, schedule.cohort_id, schedule.id, now)
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
            written += post_slot(batch, cohort, schedule, passed.pop(), audience)
        for slot in passed[-MOST_MISSED:]:
            _list_unsent(batch, schedule, slot, audience.targets, PostState.MISSED, MISSED)
    schedules.advance(conn, schedule, coming, now)
    return written


def _catch_up(conn: Conn, cohort_id: int) -> float:
    return float(directory.setting(conn, cohort_id, CATCH_UP, CATCH_UP_HOURS))


def post_slot(
    batch: FiringBatch, cohort: Cohort, schedule: Schedule, slot: Slot, audience: Audience, tag: str = ""
) -> int:
    """Put a slot's post into the outbox, once for each target. `tag` sets a run by hand apart. Returns how many
    posts are new."""
    conn, now, kind = batch.conn, batch.now, batch.registry.schedules[schedule.kind]
    data = _composed(conn, cohort, kind, schedule, slot, audience.zone) if audience.targets else None
    if data is None:
        return 0
    if audience.targets == (NOWHERE,):
        _list_unsent(batch, schedule, slot, audience.targets, PostState.MISSED, NO_CHANNEL)
        return 0
    posts = [
        NewPost(
            cohort.id,
            slot_key(schedule, slot.day, target) + tag,
            kind.post,
            data,
            target,
            slot_at=slot.at,
            day=slot.day,
            late=now - slot.at > LATE,
            schedule_id=schedule.id,
            by_hand=bool(tag),
            paced=target.direct,
        )
        for target in audience.targets
    ]
    written = sum(outbox.enqueue(conn, post, now) is not None for post in posts)
    if kind.then is not None:
        kind.then(within(conn, cohort.id), cohort, slot.day, now)
    return written


def _composed(
    conn: Conn, cohort: Cohort, kind: ScheduleKind, schedule: Schedule, slot: Slot, zone: str
) -> Mapping[str, Any] | None:
    """What a slot posts; None where there is nothing to post. Two schedules of a kind have periods of their own."""
    data = kind.compose(within(conn, cohort.id), cohort, slot.day, slot.at)
    if data is None or kind.covers is None:
        return data
    last = outbox.latest_slot(conn, cohort.id, kind.post, slot.at, schedule.id)
    before = schedule.recurrence.date_before(slot.day)
    begun = to_instant(before, schedule.recurrence.wall, zone) if before else None
    return {**data, **kind.covers(slot.at, last, begun)}


def skip_failed(
    conn: Conn, registry: Registry, schedule_id: int, now: datetime, served: Served = EVERYWHERE
) -> None:
    """A due schedule could not be composed: list its slot as failed and move on."""
    batch = FiringBatch(conn, registry, now, served)
    schedule = next(iter(schedules.by_ids(conn, [schedule_id])), None)
    facts = batch.cohort_facts(schedule.cohort_id) if schedule else None
    if schedule is None or facts is None or schedule.next is None:
        return
    if schedule.kind in registry.schedules:
        for audience in batch.audiences(facts[0], schedule):
            _list_unsent(batch, schedule, schedule.next, audience.targets, PostState.FAILED, FAILED)
    schedules.schedule_next(conn, schedule.cohort_id, schedule_id, now)


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
                    _list_unsent(batch, schedule, slot, audience.targets, PostState.UNCERTAIN, reason)
                listed += len(passed) * len(audience.targets)
        schedules.schedule_next(conn, schedule.cohort_id, schedule.id, now)
    return listed


def _list_unsent(
    batch: FiringBatch,
    schedule: Schedule,
    slot: Slot,
    targets: Sequence[Target],
    state: PostState,
    reason: str,
) -> None:
    """List a slot that is not sent, once for each target."""
    for target in targets:
        post = NewPost(
            schedule.cohort_id,
            slot_key(schedule, slot.day, target),
            batch.registry.schedules[schedule.kind].post,
            {},
            target,
            slot_at=slot.at,
            day=slot.day,
            schedule_id=schedule.id,
            state=state,
            reason=reason,
        )
        outbox.enqueue(batch.conn, post, batch.now)


def slot_key(schedule: Schedule, day: date, target: Target) -> str:
    """What makes a scheduled post one and the same: schedule, local date, target."""
    return f"s{schedule.id}:{day.isoformat()}:{target.key}"


def run_now(
    conn: Conn, registry: Registry, cohort: Cohort, schedule: Schedule, today: date, now: datetime, tag: str
) -> int:
    """Post what a schedule posts, beside its regular dates. Returns the number of posts."""
    batch = FiringBatch(conn, registry, now)
    return sum(
        post_slot(batch, cohort, schedule, Slot(today, now), audience, tag)
        for audience in batch.audiences(cohort, schedule)
    )


def retry_post(conn: Conn, registry: Registry, cohort: Cohort, row_id: int, now: datetime) -> bool:
    """Try a post that was missed, failed or left uncertain once more. False where there is none such."""
    row = listing.unsent(conn, cohort.id, row_id)
    if row is None:
        return False
    schedule = (
        schedules.by_id(conn, cohort.id, row["schedule_id"]) if row["schedule_id"] is not None else None
    )
    kind: ScheduleKind | None = None
    if schedule is not None and row["data"] == "{}":
        kind = registry.schedules.get(schedule.kind)
        slot = Slot(local(row["slot_at"], schedule.zone).date(), row["slot_at"])
        data = _composed(conn, cohort, kind, schedule, slot, schedule.zone) if kind else None
        if data is None:
            return False
        outbox.fill(conn, row_id, data)
    unsure = row["state"] == PostState.UNCERTAIN
    if not row["direct"] and row["edits"] is None:
        target = outbox.target_of(row)
        there = current_target(conn, registry, cohort, row["kind"], target)
        if there is None:
            return False
        if there != target:
            key = row["key"].replace(target.key, there.key, 1)
            if not outbox.redirect(conn, row_id, key, there):
                return False
            unsure = False  # it cannot have arrived there
    outbox.reopen(conn, row_id, now, unsure=unsure, late=now - row["slot_at"] > LATE)
    if kind is not None and kind.then is not None:
        # What a slot that was missed has not had yet.
        kind.then(within(conn, cohort.id), cohort, row["day"], now)
    return True


def current_target(
    conn: Conn, registry: Registry, cohort: Cohort, kind: str, target: Target
) -> Target | None:
    """The channel in which a post of a kind belongs now: its own, where that serves the cohort still, else the one
    that serves the purpose, on the same platform rather than on another. None where there is none."""
    post_kind = registry.posts.get(kind)
    purposes = [each.purpose for each in registry.schedules.values() if each.post == kind]
    purpose = purposes[0] if purposes else post_kind.purpose if post_kind else "home"
    serving = [Target.place(each) for each in directory.places_for(conn, cohort.id, purpose)]
    if target in serving:
        return target
    return min(
        serving,
        key=lambda each: (each.platform != target.platform, each.workspace != target.workspace),
        default=None,
    )
