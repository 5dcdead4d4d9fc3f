"""The list in its order: what is read now, what is up next, what was read.

*Now* is what was prompted last, *read* what was prompted before, *up next* what no prompt has named: what organizers
pinned, then by votes, then by age. An order is read from an index; what else is shown of an item is asked of those on
the page alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.chat.model import LabelledEnum
from core.cohorts.members import name_sql
from core.commands.paging import Page
from core.features.reading import finished, tags, voting
from core.features.reading.records import COLUMNS, LISTED, ReadingItem, gone, item_of
from core.store.port import Conn, Row


class ListSection(LabelledEnum):
    """A part of the reading list."""

    NOW = "now", "Being read now"
    NEXT = "next", "Up next"
    READ = "read", "What was read"
    ALL = "all", "All of it"


class Reason(StrEnum):
    """Why an item is the next one."""

    PINNED = "pinned"
    VOTES = "votes"
    OLDEST = "oldest"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class RankedItem:
    """An item with its place in the list. `by` is the name of who suggested it; `voters` are the names of those who
    voted since votes are by name; `readers` of those who told that they have read it; `voted` and `read` say what the
    caller did; `prompted_on` is the date of its latest prompt."""

    item: ReadingItem
    by: str | None
    votes: int
    voters: tuple[str, ...]
    voted: bool
    read: bool
    prompted_on: date | None
    pinned: bool = False
    tags: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    twin: int | None = None
    """The number of another item that may be the same work."""

    @property
    def reason(self) -> Reason:
        """Why it would be the next one."""
        if self.prompted_on is not None:
            return Reason.AGAIN
        if self.pinned:
            return Reason.PINNED
        return Reason.VOTES if self.votes else Reason.OLDEST


_RANKED = (
    f"SELECT {COLUMNS}, i.prompted_on, i.votes, i.pinned, {name_sql('i.added_by')} AS name,"
    " (SELECT w.number FROM reading_item w WHERE w.id = i.twin_id AND w.removed_at IS NULL) AS twin,"
    " (SELECT 1 FROM reading_vote v WHERE v.item_id = i.id AND v.member_id = :member) AS voted,"
    " (SELECT 1 FROM reading_done d WHERE d.item_id = i.id AND d.member_id = :member) AS done"
    f" FROM reading_item i WHERE i.cohort_id = :cohort AND {LISTED}"
)
_LATEST = (
    "(SELECT max(l.prompted_on) FROM reading_item l WHERE l.cohort_id = :cohort AND l.removed_at IS NULL"
    " AND l.prompted_on IS NOT NULL)"
)
_WANTED_FIRST = "i.pinned DESC, i.votes DESC, i.number"
PROMPTED = "prompted"
"""What is read now and what was: a section that no command offers."""
_SECTIONS = {
    PROMPTED: ("i.prompted_on IS NOT NULL", "i.prompted_on DESC, i.number"),
    ListSection.NOW: (f"i.prompted_on = {_LATEST}", "i.number"),
    ListSection.NEXT: ("i.prompted_on IS NULL", _WANTED_FIRST),
    ListSection.READ: (
        f"i.prompted_on IS NOT NULL AND i.prompted_on < {_LATEST}",
        "i.prompted_on DESC, i.number",
    ),
    ListSection.ALL: ("1 = 1", _WANTED_FIRST),
}
"""Which items a section has, and in which order."""


def ranked(
    conn: Conn, cohort_id: int, member_id: int, page: int, section: str, tag: str | None = None
) -> tuple[Page, list[RankedItem]]:
    """A page of a section of the list; with a tag, of the items that have it."""
    shown = Page(page, size_of(conn, cohort_id, section, tag))
    condition, order = _SECTIONS[section]
    tagged, values = _tagged(tag)
    ids = conn.all(
        f"SELECT i.id FROM reading_item i WHERE i.cohort_id = :cohort AND {LISTED} AND {condition}{tagged}"
        f" ORDER BY {order} LIMIT {shown.size} OFFSET {shown.start}",
        cohort=cohort_id,
        **values,
    )
    return shown, _by_ids(conn, cohort_id, member_id, [row["id"] for row in ids])


def size_of(conn: Conn, cohort_id: int, section: str, tag: str | None = None) -> int:
    """How many items a section has."""
    tagged, values = _tagged(tag)
    condition = _SECTIONS[section][0]
    return int(
        conn.value(
            f"SELECT count(*) FROM reading_item i WHERE i.cohort_id = :cohort AND {LISTED} AND {condition}{tagged}",
            cohort=cohort_id,
            **values,
        )
    )


def _tagged(tag: str | None) -> tuple[str, dict[str, object]]:
    if tag is None:
        return "", {}
    condition = (
        " AND EXISTS (SELECT 1 FROM reading_tag g WHERE g.cohort_id = :cohort AND g.tag = :tag"
        " AND g.item_id = i.id)"
    )
    return condition, {"tag": tag}


def most_wanted(conn: Conn, cohort_id: int, most: int) -> list[RankedItem]:
    """What is pinned or members voted for and no prompt has named yet, most wanted first."""
    ids = conn.all(
        f"SELECT i.id FROM reading_item i WHERE i.cohort_id = :cohort AND {LISTED} AND i.prompted_on IS NULL"
        f" ORDER BY {_WANTED_FIRST} LIMIT {most}",
        cohort=cohort_id,
    )
    found = _by_ids(conn, cohort_id, -1, [row["id"] for row in ids])
    return [each for each in found if each.votes or each.pinned]


def one(conn: Conn, cohort_id: int, member_id: int, item: ReadingItem) -> RankedItem:
    """An item with its votes. Raises `NotFound` where it is not on the list any more."""
    found = by_number(conn, cohort_id, item.number, member_id)
    if found is None:
        raise gone()
    return found


def by_number(conn: Conn, cohort_id: int, number: int, member_id: int = -1) -> RankedItem | None:
    """The item of a number, None where it is gone."""
    row = conn.one(f"{_RANKED} AND i.number = :number", cohort=cohort_id, member=member_id, number=number)
    return _whole(conn, row) if row else None


def up_next(conn: Conn, cohort_id: int, member_id: int = -1) -> RankedItem | None:
    """What a prompt takes: what is pinned or has the most votes among those never prompted; when all were, the one
    whose prompt is longest ago."""
    for condition, order in (
        ("i.prompted_on IS NULL", _WANTED_FIRST),
        ("i.prompted_on IS NOT NULL", f"i.prompted_on, {_WANTED_FIRST}"),
    ):
        row = conn.one(
            f"{_RANKED} AND {condition} ORDER BY {order} LIMIT 1", cohort=cohort_id, member=member_id
        )
        if row is not None:
            return _whole(conn, row)
    return None


def being_read(conn: Conn, cohort_id: int, member_id: int) -> RankedItem | None:
    """The item that was prompted last."""
    row = conn.one(
        f"{_RANKED} AND i.prompted_on IS NOT NULL ORDER BY i.prompted_on DESC, i.number LIMIT 1",
        cohort=cohort_id,
        member=member_id,
    )
    return _whole(conn, row) if row else None


def _by_ids(conn: Conn, cohort_id: int, member_id: int, ids: Sequence[int]) -> list[RankedItem]:
    """Items in the order of their ids here."""
    rows = conn.all(f"{_RANKED} AND i.id IN ({tags.listed_ids(ids)})", cohort=cohort_id, member=member_id)
    found = {each.item.id: each for each in _wholes(conn, rows)}
    return [found[each] for each in ids]


def _whole(conn: Conn, row: Row) -> RankedItem:
    return _wholes(conn, [row])[0]


def _wholes(conn: Conn, rows: Sequence[Row]) -> list[RankedItem]:
    """Rows with the names and tags that belong to them, each kind asked for once."""
    ids = [row["id"] for row in rows]
    voters, tagged, readers = (of(conn, ids) for of in (voting.voters_of, tags.of_items, finished.readers_of))
    return [
        RankedItem(
            item_of(row),
            row["name"],
            row["votes"],
            tuple(voters[row["id"]]),
            bool(row["voted"]),
            bool(row["done"]),
            row["prompted_on"],
            bool(row["pinned"]),
            tuple(tagged[row["id"]]),
            tuple(readers[row["id"]]),
            row["twin"],
        )
        for row in rows
    ]
