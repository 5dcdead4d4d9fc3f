"""A member's papers whole, with rounds, reviews and what happened to them: as they are taken along in a file, and as they
come back out of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from core import clock
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.papers import authors, history, reviews, updates
from core.papers.authors import Author
from core.papers.deletion import NOT_DELETED
from core.papers.model import NoteVisibility, Stage, VenueEdition, Visibility
from core.papers.reviews import ReviewValues
from core.papers.updates import NewPaper, StageChange
from core.store.port import Conn, Row

_NOON = time(12)
"""Of what is only known by its date."""


@dataclass(frozen=True, slots=True)
class WholeReview:
    """A review as its owner noted it on a date. `discussed` says that its score is from after the discussion."""

    score: float
    confidence: int | None
    constructive: str | None
    discussed: bool
    summary: str | None
    noted_on: date


@dataclass(frozen=True, slots=True)
class WholeRound:
    """One try at a venue edition, whose name is empty where none was given. `decided_on` is None while it is open."""

    venue: VenueEdition
    decision: Stage | None
    decided_on: date | None
    reviews: tuple[WholeReview, ...] = ()


@dataclass(frozen=True, slots=True)
class WholeEvent:
    """A change of the stage, or a note at the stage at which the paper stayed."""

    day: date
    before: Stage
    stage: Stage
    note: str | None
    note_visibility: NoteVisibility
    venue: str


@dataclass(frozen=True, slots=True)
class WholePaper:
    """A paper with all that is its owner's of it. `coauthors` are names."""

    title: str
    stage: Stage
    first_stage: Stage
    visibility: Visibility
    coauthors: tuple[str, ...]
    link: str | None
    added_on: date
    rounds: tuple[WholeRound, ...] = ()
    events: tuple[WholeEvent, ...] = ()

    @property
    def venue(self) -> VenueEdition:
        """Where it is or was last."""
        return self.rounds[-1].venue if self.rounds else VenueEdition("")


def of_owner(conn: Conn, scope: Scope) -> list[WholePaper]:
    """All papers that are the caller's own, in the order in which they were added, with what they may read of them."""
    assert scope.member is not None  # noqa: S101 - papers belong to members
    owner, zone = scope.member.id, scope.cohort.zone
    rows = conn.all(
        "SELECT s.id, s.title, s.stage, s.first_stage, s.visibility, s.link, s.created_at FROM submission s"
        f" WHERE s.owner_id = :owner AND +s.cohort_id = :cohort AND {NOT_DELETED} ORDER BY s.id",
        owner=owner,
        cohort=scope.cohort.id,
    )
    named = _by_paper(conn, _AUTHORS, owner)
    rounds = _rounds(conn, scope)
    events = _by_paper(conn, _EVENTS, owner)
    return [
        WholePaper(
            row["title"],
            Stage(row["stage"]),
            Stage(row["first_stage"]),
            Visibility(row["visibility"]),
            tuple(each["name"] for each in named.get(row["id"], ())),
            row["link"],
            clock.local_date(row["created_at"], zone),
            tuple(rounds.get(row["id"], ())),
            tuple(map(_event, events.get(row["id"], ()))),
        )
        for row in rows
    ]


_OWNED = f"JOIN submission s ON s.id = c.submission_id AND s.owner_id = :owner AND +s.cohort_id = :cohort AND {NOT_DELETED}"
_AUTHORS = (
    f"SELECT c.submission_id, coalesce({name_sql('c.member_id')}, c.name) AS name FROM submission_author c {_OWNED}"
    " ORDER BY c.id"
)
_ROUNDS = f"SELECT c.* FROM submission_round c {_OWNED} ORDER BY c.id"
_REVIEWS = (
    "SELECT c.submission_id, v.round_id, v.score, v.confidence, v.substance, v.discussed, v.summary, v.created_at"
    f" FROM review v JOIN submission_round c ON c.id = v.round_id {_OWNED}"
    " WHERE v.member_id = :owner AND v.removed_at IS NULL ORDER BY v.id"
)
_EVENTS = (
    "SELECT c.submission_id, c.day, c.stage_before, c.stage, c.venue, c.note_visibility,"
    " CASE WHEN c.note_visibility <> 'author' OR c.member_id = :owner THEN c.note END AS note"
    f" FROM submission_event c {_OWNED} WHERE c.field = 'stage' ORDER BY c.id"
)


def _by_paper(conn: Conn, sql: str, owner: int) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for row in conn.all(sql, owner=owner):
        found.setdefault(row["submission_id"], []).append(row)
    return found


