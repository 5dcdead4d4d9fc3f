"""A connection that reads and changes what belongs to one cohort, so that a statement cannot forget which.

Whatever is run on behalf of a cohort is run `within` it: a statement that names a table of cohorts' records has to name the
parameter `:cohort`, which the connection fills in and which nobody gives another value. What is about a person or about the
program, over all cohorts, says so: it asks `across` them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Concatenate, ParamSpec, TypeVar

from core.store.cohort_tables import COHORT_TABLES
from core.store.port import Conn, Row

P = ParamSpec("P")
T = TypeVar("T")

_NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE)\s+(\w+)(?:\s+(?:AS\s+)?\w+)?((?:\s*,\s*\w+(?:\s+(?:AS\s+)?\w+)?)*)",
    re.IGNORECASE,
)
"""A table of a statement, and the others of a list of them."""
_PARAMETER = re.compile(r"(?<!:):cohort\b")


class OutsideCohort(RuntimeError):
    """A statement that would have gone beyond the cohort on whose behalf it is run. It was not sent."""


def tables(sql: str) -> frozenset[str]:
    """The tables that a statement names, in small letters, with what else stands where a table may stand."""
    found = set()
    for first, others in _NAMED.findall(sql):
        found |= {first.lower(), *(each.split()[0].lower() for each in others.split(",") if each.strip())}
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class _Statement:
    """The cohorts' tables that a statement names, and whether it names the parameter of the cohort."""

    named: frozenset[str]
    asks: bool


@lru_cache(maxsize=4096)
def _read(sql: str) -> _Statement:
    return _Statement(tables(sql) & COHORT_TABLES, _PARAMETER.search(sql) is not None)


def forgotten(sql: str) -> frozenset[str]:
    """The tables of cohorts' records that a statement names without naming the parameter of the cohort."""
    read = _read(sql)
    return frozenset() if read.asks else read.named


class ScopedConn:
    """A connection within a cohort, see `within`."""

    def __init__(self, conn: Conn, cohort_id: int) -> None:
        self.conn = conn
        self.cohort_id = cohort_id

    def given(self, sql: str, params: dict[str, object]) -> dict[str, object]:
        """What a statement is sent with. Raises `OutsideCohort` where it is not to be sent."""
        read = _read(sql)
        if read.asks:
            given = params.setdefault("cohort", self.cohort_id)
            if read.named and given != self.cohort_id:
                raise OutsideCohort(f"a statement within cohort {self.cohort_id} is about {given}: {sql}")
        elif read.named:
            names = ", ".join(sorted(read.named))
            raise OutsideCohort(f"the cohort is not asked for in a statement on {names}: {sql}")
        return params

    def all(self, sql: str, /, **params: object) -> Sequence[Row]:
        return self.conn.all(sql, **self.given(sql, params))

    def one(self, sql: str, /, **params: object) -> Row | None:
        return self.conn.one(sql, **self.given(sql, params))

    def run(self, sql: str, /, **params: object) -> int:
        return self.conn.run(sql, **self.given(sql, params))

    def insert(self, sql: str, /, **params: object) -> int:
        return self.conn.insert(sql, **self.given(sql, params))

    def value(self, sql: str, /, **params: object) -> Any:
        return self.conn.value(sql, **self.given(sql, params))

    def signal(self, name: str) -> None:
        self.conn.signal(name)


def within(conn: Conn, cohort_id: int) -> Conn:
    """The connection within a cohort. Raises `OutsideCohort` where it is within another one."""
    if not isinstance(conn, ScopedConn):
        return ScopedConn(conn, cohort_id)
    if conn.cohort_id != cohort_id:
        raise OutsideCohort(f"within cohort {conn.cohort_id}, and asked for {cohort_id}")
    return conn


def across(conn: Conn) -> Conn:
    """The connection over all cohorts, for what is about a person or about the program."""
    return conn.conn if isinstance(conn, ScopedConn) else conn


def run(
    conn: Conn,
    cohort_id: int,
    fn: Callable[Concatenate[Conn, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Run a transaction's function within a cohort."""
    return fn(within(conn, cohort_id), *args, **kwargs)
