"""Papers that wait for the decision of a venue. Plain SQL; who may see a paper is said by `core.papers.queries`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from core.cohorts.members import name_sql, present_sql
from core.cohorts.model import Scope
from core.commands.record_search import normalize_name
from core.papers import queries
from core.papers.deletion import NOT_DELETED
from core.papers.model import Stage, VenueEdition
from core.papers.queries import LATEST_ROUND, viewer_id
from core.store.port import Conn, Row

STAGES = (Stage.SUBMITTED, Stage.IN_REVIEW, Stage.REBUTTAL)
"""The stages at which the next word is the venue's. One that is being revised waits for its authors."""

_STAGES = ", ".join(f"'{each.value}'" for each in STAGES)
_WAITS = f"r.decision IS NULL AND r.venue <> '' AND s.stage IN ({_STAGES})"


@dataclass(frozen=True, slots=True)
class WaitingPaper:
    """A paper under review. `people` are its authors in the cohort by their member's id; `since` is the day on which it was
    submitted, or added here as such; `hidden` says that its authors alone see it."""

    id: int
    number: int
    title: str
    venue: VenueEdition
    people: Mapping[int, str]
    since: date
    hidden: bool


MOST = 500
"""Papers that are looked at: those of the largest cohorts that wait at one time."""


def seen(
    conn: Conn, scope: Scope, venue: VenueEdition | None = None, only: int | None = None
) -> list[WaitingPaper]:
    """The papers that wait, of those that the caller sees and whose owner is in the cohort, the latest ones first; at one
    venue where it is named, of the year that it is named with; `only` the one of an id."""
    where, values = "", dict[str, object]()
    if venue is not None:
        where, values = " AND r.venue_key = :key", {"key": normalize_name(venue.name)}
    if only is not None:
        where, values = f"{where} AND s.id = :only", {**values, "only": only}
    rows = conn.all(
        "SELECT s.id, s.number, s.title, s.visibility, s.created_at, s.owner_id, r.venue, r.year,"
        f" {name_sql('s.owner_id')} AS owner, (SELECT e.day FROM submission_event e WHERE e.submission_id = s.id"
        " AND e.stage = 'submitted' AND e.stage_before <> 'submitted' ORDER BY e.id DESC LIMIT 1) AS day"
        f" FROM submission s {LATEST_ROUND} WHERE s.cohort_id = :cohort AND {queries.VISIBLE} AND {_WAITS}"
        f" AND {present_sql('s.owner_id')}{where} ORDER BY s.id DESC LIMIT {MOST}",
        cohort=scope.cohort.id,
        viewer=viewer_id(scope),
        **values,
    )
    if venue is not None and venue.year is not None:
        rows = [row for row in rows if row["year"] in (None, venue.year)]
    people = _people(conn, rows)
    return [_waiting(row, people[row["id"]], scope.cohort.zone) for row in rows]


def _waiting(row: Row, people: Mapping[int, str], zone: str) -> WaitingPaper:
    return WaitingPaper(
        row["id"],
        row["number"],
        row["title"],
        VenueEdition(row["venue"], row["year"]),
        people,
        row["day"] or clock.local_date(row["created_at"], zone),
        row["visibility"] != "cohort",
    )


def _people(conn: Conn, rows: Sequence[Row]) -> dict[int, dict[int, str]]:
    """The authors in the cohort of some papers, the owner first, by the paper."""
    found = {row["id"]: {row["owner_id"]: row["owner"] or ""} for row in rows}
    for paper, member, name in _coauthors(conn, found):
        found[paper][member] = name
    return found


def _coauthors(conn: Conn, papers: Iterable[int]) -> list[tuple[int, int, str]]:
    wanted = {f"id{at}": each for at, each in enumerate(papers)}
    if not wanted:
        return []
    rows = conn.all(
        f"SELECT submission_id, member_id, {name_sql('member_id')} AS name FROM submission_author"
        f" WHERE +cohort_id = :cohort AND member_id IS NOT NULL AND submission_id IN ({', '.join(f':{each}' for each in wanted)}) ORDER BY id",
        **wanted,
    )
    return [(row["submission_id"], row["member_id"], row["name"] or "") for row in rows]


def authors_at(conn: Conn, cohort_id: int, edition: VenueEdition) -> dict[int, list[int]]:
    """The papers that wait for an edition, or for a venue without its year, by id, each with its authors in the cohort.
    Each author is told of their own paper alone; nobody is shown who or how many they are."""
    rows = conn.all(
        f"SELECT s.id, s.owner_id FROM submission s {LATEST_ROUND} WHERE s.cohort_id = :cohort AND {NOT_DELETED}"
        f" AND {_WAITS} AND r.venue_key = :key AND (r.year = :year OR r.year IS NULL) ORDER BY s.id",
        cohort=cohort_id,
        key=normalize_name(edition.name),
        year=edition.year,
    )
    found = {row["id"]: [row["owner_id"]] for row in rows}
    for paper, member, _ in _coauthors(conn, found):
        found[paper].append(member)
    return found


def one(conn: Conn, scope: Scope, paper_id: int) -> WaitingPaper | None:
    """A paper that waits and that the caller sees, by its id; None where it is none."""
    return next(iter(seen(conn, scope, only=paper_id)), None)
