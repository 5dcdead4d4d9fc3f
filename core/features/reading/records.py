"""Reading items: rows, and the way from typed text to an item."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from core.chat.model import Button, Choice
from core.chat.text import safe_link, say
from core.cohorts import settings
from core.cohorts.limits import check_quota
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.cohorts.people import NoticeKind
from core.commands import handled_calls, record_search
from core.commands.decorators import record
from core.commands.spec import NothingThere
from core.errors import NotFound
from core.features.reading import tags
from core.store.port import Conn, Row
from core.store.words import Search, WordIndex
from core.works import identifiers
from core.works.identifiers import Identifier, Scheme
from core.works.model import Work

TURN = "reading.turn"
"""The kind of post that tells a presenter that it is their turn."""
SWAPPED = "reading.swapped"
"""The kind of post that tells somebody that a turn they offered was taken."""
TURNS = NoticeKind("turns", "turns to present")
ASKED = "reading.asked"
"""The kind of post that tells somebody that they are asked to take a turn."""
PROMPT = "reading.prompt"
"""The kind of post with what is read now."""
DISCUSSION = "reading.discussion"
"""The kind of post that opens the thread of a prompt."""
NUDGE = "reading.nudge"
"""The kind of post that reminds who presents."""
ADDED = "reading.added"
"""The kind of post that tells the cohort what was put on the list elsewhere."""
TAKEN = "reading.taken"
"""The kind of post that tells the cohort that a turn was taken elsewhere."""
OFFER = "reading.offer"
"""The kind of post that asks somebody in the channel to take a turn that was offered elsewhere."""

UNDO = timedelta(hours=24)
"""How long an item that was removed can be put back."""

_MAX_CHOICES = 25
MISSING = say("{/reading list} shows what is on the list.")
NO_ITEM = NothingThere(
    "The reading list is empty. What would you like to read together?", Button("Add something", "reading add")
)


@dataclass(frozen=True, slots=True)
class ReadingItem:
    """Something on the reading list. `reference` is a title, a citation or an identifier, as it was typed; `title` and
    `link` are what is known or was corrected since; an empty link says that it is read nowhere."""

    id: int
    number: int
    reference: str
    why: str | None = None
    title: str | None = None
    link: str | None = None

    @property
    def identifier(self) -> Identifier | None:
        """The identifier in its link, else in what was typed."""
        return identifiers.of_address(self.link or "") or identifiers.read(self.reference)

    @property
    def name(self) -> str:
        """What it is called: its title, else what was typed; never a bare address."""
        if self.title:
            return self.title
        if identifiers.read(self.reference) is None or self.identifier is None:
            return self.reference
        return identifiers.rest_of(self.reference) or self.identifier.words

    @property
    def address(self) -> str | None:
        """Where it is read, if that is known."""
        address = self.link
        if address is None and self.identifier is not None:
            address = self.identifier.address
        return address if address and safe_link(address) else None


COLUMNS = "i.id, i.number, i.reference, i.why, i.title, i.link"
LISTED = "i.removed_at IS NULL"
"""The condition that an item is on the list."""
_ITEM = f"SELECT {COLUMNS} FROM reading_item i WHERE i.cohort_id = :cohort AND {LISTED}"

WORDS = WordIndex("reading_item_word", "item_id")
"""Which items have which words in what they are called."""
_SEARCH = Search(WORDS, "reading_item i", "i.id", "i.cohort_id", COLUMNS, LISTED)


def item_of(row: Row) -> ReadingItem:
    """A row of `COLUMNS` as an item."""
    return ReadingItem(
        row["id"], row["number"], row["reference"], row["why"], row["title"] or None, row["link"]
    )


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
    return [record_search.choice(row["number"], item_of(row).name) for row in rows]


@record(ReadingItem, complete=complete, none=NO_ITEM)
def resolve(conn: Conn, scope: Scope, typed: str) -> ReadingItem:
    """The item of that number, of that identifier, or with these words in what it is called."""
    found = identifiers.read(typed)
    known = _by_key(conn, scope.cohort.id, found.key) if found else None
    if known is not None:
        return known
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
        title_of=lambda row: item_of(row).name,
        missing=MISSING,
    )
    return item_of(row)


def _by_key(conn: Conn, cohort_id: int, key: str) -> ReadingItem | None:
    row = conn.one(
        f"SELECT {COLUMNS} FROM reading_identifier k JOIN reading_item i ON i.id = k.item_id"
        f" WHERE k.cohort_id = :cohort AND k.key = :key AND {LISTED}",
        cohort=cohort_id,
        key=key,
    )
    return item_of(row) if row else None


def with_key(conn: Conn, cohort_id: int, keys: Iterable[str]) -> ReadingItem | None:
    """The item on the list that has one of these identifiers' keys."""
    return next(filter(None, (_by_key(conn, cohort_id, each) for each in keys)), None)