def _rounds(conn: Conn, scope: Scope) -> Mapping[int, list[WholeRound]]:
    assert scope.member is not None  # noqa: S101 - as above
    noted: dict[int, list[WholeReview]] = {}
    for row in conn.all(_REVIEWS, owner=scope.member.id):
        review = WholeReview(
            row["score"],
            row["confidence"],
            row["substance"],
            bool(row["discussed"]),
            row["summary"],
            clock.local_date(row["created_at"], scope.cohort.zone),
        )
        noted.setdefault(row["round_id"], []).append(review)
    found: dict[int, list[WholeRound]] = {}
    for row in conn.all(_ROUNDS, owner=scope.member.id):
        decision = Stage(row["decision"]) if row["decision"] else None
        venue = VenueEdition(row["venue"], row["year"])
        whole = WholeRound(venue, decision, row["decided_on"], tuple(noted.get(row["id"], ())))
        found.setdefault(row["submission_id"], []).append(whole)
    return found


def _event(row: Row) -> WholeEvent:
    # What only its author reads is theirs, and private to the owner whose it is.
    seen = NoteVisibility.COHORT if row["note_visibility"] == "cohort" else NoteVisibility.PRIVATE
    return WholeEvent(
        row["day"], Stage(row["stage_before"]), Stage(row["stage"]), row["note"], seen, row["venue"] or ""
    )


def add(conn: Conn, scope: Scope, import_id: int, paper: WholePaper, named: Sequence[Author]) -> int:
    """Record a paper of the caller's with all that happened to it, on the dates on which it did: none of it is news.
    `named` are its co-authors. Returns its id."""
    assert scope.member is not None  # noqa: S101 - papers belong to members
    owner = scope.member.id
    new = NewPaper(paper.title, None, paper.first_stage, paper.visibility.value, tuple(named), paper.link)
    added = updates.add_paper(conn, _on(scope, paper.added_on), owner, new)
    conn.run(
        "UPDATE submission SET stage = :stage, import_id = :import WHERE id = :paper AND cohort_id = :cohort",
        stage=paper.stage.value,
        paper=added.id,
        **{"import": import_id},
    )
    for each in paper.rounds:
        round_id = updates.open_round(conn, added.id, each.venue, each.decision, each.decided_on)
        for review in each.reviews:
            values = ReviewValues(
                review.score, review.confidence, review.constructive, review.discussed, review.summary
            )
            reviews.add(conn, _on(scope, review.noted_on), round_id, owner, values)
    for event in paper.events:
        change = StageChange(event.stage, event.day, event.note, event.note_visibility)
        history.add_stage(conn, _on(scope, event.day), added.id, owner, event.before, change, event.venue)
    return added.id


def _on(scope: Scope, day: date) -> Scope:
    """The scope as it was on a date."""
    at: datetime = min(clock.to_instant(day, _NOON, scope.cohort.zone), scope.now)
    return replace(scope, now=at)


def titles(conn: Conn, scope: Scope) -> list[tuple[int, str, VenueEdition]]:
    """The number, the title and the latest venue of each paper that is the caller's own."""
    assert scope.member is not None  # noqa: S101 - papers belong to members
    rows = conn.all(
        "SELECT s.number, s.title, r.venue, r.year FROM submission s"
        " LEFT JOIN submission_round r ON r.id = (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = s.id)"
        f" WHERE s.owner_id = :owner AND +s.cohort_id = :cohort AND {NOT_DELETED} ORDER BY s.id",
        owner=scope.member.id,
        cohort=scope.cohort.id,
    )
    return [(row["number"], row["title"], VenueEdition(row["venue"] or "", row["year"])) for row in rows]


def readers(conn: Conn, scope: Scope) -> "AuthorReader":
    """What turns names into co-authors: members of the cohort are looked up once."""
    return AuthorReader(authors.people(conn, scope), scope.member.id if scope.member else None)


@dataclass(frozen=True, slots=True)
class AuthorReader:
    """Names of co-authors, read one paper after the other."""

    known: authors.People
    owner: int | None

    def read(self, typed: Sequence[str]) -> list[Author]:
        """The co-authors of a paper by their names; the owner is none. Raises `BadInput` as `authors.named` does."""
        found = list[Author]()
        for name in typed:
            author = authors.named(self.known, name)
            is_owner = author.member_id is not None and author.member_id == self.owner
            if author.name and not is_owner and author not in found:
                found.append(author)
        return found
