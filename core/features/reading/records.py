"""Reading items: rows, votes, and the way from typed text to an item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from core.chat.model import Button, Choice
from core.chat.text import say
from core.cohorts import settings
from core.cohorts.counting import BatchedFigure
from core.cohorts.limits import check_quota
from core.cohorts.members import name_sql, present_sql
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.decorators import record
from core.commands.paging import Page
from core.commands.spec import NothingThere
from core.errors import NotFound
from core.store.port import Conn, Row
from core.store.words import EVERYBODY, Search, WordIndex

TURN = "reading.turn"
"""The kind of post that tells a presenter that it is their turn."""
SWAPPED = "reading.swapped"
"""The kind of post that tells somebody that a turn they offered was taken."""
ADDED = "reading.added"
"""The kind of post that tells the cohort what was put on the list elsewhere."""
TAKEN = "reading.taken"
"""The kind of post that tells the cohort that a turn was taken elsewhere."""
OFFER = "reading.offer"
"""The kind of post that asks somebody in the channel to take a turn that was offered elsewhere."""

_MAX_CHOICES = 25
_MISSING = say("{/reading list} shows what is on the list.")
NO_ITEM = NothingThere(
    "The reading list is empty. What would you like to read together?", Button("Add something", "reading add")
)


@dataclass(frozen=True, slots=True)
class ReadingItem:
    """Something on the reading list. `reference` is a title, a citation or a link, as it was typed."""

    id: int
    number: int
    reference: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class RankedItem:
    """An item with its place in the list. `by` is the name of who suggested it; `voters` are the names of those who
    voted since votes are by name; `voted` and `read` say what the caller did; `prompted_on` is the date of its latest
    prompt. How many others have read it is not told: reading is nobody's duty."""

    item: ReadingItem
    by: str | None
    votes: int
    voters: tuple[str, ...]
    voted: bool
    read: bool
    prompted_on: date | None


VOTE_COUNTS = f"(v.named = 0 OR {present_sql('v.member_id')})"
"""A vote counts while its member is in the cohort. One from before votes were by name counts for ever: if it went
with its member, that would tell whose it was."""

_COLUMNS = "i.id, i.number, i.reference, i.why"
_ITEM = f"SELECT {_COLUMNS} FROM reading_item i WHERE i.cohort_id = :cohort"

WORDS = WordIndex("reading_item_word", "item_id")
"""Which items have which words in their references."""
_SEARCH = Search(WORDS, "reading_item i", "i.id", "i.cohort_id", _COLUMNS, EVERYBODY)

_RANKED = (
    f"SELECT i.id, i.number, i.reference, i.why, i.prompted_on, {name_sql('i.added_by')} AS name,"
    f" (SELECT count(*) FROM reading_vote v WHERE v.item_id = i.id AND {VOTE_COUNTS}) AS votes,"
    " (SELECT count(*) FROM reading_vote v WHERE v.item_id = i.id AND v.member_id = :member) AS voted,"
    " (SELECT count(*) FROM reading_done d WHERE d.item_id = i.id AND d.member_id = :member) AS done"
    " FROM reading_item i WHERE i.cohort_id = :cohort"
)

_BY_VOTES = (
    "SELECT i.id, i.prompted_on, coalesce(t.n, 0) AS n FROM reading_item i LEFT JOIN"
    " (SELECT v.item_id, count(*) AS n FROM reading_vote v"
    " JOIN reading_item j ON j.id = v.item_id AND j.cohort_id = :cohort"
    f" WHERE {VOTE_COUNTS} GROUP BY v.item_id) t ON t.item_id = i.id"
    " WHERE i.cohort_id = :cohort ORDER BY coalesce(t.n, 0) DESC, i.number"
)
"""The list by votes, then by age: one look at all votes, and at nothing else of any item."""


def _item(row: Row) -> ReadingItem:
    return ReadingItem(row["id"], row["number"], row["reference"], row["why"])


def _by_number(conn: Conn, scope: Scope, number: int) -> Sequence[Row]:
    return conn.all(f"{_ITEM} AND i.number = :number", cohort=scope.cohort.id, number=number)


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """Items of the list by any words, newest first."""
    rows = record_search.offered(
        typed,
        _MAX_CHOICES,
        by_number=partial(_by_number, conn, scope),
        by_words=partial(_SEARCH.find, conn, scope.cohort.id),
        newest=partial(_SEARCH.newest, conn, scope.cohort.id),
    )
    return [record_search.choice(row["number"], row["reference"]) for row in rows]


