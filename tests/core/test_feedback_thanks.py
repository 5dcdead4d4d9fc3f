"""Thanks: told at once, a line of the digest, taken back by who said them; nobody counts them."""

from collections.abc import Mapping
from datetime import timedelta

from core.clock import FixedClock
from core.delivery.service import Delivery
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, listed, text_of
from tests.redelivery import Redelivered

THANK = ("olu", "feedback thank", {"person": "Ada", "words": "You found the bug."})
REDELIVERED: Mapping[str, Redelivered] = {
    "feedback thank": Redelivered({"person": "Ada", "words": "You found the bug."}),
    "feedback unthank": Redelivered({"thanks": "1"}, before=[THANK]),
    "feedback thanks": Redelivered(before=[THANK]),
}
"""A call of every command, which is also delivered a second time: one effect, the same answer."""

HOSTILE = "@everyone **you** <!channel>"


async def digest(cohort: CohortFixture, clock: FixedClock) -> str:
    clock.move_to(clock.now() + timedelta(minutes=1))
    shown = await cohort.olu.ok("digest preview")
    return "\n".join([text_of(shown), *listed(shown)])


async def test_thanks_are_told_and_in_the_digest(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    said = await cohort.ada.ok("feedback thank", person="Ben", words=HOSTILE)
    assert text_of(said) == f"I tell Ben now, and the next digest says it to all:\n> {HOSTILE}"
    await delivery.flush()
    assert [(each.target.channel, text_of(each.reply)) for each in outlet.sent] == [
        ("U-ben", f"Ada thanks you, in Lab:\n> {HOSTILE}")
    ]
    assert f"Ada thanks Ben · {HOSTILE}" in await digest(cohort, clock)
    assert f"1. Ada thanks Ben: {HOSTILE}" in text_of(await cohort.ben.ok("feedback thanks"))
    assert "no thanks yet" in text_of(await cohort.mina.ok("feedback thanks"))


async def test_thanks_are_taken_back_by_who_said_them(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    said = await cohort.ada.ok("feedback thank", person="Ben", words="zebra")
    others = await cohort.ben.fails("feedback unthank", thanks="1")
    assert others.field == "thanks"
    assert "no thank you 1 of yours" in text_of(others)
    gone = answered(await cohort.ada.click(said, "Take it back"))
    assert text_of(gone).startswith("Your thanks to Ben are taken back.")
    await delivery.flush()
    assert outlet.sent == [], "what had not left does not leave"
    assert "zebra" not in await digest(cohort, clock)


async def test_what_a_digest_said_stays_said(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="digest", when="daily 18:00")
    said = await cohort.ada.ok("feedback thank", person="Ben", words="zebra")
    clock.move_to(clock.now() + timedelta(minutes=1))
    await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    await delivery.flush()
    posted = [each.reply for each in outlet.sent if not each.target.direct]
    assert "Ada thanks Ben · zebra" in [line for each in posted for line in listed(each)]
    await cohort.ada.click(said, "Take it back")
    await delivery.flush()
    assert outlet.edits == []


async def test_thanks_need_somebody_else_and_have_an_end(cohort: CohortFixture, clock: FixedClock) -> None:
    assert (await cohort.ada.fails("feedback thank", person="Ada", words="Me")).field == "person"
    for n in range(20):
        await cohort.ada.ok("feedback thank", person="Ben", words=f"For {n}")
    assert "Tomorrow" in text_of(await cohort.ada.fails("feedback thank", person="Ben", words="More"))
    clock.move_to(clock.now() + timedelta(days=1, minutes=1))
    await cohort.ada.ok("feedback thank", person="Ben", words="More")


async def test_who_wants_no_messages_gets_none(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ben.ok("profile reminders", on="no")
    said = await cohort.ada.ok("feedback thank", person="Ben", words="You helped")
    assert text_of(said).startswith("No direct message reaches Ben now, and the next digest says it")
    await delivery.flush()
    assert outlet.sent == []
