"""Where papers are on their way to: the venue editions of their latest rounds, for what is due there."""

from dataclasses import dataclass

from core.cohorts.members import present_sql
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn, Row

_LATEST = (
    "SELECT s.id, s.number, s.title, s.stage, s.owner_id, r.venue, r.year FROM submission s JOIN submission_round r ON r.id"
    " = (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = s.id)"
    " WHERE s.cohort_id = :cohort AND r.venue <> '' AND (r.decision IS NULL OR r.decision = 'accepted')"
    " AND s.stage NOT IN ('published', 'withdrawn') AND s.visibility <> 'deleted'"
)


_NEWEST = 2_000
"""Papers that the whole cohort sees that are looked at for where they go."""


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
    """Of the newest 2,000 papers that the whole cohort sees those of members who are in it, the newest first, 500 at most:
    what was written years ago is on its way nowhere, and a digest does not pay for looking at it."""
    oldest = conn.value(
        "SELECT n.id FROM submission n WHERE n.cohort_id = :cohort AND n.visibility = 'cohort'"
        f" ORDER BY n.id DESC LIMIT 1 OFFSET {_NEWEST}",
        cohort=cohort_id,
    )
    rows = conn.all(
        f"{_LATEST} AND s.id > :oldest AND s.visibility = 'cohort' AND {present_sql('s.owner_id')}"
        " ORDER BY s.id DESC LIMIT 500",
        cohort=cohort_id,
        oldest=oldest or 0,
    )
    return list(map(_bound, rows))


def at_edition(conn: Conn, cohort_id: int, venue_key: str, year: int) -> dict[int, list[Bound]]:
    """The papers on their way to an edition, or to a venue without its year, the newest first, by the members whose own
    they are and who are co-authors of them: each is reminded of its dates about these alone. Nobody is shown who or how
    many they are."""
    rows = conn.all(
        f"{_LATEST} AND r.venue_key = :key AND (r.year = :year OR r.year IS NULL) ORDER BY s.id DESC",
        cohort=cohort_id,
        key=venue_key,
        year=year,
    )
    if not rows:
        return {}
    wanted = {f"id{at}": row["id"] for at, row in enumerate(rows)}
    writers = {row["id"]: {row["owner_id"]} for row in rows}
    for row in conn.all(
        "SELECT submission_id, member_id FROM submission_author WHERE +cohort_id = :cohort AND member_id IS NOT NULL"
        f" AND submission_id IN ({', '.join(f':{each}' for each in wanted)})",
        **wanted,
    ):
        writers[row["submission_id"]].add(row["member_id"])
    found: dict[int, list[Bound]] = {}
    for row in rows:
        for member_id in writers[row["id"]]:
            found.setdefault(member_id, []).append(_bound(row))
    return found


def _bound(row: Row) -> Bound:
    return Bound(
        row["number"],
        row["title"],
        Stage(row["stage"]),
        row["owner_id"],
        VenueEdition(row["venue"], row["year"]),
    )