@dataclass(frozen=True, slots=True)
class NewItem:
    """What somebody puts on the list."""

    reference: str
    why: str | None = None
    tags: tuple[str, ...] = ()
    work: Work | None = None
    """What a file or a starter list says of it."""


def add(conn: Conn, scope: Scope, by: int, new: NewItem) -> int:
    """Put something on the list. Returns its number."""
    have = conn.value(
        "SELECT count(*) FROM reading_item WHERE added_by = :by AND +cohort_id = :cohort", by=by
    )
    advice = "Whoever runs this bot can allow more."
    check_quota(have, scope.limits.reading, "You have put {have} things on the list", advice)
    number = settings.next_number(conn, scope.cohort.id, "reading")
    work = new.work or Work()
    item = conn.insert(
        "INSERT INTO reading_item (cohort_id, number, reference, why, added_by, created_at, title, link, authors,"
        " year, venue, abstract) VALUES (:cohort, :number, :reference, :why, :by, :now, :title, :link, :authors,"
        " :year, :venue, :abstract)",
        cohort=scope.cohort.id,
        number=number,
        reference=new.reference,
        why=new.why,
        by=by,
        now=scope.now,
        title=work.title or None,
        link=work.link or None,
        authors=json.dumps(work.authors),
        year=work.year,
        venue=work.venue or None,
        abstract=work.abstract or None,
    )
    tags.store(conn, scope.cohort.id, item, new.tags)
    WORDS.add(conn, scope.cohort.id, item, ReadingItem(item, number, new.reference, title=work.title).name)
    return number


def by_number(conn: Conn, cohort_id: int, number: int) -> ReadingItem | None:
    """The item of a number, None where it is not on the list."""
    row = conn.one(f"{_ITEM} AND i.number = :number", cohort=cohort_id, number=number)
    return item_of(row) if row else None


def work_of(conn: Conn, cohort_id: int, item_id: int) -> Work:
    """What is known of an item's work."""
    row = conn.one(
        "SELECT title, link, authors, year, venue, abstract FROM reading_item WHERE id = :item AND cohort_id = :cohort",
        item=item_id,
        cohort=cohort_id,
    )
    return Work() if row is None else _work(row)


def whole(conn: Conn, cohort_id: int) -> list[tuple[ReadingItem, Work]]:
    """The whole list by number, each item with what is known of its work."""
    rows = conn.all(
        f"SELECT {COLUMNS}, i.authors, i.year, i.venue, i.abstract FROM reading_item i WHERE i.cohort_id = :cohort"
        f" AND {LISTED} ORDER BY i.number",
        cohort=cohort_id,
    )
    return [(item_of(row), _work(row)) for row in rows]


def _work(row: Row) -> Work:
    return Work(
        row["title"] or "",
        tuple(json.loads(row["authors"])),
        row["year"],
        row["venue"] or "",
        row["abstract"] or "",
        row["link"] or "",
    )


def require_listed(conn: Conn, scope: Scope, item: ReadingItem) -> None:
    """Raise `NotFound` where an item is not on the list any more."""
    found = conn.value(
        f"SELECT 1 FROM reading_item i WHERE i.id = :item AND i.cohort_id = :cohort AND {LISTED}",
        item=item.id,
        cohort=scope.cohort.id,
    )
    if found is None:
        raise gone()


def gone() -> NotFound:
    """That an item is not on the list any more."""
    return NotFound(say("This is not on the list any more. {missing}", missing=MISSING))


