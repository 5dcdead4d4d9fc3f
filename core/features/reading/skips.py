"""Who sits out what is read now. It is told nobody: its one effect is that the turn to present it does not come to them.
Plain SQL."""

from datetime import date

from core.cohorts.model import Scope
from core.commands import handled_calls
from core.features.reading.records import ReadingItem
from core.store.port import Conn


def keep(conn: Conn, scope: Scope, by: int, item: ReadingItem, day: date) -> None:
    """Note that a member sits out an item that was prompted on a date."""
    conn.run(
        "INSERT INTO reading_skip (cohort_id, item_id, member_id, day) VALUES (:cohort, :item, :by, :day)"
        " ON CONFLICT (item_id, member_id) DO UPDATE SET day = excluded.day",
        cohort=scope.cohort.id,
        item=item.id,
        by=by,
        day=day,
    )


def forget(conn: Conn, scope: Scope, by: int, item: ReadingItem) -> None:
    """Who reads or presents an item does not sit it out any more."""
    gone = conn.run(
        "DELETE FROM reading_skip WHERE item_id = :item AND member_id = :by AND cohort_id = :cohort",
        item=item.id,
        by=by,
    )
    if gone:
        handled_calls.erase_results(conn, scope.cohort.id)


def sits_out(conn: Conn, item: ReadingItem, member_id: int) -> bool:
    """Whether somebody sits an item out."""
    found = conn.value(
        "SELECT 1 FROM reading_skip WHERE item_id = :item AND member_id = :by AND cohort_id = :cohort",
        item=item.id,
        by=member_id,
    )
    return found is not None


def forget_before(conn: Conn, cohort_id: int, day: date) -> None:
    """Another week begins: who sat out the ones before is nobody's business any more."""
    conn.run("DELETE FROM reading_skip WHERE cohort_id = :cohort AND day < :day", cohort=cohort_id, day=day)
