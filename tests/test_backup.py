"""`cohort-bot backup` and `restore`: one file, whole or refused, and nothing posted twice after it."""

import asyncio
import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot import backup as backups
from bot import backup_folder
from bot.cli import app
from core.commands.dispatch import Core
from core.store.notes import BACKUPS
from core.store.open import _DIALECTS as DIALECTS
from core.store.open import migrate, migrations, open_store
from core.store.port import Conn, Store
from core.store.sqlite import SqliteSession
from tests.faults.two_platforms import two_platforms
from tests.people import CohortFixture

DAY = {"COHORT_CLOCK": "2026-11-24T08:00:00+00:00"}


def bot(url: str, *words: str) -> Result:
    """What the command line does with these words and this database."""
    return CliRunner().invoke(app, list(words), env={"COHORT_DATABASE_URL": url, **DAY})


def refused(result: Result) -> str:
    """The sentence of a command that was refused, in one line."""
    assert result.exit_code == 1, result.output
    return " ".join(result.output.split())


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def note(url: str, key: str) -> None:
    """Write a small fact into a database that nobody has open."""
    with closing(sqlite3.connect(path_of(url))) as connection, connection:
        connection.execute("INSERT INTO note (key, value) VALUES (?, 'x')", (key,))


def notes(file: Path) -> list[str]:
    """The facts that a test wrote."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute("SELECT key FROM note WHERE key <> ? ORDER BY key", (BACKUPS,))
        return [row[0] for row in rows]


def known_backups(file: Path) -> int:
    """Of how many backups a database knows."""
    with closing(sqlite3.connect(file)) as connection:
        row = connection.execute("SELECT value FROM note WHERE key = ?", (BACKUPS,)).fetchone()
        return len(json.loads(row[0])) if row else 0


def beside(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def test_round_trip(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    note(sqlite_url, "before")
    done = bot(sqlite_url, "backup", str(file))
    assert done.exit_code == 0, done.output
    assert f"({file.stat().st_size:,} bytes)" in done.output
    assert file.stat().st_mode & 0o077 == 0, "private records"
    assert known_backups(path_of(sqlite_url)) == 1
    assert known_backups(file) == 0, "it is noted once the copy is made"
    note(sqlite_url, "later")
    path_of(sqlite_url).chmod(0o640)

    restored = bot(sqlite_url, "restore", str(file))
    assert restored.exit_code == 0, restored.output
    assert "cohort.db.before-restore." in restored.output
    assert notes(path_of(sqlite_url)) == ["before"]
    assert notes(tmp_path / "cohort.db.before-restore") == ["before", "later"]
    assert path_of(sqlite_url).stat().st_mode & 0o777 == 0o640
    assert bot(sqlite_url, "migrate").exit_code == 0

    assert bot(sqlite_url, "restore", str(file)).exit_code == 0
    assert notes(tmp_path / "cohort.db.before-restore") == ["before", "later"], "still kept"
    left = {"cohort.db", "kept.db", "cohort.db.before-restore", "cohort.db.before-restore-2"}
    assert beside(tmp_path) == left, "nothing else is left behind"


def test_backup_can_be_restored_where_there_is_no_database(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    note(sqlite_url, "before")
    assert bot(sqlite_url, "backup", str(file)).exit_code == 0
    new = tmp_path / "new.db"
    restored = bot(f"sqlite:///{new}", "restore", str(file))
    assert restored.exit_code == 0, restored.output
    assert "kept as" not in restored.output
    assert notes(new) == ["before"]


def test_damaged_database_can_be_replaced(sqlite_url: str, tmp_path: Path) -> None:
    file, database = tmp_path / "kept.db", path_of(sqlite_url)
    assert bot(sqlite_url, "backup", str(file)).exit_code == 0
    database.write_bytes(b"x" * 8192)
    assert "cohort.db is not a database" in refused(bot(sqlite_url, "backup", str(tmp_path / "none.db")))
    assert not (tmp_path / "none.db").exists()
    assert bot(sqlite_url, "restore", str(file)).exit_code == 0
    assert (tmp_path / "cohort.db.before-restore").read_bytes() == b"x" * 8192
    backups.check(database)


async def test_backup_while_store_is_written(sqlite_url: str, tmp_path: Path) -> None:
    store = await open_store(sqlite_url)
    going = True

    async def write() -> int:
        number = 0
        while going:
            await store.write(pair, number)
            number += 1
        return number

    writing = asyncio.create_task(write())
    try:
        while not await pairs(store):
            pass
        for n in range(3):
            await asyncio.to_thread(backups.backup, path_of(sqlite_url), tmp_path / f"{n}.db")
    finally:
        going = False
        total = await writing
        await store.close()
    counts = [notes(tmp_path / f"{n}.db") for n in range(3)]
    assert all(keys and len(keys) % 2 == 0 for keys in counts), "whole transactions"
    assert [len(keys) for keys in counts] == sorted(len(keys) for keys in counts)
    assert len(notes(path_of(sqlite_url))) == 2 * total, "no write was lost or refused meanwhile"


def pair(conn: Conn, number: int) -> None:
    """A transaction of two rows."""
    for half in "ab":
        conn.run("INSERT INTO note (key, value) VALUES (:key, 'x')", key=f"{number}{half}")


async def pairs(store: Store) -> int:
    row = await store.read(
        lambda conn: conn.one("SELECT count(*) AS n FROM note WHERE key <> :key", key=BACKUPS)
    )
    return int(row["n"]) if row else 0


async def test_restore_is_refused_while_database_is_open(sqlite_url: str, tmp_path: Path) -> None:
    file, database = tmp_path / "kept.db", path_of(sqlite_url)
    await asyncio.to_thread(backups.backup, database, file)
    store = await open_store(sqlite_url)
    try:
        result = await asyncio.to_thread(bot, sqlite_url, "restore", str(file))
        assert "Stop cohort-bot, then restore again; nothing was changed." in refused(result)
        await store.write(pair, 1)
        assert await pairs(store) == 2, "the store that was open goes on"
    finally:
        await store.close()
    assert notes(database) == ["1a", "1b"]
    assert beside(tmp_path) == {"cohort.db", "kept.db"}


def test_existing_file_is_replaced_only_by_force(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    file.write_text("precious")
    said = refused(bot(sqlite_url, "backup", str(file)))
    assert "exists already, and was left as it is" in said
    assert file.read_text() == "precious"
    assert bot(sqlite_url, "backup", str(file), "--force").exit_code == 0
    backups.check(file)


def test_backup_never_goes_over_database_itself(sqlite_url: str, tmp_path: Path) -> None:
    database = path_of(sqlite_url)
    note(sqlite_url, "before")
    (tmp_path / "link.db").symlink_to(database)
    for name in ("cohort.db", "link.db"):
        said = refused(bot(sqlite_url, "backup", str(tmp_path / name), "--force"))
        assert "is the database itself" in said
        assert "is the database itself" in refused(bot(sqlite_url, "restore", str(tmp_path / name)))
    assert notes(database) == ["before"]


def test_without_database_or_folder_there_is_sentence(sqlite_url: str, tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path / 'none.db'}"
    assert "There is no database at" in refused(bot(nowhere, "backup", str(tmp_path / "kept.db")))
    said = refused(bot(sqlite_url, "backup", str(tmp_path / "no" / "kept.db")))
    assert "Check that the folder exists" in said
    assert "There is no file" in refused(bot(sqlite_url, "restore", str(tmp_path / "kept.db")))


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("flipped", "is damaged"),
        ("cut", "is damaged"),
        ("orphan", "is damaged (rows refer to others that are missing)"),
        ("text", "is not a database."),
        ("empty", "is not a database of cohort-bot"),
        ("other", "is not a database of cohort-bot"),
        ("newer", "This database is at migration 9999"),
    ],
)
@pytest.mark.case(19)
def test_file_that_is_not_whole_or_not_ours_is_refused(
    sqlite_url: str, tmp_path: Path, how: str, sentence: str
) -> None:
    file, database = tmp_path / "kept.db", path_of(sqlite_url)
    note(sqlite_url, "now")
    assert bot(sqlite_url, "backup", str(file)).exit_code == 0
    spoil(file, how)
    was, given = database.read_bytes(), file.read_bytes()
    assert sentence in refused(bot(sqlite_url, "restore", str(file)))
    assert database.read_bytes() == was
    assert file.read_bytes() == given
    assert beside(tmp_path) == {"cohort.db", "kept.db"}


def spoil(file: Path, how: str) -> None:
    """Let a backup be one that must not be restored."""
    size = file.stat().st_size
    match how:
        case "flipped":
            data = bytearray(file.read_bytes())
            data[size // 2 : size // 2 + 4096] = bytes(
                each ^ 0xFF for each in data[size // 2 : size // 2 + 4096]
            )
            file.write_bytes(data)
        case "cut":
            os.truncate(file, size // 2)
        case "text":
            file.write_text("Dear diary, today the reviewers wrote again. " * 50)
        case "empty":
            file.write_bytes(b"")
        case "other":
            file.unlink()
            execute(file, "CREATE TABLE migration (number BIGINT PRIMARY KEY)")
        case "newer":
            execute(file, "INSERT INTO migration (number) VALUES (9999)")
        case "orphan":
            execute(file, "INSERT INTO counter (cohort_id, kind, last) VALUES (77, 'x', 1)")


def execute(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(sql)


@pytest.mark.case(19)
async def test_slot_sent_after_backup_is_not_sent_again(sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_slack("here")
        await stage.schedule(here)
        await asyncio.to_thread(backups.backup, path_of(sqlite_url), file)
        await stage.later(minutes=31)
        assert len(here.texts) == 1, "the slot of half past nine"
        now = stage.bot.clock.now()
        await stage.bot.stop()

        done = await asyncio.to_thread(backups.restore, file, path_of(sqlite_url), now)
        assert (done.uncertain, done.planned) == (1, 1)
        await stage.bot.start()
        await stage.flush()
        assert len(here.texts) == 1, "Slack has nothing to recognise a second one by"
        here.olu.core = stage.bot.core
        listed = await here.olu.ok("cohort-admin delivery")
        assert backups.REASON in here.olu.text_of(listed), "nor is it silently lost"
        await stage.later(days=1)
        assert len(here.texts) == 2, "tomorrow it comes as always"


@pytest.mark.case(19)
async def test_what_was_open_in_backup_is_listed_as_uncertain(
    sqlite_cohort: CohortFixture, sqlite_url: str, tmp_path: Path
) -> None:
    """A pending post and one on its way may have arrived since; an organizer sees both and decides."""
    file = tmp_path / "kept.db"
    store, clock = sqlite_cohort.core.store, sqlite_cohort.core.clock
    await store.write(two_open)
    await asyncio.to_thread(backups.backup, path_of(sqlite_url), file)
    new = tmp_path / "new.db"
    done = await asyncio.to_thread(backups.restore, file, new, clock.now())
    restored = await open_store(f"sqlite:///{new}")
    try:
        rows = await restored.read(open_or_unsure)
        assert done.uncertain == len(rows) >= 2
        assert {(row["state"], row["reason"]) for row in rows} == {("uncertain", backups.REASON)}
        olu = sqlite_cohort.olu
        olu.core = Core(sqlite_cohort.core.registry, restored, clock)
        assert backups.REASON in olu.text_of(await olu.ok("cohort-admin delivery"))
    finally:
        await restored.close()


def two_open(conn: Conn) -> None:
    """One post waits, one is being sent."""
    for key, state in (("a", "pending"), ("b", "sending")):
        conn.run(
            "INSERT INTO outbox (cohort_id, key, kind, data, platform, workspace, channel, state, due_at,"
            " slot_at, retry_at, lease, lease_until, created_at) SELECT id, :key, 'checkins.call',"
            " '{\"day\": \"2026-11-23\"}', 'test', 'W', 'C1', :state, 1, 1, 1, 'me', 2, 1 FROM cohort",
            key=key,
            state=state,
        )


def open_or_unsure(conn: Conn) -> list[dict[str, str]]:
    rows = conn.all("SELECT state, reason FROM outbox WHERE state IN ('pending', 'sending', 'uncertain')")
    return [{"state": row["state"], "reason": row["reason"]} for row in rows]


@pytest.mark.parametrize("words", ["backup", "restore"])
def test_postgresql_has_tools_of_its_own(tmp_path: Path, words: str) -> None:
    result = bot("postgresql://127.0.0.1/none", words, str(tmp_path / "kept.db"))
    assert result.exit_code == 2
    assert "pg_dump" in result.output
    assert "pg_restore" in result.output
    assert not (tmp_path / "kept.db").exists()


def test_restore_counts_from_clock_it_is_given(sqlite_url: str, tmp_path: Path) -> None:
    """COHORT_CLOCK is the time of the demonstration, so schedules go on from there."""
    file = tmp_path / "kept.db"
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection, connection:
        connection.execute("INSERT INTO cohort (name, zone, created_at) VALUES ('Lab', 'UTC', 1)")
        connection.execute(
            "INSERT INTO schedule (cohort_id, number, kind, words, rule, wall, zone, anchor, next_at, next_on,"
            " created_at) VALUES (1, 1, 'checkin', 'daily 09:30', 'FREQ=DAILY', '09:30', 'UTC', '2026-11-01',"
            " 1, '2026-11-01', 1)"
        )
    shutil.copy(path_of(sqlite_url), file)
    assert bot(sqlite_url, "restore", str(file)).exit_code == 0
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        assert connection.execute("SELECT next_on FROM schedule").fetchone() == ("2026-11-24",)


def test_a_folder_keeps_the_last_ones_and_one_of_each_month(sqlite_url: str, tmp_path: Path) -> None:
    note(sqlite_url, "before")
    folder = tmp_path / "backups"
    folder.mkdir()
    now = datetime(2026, 11, 28, 3, tzinfo=UTC)
    for days in range(1, 500):
        (folder / f"cohort-{now - timedelta(days=days):%Y-%m-%dT%H%M%SZ}.db").touch()
    others = {"notes.txt", "cohort-old.db", "other-2020-01-01T000000Z.db", "cohort-2026-99-99T999999Z.db"}
    for name in others:
        (folder / name).touch()
    kept = backup_folder.backup_into(path_of(sqlite_url), folder, now)
    assert notes(kept.file) == ["before"]
    names = {each.name for each in folder.iterdir()}
    assert others < names
    stamps = sorted(name[7:17] for name in names - others)
    assert stamps[-14:] == [f"2026-11-{day}" for day in range(15, 29)]
    assert stamps[:-14] == [
        "2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30",
        "2026-05-31", "2026-06-30", "2026-07-31", "2026-08-31", "2026-09-30", "2026-10-31", "2026-11-14",
    ]  # fmt: skip
    assert (kept.count, kept.removed) == (len(stamps), 500 - len(stamps))


def test_a_backup_made_after_the_clock_was_set_back_stays(sqlite_url: str, tmp_path: Path) -> None:
    now = datetime(2026, 11, 28, 3, tzinfo=UTC)
    for days in range(20):
        (tmp_path / f"cohort-{now - timedelta(days=days):%Y-%m-%dT%H%M%SZ}.db").touch()
    assert backup_folder.backup_into(path_of(sqlite_url), tmp_path, now - timedelta(days=22)).file.is_file()


def test_a_backup_that_cannot_be_deleted_is_said_beside_the_new_one(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in (1, 2, 3):
        (tmp_path / f"cohort-2026-10-0{day}T030000Z.db").touch()
    unlink = Path.unlink

    def refuse(file: Path, missing_ok: bool = False) -> None:
        if "2026-10" in file.name:
            raise PermissionError
        unlink(file, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    done = bot(sqlite_url, "backup", "--into", str(tmp_path), "--keep", "1")
    assert done.exit_code == 0, done.output
    assert "4 are kept.\n2 older ones could not be deleted" in done.output


def test_backup_into_a_folder_by_the_command_line(sqlite_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    done = bot(sqlite_url, "backup", "--into", str(folder), "--keep", "2")
    assert done.exit_code == 0, done.output
    assert "1 is kept" in done.output
    assert folder.stat().st_mode & 0o077 == 0
    assert bot(sqlite_url, "backup").exit_code == 2
    assert bot(sqlite_url, "backup", "x.db", "--into", str(folder)).exit_code == 2
    for words in (("x.db", "--keep", "3"), ("--into", str(folder), "--force")):
        assert bot(sqlite_url, "backup", *words).exit_code == 2, "a word that would mean nothing"
    assert len(list(folder.iterdir())) == 1
    assert "cannot be used" in refused(bot(sqlite_url, "backup", "--into", str(path_of(sqlite_url))))


def test_a_copy_that_does_not_read_back_is_no_backup(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = backups._copy

    def torn(source: Path, target: Path, mode: str) -> None:
        whole(source, target, mode)
        with target.open("r+b") as file:
            file.seek(5_000)
            file.write(b"x" * 20_000)

    monkeypatch.setattr(backups, "_copy", torn)
    assert "is damaged" in refused(bot(sqlite_url, "backup", str(tmp_path / "kept.db")))
    assert not (tmp_path / "kept.db").exists()


FIRST_WITH_POSTS = 6
"""The migration that makes the tables without which a file is none of ours."""


@pytest.mark.parametrize("last", [number for number, _ in migrations() if number >= FIRST_WITH_POSTS])
def test_a_backup_of_every_earlier_version_is_restored(last: int, tmp_path: Path) -> None:
    old = tmp_path / "old.db"
    with closing(sqlite3.connect(old, isolation_level=None)) as connection:
        earlier = [each for each in migrations() if each[0] <= last]
        connection.execute("BEGIN")
        migrate(SqliteSession(connection, "BEGIN"), earlier, DIALECTS["sqlite"])
        connection.execute("INSERT INTO cohort (name, zone, created_at) VALUES ('Lab', 'UTC', 0)")
        connection.execute("COMMIT")
    database = tmp_path / "cohort.db"
    backups.restore(old, database, datetime(2026, 11, 24, tzinfo=UTC))
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT name FROM cohort").fetchall() == [("Lab",)]
        numbers = [row[0] for row in connection.execute("SELECT number FROM migration ORDER BY number")]
        assert numbers == [number for number, _ in migrations()]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
