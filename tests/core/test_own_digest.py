"""What members and organizers choose of digests: one of one's own on Mondays, sections left out or first."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import FixedClock
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, button_of, text_of, told_in

MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
"""The Monday after the first, at 8:00 in Berlin."""


async def until(clock: FixedClock, delivery: Delivery, at: datetime) -> None:
    """Let the time pass, hour by hour."""
    while clock.now() < at:
        clock.move_to(min(at, clock.now() + timedelta(hours=1)))
        await delivery.flush()


def personal(outlet: KeepingOutlet) -> list[tuple[str, str]]:
    """The digests of members' own, as (account, words)."""
    return [
        (each.target.channel, text_of(each.reply))
        for each in outlet.sent
        if each.target.direct and "Your week in" in text_of(each.reply)
    ]


async def test_own_digest_comes_on_monday_by_readers_clock(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("profile timezone", zone="Pacific/Auckland")
    await cohort.ada.ok("submission add", title="Mine *alone* <@U1>", visibility="private")
    said = await cohort.ada.ok("digest personal", on="yes")
    assert "On Mondays at 8" in text_of(said)
    assert "the first time on Mon 30 Nov 2026" in text_of(said)
    await cohort.ben.ok("digest personal", on="yes")
    assert "Mine *alone* <@U1>" in text_of(await cohort.ada.click(said, "What it would say now"))
    await until(clock, delivery, datetime(2026, 11, 29, 18, 59, tzinfo=UTC))
    assert personal(outlet) == []
    await until(clock, delivery, datetime(2026, 11, 29, 20, 0, tzinfo=UTC))
    (first,) = personal(outlet)
    assert first[0] == cohort.ada.person.id, "it is Monday in Auckland"
    assert "Mine *alone* <@U1>" in first[1]
    await until(clock, delivery, MONDAY + timedelta(hours=2))
    assert [who for who, _ in personal(outlet)] == [cohort.ada.person.id, cohort.ben.person.id]
    assert "Mine" not in personal(outlet)[1][1], "it is each reader's own"
    assert all(
        words.endswith("You asked for this. /digest personal on:no ends it.") for _, words in personal(outlet)
    )
    await cohort.ben.ok("digest personal", on="no")
    shown = text_of(await cohort.ben.ok("digest mine"))
    assert shown.endswith("/digest personal on:yes sends you this on Monday mornings.")
    assert "You asked for this" not in shown
    await until(clock, delivery, MONDAY + timedelta(days=7, hours=2))
    assert [who for who, _ in personal(outlet)][2:] == [cohort.ada.person.id]


@pytest.mark.parametrize("how", ["away", "reminders", "nobody asked"])
async def test_own_digest_does_not_come(
    how: str, cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    if how != "nobody asked":
        await cohort.ada.ok("digest personal", on="yes")
    if how == "away":
        await cohort.ada.ok("profile away", until="2026-12-05")
    elif how == "reminders":
        await cohort.ada.ok("profile reminders", on="no")
        assert "no direct messages at all" in text_of(await cohort.ada.ok("digest personal", on="yes"))
    await until(clock, delivery, MONDAY + timedelta(hours=2))
    assert personal(outlet) == []


async def test_own_digest_waits_for_quiet_hours(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("digest personal", on="yes")
    await cohort.ada.ok("profile reminders", on="yes", quiet="20:00-10:00")
    await until(clock, delivery, MONDAY + timedelta(hours=1))
    assert personal(outlet) == []
    await until(clock, delivery, MONDAY + timedelta(hours=2))
    assert len(personal(outlet)) == 1


async def test_own_digest_can_be_switched_where_all_notices_are(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="every tuesday 16:00")
    await until(clock, delivery, datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    await cohort.ada.ok("profile reminders", on="yes", kind="personal-digest")
    await until(clock, delivery, MONDAY + timedelta(hours=2))
    assert [who for who, _ in personal(outlet)] == [cohort.ada.person.id]


async def test_sections_are_left_out_and_put_first(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="One", stage="submitted")
    await cohort.ada.ok("reading add", reference="First")
    set_ = "cohort-admin set"
    said = text_of(await cohort.olu.ok(set_, key="digest-leaves-out", value="joined; in NUMBERS"))
    assert said.startswith("The digest leaves out Who joined and In numbers.")
    said = text_of(await cohort.olu.ok(set_, key="digest-first", value="new on the reading list"))
    assert said.startswith("The digest begins with New on the reading list.")
    lines = told_in(await cohort.ada.ok("digest preview"))
    assert lines[0] == "New on the reading list"
    assert "Decisions and submissions" in lines
    assert not {"Who joined", "In numbers"} & set(lines)
    refused = await cohort.olu.fails(set_, key="digest-first", value="gossip")
    assert refused.field == "value"
    assert "no section “gossip”. Please name one of these: Decisions and submissions" in text_of(refused)
    await cohort.olu.ok(set_, key="digest-first", value="usual")
    await cohort.olu.ok(set_, key="digest-leaves-out", value="nothing")
    assert told_in(await cohort.ada.ok("digest preview"))[0] == "Decisions and submissions"
    said = text_of(await cohort.olu.ok(set_, key="digest-first", value="Nothing"))
    assert said.startswith("The sections of the digest stand in their usual order.")
    said = text_of(await cohort.olu.ok(set_, key="digest-leaves-out", value="usual"))
    assert said.startswith("The digest leaves nothing out.")


async def test_headings_can_be_listed(cohort: CohortFixture) -> None:
    for section in cohort.core.registry.sections:
        assert "," not in section.heading, "they are typed behind each other"


async def test_settings_open_their_form(cohort: CohortFixture) -> None:
    shown = await cohort.olu.ok("cohort-admin show")
    assert "digest-first" in str(shown.blocks)
    assert button_of(await cohort.ada.ok("digest personal", on="yes"), "What it would say now")
