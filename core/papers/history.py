"""Who changed what of a paper, and when: every statement on its events."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.papers.model import NoteVisibility, Stage
from core.papers.queries import viewer_id
from core.papers.updates import StageChange
from core.store.port import Conn, Row


class PaperField(StrEnum):
    """What can change of a paper."""

    STAGE = "stage"
    TITLE = "title"
    VISIBILITY = "visibility"
    COAUTHORS = "coauthors"
    LINK = "link"
    VENUE = "venue"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A change of a field that is no stage, in the words in which it is kept; empty for nothing."""

    field: PaperField
    before: str
    after: str


_PART = "EXISTS (SELECT 1 FROM submission s WHERE s.id = e.submission_id AND s.owner_id = :viewer)"
"""The condition under which the paper of an event is the caller's too."""

_READ = (
    f"(e.note_visibility = 'cohort' OR e.member_id = :viewer OR (e.note_visibility = 'private' AND {_PART}))"
)
"""The condition under which a caller who sees a paper reads a note, or a change of what is no stage: `private` is for who
wrote it and for whose paper it is, `author` for who wrote it alone."""

_COAUTHOR = (
    "(e.field <> 'stage' AND EXISTS (SELECT 1 FROM submission_author c WHERE c.submission_id = e.submission_id"
    " AND c.member_id = :viewer))"
)
"""Co-authors also read what was corrected while the cohort did not see the paper."""

_COLUMNS = (
    "e.id, e.at, e.day, e.field, e.stage_before, e.stage, e.value_before, e.value_after, e.note_visibility,"
    f" e.venue, {name_sql('e.member_id')} AS name"
)


def events(conn: Conn, scope: Scope, paper_id: int) -> Sequence[Row]:
    """What happened to a paper, in the order in which it was recorded: `day`, `field`, `stage_before`, `stage`,
    `value_before`, `value_after`, `note`, `note_visibility`, `venue` and `name`, that of the member who recorded it.
    Notes that the caller may not read are NULL, and what is nothing but such a note or change is not there."""
    return conn.all(
        f"SELECT {_COLUMNS}, CASE WHEN {_READ} THEN e.note END AS note"
        " FROM submission_event e WHERE +e.cohort_id = :cohort AND e.submission_id = :paper"
        f" AND ((e.field = 'stage' AND e.stage <> e.stage_before) OR {_READ} OR {_COAUTHOR}) ORDER BY e.id",
        paper=paper_id,
        viewer=viewer_id(scope),
    )


def latest(conn: Conn, paper_id: int) -> int:
    """The id of the last thing that happened to a paper, 0 where nothing did: what somebody has seen who looks now."""
    return int(
        conn.value(
            "SELECT coalesce(max(id), 0) FROM submission_event WHERE +cohort_id = :cohort AND submission_id = :paper",
            paper=paper_id,
        )
    )


def since(conn: Conn, paper_id: int, seen: int) -> Sequence[Row]:
    """What changed of a paper since somebody looked, the oldest first; columns as in `events` without the note."""
    return conn.all(
        f"SELECT {_COLUMNS} FROM submission_event e WHERE +e.cohort_id = :cohort AND e.submission_id = :paper AND e.id > :seen"
        " AND (e.field <> 'stage' OR e.stage <> e.stage_before) ORDER BY e.id",
        paper=paper_id,
        seen=seen,
    )


def between(conn: Conn, paper_id: int, first: int, last: int) -> Sequence[Row]:
    """The events of a paper from one to another; columns as in `events` without the note."""
    return conn.all(
        f"SELECT {_COLUMNS} FROM submission_event e WHERE +e.cohort_id = :cohort AND e.submission_id = :paper AND e.id >= :first"
        " AND e.id <= :last ORDER BY e.id",
        paper=paper_id,
        first=first,
        last=last,
    )


def one(conn: Conn, event_id: int) -> Row | None:
    """One event; columns as in `events` without the note. None where it is gone."""
    return conn.one(
        f"SELECT {_COLUMNS} FROM submission_event e WHERE e.id = :id AND e.cohort_id = :cohort", id=event_id
    )


def submitted_on(conn: Conn, paper_id: int) -> Row | None:
    """The `day` on which a paper was submitted last, where that is recorded."""
    return conn.one(
        "SELECT day FROM submission_event WHERE +cohort_id = :cohort AND submission_id = :paper AND stage = 'submitted'"
        " AND stage_before <> 'submitted' ORDER BY id DESC LIMIT 1",
        paper=paper_id,
    )


def add_stage(
    conn: Conn, scope: Scope, paper_id: int, member_id: int, before: Stage, change: StageChange, venue: str
) -> int:
    """Record what a member said of a paper's stage. `venue` is empty where none is known. Returns the event's id."""
    return conn.insert(
        "INSERT INTO submission_event (cohort_id, submission_id, member_id, at, day, stage_before, stage, note,"
        " note_visibility, venue) VALUES (:cohort, :paper, :member, :now, :day, :before, :stage, :note, :who, :venue)",
        cohort=scope.cohort.id,
        paper=paper_id,
        member=member_id,
        now=scope.now,
        day=change.day,
        before=before.value,
        stage=change.stage.value,
        note=change.note,
        who=change.note_visibility.value,
        venue=venue or None,
    )


def add_change(
    conn: Conn,
    scope: Scope,
    paper_id: int,
    member_id: int | None,
    stage: Stage,
    change: FieldChange,
    seen_by: NoteVisibility,
) -> int:
    """Record a change of something else than the stage, at which the paper stays. Returns the event's id."""
    return conn.insert(
        "INSERT INTO submission_event (cohort_id, submission_id, member_id, at, day, stage_before, stage,"
        " note_visibility, field, value_before, value_after) VALUES (:cohort, :paper, :member, :now, :day, :stage,"
        " :stage, :who, :field, :before, :after)",
        cohort=scope.cohort.id,
        paper=paper_id,
        member=member_id,
        now=scope.now,
        day=scope.today,
        stage=stage.value,
        who=seen_by.value,
        field=change.field.value,
        before=change.before,
        after=change.after,
    )
