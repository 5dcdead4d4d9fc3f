"""Commands that show every kind of block."""

import struct
import zlib
from datetime import UTC, datetime
from typing import Annotated

from core.chat.model import (
    Button,
    Buttons,
    ButtonStyle,
    Fields,
    File,
    Picture,
    Record,
    Records,
    Reply,
    Table,
)
from core.chat.text import Moment, say
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg

PNG = b"\x89PNG\r\n\x1a\n" + b"made up"

HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"> @everyone <!channel> [x](javascript:alert(1)) Ba$$in"
)


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


@command("sample everything", access=Access.ANYONE, needs_cohort=False, private=False)
async def everything(call: Call, title: Annotated[str, Arg("Any words", max_length=2000)] = HOSTILE) -> Reply:
    """Show every block."""
    at = Moment(datetime(2026, 12, 1, 12, tzinfo=UTC), "Tue 1 Dec, 12:00")
    text = say(
        "**{title}** and *{title}* and `{title}`\n- an item\n- another\n> quoted {title}\n"
        "A [link](https://example.org/a?b=c) and {at}",
        title=title,
        at=at,
    )
    again = Button("Again", "sample everything", {"title": "Pressed"}, ButtonStyle.PRIMARY)
    ask = Button("Ask me", "note form", {"dish": "Bacalhau"})
    return Reply(
        text,
        (
            Fields((("Title", title), ("Empty", "–"))),
            Table(("#", "Title"), (("1", title), ("2", "קול عربي"))),
            Records((_record(title, 1), Record("קול عربي", (say("[its page](https://example.org/its)"),)))),
            Picture(_png(640, 360), f"A blue picture of {title}"),
            File("papers.csv", b"a,b\n1,2\n", "text/csv"),
            Buttons((again, ask, Button("Refuse", "sample refuse", {}, ButtonStyle.DANGER))),
        ),
    )


@command("sample show", access=Access.ANYONE, needs_cohort=False)
async def show(
    call: Call,
    lines: Annotated[int, Arg("Lines of text")] = 1,
    rows: Annotated[int, Arg("Rows of the table")] = 1,
) -> Reply:
    """Show many lines and rows, a picture and a file."""
    text = say("\n".join(["- **Line** {line} with *words*"] * lines), line="a_b")
    table = Table(("Name", "Title"), tuple((f"n{n}", f"`T` {n} {'名' * 5}") for n in range(rows)))
    blocks = (
        Fields((("La*bel", say("**v** {x}", x="<@1>")), ("Empty", ""))),
        table,
        Picture(PNG, "a line that rises", "the chart.png"),
        File("papers.csv", b"a,b"),
    )
    return Reply(text, blocks)


def _record(title: str, number: int) -> Record:
    opens = Button("Open", "sample blocks", {"title": f"record {number}", "rows": "0"})
    return Record(title, (str(number),), opens)


@command("sample blocks", access=Access.ANYONE, needs_cohort=False)
async def blocks(
    call: Call, title: Annotated[str, Arg("What")] = "x", rows: Annotated[int, Arg("Rows")] = 3
) -> Reply:
    """Show a title in every block that holds text."""
    return Reply(
        say("**{title}** and a [link](https://example.org/a)\n- item {title}\n> {title}", title=title),
        (
            Fields((("Title", title), ("More", say("*{title}*", title=title)))),
            Records(tuple(_record(title, n) for n in range(rows))),
            Buttons((Button(title, "sample blocks", {"title": title}), Button("Slow", "sample slow"))),
        ),
    )


@command("sample picture", access=Access.ANYONE, needs_cohort=False)
async def picture(call: Call) -> Reply:
    """Show a picture in a private answer."""
    return Reply("Look.", (Picture(PNG, "A line that rises."),))


@command("sample poster", access=Access.ANYONE, private=False, needs_cohort=False)
async def poster(call: Call) -> Reply:
    """Show a picture and a file in a public answer."""
    return Reply("Look, all.", (Picture(PNG, "A line that rises."), File("a.csv", b"a,b\n")))
