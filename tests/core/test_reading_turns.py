"""Presenters in turn: who presents what, how a turn changes hands, and what presenters are told."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.chat.model import PersonRef, Place, Reply, Source
from core.clock import FixedClock
from core.cohorts import directory
from core.commands.registry import Registry
from core.commands.spec import Post
from core.delivery.service import Delivery
from core.features.reading.handovers import end_turns
from core.features.reading.posts import compose_prompt, render_prompt
from core.store.port import Conn
from tests.outlets import KeepingOutlet
from tests.people import EARLY, Actor, CohortFixture, answered, buttons_of, found_cohort, refused, text_of

HOSTILE = "@everyone **Zoe** {name} <!channel>"
DAY = date(2026, 11, 23)
WEEK = timedelta(days=7)


async def prompt(cohort_fixture: CohortFixture, day: date = DAY) -> Reply | None:
    """What the schedule posts on a day, from what it stored. It is written whole, as delivery does."""
    at = cohort_fixture.core.clock.now()

    def fire(conn: Conn) -> Post | None:
        cohort = directory.cohort(conn, cohort_fixture.id)
        assert cohort is not None
        data = compose_prompt(conn, cohort, day, at)
        return None if data is None else Post(1, cohort, "reading.prompt", json.loads(json.dumps(data)), at)

    post = await cohort_fixture.core.write(cohort_fixture.id, fire)
    return None if post is None else await render_prompt(cohort_fixture.core, post)


async def presenter(cohort_fixture: CohortFixture, day: date = DAY) -> str | None:
    """Whom the prompt of a day names."""
    sent = await prompt(cohort_fixture, day)
    assert sent is not None
    named = [line for line in text_of(sent).splitlines() if line.endswith(" presents it.")]
    assert ("I can present" in [each.label for each in buttons_of(sent)]) == (not named)
    return named[0].removesuffix(" presents it.") if named else None


async def fill(cohort_fixture: CohortFixture, items: int = 4) -> None:
    for number in range(1, items + 1):
        await cohort_fixture.olu.ok("reading add", reference=f"Text {number}")


def told(outlet: KeepingOutlet) -> list[tuple[str, str]]:
    """The direct messages since the last look: to whom, and their words."""
    sent = [(each.target.channel, text_of(each.reply)) for each in outlet.sent if each.target.direct]
    outlet.sent.clear()
    return sent


def person(name: str) -> PersonRef:
    return PersonRef(f"U-{name.lower()}", name)


async def test_nobody_presents_until_somebody_offers(cohort: CohortFixture) -> None:
    await fill(cohort)
    sent = await prompt(cohort)
    assert sent is not None
    assert "Would you like to present it to the others?" in text_of(sent)
    taken = answered(await cohort.ada.click(sent, "I can present"))
    assert "You present #1 “Text 1”, which is being read now." in text_of(taken)
    assert text_of(await cohort.ben.ok("reading next")).startswith(
        "Being read since Mon 23 Nov 2026:\n#1 “Text 1”\nAda presents it.\nUp next, chosen as what had waited longest:"
    )
    refusal = text_of(refused(await cohort.ben.click(sent, "I can present")))
    assert refusal.startswith("Ada presents #1 already.")
    assert "reading swap" in refusal
    assert await presenter(cohort) == "Ada", "the same day asked again, the same presenter"
    assert await presenter(cohort, DAY + WEEK) == "Ada", "who takes an item is on the rota too"


async def test_post_stored_without_presenter_still_renders(cohort: CohortFixture) -> None:
    await fill(cohort)
    lab = await cohort.core.store.read(directory.cohort, cohort.id)
    assert lab is not None
    data = {"number": 1, "reference": "Text 1", "why": None, "by": "Olu", "votes": 2}
    reply = await render_prompt(cohort.core, Post(1, lab, "reading.prompt", data, EARLY))
    assert text_of(reply).endswith(
        "Suggested by Olu. 2 votes. Read as much as you have time for, and say what you take from it."
    )
    assert [each.label for each in buttons_of(reply)] == [
        "I read it",
        "My takeaway",
        "Vote for it",
        "The list",
    ]


async def test_members_present_in_turn_in_order_they_joined(cohort: CohortFixture) -> None:
    await fill(cohort)
    for who in (cohort.ben, cohort.ada, cohort.mina):  # all at the same instant: the clock stands still
        assert "in turn now" in text_of(await who.ok("reading present"))
    names = [await presenter(cohort, DAY + week * WEEK) for week in range(4)]
    assert names == ["Ben", "Ada", "Mina", "Ben"]
    assert "It is Ada’s turn to present then." in text_of(await cohort.olu.ok("reading next"))
    await cohort.olu.ok("reading present")
    assert await presenter(cohort, DAY + 4 * WEEK) == "Olu", "who never presented comes first"


async def test_offering_twice_is_offering_once(cohort: CohortFixture) -> None:
    await fill(cohort)
    first = await cohort.ada.ok("reading present")
    assert await cohort.ada.again() == first
    assert "in turn already" in text_of(await cohort.ada.ok("reading present"))
    claimed = await cohort.ada.ok("reading present", item="3")
    assert await cohort.ada.again() == claimed
    assert "You present it already: #3 “Text 3” when it comes up." in text_of(
        await cohort.ada.ok("reading present", item="3")
    )

    def counts(conn: Conn) -> list[int]:
        tables = ("reading_presenter", "reading_turn")
        return [len(conn.all(f"SELECT 1 AS yes FROM {table}")) for table in tables]

    assert await cohort.core.store.read(counts) == [1, 1]


async def test_who_took_item_presents_it_unless_they_are_away(cohort: CohortFixture) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present")
    await cohort.ben.ok("reading present", item="1")
    assert (
        "Up next, because nobody has voted, and it has waited longest:\n#1 “Text 1”\nBen presents it."
        in text_of(await cohort.olu.ok("reading next"))
    )
    await cohort.mina.ok("reading present", item="2")
    assert await presenter(cohort) == "Ben", "though Ada has waited for longer"
    await cohort.mina.ok("profile away", until=(DAY + WEEK).isoformat())
    assert await presenter(cohort, DAY + WEEK) == "Ada"
    assert await presenter(cohort, DAY + 2 * WEEK) == "Mina", "back, and never presented"


async def test_time_away_to_come_takes_no_turn(cohort: CohortFixture) -> None:
    await fill(cohort)
    await cohort.mina.ok("reading present", item="2")
    later = {"from": (DAY + WEEK).isoformat(), "until": (DAY + 2 * WEEK).isoformat()}
    await cohort.mina.ok("profile away", **later)
    assert await presenter(cohort) == "Mina"


async def test_with_everybody_away_it_is_open_to_all(cohort: CohortFixture) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present", item="1")
    await cohort.ada.ok("profile away", until=DAY.isoformat())
    assert await presenter(cohort) is None
    assert await presenter(cohort, DAY + WEEK) == "Ada"


async def test_presenter_is_told_once(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present")
    await prompt(cohort)
    await prompt(cohort)
    await delivery.flush()
    message = outlet.sent[0].reply
    assert [who for who, _ in told(outlet)] == ["U-ada"]
    assert "It is your turn to present in Lab:\n#1 “Text 1”\n" in text_of(message)
    direct = cohort.ada.in_direct()
    assert "Ada presents it." in text_of(answered(await direct.click(message, "What is being read")))
    form = await direct.click(message, "Swap with somebody")
    asked = answered(await direct.submit(form, person=person("Ben")))
    assert text_of(asked) == (
        "Your question to Ben goes to the cohort’s channel.\n"
        "I am posting it in lab, and tell you if that fails.\nIt is your turn until they take it."
    )
    await delivery.flush()
    alone, question = sorted(outlet.sent, key=lambda each: not each.target.direct)
    assert (alone.target.channel, question.target.channel) == ("U-ben", "C1")
    assert text_of(alone.reply) == text_of(question.reply), "they are asked where they will read it"
    assert text_of(question.reply).startswith("Ada asks Ben: would you present #1 “Text 1” instead?")
    outlet.sent.clear()
    taken = answered(await cohort.ben.click(question.reply, "I take it"))
    assert text_of(taken) == "Ben presents #1 “Text 1”.\nThank you! Ada has a turn again another time."
    await delivery.flush()
    assert told(outlet) == [
        ("U-ada", "Ben takes your turn and presents #1 “Text 1”.\nThere is nothing left for you to do.")
    ]


async def test_who_wants_no_messages_gets_none(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present")
    await cohort.ada.ok("profile reminders", on="no")
    assert await presenter(cohort) == "Ada"
    await delivery.flush()
    assert told(outlet) == []


async def test_notice_waits_for_quiet_hours_and_is_withdrawn_with_its_turn(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present")
    await cohort.mina.ok("reading present", item="2")
    clock.move_to(clock.now().replace(hour=22))  # eleven in Berlin
    await prompt(cohort)
    await delivery.flush()
    assert told(outlet) == []
    clock.move_to(clock.now() + timedelta(hours=10))
    await delivery.flush()
    assert [(who, words.splitlines()[0]) for who, words in told(outlet)] == [
        ("U-ada", "📖 It is your turn to present in Lab:")
    ]
    clock.move_to(clock.now() + timedelta(hours=14))
    await prompt(cohort, DAY + WEEK)
    await delivery.flush()
    await cohort.mina.ok("reading swap", person=person("Ben"))
    await cohort.ben.ok("reading take", item="2")
    clock.move_to(clock.now() + timedelta(hours=10))
    await delivery.flush()
    assert [(who, words.splitlines()[0]) for who, words in told(outlet)] == [
        ("U-mina", "Ben takes your turn and presents #2 “Text 2”.")
    ]


async def test_waiting_notice_is_obsolete_once_turn_is_passed_on(
    cohort: CohortFixture,
) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present")
    await prompt(cohort)

    def is_obsolete(conn: Conn) -> bool:
        row = conn.one("SELECT data FROM outbox WHERE kind = 'reading.turn'")
        lab = directory.cohort(conn, cohort.id)
        known = directory.person_of(conn, cohort.ada.person)
        assert row is not None
        assert lab is not None
        assert known is not None
        ada = directory.member_of(conn, lab.id, known)
        asks = cohort.core.registry.posts["reading.turn"].is_obsolete
        assert ada is not None
        assert asks is not None
        return asks(conn, Post(1, lab, "reading.turn", json.loads(row["data"]), EARLY), ada, EARLY)

    assert not await cohort.core.store.read(is_obsolete)
    await cohort.ada.ok("reading step-down")
    assert await cohort.core.store.read(is_obsolete)


async def test_swap_needs_other_ones_word(cohort: CohortFixture) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present", item="1")
    question = await cohort.ada.ok("reading swap", person=person("Ben"))
    assert not question.private
    assert await cohort.ada.again() == question
    for other in (cohort.mina, cohort.ada):
        assert "Ben was asked" in text_of(refused(await other.click(question, "I take it")))
    assert await presenter(cohort) == "Ada"
    taken = answered(await cohort.ben.click(question, "I take it"))
    assert not taken.private
    assert await cohort.ben.again() == taken
    assert await presenter(cohort) == "Ben"
    assert "yours already" in text_of(refused(await cohort.ben.click(question, "I take it")))
    assert "not on offer" in text_of(refused(await cohort.ada.click(question, "I take it")))
    assert await presenter(cohort, DAY + WEEK) == "Ada", "she has still to present"


async def test_who_takes_turn_gives_their_own_in_return(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present", item="1")
    await cohort.ben.ok("reading present", item="3")
    question = await cohort.ada.ok("reading swap", person=person("Ben"))
    taken = answered(await cohort.ben.click(question, "I take it"))
    assert text_of(taken) == "Ben presents #1 “Text 1”.\nAda presents #3 “Text 3” in return."
    await delivery.flush()
    assert told(outlet) == [
        ("U-ada", "Ben takes your turn and presents #1 “Text 1”.\nYou present #3 “Text 3” in return.")
    ]
    names = [await presenter(cohort, DAY + week * WEEK) for week in (0, 2)]
    assert names == ["Ben", "Ada"], "the second one is free, and would be anybody's"


async def test_latest_offer_counts(cohort: CohortFixture) -> None:
    await fill(cohort)
    for item in ("1", "2"):
        await cohort.ada.ok("reading present", item=item)
    first = await cohort.ada.ok("reading swap", person=person("Ben"), item="2")
    assert "#2 “Text 2”" in text_of(first)
    second = await cohort.ada.ok("reading swap", person=person("Mina"), item="2")
    assert "Mina was asked" in text_of(refused(await cohort.ben.click(first, "I take it")))
    assert "Mina presents #2" in text_of(await cohort.mina.click(second, "I take it"))


async def test_what_cannot_be_swapped_says_why(cohort: CohortFixture) -> None:
    await fill(cohort)
    assert "no turn to offer" in text_of(await cohort.ada.fails("reading swap", person=person("Ben")))
    await cohort.ada.ok("reading present", item="1")
    assert (await cohort.ada.fails("reading swap", person=person("Ada"))).field == "person"
    stranger = await cohort.ada.fails("reading swap", person=person("Eve"))
    assert "Eve is not in Lab" in text_of(stranger)
    assert "Ada presents #1, so only Ada" in text_of(
        await cohort.ben.fails("reading swap", person=person("Mina"), item="1")
    )
    assert "Nobody presents #2 yet" in text_of(
        await cohort.ada.fails("reading swap", person=person("Ben"), item="2")
    )
    assert "not on offer" in text_of(await cohort.ben.fails("reading take", item="1"))
    refused(await cohort.somebody("Eve")("reading take", item="1"))


async def test_offer_ends_with_next_prompt(cohort: CohortFixture) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present", item="1")
    question = await cohort.ada.ok("reading swap", person=person("Ben"))
    await prompt(cohort)
    await prompt(cohort, DAY + WEEK)
    assert "not on offer" in text_of(refused(await cohort.ben.click(question, "I take it")))


@pytest.mark.case(29)
async def test_another_cohorts_turns_are_out_of_reach(cohort: CohortFixture) -> None:
    elsewhere = Place("test", "W2", "C9", name="other")
    other = await found_cohort(cohort.core, "Other", place=elsewhere)
    await fill(other)
    await other.ada.ok("reading present", item="1")
    await other.ada.ok("reading swap", person=person("Ben"))
    await fill(cohort, 1)
    for command, args in (("reading take", {"item": "1"}), ("reading present", {"item": "4"})):
        refused(await cohort.ben.send(command, args))
        refused(await cohort.ben.send(command, args, cohort=other.id, source=Source.BUTTON))
    assert await presenter(cohort) is None
    assert await presenter(other) == "Ada"


async def test_hostile_names_stay_plain(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    zoe = cohort.somebody("Zoe")
    zoe = Actor(zoe.core, replace(zoe.person, name=HOSTILE), zoe.place)
    await zoe.ok("cohort join")
    await fill(cohort)
    await zoe.ok("reading present")
    assert await presenter(cohort) == HOSTILE
    assert f"{HOSTILE} presents #1 already" in text_of(await cohort.ada.fails("reading present", item="1"))
    question = await zoe.ok("reading swap", person=person("Ben"))
    assert text_of(question).startswith(f"{HOSTILE} asks Ben:")
    await cohort.ben.ok("reading take", item="1")
    await cohort.ben.ok("reading swap", person=person("Zoe"))
    assert f"{HOSTILE} was asked" in text_of(await cohort.ada.fails("reading take", item="1"))
    await zoe.ok("reading take", item="1")
    await delivery.flush()
    assert ("U-ben", f"{HOSTILE} takes your turn and presents #1 “Text 1”.") in [
        (who, words.splitlines()[0]) for who, words in told(outlet)
    ]


async def test_stepping_down_passes_turns_on(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await fill(cohort)
    assert "not among those" in text_of(await cohort.ada.ok("reading step-down"))
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading present")
    await cohort.ada.ok("reading present", item="3")
    assert await presenter(cohort) == "Ada"
    reply = await cohort.ada.ok("reading step-down")
    assert text_of(reply).splitlines()[1:] == [
        "• #1 “Text 1” goes to Ben.",
        "• #3 “Text 3” is free for somebody else.",
    ]
    assert await cohort.ada.again() == reply
    await delivery.flush()
    assert [who for who, _ in told(outlet)] == ["U-ben"], "what waited for Ada is not sent any more"
    assert await presenter(cohort) == "Ben"
    assert await presenter(cohort, DAY + 2 * WEEK) == "Ben", "Ada is on the rota no more"
    await cohort.ada.click(reply, "Present after all")
    assert await presenter(cohort, DAY + 3 * WEEK) == "Ada"


async def test_one_turn_is_passed_on_and_never_comes_back(cohort: CohortFixture) -> None:
    await fill(cohort)
    for who in (cohort.ada, cohort.ben):
        await who.ok("reading present")
    assert await presenter(cohort) == "Ada"
    assert "Ada presents #1" in text_of(await cohort.ben.fails("reading step-down", item="1"))
    assert "goes to Ben" in text_of(await cohort.ada.ok("reading step-down", item="1"))
    assert "free for somebody" in text_of(await cohort.ben.ok("reading step-down", item="1"))
    assert "Nobody presents #1" in text_of(await cohort.ben.fails("reading step-down", item="1"))
    assert await presenter(cohort, DAY + WEEK) == "Ada", "both are on the rota still"


@pytest.mark.case(20)
async def test_somebody_who_leaves_takes_no_turns_along(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, registry: Registry
) -> None:
    assert end_turns in [each.run for each in registry.member_left_hooks]
    await fill(cohort)
    for who in (cohort.ada, cohort.ben, cohort.mina):
        await who.ok("reading present")
    await cohort.ada.ok("reading present", item="3")
    await cohort.mina.ok("reading present", item="4")
    question = await cohort.mina.ok("reading swap", person=person("Ada"), item="4")
    assert await presenter(cohort) == "Ada"
    await cohort.ada.ok("cohort leave")
    await cohort.ada.again()
    await delivery.flush()
    sent = told(outlet)
    assert [who for who, _ in sent] == ["U-ben"], "what Ada had not read yet is not sent to her"
    assert "A turn to present has come to you in Lab: somebody could not keep it" in sent[0][1]
    assert await presenter(cohort) == "Ben"
    assert "You present #3" in text_of(await cohort.olu.ok("reading present", item="3"))
    await cohort.ada.ok("cohort join")
    assert "not on offer" in text_of(refused(await cohort.ada.click(question, "I take it")))
    assert "not among those" in text_of(await cohort.ada.ok("reading step-down"))


async def test_only_organizer_keeps_turn_until_there_is_another(cohort: CohortFixture) -> None:
    await fill(cohort)
    await cohort.olu.ok("reading present")
    await cohort.ada.ok("reading present")
    assert await presenter(cohort) == "Olu"
    await cohort.olu.fails("cohort leave")
    assert await presenter(cohort) == "Olu"
    await cohort.olu.ok("cohort-admin organizer", person=PersonRef("U-ben", "Ben"), add=True)
    await cohort.olu.ok("cohort leave")
    assert await presenter(cohort) == "Ada"


async def test_posted_prompt_says_who_presents_now(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await fill(cohort)
    await cohort.ada.ok("reading present")
    await cohort.olu.ok("cohort-admin schedule-add", kind="reading", when="daily 18:00")
    await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    await delivery.flush()
    await cohort.ada.ok("reading swap", person=person("Ben"))
    await cohort.ben.ok("reading take", item="1")
    await delivery.flush()
    prompted, thread = (text_of(each.reply) for _, each in outlet.edits[-2:])
    assert "Ben presents it." in prompted
    assert "Ben presents it." in thread
    await cohort.ben.ok("reading step-down", item="1")
    await delivery.flush()
    prompted, thread = (text_of(each.reply) for _, each in outlet.edits[-2:])
    assert "Would you like to present it" in prompted
    assert "presents it" not in thread
