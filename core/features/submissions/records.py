"""Papers as the caller may see them: rows, rounds, and the way from typed text to a paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.chat.model import Choice
from core.cohorts.model import Member, Scope
from core.commands import record_search
from core.commands.decorators import record
from core.errors import NotFound
from core.papers.model import Paper, Round, Stage, VenueEdition
from core.store.port import Conn, Row


class Visibility(StrEnum):
    """Who learns of a paper."""

    PRIVATE = "private"
    COHORT = "cohort"
    ANONYMOUS = "anonymous"

    @property
    def label(self) -> str:
        """The words of the choice."""
        return {
            "private": "private: only I see it",
            "cohort": "cohort: everybody here sees it, and the digest may tell good news",
            "anonymous": "anonymous: counted, never named",
        }[self.value]


SEEN = "(s.visibility = 'cohort' OR s.owner_id = :member)"
"""The condition under which a caller sees a paper; `:member` is their id."""

_PAPER = "SELECT s.id, s.number, s.title, s.owner_id, s.stage FROM submission s WHERE s.cohort_id = :cohort"
_CANDIDATES = record_search.SHOWN + 1
_OFFERED = 25
_MISSING = "“submission list” shows the papers that you can see."


def viewer_id(scope: Scope) -> int:
    """The id for `:member` in `SEEN`."""
    return scope.member.id if scope.member else -1


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """The caller's own papers first, then the cohort's, newest first."""
    number = record_search.number(typed)
    rows = conn.all(
        f"SELECT s.number, s.title FROM submission s WHERE s.cohort_id = :cohort AND {SEEN}"
        " AND (s.number = :number OR s.folded LIKE :pattern ESCAPE '!')"
        f" ORDER BY CASE WHEN s.owner_id = :member THEN 0 ELSE 1 END, s.number DESC LIMIT {_OFFERED}",
        cohort=scope.cohort.id,
        member=viewer_id(scope),
        number=-1 if number is None else number,
        pattern=record_search.substring_pattern("" if typed == "#" else typed),
    )
    return [record_search.choice(row["number"], row["title"]) for row in rows]


@record(Paper, complete=complete)
def resolve(conn: Conn, scope: Scope, typed: str) -> Paper:
    """The paper of that number, or whose title begins so. What the caller may not see is not there."""
    seen = {"cohort": scope.cohort.id, "member": viewer_id(scope)}
    rows: Sequence[Row] = ()
    if (number := record_search.number(typed)) is not None:
        rows = conn.all(f"{_PAPER} AND {SEEN} AND s.number = :number", number=number, **seen)
    if not rows and (number is None or not typed.startswith("#")):
        rows = conn.all(
            f"{_PAPER} AND {SEEN} AND s.folded LIKE :pattern ESCAPE '!'"
            " ORDER BY CASE WHEN s.folded = :folded THEN 0 ELSE 1 END, s.number DESC"
            f" LIMIT {_CANDIDATES}",
            pattern=record_search.prefix_pattern(typed),
            folded=record_search.casefold_title(typed),
            **seen,
        )
    row = record_search.pick_one(
        rows, typed, number_of=lambda row: row["number"], title_of=lambda row: row["title"], missing=_MISSING
    )
    tries = rounds(conn, row["id"], scored=row["owner_id"] == viewer_id(scope))
    return Paper(row["id"], row["number"], row["title"], row["owner_id"], Stage(row["stage"]), tries)


def rounds(conn: Conn, paper_id: int, *, scored: bool) -> tuple[Round, ...]:
    """A paper's tries in order of time; with the scores of their reviews only for the paper's owner."""
    rows = conn.all(
        "SELECT id, venue, year, decision FROM submission_round WHERE submission_id = :paper ORDER BY id",
        paper=paper_id,
    )
    scores = _scores(conn, paper_id) if scored and rows else {}
    return tuple(
        Round(
            VenueEdition(row["venue"], row["year"]),
            Stage(row["decision"]) if row["decision"] else None,
            scores.get((row["id"], 0), ()),
            scores.get((row["id"], 1), ()),
        )
        for row in rows
    )


def _scores(conn: Conn, paper_id: int) -> dict[tuple[int, int], tuple[float, ...]]:
    """The scores of a paper's reviews by round and by whether they are from after the discussion."""
    rows = conn.all(
        "SELECT v.round_id, v.discussed, v.score FROM review v JOIN submission_round r ON r.id = v.round_id"
        " WHERE r.submission_id = :paper ORDER BY v.number",
        paper=paper_id,
    )
    found: dict[tuple[int, int], tuple[float, ...]] = {}
    for row in rows:
        key = row["round_id"], row["discussed"]
        found[key] = (*found.get(key, ()), row["score"])
    return found


def may_change(member: Member, paper: Paper) -> bool:
    """Whether somebody may update a paper: its owner and the organizers who see it."""
    return member.id == paper.owner or member.organizer


@dataclass(frozen=True, slots=True)
class Details:
    """What only the paper's own page shows."""

    owner: str
    visibility: Visibility
    coauthors: str | None
    link: str | None
    created_at: datetime


def details(conn: Conn, paper: Paper) -> Details:
    """The rest of a paper that the caller was found to see."""
    row = conn.one(
        "SELECT p.name, s.visibility, s.coauthors, s.link, s.created_at FROM submission s"
        " JOIN member m ON m.id = s.owner_id JOIN person p ON p.id = m.person_id WHERE s.id = :paper",
        paper=paper.id,
    )
    if row is None:
        raise NotFound(f"This paper is not there any more. {_MISSING}")
    return Details(
        row["name"], Visibility(row["visibility"]), row["coauthors"], row["link"], row["created_at"]
    )
