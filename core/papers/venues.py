"""Venue editions: from typed text to an edition, and what is offered while somebody types."""

import re
from functools import lru_cache

from core.chat.model import Choice
from core.cohorts.model import Scope
from core.commands.record_search import normalize_name
from core.errors import BadInput
from core.lottery import venues
from core.papers import queries
from core.papers.model import VenueEdition
from core.store.port import Conn

_MAX_CHOICES = 25
_YEAR = re.compile(r"[\s'’-]((?:19|20)\d\d)\Z", re.ASCII)


def complete(conn: Conn, scope: Scope | None, typed: str) -> list[Choice]:
    """Known venues with this and next year; before them the editions that the cohort's papers went to."""
    key = normalize_name(typed)
    editions = queries.editions_of_cohort(conn, scope) if scope else []
    known = venues.find(typed)
    for name in venues.names():
        years = (scope.today.year, scope.today.year + 1) if scope else (None,)
        editions += [VenueEdition(name, year) for year in years]
    fitting = [
        str(edition)
        for edition in editions
        if key in normalize_name(str(edition)) or (known is not None and known.venue.name == edition.name)
    ]
    return [Choice(name[:100], name[:100]) for name in dict.fromkeys(fitting)][:_MAX_CHOICES]


def resolve(typed: str) -> VenueEdition:
    """The edition that was typed; a venue that is not known is kept as it was written. Raises `BadInput` for
    nothing."""
    if not typed:
        raise BadInput("Please name a venue, for example NeurIPS 2026.")
    return read_edition(typed)


@lru_cache(maxsize=1024)
def read_edition(typed: str) -> VenueEdition:
    """ "nips 26" is NeurIPS 2026; "Our Workshop 2027" keeps its name."""
    if known := venues.find(typed):
        return VenueEdition(known.venue.name, known.year)
    match = _YEAR.match(typed, max(0, len(typed) - 5))
    name = typed[: match.start()].rstrip() if match else ""
    return VenueEdition(name, int(match[1])) if match and name else VenueEdition(typed)
