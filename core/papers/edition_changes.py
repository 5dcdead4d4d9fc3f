"""What organizers enter, import and remove of venues, kept for a day beside what stood there before: so it can be taken
back, and had again. What was changed once more since stays as it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from pydantic import TypeAdapter

from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.record_search import normalize_name
from core.papers import edition_updates
from core.papers.edition_updates import Recorded, SaidDate, SaidEdition
from core.papers.editions import DateKind
from core.store.port import Conn, Row

UNDO = timedelta(days=1)
"""How long a change can be taken back."""


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What is known of an edition beside what its sources say."""

    name: str
    year: int
    full_name: str
    fields: str
    location: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source says of an edition; `scale` as it is stored."""

    said_on: date
    link: str
    accept_rate: float | None
    scale: str
    dates: tuple[SaidDate, ...]


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What one source said of the edition of a number before and after a change; None where it said nothing."""

    number: int
    edition: EditionFacts
    source: str
    entry: str
    before: SourceState | None
    after: SourceState | None


@dataclass(frozen=True, slots=True)
class VenueChange:
    """A change that can be taken back. `what` says it in words."""

    id: int
    number: int
    what: str


_CHANGES = TypeAdapter(tuple[SourceChange, ...])


def record_of(
    conn: Conn, scope: Scope, said: SaidEdition, row: Row | None
) -> tuple[Recorded, SourceChange | None]:
    """`edition_updates.record_of`, with what it changed of the source."""
    before = _state(conn, row["id"], said.source, said.entry) if row is not None else None
    done = edition_updates.record_of(conn, scope, said, row)
    edition = _edition(conn, scope, done.number)
    assert edition is not None  # noqa: S101 - it was recorded just now
    after = _state(conn, edition["id"], said.source, said.entry)
    if before == after:
        return done, None
    return done, SourceChange(done.number, _facts(edition), said.source, said.entry, before, after)


def remove_edition(conn: Conn, scope: Scope, number: int) -> list[SourceChange]:
    """Remove an edition with all that is said of it."""
    edition = _edition(conn, scope, number)
    if edition is None:
        return []
    found = [_removed(conn, edition, row) for row in _sources(conn, edition["id"])]
    conn.run("DELETE FROM venue_edition WHERE id = :id AND cohort_id = :cohort", id=edition["id"])
    return found


def remove_kind(conn: Conn, scope: Scope, number: int, kind: DateKind) -> list[SourceChange]:
    """Remove the dates of a kind of an edition, whoever said them."""
    edition = _edition(conn, scope, number)
    found: list[SourceChange] = []
    for row in _sources(conn, edition["id"]) if edition is not None else ():
        assert edition is not None  # noqa: S101 - it has sources
        change = _removed(conn, edition, row)
        assert change.before is not None  # noqa: S101 - it was read just now
        left = tuple(each for each in change.before.dates if each.kind is not kind)
        if left != change.before.dates:
            after = replace(change.before, dates=left)
            _set(conn, scope, change, after)
            found.append(replace(change, after=after))
    return found


def remove_source(conn: Conn, scope: Scope, name: str) -> list[SourceChange]:
    """Remove all that a file said, and the editions of which nobody else says anything."""
    rows = conn.all(
        "SELECT e.number, s.entry FROM venue_source s JOIN venue_edition e ON e.id = s.edition_id"
        " WHERE e.cohort_id = :cohort AND s.name = :name ORDER BY e.number, s.entry",
        cohort=scope.cohort.id,
        name=name,
    )
    found = []
    for row in rows:
        edition = _edition(conn, scope, row["number"])
        assert edition is not None  # noqa: S101 - the rows name it
        state = _state(conn, edition["id"], name, row["entry"])
        change = SourceChange(row["number"], _facts(edition), name, row["entry"], state, None)
        _set(conn, scope, change, None)
        found.append(change)
    return found


def files(conn: Conn, cohort_id: int) -> Sequence[Row]:
    """The files that say something of the cohort's editions: `name`, and of how `many` editions."""
    return conn.all(
        "SELECT s.name, count(*) AS many FROM venue_source s JOIN venue_edition e ON e.id = s.edition_id"
        " WHERE e.cohort_id = :cohort AND s.name <> '' GROUP BY s.name ORDER BY s.name LIMIT 25",
        cohort=cohort_id,
    )


def numbers_of(conn: Conn, cohort_id: int, name: str) -> list[int]:
    """The numbers of the editions of which a file says something."""
    rows = conn.all(
        "SELECT DISTINCT e.number FROM venue_source s JOIN venue_edition e ON e.id = s.edition_id"
        " WHERE e.cohort_id = :cohort AND s.name = :name ORDER BY e.number",
        cohort=cohort_id,
        name=name,
    )
    return [row["number"] for row in rows]


# Kept for a day


def begin(conn: Conn, scope: Scope, what: str) -> int:
    """Note a change, whose parts follow. Returns its number."""
    number = settings.hidden_number_in(conn, scope.cohort.id, "venue_change")
    conn.run(
        "INSERT INTO venue_change (cohort_id, member_id, number, what, at)"
        " VALUES (:cohort, :member, :number, :what, :now)",
        cohort=scope.cohort.id,
        member=scope.member.id if scope.member else None,
        number=number,
        what=what,
        now=scope.now,
    )
    return number


def add_part(conn: Conn, scope: Scope, number: int, changes: Sequence[SourceChange]) -> None:
    """Keep some of a change."""
    found = by_number(conn, scope, number)
    if found is not None and changes:
        content = _CHANGES.dump_json(tuple(changes)).decode()
        conn.run(
            "INSERT INTO venue_change_part (change_id, content) VALUES (:id, :content)",
            id=found.id,
            content=content,
        )


