"""Check-ins in files that people take along: a member's own, and those that were shared."""

from collections.abc import Sequence

from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import cohort_table, member_record
from core.features.checkins import journal, journal_texts
from core.features.checkins.journal import Reader
from core.features.checkins.records import SEEN, SELECT, Checkin, of_row
from core.store.port import Conn


@member_record("Check-ins", order=50)
def own_checkins(conn: Conn, scope: Scope, member: Member) -> Sequence[str]:
    """All of a member's check-ins, the oldest first."""
    found = journal.everything(conn, Reader(member.id, whole=True, scope=scope))
    return journal_texts.lines(found, own=True) if found else []


@cohort_table("check-ins", "day", "by", "moved", "learned", "negative result", "in the way", "next")
def shared(conn: Conn, cohort: Cohort) -> Sequence[Sequence[str | bool | None]]:
    """The check-ins that their authors share."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND {SEEN} ORDER BY k.day, k.id",
        cohort=cohort.id,
    )
    return [_row(row["day"].isoformat(), of_row(row)) for row in rows]


def _row(day: str, found: Checkin) -> Sequence[str | bool | None]:
    answers = found.answers
    way = answers.blocker or answers.blocker_kind
    return (day, found.name, answers.progress, answers.learned, answers.negative, way, answers.next)
