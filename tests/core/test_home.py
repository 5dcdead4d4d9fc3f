"""A member's page: what waits for them, what is theirs, and that it says nothing once a membership has ended."""

import pytest

from core.chat.model import Form, Person, Reply
from core.cohorts import home_pages
from core.commands.typed_line import HOME
from core.delivery.service import Delivery
from core.store.port import Conn
from tests.outlets import KeepingOutlet
from tests.people import CohortFixture, button_of, buttons_of, text_of


async def test_page_of_a_quiet_day(cohort: CohortFixture) -> None:
    page = await cohort.ada.ok(HOME)
    assert page.private
    assert text_of(page) == "Ada in Lab, Mon 23 Nov 2026\nNothing waits for you."
    assert [each.label for each in buttons_of(page)] == ["Check in", "Add a paper", "Reading list", "Help"]
    for button in buttons_of(page):
        answer = await cohort.ada.click(button)
        assert isinstance(answer, Form) or not answer.error


async def test_page_shows_own_papers_and_no_others(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="On *noise*", venue="ICLR 2026", stage="in-review")
    await cohort.ben.ok("submission add", title="Of Ben")
    page = text_of(await cohort.ada.ok(HOME))
    assert "• #1 On *noise*: in review at ICLR 2026" in page
    assert "Of Ben" not in page
    for number in range(5):
        await cohort.ada.ok("submission add", title=f"Paper {number}")
    assert text_of(await cohort.ada.ok(HOME)).splitlines()[-1] == "• and 1 more paper"
    await cohort.ada.ok("submission add", title="Paper 5")
    page = text_of(await cohort.ada.ok(HOME))
    assert page.count("Paper ") == 5
    assert "and 2 more papers" in page


async def test_call_waits_until_it_is_answered(
    cohort: CohortFixture, delivery: Delivery, outlet: KeepingOutlet
) -> None:
    await cohort.olu.ok("cohort-admin schedule-add", kind="checkin", when="daily 18:00")
    await cohort.olu.ok("cohort-admin schedule-run", schedule="1")
    await delivery.flush()
    assert outlet.sent
    page = await cohort.ada.ok(HOME)
    assert "Waits for you\n• The check-in of Mon 23 Nov 2026" in text_of(page)
    form = await cohort.ada.click(button_of(page, "Check in"))
    assert isinstance(form, Form)
    await cohort.ada.submit(form, progress="Some")
    after = text_of(await cohort.ada.ok(HOME))
    assert "Nothing waits for you" in after
    assert "Your last check-in: Mon 23 Nov 2026" in after


async def test_turns_and_offers_wait(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="Attention")
    await cohort.ada.ok("reading present", item="1")
    assert "• You present #1 “Attention” when it comes up" in text_of(await cohort.ada.ok(HOME))
    await cohort.ada.ok("reading swap", person="Ben", item="1")
    page = await cohort.ben.ok(HOME)
    assert "• Ada offers you the turn to present #1 “Attention”" in text_of(page)
    taken = await cohort.ben.click(button_of(page, "Take #1"))
    assert isinstance(taken, Reply)
    assert "You present #1" in text_of(await cohort.ben.ok(HOME))


async def test_organizers_see_what_is_not_set_up(cohort: CohortFixture) -> None:
    page = await cohort.olu.ok(HOME)
    assert "• Nothing is scheduled yet" in text_of(page)
    assert button_of(page, "Add a schedule").command == "cohort-admin schedule-add"
    assert "scheduled" not in text_of(await cohort.mina.ok(HOME))


async def test_outsiders_and_guests_get_a_sentence(cohort: CohortFixture) -> None:
    for who in (cohort.somebody("Zoe"), cohort.somebody("Gil", guest=True)):
        refused = text_of(await who.fails(HOME))
        assert "\n" not in refused
        assert "Lab" not in refused
        assert "/cohort" in refused


def _shown(conn: Conn, *people: Person) -> None:
    for person in people:
        assert home_pages.begin(conn, person) == 0


async def _outdated(cohort: CohortFixture) -> list[str]:
    place = cohort.ada.place
    return sorted(await cohort.core.store.read(home_pages.outdated, place.platform, place.workspace, 10))


@pytest.mark.case(46)
async def test_pages_are_outdated_when_a_membership_ends(cohort: CohortFixture) -> None:
    people = (cohort.ada, cohort.ben, cohort.mina, cohort.olu)
    await cohort.core.store.write(_shown, *(each.person for each in people))
    assert await _outdated(cohort) == []
    await cohort.ada.ok("cohort leave")
    assert await _outdated(cohort) == ["U-ada"]
    await cohort.olu.ok("cohort-admin remove", person="Ben", sure=True)
    assert await _outdated(cohort) == ["U-ada", "U-ben"]
    place = cohort.ada.place
    await cohort.core.store.write(home_pages.forget, place.platform, place.workspace, "U-ada")
    assert await _outdated(cohort) == ["U-ben"]
    await cohort.olu.ok("cohort-admin archive", sure=True)
    assert await _outdated(cohort) == ["U-ben", "U-mina", "U-olu"]


@pytest.mark.case(46)
async def test_page_that_is_outdated_while_it_is_shown_stays_so(cohort: CohortFixture) -> None:
    store, ada = cohort.core.store, cohort.ada
    first = await store.write(home_pages.begin, ada.person)
    await ada.ok("cohort leave")
    await store.write(home_pages.done, ada.person, first)
    assert await _outdated(cohort) == ["U-ada"]
    await store.write(home_pages.done, ada.person, await store.write(home_pages.begin, ada.person))
    assert await _outdated(cohort) == []
