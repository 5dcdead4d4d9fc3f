"""Somebody has themselves forgotten: what is theirs alone goes with their membership; what they share with others loses
their name and notes. Plain SQL."""

from core.chat.text import split_enumerated
from core.cohorts.privacy import FORMER, DataSubject
from core.papers.authors import Author, words
from core.papers.history import PaperField
from core.store.port import Conn


def forget(conn: Conn, of: DataSubject) -> list[int]:
    """Their own papers are deleted; their notes on others' go. Among the authors of these, and in what changed of them,
    they are a former member: who left before is a name there, which nobody else in the cohort has. Returns the papers of
    which something changed, so that what was posted of them is brought up."""
    changed = _changed(conn, of)
    conn.run(
        "UPDATE submission SET visibility_before = visibility, visibility = 'deleted', deleted_at = :now"
        " WHERE +cohort_id = :cohort AND owner_id = :member AND visibility <> 'deleted'",
        now=of.now,
        member=of.member_id,
    )
    conn.run(
        "UPDATE submission_event SET note = NULL WHERE member_id = :member AND +cohort_id = :cohort",
        member=of.member_id,
    )
    conn.run(
        "UPDATE submission_author SET name = :former, member_id = NULL WHERE cohort_id = :cohort"
        " AND (member_id = :member OR (member_id IS NULL AND name = :name))",
        former=FORMER,
        cohort=of.cohort.id,
        member=of.member_id,
        name=of.name,
    )
    rows = conn.all(
        "SELECT id, value_before, value_after FROM submission_event WHERE cohort_id = :cohort AND field IN (:first, :second)",
        cohort=of.cohort.id,
        first=PaperField.COAUTHORS.value,
        second=PaperField.OWNER.value,
    )
    for row in rows:
        before, after = (_without(row[column], of.name) for column in ("value_before", "value_after"))
        if (before, after) != (row["value_before"], row["value_after"]):
            conn.run(
                "UPDATE submission_event SET value_before = :before, value_after = :after WHERE id = :id AND cohort_id = :cohort",
                before=before,
                after=after,
                id=row["id"],
            )
    return changed


def _changed(conn: Conn, of: DataSubject) -> list[int]:
    rows = conn.all(
        "SELECT s.id FROM submission s WHERE s.owner_id = :member UNION SELECT c.submission_id FROM submission_author c"
        " WHERE c.cohort_id = :cohort AND (c.member_id = :member OR (c.member_id IS NULL AND c.name = :name)) ORDER BY 1",
        member=of.member_id,
        cohort=of.cohort.id,
        name=of.name,
    )
    return [row["id"] for row in rows]


def _without(names: str | None, name: str) -> str | None:
    """Names as they stand in history, without one of them."""
    if not names or name not in names:
        return names
    if names == name:
        return FORMER
    parts = split_enumerated(names)
    if name not in parts:
        return names
    return words([Author(FORMER if each == name else each) for each in parts])