def recent(conn: Conn, scope: Scope) -> list[VenueChange]:
    """The cohort's changes that can be taken back, the last one first: those that changed something."""
    rows = conn.all(
        "SELECT v.id, v.number, v.what FROM venue_change v WHERE v.cohort_id = :cohort AND v.at > :since"
        " AND EXISTS (SELECT 1 FROM venue_change_part p WHERE p.change_id = v.id)"
        " ORDER BY v.at DESC, v.id DESC LIMIT 25",
        cohort=scope.cohort.id,
        since=scope.now - UNDO,
    )
    return [VenueChange(row["id"], row["number"], row["what"]) for row in rows]


def by_number(conn: Conn, scope: Scope, number: int) -> VenueChange | None:
    """The change of a number, as long as it can be taken back."""
    row = conn.one(
        "SELECT id, number, what FROM venue_change WHERE cohort_id = :cohort AND number = :number AND at > :since",
        cohort=scope.cohort.id,
        number=number,
        since=scope.now - UNDO,
    )
    return VenueChange(row["id"], row["number"], row["what"]) if row is not None else None


def parts(conn: Conn, change_id: int) -> list[int]:
    """The ids of a change's parts."""
    rows = conn.all("SELECT id FROM venue_change_part WHERE change_id = :id ORDER BY id", id=change_id)
    return [row["id"] for row in rows]


def changes_of(conn: Conn, part_id: int, *, undone: bool) -> list[SourceChange]:
    """What a part would change: towards how it was before, or, unless `undone`, as it was entered."""
    content = conn.value("SELECT content FROM venue_change_part WHERE id = :id", id=part_id)
    found = _CHANGES.validate_json(content) if content is not None else ()
    return [replace(each, before=each.after, after=each.before) if undone else each for each in found]


def apply(conn: Conn, scope: Scope, changes: Sequence[SourceChange]) -> tuple[int, int]:
    """Let sources say what they say after some changes, but for those that say something else by now than before them.
    Returns how many were changed and how many were left; those that say so already are neither."""
    done = left = 0
    for each in changes:
        edition = _edition(conn, scope, each.number)
        now = _state(conn, edition["id"], each.source, each.entry) if edition is not None else None
        if _said(now) == _said(each.after):
            continue
        if _said(now) != _said(each.before):
            left += 1
            continue
        _set(conn, scope, each, each.after)
        done += 1
    return done, left


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Forget at most so many changes whose day is over. Returns how many."""
    return conn.run(
        f"DELETE FROM venue_change WHERE id IN (SELECT id FROM venue_change WHERE at < :before ORDER BY at LIMIT {most})",
        before=now - UNDO,
    )


# Rows


def _edition(conn: Conn, scope: Scope, number: int) -> Row | None:
    return conn.one(
        "SELECT * FROM venue_edition WHERE cohort_id = :cohort AND number = :number",
        cohort=scope.cohort.id,
        number=number,
    )


def _facts(row: Row) -> EditionFacts:
    return EditionFacts(row["name"], row["year"], row["full_name"], row["fields"], row["location"])


def _sources(conn: Conn, edition_id: int) -> Sequence[Row]:
    return conn.all("SELECT name, entry FROM venue_source WHERE edition_id = :id ORDER BY id", id=edition_id)


def _removed(conn: Conn, edition: Row, source: Row) -> SourceChange:
    state = _state(conn, edition["id"], source["name"], source["entry"])
    return SourceChange(edition["number"], _facts(edition), source["name"], source["entry"], state, None)


def _said(state: SourceState | None) -> SourceState | None:
    """What a source says, whenever it did."""
    return replace(state, said_on=date.min) if state is not None else None


def _state(conn: Conn, edition_id: int, source: str, entry: str) -> SourceState | None:
    row = conn.one(
        "SELECT * FROM venue_source WHERE edition_id = :id AND name = :name AND entry = :entry",
        id=edition_id,
        name=source,
        entry=entry,
    )
    if row is None:
        return None
    return SourceState(
        row["said_on"],
        row["link"],
        row["accept_rate"],
        row["scale"],
        tuple(edition_updates.dates_of_source(conn, row["id"])),
    )


def _set(conn: Conn, scope: Scope, change: SourceChange, state: SourceState | None) -> None:
    """Let a source say something of an edition, which is there again under its number, or nothing: an edition of which
    nobody says anything goes."""
    edition = _edition(conn, scope, change.number)
    if edition is None and state is None:
        return
    edition_id = edition["id"] if edition is not None else _again(conn, scope, change)
    conn.run(
        "DELETE FROM venue_source WHERE edition_id = :id AND name = :name AND entry = :entry",
        id=edition_id,
        name=change.source,
        entry=change.entry,
    )
    if state is not None:
        edition_updates.add_source(
            conn,
            scope.cohort.id,
            edition_id,
            {"name": change.source, "entry": change.entry, "said_on": state.said_on, **_values(state)},
            state.dates,
        )
    elif not _sources(conn, edition_id):
        conn.run("DELETE FROM venue_edition WHERE id = :id AND cohort_id = :cohort", id=edition_id)


def _values(state: SourceState) -> dict[str, object]:
    return {name: getattr(state, name) for name in ("link", "accept_rate", "scale")}


def _again(conn: Conn, scope: Scope, change: SourceChange) -> int:
    facts = change.edition
    return conn.insert(
        "INSERT INTO venue_edition (cohort_id, number, name, venue_key, year, full_name, fields, location, created_at)"
        " VALUES (:cohort, :number, :name, :key, :year, :full, :fields, :location, :now)",
        cohort=scope.cohort.id,
        number=change.number,
        name=facts.name,
        key=normalize_name(facts.name),
        year=facts.year,
        full=facts.full_name,
        fields=facts.fields,
        location=facts.location,
        now=scope.now,
    )
