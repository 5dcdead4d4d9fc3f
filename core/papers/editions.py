"""Editions of venues as a cohort knows them: what was said of each, by whom and when, and what follows from it.

What organizers say goes before what a file says, and a file before the built-in table of `core.lottery.venues`. Two
sources that disagree on a date are both kept; what counts is the earlier date, since nobody is late by that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from core import clock
from core.chat.model import LabelledEnum
from core.commands.record_search import normalize_name
from core.lottery import venues
from core.papers.model import VenueEdition
from core.store.port import Conn, Row


class DateKind(LabelledEnum):
    """What is due on a date of a venue, or happens on it."""

    ABSTRACT = "abstract", "abstracts"
    PAPER = "paper", "papers"
    SUPPLEMENTARY = "supplementary", "supplementary material"
    REBUTTAL_START = "rebuttal-start", "rebuttal begins"
    REBUTTAL_END = "rebuttal-end", "rebuttal ends"
    DECISION = "decision", "decisions"
    CAMERA_READY = "camera-ready", "camera-ready version"
    CONFERENCE = "conference", "conference"
    OTHER = "other", "other"


@dataclass(frozen=True, slots=True)
class EditionSource:
    """Who said something of an edition: a file by its name, or an organizer (no name). `said_on` is the date on which it
    was taken in as it stands, None where that is not known; `link` the venue's own page. Rates are fractions, of the valid
    and of the decided papers; `scale` has the scores from the lowest up, `reviews` is how many a paper gets. The built-in
    table alone tells of decided papers and of reviews."""

    id: int
    name: str
    said_on: date | None
    link: str = ""
    accept_rate: float | None = None
    decided_rate: float | None = None
    scale: tuple[float, ...] = ()
    reviews: float | None = None
    table: bool = False
    """Whether it is the built-in table."""

    @property
    def by_hand(self) -> bool:
        """Whether an organizer of the cohort said it."""
        return not self.name and not self.table

    @property
    def words(self) -> str:
        """Whose word it is and since when: "ai.yml, 23 Nov 2026"."""
        who = "an organizer" if self.by_hand else self.name
        return f"{who}, {clock.date_words(self.said_on)}" if self.said_on else who


@dataclass(frozen=True, slots=True)
class EditionDate:
    """One date of an edition as a source has it.

    `at` is its instant, None while it is to be announced. `day` is set for what lasts for whole days, to `ends_on` at
    the latest. `zone` is the one it was said in. `main` says that it is the date of its kind, and not that of another
    track or phase. `doubt` is the reason not to rely on it, empty where there is none.
    """

    kind: DateKind
    label: str
    at: datetime | None
    zone: str
    source: EditionSource
    day: date | None = None
    ends_on: date | None = None
    main: bool = True
    doubt: str = ""

    @property
    def reliable(self) -> bool:
        """Whether somebody may be reminded of it."""
        return self.main and not self.doubt and self.at is not None

    @property
    def said_day(self) -> date | None:
        """The day that is meant, by the clock of the zone in which it was said. None while it is to be announced."""
        if self.day is not None or self.at is None:
            return self.day
        return clock.local_date(self.at, self.zone)

    def days_left(self, now: datetime, zone: str) -> int | None:
        """How many days are left until it by the calendar of a reader's zone: 0 on the day itself, less than that
        afterwards. None while it is to be announced."""
        if self.day is not None:
            return (self.day - clock.local_date(now, zone)).days
        if self.at is None:
            return None
        return (clock.local_date(self.at, zone) - clock.local_date(now, zone)).days


@dataclass(frozen=True, slots=True)
class KnownEdition:
    """An edition of which something is known. `id` and `number` are None where the built-in table alone knows it."""

    edition: VenueEdition
    sources: tuple[EditionSource, ...]
    dates: tuple[EditionDate, ...] = ()
    id: int | None = None
    number: int | None = None
    full_name: str = ""
    fields: tuple[str, ...] = ()
    location: str = ""

    @property
    def link(self) -> str:
        """The venue's own page, empty where nobody gave it."""
        return next((each.link for each in self.sources if each.link), "")

    @property
    def accept_rate(self) -> tuple[float, EditionSource] | None:
        """The accept rate of valid submissions, and whose word it is."""
        return next(((each.accept_rate, each) for each in self.sources if each.accept_rate is not None), None)

    @property
    def decided_rate(self) -> tuple[float, EditionSource] | None:
        """The accept rate of the papers that came to a decision, and whose word it is."""
        return next(
            ((each.decided_rate, each) for each in self.sources if each.decided_rate is not None), None
        )

    @property
    def scale(self) -> tuple[float, ...]:
        """The scores that reviewers can give, from the lowest up; none where it is not known."""
        return next((each.scale for each in self.sources if each.scale), ())

    @property
    def reviews(self) -> float | None:
        """How many reviews a paper gets; None where it is not known."""
        return next((each.reviews for each in self.sources if each.reviews is not None), None)

    def all_of(self, kind: DateKind) -> list[EditionDate]:
        """The main dates of a kind that can be relied on, in order of time, those of several rounds one after the other.
        Where sources disagree, an organizer's word, else the earlier date of each round."""
        found = [each for each in self.dates if each.kind is kind and each.reliable]
        by_hand = [each for each in found if each.source.by_hand]
        by_source = [list(group) for _, group in groupby(by_hand or found, key=lambda each: each.source.id)]
        rounds = max(by_source, key=len, default=[])
        if len(by_source) > 1 and all(len(each) == 1 for each in by_source):
            rounds = [min((each[0] for each in by_source), key=_instant)]
        return sorted(rounds, key=_instant)

    def date(self, kind: DateKind, after: datetime | None = None) -> EditionDate | None:
        """The date of a kind: of several rounds the first that is not over at `after`, else the last one. None where none
        can be relied on."""
        found = self.all_of(kind)
        if after is not None and (coming := [each for each in found if _instant(each) >= after]):
            return coming[0]
        return found[-1] if found and after is not None else next(iter(found), None)

    def disagreeing(self, kind: DateKind) -> list[EditionDate]:
        """The main dates of a kind of all sources, where these are not the same."""
        found = [each for each in self.dates if each.kind is kind and each.main and each.at is not None]
        told = {
            each.source.id: {other.at for other in found if other.source.id == each.source.id}
            for each in found
        }
        return found if len({frozenset(each) for each in told.values()}) > 1 else []


