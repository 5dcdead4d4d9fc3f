"""The hours in which nobody is written to: a member's own, else those of the cohort. Plain SQL and rules."""

from datetime import datetime, time, timedelta

from core.clock import local, to_instant
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.delivery.calendar import read_quiet
from core.errors import BadInput
from core.store.port import Conn

QUIET = "quiet-hours"
"""The setting: local hours in which direct messages wait."""
QUIET_HOURS = "21:00-08:00"

Hours = tuple[time, time]
"""Begin and end, local; over midnight where the end is before the begin."""

DEFAULT_HOURS: Hours = (time(21), time(8))
"""`QUIET_HOURS`, read."""


def hours(conn: Conn, cohort: Cohort, own: str | None = None) -> Hours | None:
    """Somebody's quiet hours: their `own` as they are kept, else the cohort's. None where there are none."""
    typed = own if own is not None else directory.setting(conn, cohort.id, QUIET, QUIET_HOURS)
    try:
        found = read_quiet(typed)
    except BadInput:
        return None
    return None if found is None or found[0] == found[1] else found


def end_of(found: Hours | None, zone: str, now: datetime) -> datetime | None:
    """When quiet hours end in which `now` is; None where it is in none."""
    if found is None:
        return None
    begin, end = found
    there = local(now, zone)
    wall = there.time().replace(tzinfo=None)
    quiet = begin <= wall < end if begin < end else wall >= begin or wall < end
    if not quiet:
        return None
    morning = there.date() if wall < end else there.date() + timedelta(days=1)
    return to_instant(morning, end, zone)


def next_at(wall: time, zone: str, now: datetime) -> datetime:
    """The next instant after `now` at a local time."""
    day = local(now, zone).date()
    at = to_instant(day, wall, zone)
    return at if at > now else to_instant(day + timedelta(days=1), wall, zone)
