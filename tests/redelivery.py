"""Calls that are delivered twice: each feature's tests declare one of each command, and one test walks them all."""

import importlib
import pkgutil
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from core.chat.model import Argument, PersonRef
from core.store.port import Conn
from tests import core as feature_tests
from tests.people import Actor, CohortFixture

MIGRATIONS = files("core.store") / "migrations"

Step = tuple[str, str, Mapping[str, Argument]]
"""Who calls which command with what."""


@dataclass(frozen=True)
class Redelivered:
    """A call that succeeds in the cohort of the walk, once the steps in `before` were taken. `by` calls it."""

    args: Mapping[str, Argument] = field(default_factory=dict)
    by: str = "olu"
    before: Sequence[Step] = ()


def declared() -> dict[str, Redelivered]:
    """Every command's call, as the modules of `tests.core` declare it in `REDELIVERED`. Raises `ValueError` where
    two declare the same."""
    found: dict[str, Redelivered] = {}
    for info in pkgutil.iter_modules(feature_tests.__path__, f"{feature_tests.__name__}."):
        if not info.name.rpartition(".")[2].startswith("test_"):
            continue
        calls: Mapping[str, Redelivered] = getattr(importlib.import_module(info.name), "REDELIVERED", {})
        if twice := found.keys() & calls.keys():
            raise ValueError(f"{sorted(twice)} are declared twice.")
        found |= calls
    return found


def somebody(cohort: CohortFixture, name: str) -> Actor:
    """A member, or somebody who has not joined; each manages the workspace, as `setup` demands."""
    actor: Actor = cohort.somebody("Nia") if name == "new" else getattr(cohort, name)
    return Actor(actor.core, replace(actor.person, manager=True), actor.place)


async def seed_cohort(cohort: CohortFixture) -> None:
    """Two schedules, one of them paused; a paper with a review and one that was rejected; a check-in of Ada's; and
    two things to read, one of which Ben presents unless Olu takes it."""
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 11:00")
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="fridays 16:00")
    await cohort.olu.ok("cohort-admin schedule-pause", schedule="2")
    await cohort.olu.ok("submission add", title="A paper", venue="NeurIPS 2026")
    await cohort.olu.ok("submission add", title="An older paper", venue="ICML 2026", stage="rejected")
    await cohort.olu.ok("review add", paper="1", score="6")
    for reference in ("You and Your Research", "On being the right size"):
        await cohort.ada.ok("reading add", reference=reference)
    await cohort.ben.ok("reading present", item="1")
    await cohort.ben.ok("reading swap", person=PersonRef("U-olu", "Olu"))
    await cohort.ada.ok("checkin now", progress="A little", share="shared")
    # The number of a review is a random one; a declared call has to know it.
    await cohort.core.store.write(lambda conn: conn.run("UPDATE review SET number = 1"))


def tables() -> list[str]:
    """All tables that the migrations make, except that of the calls' own ids."""
    scripts = (each.read_text() for each in MIGRATIONS.iterdir() if each.name.endswith(".sql"))
    found = {name for script in scripts for name in re.findall(r"CREATE TABLE (\w+)", script)}
    return sorted(found - {"handled"})


def dump(conn: Conn) -> dict[str, list[str]]:
    """All records."""

    def words(row: Any) -> str:
        return str(dict(row))

    return {name: sorted(map(words, conn.all(f"SELECT * FROM {name}"))) for name in tables()}
