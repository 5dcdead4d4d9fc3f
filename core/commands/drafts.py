"""Half-finished forms and calls too long for a button, kept for one account and for a day."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.chat.model import Person
from core.errors import OutOfDate
from core.store.port import Conn

KEEP = timedelta(days=1)
"""How long a draft is kept."""

_TOKEN = re.compile(r"[\w-]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """A call that is not finished. `args` are texts as they were typed."""

    command: str
    args: Mapping[str, str]
    cohort: int | None


def save(conn: Conn, person: Person, draft: Draft, now: datetime) -> str:
    """Keep a draft. Returns its token, 16 characters."""
    token = secrets.token_urlsafe(12)
    conn.run(
        "INSERT INTO draft (token, platform, workspace, user_id, at, content)"
        " VALUES (:token, :platform, :workspace, :user, :now, :content)",
        token=token,
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
        now=now,
        content=json.dumps([draft.command, dict(draft.args), draft.cohort]),
    )
    return token


def load(conn: Conn, person: Person, token: str, now: datetime) -> Draft:
    """A person's own draft. Raises `OutOfDate` where there is none."""
    # A forged token may hold characters that no database takes.
    row = _TOKEN.fullmatch(token) and conn.one(
        "SELECT content FROM draft WHERE token = :token AND platform = :platform"
        " AND workspace = :workspace AND user_id = :user AND at > :oldest",
        token=token,
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
        oldest=now - KEEP,
    )
    if not row:
        raise OutOfDate("This form is more than a day old. Please run the command again.")
    return Draft(*json.loads(row["content"]))


def purge(conn: Conn, now: datetime) -> int:
    """Forget what is too old. Returns how many drafts went."""
    return conn.run("DELETE FROM draft WHERE at <= :oldest", oldest=now - KEEP)