def as_added(conn: Conn, cohort_id: int, number: int) -> RankedItem | None:
    """The item of a number with the name of who suggested it, None where it is gone."""
    row = conn.one(f"{_RANKED} AND i.number = :number", cohort=cohort_id, member=-1, number=number)
    return _ranked_item(row) if row else None


@record(ReadingItem, complete=complete, none=NO_ITEM)
def resolve(conn: Conn, scope: Scope, typed: str) -> ReadingItem:
    """The item of that number, or with these words in its reference."""
    rows = record_search.candidates(
        typed,
        record_search.SHOWN + 1,
        by_number=partial(_by_number, conn, scope),
        by_title=partial(_SEARCH.equal, conn, scope.cohort.id),
        by_words=partial(_SEARCH.find, conn, scope.cohort.id),
    )
    row = record_search.pick_one(
        rows,
        typed,
        number_of=lambda row: row["number"],
        title_of=lambda row: row["reference"],
        missing=_MISSING,
    )
    return _item(row)


def add(conn: Conn, scope: Scope, by: int, reference: str, why: str | None) -> int:
    """Put something on the list. Returns its number."""
    have = conn.value("SELECT count(*) FROM reading_item WHERE added_by = :by", by=by)
    advice = "Whoever runs this bot can allow more."
    check_quota(have, scope.limits.reading, "You have put {have} things on the list", advice)
    number = settings.next_number(conn, scope.cohort.id, "reading")
    item = conn.insert(
        "INSERT INTO reading_item (cohort_id, number, reference, why, added_by, created_at)"
        " VALUES (:cohort, :number, :reference, :why, :by, :now)",
        cohort=scope.cohort.id,
        number=number,
        reference=reference,
        why=why,
        by=by,
        now=scope.now,
    )
    WORDS.add(conn, scope.cohort.id, item, reference)
    return number


@dataclass(frozen=True, slots=True)
class Votes:
    """How an item stands after a vote. `new` is false where the member had voted for it before."""

    new: bool
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
    count = conn.value(
        f"SELECT count(*) FROM reading_vote v WHERE v.item_id = :item AND {VOTE_COUNTS}", item=item.id
    )
    return Votes(known is None, int(count), _voters(conn, item.id))


def _voters(conn: Conn, item_id: int) -> tuple[str, ...]:
    """The names of those who voted for an item, in the order of their votes."""
    rows = conn.all(
        f"SELECT {name_sql('v.member_id')} AS name FROM reading_vote v WHERE v.item_id = :item AND v.named = 1"
        f" AND {present_sql('v.member_id')} ORDER BY v.at, v.member_id",
        item=item_id,
    )
    return tuple(row["name"] for row in rows)


def mark_done(conn: Conn, scope: Scope, by: int, item: ReadingItem, takeaway: str | None) -> bool:
    """Note that a member has read an item. A later takeaway takes an earlier one's place; none leaves it.
    Returns whether it is new."""
    require_listed(conn, scope, item)
    known = conn.value(
        "SELECT 1 FROM reading_done WHERE item_id = :item AND member_id = :by", item=item.id, by=by
    )
    conn.run(
        "INSERT INTO reading_done (item_id, member_id, at, takeaway) VALUES (:item, :by, :now, :takeaway)"
        " ON CONFLICT (item_id, member_id) DO UPDATE SET"
        " takeaway = coalesce(excluded.takeaway, reading_done.takeaway)",
        item=item.id,
        by=by,
        now=scope.now,
        takeaway=takeaway,
    )
    return known is None


def require_listed(conn: Conn, scope: Scope, item: ReadingItem) -> None:
    """Raise `NotFound` where an item is not on the list any more."""
    found = conn.value(
        "SELECT 1 FROM reading_item WHERE id = :item AND cohort_id = :cohort",
        item=item.id,
        cohort=scope.cohort.id,
    )
    if found is None:
        raise NotFound(say("This is not on the list any more. {missing}", missing=_MISSING))


def ranked(conn: Conn, cohort_id: int, member_id: int, page: int) -> tuple[Page, list[RankedItem]]:
    """A page of the list by votes, then by age."""
    total = conn.value("SELECT count(*) FROM reading_item WHERE cohort_id = :cohort", cohort=cohort_id)
    shown = Page(page, int(total))
    ids = conn.all(f"{_BY_VOTES} LIMIT {shown.size} OFFSET {shown.start}", cohort=cohort_id)
    return shown, [_ranked_by_id(conn, cohort_id, member_id, row["id"]) for row in ids]


