"""Venue editions: from typed text to an edition, and what is offered while somebody types."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

from core.chat.model import Choice
from core.chat.text import Text, say, shorten
from core.cohorts.model import Scope
from core.commands import spelling
from core.commands.record_search import normalize_name
from core.errors import Ambiguous, BadInput
from core.lottery import venues
from core.papers import editions as known_editions
from core.papers import queries
from core.papers.model import Paper, Round, Stage, VenueEdition
from core.store.port import Conn

_MAX_CHOICES = 25
_LONGEST = 200
_YEAR = re.compile(
    r"(?P<name>.*[^\W_])(?:[\s'\u2019_-]*(?P<year>(?:19|20)\d\d)|\s*['\u2019](?P<short>\d\d)|(?<=[A-Z]{2})\s?(?P<bare>[1-4]\d))\Z",
    re.DOTALL,
)
"""A name and its year: "SIGIR 2027", "SIGIR2027", "SIGIR '27" or "SIGIR27"."""
_MARKS = '"“”„‟«»'
_FIRST_YEAR, _YEARS_AHEAD = 1950, 5
"""The editions that can be: the first that anybody adds, and how far ahead one is planned."""


def complete(conn: Conn, scope: Scope | None, typed: str) -> list[Choice]:
    """Known venues with this and next year; before them the editions that the cohort's papers went to, and those of which
    it has dates, also by their full names."""
    key = normalize_name(typed)
    editions = queries.editions_of_cohort(conn, scope) if scope else []
    known = venues.find(typed)
    listed = _of_list(conn, scope, key) if scope else {}
    editions += listed
    for name in venues.names():
        years = (scope.today.year, scope.today.year + 1) if scope else (None,)
        editions += [VenueEdition(name, year) for year in years]
    fitting = [
        str(edition)
        for edition in editions
        if edition in listed
        or key in normalize_name(str(edition))
        or (known is not None and known.venue.name == edition.name)
    ]
    return [Choice(name[:100], name[:100]) for name in dict.fromkeys(fitting)][:_MAX_CHOICES]


def _of_list(conn: Conn, scope: Scope, key: str) -> dict[VenueEdition, None]:
    """The cohort's editions of this year and later that are called so, in their order."""
    return dict.fromkeys(
        VenueEdition(row["name"], row["year"])
        for row in known_editions.names(conn, scope.cohort.id)
        if row["year"] >= scope.today.year
        and (key in f"{row['venue_key']}{row['year']}" or key in normalize_name(row["full_name"]))
    )


def resolve(typed: str, today: date | None = None) -> VenueEdition:
    """The edition that was typed; a venue that is not known is kept as it was written. Raises `BadInput` for nothing and
    `Ambiguous` for a year in which there can be no edition."""
    if not typed:
        raise BadInput("Please name a venue, for example NeurIPS 2026.")
    found = read_edition(typed)
    if today is not None and found.year and not _FIRST_YEAR <= found.year <= today.year + _YEARS_AHEAD:
        question = say(
            "“{typed}” would be in {year}. Which edition is meant?", typed=typed[:100], year=found.year
        )
        raise Ambiguous(
            question, [_reading(VenueEdition(found.name, today.year + ahead)) for ahead in (0, 1)]
        )
    return found


def resolve_recorded(conn: Conn, scope: Scope, typed: str) -> VenueEdition:
    """The edition that was typed, to be written down. Raises also `Ambiguous` where nobody here knows the venue and its
    name is close to some that are known: these are offered. What has quotation marks is taken as it is."""
    inner = typed.strip(f"{_MARKS} ")
    found = resolve(typed if set(inner) & set(_MARKS) else inner, scope.today)
    if set(typed) & set(_MARKS) or not (close := _near(conn, scope, found)):
        return found
    kept = (as_written(found), f"As I typed it: {found}")
    raise Ambiguous(_unknown(typed), [*map(_reading, close), kept])


def check_known(conn: Conn, scope: Scope, venue: VenueEdition) -> None:
    """Of a venue at which nothing was found: raise `Ambiguous` where nobody here knows it and its name is close to some that
    are known. These are offered."""
    if close := _near(conn, scope, venue):
        raise Ambiguous(_unknown(str(venue)), list(map(_reading, close)), field="venue")


def _unknown(typed: str) -> Text:
    return say("I know no “{typed}”. Did you mean one of these?", typed=shorten(typed, 60))


