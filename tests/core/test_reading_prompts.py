"""The week of a prompt: its thread with questions, who sits it out, and the reminder of who presents; over both engines."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import PersonRef
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.features.reading.discussions import MOST, QUESTIONS, USUAL_QUESTIONS
from core.store.port import Conn
from tests.outlets import KeepingOutlet
from tests.people import Actor, CohortFixture, answered, buttons_of, text_of

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""Half past ten in Berlin: when the prompt comes."""
THURSDAY, WEEK = MONDAY + timedelta(days=3), timedelta(days=7)


async def prompted(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, items: int = 3, when: str = "mondays 10:30"
) -> None:
    """A list of some length and its first prompt."""
    for number in range(1, items + 1):
        await cohort.olu.ok("reading add", reference=f"Text {number}")
    await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when=when)
    await at(MONDAY, clock, delivery)


async def at(instant: datetime, clock: FixedClock, delivery: Delivery) -> None:
    """Let an instant come."""
    clock.move_to(instant)
    await delivery.tick()
    await delivery.flush()


def told(outlet: KeepingOutlet, words: str) -> list[str]:
    """Who was told by direct message, in these words."""
    return [
        each.target.channel for each in outlet.sent if each.target.direct and words in text_of(each.reply)
    ]


def in_channel(outlet: KeepingOutlet, begins: str) -> list[str]:
    found = [text_of(each.reply) for each in outlet.sent if not each.target.direct]
    return [each for each in found if each.startswith(begins)]


async def test_a_prompt_opens_a_thread_with_the_next_questions(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await prompted(cohort, clock, delivery)
    head, thread = [each for each in outlet.sent if not each.target.direct][-2:]
    assert "Suggested by Olu." in text_of(head.reply)
    assert "The thread below has questions to talk about." in text_of(head.reply)
    assert (thread.thread_of, thread.thread_name) == (f"m{outlet.sent.index(head) + 1}", "Reading: Text 1")
    assert text_of(thread.reply).splitlines() == [
        "💬 What do you make of #1 “Text 1”?",
        "To begin with:",
        *(f"• {each}" for each in USUAL_QUESTIONS[:3]),
    ]
    await at(MONDAY + WEEK, clock, delivery)
    second = in_channel(outlet, "💬")[-1]
    assert "“Text 2”" in second
    assert second.splitlines()[2:] == [f"• {each}" for each in USUAL_QUESTIONS[3:6]]
    answered(await cohort.ada.submit(await cohort.ada.click(thread.reply, "My takeaway"), takeaway="Short"))


async def test_a_missed_prompt_that_is_tried_again_has_its_thread(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("reading add", reference="Text 1")
    await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when="mondays 10:30")
    await at(MONDAY + timedelta(hours=12), clock, delivery)
    assert outlet.sent == []
    missed = await cohort.olu.ok("cohort-admin delivery")
    await cohort.olu.click(next(each for each in buttons_of(missed) if each.label.startswith("Try")))
    await delivery.flush()
    head, thread = outlet.sent
    assert text_of(head.reply).startswith("📖 Let us read this next")
    assert (thread.thread_of, text_of(thread.reply)[:1]) == ("m1", "💬")


async def test_organizers_choose_the_questions(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    form = await cohort.olu.form("cohort-admin set", key="reading-questions")
    assert "value" in [each.name for each in form.fields]
    told_so = await cohort.olu.ok(
        "cohort-admin set",
        key="reading-questions",
        value="What is new? And what is *old*? Who cares? Why now?",
    )
    assert "3 of 4 questions, in turn: What is new? And what is *old*? Who cares? Why now?" in text_of(
        told_so
    )
    assert "Why now? By default: A prompt opens" in text_of(told_so)
    await prompted(cohort, clock, delivery)
    assert in_channel(outlet, "💬")[-1].splitlines()[2:] == [
        "• What is new?",
        "• And what is *old*?",
        "• Who cares?",
    ]
    await at(MONDAY + WEEK, clock, delivery)
    assert in_channel(outlet, "💬")[-1].splitlines()[2:] == [
        "• Why now?",
        "• What is new?",
        "• And what is *old*?",
    ]
    assert "opens no thread" in text_of(
        await cohort.olu.ok("cohort-admin set", key="reading-questions", value="none")
    )
    before = len(in_channel(outlet, "💬"))
    await at(MONDAY + 2 * WEEK, clock, delivery)
    assert len(in_channel(outlet, "💬")) == before
    assert "The thread below" not in in_channel(outlet, "📖")[-1]
    usual = await cohort.olu.ok("cohort-admin set", key="reading-questions", value=" Usual ")
    assert f"3 of {len(USUAL_QUESTIONS)} questions that fit any paper" in text_of(usual)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A question? Another?", "A question? | Another?"),
        ("What is it; is it new? | Why?", "What is it; is it new? | Why?"),
        ("name a figure; what convinced you?", "name a figure | what convinced you?"),
        ("1. One?\n2) Two?\n- Three?\n\n", "One? | Two? | Three?"),
        ("Same? Same?", "Same? |"),
        ("Is it so? And why? |", "Is it so? And why? |"),
        ("何が新しい？ なぜ？", "何が新しい？ | なぜ？"),
        ("  NONE ", "none"),
    ],
)
def test_a_set_of_questions_is_read_and_read_again(typed: str, kept: str) -> None:
    assert QUESTIONS.read(typed) == kept
    assert QUESTIONS.read(kept) == kept, "what stands in the form means the same"


