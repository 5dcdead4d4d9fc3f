"""The statements that write papers, their rounds and their events. What follows from what is for the feature."""

from dataclasses import dataclass
from datetime import date

from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.record_search import normalize_name
from core.papers import authors
from core.papers.authors import Author
from core.papers.model import NoteVisibility, Stage, VenueEdition, Visibility
from core.papers.words import WORDS
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class NewPaper:
    """What a member said of a new paper, checked."""

    title: str
    venue: VenueEdition | None
    stage: Stage
    visibility: str
    coauthors: tuple[Author, ...] | None
    link: str | None


@dataclass(frozen=True, slots=True)
class StageChange:
    """A change of a paper's stage. `day` is the local date on which it happened; `note_visibility` is who reads the
    note."""

    stage: Stage
    day: date
    note: str | None
    note_visibility: NoteVisibility = NoteVisibility.PRIVATE


_KIND = "submission"
"""What papers are called among the counters."""


@dataclass(frozen=True, slots=True)
class AddedPaper:
    """A paper that was recorded, with its short number."""

    id: int
    number: int


def add_paper(conn: Conn, scope: Scope, owner_id: int, paper: NewPaper) -> AddedPaper:
    """Record a paper under a number of its own: the next one where the cohort may see it, else a random one."""
    seen = paper.visibility == Visibility.COHORT.value
    number = _common_number(conn, scope.cohort.id) if seen else _hidden_number(conn, scope.cohort.id)
    paper_id = conn.insert(
        "INSERT INTO submission (cohort_id, number, owner_id, title, stage, first_stage,"
        " visibility, link, created_at) VALUES (:cohort, :number, :owner, :title, :stage,"
        " :stage, :visibility, :link, :now)",
        cohort=scope.cohort.id,
        number=number,
        owner=owner_id,
        title=paper.title,
        stage=paper.stage.value,
        visibility=paper.visibility,
        link=paper.link,
        now=scope.now,
    )
    WORDS.add(conn, scope.cohort.id, paper_id, paper.title)
    if paper.coauthors:
        authors.replace(conn, scope, paper_id, paper.coauthors)
    return AddedPaper(paper_id, number)


def set_visibility(conn: Conn, scope: Scope, paper_id: int, visibility: Visibility) -> int:
    """Set who learns of a paper. One that the cohort sees for the first time takes the next common number; one that it
    sees no more takes a hidden one, and has its common number again when it is seen again. Its owner still finds it by
    the old number. Returns its number."""
    conn.run(
        "UPDATE submission SET visible_at = CASE WHEN :visibility = 'cohort' AND visibility <> 'cohort' THEN :now"
        " ELSE visible_at END, visibility = :visibility WHERE id = :paper AND cohort_id = :cohort",
        visibility=visibility.value,
        paper=paper_id,
        now=scope.now,
    )
    old = int(
        conn.value("SELECT number FROM submission WHERE id = :paper AND cohort_id = :cohort", paper=paper_id)
    )
    last = settings.last_number(conn, scope.cohort.id, _KIND)
    if (visibility is Visibility.COHORT) == (old <= last):
        return old
    if visibility is Visibility.COHORT:
        number = _earlier_common_number(conn, paper_id, last) or _common_number(conn, scope.cohort.id)
    else:
        number = _hidden_number(conn, scope.cohort.id)
    _set_number(conn, paper_id, number)
    conn.run(
        "INSERT INTO submission_alias (cohort_id, number, submission_id) VALUES (:cohort, :number, :paper)",
        cohort=scope.cohort.id,
        number=old,
        paper=paper_id,
    )
    return number


def _earlier_common_number(conn: Conn, paper_id: int, last: int) -> int | None:
    """The common number that a hidden paper had while the cohort saw it, taken out of its old ones."""
    number: int | None = conn.value(
        "DELETE FROM submission_alias WHERE +cohort_id = :cohort AND submission_id = :paper AND number <= :last RETURNING number",
        paper=paper_id,
        last=last,
    )
    return number


def _common_number(conn: Conn, cohort_id: int) -> int:
    """The next number of what the cohort sees. A hidden paper, or an old number of one, that stands in the way goes:
    skipping its number would tell of it."""
    number = settings.next_number(conn, cohort_id, _KIND)
    if number >= settings.FIRST_HIDDEN:
        conn.run(
            "DELETE FROM submission_alias WHERE cohort_id = :cohort AND number = :number",
            cohort=cohort_id,
            number=number,
        )
        in_way = conn.value(
            "SELECT id FROM submission WHERE cohort_id = :cohort AND number = :number",
            cohort=cohort_id,
            number=number,
        )
        if in_way is not None:
            _set_number(conn, in_way, _hidden_number(conn, cohort_id))
    return number


def _hidden_number(conn: Conn, cohort_id: int) -> int:
    last = settings.last_number(conn, cohort_id, _KIND)
    return settings.hidden_number_in(conn, cohort_id, "submission", "submission_alias", above=last)


def _set_number(conn: Conn, paper_id: int, number: int) -> None:
    conn.run(
        "UPDATE submission SET number = :number WHERE id = :paper AND cohort_id = :cohort",
        number=number,
        paper=paper_id,
    )


def set_stage(conn: Conn, paper_id: int, stage: Stage) -> None:
    """Set the stage that a paper is at."""
    conn.run(
        "UPDATE submission SET stage = :stage WHERE id = :paper AND cohort_id = :cohort",
        stage=stage.value,
        paper=paper_id,
    )


def open_round(
    conn: Conn, paper_id: int, venue: VenueEdition | None, decision: Stage | None, day: date | None
) -> int:
    """Begin a round, or record one that is over already, decided on `day`. Returns its id."""
    name = venue.name if venue else ""
    return conn.insert(
        "INSERT INTO submission_round (cohort_id, submission_id, venue, venue_key, year, decision, decided_on)"
        " SELECT s.cohort_id, s.id, :venue, :key, :year, :decision, :day FROM submission s WHERE s.id = :paper AND s.cohort_id = :cohort",
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
        "UPDATE submission_round SET venue = :venue, venue_key = :key, year = :year WHERE id = :round AND cohort_id = :cohort",
        venue=venue.name,
        key=normalize_name(venue.name),
        year=venue.year,
        round=round_id,
    )


def decide_round(conn: Conn, round_id: int, decision: Stage | None, day: date) -> None:
    """Record the decision of a round and its date; None takes a decision back."""
    conn.run(
        "UPDATE submission_round SET decision = :decision, decided_on = :day WHERE id = :round AND cohort_id = :cohort",
        decision=decision.value if decision else None,
        day=day if decision else None,
        round=round_id,
    )


def set_title(conn: Conn, scope: Scope, paper_id: int, title: str) -> None:
    """Give a paper another title, by whose words it is found from now on."""
    conn.run(
        "UPDATE submission SET title = :title WHERE id = :paper AND cohort_id = :cohort",
        title=title,
        paper=paper_id,
    )
    WORDS.replace(conn, scope.cohort.id, paper_id, title)


def set_link(conn: Conn, paper_id: int, link: str | None) -> None:
    """Set where a paper can be read; None for nowhere."""
    conn.run(
        "UPDATE submission SET link = :link WHERE id = :paper AND cohort_id = :cohort",
        link=link,
        paper=paper_id,
    )
