"""Small facts that an adapter keeps across restarts, such as the fingerprint of what it registered."""

from core.store.port import Conn


def get(conn: Conn, key: str) -> str | None:
    """The fact under a key, if any."""
    row = conn.one("SELECT value FROM note WHERE key = :key", key=key)
    return row["value"] if row else None


def put(conn: Conn, key: str, value: str) -> None:
    """Keep a fact under a key."""
    conn.run(
        "INSERT INTO note (key, value) VALUES (:key, :value)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        key=key,
        value=value,
    )
