"""The way in: who calls, where, which cohort is meant, may they; and what comes back when something is wrong."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated, Any

import pytest
from structlog.testing import capture_logs

from core.chat.model import (
    Button,
    Buttons,
    ButtonStyle,
    Choice,
    Form,
    Place,
    PlaceKind,
    Reply,
    Request,
    Source,
    Upload,
)
from core.chat.text import say
from core.clock import FixedClock
from core.cohorts import directory
from core.cohorts.model import Member, Scope
from core.cohorts.presence import AccountState
from core.commands.dispatch import Call, Core
from core.commands.registry import Registry, build_command
from core.commands.spec import Access, Arg, Command, CommandMark, RecordKind
from core.errors import GuestNotAllowed, NotAllowed, NotFound, OutOfDate
from core.store.port import Conn, Store
from tests.accounts import StatedAccounts
from tests.people import (
    HOME,
    Actor,
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    refused,
    text_of,
)


@dataclass(frozen=True)
class Fruit:
    """A record that this test's commands take."""

    name: str


def _resolve(conn: Conn, scope: Scope, typed: str) -> Fruit:
    if typed not in ("apple", "pear"):
        raise NotFound(say("There is no fruit {typed}.", typed=typed))
    return Fruit(typed)


def _complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    if typed == "broken":
        raise LookupError("a broken completion")
    return [Choice(f"apple {at}", f"Apple {at} of {scope.cohort.name}") for at in range(40)]


async def who(call: Call) -> Reply:
    """Say who calls and where."""
    scope = call.optional_scope
    member = scope.member.name if scope and scope.member else "nobody"
    return Reply(f"{member} in {scope.cohort.name if scope else 'no cohort'}", private=True)


async def add(call: Call, name: Annotated[str, Arg("A name.", max_length=40)]) -> Reply:
    """Add a note."""

    def insert(conn: Conn) -> int:
        return directory.next_number(conn, call.cohort.id, name)

    return Reply(f"#{await call.write(insert)}")


async def add_two(call: Call) -> Reply:
    """Add two notes in two transactions."""
    numbers = [await call.write(directory.next_number, call.cohort.id, "two") for _ in "ab"]
    return Reply(str(numbers))


async def explode(call: Call, text: Annotated[str, Arg("Any text.")] = "") -> Reply:
    """Fail in a way nobody foresaw."""
    raise LookupError("the inside of the program")


async def eat(
    call: Call,
    fruit: Annotated[Fruit, Arg("A fruit.")],
    with_: Annotated[Member | None, Arg("Somebody.")] = None,
    loud: Annotated[bool, Arg("Whether to say so.")] = True,
    file: Annotated[Upload | None, Arg("A file.", in_form=False)] = None,
) -> Reply:
    """Eat a fruit."""
    return Reply(f"{fruit.name} {with_.name if with_ else ''} {loud}")


def _marked(
    name: str,
    access: Access = Access.MEMBER,
    *,
    private: bool = True,
    form: str | None = None,
    needs_cohort: bool = True,
    handler: Any = who,
    prefill: Any = None,
) -> Command:
    return build_command(handler, CommandMark(name, access, private, form, needs_cohort, prefill))


REGISTRY = Registry(
    {
        each.name: each
        for each in (
            _marked("who anyone", Access.ANYONE, needs_cohort=False),
            _marked("who member", private=False),
            _marked("who mentor", Access.MENTOR),
            _marked("who organizer", Access.ORGANIZER),
            _marked("who setup", Access.SETUP, needs_cohort=False),
            _marked(
                "note add",
                handler=add,
                form="Add a note",
                prefill=lambda conn, scope, given: {"name": f"{scope.member.name}'s"},
            ),
            _marked("note two", handler=add_two),
            _marked("try explode", handler=explode),
            _marked("fruit eat", handler=eat),
        )
    },
    {Fruit: RecordKind(Fruit, _resolve, _complete)},
    {},
    {},
    (),
    {},
)


@pytest.fixture
async def lab(sqlite_store: Store, clock: FixedClock) -> CohortFixture:
    """A cohort with this test's own commands."""
    return await found_cohort(Core(REGISTRY, sqlite_store, clock))


@pytest.fixture
async def lab_on_both(store: Store, clock: FixedClock) -> CohortFixture:
    """The same, once for each engine."""
    return await found_cohort(Core(REGISTRY, store, clock))