def _instant(each: EditionDate) -> datetime:
    assert each.at is not None  # noqa: S101 - asked of dates that can be relied on
    return each.at


def find(conn: Conn, cohort_id: int, edition: VenueEdition) -> list[KnownEdition]:
    """What is known of an edition: several where two conferences have one short name. Without a year all editions of the
    venue, the latest first. What the cohort does not have is looked up in the built-in table; none where nobody knows it."""
    return find_all(conn, cohort_id, [edition])[edition]


def find_all(
    conn: Conn, cohort_id: int, wanted: Iterable[VenueEdition]
) -> dict[VenueEdition, list[KnownEdition]]:
    """What is known of each of some editions, as `find` has it."""
    years: dict[str, set[int | None]] = {}
    found: dict[VenueEdition, list[KnownEdition]] = {each: [] for each in wanted}
    for each in found:
        years.setdefault(normalize_name(each.name), set()).add(each.year)
    keys = {f"key{at}": key for at, key in enumerate(years)}
    if not keys:
        return found
    rows = conn.all(
        "SELECT * FROM venue_edition WHERE cohort_id = :cohort"
        f" AND venue_key IN ({', '.join(f':{each}' for each in keys)}) ORDER BY year DESC, number",
        cohort=cohort_id,
        **keys,
    )
    meant = [row for row in rows if years[row["venue_key"]] & {None, row["year"]}]
    by_key: dict[str, list[KnownEdition]] = {}
    for row, kept in zip(meant, known(conn, meant), strict=True):
        by_key.setdefault(row["venue_key"], []).append(kept)
    for edition, there in found.items():
        of_name = by_key.get(normalize_name(edition.name), ())
        there += [each for each in of_name if edition.year in (None, each.edition.year)]
        if not there and (built_in := from_table(edition)) is not None:
            there.append(built_in)
    return found


def one(conn: Conn, cohort_id: int, edition: VenueEdition) -> KnownEdition | None:
    """What is known of an edition, None where nothing is, or where it may be one of several."""
    found = find(conn, cohort_id, edition) if edition.name else []
    return found[0] if len(found) == 1 else None


def by_number(conn: Conn, cohort_id: int, number: int) -> KnownEdition | None:
    """The cohort's edition of a number."""
    rows = conn.all(
        "SELECT * FROM venue_edition WHERE cohort_id = :cohort AND number = :number",
        cohort=cohort_id,
        number=number,
    )
    return next(iter(known(conn, rows)), None)


def by_ids(conn: Conn, cohort_id: int, ids: Iterable[int]) -> list[KnownEdition]:
    """The cohort's editions of some ids."""
    wanted = {f"id{at}": each for at, each in enumerate(sorted(set(ids)))}
    if not wanted:
        return []
    rows = conn.all(
        f"SELECT * FROM venue_edition WHERE cohort_id = :cohort AND id IN ({', '.join(f':{each}' for each in wanted)})",
        cohort=cohort_id,
        **wanted,
    )
    return known(conn, rows)


