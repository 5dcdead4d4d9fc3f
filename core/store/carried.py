"""What a migration cannot say in SQL: rows that are made from what a database holds already, in the same transaction."""

from collections.abc import Callable, Mapping

from core.store.port import Conn
from core.store.words import WordIndex

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


def _index(conn: Conn, index: WordIndex, select: str) -> None:
    """Keep the words of all records that a query gives after the id `:last`: `id`, `cohort_id`, `text`."""
    last = 0
    while rows := conn.all(f"{select} ORDER BY id LIMIT {_AT_ONCE}", last=last):
        for row in rows:
            index.add(conn, row["cohort_id"], row["id"], row["text"])
        last = rows[-1]["id"]


AFTER: Mapping[int, Callable[[Conn], None]] = {32: titles_are_found, 33: negatives_are_found}
"""What is to be done after a migration of the core, by its number."""
