"""Reviews: rows, the scale they have to be on, and the way from typed text to a review.

Reviews are their paper's owner's alone: nobody else adds, sees or removes them, organizers neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.chat.model import Button, Buttons, Choice, LabelledEnum
from core.chat.text import say
from core.cohorts.limits import check_quota
from core.cohorts.model import Member, Scope
from core.commands import record_search
from core.commands.decorators import record
from core.commands.spec import NothingThere
from core.errors import BadInput, NotAllowed, NotFound
from core.papers import queries, reviews, scales
from core.papers.model import Paper, VenueEdition
from core.papers.reviews import Constructiveness, ReviewValues
from core.store.port import Conn, Row

_MAX_CHOICES = 25
_MISSING = say("{/review list} shows the reviews of a paper of yours.")
NO_REMOVED = NothingThere(
    "You have removed no review within the last day. What was removed longer ago is gone.",
    Button("Note a review", "review add"),
)
NO_REVIEW = NothingThere(
    "You have noted no review yet. One takes its score; only you will see it.",
    Button("Note a review", "review add"),
)


class DiscussionPhase(LabelledEnum):
    """Whether a score is from before or after the reviewers' discussion."""

    BEFORE = "before", "before the discussion"
    AFTER = "after", "after the discussion"


@dataclass(frozen=True, slots=True)
class ReviewNumber:
    """A review as it was typed. Whether it is there, and the caller's, is for the transaction to say: a
    removal that is delivered twice finds it the first time only, and gives the same answer."""

    number: int


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """The caller's own reviews by any words of their paper's title, newest first."""
    owner = queries.viewer_id(scope)

    def by_number(number: int) -> Sequence[Row]:
        row = reviews.by_number(conn, scope, owner, number)
        return () if row is None else (row,)

    rows = record_search.offered(
        typed,
        _MAX_CHOICES,
        by_number=by_number,
        by_words=partial(reviews.by_words, conn, scope, owner),
        newest=partial(reviews.by_words, conn, scope, owner, ""),
    )
    return [record_search.choice(row["number"], f"score {row['score']:g} · {row['title']}") for row in rows]


@record(ReviewNumber, complete=complete, none=NO_REVIEW)
def resolve(_conn: Conn, _scope: Scope, typed: str) -> ReviewNumber:
    """The number of a review. Raises `BadInput` for anything else."""
    number = record_search.number(typed)
    if number is None:
        raise BadInput(
            say(
                "Please give the review's number, like #3, not “{typed}”. {missing}",
                typed=typed[:40],
                missing=_MISSING,
            )
        )
    return ReviewNumber(number)


@dataclass(frozen=True, slots=True)
class RemovedReview:
    """A removed review as it was typed; whether it can be had back is for the transaction to say."""

    number: int


def complete_removed(conn: Conn, scope: Scope, _typed: str) -> list[Choice]:
    """The caller's reviews that can be had back."""
    rows = reviews.removed(conn, scope, queries.viewer_id(scope), _MAX_CHOICES)
    return [record_search.choice(row["number"], f"score {row['score']:g} · {row['title']}") for row in rows]


@record(RemovedReview, complete=complete_removed, none=NO_REMOVED)
def resolve_removed(conn: Conn, scope: Scope, typed: str) -> RemovedReview:
    """The number of a removed review. Raises `BadInput` for anything else."""
    return RemovedReview(resolve(conn, scope, typed).number)


@dataclass(frozen=True, slots=True)
class NewReview:
    """What a member noted of a review, checked but for its score. `when` is None where nobody said."""

    score: float
    confidence: int | None
    constructive: Constructiveness | None
    when: DiscussionPhase | None
    summary: str | None
    sure: bool = False
    """Whether the score is meant although it is off the scale."""


@dataclass(frozen=True, slots=True)
class ReviewChange:
    """What is corrected of a review; None for what stays. `shown` says that a form showed all of it, so that what is
    missing was emptied."""

    score: float | None
    confidence: int | None
    constructive: Constructiveness | None
    when: DiscussionPhase | None
    summary: str | None
    shown: bool = False
    sure: bool = False

    def clears(self, name: str) -> bool:
        """Whether a field was emptied."""
        return self.shown and getattr(self, name) is None


def require_owner(member: Member, paper: Paper) -> None:
    """Raises `NotAllowed` unless the paper is the member's own."""
    if member.id != paper.owner:
        raise NotAllowed("Reviews are for the eyes of the member who added the paper alone.")


