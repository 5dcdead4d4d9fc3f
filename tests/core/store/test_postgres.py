"""What is PostgreSQL's own: connections that break, other replicas, durability."""

import asyncio
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import StoreBusy, StoreError
from core.store.open import open_store
from core.store.port import Conn
from core.store.postgres import PostgresStore, placeholders
from tests.core.store.test_transactions import Gate
from tests.core.store.things import add, kept, make


def end_connections(url: str) -> int:
    """End every other connection to the database, as a restart of the server does. How many there were."""
    with psycopg.connect(url, autocommit=True) as admin:
        rows = admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return len(rows)


async def test_idle_broken_connection_is_replaced(
    postgres_url: str,
) -> None:
    store = await PostgresStore.open(postgres_url)
    await store.write(make)
    assert end_connections(postgres_url) == 2
    await store.write(add, "a")
    assert await kept(store) == ["a"]
    await store.close()


async def test_connection_broken_in_transaction_saves_nothing(postgres_url: str) -> None:
    store = await PostgresStore.open(postgres_url)
    await store.write(make)

    def broken(conn: Conn) -> None:
        add(conn, "before")
        end_connections(postgres_url)
        try:
            add(conn, "after")
        finally:
            # Whoever goes on regardless must not write outside the transaction.
            with pytest.raises(StoreBusy):
                add(conn, "regardless")

    with pytest.raises(StoreBusy):
        await store.write(broken)
    await store.write(add, "healed")
    assert await kept(store) == ["healed"]
    await store.close()


async def test_whole_batch_whose_connection_breaks_is_refused_whole(postgres_url: str) -> None:
    store = await PostgresStore.open(postgres_url)
    await store.write(make)

    def cut(conn: Conn) -> None:
        end_connections(postgres_url)
        add(conn, "cut")

    gate = Gate()
    first = asyncio.create_task(store.write(gate.hold))
    await gate.began.wait()
    batch = [
        asyncio.create_task(work) for work in (store.write(add, "a"), store.write(cut), store.write(add, "b"))
    ]
    await asyncio.sleep(0)
    gate.let_go()
    results = await asyncio.gather(first, *batch, return_exceptions=True)
    assert [type(each) for each in results] == [str, StoreBusy, StoreBusy, StoreBusy]
    assert await kept(store) == []
    await store.close()


async def test_replicas_take_turns(postgres_url: str) -> None:
    one, two = await PostgresStore.open(postgres_url), await PostgresStore.open(postgres_url)
    await one.write(make)

    def grow(conn: Conn) -> int:
        row = conn.one("SELECT count(*) AS size FROM thing")
        assert row is not None
        add(conn, f"thing {row['size']}")
        return int(row["size"])

    sizes = await asyncio.gather(*(store.write(grow) for _ in range(50) for store in (one, two)))
    assert sorted(sizes) == list(range(100)), "two transactions saw the same count"
    await one.close()
    await two.close()


async def test_another_replica_that_holds_on_is_busy_after_bounded_wait(postgres_url: str) -> None:
    one, two = await PostgresStore.open(postgres_url), await PostgresStore.open(postgres_url, busy=0.1)
    await one.write(make)
    gate = Gate()
    holding = asyncio.create_task(one.write(gate.hold, "a"))
    await gate.began.wait()
    with pytest.raises(StoreBusy, match="Nothing was saved"):
        await two.write(add, "b")
    gate.let_go()
    await holding
    await two.write(add, "c")
    assert await kept(two) == ["a", "c"]
    await one.close()
    await two.close()


async def test_server_set_to_confirm_early_is_overruled(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        name = admin.info.dbname
        admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    store = await PostgresStore.open(postgres_url)

    def setting(conn: Conn) -> Any:
        row = conn.one("SELECT current_setting('synchronous_commit') AS value")
        return row and row["value"]

    assert await store.write(setting) == "on"
    await store.close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/nothing",
        "postgresql:///x?host=/nonexistent",
        "postgresql://[broken",
        "postgresql:///x?nonsense=1",
    ],
)
async def test_server_that_is_not_there_says_so(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be reached"):
        await PostgresStore.open(url)


async def test_address_chooses_engine(postgres_url: str) -> None:
    store = await open_store(postgres_url.replace("postgresql://", "postgres://"))
    assert isinstance(store, PostgresStore)
    await store.close()


@given(st.from_regex(r"[a-z%'= ]*", fullmatch=True))
def test_text_without_parameter_is_left_as_it_is(sql: str) -> None:
    assert placeholders(sql) % {} == sql


def test_parameters_and_casts() -> None:
    assert placeholders("x = :x AND y::text = :some_y2") == "x = %(x)s AND y::text = %(some_y2)s"
