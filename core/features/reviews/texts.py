"""What a paper's owner reads about its reviews."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chat.model import Button, Record
from core.chat.text import Text, join, say
from core.features.reviews.records import DiscussionPhase, Review
from core.lottery.spread import usual_range
from core.papers.model import Paper
from core.papers.reviews import Constructiveness
from core.store.port import Row


def _when(discussed: bool) -> DiscussionPhase:
    return DiscussionPhase.AFTER if discussed else DiscussionPhase.BEFORE


def _scores(scores: Sequence[float]) -> str:
    return ", ".join(f"{score:g}" for score in scores)


def one_line(
    score: float, confidence: int | None, constructive: Constructiveness | None, discussed: bool
) -> str:
    """A review in one line: "score 6, confidence 4, mixed, from before the discussion"."""
    parts = [f"score {score:g}"]
    if confidence is not None:
        parts.append(f"confidence {confidence}")
    if constructive is not None:
        parts.append(constructive.words)
    return ", ".join([*parts, f"from {_when(discussed).label}"])


def added(
    paper: Paper,
    review: str,
    done: Mapping[str, Any],
    *,
    guessed: bool,
    constructive: Constructiveness | None,
) -> Text:
    """The answer to a new review, from what the transaction returned. `review` is the review in one line;
    `guessed` says that the member did not give its phase."""
    at = f" at {done['venue']}" if done["venue"] else ""
    lines = [
        say(
            "Noted as review **#{number}** of **#{paper}** “{title}”{at}: {review}. Only you can see it; "
            "{/lottery ours} may count it, without a name, among those of five people or more.",
            number=done["number"],
            paper=paper.number,
            title=paper.title,
            at=at,
            review=review,
        )
    ]
    if guessed:
        lines.append(_guessed_phase(done["discussed"]))
    lines += _round_scores(done["before"], done["after"])
    if constructive is Constructiveness.LITTLE:
        lines.append(
            say("It gives you little to work with. Somebody here may read your paper with more time.")
        )
    return join(lines)


def _guessed_phase(discussed: bool) -> Text:
    return say(
        "I took that from the round, which {why}. If it is wrong, correct it with `when:{other}`.",
        why="is decided" if discussed else "is open",
        other=_when(not discussed).value,
    )


def _round_scores(before: Sequence[float], after: Sequence[float]) -> list[Text]:
    """What a round's scores are now, where there are several."""
    if before and after:
        return [
            say(
                "This round now has {before} from before the discussion and {after} from after it. The lottery "
                "reads those from after it, so please note all of them as they stood then.",
                before=_scores(before),
                after=_scores(after),
            )
        ]
    scores = before or after
    return [say("Scores of this round so far: {scores}.", scores=_scores(scores))] if len(scores) > 1 else []


def list_head(paper: Paper, found: Sequence[Review]) -> Text:
    """The head of a paper's reviews."""
    head = {"number": paper.number, "title": paper.title}
    if not found:
        return say("No review of **#{number}** “{title}” is noted yet.", **head)
    return say("**Reviews of #{number}** “{title}”, which only you can see", **head)


def kind_words(found: Sequence[Review], width: float | None) -> list[Text]:
    """What stands beside a paper's reviews: how far reviewers are usually apart, how noisy a mark for "constructive" is,
    and how little a harsh review without substance says. `width` is that of the scale, where it is known."""
    lines = []
    last = [each for each in found if each.round == max(other.round for other in found)]
    for discussed in (True, False):
        scores = [each.score for each in last if each.discussed is discussed]
        if width and len(scores) > 1:
            lines.append(_spread(scores, width, discussed))
            break
    little = [each for each in found if each.constructive is Constructiveness.LITTLE]
    if little and any(each.score <= min(other.score for other in found) for each in little):
        lines.append(
            say(
                "A harsh review without substance says little about your paper. If you like, ask somebody here to read it "
                "with more time."
            )
        )
    if any(each.constructive is not None for each in found):
        lines.append(
            say(
                "How constructive a review is is a noisy mark too: two raters of one review disagree on it 28 to 32 times in "
                "100."
            )
        )
    return lines


def _spread(scores: Sequence[float], width: float, discussed: bool) -> Text:
    apart = max(scores) - min(scores)
    usual = usual_range(len(scores), width, discussed=discussed)
    than = "more than is usual" if apart > 1.5 * usual else "no more than is usual"
    return say(
        "Its {n} scores lie {apart} apart, {than}: on this scale about {usual} is, among {n} reviewers of one paper.",
        n=len(scores),
        apart=_points(apart),
        than=than,
        usual=_points(round(usual, 1)),
    )


def _points(value: float) -> str:
    return f"{value:g} point" if value == 1 else f"{value:g} points"


def edited(number: int, done: Mapping[str, Any]) -> Text:
    """The answer to a correction, from what the transaction gave back."""
    constructive = Constructiveness(done["constructive"]) if done["constructive"] else None
    review = one_line(done["score"], done["confidence"], constructive, done["discussed"])
    return say("Review **#{number}** is corrected: {review}.", number=number, review=review)


def ask_removal(row: Row) -> Text:
    """The question before a review is removed."""
    return say(
        "Shall I remove review **#{number}**, score {score}, of “{title}”? For a day you can have it back; then it is gone.",
        number=row["number"],
        score=f"{row['score']:g}",
        title=row["title"],
    )


def listed(review: Review) -> Record:
    """A review in a list."""
    at = f" at {review.venue}" if review.venue else ""
    return Record(
        f"#{review.number} {one_line(review.score, review.confidence, review.constructive, review.discussed)}",
        (f"round {review.round}{at}", f"“{review.summary}”" if review.summary else ""),
        Button("Correct", "review edit", {"review": str(review.number)}),
    )


def removed(number: int, paper: int) -> Text:
    """The answer to a removal."""
    return say(
        "Review #{number} of paper #{paper} is removed. For a day you can have it back.",
        number=number,
        paper=paper,
    )
