"""Votes: who wants to read what. They are by name, can be taken back, and go with their members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.cohorts.members import name_sql
from core.cohorts.model import Cohort, Scope
from core.commands import handled_calls
from core.commands.decorators import member_left
from core.features.reading.records import ReadingItem, require_listed
from core.features.reading.tags import listed_ids
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Votes:
    """How an item stands after a vote or one that was taken back. `changed` is false where it stood so before."""

    changed: bool
    count: int
    voters: tuple[str, ...]


def vote(conn: Conn, scope: Scope, by: int, item: ReadingItem) -> Votes:
    """Count a member's vote, once and by name."""
    require_listed(conn, scope, item)
    known = conn.value(
        "SELECT 1 FROM reading_vote WHERE item_id = :item AND member_id = :by", item=item.id, by=by
    )
    conn.run(
        "INSERT INTO reading_vote (item_id, member_id, at, named) VALUES (:item, :by, :now, 1)"
        " ON CONFLICT (item_id, member_id) DO UPDATE SET named = 1",
        item=item.id,
        by=by,
        now=scope.now,
    )
    return Votes(known is None, _recount(conn, item.id), voters(conn, item.id))


def unvote(conn: Conn, scope: Scope, by: int, item: ReadingItem) -> Votes:
    """Take a member's vote back."""
    require_listed(conn, scope, item)
    handled_calls.erase_results(conn, scope.cohort.id)
    gone = conn.run("DELETE FROM reading_vote WHERE item_id = :item AND member_id = :by", item=item.id, by=by)
    return Votes(gone > 0, _recount(conn, item.id), voters(conn, item.id))


def _recount(conn: Conn, item_id: int) -> int:
    """Write down how many votes an item has, which is what the list goes by."""
    count = int(conn.value("SELECT count(*) FROM reading_vote v WHERE v.item_id = :item", item=item_id))
    conn.run(
        "UPDATE reading_item SET votes = :votes WHERE id = :item AND cohort_id = :cohort",
        votes=count,
        item=item_id,
    )
    return count


@member_left
def withdraw_votes(conn: Conn, cohort: Cohort, member_id: int, _now: datetime) -> None:
    """The votes of somebody who left decide nothing. One from before votes were by name stays: if it went with its
    member, that would tell whose it was."""
    rows = conn.all("SELECT item_id FROM reading_vote WHERE member_id = :by AND named = 1", by=member_id)
    if rows:
        handled_calls.erase_results(conn, cohort.id)
        conn.run("DELETE FROM reading_vote WHERE member_id = :by AND named = 1", by=member_id)
    for row in rows:
        _recount(conn, row["item_id"])


def forget(conn: Conn, cohort: Cohort, member_id: int) -> None:
    """Delete all votes of a member, old ones too, and count those of their items anew."""
    rows = conn.all("SELECT item_id FROM reading_vote WHERE member_id = :by", by=member_id)
    handled_calls.erase_results(conn, cohort.id)
    conn.run("DELETE FROM reading_vote WHERE member_id = :by", by=member_id)
    for row in rows:
        _recount(conn, row["item_id"])


def voters(conn: Conn, item_id: int) -> tuple[str, ...]:
    """The names of those who voted for an item, in the order of their votes."""
    return tuple(voters_of(conn, [item_id])[item_id])


def voters_of(conn: Conn, items: Sequence[int]) -> Mapping[int, list[str]]:
    """The same of each of some items."""
    rows = conn.all(
        f"SELECT v.item_id, {name_sql('v.member_id')} AS name FROM reading_vote v"
        " JOIN reading_item i ON i.id = v.item_id AND i.cohort_id = :cohort"
        f" WHERE v.item_id IN ({listed_ids(items)}) AND v.named = 1 ORDER BY v.at, v.member_id"
    )
    found: dict[int, list[str]] = {each: [] for each in items}
    for row in rows:
        found[row["item_id"]].append(row["name"])
    return found


def others_voted(conn: Conn, item_id: int, member_id: int) -> bool:
    """Whether anybody but one member voted for an item."""
    found = conn.value(
        "SELECT 1 FROM reading_vote WHERE item_id = :item AND member_id <> :by LIMIT 1",
        item=item_id,
        by=member_id,
    )
    return found is not None
