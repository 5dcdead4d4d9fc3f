"""Help: a line and a button for each topic, by role and by where one is, found by everyday words."""

from dataclasses import replace

import pytest

from core.chat.model import Form, Person, Reply
from core.commands.dispatch import Core
from core.commands.greetings import GREETING
from core.commands.registry import discover
from core.commands.spec import HelpTopic
from core.commands.typed_line import parse
from tests.people import HOME, Actor, CohortFixture, button_of, buttons_of, text_of

FOUND = discover()


def newcomer(core: Core, *, manager: bool = False, guest: bool = False) -> Actor:
    """Somebody who is in no cohort."""
    return Actor(
        core, Person(HOME.platform, HOME.workspace, "U-zoe", "Zoe", manager=manager, guest=guest), HOME
    )


@pytest.mark.parametrize("topic", FOUND.topics, ids=lambda topic: topic.name)
def test_topics_name_what_is_there(topic: HelpTopic) -> None:
    assert 1 <= len(topic.summary) <= 90
    assert set(topic.groups) <= FOUND.groups.keys()
    assert 1 <= len(topic.first) <= 5
    named = {*topic.first, *(name for names in topic.words.values() for name in names)}
    assert named <= FOUND.commands.keys()
    assert {FOUND.commands[name].group for name in topic.first} <= {"lottery", *topic.groups}


def test_every_group_has_one_topic() -> None:
    groups = [group for topic in FOUND.topics for group in topic.groups]
    assert sorted(groups) == sorted(FOUND.groups)


async def test_help_is_a_line_and_a_button_for_each_topic(cohort: CohortFixture) -> None:
    for who, topics in ((cohort.ada, 6), (cohort.olu, 7)):
        overview = await who.ok("cohort help")
        head, *lines = text_of(overview).split("\n")
        assert head == "What I can do in Lab:"
        assert len(lines) == topics
        labels = [each.label for each in buttons_of(overview)]
        assert labels == [line.removeprefix("• ").partition(":")[0] for line in lines] + ["All commands"]
        for button in buttons_of(overview):
            page = await who.click(button)
            assert isinstance(page, Reply)
            assert not page.error
    assert "Organizing" not in text_of(await cohort.ada.ok("cohort help"))


async def test_every_command_is_behind_it_and_explained(cohort: CohortFixture) -> None:
    member = text_of(await cohort.ada.ok("cohort help", topic="all"))
    organizer = text_of(await cohort.olu.ok("cohort help", topic="all"))
    for name, command in FOUND.commands.items():
        assert f"/{name}" in organizer
        assert (f"/{name}" in member) == (not command.for_organizers)
        one = await cohort.ada.ok("cohort help", topic=name)
        assert all(param.name in text_of(one) for param in command.params)
        assert button_of(one).command == name
    for topic in FOUND.topics:
        every = text_of(await cohort.olu.ok("cohort help", topic=f"all {topic.name}"))
        assert every.count("\n") == sum(len(FOUND.groups[group]) for group in topic.groups)


async def test_commands_are_found_as_they_are_typed_anywhere(cohort: CohortFixture) -> None:
    for typed in ("/submission add", "Submission  Add", "submission add"):
        assert text_of(await cohort.ada.ok("cohort help", topic=typed)).startswith("/submission add: ")
    assert text_of(await cohort.ada.ok("cohort help", topic="join")).startswith("/cohort join: ")
    assert text_of(await cohort.olu.ok("cohort help", topic="admin set")).startswith("/cohort-admin set: ")
    assert text_of(await cohort.ada.ok("cohort help", topic="reading")).startswith("Reading: ")
    assert text_of(await cohort.ada.ok("cohort help", topic="review")).startswith("review · ")


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("paper", "submission add"),
        ("papers", "submission add"),
        ("rejected", "submission update"),
        ("my paper was rejected", "submission update"),
        ("rejection", "submission resubmit"),
        ("deadline", "deadline list"),
        ("calendar", "deadline calendar"),
        ("mentor", "cohort members"),
        ("who is a mentor?", "cohort members"),
        ("vote", "reading vote"),
        ("voting", "reading vote"),
        ("timezone", "profile timezone"),
        ("time zone", "profile timezone"),
        ("delete my data", "profile show"),
        ("i want to leave", "cohort leave"),
        ("how do i check in", "checkin now"),
        ("I'm stuck", "checkin now"),
        ("reminders", "profile reminders"),
        ("vacation", "profile away"),
        ("odds", "lottery scores"),
        ("present a talk", "reading present"),
        ("undo", "reading remove"),
        ("teleport", ""),
    ],
)
async def test_everyday_words_find_commands(cohort: CohortFixture, typed: str, command: str) -> None:
    if not command:
        refused = await cohort.ada.fails("cohort help", topic=typed)
        assert refused.field == "topic"
        assert f"no help for “{typed}”" in text_of(refused)
        assert buttons_of(refused)
        return
    found = await cohort.ada.ok("cohort help", topic=typed)
    assert command in [each.command for each in buttons_of(found)] or f"/{command}" in text_of(found)
    assert not any(each.command.startswith("cohort-admin") for each in buttons_of(found))


