"""Files of papers that members took in: every statement on them. For a day what one made can be taken back as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.cohorts import settings
from core.cohorts.model import Scope
from core.papers import deletion
from core.papers.deletion import NOT_DELETED
from core.papers.queries import viewer_id
from core.store.port import Conn, Row

UNDO = timedelta(days=1)
"""How long an import can be taken back, and after that had back."""
KEEP = timedelta(days=30)
"""How long it is known which papers came of which file."""


@dataclass(frozen=True, slots=True)
class PaperImport:
    """A file of papers that the caller took in. `name` is the file's."""

    id: int
    number: int
    name: str
    taken_back_at: datetime | None


def begin(conn: Conn, scope: Scope, name: str) -> int:
    """Note that the caller takes in a file, under a random number: nobody else is told that there is one. Returns the
    number."""
    number = settings.hidden_number_in(conn, scope.cohort.id, "paper_import")
    conn.run(
        "INSERT INTO paper_import (cohort_id, member_id, number, name, at)"
        " VALUES (:cohort, :member, :number, :name, :now)",
        cohort=scope.cohort.id,
        member=viewer_id(scope),
        number=number,
        name=name,
        now=scope.now,
    )
    return number


_IMPORTS = (
    "SELECT i.id, i.number, i.name, i.taken_back_at FROM paper_import i WHERE i.cohort_id = :cohort"
    " AND i.member_id = :member AND (i.at > :since OR i.taken_back_at > :since)"
)


def _found(conn: Conn, scope: Scope, sql: str, **values: object) -> list[PaperImport]:
    rows = conn.all(sql, cohort=scope.cohort.id, member=viewer_id(scope), since=scope.now - UNDO, **values)
    return [PaperImport(row["id"], row["number"], row["name"], row["taken_back_at"]) for row in rows]


def recent(conn: Conn, scope: Scope) -> list[PaperImport]:
    """The caller's imports that can be taken back, or had back, the last one first: those that brought something."""
    brought = "EXISTS (SELECT 1 FROM submission s WHERE s.import_id = i.id AND s.owner_id = :member)"
    return _found(conn, scope, f"{_IMPORTS} AND {brought} ORDER BY i.at DESC, i.id DESC LIMIT 25")


def by_number(conn: Conn, scope: Scope, number: int) -> PaperImport | None:
    """The caller's import of a number, as long as it can be taken back."""
    return next(iter(_found(conn, scope, f"{_IMPORTS} AND i.number = :number", number=number)), None)


def papers(conn: Conn, scope: Scope, import_id: int) -> Sequence[Row]:
    """The papers of an import that are there and still the caller's: `id`, `number`, `title`."""
    return conn.all(
        "SELECT s.id, s.number, s.title FROM submission s WHERE +s.cohort_id = :cohort AND s.import_id = :id AND s.owner_id = :member"
        f" AND {NOT_DELETED} ORDER BY s.id",
        id=import_id,
        member=viewer_id(scope),
    )


def with_author(conn: Conn, import_id: int, member_id: int, most: int) -> tuple[int, Sequence[Row]]:
    """How many papers of an import a member is a co-author of, and the first of them: `number`, `title`."""
    rows = conn.all(
        f"SELECT s.number, s.title FROM submission s WHERE +s.cohort_id = :cohort AND s.import_id = :id AND {NOT_DELETED} AND s.id IN"
        " (SELECT c.submission_id FROM submission_author c WHERE c.member_id = :member) ORDER BY s.id",
        id=import_id,
        member=member_id,
    )
    return len(rows), rows[:most]


def take_back(conn: Conn, scope: Scope, import_id: int) -> Sequence[Row]:
    """Delete the papers of an import; for a day they can be had back. Returns those that went, as `papers`."""
    gone = papers(conn, scope, import_id)
    for row in gone:
        deletion.delete(conn, scope, row["id"])
    if gone:  # else it was taken back before, and what went then can still be had back
        conn.run(
            "UPDATE paper_import SET taken_back_at = :now WHERE id = :id AND cohort_id = :cohort",
            id=import_id,
            now=scope.now,
        )
    return gone


def have_back(conn: Conn, scope: Scope, import_id: int) -> list[int]:
    """Have the papers back that went when an import was taken back, and nothing that was deleted by itself. Returns their
    ids."""
    rows = conn.all(
        "SELECT s.id FROM submission s JOIN paper_import i ON i.id = s.import_id AND i.taken_back_at = s.deleted_at"
        " WHERE i.cohort_id = :cohort AND i.id = :id AND s.owner_id = :member ORDER BY s.id",
        id=import_id,
        member=viewer_id(scope),
    )
    found = [row["id"] for row in rows if deletion.restore(conn, row["id"])]
    conn.run(
        "UPDATE paper_import SET taken_back_at = NULL WHERE id = :id AND cohort_id = :cohort", id=import_id
    )
    return found


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Forget at most so many imports that were made long ago; their papers stay. Returns how many."""
    return conn.run(
        f"DELETE FROM paper_import WHERE id IN (SELECT id FROM paper_import WHERE at < :before ORDER BY at LIMIT {most})",
        before=now - KEEP,
    )


def named(conn: Conn, scope: Scope, import_id: int) -> dict[int, list[int]]:
    """The members who are co-authors of papers of an import, each with the ids of these."""
    rows = conn.all(
        "SELECT c.member_id, s.id FROM submission s JOIN submission_author c ON c.submission_id = s.id"
        f" WHERE +s.cohort_id = :cohort AND s.import_id = :id AND s.owner_id = :member AND c.member_id IS NOT NULL AND {NOT_DELETED}"
        " ORDER BY s.id",
        id=import_id,
        member=viewer_id(scope),
    )
    found: dict[int, list[int]] = {}
    for row in rows:
        found.setdefault(row["member_id"], []).append(row["id"])
    return found
