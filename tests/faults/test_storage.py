"""The database is locked, the disk is full, a transaction is cancelled, an older file is put back."""

import asyncio
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot import bootstrap
from core.delivery import sender
from core.errors import StoreError
from core.store.open import open_store
from core.store.port import Conn, Store
from tests.faults.two_platforms import BEGIN, two_platforms, until
from tests.people import Actor, CohortFixture
from tests.story.process import health

HOLD = (
    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
    "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.read(); c.execute('COMMIT')"
)


@contextmanager
def held_by_another_process(url: str) -> Iterator[None]:
    """Another process holds the database."""
    with subprocess.Popen(  # noqa: S603 - our own child
        [sys.executable, "-c", HOLD, url.removeprefix("sqlite:///")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            holder.stdin.close()


@pytest.mark.case(16)
async def test_database_locked_by_another_process(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "open_store", partial(open_store, busy=0.3))
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        await stage.schedule(here)
        with held_by_another_process(sqlite_url):
            refused = await here.ada.fails("submission add", title="Locked out")
            assert "The database is busy just now. Nothing was saved" in here.ada.text_of(refused)
            with pytest.raises(StoreError):
                await stage.later(minutes=31)
            status, parts = await health(stage.bot.address)
            assert (status, parts["database"]) == (503, "failing")
            await here.ada.ok("submission list")
        await stage.flush()
        assert len(here.texts) == 1
        await here.ada.ok("submission add", title="Let in")
        assert (await health(stage.bot.address))[0] == 200


@pytest.mark.case(16)
async def test_post_that_left_before_lock_is_settled_after_it(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "open_store", partial(open_store, busy=0.1))
    monkeypatch.setattr(sender, "SETTLE_AGAIN", (0.1,) * 20)
    async with two_platforms(sqlite_url) as stage:
        there = await stage.on_slack("there")
        stage.slack.fail("chat.postMessage", delay=0.5)
        posting = asyncio.create_task(stage.post(there, "k"))
        await until(stage.bot.core.store, begun)
        with held_by_another_process(sqlite_url):
            await stage.slack.until(lambda: there.texts)
            await asyncio.sleep(0.5)  # long enough for a settlement or two to be refused
        await posting
        assert await stage.states(there) == ["sent"], "not uncertain: this process knows that it arrived"


def begun(conn: Conn) -> bool:
    """Whether a request is about to leave."""
    row = conn.one("SELECT count(*) AS n FROM outbox WHERE state = 'sending' AND unsure = 1")
    return row is not None and row["n"] > 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes. Skips, saying why, where none may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(  # noqa: S603 - the system's own program
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)],  # noqa: S607 - wherever it is
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S603, S607 - as above


def fill(path: Path) -> None:
    """Leave not a byte free."""
    with path.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            while True:
                try:
                    file.write(b"x" * size)
                except OSError:
                    break


@pytest.mark.case(17)
async def test_full_disk_refuses_saves_nothing_and_heals(small_disk: Path, sqlite_template: Path) -> None:
    shutil.copy(sqlite_template, small_disk / "cohort.db")
    url = f"sqlite:///{small_disk / 'cohort.db'}"
    async with two_platforms(url) as stage:
        here = await stage.on_discord("here")
        store = stage.bot.core.store
        fill(small_disk / "filler")
        before, refused = await add_until_refused(store, here.ada)
        assert "is full. Nothing was saved" in refused
        status, parts = await health(stage.bot.address)
        assert (status, parts["database"]) == (503, "failing")
        assert await records(store) == before
        await here.ada.ok("submission list")
        (small_disk / "filler").unlink()
        await here.ada.ok("submission add", title="After")
        assert (await health(stage.bot.address))[0] == 200
        assert await intact(stage.bot.core.store)


async def intact(store: Store) -> bool:
    """Whether SQLite finds nothing wrong with its file."""
    row = await store.read(
        lambda conn: conn.one("SELECT integrity_check AS said FROM pragma_integrity_check")
    )
    return row is not None and row["said"] == "ok"


@pytest.mark.case(17)
async def test_full_disk_leaves_nothing_half_saved(sqlite_cohort: CohortFixture) -> None:
    store = sqlite_cohort.core.store
    pages = await store.read(lambda conn: conn.one("SELECT page_count FROM pragma_page_count"))
    assert pages is not None
    full = f"PRAGMA max_page_count = {pages['page_count'] + 1}"
    await store.write(lambda conn: conn.one(full))
    before, refused = await add_until_refused(store, sqlite_cohort.ada)
    assert "is full. Nothing was saved" in refused
    assert await records(store) == before


async def add_until_refused(store: Store, ada: Actor) -> tuple[dict[str, int], str]:
    """Add papers until there is no room: the records before the one that was refused, and the words."""
    for n in range(500):
        before = await records(store)
        reply: Any = await ada("submission add", title=f"{n} " + "long " * 40)
        if reply.error:
            return before, ada.text_of(reply)
    raise AssertionError("the disk was never full")


async def records(store: Store) -> dict[str, int]:
    """How many rows there are of what belongs together."""

    def count(conn: Conn) -> dict[str, int]:
        found = {}
        for table in ("submission", "handled", "counter", "outbox", "member"):
            row = conn.one(f"SELECT count(*) AS n FROM {table}")
            assert row is not None
            found[table] = int(row["n"])
        return found

    return await store.read(count)


@pytest.mark.case(18)
async def test_cancelled_in_transaction(cohort: CohortFixture) -> None:
    store = cohort.core.store
    begun, go = threading.Event(), threading.Event()

    def slow(conn: Conn, fails: bool) -> None:
        conn.run("INSERT INTO note (key, value) VALUES ('slow', 'begun')")
        begun.set()
        go.wait(10)
        if fails:
            raise ZeroDivisionError
        conn.run("INSERT INTO note (key, value) VALUES ('slow too', 'done')")

    for fails, left in ((True, 0), (False, 2)):
        begun.clear()
        go.clear()
        task = asyncio.create_task(store.write(slow, fails))
        await asyncio.to_thread(begun.wait, 10)
        waits = asyncio.create_task(store.write(slow, False))
        await asyncio.sleep(0)
        waits.cancel()
        task.cancel()
        go.set()
        results = await asyncio.gather(task, waits, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in results)
        rows = await store.read(lambda conn: conn.all("SELECT key FROM note"))
        assert len(rows) == left, "whole or not at all"
    await cohort.ada.ok("submission add", title="The next transaction begins as always")


@pytest.mark.case(19)
async def test_older_file_put_back_repeats_no_sent_slot(sqlite_url: str, tmp_path: Path) -> None:
    """A file is copied back by hand, without `restore`. Discord recognises what it has just been sent; Slack
    has nothing to recognise it by, so that is left to `restore`."""
    kept = tmp_path / "kept.db"
    async with two_platforms(sqlite_url) as stage:
        here = await stage.on_discord("here")
        await stage.schedule(here)
        await stage.bot.stop()
        shutil.copy(sqlite_url.removeprefix("sqlite:///"), kept)
        await stage.bot.start()
        await stage.later(minutes=31)
        assert len(here.texts) == 1
        await stage.bot.stop()

        for old in ("cohort.db", "cohort.db-wal", "cohort.db-shm"):
            (tmp_path / old).unlink(missing_ok=True)
        shutil.copy(kept, sqlite_url.removeprefix("sqlite:///"))
        await stage.bot.start()
        assert await intact(stage.bot.core.store)
        assert stage.bot.clock.now() > BEGIN
        await stage.flush()
        assert await stage.states(here) == ["sent"]
        assert len(here.texts) == 1, "fired again, and the platform gave the first message back"


@pytest.mark.case(19)
async def test_broken_file_is_refused(tmp_path: Path, sqlite_template: Path) -> None:
    broken = tmp_path / "broken.db"
    shutil.copy(sqlite_template, broken)
    with broken.open("r+b") as file:
        file.write(b"x" * 4096)
    with pytest.raises(StoreError, match="cannot be opened"):
        await open_store(f"sqlite:///{broken}")
