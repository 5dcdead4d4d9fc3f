"""What a paper's owner reads about its reviews."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chat.model import Record
from core.chat.text import Text, join, say
from core.features.reviews.records import Constructiveness, DiscussionPhase, Review
from core.papers.model import Paper


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
        "I took that from the round, which {why}. If it is wrong, remove the review and add it again with "
        "`when:{other}`.",
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


def listed(review: Review) -> Record:
    """A review in a list."""
    at = f" at {review.venue}" if review.venue else ""
    return Record(
        f"#{review.number} {one_line(review.score, review.confidence, review.constructive, review.discussed)}",
        (f"round {review.round}{at}", f"“{review.summary}”" if review.summary else ""),
    )


def removed(number: int, paper: int) -> Text:
    """The answer to a removal."""
    return say("Review #{number} of paper #{paper} is removed.", number=number, paper=paper)
