"""Takeaways: what members take from what they read, for the cohort or for themselves. Plain SQL.

The cohort reads what was shared; its author what was kept private too. A later takeaway of the same item takes the
earlier one's place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.chat import folding
from core.chat.model import Button
from core.clock import local_date
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.commands import handled_calls
from core.commands.decorators import lessons
from core.commands.paging import Page
from core.commands.spec import Lesson
from core.features.reading import finished
from core.features.reading.records import COLUMNS, LISTED, ReadingItem, item_of
from core.store.port import Conn, Row
from core.store.words import Search, WordIndex


@dataclass(frozen=True, slots=True)
class Takeaway:
    """What somebody takes from an item. `by` is a name; `own` says that it is the viewer's."""

    id: int
    member_id: int
    item: ReadingItem
    by: str
    words: str
    shared: bool
    own: bool
    written_at: datetime


WORDS = WordIndex("reading_takeaway_word", "takeaway_id")
"""Which takeaways have which words."""

_SEEN = f"{LISTED} AND (t.shared = 1 OR t.member_id = :viewer)"
_TAKEAWAY = (
    f"{COLUMNS}, t.takeaway, t.shared, t.member_id, t.written_at, {name_sql('t.member_id')} AS name,"
    " t.id AS takeaway_id"
)
_FROM = "reading_takeaway t JOIN reading_item i ON i.id = t.item_id"
_SEARCH = Search(WORDS, _FROM, "t.id", "t.cohort_id", f"t.id, {_TAKEAWAY}", _SEEN)


def _takeaway(row: Row, viewer: int) -> Takeaway:
    return Takeaway(
        row["takeaway_id"],
        row["member_id"],
        item_of(row),
        row["name"],
        row["takeaway"],
        bool(row["shared"]),
        row["member_id"] == viewer,
        row["written_at"],
    )


def write(conn: Conn, scope: Scope, by: int, item: ReadingItem, words: str, *, shared: bool | None) -> bool:
    """Keep a member's takeaway from an item, which they have read then. None leaves who reads it as it is; at first the
    cohort does. Returns whether it is shared."""
    before = own(conn, by, item.id)
    visible = shared if shared is not None else (before.shared if before else True)
    finished.mark_done(conn, scope, by, item, shared=visible, takeaway=True)
    row = conn.one(
        "INSERT INTO reading_takeaway (cohort_id, item_id, member_id, takeaway, shared, written_at, shared_at)"
        " VALUES (:cohort, :item, :by, :words, :shared, :now, CASE WHEN :shared = 1 THEN :now END)"
        " ON CONFLICT (item_id, member_id) DO UPDATE SET takeaway = excluded.takeaway, shared = excluded.shared,"
        " shared_at = CASE WHEN excluded.shared = 1 THEN coalesce(reading_takeaway.shared_at, excluded.shared_at) END"
        " RETURNING id",
        cohort=scope.cohort.id,
        item=item.id,
        by=by,
        words=words,
        shared=int(visible),
        now=scope.now,
    )
    assert row is not None  # noqa: S101 - it was written just now
    WORDS.replace(conn, scope.cohort.id, row["id"], words)
    if before is not None:
        handled_calls.erase_results(conn, scope.cohort.id)
    return visible


def remove(conn: Conn, scope: Scope, by: int, item: ReadingItem) -> bool:
    """Delete a member's takeaway from an item. False where there is none."""
    handled_calls.erase_results(conn, scope.cohort.id)
    gone = conn.run(
        "DELETE FROM reading_takeaway WHERE item_id = :item AND member_id = :by AND cohort_id = :cohort",
        item=item.id,
        by=by,
    )
    return gone > 0


def own(conn: Conn, member_id: int, item_id: int) -> Takeaway | None:
    """What a member takes from an item."""
    row = conn.one(
        f"SELECT {_TAKEAWAY} FROM {_FROM} WHERE t.item_id = :item AND t.member_id = :viewer AND t.cohort_id = :cohort",
        item=item_id,
        viewer=member_id,
    )
    return _takeaway(row, member_id) if row else None


