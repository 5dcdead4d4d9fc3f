"""A table to try stores with, and transactions over it."""

from core.store.port import Conn, Store


def make(conn: Conn) -> None:
    conn.run("CREATE TABLE thing (name TEXT PRIMARY KEY, size BIGINT NOT NULL DEFAULT 0)")


def add(conn: Conn, name: str, size: int = 0) -> str:
    conn.run("INSERT INTO thing (name, size) VALUES (:name, :size)", name=name, size=size)
    return name


def add_and_fail(conn: Conn, name: str) -> None:
    add(conn, name)
    raise LookupError(name)


def names(conn: Conn) -> list[str]:
    return sorted(row["name"] for row in conn.all("SELECT name FROM thing"))


async def kept(store: Store) -> list[str]:
    """What a reader sees."""
    return await store.read(names)
