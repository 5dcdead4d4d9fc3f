"""SQLite, the embedded default: one connection that writes and several that read, each with its own thread."""

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import aiosqlite

from core.errors import Conflict, StoreBusy, StoreError, StoreFull
from core.store.batch import Batcher, run_batch
from core.store.binding import any_converted, converter, to_columns
from core.store.port import Conn, Row
from core.store.readers import READERS, Reader, ReaderPool, RunOnThread
from core.store.remains import SECURE_DELETE, clear_remains, close_to_others

P = ParamSpec("P")
T = TypeVar("T")

_WRITE, _READ = "BEGIN IMMEDIATE", "BEGIN"

# FULL: with NORMAL, acknowledged commits of the last moments are lost in a power cut.
_PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", SECURE_DELETE)


def translate(error: sqlite3.Error) -> Exception:
    """Our own error for what SQLite says."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy()
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return StoreFull()
    if isinstance(error, sqlite3.IntegrityError):
        return Conflict(str(error))
    return error


_MOST_REMEMBERED = 2_000
"""Statements of which it is remembered whether their rows hold instants or dates."""


class BoundRow(sqlite3.Row):
    """A row of Python's values; see `core.store.binding`."""

    def __getitem__(self, key: Any, /) -> Any:
        value = super().__getitem__(key)
        convert = converter(key) if key.__class__ is str else None
        return value if convert is None else convert(value)


class SqliteSession:
    """A connection on its thread. `opening` is the statement that begins its transactions."""

    def __init__(self, connection: sqlite3.Connection, opening: str) -> None:
        connection.row_factory = sqlite3.Row
        self._connection = connection
        self._opening = opening
        self.signals: set[str] = set()
        self._converted: dict[str, bool] = {}

    def _execute(self, sql: str, params: dict[str, object]) -> sqlite3.Cursor:
        try:
            cursor = self._connection.execute(sql, to_columns(params))
        except sqlite3.Error as error:
            raise translate(error) from error
        # The plain row is quicker by a Python call a column, and most statements read no instant and no date.
        converted = self._converted.get(sql)
        if converted is None:
            converted = any_converted(column[0] for column in cursor.description or ())
            if (
                len(self._converted) < _MOST_REMEMBERED
            ):  # some statements list ids, so there is no end of them
                self._converted[sql] = converted
        if converted:
            cursor.row_factory = BoundRow
        return cursor

    def all(self, sql: str, /, **params: object) -> Sequence[Row]:
        """All rows of a query."""
        return self._execute(sql, params).fetchall()

    def one(self, sql: str, /, **params: object) -> Row | None:
        """The first row of a query, or None."""
        cursor = self._execute(sql, params)
        row: Row | None = cursor.fetchone()
        # A RETURNING statement is finished only when its cursor is exhausted.
        cursor.close()
        return row

    def run(self, sql: str, /, **params: object) -> int:
        """Run a statement; the number of rows it changed."""
        return self._execute(sql, params).rowcount

    def insert(self, sql: str, /, **params: object) -> int:
        """See `core.store.port.Conn.insert`."""
        return int(self.value(f"{sql} RETURNING id", **params))

    def value(self, sql: str, /, **params: object) -> Any:
        """See `core.store.port.Conn.value`."""
        cursor = self._execute(sql, params)
        row, columns = cursor.fetchone(), cursor.description
        cursor.close()
        return None if row is None else row[columns[0][0]]

    def signal(self, name: str) -> None:
        """See `core.store.port.Conn.signal`."""
        self.signals.add(name)

    def begin(self) -> None:
        """BEGIN IMMEDIATE for the writer: a deferred transaction that first reads and then writes fails at
        once when another process wrote in between, whatever the timeout."""
        self._execute(self._opening, {})

    def control(self, sql: str) -> None:
        """Run a transaction statement."""
        self._execute(sql, {})


