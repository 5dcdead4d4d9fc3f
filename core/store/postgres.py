"""PostgreSQL through psycopg 3, for when one machine no longer serves.

Write transactions take one advisory lock first, so they run one after the other over all replicas, just as
they do on SQLite: what is right there is right here. READ COMMITTED gives each statement after the lock a
snapshot that holds everything committed before.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg
from psycopg.rows import DictRow, RowMaker, dict_row

from core.errors import Conflict, StoreBusy, StoreError, StoreFull
from core.store.batch import Batcher, run_batch
from core.store.binding import converter, to_columns
from core.store.port import Conn, Row
from core.store.readers import READERS, Reader, ReaderPool, RunOnThread

P = ParamSpec("P")
T = TypeVar("T")

_WRITERS = 0x636F686F7274  # "cohort": the advisory lock that serialises writers

_PARAM = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")


@lru_cache(maxsize=2048)
def placeholders(sql: str) -> str:
    """`:name` as psycopg writes it; a literal per cent sign doubled."""
    return _PARAM.sub(r"%(\1)s", sql.replace("%", "%%"))


def translate(error: psycopg.Error) -> Exception:
    """Our own error for what PostgreSQL says."""
    match error:
        case psycopg.errors.DiskFull():
            return StoreFull()
        case psycopg.errors.IntegrityError():
            return Conflict(str(error))
        case psycopg.errors.LockNotAvailable() | psycopg.errors.QueryCanceled():
            return StoreBusy()
        case psycopg.OperationalError() | psycopg.InterfaceError():
            return StoreBusy()
    return error


def _bound_rows(cursor: psycopg.Cursor[Any]) -> RowMaker[DictRow]:
    """Rows of Python's values by column; see `core.store.binding`."""
    make = dict_row(cursor)
    names = [column.name for column in cursor.description or ()]
    converters = [(name, convert) for name in names if (convert := converter(name)) is not None]
    if not converters:
        return make

    def bound(values: Sequence[Any]) -> DictRow:
        row = make(values)
        for name, convert in converters:
            row[name] = convert(row[name])
        return row

    return bound


class PostgresSession:
    """A connection on its thread, opened again after it broke, but never within a transaction."""

    def __init__(self, url: str, opening: Sequence[str], busy: float) -> None:
        self._url = url
        self._opening = opening
        self._busy = busy
        self._connection: psycopg.Connection[DictRow] | None = None
        self.signals: set[str] = set()

    def _connect(self) -> None:
        """Connect where there is no connection, or none any more."""
        if self._connection is not None and not self._connection.closed:
            return
        try:
            self._connection = psycopg.connect(
                self._url, autocommit=True, row_factory=_bound_rows, connect_timeout=5
            )
            self._connection.execute(f"SET lock_timeout = {round(self._busy * 1000)}")
            # A server may be set to confirm before a commit is on disk. What we confirm is on disk.
            self._connection.execute(
                "SELECT set_config('synchronous_commit', 'on', false)"
                " WHERE current_setting('synchronous_commit') = 'off'"
            )
        except psycopg.Error as error:
            raise translate(error) from error

    def close(self) -> None:
        """Let go of the server."""
        if self._connection is not None:
            self._connection.close()

    def _execute(self, sql: str, params: dict[str, object] | None) -> psycopg.Cursor[DictRow]:
        if self._connection is None:
            raise StoreBusy
        try:
            # The statement is text of this project, never a member's.
            statement: Any = placeholders(sql) if params is not None else sql
            return self._connection.execute(statement, params and to_columns(params))
        except psycopg.Error as error:
            raise translate(error) from error

    def all(self, sql: str, /, **params: object) -> Sequence[Row]:
        """All rows of a query."""
        return self._execute(sql, params).fetchall()

    def one(self, sql: str, /, **params: object) -> Row | None:
        """The first row of a query, or None."""
        return self._execute(sql, params).fetchone()

    def run(self, sql: str, /, **params: object) -> int:
        """Run a statement; the number of rows it changed."""
        return self._execute(sql, params).rowcount

    def insert(self, sql: str, /, **params: object) -> int:
        """See `core.store.port.Conn.insert`."""
        return int(self.value(f"{sql} RETURNING id", **params))

    def value(self, sql: str, /, **params: object) -> Any:
        """See `core.store.port.Conn.value`."""
        row = self._execute(sql, params).fetchone()
        return None if row is None else next(iter(row.values()))

    def signal(self, name: str) -> None:
        """See `core.store.port.Conn.signal`."""
        self.signals.add(name)

    def begin(self) -> None:
        """Begin, and for a writer wait for the others. A connection that broke while it was idle is replaced:
        nothing was asked of it yet."""
        idle = self._connection
        self._connect()
        try:
            self._open()
        except StoreBusy:
            if self._connection is not idle or (idle is not None and not idle.closed):
                raise
            self._connect()
            self._open()

    def _open(self) -> None:
        for statement in self._opening:
            self._execute(statement, None)

    def control(self, sql: str) -> None:
        """Run a transaction statement."""
        self._execute(sql, None)


class PostgresStore:
    """The `Store` port over a PostgreSQL database. Make it with `await PostgresStore.open(url)`."""

    def __init__(self, url: str, *, busy: float = 5.0) -> None:
        self.url = url
        self._busy = busy
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._threads: list[ThreadPoolExecutor] = []
        self._sessions: list[PostgresSession] = []
        lock = f"SELECT pg_advisory_xact_lock({_WRITERS})"
        session, execute = self._session(["BEGIN", lock])
        self._writer = Batcher(lambda items: execute(partial(run_batch, session, items)), self._listeners)
        # They connect when they are first needed.
        snapshot = ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"]
        self._readers = ReaderPool([Reader(*self._session(snapshot)) for _ in range(READERS)])

    def _session(self, opening: Sequence[str]) -> tuple[PostgresSession, RunOnThread]:
        """A connection, and what runs a function on its thread."""
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="postgres")
        session = PostgresSession(self.url, opening, self._busy)
        self._threads.append(thread)
        self._sessions.append(session)

        async def execute(fn: Callable[[], None]) -> None:
            await asyncio.get_running_loop().run_in_executor(thread, fn)

        return session, execute

    @classmethod
    async def open(cls, url: str, *, busy: float = 5.0) -> "PostgresStore":
        """Connect. A transaction waits at most `busy` seconds for another process. Raises `StoreError` where
        the server cannot be reached."""
        store = cls(url, busy=busy)
        try:
            await store.read(lambda conn: conn.one("SELECT 1 AS ok"))
        except BaseException as error:  # a cancellation too: threads and connection must not stay
            await store.close()
            if not isinstance(error, StoreError | psycopg.Error):
                raise
            raise StoreError(
                "The PostgreSQL server of COHORT_DATABASE_URL cannot be reached. "
                "Check its address, its password, and that it is running."
            ) from error
        return store

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
        """See `core.store.port.Store.clear_remains`: nothing to do."""
        return True

    async def close(self) -> None:
        """Finish what was begun and disconnect."""
        await self._writer.close()
        await self._readers.close()
        while self._threads:
            thread, session = self._threads.pop(), self._sessions.pop()
            await asyncio.get_running_loop().run_in_executor(thread, session.close)
            thread.shutdown()
