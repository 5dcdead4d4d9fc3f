"""Processes that can be started and killed quickly, each run with a database of its own."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import PostgresServer
from tests.faults.running import Launcher, launching

AT_ONCE = 6
"""Processes of the bot at the same time."""

Databases = Callable[[str], str]
"""Makes a migrated database under a name; its address."""


@pytest.fixture(scope="session")
def launchers() -> Iterator[list[Launcher]]:
    """Launchers, each for one process of the bot at a time."""
    with launching(AT_ONCE) as launchers:
        yield launchers


@pytest.fixture
def sqlite_databases(sqlite_template: Path, tmp_path: Path) -> Databases:
    """Files in this test's folder."""

    def make(name: str) -> str:
        path = tmp_path / f"{name}.db"
        shutil.copy(sqlite_template, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture
def postgres_databases(postgres_server: PostgresServer) -> Iterator[Databases]:
    """Databases that are dropped after this test."""
    made: list[str] = []
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as admin:

        def make(name: str) -> str:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_server.template} STRATEGY file_copy")
            made.append(name)
            return postgres_server.url(name)

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
