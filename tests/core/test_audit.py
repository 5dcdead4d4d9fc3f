"""Who changed what in a cohort, as its organizers read it. Both engines."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.chat.model import ChannelRef, File, PersonRef, Reply, Request
from core.clock import FixedClock
from core.cohorts import audit, directory
from core.cohorts.audit import AuditEntry
from core.cohorts.model import Scope
from core.commands import audited
from core.commands.registry import Registry
from core.delivery.housekeeping import Housekeeping
from core.store.port import Conn
from tests.people import CohortFixture, listed, text_of
from tests.redelivery import Redelivered, declared, dump, seed_cohort, somebody

REDELIVERED: Mapping[str, Redelivered] = {"cohort-admin audit": Redelivered()}

ANN = PersonRef("U-ada", "Ada")
NO_RECORDS = {"audit", "handled", "kept_file", "press"}
"""Tables in which a command leaves no change of the cohort."""


async def entries(cohort: CohortFixture) -> list[AuditEntry]:
    return list(await cohort.core.store.read(audit.entries, cohort.id))


async def test_settings_stand_with_before_and_after(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin set", key="name", value="Slow science")
    await cohort.olu.ok("cohort-admin set", key="quiet-hours", value="20:00-09:00")
    await cohort.olu.ok("cohort-admin set", key="start", value="2026-12-01")
    changed = [(each.about, each.before, each.after) for each in await entries(cohort)]
    assert changed == [
        ("Name", "Lab", "Slow science"),
        ("Quiet hours", "21:00-08:00", "20:00-09:00"),
        ("First day", "none", "2026-12-01"),
    ]
    shown = listed(await cohort.olu.ok("cohort-admin audit"))
    assert [line.split(" · ", 2)[2] for line in shown] == [
        "Olu · First day · none → 2026-12-01",
        "Olu · Quiet hours · 21:00-08:00 → 20:00-09:00",
        "Olu · Name · Lab → Slow science",
    ]
    assert "is kept for 730 days" in text_of(await cohort.olu.ok("cohort-admin audit"))


async def test_schedules_and_channels_stand_in_it(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 11:00")
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 12:00", replaces="1")
    for verb in ("pause", "resume", "remove"):
        await cohort.olu.ok(f"cohort-admin schedule-{verb}", schedule="1")
    found = [(each.action, each.before, each.after) for each in await entries(cohort)]
    assert found[:2] == [
        ("schedule added", "", "weekdays at 11:00, by the cohort’s clock"),
        (
            "schedule changed",
            "weekdays at 11:00, by the cohort’s clock",
            "weekdays at 12:00, by the cohort’s clock",
        ),
    ]
    assert [each[0] for each in found[2:]] == ["schedule paused", "schedule resumed", "schedule removed"]


async def test_it_is_filtered_and_written_as_files(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin mentor", person=ANN, add=True)
    clock.move_to(clock.now() + timedelta(days=2))
    await cohort.olu.ok("cohort-admin organizer", person=ANN, add=True)
    await cohort.ada.ok("cohort-admin set", key="name", value="=SUM(A1)")
    audit_ = "cohort-admin audit"
    assert [line.split(" · ")[0] for line in listed(await cohort.olu.ok(audit_, who="ADA"))] == [
        "Setting changed"
    ]
    assert len(listed(await cohort.olu.ok(audit_, what="added ada"))) == 2
    assert len(listed(await cohort.olu.ok(audit_, since="2026-11-24"))) == 2
    assert "no change by “Zoe”" in text_of(await cohort.olu.ok(audit_, who="Zoe"))
    (file,) = (await cohort.olu.ok(audit_, format="csv", since="2026-11-24")).blocks
    assert isinstance(file, File)
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert [(row["who"], row["after"]) for row in rows] == [("Olu", ""), ("Ada", "'=SUM(A1)")]
    (file,) = (await cohort.olu.ok(audit_, format="json")).blocks
    assert isinstance(file, File)
    assert [each["what"] for each in json.loads(file.content)] == [
        "mentor added",
        "organizer added",
        "setting changed",
    ]


async def test_members_do_not_read_it(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin set", key="name", value="Other")
    assert "organizers" in text_of(await cohort.ada.fails("cohort-admin audit"))


async def test_it_pages(cohort: CohortFixture) -> None:
    for number in range(23):
        await cohort.olu.ok("cohort-admin set", key="name", value=f"Lab {number}")
    first = await cohort.olu.ok("cohort-admin audit", what="setting")
    assert text_of(first).startswith("Changes 1 to 20 of 23")
    assert len(listed(first)) == 20
    second = await cohort.olu.click(first, "Next ›")
    assert isinstance(second, Reply)
    assert [line.split(" → ")[1] for line in listed(second)] == ["Lab 2", "Lab 1", "Lab 0"]


async def test_pages_read_what_they_show(cohort: CohortFixture, clock: FixedClock) -> None:
    for number in range(22):
        await cohort.olu.ok("cohort-admin set", key="name", value=f"Lab {number}")
        clock.move_to(clock.now() + timedelta(hours=2))
    found = [each.after for each in reversed(await entries(cohort))]
    for since, total in ((None, 22), ("2026-11-24", 15)):
        shown = []
        for page in (1, 2):
            answer = await cohort.olu.ok(
                "cohort-admin audit", page=page, **({"since": since} if since else {})
            )
            shown += [line.split(" → ")[1] for line in listed(answer)]
        assert list(dict.fromkeys(shown)) == found[:total]


async def test_a_command_without_words_of_its_own_is_readable(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin track-load", track="careers", confirm="yes")
    (line,) = listed(await cohort.olu.ok("cohort-admin audit"))
    assert line.split(" · ")[0] == "Load a starter list"
    assert len(listed(await cohort.olu.ok("cohort-admin audit", what="starter list"))) == 1


async def test_it_is_kept_as_long_as_organizers_say(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin set", key="name", value="Other")
    refused = await cohort.olu.fails("cohort-admin set", key="keep-audit", value="30")
    assert "from 90 to 3650" in text_of(refused)
    await cohort.olu.ok("cohort-admin set", key="keep-audit", value="100")
    clock.move_to(clock.now() + timedelta(days=99))
    await Housekeeping(cohort.core).run()
    assert len(await entries(cohort)) == 2
    clock.move_to(clock.now() + timedelta(days=2))
    await Housekeeping(cohort.core).run()
    assert await entries(cohort) == []


async def test_a_refused_change_stands_nowhere(cohort: CohortFixture) -> None:
    await cohort.olu.fails("cohort-admin set", key="name", value="x" * 81)
    await cohort.olu.fails(
        "cohort-admin channel", purpose="nothing such", channel=ChannelRef("C-none", "none")
    )
    assert await entries(cohort) == []


async def test_a_change_below_a_with_stands_in_it(cohort: CohortFixture) -> None:
    command = cohort.core.registry.commands["cohort-admin set"]
    request, now = Request("1", command.name, cohort.olu.person, cohort.olu.place), cohort.core.clock.now()

    def rename(conn: Conn) -> None:
        lives = directory.cohort(conn, cohort.id)
        call = lives and audited.admin_call(request, command, Scope(lives, None, now, now.date()))
        assert call
        sql = (
            "WITH this(id) AS (SELECT CAST(:id AS BIGINT)) UPDATE cohort SET name = :name"
            " WHERE id IN (SELECT id FROM this)"
        )
        audited.watched(conn, call, lambda conn: conn.run(sql, id=cohort.id, name="Labs"))

    await cohort.core.store.write(rename)
    assert [each.action for each in await entries(cohort)] == ["change a setting"]


def _of_organizers(registry: Registry) -> set[str]:
    return {name for name, command in registry.commands.items() if command.for_organizers}


@pytest.mark.parametrize("command", sorted(name for name in declared() if name.startswith("cohort-admin")))
async def test_what_an_organizers_command_changes_is_audited(
    command: str, sqlite_cohort: CohortFixture
) -> None:
    cohort = sqlite_cohort
    assert command in _of_organizers(cohort.core.registry)
    await seed_cohort(cohort)
    call = declared()[command]
    for who, earlier, args in call.before:
        await somebody(cohort, who).send(earlier, args)
    before, known = await cohort.core.store.read(dump), len(await entries(cohort))
    await somebody(cohort, call.by).ok(command, **call.args)
    after = await cohort.core.store.read(dump)
    changed = {name for name in after if after[name] != before[name]} - NO_RECORDS
    counted = sum(name == "audit" and len(after[name]) - len(before[name]) for name in after)
    assert bool(changed) == bool(counted), (changed, len(await entries(cohort)) - known)
    assert counted <= 1, "one change is told once"
