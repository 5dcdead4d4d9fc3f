"""What changes a cohort's venue editions: plain SQL, each function a transaction or a part of one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.record_search import normalize_name
from core.papers.editions import DateKind
from core.papers.model import VenueEdition
from core.store.port import Conn, Row

_KIND = "venue"
"""What editions are called among the counters."""


@dataclass(frozen=True, slots=True)
class SaidDate:
    """A date as a source says it; see `core.papers.editions.EditionDate`."""

    kind: DateKind
    label: str
    at: datetime | None
    zone: str
    day: date | None = None
    ends_on: date | None = None
    main: bool = True
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class SaidEdition:
    """What one source says of one edition of a venue, whose year is known. `source` is the file's name, empty for an
    organizer; `entry` the id of the entry in it. Of what is None or empty it says nothing."""

    edition: VenueEdition
    dates: tuple[SaidDate, ...]
    source: str = ""
    entry: str = ""
    full_name: str = ""
    fields: tuple[str, ...] = ()
    location: str = ""
    link: str = ""
    accept_rate: float | None = None
    scale: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of what a source said: the edition, and whether it is new, or changed by that."""

    id: int
    number: int
    new: bool
    changed: bool


class Novelty(StrEnum):
    """How what a source says stands to what is known."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


def novelty(conn: Conn, cohort_id: int, said: SaidEdition) -> Novelty:
    """What `record` would change."""
    row = same_edition(conn, cohort_id, said)
    if row is None:
        return Novelty.NEW
    source = _source_row(conn, row["id"], said)
    if (
        source is None
        or _completed(row, said) != _own_columns(row)
        or _said_columns(source, said) is not None
    ):
        return Novelty.CHANGED
    same = _dates_of(conn, source["id"]) == [_columns(each) for each in said.dates]
    return Novelty.SAME if same else Novelty.CHANGED


def record(conn: Conn, scope: Scope, said: SaidEdition) -> Recorded:
    """Keep what a source says of an edition, in place of what the same source said before. What is said again changes
    nothing."""
    return record_of(conn, scope, said, same_edition(conn, scope.cohort.id, said))


def record_of(conn: Conn, scope: Scope, said: SaidEdition, row: Row | None) -> Recorded:
    """`record` where it was looked up which edition a source speaks of."""
    new = row is None
    edition_id, number = (row["id"], row["number"]) if row is not None else _add(conn, scope, said)
    changed = _complete(conn, row, said) if row is not None else True
    source_id, fresh = _source(conn, edition_id, said, scope.today)
    moved = _replace_dates(conn, scope.cohort.id, edition_id, source_id, said.dates)
    if moved and not fresh:
        conn.run("UPDATE venue_source SET said_on = :day WHERE id = :id", day=scope.today, id=source_id)
    return Recorded(edition_id, number, new, new or changed or fresh or moved)


def same_edition(conn: Conn, cohort_id: int, said: SaidEdition) -> Row | None:
    """The edition that a source speaks of, if the cohort has it: that of the name and the year, unless two conferences
    share them and this is the other one."""
    rows = conn.all(
        "SELECT * FROM venue_edition WHERE cohort_id = :cohort AND venue_key = :key AND year = :year ORDER BY number",
        cohort=cohort_id,
        key=normalize_name(said.edition.name),
        year=said.edition.year,
    )
    return next((row for row in rows if _is_same(conn, row, said)), None)


def _is_same(conn: Conn, row: Row, said: SaidEdition) -> bool:
    """Whether an edition of the same short name and year is the conference that is meant: by its full name, else by its
    link, else by its id where it is of the same file. Where nothing tells them apart, it is."""
    sources = conn.all(
        "SELECT name, entry, link FROM venue_source WHERE edition_id = :id ORDER BY id", id=row["id"]
    )
    own = [each for each in sources if each["name"] == said.source]
    if said.entry and any(each["entry"] == said.entry for each in own):
        return True
    if said.full_name and row["full_name"]:
        return _alike(said.full_name, row["full_name"])
    hosts = {host for each in sources if (host := _host(each["link"]))}
    if (host := _host(said.link)) and hosts:
        return host in hosts
    return not (said.entry and own)


_EMPTY_WORDS = (
    " the of on in for and a an to annual international conference symposium workshop meeting congress forum acm ieee cvf"
    " joint world european "
)


def _alike(one: str, other: str) -> bool:
    """Whether two full names are of one conference: the shorter one's telling words are nearly all in the other."""
    left, right = (_telling(one), _telling(other))
    if not left or not right:
        return normalize_name(one) == normalize_name(other)
    return len(left & right) >= 0.7 * min(len(left), len(right))


