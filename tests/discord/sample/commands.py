"""Commands with every kind of parameter and every kind of block."""

import asyncio
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
    Fields,
    File,
    PersonRef,
    Picture,
    Reply,
    Table,
    Upload,
)
from core.chat.text import say
from core.cohorts.model import Scope
from core.commands.decorators import command, record
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, LongText
from core.errors import BadInput, NotFound
from core.store.port import Conn

GROUPS = {"note": "Notes of every kind"}
PNG = b"\x89PNG\r\n\x1a\n"


class Mood(StrEnum):
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


@record(Animal, complete=lambda conn, scope, typed: _animals(typed), needs_cohort=False)
def resolve(_conn: Conn, _scope: Scope | None, typed: str) -> Animal:
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
    mood: Annotated[Mood, Arg("How it went")] = Mood.GOOD,
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
    seen = await call.write(_count, title)
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


def _count(conn: Conn, title: str) -> int:
    """How many notes were written, by a fact that counts them."""
    row = conn.one("SELECT value FROM note WHERE key = 'sample'")
    number = int(row["value"]) + 1 if row else 1
    conn.run(
        "INSERT INTO note (key, value) VALUES ('sample', :value)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        value=str(number),
    )
    return number


@command("note ask", access=Access.ANYONE, needs_cohort=False, form="Seven questions, too many for one modal")
async def ask(
    call: Call,
    one: Annotated[str, Arg("The first")],
    mood: Annotated[Mood, Arg("How it went")],
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


@command("note fail", access=Access.ANYONE, private=False, needs_cohort=False)
async def fail(call: Call) -> Reply:
    """Fail in a way nobody has thought of."""
    raise RuntimeError("a secret reason")


@command("note refuse", access=Access.ANYONE, private=False, needs_cohort=False)
async def refuse(call: Call) -> Reply:
    """Refuse, after a write that may take a while."""
    await call.write(_count, "")
    raise BadInput("Not today; try tomorrow.")


@command("note letter", access=Access.ANYONE, needs_cohort=False)
async def letter(call: Call, which: Annotated[Letter, Arg("One of many")]) -> Reply:
    """Choose a letter."""
    return Reply(which.value)


@command("note show", access=Access.ANYONE, needs_cohort=False)
async def show(
    call: Call,
    lines: Annotated[int, Arg("Lines of text")] = 1,
    rows: Annotated[int, Arg("Rows of the table")] = 1,
) -> Reply:
    """Show every kind of block."""
    text = say("\n".join(["- **Line** {line} with *words*"] * lines), line="a_b")
    table = Table(("Name", "Title"), tuple((f"n{n}", f"`T` {n} {'名' * 5}") for n in range(rows)))
    blocks = (
        Fields((("La*bel", say("**v** {x}", x="<@1>")), ("Empty", ""))),
        table,
        Picture(PNG, "a line that rises", "the chart.png"),
        File("papers.csv", b"a,b"),
    )
    return Reply(text, blocks)


@command("note long", access=Access.ANYONE, needs_cohort=False)
async def long(call: Call) -> Reply:
    """Work until somebody says stop."""
    stopped = call.core.singletons.one(asyncio.Event)
    while not stopped.is_set():
        await call.progress("Half way there", Button("Stop", "note halt"))
        await asyncio.sleep(0.01)
    return Reply("Stopped, as you wished.")


@command("note halt", access=Access.ANYONE, needs_cohort=False)
async def halt(call: Call) -> Reply:
    """Stop it."""
    call.core.singletons.one(asyncio.Event).set()
    return Reply("It stops.")
