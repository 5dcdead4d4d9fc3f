"""What is kept of somebody, over all tables of which a package has said it: counted, and whole. Plain SQL.

Each statement is made of a condition that stands beside the table's own statements, see `core.cohorts.privacy`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.chat.model import Person
from core.clock import local_date
from core.cohorts import directory, forgetting, names, settings
from core.cohorts.model import Scope
from core.cohorts.privacy import DataSubject, DataTopic, TableData
from core.commands.registry import Registry
from core.errors import NotFound
from core.store.cohort_tables import COHORT_TABLES
from core.store.port import Conn, Row

NOTHING = "I keep nothing of you in this cohort."

_SETTING = re.compile(r"\{([a-z-]+)\}")
"""The key of a setting where its value is said."""

MOST_MENTIONS = 50
"""Places of one table at which somebody is told that others name them."""


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How much of a topic is kept, from when to when, and for how long in this cohort; `count` is 0 where there is nothing that
    is counted."""

    topic: DataTopic
    count: int
    first: date | None
    last: date | None
    kept: str


@dataclass(frozen=True, slots=True)
class Mention:
    """Where somebody is named in what others wrote and the cohort reads."""

    topic: str
    by: str
    day: date


@dataclass(frozen=True, slots=True)
class KeptTable:
    """The rows of a table that concern somebody: `own` whole, and of others what names them."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True)
class KeptTopic:
    """A topic with its tables."""

    topic: DataTopic
    tables: list[KeptTable] = field(default_factory=list)


def subject(conn: Conn, scope: Scope, account: Person) -> DataSubject:
    """Who asks, as somebody who is or was in the cohort. Raises `NotFound` for somebody of whom nothing is kept there."""
    found = find(conn, scope, account)
    if found is None:
        raise NotFound(NOTHING)
    return found


def find(conn: Conn, scope: Scope, account: Person) -> DataSubject | None:
    """The same, None where nothing is kept."""
    person_id = directory.person_of(conn, account)
    return None if person_id is None else forgetting.find(conn, scope.cohort, person_id, scope.now)


def topics(registry: Registry) -> list[tuple[DataTopic, list[TableData]]]:
    """The topics in their order, each with its tables."""
    found: dict[str, tuple[DataTopic, list[TableData]]] = {}
    for each in registry.personal_data.values():
        if each.topic is not None:
            found.setdefault(each.topic.name, (each.topic, []))[1].append(each)
    return sorted(found.values(), key=lambda each: each[0].order)


def counts(conn: Conn, registry: Registry, of: DataSubject) -> list[TopicCount]:
    """What is kept of somebody, by topic; topics of which there is nothing are left out."""
    found = []
    for topic, tables in topics(registry):
        told = [(each, _counted(conn, each, one)) for each in tables if each.own for one in of.all]
        days = [day for _, (_, *ends) in told for day in ends if day is not None]
        if any(count for _, (count, _, _) in told):
            counted = sum(count for each, (count, _, _) in told if each.counted)
            first, last = min(days, default=None), max(days, default=None)
            found.append(TopicCount(topic, counted, first, last, _kept_for(conn, registry, of, topic)))
    return found


def _kept_for(conn: Conn, registry: Registry, of: DataSubject, topic: DataTopic) -> str:
    """For how long a topic is kept, with the days that the cohort has set."""

    def value(found: re.Match[str]) -> str:
        return settings.setting(conn, of.cohort.id, found[1], registry.settings[found[1]].default)

    return _SETTING.sub(value, topic.kept)


def _counted(conn: Conn, each: TableData, of: DataSubject) -> tuple[int, date | None, date | None]:
    """How many rows of a table are somebody's, and the days of the first and the last."""
    ending = "on" if each.counted == "day" or each.counted.endswith("_on") else "at"
    span = (
        f", min(t.{each.counted}) AS first_{ending}, max(t.{each.counted}) AS last_{ending}"
        if each.counted
        else ""
    )
    row = conn.one(
        f"SELECT count(*) AS n{span} FROM {each.table} t WHERE {_there(each.table, each.own)}", **of.values
    )
    if row is None or not row["n"]:
        return 0, None, None
    if not each.counted:
        return row["n"], None, None
    first, last = (_day(row[f"{name}_{ending}"], of) for name in ("first", "last"))
    return row["n"], first, last


def _day(value: datetime | date | None, of: DataSubject) -> date | None:
    return local_date(value, of.cohort.zone) if isinstance(value, datetime) else value


