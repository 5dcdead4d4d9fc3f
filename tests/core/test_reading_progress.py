"""What has been read over time, and who told of it; over both engines."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from core.chat.model import PersonRef, Picture
from core.clock import FixedClock
from core.cohorts import directory
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.people import (
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    listed,
    text_of,
    told_by_digest,
)
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "reading progress": Redelivered(before=[("olu", "reading done", {"item": "1"})])
}
WEEK = timedelta(days=7)


def pictures(reply: object) -> list[Picture]:
    return [each for each in getattr(reply, "blocks", ()) if isinstance(each, Picture)]


async def three_weeks(cohort: CohortFixture, clock: FixedClock, delivery: Delivery) -> None:
    """Three prompts, a week apart; Ada tells that she reads each, Ben keeps his to himself, Mina writes a takeaway."""
    for number in range(1, 4):
        await cohort.olu.ok("reading add", reference=f"Text {number}")
    await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when="mondays 10:30")
    clock.move_to(clock.now() + timedelta(hours=1))
    for number in range(1, 4):
        clock.move_to(clock.now() + WEEK * (number > 1))
        await delivery.tick()
        await cohort.ada.ok("reading done", item=str(number), visibility="cohort")
        await cohort.ben.ok("reading done", item=str(number))
        if number > 1:
            await cohort.mina.ok("reading takeaway", item=str(number), takeaway=f"Lesson {number}")


async def test_the_list_leads_to_what_was_read_over_time(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    nothing = await cohort.ada.ok("reading progress")
    assert "Nothing was read together yet." in text_of(nothing)
    assert not pictures(nothing)
    await three_weeks(cohort, clock, delivery)
    shown = answered(await cohort.ben.click(await cohort.ben.ok("reading list"), "Over time"))
    assert listed(shown) == [
        "#3 Text 3 · Mon 7 Dec 2026 · read by Mina, Ada · you read it",
        "#2 Text 2 · Mon 30 Nov 2026 · read by Mina, Ada · you read it",
        "#1 Text 1 · Mon 23 Nov 2026 · read by Ada · you read it",
    ]
    (picture,) = pictures(shown)
    assert picture.alt.startswith("5 readings in 8 weeks, 2 with a takeaway.")
    assert picture.alt.count(" 2 (1)") == 2, picture.alt
    assert " 1 (0)" in picture.alt


async def test_everybody_sees_the_same_picture_and_nothing_that_is_kept_private(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await three_weeks(cohort, clock, delivery)
    alts = {pictures(await who.ok("reading progress"))[0].alt for who in (cohort.ada, cohort.ben, cohort.olu)}
    assert len(alts) == 1
    await cohort.ben.ok("reading done", item="3", visibility="cohort")
    (picture,) = pictures(await cohort.olu.ok("reading progress"))
    assert picture.alt.startswith("6 readings"), "whoever tells is counted"
    await cohort.ben.ok("reading done", item="3", visibility="private")
    assert {pictures(await cohort.olu.ok("reading progress"))[0].alt} == alts
    await cohort.mina.ok("cohort leave")
    assert pictures(await cohort.olu.ok("reading progress"))[0].alt.startswith("3 readings in 8 weeks, none")


async def test_what_nobody_was_told_of_is_a_figure_from_five_on(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await three_weeks(cohort, clock, delivery)
    assert "without a name" not in text_of(await cohort.olu.ok("reading progress"))
    others = [cohort.somebody(f"Member{n}") for n in range(12)]

    def enrol(conn: Conn) -> None:
        for each in others:
            person = directory.ensure_person(conn, each.person, clock.now())
            directory.add_member(conn, cohort.id, person, clock.now())

    await cohort.core.store.write(enrol)
    for each in others[:6]:
        await each.ok("reading done", item="1")
    await told_by_digest(cohort.olu)  # which renews what is due
    assert "Besides, 9 readings were finished without a name." in text_of(
        await cohort.olu.ok("reading progress")
    )


async def test_ones_own_reading_is_a_list_and_anothers_what_they_told(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await three_weeks(cohort, clock, delivery)
    await cohort.ben.ok("reading done", item="2", visibility="cohort")
    own = answered(await cohort.ben.click(await cohort.ben.ok("reading progress"), "What I read"))
    assert listed(own) == [
        "#3 Text 3 · Mon 7 Dec 2026 · only you know",
        "#2 Text 2 · Mon 30 Nov 2026",
        "#1 Text 1 · Mon 23 Nov 2026 · only you know",
    ]
    seen = await cohort.ada.ok("reading progress", who=PersonRef("U-ben", "Ben"))
    assert text_of(seen) == "Ben read, the latest first:"
    assert listed(seen) == ["#2 Text 2 · Mon 30 Nov 2026"]
    assert "Olu told of nothing yet." in text_of(
        await cohort.ada.ok("reading progress", who=PersonRef("U-olu", "Olu"))
    )
    button_of(seen, "What was read together")


async def test_the_way_to_ones_own_reading_outlasts_a_new_name(cohort: CohortFixture) -> None:
    shown = await cohort.ben.ok("reading progress")
    renamed = Actor(cohort.core, replace(cohort.ben.person, name="Benno"))
    assert "You have marked nothing" in text_of(answered(await renamed.click(shown, "What I read")))


async def test_the_digest_shows_the_picture_where_it_tells_a_story(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    assert not pictures(await cohort.ada.ok("digest preview"))
    await three_weeks(cohort, clock, delivery)
    (picture,) = pictures(await cohort.ada.ok("digest preview"))
    assert picture.alt.startswith("5 readings in 8 weeks")
    clock.move_to(clock.now() + 2 * WEEK)
    assert not pictures(await cohort.ada.ok("digest preview")), "nobody told of a reading in the last week"
    assert buttons_of(await cohort.ada.ok("reading progress"))


async def test_takeaways_that_find_no_room_in_the_digest_are_counted(cohort: CohortFixture) -> None:
    for number in range(60):
        await cohort.ada.ok(
            "reading add", reference=f"Work of {'abcdefghij'[number // 6]} {number}", anyway="yes"
        )
        await cohort.ada.ok("reading takeaway", item=str(number + 1), takeaway=f"Lesson {number}")
    whole = "\n".join(await told_by_digest(cohort.ada))
    shown = whole.count("(from #")
    assert f"{60 - shown} more" in whole
