"""What stays in an SQLite file of text that was removed, and how it goes.

`secure_delete` overwrites what a statement frees. Two things remain: the log of changes keeps its old pages until it is
cut off, and a page that was split may keep copies of what moved to another (measured: 1 to 4 of some 1,350 removed
texts, after 3,000 changes). Only VACUUM, which writes the file anew, takes those too.
"""

import os
import sqlite3
import stat
from contextlib import suppress
from pathlib import Path

import structlog

log = structlog.get_logger()

SECURE_DELETE = "secure_delete=ON"
"""Debian's build of SQLite has it on, those of python.org and uv have not."""
LARGEST_VACUUM = 32 * 2**20
"""Bytes of a file that is written anew while the bot runs. Nobody can change anything meanwhile: 0.1 seconds for 4 MiB,
0.4 for 15, 0.8 for 59."""
_WAIT = 200
"""Milliseconds to wait for a reader of an old snapshot. The writer waits as long."""


def clear_remains(connection: sqlite3.Connection, *, vacuum: bool) -> bool:
    """Cut off the log of changes; with `vacuum` write the file anew first, if it is not too large for that. Called on
    the writing connection between two transactions. False where a reader or another process was in the way."""
    before = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout={_WAIT}")
    try:
        if vacuum and _bytes(connection) <= LARGEST_VACUUM:
            connection.execute("VACUUM")
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={before}")
    return not busy


def _bytes(connection: sqlite3.Connection) -> int:
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)


def close_to_others(path: str | Path) -> None:
    """Take the rights of everybody else on this machine from an existing database and its journals. Those of its
    group stay: they may be meant for whoever makes the backups."""
    for file in (Path(f"{path}{suffix}") for suffix in ("", "-wal", "-shm")):
        with suppress(FileNotFoundError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if os.name == "posix" and mode & stat.S_IRWXO:
                _narrow(file, mode & ~stat.S_IRWXO)


def _narrow(file: Path, mode: int) -> None:
    try:
        file.chmod(mode)
    except OSError:
        log.warning("everybody on this machine can read the records; chmod o-rwx narrows it", file=str(file))
    else:
        log.warning("everybody on this machine could read the records, and now cannot", file=str(file))
