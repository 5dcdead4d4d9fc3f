"""Looks at the plan of every statement that the bot's code sends while the tests run, once each, on both engines.

A statement that walks through a whole table costs what there is instead of what is asked for. SQLite's planner knows
nothing about the tables' sizes, and PostgreSQL's is told not to walk where it can help it, so that small tables in
tests have the plans of large ones.
"""

import re
import sqlite3
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from core.commands import audited
from core.store import scoped
from core.store.binding import to_columns
from core.store.postgres import PostgresSession, placeholders
from core.store.sqlite import SqliteSession

ROOT = Path(__file__).resolve().parents[1]

SMALL = {
    "migration": "a row for each migration",
    "adapter_migration": "a row for each migration of an adapter",
    "link_code": "codes are used within the hour, and remembered for a week",
    "note": "a few facts that adapters keep",
    "playground_message": "the playground is one person's",
    "playground_file": "the playground is one person's",
    "playground_touched": "the playground is one person's",
    "playground_press": "the playground is one person's",
    "slack_installation": "a row for each workspace that installed the app",
    "slack_organisation": "a row for each workspace of an organisation",
    "slack_state": "installations that were begun in the last ten minutes",
}
"""Tables that do not grow."""

PARTIAL = {
    "outbox_turn": "the posts that are still to be sent",
    "outbox_deferred": "the direct messages that wait for their readers",
    "place_closed": "the channels that take no posts now",
}
"""Indexes of what is open alone: walking through one of them costs what waits and not what was."""

WHOLE = {
    "SELECT count(*) AS n FROM cohort": "health and metrics count cohorts",
    "SELECT c.id FROM cohort c WHERE EXISTS": "housekeeping goes through all cohorts, one after the other",
    "SELECT DISTINCT platform FROM place": "asked once, at the start",
    "SELECT count(*) FROM place pl JOIN cohort c": "health counts closed channels, once in five seconds at most",
    "DELETE FROM cohort WHERE id IN": "the playground begins anew",
    "DELETE FROM person WHERE id IN": "the playground begins anew",
    "DELETE FROM handled WHERE call_id LIKE": "the playground begins anew",
}
"""Statements, by how they begin, that may look at a whole table, and why."""

_KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class PlanRecorder:
    """What was looked at, and the statements that walk through tables since somebody asked."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()
        self._passed: set[tuple[str, str]] = set()  # as they were sent, to be quick about most of them
        self.found: list[str] = []

    def wanted(self, engine: str, sql: str) -> bool:
        """Whether a statement has to be looked at: the bot's code sends it, and for the first time."""
        if (engine, sql) in self._passed:
            return False
        key = engine, re.sub(r":\w*\d+", ":n", sql)
        if key in self._seen or not sql.lstrip().upper().startswith(_KINDS):
            self._passed.add((engine, sql))
            return False
        if not _sent_by_bot() or any(sql.startswith(each) for each in WHOLE):
            return False
        self._seen.add(key)
        return True

    def sqlite(self, connection: sqlite3.Connection, sql: str, params: Mapping[str, object]) -> None:
        """Look at SQLite's plan."""
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", dict(params))]
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for line in plan:
            match = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line)
            if match and match[2] not in PARTIAL and self._grows(match[1], sql, tables):
                self.found.append(f"SQLite: {line}\n  {sql}")
            match = re.match(r"SEARCH (\w+) USING (?:COVERING )?INDEX \w+ \(cohort_id=\?\)$", line)
            if match and _asks_for_fewer(match[1], sql) and self._grows(match[1], sql, tables):
                self.found.append(f"SQLite goes through the cohort: {line}\n  {sql}")

    def postgres(self, connection: psycopg.Connection[Any], sql: Any, params: Any) -> None:
        """Look at PostgreSQL's plan."""
        connection.execute("SET enable_seqscan = off")
        plan = [next(iter(row.values())) for row in connection.execute(b"EXPLAIN " + _bytes(sql), params)]
        connection.execute("SET enable_seqscan = on")
        # It chooses by size between looking rows up and hashing them all, whatever it is told of walking.
        hashed = set(re.findall(r"hashed (SubPlan \d+)", "\n".join(plan)))
        within = ""
        for line in plan:
            within = line.strip() if line.strip().startswith("SubPlan") else within
            match = re.search(r"Seq Scan on (\w+)", line)
            if match and match[1] not in SMALL and within not in hashed:
                self.found.append(f"PostgreSQL: {line.strip()}\n  {sql}")

    @staticmethod
    def _grows(name: str, sql: str, tables: set[str]) -> bool:
        """Whether a name in a plan stands for a table that grows; SQLite gives the alias."""
        alias = re.search(rf"\b(\w+) (?:AS )?{name}\b", sql)
        table = name if name in tables else alias[1] if alias and alias[1] in tables else None
        return table is not None and table not in SMALL


def _asks_for_fewer(name: str, sql: str) -> bool:
    """Whether rows of a table are asked for by something that has fewer of them than the cohort: who or what they are of.
    SQLite knows of no sizes, and may take the cohort's index as well; a plus before the column, `+s.cohort_id = :cohort`,
    tells it that it cannot."""
    own = "" if name in re.findall(r"\b(?:FROM|UPDATE) (\w+)", sql) else rf"{name}\."
    asked = rf"{own}(?!cohort_id)(?:id|\w+_id) = :\w+"
    return re.search(rf"\b(?:WHERE|AND) (?:{asked}(?! OR)|\(+{asked}\))", sql) is not None


def _bytes(sql: Any) -> bytes:
    return sql.encode() if isinstance(sql, str) else bytes(sql)


def _sent_by_bot() -> bool:
    """Whether the function that asks for a row or a change is the bot's, and neither a test's nor a migration."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename in _SESSIONS:
        frame = frame.f_back
    path = Path(frame.f_code.co_filename)
    if path == ROOT / "core/store/open.py":
        return False
    return path.is_relative_to(ROOT / "core") or path.is_relative_to(ROOT / "bot")


_SESSIONS = {
    __file__,
    sys.modules[SqliteSession.__module__].__file__,
    sys.modules[PostgresSession.__module__].__file__,
    scoped.__file__,
    audited.__file__,
}


def record(patch: pytest.MonkeyPatch) -> PlanRecorder:
    """Look at every statement from now on."""
    recorder = PlanRecorder()
    on_sqlite: Callable[..., Any] = SqliteSession._execute
    on_postgres: Callable[..., Any] = PostgresSession._execute

    def sqlite_execute(self: SqliteSession, sql: str, params: dict[str, object]) -> Any:
        if recorder.wanted("sqlite", sql):
            with suppress(
                sqlite3.Error
            ):  # what cannot be planned cannot be run; that is the statement's own error
                recorder.sqlite(self._connection, sql, to_columns(params))
        return on_sqlite(self, sql, params)

    def postgres_execute(self: PostgresSession, sql: str, params: dict[str, object] | None) -> Any:
        if params is not None and self._connection is not None and recorder.wanted("postgres", sql):
            recorder.postgres(self._connection, placeholders(sql), params and to_columns(params))
        return on_postgres(self, sql, params)

    patch.setattr(SqliteSession, "_execute", sqlite_execute)
    patch.setattr(PostgresSession, "_execute", postgres_execute)
    return recorder
