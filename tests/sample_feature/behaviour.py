"""Commands that take long, report progress, fail or refuse."""

import asyncio
from typing import Annotated

from core.chat.model import Button, PersonRef, Reply, Upload
from core.chat.text import say
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.errors import BadInput
from core.store.port import Conn


@command("sample slow", access=Access.ANYONE, needs_cohort=False)
async def slow(call: Call, seconds: Annotated[float, Arg("How long")]) -> Reply:
    """Answer after some seconds."""
    await asyncio.sleep(seconds)
    return Reply(say("Slept for {s}", s=seconds))


@command("sample long", access=Access.ANYONE, needs_cohort=False)
async def long(call: Call) -> Reply:
    """Report progress until `sample halt` is called."""
    stopped = call.core.singletons.get(asyncio.Event)
    while not stopped.is_set():
        await call.progress("Half way there", Button("Stop", "sample halt"))
        await asyncio.sleep(0.01)
    return Reply("Stopped, as you wished.")


@command("sample halt", access=Access.ANYONE, needs_cohort=False)
async def halt(call: Call) -> Reply:
    """Stop `sample long`."""
    call.core.singletons.get(asyncio.Event).set()
    return Reply("It stops.")


@command("sample fail", access=Access.ANYONE, private=False, needs_cohort=False)
async def fail(call: Call) -> Reply:
    """Fail by a defect."""
    raise RuntimeError("a secret detail")


@command("sample fail-privately", access=Access.ANYONE, needs_cohort=False)
async def fail_privately(call: Call) -> Reply:
    """Fail by a defect in a private answer."""
    raise RuntimeError("a secret detail")


@command("sample refuse", access=Access.ANYONE, private=False, needs_cohort=False)
async def refuse(call: Call) -> Reply:
    """Refuse, after a write that may take a while."""
    await call.write(next_note_number, "")
    raise BadInput("Not today; try tomorrow.")


@command("sample greet", access=Access.ANYONE, needs_cohort=False)
async def greet(
    call: Call, whom: Annotated[PersonRef, Arg("Who")], note: Annotated[str | None, Arg("Note")] = None
) -> Reply:
    """Name a person."""
    return Reply(say("{name} {id} {note}", name=whom.name, id=whom.id, note=note or ""))


@command("sample read", access=Access.ANYONE, needs_cohort=False)
async def read(call: Call, file: Annotated[Upload, Arg("A file")]) -> Reply:
    """Read a file."""
    return Reply(say("{name}: {text}", name=file.name, text=file.content.decode()))


def next_note_number(conn: Conn, title: str) -> int:
    """How many notes were written, including this one. The number is kept in the database."""
    row = conn.one("SELECT value FROM note WHERE key = 'sample'")
    number = int(row["value"]) + 1 if row else 1
    conn.run(
        "INSERT INTO note (key, value) VALUES ('sample', :value)"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        value=str(number),
    )
    return number
