"""Requests for feedback: asked, read by whom they are for, corrected, closed and taken back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from core.chat.model import Button, Form, Place, Reply
from core.clock import FixedClock
from core.cohorts import places
from core.delivery.service import Delivery
from core.errors import TargetGone
from core.store.port import Conn
from tests.outlets import KeepingOutlet, raising
from tests.people import (
    HOME,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    listed,
    number_of,
    refused,
    text_of,
)
from tests.redelivery import Redelivered

ASK = ("olu", "feedback ask", {"topic": "Statistics"})
REDELIVERED: Mapping[str, Redelivered] = {
    "feedback ask": Redelivered({"topic": "Statistics", "details": "Which test?", "paper": "1"}),
    "feedback list": Redelivered({"which": "open"}, before=[ASK]),
    "feedback show": Redelivered({"request": "1"}, before=[ASK]),
    "feedback edit": Redelivered({"request": "1", "topic": "Power analysis"}, before=[ASK]),
    "feedback close": Redelivered({"request": "1", "word": "It was the sampling."}, before=[ASK]),
    "feedback reopen": Redelivered(
        {"request": "1"}, before=[ASK, ("olu", "feedback close", {"request": "1"})]
    ),
}
"""A call of every command, which is also delivered a second time: one effect, the same answer."""

HOSTILE = "@everyone **Zoe** {name} <!channel> [x](http://evil.example)"


def channel(outlet: KeepingOutlet) -> list[str]:
    """What the channel was shown since the last look, new posts and changes."""
    sent = [text_of(each.reply) for each in outlet.sent if not each.target.direct]
    sent += [text_of(each.reply) for _, each in outlet.edits if not each.target.direct]
    outlet.sent.clear()
    outlet.edits.clear()
    return sent


async def test_cohort_reads_what_is_asked_of_it(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    offered = Button("Ask a mentor", "feedback ask", {"topic": "Statistics", "details": "Which test?"})
    form = await cohort.ada.click(offered)
    assert isinstance(form, Form), "a button opens the form with what it holds: who reads it is chosen"
    assert [each.name for each in form.fields] == ["topic", "details", "paper", "visibility", "mentor"]
    assert {each.name: each.value for each in form.fields}["visibility"] == "cohort"
    asked = answered(await cohort.ada.submit(form, details="Which test fits?"))
    assert asked.private
    assert text_of(asked).startswith("Asked as #1: “Statistics”.\nI am posting it in lab")
    await delivery.flush()
    (post,) = channel(outlet)
    assert post.startswith(
        "Ada asks for feedback (#1): Statistics\n> Which test fits?\nAsked Mon 23 Nov, 10:00"
    )
    assert "Which test fits?" in text_of(await cohort.ben.ok("feedback show", request="1"))
    assert [line.partition(" · ")[0] for line in listed(await cohort.ben.ok("feedback list"))] == [
        "#1 Statistics"
    ]


@pytest.mark.parametrize("visibility", ["mentors", "private"])
async def test_what_is_for_mentors_is_theirs_alone(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, visibility: str
) -> None:
    asked = await cohort.ada.ok(
        "feedback ask", topic="Doubts", details="Shall I stay?", visibility=visibility
    )
    number = number_of(asked)
    assert int(number) >= 1000, "it tells nothing of how many there are"
    await delivery.flush()
    assert channel(outlet) == []
    for who in (cohort.ben, cohort.olu):  # an organizer is no mentor by that
        assert listed(await who.ok("feedback list")) == []
        assert "found nothing" in text_of(await who.fails("feedback show", request=f"#{number}"))
        assert who.last is not None
        assert await cohort.core.complete(who.last, "request", "") == []
    seen = text_of(await cohort.mina.ok("feedback show", request=f"#{number}"))
    assert ("Shall I stay?" in seen) == (visibility == "mentors")
    assert "Shall I stay?" in text_of(await cohort.ada.ok("feedback show", request=f"#{number}"))


async def test_paper_that_cohort_does_not_see_is_not_named_to_it(cohort: CohortFixture) -> None:
    added = await cohort.ada.ok("submission add", title="Secret plan", visibility="private")
    paper = f"#{number_of(added)}"
    said = await cohort.ada.fails("feedback ask", topic="Statistics", paper=paper)
    assert (said.field, "does not see this paper" in text_of(said)) == ("paper", True)
    asked = await cohort.ada.ok("feedback ask", topic="Statistics", paper=paper, visibility="mentors")
    seen = await cohort.mina.ok("feedback show", request=f"#{number_of(asked)}")
    assert "It is about the paper “Secret plan”." in text_of(seen)


async def test_asking_again_points_to_the_open_one(cohort: CohortFixture) -> None:
    await cohort.ada.ok("feedback ask", topic="State-of-the-art baselines")
    again = await cohort.ada.fails("feedback ask", topic="state‑of‑the‑art Baselines", details="More of it")
    assert again.field == "topic"
    assert "#1 is still open" in text_of(again)
    assert "baselines" in text_of(answered(await cohort.ada.click(again, "Show #1")))
    changing = await cohort.ada.click(again, "Change it")
    assert isinstance(changing, Form)
    assert {each.name: each.value for each in changing.fields}["topic"] == "State-of-the-art baselines"
    asked = answered(await cohort.ada.click(again, "Ask all the same"))
    assert "More of it" in text_of(await cohort.ben.ok("feedback show", request=f"#{number_of(asked)}"))
    await cohort.ben.ok("feedback ask", topic="State-of-the-art baselines")  # somebody else's is another


async def test_request_is_changed_where_it_stands(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics", details="Which test?")
    await delivery.flush()
    channel(outlet)
    form = await cohort.ada.form("feedback edit", request="1")
    assert "request" not in [each.name for each in form.fields]
    answered(await cohort.ada.submit(form, topic="Power analysis"))
    await delivery.flush()
    (post,) = channel(outlet)
    assert "Power analysis\n> Which test?" in post
    others = await cohort.ben.fails("feedback edit", request="1", topic="Mine")
    assert "only they can change it" in text_of(others)
    assert others.field == "request"


async def test_what_a_typed_change_leaves_out_stays_and_what_a_form_empties_goes(
    cohort: CohortFixture,
) -> None:
    await cohort.ada.ok("submission add", title="On priors", visibility="cohort")
    await cohort.ada.ok("feedback ask", topic="Statistics", details="Which test?", paper="1")
    await cohort.ada.ok("feedback edit", request="1", topic="Power analysis")
    told = text_of(await cohort.ben.ok("feedback show", request="1"))
    assert "> Which test?\nIt is about the paper “On priors”." in told
    await cohort.ada.ok("feedback edit", request="1", topic="Power analysis", details="How many?")
    assert "> How many?\nIt is about" in text_of(await cohort.ben.ok("feedback show", request="1"))
    form = await cohort.ada.form("feedback edit", request="1")
    answered(await cohort.ada.submit(form, details="", paper=""))
    told = text_of(await cohort.ben.ok("feedback show", request="1"))
    assert "How many?" not in told
    assert "On priors" not in told


@pytest.mark.case(65)
async def test_common_numbers_pass_a_hidden_one_without_gap(cohort: CohortFixture) -> None:
    hidden = int(number_of(await cohort.ada.ok("feedback ask", topic="Doubts", visibility="private")))

    def far(conn: Conn) -> None:
        conn.run(
            "INSERT INTO counter (cohort_id, kind, last) VALUES (:cohort, 'feedback', :last)",
            cohort=cohort.id,
            last=hidden - 1,
        )

    await cohort.core.store.write(far)
    asked = [number_of(await cohort.ben.ok("feedback ask", topic=topic)) for topic in ("Power", "Priors")]
    assert asked == [str(hidden), str(hidden + 1)]
    assert "Power" in text_of(await cohort.ada.ok("feedback show", request=str(hidden)))
    kept = await cohort.ben.ok("feedback edit", request=str(hidden), topic="Power analysis")
    assert number_of(kept) == str(hidden), "a common number stays, however high"
    moved = number_of(await cohort.ada.ok("feedback show", request="Doubts"))
    assert int(moved) > hidden + 1
    shown = await cohort.ada.ok("feedback edit", request=moved, topic="Doubts", visibility="cohort")
    assert number_of(shown) == str(hidden + 2)


async def test_readers_can_be_chosen_anew(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    hidden = number_of(await cohort.ada.ok("feedback ask", topic="Statistics", visibility="mentors"))
    await cohort.ada.ok("feedback edit", request=f"#{hidden}", topic="Statistics", visibility="cohort")
    await delivery.flush()
    assert "(#1): Statistics" in channel(outlet)[0]
    assert "#1 Statistics" in text_of(await cohort.ben.ok("feedback show", request=hidden))
    await cohort.ada.ok("feedback edit", request="1", topic="Statistics", visibility="private")
    await delivery.flush()
    assert channel(outlet) == ["This request for feedback was taken back by who asked."]
    assert listed(await cohort.ben.ok("feedback list")) == []


async def test_closed_and_opened_again_at_its_place(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic="Older")
    await cohort.ada.ok("feedback ask", topic="Newer")
    await delivery.flush()
    channel(outlet)
    closed = await cohort.ada.ok("feedback close", request="1", word="It was the sampling.")
    await delivery.flush()
    assert channel(outlet)[0].endswith("Closed Mon 23 Nov, 10:00 (Europe/Berlin).\n> It was the sampling.")
    assert [line[:8] for line in listed(await cohort.ben.ok("feedback list"))] == ["#2 Newer"]
    assert [line[:8] for line in listed(await cohort.ben.ok("feedback list", which="closed"))] == ["#1 Older"]
    assert "only" in text_of(await cohort.ben.fails("feedback reopen", request="1"))
    await cohort.ada.click(closed, "Open it again")
    assert [line[:8] for line in listed(await cohort.ben.ok("feedback list"))] == ["#1 Older", "#2 Newer"]


async def test_words_of_what_is_taken_back_are_gone(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics", details="zebra zebra")
    await delivery.flush()
    channel(outlet)
    shown = await cohort.ada.ok("feedback show", request="1")
    gone = answered(await cohort.ada.click(shown, "Take it back"))
    assert text_of(gone).startswith("#1 is taken back; its words are gone.")
    await delivery.flush()
    assert channel(outlet) == ["This request for feedback was taken back by who asked."]

    def left(conn: Conn) -> list[str]:
        kept = conn.all("SELECT result AS words FROM handled UNION SELECT data FROM outbox")
        return [row["words"] for row in kept if "zebra" in row["words"]]

    assert await cohort.core.store.read(left) == []
    assert "found nothing" in text_of(await cohort.ben.fails("feedback show", request="#1"))
    again = await cohort.ada.click(shown, "Take it back")
    assert isinstance(again, Reply)
    assert again.error


async def test_what_is_not_sent_yet_is_taken_back_unsent(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    asked = await cohort.ada.ok("feedback ask", topic="Statistics")
    await cohort.ada.click(asked, "Take it back")
    await delivery.flush()
    assert channel(outlet) == []


async def test_asker_is_told_where_the_channel_takes_no_posts(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    outlet.before.append(raising(TargetGone("The channel was deleted.")))
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await delivery.flush()
    clock.move_to(clock.now() + timedelta(minutes=1))
    await delivery.flush()
    told = [text_of(each.reply) for each in outlet.sent if each.target.channel == "U-ada"]
    assert told == ["Kept as #1: “Statistics”.\nI could not post it in lab: The channel was deleted."]
    await cohort.ada.ok("feedback edit", request="1", topic="Statistics", details="Open again?")
    await delivery.flush()
    assert channel(outlet)[0].startswith("Ada asks for feedback (#1)"), "a change is tried again"


async def test_its_own_channel_is_used_where_there_is_one(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    assert "feedback" in cohort.core.registry.purposes
    other = replace(HOME, id="C2", name="help")
    await cohort.core.store.write(places.assign, cohort.id, "feedback", other)
    await cohort.ada.ok("feedback ask", topic="Statistics")
    await delivery.flush()
    assert [each.target.channel for each in outlet.sent if not each.target.direct] == ["C2"]


async def test_other_cohorts_see_nothing(cohort: CohortFixture) -> None:
    await cohort.ada.ok("feedback ask", topic="Statistics")
    other = await found_cohort(cohort.core, "Other", place=Place("test", "W", "C9", name="other"))
    assert "found nothing" in text_of(
        await other.ben.at(other.olu.place).fails("feedback show", request="#1")
    )
    assert listed(await other.ben.ok("feedback list")) == []


async def test_hostile_words_stay_words(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.ada.ok("feedback ask", topic=HOSTILE, details=f"{HOSTILE}\n# two lines")
    await delivery.flush()
    (post,) = channel(outlet)
    assert post.count(HOSTILE) == 2
    assert HOSTILE in text_of(await cohort.ben.ok("feedback show", request="1"))


async def test_nobody_to_read_it_is_said_before(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin mentor", person="Mina", add="no")
    said = await cohort.ada.fails("feedback ask", topic="Doubts", visibility="mentors")
    assert (said.field, "no mentor here" in text_of(said)) == ("visibility", True)
    said = await cohort.ada.fails("feedback ask", topic="Doubts", mentor="Ben")
    assert (said.field, "no mentor of this cohort" in text_of(said)) == ("mentor", True)


async def test_twenty_open_requests_are_enough(cohort: CohortFixture) -> None:
    for number in range(20):
        await cohort.ada.ok("feedback ask", topic=f"Topic {number}")
    assert "20 requests open" in text_of(refused(await cohort.ada("feedback ask", topic="One more")))
    page = await cohort.ben.ok("feedback list")
    assert len(listed(page)) == 20
    assert "(20)" in text_of(page)
    assert buttons_of(page)[0].label == "Ask for feedback"
    assert button_of(page, "Mine").args == {"which": "mine"}


async def test_a_request_is_found_by_its_words_however_many_there_are(cohort: CohortFixture) -> None:
    """The oldest of 400, by words of its topic, by the beginning of one, and by the words that it has now."""
    await cohort.ada.ok("feedback ask", topic="Zebrafish statistics")

    def fill(conn: Conn) -> None:
        conn.run(
            "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 400)"
            " INSERT INTO feedback_request (cohort_id, number, asker_id, topic, details, visibility, created_at)"
            " SELECT r.cohort_id, n.i, r.asker_id, 'Other ' || n.i, '', 'cohort', r.created_at + n.i"
            " FROM feedback_request r, n"
        )

    await cohort.core.store.write(fill)
    assert "Zebrafish statistics" in text_of(await cohort.ben.ok("feedback show", request="statistics zebra"))
    await cohort.ada.ok("feedback edit", request="1", topic="Giraffe statistics")
    assert "Giraffe" in text_of(await cohort.ben.ok("feedback show", request="giraffe"))
    await cohort.ben.fails("feedback show", request="zebrafish")
    await cohort.ada.ok("feedback edit", request="1", topic="Giraffe statistics", visibility="mentors")
    await cohort.ben.fails("feedback show", request="giraffe")
    await cohort.mina.ok("feedback show", request="giraffe")
