"""Write transactions a second: the store with its group commit, beside one commit for each call."""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from core.store.open import open_store
from core.store.port import Conn
from tests.bench.figures import Report, middle

CALLERS = 50

_SELECT = "SELECT result FROM handled WHERE call_id = :key"
_INSERT = "INSERT INTO handled (call_id, at, result) VALUES (:key, 0, '1')"
_NOTE = "INSERT INTO note (key, value) VALUES (:key, 'x')"

Write = Callable[[str], Awaitable[None]]


async def store(report: Report, folder: Path, calls: int, rounds: int) -> None:
    """One select and two inserts, durable: alone, and with fifty callers."""
    report.heading("Store: SQLite synchronous=FULL, a select and two inserts in each transaction")
    path = folder / "cohort.db"
    ours = await open_store(f"sqlite:///{path}")
    plain = _Plain(path)

    async def grouped(key: str) -> None:
        await ours.write(_transaction, key)

    try:
        rows = [
            await _compared(label, grouped, plain.write, count, callers, rounds)
            for label, count, callers in (("alone", calls // 5, 1), (f"{CALLERS} callers", calls, CALLERS))
        ]
    finally:
        plain.close()
        await ours.close()
    report.table(("", "store.write, 1/s", "a commit a call, 1/s", "ratio"), rows)


def _transaction(conn: Conn, key: str) -> None:
    if conn.one(_SELECT, key=key) is None:
        conn.run(_INSERT, key=key)
        conn.run(_NOTE, key=key)


class _Plain:
    """The plainest thing that is durable: one thread, one connection, one commit for each call."""

    def __init__(self, path: Path) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._connection = self._thread.submit(self._connect, path).result()

    @staticmethod
    def _connect(path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    async def write(self, key: str) -> None:
        """The same transaction, committed alone."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._write, key)

    def _write(self, key: str) -> None:
        named: dict[str, Any] = {"key": key}
        self._connection.execute("BEGIN IMMEDIATE")
        if self._connection.execute(_SELECT, named).fetchone() is None:
            self._connection.execute(_INSERT, named)
            self._connection.execute(_NOTE, named)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()


async def _compared(
    label: str, ours: Write, theirs: Write, calls: int, callers: int, rounds: int
) -> tuple[str, str, str, str]:
    pairs = [
        (
            await _rate(ours, f"{label} ours {number}", calls, callers),
            await _rate(theirs, f"{label} theirs {number}", calls, callers),
        )
        for number in range(rounds)
    ]
    return (
        label,
        f"{middle(a for a, _ in pairs):,.0f}",
        f"{middle(b for _, b in pairs):,.0f}",
        f"{middle(a / b for a, b in pairs):.2f}",
    )


async def _rate(write: Write, name: str, calls: int, callers: int) -> float:
    numbers = iter(range(calls))

    async def caller() -> None:
        for number in numbers:
            await write(f"{name} {number}")

    begun = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(caller())
    return calls / (time.perf_counter() - begun)
