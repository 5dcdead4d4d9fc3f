"""`cohort-bot doctor`: looks at a real installation, line by line, and says how what is wrong is mended.

Nothing is changed: a database is read as it is, and no post is sent.
"""

import asyncio
import errno
import importlib.metadata
import os
import re
import shutil
import socket
import stat
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import psycopg
from packaging.requirements import Requirement
from packaging.version import Version

import bot
from bot import backup
from bot.adapter import AdapterSpec, Examined, find_adapters, migration_folders
from bot.findings import Finding
from bot.settings import Settings
from core.chat.model import Place
from core.cohorts import places
from core.errors import CohortBotError
from core.store.open import migrations, to_come
from core.store.port import Conn, Store
from core.store.sqlite import SqliteStore

ROOM = 500 * 2**20
"""Bytes that should be free where the records are."""
WITHIN = 20.0
"""Seconds for all that is asked of one platform."""
_LOCKED = re.compile(r"^[A-Za-z0-9._-]+==[^\\\n]+", re.MULTILINE)


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Everything that can be looked at with these settings, in the order in which it matters."""
    yield _python()
    for finding in _versions(_lock()):
        yield finding
    specs = find_adapters()
    connected = [each for each in specs if each.connected(settings) and not each.fallback]
    for problem in filter(None, (each.incomplete(settings) for each in specs)):
        yield Finding("tokens", "not complete", f"{problem}.")
    if not connected:
        yield Finding("tokens", "none are set, so that the playground opens")
    store = None
    async for finding, opened in _database(settings):
        store = opened or store
        yield finding
    try:
        channels = await store.read(places.everywhere) if store is not None else []
        for spec in connected:
            for finding in await _platform(spec, settings, channels, store):
                yield finding
    finally:
        if store is not None:
            await store.close()
    async for finding in _web(settings):
        yield finding


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("program", f"cohort-bot {importlib.metadata.version('cohort-bot')} on Python {version}")


def _lock() -> Path | None:
    """The exact versions that this program was tested with, where they were installed beside it."""
    beside = (Path(bot.__file__).parents[1] / "deploy", Path(sys.prefix))
    return next(
        (each / "requirements.lock" for each in beside if (each / "requirements.lock").is_file()), None
    )


def _versions(lock: Path | None) -> Iterator[Finding]:
    """The installed libraries beside the lock. One that is newer is only named: it was not tried with this version."""
    if lock is None:
        yield Finding("libraries", "requirements.lock is not beside the program, so they were not compared")
        return
    wanted = [Requirement(each.strip()) for each in _LOCKED.findall(lock.read_text(encoding="utf-8"))]
    wanted = [each for each in wanted if each.marker is None or each.marker.evaluate()]
    older: list[str] = []
    newer: list[str] = []
    for each in wanted:
        (pinned,) = (spec.version for spec in each.specifier)
        found = _installed(each.name)
        if found is None or Version(found) < Version(pinned):
            older.append(f"{each.name} {found or 'missing'} instead of {pinned}")
        elif found != pinned:
            newer.append(f"{each.name} {found}")
    if older:
        mend = f"Install them with: pip install --require-hashes -r {lock}"
        yield Finding("libraries", f"older than this version needs: {_first(older)}", mend)
    elif newer:
        yield Finding("libraries", f"{len(wanted)}, of which newer than those of the lock: {_first(newer)}")
    else:
        yield Finding("libraries", f"all {len(wanted)} are those of the lock")


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


async def _database(settings: Settings) -> AsyncIterator[tuple[Finding, Store | None]]:
    """What can be said of the database, and the store to read it where it can be opened."""
    if settings.embedded:
        path = Path(settings.database_url.removeprefix("sqlite:///"))
        for finding in _sqlite_file(path):
            yield finding, None
        if not path.is_file():  # noqa: ASYNC240 - nothing else runs meanwhile
            return
        try:
            backup.check(path)
            store: Store = await SqliteStore.open(path)
        except (CohortBotError, OSError) as error:
            yield Finding("database", "cannot be used", str(error)), None
            return
    else:
        from core.store.postgres import PostgresStore

        try:
            store = await PostgresStore.open(settings.database_url)
        except (CohortBotError, psycopg.Error) as error:
            said = str(error) if isinstance(error, CohortBotError) else type(error).__name__
            yield Finding("database", "PostgreSQL cannot be reached", said), None
            return
    yield await _schema(store), store
    if not settings.embedded:
        yield await store.read(_postgres), None


def _sqlite_file(path: Path) -> Iterator[Finding]:
    """The file, who may read it, and the room around it."""
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        mend = f"Make the folder {folder}, and let the user of the bot write there."
        yield Finding("database", f"{path} cannot be written", mend)
        return
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        mend = "Make room: a full disk refuses everything that members send."
        yield Finding("database", f"{free // 2**20:,} MB are free in {folder}", mend)
    if not path.is_file():
        yield Finding("database", f"{path} is made at the first start")
        return
    mode = path.stat().st_mode & 0o777
    if mode & stat.S_IRWXO:
        mend = f"It holds what members wrote in private: chmod 600 {path}"
        yield Finding("database", f"others can read {path} ({mode:o})", mend)
    else:
        whom = "its owner and its group" if mode & stat.S_IRWXG else "its owner alone"
        yield Finding("database", f"{path}, readable by {whom}, {free // 2**20:,} MB free")


async def _schema(store: Store) -> Finding:
    own = {name: migrations(folder) for name, folder in migration_folders().items()}
    try:
        missing = await store.read(to_come, own)
    except CohortBotError as error:
        return Finding("tables", "newer than this program", str(error))
    if missing:
        are = "1 migration is" if missing == 1 else f"{missing} migrations are"
        return Finding("tables", f"{are} to come, at the next start")
    return Finding("tables", "those of this version")


def _postgres(conn: Conn) -> Finding:
    version = conn.value("SELECT current_setting('server_version')")
    encoding = conn.value("SELECT current_setting('server_encoding')")
    if encoding != "UTF8":
        mend = "Make the database anew with ENCODING 'UTF8'; names of members need it."
        return Finding("database", f"PostgreSQL {version} with the encoding {encoding}", mend)
    return Finding("database", f"PostgreSQL {version}; its backups are pg_dump’s")


async def _platform(
    spec: AdapterSpec[Any], settings: Settings, channels: Sequence[Place], store: Store | None
) -> Sequence[Finding]:
    """What a platform says of the tokens, and of the bot in the cohorts' channels there."""
    if spec.examine is None:
        return ()
    own = [each for each in channels if each.platform == spec.name]
    found: list[Finding] = []
    try:
        async with asyncio.timeout(WITHIN):
            async for finding in spec.examine(settings, Examined(own, store, settings.public_url)):
                found.append(finding)  # noqa: PERF401 - what was found stays where the time is over
    except TimeoutError:
        mend = "Look whether this machine reaches it: a proxy, a firewall, its status page."
        said = (
            f"did not answer within {WITHIN:g} s" if not found else f"did not answer to all in {WITHIN:g} s"
        )
        found.append(Finding(spec.name, said, mend))
    return found