def most_wanted(conn: Conn, cohort_id: int, most: int) -> list[RankedItem]:
    """What members voted for and no prompt has named yet, most wanted first."""
    ids = conn.all(
        f"SELECT id FROM ({_BY_VOTES}) b WHERE n > 0 AND prompted_on IS NULL LIMIT {most}", cohort=cohort_id
    )
    return [_ranked_by_id(conn, cohort_id, -1, row["id"]) for row in ids]


def one(conn: Conn, cohort_id: int, member_id: int, item: ReadingItem) -> RankedItem:
    """An item with its votes. Raises `NotFound` where it is not on the list any more."""
    found = conn.value(
        "SELECT id FROM reading_item WHERE id = :item AND cohort_id = :cohort", item=item.id, cohort=cohort_id
    )
    if found is None:
        raise NotFound(say("This is not on the list any more. {missing}", missing=_MISSING))
    return _ranked_by_id(conn, cohort_id, member_id, item.id)


def _ranked_by_id(conn: Conn, cohort_id: int, member_id: int, item_id: int) -> RankedItem:
    row = conn.one(f"{_RANKED} AND i.id = :item", cohort=cohort_id, member=member_id, item=item_id)
    assert row is not None  # noqa: S101 - it was found in the same snapshot
    return _ranked_item(row, _voters(conn, item_id))


def up_next(conn: Conn, cohort_id: int, member_id: int = -1, day: date | None = None) -> RankedItem | None:
    """What a prompt takes: on a day that had one already the same again; else the item with the most votes
    among those never prompted; when all were, the one whose prompt is longest ago."""
    rows = conn.all(
        f"{_RANKED} ORDER BY CASE WHEN i.prompted_on = :day THEN 0 ELSE 1 END,"
        " CASE WHEN i.prompted_on IS NULL THEN '' ELSE i.prompted_on END, votes DESC, i.number LIMIT 1",
        cohort=cohort_id,
        member=member_id,
        day=day or "",
    )
    return _ranked_item(rows[0]) if rows else None


def being_read(conn: Conn, cohort_id: int, member_id: int) -> RankedItem | None:
    """The item that was prompted last."""
    rows = conn.all(
        f"{_RANKED} AND i.prompted_on IS NOT NULL ORDER BY i.prompted_on DESC, i.number LIMIT 1",
        cohort=cohort_id,
        member=member_id,
    )
    return _ranked_item(rows[0]) if rows else None


def added_between(
    conn: Conn, cohort_id: int, since: datetime, until: datetime
) -> list[tuple[ReadingItem, str | None]]:
    """What was put on the list in a period, by number, each with the name of who suggested it."""
    rows = conn.all(
        f"SELECT {_COLUMNS}, {name_sql('i.added_by')} AS name FROM reading_item i WHERE i.cohort_id = :cohort"
        " AND i.created_at > :since AND i.created_at <= :until ORDER BY i.number",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return [(_item(row), row["name"]) for row in rows]


def still_listed(conn: Conn, cohort_id: int, ids: Sequence[int]) -> set[int]:
    """Those of some items that are on the list."""
    found = (
        conn.value(
            "SELECT id FROM reading_item WHERE id = :id AND cohort_id = :cohort", id=each, cohort=cohort_id
        )
        for each in ids
    )
    return {each for each in found if each is not None}


def _finished(conn: Conn, cohort_id: int, at: datetime) -> list[tuple[tuple[int, int], int]]:
    """What members finished reading up to an instant and was not counted yet, as ((item, member), member)."""
    rows = conn.all(
        "SELECT d.item_id, d.member_id FROM reading_done d JOIN reading_item i ON i.id = d.item_id"
        f" WHERE i.cohort_id = :cohort AND d.counted = 0 AND d.at <= :at AND {present_sql('d.member_id')}",
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
"""How many times somebody finished reading something; who did is theirs to tell."""


def note_prompt(conn: Conn, item: ReadingItem, day: date) -> None:
    """Remember that an item was prompted on a local date."""
    conn.run("UPDATE reading_item SET prompted_on = :day WHERE id = :item", day=day, item=item.id)


def _ranked_item(row: Row, voters: tuple[str, ...] = ()) -> RankedItem:
    prompted = row["prompted_on"]
    return RankedItem(
        _item(row),
        row["name"],
        row["votes"],
        voters,
        bool(row["voted"]),
        bool(row["done"]),
        prompted,
    )
