"""What the tables of this package hold of people."""

from core.chat.model import Button
from core.cohorts.members import name_sql
from core.cohorts.privacy import DataTopic, Naming, ReadByAll, TableData, below
from core.papers.deletion import NOT_DELETED

PAPERS = DataTopic(
    "Papers",
    100,
    "titles, links, co-authors, stages and dates, your notes",
    "you and your co-authors in the cohort; everybody in it, where you chose that",
    Button("Show", "submission list"),
    kept="until you delete them; deleted ones for a day",
    stays="Papers that you share with somebody in the cohort stay with them, under “a former member” and without your notes.",
)
REVIEWS = DataTopic(
    "Reviews",
    110,
    "scores, confidence, how constructive they were, your summaries",
    "you alone; scores count in the cohort's figures, from five people on",
    kept="until you remove them; removed ones for a day",
)

FORECASTS = DataTopic(
    "Forecasts",
    115,
    "how likely you thought it that a paper is accepted",
    "you alone; they count in the cohort's figures, from five people on",
    Button("Show", "submission forecast"),
    kept="until you take them back, or the paper goes, or you take your name off it",
)

_MINE = "(t.owner_id = :member)"
_CO_AUTHORED = (
    "SELECT c.submission_id FROM submission_author c JOIN submission s ON s.id = c.submission_id"
    f" WHERE c.member_id = :member AND {NOT_DELETED}"
)
"""What their owner has deleted is their owner's alone."""
_AUTHOR = f"t.id IN ({_CO_AUTHORED})"
_PAPER = "t.submission_id IN (SELECT s.id FROM submission s WHERE s.owner_id = :member)"
_PAPER_TOO = f"t.submission_id IN ({_CO_AUTHORED})"
_OTHERS = (
    "t.submission_id IN (SELECT s.id FROM submission s WHERE s.owner_id = :member"
    f" UNION {_CO_AUTHORED})"
    " AND (t.member_id IS NULL OR t.member_id <> :member)"
)
_NOTE_READ = "t.note_visibility IN ('cohort', 'private')"
"""Whether the authors of a paper read the note of an event."""
_SHOWN = (
    "submission_id",
    "at",
    "day",
    "stage_before",
    "stage",
    "venue",
    "field",
    "value_before",
    "value_after",
)

SUBMISSION = TableData(
    "submission",
    PAPERS,
    own=_MINE,
    named=(
        Naming(
            f"{_AUTHOR} AND t.owner_id <> :member",
            ("number", "title", "stage", "visibility", "link", "created_at"),
        ),
    ),
    words=("title", "link"),
    counted="created_at",
)
EVENT = TableData(
    "submission_event",
    PAPERS,
    own="t.member_id = :member",
    named=(
        Naming(f"{_OTHERS} AND {_NOTE_READ}", (*_SHOWN, "note")),
        Naming(f"{_OTHERS} AND NOT {_NOTE_READ}", _SHOWN),
    ),
    words=("note",),
    read_by_all=ReadByAll(
        "t.cohort_id = :cohort AND t.note_visibility = 'cohort' AND t.submission_id IN"
        " (SELECT s.id FROM submission s WHERE s.visibility = 'cohort')",
        name_sql("t.member_id"),
        "at",
    ),
)
ROUND = TableData(
    "submission_round",
    PAPERS,
    own=_PAPER,
    named=(Naming(_PAPER_TOO, ("venue", "year", "decision", "decided_on")),),
)

PERSONAL_DATA = (
    SUBMISSION,
    ROUND,
    EVENT,
    TableData("forecast", FORECASTS, own="t.member_id = :member", counted="stated_at"),
    TableData(
        "submission_author",
        PAPERS,
        own="t.member_id = :member",
        named=(Naming(_PAPER, ("submission_id", "name")),),
    ),
    TableData("paper_import", PAPERS, own="t.member_id = :member", words=("name",), counted="at"),
    TableData("submission_alias", PAPERS, own=below(SUBMISSION, "submission_id")),
    TableData("submission_word", nobodys="The words of titles, to find papers by; they go with the paper."),
    TableData("review", REVIEWS, own="t.member_id = :member", words=("summary",), counted="created_at"),
    TableData(
        "venue_edition", nobodys="Conferences and workshops, as organizers and public files have them."
    ),
    TableData("venue_source", nobodys="What a source says of a conference."),
    TableData(
        "venue_change",
        DataTopic(
            "Changes of venues",
            120,
            "which dates you entered, imported or removed as an organizer",
            "organizers",
            kept="for a day",
        ),
        own="t.member_id = :member",
        counted="at",
    ),
    TableData("venue_change_part", nobodys="What sources said of conferences before and after a change."),
    TableData("venue_date", nobodys="Dates of conferences."),
)