async def _web(settings: Settings) -> AsyncIterator[Finding]:
    """The web part: whether its address is free, or the bot that runs there is well; and its address from outside."""
    host, port = settings.http_address
    near = "127.0.0.1" if host in ("", "0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104 - it is compared, and not bound
    async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
        refused = _refused(host, port)
        if refused is None:
            yield Finding("web part", f"{settings.http} is free")
        elif refused.errno == errno.EADDRINUSE:
            yield _running(settings.http, await _health(client, f"http://{near}:{port}/health"))
        else:
            mend = "Set COHORT_HTTP to a host and port of this machine, such as 127.0.0.1:8080."
            yield Finding("web part", f"{settings.http} cannot be used ({refused.strerror})", mend)
        if settings.public_url:
            yield _public(settings.public_url, await _health(client, f"{settings.public_url}/health"))


def _refused(host: str, port: int) -> OSError | None:
    """Why an address cannot be listened on; None where it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


async def _health(client: httpx.AsyncClient, address: str) -> dict[str, Any] | None:
    """What `/health` says at an address; None where nothing of ours answers."""
    try:
        found = (await client.get(address)).json()
    except (httpx.HTTPError, ValueError):
        return None
    return found if isinstance(found, dict) and "status" in found else None


def _running(address: str, health: dict[str, Any] | None) -> Finding:
    if health is None:
        mend = "Stop what listens there, or set COHORT_HTTP to another host:port."
        return Finding("web part", f"{address} is taken by something else", mend)
    failing = [name for name, state in health.items() if state == "failing" and name != "status"]
    if failing:
        mend = "Look into the log of the bot that runs; it says why."
        return Finding("web part", f"cohort-bot runs on {address}, and {', '.join(failing)} fails", mend)
    return Finding("web part", f"cohort-bot runs on {address} and is well")


def _public(address: str, health: dict[str, Any] | None) -> Finding:
    if not address.startswith("https://"):
        mend = "Put a proxy that speaks TLS before it: calendars hold what members have to do."
        return Finding("public address", f"{address} is not encrypted", mend)
    if health is None:
        # A proxy need not forward /health, so that this is no proof that something is wrong.
        return Finding(
            "public address", f"{address} does not show /health, as is right where calendars alone do"
        )
    return Finding("public address", f"{address} leads to cohort-bot")