async def test_word_that_few_commands_have_tells_more(cohort: CohortFixture) -> None:
    found = buttons_of(await cohort.ada.ok("cohort help", topic="my paper was rejected"))
    assert found[0].command == "submission update"


async def test_line_that_names_nothing_leads_to_help(cohort: CohortFixture) -> None:
    problem = parse(FOUND, "good morning everybody").problem
    assert problem is not None
    assert "What I can do in Lab" in text_of(
        await cohort.ada.click(Reply("", problem.blocks), "What can you do?")
    )


async def test_organizers_words_are_for_organizers(cohort: CohortFixture) -> None:
    found = await cohort.olu.ok("cohort help", topic="schedule")
    assert buttons_of(found)[0].command == "cohort-admin schedule-add"


async def test_slip_offers_what_is_near(cohort: CohortFixture) -> None:
    refused = await cohort.ada.fails("cohort help", topic="papre")
    assert isinstance(refused, Reply)
    near = await cohort.ada.click(buttons_of(refused)[0])
    assert "/submission add" in text_of(near)


async def test_outside_help_begins_with_the_way_in(cohort: CohortFixture) -> None:
    zoe = cohort.somebody("Zoe")
    outside = await zoe.ok("cohort help")
    assert "You are not in the cohort yet" in text_of(outside)
    assert "Lab" not in text_of(outside)
    assert buttons_of(outside)[0].label == "Join"
    joined = await zoe.click(buttons_of(outside)[0])
    assert "Welcome to Lab" in text_of(joined)
    assert text_of(await zoe.ok("cohort help")).startswith("What I can do in Lab")


async def test_fresh_workspace_begins_with_set_up(core: Core) -> None:
    fresh = await newcomer(core, manager=True).ok("cohort help")
    assert "No cohort is set up here yet" in text_of(fresh)
    form = await newcomer(core, manager=True).click(buttons_of(fresh)[0])
    assert isinstance(form, Form)
    assert form.command == "cohort-admin setup"
    told = await newcomer(core).ok("cohort help")
    assert "whoever manages this place" in text_of(told)
    assert not any(each.command == "cohort-admin setup" for each in buttons_of(told))
    anyone = await newcomer(replace(core, setup_by_anyone=True)).ok("cohort help")
    assert buttons_of(anyone)[0].command == "cohort-admin setup"


async def test_hello_is_one_line_and_four_buttons(cohort: CohortFixture) -> None:
    command, args = GREETING
    hello = await cohort.ada.in_direct().ok(command, **args)
    assert text_of(hello).startswith("Hello Ada!")
    assert "\n" not in text_of(hello)
    assert [each.label for each in buttons_of(hello)] == [
        "My page",
        "Check in",
        "Add a paper",
        "What can you do?",
    ]
    stranger = await cohort.somebody("Zoe").ok(command, **args)
    assert [each.label for each in buttons_of(stranger)][:2] == ["Join", "What can you do?"]
    guest = await cohort.somebody("Gil", guest=True).fails(command, **args)
    assert "Guests are let in by an organizer" in text_of(guest)
    assert not buttons_of(guest)