async def test_answer_knows_its_cohort_and_who_may_see_it(lab: CohortFixture) -> None:
    shared = await lab.ada.ok("who member")
    assert text_of(shared) == "Ada in Lab"
    assert not shared.private, "the command decides, not the handler"
    assert shared.cohort == lab.id
    assert (await lab.ada.ok("who anyone")).private


async def test_unknown_command_says_where_to_look(lab: CohortFixture) -> None:
    for name in ("submission ad", "", "x" * 5000, "who", "who member extra", "**bold**\n> x"):
        reply = await lab.ada.fails(name)
        assert "/cohort help lists what I can do" in text_of(reply)
        assert len(text_of(reply)) < 200


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("who anyone", {"olu", "mina", "ada", "stranger", "manager"}),
        ("who member", {"olu", "mina", "ada"}),
        ("who mentor", {"olu", "mina"}),
        ("who organizer", {"olu"}),
        ("who setup", {"olu", "manager"}),
    ],
)
@pytest.mark.parametrize("source", list(Source))
async def test_who_may_what_on_commands_clicks_and_forms(
    lab: CohortFixture, command: str, allowed: set[str], source: Source
) -> None:
    people = {
        "olu": lab.olu,
        "mina": lab.mina,
        "ada": lab.ada,
        "stranger": lab.somebody("Eve"),
        "manager": lab.somebody("Max", manager=True),
    }
    for name, actor in people.items():
        cohort = None if source is Source.COMMAND else lab.id
        reply = await actor.send(command, {}, cohort, source)
        assert isinstance(reply, Reply)
        assert reply.error == (name not in allowed), f"{name}: {text_of(reply)}"
        assert not reply.error or reply.private


async def test_refusals_say_what_to_do(lab: CohortFixture) -> None:
    eve = lab.somebody("Eve")
    assert "/cohort join takes a second" in text_of(await eve.fails("who member"))
    assert "mentors and organizers" in text_of(await lab.ada.fails("who mentor"))
    assert "ask one of them" in text_of(await lab.mina.fails("who organizer"))
    assert "those who manage this workspace" in text_of(await lab.ada.fails("who setup"))


async def test_without_organizer_managers_step_in(lab: CohortFixture) -> None:
    manager = lab.somebody("Max", manager=True)
    await manager.fails("who organizer")
    await lab.core.store.write(lambda conn: conn.run("UPDATE member SET organizer = 0"))
    assert text_of(await manager.ok("who organizer")) == "nobody in Lab"
    await lab.olu.fails("who organizer")
    await lab.somebody("Eve").fails("who organizer")


async def test_anyone_may_set_up_until_organizer(
    lab: CohortFixture,
) -> None:
    ada = Actor(replace(lab.core, setup_by_anyone=True), lab.ada.person)
    await ada.fails("who setup")
    await ada.at(Place("test", "W-new", "C1")).ok("who setup")
    await lab.core.store.write(lambda conn: conn.run("UPDATE member SET organizer = 0"))
    await ada.ok("who setup")
    await lab.ada.fails("who setup")


async def test_adapter_can_ask_first_whether_somebody_may(lab: CohortFixture) -> None:
    def asked(actor: Actor, command: str) -> Awaitable[None]:
        return lab.core.authorise(Request("ask", command, actor.person, HOME))

    await asked(lab.olu, "who organizer")
    await asked(lab.ada, "note add")  # whatever is missing, she may
    for actor, command, error in (
        (lab.ada, "who organizer", NotAllowed),
        (lab.somebody("Eve"), "note add", NotAllowed),
        (lab.somebody("Gus", guest=True), "who anyone", GuestNotAllowed),
        (lab.olu, "who knows", OutOfDate),
    ):
        with pytest.raises(error):
            await asked(actor, command)


async def test_guests_are_refused_unless_they_are_members(lab: CohortFixture) -> None:
    guest = lab.somebody("Gus", guest=True)
    for command in ("who anyone", "who member", "who setup"):
        assert "Guests are let in by an organizer" in text_of(await guest.fails(command))
    member = Actor(lab.core, replace(lab.ada.person, guest=True))
    assert text_of(await member.ok("who member")) == "Ada in Lab"


async def test_group_messages_are_refused_whoever_writes(lab: CohortFixture) -> None:
    for actor in (lab.olu, lab.ada, lab.somebody("Eve")):
        group = actor.at(Place("test", "W", "G1", PlaceKind.GROUP))
        for command in ("who anyone", "who member"):
            assert "I do not work in group messages" in text_of(await group.fails(command))


