"""Small facts that an adapter keeps across restarts, such as the fingerprint of what it registered."""

import json
from datetime import datetime

from core.store.port import Conn

BACKUPS = "backups"
"""The key under which stands when backups were made, as a JSON list of instants."""
MOST_BACKUPS = 20


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


def with_backup(made: str | None, now: datetime) -> str:
    """The value of `BACKUPS` once another one is made; `made` is the value before."""
    return json.dumps([*json.loads(made or "[]"), now.isoformat()][-MOST_BACKUPS:])


def backups(conn: Conn) -> list[datetime]:
    """When the latest backups were made of which the database knows, the oldest first."""
    return [datetime.fromisoformat(each) for each in json.loads(get(conn, BACKUPS) or "[]")]
