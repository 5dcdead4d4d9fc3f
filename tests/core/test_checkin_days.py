"""A call's button answers that call until the next one comes; then it says what it would do now."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import File, Reply
from core.clock import FixedClock
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import (
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    listed,
    refused,
    text_of,
    told_in,
)

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten in the morning in Berlin."""
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def called(cohort: CohortFixture, delivery: Delivery, clock: FixedClock, when: str) -> None:
    """Monday's call is posted."""
    clock.move_to(MONDAY.replace(hour=6))
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when=when)
    clock.move_to(MONDAY)
    await delivery.flush()


@pytest.mark.case(52)
async def test_yesterdays_buttons_say_what_they_would_do_now(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await called(cohort, delivery, clock, "weekdays 09:30")
    monday = outlet.sent[0].reply
    clock.move_to(TUESDAY)
    await delivery.flush()
    for label in ("Not today", "Check in"):
        told = refused(await cohort.ada.click(button_of(monday, label)))
        assert text_of(told) == (
            "That was the call of Mon 23 Nov 2026, and it is over. Now it is Tue 24 Nov 2026: "
            "shall it be for that day?"
        )
        assert [each.label for each in buttons_of(told)] == ["Check in for Tue", "Sit Tue out"]
    assert "sat out" not in text_of(await cohort.ada.ok("checkin status"))
    answered(await cohort.ada.click(button_of(told, "Sit Tue out")))
    assert "Tue 24 Nov 2026: sat out" in text_of(await cohort.ada.ok("checkin status"))


@pytest.mark.case(52)
async def test_call_is_open_until_the_next_one_comes(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await called(cohort, delivery, clock, "mondays 09:30")
    monday = outlet.sent[0].reply
    clock.move_to(TUESDAY)
    await delivery.flush()
    skipped = answered(await cohort.ben.click(button_of(monday, "Not today")))
    assert text_of(skipped).startswith("Noted for Mon 23 Nov 2026.")
    form = await cohort.ada.click(button_of(monday, "Check in"))
    clock.move_to(TUESDAY.replace(day=30, month=11))  # the form stood open until the next call was there
    await delivery.flush()
    reply = answered(await cohort.ada.submit(form, progress="Late, but whole"))
    await cohort.ada.click(button_of(reply, "Share it"))
    await delivery.flush()
    assert outlet.sent[-1].thread_name == "Check-ins of Mon 23 Nov 2026"
    assert outlet.sent[-1].thread_of == "m1"
    assert "Mon 23 Nov 2026: shared" in text_of(await cohort.ada.ok("checkin status"))
    assert refused(await cohort.ada.click(button_of(skipped, "Check in after all"))).error


@pytest.mark.case(52)
async def test_call_in_each_members_time_belongs_to_its_own_date(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await cohort.ada.ok("profile timezone", zone="Pacific/Auckland")
    clock.move_to(MONDAY)
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:00", follow="member")
    clock.move_to(datetime(2026, 11, 23, 20, 30, tzinfo=UTC))  # Tuesday, 09:30 in Auckland
    await delivery.flush()
    (tuesday,) = [each.reply for each in outlet.sent if each.target.channel == "U-ada"]
    clock.move_to(datetime(2026, 11, 23, 20, 35, tzinfo=UTC))
    form = await cohort.ada.click(button_of(tuesday, "Check in"))
    answered(await cohort.ada.submit(form, progress="Early there, late here"))
    assert "Tue 24 Nov 2026: kept private" in text_of(await cohort.ada.ok("checkin status"))
    clock.move_to(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))  # Tuesday, 09:30 in Berlin
    await delivery.flush()
    bens = next(each.reply for each in outlet.sent if each.target.channel == "U-ben")
    answered(await cohort.ben.click(button_of(bens, "Not today")))
    clock.move_to(datetime(2026, 11, 24, 20, 30, tzinfo=UTC))  # Wednesday, 09:30 in Auckland
    await delivery.flush()
    assert refused(await cohort.ada.click(button_of(tuesday, "Not today"))).error


@pytest.mark.case(52)
async def test_call_is_closed_when_the_next_one_comes_and_says_who_shared(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await called(cohort, delivery, clock, "weekdays 09:30")
    for each in (cohort.ben, cohort.ada, cohort.mina):
        form = await each.click(button_of(outlet.sent[0].reply, "Check in"))
        kept = answered(await each.submit(form, progress="A proof"))
        if each is not cohort.mina:
            await each.click(button_of(kept, "Share it"))
    await delivery.flush()
    assert outlet.edits == []
    clock.move_to(TUESDAY)
    await delivery.flush()
    ((message, closed),) = outlet.edits
    assert message == "m1"
    assert text_of(closed.reply).splitlines() == [
        "Check-in, Mon 23 Nov 2026, is closed.",
        "Ada and Ben shared; it is in this thread.",
    ], "nobody's missing answer, and no private one"
    assert buttons_of(closed.reply) == []
    await cohort.ada.ok("checkin unshare", day="2026-11-23")
    await delivery.flush()
    assert text_of(outlet.edits[-1][1].reply).endswith("Ben shared; it is in this thread.")
    await cohort.ben.ok("checkin unshare", day="2026-11-23")
    await delivery.flush()
    closing = [text_of(each.reply) for message, each in outlet.edits if message == "m1"]
    assert closing[-1] == "Check-in, Mon 23 Nov 2026, is closed."
    clock.move_to(TUESDAY.replace(day=25))
    await delivery.flush()
    assert [message for message, each in outlet.edits if "Tue 24" in text_of(each.reply)] == ["m4"]


async def test_late_answer_is_taken_and_marked_until_the_next_call(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await called(cohort, delivery, clock, "mondays 09:30")
    monday = outlet.sent[0].reply
    clock.move_to(datetime(2026, 11, 24, 2, 59, tzinfo=UTC))  # 03:59 in Berlin: Monday still
    form = await cohort.ben.click(button_of(monday, "Check in"))
    answered(await cohort.ben.submit(form, progress="Into the night"))
    assert "Mon 23 Nov 2026: kept private" in text_of(await cohort.ben.ok("checkin status"))
    assert "late" not in text_of(await cohort.ben.ok("checkin status"))
    clock.move_to(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
    form = await cohort.ada.click(button_of(monday, "Check in"))
    kept = answered(await cohort.ada.submit(form, progress="The morning after"))
    await cohort.ada.click(button_of(kept, "Share it"))
    await delivery.flush()
    assert text_of(outlet.sent[-1].reply).startswith("Ada checked in, late.")
    assert "Mon 23 Nov 2026: shared, late" in text_of(await cohort.ada.ok("checkin status"))
    assert "Yours: shared, late." in text_of(await cohort.ada.ok("checkin show", day="2026-11-23"))
    assert listed(await cohort.ben.ok("checkin show", day="2026-11-23"))[0].startswith("Ada · late · ")
    alone = await cohort.ben.ok("checkin show", day="2026-11-23", who="Ada")
    assert text_of(alone) == "Ada, Mon 23 Nov 2026, late"
    for reader, who in ((cohort.ada, None), (cohort.ben, "Ada")):
        given = {} if who is None else {"who": who}
        assert any("late" in line for line in listed(await reader.ok("checkin history", **given)))
        for kind, mark in (("markdown", "(late)"), ("csv", "2026-11-23,yes,"), ("json", '"late": true')):
            kept = await reader.ok("checkin history", format=kind, **given)
            (file,) = [block for block in kept.blocks if isinstance(block, File)]
            assert mark in file.content.decode(), kind
    assert "late" not in "".join(listed(await cohort.ben.ok("checkin history")))


async def test_tuesday_in_auckland_and_monday_in_berlin_are_each_calls_own_date(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    """One answers Tuesday's call at 14:00 there and Wednesday's at 09:00 there; another answers at 09:05 there, which is the day
    before in Berlin. The cohort is Berlin's."""
    for each in (cohort.ada, cohort.ben):
        await each.ok("profile timezone", zone="Pacific/Auckland")
    await cohort.want_calls()
    clock.move_to(MONDAY)
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:00", follow="member")

    def call_of(who: Actor, day: str) -> Reply:
        found = [each.reply for each in outlet.sent if each.target.channel == who.person.id]
        return next(each for each in found if f"Check-in, {day}" in text_of(each))

    async def answer(who: Actor, day: str) -> None:
        form = await who.click(button_of(call_of(who, day), "Check in"))
        answered(await who.submit(form, progress="x"))

    clock.move_to(
        datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
    )  # Tuesday, 09:00 in Auckland; Monday, 21:00 in Berlin
    await delivery.flush()
    clock.move_to(datetime(2026, 11, 23, 20, 5, tzinfo=UTC))
    await cohort.olu.ok("cohort-admin set", key="quiet-hours", value="none")
    await answer(cohort.ben, "Tue 24 Nov")
    clock.move_to(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))  # Tuesday, 14:00 in Auckland
    await answer(cohort.ada, "Tue 24 Nov")
    clock.move_to(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))  # Wednesday, 09:00 in Auckland
    await delivery.flush()
    await answer(cohort.ada, "Wed 25 Nov")
    for who, days in ((cohort.ada, ["Wed 25 Nov", "Tue 24 Nov"]), (cohort.ben, ["Tue 24 Nov"])):
        said = text_of(await who.ok("checkin status"))
        assert [
            day for day in ("Wed 25 Nov", "Tue 24 Nov", "Mon 23 Nov") if f"{day} 2026: kept" in said
        ] == days
        assert "late" not in said, "each on its day"


async def test_typed_check_in_is_for_the_members_own_day_which_ends_at_four(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    await cohort.ada.ok("profile timezone", zone="Pacific/Auckland")
    clock.move_to(datetime(2026, 11, 23, 14, 59, tzinfo=UTC))  # Tuesday, 03:59 in Auckland
    answered(await cohort.ada.submit(await cohort.ada.form("checkin now"), progress="Late at night"))
    clock.move_to(datetime(2026, 11, 23, 15, 0, tzinfo=UTC))  # four o'clock
    answered(await cohort.ada.submit(await cohort.ada.form("checkin now"), progress="Up early"))
    said = text_of(await cohort.ada.ok("checkin status"))
    assert "Tue 24 Nov 2026: kept private" in said
    assert "Mon 23 Nov 2026: kept private" in said
    answered(await cohort.ben.submit(await cohort.ben.form("checkin now"), progress="Monday in Berlin"))
    assert "Mon 23 Nov 2026: kept private" in text_of(await cohort.ben.ok("checkin status"))


async def test_members_ahead_of_the_cohort_close_nothing_of_its_day(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await cohort.ada.ok("profile timezone", zone="Pacific/Auckland")
    await called(cohort, delivery, clock, "weekdays 09:30")
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:00", follow="member")
    clock.move_to(datetime(2026, 11, 23, 20, 30, tzinfo=UTC))  # Tuesday, 09:30 in Auckland
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["C1", "U-ada"]
    assert outlet.edits == []
    answered(await cohort.ben.click(button_of(outlet.sent[0].reply, "Not today")))


async def test_day_to_come_is_refused(cohort: CohortFixture) -> None:
    reply = await cohort.ada.fails("checkin skip", day="2026-12-24")
    assert reply.field == "day"
    assert "still to come" in text_of(reply)


async def test_pages_of_negative_results_from_both_ends(cohort: CohortFixture) -> None:
    for number in range(47):
        day = (MONDAY - timedelta(days=number)).date().isoformat()
        who, share = (cohort.ben, "private") if number % 9 == 4 else (cohort.ada, "shared")
        values = {"progress": "x", "learned": f"Lesson {number}", "negative": "yes", "share": share}
        await who.ok("checkin now", day=day, **values)
    for reader, private in ((cohort.ada, 5), (cohort.ben, 0)):
        read = []
        for page in (1, 2, 3):
            shown = await reader.ok("checkin negatives", page=page)
            read += [each for each in told_in(shown) if each.startswith("Lesson ")]
        assert len(read) == 47 - private
        newest = [n for n in range(47) if reader is cohort.ben or n % 9 != 4]
        assert [int(each.split()[1]) for each in read] == sorted(newest, reverse=True)
