"""Buttons that change something once, however often and on however many devices they are pressed.

A press is known by the message, the button and, unless one press settles it for all, the person. It is written in
the transaction that carries it out, so one that was refused or failed counts for nothing. It is kept as long as its
cohort, since a button stays in its channel for as long. The same press delivered again is another matter: see
`core.commands.handled_calls`.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from core.chat.model import Request, Source
from core.chat.text import CommandRef, Text, moment, say
from core.cohorts import directory
from core.cohorts.model import Scope
from core.commands import handled_calls
from core.commands.forms import as_texts
from core.commands.handled_calls import DeliveredCall
from core.commands.spec import Command, Once
from core.errors import OutOfDate
from core.store.port import Conn, Row

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Press:
    """A press of a button that changes something once."""

    key: str
    request: Request
    call_id: str
    scope: Scope | None


def press_of(request: Request, command: Command, call_id: str, scope: Scope | None) -> Press | None:
    """The press that a call is; None where it is none, or one that may be repeated."""
    if request.source is not Source.BUTTON or not request.message or command.once is Once.REPEATS:
        return None
    person = request.person
    parts = [
        person.platform,
        request.place.workspace,
        request.place.channel,
        request.message,
        command.name,
        request.cohort,
        sorted(as_texts(request.args).items()),
        [person.workspace, person.id] if command.once is Once.EACH_PERSON else [],
    ]
    return Press(hashlib.sha256(json.dumps(parts).encode()).hexdigest(), request, call_id, scope)


def once(
    conn: Conn,
    press: Press,
    call: DeliveredCall,
    fn: Callable[Concatenate[Conn, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a transaction's function as `handled_calls.once` does, unless the button was pressed before. Raises
    `OutOfDate` then, with who pressed it and when."""
    earlier = conn.one("SELECT person_id, call_id, at FROM press WHERE key = :key", key=press.key)
    if earlier is not None and earlier["call_id"] != press.call_id:
        raise OutOfDate(_done_already(conn, press, earlier))
    if earlier is None:
        conn.run(
            "INSERT INTO press (key, cohort_id, person_id, call_id, at)"
            " VALUES (:key, :cohort, :person, :call, :now)",
            key=press.key,
            cohort=press.scope.cohort.id if press.scope else None,
            person=directory.person_of(conn, press.request.person),
            call=press.call_id,
            now=call.at,
        )
    return handled_calls.once(conn, call, fn, *args, **kwargs)


def forget(conn: Conn, cohort_id: int, person_id: int) -> None:
    """Let nobody know any more who pressed the buttons that somebody pressed; that they were pressed is remembered."""
    conn.run(
        "UPDATE press SET person_id = NULL WHERE person_id = :person AND cohort_id = :cohort",
        person=person_id,
        cohort=cohort_id,
    )


def _done_already(conn: Conn, press: Press, earlier: Row) -> Text:
    zone = press.scope.cohort.zone if press.scope else "UTC"
    at = moment(earlier["at"], zone)
    who = "Somebody"
    if earlier["person_id"] is not None:
        if earlier["person_id"] == directory.person_of(conn, press.request.person):
            who = "You"
        elif press.scope is not None:
            member = directory.member_of(conn, press.scope.cohort.id, earlier["person_id"])
            who = member.name if member else who
    return say(
        "{who} pressed this button already, {at}, and it was done then. To do it once more, run {command}.",
        who=who,
        at=at,
        command=CommandRef(press.request.command),
    )
