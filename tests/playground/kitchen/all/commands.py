"""Commands that show all blocks and ask for all kinds of fields."""

import asyncio
import struct
import zlib
from collections.abc import Sequence
from datetime import UTC, date, datetime
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
from core.chat.text import Moment, say
from core.cohorts.model import Scope
from core.commands.decorators import command, record
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, LongText
from core.errors import BadInput
from core.store.port import Conn

GROUPS = {"kitchen": "Everything at once"}

HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"> @everyone <!channel> [x](javascript:alert(1)) Ba$$in"
)


class Size(StrEnum):
    """A choice."""

    SMALL = "small"
    LARGE = "large"


class Dish(str):
    """A record."""

    __slots__ = ()


def _complete(_conn: Conn, _scope: Scope | None, typed: str) -> Sequence[Choice]:
    known = ("Jollof rice", "Bacalhau", "Okonomiyaki")
    return [Choice(each, each) for each in known if typed.casefold() in each.casefold()]


@record(Dish, complete=_complete, needs_cohort=False)
def resolve(_conn: Conn, _scope: Scope | None, typed: str) -> Dish:
    """A dish by its name."""
    return Dish(typed)


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"\x20\x60\x90" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


@command("kitchen everything", access=Access.ANYONE, needs_cohort=False, private=False)
async def everything(call: Call, title: Annotated[str, Arg("Any words", max_length=2000)] = HOSTILE) -> Reply:
    """Show every block."""
    at = Moment(datetime(2026, 12, 1, 12, tzinfo=UTC), "Tue 1 Dec, 12:00")
    text = say(
        "**{title}** and *{title}* and `{title}`\n- an item\n- another\n> quoted {title}\n"
        "A [link](https://example.org/a?b=c) and {at}",
        title=title,
        at=at,
    )
    again = Button("Again", "kitchen everything", {"title": "Pressed"}, ButtonStyle.PRIMARY)
    ask = Button("Ask me", "kitchen form", {"dish": "Bacalhau"})
    return Reply(
        text,
        (
            Fields((("Title", title), ("Empty", "–"))),
            Table(("#", "Title"), (("1", title), ("2", "קול عربي"))),
            Picture(_png(640, 360), f"A blue picture of {title}"),
            File("papers.csv", b"a,b\n1,2\n", "text/csv"),
            Buttons((again, ask, Button("Refuse", "kitchen refuse", {}, ButtonStyle.DANGER))),
        ),
    )


@command("kitchen form", access=Access.ANYONE, needs_cohort=False, form="Everything, please")
async def form(
    call: Call,
    dish: Annotated[Dish, Arg("Which dish")],
    count: Annotated[int, Arg("How many", minimum=1, maximum=5)],
    name: Annotated[str, Arg("For whom", max_length=40)],
    notes: Annotated[LongText | None, Arg("Anything else", max_length=300)] = None,
    price: Annotated[float | None, Arg("How much", minimum=0)] = None,
    hot: Annotated[bool, Arg("Spicy")] = False,
    day: Annotated[date | None, Arg("When")] = None,
    size: Annotated[Size, Arg("How large")] = Size.SMALL,
    guest: Annotated[PersonRef | None, Arg("With whom")] = None,
    room: Annotated[ChannelRef | None, Arg("Where")] = None,
    menu: Annotated[Upload | None, Arg("The menu")] = None,
) -> Reply:
    """Ask for every kind of field."""
    if name == "nobody":
        raise BadInput("Nobody eats here.", field="name")
    told = (
        f"{count} {size.value} {dish} for {name}",
        f"notes {notes}, price {price}, hot {hot}, day {day}",
        f"with {guest.name if guest else None} in {room.name if room else None}",
        f"menu {menu.name if menu else None} {len(menu.content) if menu else 0}",
    )
    return Reply("\n".join(told))


@command("kitchen refuse", access=Access.ANYONE, needs_cohort=False)
async def refuse(call: Call) -> Reply:
    """Refuse."""
    raise BadInput("The kitchen is closed. Come back at noon.")


@command("kitchen slow", access=Access.ANYONE, needs_cohort=False)
async def slow(call: Call) -> Reply:
    """Take a moment."""
    await asyncio.sleep(0.9)
    return Reply("Done at last.")


@command("kitchen break", access=Access.ANYONE, needs_cohort=False)
async def break_(call: Call) -> Reply:
    """Fail without meaning to."""
    raise RuntimeError("a plate fell")


@command("kitchen long", access=Access.ANYONE, needs_cohort=False)
async def long(call: Call) -> Reply:
    """Work until somebody says stop."""
    stopped = call.core.singletons.one(asyncio.Event)
    while not stopped.is_set():
        await call.progress("Half way there", Button("Stop", "kitchen halt"))
        await asyncio.sleep(0.01)
    return Reply("Stopped, as you wished.")


@command("kitchen halt", access=Access.ANYONE, needs_cohort=False)
async def halt(call: Call) -> Reply:
    """Stop it."""
    call.core.singletons.one(asyncio.Event).set()
    return Reply("It stops.")
