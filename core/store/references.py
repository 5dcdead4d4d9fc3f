"""What refers to a row: every foreign key to a table, as the database itself knows it, and moving such references.

A person's two memberships become one by moving what refers to one of them to the other. The database is asked what that
is, so that a table of a later feature is moved too, and none has to be told of it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Conflict
from core.store.binding import to_columns
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Reference:
    """A column with a foreign key to the `id` of a table, and the columns of its own table's primary key."""

    table: str
    column: str
    key: tuple[str, ...]

    @property
    def own_key(self) -> tuple[str, ...]:
        """The columns of the key that stay as they are when the reference moves."""
        return tuple(each for each in self.key if each != self.column)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved of one column: the keys of the rows, as JSON texts, and how many stayed because the new owner has such
    a row already."""

    keys: tuple[str, ...]
    left: int


_SQLITE = (
    'SELECT t.name AS owner, f."from" AS referring FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f'
    ' WHERE t.type = \'table\' AND f."table" = :name ORDER BY t.name, f."from"'
)
_SQLITE_KEY = "SELECT name FROM pragma_table_info(:name) WHERE pk > 0 ORDER BY pk"
_POSTGRES = (
    "SELECT r.relname AS owner, a.attname AS referring FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid"
    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
    " WHERE c.contype = 'f' AND c.confrelid = CAST(:name AS regclass) ORDER BY r.relname, a.attname"
)
_POSTGRES_KEY = (
    "SELECT a.attname AS name FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
    " AND a.attnum = ANY(i.indkey) WHERE i.indisprimary AND i.indrelid = CAST(:name AS regclass) ORDER BY a.attnum"
)


def references(conn: Conn, table: str) -> list[Reference]:
    """Every column that refers to a table, by the names of tables and columns."""
    # A connection does not say whose it is, and may be wrapped: of half a number SQLite cuts off what PostgreSQL rounds up.
    on_sqlite = conn.value("SELECT CAST(2.5 AS INTEGER)") == 2
    found = conn.all(_SQLITE if on_sqlite else _POSTGRES, name=table)
    keys = _SQLITE_KEY if on_sqlite else _POSTGRES_KEY
    return [
        Reference(
            row["owner"],
            row["referring"],
            tuple(each["name"] for each in conn.all(keys, name=row["owner"])),
        )
        for row in found
    ]


def move(conn: Conn, reference: Reference, old: int, new: int) -> Moved:
    """Let what refers to `old` refer to `new`. A row that `new` has already, by a unique key, stays as it is."""
    keys = _keys(conn, reference, old)
    if not keys:
        return Moved((), 0)
    whole = f"UPDATE {reference.table} SET {reference.column} = :new WHERE {reference.column} = :old"
    if _within(conn, whole, {"old": old, "new": new}):
        return Moved(tuple(keys), 0)
    moved = tuple(each for each in keys if _move_row(conn, reference, each, old, new))
    return Moved(moved, len(keys) - len(moved))


def move_back(conn: Conn, reference: Reference, keys: Sequence[str], old: int, new: int) -> None:
    """Undo `move` for the rows of these keys, as far as they are there and still refer to `new`."""
    for each in keys:
        _move_row(conn, reference, each, new, old)


def _keys(conn: Conn, reference: Reference, owner: int) -> list[str]:
    columns = ", ".join(reference.own_key) or "1 AS only_row"
    rows = conn.all(f"SELECT {columns} FROM {reference.table} WHERE {reference.column} = :owner", owner=owner)
    return [json.dumps(to_columns({name: row[name] for name in reference.own_key})) for row in rows]


def _move_row(conn: Conn, reference: Reference, key: str, old: int, new: int) -> bool:
    named: Mapping[str, Any] = json.loads(key)
    same = "".join(f" AND {name} = :key_{at}" for at, name in enumerate(named))
    sql = f"UPDATE {reference.table} SET {reference.column} = :new WHERE {reference.column} = :old{same}"
    values = {f"key_{at}": value for at, value in enumerate(named.values())}
    return _within(conn, sql, {"old": old, "new": new, **values})


def _within(conn: Conn, sql: str, values: Mapping[str, object]) -> bool:
    """Run a statement alone. False where a unique key said no, and nothing was changed then."""
    conn.run("SAVEPOINT moving")
    try:
        conn.run(sql, **values)
    except Conflict:
        conn.run("ROLLBACK TO SAVEPOINT moving")
        conn.run("RELEASE SAVEPOINT moving")
        return False
    conn.run("RELEASE SAVEPOINT moving")
    return True
