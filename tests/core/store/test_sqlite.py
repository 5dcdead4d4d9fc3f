"""What is SQLite's own: durability, other processes, a full disk."""

import asyncio
import os
import stat
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.errors import StoreBusy, StoreError, StoreFull
from core.store.port import Conn
from core.store.sqlite import SqliteStore
from tests.core.store.test_transactions import Gate
from tests.core.store.things import add, kept, make, names


async def pragma(store: SqliteStore, words: str) -> Any:
    """Ask or tell the writer's connection something outside a transaction."""
    async with store._connections[0].execute(f"PRAGMA {words}") as cursor:
        row = await cursor.fetchone()
    return row and row[0]


async def test_group_commit_makes_fifty_writes_durable_together(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "a.db")
    await store.write(make)
    said: Counter[str] = Counter()
    await store._connections[0].set_trace_callback(lambda sql: said.update([sql.split()[0]]))
    gate = Gate()
    first = asyncio.create_task(store.write(gate.hold))
    await gate.began.wait()
    rest = [asyncio.create_task(store.write(add, str(at))) for at in range(50)]
    await asyncio.sleep(0)
    gate.let_go()
    await asyncio.gather(first, *rest)
    assert said["COMMIT"] == 2, said
    assert said["SAVEPOINT"] == said["RELEASE"] == 50
    assert len(await kept(store)) == 50
    await store.close()


async def test_every_connection_is_durable_and_strict(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "a.db")

    def pragmas(conn: Conn) -> dict[str, Any]:
        found = {}
        for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys"):
            row = conn.one(f"PRAGMA {name}")
            assert row is not None
            found[name] = row[0]  # type: ignore[index]  # a PRAGMA's column has a name of its own choice
        return found

    wanted = {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}
    assert await store.read(pragmas) == wanted
    assert await store.write(pragmas) == wanted
    await store.close()


async def test_two_stores_on_one_file_take_turns(tmp_path: Path) -> None:
    one, two = await SqliteStore.open(tmp_path / "a.db"), await SqliteStore.open(tmp_path / "a.db")
    await one.write(make)

    def grow(conn: Conn) -> int:
        row = conn.one("SELECT count(*) AS size FROM thing")
        assert row is not None
        add(conn, f"thing {row['size']}")
        return int(row["size"])

    sizes = await asyncio.gather(*(store.write(grow) for _ in range(100) for store in (one, two)))
    assert sorted(sizes) == list(range(200)), "two transactions saw the same count"
    await one.close()
    await two.close()


async def test_file_locked_by_another_process_is_busy_after_bounded_wait(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "a.db", busy=0.2)
    await store.write(make)
    holder = subprocess.Popen(  # noqa: ASYNC220, S603 - the test may wait for its own child
        [
            sys.executable,
            "-c",
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
            "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read(); c.execute('COMMIT')",
            str(tmp_path / "a.db"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        began = time.monotonic()
        with pytest.raises(StoreBusy, match="Nothing was saved"):
            await store.write(add, "a")
        assert time.monotonic() - began >= 0.2, "it did not wait"
        assert await kept(store) == [], "readers go on"
        waiting = asyncio.create_task(store.write(add, "b"))
        holder.stdin.close()
        await waiting
    assert await kept(store) == ["b"]
    await store.close()


@pytest.mark.parametrize("many", [1, 20])
async def test_full_disk_refuses_and_saves_nothing_of_it(tmp_path: Path, many: int) -> None:
    store = await SqliteStore.open(tmp_path / "a.db")
    await store.write(make)
    await store.write(add, "before")
    await pragma(store, f"max_page_count={await pragma(store, 'page_count') + 2}")

    results = await asyncio.gather(
        *(store.write(add, f"{at}" + "x" * 100_000) for at in range(many)), return_exceptions=True
    )
    assert {type(each) for each in results} == {StoreFull}
    assert await kept(store) == ["before"]

    await pragma(store, "max_page_count=100000")
    await store.write(add, "after")
    assert await kept(store) == ["after", "before"]
    await store.close()


async def test_full_disk_gives_whole_batch_same_reason(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "a.db")
    await store.write(make)
    await pragma(store, f"max_page_count={await pragma(store, 'page_count') + 2}")
    gate = Gate()
    first = asyncio.create_task(store.write(gate.hold))
    await gate.began.wait()
    batch = [asyncio.create_task(store.write(add, f"{at}" + "x" * at * 40_000)) for at in (0, 5, 0)]
    await asyncio.sleep(0)
    gate.let_go()
    results = await asyncio.gather(first, *batch, return_exceptions=True)
    assert results[0] == "held"
    assert isinstance(results[2], StoreFull)
    saved = await kept(store)
    for result in (results[1], results[3]):
        assert isinstance(result, StoreFull) or result in saved, "confirmed is saved, refused says why"
    await store.close()


@pytest.mark.parametrize("where", ["missing/a.db", "folder", "text.db"])
async def test_what_cannot_be_opened_says_so_and_leaves_nothing_behind(tmp_path: Path, where: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "text.db").write_text("This is no database, but it is long enough to be taken for one. " * 20)
    with pytest.raises(StoreError, match="cannot be opened"):
        await SqliteStore.open(tmp_path / where)


def modes(folder: Path) -> dict[str, int]:
    """Who may read and write each file of a folder."""
    return {each.name: stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()}


async def test_new_files_are_their_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        store = await SqliteStore.open(tmp_path / "a.db")
        await store.write(make)
    finally:
        os.umask(before)
    found = modes(tmp_path)
    await store.close()
    assert found == {"a.db": 0o600, "a.db-wal": 0o600, "a.db-shm": 0o600}


async def test_a_file_keeps_the_mode_that_its_operator_gave_it(tmp_path: Path) -> None:
    await (await SqliteStore.open(tmp_path / "a.db")).close()
    (tmp_path / "a.db").chmod(0o640)
    await (await SqliteStore.open(tmp_path / "a.db")).close()
    assert modes(tmp_path)["a.db"] == 0o640


@pytest.mark.parametrize("path", [":memory:", ""])
async def test_database_that_would_not_last_is_refused(path: str) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        await SqliteStore.open(path)


async def test_acknowledged_means_on_disk_for_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    script = (
        "import asyncio, os, signal\n"
        "from core.store.sqlite import SqliteStore\n"
        "from tests.core.store.things import add, make\n"
        "async def main():\n"
        f"    store = await SqliteStore.open({str(path)!r})\n"
        "    await store.write(make)\n"
        "    await asyncio.gather(*(store.write(add, str(at)) for at in range(100)))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)  # noqa: ASYNC221, S603 - our own script
    assert killed.returncode == -9
    store = await SqliteStore.open(path)
    assert len(await store.read(names)) == 100
    await store.close()
