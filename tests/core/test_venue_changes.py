"""What was entered of venues goes again: asked first, told to who follows it, taken back within a day."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.chat.model import Upload
from core.clock import FixedClock
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.conftest import NOW
from tests.core.test_calendars import events, plain
from tests.core.test_deadlines import ADDED, DUE, LIST, enter, import_, lines_of, sent_at, words
from tests.core.test_venue_files import DEMO
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, answered, button_of, buttons_of, refused, text_of
from tests.redelivery import Redelivered

IMPORTED = ("olu", "cohort-admin venue-import", {"file": LIST, "confirm": "yes"})

REDELIVERED: Mapping[str, Redelivered] = {
    "deadline remove": Redelivered({"venue": "ICML 2027", "sure": "yes"}, before=[ADDED]),
    "deadline take-back": Redelivered({"change": "ICML 2027"}, before=[ADDED]),
}
TWO = """
- {title: ICML, year: 2027, id: icml27, deadlines: [{type: paper, label: Papers, date: '2027-01-28 23:59:59', timezone: AoE}]}
- {title: ACL, year: 2027, id: acl27, deadlines: [{type: paper, label: Papers, date: '2027-02-15 23:59:59', timezone: AoE}]}
"""


async def test_a_venue_is_removed_after_a_question_and_had_back(cohort: CohortFixture) -> None:
    await enter(cohort)
    shown = await cohort.olu.ok("deadline show", venue="ICML 2027")
    asked = answered(await cohort.olu.click(shown, "Remove"))
    assert text_of(asked).startswith("Shall I remove ICML 2027 with 2 dates?")
    assert "ICML 2027" in words(await cohort.ada.ok("deadline list"))
    gone = answered(await cohort.olu.click(asked, "Remove it"))
    assert text_of(gone).startswith("ICML 2027 is removed.")
    assert "There are no dates of venues here yet" in words(await cohort.ada.ok("deadline list"))
    assert "within the last day" not in text_of(gone)
    back = answered(await cohort.olu.click(gone, "Undo"))
    assert (
        text_of(back) == "ICML 2027, removed: that is taken back, for 1 edition. It stands as it did before."
    )
    page = text_of(await cohort.ada.ok("deadline show", venue="#1"))
    assert "Thu 28 Jan, 23:59 AoE" in page
    assert "decisions · Sat 1 May 2027" in page
    again = answered(await cohort.olu.click(back, "Have it again"))
    assert "it is so again" in text_of(again)
    assert "There are no dates" in words(await cohort.ada.ok("deadline list"))


async def test_only_organizers_remove_and_members_see_no_button(cohort: CohortFixture) -> None:
    entered = await enter(cohort)
    assert "Remove" not in [
        each.label for each in buttons_of(await cohort.ada.ok("deadline show", venue="ICML"))
    ]
    refused(await cohort.ada("deadline remove", venue="ICML 2027", sure="yes"))
    refused(await cohort.ada.click(button_of(entered, "Take it back")))


async def test_one_date_goes_and_the_others_stay(cohort: CohortFixture) -> None:
    await enter(cohort)
    asked = await cohort.olu.ok("deadline remove", venue="ICML 2027", date="decision")
    assert "Shall I remove the date for decisions of ICML 2027?" in text_of(asked)
    gone = answered(await cohort.olu.click(asked, "Remove it"))
    page = text_of(await cohort.ada.ok("deadline show", venue="ICML 2027"))
    assert "papers ·" in page
    assert "decisions ·" not in page
    answer = await cohort.olu.fails("deadline remove", venue="ICML 2027", date="decision")
    assert answer.field == "date"
    await cohort.olu.click(gone, "Undo")
    assert "decisions ·" in text_of(await cohort.ada.ok("deadline show", venue="ICML 2027"))


async def test_what_was_entered_by_mistake_is_taken_back_to_what_stood_before(cohort: CohortFixture) -> None:
    await enter(cohort)
    wrong = await enter(cohort, paper="2027-01-20 23:59", accept_rate="2%")
    assert "20 Jan" in text_of(wrong)
    taken = answered(await cohort.olu.click(wrong, "Take it back"))
    assert "ICML 2027, changed: that is taken back" in text_of(taken)
    page = text_of(await cohort.ada.ok("deadline show", venue="ICML 2027"))
    assert "Thu 28 Jan, 23:59 AoE" in page
    assert "Accepted: 2 in 100" not in page


async def test_an_import_is_taken_back_as_a_whole(cohort: CohortFixture, clock: FixedClock) -> None:
    await enter(cohort, paper="2027-01-25 23:59")
    _, done = await import_(cohort, TWO, "ai.yml")
    assert done is not None
    assert "ACL 2027" in words(await cohort.ada.ok("deadline list"))
    back = button_of(done, "Take it back")
    taken = answered(await cohort.olu.click(back))
    assert text_of(taken).startswith("ai.yml, imported: that is taken back, for 2 editions.")
    listed = words(await cohort.ada.ok("deadline list"))
    assert "ACL 2027" not in listed
    assert "ICML 2027: papers" in listed, "what an organizer entered stays"
    assert "ai.yml" not in listed
    await cohort.olu.click(taken, "Have it again")
    assert "ACL 2027" in words(await cohort.ada.ok("deadline list"))
    clock.move_to(NOW + timedelta(days=1, seconds=1))
    assert "within the last day" in text_of(refused(await cohort.olu.click(back)))


async def test_an_import_that_changed_nothing_is_not_offered_to_be_taken_back(cohort: CohortFixture) -> None:
    file = Upload("ai.yml", TWO.encode())
    await cohort.olu.ok("cohort-admin venue-import", file=file, confirm="yes")
    again = await cohort.olu.ok("cohort-admin venue-import", file=file, confirm="yes")
    assert text_of(again) == "ai.yml says nothing new: all 2 stand as they were."
    taken = await cohort.olu.ok("deadline take-back", change="ai.yml")
    assert text_of(taken).startswith("ai.yml, imported: that is taken back, for 2 editions.")


async def test_what_was_changed_since_stays_as_it_is(cohort: CohortFixture) -> None:
    first = await enter(cohort)
    await enter(cohort, paper="2027-01-30 23:59")
    kept = answered(await cohort.olu.click(first, "Take it back"))
    assert text_of(kept) == "ICML 2027, entered: 1 edition was changed once more since, and stays as it is."
    assert [each.label for each in buttons_of(kept)] == ["All deadlines"], "nothing was taken back"
    assert "30 Jan, 23:59 AoE" in text_of(await cohort.ada.ok("deadline show", venue="ICML 2027"))


async def test_what_stayed_as_it_was_can_be_taken_back_once_the_later_change_is(
    cohort: CohortFixture,
) -> None:
    await enter(cohort)
    one = await cohort.olu.ok("deadline remove", venue="ICML 2027", date="paper", sure="yes")
    assert "is removed. It leaves lists and calendars, nobody is reminded of it" in text_of(one)
    later = await cohort.olu.ok("deadline remove", venue="ICML 2027", sure="yes")
    kept = answered(await cohort.olu.click(one, "Undo"))
    assert "1 edition was changed once more since" in text_of(kept)
    await cohort.olu.click(later, "Undo")
    back = answered(await cohort.olu.click(one, "Undo"))
    assert text_of(back).startswith(
        "The date for papers of ICML 2027, removed: that is taken back, for 1 edition."
    )
    assert "papers ·" in text_of(await cohort.ada.ok("deadline show", venue="ICML 2027"))
    again = answered(await cohort.olu.click(one, "Undo"))
    assert text_of(again) == "The date for papers of ICML 2027, removed: it stands so already."


async def test_all_that_a_file_said_goes_also_later(cohort: CohortFixture, clock: FixedClock) -> None:
    await import_(cohort, TWO, "ai.yml")
    await import_(cohort, DEMO, "other.yml")
    clock.move_to(NOW + timedelta(days=9))
    asked = await cohort.olu.ok("deadline remove", file="ai.yml")
    assert text_of(asked).startswith("Shall I remove all that ai.yml said, of 2 editions?")
    await cohort.olu.click(asked, "Remove all of it")
    found = words(await cohort.ada.ok("deadline list", within="1 year"))
    assert "ICML" not in found
    assert "DEMOCONF 2027" in found
    assert "No file called" in text_of(await cohort.olu.fails("deadline remove", file="ai.yml"))


async def test_who_follows_is_told_reminders_stop_and_calendars_cancel(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    [shown] = [each for title, each in (await events(cohort.ada)).items() if "papers" in title]
    uid, sequence, status = plain(shown)
    assert (sequence, status) == (0, "CONFIRMED")
    gone = await cohort.olu.ok("deadline remove", venue="ICML 2027", sure="yes")
    assert await sent_at(delivery, outlet, clock, NOW + timedelta(minutes=1)) == [
        "📅 ICML 2027: papers has no date here any more: an organizer removed it."
    ]
    assert {each.target.channel for each in outlet.sent} == {"U-ada"}
    [cancelled] = [each for title, each in (await events(cohort.ada)).items() if "papers" in title]
    assert plain(cancelled) == (uid, 1, "CANCELLED")
    assert await sent_at(delivery, outlet, clock, DUE - timedelta(days=30)) == []
    clock.move_to(NOW + timedelta(minutes=2))
    await cohort.olu.click(gone, "Undo")
    [again] = [each for title, each in (await events(cohort.ada)).items() if "papers" in title]
    assert plain(again) == (uid, 2, "CONFIRMED")
    assert len(await sent_at(delivery, outlet, clock, DUE - timedelta(days=7))) == 1


async def test_a_removal_that_is_undone_before_it_was_told_is_not_told(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await enter(cohort)
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    await cohort.ada.ok("profile reminders", on="yes", bundle="08:00")
    gone = await cohort.olu.ok("deadline remove", venue="ICML 2027", sure="yes")
    await cohort.olu.click(gone, "Undo")
    assert await sent_at(delivery, outlet, clock, NOW + timedelta(days=2)) == []


async def test_a_date_that_others_give_takes_its_place(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet, clock: FixedClock
) -> None:
    await import_(cohort, TWO, "ai.yml")
    changed = await enter(cohort, paper="2027-01-20 23:59", decision="2027-05-01")
    await cohort.ada.ok("deadline follow", venue="ICML 2027")
    await cohort.olu.click(changed, "Take it back")
    assert await sent_at(delivery, outlet, clock, NOW + timedelta(minutes=1)) == [
        "📅 ICML 2027: papers moved"
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"venue": "ICML 2027", "file": "a.yml"}, "file"),
        ({"venue": "NeurIPS 2025"}, "venue"),
        ({"venue": "Nowhere 2027"}, "venue"),
        ({"file": "nowhere.yml"}, "file"),
        ({"file": "ai.yml", "date": "paper", "sure": "yes"}, "date"),
    ],
)
async def test_what_is_not_there_is_said_at_its_field(
    cohort: CohortFixture, given: dict[str, str], field: str
) -> None:
    await enter(cohort)
    answer = await cohort.olu.fails("deadline remove", **given)
    assert answer.field == field, lines_of(answer)


async def test_without_anything_the_form_asks(cohort: CohortFixture) -> None:
    form = await cohort.olu.form("deadline remove")
    assert [each.name for each in form.fields] == ["venue", "date", "file"]


async def test_what_is_built_in_is_not_offered_to_be_removed(cohort: CohortFixture) -> None:
    await enter(cohort)
    asked = await cohort.olu.fails("deadline remove", venue="ICLM")
    assert [each.label for each in buttons_of(asked)] == ["ICML 2027"], "and not ICLR, which nobody entered"
    assert text_of(answered(await cohort.olu.click(asked, "ICML 2027"))).startswith(
        "Shall I remove ICML 2027"
    )
    for venue in ("NeurIPS", "NeurIPS 2027"):
        answer = await cohort.olu.fails("deadline remove", venue=venue)
        assert text_of(answer) == f"What I know of {venue} is built in, and nothing of it was entered here."
    answer = await cohort.olu.fails("deadline remove", venue="NeurPS")
    assert not buttons_of(answer)
    for command, venue in (("deadline remove", "ICML 3027"), ("deadline show", "ICML 2207")):
        asked = await cohort.olu.fails(command, venue=venue)
        assert [each.label for each in buttons_of(asked)][:1] == ["ICML 2027"]


async def test_words_on_the_day_of_a_decision_are_planned_anew_without_what_was_removed(
    cohort: CohortFixture,
) -> None:
    def planned(conn: Conn) -> list[str]:
        return sorted(row["kind"] for row in conn.all("SELECT kind FROM timer"))

    await enter(cohort)
    before = await cohort.core.store.read(planned)
    assert "submissions.decision-day" in before
    await cohort.olu.ok("deadline remove", venue="ICML 2027", sure="yes")
    assert await cohort.core.store.read(planned) == []
    await cohort.olu.ok("deadline take-back", change="ICML 2027, removed")
    assert await cohort.core.store.read(planned) == before
