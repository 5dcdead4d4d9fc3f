"""Every statement on the reviews of papers. They are for the paper's owner alone: who asks is checked before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.chat.model import LabelledEnum
from core.cohorts import settings
from core.cohorts.members import present_sql
from core.cohorts.model import Scope
from core.commands import handled_calls
from core.papers.deletion import NOT_DELETED
from core.papers.words import WORDS
from core.store.port import Conn, Row

_NOTED = (
    "FROM review v JOIN submission_round r ON r.id = v.round_id JOIN submission s ON s.id = r.submission_id"
    " AND s.owner_id = v.member_id AND +v.cohort_id = :cohort"
)
"""Reviews that the owner of the paper noted, also removed ones: what an owner noted who left is nobody else's."""

_OF_PAPER = f"{_NOTED} AND v.removed_at IS NULL"
"""Those that are there: what was removed is not, though it can be had back for a day."""

UNDO = timedelta(days=1)
"""How long a removed review can be had back."""

_AT_ONCE = 500
"""Rounds whose reviews are read with one statement."""

LOWEST, HIGHEST = -1000.0, 1000.0
"""The scores that can be noted at all: no venue is known whose scale goes further."""

MOST = 20
"""How many reviews one round can have."""


class Constructiveness(LabelledEnum):
    """How constructive a review was."""

    CONSTRUCTIVE = "constructive", "constructive: something to work with"
    MIXED = "mixed", "mixed: some of it helps"
    LITTLE = "little", "little to work with"

    @property
    def words(self) -> str:
        """The same in a sentence or a table."""
        return self.label if self is Constructiveness.LITTLE else self.value


def of_round(conn: Conn, round_id: int) -> Sequence[Row]:
    """The reviews of a round in the order in which they were noted: `id`, `score`, `discussed`."""
    return conn.all(
        f"SELECT v.id, v.score, v.discussed {_OF_PAPER} WHERE v.round_id = :round ORDER BY v.id",
        round=round_id,
    )


def of_paper(conn: Conn, paper_id: int) -> Sequence[Row]:
    """All reviews of a paper, round by round: `number`, `round`, counted from 1, `venue`, `year`, `score`,
    `confidence`, `constructive`, `discussed`, `summary`, `created_at`."""
    return conn.all(
        "SELECT v.number, v.created_at, r.venue, r.year, v.score, v.confidence, v.substance AS constructive, v.discussed,"
        " v.summary, (SELECT count(*) FROM submission_round b WHERE b.submission_id = r.submission_id"
        f" AND b.id <= r.id) AS round {_OF_PAPER}"
        " WHERE r.submission_id = :paper ORDER BY v.round_id, v.id",
        paper=paper_id,
    )


def scores_of_paper(conn: Conn, paper_id: int) -> dict[tuple[int, bool], tuple[float, ...]]:
    """The scores of a paper's reviews by the id of the round and by whether they are from after the
    discussion."""
    rows = conn.all(
        f"SELECT v.round_id, v.discussed, v.score {_OF_PAPER} WHERE r.submission_id = :paper ORDER BY v.id",
        paper=paper_id,
    )
    scores: dict[tuple[int, bool], tuple[float, ...]] = {}
    for row in rows:
        key = row["round_id"], bool(row["discussed"])
        scores[key] = (*scores.get(key, ()), row["score"])
    return scores


def rounds_of_present_members(conn: Conn, cohort_id: int) -> Sequence[Row]:
    """The rounds with two reviews or more from one side of the discussion (`discussed`) of papers whose owners are
    in the cohort now, the newest papers and rounds first: `paper` and `round`, ids, `owner_id`, and `venue`,
    `venue_key`, `year` and `decision` of the round. Only for figures of several people."""
    return conn.all(
        "SELECT s.id AS paper, s.owner_id, r.id AS round, r.venue, r.venue_key, r.year, r.decision, v.discussed"
        f" {_OF_PAPER} WHERE s.cohort_id = :cohort AND {present_sql('s.owner_id')} AND {NOT_DELETED}"
        f" GROUP BY s.id, r.id, v.discussed HAVING count(*) >= 2 ORDER BY s.id DESC, r.id DESC, v.discussed",
        cohort=cohort_id,
    )


def of_rounds(conn: Conn, rounds: Sequence[int]) -> dict[tuple[int, bool], list[Row]]:
    """The reviews of some rounds by the round's id and by whether they are from after the discussion, each `id` and
    `score`. Only for figures of several people."""
    found: dict[tuple[int, bool], list[Row]] = {}
    for at in range(0, len(rounds), _AT_ONCE):
        ids = ", ".join(str(int(each)) for each in rounds[at : at + _AT_ONCE])
        for row in conn.all(
            f"SELECT v.id, v.round_id, v.discussed, v.score {_OF_PAPER} WHERE v.round_id IN ({ids}) ORDER BY v.id"
        ):
            found.setdefault((row["round_id"], bool(row["discussed"])), []).append(row)
    return found


def by_words(conn: Conn, scope: Scope, owner_id: int, typed: str, limit: int) -> Sequence[Row]:
    """A member's reviews whose paper's title has words that begin with those that were typed, the newest first:
    `number`, `score`, `title`. All of them where no word was typed."""
    fitting, values = WORDS.fitting("s.id", typed)
    return conn.all(
        f"SELECT v.number, v.score, s.title {_OF_PAPER} WHERE +v.cohort_id = :cohort AND s.owner_id = :owner"
        f" AND {NOT_DELETED} AND {fitting} ORDER BY v.id DESC LIMIT {limit}",
        cohort=scope.cohort.id,
        owner=owner_id,
        **values,
    )