def _telling(name: str) -> set[str]:
    words = re.findall(r"[^\W\d_]{2,}", name.casefold())
    return {word.rstrip("s") for word in words if f" {word} " not in _EMPTY_WORDS}


_SHARED_HOSTS = frozenset(("google.com", "github.io", "wixsite.com", "wordpress.com", "wikicfp.com"))


def _host(link: str) -> str:
    """The last two or three parts of a link's host; empty where it is that of pages of many."""
    try:
        host = urlsplit(link).hostname or ""
    except ValueError:
        return ""
    parts = host.split(".")
    taken = 3 if len(parts) > 2 and len(parts[-2]) <= 3 and len(parts[-1]) == 2 else 2
    name = ".".join(parts[-taken:])
    return "" if name in _SHARED_HOSTS else name


def _add(conn: Conn, scope: Scope, said: SaidEdition) -> tuple[int, int]:
    number = settings.next_number(conn, scope.cohort.id, _KIND)
    added = conn.insert(
        "INSERT INTO venue_edition (cohort_id, number, name, venue_key, year, full_name, fields, location, created_at)"
        " VALUES (:cohort, :number, :name, :key, :year, :full, :fields, :location, :now)",
        cohort=scope.cohort.id,
        number=number,
        name=said.edition.name,
        key=normalize_name(said.edition.name),
        year=said.edition.year,
        full=said.full_name,
        fields="\n".join(said.fields),
        location=said.location,
        now=scope.now,
    )
    return added, number


def _own_columns(row: Row) -> dict[str, str]:
    return {name: row[name] for name in ("full_name", "location", "fields")}


def _completed(row: Row, said: SaidEdition) -> dict[str, str]:
    """What is known of an edition itself, with what a source adds to it."""
    fields = dict.fromkeys((*filter(None, row["fields"].split("\n")), *said.fields))
    return {
        "full_name": row["full_name"] or said.full_name,
        "location": row["location"] or said.location,
        "fields": "\n".join(fields),
    }


def _complete(conn: Conn, row: Row, said: SaidEdition) -> bool:
    """Fill in what was not known of an edition. Returns whether there was anything."""
    values = _completed(row, said)
    if _own_columns(row) == values:
        return False
    conn.run(
        "UPDATE venue_edition SET full_name = :full_name, location = :location, fields = :fields"
        " WHERE id = :id AND cohort_id = :cohort",
        id=row["id"],
        **values,
    )
    return True


def _source_row(conn: Conn, edition_id: int, said: SaidEdition) -> Row | None:
    return conn.one(
        "SELECT * FROM venue_source WHERE edition_id = :edition AND name = :name AND entry = :entry",
        edition=edition_id,
        name=said.source,
        entry=said.entry,
    )


def _said_columns(row: Row | None, said: SaidEdition) -> dict[str, object] | None:
    """What a source says now beside its dates; None where it stands so already."""
    values: dict[str, object] = {
        "link": said.link,
        "accept_rate": said.accept_rate,
        "scale": " ".join(f"{each:g}" for each in said.scale),
    }
    if row is None:
        return values
    if not said.source:  # an organizer who names one date leaves the rest as it is
        values = {name: value or row[name] for name, value in values.items()}
    return None if all(row[name] == value for name, value in values.items()) else values


