"""Where papers are on their way to: the venue editions of their latest rounds, for what is due there."""

from dataclasses import dataclass

from core.cohorts.members import present_sql
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn, Row

_LATEST = (
    "SELECT s.number, s.title, s.stage, s.owner_id, r.venue, r.year FROM submission s JOIN submission_round r ON r.id ="
    " (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = s.id)"
    " WHERE s.cohort_id = :cohort AND r.venue <> '' AND (r.decision IS NULL OR r.decision = 'accepted')"
    " AND s.stage NOT IN ('published', 'withdrawn') AND s.visibility <> 'deleted'"
)


@dataclass(frozen=True, slots=True)
class Bound:
    """A paper on its way to a venue edition, of which it was not turned down."""

    number: int
    title: str
    stage: Stage
    owner: int
    venue: VenueEdition


def of_member(conn: Conn, cohort_id: int, member_id: int) -> list[Bound]:
    """A member's own papers and those that they are a co-author of, the newest first, 200 at most. What is read is for
    that member alone."""
    rows = conn.all(
        f"{_LATEST} AND (s.owner_id = :owner OR s.id IN (SELECT c.submission_id FROM submission_author c"
        " WHERE c.member_id = :owner)) ORDER BY s.id DESC LIMIT 200",
        cohort=cohort_id,
        owner=member_id,
    )
    return list(map(_bound, rows))


def seen_by_all(conn: Conn, cohort_id: int) -> list[Bound]:
    """The papers that the whole cohort sees, of members who are in it, the newest first, 500 at most."""
    rows = conn.all(
        f"{_LATEST} AND s.visibility = 'cohort' AND {present_sql('s.owner_id')} ORDER BY s.id DESC LIMIT 500",
        cohort=cohort_id,
    )
    return list(map(_bound, rows))


def owners_at(conn: Conn, cohort_id: int, venue_key: str, year: int) -> list[int]:
    """The members who have a paper on its way to an edition, or to a venue without its year, or are a co-author of one:
    those who are reminded of its dates, each about their own. Nobody is shown who or how many they are."""
    at = (
        "JOIN submission_round r ON r.submission_id = s.id WHERE s.cohort_id = :cohort AND r.venue_key = :key"
        " AND (r.year = :year OR r.year IS NULL) AND s.visibility <> 'deleted'"
    )
    rows = conn.all(
        f"SELECT s.owner_id FROM submission s {at} AND {present_sql('s.owner_id')} UNION"
        f" SELECT c.member_id FROM submission_author c JOIN submission s ON s.id = c.submission_id {at}"
        " AND c.member_id IS NOT NULL",
        cohort=cohort_id,
        key=venue_key,
        year=year,
    )
    return [row["owner_id"] for row in rows]


def _bound(row: Row) -> Bound:
    return Bound(
        row["number"],
        row["title"],
        Stage(row["stage"]),
        row["owner_id"],
        VenueEdition(row["venue"], row["year"]),
    )
