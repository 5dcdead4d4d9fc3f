"""Reviews: rows, the scale they have to be on, and the way from typed text to a review.

Reviews are their paper's owner's alone: nobody else adds, sees or removes them, organizers neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.chat.model import Choice
from core.chat.text import say
from core.cohorts import directory
from core.cohorts.model import Member, Scope
from core.commands import record_search
from core.commands.decorators import record
from core.errors import BadInput, NotAllowed, NotFound
from core.lottery import venues
from core.papers.model import Paper, VenueEdition
from core.store.port import Conn, Row

LOWEST, HIGHEST = 0.0, 10.0
"""The scores that can be noted where a venue's scale is not known."""

MOST = 20
"""How many reviews one round can have."""

_OFFERED = 25
_MISSING = "“review list” shows the reviews of a paper of yours."


class Constructiveness(StrEnum):
    """How constructive a review was."""

    CONSTRUCTIVE = "constructive"
    MIXED = "mixed"
    LITTLE = "little"

    @property
    def label(self) -> str:
        """The words of the choice."""
        return {
            "constructive": "constructive: something to work with",
            "mixed": "mixed: some of it helps",
            "little": "little to work with",
        }[self.value]

    @property
    def words(self) -> str:
        """The same in a sentence or a table."""
        return "little to work with" if self is Constructiveness.LITTLE else self.value


class DiscussionPhase(StrEnum):
    """Whether a score stood before or after the reviewers' discussion."""

    BEFORE = "before"
    AFTER = "after"

    @property
    def label(self) -> str:
        """The words of the choice."""
        return f"{self.value} the discussion"


@dataclass(frozen=True, slots=True)
class ReviewNumber:
    """A review as it was typed. Whether it is there, and the caller's, is for the transaction to say: a
    removal that is delivered twice finds it the first time only, and gives the same answer."""

    number: int


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """The caller's own reviews, newest first."""
    number = record_search.number(typed)
    rows = conn.all(
        "SELECT v.number, v.score, s.title FROM review v JOIN submission_round r ON r.id = v.round_id"
        " JOIN submission s ON s.id = r.submission_id"
        " WHERE v.cohort_id = :cohort AND s.owner_id = :member"
        " AND (v.number = :number OR s.folded LIKE :pattern ESCAPE '!')"
        f" ORDER BY v.number DESC LIMIT {_OFFERED}",
        cohort=scope.cohort.id,
        member=scope.member.id if scope.member else -1,
        number=-1 if number is None else number,
        pattern=record_search.substring_pattern("" if typed == "#" else typed),
    )
    return [record_search.choice(row["number"], f"score {row['score']:g} · {row['title']}") for row in rows]


@record(ReviewNumber, complete=complete)
def resolve(_conn: Conn, _scope: Scope, typed: str) -> ReviewNumber:
    """The number of a review. Raises `BadInput` for anything else."""
    number = record_search.number(typed)
    if number is None:
        raise BadInput(
            say("Please give the review's number, like #3, not “{typed}”. {missing}", typed=typed[:40],
                missing=_MISSING)
        )  # fmt: skip
    return ReviewNumber(number)


@dataclass(frozen=True, slots=True)
class NewReview:
    """What a member noted of a review, checked but for its score. `when` is None where nobody said."""

    score: float
    confidence: int | None
    substance: Constructiveness | None
    when: DiscussionPhase | None
    summary: str | None


def require_owner(member: Member, paper: Paper) -> None:
    """Raises `NotAllowed` unless the paper is the member's own."""
    if member.id != paper.owner:
        raise NotAllowed(
            "Reviews are for the eyes of the member who added the paper. Only they can note, see and remove "
            "them; you can do so with papers of your own."
        )


