"""Papers as the caller may see them: the way from typed text to a paper, lists and timelines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from core import clock
from core.chat.model import Button, Buttons, Choice
from core.chat.text import say
from core.cohorts.model import Member, Scope
from core.commands import record_search
from core.commands.decorators import record
from core.commands.paging import Page
from core.commands.spec import NothingThere
from core.errors import NotAllowed, NotFound
from core.papers import authors, board, hidden, history, queries, titles, venues
from core.papers.arguments import RecordedVenue
from core.papers.editions import EditionDate
from core.papers.history import FieldChange, PaperField
from core.papers.model import NoteVisibility, Paper, Stage, VenueEdition, Visibility
from core.papers.queries import PaperFilter
from core.store.port import Conn, Row

_MAX_CHOICES = 25
_MISSING = say("{/submission list} shows the papers that you can see.")
NO_PAPER = NothingThere(
    "There is no paper here yet that you can see. Adding one takes its title.",
    Button("Add a paper", "submission add"),
)
_NOT_YOURS = "No paper here is yours yet. What the others added is theirs to change."


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """Papers by any words of their titles: the caller's own first, then the cohort's, newest first."""
    rows = record_search.offered(
        typed,
        _MAX_CHOICES,
        by_number=partial(queries.visible_by_number, conn, scope),
        by_words=partial(titles.visible_by_words, conn, scope),
        newest=partial(titles.newest_visible, conn, scope),
    )
    return [record_search.choice(row["number"], row["title"]) for row in rows]


@record(Paper, complete=complete, none=NO_PAPER)
def resolve(conn: Conn, scope: Scope, typed: str) -> Paper:
    """The paper of that number, or with these words in its title. What the caller may not see is not there."""
    rows = record_search.candidates(
        typed,
        record_search.SHOWN + 1,
        by_number=partial(queries.visible_by_number, conn, scope),
        by_title=partial(titles.visible_by_title, conn, scope),
        by_words=partial(titles.visible_by_words, conn, scope),
    )
    row = record_search.pick_one(
        rows, typed, number_of=lambda row: row["number"], title_of=lambda row: row["title"], missing=_MISSING
    )
    return queries.with_rounds(conn, scope, row)


@record(VenueEdition, complete=venues.complete, needs_cohort=False)
def resolve_venue(_conn: Conn, scope: Scope | None, typed: str) -> VenueEdition:
    """The venue edition that was typed."""
    return venues.resolve(typed, scope.today if scope else None)


@record(RecordedVenue, complete=venues.complete, needs_cohort=False)
def resolve_recorded_venue(conn: Conn, scope: Scope | None, typed: str) -> VenueEdition:
    """The venue edition that was typed, which is asked about where it may be a slip."""
    return venues.resolve_recorded(conn, scope, typed) if scope else venues.resolve(typed)


def may_change(member: Member, paper: Paper) -> bool:
    """Whether somebody may update a paper: its owner, its co-authors and the organizers who see it."""
    return is_author(member, paper) or member.organizer


def is_author(member: Member, paper: Paper) -> bool:
    """Whether a paper is somebody's, or they are a co-author of it."""
    return member.id == paper.owner or member.id in paper.coauthors


def check_author(member: Member, paper: Paper, field: str = "paper") -> None:
    """Raises `NotAllowed` at `field` unless the member is an author of the paper."""
    if not is_author(member, paper):
        raise NotAllowed("Only its authors say how likely it is that a paper is accepted.", field=field)