async def test_only_cohort_is_meant_in_direct_messages_and_other_channels(lab: CohortFixture) -> None:
    for place in (
        Place("test", "W", "D1", PlaceKind.DIRECT),
        Place("test", "", "D1", PlaceKind.DIRECT),
        Place("test", "W", "C-other"),
        Place("test", "W", "T1", PlaceKind.THREAD, parent="C1"),
    ):
        assert text_of(await lab.ada.at(place).ok("who member")) == "Ada in Lab", place
    elsewhere = lab.ada.at(Place("test", "W-other", "C1"))
    assert "does not belong to a cohort yet" in text_of(await elsewhere.fails("who member"))
    assert text_of(await elsewhere.ok("who anyone")) == "nobody in no cohort"


async def test_who_is_in_no_cohort_gets_at_one_in_its_own_channels_only(
    lab: CohortFixture, clock: FixedClock
) -> None:
    eve = lab.somebody("Eve")
    accounts = lab.core.accounts.lookups["test"] = StatedAccounts()
    for place in (Place("test", "W", "C-other"), Place("test", "W", "D-eve", PlaceKind.DIRECT)):
        accounts.states["U-eve"] = AccountState.OUTSIDE
        clock.move_to(clock.now() + timedelta(minutes=1))
        refusal = await eve.at(place).fails("who member")
        assert "does not belong to a cohort yet" in text_of(refusal), "not even its name is told"
        accounts.states["U-eve"] = AccountState.INSIDE
        clock.move_to(clock.now() + timedelta(minutes=1))
        assert "Lab is the one here" in text_of(await eve.at(place).fails("who member"))
        for source in (Source.BUTTON, Source.FORM):
            reply = refused(await eve.at(place).send("who anyone", {}, lab.id, source))
            assert "one that you are not in" in text_of(reply)
    at_home = Place("test", "W", "T9", PlaceKind.THREAD, parent=HOME.channel)
    for place in (HOME, at_home):
        assert text_of(await eve.at(place).ok("who anyone")) == "nobody in Lab"
        assert text_of(answered(await eve.at(place).send("who anyone", {}, lab.id, Source.BUTTON))) == (
            "nobody in Lab"
        )


async def test_of_many_cohorts_as_many_are_offered_as_fit(lab: CohortFixture) -> None:
    for n in range(27):
        await found_cohort(lab.core, f"More {n}", place=replace(HOME, id=f"C-{n}"))
    reply = await lab.ada.in_direct().fails("note add", name="x")
    assert [len(block.items) for block in reply.blocks if isinstance(block, Buttons)] == [5] * 5
    assert "3 more are not shown; use the command in their channel." in text_of(reply)


async def test_of_several_cohorts_bot_asks_which(lab: CohortFixture) -> None:
    second = await found_cohort(lab.core, "Second", place=replace(HOME, id="C2"))
    reply = await lab.ada.in_direct().fails("note add", name="a | b & “c”")
    assert text_of(reply) == "Which cohort do you mean?"
    assert reply.is_question
    assert [each.label for each in buttons_of(reply)] == ["Lab", "Second"]
    answer = answered(await lab.ada.in_direct().click(button_of(reply, "Second")))
    assert text_of(answer) == "#1"
    assert answer.cohort == second.id
    assert text_of(await second.ada.ok("who member")) == "Ada in Second", "the channel decides"


async def test_forged_cohort_is_out_of_date(lab: CohortFixture) -> None:
    theirs = await found_cohort(lab.core, "Theirs", place=Place("test", "W2", "C1"))
    for source in (Source.BUTTON, Source.FORM):
        for forged in (theirs.id, 999_999, 10**17):
            reply = refused(await lab.ada.send("who member", {}, forged, source))
            assert "not active here any more" in text_of(reply)


async def test_unexpected_error_has_reference_that_is_in_log(lab: CohortFixture) -> None:
    with capture_logs() as logs:
        reply = await lab.ada.fails("try explode", text="a secret answer")
    (entry,) = logs
    assert entry["event"] == "call failed"
    assert entry["log_level"] == "error"
    assert entry["command"] == "try explode"
    assert entry["exc_info"]
    assert len(entry["reference"]) >= 8
    assert entry["reference"] in text_of(reply)
    assert "Something went wrong on my side" in text_of(reply)
    assert "inside of the program" not in text_of(reply)
    assert "a secret answer" not in str(logs)


async def test_store_that_is_closed_is_answer_too(lab: CohortFixture) -> None:
    await lab.core.store.close()
    with capture_logs() as logs:
        reply = await lab.ada.fails("who member")
    assert logs[0]["reference"] in text_of(reply)


