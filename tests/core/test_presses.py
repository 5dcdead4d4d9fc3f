"""Buttons that change something once, through the one way in."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from core.chat.model import Button, Reply
from core.clock import FixedClock
from core.commands import handled_calls
from core.commands.registry import Registry
from core.commands.spec import Once
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, button_of, refused, text_of


def _count(conn: Conn, table: str) -> int:
    return int(conn.value(f"SELECT count(*) FROM {table}"))


async def _save(cohort: CohortFixture) -> Button:
    shown = await cohort.olu.ok(
        "cohort-admin schedule-add", kind="checkin", when="daily 18:00", preview="yes"
    )
    return button_of(shown, "Save it")


@pytest.mark.case(51)
async def test_two_presses_make_one_schedule(cohort: CohortFixture, clock: FixedClock) -> None:
    save = await _save(cohort)
    answered(await cohort.olu.click(save, message="m1"))
    first = await cohort.olu.again()
    second = refused(await cohort.olu.click(save, message="m1"))
    assert text_of(first).startswith("Schedule #1 is saved")
    assert text_of(second).startswith("You pressed this button already, Mon 23 Nov")
    assert await cohort.core.store.read(_count, "schedule") == 1

    clock.move_to(clock.now() + timedelta(days=30))
    await cohort.core.store.write(handled_calls.forget, clock.now(), 100)
    assert "already" in text_of(refused(await cohort.olu.click(save, message="m1")))
    assert await cohort.core.store.read(_count, "schedule") == 1
    answered(await cohort.olu.click(save, message="m2"))  # the same button of another message is another one


@pytest.mark.case(51)
async def test_two_devices_press_at_once(cohort: CohortFixture) -> None:
    save = await _save(cohort)
    both: Sequence[object] = await asyncio.gather(*(cohort.olu.click(save, message="m1") for _ in range(2)))
    assert sorted(each.error for each in both if isinstance(each, Reply)) == [False, True]
    assert await cohort.core.store.read(_count, "schedule") == 1


@pytest.mark.case(51)
async def test_one_press_settles_it_for_all(cohort: CohortFixture, delivery: Delivery) -> None:
    saved = await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 18:00")
    await cohort.olu.ok("cohort-admin organizer", person="U-mina", add="yes")
    run = button_of(saved, "Post one now")
    before = await cohort.core.store.read(_count, "outbox")
    answered(await cohort.olu.click(run, message="m1"))
    told = refused(await cohort.mina.click(run, message="m1"))
    assert text_of(told).startswith("Olu pressed this button already")
    assert await cohort.core.store.read(_count, "outbox") == before + 1


async def test_refused_press_can_be_repeated(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="You and Your Research")
    saved = await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when="daily 18:00")
    run = button_of(saved, "Post one now")
    await cohort.ada.ok("reading vote", item="1")
    await cohort.core.store.write(
        lambda conn: conn.run("UPDATE reading_item SET number = 1 WHERE number = 1")
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.delivery.firing.run_now", lambda *_: 0)
        assert "nothing to post" in text_of(refused(await cohort.olu.click(run, message="m1")))
    answered(await cohort.olu.click(run, message="m1"))


async def test_wanted_end_is_stated_again(cohort: CohortFixture) -> None:
    saved = await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 18:00")
    pause = button_of(saved, "Pause")
    for _ in range(2):
        answered(await cohort.olu.click(pause, message="m1"))
        await cohort.olu.ok("cohort-admin schedule-resume", schedule="1")


@pytest.mark.case(55)
async def test_digest_by_hand_shortens_no_other(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="fridays 16:00")
    clock.move_to(clock.now() + timedelta(days=5))
    await delivery.flush()
    first = len(outlet.sent)
    clock.move_to(clock.now() + timedelta(days=6))
    await cohort.ada.ok("digest preview")
    await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    clock.move_to(clock.now() + timedelta(hours=12))
    await delivery.flush()
    by_hand, regular = (text_of(each.reply) for each in outlet.sent[first:])
    assert "Fri 27 Nov 2026 to Fri 4 Dec 2026" in by_hand
    assert "Fri 27 Nov 2026 to Fri 4 Dec 2026" in regular


def test_only_what_states_an_end_repeats(registry: Registry) -> None:
    repeats = {name for name, command in registry.commands.items() if command.once is Once.REPEATS}
    settle = {name for name, command in registry.commands.items() if command.once is Once.ALL}
    assert not repeats & settle
    assert {"reading vote", "cohort-admin schedule-pause", "cohort-admin schedule-resume"} <= repeats
    assert {"cohort-admin schedule-run", "cohort-admin schedule-add", "reading take"} <= settle
