"""Which editions members follow: because they said so, or through a paper of theirs that goes there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.cohorts.model import Cohort, Member, Scope
from core.commands.record_search import normalize_name
from core.papers import destinations, editions
from core.papers.destinations import Bound
from core.papers.editions import DateKind, EditionDate, KnownEdition
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn, Row

_BEFORE = frozenset((Stage.IDEA, Stage.DRAFTING))
_TO_SEND = frozenset((DateKind.ABSTRACT, DateKind.PAPER))
_UNDER_REVIEW = frozenset((DateKind.SUPPLEMENTARY, DateKind.REBUTTAL_START, DateKind.REBUTTAL_END))

REMINDED = (*_TO_SEND, *_UNDER_REVIEW, DateKind.CAMERA_READY)
"""What somebody may be reminded of."""
NAMED = tuple(kind for kind in DateKind if kind is not DateKind.OTHER)
"""What stands among one's own dates and in calendars: all of which it is known what it is."""


@dataclass(frozen=True, slots=True)
class Following:
    """An edition that a member follows. `papers` are their own on their way there; `said` that they asked for it."""

    known: KnownEdition
    said: bool
    papers: tuple[Bound, ...] = ()

    def is_due(self, kind: DateKind) -> bool:
        """Whether a date of a kind is something for the member to do: what a paper needs next, or what any paper needs
        to be sent there."""
        if self.said and kind in _TO_SEND and not any(paper.stage not in _BEFORE for paper in self.papers):
            return True
        return any(kind in due_at(paper.stage) for paper in self.papers)


def due_at(stage: Stage) -> frozenset[DateKind]:
    """What a paper at a stage needs to be sent in time."""
    if stage in _BEFORE:
        return _TO_SEND
    if stage is Stage.ACCEPTED:
        return frozenset((DateKind.CAMERA_READY,))
    return _UNDER_REVIEW


def set_following(
    conn: Conn, scope: Scope, member_id: int, edition: VenueEdition, number: int, on: bool
) -> bool:
    """Follow an edition, or do not follow it any more. `number` is the edition's where two have its name, else 0.
    Returns whether that is new."""
    key = normalize_name(edition.name)
    row = conn.one(
        "SELECT follows FROM venue_follow WHERE member_id = :member AND venue_key = :key AND year = :year"
        " AND number = :number AND cohort_id = :cohort",
        cohort=scope.cohort.id,
        member=member_id,
        key=key,
        year=edition.year,
        number=number,
    )
    if row is not None and bool(row["follows"]) == on:
        return False
    conn.run(
        "INSERT INTO venue_follow (cohort_id, member_id, venue_key, year, number, name, follows, at)"
        " VALUES (:cohort, :member, :key, :year, :number, :name, :on, :now)"
        " ON CONFLICT (member_id, venue_key, year, number) DO UPDATE SET follows = excluded.follows, at = excluded.at",
        cohort=scope.cohort.id,
        member=member_id,
        key=key,
        year=edition.year,
        number=number,
        name=edition.name,
        on=on,
        now=scope.now,
    )
    return True


@dataclass
class _Said:
    """What a member said about editions, by key and year: numbers that they follow, and that they do not."""

    on: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    off: dict[tuple[str, int], set[int]] = field(default_factory=dict)

    def follows(self, known: KnownEdition) -> bool | None:
        """Whether a member follows an edition; None where they said nothing of it."""
        key = (normalize_name(known.edition.name), known.edition.year or 0)
        for told, answer in ((self.on, True), (self.off, False)):
            if told.get(key, set()) & {0, known.number or 0}:
                return answer
        return None


def _said(rows: Sequence[Row]) -> _Said:
    found = _Said()
    for row in rows:
        into = found.on if row["follows"] else found.off
        into.setdefault((row["venue_key"], row["year"]), set()).add(row["number"])
    return found


def _rows(conn: Conn, member_id: int) -> Sequence[Row]:
    return conn.all(
        "SELECT venue_key, year, number, name, follows FROM venue_follow WHERE member_id = :member"
        " AND +cohort_id = :cohort ORDER BY at",
        member=member_id,
    )


def followed(conn: Conn, cohort: Cohort, member_id: int, today: date) -> list[Following]:
    """The editions that a member follows, those without any dates too."""
    rows = _rows(conn, member_id)
    said = _said(rows)
    papers: dict[VenueEdition, list[Bound]] = {}
    for paper in destinations.of_member(conn, cohort.id, member_id):
        papers.setdefault(paper.venue, []).append(paper)
    on = [(VenueEdition(row["name"], row["year"]), row["number"]) for row in rows if row["follows"]]
    there = editions.find_all(conn, cohort.id, [*(edition for edition, _ in on), *papers])
    found: dict[tuple[str, int | None, int | None], Following] = {}
    for edition, number in on:
        for known in there[edition]:
            if number in (0, known.number):
                found[_key(known)] = Following(known, True)
    for venue, bound in papers.items():
        for known in _meant(there[venue], venue, today):
            if said.follows(known) is False:
                continue
            before = found.get(_key(known), Following(known, False))
            found[_key(known)] = Following(known, before.said, (*before.papers, *bound))
    return list(found.values())


