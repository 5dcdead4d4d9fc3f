"""What a file holds, shown before it is taken in: a head, parts of lines, and the buttons that take it in.

Each part shows its first lines and counts the rest; a file beside the answer has them all. What is taken in goes in
transactions of some records each, so that what others write goes in between.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from core.chat.files import text_file
from core.chat.model import Block, Button, Buttons, ButtonStyle, Reply, Upload
from core.chat.text import Sayable, Text, join, say
from core.commands import kept_files
from core.commands.dispatch import Call
from core.store.port import Conn

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

SHOWN = 8
"""Lines of each part that are shown; the file beside them has them all."""
AT_ONCE = 50
"""Records that one transaction takes in."""


@dataclass(frozen=True, slots=True)
class PreviewPart:
    """Lines under a title, such as what cannot be read. One without lines is not shown."""

    title: str
    lines: Sequence[str]


async def preview(
    call: Call,
    file: Upload,
    head: Sayable,
    parts: Sequence[PreviewPart],
    choices: Sequence[tuple[str, Mapping[str, str]]],
) -> Reply:
    """The answer that shows what a file holds. Each of `choices` is a button that calls the command again with the file,
    with `confirm` and with these arguments; where there is none, nothing of the file can be taken in and it is not
    kept."""
    blocks: list[Block] = []
    if choices:
        token = await call.write(kept_files.keep, call.cohort.id, call.request.person, file, call.now)
        request, args = call.request, {"file": token, "confirm": "yes"}
        blocks.append(
            Buttons(
                tuple(
                    Button(
                        label,
                        request.command,
                        {**args, **more},
                        ButtonStyle.PRIMARY if not at else ButtonStyle.NORMAL,
                    )
                    for at, (label, more) in enumerate(choices)
                )
            )
        )
    if any(len(each.lines) > SHOWN for each in parts):
        blocks.append(text_file("preview.txt", _report(parts)))
    return Reply(join([head, *shown(parts)]), tuple(blocks))


def shown(parts: Sequence[PreviewPart]) -> list[Text]:
    """The parts as an answer has them: titles, first lines, and how many more there are."""
    found: list[Text] = []
    for each in parts:
        if each.lines:
            found += [say("**{title}**", title=each.title), *listed(each.lines)]
    return found


def listed(lines: Sequence[str]) -> list[Text]:
    """The first lines of a part, and how many more there are."""
    found = [say("- {line}", line=line) for line in lines[:SHOWN]]
    more = len(lines) - SHOWN
    return [*found, say("- … and {n} more", n=more)] if more > 0 else found


def _report(parts: Sequence[PreviewPart]) -> str:
    whole = [
        line for each in parts if each.lines for line in (each.title, *(f"- {one}" for one in each.lines), "")
    ]
    return "\n".join(whole)


async def take_in(
    call: Call,
    fn: Callable[Concatenate[Conn, Sequence[T], P], R],
    found: Sequence[T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> list[R]:
    """Run `fn(conn, some, ...)` for some of the records after the other, each in a transaction. Returns what it gave."""
    return [
        await call.write(fn, found[at : at + AT_ONCE], *args, **kwargs)
        for at in range(0, len(found), AT_ONCE)
    ]
