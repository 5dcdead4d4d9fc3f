"""`cohort-bot backup` and `restore`: the whole SQLite database in one file, and back.

A restored file does not know what was posted after it was made. So whatever it still meant to send, and
whatever came due since, is left for an organizer to decide on, and every schedule goes on from now.
"""

import asyncio
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.adapter import migration_folders
from core.clock import micros
from core.commands.registry import Registry, discover
from core.delivery import firing
from core.errors import BadInput
from core.store.open import MOVED, migrations, open_store, refuse_newer
from core.store.port import Conn

REASON = "Restored from a backup; it may have been sent since."

POSTGRES = (
    "These records are in PostgreSQL, which has tools of its own for this: pg_dump writes a backup, and "
    "pg_restore puts it back while cohort-bot is stopped."
)

BUSY = 5.0
"""Seconds to wait for another process that is writing just now."""

_BESIDE = ("-wal", "-shm", "-journal")
_TABLES = {"migration", "cohort", "schedule", "outbox"}


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: posts left uncertain, schedules planned anew, where the replaced file is kept."""

    uncertain: int
    planned: int
    kept: Path | None


def backup(database: Path, file: Path, *, force: bool = False) -> int:
    """Write a copy of a database into a file of its own, also while the bot runs. Returns its size in bytes.

    Raises `BadInput` where there is no database, the file exists and `force` is not set, the database is
    damaged, or the copy cannot be written; then there is no new file.
    """
    if not database.is_file():
        raise BadInput(f"There is no database at {database}. COHORT_DATABASE_URL says where to look.")
    _not_the_same(database, file)
    if file.exists() and not (force and file.is_file()):
        raise BadInput(
            f"{file} exists already, and was left as it is. Choose another name, or use --force to replace it."
        )
    with _said(f"No backup was written to {file}"), _neighbour(file) as copy:
        check(database, "mode=rw")
        _copy(database, copy, "mode=rw")
        size = copy.stat().st_size
        _drop_beside(file)
        _put(copy, file)
    return size


def restore(file: Path, database: Path, now: datetime) -> Restored:
    """Let a backup be the database from `now` on. The replaced file is kept beside it.

    Raises `BadInput` where the file is damaged or not one of ours, or another process uses the database,
    `NewerDatabase` where a newer program wrote the file. Then the database is as it was.
    """
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    _not_the_same(database, file)
    with _said(f"{file} was not restored, and nothing was changed"):
        check(file)
        with _neighbour(database) as copy, _held(database):
            _copy(file, copy, _read_only(file))
            uncertain, planned = asyncio.run(_go_on_from(copy, now))
            _single_file(copy)
            kept = _keep(database, copy)
            _put(copy, database)
    return Restored(uncertain, planned, kept)


def check(file: Path, how: str | None = None) -> None:
    """Raise `BadInput` where a file is damaged or no database of cohort-bot, `NewerDatabase` where a newer
    program wrote it. The file is only read."""
    try:
        with closing(_connect(file, how or _read_only(file))) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if not tables >= _TABLES:
                raise BadInput(
                    f"{file} is not a database of cohort-bot. Only a file that `backup` wrote can be restored."
                )
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if said != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
                raise _damaged(file, said if said != "ok" else "rows refer to others that are missing")
            numbers = {row[0] for row in connection.execute("SELECT number FROM migration")}
            of_adapters = (
                connection.execute("SELECT adapter, number FROM adapter_migration").fetchall()
                if "adapter_migration" in tables
                else []
            )
    except sqlite3.DatabaseError as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_NOTADB:
            raise BadInput(
                f"{file} is not a database. Only a file that `backup` wrote can be restored."
            ) from error
        if code == sqlite3.SQLITE_CORRUPT:
            raise _damaged(file, str(error)) from error
        raise
    refuse_newer(numbers - MOVED.keys(), migrations())
    for name, folder in migration_folders().items():
        refuse_newer({number for adapter, number in of_adapters if adapter == name}, migrations(folder))


def _damaged(file: Path, how: str) -> BadInput:
    return BadInput(f"{file} is damaged ({how}) and was left as it is. Restore a backup that is whole.")


def _not_the_same(database: Path, file: Path) -> None:
    if file.exists() and database.exists() and file.samefile(database):
        raise BadInput(f"{file} is the database itself. Choose another file.")


def _connect(file: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True, timeout=BUSY, isolation_level=None)


def _read_only(file: Path) -> str:
    # A file with nothing beside it is open nowhere, and can then be read where nothing can be written.
    alone = not any(_beside(file, suffix).exists() for suffix in _BESIDE)
    return "immutable=1" if alone else "mode=ro"


def _beside(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def _copy(source: Path, target: Path, how: str) -> None:
    with closing(_connect(source, how)) as reading, closing(_connect(target, "mode=rw")) as writing:
        reading.backup(writing)  # in one step, so that it is one moment; writers go on meanwhile
    _single_file(target)


def _single_file(file: Path) -> None:
    with closing(_connect(file, "mode=rw")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Turn what the system says into a sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise BadInput(
            f"{what} ({error}). Check that the folder exists and can be written, and that there is room."
        ) from error


@contextmanager
def _neighbour(file: Path) -> Iterator[Path]:
    """An empty file in the same folder that only its owner reads, gone afterwards unless it was renamed."""
    number, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".partial", dir=file.absolute().parent)
    os.close(number)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
        _drop_beside(Path(name))


def _drop_beside(file: Path) -> None:
    for suffix in _BESIDE:
        _beside(file, suffix).unlink(missing_ok=True)


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Keep every other process out. Raises `BadInput` where one has the database open."""
    if not database.exists():
        yield
        return
    with closing(_connect(database, "mode=rw")) as connection:
        try:
            connection.execute("PRAGMA busy_timeout=500")
            # A write lock alone would not tell of a bot that has nothing to write just now. To leave WAL
            # takes that nobody else has the file open, and it empties the log into the file. To DELETE, and
            # a journal would lie beside the file as long as it is held.
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute("PRAGMA journal_mode=MEMORY")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            code = error.sqlite_errorcode & 0xFF
            if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise BadInput(
                    f"Another process has {database} open. Stop cohort-bot, then restore again; "
                    "nothing was changed."
                ) from error
            # One that is damaged is what a backup is for.
            if code not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise
        yield


