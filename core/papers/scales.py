"""The scales that scores stand on: a venue's own, where it is known. A score off it is asked about, and not refused."""

from collections.abc import Iterable, Sequence

from core.chat.text import say
from core.cohorts.model import Scope
from core.errors import Ambiguous
from core.lottery import venues
from core.papers import editions
from core.papers.model import VenueEdition
from core.store.port import Conn

LOWEST, HIGHEST = 0.0, 10.0
"""The scores that are usual where a venue's scale is not known."""

Values = tuple[float, ...]


def of_edition(conn: Conn, scope: Scope, edition: VenueEdition) -> list[Values]:
    """The scales that an edition may have, the likeliest first: the cohort's own word, else the built-in table; without
    a year all that the venue has had, the newest first. None where nobody knows."""
    if not edition.name:
        return []
    found = [each.scale for each in editions.find(conn, scope.cohort.id, edition)]
    if edition.year is None:
        known = venues.find(str(edition))
        by_year = known.venue.scales if known else {}
        found += [by_year[year].values for year in sorted(by_year, reverse=True)]
    return list(dict.fromkeys(filter(None, found)))


def check(conn: Conn, scope: Scope, score: float, others: Sequence[float], edition: VenueEdition) -> None:
    """Raises `Ambiguous`, with a button that says that it is meant so, unless the score is on the venue's scale, where
    that is known, together with the round's other scores; elsewhere unless it is among those that are usual."""
    known = of_edition(conn, scope, edition)
    if any(_on(scale, (score, *others)) for scale in known):
        return
    if known:
        question = say(
            "{score} is not on the scale of {venue}, which is {steps}. Is it meant so?",
            score=f"{score:g}",
            venue=edition,
            steps=" ".join(f"{step:g}" for step in known[0]),
        )
    elif LOWEST <= score <= HIGHEST:
        return
    else:
        question = say(
            "I do not know the scale of this venue; scores are mostly from {low} to {high}. Is {score} meant so?",
            low=f"{LOWEST:g}",
            high=f"{HIGHEST:g}",
            score=f"{score:g}",
        )
    raise Ambiguous(question, [("yes", f"Yes, note {score:g}")], field="sure")


def _on(scale: Values, scores: Iterable[float]) -> bool:
    return all(each in scale for each in scores)
