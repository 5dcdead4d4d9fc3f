"""Direct messages that are closed: what was meant for somebody reaches them another way, once."""

from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Reply
from core.clock import FixedClock
from core.delivery import deferred, notices, outbox
from core.delivery.housekeeping import Housekeeping
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone, Uncertain
from core.store.port import Conn, Row
from tests.outlets import KeepingOutlet, raising
from tests.people import HOME, Actor, CohortFixture, answered, buttons_of, refused, text_of

CLOSED = TargetGone("Direct messages are closed.")
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
"""Noon in Berlin, on the Monday on which the tests' clock stands in the morning."""


async def rows(cohort: CohortFixture, who: Actor | None = None) -> list[Row]:
    """The outbox, or what was meant for one person."""

    def read(conn: Conn) -> list[Row]:
        return list(conn.all("SELECT * FROM outbox ORDER BY id"))

    found = await cohort.core.store.read(read)
    return [row for row in found if who is None or row["channel"] == who.person.id]


async def close_direct_messages(cohort: CohortFixture, *people: Actor) -> None:
    """These people take no direct messages, and the bot knows it."""

    def close(conn: Conn) -> None:
        for each in people:
            account = Target(each.person.platform, each.person.workspace, each.person.id, direct=True)
            notices.close_direct(conn, account, str(CLOSED))

    await cohort.core.store.write(close)


async def call_at_noon(cohort: CohortFixture, clock: FixedClock, delivery: Delivery) -> None:
    """A call that follows the members is due and sent."""
    await cohort.want_calls()
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00", follow="member")
    clock.move_to(NOON)
    await delivery.flush()


def asks(reply: Reply) -> bool:
    """Whether the check-in call came with an answer, buttons and all."""
    comes = "Check-in, Mon" in text_of(reply)
    assert comes == any(each.label == "Not today" for each in buttons_of(reply))
    return comes


