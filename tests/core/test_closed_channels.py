"""Channels that refuse posts: every slot is listed, tried again, and sent once the channel is open again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from core.chat.model import Place, PlaceKind, Reply
from core.clock import FixedClock
from core.cohorts import directory, places
from core.delivery import notices, outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone
from core.store.port import Conn
from tests.outlets import KeepingOutlet, raising
from tests.people import HOME, CohortFixture, text_of

DELETED = "The channel was deleted."
NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)


async def rows(cohort: CohortFixture, *, kind: str = "checkins.call") -> list[Mapping[str, Any]]:
    """The posts of a kind, oldest first."""

    def read(conn: Conn) -> list[Mapping[str, Any]]:
        names = ("id", "key", "state", "reason", "channel", "late", "thread_of", "data")
        found = conn.all("SELECT * FROM outbox WHERE kind = :kind ORDER BY id", kind=kind)
        return [{name: row[name] for name in names} for row in found]

    return await cohort.core.store.read(read)


async def daily(cohort: CohortFixture) -> None:
    """A check-in call every morning."""
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 09:30")


async def refused_on(clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet, *days: int) -> None:
    """These days of November come, and the channel refuses what is posted."""
    for day in days:
        outlet.before.append(raising(TargetGone(DELETED)))
        clock.move_to(NINE.replace(day=day))
        await delivery.flush()


@pytest.mark.case(21)
@pytest.mark.case(41)
async def test_closed_channel_is_tried_at_each_slot(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await daily(cohort)
    await refused_on(clock, delivery, outlet, 24, 25, 26)
    found = await rows(cohort)
    assert [(row["state"], row["reason"]) for row in found] == [("failed", DELETED)] * 3
    # The organizer was told once.
    assert [(each.target.channel, each.target.direct) for each in outlet.sent] == [("U-olu", True)]
    assert "I can no longer post in lab of Lab: The channel was deleted." in text_of(outlet.sent[0].reply)
    assert f"home: lab (closed: {DELETED})" in str((await cohort.olu.ok("cohort-admin show")).blocks)
    listed = text_of(await cohort.olu.ok("cohort-admin schedule-list"))
    assert f"But lab is closed to me: {DELETED}" in listed
    assert await cohort.core.store.read(places.closed_count) == 1

    ran = text_of(await cohort.olu.ok("cohort-admin schedule-run", schedule="1"))
    assert f"lab was closed to me, and may still be: {DELETED}" in ran
    assert "On its way" not in ran
    clock.move_to(NINE.replace(day=27))
    await delivery.flush()
    assert (await rows(cohort))[-1]["state"] == "sent"
    assert "closed" not in str((await cohort.olu.ok("cohort-admin show")).blocks)
    assert "closed" not in text_of(await cohort.olu.ok("cohort-admin schedule-list"))
    assert await cohort.core.store.read(places.closed_count) == 0
    # It closes again: that is told again.
    told = len([each for each in outlet.sent if each.target.direct])
    await refused_on(clock, delivery, outlet, 28)
    assert len([each for each in outlet.sent if each.target.direct]) == told + 1


@pytest.mark.case(41)
async def test_retry_goes_where_purpose_is_served_now(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await daily(cohort)
    await refused_on(clock, delivery, outlet, 24, 25)
    first, second = [row["id"] for row in await rows(cohort)]
    await cohort.core.store.write(
        places.assign, cohort.id, "checkins", Place("test", "W", "C9", PlaceKind.CHANNEL, name="daily")
    )
    retried = await cohort.olu.ok("cohort-admin delivery", retry=str(first))
    assert "on its way again" in text_of(retried)
    await delivery.flush()
    sent = outlet.sent[-1]
    assert (sent.target.channel, sent.key.split(":")[-1]) == ("C9", "C9")
    assert "comes late" in text_of(sent.reply)
    # Its first channel serves the purpose again: the other goes there, and that opens it.
    await cohort.core.store.write(places.assign, cohort.id, "checkins", HOME)
    await cohort.core.store.write(notices.close_channel, HOME, DELETED, clock.now())
    await cohort.olu.ok("cohort-admin delivery", retry=str(second))
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent if not each.target.direct] == ["C9", HOME.channel]
    assert "(closed" not in str((await cohort.olu.ok("cohort-admin show")).blocks)
    assert [row["state"] for row in await rows(cohort)] == ["sent", "sent"]


async def test_slot_without_channel_is_listed(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await daily(cohort)
    await cohort.core.store.write(lambda conn: conn.run("DELETE FROM purpose"))
    clock.move_to(NINE)
    await delivery.flush()
    (row,) = await rows(cohort)
    assert (row["state"], row["channel"]) == ("missed", "")
    assert "no channel for it" in row["reason"]
    await cohort.core.store.write(places.assign, cohort.id, "home", HOME)
    await cohort.olu.ok("cohort-admin delivery", retry=str(row["id"]))
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == [HOME.channel]


@pytest.mark.parametrize("error", [Refused("The message is gone."), TargetGone("I cannot see the channel.")])
async def test_edit_that_failed_closes_nothing(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, error: Exception
) -> None:
    first = await _put(cohort, "first")
    await delivery.flush()
    await _put(cohort, "edit", edits=first)
    outlet.before.append(raising(error))
    await delivery.flush()
    assert [row["state"] for row in await rows(cohort)] == ["sent", "failed"]
    assert await cohort.core.store.read(places.closed_count) == 0
    assert [each for each in outlet.sent if each.target.direct] == [], "nobody has to mend anything"


async def test_edits_that_wait_are_one_post(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    first = await _put(cohort, "first")
    await delivery.flush()
    for number in range(500):
        await _put(cohort, f"edit{number}", edits=first, day=f"2026-11-{number % 28 + 1:02}")
    assert await _put(cohort, "edit499", edits=first) is None, "written before"
    assert [row["key"] for row in await rows(cohort)] == ["first", "edit499"]
    await delivery.flush()
    assert len(outlet.edits) == 1
    assert "Check-in, Tue 24 Nov 2026" in text_of(outlet.edits[0][1].reply)
    await _put(cohort, "edit500", edits=first)
    assert [row["key"] for row in await rows(cohort)] == ["first", "edit499", "edit500"]


@pytest.mark.case(44)
async def test_channel_that_lost_its_purpose_is_no_door(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await daily(cohort)
    await refused_on(clock, delivery, outlet, 24)
    assert (await cohort.core.store.read(directory.cohort_of_place, HOME)) is not None
    moved = Place("test", "W", "C9", name="new home")
    await cohort.core.store.write(places.assign, cohort.id, "home", moved)

    assert await cohort.core.store.read(directory.cohort_of_place, HOME) is None
    assert await cohort.core.store.read(directory.cohort_in_reach, cohort.id, HOME, None) is None
    context = await cohort.core.store.read(directory.caller_context, cohort.ada.person, HOME)
    assert (context.cohort, context.member) == (None, None)
    # Outsiders meet no cohort there; members reach it as they do from anywhere.
    eve = cohort.somebody("Eve", manager=True)
    stranger = await eve.send("submission list", {}, cohort.id)
    assert isinstance(stranger, Reply)
    assert stranger.error
    member = await cohort.ada.send("submission list", {}, cohort.id)
    assert isinstance(member, Reply)
    assert not member.error
    # Another cohort may have it now.
    assert await cohort.core.store.read(places.owner, HOME) is None
    await eve.ok("cohort-admin setup", name="Others", timezone="Africa/Lagos")


async def _put(cohort: CohortFixture, key: str, *, edits: int | None = None, day: str = "") -> int | None:
    post = NewPost(
        cohort.id,
        key,
        "checkins.call",
        {"day": day or "2026-11-23"},
        Target("test", "W", "C1"),
        edits=edits,
    )
    return await cohort.core.store.write(outbox.enqueue, post, cohort.core.clock.now())
