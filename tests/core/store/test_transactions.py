"""What a store promises, over both engines."""

import asyncio
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.errors import Conflict, StoreError
from core.store.open import open_store
from core.store.port import Conn, Store
from tests.core.store.things import add, add_and_fail, kept, make


@pytest.fixture
async def things(store: Store) -> Store:
    """A store with an empty table of things."""
    await store.write(make)
    return store


class Gate:
    """A transaction that says when it began and stays until it is let go, so that others have to wait."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._go = threading.Event()

    def hold(self, conn: Conn, name: str | None = None) -> str:
        if name is not None:
            add(conn, name)
        self._loop.call_soon_threadsafe(self.began.set)
        assert self._go.wait(timeout=10), "nobody let the transaction go"
        return "held"

    def let_go(self) -> None:
        self._go.set()


async def test_write_is_seen_by_next_read_and_by_another_store(things: Store, store_url: str) -> None:
    assert await things.write(add, "a", size=3) == "a"
    assert await kept(things) == ["a"]
    other = await open_store(store_url)
    try:
        assert await kept(other) == ["a"]
    finally:
        await other.close()


async def test_what_raises_leaves_nothing(things: Store) -> None:
    with pytest.raises(LookupError, match="a"):
        await things.write(add_and_fail, "a")
    assert await kept(things) == []
    await things.write(add, "a")
    assert await kept(things) == ["a"]


async def test_insert_returns_id_and_value_first_column(store: Store) -> None:
    def run(conn: Conn) -> tuple[int, int, Any, Any, Any]:
        sql = "INSERT INTO person (name, created_at) VALUES (:name, 1)"
        first, second = conn.insert(sql, name="Ada"), conn.insert(sql, name="Ben")
        name = conn.value("SELECT name, id FROM person WHERE id = :id", id=second)
        zone = conn.value("SELECT zone FROM person WHERE id = :id", id=first)
        return first, second, name, zone, conn.value("SELECT name FROM person WHERE id = -1")

    first, second, *values = await store.write(run)
    assert second == first + 1
    assert values == ["Ben", None, None]


async def test_broken_unique_key_is_conflict(things: Store) -> None:
    await things.write(add, "a")
    with pytest.raises(Conflict):
        await things.write(add, "a")
    with pytest.raises(Conflict):
        await things.write(
            lambda conn: conn.run(
                "INSERT INTO place (cohort_id, platform, workspace, channel) VALUES (999, 'test', 'W', 'C')"
            )
        )
    await things.write(add, "b")
    assert await kept(things) == ["a", "b"]


async def test_one_that_fails_does_not_hurt_others_of_its_batch(things: Store) -> None:
    gate = Gate()
    first = asyncio.create_task(things.write(gate.hold))
    await gate.began.wait()
    batch: list[asyncio.Task[Any]] = []
    for at in range(9):
        work = things.write(add_and_fail if at % 3 == 1 else add, f"thing {at}")
        batch.append(asyncio.create_task(work))
    batch.append(asyncio.create_task(things.write(add, "thing 0")))
    await asyncio.sleep(0)
    gate.let_go()
    results = await asyncio.gather(first, *batch, return_exceptions=True)
    failed = [type(each) for each in results if isinstance(each, BaseException)]
    assert failed == [LookupError, LookupError, LookupError, Conflict]
    assert await kept(things) == [f"thing {at}" for at in range(9) if at % 3 != 1]


async def test_results_and_errors_reach_their_own_callers(things: Store) -> None:
    async def one(at: int) -> object:
        try:
            return await things.write(add_and_fail if at % 2 else add, str(at))
        except LookupError as error:
            return error.args[0]

    assert await asyncio.gather(*map(one, range(100))) == [str(at) for at in range(100)]
    assert await kept(things) == sorted(str(at) for at in range(0, 100, 2))


async def test_cancelled_before_it_began_leaves_nothing(things: Store) -> None:
    gate = Gate()
    first = asyncio.create_task(things.write(gate.hold))
    await gate.began.wait()
    second = asyncio.create_task(things.write(add, "never"))
    third = asyncio.create_task(things.write(add, "still"))
    await asyncio.sleep(0)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    gate.let_go()
    assert await first == "held"
    assert await third == "still"
    assert await kept(things) == ["still"]


async def test_cancelled_after_it_began_is_done_whole(things: Store) -> None:
    gate = Gate()
    task = asyncio.create_task(things.write(gate.hold, "whole"))
    await gate.began.wait()
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done(), "it has to wait for the end of its transaction"
    gate.let_go()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await kept(things) == ["whole"]


async def test_reader_sees_committed_without_waiting(things: Store) -> None:
    gate = Gate()
    task = asyncio.create_task(things.write(gate.hold, "not yet"))
    await gate.began.wait()
    assert await kept(things) == []
    gate.let_go()
    await task
    assert await kept(things) == ["not yet"]


async def test_read_is_one_snapshot(things: Store) -> None:
    began, loop, go = asyncio.Event(), asyncio.get_running_loop(), threading.Event()

    def count_twice(conn: Conn) -> tuple[int, int]:
        counts = [len(conn.all("SELECT name FROM thing"))]
        loop.call_soon_threadsafe(began.set)
        assert go.wait(timeout=10)
        counts.append(len(conn.all("SELECT name FROM thing")))
        return counts[0], counts[1]

    reading = asyncio.create_task(things.read(count_twice))
    await began.wait()
    await things.write(add, "meanwhile")
    go.set()
    assert await reading == (0, 0)


async def test_reader_cannot_write(things: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only") as caught:
        await things.read(add, "smuggled")
    assert not isinstance(caught.value, StoreError)
    assert await kept(things) == []


async def test_signals_come_after_commit_and_only_then(things: Store) -> None:
    heard: list[str] = []
    things.on("news", lambda: heard.append("news"))
    things.on("other", lambda: heard.append("other"))

    def announce(conn: Conn, name: str, *, fail: bool = False) -> None:
        add(conn, name)
        conn.signal("news")
        assert not heard, "nothing is committed yet"
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        await things.write(announce, "a", fail=True)
    assert heard == []
    await things.write(add, "silent")
    assert heard == []
    await things.write(announce, "b")
    assert heard == ["news"]


async def test_listener_that_fails_is_logged_and_stops_nobody(things: Store) -> None:
    heard: list[str] = []

    def broken() -> None:
        raise LookupError("a broken listener")

    things.on("news", broken)
    things.on("news", lambda: heard.append("news"))

    def announce(conn: Conn, name: str) -> None:
        add(conn, name)
        conn.signal("news")

    with capture_logs() as logs:
        await asyncio.gather(*(things.write(announce, str(at)) for at in range(5)))
    assert len(await kept(things)) == 5
    assert set(heard) == {"news"}
    assert {each["event"] for each in logs} == {"a listener failed"}


async def test_close_finishes_what_was_begun_and_takes_no_more(things: Store, store_url: str) -> None:
    gate = Gate()
    first = asyncio.create_task(things.write(gate.hold, "begun"))
    await gate.began.wait()
    second = asyncio.create_task(things.write(add, "waiting"))
    await asyncio.sleep(0)
    closing = asyncio.create_task(things.close())
    await asyncio.sleep(0)
    assert not closing.done()
    gate.let_go()
    await closing
    assert (await first, await second) == ("held", "waiting")
    with pytest.raises(RuntimeError, match="closed"):
        await things.write(add, "too late")
    await things.close()  # twice does no harm
    again = await open_store(store_url)
    assert await kept(again) == ["begun", "waiting"]
    await again.close()


async def test_percent_sign_colon_and_quote_are_themselves(things: Store) -> None:
    row = await things.read(
        lambda conn: conn.one(
            "SELECT '50%' AS rate, :at AS at, :quote AS quote", at="12:30", quote="it's :at %s"
        )
    )
    assert row is not None
    assert (row["rate"], row["at"], row["quote"]) == ("50%", "12:30", "it's :at %s")


@given(
    text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    number=st.integers(-(2**63), 2**63 - 1),
)
async def test_every_text_and_number_comes_back(store: Store, text: str, number: int) -> None:
    def keep(conn: Conn) -> tuple[str, int]:
        conn.run("CREATE TABLE IF NOT EXISTS kept (words TEXT, number BIGINT)")
        conn.run("DELETE FROM kept")
        conn.run("INSERT INTO kept (words, number) VALUES (:words, :number)", words=text, number=number)
        row = conn.one("SELECT words, number FROM kept WHERE words = :words", words=text)
        assert row is not None
        return row["words"], row["number"]

    assert await store.write(keep) == (text, number)