class SqliteStore:
    """The `Store` port over an SQLite file. Make it with `await SqliteStore.open(path)`."""

    def __init__(self, connections: Sequence[aiosqlite.Connection], path: str) -> None:
        """The first connection writes, the others read."""
        self._connections = connections
        self.path = path
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        writer, *readers = connections
        session, execute = SqliteSession(writer._conn, _WRITE), _execute_on(writer)
        self._writer = Batcher(lambda items: execute(partial(run_batch, session, items)), self._listeners)
        self._readers = ReaderPool(
            [Reader(SqliteSession(each._conn, _READ), _execute_on(each)) for each in readers]
        )

    @classmethod
    async def open(cls, path: str | Path, *, busy: float = 5.0) -> "SqliteStore":
        """Open or create the file. A transaction waits at most `busy` seconds for another process. Raises
        `StoreError` where the file cannot be opened."""
        opened: list[aiosqlite.Connection] = []
        _create_private(path)
        close_to_others(path)
        try:
            opened.append(await _connect(path, busy))
            for _ in range(READERS):
                opened.append(await _connect(path, busy, read_only=True))  # noqa: PERF401 - closed below if one fails
        except sqlite3.Error as error:
            for connection in opened:
                await connection.close()
            raise StoreError(
                f"The database file {path} cannot be opened ({error}). "
                "Check that its folder exists and can be written, and that no other program locks it."
            ) from error
        return cls(opened, str(path))

    async def read(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """See `core.store.port.Store.read`."""
        return await self._readers.submit(fn, *args, **kwargs)

    async def write(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """See `core.store.port.Store.write`."""
        return await self._writer.submit(fn, *args, **kwargs)

    def on(self, signal: str, callback: Callable[[], None]) -> None:
        """See `core.store.port.Store.on`."""
        self._listeners.setdefault(signal, []).append(callback)

    async def clear_remains(self, *, vacuum: bool) -> bool:
        """See `core.store.port.Store.clear_remains`."""
        writer = self._connections[0]
        clear = partial(clear_remains, writer._conn, vacuum=vacuum)
        try:
            cleared: bool = await writer._execute(clear)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped
        except sqlite3.Error as error:
            raise translate(error) from error
        return cleared

    async def close(self) -> None:
        """Finish what was begun and close the connections."""
        await self._writer.close()
        await self._readers.close()
        for connection in self._connections:
            await connection.close()


def _execute_on(connection: aiosqlite.Connection) -> RunOnThread:
    async def execute(fn: Callable[[], None]) -> None:
        await connection._execute(fn)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped

    return execute


def _create_private(path: str | Path) -> None:
    """Make a database that is not there yet, readable by its owner alone: it holds what members wrote. SQLite gives
    its journals the same mode. A file that exists is not even opened: closing it would let go of the locks that this
    process has on it."""
    if str(path) not in ("", ":memory:"):
        with suppress(OSError):  # what cannot be created cannot be opened, which is said then
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


async def _connect(path: str | Path, busy: float, *, read_only: bool = False) -> aiosqlite.Connection:
    connection = aiosqlite.connect(path, timeout=busy, isolation_level=None, cached_statements=512)
    try:
        await connection
    except sqlite3.Error:
        connection._thread.join()  # it has been told to stop, and must not outlive the event loop
        raise
    try:
        # On its thread at once: each way there and back costs as much as what is set.
        await _execute_on(connection)(partial(_set_up, connection._conn, read_only))
    except sqlite3.Error:
        await connection.close()
        raise
    return connection


def _set_up(connection: sqlite3.Connection, read_only: bool) -> None:
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode is None or mode[0] != "wal":  # in memory, or on a file system that cannot share memory
        raise sqlite3.OperationalError("it is not on a disk that SQLite can keep it on safely")
    for pragma in (*_PRAGMAS, *(("query_only=ON",) if read_only else ())):
        connection.execute(f"PRAGMA {pragma}")
