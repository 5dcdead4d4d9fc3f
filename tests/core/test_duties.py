"""Review duties: noted, shown to their member alone, reminded of, marked as done, set against what was received."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.model import Form, Reply
from core.clock import FixedClock, local_date
from core.delivery.service import Delivery
from core.features.duties.records import AHEAD, next_reminder
from tests.conftest import NOW
from tests.core.test_calendars import events
from tests.core.test_deadlines import sent_at
from tests.core.test_search import offered
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, button_of, buttons_of, listed, number_of, text_of
from tests.redelivery import Redelivered, Step

DUTY: Mapping[str, str] = {"venue": "ICML 2027", "papers": "3", "due": "2026-12-10"}
NOTED: Step = ("ada", "duty add", DUTY)
ONE: Mapping[str, str] = {"duty": "ICML"}

REDELIVERED: Mapping[str, Redelivered] = {
    "duty add": Redelivered(DUTY, "ada"),
    "duty list": Redelivered({}, "ada", [NOTED]),
    "duty show": Redelivered(ONE, "ada", [NOTED]),
    "duty done": Redelivered(ONE, "ada", [NOTED]),
    "duty reopen": Redelivered(ONE, "ada", [NOTED, ("ada", "duty done", ONE)]),
    "duty edit": Redelivered({**ONE, "papers": "4"}, "ada", [NOTED]),
    "duty remove": Redelivered(ONE, "ada", [NOTED]),
}


async def note(cohort: CohortFixture, **given: str) -> Reply:
    return await cohort.ada.ok("duty add", **{**DUTY, **given})


async def test_a_duty_is_noted_done_opened_again_changed_and_removed(cohort: CohortFixture) -> None:
    noted = await note(cohort)
    assert noted.private
    number = number_of(noted)
    assert (
        text_of(noted) == f"Noted: 3 reviews for ICML 2027 (#{number}), due on Thu 10 Dec 2026, in 17 days."
    )
    done = await cohort.ada.click(button_of(noted, "Done"))
    assert isinstance(done, Reply)
    assert text_of(done).startswith(
        f"Done, thank you: 3 reviews for ICML 2027 (#{number}), done on Mon 23 Nov 2026.\nSo far you wrote 3 reviews"
    )
    opened = await cohort.ada.click(button_of(done, "Not done yet"))
    assert isinstance(opened, Reply)
    assert text_of(opened).startswith("Open again: 3 reviews")
    changed = await cohort.ada.ok("duty edit", duty=number, papers="1", due="2026-12-12")
    assert (
        text_of(changed)
        == f"Changed: 1 review for ICML 2027 (#{number}), due on Sat 12 Dec 2026, in 19 days."
    )
    form = await cohort.ada.click(button_of(changed, "Change"))
    assert isinstance(form, Form)
    assert {each.name: each.value for each in form.fields} == {
        "duty": f"#{number} ICML 2027, due 2026-12-12",
        "papers": "1",
        "due": "2026-12-12",
    }
    removed = await cohort.ada.ok("duty remove", duty="icml")
    assert text_of(removed).startswith("Removed: 1 review for ICML 2027")
    assert "No reviews that you promised" in text_of(await cohort.ada.ok("duty list"))
    again = await cohort.ada.click(button_of(removed, "Note it again"))
    assert isinstance(again, Reply)
    assert text_of(again).startswith("Noted: 1 review for ICML 2027 (#")
    assert text_of(again).endswith(", due on Sat 12 Dec 2026, in 19 days.")


async def test_the_list_has_what_is_ahead_first_and_the_balance(cohort: CohortFixture) -> None:
    await note(cohort, venue="AISTATS 2027", papers="2", due="2026-12-20")
    await note(cohort)
    await cohort.ada.ok("duty add", venue="ICLR 2027", papers="4", due="2026-11-20")
    await cohort.ada.ok("duty done", duty="AISTATS")
    await cohort.ada.ok("submission add", title="Mine", venue="ICLR 2026", stage="in-review")
    await cohort.ada.ok("review add", paper="Mine", score="6")
    shown = await cohort.ada.ok("duty list")
    assert text_of(shown).split("\n")[:3] == [
        "7 reviews for 2 venues, the earliest was due on Fri 20 Nov 2026, 3 days ago.",
        "4 of them are late.",
        "So far you wrote 2 reviews and your papers got 1, as far as you noted them here. A paper takes three or four.",
    ]
    assert [each.split(" · ")[0] for each in listed(shown)] == [
        "4 reviews for ICLR 2027",
        "3 reviews for ICML 2027",
        "2 reviews for AISTATS 2027",
    ]


async def test_a_duty_is_its_members_alone(cohort: CohortFixture) -> None:
    number = number_of(await note(cohort))
    assert int(number) >= 1000
    for who in (cohort.ben, cohort.olu):
        assert "No reviews that you promised" in text_of(await who.ok("duty list"))
        for command in ("duty show", "duty done", "duty remove"):
            assert f"no review duty “#{number}”" in text_of(await who.fails(command, duty=number))
        assert await offered(who, "duty show", "duty", "ICML") == []
    assert len(await offered(cohort.ada, "duty show", "duty", "icm")) == 1


async def test_a_late_duty_warns_where_a_paper_of_ones_own_is_there(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="There too", venue="ICML 2027", stage="in-review")
    await cohort.ben.ok("submission add", title="Not hers", venue="ICML 2027", stage="in-review")
    assert "too" not in text_of(await note(cohort))
    late = await cohort.ada.ok("duty edit", duty="ICML", due="2026-11-20")
    assert "Paper #1 of yours is at ICML 2027 too. Some venues act on late reviews" in text_of(late)
    assert "too" not in text_of(await cohort.ada.ok("duty done", duty="ICML"))


async def test_a_duty_without_its_year_is_for_any_edition_where_a_paper_is(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="There too", venue="TMLR 2026", stage="in-review")
    late = await note(cohort, venue="TMLR", due="2026-11-20")
    assert "Paper #1 of yours is at TMLR too." in text_of(late)


async def test_what_can_hardly_be_meant_is_refused_at_its_field(cohort: CohortFixture) -> None:
    for due, words in (("2025-12-10", "long over"), ("2029-12-10", "more than two years ahead")):
        reply = await cohort.ada.fails("duty add", **{**DUTY, "due": due})
        assert words in text_of(reply)
        assert reply.field == "due"
    assert "Please give the number of papers, the date, or both." in text_of(
        await cohort.ada.fails("duty edit", duty=number_of(await note(cohort)))
    )


async def test_several_of_one_venue_are_asked_about(cohort: CohortFixture) -> None:
    await note(cohort)
    await note(cohort, due="2026-12-24")
    reply = await cohort.ada.fails("duty done", duty="ICML")
    assert len([each for each in buttons_of(reply) if each.command == "duty done"]) == 2


async def test_reminders_come_ahead_and_once_when_it_is_late(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await note(cohort)
    nine = datetime(2026, 12, 10, 8, tzinfo=UTC)  # in Berlin
    for lead, words in (
        (7, "in 7 days"),
        (2, "in 2 days"),
        (1, "in 1 day"),
        (-1, "was due on Thu 10 Dec 2026, 1 day ago"),
    ):
        at = nine - timedelta(days=lead)
        assert await sent_at(delivery, outlet, clock, at - timedelta(seconds=1)) == []
        [said] = await sent_at(delivery, outlet, clock, at)
        assert "3 reviews for ICML 2027" in said
        assert words in said
        assert [each.target.channel for each in outlet.sent] == ["U-ada"]
    assert await sent_at(delivery, outlet, clock, nine + timedelta(days=30)) == []


async def test_what_is_done_or_left_is_not_reminded_of(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await note(cohort)
    await cohort.ada.ok("duty done", duty="ICML")
    await cohort.ben.ok("duty add", **DUTY)
    await cohort.ben.ok("cohort leave")
    for days in range(1, 25):
        assert await sent_at(delivery, outlet, clock, NOW + timedelta(days=days)) == []


async def test_after_an_absence_there_is_one_reminder_of_a_duty(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await note(cohort)
    [said] = await sent_at(delivery, outlet, clock, datetime(2026, 12, 9, 15, tzinfo=UTC))
    assert said.endswith("due on Thu 10 Dec 2026, in 1 day.")


async def test_reminders_that_came_in_one_message_tell_the_days_of_its_hour_and_organizers_nothing(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await cohort.ada.ok("profile reminders", on="yes", bundle="08:00")
    await note(cohort)
    await note(cohort, venue="ACL 2027")
    assert await sent_at(delivery, outlet, clock, datetime(2026, 12, 9, 8, tzinfo=UTC)) == []
    assert len(await sent_at(delivery, outlet, clock, datetime(2026, 12, 10, 7, tzinfo=UTC))) == 1
    said = text_of(outlet.sent[-1].reply)
    assert said.startswith("2 messages for you")
    assert said.count("due today, Thu 10 Dec 2026") == 2
    posts = await cohort.olu.ok("cohort-admin delivery")
    assert text_of(posts).startswith("Nothing was posted yet.")


async def test_a_reminder_says_how_it_stands_when_it_is_read(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await note(cohort)
    await sent_at(delivery, outlet, clock, datetime(2026, 12, 3, 8, tzinfo=UTC))
    [sent] = outlet.sent
    done = await cohort.ada.click(button_of(sent.reply, "Done"))
    assert isinstance(done, Reply)
    assert text_of(done).startswith("Done, thank you")


async def test_open_duties_stand_on_the_page_and_in_ones_own_calendar(cohort: CohortFixture) -> None:
    await note(cohort, due="2026-12-01")
    assert "3 reviews for ICML 2027, due on Tue 1 Dec 2026, in 8 days" in text_of(
        await cohort.ada.ok("cohort home")
    )
    found = await events(cohort.ada)
    [event] = [each for title, each in found.items() if title == "Due: 3 reviews for ICML 2027"]
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (date(2026, 12, 1), date(2026, 12, 2))
    assert not any("reviews" in title for title in await events(cohort.ada, "cohort-deadlines.ics"))
    await cohort.ada.ok("duty done", duty="ICML")
    assert "ICML 2027" not in text_of(await cohort.ada.ok("cohort home"))


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.sampled_from(("Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles", "Africa/Lagos")),
    st.timedeltas(timedelta(0), timedelta(days=729)).map(
        lambda after: datetime(2026, 1, 1, tzinfo=UTC) + after
    ),
)
def test_next_reminder_is_ahead_and_on_one_of_its_days(due: date, zone: str, now: datetime) -> None:
    found = next_reminder(due, zone, now)
    days = {due - timedelta(days=lead) for lead in AHEAD}
    if found is None:
        assert local_date(now, zone) >= max(days)
    else:
        assert found > now
        assert local_date(found, zone) in days
        assert not any(local_date(now, zone) < day < local_date(found, zone) for day in days)


@pytest.mark.parametrize("typed", ["#999999999", "nothing of the kind", "=1+1"])
async def test_a_duty_that_is_not_there_is_named(cohort: CohortFixture, typed: str) -> None:
    await note(cohort)
    assert "no review duty" in text_of(await cohort.ada.fails("duty show", duty=typed))
