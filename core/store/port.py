"""The store: plain SQL, one dialect, two engines.

A transaction is a plain function of a connection. `await store.write(fn, ...)` runs the whole function on
the database thread and commits, or rolls back, before it returns. Parameters are named: `:name`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Row(Protocol):
    """One row of a result; columns by name."""

    def __getitem__(self, column: str, /) -> Any: ...

    def keys(self) -> Iterable[str]:
        """The names of its columns."""
        ...


class Conn(Protocol):
    """A connection inside a transaction, for use by plain functions on the database thread."""

    def all(self, sql: str, /, **params: object) -> Sequence[Row]:
        """All rows of a query."""
        ...

    def one(self, sql: str, /, **params: object) -> Row | None:
        """The first row of a query, or None."""
        ...

    def run(self, sql: str, /, **params: object) -> int:
        """Run a statement. Returns the number of rows it changed."""
        ...

    def insert(self, sql: str, /, **params: object) -> int:
        """Run an INSERT of one row, written without RETURNING, and return the row's `id`."""
        ...

    def value(self, sql: str, /, **params: object) -> Any:
        """The first column of the first row of a query; None where there is no row, or NULL in it."""
        ...

    def signal(self, name: str) -> None:
        """After the commit, call what listens to `name` (see `Store.on`); after a rollback nothing."""
        ...


class Store(Protocol):
    """The port. Both methods take a plain function of a connection and run it whole in one transaction."""

    async def read(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on a snapshot; it must not change anything."""
        ...

    async def write(self, fn: Callable[Concatenate[Conn, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` and make its changes durable, all or none. Raises what `fn` raises, or a `StoreError`."""
        ...

    def on(self, signal: str, callback: Callable[[], None]) -> None:
        """Call `callback` on the event loop after each commit that signalled `signal`."""
        ...

    async def clear_remains(self, *, vacuum: bool) -> bool:
        """Take out of the engine's files what was removed from its tables: the log of changes, and with `vacuum` the
        rest too. False where something was in the way; then it is to be tried again. PostgreSQL's server does
        this by itself, and when is its operator's business."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of the database."""
        ...
