"""What is said about a share or a take-back is true when it is said, and its author hears of what failed."""

from datetime import date, timedelta

import pytest

from core.clock import FixedClock
from core.commands.dispatch import Core
from core.delivery import deferred, outcomes
from core.delivery.housekeeping import Housekeeping
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone, Uncertain
from core.store.port import Conn
from tests.outlets import KeepingOutlet, raising
from tests.people import CohortFixture, answered, button_of, buttons_of, text_of

AGO = timedelta(seconds=10)


def directs(outlet: KeepingOutlet) -> list[str]:
    """What was sent in direct messages."""
    return [text_of(each.reply) for each in outlet.sent if each.target.direct]


async def later(clock: FixedClock, delivery: Delivery) -> None:
    """Send what waits for a moment."""
    clock.move_to(clock.now() + AGO)
    await delivery.flush()


@pytest.mark.case(43)
async def test_nothing_is_called_shared_before_it_is(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    reply = await cohort.ada.ok("checkin now", progress="One", share="shared")
    assert text_of(reply).startswith("Kept. I am sharing it in the day’s thread in lab")
    assert "to be shared" in text_of(await cohort.ada.ok("checkin status"))
    await delivery.flush()
    assert "2026: shared" in text_of(await cohort.ada.ok("checkin status"))
    assert directs(outlet) == [], "what went well is no news"


@pytest.mark.case(43)
async def test_share_that_failed_is_told_and_can_be_tried_again(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ben.ok("checkin now", progress="The thread is opened", share="shared")
    await delivery.flush()
    outlet.before.append(raising(Refused("The thread is locked.")))
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    assert "not shared yet" in text_of(await cohort.ada.ok("checkin status"))
    await later(clock, delivery)
    assert len(directs(outlet)) == 1
    assert directs(outlet)[0] == (
        "Your check-in of Mon 23 Nov 2026 is kept, but I could not share it in lab: The thread is locked. "
        "Nobody reads it there."
    )
    told = next(each.reply for each in outlet.sent if each.target.direct)
    before = len(outlet.sent)
    answered(await cohort.ada.click(button_of(told, "Share it again")))
    await delivery.flush()
    assert len(outlet.sent) == before + 1
    assert "2026: shared" in text_of(await cohort.ada.ok("checkin status"))


@pytest.mark.case(43)
async def test_answer_tells_what_failed_within_moment(
    core: Core, cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.before.extend([raising(Refused("No right to post."))] * 2)
    object.__setattr__(core, "post_wait", 5.0)
    delivery.start()
    try:
        reply = await cohort.ada.ok("checkin now", progress="One", share="shared")
        assert "I could not share it in lab: No right to post." in text_of(reply)
        await later(clock, delivery)
        assert directs(outlet) == [], "the answer told it"
        shared = answered(await cohort.ada.click(button_of(reply, "Share it again")))
        assert text_of(shared) == "Kept, and shared in lab. Thank you."
        private = answered(await cohort.ada.click(button_of(shared, "Make it private")))
        assert "for your eyes only" in text_of(private)
        assert "it says only that you took it back" in text_of(private)
    finally:
        await delivery.stop()


@pytest.mark.case(43)
async def test_take_back_is_not_private_before_it_is(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    reply = await cohort.ada.ok("checkin unshare")
    assert "I am taking it back in lab. Until that is done it can be read there" in text_of(reply)
    assert "for your eyes only" not in text_of(reply)
    outlet.before.append(raising(Refused("The message is gone or archived.")))
    await delivery.flush()
    assert "may still stand in lab" in text_of(await cohort.ada.ok("checkin status"))
    await later(clock, delivery)
    assert len(directs(outlet)) == 1
    assert "could not take it back in lab: The message is gone or archived." in directs(outlet)[0]
    told = next(each.reply for each in outlet.sent if each.target.direct)
    answered(await cohort.ada.click(button_of(told, "Try again")))
    await delivery.flush()
    assert "2026: kept private" in text_of(await cohort.ada.ok("checkin status"))
    assert len(outlet.edits) == 1


async def test_share_taken_back_before_it_left_is_never_posted(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    reply = await cohort.ada.ok("checkin unshare")
    assert text_of(reply) == "Kept, for your eyes only. Thank you."
    await delivery.flush()
    assert [each.key for each in outlet.sent if each.key.startswith("checkin:")] == []
    await cohort.ada.ok("checkin share")
    await delivery.flush()
    assert len([each for each in outlet.sent if each.key.startswith("checkin:")]) == 1


@pytest.mark.case(43)
async def test_closed_direct_messages_are_no_way_out(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ben.ok("checkin now", progress="The thread is opened", share="shared")
    await delivery.flush()
    outlet.before.append(raising(Refused("The thread is locked.")))
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    outlet.before.append(raising(TargetGone("Direct messages are closed.")))
    await later(clock, delivery)
    reply = await cohort.ada.ok("profile show")
    assert deferred.COULD_NOT_SEND.plain().strip()[:20] in text_of(reply)
    assert "I could not share it in lab: The thread is locked." in text_of(reply)


@pytest.mark.case(43)
async def test_reminders_off_and_away_are_no_reason_for_silence(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("profile reminders", on="no")
    outlet.before.extend([raising(Refused("No.")), raising(Refused("No."))])
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    await later(clock, delivery)
    assert len(directs(outlet)) == 1


async def test_without_channel_nothing_is_called_shared(cohort: CohortFixture) -> None:
    await cohort.core.store.write(lambda conn: conn.run("DELETE FROM purpose"))
    reply = await cohort.ada.ok("checkin now", progress="One", share="shared")
    assert text_of(reply) == "Kept. There is no channel where I could share it, so you alone see it."


async def test_take_back_reaches_channel_that_serves_something_else_now(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    await cohort.core.store.write(_move_home)
    await cohort.ada.ok("checkin unshare")
    await delivery.flush()
    (edit,) = outlet.edits
    assert edit[1].target == Target("test", "W", "C1")
    assert "taken back by its author" in text_of(edit[1].reply)


def _move_home(conn: Conn) -> None:
    conn.run(
        "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
        " SELECT id, 'test', 'W', 'C2', 'second' FROM cohort"
    )
    conn.run("UPDATE purpose SET place_id = (SELECT id FROM place WHERE channel = 'C2')")


async def test_share_of_the_day_before_can_be_taken_back(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    shared = await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(days=1))
    answered(await cohort.ada.click(button_of(shared, "Make it private")))
    await delivery.flush()
    assert len(outlet.edits) == 1
    assert "kept private" in text_of(await cohort.ada.ok("checkin status"))
    assert {each.label for each in buttons_of(shared)} == {"Edit", "Make it private"}


async def test_word_comes_once_for_each_failure(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")

    def notices(conn: Conn) -> int:
        row = conn.one("SELECT max(id) AS id FROM outbox WHERE asked_by IS NOT NULL")
        assert row is not None
        for _ in range(2):
            outcomes.notify_asker(conn, row["id"], clock.now())
        return int(conn.value("SELECT count(*) FROM outbox WHERE kind = 'delivery.unsent'"))

    assert await cohort.core.store.write(notices) == 1
    assert date(2026, 11, 23) <= clock.now().date()


async def test_take_back_knows_parts_of_post_that_was_cut_off(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    async def cut_off() -> None:
        await outlet.sent[-1].keep_parts(["message:1", "file:2"])
        raise Uncertain("The connection broke.")

    await cohort.ben.ok("checkin now", progress="The thread is opened", share="shared")
    await delivery.flush()
    outlet.after.append(cut_off)
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    await later(clock, delivery)  # it is found, and is not posted again
    await cohort.ada.ok("checkin unshare")
    await delivery.flush()
    ((_, edit),) = outlet.edits
    assert edit.parts == ("message:1", "file:2")
    assert edit.thread_of == outlet.sent[-1].thread_of is not None
    await edit.keep_parts(())
    await cohort.ada.ok("checkin share")
    await delivery.flush()
    assert outlet.edits[-1][1].parts == ()


@pytest.mark.case(43)
async def test_failed_take_back_is_never_forgotten(
    core: Core, cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await delivery.flush()
    day = clock.now().date().isoformat()
    for _ in range(2):
        await cohort.ada.ok("checkin unshare", day=day)
        outlet.before.append(raising(Refused("The message is not mine to delete.")))
        await delivery.flush()
        clock.move_to(clock.now() + timedelta(days=200))
        await Housekeeping(core).run()
        assert "may still stand in lab" in text_of(await cohort.ada.ok("checkin status"))
    await cohort.ada.ok("checkin unshare", day=day)
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(days=40))
    await Housekeeping(core).run()
    assert "kept private" in text_of(await cohort.ada.ok("checkin status"))
