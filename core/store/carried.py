"""What a migration cannot say in SQL: rows that are made from what a database holds already, in the same transaction."""

from collections.abc import Callable, Mapping

from core.chat.text import split_enumerated
from core.store.port import Conn
from core.store.words import WordIndex
from core.works import identifiers

_AT_ONCE = 500
"""Records that are read with one statement."""


def titles_are_found(conn: Conn) -> None:
    """Keep the words of the papers and reading items that there are."""
    _index(
        conn,
        WordIndex("submission_word", "submission_id"),
        "SELECT id, cohort_id, title AS text FROM submission WHERE id > :last",
    )
    _index(
        conn,
        WordIndex("reading_item_word", "item_id"),
        "SELECT id, cohort_id, reference AS text FROM reading_item WHERE id > :last",
    )


def negatives_are_found(conn: Conn) -> None:
    """Keep the words of the negative results that there are."""
    select = (
        "SELECT k.id, k.cohort_id, k.learned AS text FROM checkin k WHERE k.negative = 1 AND k.id > :last"
    )
    _index(conn, WordIndex("checkin_word", "checkin_id"), select)


def readings_are_known(conn: Conn) -> None:
    """Keep the identifiers of the reading items and the words of the takeaways that there are."""
    rows = conn.all("SELECT i.id, i.cohort_id, i.reference FROM reading_item i ORDER BY i.id")
    for row in rows:
        if (found := identifiers.read(row["reference"])) is not None:
            conn.run(
                "INSERT INTO reading_identifier (cohort_id, key, item_id) VALUES (:cohort, :key, :item)"
                " ON CONFLICT (cohort_id, key) DO NOTHING",
                cohort=row["cohort_id"],
                key=found.key,
                item=row["id"],
            )
    select = "SELECT t.id, t.cohort_id, t.takeaway AS text FROM reading_takeaway t WHERE t.id > :last"
    _index(conn, WordIndex("reading_takeaway_word", "takeaway_id"), select)


def coauthors_are_names(conn: Conn) -> None:
    """Keep what was typed as the co-authors of papers as names: nobody of a name becomes somebody by it."""
    last = 0
    select = (
        "SELECT id, cohort_id, coauthors AS text FROM submission WHERE coauthors IS NOT NULL AND id > :last"
        f" ORDER BY id LIMIT {_AT_ONCE}"
    )
    while rows := conn.all(select, last=last):
        for row in rows:
            for name in split_enumerated(row["text"]):
                conn.run(
                    "INSERT INTO submission_author (cohort_id, submission_id, name) VALUES (:cohort, :paper, :name)",
                    cohort=row["cohort_id"],
                    paper=row["id"],
                    name=name,
                )
        last = rows[-1]["id"]


def requests_are_found(conn: Conn) -> None:
    """Keep the words of the topics of the requests for feedback that there are."""
    select = "SELECT r.id, r.cohort_id, r.topic AS text FROM feedback_request r WHERE r.id > :last"
    _index(conn, WordIndex("feedback_word", "request_id"), select)


def _index(conn: Conn, index: WordIndex, select: str) -> None:
    """Keep the words of all records that a query gives after the id `:last`: `id`, `cohort_id`, `text`."""
    last = 0
    while rows := conn.all(f"{select} ORDER BY id LIMIT {_AT_ONCE}", last=last):
        for row in rows:
            index.add(conn, row["cohort_id"], row["id"], row["text"])
        last = rows[-1]["id"]


AFTER: Mapping[int, Callable[[Conn], None]] = {
    32: titles_are_found,
    33: negatives_are_found,
    80: readings_are_known,
    77: coauthors_are_names,
    98: requests_are_found,
}
"""What is to be done after a migration of the core, by its number."""
