"""Who has read what. That is theirs to tell: what nobody is told is counted in a figure that hides people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.cohorts.counting import BatchedFigure
from core.cohorts.members import name_sql, present_sql
from core.cohorts.model import Scope
from core.features.reading import skips
from core.features.reading.records import ReadingItem, require_listed
from core.features.reading.tags import listed_ids
from core.store.port import Conn


def mark_done(
    conn: Conn, scope: Scope, by: int, item: ReadingItem, *, shared: bool | None, takeaway: bool = False
) -> bool:
    """Note that a member has read an item, and whether the cohort is told; None leaves that as it is, at first untold.
    Who shares a `takeaway` tells it too. Returns whether it is new."""
    require_listed(conn, scope, item)
    known = conn.value(
        "SELECT 1 FROM reading_done WHERE item_id = :item AND member_id = :by", item=item.id, by=by
    )
    skips.forget(conn, scope, by, item)
    told = shared if not takeaway or shared else None
    conn.run(
        "INSERT INTO reading_done (item_id, member_id, at, shared) VALUES (:item, :by, :now, :first)"
        " ON CONFLICT (item_id, member_id) DO UPDATE SET shared = coalesce(:shared, reading_done.shared)",
        item=item.id,
        by=by,
        now=scope.now,
        first=int(bool(told)),
        shared=None if told is None else int(told),
    )
    return known is None


def readers_of(conn: Conn, items: Sequence[int]) -> Mapping[int, list[str]]:
    """The names of those who told that they have read each of some items, in the order in which they did."""
    rows = conn.all(
        f"SELECT d.item_id, {name_sql('d.member_id')} AS name FROM reading_done d"
        " JOIN reading_item i ON i.id = d.item_id AND i.cohort_id = :cohort"
        f" WHERE d.item_id IN ({listed_ids(items)}) AND d.shared = 1 AND {present_sql('d.member_id')}"
        " ORDER BY d.at, d.member_id"
    )
    found: dict[int, list[str]] = {each: [] for each in items}
    for row in rows:
        found[row["item_id"]].append(row["name"])
    return found


def _finished(conn: Conn, cohort_id: int, at: datetime) -> list[tuple[tuple[int, int], int]]:
    """What members finished reading up to an instant, told nobody and was not counted yet, as ((item, member),
    member)."""
    rows = conn.all(
        "SELECT d.item_id, d.member_id FROM reading_item i JOIN reading_done d ON d.item_id = i.id"
        " WHERE i.cohort_id = :cohort AND d.counted = 0 AND d.shared = 0 AND d.at <= :at"
        f" AND {present_sql('d.member_id')}",
        cohort=cohort_id,
        at=at,
    )
    return [((row["item_id"], row["member_id"]), row["member_id"]) for row in rows]


def _mark_counted(conn: Conn, keys: Sequence[tuple[int, int]]) -> None:
    for item, member in keys:
        conn.run(
            "UPDATE reading_done SET counted = 1 WHERE item_id = :item AND member_id = :member",
            item=item,
            member=member,
        )


FINISHED = BatchedFigure("reading.finished", _finished, _mark_counted)
"""How many times somebody finished reading something and told nobody; who did is theirs to tell."""
