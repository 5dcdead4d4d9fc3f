"""A form that cannot succeed does not open: what helps is said instead, or the form opens that can succeed."""

import pytest

from core.chat.model import Form, Reply
from core.commands.registry import Registry, discover
from core.commands.spec import Command
from tests.people import CohortFixture, buttons_of, text_of


def _asks_for_record(registry: Registry, command: Command) -> bool:
    kinds = (registry.records.get(param.type) for param in command.params if param.required)
    return any(kind is not None and kind.needs_cohort for kind in kinds)


REGISTRY = discover()
ABOUT_RECORDS = sorted(each.name for each in REGISTRY.commands.values() if _asks_for_record(REGISTRY, each))
WITH_FORM = sorted(each.name for each in REGISTRY.commands.values() if any(p.required for p in each.params))


@pytest.mark.case(63)
@pytest.mark.parametrize("name", ABOUT_RECORDS)
async def test_where_there_is_no_record_no_form_opens(sqlite_cohort: CohortFixture, name: str) -> None:
    for actor in (sqlite_cohort.olu, sqlite_cohort.ada):
        if REGISTRY.commands[name].for_organizers and actor is sqlite_cohort.ada:
            continue
        refused = await actor.fails(name)
        assert buttons_of(refused), f"{text_of(refused)} needs a button"
        helped = await actor.click(buttons_of(refused)[0])
        if (
            isinstance(helped, Reply) and helped.error
        ):  # what comes before may be missing too: a paper of a review
            helped = await actor.click(buttons_of(helped)[0])
        assert isinstance(helped, Form), "the buttons lead to what can be done"


@pytest.mark.parametrize("name", WITH_FORM)
def test_titles_and_buttons_say_what_they_do(name: str) -> None:
    command = REGISTRY.commands[name]
    assert command.form, f"{name} asks for {[p.name for p in command.params if p.required]} and needs a title"
    assert len(command.form) <= 24, "Slack shows no more"
    assert 2 <= len(command.submit) <= 24
    assert command.submit != "Send", "it says what it does"


@pytest.mark.case(63)
async def test_a_done_day_opens_the_edit(cohort: CohortFixture) -> None:
    await cohort.ada.ok("checkin now", progress="Ran it", share="private")
    form = await cohort.ada.form("checkin now")
    assert form.command == "checkin edit"
    assert form.title == "Edit, for you alone"
    assert {each.name: each.value for each in form.fields}["progress"] == "Ran it"
    await cohort.ada.submit(form, progress="Ran more")
    kept = await cohort.ada.form("checkin edit")
    assert {each.name: each.value for each in kept.fields}["progress"] == "Ran more"


@pytest.mark.case(63)
async def test_an_edit_of_nothing_says_so(cohort: CohortFixture) -> None:
    refused = await cohort.ada.fails("checkin edit")
    assert "no check-in of yours today" in text_of(refused)
    opened = await cohort.ada.click(refused, "Check in")
    assert isinstance(opened, Form)
    assert opened.command == "checkin now"


async def test_a_typed_check_in_of_a_done_day_offers_the_edit(cohort: CohortFixture) -> None:
    await cohort.ada.ok("checkin now", progress="Ran it", share="private")
    refused = await cohort.ada.fails("checkin now", progress="Ran it again")
    assert isinstance(await cohort.ada.click(refused, "Edit it"), Form)


@pytest.mark.case(63)
@pytest.mark.parametrize("name", ["submission update", "submission resubmit", "review add", "review list"])
async def test_what_is_for_ones_own_papers_does_not_open_without_one(
    cohort: CohortFixture, name: str
) -> None:
    await cohort.ada.ok("submission add", title="Of Ada")
    refused = await cohort.ben.fails(name)
    assert "yours" in text_of(refused)
    assert isinstance(await cohort.ben.click(refused, "Add a paper"), Form)
    assert isinstance(await cohort.ada.form(name), Form)


@pytest.mark.case(63)
@pytest.mark.parametrize("name", ["submission update", "submission resubmit"])
async def test_others_papers_are_refused_before_the_form(cohort: CohortFixture, name: str) -> None:
    await cohort.ada.ok("submission add", title="Of Ada")
    await cohort.ben.ok("submission add", title="Of Ben")
    refused = await cohort.ben.fails(name, paper="#1")
    assert refused.field == "paper"
    assert isinstance(await cohort.olu.form(name, paper="#1"), Form), "an organizer may"


@pytest.mark.case(63)
async def test_a_record_that_is_not_there_is_said_before_the_form(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Of Ada")
    refused = await cohort.ada.fails("submission update", paper="#9")
    assert refused.field == "paper"
    assert "#9" in text_of(refused)


@pytest.mark.case(63)
async def test_whoever_may_not_sees_no_form(cohort: CohortFixture) -> None:
    outsider = cohort.somebody("Eve")
    for name in WITH_FORM:
        command = REGISTRY.commands[name]
        if not command.needs_cohort:
            continue
        answer = await outsider(name)
        assert isinstance(answer, Reply), name
        assert answer.error, name
    for name in (
        each for each in WITH_FORM if each.startswith("cohort-admin") and each != "cohort-admin setup"
    ):
        refused = await cohort.ada.fails(name)
        assert "organizer" in text_of(refused) or "manage" in text_of(refused), name


@pytest.mark.case(63)
async def test_a_turn_that_nobody_has_is_not_offered(cohort: CohortFixture) -> None:
    refused = await cohort.ada.fails("reading swap")
    assert "no turn" in text_of(refused)
    assert not isinstance(await cohort.ada.click(buttons_of(refused)[0]), Form)
