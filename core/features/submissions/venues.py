"""Venue editions: typed text normalised against the names that are known, and what is offered meanwhile."""

import re
from functools import lru_cache

from core.chat.model import Choice
from core.cohorts.model import Scope
from core.commands.decorators import record
from core.commands.record_search import normalize_name
from core.errors import BadInput
from core.lottery import venues
from core.papers.model import VenueEdition
from core.store.port import Conn

_OFFERED = 25
_YEAR = re.compile(r"(.*\S)[\s'’-]+((?:19|20)\d\d)\Z", re.ASCII)


def complete(conn: Conn, scope: Scope | None, typed: str) -> list[Choice]:
    """Known venues with this and next year; before them the editions that the cohort's papers went to."""
    key = normalize_name(typed)
    editions = [*_of_cohort(conn, scope)] if scope else []
    meant = venues.find(typed)
    for name in venues.names():
        years = (scope.today.year, scope.today.year + 1) if scope else (None,)
        editions += [VenueEdition(name, year) for year in years]
    fitting = [
        str(edition)
        for edition in editions
        if key in normalize_name(str(edition)) or (meant is not None and meant.venue.name == edition.name)
    ]
    return [Choice(each[:100], each[:100]) for each in dict.fromkeys(fitting)][:_OFFERED]


def _of_cohort(conn: Conn, scope: Scope) -> list[VenueEdition]:
    rows = conn.all(
        "SELECT DISTINCT r.venue, r.year FROM submission_round r JOIN submission s ON s.id = r.submission_id"
        " WHERE s.cohort_id = :cohort AND r.venue <> '' AND (s.visibility = 'cohort' OR s.owner_id = :member)"
        " ORDER BY r.venue, r.year",
        cohort=scope.cohort.id,
        member=scope.member.id if scope.member else -1,
    )
    return [VenueEdition(row["venue"], row["year"]) for row in rows]


@record(VenueEdition, complete=complete, needs_cohort=False)
def resolve(_conn: Conn, _scope: Scope | None, typed: str) -> VenueEdition:
    """The edition that was typed; a venue that is not known is kept as it was written."""
    if not typed:
        raise BadInput("Please name a venue, for example NeurIPS 2026.")
    return read_edition(typed)


@lru_cache(maxsize=1024)
def read_edition(typed: str) -> VenueEdition:
    """ "nips 26" is NeurIPS 2026; "Our Workshop 2027" keeps its name."""
    if known := venues.find(typed):
        return VenueEdition(known.venue.name, known.year)
    match = _YEAR.match(typed)
    return VenueEdition(match[1], int(match[2])) if match else VenueEdition(typed)