def as_written(edition: VenueEdition) -> str:
    """An edition as a call names it that nobody has to be asked about."""
    return str(edition) if set(str(edition)) & set(_MARKS) else f'"{edition}"'


def known_names(conn: Conn, scope: Scope) -> dict[str, str]:
    """The venues of the table, of the cohort's list and of the papers that the caller sees, by their normalized names and
    the other names that the table has for them."""
    names = {row["venue_key"]: row["name"] for row in known_editions.names(conn, scope.cohort.id)}
    names |= {normalize_name(each.name): each.name for each in queries.editions_of_cohort(conn, scope)}
    table = venues.table()
    return names | {normalize_name(name): each.name for each in table for name in (each.name, *each.aliases)}


def _near(conn: Conn, scope: Scope, edition: VenueEdition) -> list[VenueEdition]:
    """The editions that one may be a slip of, none where its venue is known."""
    if len(edition.name) > spelling.LONGEST or venues.find(edition.name) is not None:
        return []
    names = known_names(conn, scope)
    return close_to(edition, names, scope.today) if normalize_name(edition.name) not in names else []


def close_to(edition: VenueEdition, names: Mapping[str, str], today: date) -> list[VenueEdition]:
    """The editions that one may be a slip of, of venues by their normalized names. A slip in the year is one in the name,
    too."""
    key = normalize_name(edition.name)
    known = {each: VenueEdition(name, edition.year) for each, name in names.items()}
    if edition.year is None:
        for year in (today.year, today.year + 1):
            of_year = {each: VenueEdition(name, year) for each, name in names.items()}
            known |= {f"{each}{figures}": of_year[each] for each in names for figures in (year, year % 100)}
    return list(dict.fromkeys(known[each] for each in spelling.near(key, known)))


def _reading(edition: VenueEdition) -> tuple[str, str]:
    return str(edition), str(edition)


_VERDICTS = (Stage.ACCEPTED, Stage.REJECTED, Stage.DESK_REJECTED)


def _decided_years(rounds: Sequence[Round], venue: VenueEdition) -> list[int]:
    """The years of a venue's editions that decided on a paper in one of these rounds."""
    key = normalize_name(venue.name)
    return [
        each.venue.year
        for each in rounds
        if each.decision in _VERDICTS and each.venue.year and normalize_name(each.venue.name) == key
    ]


def decided_before(rounds: Sequence[Round], venue: VenueEdition) -> VenueEdition | None:
    """The latest edition of a venue that has decided on a paper in one of these rounds, where a round at `venue` would be
    at that one again or at an earlier one: a chain that comes back into its own past. None where it goes on."""
    years = _decided_years(rounds, venue)
    if not years or venue.year is None or venue.year > max(years):
        return None
    return VenueEdition(venue.name, max(years))


def check_goes_on(rounds: Sequence[Round], venue: VenueEdition) -> None:
    """Raise `Ambiguous` where a paper would come back to an edition that has decided on it in one of these rounds, or to
    an earlier one: the next edition is offered."""
    decided = decided_before(rounds, venue)
    if decided is not None and decided.year is not None:
        question = say("{venue} has decided on this paper already. Is it the next one?", venue=decided)
        raise Ambiguous(question, [_reading(VenueEdition(venue.name, decided.year + 1))], field="venue")


def next_edition(paper: Paper, venue: VenueEdition) -> VenueEdition:
    """Where a paper goes when it is sent to a venue: the next edition of one that decided on it before, where no year was
    given. Raises `Ambiguous` for an edition that has decided on it, or that was before such a one."""
    check_goes_on(paper.rounds, venue)
    years = _decided_years(paper.rounds, venue)
    return VenueEdition(venue.name, max(years) + 1) if years and venue.year is None else venue


@lru_cache(maxsize=1024)
def read_edition(typed: str) -> VenueEdition:
    """ "nips 26" is NeurIPS 2026; "Our Workshop 2027" and "SIGIR '27" keep their names."""
    if known := venues.find(typed):
        return VenueEdition(known.venue.name, known.year)
    match = _YEAR.match(typed[:_LONGEST])
    if match is None or len(typed) > _LONGEST:
        return VenueEdition(typed)
    short = match["short"] or match["bare"]
    return VenueEdition(
        match["name"].rstrip(" '\u2019_-"), 2000 + int(short) if short else int(match["year"])
    )