def by_number(conn: Conn, scope: Scope, owner_id: int, number: int) -> Row | None:
    """A member's review by its number: `id`, `number`, `round_id`, `score`, `confidence`, `constructive`, `discussed`,
    `summary`, `title` and `paper`, its number, of its paper, and `venue` and `year` of its round."""
    return conn.one(
        "SELECT v.id, v.number, v.round_id, v.score, v.confidence, v.substance AS constructive, v.discussed,"
        " v.summary, r.venue, r.year, s.title, s.number AS paper"
        f" {_OF_PAPER} WHERE v.cohort_id = :cohort AND v.number = :number AND s.owner_id = :owner"
        f" AND {NOT_DELETED}",
        cohort=scope.cohort.id,
        number=number,
        owner=owner_id,
    )


@dataclass(frozen=True, slots=True)
class ReviewValues:
    """The values of a new review. `discussed` says that its score is from after the discussion."""

    score: float
    confidence: int | None
    constructive: str | None
    discussed: bool
    summary: str | None


def add(conn: Conn, scope: Scope, round_id: int, member_id: int, review: ReviewValues) -> int:
    """Record a review of a round under a number of its own: a random one, since only the paper's owner sees it.
    Returns the number."""
    number = settings.hidden_number_in(conn, scope.cohort.id, "review")
    conn.run(
        "INSERT INTO review (cohort_id, number, round_id, member_id, score, confidence, substance, discussed, summary,"
        " created_at) VALUES (:cohort, :number, :round, :member, :score, :confidence, :constructive, :discussed,"
        " :summary, :now)",
        cohort=scope.cohort.id,
        number=number,
        round=round_id,
        member=member_id,
        score=review.score,
        confidence=review.confidence,
        constructive=review.constructive,
        discussed=int(review.discussed),
        summary=review.summary,
        now=scope.now,
    )
    return number


def count_of_owner(conn: Conn, owner_id: int) -> int:
    """How many reviews a member has noted."""
    count: int = conn.value(
        f"SELECT count(*) {_OF_PAPER} WHERE s.owner_id = :owner AND {NOT_DELETED}", owner=owner_id
    )
    return count


def change(conn: Conn, review_id: int, review: ReviewValues) -> None:
    """Let a review have these values. What calls gave back is forgotten: it may hold those before."""
    cohort = conn.value(
        "UPDATE review SET score = :score, confidence = :confidence, substance = :constructive,"
        " discussed = :discussed, summary = :summary WHERE id = :id AND cohort_id = :cohort RETURNING cohort_id",
        id=review_id,
        score=review.score,
        confidence=review.confidence,
        constructive=review.constructive,
        discussed=int(review.discussed),
        summary=review.summary,
    )
    if cohort is not None:
        handled_calls.erase_results(conn, cohort)


def remove(conn: Conn, review_id: int, now: datetime) -> None:
    """Remove a review: from now on it is not there, and in a day it is gone."""
    cohort = conn.value(
        "UPDATE review SET removed_at = :now WHERE id = :id AND cohort_id = :cohort RETURNING cohort_id",
        id=review_id,
        now=now,
    )
    if cohort is not None:
        handled_calls.erase_results(conn, cohort)


def removed(conn: Conn, scope: Scope, owner_id: int, limit: int) -> Sequence[Row]:
    """A member's reviews that can be had back, the last one first: `number`, `score`, `title`."""
    return conn.all(
        f"SELECT v.number, v.score, s.title {_NOTED}"
        f" WHERE v.member_id = :owner AND +v.cohort_id = :cohort AND v.removed_at > :since AND {NOT_DELETED}"
        f" ORDER BY v.removed_at DESC LIMIT {limit}",
        owner=owner_id,
        cohort=scope.cohort.id,
        since=scope.now - UNDO,
    )


def restore(conn: Conn, scope: Scope, owner_id: int, number: int) -> Row | None:
    """Have a removed review of a member's back, within its day. Returns its paper's `number`; None where there is none."""
    row = conn.one(
        f"SELECT v.id, s.number {_NOTED}"
        " WHERE v.cohort_id = :cohort AND v.number = :number AND s.owner_id = :owner AND v.removed_at > :since"
        f" AND {NOT_DELETED}",
        cohort=scope.cohort.id,
        number=number,
        owner=owner_id,
        since=scope.now - UNDO,
    )
    if row is not None:
        conn.run("UPDATE review SET removed_at = NULL WHERE id = :id AND cohort_id = :cohort", id=row["id"])
    return row


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Let at most so many removed reviews go whose day is over. Returns how many."""
    rows = conn.all(
        "SELECT id, cohort_id FROM review WHERE removed_at <= :before ORDER BY removed_at LIMIT :most",
        before=now - UNDO,
        most=most,
    )
    for row in rows:
        conn.run("DELETE FROM review WHERE id = :id", id=row["id"])
    for cohort in {row["cohort_id"] for row in rows}:
        handled_calls.erase_results(conn, cohort)
    return len(rows)