@pytest.mark.case(23)
async def test_closed_dms_defer_to_next_answer(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.before = [raising(CLOSED)] * 4
    await call_at_noon(cohort, clock, delivery)
    assert outlet.sent == []
    (row,) = await rows(cohort, cohort.ada)
    assert (row["state"], row["reason"]) == (
        "held",
        "Their direct messages are closed; it is shown with their next command.",
    )
    assert "4 held" in text_of(await cohort.olu.ok("cohort-admin delivery"))

    first = await cohort.ada.ok("checkin status")
    assert asks(first)
    assert "run /profile reminders" in text_of(first)
    assert asks(answered(await cohort.ada.again())), "delivered again: the same answer"
    assert not asks(await cohort.ada.ok("checkin status")), "once"
    (row,) = await rows(cohort, cohort.ada)
    assert (row["state"], row["reason"]) == ("sent", deferred.SHOWN)
    assert not asks(await cohort.somebody("Dan").ok("cohort help")), "nobody else's"
    skipped = answered(await cohort.ada.click(first, "Not today"))
    assert "Rest is part of research" in text_of(skipped)


@pytest.mark.case(23)
async def test_what_waits_comes_only_with_answer_that_nobody_else_reads(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await close_direct_messages(cohort, cohort.ada)
    await call_at_noon(cohort, clock, delivery)
    public = await cohort.ada.ok("reading add", reference="On lotteries")
    assert not public.private
    assert not asks(public)
    await cohort.ada.form("checkin now")
    assert not asks(refused(await cohort.ada("reading vote", item="99")))
    assert asks(await cohort.ada.ok("reading list"))


@pytest.mark.case(23)
async def test_call_that_was_answered_is_not_asked_again(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await close_direct_messages(cohort, cohort.ada, cohort.ben)
    await call_at_noon(cohort, clock, delivery)
    done = await cohort.ada.ok("checkin now", progress="Read the proof again")
    assert not asks(done), "the answer to the form is no place to ask for it"
    clock.move_to(NOON + timedelta(days=1, hours=-1))
    assert asks(await cohort.ben.ok("checkin status")), "Monday's call is open until Tuesday's comes"
    ended = [row["reason"] for who in (cohort.ada, cohort.ben) for row in await rows(cohort, who)]
    assert ended == [deferred.OBSOLETE, deferred.SHOWN]


@pytest.mark.case(23)
async def test_of_several_calls_only_newest_is_shown(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await close_direct_messages(cohort, cohort.ada)
    await call_at_noon(cohort, clock, delivery)
    clock.move_to(NOON + timedelta(days=1))
    await delivery.flush()
    text = text_of(await cohort.ada.ok("checkin status"))
    assert "Check-in, Tue 24 Nov" in text
    assert "Check-in, Mon 23 Nov" not in text
    assert [(row["state"], row["reason"]) for row in await rows(cohort, cohort.ada)] == [
        ("missed", deferred.OLDER),
        ("sent", deferred.SHOWN),
    ]


@pytest.mark.case(23)
async def test_ephemeral_in_channel_where_supported(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    outlet.supports_ephemeral = True
    outlet.before = [raising(CLOSED)]
    await call_at_noon(cohort, clock, delivery)
    fallback = [each.target for each in outlet.sent if each.target.fallback_channel is not None]
    assert [(each.direct, each.fallback_channel) for each in fallback] == [(True, HOME.channel)]
    assert len(outlet.sent) == 4, "everybody was asked, one of them in the fallback channel"
    clock.move_to(NOON + timedelta(days=1))
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent if each.target.fallback_channel] == [
        fallback[0].channel
    ] * 2
    assert outlet.before == [], "the closed door was knocked at once"
    calls = [row for row in await rows(cohort) if row["edits"] is None]
    assert {row["state"] for row in calls} == {"sent"}
    assert len(calls) == 8, "one row for each member and day"


@pytest.mark.case(23)
async def test_refused_ephemeral_is_deferred(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await close_direct_messages(cohort, cohort.olu, cohort.mina, cohort.ada, cohort.ben)
    outlet.supports_ephemeral = True
    outlet.before = [
        raising(Refused("user_not_in_channel")),
        raising(TargetGone("is_archived")),
        raising(Uncertain("The connection broke.")),
        raising(Uncertain("The connection broke.")),
    ]
    await call_at_noon(cohort, clock, delivery)
    assert sorted(row["state"] for row in await rows(cohort)) == ["held", "held", "pending", "pending"]
    assert "(closed)" not in str((await cohort.olu.ok("cohort-admin show")).blocks), "not the channel's fault"


@pytest.mark.case(23)
async def test_organizers_with_closed_dms_are_told_too(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await close_direct_messages(cohort, cohort.olu)
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 12:00")
    outlet.before = [raising(TargetGone("The channel was deleted."))]
    clock.move_to(NOON)
    await delivery.flush()
    assert outlet.sent == []
    told = text_of(await cohort.olu.ok("cohort-admin schedule-list"))
    assert "I can no longer post in lab of Lab: The channel was deleted." in told


@pytest.mark.case(23)
async def test_reopened_dms_get_direct_messages_again(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await close_direct_messages(cohort, cohort.olu, cohort.mina, cohort.ada, cohort.ben)
    await call_at_noon(cohort, clock, delivery)
    assert asks(await cohort.ada.ok("profile reminders", on="yes"))
    assert asks(await cohort.ben.in_direct().ok("profile show")), "a direct message shows that they are open"
    clock.move_to(NOON + timedelta(days=1))
    await delivery.flush()
    assert {each.target.channel for each in outlet.sent} == {"U-ada", "U-ben"}
    assert all(each.target.fallback_channel is None for each in outlet.sent)


async def test_what_nobody_came_for_is_listed_after_week(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await close_direct_messages(cohort, cohort.ada)
    await call_at_noon(cohort, clock, delivery)
    await Housekeeping(cohort.core).run()
    assert (await rows(cohort, cohort.ada))[0]["state"] == "held"
    clock.move_to(NOON + timedelta(days=7, seconds=1))
    await Housekeeping(cohort.core).run()
    (row,) = await rows(cohort, cohort.ada)
    assert (row["state"], row["reason"]) == ("missed", deferred.LEFT)


@pytest.mark.case(20)
async def test_somebody_who_left_is_asked_nothing_that_waited(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await close_direct_messages(cohort, cohort.ada)
    await call_at_noon(cohort, clock, delivery)
    await cohort.ada.ok("cohort leave")
    assert not asks(await cohort.ada.ok("cohort help"))
    assert [row["state"] for row in await rows(cohort, cohort.ada)] == ["missed"]


async def test_what_waits_for_another_cohort_keeps_its_own_buttons(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    def add(conn: Conn) -> None:
        target = Target("test", "W", "U-ada", direct=True, fallback_channel="")
        now = clock.now()
        outbox.enqueue(conn, NewPost(cohort.id, "other", "checkins.call", {"day": "2026-11-23"}, target), now)

    await cohort.want_calls(cohort.ada)
    await close_direct_messages(cohort, cohort.ada)
    await cohort.core.store.write(add)
    await delivery.flush()
    reply = await cohort.ada.ok("profile show")
    (button,) = [each for each in buttons_of(reply) if each.label == "Check in"]
    assert button.cohort == cohort.id