def everything(conn: Conn, registry: Registry, of: DataSubject, *, named: bool) -> list[KeptTopic]:
    """All rows that concern somebody, by topic and table; with `named` also what others' rows say of them, as far as they
    may read it."""
    found = []
    for topic, tables in topics(registry):
        kept = KeptTopic(topic)
        for each in tables:
            kept.tables.extend(_tables(conn, each, of, named=named))
        if kept.tables:
            found.append(kept)
    return found


def _tables(conn: Conn, each: TableData, of: DataSubject, *, named: bool) -> Iterable[KeptTable]:
    if each.own:
        yield from _kept(each.table, each.left_out, _rows(conn, each.table, "t.*", each.own, of))
    for at, one in enumerate(each.named if named else (), 1):
        columns = ", ".join(f"t.{column}" for column in one.columns)
        yield from _kept(f"{each.table}-of-others-{at}", (), _rows(conn, each.table, columns, one.where, of))


def _there(table: str, where: str) -> str:
    """A condition for rows of a table, of the cohort alone where the table holds cohorts' records."""
    return f"+t.cohort_id = :cohort AND ({where})" if table in COHORT_TABLES else where


def _rows(conn: Conn, table: str, columns: str, where: str, of: DataSubject) -> list[Row]:
    sql = f"SELECT {columns} FROM {table} t WHERE {_there(table, where)}"
    return [row for one in of.all for row in conn.all(sql, **one.values)]


def _kept(name: str, left_out: Sequence[str], rows: Sequence[Row]) -> Iterable[KeptTable]:
    if rows:
        columns = tuple(each for each in rows[0].keys() if each not in left_out)  # noqa: SIM118 - rows of SQLite are no mappings
        # What belongs to an account is found for each membership that it has become.
        found = dict.fromkeys(tuple(row[column] for column in columns) for row in rows)
        yield KeptTable(name, columns, tuple(found))


def own_words(conn: Conn, registry: Registry, of: DataSubject) -> frozenset[str]:
    """What somebody wrote, each text whole: it is looked for in posts."""
    found = set[str]()
    for each in registry.personal_data.values():
        for row in _rows(conn, each.table, "t.*", each.own, of) if each.own and each.words else ():
            found.update(row[column] for column in each.words if row[column])
    return frozenset(found)


def mentions(conn: Conn, registry: Registry, of: DataSubject) -> list[Mention]:
    """Where others name somebody in what the whole cohort reads, under whichever of their accounts' names."""
    found = list[Mention]()
    own = {one.name: names.naming(conn, of.cohort.id, one.name) for one in of.all}
    for each in registry.personal_data.values():
        there = list[Mention]()
        for row in _naming(conn, each, of) if each.read_by_all is not None else ():
            day = _day(row["written_at"] or row["written_on"], of)
            text = " ".join(row[column] or "" for column in each.words)
            if day is not None and row["by_name"] not in own and any(named(text) for named in own.values()):
                there.append(Mention(each.topic.name if each.topic else "", row["by_name"] or "", day))
        found += there[:MOST_MENTIONS]
    return found


def _naming(conn: Conn, each: TableData, of: DataSubject) -> Sequence[Row]:
    """The rows of a table that everybody may read and in which a name may stand."""
    public = each.read_by_all
    assert public is not None  # noqa: S101 - the caller looked
    at = f"t.{public.at}" if re.fullmatch(r"\w+", public.at) else public.at
    at = (
        f"NULL AS written_at, {at} AS written_on"
        if public.at == "day"
        else f"{at} AS written_at, NULL AS written_on"
    )
    patterns = {f"name_{at}": f"%{_pattern(one.name)}%" for at, one in enumerate(of.all)}
    holds = " OR ".join(
        f"lower(t.{column}) LIKE :{pattern} ESCAPE '!'" for column in each.words for pattern in patterns
    )
    columns = ", ".join(f"t.{column}" for column in each.words)
    return conn.all(
        f"SELECT {public.by} AS by_name, {at}, {columns} FROM {each.table} t WHERE {public.where}"
        f" AND NOT coalesce({each.own}, 1 = 0) AND ({holds})",
        **patterns,
        **of.values,
    )


def _pattern(name: str) -> str:
    """What fits a name in any case of letters, and a little more: SQLite knows the small letters of ASCII alone."""
    return "".join(
        "_" if not letter.isascii() else f"!{letter}" if letter in "!%_" else letter.lower()
        for letter in name
    )
