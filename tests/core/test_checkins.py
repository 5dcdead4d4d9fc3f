"""Check-ins: the form, privacy, the thread of the day, editing, and what the digest tells."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import FieldKind, Fields, Form, Picture
from core.chat.text import as_text
from core.clock import FixedClock
from core.commands.registry import Registry
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, button_of, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "checkin edit": Redelivered({"progress": "Changed", "share": "shared"}, by="ada"),
    "checkin now": Redelivered({"progress": "Again", "share": "shared"}, by="mina"),
    "checkin share": Redelivered(by="ada"),
    "checkin skip": Redelivered(by="mina"),
    "checkin unshare": Redelivered(by="ada"),
    "checkin status": Redelivered(),
}
"""A call of every command, which the walk in `tests/story` also delivers a second time."""


def shown(outlet: KeepingOutlet, index: int = -1) -> str:
    reply = outlet.sent[index].reply
    fields = [block for block in reply.blocks if isinstance(block, Fields)]
    return "\n".join(
        [as_text(reply.text).plain(), *(f"{k}: {v}" for block in fields for k, v in block.items)]
    )


async def test_form_asks_for_everything_and_keeps_private_check_in_private(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    form = await cohort.ada.form("checkin now")
    kinds = {each.name: each.kind for each in form.fields}
    assert kinds == {
        "progress": FieldKind.LONG_TEXT,
        "learned": FieldKind.LONG_TEXT,
        "negative": FieldKind.FLAG,
        "next": FieldKind.LONG_TEXT,
        "blocker_kind": FieldKind.CHOICE,
        "blocker": FieldKind.LONG_TEXT,
        "mood": FieldKind.CHOICE,
        "share": FieldKind.CHOICE,
    }
    reply = await cohort.ada.submit(form, progress="Wrote the proof", mood="2")
    assert "for your eyes only" in text_of(reply)
    await delivery.flush()
    assert outlet.sent == []


async def test_shared_check_in_is_posted_in_thread_of_days_call(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:30")
    clock.move_to(datetime(2026, 11, 24, 8, 30, tzinfo=UTC))
    await delivery.flush()
    call = outlet.sent[0].reply
    form = await cohort.ada.click(button_of(call, "Check in"))
    reply = await cohort.ada.submit(
        form,
        progress="Ran <b>it</b>",
        learned="It does not hold",
        negative=True,
        blocker_kind="compute",
        blocker="The queue",
        mood="2",
        share="shared",
    )
    assert "somebody will not lose a month" in text_of(reply)
    await delivery.flush()
    post = outlet.sent[1]
    assert post.thread_of == "m1"
    assert post.thread_name == "Check-ins of Tue 24 Nov 2026"
    assert shown(outlet) == (
        "Ada checked in.\nProgress: Ran <b>it</b>\nLearned (a negative result): It does not hold\n"
        "In the way: Compute: The queue"
    )
    assert "2" not in shown(outlet).replace("24", ""), "a mood is nobody else's business"


async def test_without_call_thread_is_opened_once(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="One", share="shared")
    await cohort.ben.ok("checkin now", progress="Two", share="shared")
    await delivery.flush()
    assert ["opener" in each.key or each.key.startswith("checkins:") for each in outlet.sent] == [
        True,
        False,
        False,
    ]
    assert [each.thread_of for each in outlet.sent] == [None, "m1", "m1"]


async def test_editing_changes_what_others_see_and_can_take_it_back(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", progress="First words", share="shared")
    await delivery.flush()
    form = await cohort.ada.form("checkin edit")
    values = {each.name: each.value for each in form.fields}
    assert (values["progress"], values["share"]) == ("First words", "shared")
    await cohort.ada.submit(form, progress="Better words")
    await delivery.flush()
    message, edit = outlet.edits[0]
    assert message == "m2"
    assert "Better words" in str(edit.reply.blocks)
    await cohort.ada.submit(await cohort.ada.form("checkin edit"), share="private")
    await delivery.flush()
    assert "taken back" in as_text(outlet.edits[1][1].reply.text).plain()
    assert len(outlet.sent) == 2


async def test_once_day_by_cohorts_date(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.ada.ok("checkin now", progress="Today")
    assert "already" in text_of(await cohort.ada.fails("checkin now", progress="Again"))
    # 22:59 UTC is still the same date in Berlin, 23:00 UTC is the next.
    clock.move_to(datetime(2026, 11, 23, 22, 59, tzinfo=UTC))
    await cohort.ada.fails("checkin now", progress="Again")
    clock.move_to(datetime(2026, 11, 23, 23, 0, tzinfo=UTC))
    await cohort.ada.ok("checkin now", progress="Tomorrow")


@pytest.mark.case(1)
async def test_check_in_delivered_twice_is_one(cohort: CohortFixture) -> None:
    first = await cohort.ada.ok("checkin now", progress="Once")
    again = await cohort.ada.again()
    assert again == first
    assert text_of(await cohort.ada.ok("checkin status")).count("kept private") == 1


async def test_skipping_needs_no_reason_and_can_be_undone(cohort: CohortFixture) -> None:
    reply = await cohort.ada.ok("checkin skip")
    assert "Rest is part of research" in text_of(reply)
    assert "sat out" in text_of(await cohort.ada.ok("checkin status"))
    form = await cohort.ada.click(button_of(reply, "Check in after all"))
    assert isinstance(form, Form)
    await cohort.ada.submit(form, progress="After all")
    assert "nothing to skip" in text_of(await cohort.ada.ok("checkin skip"))
    assert "no check-in of yours" in text_of(await cohort.ben.fails("checkin edit", progress="x"))


@pytest.mark.case(36)
async def test_status_counts_what_was_shared_alone(cohort: CohortFixture) -> None:
    people = [cohort.somebody(f"P{n}") for n in range(8)]
    for each in people:
        await each.ok("cohort join")
    for each in people:
        await each.ok("checkin now", progress="x")
        assert "check-in today" not in text_of(await cohort.ada.ok("checkin status"))
    await cohort.ben.ok("checkin now", progress="x", share="shared")
    assert "1 person has shared a check-in today." in text_of(await cohort.ada.ok("checkin status"))


async def test_digest_has_picture_and_counts_five_people_or_more(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="every friday 16:00")
    people = [cohort.somebody(f"P{n}") for n in range(6)]
    for each in people:
        await each.ok("cohort join")
    for each in (cohort.ada, cohort.ben, *people[:2]):
        await each.ok("checkin now", progress="x", blocker_kind="data", mood="1")
    assert "Check-ins" not in text_of(await cohort.ada.ok("digest preview"))
    for each in (cohort.mina, cohort.olu):
        await each.ok("checkin now", progress="x", blocker_kind="compute", share="shared")
    assert "Check-ins: 2 shared by 2 people." in text_of(await cohort.ada.ok("digest preview"))
    await people[2].ok("checkin now", progress="x", blocker_kind="data")
    clock.move_to(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))
    await delivery.flush()
    digest = outlet.sent[-1].reply
    assert "Check-ins: 2 shared by 2 people, and 5 kept private." in text_of(digest)
    assert "Most often in the way: compute" in text_of(digest), "private blockers are nobody's business"
    picture = next(block for block in digest.blocks if isinstance(block, Picture))
    assert picture.png.startswith(b"\x89PNG")
    assert "check-ins kept private 5" in picture.alt
    assert "and 5 kept private" in text_of(await cohort.ada.ok("digest show"))
    clock.move_to(clock.now() + timedelta(days=1))
    assert "Check-ins" not in text_of(await cohort.ada.ok("digest preview")), "a new period has begun"


async def test_feature_brings_its_own_section(cohort: CohortFixture, registry: Registry) -> None:
    without = replace(registry, sections=())
    alone = replace(cohort, core=replace(cohort.core, registry=without))
    assert "quiet stretch" in text_of(await replace(alone.ada, core=alone.core).ok("digest preview"))