def add(conn: Conn, scope: Scope, paper: Paper, review: NewReview) -> dict[str, Any]:
    """Note a review of a paper's current round. Returns its number, the round's venue, whether the score is
    from after the discussion, and all scores of the round from before and from after it."""
    last = conn.one(
        "SELECT r.id, r.venue, r.year, r.decision FROM submission_round r"
        " JOIN submission s ON s.id = r.submission_id"
        " WHERE s.id = :paper AND s.cohort_id = :cohort ORDER BY r.id DESC LIMIT 1",
        paper=paper.id,
        cohort=scope.cohort.id,
    )
    if last is None:
        raise BadInput(
            "This paper has not been sent anywhere yet, so there is no round to review. Once it has, say so "
            "with “submission update”, and note its reviews then.",
            field="paper",
        )
    edition = VenueEdition(last["venue"], last["year"])
    standing = conn.all("SELECT score, discussed FROM review WHERE round_id = :round ORDER BY number",
                        round=last["id"])  # fmt: skip
    if len(standing) >= MOST:
        raise BadInput(
            f"This round has {MOST} reviews, and no more fit. You can remove one that is not right."
        )
    _check(review.score, [row["score"] for row in standing], edition)
    discussed = review.when is DiscussionPhase.AFTER if review.when else last["decision"] is not None
    number = directory.next_number(conn, scope.cohort.id, "review")
    conn.run(
        "INSERT INTO review (cohort_id, number, round_id, score, confidence, substance, discussed, summary,"
        " created_at) VALUES (:cohort, :number, :round, :score, :confidence, :substance, :discussed,"
        " :summary, :now)",
        cohort=scope.cohort.id,
        number=number,
        round=last["id"],
        score=review.score,
        confidence=review.confidence,
        substance=review.substance.value if review.substance else None,
        discussed=int(discussed),
        summary=review.summary,
        now=scope.now,
    )
    scores = [*((row["score"], bool(row["discussed"])) for row in standing), (review.score, discussed)]
    return {
        "number": number,
        "venue": str(edition) if edition.name else "",
        "discussed": discussed,
        "before": [score for score, late in scores if not late],
        "after": [score for score, late in scores if late],
    }


def _check(score: float, others: Sequence[float], edition: VenueEdition) -> None:
    """Raises `BadInput` unless the score is on the venue's scale, where that is known, together with the
    round's other scores; elsewhere unless it is within what can be noted."""
    known = venues.find(str(edition)) if edition.name else None
    scales = (known.scale,) if known and known.year is not None else _newest_first(known)
    fitting = [scale for scale in scales if scale and all(each in scale.values for each in (score, *others))]
    if fitting:
        return
    if any(scales):
        scale = next(scale for scale in scales if scale)
        steps = " ".join(f"{step:g}" for step in scale.values)
        raise BadInput(
            say("{score} is not on the scale of {venue}, which is {steps}. If the paper is at another venue or "
                "of another year, please add it there.", score=f"{score:g}", venue=edition, steps=steps),
            field="score",
        )  # fmt: skip
    if not LOWEST <= score <= HIGHEST:
        raise BadInput(
            f"Without a venue whose scale I know I can note scores from {LOWEST:g} to {HIGHEST:g}.",
            field="score",
        )


def _newest_first(known: venues.Edition | None) -> tuple[venues.Scale | None, ...]:
    scales = known.venue.scales if known else {}
    return tuple(scales[year] for year in sorted(scales, reverse=True))


@dataclass(frozen=True, slots=True)
class Review:
    """A review as its owner reads it. `round` counts the paper's rounds from 1."""

    number: int
    round: int
    venue: str
    score: float
    confidence: int | None
    substance: Constructiveness | None
    discussed: bool
    summary: str | None


def of_paper(conn: Conn, paper: Paper) -> list[Review]:
    """All reviews of a paper, round by round."""
    order = [
        row["id"]
        for row in conn.all(
            "SELECT id FROM submission_round WHERE submission_id = :paper ORDER BY id", paper=paper.id
        )
    ]
    rows = conn.all(
        "SELECT v.number, v.round_id, r.venue, r.year, v.score, v.confidence, v.substance, v.discussed,"
        " v.summary FROM review v JOIN submission_round r ON r.id = v.round_id"
        " WHERE r.submission_id = :paper ORDER BY v.round_id, v.number",
        paper=paper.id,
    )
    return [_review(row, order.index(row["round_id"]) + 1) for row in rows]


def _review(row: Row, round_: int) -> Review:
    return Review(
        row["number"],
        round_,
        str(VenueEdition(row["venue"], row["year"])) if row["venue"] else "",
        row["score"],
        row["confidence"],
        Constructiveness(row["substance"]) if row["substance"] else None,
        bool(row["discussed"]),
        row["summary"],
    )


def remove(conn: Conn, scope: Scope, owner: int, number: int) -> dict[str, Any]:
    """Remove a review of the caller's own. Returns what it said in figures, and its paper's number. What is
    not there and what is somebody else's look the same."""
    row = conn.one(
        "SELECT v.id, v.score, v.confidence, v.substance, v.discussed, s.number AS paper FROM review v"
        " JOIN submission_round r ON r.id = v.round_id JOIN submission s ON s.id = r.submission_id"
        " WHERE v.cohort_id = :cohort AND v.number = :number AND s.owner_id = :owner",
        cohort=scope.cohort.id,
        number=number,
        owner=owner,
    )
    if row is None:
        raise NotFound(f"There is no review #{number} of a paper of yours. {_MISSING}", field="review")
    conn.run("DELETE FROM review WHERE id = :id", id=row["id"])
    kept = ("score", "confidence", "substance", "paper")
    return {**{name: row[name] for name in kept}, "discussed": bool(row["discussed"])}