def changeable(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Paper | None:
    """The paper that was given to a form which changes it; None where none was. Raises `NotAllowed` where the caller may
    change none, or not that one."""
    member, typed = scope.member, given.get("paper")
    if typed:
        paper = resolve(conn, scope, typed)
        if member is not None:
            check_may_change(member, paper)
        return paper
    if member is not None and not member.organizer and queries.count_of_member(conn, member.id) == 0:
        raise NotAllowed(_NOT_YOURS, blocks=(Buttons((NO_PAPER.button,)),))
    return None


def require_changeable(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """Before a form opens that changes a paper: raises as `changeable` does."""
    changeable(conn, scope, given)
    return {}


def remember_seen(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What a form that changes a paper keeps: the last thing that had happened to it when the form opened. Raises as
    `changeable` does."""
    paper = changeable(conn, scope, given)
    return {} if paper is None else {"seen": str(history.latest(conn, paper.id))}


def check_may_change(member: Member, paper: Paper) -> None:
    """Raises `NotAllowed` unless the member may update the paper."""
    if not may_change(member, paper):
        raise NotAllowed(
            "Only the member who added a paper, its co-authors and organizers can update it.", field="paper"
        )


@dataclass(frozen=True, slots=True)
class PaperDetails:
    """What only the paper's own page shows. `owner` is a name."""

    owner: str
    visibility: Visibility
    coauthors: str
    link: str | None
    created_at: datetime


def details(conn: Conn, paper: Paper) -> PaperDetails:
    """The rest of a paper that the caller was found to see."""
    row = queries.details(conn, paper.id)
    if row is None:
        raise NotFound(say("This paper is not there any more. {missing}", missing=_MISSING))
    return PaperDetails(
        row["owner"],
        Visibility(row["visibility"]),
        authors.listed(authors.of_paper(conn, paper.id)),
        row["link"],
        row["created_at"],
    )


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row of the board. `venue` is where the paper is or was last, `next` what that has for it next; `owner` is a
    name."""

    number: int
    title: str
    stage: Stage
    venue: VenueEdition
    owner: str
    private: bool
    next: EditionDate | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A page of papers by stage, how many stand at each, and the stored figure of anonymous ones, which no filter narrows:
    beside a filtered list there is none."""

    rows: Sequence[PaperRow]
    page: Page
    counts: Mapping[Stage, int]
    anonymous: Sequence[tuple[str, int]]
    filtered: bool


def papers(conn: Conn, scope: Scope, wanted: PaperFilter, page: int, zone: str) -> Board:
    """The papers that the caller sees, by stage; what is next is told by the calendar of a zone."""
    counts = board.counts(conn, scope, wanted)
    shown = Page(page, sum(counts.values()))
    stages, before = _stages_of(shown, counts)
    dates = board.coming(conn, scope, wanted, stages, zone)
    found = board.page(conn, scope, wanted, stages, dates, shown.start - before, shown.size) if stages else ()
    rows = [
        PaperRow(
            row["number"],
            row["title"],
            Stage(row["stage"]),
            VenueEdition(row["venue"] or "", row["year"]),
            row["owner"],
            row["visibility"] != Visibility.COHORT.value,
            dates.get(board.destination(row)),
        )
        for row in found
    ]
    filtered = wanted != PaperFilter()
    anonymous = () if filtered else hidden.anonymous_counts(conn, scope.cohort.id)
    return Board(rows, shown, counts, anonymous, filtered)


def _stages_of(page: Page, counts: Mapping[Stage, int]) -> tuple[list[Stage], int]:
    """The stages that a page shows papers of, and how many papers stand at those before them."""
    stages, before, at = [], 0, 0
    for stage, count in counts.items():
        if at + count <= page.start:
            before += count
        elif at < page.start + page.size:
            stages.append(stage)
        at += count
    return stages, before


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a paper. `before` is None when it was added; `by` is the name of the member
    who recorded it; `venue` is empty where it was not written down; `private` says that not everybody reads the
    note, or not of the `change`, which is None where the stage changed or a note was written."""

    day: date
    before: Stage | None
    stage: Stage
    note: str | None
    by: str | None
    venue: str = ""
    private: bool = False
    change: FieldChange | None = None


def field_change(row: Row) -> FieldChange | None:
    """What a row of `core.papers.history` says changed beside the stage."""
    field = PaperField(row["field"])
    if field is PaperField.STAGE:
        return None
    return FieldChange(field, row["value_before"] or "", row["value_after"] or "")


def recorded(conn: Conn, scope: Scope, paper: Paper) -> list[Event]:
    """What the caller may know of what happened to a paper, in the order in which it was recorded."""
    first = queries.details(conn, paper.id)
    if first is None:
        return []
    added = clock.local_date(first["created_at"], scope.cohort.zone)
    found = [Event(added, None, Stage(first["first_stage"]), None, first["owner"])]
    for row in history.events(conn, scope, paper.id):
        day, before, after = row["day"], Stage(row["stage_before"]), Stage(row["stage"])
        private = row["note_visibility"] != NoteVisibility.COHORT.value
        change = field_change(row)
        found.append(Event(day, before, after, row["note"], row["name"], row["venue"] or "", private, change))
    return found