def _keep(database: Path, copy: Path) -> Path | None:
    """Keep the file that is about to be replaced, and let the copy belong to whom it belonged."""
    if not database.exists():
        _drop_beside(database)
        return None
    shutil.copymode(database, copy)
    owner = database.stat()
    with suppress(PermissionError):  # not ours to give away; then it is ours already
        os.chown(copy, owner.st_uid, owner.st_gid)
    kept, number = _beside(database, ".before-restore"), 1
    while kept.exists():
        number += 1
        kept = _beside(database, f".before-restore-{number}")
    for suffix in _BESIDE:  # a damaged one may still have its log
        with suppress(FileNotFoundError):
            _beside(database, suffix).replace(_beside(kept, suffix))
    try:
        os.link(database, kept)  # a crash now must not leave the bot without any database
    except OSError:  # a file system without links
        database.replace(kept)
    return kept


def _put(copy: Path, place: Path) -> None:
    """Rename, and see that the renaming is on disk."""
    copy.replace(place)
    folder = os.open(place.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _go_on_from(file: Path, now: datetime) -> tuple[int, int]:
    store = await open_store(f"sqlite:///{file}")
    try:
        return await store.write(go_on, discover(), now)
    finally:
        await store.close()


def go_on(conn: Conn, registry: Registry, now: datetime) -> tuple[int, int]:
    """Nothing that may have been posted since the backup is posted again. Returns how many posts are left
    uncertain and how many schedules were planned anew."""
    uncertain = conn.run(
        "UPDATE outbox SET state = 'uncertain', reason = :reason, unsure = 1, settled_at = :now,"
        " lease = NULL, lease_until = NULL WHERE state IN ('pending', 'sending')",
        reason=REASON,
        now=micros(now),
    )
    live = conn.all(
        "SELECT s.id FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.removed_at IS NULL"
        " AND s.paused = 0 AND c.archived_at IS NULL AND c.suspended_at IS NULL"
    )
    ids = [row["id"] for row in live]
    return uncertain + firing.mark_uncertain(conn, registry, ids, now, REASON), len(ids)
