"""The waiting room: who waits for the same venue, and a quiet word on the day of the decision."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from core.chat.model import Records, Reply
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.core.test_sharing import directs
from tests.core.test_submissions import join_more
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, button_of, buttons_of, listed, number_of, text_of
from tests.redelivery import Redelivered

REDELIVERED: Mapping[str, Redelivered] = {"submission waiting": Redelivered()}

NINE = datetime(2026, 12, 10, 8, tzinfo=UTC)
"""Nine in the morning of 10 December in Berlin."""


async def decides(cohort: CohortFixture, day: str = "2026-12-10", **more: str) -> None:
    await cohort.olu.ok("cohort-admin venue-add", name="ICML", year="2027", decision=day, **more)


async def submitted(cohort: CohortFixture, title: str = "Onward", **given: str) -> str:
    """A paper of Ada's at ICML 2027."""
    return number_of(await cohort.ada.ok("submission add", title=title, venue="ICML 2027", **given))


def headings(reply: Reply) -> list[str]:
    return [each.heading for block in reply.blocks if isinstance(block, Records) for each in block.rows]


# --- who waits --------------------------------------------------------------------------------------------


async def test_who_waits_for_the_same(cohort: CohortFixture) -> None:
    await decides(cohort)
    await submitted(cohort)
    await cohort.ben.ok("submission add", title="Upward", venue="ICML 2027", coauthors="Mina, Chen Li")
    await cohort.olu.ok("submission add", title="Elsewhere", venue="TMLR")
    room = await cohort.ada.ok("submission waiting")
    assert room.private
    assert text_of(room) == "You, Ben and Mina wait for ICML 2027: decisions Thu 10 Dec 2026, in 17 days."
    assert listed(room) == [
        "#1 Onward · Ada · since Mon 23 Nov 2026",
        "#2 Upward · Ben and Mina · since Mon 23 Nov 2026",
        "#3 Elsewhere · Olu · since Mon 23 Nov 2026",
    ]
    assert headings(room)[1:] == [
        "ICML 2027: decisions Thu 10 Dec 2026, in 17 days",
        "TMLR: when it decides is not known here",
    ]
    assert button_of(room, "Mine is decided").args == {"paper": "1"}
    other = await cohort.olu.ok("submission waiting", venue="ICML 2027")
    assert text_of(other).startswith("2 papers here wait. The next word is that of ICML 2027")
    assert len(listed(other)) == 2
    assert headings(other) == ["", ""], "the first line has said it"
    alone = await cohort.olu.ok("submission waiting", venue="TMLR")
    assert text_of(alone).startswith("You wait for TMLR, alone as far as you can see")
    assert "Nobody whose paper you can see waits for ICLR 2027 now." in text_of(
        await cohort.ada.ok("submission waiting", venue="ICLR 2027")
    )


