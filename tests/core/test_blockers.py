"""What is in somebody's way reaches somebody who can help, and its author hears of it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Form
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.errors import Refused, TargetGone
from tests.outlets import KeepingOutlet, raising
from tests.people import CohortFixture, answered, buttons_of, listed, refused, text_of, told_in
from tests.redelivery import Redelivered

STUCK = {"progress": "Waited", "blocker": "The queue is full"}
REDELIVERED: Mapping[str, Redelivered] = {
    "checkin blockers": Redelivered(by="mina"),
    "checkin offer": Redelivered(
        {"blocker": "queue"}, by="mina", before=[("ben", "checkin now", {**STUCK, "share": "shared"})]
    ),
    "checkin solved": Redelivered(by="ben", before=[("ben", "checkin now", STUCK)]),
    "checkin mentors": Redelivered(by="ben", before=[("ben", "checkin now", STUCK)]),
}


def labels(reply: object) -> set[str]:
    return {each.label for each in buttons_of(reply)}  # type: ignore[arg-type]  # an answer


async def shared(cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet) -> None:
    """Ada shares what is in her way."""
    await cohort.ada.ok("checkin now", **STUCK, share="shared")
    await delivery.flush()
    assert [each.label for each in buttons_of(outlet.sent[-1].reply)] == ["I can help"]


async def test_shared_blocker_is_answered_in_its_thread(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await shared(cohort, delivery, outlet)
    post = outlet.sent[-1]
    told = answered(await cohort.ben.click(post.reply, "I can help", message="m"))
    assert text_of(told).startswith("Noted. I am saying in the day’s thread that you can help Ada.")
    await delivery.flush()
    said = outlet.sent[-1]
    assert text_of(said.reply) == "Ben can help Ada with what is in the way."
    assert said.thread_of == post.thread_of
    again = await cohort.ben.click(post.reply, "I can help", message="m")
    assert "You pressed this button already" in text_of(again)
    typed = await cohort.ben.ok("checkin offer", blocker="queue")
    assert text_of(typed).startswith("You said so before; Ada knows")
    answered(await cohort.mina.click(post.reply, "I can help", message="m"))
    await delivery.flush()
    assert [text_of(each.reply)[:8] for each in outlet.sent[-2:]] == ["Ben can ", "Mina can"]
    status = await cohort.ada.ok("checkin status")
    assert listed(status) == ["Ada · The queue is full · since Mon 23 Nov 2026 · Mina and Ben can help"]
    assert "your own way" in text_of(refused(await cohort.ada.click(post.reply, "I can help")))


async def test_solved_is_said_in_the_thread(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await shared(cohort, delivery, outlet)
    post = outlet.sent[-1].reply
    await cohort.ben.click(post, "I can help")
    await delivery.flush()
    solved = await cohort.ada.ok("checkin solved")
    assert "What was in your way is solved." in text_of(solved)
    assert "Compute" not in labels(solved), "of what kind it is is asked while it waits"
    await delivery.flush()
    texts = [text_of(edit.reply) for _, edit in outlet.edits]
    assert texts == ["Ada checked in.", "Ben can help Ada with what is in the way. It is solved."]
    assert buttons_of(outlet.edits[0][1].reply) == []
    assert "has said that it is solved" in text_of(refused(await cohort.mina.click(post, "I can help")))
    assert listed(await cohort.ada.ok("checkin status")) == []
    back = answered(await cohort.ada.click(solved, "It is not solved"))
    assert {"It is solved", "Compute"} <= {*labels(back)}
    assert listed(await cohort.ada.ok("checkin status"))


async def test_taking_back_takes_back_what_helpers_said(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await shared(cohort, delivery, outlet)
    post = outlet.sent[-1].reply
    await cohort.ben.click(post, "I can help")
    await delivery.flush()
    await cohort.ada.ok("checkin unshare")
    await delivery.flush()
    assert {text_of(edit.reply) for _, edit in outlet.edits} == {
        "This check-in was taken back by its author.",
        "What this was about was taken back by its author.",
    }
    gone = text_of(refused(await cohort.mina.click(post, "I can help")))
    assert "Nothing like that is in anybody’s way" in gone
    await cohort.ada.ok("checkin share")
    await delivery.flush()
    assert text_of(outlet.edits[-1][1].reply) == "Ben can help Ada with what is in the way."
    await cohort.ada.ok("checkin remove", day="today", sure="yes")
    await delivery.flush()
    assert all("taken back" in text_of(edit.reply) for _, edit in outlet.edits[-2:])


async def test_private_blocker_is_shown_to_mentors_alone(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    kept = await cohort.ada.ok("checkin now", **STUCK, learned="A secret")
    for other in (cohort.ben, cohort.mina, cohort.olu):
        assert listed(await other.ok("checkin blockers")) == []
    shown = answered(await cohort.ada.click(kept, "Show it to mentors"))
    assert "The mentors read that, and nothing else of it." in text_of(shown)
    for other in (cohort.ben, cohort.olu):
        assert listed(await other.ok("checkin blockers")) == [], "organizers are no mentors"
        assert "Nothing" in text_of(await other.fails("checkin offer", blocker="queue"))
    assert listed(await cohort.mina.ok("checkin status")) == [
        "Ada · The queue is full · since Mon 23 Nov 2026 · shown to mentors"
    ]
    home = text_of(await cohort.mina.ok("cohort home"))
    assert "In the way of Ada since Mon 23 Nov 2026: The queue is full" in home
    assert "A secret" not in home
    opened = await cohort.mina.ok("checkin blockers", blocker="queue")
    assert text_of(opened) == "In the way of Ada, since Mon 23 Nov 2026\n> The queue is full"
    told = answered(await cohort.mina.click(opened, "I can help"))
    assert "I am telling Ada, and nobody else" in text_of(told)
    await delivery.flush()
    (direct,) = outlet.sent
    assert (direct.target.direct, direct.target.channel) == (True, "U-ada")
    assert text_of(direct.reply).startswith("Mina can help with what is in your way since Mon 23 Nov 2026:")
    answered(await cohort.ada.click(direct.reply, "It is solved"))
    assert listed(await cohort.mina.ok("checkin blockers")) == []


async def test_what_is_hidden_from_mentors_again_is_gone(cohort: CohortFixture) -> None:
    kept = await cohort.ada.ok("checkin now", **STUCK)
    shown = answered(await cohort.ada.click(kept, "Show it to mentors"))
    answered(await cohort.ada.click(shown, "Hide it from mentors"))
    assert listed(await cohort.mina.ok("checkin blockers")) == []
    await cohort.ada.ok("checkin mentors")
    await cohort.ada.ok("checkin edit", progress="x", blocker="")
    assert listed(await cohort.mina.ok("checkin blockers")) == []
    form = await cohort.ada.form("checkin edit")
    emptied = await cohort.ada.submit(form, blocker="")
    assert "in your way" not in text_of(emptied)
    await cohort.ada.submit(await cohort.ada.form("checkin edit"), blocker="Another thing")
    assert listed(await cohort.mina.ok("checkin blockers")) == [], "another thing is not shown by itself"


async def test_mentor_is_asked_with_what_is_in_the_way(cohort: CohortFixture) -> None:
    kept = await cohort.ada.ok("checkin now", **STUCK, blocker_kind="compute")
    form = await cohort.ada.click(kept, "Ask a mentor")
    assert isinstance(form, Form)
    values = {each.name: each.value for each in form.fields}
    assert (form.command, values["topic"], values["details"]) == (
        "feedback ask",
        "Compute",
        "The queue is full",
    )


async def test_closed_direct_messages_are_told_to_who_offers(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("checkin now", **STUCK)
    await cohort.ada.ok("checkin mentors")
    outlet.before.append(raising(TargetGone("Direct messages are closed.")))
    await cohort.mina.ok("checkin offer", blocker="queue")
    await delivery.flush()
    assert "Mina can help" in text_of(await cohort.ada.ok("profile show")), "it waits for the next call"


async def test_offer_that_the_thread_refuses_is_told(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await shared(cohort, delivery, outlet)
    outlet.before.append(raising(Refused("The thread is locked.")))
    await cohort.ben.click(outlet.sent[-1].reply, "I can help")
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(seconds=10))
    await delivery.flush()
    (told,) = [each for each in outlet.sent if each.target.direct]
    assert told.target.channel == "U-ben"
    assert "did not arrive in lab of Lab: The thread is locked." in text_of(told.reply)
    assert "Ben can help" in text_of(await cohort.ada.ok("cohort home"))


async def test_helper_or_author_who_left_is_not_waited_for(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await shared(cohort, delivery, outlet)
    await cohort.ben.click(outlet.sent[-1].reply, "I can help")
    await cohort.ben.ok("cohort leave")
    assert listed(await cohort.ada.ok("checkin status")) == [
        "Ada · The queue is full · since Mon 23 Nov 2026"
    ]
    await delivery.flush()
    assert "can help" not in text_of(outlet.sent[-1].reply), "who left before it was said helps nobody"
    assert listed(await cohort.mina.ok("checkin blockers"))
    await cohort.ada.ok("cohort leave")
    assert listed(await cohort.mina.ok("checkin blockers")) == []


async def test_digest_says_what_waits_and_who_could_help(
    cohort: CohortFixture, clock: FixedClock, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await shared(cohort, delivery, outlet)
    await cohort.ben.ok("checkin now", progress="x", blocker="Kept for me", share="private")
    await cohort.mina.ok("checkin now", progress="x", blocker="The lemma", share="shared")
    await cohort.ben.ok("checkin offer", blocker="lemma")
    clock.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
    digest = told_in(await cohort.olu.ok("digest preview"))
    assert digest[digest.index("Still in somebody’s way") + 1 :][:2] == [
        "Ada · The queue is full, since Mon 23 Nov 2026; who could help?",
        "Mina · The lemma, since Mon 23 Nov 2026; Ben can help",
    ]
    assert not any("Kept for me" in each for each in digest)
    await cohort.ada.ok("checkin solved", day="2026-11-23")
    assert not any("The queue" in each for each in told_in(await cohort.olu.ok("digest preview")))


@pytest.mark.case(63)
async def test_several_that_may_be_meant_are_asked_about(cohort: CohortFixture) -> None:
    assert "Nothing that you could help with" in text_of(await cohort.ben.fails("checkin offer"))
    await cohort.ada.ok("checkin now", progress="x", blocker="The queue of jobs", share="shared")
    await cohort.mina.ok("checkin now", progress="x", blocker="The queue of reviews", share="shared")
    asked = await cohort.ben.fails("checkin offer", blocker="queue")
    assert [each.label for each in buttons_of(asked)] == ["Ada, Mon 23 Nov 2026", "Mina, Mon 23 Nov 2026"]
    answered(await cohort.ben.click(asked, "Ada, Mon 23 Nov 2026"))
    assert isinstance(await cohort.ben.form("checkin offer"), Form)


async def test_own_blocker_is_found_by_its_words_and_solved(cohort: CohortFixture) -> None:
    await cohort.ada.ok("checkin now", **STUCK)
    shown = await cohort.ada.ok("checkin blockers", blocker="queue")
    assert "The queue is full" in text_of(shown)
    solved = next(each for each in buttons_of(shown) if each.command == "checkin solved")
    assert "What was in your way is solved." in text_of(answered(await cohort.ada.click(solved)))
    await cohort.ben.ok("checkin now", **STUCK, share="shared")
    offered = await cohort.ada.ok("checkin offer", blocker="queue")
    assert "Ben" in text_of(offered), "others' come first"
