"""Commands with every kind of parameter and form field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from core.chat.model import (
    Button,
    Buttons,
    ButtonStyle,
    ChannelRef,
    Choice,
    PersonRef,
    Reply,
    Upload,
)
from core.chat.text import say
from core.cohorts.model import Scope
from core.commands.decorators import command, record
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, LongText
from core.errors import BadInput, NotFound
from core.store.port import Conn
from tests.sample_feature.behaviour import next_note_number


class SampleMood(StrEnum):
    """A choice of a few."""

    GOOD = "good"
    BAD = "bad"


class Letter(StrEnum):
    """A choice of more than Discord's menus take."""

    _ignore_ = "n"
    for n in range(30):
        locals()[f"L{n}"] = f"letter-{n}"


@dataclass(frozen=True)
class Animal:
    """A record."""

    name: str


class SampleSize(StrEnum):
    """A choice."""

    SMALL = "small"
    LARGE = "large"


class Dish(str):
    """A record."""

    __slots__ = ()


def _dishes(_conn: Conn, _scope: Scope | None, typed: str) -> Sequence[Choice]:
    known = ("Jollof rice", "Bacalhau", "Okonomiyaki")
    return [Choice(each, each) for each in known if typed.casefold() in each.casefold()]


@record(Dish, complete=_dishes, needs_cohort=False)
def resolve_dish(_conn: Conn, _scope: Scope | None, typed: str) -> Dish:
    """A dish by its name."""
    return Dish(typed)


@record(Animal, complete=lambda conn, scope, typed: _animals(typed), needs_cohort=False)
def resolve_animal(_conn: Conn, _scope: Scope | None, typed: str) -> Animal:
    """An animal by its name."""
    if typed not in ("ape", "bear"):
        raise NotFound(say("There is no {typed} here.", typed=typed))
    return Animal(typed)


def _animals(typed: str) -> Sequence[Choice]:
    return [Choice(name, f"the {name}") for name in ("ape", "bear") if name.startswith(typed)]


@command("note add", access=Access.ANYONE, private=False, needs_cohort=False, form="Add a note")
async def add(
    call: Call,
    title: Annotated[str, Arg("What it is called")],
    mood: Annotated[SampleMood, Arg("How it went")] = SampleMood.GOOD,
    count: Annotated[int, Arg("How many", minimum=1, maximum=9)] = 1,
    ratio: Annotated[float, Arg("How much")] = 0.5,
    loud: Annotated[bool, Arg("Whether to shout")] = False,
    day: Annotated[date | None, Arg("When")] = None,
    who: Annotated[PersonRef | None, Arg("Who")] = None,
    where: Annotated[ChannelRef | None, Arg("Where")] = None,
    file: Annotated[Upload | None, Arg("A file")] = None,
    animal: Annotated[Animal | None, Arg("An animal")] = None,
) -> Reply:
    """Add a note."""
    seen = await call.write(next_note_number, title)
    size = len(file.content) if file else 0
    names = (who.name if who else "-", where.name if where else "-", animal.name if animal else "-")
    text = say(
        "**{title}** {mood} {count} {ratio} {loud} {day} {who} {where} {size} {animal} seen {seen}",
        title=title,
        mood=mood.value,
        count=count,
        ratio=ratio,
        loud=loud,
        day=day or "-",
        who=names[0],
        where=names[1],
        size=size,
        animal=names[2],
        seen=seen,
    )
    again = Button("Again", "note add", {"title": title[:20]})
    stored = Button("Stored", "note add", {"title": "long " * 30})
    ask = Button("Ask", "note ask", style=ButtonStyle.PRIMARY)
    return Reply(text, (Buttons((again, stored, ask)),))


@command("note form", access=Access.ANYONE, needs_cohort=False, form="Everything, please")
async def form(
    call: Call,
    dish: Annotated[Dish, Arg("Which dish")],
    count: Annotated[int, Arg("How many", minimum=1, maximum=5)],
    name: Annotated[str, Arg("For whom", max_length=40)],
    notes: Annotated[LongText | None, Arg("Anything else", max_length=300)] = None,
    price: Annotated[float | None, Arg("How much", minimum=0)] = None,
    hot: Annotated[bool, Arg("Spicy")] = False,
    day: Annotated[date | None, Arg("When")] = None,
    size: Annotated[SampleSize, Arg("How large")] = SampleSize.SMALL,
    guest: Annotated[PersonRef | None, Arg("With whom")] = None,
    room: Annotated[ChannelRef | None, Arg("Where")] = None,
    menu: Annotated[Upload | None, Arg("The menu")] = None,
) -> Reply:
    """Ask for every kind of field."""
    if name == "nobody":
        raise BadInput("Nobody eats here.", field="name")
    lines = (
        f"{count} {size.value} {dish} for {name}",
        f"notes {notes}, price {price}, hot {hot}, day {day}",
        f"with {guest.name if guest else None} in {room.name if room else None}",
        f"menu {menu.name if menu else None} {len(menu.content) if menu else 0}",
    )
    return Reply("\n".join(lines))


@command("note ask", access=Access.ANYONE, needs_cohort=False, form="Seven questions, too many for one modal")
async def ask(
    call: Call,
    one: Annotated[str, Arg("The first")],
    mood: Annotated[SampleMood, Arg("How it went")],
    file: Annotated[Upload | None, Arg("A file", form_only=True)] = None,
    two: Annotated[LongText, Arg("The second", max_length=4000)] = LongText(""),  # noqa: B008 - a plain str
    three: Annotated[str, Arg("The third")] = "",
    four: Annotated[str, Arg("The fourth")] = "",
    loud: Annotated[bool, Arg("Whether to shout", form_only=True)] = False,
    five: Annotated[int | None, Arg("The last one")] = None,
) -> Reply:
    """Ask seven things."""
    if five == 13:
        raise BadInput("Thirteen brings bad luck; another number, please.", field="five")
    size = len(file.content) if file else 0
    return Reply(f"{one}|{mood}|{two}|{three}|{four}|{loud}|{five}|{size}")


@command("note letter", access=Access.ANYONE, needs_cohort=False)
async def letter(call: Call, which: Annotated[Letter, Arg("One of many")]) -> Reply:
    """Choose a letter."""
    return Reply(which.value)
