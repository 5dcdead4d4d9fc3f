"""Calls as short strings, for button ids and the hidden part of forms.

A string only says what is asked; whether it may be is decided again when it comes back, so a forged one
gives nothing that typing the command would not. A call that is too long for its string is saved in the table
`draft` for one account, until what it holds was carried out and for a day at most, and a token stands for it.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self
from urllib.parse import quote, unquote

from core.chat.model import Button, Form, Person
from core.clock import Clock
from core.errors import OutOfDate
from core.store.port import Conn, Store

KEEP = timedelta(days=1)
"""How long a saved call is kept."""

GONE = "This was sent already, or is more than a day old. Please run the command again."
"""Of a call that is not saved (any more)."""

_VERSION = "1"
_PACKED = re.compile(rf"{_VERSION}(?:\.([\w-]{{16}}))?", re.ASCII)
_COHORT = re.compile(r"\d{0,18}", re.ASCII)
_TOKEN = re.compile(r"[\w-]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A command, its arguments as texts, and the cohort that is meant. It may be a form that is not finished;
    `core.commands.forms` says how its arguments are marked then."""

    command: str
    args: Mapping[str, str]
    cohort: int | None = None
    draft: str | None = field(default=None, compare=False)
    """What all calls have in common that were saved one after the other while one form was filled in. They go
    together, see `discard`."""

    @classmethod
    def of_button(cls, button: Button, cohort: int | None) -> Self:
        """What a button of a reply about `cohort` calls."""
        meant = cohort if button.cohort is None else button.cohort
        return cls(button.command, button.args, meant, button.draft)

    @classmethod
    def of_form(cls, form: Form) -> Self:
        """What a form calls, without its fields."""
        return cls(form.command, form.args, form.cohort, form.draft)

    def pack(self) -> str:
        """The call as one string: version and draft, cohort, command, arguments."""
        pairs = "&".join(f"{_quoted(key, '')}={_quoted(value, ' ,:/')}" for key, value in self.args.items())
        version = _VERSION if self.draft is None else f"{_VERSION}.{self.draft}"
        return f"{version}|{'' if self.cohort is None else self.cohort}|{self.command}|{pairs}"

    @classmethod
    def unpack(cls, packed: str) -> Self:
        """The call in a packed string. Raises `OutOfDate` for anything else."""
        parts = packed.split("|", 3)
        version = _PACKED.fullmatch(parts[0])
        if len(parts) != 4 or version is None or not _COHORT.fullmatch(parts[1]):
            raise OutOfDate("This button is from an earlier version of me. Please run the command again.")
        args = {}
        for pair in filter(None, parts[3].split("&")):
            key, _, value = pair.partition("=")
            args[unquote(key)] = unquote(value)
        return cls(parts[2], args, int(parts[1]) if parts[1] else None, version[1])

    def save(self, conn: Conn, person: Person, now: datetime, most: int) -> str:
        """Save the call for an account, and forget the oldest of its calls beyond `most`. Returns its token, 16
        characters."""
        _make_room(conn, person, most)
        token = secrets.token_urlsafe(12)
        conn.run(
            "INSERT INTO draft (token, chain, platform, workspace, user_id, at, content)"
            " VALUES (:token, :chain, :platform, :workspace, :user, :now, :content)",
            token=token,
            chain=self.draft or token,
            platform=person.platform,
            workspace=person.workspace,
            user=person.id,
            now=now,
            content=json.dumps([self.command, dict(self.args), self.cohort]),
        )
        return token

    @classmethod
    def load(cls, conn: Conn, person: Person, token: str, now: datetime) -> Self:
        """The call that an account saved under a token. Raises `OutOfDate` where there is none."""
        # A forged token may hold characters that no database takes.
        row = _TOKEN.fullmatch(token) and conn.one(
            "SELECT content, chain FROM draft WHERE token = :token AND platform = :platform"
            " AND workspace = :workspace AND user_id = :user AND at > :oldest",
            token=token,
            platform=person.platform,
            workspace=person.workspace,
            user=person.id,
            oldest=now - KEEP,
        )
        if not row:
            raise OutOfDate(GONE)
        command, args, cohort = json.loads(row["content"])
        return cls(command, args, cohort, row["chain"])


def new_draft() -> str:
    """A name for what will be saved while a form is filled in; see `StoredCall.draft`."""
    return secrets.token_urlsafe(12)


def discard(conn: Conn, draft: str, person: Person) -> None:
    """What was typed is kept: forget the calls that an account saved on the way there."""
    conn.run(
        "DELETE FROM draft WHERE chain = :draft AND platform = :platform AND workspace = :workspace"
        " AND user_id = :user",
        draft=draft,
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
    )


def forget(conn: Conn, account: Person, cohort_id: int, *, all_cohorts: bool) -> None:
    """Forget what an account saved of a cohort or of none, or everything."""
    rows = conn.all(
        "SELECT token, content FROM draft WHERE platform = :platform AND workspace = :workspace AND user_id = :user",
        platform=account.platform,
        workspace=account.workspace,
        user=account.id,
    )
    for row in rows:
        if all_cohorts or json.loads(row["content"])[2] in (None, cohort_id):
            conn.run("DELETE FROM draft WHERE token = :token", token=row["token"])


def _make_room(conn: Conn, person: Person, most: int) -> None:
    account = {"platform": person.platform, "workspace": person.workspace, "user": person.id}
    mine = "platform = :platform AND workspace = :workspace AND user_id = :user"
    conn.run(
        f"DELETE FROM draft WHERE {mine} AND token NOT IN"
        f" (SELECT token FROM draft WHERE {mine} ORDER BY at DESC LIMIT {most - 1})",
        **account,
    )


def purge(conn: Conn, now: datetime, most: int) -> int:
    """Forget the saved calls that are too old, at most so many. Returns how many went."""
    return conn.run(
        "DELETE FROM draft WHERE token IN (SELECT token FROM draft WHERE at <= :oldest LIMIT :most)",
        oldest=now - KEEP,
        most=most,
    )


class StoredCallCodec:
    """Turns calls into strings of limited length and back, for one platform: packed where that is short
    enough, else saved under a token. `prefix` marks a token; of one account the newest `most` are kept."""

    def __init__(self, store: Store, clock: Clock, prefix: str, most: int) -> None:
        self._most = most
        self._store = store
        self._clock = clock
        self._prefix = prefix

    async def encode(self, call: StoredCall, person: Person, limit: int) -> str:
        """The call as a string of at most `limit` characters. What is saved, only `person` can decode. Raises
        `StoreError` where it has to be saved and cannot be."""
        packed = call.pack()
        return packed if len(packed) <= limit else self._prefix + await self.save(call, person)

    async def decode(self, text: str, person: Person) -> StoredCall:
        """The call in a string. Raises `OutOfDate` where it cannot be read any more."""
        if text.startswith(self._prefix):
            return await self.load(text.removeprefix(self._prefix), person)
        return StoredCall.unpack(text)

    async def save(self, call: StoredCall, person: Person) -> str:
        """Save a call, however short it is. Returns its token."""
        return await self._store.write(call.save, person, self._clock.now(), self._most)

    async def load(self, token: str, person: Person) -> StoredCall:
        """The call that was saved under a token. Raises `OutOfDate` where there is none."""
        return await self._store.read(StoredCall.load, person, token, self._clock.now())


def _quoted(value: str, safe: str) -> str:
    """A name or value. Most are numbers and short words, in which there is nothing to quote."""
    if value.isascii() and value.isalnum():
        return value
    # What a platform sent may hold half a surrogate pair, which no encoding takes.
    return quote(value, safe=safe, errors="replace")
