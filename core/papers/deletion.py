"""Papers that their owners delete: nobody sees or counts them from then on, for a day they can be had back, then they
are gone with all that is of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.cohorts.model import Scope
from core.commands import handled_calls
from core.store.port import Conn, Row

UNDO = timedelta(days=1)
"""How long a deleted paper can be had back."""

NOT_DELETED = "s.visibility <> 'deleted'"
"""The condition under which a paper is there at all."""

_DELETED = (
    "SELECT s.id, s.number, s.title FROM submission s WHERE +s.cohort_id = :cohort AND s.owner_id = :viewer"
    " AND s.visibility = 'deleted' AND s.deleted_at > :since"
)


def delete(conn: Conn, scope: Scope, paper_id: int) -> bool:
    """Mark a paper as deleted. False where it is already, or is not there."""
    done = conn.run(
        "UPDATE submission SET visibility_before = visibility, visibility = 'deleted', deleted_at = :now"
        " WHERE id = :paper AND cohort_id = :cohort AND visibility <> 'deleted'",
        paper=paper_id,
        now=scope.now,
    )
    return done > 0


def restore(conn: Conn, paper_id: int) -> bool:
    """Let a deleted paper be as it was. False where it is not deleted."""
    done = conn.run(
        "UPDATE submission SET visibility = visibility_before, visibility_before = NULL, deleted_at = NULL"
        " WHERE id = :paper AND cohort_id = :cohort AND visibility = 'deleted'",
        paper=paper_id,
    )
    return done > 0


def of_owner(conn: Conn, scope: Scope, most: int, number: int | None = None) -> Sequence[Row]:
    """The caller's papers that can be had back, the last one first, or the one of a number: `id`, `number`, `title`."""
    if scope.member is None:
        return ()
    values = {"cohort": scope.cohort.id, "viewer": scope.member.id, "since": scope.now - UNDO}
    if number is not None:
        return conn.all(f"{_DELETED} AND s.number = :number", number=number, **values)
    return conn.all(f"{_DELETED} ORDER BY s.deleted_at DESC LIMIT {most}", **values)


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Let at most so many deleted papers go whose day is over, and forget what calls gave back in their cohorts. Returns
    how many."""
    rows = conn.all(
        "SELECT id, cohort_id FROM submission WHERE deleted_at <= :before ORDER BY deleted_at LIMIT :most",
        before=now - UNDO,
        most=most,
    )
    for row in rows:
        conn.run("DELETE FROM submission WHERE id = :paper", paper=row["id"])
    for cohort in {row["cohort_id"] for row in rows}:
        handled_calls.erase_results(conn, cohort)
    return len(rows)
