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
from datetime import UTC, datetime
from pathlib import Path

from bot.adapter import migration_folders
from core.commands.registry import Registry, discover
from core.delivery import firing, outbox
from core.errors import BadInput
from core.store import notes
from core.store.open import MOVED, migrations, open_store, refuse_newer
from core.store.port import Conn
from core.store.remains import SECURE_DELETE

REASON = "Restored from a backup; it may have been sent since."

POSTGRES = (
    "These records are in PostgreSQL, which has tools of its own for this: pg_dump writes a backup, and "
    "pg_restore puts it back while cohort-bot is stopped."
)

BUSY = 5.0
"""Seconds to wait for another process that is writing just now."""

_JOURNALS = ("-wal", "-shm", "-journal")
"""What SQLite adds to the name of a database for the files that hold its latest changes."""
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
    _refuse_same_file(database, file)
    if file.exists() and not (force and file.is_file()):
        raise BadInput(
            f"{file} exists already, and was left as it is. Choose another name, or use --force to replace it."
        )
    with _as_bad_input(f"No backup was written to {file}"), _partial_file(file) as copy:
        check(database, "mode=rw")
        _copy(database, copy, "mode=rw")
        check(copy)  # what is read back is what will be restored one day
        size = copy.stat().st_size
        _remove_journals(file)
        _rename_durably(copy, file)
    _remember(database, datetime.fromtimestamp(file.stat().st_mtime, UTC))
    return size


def _remember(database: Path, made_at: datetime) -> None:
    """Note in the database that a backup was made: who has themselves forgotten is told how old those are that still
    hold them."""
    with suppress(sqlite3.Error), closing(_connect(database, "mode=rw")) as connection, connection:
        row = connection.execute("SELECT value FROM note WHERE key = ?", (notes.BACKUPS,)).fetchone()
        made = notes.with_backup(row[0] if row else None, made_at)
        connection.execute(
            "INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (notes.BACKUPS, made),
        )


def restore(file: Path, database: Path, now: datetime) -> Restored:
    """Let a backup be the database from `now` on. The replaced file is kept beside it.

    Raises `BadInput` where the file is damaged or not one of ours, or another process uses the database,
    `NewerDatabase` where a newer program wrote the file. Then the database is as it was.
    """
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    _refuse_same_file(database, file)
    with _as_bad_input(f"{file} was not restored, and nothing was changed"):
        check(file)
        with _partial_file(database) as copy, _exclusive(database):
            _copy(file, copy, _read_only(file))
            uncertain, planned = asyncio.run(_resume(copy, now))
            _single_file(copy)
            kept = _keep_replaced(database, copy)
            _rename_durably(copy, database)
    return Restored(uncertain, planned, kept)


def check(file: Path, mode: str | None = None) -> None:
    """Raise `BadInput` where a file is damaged or no database of cohort-bot, `NewerDatabase` where a newer
    program wrote it. The file is only read."""
    try:
        with closing(_connect(file, mode or _read_only(file))) as connection:
            tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
            if not tables >= _TABLES:
                raise BadInput(
                    f"{file} is not a database of cohort-bot. Only a file that `backup` wrote can be restored."
                )
            verdict = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if verdict != "ok" or connection.execute("PRAGMA foreign_key_check").fetchone():
                raise _damaged(file, verdict if verdict != "ok" else "rows refer to others that are missing")
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


def _damaged(file: Path, reason: str) -> BadInput:
    return BadInput(f"{file} is damaged ({reason}) and was left as it is. Restore a backup that is whole.")


def _refuse_same_file(database: Path, file: Path) -> None:
    if file.exists() and database.exists() and file.samefile(database):
        raise BadInput(f"{file} is the database itself. Choose another file.")


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    address = f"{file.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(address, uri=True, timeout=BUSY, isolation_level=None)
    connection.execute(f"PRAGMA {SECURE_DELETE}")
    return connection


def _read_only(file: Path) -> str:
    # A database without journals is not open anywhere. As immutable it can be read in a read-only folder too.
    closed = not any(_with_suffix(file, suffix).exists() for suffix in _JOURNALS)
    return "immutable=1" if closed else "mode=ro"