def require_own_paper(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """Before a form about reviews opens: raises `NotAllowed` where the caller has no paper here."""
    if scope.member and not given.get("paper") and queries.count_of_owner(conn, scope.member.id) == 0:
        text = "No paper here is yours yet, and reviews are of one's own papers. Adding one takes its title."
        raise NotAllowed(text, blocks=(Buttons((Button("Add a paper", "submission add"),)),))
    return {}


def add(conn: Conn, scope: Scope, paper: Paper, review: NewReview) -> dict[str, Any]:
    """Note a review of a paper's current round. Returns its number, the round's venue, whether the score is
    from after the discussion, and all scores of the round from before and from after it."""
    last = queries.latest_round(conn, paper.id)
    if last is None:
        raise BadInput(
            say(
                "This paper was sent nowhere yet. Say with {/submission update} where it is; then note its reviews."
            ),
            field="paper",
        )
    earlier = [(row["score"], bool(row["discussed"])) for row in reviews.of_round(conn, last.id)]
    if len(earlier) >= reviews.MOST:
        raise BadInput(
            f"This round has {reviews.MOST} reviews, and no more fit. You can remove one that is not right."
        )
    if not review.sure:
        scales.check(conn, scope, review.score, [score for score, _ in earlier], last.venue)
    discussed = review.when is DiscussionPhase.AFTER if review.when else last.decision is not None
    have = reviews.count_of_owner(conn, paper.owner)
    advice = "You can remove one with {/review remove}."
    check_quota(have, scope.limits.reviews, "You have noted {have} reviews", advice)
    constructive = review.constructive.value if review.constructive else None
    values = ReviewValues(review.score, review.confidence, constructive, discussed, review.summary)
    number = reviews.add(conn, scope, last.id, paper.owner, values)
    scores = [*earlier, (review.score, discussed)]
    return {
        "number": number,
        "venue": str(last.venue) if last.venue.name else "",
        "discussed": discussed,
        "before": [score for score, after in scores if not after],
        "after": [score for score, after in scores if after],
    }


@dataclass(frozen=True, slots=True)
class Review:
    """A review as its owner reads it. `round` counts the paper's rounds from 1."""

    number: int
    round: int
    venue: str
    score: float
    confidence: int | None
    constructive: Constructiveness | None
    discussed: bool
    summary: str | None


def scale_width(conn: Conn, scope: Scope, paper: Paper) -> float | None:
    """How many points wide the scale of a paper's latest round is; None where that is not known."""
    known = scales.of_edition(conn, scope, paper.rounds[-1].venue) if paper.rounds else []
    return known[0][-1] - known[0][0] if known else None


def of_paper(conn: Conn, paper: Paper) -> list[Review]:
    """All reviews of a paper, round by round."""
    return [_review(row) for row in reviews.of_paper(conn, paper.id)]


def _review(row: Row) -> Review:
    return Review(
        row["number"],
        row["round"],
        str(VenueEdition(row["venue"], row["year"])) if row["venue"] else "",
        row["score"],
        row["confidence"],
        Constructiveness(row["constructive"]) if row["constructive"] else None,
        bool(row["discussed"]),
        row["summary"],
    )


def edit(conn: Conn, scope: Scope, owner: int, number: int, change: ReviewChange) -> dict[str, Any]:
    """Correct a review of the caller's own. Returns what it says now, and its paper's number. Raises `Ambiguous` for a
    score off the scale, unless the caller is sure."""
    row = own(conn, scope, owner, number)
    score = row["score"] if change.score is None else change.score
    if change.score is not None and not change.sure:
        others = [
            each["score"] for each in reviews.of_round(conn, row["round_id"]) if each["id"] != row["id"]
        ]
        scales.check(conn, scope, change.score, others, VenueEdition(row["venue"], row["year"]))
    constructive = change.constructive.value if change.constructive else row["constructive"]
    discussed = change.when is DiscussionPhase.AFTER if change.when else bool(row["discussed"])
    values = ReviewValues(
        score,
        None if change.clears("confidence") else change.confidence or row["confidence"],
        None if change.clears("constructive") else constructive,
        discussed,
        None if change.clears("summary") else change.summary or row["summary"],
    )
    reviews.change(conn, row["id"], values)
    return {
        "score": values.score,
        "confidence": values.confidence,
        "constructive": values.constructive,
        "discussed": discussed,
        "paper": int(row["paper"]),
    }


def own(conn: Conn, scope: Scope, owner: int, number: int) -> Row:
    """A review of the caller's own. One that is not there and one of somebody else's are refused alike."""
    row = reviews.by_number(conn, scope, owner, number)
    if row is None:
        raise NotFound(
            say("There is no review #{n} of a paper of yours. {missing}", n=number, missing=_MISSING),
            field="review",
        )
    return row


def prefill_edit(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form that corrects a review: what it says now."""
    if scope.member is None or "review" not in given:
        return {}
    number = resolve(conn, scope, given["review"]).number
    row = own(conn, scope, scope.member.id, number)
    phase = DiscussionPhase.AFTER if row["discussed"] else DiscussionPhase.BEFORE
    values = {
        "score": f"{row['score']:g}",
        "confidence": row["confidence"],
        "constructive": row["constructive"],
        "summary": row["summary"],
        "when": phase.value,
    }
    return {"shown": "yes", **{name: str(value) for name, value in values.items() if value is not None}}


def remove(conn: Conn, scope: Scope, owner: int, number: int) -> int:
    """Remove a review of the caller's own. Returns its paper's number and nothing of the review, because what a call
    gives back is kept for its second delivery. One that is not there and one of somebody else's are refused alike."""
    row = own(conn, scope, owner, number)
    reviews.remove(conn, row["id"], scope.now)
    return int(row["paper"])


def restore(conn: Conn, scope: Scope, owner: int, number: int) -> int:
    """Have a removed review back. Returns its paper's number."""
    row = reviews.restore(conn, scope, owner, number)
    if row is None:
        raise NotFound(
            say("There is no removed review #{n} of yours. One can be had back for a day.", n=number),
            field="review",
        )
    return int(row["number"])
