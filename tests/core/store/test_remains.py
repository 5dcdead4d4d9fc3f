"""What was removed is gone from the files too: pages that are free, the log of changes, copies in pages that were split,
and backups."""

import random
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot import backup
from core.store import remains
from core.store.open import open_store
from core.store.port import Conn
from core.store.sqlite import SqliteStore
from tests.core.store.test_sqlite import modes

WORDS = "Quokka was removed"

pytestmark = pytest.mark.case(66)


@pytest.fixture
def by_default_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as python.org and uv build it: what is removed stays in the pages, unless a connection asks."""
    connect = sqlite3.connect

    def connect_to_other_build(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **kwargs)
        connection.execute("PRAGMA secure_delete=OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_to_other_build)


@pytest.fixture
async def store(by_default_off: None, tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = await open_store(f"sqlite:///{tmp_path / 'a.db'}")
    assert isinstance(opened, SqliteStore)
    yield opened
    await opened.close()


def put(conn: Conn, key: str, value: str) -> None:
    conn.run("INSERT INTO note (key, value) VALUES (:key, :value)", key=key, value=value)


def remove(conn: Conn, key: str) -> None:
    conn.run("DELETE FROM note WHERE key = :key", key=key)


def held(store: SqliteStore, words: str = WORDS) -> set[str]:
    """The database's files that hold some words."""
    path = Path(store.path)
    files = [path.with_name(path.name + suffix) for suffix in ("", "-wal")]
    return {each.name for each in files if words.encode() in each.read_bytes()}


async def test_removed_text_leaves_file_and_log(store: SqliteStore) -> None:
    await store.write(put, "a", f"{WORDS} " * 500)
    assert await store.clear_remains(vacuum=False)
    assert held(store) == {"a.db"}
    await store.write(remove, "a")
    assert await store.clear_remains(vacuum=False)
    assert held(store) == set()


async def test_without_secure_delete_it_would_stay(store: SqliteStore, tmp_path: Path) -> None:
    await store.write(put, "a", f"{WORDS} " * 500)
    other = sqlite3.connect(store.path)
    with other:
        other.execute("DELETE FROM note WHERE key = 'a'")
    other.close()
    assert await store.clear_remains(vacuum=False)
    assert held(store) == {"a.db"}
    backup.backup(Path(store.path), tmp_path / "kept.db")
    assert WORDS.encode() not in (tmp_path / "kept.db").read_bytes(), "a backup holds no free page"
    assert await store.clear_remains(vacuum=True)
    assert held(store) == set()


async def test_copies_in_split_pages_go_with_vacuum(store: SqliteStore, tmp_path: Path) -> None:
    rng = random.Random(3)  # noqa: S311 - it varies the changes, it guards nothing
    removed = await store.write(many_changes, rng)
    assert await store.clear_remains(vacuum=False)
    assert any(held(store, word) for word in removed), "what secure_delete leaves"
    backup.backup(Path(store.path), tmp_path / "kept.db")
    kept = (tmp_path / "kept.db").read_bytes()
    assert [word for word in removed if word.encode() in kept] == []
    assert await store.clear_remains(vacuum=True)
    assert [word for word in removed if held(store, word)] == []


def many_changes(conn: Conn, rng: random.Random) -> list[str]:
    """Notes of many lengths come, are changed and go. Returns the words that are not there any more."""
    conn.run("CREATE TABLE thing (id INTEGER PRIMARY KEY, word TEXT, words TEXT)")
    conn.run("CREATE INDEX thing_word ON thing (word)")
    live: dict[int, str] = {}
    removed: list[str] = []
    for number in range(3000):
        word, chance = f"W{number}E", rng.random()
        words = f"{word} " * rng.choice([1, 3, 10, 100, 600])
        if chance < 0.55 or not live:
            live[
                conn.insert("INSERT INTO thing (word, words) VALUES (:word, :words)", word=word, words=words)
            ] = word
            continue
        chosen = rng.choice(list(live))
        removed.append(live.pop(chosen))
        if chance < 0.75:
            conn.run(
                "UPDATE thing SET word = :word, words = :words WHERE id = :id",
                word=word,
                words=words,
                id=chosen,
            )
            live[chosen] = word
        else:
            conn.run("DELETE FROM thing WHERE id = :id", id=chosen)
    return removed


async def test_reader_of_old_snapshot_is_in_the_way(store: SqliteStore) -> None:
    await store.write(put, "a", WORDS)
    reader = sqlite3.connect(store.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM note").fetchone()
    await store.write(remove, "a")
    assert not await store.clear_remains(vacuum=False)
    assert held(store) == {"a.db-wal"}
    await store.write(put, "b", "the others go on")
    reader.close()
    assert await store.clear_remains(vacuum=False)
    assert held(store) == set()


async def test_large_file_is_not_written_anew(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    await store.write(put, "a", "x" * 50_000)
    await store.write(remove, "a")
    pages = await store.read(page_count)
    monkeypatch.setattr(remains, "LARGEST_VACUUM", 1000)
    assert await store.clear_remains(vacuum=True)
    assert await store.read(page_count) == pages
    monkeypatch.undo()
    assert await store.clear_remains(vacuum=True)
    assert await store.read(page_count) < pages


def page_count(conn: Conn) -> int:
    count: int = conn.value("PRAGMA page_count")
    return count


async def test_existing_file_is_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    await (await SqliteStore.open(path)).close()
    path.chmod(0o664)
    with structlog.testing.capture_logs() as entries:
        await (await SqliteStore.open(path)).close()
        await (await SqliteStore.open(path)).close()
    assert modes(tmp_path)["a.db"] == 0o660, "its group may be meant for the backups"
    assert [each["file"] for each in entries] == [str(path)], "said once"


async def test_file_of_somebody_else_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    await (await SqliteStore.open(path)).close()
    path.chmod(0o644)
    monkeypatch.setattr(Path, "chmod", refuse(Path.chmod))
    with structlog.testing.capture_logs() as entries:
        await (await SqliteStore.open(path)).close()
    assert "chmod o-rwx" in entries[0]["event"]


def refuse(_: Callable[..., None]) -> Callable[..., None]:
    def chmod(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    return chmod
