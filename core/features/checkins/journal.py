"""Check-ins read back: somebody's journal by week, and a day. Plain SQL.

Of their own members read everything, of others what was shared, and mentors what is for mentors.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.cohorts.model import Scope
from core.features.checkins import answered
from core.features.checkins.records import READ, SELECT, Checkin, of_row, reader
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose check-ins are read in `scope`, `whole` where they are the reader's own."""

    member_id: int
    whole: bool
    scope: Scope

    @property
    def condition(self) -> str:
        """Which of them: all, or those that the reader reads of."""
        return "k.day IS NOT NULL" if self.whole else READ

    @property
    def values(self) -> dict[str, int]:
        """What the condition and the statements below are given."""
        mentor = {} if self.whole else {"mentor": reader(self.scope)["mentor"]}
        return {"member": self.member_id, **mentor}


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def weeks(conn: Conn, of: Reader) -> list[date]:
    """The Mondays of the weeks in which there are check-ins, the newest first."""
    rows = conn.all(
        f"SELECT k.day FROM checkin k WHERE k.cohort_id = :cohort AND k.member_id = :member AND {of.condition}",
        **of.values,
    )
    return sorted({monday(row["day"]) for row in rows}, reverse=True)


def between(conn: Conn, of: Reader, first: date, last: date) -> list[Checkin]:
    """Somebody's check-ins from one day to another, both included, the newest first."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member AND {of.condition}"
        " AND k.day >= :first AND k.day <= :last ORDER BY k.day DESC",
        first=first,
        last=last,
        **of.values,
    )
    return answered.all_by_caller(conn, of.scope, of.member_id, map(of_row, rows), first, last)


def everything(conn: Conn, of: Reader) -> list[Checkin]:
    """All of somebody's check-ins, the oldest first."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member AND {of.condition} ORDER BY k.day",
        **of.values,
    )
    return answered.all_by_caller(conn, of.scope, of.member_id, map(of_row, rows))


def shared_of_day(conn: Conn, scope: Scope, day: date, start: int, most: int) -> Sequence[Checkin]:
    """A page of what the caller reads of others' check-ins of a day, in the order in which they came."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.day = :day AND {READ} AND k.member_id <> :viewer"
        " ORDER BY k.id LIMIT :most OFFSET :start",
        cohort=scope.cohort.id,
        day=day,
        most=most,
        start=start,
        **reader(scope),
    )
    return [answered.by_caller(conn, scope, of_row(row)) for row in rows]
