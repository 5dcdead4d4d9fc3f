"""What changes a paper: plain functions, each one transaction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.chat.text import say
from core.cohorts import directory
from core.cohorts.model import Scope
from core.commands import record_search
from core.errors import BadInput, NotFound
from core.papers.model import Paper, Stage, VenueEdition
from core.store.port import Conn, Row

DECISIONS = {
    Stage.ACCEPTED: Stage.ACCEPTED,
    Stage.PUBLISHED: Stage.ACCEPTED,
    Stage.REJECTED: Stage.REJECTED,
    Stage.WITHDRAWN: Stage.WITHDRAWN,
}
"""The stages that end a round, and with which decision."""

UNDER_REVIEW = (Stage.SUBMITTED, Stage.IN_REVIEW, Stage.REBUTTAL)

_VERDICTS = (Stage.ACCEPTED, Stage.REJECTED)
"""The stages that say what a committee decided, even where no round was recorded or it had ended."""


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


def add(conn: Conn, scope: Scope, owner: int, paper: NewPaper) -> int:
    """Record a new paper; one that names a venue opens its first round. Returns its number."""
    number = directory.next_number(conn, scope.cohort.id, "submission")
    row = conn.one(
        "INSERT INTO submission (cohort_id, number, owner_id, title, folded, stage, first_stage,"
        " visibility, coauthors, link, created_at) VALUES (:cohort, :number, :owner, :title, :folded, :stage,"
        " :stage, :visibility, :coauthors, :link, :now) RETURNING id",
        cohort=scope.cohort.id,
        number=number,
        owner=owner,
        title=paper.title,
        folded=record_search.casefold_title(paper.title),
        stage=paper.stage.value,
        visibility=paper.visibility,
        coauthors=paper.coauthors,
        link=paper.link,
        now=scope.now,
    )
    assert row is not None  # noqa: S101 - RETURNING gives the row it inserted
    if paper.venue is not None or paper.stage in (*UNDER_REVIEW, *_VERDICTS):
        open_round(conn, row["id"], paper.venue, DECISIONS.get(paper.stage), scope.today)
    return number


def open_round(
    conn: Conn, paper_id: int, venue: VenueEdition | None, decision: Stage | None, day: date
) -> None:
    """Begin a try, or record one that is over already."""
    name = venue.name if venue else ""
    conn.run(
        "INSERT INTO submission_round (submission_id, venue, venue_key, year, decision, decided_on)"
        " VALUES (:paper, :venue, :key, :year, :decision, :day)",
        paper=paper_id,
        venue=name,
        key=record_search.normalize_name(name),
        year=venue.year if venue else None,
        decision=decision.value if decision else None,
        day=day.isoformat() if decision else None,
    )


def update(conn: Conn, scope: Scope, by: int, paper: Paper, step: StageChange) -> dict[str, Any]:
    """Move a paper to a stage. Returns the stage before, whether anything was written, and the venue of the
    round it now stands in. Nothing is written for a stage it has already, unless there is a note."""
    before = _stage_now(conn, scope, paper)
    changed = before is not step.stage
    if changed:
        _set_stage(conn, paper.id, step.stage)
        _follow(conn, paper.id, step)
    last = _last_round(conn, paper.id)
    venue = str(_edition(last)) if last else ""
    if changed or step.note:
        _write_event(conn, paper.id, scope.now, by, before, step, venue)
    return {"before": before.value, "changed": changed, "noted": bool(step.note), "venue": venue}


def resubmit(conn: Conn, scope: Scope, by: int, paper: Paper, venue: VenueEdition) -> int:
    """Send a paper to its next venue. Returns which try it is. A venue that was only planned is replaced.

    Raises `BadInput` where the paper is still under review or was accepted.
    """
    before = _stage_now(conn, scope, paper)
    last = _last_round(conn, paper.id)
    if before in (Stage.ACCEPTED, Stage.PUBLISHED):
        raise BadInput(say("“{title}” is accepted{at}, so it needs no other venue. If that was a slip, set it "
                           "right with `submission update`.", title=paper.title, at=_at(last)))  # fmt: skip
    if before in UNDER_REVIEW:
        raise BadInput(say("“{title}” is still under review{at}. Say with `submission update` how that ended; "
                           "then it can go on.", title=paper.title, at=_at(last)))  # fmt: skip
    step = StageChange(Stage.SUBMITTED, scope.today, None)
    _set_stage(conn, paper.id, step.stage)
    if last is not None and last["decision"] is None:
        _replace_venue(conn, last["id"], venue)
    else:
        open_round(conn, paper.id, venue, None, step.day)
    _write_event(conn, paper.id, scope.now, by, before, step, str(venue))
    tries = conn.one(
        "SELECT count(*) AS n FROM submission_round WHERE submission_id = :paper", paper=paper.id
    )
    return int(tries["n"]) if tries else 1


def _at(last: Row | None) -> str:
    name = str(_edition(last)) if last else ""
    return f" at {name}" if name else ""


def _stage_now(conn: Conn, scope: Scope, paper: Paper) -> Stage:
    row = conn.one(
        "SELECT stage FROM submission WHERE id = :paper AND cohort_id = :cohort",
        paper=paper.id,
        cohort=scope.cohort.id,
    )
    if row is None:
        raise NotFound("This paper is not there any more.")
    return Stage(row["stage"])


def _set_stage(conn: Conn, paper_id: int, stage: Stage) -> None:
    conn.run("UPDATE submission SET stage = :stage WHERE id = :paper", stage=stage.value, paper=paper_id)


def _replace_venue(conn: Conn, round_id: int, venue: VenueEdition) -> None:
    conn.run(
        "UPDATE submission_round SET venue = :venue, venue_key = :key, year = :year WHERE id = :round",
        venue=venue.name,
        key=record_search.normalize_name(venue.name),
        year=venue.year,
        round=round_id,
    )


def _follow(conn: Conn, paper_id: int, step: StageChange) -> None:
    """Let the rounds follow a stage.

    A decision ends the open round; a verdict where none is open corrects the last one's. Submitted with no
    open round begins the next one, at the same venue until another is named. Any other stage under review
    with no open round means that the decision was recorded by mistake, so it is taken back.
    """
    last = _last_round(conn, paper_id)
    decision = DECISIONS.get(step.stage)
    if last is None:
        if step.stage in (*UNDER_REVIEW, *_VERDICTS):
            open_round(conn, paper_id, None, decision, step.day)
    elif decision is not None:
        if last["decision"] is None or step.stage in _VERDICTS:
            _decide(conn, last["id"], decision, step.day)
    elif step.stage is Stage.SUBMITTED and last["decision"] is not None:
        open_round(conn, paper_id, _again(last), None, step.day)
    elif step.stage in UNDER_REVIEW and last["decision"] is not None:
        _decide(conn, last["id"], None, step.day)


def _again(last: Row) -> VenueEdition:
    """Where a paper goes next when nobody said so: the same venue, but after a verdict not the same year."""
    kept = Stage(last["decision"]) is Stage.WITHDRAWN
    return VenueEdition(last["venue"], last["year"] if kept else None)


def _last_round(conn: Conn, paper_id: int) -> Row | None:
    return conn.one(
        "SELECT id, venue, year, decision FROM submission_round WHERE submission_id = :paper"
        " ORDER BY id DESC LIMIT 1",
        paper=paper_id,
    )


def _edition(row: Row) -> VenueEdition:
    return VenueEdition(row["venue"], row["year"])


def _decide(conn: Conn, round_id: int, decision: Stage | None, day: date) -> None:
    conn.run(
        "UPDATE submission_round SET decision = :decision, decided_on = :day WHERE id = :round",
        decision=decision.value if decision else None,
        day=day.isoformat() if decision else None,
        round=round_id,
    )


def _write_event(
    conn: Conn, paper_id: int, now: datetime, by: int, before: Stage, step: StageChange, venue: str
) -> None:
    conn.run(
        "INSERT INTO submission_event (submission_id, member_id, at, day, stage_before, stage, note, venue)"
        " VALUES (:paper, :member, :now, :day, :before, :stage, :note, :venue)",
        venue=venue or None,
        paper=paper_id,
        member=by,
        now=now,
        day=step.day.isoformat(),
        before=before.value,
        stage=step.stage.value,
        note=step.note,
    )
