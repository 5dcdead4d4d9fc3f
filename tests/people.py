"""People who use the bot in tests, the way an adapter lets them: through requests."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count

from core.chat.lists import record_line, record_lines
from core.chat.model import (
    Argument,
    Button,
    Buttons,
    Form,
    Person,
    Place,
    PlaceKind,
    Records,
    Reply,
    Request,
    Source,
)
from core.chat.text import Sayable, Text, as_text
from core.cohorts import directory, people
from core.commands.arguments import with_references
from core.commands.dispatch import Core
from core.commands.stored_call import StoredCall
from core.store.port import Conn

_CALLS = count(1)

EARLY = datetime(2020, 1, 1, tzinfo=UTC)
"""An instant before everything that a test does."""
ID = re.compile(r"(?=.*\d)[A-Z0-9]{6,32}", re.ASCII)
"""What the ids of a platform look like that are no names; those of the people below are known by the directory."""

HOME = Place("test", "W", "C1", name="lab")
"""The cohort's own channel."""


@dataclass
class Actor:
    """Somebody at a place. Every call has an id of its own; `last` is the latest request, to deliver it
    again with `again()`."""

    core: Core
    person: Person
    place: Place = HOME
    last: Request | None = field(default=None, init=False)

    async def __call__(self, command: str, /, **args: Argument) -> Reply | Form:
        """Call a command."""
        return await self.send(command, args)

    async def send(
        self,
        command: str,
        args: Mapping[str, Argument],
        cohort: int | None = None,
        source: Source = Source.COMMAND,
        message: str = "",
    ) -> Reply | Form:
        """Send one request under a new call id, with bare ids as references, as adapters do."""
        known = self.core.registry.commands.get(command)
        if known is not None:
            args = with_references(known, args, ID, source)
        self.last = Request(
            f"call-{next(_CALLS)}", command, self.person, self.place, args, cohort, source, message
        )
        return await self.core.run(self.last)

    async def again(self) -> Reply | Form:
        """Deliver the latest call once more, as platforms do."""
        assert self.last is not None, "nothing was called yet"
        return await self.core.run(self.last)

    async def ok(self, command: str, /, **args: Argument) -> Reply:
        """Call a command that is expected to answer."""
        return answered(await self.send(command, args))

    async def fails(self, command: str, /, **args: Argument) -> Reply:
        """Call a command that is expected to be refused."""
        return refused(await self.send(command, args))

    async def form(self, command: str, /, **args: Argument) -> Form:
        """Call a command that is expected to open its form."""
        result = await self.send(command, args)
        assert isinstance(result, Form), text_of(result)
        return result

    async def click(
        self, what: Button | Reply | Form, label: str | None = None, *, message: str | None = None
    ) -> Reply | Form:
        """Press a button, or the one of that label in a reply, as it comes back over the wire: in a message of its
        own, or in the one of that id."""
        if isinstance(what, Button):
            call = StoredCall.of_button(what, None)
        else:
            assert isinstance(what, Reply), "a form has no buttons to press"
            call = StoredCall.of_button(button_of(what, label), what.cohort)
        call = StoredCall.unpack(call.pack())
        message = message or f"message-{next(_CALLS)}"
        return await self.send(call.command, call.args, call.cohort, Source.BUTTON, message)

    async def submit(self, form: Reply | Form, /, **values: Argument) -> Reply | Form:
        """Send a form with these values; what stood in its other fields stays."""
        assert isinstance(form, Form), text_of(form)
        unknown = set(values) - {each.name for each in form.fields}
        assert not unknown, f"the form has no fields {unknown}"
        standing = {each.name: each.value for each in form.fields if each.value is not None}
        return await self.send(form.command, {**form.args, **standing, **values}, form.cohort, Source.FORM)

    def text_of(self, result: Reply | Form) -> str:
        """See `text_of`."""
        return text_of(result)

    def at(self, place: Place) -> "Actor":
        """The same person somewhere else."""
        return Actor(self.core, self.person, place)

    def in_direct(self) -> "Actor":
        """The same person in a direct message with the bot."""
        return self.at(
            Place(self.place.platform, self.place.workspace, f"D-{self.person.id}", PlaceKind.DIRECT)
        )


def text_of(result: Reply | Form | Sayable) -> str:
    """The plain words of an answer, or the title of a form."""
    match result:
        case Reply(text=text):
            return as_text(text).plain()
        case Form(title=title):
            return title
        case _:
            return as_text(result).plain()


async def all_said(actor: Actor, command: str, /, **args: Argument) -> str:
    """What a command of the lottery says with its picture, and behind [All numbers]."""
    return await all_of(actor, await actor.ok(command, **args))


async def all_of(actor: Actor, reply: Reply | Form) -> str:
    """The words of an answer of the lottery, and those behind its [All numbers]."""
    return f"{text_of(reply)}\n{text_of(await actor.click(reply, 'All numbers'))}"


