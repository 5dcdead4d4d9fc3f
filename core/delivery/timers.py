"""Timers: a feature says when it wants to be called for a cohort, and is called then, once, in a transaction of its own.

What it does is up to it: it writes posts, and sets its timer again. A timer whose moment passed while the bot was away is
late and not lost; what is too late by then is for the feature to say. Plain SQL.
"""

from collections.abc import Sequence
from datetime import datetime

from core.cohorts import directory
from core.commands.registry import Registry
from core.delivery import schedules
from core.delivery.served import EVERYWHERE, Served
from core.store.port import Conn
from core.store.scoped import within

Timer = tuple[int, str]
"""A cohort and a kind."""


def set_timer(conn: Conn, cohort_id: int, kind: str, at: datetime | None, now: datetime) -> None:
    """Let a kind's timer of a cohort go off at an instant, instead of when it would have; None for never. What it is called
    about begins at `now`, or where it was set before and has not gone off, at that instant."""
    if at is None:
        conn.run("DELETE FROM timer WHERE cohort_id = :cohort AND kind = :kind", cohort=cohort_id, kind=kind)
        return
    conn.run(
        "INSERT INTO timer (cohort_id, kind, due_at, since_at) VALUES (:cohort, :kind, :at, :now)"
        " ON CONFLICT (cohort_id, kind) DO UPDATE SET due_at = excluded.due_at",
        cohort=cohort_id,
        kind=kind,
        at=at,
        now=now,
    )


def due(conn: Conn, now: datetime, most: int, served: Served = EVERYWHERE) -> Sequence[Timer]:
    """The timers whose moment has come, of cohorts that this process serves and that are not closed."""
    rows = conn.all(
        "SELECT t.cohort_id, t.kind FROM timer t JOIN cohort c ON c.id = t.cohort_id"
        f" WHERE t.due_at <= :now AND c.archived_at IS NULL AND c.suspended_at IS NULL AND {served.condition}"
        " ORDER BY t.due_at LIMIT :most",
        now=now,
        most=most,
        **served.parameters,
    )
    return [(row["cohort_id"], row["kind"]) for row in rows]


def upcoming(conn: Conn, served: Served = EVERYWHERE) -> tuple[str, datetime] | None:
    """Which kind of timer goes off next, and when."""
    row = conn.one(
        "SELECT t.kind, t.due_at FROM timer t JOIN cohort c ON c.id = t.cohort_id"
        f" WHERE c.archived_at IS NULL AND c.suspended_at IS NULL AND {served.condition} ORDER BY t.due_at LIMIT 1",
        **served.parameters,
    )
    return (row["kind"], row["due_at"]) if row else None


def upcoming_event(conn: Conn, served: Served = EVERYWHERE) -> tuple[str, datetime] | None:
    """What comes next of all that is planned, the kind of a schedule or of a timer, and when."""
    schedule = schedules.upcoming(conn, served=served)
    planned = (schedule.kind, schedule.next.at) if schedule and schedule.next else None
    found = [each for each in (planned, upcoming(conn, served)) if each is not None]
    return min(found, key=lambda each: each[1], default=None)


def fire(conn: Conn, registry: Registry, timer: Timer, now: datetime) -> bool:
    """Call what a timer is for; it is not set any more then unless that sets it again. False where another process has done
    it meanwhile, or nobody knows the kind."""
    cohort_id, kind = timer
    row = conn.one(
        "DELETE FROM timer WHERE cohort_id = :cohort AND kind = :kind AND due_at <= :now RETURNING since_at",
        cohort=cohort_id,
        kind=kind,
        now=now,
    )
    cohort, found = directory.cohort(conn, cohort_id), registry.timers.get(kind)
    if row is None or cohort is None or found is None:
        return False
    found.run(within(conn, cohort_id), cohort, row["since_at"], now)
    return True
