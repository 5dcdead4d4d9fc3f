"""Calls that were handled, with what their transactions gave back, so that a call delivered twice has one effect
and one answer.

A result is kept as JSON and read back by the return annotation of the function that gave it: what comes back is
the same dataclass, date or tuple, replayed or not.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Concatenate, ParamSpec, TypeVar, get_type_hints

from pydantic import TypeAdapter

from core.store.port import Conn

P = ParamSpec("P")
T = TypeVar("T")

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


def once(
    conn: Conn,
    call_id: str,
    now: datetime,
    fn: Callable[Concatenate[Conn, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a transaction's function unless this call was handled before; then give its first result back."""
    kept = result_type(fn)
    row = conn.one("SELECT result FROM handled WHERE call_id = :id", id=call_id)
    if row is not None:
        first: T = kept.validate_json(row["result"])
        return first
    result = fn(conn, *args, **kwargs)
    conn.run(
        "INSERT INTO handled (call_id, at, result) VALUES (:id, :now, :result)",
        id=call_id,
        now=now,
        result=kept.dump_json(result).decode(),
    )
    return result


def forget(conn: Conn, now: datetime, most: int) -> int:
    """Forget the calls that are too old, at most so many. Returns how many."""
    return conn.run(
        "DELETE FROM handled WHERE call_id IN (SELECT call_id FROM handled WHERE at < :before LIMIT :most)",
        before=now - KEEP,
        most=most,
    )