def _key(known: KnownEdition) -> tuple[str, int | None, int | None]:
    return normalize_name(known.edition.name), known.edition.year, known.number


def _meant(found: Sequence[KnownEdition], edition: VenueEdition, today: date) -> Sequence[KnownEdition]:
    """Which of the known editions are meant: of a venue without its year the next one that there is."""
    if edition.year is None:
        coming = [each for each in found if (each.edition.year or 0) >= today.year]
        year = min((each.edition.year or 0 for each in coming), default=0)
        return [each for each in coming if each.edition.year == year]
    return found


def of_cohort(conn: Conn, cohort: Cohort, today: date) -> list[Following]:
    """The editions that are of interest to a whole cohort: those that organizers entered, that members said they follow,
    and to which papers that everybody sees are on their way. Nobody is named by it."""
    found: dict[tuple[str, int | None, int | None], Following] = {}
    rows = conn.all(
        "SELECT DISTINCT name, year, number FROM venue_follow WHERE cohort_id = :cohort AND follows = 1"
        " ORDER BY year, name, number LIMIT 500",
        cohort=cohort.id,
    )
    wanted = [VenueEdition(row["name"], row["year"]) for row in rows]
    wanted += [paper.venue for paper in destinations.seen_by_all(conn, cohort.id)]
    there = editions.find_all(conn, cohort.id, wanted)
    known = [each for venue, all_ in there.items() for each in _meant(all_, venue, today)]
    for each in (*known, *editions.entered_by_hand(conn, cohort.id, today.year)):
        if each.dates:
            found[_key(each)] = Following(each, True)
    return list(found.values())


def followers(conn: Conn, cohort: Cohort, known: KnownEdition, today: date) -> dict[int, Following]:
    """Who follows an edition, by the member's id."""
    key, year = normalize_name(known.edition.name), known.edition.year
    assert year is not None  # noqa: S101 - editions with dates have years
    said: dict[int, list[Row]] = {}
    for row in conn.all(
        "SELECT member_id, venue_key, year, number, follows FROM venue_follow WHERE cohort_id = :cohort"
        " AND venue_key = :key AND year = :year",
        cohort=cohort.id,
        key=key,
        year=year,
    ):
        said.setdefault(row["member_id"], []).append(row)
    papers = destinations.at_edition(conn, cohort.id, key, year)
    undated = VenueEdition(known.edition.name)
    next_ones = _meant(editions.find(conn, cohort.id, undated), undated, today)
    is_next = _key(known) in map(_key, next_ones)
    found = {}
    for member in sorted({*said, *papers}):
        bound = [each for each in papers.get(member, ()) if each.venue.year is not None or is_next]
        follows = _said(said.get(member, ())).follows(known)
        if follows or (bound and follows is None):
            found[member] = Following(known, bool(follows), tuple(bound))
    return found


def following(
    conn: Conn, cohort: Cohort, member: Member, known: KnownEdition, today: date
) -> Following | None:
    """What a member follows an edition for; None where they do not."""
    own = followed(conn, cohort, member.id, today)
    return next((each for each in own if _key(each.known) == _key(known)), None)


def forget(conn: Conn, member_id: int) -> None:
    """Somebody follows nothing any more."""
    conn.run("DELETE FROM venue_follow WHERE member_id = :member AND +cohort_id = :cohort", member=member_id)


@dataclass(frozen=True, slots=True)
class Due:
    """A date of an edition that a member follows, or of any."""

    known: KnownEdition
    date: EditionDate
    following: Following | None = None

    @property
    def at(self) -> datetime:
        """Its instant."""
        assert self.date.at is not None  # noqa: S101 - what is to be announced is not due
        return self.date.at


def shown_dates(known: KnownEdition, kind: DateKind) -> list[EditionDate]:
    """The dates of a kind as they are shown: those that can be relied on, else the doubtful ones, which say so."""
    return known.all_of(kind) or [
        each for each in known.dates if each.kind is kind and each.main and each.at is not None
    ]


def coming(
    found: Sequence[Following], kinds: Sequence[DateKind], since: datetime, until: datetime
) -> list[Due]:
    """The dates of some kinds that come from one instant to another, the next one first."""
    due = [
        Due(each.known, shown, each)
        for each in found
        for kind in kinds
        for shown in shown_dates(each.known, kind)
        if shown.at is not None and since <= shown.at < until
    ]
    return sorted(due, key=lambda each: (each.at, str(each.known.edition), each.date.kind))
