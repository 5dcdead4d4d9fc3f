"""Migrations: applied once, in order, never over a newer database."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapter import migration_folders
from core.errors import BadInput, NewerDatabase
from core.store.open import _DIALECTS, MOVED, Dialect, Numbered, migrate, migrations, open_store, statements
from core.store.port import Conn, Store
from core.store.sqlite import SqliteStore


def dialect_of(url: str) -> Dialect:
    return _DIALECTS["sqlite" if url.startswith("sqlite") else "postgres"]


def applied(conn: Conn) -> list[int]:
    return [row["number"] for row in conn.all("SELECT number FROM migration ORDER BY number")]


def applied_by_adapters(conn: Conn) -> list[tuple[str, int]]:
    rows = conn.all("SELECT adapter, number FROM adapter_migration ORDER BY adapter, number")
    return [(row["adapter"], row["number"]) for row in rows]


def of_adapters() -> dict[str, Numbered]:
    return {name: migrations(folder) for name, folder in migration_folders().items()}


EVERY_MIGRATION_OF_ADAPTERS = sorted(
    (name, number) for name, numbered in of_adapters().items() for number, _ in numbered
)
EVERY_MIGRATION = {
    f"{adapter}-{number}": sql
    for adapter, numbered in {"core": migrations(), **of_adapters()}.items()
    for number, sql in numbered
}


async def test_migrated_database_has_all_and_opening_it_again_changes_nothing(
    store: Store, store_url: str
) -> None:
    numbers = [number for number, _ in migrations()]
    assert await store.read(applied) == numbers
    assert await store.write(migrate, migrations(), dialect_of(store_url)) == 0
    again = await open_store(store_url)
    assert await again.read(applied) == numbers
    await again.close()


async def test_newer_database_is_refused_and_left_alone(store: Store, store_url: str) -> None:
    await store.write(lambda conn: conn.run("INSERT INTO migration (number) VALUES (9999)"))
    with pytest.raises(NewerDatabase, match=r"9999.*Start the newer version"):
        await open_store(store_url)
    assert 9999 in await store.read(applied)


async def test_migration_with_lower_number_that_came_later_is_applied(store: Store, store_url: str) -> None:
    dialect = dialect_of(store_url)
    early, late = (8000, "CREATE TABLE early (id {key})"), (8001, "CREATE TABLE late (id {key})")
    assert await store.write(migrate, [*migrations(), late], dialect) == 1
    assert await store.write(migrate, [*migrations(), early, late], dialect) == 1
    assert await store.read(lambda conn: conn.all("SELECT id FROM early")) == []


async def test_migration_that_fails_leaves_nothing_of_itself(store: Store, store_url: str) -> None:
    broken = [*migrations(), (8000, "CREATE TABLE half (id {key});\nCREATE TABLE half (id {key});")]
    before = await store.read(applied)
    with pytest.raises(Exception, match="already exists"):
        await store.write(migrate, broken, dialect_of(store_url))
    assert await store.read(applied) == before
    whole = [*migrations(), (8000, "CREATE TABLE half (id {key})")]
    assert await store.write(migrate, whole, dialect_of(store_url)) == 1


async def test_numbered_keys_number_themselves_and_are_not_used_again(store: Store, store_url: str) -> None:
    await store.write(
        migrate, [*migrations(), (8000, "CREATE TABLE n (id {key}, x BIGINT)")], dialect_of(store_url)
    )

    def insert(conn: Conn) -> int:
        row = conn.one("INSERT INTO n (x) VALUES (1) RETURNING id")
        assert row is not None
        return int(row["id"])

    first = await store.write(insert)
    second = await store.write(insert)
    await store.write(lambda conn: conn.run("DELETE FROM n WHERE id = :id", id=second))
    assert await store.write(insert) > second > first


async def test_adapters_tables_are_made_once(store: Store, store_url: str) -> None:
    for _ in range(2):
        again = await open_store(store_url, adapters=migration_folders())
        assert await again.read(applied_by_adapters) == EVERY_MIGRATION_OF_ADAPTERS
        assert await again.read(lambda conn: conn.all("SELECT id FROM playground_message")) == []
        await again.close()
    assert await store.read(applied) == [number for number, _ in migrations()]
    without = await open_store(store_url)
    assert await without.write(migrate, migrations(), dialect_of(store_url)) == 0
    await without.close()


async def test_migration_that_moved_to_adapter_is_not_applied_again(store: Store, store_url: str) -> None:
    """As a database was left by a version in which the playground's tables were the core's tenth migration."""
    first = {"playground": [each for each in of_adapters()["playground"] if each[0] == 1]}
    await store.write(migrate, migrations(), dialect_of(store_url), first)
    await store.write(_write_message)
    await store.write(lambda conn: conn.run("DROP TABLE adapter_migration"))
    await store.write(lambda conn: conn.run("INSERT INTO migration (number) VALUES (10)"))
    for adapters in ({}, migration_folders(), migration_folders()):
        again = await open_store(store_url, adapters=adapters)
        rows = await again.read(lambda conn: conn.all("SELECT id FROM playground_message"))
        assert [row["id"] for row in rows] == ["m1"]
        await again.close()
    assert MOVED[10] == EVERY_MIGRATION_OF_ADAPTERS[0]
    assert await store.read(applied_by_adapters) == EVERY_MIGRATION_OF_ADAPTERS


def _write_message(conn: Conn) -> None:
    conn.run(
        "INSERT INTO playground_message (id, place, author, at, body) VALUES ('m1', 'general', 'kai', 0, '{}')"
    )


async def test_newer_migration_of_adapter_is_refused(store: Store, store_url: str) -> None:
    await store.write(lambda conn: conn.run("INSERT INTO adapter_migration VALUES ('playground', 99)"))
    with pytest.raises(NewerDatabase, match=r"99.*Start the newer version"):
        await open_store(store_url, adapters=migration_folders())


@pytest.mark.parametrize("url", ["mysql://x/y", "cohort.db", ""])
async def test_address_of_another_kind_is_refused_with_example(url: str) -> None:
    with pytest.raises(BadInput, match=r"sqlite:///cohort\.db"):
        await open_store(url)


@pytest.mark.parametrize("numbered", [migrations(), *of_adapters().values()])
def test_numbers_are_unique(numbered: Numbered) -> None:
    numbers = [number for number, _ in numbered]
    assert len(numbers) == len(set(numbers))


def test_number_of_moved_migration_is_not_used_again() -> None:
    assert not MOVED.keys() & {number for number, _ in migrations()}


@pytest.mark.parametrize("name", list(EVERY_MIGRATION))
def test_files_keep_to_what_both_engines_and_splitter_read(name: str) -> None:
    for statement in statements(EVERY_MIGRATION[name]):
        assert "--" not in statement, "a comment stands on a line of its own"
        assert statement.count("'") % 2 == 0, f"a semicolon inside a string: {statement}"
        assert statement.count("(") == statement.count(")"), statement
        own_types = re.findall(
            r"(?i)\b(AUTOINCREMENT|SERIAL|BOOLEAN|TIMESTAMP|DATETIME|BLOB|BYTEA)\b", statement
        )
        assert not own_types, own_types


def test_no_index_is_kept_twice(sqlite_url: str) -> None:
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database:
        made = database.execute("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        indexes = [" ".join(sql.split(" ON ", 1)[1].split()) for (sql,) in made]
    assert indexes
    assert [each for each in indexes if indexes.count(each) > 1] == []


def test_every_reference_begins_an_index(sqlite_url: str) -> None:
    """Whoever deletes a row has to find what refers to it without walking through the other table."""
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            first = {row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[5] == 1}
            for index in database.execute(f"PRAGMA index_list({table})").fetchall():
                first.add(database.execute(f"PRAGMA index_info({index[1]})").fetchone()[2])
            references = {row[3] for row in database.execute(f"PRAGMA foreign_key_list({table})")}
            assert references <= first, table


async def test_hidden_numbers_carry_existing_records_forward(tmp_path: Path) -> None:
    store = await SqliteStore.open(str(tmp_path / "old.db"))
    dialect = _DIALECTS["sqlite"]
    await store.write(migrate, [each for each in migrations() if each[0] < 20], dialect)
    await store.write(_write_records)
    await store.write(migrate, migrations(), dialect)
    assert await store.read(_records) == {
        "submission": [(1, "cohort"), (2, "anonymous")],
        "note": ["cohort"],
        "counted": [1, 1],
        "named": [0],
    }
    await store.close()


def _write_records(conn: Conn) -> None:
    """What was written before `0020`."""
    for sql in (
        "INSERT INTO cohort (id, name, zone, created_at) VALUES (1, 'Lab', 'UTC', 0)",
        "INSERT INTO person (id, name, created_at) VALUES (1, 'Ada', 0)",
        "INSERT INTO member (id, cohort_id, person_id, joined_at) VALUES (1, 1, 1, 0)",
        "INSERT INTO submission (id, cohort_id, number, owner_id, title, folded, stage, first_stage, visibility,"
        " created_at) VALUES (1, 1, 1, 1, 'A', 'a', 'idea', 'idea', 'cohort', 0),"
        " (2, 1, 2, 1, 'B', 'b', 'idea', 'idea', 'anonymous', 0)",
        "INSERT INTO submission_event (submission_id, member_id, at, day, stage_before, stage, note)"
        " VALUES (1, 1, 0, '2026-11-01', 'idea', 'idea', 'Read by all')",
        "INSERT INTO checkin (cohort_id, member_id, day, created_at) VALUES (1, 1, '2026-11-01', 0)",
        "INSERT INTO reading_item (id, cohort_id, number, reference, folded, created_at)"
        " VALUES (1, 1, 1, 'R', 'r', 0)",
        "INSERT INTO reading_done (item_id, member_id, at) VALUES (1, 1, 0)",
        "INSERT INTO reading_vote (item_id, member_id, at) VALUES (1, 1, 0)",
    ):
        conn.run(sql)


def _records(conn: Conn) -> dict[str, object]:
    papers = conn.all("SELECT number, visibility FROM submission ORDER BY id")
    counted = [conn.value(f"SELECT counted FROM {table}") for table in ("checkin", "reading_done")]
    return {
        "submission": [(row["number"], row["visibility"]) for row in papers],
        "note": [row["note_visibility"] for row in conn.all("SELECT note_visibility FROM submission_event")],
        "counted": counted,
        "named": [conn.value("SELECT named FROM reading_vote")],
    }


async def test_posts_written_before_know_what_they_are_about(store: Store) -> None:
    sql = dict(migrations())[42]
    fill = [each for each in statements(sql) if each.startswith("UPDATE")]
    assert await store.write(_about_after, fill) == {
        "checkin:12:t/W/C1": "checkin:12",
        "checkin:12:t/W/C1:3": None,
        "unsent:7:2026-11-01T10:00:00+00:00": "unsent:7",
        "digest:1:2026-11-01": None,
    }


def _about_after(conn: Conn, fill: list[str]) -> dict[str, str | None]:
    conn.run("INSERT INTO cohort (id, name, zone, created_at) VALUES (1, 'Lab', 'UTC', 0)")
    post = (
        "INSERT INTO outbox (id, cohort_id, key, kind, data, platform, workspace, channel, edits, state, due_at,"
        " slot_at, retry_at, created_at) VALUES (:id, 1, :key, :kind, '{}', 't', 'W', 'C1', :edits, 'sent', 0, 0, 0, 0)"
    )
    conn.run(post, id=1, key="checkin:12:t/W/C1", kind="checkins.shared", edits=None)
    conn.run(post, id=2, key="checkin:12:t/W/C1:3", kind="checkins.shared", edits=1)
    conn.run(post, id=3, key="unsent:7:2026-11-01T10:00:00+00:00", kind="delivery.unsent", edits=None)
    conn.run(post, id=4, key="digest:1:2026-11-01", kind="digests.digest", edits=None)
    for each in fill:
        conn.run(each)
    return {row["key"]: row["about"] for row in conn.all("SELECT key, about FROM outbox ORDER BY id")}