def added_between(
    conn: Conn, cohort_id: int, since: datetime, until: datetime
) -> list[tuple[ReadingItem, str | None]]:
    """What was put on the list one by one in a period, by number, each with the name of who suggested it."""
    rows = conn.all(
        f"SELECT {COLUMNS}, {name_sql('i.added_by')} AS name FROM reading_item i WHERE i.cohort_id = :cohort"
        f" AND {LISTED} AND i.created_at > :since AND i.created_at <= :until"
        " AND NOT EXISTS (SELECT 1 FROM reading_track_item t WHERE t.item_id = i.id) ORDER BY i.number",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return [(item_of(row), row["name"]) for row in rows]


def still_listed(conn: Conn, cohort_id: int, ids: Sequence[int]) -> set[int]:
    """Those of some items that are on the list."""
    found = (
        conn.value(
            f"SELECT i.id FROM reading_item i WHERE i.id = :id AND i.cohort_id = :cohort AND {LISTED}",
            id=each,
            cohort=cohort_id,
        )
        for each in ids
    )
    return {each for each in found if each is not None}


def note_prompt(conn: Conn, item: ReadingItem, day: date) -> None:
    """Remember that an item was prompted on a local date."""
    conn.run(
        "UPDATE reading_item SET prompted_on = :day WHERE id = :item AND cohort_id = :cohort",
        day=day,
        item=item.id,
    )


@dataclass(frozen=True, slots=True)
class Correction:
    """What changes about an item; None stays as it is, an empty text is taken away."""

    title: str | None = None
    link: str | None = None
    tags: tuple[str, ...] | None = None
    pin: bool | None = None


def correct(conn: Conn, scope: Scope, item: ReadingItem, change: Correction) -> ReadingItem:
    """Change what an item is called, where it is read, its tags, or whether it is pinned. Returns it as it is then."""
    if change.title is not None or change.link is not None:
        identifier = identifiers.of_address(change.link or "")
        # A registry says what the work of its identifier is called; a page may not.
        renamed = change.title is None and identifier is not None and identifier.scheme is not Scheme.LINK
        conn.run(
            "UPDATE reading_item SET title = :title, link = :link,"
            " corrected = CASE WHEN :renamed = 1 THEN corrected ELSE 1 END WHERE id = :item AND cohort_id = :cohort",
            title=item.title if change.title is None else change.title or None,
            link=item.link if change.link is None else change.link,
            renamed=int(renamed),
            item=item.id,
        )
    if change.tags is not None:
        tags.store(conn, scope.cohort.id, item.id, change.tags)
    if change.pin is not None:
        conn.run(
            "UPDATE reading_item SET pinned = :pin WHERE id = :item AND cohort_id = :cohort",
            pin=int(change.pin),
            item=item.id,
        )
    # What was kept for a second delivery says what it was called before.
    handled_calls.erase_results(conn, scope.cohort.id)
    found = by_number(conn, scope.cohort.id, item.number)
    if found is None:
        raise gone()
    WORDS.replace(conn, scope.cohort.id, found.id, found.name)
    return found


def remove(conn: Conn, scope: Scope, item: ReadingItem) -> None:
    """Take an item off the list. For a day it can be put back; then it is gone."""
    conn.run(
        "UPDATE reading_item SET removed_at = :now WHERE id = :item AND cohort_id = :cohort",
        now=scope.now,
        item=item.id,
    )
    handled_calls.erase_results(conn, scope.cohort.id)


def removed(conn: Conn, cohort_id: int, number: int) -> ReadingItem | None:
    """The item of a number that was taken off the list and can be put back."""
    row = conn.one(
        f"SELECT {COLUMNS} FROM reading_item i WHERE i.cohort_id = :cohort AND i.number = :number"
        " AND i.removed_at IS NOT NULL",
        cohort=cohort_id,
        number=number,
    )
    return item_of(row) if row else None


def put_back(conn: Conn, item: ReadingItem) -> None:
    """Put an item that was removed on the list again."""
    conn.run(
        "UPDATE reading_item SET removed_at = NULL WHERE id = :item AND cohort_id = :cohort", item=item.id
    )


def is_pinned(conn: Conn, item: ReadingItem) -> bool:
    """Whether an organizer pinned an item."""
    return bool(
        conn.value("SELECT pinned FROM reading_item WHERE id = :item AND cohort_id = :cohort", item=item.id)
    )


def added_by(conn: Conn, item: ReadingItem) -> int | None:
    """The member who put an item on the list."""
    found: int | None = conn.value(
        "SELECT added_by FROM reading_item WHERE id = :item AND cohort_id = :cohort", item=item.id
    )
    return found


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Delete the items whose day to be put back is over, at most so many. Returns how many."""
    rows = conn.all(
        "SELECT id, cohort_id FROM reading_item WHERE removed_at < :before LIMIT :most",
        before=now - UNDO,
        most=most,
    )
    for cohort_id in {row["cohort_id"] for row in rows}:
        handled_calls.erase_results(conn, cohort_id)
    for row in rows:
        conn.run("DELETE FROM reading_item WHERE id = :item", item=row["id"])
    return len(rows)
