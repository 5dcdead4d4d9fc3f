"""How it is going: one's own line, and the cohort's from five people on, as everybody is told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Picture, Reply
from core.clock import FixedClock
from tests.people import Actor, CohortFixture, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {"checkin mood": Redelivered(by="ada")}


def alt_of(reply: Reply) -> str:
    """The words of an answer's picture."""
    (found,) = [block for block in reply.blocks if isinstance(block, Picture)]
    return found.alt


async def people(cohort: CohortFixture, count: int) -> list[Actor]:
    """So many further members."""
    found = [cohort.somebody(f"P{n}") for n in range(count)]
    for each in found:
        await each.ok("cohort join")
    return found


async def test_ones_own_line_is_ones_own(cohort: CohortFixture, clock: FixedClock) -> None:
    unsaid = (
        "You have not said in these weeks how it is going. /checkin now asks it.\n"
        "The cohort’s line begins when five people have said how it is going."
    )
    assert text_of(await cohort.ada.ok("checkin mood")) == unsaid
    for day, value in enumerate((2, 4)):
        clock.move_to(datetime(2026, 11, 23 + day, 9, tzinfo=UTC))
        await cohort.ada.ok("checkin now", progress="x", mood=str(value), share="shared")
    told = await cohort.ada.ok("checkin mood")
    assert "4 of 5 on Tue 24 Nov 2026, 3.0 on average over 2 days. Nobody else sees yours." in text_of(told)
    assert "begins when five people" in text_of(told)
    assert alt_of(told).endswith("Yours: Mon 23 Nov 2026: 3.0.")
    assert text_of(await cohort.ben.ok("checkin mood")) == unsaid, "one is nobody's business"
    await cohort.olu.ok("cohort-admin set", key="checkin-mood", value="off")
    assert text_of(await cohort.ben.ok("checkin mood")) == (
        "You have not said in these weeks how it is going.\nCheck-ins here do not ask how it is going."
    )


@pytest.mark.case(36)
async def test_cohorts_line_begins_at_five_people(cohort: CohortFixture, clock: FixedClock) -> None:
    extra = await people(cohort, 2)
    five = [cohort.ada, cohort.ben, cohort.mina, cohort.olu, extra[0]]
    for each, value in zip(five, (3, 3, 4, 2, 5), strict=True):
        assert "in the cohort:" not in text_of(await cohort.ada.ok("checkin status"))
        await each.ok("checkin now", progress="x", mood=str(value), share="shared")
    line = "How it is going in the cohort: 3.4 of 5 over seven days."
    for reader in (cohort.ada, extra[1]):
        assert line in text_of(await reader.ok("checkin status")), "everybody is told the same"
    for _ in range(2):
        clock.move_to(clock.now() + timedelta(hours=2))
        await cohort.ada.ok("checkin edit", progress="y", mood="1")
        await cohort.ada.ok("checkin remove", day="today", sure="yes")
        await cohort.ada.ok("checkin now", progress="y", mood="1")
        assert line in text_of(await cohort.ada.ok("checkin status")), "what one person does changes nothing"
    shown = await extra[1].ok("checkin mood")
    assert "The cohort: 3.4 of 5 in the week of Mon 23 Nov 2026." in text_of(shown)
    assert "You have not said" in text_of(shown)
    assert "The cohort: Mon 23 Nov 2026: 3.4." in alt_of(shown)
    clock.move_to(clock.now() + timedelta(days=8))
    assert "in the cohort:" not in text_of(await cohort.ada.ok("checkin status"))


@pytest.mark.case(36)
async def test_a_mean_near_an_end_tells_nobodys_part(cohort: CohortFixture) -> None:
    (fifth,) = await people(cohort, 1)
    for each in (cohort.ada, cohort.ben, cohort.mina, cohort.olu, fifth):
        await each.ok("checkin now", progress="x", mood="1")
    assert "in the cohort: 1.5 or less of 5" in text_of(await cohort.ada.ok("checkin status"))


@pytest.mark.case(36)
async def test_a_mean_near_an_end_is_not_worked_out_from_two(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    (fifth,) = await people(cohort, 1)
    for hours, value in ((0, 3), (24, 5)):
        clock.move_to(clock.now() + timedelta(hours=hours))
        for each in (cohort.ada, cohort.ben, cohort.mina, cohort.olu, fifth):
            await each.ok("checkin now", progress="x", mood=str(value))
        told = text_of(await cohort.ada.ok("checkin status"))
    assert "in the cohort: 3.8 of 5" in told, (
        "five who gave 3, and five of whom no more is told than 4.5 or more"
    )


async def test_where_it_is_not_asked_it_is_not_told(cohort: CohortFixture) -> None:
    (fifth,) = await people(cohort, 1)
    for each in (cohort.ada, cohort.ben, cohort.mina, cohort.olu, fifth):
        await each.ok("checkin now", progress="x", mood="3")
    await cohort.olu.ok("cohort-admin set", key="checkin-mood", value="off")
    assert "in the cohort:" not in text_of(await cohort.ada.ok("checkin status"))
    assert "Nobody else sees yours." in text_of(await cohort.ada.ok("checkin mood")), (
        "one's own stays one's own"
    )