def listed(reply: Reply | Form) -> list[str]:
    """The records of an answer's lists, a line each: "#1 Title · submitted · Ada"."""
    blocks = reply.blocks if isinstance(reply, Reply) else ()
    records = (each for block in blocks if isinstance(block, Records) for each in block.rows)
    return [Text((record_line(each),)).plain().removeprefix("• ") for each in records]


def told_in(reply: Reply | Form) -> list[str]:
    """The lines of an answer's lists, their headings among them: what a digest tells."""
    blocks = reply.blocks if isinstance(reply, Reply) else ()
    lines = (record_lines(block).plain() for block in blocks if isinstance(block, Records))
    return [line.removeprefix("• ") for each in lines for line in each.split("\n")]


async def told_by_digest(actor: Actor) -> list[str]:
    """What the next digest says, without who joined."""
    lines = told_in(await actor.ok("digest preview"))
    if "Who joined" in lines:
        at = lines.index("Who joined")
        del lines[at : at + 2]
    return lines


def number_of(reply: Reply) -> str:
    """The short number that an answer names first: of a hidden record it is a random one."""
    found = re.search(r"#(\d+)", text_of(reply))
    assert found, text_of(reply)
    return found[1]


def answered(result: Reply | Form) -> Reply:
    """The reply, which must be no form and no error."""
    assert isinstance(result, Reply), f"a form opened: {result}"
    assert not result.error, text_of(result)
    return result


def refused(result: Reply | Form) -> Reply:
    """The reply, which must be an error that only the caller sees."""
    assert isinstance(result, Reply), f"a form opened: {result}"
    assert result.error, text_of(result)
    assert result.private
    return result


def buttons_of(reply: Reply | Form) -> list[Button]:
    """All buttons of a reply, in order."""
    assert isinstance(reply, Reply)
    return [button for block in reply.blocks if isinstance(block, Buttons) for button in block.items]


def button_of(reply: Reply | Form, label: str | None = None) -> Button:
    """The button of that label, or the only one."""
    found = [each for each in buttons_of(reply) if label is None or each.label == label]
    assert len(found) == 1, f"{label!r} among {[each.label for each in buttons_of(reply)]}"
    return found[0]


@dataclass(frozen=True)
class CohortFixture:
    """A cohort and its people."""

    core: Core
    id: int
    olu: Actor
    mina: Actor
    ada: Actor
    ben: Actor

    def somebody(self, name: str, *, manager: bool = False, guest: bool = False) -> Actor:
        """Somebody of the same workspace who is not in the cohort."""
        person = replace(_person(name, self.olu.place), manager=manager, guest=guest)
        return Actor(self.core, person, self.olu.place)

    async def want_calls(self, *who: Actor) -> None:
        """These members, or all, ask to be called by direct message."""

        def want(conn: Conn) -> None:
            ids = [member.person_id for member in directory.members(conn, self.id)]
            if who:
                ids = [directory.person_of(conn, each.person) or 0 for each in who]
            for each in ids:
                people.set_wanted(conn, each, "calls", True)

        await self.core.store.write(want)


def _person(name: str, place: Place) -> Person:
    return Person(place.platform, place.workspace, f"U-{name.lower()}", name)


async def found_cohort(
    core: Core, name: str = "Lab", zone: str = "Europe/Berlin", place: Place = HOME
) -> CohortFixture:
    """Set up a cohort in a channel: organizer Olu, mentor Mina, members Ada and Ben."""
    persons = {each: _person(each, place) for each in ("Olu", "Mina", "Ada", "Ben")}
    cohort_id = await core.store.write(_found, persons, name, zone, place, core.clock.now())
    return known_cohort(core, cohort_id, place)


def known_cohort(core: Core, cohort_id: int, place: Place = HOME) -> CohortFixture:
    """A cohort that `found_cohort` set up in what the core has for its store."""
    people = (Actor(core, _person(each, place), place) for each in ("Olu", "Mina", "Ada", "Ben"))
    return CohortFixture(core, cohort_id, *people)


def _found(
    conn: Conn, persons: Mapping[str, Person], name: str, zone: str, place: Place, now: datetime
) -> int:
    row = conn.one(
        "INSERT INTO cohort (name, zone, created_at) VALUES (:name, :zone, :now) RETURNING id",
        name=name,
        zone=zone,
        now=now,
    )
    assert row is not None
    cohort_id: int = row["id"]
    home = conn.one(
        "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
        " VALUES (:cohort, :platform, :workspace, :channel, :name) RETURNING id",
        cohort=cohort_id,
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
        name=place.name,
    )
    assert home is not None
    conn.run(
        "INSERT INTO purpose (cohort_id, name, place_id) VALUES (:cohort, 'home', :place)",
        cohort=cohort_id,
        place=home["id"],
    )
    for each, person in persons.items():
        person_id = directory.ensure_person(conn, person, now)
        directory.add_member(conn, cohort_id, person_id, now, organizer=each == "Olu")
        if each == "Mina":
            conn.run(
                "UPDATE member SET mentor = 1 WHERE cohort_id = :cohort AND person_id = :person",
                cohort=cohort_id,
                person=person_id,
            )
    return cohort_id