async def test_who_does_not_wait_reads_that_no_date_is_known(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2027")
    one = text_of(await cohort.mina.ok("submission waiting"))
    assert one == "1 paper here waits for ICML 2027: when it decides is not known here."
    await cohort.ben.ok("submission add", title="Elsewhere", venue="TMLR")
    two = text_of(await cohort.mina.ok("submission waiting"))
    assert two == "2 papers here wait. When the next decision comes is not known here."


@pytest.mark.parametrize("command", ["submission waiting", "submission list"])
async def test_a_venue_at_which_nothing_is_and_that_may_be_a_slip_is_asked_about(
    cohort: CohortFixture, command: str
) -> None:
    await submitted(cohort)
    asked = await cohort.ben.fails(command, venue="ICLM 2027")
    assert (asked.field, asked.is_question) == ("venue", True)
    assert text_of(asked).startswith("I know no “ICLM 2027”. Did you mean one of these?")
    assert [each.label for each in buttons_of(asked)] == ["ICLR 2027", "ICML 2027"]
    assert listed(answered(await cohort.ben.click(asked, "ICML 2027")))
    for venue in ("ICLR 2027", "Our Workshop"):
        await cohort.ben.ok(command, venue=venue)


async def test_days_are_those_of_the_readers_zone(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin venue-add", name="ICML", year="2027", decision="2026-11-24")
    await submitted(cohort)
    await cohort.ada.ok("profile timezone", zone="Pacific/Honolulu")
    assert "in 2 days" in text_of(await cohort.ada.ok("submission waiting")), "there it is Sunday night"
    await cohort.ada.ok("profile timezone", zone="Europe/Berlin")
    assert "decisions Tue 24 Nov 2026, tomorrow." in text_of(await cohort.ada.ok("submission waiting"))


@pytest.mark.parametrize(
    "stage", ["accepted", "rejected", "withdrawn", "revising", "desk reject", "drafting"]
)
async def test_who_waits_no_more_is_not_there(cohort: CohortFixture, stage: str) -> None:
    await submitted(cohort)
    await cohort.ada.ok("submission update", paper="1", stage=stage)
    assert listed(await cohort.ben.ok("submission waiting")) == []


async def test_a_decision_that_is_late_says_since_when(cohort: CohortFixture, clock: FixedClock) -> None:
    await decides(cohort)
    await submitted(cohort)
    clock.move_to(NINE + timedelta(days=3))
    assert "decisions Thu 10 Dec 2026, 3 days ago" in text_of(await cohort.ada.ok("submission waiting"))


async def test_ones_own_hidden_waiting_is_shown_to_oneself(cohort: CohortFixture) -> None:
    await submitted(cohort, title="Quiet", visibility="private")
    await submitted(cohort, title="Nameless", visibility="anonymous")
    own = listed(await cohort.ada.ok("submission waiting"))
    assert len(own) == 2
    assert all("only its authors see this" in each for each in own)
    for who in (cohort.ben, cohort.olu):
        assert text_of(await who.ok("submission waiting")) == "Nobody whose paper you can see waits now."


async def test_hidden_ones_are_counted_as_everywhere(cohort: CohortFixture) -> None:
    people = [cohort.ada, cohort.ben, *await join_more(cohort, 9)]
    for at, each in enumerate(people):
        given = {"venue": "ICML 2027"} if at < 6 else {"stage": "drafting"}
        await each.ok("submission add", title=f"P{at}", visibility="anonymous", **given)
    words = "Anonymous papers, counted without names: 6 under review anywhere."
    assert words in text_of(await cohort.olu.ok("submission waiting"))
    assert words in text_of(await cohort.olu.ok("submission waiting", venue="TMLR")), "no filter narrows it"


# --- the day of the decision ------------------------------------------------------------------------------


async def words_at(delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock, at: datetime) -> list[str]:
    """The words of the day of a decision that are said by an instant, those to the first members first."""
    clock.move_to(at)
    outlet.sent.clear()
    await delivery.flush()
    outlet.sent = [each for each in outlet.sent if ":waits:" in each.key]
    return directs(outlet)


async def test_each_who_waits_hears_a_word_in_the_morning_of_the_day(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await decides(cohort, link="https://icml.cc")
    await cohort.ben.ok("profile timezone", zone="America/New_York")
    await submitted(cohort, coauthors="Ben")
    await cohort.mina.ok("submission add", title="Upward", venue="ICML 2027", visibility="private")
    await delivery.flush()
    assert await words_at(delivery, outlet, clock, NINE - timedelta(seconds=1)) == []
    said = await words_at(delivery, outlet, clock, NINE)
    assert sorted(each.target.channel for each in outlet.sent) == ["U-ada", "U-mina"]
    assert said[0].split("\n") == [
        "Today ICML 2027 is to decide, also on #1 “Onward”.",
        "Ben waits, too. Good luck to all of you!",
        "The date is said by an organizer, 23 Nov 2026, official page.",
    ]
    assert "Ada" not in "\n".join(directs(outlet)[:1]), "nobody reads of what is private"
    ada = next(each.reply for each in outlet.sent if each.target.channel == "U-ada")
    assert "Mina" not in text_of(ada)
    form = await cohort.ada.click(button_of(ada, "It is decided"))
    assert answered(await cohort.ada.submit(form, stage="accepted"))
    assert await words_at(delivery, outlet, clock, NINE + timedelta(hours=5)) == []
    assert await words_at(delivery, outlet, clock, NINE + timedelta(hours=6)) == [], (
        "it was decided meanwhile"
    )


async def test_word_comes_once_a_paper_and_date_also_where_the_date_moves(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await decides(cohort)
    await submitted(cohort)
    await decides(cohort, "2026-12-12")
    assert await words_at(delivery, outlet, clock, NINE) == []
    await decides(cohort)
    assert len(await words_at(delivery, outlet, clock, NINE + timedelta(hours=1))) in (0, 1)
    await decides(cohort, "2026-12-11")
    await delivery.flush()
    outlet.sent.clear()
    await decides(cohort)
    await delivery.flush()
    assert directs(outlet) == [], "once for that date"
    await decides(cohort, "2026-12-14")
    assert len(await words_at(delivery, outlet, clock, NINE + timedelta(days=4))) == 1


@pytest.mark.parametrize("quiet", ["decided", "deleted", "off", "moved", "away"])
async def test_nothing_is_said_where_nothing_is_to_be_said(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock, quiet: str
) -> None:
    await decides(cohort)
    await submitted(cohort)
    match quiet:
        case "decided":
            await cohort.ada.ok("submission update", paper="1", stage="rejected")
        case "deleted":
            await cohort.ada.ok("submission delete", paper="1", sure="yes")
        case "off":
            await cohort.ada.ok("profile reminders", on="no", kind="decision-days")
        case "moved":
            await decides(cohort, "2026-12-24")
        case "away":
            await cohort.ada.ok("profile away", until="2026-12-20")
    assert await words_at(delivery, outlet, clock, NINE) == []


async def test_quiet_hours_hold_it_and_it_goes_with_the_day(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await decides(cohort)
    await submitted(cohort)
    await cohort.ben.ok("submission add", title="Upward", venue="ICML 2027")
    await cohort.ada.ok("profile reminders", on="yes", quiet="20:00-11:00")
    await cohort.ben.ok("profile reminders", on="yes", quiet="08:00-07:00")
    assert await words_at(delivery, outlet, clock, NINE) == []
    assert len(await words_at(delivery, outlet, clock, NINE + timedelta(hours=2))) == 1
    assert await words_at(delivery, outlet, clock, NINE + timedelta(hours=22)) == [], "the day is over"


async def test_word_that_was_sent_goes_with_the_paper(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await decides(cohort)
    await submitted(cohort)
    assert len(await words_at(delivery, outlet, clock, NINE)) == 1
    await cohort.ada.ok("submission delete", paper="1", sure="yes")
    await delivery.flush()
    assert [text_of(each.reply) for _, each in outlet.edits] == [
        "A paper of yours was to be decided on that day."
    ]


async def test_days_that_were_known_before_are_found(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await decides(cohort)
    await submitted(cohort)

    def as_migrated(conn: Conn) -> None:
        conn.run(
            "UPDATE timer SET due_at = :then WHERE kind = 'submissions.decision-day'",
            then=datetime(1970, 1, 1, tzinfo=UTC),
        )

    await cohort.core.store.write(as_migrated)
    assert await words_at(delivery, outlet, clock, NINE - timedelta(days=1)) == []
    assert len(await words_at(delivery, outlet, clock, NINE)) == 1


async def test_who_left_waits_no_more(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await decides(cohort)
    await submitted(cohort)
    await cohort.ada.ok("cohort leave")
    assert listed(await cohort.ben.ok("submission waiting")) == []
    await delivery.flush()
    assert await words_at(delivery, outlet, clock, NINE) == []
    assert buttons_of(await cohort.ben.ok("submission waiting"))
