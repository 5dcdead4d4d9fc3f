"""What is read about papers: lists, counts and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core import clock
from core.cohorts.model import Cohort, Member, Scope
from core.commands.record_search import normalize_name
from core.features.submissions.records import SEEN, viewer_id
from core.papers.model import Paper, Stage, VenueEdition
from core.store.port import Conn

FEWEST = 5
"""How many people have to stand behind a number before it is shown."""

SHOWN = 50
"""How many papers one list shows."""

_ROUND = (
    "LEFT JOIN submission_round r ON r.id ="
    " (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = s.id)"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is narrowed to."""

    who: Member | None = None
    stage: Stage | None = None
    venue: VenueEdition | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of a list. `venue` is where it is or was last."""

    number: int
    title: str
    stage: Stage
    venue: VenueEdition
    owner: str
    private: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of papers: the newest, how many there are in all, and how many anonymous ones besides (0 where
    fewer than `FEWEST` people stand behind them)."""

    shown: Sequence[Listed]
    all: int
    anonymous: int
    narrowed: bool


def papers(conn: Conn, scope: Scope, wanted: Filter) -> Listing:
    """The papers that the caller sees, newest first."""
    where, values = _conditions(scope, wanted)
    seen = f"{where} AND {SEEN}"
    counted = conn.one(f"SELECT count(*) AS n FROM submission s {_ROUND} WHERE {seen}", **values)
    rows = conn.all(
        "SELECT s.number, s.title, s.stage, s.visibility, r.venue, r.year, p.name FROM submission s"
        f" JOIN member m ON m.id = s.owner_id JOIN person p ON p.id = m.person_id {_ROUND}"
        f" WHERE {seen} ORDER BY s.number DESC LIMIT {SHOWN}",
        **values,
    )
    shown = [
        Listed(
            row["number"],
            row["title"],
            Stage(row["stage"]),
            VenueEdition(row["venue"] or "", row["year"]),
            row["name"],
            row["visibility"] != "cohort",
        )
        for row in rows
    ]
    # Counted for one person, an anonymous paper would have a name.
    unnamed = 0 if wanted.who else _anonymous(conn, where, values)
    return Listing(shown, counted["n"] if counted else 0, unnamed, wanted != Filter())


def _conditions(scope: Scope, wanted: Filter) -> tuple[str, dict[str, object]]:
    where = "s.cohort_id = :cohort"
    values: dict[str, object] = {"cohort": scope.cohort.id, "member": viewer_id(scope)}
    if wanted.who:
        where, values = f"{where} AND s.owner_id = :who", {**values, "who": wanted.who.id}
    if wanted.stage:
        where, values = f"{where} AND s.stage = :stage", {**values, "stage": wanted.stage.value}
    if wanted.venue:
        where, values = (
            f"{where} AND r.venue_key = :key",
            {**values, "key": normalize_name(wanted.venue.name)},
        )
        if wanted.venue.year:
            where, values = f"{where} AND r.year = :year", {**values, "year": wanted.venue.year}
    return where, values


def _anonymous(conn: Conn, where: str, values: dict[str, object]) -> int:
    """How many anonymous papers of others there are, if enough people stand behind them."""
    row = conn.one(
        f"SELECT count(*) AS n, count(DISTINCT s.owner_id) AS people FROM submission s {_ROUND}"
        f" WHERE {where} AND s.visibility = 'anonymous' AND s.owner_id <> :member",
        **values,
    )
    return row["n"] if row and row["people"] >= FEWEST else 0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a paper. `before` is None when it was added; `venue` is empty where it was
    not written down."""

    day: date
    before: Stage | None
    stage: Stage
    note: str | None
    by: str | None
    venue: str = ""


def events(conn: Conn, cohort: Cohort, paper: Paper) -> list[Event]:
    """What happened to a paper, in order of the days on which it happened."""
    first = conn.one(
        "SELECT s.first_stage, s.created_at, p.name FROM submission s JOIN member m ON m.id = s.owner_id"
        " JOIN person p ON p.id = m.person_id WHERE s.id = :paper",
        paper=paper.id,
    )
    if first is None:
        return []
    rows = conn.all(
        "SELECT e.day, e.stage_before, e.stage, e.note, e.venue, p.name FROM submission_event e"
        " LEFT JOIN member m ON m.id = e.member_id LEFT JOIN person p ON p.id = m.person_id"
        " WHERE e.submission_id = :paper ORDER BY e.id",
        paper=paper.id,
    )
    added = clock.local_date(first["created_at"], cohort.zone)
    told = [Event(added, None, Stage(first["first_stage"]), None, first["name"])]
    for row in rows:
        day, before = date.fromisoformat(row["day"]), Stage(row["stage_before"])
        stage = Stage(row["stage"])
        told.append(Event(day, before, stage, row["note"], row["name"], row["venue"] or ""))
    return sorted(told, key=lambda each: each.day)
