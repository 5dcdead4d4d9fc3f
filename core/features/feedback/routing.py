"""Who is asked to take a request, and in which order: plain functions of what is known about those who could."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from core.chat import folding

AT_ONCE = 3
"""How many requests somebody takes at once who said nothing else."""

LATEST, ENOUGH_WAITS = 20, 5
"""How many of the latest waits say what the usual one is, and how many of them it needs."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PossibleHelper:
    """Somebody who could be asked. `open` requests they have taken, and take `at_once` at most; `asked_at` is when they
    were asked last."""

    member_id: int
    mentor: bool
    topics: tuple[str, ...] = ()
    at_once: int = AT_ONCE
    paused: bool = False
    open: int = 0
    asked_at: datetime | None = None

    @property
    def has_room(self) -> bool:
        """Whether they take one more."""
        return not self.paused and self.open < self.at_once


def knows(topics: Sequence[str], asked: str, details: str = "") -> bool:
    """Whether one of somebody's topics stands in what is asked, as "statistics" in "Bayesian statistics", or what is asked
    in a topic."""
    return any(
        (folding.readings(topic) and folding.fits(topic, f"{asked} {details}"))
        or (folding.readings(asked) and folding.fits(asked, topic))
        for topic in topics
    )


def order(
    helpers: Sequence[PossibleHelper], asked: str, details: str = "", *, mentors_only: bool
) -> list[PossibleHelper]:
    """Those who have room for a request, the first to be asked first: who knows about it before mentors who named no
    topics, and these before the other mentors; among them who has fewest open, then who was asked longest ago. Members who are no mentors are asked about their topics alone, and not at all where a request is
    for mentors."""

    topics = {topic for helper in helpers for topic in helper.topics}
    # Each topic once: many members say the same.
    fitting = {topic for topic in topics if knows((topic,), asked, details)}

    def fit(helper: PossibleHelper) -> int | None:
        if mentors_only and not helper.mentor:
            return None
        if fitting.intersection(helper.topics):
            return 0
        if not helper.mentor:
            return None
        return 2 if helper.topics else 1

    ranked = [
        (rank, helper.open, helper.asked_at or _NEVER, helper.member_id, helper)
        for helper in helpers
        if helper.has_room and (rank := fit(helper)) is not None
    ]
    return [each[-1] for each in sorted(ranked, key=lambda each: each[:-1])]


def usual_wait(waits: Sequence[timedelta]) -> timedelta | None:
    """How long the latest requests waited until somebody took them, in the middle; None where there are too few."""
    return (
        timedelta(seconds=median(each.total_seconds() for each in waits))
        if len(waits) >= ENOUGH_WAITS
        else None
    )


def wait_words(wait: timedelta) -> str:
    """How long that is, as people say it."""
    hours = wait.total_seconds() / 3600
    if hours < 1.5:
        return "an hour"
    return f"{round(hours)} hours" if hours < 36 else f"{round(hours / 24)} days"