@pytest.mark.parametrize(
    "typed", ["|", "?", " ; ", "x" * 201, "x?|" * 3 + "y" * 300, "Q?\n".join(map(str, range(25)))]
)
async def test_what_is_no_set_of_questions_is_refused_at_its_field(typed: str, cohort: CohortFixture) -> None:
    refused = await cohort.olu.fails("cohort-admin set", key="reading-questions", value=typed)
    assert refused.field == "value"
    assert str(MOST) in text_of(refused) or "|" in text_of(refused)


async def test_a_reader_sits_a_week_out_and_nobody_hears_of_it(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for who in (cohort.ada, cohort.ben, cohort.mina):
        await who.ok("reading present")
    await prompted(cohort, clock, delivery)
    (head,) = [each.reply for each in outlet.sent if text_of(each.reply).startswith("📖 Let us")]
    sent = len(outlet.sent)
    out = answered(await cohort.ben.click(head, "Not this week"))
    assert "Nobody is told" in text_of(out)
    await delivery.flush()
    assert (len(outlet.sent), outlet.edits) == (sent, [])
    assert "You sit this one out." in text_of(await cohort.ben.ok("reading next"))
    assert "sit this one out" not in text_of(await cohort.mina.ok("reading next"))
    await cohort.ada.ok("reading step-down", item="1")
    assert "Mina presents it." in text_of(await cohort.olu.ok("reading next")), (
        "and not Ben, who is next in turn"
    )
    back = answered(await cohort.ben.click(out, "Take part after all"))
    assert "You take part in #1 “Text 1” after all." in text_of(back)
    await cohort.mina.ok("reading step-down", item="1")
    assert "Ben presents it." in text_of(await cohort.olu.ok("reading next"))
    stale = await cohort.olu.ok("reading skip")
    await at(MONDAY + WEEK, clock, delivery)
    late = await cohort.olu.click(stale, "Take part after all")
    assert "That week is over: #2 “Text 2” is being read now" in text_of(late)

    def rows(conn: Conn) -> int:
        return len(conn.all("SELECT 1 AS yes FROM reading_skip"))

    assert await cohort.core.store.read(rows) == 0, "who sat out a week is forgotten with it"


async def test_a_presenter_who_sits_out_passes_the_turn_on(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading present")
    assert "Nothing is being read just now." in text_of(await cohort.ada.fails("reading skip"))
    await prompted(cohort, clock, delivery)
    (head,) = [each.reply for each in outlet.sent if text_of(each.reply).startswith("📖 Let us")]
    assert "Ada presents it." in text_of(head)
    out = text_of(await cohort.ada.click(head, "Not this week"))
    assert "Noted: you do not present #1 “Text 1” this week." in out
    assert "goes to Ben" in out
    assert out.count("Text 1") == 1
    await delivery.flush()
    assert all("Ben presents it." in text_of(each.reply) for _, each in outlet.edits)
    assert len(outlet.edits) == 2, "the prompt and its thread"
    assert told(outlet, "A turn to present has come to you") == ["U-ben"]


async def test_who_reads_it_or_presents_it_sits_it_out_no_more(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await prompted(cohort, clock, delivery)
    for command in ("reading done", "reading present"):
        await cohort.ada.ok("reading skip")
        await cohort.ada.ok(command, item="1")
        assert "sit this one out" not in text_of(await cohort.ada.ok("reading next"))


async def test_who_takes_a_turn_that_was_offered_sits_it_out_no_more(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery
) -> None:
    await cohort.ada.ok("reading present")
    await prompted(cohort, clock, delivery)
    await cohort.ben.ok("reading skip")
    await cohort.ada.ok("reading swap", person=PersonRef("U-ben", "Ben"))
    await cohort.ben.ok("reading take", item="1")
    said = text_of(await cohort.ben.ok("reading next"))
    assert "Ben presents it." in said
    assert "sit this one out" not in said


NUDGE = "You present #1 “Text 1” in Lab."


async def nudged(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> list[str]:
    await at(THURSDAY, clock, delivery)
    return told(outlet, NUDGE)


async def test_the_presenter_alone_is_reminded_in_the_middle_of_the_week(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("reading present")
    await prompted(cohort, clock, delivery)
    await at(THURSDAY - timedelta(minutes=1), clock, delivery)
    assert told(outlet, NUDGE) == []
    assert await nudged(cohort, clock, delivery, outlet) == ["U-ada"]
    await at(THURSDAY + timedelta(days=1), clock, delivery)
    assert told(outlet, NUDGE) == ["U-ada"], "once"
    (message,) = [each.reply for each in outlet.sent if NUDGE in text_of(each.reply)]
    assert [each.label for each in buttons_of(message)] == [
        "What is being read",
        "Swap with somebody",
        "Pass it on",
    ]


async def _away(who: Actor) -> None:
    await who.ok("profile away", until="2026-12-01")


async def _off(who: Actor) -> None:
    await who.ok("profile reminders", on="no", kind="nudges")


async def _down(who: Actor) -> None:
    await who.ok("reading step-down", item="1")


async def _left(who: Actor) -> None:
    await who.ok("cohort leave")


@pytest.mark.parametrize("change", [_away, _off, _down, _left])
async def test_who_does_not_present_any_more_or_wants_none_is_not_reminded(
    change: Callable[[Actor], Awaitable[None]],
    cohort: CohortFixture,
    clock: FixedClock,
    delivery: Delivery,
    outlet: KeepingOutlet,
) -> None:
    await cohort.ada.ok("reading present")
    await prompted(cohort, clock, delivery)
    await change(cohort.ada)
    assert await nudged(cohort, clock, delivery, outlet) == []


async def test_whose_turn_came_within_the_day_is_not_reminded_of_it(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading present")
    await prompted(cohort, clock, delivery)
    clock.move_to(THURSDAY - timedelta(hours=2))
    await cohort.ada.ok("reading step-down", item="1")
    assert await nudged(cohort, clock, delivery, outlet) == []


@pytest.mark.parametrize(
    ("when", "reminded"),
    [("daily 10:30", []), ("mondays and thursdays 10:30", ["U-ada"])],
    ids=["daily", "twice"],
)
async def test_the_middle_is_that_before_the_next_prompt(
    when: str,
    reminded: list[str],
    cohort: CohortFixture,
    clock: FixedClock,
    delivery: Delivery,
    outlet: KeepingOutlet,
) -> None:
    await cohort.ada.ok("reading present")
    await prompted(cohort, clock, delivery, when=when)
    await at(MONDAY + timedelta(days=1), clock, delivery)
    assert told(outlet, NUDGE) == reminded


async def test_a_break_is_a_break_for_reminders_too(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("reading present")
    await cohort.olu.ok("cohort-admin set", key="breaks", value="2026-11-26")
    await prompted(cohort, clock, delivery)
    assert await nudged(cohort, clock, delivery, outlet) == []


async def test_a_posted_prompt_follows_what_is_corrected_and_removed(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await prompted(cohort, clock, delivery)

    async def edited() -> list[str]:
        await delivery.flush()
        found = [text_of(each.reply) for _, each in outlet.edits]
        outlet.edits.clear()
        return found

    await cohort.olu.ok("reading edit", item="1", title="The first text")
    assert ["“The first text”" in each for each in await edited()] == [True, True]
    removed = await cohort.olu.ok("reading remove", item="1")
    assert await edited() == ["This was taken off the reading list."] * 2
    await cohort.olu.click(removed, "Put it back")
    assert ["“The first text”" in each for each in await edited()] == [True, True]


async def test_a_removed_item_does_not_come_back_beside_the_same_work(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="arXiv:2306.03262")
    removed = await cohort.ada.ok("reading remove", item="1")
    await cohort.ben.ok("reading add", reference="https://arxiv.org/pdf/2306.03262v2")
    refused = await cohort.ada.click(removed, "Put it back")
    assert "The same work is on the list again, as #2" in text_of(refused)
    await cohort.ada.ok("reading add", reference="On being the right size")
    removed = await cohort.ada.ok("reading remove", item="3")
    await cohort.ben.ok("reading add", reference="On being the right size.")
    await cohort.ada.click(removed, "Put it back")
    assert "may be the same as #4" in text_of(await cohort.ada.ok("reading show", item="3"))
