"""What a post told, line by line, kept beside it for as long as its row: so it can be shown again as it was. Plain SQL.

A line that is about a record says which, as its feature calls it (`about`, such as "checkin:12"), and whose it is: what
a member wrote goes with the record and with the membership. Whoever deletes a record that the cohort could see, or
takes it back, calls `forget` in the same transaction; what becomes invisible in another way is found when the post is
shown again, and by the housekeeping of every hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core.cohorts import directory
from core.commands import handled_calls
from core.commands.news import Section
from core.store.port import Conn
from core.store.scoped import within


@dataclass(frozen=True, slots=True)
class PostLine:
    """A line. `content` is its feature's own; `about` is empty for what is about no record, `member` None for what is
    nobody's. `section` is the section of the digest that told it."""

    content: str
    section: str = ""
    about: str = ""
    member: int | None = None


def keep(conn: Conn, cohort_id: int, post_id: int, lines: Sequence[PostLine]) -> None:
    """Keep what a post tells, unless that was done. Nothing is kept of a post that is not there any more."""
    if of_post(conn, cohort_id, post_id) or not conn.value(
        "SELECT 1 FROM outbox WHERE id = :post AND cohort_id = :cohort", post=post_id, cohort=cohort_id
    ):
        return
    for position, line in enumerate(lines):
        conn.run(
            "INSERT INTO post_line (post_id, position, cohort_id, section, about, member_id, content)"
            " VALUES (:post, :position, :cohort, :section, :about, :member, :content)",
            post=post_id,
            position=position,
            cohort=cohort_id,
            section=line.section,
            about=line.about,
            member=line.member,
            content=line.content,
        )


def of_post(conn: Conn, cohort_id: int, post_id: int) -> list[PostLine]:
    """What is kept of a post of the cohort, in order; nothing where it was never kept, or the post is gone."""
    rows = conn.all(
        "SELECT content, section, about, member_id FROM post_line WHERE post_id = :post AND cohort_id = :cohort"
        " ORDER BY position",
        post=post_id,
        cohort=cohort_id,
    )
    return [PostLine(row["content"], row["section"], row["about"], row["member_id"]) for row in rows]


def forget(conn: Conn, cohort_id: int, about: str) -> None:
    """A record was deleted or taken back: what posts told of it is kept no more."""
    handled_calls.erase_results(conn, cohort_id)
    conn.run(
        "DELETE FROM post_line WHERE cohort_id = :cohort AND about = :about", cohort=cohort_id, about=about
    )


def cohorts(conn: Conn) -> list[int]:
    """The cohorts of which posts are kept line by line."""
    rows = conn.all(
        "SELECT c.id FROM cohort c WHERE EXISTS (SELECT 1 FROM post_line l WHERE l.cohort_id = c.id)"
    )
    return [row["id"] for row in rows]


def forget_unseen(conn: Conn, sections: Sequence[Section], cohort_id: int) -> int:
    """Forget what posts told of records that the cohort sees no more. Returns of how many."""
    cohort = directory.cohort(conn, cohort_id)
    rows = conn.all(
        "SELECT DISTINCT section, about FROM post_line WHERE cohort_id = :cohort AND about <> ''",
        cohort=cohort_id,
    )
    unseen = {row["about"] for row in rows}
    for section in sections:
        abouts = [row["about"] for row in rows if row["section"] == section.name]
        if cohort is not None and section.still is not None and abouts:
            unseen -= set(section.still(within(conn, cohort_id), cohort, abouts))
    for about in unseen:
        forget(conn, cohort_id, about)
    return len(unseen)
