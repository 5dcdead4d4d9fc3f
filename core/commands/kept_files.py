"""Files that were given with a call and wait for a second one: what they hold is shown first, and taken in when a button
says so.

A command with a parameter of type `Upload` keeps the file with `keep`, in the transaction that answers the call, and puts
the token into a button as that parameter. The dispatch turns the token back into the file, for the account that gave
it alone. It stays there for its day: a press that is delivered again has to find it.
"""

import base64
import re
import secrets
import zlib
from datetime import datetime, timedelta

from core.chat.model import Person, Upload
from core.store.port import Conn

KEEP = timedelta(days=1)
"""How long a file is kept."""

MOST = 3
"""Files of one account that are kept."""

GONE = "I do not have this file any more: it was given more than a day ago. Please give it again."
"""Of a file that is not kept (any more)."""

_TOKEN = re.compile(r"file-[\w-]{22}", re.ASCII)


def is_token(typed: str) -> bool:
    """Whether something is what `keep` gives."""
    return _TOKEN.fullmatch(typed) is not None


def keep(conn: Conn, cohort_id: int, person: Person, upload: Upload, now: datetime) -> str:
    """Keep a file for its giver, and forget the oldest of theirs beyond `MOST`. Returns its token, for a button."""
    values = {"platform": person.platform, "workspace": person.workspace, "user": person.id}
    conn.run(
        "DELETE FROM kept_file WHERE token IN (SELECT token FROM kept_file WHERE platform = :platform"
        f" AND workspace = :workspace AND user_id = :user ORDER BY at DESC, token LIMIT 1000 OFFSET {MOST - 1})",
        **values,
    )
    token = f"file-{secrets.token_urlsafe(16)}"
    conn.run(
        "INSERT INTO kept_file (token, cohort_id, platform, workspace, user_id, at, name, media_type, content)"
        " VALUES (:token, :cohort, :platform, :workspace, :user, :now, :name, :type, :content)",
        token=token,
        cohort=cohort_id,
        now=now,
        name=upload.name,
        type=upload.media_type,
        content=base64.b64encode(zlib.compress(upload.content)).decode("ascii"),
        **values,
    )
    return token


def find(conn: Conn, person: Person, token: str) -> Upload | None:
    """The file of a token, for the account that gave it."""
    if not is_token(token):
        return None
    row = conn.one(
        "SELECT name, media_type, content FROM kept_file WHERE token = :token AND platform = :platform"
        " AND workspace = :workspace AND user_id = :user",
        token=token,
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
    )
    if row is None:
        return None
    return Upload(row["name"], zlib.decompress(base64.b64decode(row["content"])), row["media_type"])


def forget(conn: Conn, account: Person, cohort_id: int) -> None:
    """Delete the files that an account gave in a cohort."""
    conn.run(
        "DELETE FROM kept_file WHERE platform = :platform AND workspace = :workspace AND user_id = :user"
        " AND cohort_id = :cohort",
        platform=account.platform,
        workspace=account.workspace,
        user=account.id,
        cohort=cohort_id,
    )


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Delete at most so many files that are more than a day old. Returns how many."""
    return conn.run(
        f"DELETE FROM kept_file WHERE token IN (SELECT token FROM kept_file WHERE at < :before ORDER BY at LIMIT {most})",
        before=now - KEEP,
    )
