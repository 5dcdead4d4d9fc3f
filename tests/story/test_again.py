"""Every command, delivered again by its platform: the same answer, and nothing more in the records."""

import re
from collections.abc import Mapping
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest

from core.chat.model import Argument, ChannelRef, PersonRef, Reply
from core.commands.registry import Registry
from core.store.port import Conn
from tests.people import Actor, Ground

MIGRATIONS = files("core.store") / "migrations"

CALLS: Mapping[str, Mapping[str, Argument]] = {
    "checkin edit": {"progress": "Changed", "share": "shared"},
    "checkin now": {"progress": "Again", "share": "shared"},
    "checkin skip": {},
    "checkin status": {},
    "cohort help": {},
    "cohort join": {},
    "cohort leave": {},
    "cohort members": {},
    "cohort-admin channel": {"purpose": "digest", "channel": ChannelRef("C7", "news")},
    "cohort-admin delivery": {},
    "cohort-admin organizer": {"person": PersonRef("U-ben", "Ben"), "add": True},
    "cohort-admin schedule-add": {"kind": "checkin", "when": "weekdays 09:30"},
    "cohort-admin schedule-list": {},
    "cohort-admin schedule-run": {"schedule": "1"},
    "cohort-admin schedule-pause": {"schedule": "1"},
    "cohort-admin schedule-remove": {"schedule": "1"},
    "cohort-admin schedule-resume": {"schedule": "2"},
    "cohort-admin set": {"key": "name", "value": "Another name"},
    "cohort-admin setup": {
        "name": "Second",
        "timezone": "Africa/Lagos",
        "channel": ChannelRef("C9", "second"),
    },
    "cohort-admin show": {},
    "digest preview": {},
    "digest show": {},
    "profile away": {"until": "2026-12-24", "reason": "A wedding"},
    "profile back": {},
    "profile reminders": {"on": "no"},
    "profile show": {},
    "profile timezone": {"zone": "Africa/Lagos"},
    "reading add": {"reference": "Something"},
    "reading done": {"item": "1", "takeaway": "A lot"},
    "reading list": {},
    "reading next": {},
    "reading present": {"item": "2"},
    "reading step-down": {},
    "reading swap": {"person": PersonRef("U-mina", "Mina")},
    "reading take": {"item": "1"},
    "reading takeaway": {"item": "1", "takeaway": "Still a lot"},
    "reading vote": {"item": "1"},
    "review add": {"paper": "1", "score": "5", "summary": "Short"},
    "review list": {"paper": "1"},
    "review remove": {"review": "1"},
    "submission add": {"title": "Another paper", "venue": "ICLR 2027"},
    "submission list": {},
    "submission resubmit": {"paper": "2", "venue": "ICLR 2027"},
    "submission show": {"paper": "1"},
    "submission timeline": {"paper": "1"},
    "submission update": {"paper": "1", "stage": "rejected", "note": "Two of three liked it"},
}
"""A call of every command, such that it succeeds after `lived_in`. Those of the lottery keep no records."""

BY = {
    "cohort join": "new",
    "cohort leave": "ben",
    "checkin edit": "ada",
    "checkin skip": "mina",
    "checkin now": "mina",
    "reading step-down": "ben",
    "reading swap": "ben",
}
"""Who calls it, where that is not Olu."""


def test_every_command_is_called(registry: Registry) -> None:
    expected = {name for name, command in registry.commands.items() if command.group != "lottery"}
    assert set(CALLS) == expected, "give a new command a call in CALLS"


@pytest.mark.parametrize("command", CALLS)
async def test_a_command_delivered_again(command: str, sqlite_cohort: Ground) -> None:
    await lived_in(sqlite_cohort)
    caller = somebody(sqlite_cohort, BY.get(command, "olu"))
    first = await caller.send(command, CALLS[command])
    assert isinstance(first, Reply), first
    assert not first.error, first.text
    records = await sqlite_cohort.core.store.read(dump)
    assert await caller.again() == first
    assert await caller.again() == first
    assert await sqlite_cohort.core.store.read(dump) == records


def somebody(cohort: Ground, name: str) -> Actor:
    """A member, or somebody who has not joined; each manages the workspace, as `setup` demands."""
    actor: Actor = cohort.somebody("Nia") if name == "new" else getattr(cohort, name)
    return Actor(actor.core, replace(actor.person, manager=True), actor.place)


async def lived_in(cohort: Ground) -> None:
    """Two schedules, one of them paused, a paper with a review and one that was rejected, a check-in of Ada's, and two things to read,
    one of which Ben will present unless Olu takes it."""
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
