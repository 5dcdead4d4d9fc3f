"""Accept rates and scales of venues for whoever reckons with them: what the cohort's own list says goes before the built-in
table."""

from dataclasses import dataclass

from core.commands import spelling
from core.commands.record_search import normalize_name
from core.lottery import venues
from core.lottery.venues import Edition
from core.papers.model import VenueEdition
from core.store.port import Conn

DEFAULT_RATE = 0.25
"""The accept rate where the venue's is not known."""


@dataclass(frozen=True, slots=True)
class SaidRate:
    """The accept rate (a fraction) of an edition as the cohort's list has it. `who` said it, empty for an organizer."""

    venue: VenueEdition
    value: float
    who: str

    @property
    def words(self) -> str:
        """Whose word it is."""
        return f"as {self.who or 'an organizer'} says"


@dataclass(frozen=True, slots=True)
class SaidScale:
    """The scores of an edition, from the lowest up, as the cohort's list has them. `who` said it, empty for an organizer."""

    venue: VenueEdition
    values: tuple[float, ...]
    who: str

    @property
    def words(self) -> str:
        """Whose scale it is."""
        return f"{self.venue}'s scale, as {self.who or 'an organizer'} says"


@dataclass(frozen=True, slots=True)
class CohortRates:
    """The accept rates and scales that a cohort's list has, an organizer's word before a file's."""

    said: tuple[SaidRate, ...] = ()
    scales: tuple[SaidScale, ...] = ()

    def of_venue(self, name: str) -> dict[int, SaidRate]:
        """The rates of a venue by year, under any name that it is known by."""
        keys, found = _keys(name), dict[int, SaidRate]()
        for each in self.said:
            if each.venue.year is not None and normalize_name(each.venue.name) in keys:
                found.setdefault(each.venue.year, each)
        return found

    def scale_of(self, edition: VenueEdition) -> SaidScale | None:
        """The scale of an edition; where no year is named, the newest of the venue."""
        keys = _keys(edition.name)
        found = [each for each in self.scales if normalize_name(each.venue.name) in keys]
        if edition.year is not None:
            return next((each for each in found if each.venue.year == edition.year), None)
        return max(found, key=lambda each: each.venue.year or 0, default=None)


def _keys(name: str) -> set[str]:
    """A venue's names, as they are compared."""
    known = venues.find(name)
    names = (known.venue.name, *known.venue.aliases) if known else ()
    return {normalize_name(each) for each in (name, *names)}


NOBODY_SAID = CohortRates()
"""The rates outside of any cohort: the built-in table alone."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """An accept rate (a fraction), the words for where it comes from, and what to know about it. `said` says that it is the
    cohort's own list's, of valid submissions; `guessed`, that nobody knows it."""

    rate: float
    source: str
    note: str = ""
    said: bool = False
    guessed: bool = False


def of_cohort(conn: Conn, cohort_id: int) -> CohortRates:
    """The accept rates and scales in a cohort's list of venues."""
    rows = conn.all(
        "SELECT e.name, e.year, s.accept_rate, s.scale, s.name AS who FROM venue_source s JOIN venue_edition e"
        " ON e.id = s.edition_id WHERE e.cohort_id = :cohort AND (s.accept_rate IS NOT NULL OR s.scale <> '')"
        " ORDER BY CASE WHEN s.name = '' THEN 0 ELSE 1 END, s.id DESC",
        cohort=cohort_id,
    )
    said = [(VenueEdition(row["name"], row["year"]), row) for row in rows]
    return CohortRates(
        tuple(
            SaidRate(venue, row["accept_rate"], row["who"])
            for venue, row in said
            if row["accept_rate"] is not None
        ),
        tuple(
            SaidScale(venue, tuple(map(float, row["scale"].split())), row["who"])
            for venue, row in said
            if row["scale"]
        ),
    )


def rate_of(
    edition: VenueEdition | None, rates: CohortRates = NOBODY_SAID, *, decided: bool = False
) -> Assumed:
    """The accept rate of a venue, of the year named or the nearest known one, the cohort's word before the table's; else the
    default, saying so. `decided` asks for that of the papers that were decided, where it is known and another one."""
    if edition is None or not edition.name:
        return Assumed(DEFAULT_RATE, "an accept rate of 25 in 100, because no venue was named", guessed=True)
    known = venues.find(str(edition))
    asked = edition.year or (known.year if known else None)
    said = rates.of_venue(edition.name)
    in_table = known.venue.rates if known else {}
    years = {*said, *in_table}
    if not years:
        return Assumed(
            DEFAULT_RATE, f"an accept rate of 25 in 100, because I know none for {edition}", guessed=True
        )
    year = max(years) if asked is None else min(years, key=lambda each: (abs(each - asked), each))
    name = known.venue.name if known else edition.name
    note = known.venue.note if known else ""
    words = f"the accept rate of {name} {year}, "
    which = _which(asked, year)
    if decided and known is not None and (of_decided := known.venue.decided.get(year)):
        return Assumed(of_decided, f"{words}{rate_words(of_decided)} of the decided papers{which}", note)
    if year in said:
        rate = said[year]
        return Assumed(rate.value, f"{words}{rate_words(rate.value)}, {rate.words}{which}", note, said=True)
    return Assumed(in_table[year], f"{words}{rate_words(in_table[year])}{which}", note)


def close_names(edition: VenueEdition, rates: CohortRates = NOBODY_SAID) -> list[str]:
    """The venues that one of which nobody knows a rate may be a slip of."""
    names = {normalize_name(each.venue.name): each.venue.name for each in rates.said}
    names |= {
        normalize_name(name): each.name for each in venues.table() for name in (each.name, *each.aliases)
    }
    key = normalize_name(edition.name)
    if not key or key in names:
        return []
    return list(dict.fromkeys(names[each] for each in spelling.near(key, names)))


def _which(asked: int | None, year: int) -> str:
    if asked == year:
        return ""
    return ", the newest year I know" if asked is None else f", the nearest year I know to {asked}"


def recent(edition: VenueEdition, rates: CohortRates = NOBODY_SAID) -> tuple[float, ...]:
    """The rates of the last three years that are known of a venue, up to this one; the first three, if it is earlier."""
    known: Edition | None = venues.find(str(edition))
    by_year = dict(known.venue.rates) if known else {}
    by_year |= {year: each.value for year, each in rates.of_venue(edition.name).items()}
    year, years = edition.year or (known.year if known else None), sorted(by_year)
    until = [each for each in years if year is None or each <= year]
    return tuple(by_year[each] for each in (until[-3:] if len(until) >= 3 else years[:3]))


def rate_words(rate: float) -> str:
    """An accept rate in the unit of all chances: 24.5 in 100."""
    return f"{100 * rate:.3g} in 100"
