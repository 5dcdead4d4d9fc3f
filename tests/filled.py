"""Every table with rows of somebody: whatever a migration adds is filled too, so that no test has to be told of it."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from core.store.port import Conn


@dataclass(frozen=True)
class Column:
    """A column; `refers_to` is the table whose id it holds."""

    name: str
    type: str
    required: bool
    refers_to: str | None


@dataclass(frozen=True)
class Schema:
    """The tables in an order in which they can be filled."""

    tables: Mapping[str, tuple[Column, ...]]

    @property
    def in_order(self) -> Iterator[str]:
        """Each table after those that it refers to."""
        left = dict(self.tables)
        while left:
            ready = [
                name
                for name, columns in left.items()
                if not {each.refers_to for each in columns} - {name, None} & left.keys()
            ]
            assert ready, f"these refer to each other: {sorted(left)}"
            for name in ready:
                del left[name]
                yield name

    def personal(self, table: str) -> bool:
        """Whether a table's rows are somebody's: they name a member, a person or an account, or hang on rows that do."""
        columns = self.tables[table]
        if {"platform", "workspace", "user_id"} <= {each.name for each in columns} or table in (
            "member",
            "person",
        ):
            return True
        parents = {
            each.refers_to for each in columns if each.refers_to not in (None, table, "cohort", "schedule")
        }
        return any(self.personal(each) for each in parents if each is not None)

    def naming(self, *targets: str) -> Iterator[tuple[str, str]]:
        """The tables and columns that hold ids of other tables' rows."""
        for name, columns in self.tables.items():
            for each in columns:
                if each.refers_to in targets:
                    yield name, each.name


def schema(path: Path) -> Schema:
    """The schema of a migrated SQLite file; both engines have the same."""
    with closing(sqlite3.connect(path)) as file:
        names = [
            row[0]
            for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not row[0].startswith("sqlite_")
        ]
        tables = {}
        for name in names:
            refers = {row[3]: row[2] for row in file.execute(f"PRAGMA foreign_key_list({name})")}
            tables[name] = tuple(
                Column(row[1], row[2], bool(row[3] or row[5]), refers.get(row[1]))
                for row in file.execute(f"PRAGMA table_info({name})")
            )
        return Schema(tables)


MADE = {
    "cohort",
    "person",
    "account",
    "member",
    "place",
    "purpose",
    "setting",
    "counter",
    "migration",
    "adapter_migration",
}
"""Tables that the fixtures fill, or that hold nothing of anybody."""

ONE = {"account_link_member"}
"""Tables whose rows make two members one."""

LEFT_OUT = {"reading_track_item": "what stands there is the cohort's, whoever loaded it"}
"""Tables whose rows take others away from whom they are."""

_TEXTS: Mapping[str, str] = {
    "state": "sent",
    "visibility": "cohort",
    "note_visibility": "cohort",
    "stage": "submitted",
    "first_stage": "submitted",
    "stage_before": "drafting",
    "field": "stage",
    "substance": "constructive",
    "zone": "Europe/Berlin",
    "parts": "[]",
    "authors": "[]",
    "basis": "{}",
    "away_from": "2026-11-20",
    "away_until": "2026-11-20",
    "anchor": "2026-11-20",
    "platform": "test",
    "workspace": "W",
    "reason": "none",
    "reason_": "none",
}
"""Values of columns that the program reads, by their names."""

_NUMBERS = count(100)

_JSON = {"data", "content", "drawing", "work"}


