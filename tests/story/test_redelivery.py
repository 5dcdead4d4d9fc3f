"""Every command, delivered again by its platform: the same answer, and nothing more in the records."""

import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from core.chat.model import PersonRef, Reply
from core.commands.registry import Registry
from core.store.port import Conn
from tests.people import Actor, CohortFixture
from tests.redelivery import declared

MIGRATIONS = files("core.store") / "migrations"

CALLS = declared()


def test_every_command_is_called(registry: Registry) -> None:
    # The lottery's commands keep no records.
    expected = {name for name, command in registry.commands.items() if command.group != "lottery"}
    assert set(CALLS) == expected, "declare a call of a new command in REDELIVERED of its feature's tests"


@pytest.mark.case(1)
@pytest.mark.parametrize("command", CALLS)
async def test_command_delivered_again(command: str, sqlite_cohort: CohortFixture) -> None:
    await seed_cohort(sqlite_cohort)
    call = CALLS[command]
    for who, earlier, args in call.before:
        step = await somebody(sqlite_cohort, who).send(earlier, args)
        assert isinstance(step, Reply), step
        assert not step.error, step.text
    caller = somebody(sqlite_cohort, call.by)
    first = await caller.send(command, call.args)
    assert isinstance(first, Reply), first
    assert not first.error, first.text
    records = await sqlite_cohort.core.store.read(dump)
    assert await caller.again() == first
    assert await caller.again() == first
    assert await sqlite_cohort.core.store.read(dump) == records


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
