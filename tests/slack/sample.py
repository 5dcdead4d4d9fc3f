"""Commands that exist for the tests of the adapter alone: slow, failing, long, with every block."""

import asyncio
from dataclasses import replace
from typing import Annotated

from core.chat.model import Button, Buttons, Fields, File, PersonRef, Picture, Reply, Table, Upload
from core.chat.text import say
from core.commands.dispatch import Call
from core.commands.registry import Registry, build_command
from core.commands.spec import Access, Arg, CommandMark, Handler

PNG = b"\x89PNG\r\n\x1a\n" + b"made up"


async def slow(call: Call, seconds: Annotated[float, Arg("How long")]) -> Reply:
    """Takes its time."""
    await asyncio.sleep(seconds)
    return Reply(say("Slept for {s}", s=seconds))


async def broken(call: Call) -> Reply:
    """Fails in a way nobody foresaw."""
    raise RuntimeError("secret detail")


async def picture(call: Call) -> Reply:
    """A private picture."""
    return Reply("Look.", (Picture(PNG, "A line that rises."),))


async def poster(call: Call) -> Reply:
    """A public picture and a file."""
    return Reply("Look, all.", (Picture(PNG, "A line that rises."), File("a.csv", b"a,b\n")))


async def blocks(
    call: Call, title: Annotated[str, Arg("What")] = "x", rows: Annotated[int, Arg("Rows")] = 3
) -> Reply:
    """Every block there is."""
    return Reply(
        say("**{title}** and a [link](https://example.org/a)\n- item {title}\n> {title}", title=title),
        (
            Fields((("Title", title), ("More", say("*{title}*", title=title)))),
            Table(("One", "Two"), tuple((title, str(n)) for n in range(rows))),
            Buttons((Button(title, "sample blocks", {"title": title}), Button("Slow", "sample slow"))),
        ),
    )


async def read(call: Call, file: Annotated[Upload, Arg("A file")]) -> Reply:
    """Reads a file."""
    return Reply(say("{name}: {text}", name=file.name, text=file.content.decode()))


async def greet(
    call: Call, whom: Annotated[PersonRef, Arg("Who")], note: Annotated[str | None, Arg("Note")] = None
) -> Reply:
    """Names a person."""
    return Reply(say("{name} {id} {note}", name=whom.name, id=whom.id, note=note or ""))


async def long(call: Call) -> Reply:
    """Work until somebody says stop."""
    stopped = call.core.singletons.one(asyncio.Event)
    while not stopped.is_set():
        await call.progress("Half way there", Button("Stop", "sample halt"))
        await asyncio.sleep(0.01)
    return Reply("Stopped, as you wished.")


async def halt(call: Call) -> Reply:
    """Stop it."""
    call.core.singletons.one(asyncio.Event).set()
    return Reply("It stops.")


_COMMANDS: dict[str, tuple[Handler, bool]] = {
    "slow": (slow, True),
    "broken": (broken, True),
    "picture": (picture, True),
    "poster": (poster, False),
    "blocks": (blocks, True),
    "shout": (blocks, False),
    "read": (read, True),
    "greet": (greet, True),
    "long": (long, True),
    "halt": (halt, True),
}


def extend(registry: Registry) -> Registry:
    """The registry with the group `sample` added."""
    made = {
        f"sample {verb}": build_command(
            handler, CommandMark(f"sample {verb}", Access.ANYONE, private, None, False, None)
        )
        for verb, (handler, private) in _COMMANDS.items()
    }
    return replace(registry, commands={**registry.commands, **made})
