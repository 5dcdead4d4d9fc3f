"""Every statement on the playground's tables: its messages and their files."""

import base64
import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.playground.render import Blob
from core.store.port import Conn, Row

PAGE = 50
"""How many messages a page of history has."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `reader` is the only persona who can see it, None for everybody in the place; `thread` is
    the message it replies to; `via` describes the call that it answers."""

    id: str
    place: str
    author: str
    at: datetime
    body: dict[str, Any]
    thread: str | None = None
    reader: str | None = None
    via: dict[str, Any] | None = None
    key: str | None = None
    number: int = 0
    replies: int = 0
    last_reply: datetime | None = None
    presses: frozenset[tuple[str, str]] = frozenset()
    """The buttons that were pressed and changed something, each with by whom."""


_COLUMNS = (
    "m.number, m.id, m.place, m.author, m.at, m.body, m.thread, m.reader, m.via, m.post_key,"
    " (SELECT count(*) FROM playground_message r WHERE r.thread = m.id AND r.reader IS NULL) AS replies,"
    " (SELECT max(r.at) FROM playground_message r WHERE r.thread = m.id AND r.reader IS NULL) AS last_reply_at"
)


def _message(row: Row) -> Message:
    return Message(
        row["id"],
        row["place"],
        row["author"],
        row["at"],
        json.loads(row["body"]),
        row["thread"],
        row["reader"],
        json.loads(row["via"]) if row["via"] else None,
        row["post_key"],
        row["number"],
        row["replies"],
        row["last_reply_at"],
    )


def add(conn: Conn, message: Message, blobs: tuple[Blob, ...]) -> str:
    """Store a message and its files. A post whose key exists already is not added again. Returns the id of
    the message."""
    if message.key is not None and (existing := find(conn, message.key)):
        return existing
    _add_files(conn, blobs)
    conn.run(
        "INSERT INTO playground_message (id, place, author, at, body, thread, reader, via, post_key)"
        " VALUES (:id, :place, :author, :at, :body, :thread, :reader, :via, :key)"
        " ON CONFLICT (id) DO NOTHING",
        id=message.id,
        place=message.place,
        author=message.author,
        at=message.at,
        body=json.dumps(message.body),
        thread=message.thread,
        reader=message.reader,
        via=json.dumps(message.via) if message.via else None,
        key=message.key,
    )
    return message.id


def edit(conn: Conn, id_: str, body: dict[str, Any], blobs: tuple[Blob, ...]) -> bool:
    """Replace the body of a message. False where there is no such message."""
    _add_files(conn, blobs)
    changed = conn.run(
        "UPDATE playground_message SET body = :body WHERE id = :id", id=id_, body=json.dumps(body)
    )
    return changed > 0


def get(conn: Conn, id_: str) -> Message | None:
    """A message by its id."""
    row = conn.one(f"SELECT {_COLUMNS} FROM playground_message m WHERE m.id = :id", id=id_)
    return _with_presses(conn, _message(row)) if row else None


def _with_presses(conn: Conn, message: Message) -> Message:
    rows = conn.all("SELECT button, person FROM playground_press WHERE message = :id", id=message.id)
    return replace(message, presses=frozenset((row["button"], row["person"]) for row in rows))


def press(conn: Conn, id_: str, button: str, person: str) -> None:
    """Somebody pressed a button of a message, and it changed something."""
    conn.run(
        "INSERT INTO playground_press (message, button, person) VALUES (:id, :button, :person)"
        " ON CONFLICT (message, button, person) DO NOTHING",
        id=id_,
        button=button,
        person=person,
    )


def find(conn: Conn, key: str) -> str | None:
    """The id of the message that was posted under a key."""
    row = conn.one("SELECT id FROM playground_message WHERE post_key = :key", key=key)
    return row["id"] if row else None


def page(conn: Conn, place: str, viewer: str, before: str | None) -> tuple[list[Message], bool]:
    """The newest messages of a place before one of them, oldest first, and whether there are older ones."""
    rows = conn.all(
        f"SELECT {_COLUMNS} FROM playground_message m WHERE m.place = :place AND m.thread IS NULL"
        " AND (m.reader IS NULL OR m.reader = :viewer)"
        " AND m.number < coalesce((SELECT number FROM playground_message WHERE id = :before), 9000000000000)"
        " ORDER BY m.number DESC LIMIT :most",
        place=place,
        viewer=viewer,
        before=before or "",
        most=PAGE + 1,
    )
    return [_with_presses(conn, _message(row)) for row in reversed(rows[:PAGE])], len(rows) > PAGE


def thread(conn: Conn, parent: str, viewer: str) -> list[Message]:
    """A message and all its replies, oldest first."""
    rows = conn.all(
        f"SELECT {_COLUMNS} FROM playground_message m WHERE (m.id = :parent OR m.thread = :parent)"
        " AND (m.reader IS NULL OR m.reader = :viewer) ORDER BY m.number",
        parent=parent,
        viewer=viewer,
    )
    return [_with_presses(conn, _message(row)) for row in rows]


def _add_files(conn: Conn, blobs: tuple[Blob, ...]) -> None:
    for blob in blobs:
        conn.run(
            "INSERT INTO playground_file (id, name, media_type, content, drawing)"
            " VALUES (:id, :name, :type, :content, :drawing) ON CONFLICT (id) DO NOTHING",
            id=blob.id,
            name=blob.name,
            type=blob.media_type,
            content=blob.base64,
            drawing=blob.drawing_base64,
        )


def file(conn: Conn, id_: str) -> Blob | None:
    """A file's content."""
    row = conn.one(
        "SELECT id, name, media_type, content, drawing FROM playground_file WHERE id = :id", id=id_
    )
    if row is None:
        return None
    content, drawing = (base64.b64decode(row[column] or "") for column in ("content", "drawing"))
    return Blob(row["id"], row["name"], row["media_type"], content, drawing)


def newest_number(conn: Conn) -> int:
    """The number of the newest message, 0 where there is none."""
    row = conn.one("SELECT coalesce(max(number), 0) AS newest FROM playground_message")
    return int(row["newest"]) if row else 0


@dataclass(frozen=True, slots=True)
class Posted:
    """How many posts a place got, and the id of the last one."""

    place: str
    count: int
    last: str


def posted_after(conn: Conn, after: int) -> list[Posted]:
    """What the bot posted by itself since the message numbered `after`, by place: channels and direct messages, in the
    order of their first."""
    rows = conn.all(
        "SELECT p.place, p.posts, m.id FROM (SELECT place, count(*) AS posts, min(number) AS first,"
        " max(number) AS last FROM playground_message WHERE number > :after AND reader IS NULL"
        " AND post_key IS NOT NULL GROUP BY place) p JOIN playground_message m ON m.number = p.last ORDER BY p.first",
        after=after,
    )
    return [Posted(row["place"], row["posts"], row["id"]) for row in rows]


def later_than(conn: Conn, at: datetime) -> int:
    """How many messages have a later instant."""
    row = conn.one("SELECT count(*) AS found FROM playground_message WHERE at > :at", at=at)
    return int(row["found"]) if row else 0


def delete_all(conn: Conn) -> None:
    """Delete all messages and files, and what is known of who changed what."""
    conn.run("DELETE FROM playground_touched")
    conn.run("DELETE FROM playground_press")
    conn.run("DELETE FROM playground_message")
    conn.run("DELETE FROM playground_file")