def with_dates_between(
    conn: Conn, cohort_id: int, since: datetime, until: datetime, most: int = 500
) -> list[KnownEdition]:
    """The cohort's editions that have a date from one instant to another, in no order; those with the nearest dates where
    there are more than so many."""
    rows = conn.all(
        "SELECT edition_id FROM venue_date WHERE cohort_id = :cohort AND at >= :since AND at < :until"
        f" GROUP BY edition_id ORDER BY min(at) LIMIT {most}",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return by_ids(conn, cohort_id, [row["edition_id"] for row in rows])


def entered_by_hand(conn: Conn, cohort_id: int, year: int, most: int = 200) -> list[KnownEdition]:
    """The cohort's editions of a year and later of which an organizer said something."""
    rows = conn.all(
        "SELECT e.* FROM venue_edition e WHERE e.cohort_id = :cohort AND e.year >= :year AND EXISTS"
        " (SELECT 1 FROM venue_source s WHERE s.edition_id = e.id AND s.name = '')"
        f" ORDER BY e.year, e.name LIMIT {most}",
        cohort=cohort_id,
        year=year,
    )
    return known(conn, rows)


def days_of_decisions(conn: Conn, cohort_id: int, since: datetime, most: int = 100) -> list[date]:
    """The days of the next decisions in a cohort's list, as their sources say them, from an instant on."""
    rows = conn.all(
        "SELECT DISTINCT at, day, zone FROM venue_date WHERE cohort_id = :cohort AND at >= :since AND main = 1"
        f" AND doubt = '' AND kind = :kind ORDER BY at LIMIT {most}",
        cohort=cohort_id,
        since=since,
        kind=DateKind.DECISION.value,
    )
    return sorted({row["day"] or clock.local_date(row["at"], row["zone"]) for row in rows})


def next_ahead(
    conn: Conn, cohort_id: int, kinds: Iterable[DateKind], ahead: Iterable[int], now: datetime
) -> datetime | None:
    """The next instant that lies one of some numbers of days before a date of some kinds that can be relied on."""
    named = {f"kind{at}": kind.value for at, kind in enumerate(kinds)}
    found = []
    for days in ahead:
        at = conn.one(
            "SELECT at FROM venue_date WHERE cohort_id = :cohort AND at > :after AND main = 1 AND doubt = ''"
            f" AND kind IN ({', '.join(f':{each}' for each in named)}) ORDER BY at LIMIT 1",
            cohort=cohort_id,
            after=now + timedelta(days=days),
            **named,
        )
        if at is not None:
            found.append(at["at"] - timedelta(days=days))
    return min(found, default=None)


def names(conn: Conn, cohort_id: int, most: int = 2_000) -> Sequence[Row]:
    """The cohort's editions, the latest first: `number`, `name`, `year`, `full_name`, `venue_key`."""
    return conn.all(
        "SELECT number, name, year, full_name, venue_key FROM venue_edition WHERE cohort_id = :cohort"
        f" ORDER BY year DESC, name LIMIT {most}",
        cohort=cohort_id,
    )


def from_table(edition: VenueEdition) -> KnownEdition | None:
    """What the built-in table knows of an edition: of a year without a rate of its own, the scale alone."""
    found = venues.find(str(edition))
    if found is None:
        return None
    venue, year = found.venue, found.year
    scale = found.scale
    source = EditionSource(
        0,
        venues.SOURCE,
        venues.AS_OF,
        accept_rate=venue.rates.get(year) if year else None,
        decided_rate=venue.decided.get(year) if year else None,
        scale=scale.values if scale else (),
        reviews=venue.reviews.get(year) if year else None,
        table=True,
    )
    return KnownEdition(VenueEdition(venue.name, year), (source,))


def known(conn: Conn, rows: Sequence[Row]) -> list[KnownEdition]:
    """Rows of editions with their sources and dates, in the order of the rows."""
    if not rows:
        return []
    wanted = {f"id{at}": row["id"] for at, row in enumerate(rows)}
    ids = ", ".join(f":{each}" for each in wanted)
    sources: dict[int, list[EditionSource]] = {}
    by_id: dict[int, EditionSource] = {}
    for row in conn.all(f"SELECT * FROM venue_source WHERE edition_id IN ({ids}) ORDER BY id", **wanted):
        by_id[row["id"]] = source = _source(row)
        sources.setdefault(row["edition_id"], []).append(source)
    dates: dict[int, list[EditionDate]] = {}
    for row in conn.all(
        f"SELECT * FROM venue_date WHERE +cohort_id = :cohort AND edition_id IN ({ids}) ORDER BY source_id, position",
        **wanted,
    ):
        dates.setdefault(row["edition_id"], []).append(_date(row, by_id))
    return [_known(row, sources.get(row["id"], []), dates.get(row["id"], [])) for row in rows]


def _known(row: Row, sources: Sequence[EditionSource], dates: Sequence[EditionDate]) -> KnownEdition:
    edition = VenueEdition(row["name"], row["year"])
    built_in = from_table(edition)
    return KnownEdition(
        edition,
        (
            *sorted(sources, key=lambda each: (not each.by_hand, -each.id)),
            *(built_in.sources if built_in else ()),
        ),
        tuple(dates),
        row["id"],
        row["number"],
        row["full_name"],
        tuple(filter(None, row["fields"].split("\n"))),
        row["location"],
    )


def _source(row: Row) -> EditionSource:
    return EditionSource(
        row["id"],
        row["name"],
        row["said_on"],
        row["link"],
        row["accept_rate"],
        scale=tuple(map(float, row["scale"].split())),
    )


def _date(row: Row, sources: Mapping[int, EditionSource]) -> EditionDate:
    return EditionDate(
        DateKind(row["kind"]),
        row["label"],
        row["at"],
        row["zone"],
        sources[row["source_id"]],
        row["day"],
        row["ends_on"],
        bool(row["main"]),
        row["doubt"],
    )
