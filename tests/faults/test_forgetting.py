"""A process is killed while somebody is forgotten: it is done or not begun, and the call that comes again completes it."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from core.clock import FixedClock
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.store.open import open_store
from tests.core.test_personal_data import dump
from tests.faults.dying_forget import NOW, forget
from tests.filled import schema
from tests.people import found_cohort

ROOT = Path(__file__).parents[2]


async def killed(url: str, step: str) -> None:
    """Run it in a process of its own, which has to die."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.faults.dying_forget", url, step, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()[-2000:]


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str:
    """A database of this test's own, once for each engine."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.mark.process
async def test_killed_while_somebody_is_forgotten(
    url: str, registry: Registry, sqlite_template: Path
) -> None:
    store = await open_store(url)
    cohort = await found_cohort(Core(registry, store, FixedClock(NOW)))
    await cohort.ada.ok("submission add", title="Quagga")
    await cohort.ada.ok("checkin now", progress="Quagga moved")
    before = await store.read(dump, schema(sqlite_template))
    await store.close()

    await killed(url, "during")
    store = await open_store(url)
    assert await store.read(dump, schema(sqlite_template)) == before, "it was not begun"
    await store.close()

    await killed(url, "after")
    store = await open_store(url)
    left = await store.read(dump, schema(sqlite_template))
    del left["home_page"]
    assert "Quagga" not in str(left)
    assert "U-ada" not in str(left)
    await store.close()
    assert "is deleted" in await forget(url, "none"), "the call that comes again is answered as the first one"
