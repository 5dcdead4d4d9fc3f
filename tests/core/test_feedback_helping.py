"""Requests find somebody: asked by topic, taken by one, answered, given back, and not forgotten."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.chat.model import Fields, Form, Reply
from core.clock import FixedClock
from core.cohorts import settings
from core.delivery import deferred
from core.delivery.outlet import Outgoing
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone
from core.store.port import Conn
from tests.outlets import KeepingOutlet, raising
from tests.people import (
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    listed,
    number_of,
    refused,
    text_of,
)
from tests.redelivery import Redelivered

ASK = ("ada", "feedback ask", {"topic": "Statistics"})
CLAIM = ("olu", "feedback claim", {"request": "1"})
ANSWER = ("olu", "feedback answer", {"request": "1", "text": "Take a t-test."})
NAMED = ("olu", "feedback ask", {"topic": "Doubts", "visibility": "cohort", "mentor": "Mina"})
REDELIVERED: Mapping[str, Redelivered] = {
    "feedback claim": Redelivered({"request": "1"}, before=[ASK]),
    "feedback decline": Redelivered({"request": "1"}, before=[ASK]),
    "feedback release": Redelivered({"request": "1"}, before=[ASK, CLAIM]),
    "feedback any-mentor": Redelivered({"request": "1"}, before=[NAMED]),
    "feedback answer": Redelivered({"request": "1", "text": "Take a t-test."}, before=[ASK, CLAIM]),
    "feedback answer-edit": Redelivered(
        {"request": "1", "answer": "1", "text": "Take a Wilcoxon test."}, before=[ASK, CLAIM, ANSWER]
    ),
    "feedback answer-remove": Redelivered({"request": "1", "answer": "1"}, before=[ASK, CLAIM, ANSWER]),
    "profile topics": Redelivered({"topics": "statistics, writing", "at_once": "2"}),
}
"""A call of every command, which is also delivered a second time: one effect, the same answer."""

DAY = timedelta(days=1)


class Told:
    """What was sent, to be read once."""

    def __init__(self, delivery: Delivery, outlet: KeepingOutlet) -> None:
        self._delivery, self._outlet = delivery, outlet
        self.last: dict[str, Reply] = {}

    async def news(self) -> list[tuple[str, str]]:
        """To whom something was sent directly since the last look, and the first line of it."""
        await self._delivery.flush()
        direct = [each for each in self._outlet.sent if each.target.direct]
        self.last |= {each.target.channel: each.reply for each in direct}
        self._outlet.sent.clear()
        return [(each.target.channel, text_of(each.reply).partition("\n")[0]) for each in direct]


@pytest.fixture
def told(delivery: Delivery, outlet: KeepingOutlet) -> Told:
    return Told(delivery, outlet)


async def topics(who: Actor, typed: str, **args: str) -> None:
    await who.ok("profile topics", topics=typed, **args)


OFFER = "Could you give feedback in Lab? Ada asks:"


async def test_who_knows_about_it_is_asked_and_takes_it(cohort: CohortFixture, told: Told) -> None:
    await topics(cohort.ben, "Statistics; writing")
    asked = await cohort.ada.ok("feedback ask", topic="Bayesian statistics", details="Which prior?")
    assert "I ask somebody who may know about it, and tell you when it is taken." in text_of(asked)
    assert await told.news() == [("U-ben", OFFER)], (
        "a peer who knows comes before a mentor who did not say so"
    )
    offer = told.last["U-ben"]
    assert "> Which prior?" in text_of(offer)
    taken = answered(await cohort.ben.in_direct().click(offer, "I take it"))
    assert text_of(taken).startswith("You have taken #1: Bayesian statistics.\nAda asks:\n> Which prior?")
    assert await told.news() == [("U-ada", "Ben has taken your request #1 “Bayesian statistics”.")]
    again = answered(await cohort.ben.click(offer, "I take it"))
    assert text_of(again) == text_of(taken), "pressing it twice does it once"
    assert await told.news() == []


async def test_not_now_asks_the_next_and_tells_nobody(cohort: CohortFixture, told: Told) -> None:
    await topics(cohort.ben, "statistics")
    await cohort.ada.ok("feedback ask", topic="Statistics", visibility="cohort")
    assert await told.news() == [("U-ben", OFFER)]
    declined = answered(await cohort.ben.click(told.last["U-ben"], "Not now"))
    assert "That is fine" in text_of(declined)
    assert await told.news() == [("U-mina", OFFER)], "the asker hears nothing"
    await cohort.ben.click(told.last["U-ben"], "Not now")
    assert await told.news() == [], "once"
    answered(await cohort.ben.ok("feedback claim", request="1"))  # minds change
    late = refused(await cohort.mina.click(told.last["U-mina"], "I take it"))
    assert text_of(late).startswith("Ben has taken #1 already")


async def test_who_is_away_paused_full_or_quiet_is_not_asked(
    cohort: CohortFixture, told: Told, clock: FixedClock
) -> None:
    await topics(cohort.ben, "statistics", at_once="1")
    await topics(cohort.olu, "statistics", paused="yes")
    await cohort.mina.ok("profile away", until="2026-12-31")
    await cohort.ada.ok("feedback ask", topic="Statistics one")
    assert [to for to, _ in await told.news()] == ["U-ben"]
    await cohort.ben.click(told.last["U-ben"], "I take it")
    asked = await cohort.ada.ok("feedback ask", topic="Statistics two")
    assert "Nobody whom I could ask has room now. It keeps its place" in text_of(asked)
    assert [to for to, _ in await told.news()] == ["U-ada"], "that Ben took the first one"
    await cohort.mina.ok("profile back")
    clock.move_to(clock.now() + timedelta(hours=12))  # ten in the evening in Berlin
    await cohort.ada.ok("feedback ask", topic="Statistics three")
    assert await told.news() == [], "nobody is asked in the quiet hours"
    await cohort.ben.ok("feedback claim", request="3")
    clock.move_to(clock.now() + timedelta(hours=11))
    assert [to for to, _ in await told.news()] == ["U-ada"], "and not any more once it is taken"


async def test_the_next_after_two_days_and_an_organizer_after_five(
    cohort: CohortFixture, told: Told, clock: FixedClock
) -> None:
    await topics(cohort.ben, "statistics")
    await cohort.ada.ok("feedback ask", topic="Statistics")
    assert [to for to, _ in await told.news()] == ["U-ben"]
    clock.move_to(clock.now() + 2 * DAY - timedelta(minutes=1))
    assert await told.news() == []
    clock.move_to(clock.now() + timedelta(minutes=2))
    assert [to for to, _ in await told.news()] == ["U-mina"]
    clock.move_to(clock.now() + 3 * DAY)
    found = await told.news()
    assert [to for to, _ in found] == ["U-olu"]
    assert found[0][1].startswith("#1 “Statistics” has waited for feedback since Mon 23 Nov, 10:00")
    for _ in range(4):
        clock.move_to(clock.now() + 2 * DAY)
        assert await told.news() == [], "once"


async def test_an_organizer_reads_no_words_of_what_is_for_mentors(
    cohort: CohortFixture, told: Told, clock: FixedClock
) -> None:
    await cohort.ada.ok("feedback ask", topic="Doubts", visibility="private")
    await told.news()
    clock.move_to(clock.now() + 6 * DAY)
    found = [words for to, words in await told.news() if to == "U-olu"]
    assert len(found) == 1
    assert "Doubts" not in text_of(told.last["U-olu"])
    assert "none has taken it" in found[0]
    assert buttons_of(told.last["U-olu"]) == []


async def test_private_words_come_with_taking_it(cohort: CohortFixture, told: Told) -> None:
    number = number_of(
        await cohort.ada.ok("feedback ask", topic="Doubts", details="Shall I stay?", visibility="private")
    )
    assert await told.news() == [("U-mina", OFFER)]
    offer = told.last["U-mina"]
    assert "Shall I stay?" not in text_of(offer)
    assert "#" + number in text_of(offer)
    assert "> Shall I stay?" in text_of(answered(await cohort.mina.click(offer, "I take it")))
    await told.news()
    await cohort.olu.ok("cohort-admin mentor", person="Ben", add="yes")
    late = refused(await cohort.ben.click(offer, "I take it"))
    assert text_of(late).startswith(f"Mina has taken #{number} already"), "who has it is told to mentors"
    assert "Shall I stay?" not in text_of(await cohort.ben.ok("feedback show", request=number))


async def test_one_named_mentor_alone(cohort: CohortFixture, told: Told, clock: FixedClock) -> None:
    await cohort.olu.ok("cohort-admin mentor", person="Ben", add="yes")
    asked = await cohort.ada.ok("feedback ask", topic="Doubts", details="Shall I stay?", mentor="Mina")
    assert "Only Mina reads it." in text_of(asked)
    assert "I ask Mina to take it." in text_of(asked)
    assert "U-mina" in [to for to, _ in await told.news()]
    assert "> Shall I stay?" in text_of(told.last["U-mina"])
    assert listed(await cohort.ben.ok("feedback list")) == []
    await cohort.mina.click(told.last["U-mina"], "Not now")
    (news,) = await told.news()
    assert news[0] == "U-ada"
    assert "Shall any mentor be able to?" in news[1]
    opened = answered(await cohort.ada.click(told.last["U-ada"], "Let any mentor take it"))
    assert "Only the mentor who takes it reads it" in text_of(opened)
    assert [to for to, _ in await told.news()] == ["U-ben"]
    assert "Shall I stay?" not in text_of(told.last["U-ben"])


async def test_only_who_asked_opens_it_to_any_mentor(cohort: CohortFixture, told: Told) -> None:
    await cohort.olu.ok("cohort-admin mentor", person="Ben", add="yes")
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", mentor="Mina"))
    await told.news()
    not_hers = await cohort.mina.fails("feedback any-mentor", request=number)
    assert text_of(not_hers).startswith("Ada asked this, so only they can let any mentor take it.")
    assert await told.news() == []
    assert listed(await cohort.ben.ok("feedback list")) == []


async def test_what_is_taken_or_open_to_others_is_not_said_to_be_opened(
    cohort: CohortFixture, told: Told
) -> None:
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", mentor="Mina"))
    opened = text_of(await cohort.ada.ok("feedback any-mentor", request=number))
    assert opened.startswith(f"Open to any mentor as #{number}")
    again = text_of(await cohort.ada.ok("feedback any-mentor", request=number))
    assert again.startswith(f"Open to others already as #{number}")
    taken = await cohort.mina.ok("feedback claim", request=number)
    assert "\nAda asks it, without more words.\n" in text_of(taken)
    late = text_of(await cohort.ada.ok("feedback any-mentor", request=number))
    assert late.startswith(f"#{number} stays as it is.\nMina took it ")


async def test_of_what_was_taken_back_no_other_news_is_sent(cohort: CohortFixture, told: Told) -> None:
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", visibility="mentors"))
    await cohort.mina.ok("feedback claim", request=number)
    await cohort.mina.ok("feedback release", request=number)
    await cohort.mina.ok("feedback claim", request=number)
    await cohort.ada.ok("feedback close", request=number, take_back="yes")
    ((to, line),) = await told.news()
    assert (to, line.partition(",")[0]) == ("U-mina", f"Request #{number}")


async def test_it_can_be_changed_when_the_mentor_it_was_meant_for_left(
    cohort: CohortFixture, told: Told
) -> None:
    await cohort.olu.ok("cohort-admin mentor", person="Ben", add="yes")
    await cohort.ada.ok("feedback ask", topic="Doubts", mentor="Mina")
    await told.news()
    await cohort.mina.ok("cohort leave")
    await told.news()
    form = await cohort.ada.click(told.last["U-ada"], "Change it")
    assert isinstance(form, Form)
    assert text_of(answered(await cohort.ada.submit(form, visibility="cohort"))).startswith("Changed as #1")


async def test_what_was_answered_for_few_is_not_shown_to_more(cohort: CohortFixture, told: Told) -> None:
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", visibility="private"))
    taken = await cohort.mina.ok("feedback claim", request=number)
    assert "Only Ada reads what you write, and who takes it after you" in text_of(taken)
    await cohort.ada.ok("feedback answer", request=number, text="I doubt it all.")
    await cohort.ada.ok("feedback edit", request=number, topic="Doubts", visibility="mentors")
    await cohort.mina.ok("feedback answer", request=number, text="Between us: stay.")
    kept = await cohort.ada.fails("feedback edit", request=number, topic="Doubts", visibility="cohort")
    assert (kept.field, "Ask anew" in text_of(kept)) == ("visibility", True)
    await cohort.ada.ok("feedback edit", request=number, topic="Doubts", visibility="private")


async def test_two_take_it_at_once_and_one_has_it(cohort: CohortFixture, told: Told) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    answers = await asyncio.gather(*(who("feedback claim", request="1") for who in (cohort.ben, cohort.mina)))
    words = sorted(text_of(each) for each in answers)
    assert sum(text.startswith("You have taken #1") for text in words) == 1
    assert sum("has taken #1 already" in text for text in words) == 1
    claimed = [words for to, words in await told.news() if to == "U-ada"]
    assert len(claimed) == 1


async def test_two_close_at_once_and_it_is_asked_again_meanwhile(cohort: CohortFixture, told: Told) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await cohort.ben.ok("feedback claim", request="1")
    await told.news()
    closed = await asyncio.gather(
        cohort.ada("feedback close", request="1"),
        cohort.ben("feedback close", request="1"),
        cohort.ada("feedback ask", topic="Statistics"),
    )
    assert not any(isinstance(each, Reply) and each.error for each in closed[:2])
    assert len(await told.news()) <= 2
    assert listed(await cohort.ada.ok("feedback list", which="closed")) != []


async def test_answers_are_in_the_thread_and_with_who_asked(
    cohort: CohortFixture, told: Told, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await delivery.flush()
    outlet.sent.clear()
    kept = await cohort.ben.ok("feedback answer", request="1", text="Take a t-test.\n@everyone")
    assert text_of(kept).startswith("Taken and kept: answer 1 to #1.\nI am putting it into the thread in lab")
    await delivery.flush()
    (post,) = [each for each in outlet.sent if not each.target.direct]
    assert (post.thread_of, text_of(post.reply)) == ("m1", "Ben: Take a t-test.\n@everyone")
    relayed = [each.reply for each in outlet.sent if each.target.channel == "U-ada"][-1]
    assert text_of(relayed).startswith("Ben answers your request #1 “Statistics”:\n> Take a t-test.")
    outlet.sent.clear()
    form = await cohort.ada.in_direct().click(relayed, "Answer back")
    assert isinstance(form, Form)
    await cohort.ada.in_direct().submit(form, text="And the variances?")
    await delivery.flush()
    assert sorted((each.target.channel, each.thread_of) for each in outlet.sent) == [
        ("C1", "m1"),
        ("U-ben", None),
    ]
    shown = text_of(await cohort.mina.ok("feedback show", request="1"))
    assert "1. Ben, Mon 23 Nov, 10:00:\n> Take a t-test." in shown
    assert "2. Ada" in shown
    others = await cohort.mina.ok("feedback answer", request="1", text="Or Wilcoxon.")
    assert "Kept: answer 3" in text_of(others), "the cohort reads it, so anybody may add to it"


async def test_answers_to_what_is_hidden_are_relayed(
    cohort: CohortFixture, told: Told, outlet: KeepingOutlet, delivery: Delivery
) -> None:
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", visibility="mentors"))
    await cohort.mina.ok("feedback claim", request=number)
    await told.news()
    kept = await cohort.mina.ok("feedback answer", request=number, text="Stay.")
    assert "I pass it on to Ada by direct message." in text_of(kept)
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent] == ["U-ada"]
    outlet.sent.clear()
    await cohort.ada.ok("feedback answer", request=number, text="Thank you.")
    assert await told.news() == [("U-mina", f"Ada answers back about #{number} “Doubts”:")]
    await cohort.olu.ok("cohort-admin mentor", person="Ben", add="yes")
    said = await cohort.ben.fails("feedback answer", request=number, text="Go.")
    assert "Mina has taken" in text_of(said)


async def test_answers_are_corrected_and_taken_back_where_they_were_read(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await delivery.flush()
    kept = await cohort.ben.ok("feedback answer", request="1", text="zebra")
    await delivery.flush()
    form = await cohort.ben.click(kept, "Correct it")
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {"text": "zebra"}
    corrected = answered(await cohort.ben.submit(form, text="zebra, corrected"))
    await delivery.flush()
    shown = [text_of(each.reply) for _, each in outlet.edits if "corrected" in text_of(each.reply)]
    assert len(shown) == 2, "in the thread and in the direct message"
    outlet.edits.clear()
    gone = answered(await cohort.ben.click(corrected, "Take the answer back"))
    assert text_of(gone).startswith("Answer 1 to #1 is taken back.")
    await delivery.flush()
    assert [text_of(each.reply) for _, each in outlet.edits] == [
        "This answer was taken back by who wrote it."
    ] * 2

    def left(conn: Conn) -> list[str]:
        kept = conn.all("SELECT result AS words FROM handled UNION SELECT data FROM outbox")
        return [row["words"] for row in kept if "zebra" in row["words"]]

    assert await cohort.core.store.read(left) == []
    assert "no answer 1 of yours" in text_of(
        await cohort.ben.fails("feedback answer-remove", request="1", answer="1")
    )


async def test_an_answer_that_could_not_be_corrected_is_told_to_who_wrote_it_alone(
    cohort: CohortFixture, told: Told, outlet: KeepingOutlet, delivery: Delivery, clock: FixedClock
) -> None:
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", visibility="mentors"))
    await cohort.mina.ok("feedback answer", request=number, text="Stay.")
    await told.news()
    outlet.before = [raising(Refused("The platform refused it."))]
    await cohort.mina.ok("feedback answer-edit", request=number, answer="1", text="Do stay.")
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(seconds=10))
    assert [to for to, _ in await told.news()] == ["U-mina"]
    posts = await cohort.olu.ok("cohort-admin delivery")
    assert text_of(posts).startswith("Nothing was posted yet."), "organizers do not hear that there is one"


async def test_a_correction_of_what_reached_nobody_is_not_said_to_be_passed_on(
    cohort: CohortFixture, told: Told, outlet: KeepingOutlet
) -> None:
    number = number_of(await cohort.ada.ok("feedback ask", topic="Doubts", visibility="mentors"))
    await cohort.mina.ok("feedback claim", request=number)
    await told.news()
    outlet.before = [raising(Refused("The platform refused it."))]
    await cohort.mina.ok("feedback answer", request=number, text="Stay.")
    await told.news()
    changed = await cohort.mina.ok("feedback answer-edit", request=number, answer="1", text="Do stay.")
    assert "No direct message reaches Ada now; they find it with the request." in text_of(changed)
    assert "pass it on" not in text_of(changed)


async def test_answers_go_with_what_is_taken_back(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await delivery.flush()
    await cohort.ben.ok("feedback answer", request="1", text="A t-test.")
    await delivery.flush()
    outlet.sent.clear()
    await cohort.ada.ok("feedback close", request="1", take_back="yes")
    await delivery.flush()
    assert sorted(text_of(each.reply) for _, each in outlet.edits[-3:]) == [
        "This answer was taken back by who wrote it.",
        "This answer was taken back by who wrote it.",
        "This request for feedback was taken back by who asked.",
    ]
    assert [text_of(each.reply) for each in outlet.sent if each.target.channel == "U-ben"] == [
        "Request #1, which you had taken, was taken back by who asked. Thank you for being there."
    ]


class WithoutThreads(KeepingOutlet):
    """A platform where a thread was deleted."""

    async def send(self, message: Outgoing) -> str:
        if message.thread_of:
            raise Refused("The message is gone.")
        return await super().send(message)


async def test_a_thread_that_is_gone_is_said_and_who_asked_has_it(
    cohort: CohortFixture, clock: FixedClock
) -> None:
    outlet = WithoutThreads()
    service = Delivery(cohort.core, {"test": outlet})
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await cohort.ben.ok("feedback claim", request="1")
    await service.flush()
    outlet.sent.clear()
    await cohort.ben.ok("feedback answer", request="1", text="A t-test.")
    await service.flush()
    clock.move_to(clock.now() + timedelta(minutes=1))
    await service.flush()
    told = {each.target.channel: text_of(each.reply) for each in outlet.sent}
    assert told["U-ben"].startswith("Kept: answer 1 to #1.\nI could not post it in lab: The message is gone.")
    assert "> A t-test." in told["U-ada"]
    await service.stop()


async def test_given_back_it_keeps_its_place(cohort: CohortFixture, told: Told) -> None:
    await cohort.ada.ok("feedback ask", topic="Older")
    await cohort.olu.ok("feedback ask", topic="Newer")
    await cohort.ben.ok("feedback claim", request="1")
    await told.news()
    given = await cohort.ben.ok("feedback release", request="1")
    assert text_of(given).startswith("#1 waits again, at its old place. I tell Ada.")
    news = dict(await told.news())
    assert news["U-ada"].startswith("Ben cannot keep your request #1 “Older” after all.")
    assert [line[:8] for line in listed(await cohort.mina.ok("feedback list"))] == ["#1 Older", "#2 Newer"]
    assert "have not taken" in text_of(await cohort.ben.fails("feedback release", request="1"))


async def test_a_mentor_leaves_with_three(cohort: CohortFixture, told: Told) -> None:
    numbers = [
        number_of(await cohort.ada.ok("feedback ask", topic=f"Topic {n}", visibility=who))
        for n, who in enumerate(("cohort", "mentors", "private"))
    ]
    for number in numbers:
        await cohort.mina.ok("feedback claim", request=number)
    await cohort.olu.ok("cohort-admin mentor", person="Ben", add="yes")
    await told.news()
    await cohort.mina.ok("cohort leave")
    news = await told.news()
    left = [words for to, words in news if to == "U-ada"]
    assert len(left) == 3
    assert all(words.startswith("Mina is not in the cohort any more, so your request") for words in left)
    assert len([1 for to, _ in news if to == "U-ben"]) == 3, "the other mentor is asked"
    assert len(listed(await cohort.ada.ok("feedback list", which="open"))) == 3
    assert "waits" in text_of(await cohort.ada.ok("feedback show", request=numbers[2]))


async def test_who_asked_leaves(cohort: CohortFixture, told: Told) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await cohort.ada.ok("feedback ask", topic="Writing")
    await cohort.ben.ok("feedback claim", request="1")
    await told.news()
    await cohort.ada.ok("cohort leave")
    assert await told.news() == [
        ("U-ben", "Ada is not in the cohort any more, so #1 “Statistics” is closed. Thank you for helping.")
    ]
    assert listed(await cohort.ben.ok("feedback list")) == []


async def test_it_waits_again_where_who_helped_left_after_it_was_closed(
    cohort: CohortFixture, told: Told
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await cohort.ben.ok("feedback claim", request="1")
    await cohort.ada.ok("feedback close", request="1")
    late = await cohort.ben.ok("feedback close", request="1", word="Glad to")
    assert text_of(late) == "#1 is closed already. Thank you for helping."
    await cohort.ben.ok("cohort leave")
    await told.news()
    await cohort.ada.ok("feedback reopen", request="1")
    assert "it waits for somebody" in text_of(await cohort.ada.ok("feedback show", request="1"))
    assert [to for to, _ in await told.news()] == [], "Mina was asked when it was asked first"


async def test_who_is_no_mentor_any_more_keeps_what_the_cohort_reads(
    cohort: CohortFixture, told: Told
) -> None:
    for topic, who in (("Open", "cohort"), ("Hidden", "mentors")):
        number = number_of(await cohort.ada.ok("feedback ask", topic=topic, visibility=who))
        await cohort.mina.ok("feedback claim", request=number)
    await told.news()
    await cohort.olu.ok("cohort-admin mentor", person="Mina", add="no")
    news = [words for to, words in await told.news() if to == "U-ada"]
    assert len(news) == 1
    assert news[0].startswith(f"Mina is no mentor any more, so your request #{number} “Hidden”")
    assert [line[:7] for line in listed(await cohort.mina.ok("feedback list", which="helping"))] == [
        "#1 Open"
    ]
    assert "found nothing" in text_of(await cohort.mina.fails("feedback show", request=number))


async def test_who_helped_hears_that_the_paper_was_accepted(cohort: CohortFixture, told: Told) -> None:
    await cohort.ada.ok("submission add", title="On noise", venue="ICLR 2027")
    await cohort.ada.ok("feedback ask", topic="Statistics", paper="1")
    await cohort.ben.ok("feedback claim", request="1")
    await cohort.ada.ok("feedback close", request="1", word="It was the sampling.")
    news = dict(await told.news())
    assert text_of(told.last["U-ben"]) == "Ada closed #1 “Statistics”.\n> It was the sampling."
    assert "U-ben" in news
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    assert await told.news() == []
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICML 2027")
    await cohort.ada.ok("submission update", paper="1", stage="accepted")
    assert await told.news() == [
        ("U-ben", "Ada’s paper “On noise” was accepted. You helped with #1 “Statistics”: thank you.")
    ]
    await cohort.ada.ok("submission update", paper="1", stage="published")
    assert await told.news() == [], "once"


async def test_the_usual_wait_is_said_where_enough_is_known(
    cohort: CohortFixture, told: Told, clock: FixedClock
) -> None:
    for n in range(5):
        asked = await cohort.ada.ok("feedback ask", topic=f"Topic {n}")
        assert "Usually" not in text_of(asked)
        clock.move_to(clock.now() + timedelta(hours=1 + n))
        await cohort.ben.ok("feedback claim", request=str(n + 1))
    asked = await cohort.ada.ok("feedback ask", topic="One more")
    assert "Usually somebody takes one within 3 hours." in text_of(asked)


async def test_closed_direct_messages_are_no_end(
    cohort: CohortFixture, told: Told, outlet: KeepingOutlet, delivery: Delivery
) -> None:
    def close(conn: Conn) -> None:
        conn.run("UPDATE account SET closed_reason = 'They are closed.' WHERE user_id IN ('U-ada', 'U-mina')")

    await cohort.core.store.write(close)
    await topics(cohort.ben, "statistics")
    await topics(cohort.mina, "statistics")
    await cohort.ada.ok("feedback ask", topic="Statistics")
    assert [to for to, _ in await told.news()] == ["U-ben"], "whom a message reaches is asked first"
    await cohort.ben.ok("feedback answer", request="1", text="A t-test.")
    await delivery.flush()
    assert not [each for each in outlet.sent if each.target.channel == "U-ada"]
    core = cohort.core
    extended = Actor(
        type(core)(
            core.registry,
            core.store,
            core.clock,
            admission=core.admission,
            extend_reply=deferred.add_to_reply,
        ),
        cohort.ada.person,
        cohort.ada.place,
    )
    seen = text_of(await extended.ok("feedback list", which="mine"))
    assert "> A t-test." in seen, "it comes with the answer to the next command"


async def test_topics_are_shown_completed_and_kept(cohort: CohortFixture) -> None:
    await topics(cohort.ben, "Statistics, GPU kernels; writing, statistics")
    shown = await cohort.ben.ok("profile show")
    (facts,) = [dict(block.items) for block in shown.blocks if isinstance(block, Fields)]
    assert facts["Can help with"] == "GPU kernels, Statistics, writing, 3 at once"
    form = await cohort.ben.click(shown, "What I can help with")
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {
        "topics": "GPU kernels, Statistics, writing",
        "at_once": "3",
        "paused": "no",
    }
    await cohort.ada("profile topics")
    assert cohort.ada.last is not None
    offered = await cohort.core.complete(cohort.ada.last, "topics", "Statistics, gp")
    assert [each.value for each in offered] == ["Statistics, GPU kernels"]
    paused = answered(await cohort.ben.click(await cohort.ben.ok("profile topics", topics="none"), "Pause"))
    assert "You are asked nothing until you end the pause" in text_of(paused)
    assert button_of(paused, "End the pause").command == "profile topics"
    for typed in ("...", "x" * 61, ",".join(f"t{n}" for n in range(13))):
        assert (await cohort.ben.fails("profile topics", topics=typed)).field == "topics"


async def test_what_waits_is_on_the_page(cohort: CohortFixture, told: Told) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    page = await cohort.mina.ok("cohort home")
    assert "Could you take #1 Statistics?" in text_of(page)
    await cohort.mina.click(page, "Take #1")
    page = await cohort.mina.ok("cohort home")
    assert "Ada waits for your feedback: #1 Statistics" in text_of(page)
    assert isinstance(await cohort.mina.click(page, "Answer #1"), Form)
    assert "Your request #1 Statistics: Mina helps" in text_of(await cohort.ada.ok("cohort home"))


async def test_what_a_closed_channel_did_not_take_is_posted_later(
    cohort: CohortFixture, told: Told, outlet: KeepingOutlet, delivery: Delivery, clock: FixedClock
) -> None:
    async def refuse() -> None:
        raise TargetGone("The channel was deleted.")

    await cohort.ada.ok("profile topics", topics="none")
    await cohort.mina.ok("profile away", until="2027-01-31")  # so that the channel alone is written to
    outlet.before.append(refuse)
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await told.news()
    clock.move_to(clock.now() + 2 * DAY + timedelta(minutes=1))
    await delivery.flush()
    posted = [text_of(each.reply) for each in outlet.sent if not each.target.direct]
    assert len(posted) == 1
    assert posted[0].startswith("Ada asks for feedback (#1): Statistics")
    outlet.sent.clear()
    clock.move_to(clock.now() + 2 * DAY)
    await delivery.flush()
    assert not [each for each in outlet.sent if not each.target.direct], "once"
    assert not outlet.edits


async def test_nothing_is_due_in_a_cohort_that_is_archived(
    cohort: CohortFixture, told: Told, clock: FixedClock
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await told.news()
    await cohort.core.store.write(settings.archive, cohort.id, clock.now())
    clock.move_to(clock.now() + 9 * DAY)
    assert await told.news() == []


async def test_outsiders_and_guests_take_nothing(cohort: CohortFixture) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    assert "not joined" in text_of(await cohort.somebody("Eve").fails("feedback claim", request="1"))
    own = await cohort.ada.fails("feedback claim", request="1")
    assert "You asked this yourself" in text_of(own)
