"""Check-ins: the form, privacy, the thread of the day, editing, and what the digest tells."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import FieldKind, Fields, Form
from core.chat.text import as_text
from core.clock import FixedClock
from core.commands.registry import Registry
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, button_of, buttons_of, text_of, told_in
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {
    "checkin mark": Redelivered({"kind": "data"}, by="ada"),
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


async def test_form_asks_for_five_things_and_keeps_private_check_in_private(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    form = await cohort.ada.form("checkin now")
    kinds = {each.name: each.kind for each in form.fields}
    assert kinds == {
        "progress": FieldKind.LONG_TEXT,
        "learned": FieldKind.LONG_TEXT,
        "blocker": FieldKind.LONG_TEXT,
        "next": FieldKind.LONG_TEXT,
        "mood": FieldKind.CHOICE,
    }
    assert form.title == "Check in, for you alone"
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
    kept = answered(
        await cohort.ada.submit(
            form, progress="Ran <b>it</b>", learned="It does not hold", blocker="The queue", mood="2"
        )
    )
    assert "What kind of thing is it?" in text_of(kept)
    marked = answered(await cohort.ada.click(kept, "Compute"))
    assert "noted: compute" in text_of(marked)
    told = answered(await cohort.ada.click(marked, "It is a negative result"))
    assert "somebody will not lose a month" in text_of(told)
    answered(await cohort.ada.click(told, "Share it"))
    await delivery.flush()
    post = outlet.sent[1]
    assert post.thread_of == "m1"
    assert post.thread_name == "Check-ins of Tue 24 Nov 2026"
    assert shown(outlet) == (
        "Ada checked in.\nMoved: Ran <b>it</b>\nLearned (a negative result): It does not hold\n"
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
    assert (values["progress"], form.title) == ("First words", "Edit, for the cohort")
    await cohort.ada.submit(form, progress="Better words")
    await delivery.flush()
    message, edit = outlet.edits[0]
    assert message == "m2"
    assert "Better words" in str(edit.reply.blocks)
    await cohort.ada.ok("checkin edit", progress="Better words", share="private")
    await delivery.flush()
    assert "taken back" in as_text(outlet.edits[1][1].reply.text).plain()
    assert len(outlet.sent) == 2


async def test_once_a_day_which_ends_at_four(cohort: CohortFixture, clock: FixedClock) -> None:
    await cohort.ada.ok("checkin now", progress="Today")
    assert "already" in text_of(await cohort.ada.fails("checkin now", progress="Again"))
    # The day ends at four in the morning in Berlin.
    clock.move_to(datetime(2026, 11, 24, 2, 59, tzinfo=UTC))
    await cohort.ada.fails("checkin now", progress="Again")
    clock.move_to(datetime(2026, 11, 24, 3, 0, tzinfo=UTC))
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


async def test_digest_counts_five_people_or_more(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="every friday 16:00")
    people = [cohort.somebody(f"P{n}") for n in range(6)]
    for each in people:
        await each.ok("cohort join")
    for each in (cohort.ada, cohort.ben, *people[:2]):
        await each.ok("checkin now", progress="x", blocker_kind="data", mood="1")
    assert "In numbers" not in told_in(await cohort.ada.ok("digest preview"))
    for each in (cohort.mina, cohort.olu):
        await each.ok("checkin now", progress="x", blocker_kind="compute", share="shared")
    assert "Check-ins · 2 shared by 2 people" in told_in(await cohort.ada.ok("digest preview"))
    await people[2].ok("checkin now", progress="x", blocker_kind="data")
    clock.move_to(datetime(2026, 11, 27, 15, 0, tzinfo=UTC))
    await delivery.flush()
    digest = told_in(outlet.sent[-1].reply)
    assert "Check-ins · 2 shared by 2 people, and 5 kept private" in digest
    assert "Most often in the way · compute" in digest, "private blockers are nobody's business"
    shown = told_in(await cohort.ada.ok("digest show"))
    assert "Check-ins · 2 shared by 2 people, and 5 kept private" in shown
    clock.move_to(clock.now() + timedelta(days=1))
    assert "In numbers" not in told_in(await cohort.ada.ok("digest preview")), "a new period has begun"


async def test_digest_tells_negative_results_that_were_shared(cohort: CohortFixture) -> None:
    for who, share in ((cohort.ada, "shared"), (cohort.ben, "private")):
        await who.ok(
            "checkin now",
            progress="x",
            learned=f"{who.person.name} saw\nit fail",
            negative="yes",
            share=share,
        )
    lines = told_in(await cohort.mina.ok("digest preview"))
    at = lines.index("What did not work and what it taught")
    assert lines[at + 1] == "Ada · Ada saw it fail"
    assert not any("Ben saw" in line for line in lines)


async def test_feature_brings_its_own_section(cohort: CohortFixture, registry: Registry) -> None:
    without = replace(registry, sections=())
    alone = replace(cohort, core=replace(cohort.core, registry=without))
    assert "quiet stretch" in text_of(await replace(alone.ada, core=alone.core).ok("digest preview"))


@pytest.mark.case(63)
async def test_form_says_who_will_read_it_and_what_was_planned(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    first = await cohort.ada.form("checkin now")
    assert (first.title, first.fields[0].note) == ("Check in, for you alone", "")
    kept = answered(await cohort.ada.submit(first, progress="Ran it", next="Run it\nagain"))
    await cohort.ada.click(kept, "Share it")
    clock.move_to(clock.now() + timedelta(days=1))
    second = await cohort.ada.form("checkin now")
    assert (second.title, second.fields[0].note) == (
        "Check in, for the cohort",
        "You had planned: Run it again",
    )
    assert "sharing it" in text_of(await cohort.ada.submit(second, progress="Ran it again"))
    clock.move_to(clock.now() + timedelta(days=1))
    assert (await cohort.ada.form("checkin now")).fields[0].note == "", "nothing was planned since"
    await cohort.ada.ok("checkin unshare", day="yesterday")
    third = await cohort.ada.form("checkin now")
    assert third.title == "Check in, for you alone"


async def test_organizer_sets_how_the_first_one_is_kept(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin set", key="checkin-sharing", value="shared")
    assert (await cohort.ada.form("checkin now")).title == "Check in, for the cohort"
    assert "sharing it" in text_of(await cohort.ada.ok("checkin now", progress="x"))
    assert "eyes only" in text_of(await cohort.ben.ok("checkin now", progress="x", share="private"))


async def test_form_is_kept_as_its_title_said_on_the_day_it_opened(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    form = await cohort.ada.form("checkin now")
    await cohort.olu.ok("cohort-admin set", key="checkin-sharing", value="shared")
    clock.move_to(clock.now() + timedelta(hours=16))
    assert "eyes only" in text_of(await cohort.ada.submit(form, progress="Begun before midnight"))
    assert "Mon 23 Nov 2026: kept private" in text_of(await cohort.ada.ok("checkin status"))


async def test_mood_is_not_asked_where_it_is_off(cohort: CohortFixture) -> None:
    before = await cohort.ada.form("checkin now")
    await cohort.olu.ok("cohort-admin set", key="checkin-mood", value="off")
    assert "mood" not in [each.name for each in (await cohort.ben.form("checkin now")).fields]
    kept = await cohort.ada.submit(before, progress="x", mood="2")
    assert "not asked for here any more, so I did not keep that" in text_of(kept)
    assert "mood" not in [each.name for each in (await cohort.ada.form("checkin edit")).fields]


async def test_typed_edit_keeps_what_it_does_not_name(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok(
        "checkin now", progress="One", learned="It fails", negative="yes", blocker="The queue", mood="2"
    )
    await cohort.ada.ok("checkin edit", progress="Two")
    values = {each.name: each.value for each in (await cohort.ada.form("checkin edit")).fields}
    assert (values["progress"], values["learned"], values["mood"]) == ("Two", "It fails", "2")
    emptied = await cohort.ada.submit(
        await cohort.ada.form("checkin edit"), learned="", blocker="", mood="", progress="Three"
    )
    assert text_of(emptied) == "Changed, for your eyes only. Thank you.", (
        "what is emptied takes its kind with it"
    )
    assert "something learned" in text_of(await cohort.ada.fails("checkin mark", negative="yes"))


async def test_marks_state_the_wanted_end(cohort: CohortFixture) -> None:
    kept = await cohort.ada.ok("checkin now", progress="One", learned="It fails", blocker="The queue")
    assert {"It is a negative result", "Data", "Theory", "Something personal"} <= {
        each.label for each in buttons_of(kept)
    }
    first = await cohort.ada.click(kept, "It is a negative result", message="m")
    assert text_of(await cohort.ada.click(kept, "It is a negative result", message="m")) == text_of(first)
    back = answered(await cohort.ada.click(first, "It is no negative result"))
    assert "month" not in text_of(back)
    assert "please say what it is" in text_of(await cohort.ada.fails("checkin mark")).lower()
