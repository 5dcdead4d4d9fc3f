"""What an organizer's command changes is written into the audit, whether or not its feature says so itself.

A transaction of such a command runs on a connection that watches. Where it changed a row and wrote no entry of its
own, which could say how things stood before and after, one is written that holds the command and what was given.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from core.chat.model import Argument, FieldKind, Request, Upload
from core.cohorts import audit, directory
from core.cohorts.model import Scope
from core.commands.forms import as_texts
from core.commands.spec import Command
from core.store.port import Conn, Row
from core.store.scoped import within

P = ParamSpec("P")
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])

_CHANGED = re.compile(
    r"\s*(?:WITH\b.*\)\s*)?(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|UPDATE|DELETE\s+FROM)\s+(\w+)",
    re.IGNORECASE | re.DOTALL,
)
"""A statement that changes rows, also one below a WITH, and of which table."""
_NO_CHANGE = {"kept_file", "link_try"}
"""What is kept so that somebody can be asked first, or cannot guess."""
_UNTOLD = "code"
"""The parameter that opens something to whoever reads it."""
_UNDO = "undo"
"""The parameter that takes something back, and stands in no form where a button says so."""


@dataclass(frozen=True, slots=True)
class AdminCall:
    """An organizer's call whose changes are audited."""

    cohort_id: int
    actor: int | None
    name: str
    request: Request
    action: str
    about: str
    at: datetime


def admin_call(request: Request, command: Command, scope: Scope | None) -> AdminCall | None:
    """The call as the audit keeps it; None for one that is not for organizers, or is of no cohort yet."""
    if scope is None or not command.for_organizers:
        return None
    member = scope.member
    about = "; ".join(f"{name}: {value}" for name, value in _given(command, request.args).items())
    person, name = (member.person_id, member.name) if member else (None, request.person.name)
    return AdminCall(scope.cohort.id, person, name, request, _action(command), about, scope.now)


def _action(command: Command) -> str:
    """What a command does, in words, with a small letter as all actions begin."""
    words = command.form or command.verb.replace("-", " ")
    return words[:1].lower() + words[1:]


def _given(command: Command, args: Mapping[str, Argument]) -> Mapping[str, str]:
    """What was given, but for the answer to whether one is sure."""
    files = {name: each.name for name, each in args.items() if isinstance(each, Upload)}
    flags = {each.name for each in command.params if each.kind is FieldKind.FLAG and not each.in_form}
    asked = flags - {_UNDO}
    texts = as_texts({name: each for name, each in args.items() if name not in files and name not in asked})
    return {**{name: text for name, text in texts.items() if text and name != _UNTOLD}, **files}


_TOLD_LATER: set[Callable[..., object]] = set()


def told_later(fn: F) -> F:
    """Marks a transaction's function that keeps something only until another one of the same call says in the audit what
    became of it, or takes it back."""
    _TOLD_LATER.add(fn)
    return fn


def watched(
    conn: Conn,
    call: AdminCall,
    fn: Callable[Concatenate[Conn, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a transaction's function, and see to it that what it changes stands in the audit."""
    watching = _Watching(conn)
    result = fn(within(watching, call.cohort_id), *args, **kwargs)
    if watching.changed - _NO_CHANGE and "audit" not in watching.changed and fn not in _TOLD_LATER:
        actor = call.actor if call.actor is not None else directory.person_of(conn, call.request.person)
        audit.record(
            conn, call.cohort_id, call.action, call.about, call.at, actor=actor, actor_name=call.name
        )
    return result


class _Watching:
    """A connection that remembers which tables were changed."""

    def __init__(self, conn: Conn) -> None:
        self._conn = conn
        self.changed: set[str] = set()

    def all(self, sql: str, /, **params: object) -> Sequence[Row]:
        found = self._conn.all(sql, **params)
        self._see(sql, len(found))
        return found

    def one(self, sql: str, /, **params: object) -> Row | None:
        found = self._conn.one(sql, **params)
        self._see(sql, found is not None)
        return found

    def run(self, sql: str, /, **params: object) -> int:
        count = self._conn.run(sql, **params)
        self._see(sql, count)
        return count

    def insert(self, sql: str, /, **params: object) -> int:
        self._see(sql, 1)
        return self._conn.insert(sql, **params)

    def value(self, sql: str, /, **params: object) -> Any:
        found = self._conn.value(sql, **params)
        self._see(sql, found is not None)
        return found

    def signal(self, name: str) -> None:
        self._conn.signal(name)

    def _see(self, sql: str, rows: int) -> None:
        table = _CHANGED.match(sql) if rows else None
        if table is not None:
            self.changed.add(table[1].lower())
