"""Calls that were handled, with what their transactions gave back, so that a call delivered twice has one effect
and one answer.

A result is kept as JSON and read back by the return annotation of the function that gave it: what comes back is
the same dataclass, date or tuple, replayed or not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter

from core.chat.model import Person
from core.commands import audited, stored_call
from core.commands.audited import AdminCall
from core.errors import OutOfDate
from core.store.port import Conn
from core.store.scoped import within

P = ParamSpec("P")
T = TypeVar("T")

DONE = "This is done already. What I answered is no longer kept, because something was removed since."

KEEP = timedelta(days=3)
"""How long a call's id is remembered. Platforms re-deliver within the hour."""


@lru_cache(maxsize=512)
def result_type(fn: Callable[..., T]) -> TypeAdapter[T]:
    """How a transaction's result is kept. Raises `TypeError` for a function that does not say what it returns."""
    hints = get_type_hints(fn)
    if "return" not in hints:
        raise TypeError(
            f"{fn.__qualname__} has to say what it returns, so that a second delivery can be answered."
        )
    return TypeAdapter(hints["return"])


@dataclass(frozen=True, slots=True)
class DeliveredCall:
    """A transaction of a call: the platform's id of the call with the number of the transaction, when it came, which
    cohort it is about, 0 for none, and who called with which draft. `admin` where it is an organizer's."""

    id: str
    at: datetime
    cohort: int = 0
    person: Person | None = None
    draft: str | None = None
    admin: AdminCall | None = None


def once(
    conn: Conn,
    call: DeliveredCall,
    fn: Callable[Concatenate[Conn, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a transaction's function unless this call was handled before; then give its first result back. The call's
    draft goes in the same transaction. Raises `OutOfDate` where the result is not kept any more."""
    kept = result_type(fn)
    row = conn.one("SELECT result FROM handled WHERE call_id = :id", id=call.id)
    if row is not None:
        if not row["result"]:
            raise OutOfDate(DONE)
        first: T = kept.validate_json(row["result"])
        return first
    if call.admin is not None:
        result = audited.watched(conn, call.admin, fn, *args, **kwargs)
    else:
        result = fn(within(conn, call.cohort) if call.cohort else conn, *args, **kwargs)
    conn.run(
        "INSERT INTO handled (call_id, cohort_id, at, result) VALUES (:id, :cohort, :at, :result)",
        id=call.id,
        cohort=call.cohort,
        at=call.at,
        result=kept.dump_json(result).decode(),
    )
    if call.draft is not None and call.person is not None:
        stored_call.discard(conn, call.draft, call.person)
    return result


def erase_results(conn: Conn, cohort_id: int) -> None:
    """Something of a cohort was removed: forget what its calls gave back, which may hold it. That they were handled is
    remembered, so that none of them is carried out again. Whatever deletes what members wrote has to call this in
    the same transaction."""
    conn.run(
        "UPDATE handled SET result = '' WHERE cohort_id IN (0, :cohort) AND result <> ''", cohort=cohort_id
    )


def forget(conn: Conn, now: datetime, most: int) -> int:
    """Forget the calls that are too old, at most so many. Returns how many."""
    return conn.run(
        "DELETE FROM handled WHERE call_id IN (SELECT call_id FROM handled WHERE at < :before LIMIT :most)",
        before=now - KEEP,
        most=most,
    )