def _source(conn: Conn, edition_id: int, said: SaidEdition, today: date) -> tuple[int, bool]:
    """The row of a source with what it says now. Returns its id, and whether it is new or says something else."""
    row = _source_row(conn, edition_id, said)
    values = _said_columns(row, said)
    if row is None:
        assert values is not None  # noqa: S101 - a new source always says something
        own = {"name": said.source, "entry": said.entry, "said_on": today}
        return _add_source(conn, edition_id, {**own, **values}), True
    if values is None:
        return row["id"], False
    conn.run(
        f"UPDATE venue_source SET said_on = :day, {', '.join(f'{each} = :{each}' for each in values)} WHERE id = :id",
        day=today,
        id=row["id"],
        **values,
    )
    return row["id"], True


def _add_source(conn: Conn, edition_id: int, values: Mapping[str, object]) -> int:
    columns, marks = ", ".join(values), ", ".join(f":{each}" for each in values)
    return conn.insert(
        f"INSERT INTO venue_source (edition_id, {columns}) VALUES (:edition, {marks})",
        edition=edition_id,
        **values,
    )


def add_source(
    conn: Conn, cohort_id: int, edition_id: int, values: Mapping[str, object], dates: Sequence[SaidDate]
) -> None:
    """Let a new source say something of an edition: `values` are its columns."""
    source_id = _add_source(conn, edition_id, values)
    _replace_dates(conn, cohort_id, edition_id, source_id, dates)


def _dates_of(conn: Conn, source_id: int) -> list[dict[str, object]]:
    rows = conn.all(
        "SELECT * FROM venue_date WHERE +cohort_id = :cohort AND source_id = :source ORDER BY position",
        source=source_id,
    )
    return [{name: row[name] for name in _DATE_COLUMNS} for row in rows]


def _replace_dates(
    conn: Conn, cohort_id: int, edition_id: int, source_id: int, dates: Sequence[SaidDate]
) -> bool:
    """Let a source's dates be these. Returns whether that changed anything."""
    said = [_columns(each) for each in dates]
    if _dates_of(conn, source_id) == said:
        return False
    conn.run("DELETE FROM venue_date WHERE +cohort_id = :cohort AND source_id = :source", source=source_id)
    columns, marks = ", ".join(_DATE_COLUMNS), ", ".join(f":{each}" for each in _DATE_COLUMNS)
    for position, values in enumerate(said):
        conn.run(
            f"INSERT INTO venue_date (cohort_id, edition_id, source_id, position, {columns})"
            f" VALUES (:cohort, :edition, :source, :position, {marks})",
            cohort=cohort_id,
            edition=edition_id,
            source=source_id,
            position=position,
            **values,
        )
    return True


_DATE_COLUMNS = ("kind", "label", "at", "day", "ends_on", "zone", "main", "doubt")


def _columns(said: SaidDate) -> dict[str, object]:
    return {
        "kind": said.kind.value,
        "label": said.label,
        "at": said.at,
        "day": said.day,
        "ends_on": said.ends_on,
        "zone": said.zone,
        "main": int(said.main),
        "doubt": said.doubt,
    }


def by_hand(conn: Conn, edition_id: int) -> list[SaidDate]:
    """The dates that organizers gave of an edition."""
    rows = conn.all(
        "SELECT d.* FROM venue_date d JOIN venue_source s ON s.id = d.source_id"
        " WHERE +d.cohort_id = :cohort AND s.edition_id = :edition AND s.name = '' ORDER BY d.position",
        edition=edition_id,
    )
    return list(map(_said_date, rows))


def dates_of_source(conn: Conn, source_id: int) -> list[SaidDate]:
    """The dates that a source gives of an edition, in its order."""
    rows = conn.all(
        "SELECT * FROM venue_date WHERE +cohort_id = :cohort AND source_id = :source ORDER BY position",
        source=source_id,
    )
    return list(map(_said_date, rows))


def _said_date(row: Row) -> SaidDate:
    return SaidDate(
        DateKind(row["kind"]),
        row["label"],
        row["at"],
        row["zone"],
        row["day"],
        row["ends_on"],
        bool(row["main"]),
        row["doubt"],
    )
