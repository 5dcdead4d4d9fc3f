"""The statements that write papers, their rounds and their events. What follows from what is for the feature."""

from dataclasses import dataclass
from datetime import date

from core.cohorts.model import Scope
from core.commands.record_search import casefold_title, normalize_name
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class NewPaper:
    """What a member said of a new paper, checked."""

    title: str
    venue: VenueEdition | None
    stage: Stage
    visibility: str
    coauthors: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class StageChange:
    """A change of a paper's stage. `day` is the local date on which it happened."""

    stage: Stage
    day: date
    note: str | None


def add_paper(conn: Conn, scope: Scope, owner_id: int, number: int, paper: NewPaper) -> int:
    """Record a paper under a number of its own. Returns its id."""
    return conn.insert(
        "INSERT INTO submission (cohort_id, number, owner_id, title, folded, stage, first_stage,"
        " visibility, coauthors, link, created_at) VALUES (:cohort, :number, :owner, :title, :folded, :stage,"
        " :stage, :visibility, :coauthors, :link, :now)",
        cohort=scope.cohort.id,
        number=number,
        owner=owner_id,
        title=paper.title,
        folded=casefold_title(paper.title),
        stage=paper.stage.value,
        visibility=paper.visibility,
        coauthors=paper.coauthors,
        link=paper.link,
        now=scope.now,
    )


def set_stage(conn: Conn, paper_id: int, stage: Stage) -> None:
    """Set the stage that a paper is at."""
    conn.run("UPDATE submission SET stage = :stage WHERE id = :paper", stage=stage.value, paper=paper_id)


def open_round(
    conn: Conn, paper_id: int, venue: VenueEdition | None, decision: Stage | None, day: date
) -> None:
    """Begin a round, or record one that is over already, decided on `day`."""
    name = venue.name if venue else ""
    conn.run(
        "INSERT INTO submission_round (submission_id, venue, venue_key, year, decision, decided_on)"
        " VALUES (:paper, :venue, :key, :year, :decision, :day)",
        paper=paper_id,
        venue=name,
        key=normalize_name(name),
        year=venue.year if venue else None,
        decision=decision.value if decision else None,
        day=day if decision else None,
    )


def set_round_venue(conn: Conn, round_id: int, venue: VenueEdition) -> None:
    """Send a round to another venue edition."""
    conn.run(
        "UPDATE submission_round SET venue = :venue, venue_key = :key, year = :year WHERE id = :round",
        venue=venue.name,
        key=normalize_name(venue.name),
        year=venue.year,
        round=round_id,
    )


def decide_round(conn: Conn, round_id: int, decision: Stage | None, day: date) -> None:
    """Record the decision of a round and its date; None takes a decision back."""
    conn.run(
        "UPDATE submission_round SET decision = :decision, decided_on = :day WHERE id = :round",
        decision=decision.value if decision else None,
        day=day if decision else None,
        round=round_id,
    )


def add_event(
    conn: Conn, scope: Scope, paper_id: int, member_id: int, before: Stage, change: StageChange, venue: str
) -> None:
    """Record in a paper's timeline what a member said of it. `venue` is empty where none is known."""
    conn.run(
        "INSERT INTO submission_event (submission_id, member_id, at, day, stage_before, stage, note, venue)"
        " VALUES (:paper, :member, :now, :day, :before, :stage, :note, :venue)",
        paper=paper_id,
        member=member_id,
        now=scope.now,
        day=change.day,
        before=before.value,
        stage=change.stage.value,
        note=change.note,
        venue=venue or None,
    )