@dataclass
class Filler:
    """Fills tables with the rows of one member. Every text of theirs begins with `mark`."""

    schema: Schema
    cohort: int
    mark: str
    person: int
    member: int
    user: str
    name: str
    other: "Filler | None" = None
    """Somebody else, whose rows name this one in their second columns."""
    ids: dict[str, int] = field(default_factory=dict)
    """The row of each table."""
    written: dict[str, int] = field(default_factory=dict)
    """How many rows of each table were written that concern the member."""

    def fill(self, conn: Conn) -> None:
        """Write rows into every table."""
        for table in self.schema.in_order:
            if table in MADE or table in LEFT_OUT or table.startswith("playground_"):
                continue
            if self.other is not None and not self.schema.personal(table):
                self.ids[table] = self.other.ids.get(table, 0)
                continue
            self._row(conn, table, self._references(table))
            self._seconds(conn, table)

    def _references(self, table: str) -> dict[str, int | None]:
        found: dict[str, int | None] = {}
        for each in self.schema.tables[table]:
            if each.refers_to is not None:
                found[each.name] = None if each.refers_to == table else self._id_of(each.refers_to)
        return found

    def _id_of(self, table: str) -> int:
        return {"cohort": self.cohort, "person": self.person, "member": self.member}.get(table) or self.ids[
            table
        ]

    def _seconds(self, conn: Conn, table: str) -> None:
        """Rows of the other one that name this one, for each column that may."""
        columns = [each for each in self.schema.tables[table] if each.refers_to in ("member", "person")]
        if self.other is None or len(columns) < 2 or table in ONE:
            return
        for each in columns[1:]:
            named = self.person if each.refers_to == "person" else self.member
            self.other._row(conn, table, {**self.other._references(table), each.name: named}, second=True)
            self.written[table] = self.written.get(table, 0) + 1

    def _row(
        self, conn: Conn, table: str, references: Mapping[str, int | None], *, second: bool = False
    ) -> None:
        values: dict[str, Any] = dict(references)
        columns = self.schema.tables[table]
        for each in columns:
            if each.name not in values and not (each.name == "id" and each.type == "INTEGER"):
                values[each.name] = self._value(table, each)
        if {"platform", "workspace", "user_id"} <= values.keys():
            user = f"{self.user}-{next(_NUMBERS)}" if second else self.user
            values |= {"platform": "test", "workspace": "W", "user_id": user}
        values |= self._special(table)
        named, given = ", ".join(values), ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO {table} ({named}) VALUES ({given})"
        if any(each.name == "id" and each.type == "INTEGER" for each in columns):
            self.ids[table] = conn.insert(sql, **values)
        else:
            conn.run(sql, **values)
        self.written[table] = self.written.get(table, 0) + 1

    def _value(self, table: str, column: Column) -> object:
        if column.type == "TEXT":
            mark = self.mark if self.schema.personal(table) else "nobody's"
            if column.name in _JSON:
                return f'["checkin now", {{"text": "{mark} {table} {column.name}"}}, null]'
            if column.name == "day" or column.name.endswith("_on"):
                return (date(2024, 1, 1) + timedelta(days=next(_NUMBERS))).isoformat()
            return _TEXTS.get(column.name, f"{mark} {table} {column.name} {next(_NUMBERS)}")
        if column.type == "DOUBLE PRECISION":
            return 0.5
        if column.name == "at" or column.name.endswith(("_at", "_until")):
            return 1_763_000_000_000_000
        if column.name in ("number", "earlier_number", "position", "post_id"):
            return next(_NUMBERS)
        return 1 if column.name in ("direct", "shared", "named", "own", "follows") else 0

    def _special(self, table: str) -> dict[str, object]:
        match table:
            case "outbox":
                return {
                    "channel": self.user,
                    "data": f'{{"text": "{self.mark} data"}}',
                    "kind": "admin.people",
                    "fallback_channel": None,
                    "schedule_id": None,
                }
            case "audit":
                return {
                    "actor_name": self.name,
                    "about": self.name,
                    "action": "removed",
                    "before": f"Olu, {self.name}",
                    "after": f"{self.name} and others",
                }
            case "press":
                return {"key": f"a hash {next(_NUMBERS)}", "call_id": "a number of the platform"}
            case "venue_change":
                return {"what": "dates of conferences, which are public"}
            case "venue_change_part":
                return {"content": "[]"}
            case "schedule_change":
                return {"what": "paused"}
            case "post_line":
                return {"about": ""}
            case "feedback_request":
                return {"state": "closed", "due_at": None}
            case "reading_item":
                return {"removed_at": None, "prompted_on": None}
            case "submission":
                return {"deleted_at": None, "visibility_before": None}
            case _:
                return {}
