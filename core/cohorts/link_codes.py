"""One-time codes that join what is on two platforms: a channel to a cohort, or one person's two accounts. Plain SQL.

Of a code only a hash is kept, so that whoever reads the database can use none. It is 12 of 30 signs, 58 bits: with
`MOST_WRONG` tries an hour nobody finds one, and a slow hash would keep nobody out who cannot guess that far.
"""

import hashlib
import hmac
import math
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.chat.model import Person
from core.chat.text import say
from core.errors import RateLimited
from core.store.port import Conn, Row

VALID = timedelta(hours=1)
"""How long a code can be used."""
CONFIRMED_WITHIN = timedelta(days=1)
"""How long the account that made a code may think about who wants to join it."""
MOST_WRONG = 5
"""Wrong codes that an account may type within `VALID`."""
KEPT = timedelta(days=7)
"""How long a code is remembered, so that a late one is told from a wrong one."""

_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12


class CodeKind(StrEnum):
    """What a code joins."""

    PLACE = "place"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code as it is kept. `asking` is the account that wants to join the one that made it."""

    hash: str
    kind: CodeKind
    cohort_id: int | None
    person_id: int
    platform: str
    workspace: str
    user_id: str
    made_at: datetime
    used_at: datetime | None
    asking: Person | None
    asking_at: datetime | None

    @property
    def maker(self) -> Person:
        """The account that made it."""
        return Person(self.platform, self.workspace, self.user_id, "")


class CodeMaker:
    """Makes codes. The same call gets the same code, so that one that is delivered again is answered as before, although
    the code is nowhere kept; a process that was started anew makes others."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def code(self, call_id: str) -> str:
        """A code for a call: "7KQ2-..."."""
        number = int.from_bytes(hmac.digest(self._key, call_id.encode(), "sha256"), "big")
        signs = ""
        for _ in range(_LENGTH):
            number, at = divmod(number, len(_SIGNS))
            signs += _SIGNS[at]
        return "-".join(signs[at : at + 4] for at in range(0, _LENGTH, 4))


def hash_of(code: str) -> str:
    """What is kept of a code, however it was typed."""
    plain = re.sub(r"[^0-9A-Z]", "", code.upper())
    return hashlib.sha256(f"cohort link {plain}".encode()).hexdigest()


def add(
    conn: Conn,
    kind: CodeKind,
    hash_: str,
    maker: Person,
    person_id: int,
    cohort_id: int | None,
    now: datetime,
) -> None:
    """Keep a code. The one of that kind that the same person made before, for the same cohort, ends."""
    conn.run(
        "DELETE FROM link_code WHERE person_id = :person AND kind = :kind"
        " AND coalesce(cohort_id, 0) = coalesce(:cohort, 0) AND used_at IS NULL",
        person=person_id,
        kind=kind.value,
        cohort=cohort_id or 0,
    )
    conn.run(
        "INSERT INTO link_code (hash, kind, cohort_id, person_id, platform, workspace, user_id, made_at)"
        " VALUES (:hash, :kind, :cohort, :person, :platform, :workspace, :user, :now)",
        hash=hash_,
        kind=kind.value,
        cohort=cohort_id,
        person=person_id,
        platform=maker.platform,
        workspace=maker.workspace,
        user=maker.id,
        now=now,
    )


def typed(conn: Conn, hash_: str, account: Person, now: datetime) -> LinkCode | None:
    """The code that somebody typed; None where there is none such, which is counted. Raises `RateLimited` for who typed
    too many of those."""
    tries = conn.all(
        "SELECT at FROM link_try WHERE platform = :platform AND workspace = :workspace AND user_id = :user"
        " AND at > :since ORDER BY at",
        platform=account.platform,
        workspace=account.workspace,
        user=account.id,
        since=now - VALID,
    )
    if len(tries) >= MOST_WRONG:
        left = tries[0]["at"] + VALID - now
        minutes = math.ceil(left.total_seconds() / 60)
        text = "Those were {count} codes that I do not know. Please try again in {minutes} min."
        raise RateLimited(say(text, count=len(tries), minutes=minutes), left.total_seconds())
    found = by_hash(conn, hash_)
    if found is None:
        conn.run(
            "INSERT INTO link_try (platform, workspace, user_id, at) VALUES (:platform, :workspace, :user, :now)",
            platform=account.platform,
            workspace=account.workspace,
            user=account.id,
            now=now,
        )
    return found


def by_hash(conn: Conn, hash_: str) -> LinkCode | None:
    """A code by what is kept of it."""
    row = conn.one("SELECT * FROM link_code WHERE hash = :hash", hash=hash_)
    return _code(row) if row is not None else None


def asked(conn: Conn, person_id: int, now: datetime) -> LinkCode | None:
    """The latest code of a person with which another account asks to join theirs."""
    row = conn.one(
        "SELECT * FROM link_code WHERE person_id = :person AND kind = :kind AND used_at IS NULL"
        " AND asking_at > :since ORDER BY asking_at DESC LIMIT 1",
        person=person_id,
        kind=CodeKind.ACCOUNT.value,
        since=now - CONFIRMED_WITHIN,
    )
    return _code(row) if row is not None else None


def ask(conn: Conn, hash_: str, account: Person, now: datetime) -> bool:
    """An account asks to join the one that made a code. False where another one asked before."""
    changed = conn.run(
        "UPDATE link_code SET asking_platform = :platform, asking_workspace = :workspace, asking_user = :user,"
        " asking_name = :name, asking_at = :now WHERE hash = :hash AND used_at IS NULL AND (asking_user IS NULL"
        " OR (asking_platform = :platform AND asking_workspace = :workspace AND asking_user = :user))",
        platform=account.platform,
        workspace=account.workspace,
        user=account.id,
        name=account.name,
        now=now,
        hash=hash_,
    )
    return changed > 0


def use(conn: Conn, hash_: str, now: datetime) -> bool:
    """A code is used up. False where it was before."""
    return (
        conn.run(
            "UPDATE link_code SET used_at = :now WHERE hash = :hash AND used_at IS NULL", hash=hash_, now=now
        )
        > 0
    )


def prune(conn: Conn, now: datetime, most: int) -> int:
    """Forget codes and tries that are too old to matter, at most so many of each. Returns how many."""
    codes = conn.run(
        "DELETE FROM link_code WHERE hash IN (SELECT hash FROM link_code WHERE made_at < :before LIMIT :most)",
        before=now - KEPT,
        most=most,
    )
    return codes + conn.run("DELETE FROM link_try WHERE at < :before", before=now - VALID)


def _code(row: Row) -> LinkCode:
    asking = None
    if row["asking_user"] is not None:
        where = row["asking_platform"], row["asking_workspace"], row["asking_user"]
        asking = Person(*where, row["asking_name"])
    return LinkCode(
        row["hash"],
        CodeKind(row["kind"]),
        row["cohort_id"],
        row["person_id"],
        row["platform"],
        row["workspace"],
        row["user_id"],
        row["made_at"],
        row["used_at"],
        asking,
        row["asking_at"],
    )