def of_item(conn: Conn, cohort_id: int, viewer: int, item_id: int) -> list[Takeaway]:
    """The takeaways from an item that the viewer may read, the first ones first."""
    rows = conn.all(
        f"SELECT {_TAKEAWAY} FROM {_FROM} WHERE t.item_id = :item AND +t.cohort_id = :cohort AND {_SEEN}"
        " ORDER BY t.written_at, t.id",
        item=item_id,
        cohort=cohort_id,
        viewer=viewer,
    )
    return [_takeaway(row, viewer) for row in rows]


def page(
    conn: Conn, cohort_id: int, viewer: int, number: int, *, item_id: int | None, by: int | None
) -> tuple[Page, list[Takeaway]]:
    """A page of the takeaways that the viewer may read, the newest first: of an item, of a member, or all."""
    narrowed, values = _narrowed(item_id, by)
    total = conn.value(
        f"SELECT count(*) FROM {_FROM} WHERE {narrowed} AND {_SEEN}",
        cohort=cohort_id,
        viewer=viewer,
        **values,
    )
    shown = Page(number, int(total))
    rows = conn.all(
        f"SELECT {_TAKEAWAY} FROM {_FROM} WHERE {narrowed} AND {_SEEN}"
        f" ORDER BY t.written_at DESC, t.id DESC LIMIT {shown.size} OFFSET {shown.start}",
        cohort=cohort_id,
        viewer=viewer,
        **values,
    )
    return shown, [_takeaway(row, viewer) for row in rows]


def _narrowed(item_id: int | None, by: int | None) -> tuple[str, dict[str, object]]:
    # The fewer are looked up by what narrows them, see `core/store/README.md`.
    narrowed = "t.cohort_id = :cohort" if item_id is None and by is None else "+t.cohort_id = :cohort"
    values = dict[str, object]()
    if item_id is not None:
        narrowed, values["item"] = f"{narrowed} AND t.item_id = :item", item_id
    if by is not None:
        narrowed, values["by"] = f"{narrowed} AND t.member_id = :by", by
    return narrowed, values


def shared_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> Sequence[Takeaway]:
    """What members shared in a period, the first ones first."""
    rows = conn.all(
        f"SELECT {_TAKEAWAY} FROM {_FROM} WHERE t.cohort_id = :cohort AND {LISTED} AND t.shared = 1"
        " AND t.shared_at > :since AND t.shared_at <= :until ORDER BY t.shared_at, t.id",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return [_takeaway(row, -1) for row in rows]


def still_shared(conn: Conn, cohort_id: int, ids: Sequence[int]) -> list[int]:
    """Those of some takeaways that the cohort may read."""
    found = (
        conn.value(
            f"SELECT t.id FROM {_FROM} WHERE t.id = :id AND t.cohort_id = :cohort AND {LISTED} AND t.shared = 1",
            id=each,
            cohort=cohort_id,
        )
        for each in ids
    )
    return [each for each in found if each is not None]


@lessons("takeaways", order=20)
def search(conn: Conn, scope: Scope, typed: str, limit: int) -> Sequence[Lesson]:
    """The takeaways with these words, for whoever shows what was learned."""
    return [
        Lesson(
            each.words,
            each.by,
            local_date(each.written_at, scope.cohort.zone),
            f"#{each.item.number} {each.item.name}",
            Button("Open", "reading show", {"item": str(each.item.number)}),
        )
        for each in find(conn, scope, typed, limit)
    ]


def find(conn: Conn, scope: Scope, typed: str, limit: int) -> list[Takeaway]:
    """The takeaways with these words that the caller may read, the newest first; all of them where no word was
    typed."""
    viewer = scope.member.id if scope.member else -1
    if folding.readings(typed):
        rows: Sequence[Row] = _SEARCH.find(conn, scope.cohort.id, typed, limit, viewer=viewer)
    else:
        rows = _SEARCH.newest(conn, scope.cohort.id, limit, viewer=viewer)
    return [_takeaway(row, viewer) for row in rows]