async def test_call_delivered_twice_counts_once_and_answers_same(lab_on_both: CohortFixture) -> None:
    ada = lab_on_both.ada
    first = await ada.ok("note add", name="x")
    assert (text_of(first), text_of(await ada.again())) == ("#1", "#1")
    assert text_of(await ada.ok("note add", name="x")) == "#2"
    both = await ada.ok("note two")
    assert (text_of(both), text_of(await ada.again())) == ("[1, 2]", "[1, 2]")


async def test_call_delivered_twice_at_once_counts_once(lab_on_both: CohortFixture) -> None:
    request = Request("one id", "note add", lab_on_both.ada.person, HOME, {"name": "y"})
    replies = await asyncio.gather(*(lab_on_both.core.run(request) for _ in range(20)))
    assert {text_of(each) for each in replies} == {"#1"}
    assert text_of(await lab_on_both.ben.ok("note add", name="y")) == "#2"


async def test_same_id_elsewhere_is_another_call(lab: CohortFixture) -> None:
    theirs = await found_cohort(lab.core, "Theirs", place=Place("test", "W2", "C1"))
    for cohort_fixture, expected in ((lab, "#1"), (theirs, "#1"), (lab, "#1")):
        request = Request(
            "same", "note add", cohort_fixture.ada.person, cohort_fixture.ada.place, {"name": "z"}
        )
        assert text_of(answered(await cohort_fixture.core.run(request))) == expected


async def test_what_is_missing_opens_form_and_form_calls_command(lab: CohortFixture) -> None:
    form = await lab.ada.form("note add")
    assert (form.title, form.command, form.cohort) == ("Add a note", "note add", lab.id)
    (field,) = form.fields
    assert (field.name, field.required, field.value, field.max_length) == ("name", True, "Ada's", 40)
    assert text_of(answered(await lab.ada.submit(form, name="n"))) == "#1"
    reply = refused(await lab.ada.submit(form, name="n" * 41))
    assert reply.field == "name"
    assert reply.cohort == lab.id


async def test_form_keeps_what_was_given(lab: CohortFixture) -> None:
    form = await lab.ada.form("fruit eat", loud=False, **{"with": "Ben"})
    assert {each.name: each.value for each in form.fields} == {"fruit": None, "with": "Ben", "loud": "no"}
    assert text_of(answered(await lab.ada.submit(form, fruit="pear"))) == "pear Ben False"
    reply = refused(await lab.ada.submit(form, fruit="stone"))
    assert (text_of(reply), reply.field) == ("There is no fruit stone.", "fruit")


async def test_form_is_only_for_those_who_may(lab: CohortFixture) -> None:
    await lab.somebody("Eve").fails("note add")
    assert "has no parameter nme" in text_of(await lab.ada.fails("note add", nme="x"))


async def test_button_without_its_parameters_opens_form(lab: CohortFixture) -> None:
    result = await lab.ada.click(Button("Add", "note add", {}, ButtonStyle.PRIMARY, lab.id))
    assert isinstance(result, Form)


async def test_completion_offers_at_most_25_and_only_to_those_who_may(lab: CohortFixture) -> None:
    def request(actor: Actor, command: str = "fruit eat") -> Request:
        return Request("c", command, actor.person, actor.place)

    complete = lab.core.complete
    assert len(await complete(request(lab.ada), "fruit", "ap")) == 25
    assert len(await complete(request(lab.ada), "fruit", "ap", most=3)) == 3
    assert (await complete(request(lab.ada), "fruit", ""))[0].label == "Apple 0 of Lab"
    for nothing in (
        complete(request(lab.somebody("Eve")), "fruit", "ap"),
        complete(request(lab.ada.at(Place("test", "W9", "C9"))), "fruit", "ap"),
        complete(request(lab.ada), "loud", "y"),
        complete(request(lab.ada), "nothing", "y"),
        complete(request(lab.ada, "no such"), "fruit", "y"),
    ):
        assert list(await nothing) == []
    assert len(await complete(request(lab.ada), "fruit", "half \ud83d and \0")) == 25
    with capture_logs() as logs:
        assert list(await complete(request(lab.ada), "fruit", "broken")) == []
    assert logs[0]["event"] == "completion failed"


async def test_cancelling_call_is_passed_on(lab: CohortFixture) -> None:
    task = asyncio.create_task(lab.ada.ok("who member"))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
