"""Migrations: applied once, in order, never over a newer database."""

import re

import pytest

from core.errors import BadInput, NewerDatabase
from core.store.open import _KEY, migrate, migrations, open_store, statements
from core.store.port import Conn, Store


def key_of(url: str) -> str:
    return _KEY["sqlite" if url.startswith("sqlite") else "postgres"]


def applied(conn: Conn) -> list[int]:
    return [row["number"] for row in conn.all("SELECT number FROM migration ORDER BY number")]


async def test_a_migrated_database_has_all_and_opening_it_again_changes_nothing(
    store: Store, store_url: str
) -> None:
    numbers = [number for number, _ in migrations()]
    assert await store.read(applied) == numbers
    assert await store.write(migrate, migrations(), key_of(store_url)) == 0
    again = await open_store(store_url)
    assert await again.read(applied) == numbers
    await again.close()


async def test_a_newer_database_is_refused_and_left_alone(store: Store, store_url: str) -> None:
    await store.write(lambda conn: conn.run("INSERT INTO migration (number) VALUES (9999)"))
    with pytest.raises(NewerDatabase, match=r"9999.*Start the newer version"):
        await open_store(store_url)
    assert 9999 in await store.read(applied)


async def test_a_migration_with_a_lower_number_that_came_later_is_applied(
    store: Store, store_url: str
) -> None:
    key = key_of(store_url)
    early, late = (8000, "CREATE TABLE early (id {key})"), (8001, "CREATE TABLE late (id {key})")
    assert await store.write(migrate, [*migrations(), late], key) == 1
    assert await store.write(migrate, [*migrations(), early, late], key) == 1
    assert await store.read(lambda conn: conn.all("SELECT id FROM early")) == []


async def test_a_migration_that_fails_leaves_nothing_of_itself(store: Store, store_url: str) -> None:
    broken = [*migrations(), (8000, "CREATE TABLE half (id {key});\nCREATE TABLE half (id {key});")]
    before = await store.read(applied)
    with pytest.raises(Exception, match="already exists"):
        await store.write(migrate, broken, key_of(store_url))
    assert await store.read(applied) == before
    whole = [*migrations(), (8000, "CREATE TABLE half (id {key})")]
    assert await store.write(migrate, whole, key_of(store_url)) == 1


async def test_numbered_keys_number_themselves_and_are_not_used_again(store: Store, store_url: str) -> None:
    await store.write(
        migrate, [*migrations(), (8000, "CREATE TABLE n (id {key}, x BIGINT)")], key_of(store_url)
    )

    def insert(conn: Conn) -> int:
        row = conn.one("INSERT INTO n (x) VALUES (1) RETURNING id")
        assert row is not None
        return int(row["id"])

    first = await store.write(insert)
    second = await store.write(insert)
    await store.write(lambda conn: conn.run("DELETE FROM n WHERE id = :id", id=second))
    assert await store.write(insert) > second > first


@pytest.mark.parametrize("url", ["mysql://x/y", "cohort.db", ""])
async def test_an_address_of_another_kind_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(BadInput, match=r"sqlite:///cohort\.db"):
        await open_store(url)


def test_numbers_are_unique() -> None:
    numbers = [number for number, _ in migrations()]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize("number", [number for number, _ in migrations()])
def test_files_keep_to_what_both_engines_and_the_splitter_read(number: int) -> None:
    sql = dict(migrations())[number]
    for statement in statements(sql):
        assert "--" not in statement, "a comment stands on a line of its own"
        assert statement.count("'") % 2 == 0, f"a semicolon inside a string: {statement}"
        assert statement.count("(") == statement.count(")"), statement
        own_types = re.findall(
            r"(?i)\b(AUTOINCREMENT|SERIAL|BOOLEAN|TIMESTAMP|DATETIME|BLOB|BYTEA)\b", statement
        )
        assert not own_types, own_types