def _with_suffix(file: Path, suffix: str) -> Path:
    return file.with_name(file.name + suffix)


def _copy(source: Path, target: Path, mode: str) -> None:
    """Write what a database holds into an empty file: one snapshot, while other processes can write. Not its pages as
    they are, because text that was removed may still stand in those."""
    with closing(_connect(source, mode)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    _single_file(target)
    with target.open("rb+") as written:  # SQLite does not wait for the disk here
        os.fsync(written.fileno())


def _single_file(file: Path) -> None:
    with closing(_connect(file, "mode=rw")) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _as_bad_input(what: str) -> Iterator[None]:
    """Turn an error of the system or of SQLite into a sentence that starts with `what`."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise BadInput(
            f"{what} ({error}). Check that the folder exists and can be written, and that there is room."
        ) from error


@contextmanager
def _partial_file(file: Path) -> Iterator[Path]:
    """An empty file in the same folder that only its owner reads, gone afterwards unless it was renamed."""
    number, name = tempfile.mkstemp(prefix=f"{file.name}.", suffix=".partial", dir=file.absolute().parent)
    os.close(number)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
        _remove_journals(Path(name))


def _remove_journals(file: Path) -> None:
    for suffix in _JOURNALS:
        _with_suffix(file, suffix).unlink(missing_ok=True)


@contextmanager
def _exclusive(database: Path) -> Iterator[None]:
    """Lock the database against every other process. Raises `BadInput` where one has it open."""
    if not database.exists():
        yield
        return
    with closing(_connect(database, "mode=rw")) as connection:
        try:
            connection.execute("PRAGMA busy_timeout=500")
            # A write lock alone would not detect a bot that is idle. Leaving WAL mode succeeds only while no
            # other process has the file open, and writes the log into the file. Not to DELETE mode: it would
            # leave a journal next to the file while the lock is held.
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
            # A damaged database is allowed: it is the reason to restore a backup.
            if code not in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
                raise
        yield


def _keep_replaced(database: Path, copy: Path) -> Path | None:
    """Keep the file that is about to be replaced under another name, and give its owner and mode to the copy.
    Returns the new name."""
    if not database.exists():
        _remove_journals(database)
        return None
    shutil.copymode(database, copy)
    owner = database.stat()
    with suppress(PermissionError):  # only root can give a file away; others own the file already
        os.chown(copy, owner.st_uid, owner.st_gid)
    kept, number = _with_suffix(database, ".before-restore"), 1
    while kept.exists():
        number += 1
        kept = _with_suffix(database, f".before-restore-{number}")
    for suffix in _JOURNALS:  # a damaged database may still have its log
        with suppress(FileNotFoundError):
            _with_suffix(database, suffix).replace(_with_suffix(kept, suffix))
    try:
        os.link(database, kept)  # so that there is a database even after a crash at this point
    except OSError:  # a file system without links
        database.replace(kept)
    return kept


def _rename_durably(copy: Path, place: Path) -> None:
    """Rename, and return once the renaming is on disk (fsync of the folder)."""
    copy.replace(place)
    folder = os.open(place.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


async def _resume(file: Path, now: datetime) -> tuple[int, int]:
    store = await open_store(f"sqlite:///{file}")
    try:
        return await store.write(go_on, discover(), now)
    finally:
        await store.close()


def go_on(conn: Conn, registry: Registry, now: datetime) -> tuple[int, int]:
    """Nothing that may have been posted since the backup is posted again. Returns how many posts are left
    uncertain and how many schedules were planned anew."""
    uncertain = outbox.leave_uncertain(conn, REASON, now)
    live = conn.all(
        "SELECT s.id FROM schedule s JOIN cohort c ON c.id = s.cohort_id WHERE s.removed_at IS NULL"
        " AND s.paused = 0 AND c.archived_at IS NULL AND c.suspended_at IS NULL"
    )
    ids = [row["id"] for row in live]
    return uncertain + firing.mark_uncertain(conn, registry, ids, now, REASON), len(ids)
