"""A reply as Block Kit. Pure: the same reply gives the same payloads, and no handler knows of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.slack import richtext
from core.chat import lists
from core.chat.columns import aligned, fits_phone
from core.chat.model import (
    Block,
    Button,
    Buttons,
    ButtonStyle,
    Fields,
    File,
    Person,
    Picture,
    Record,
    Records,
    Reply,
    Table,
)
from core.chat.plain import whole_reply
from core.chat.text import Line, LineKind, Span, Text, join, shorten
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import Refused

Json = dict[str, Any]

TEXT_LIMIT = 3_900
BLOCKS = 45
CHARACTERS = 9_000
"""Of one message, over all its blocks; Slack refuses far beyond this, and nobody reads on."""
MESSAGES = 4
"""Of one answer: a response address may be used five times."""
VALUE, OPTION_VALUE = 2_000, 150
"""Characters that the value of a button may have, and that of an option of a menu."""
OPTION_WORDS, MOST_OPTIONS = 75, 100
NOTHING = "Here it is."
IN_FILE = "This is too long for one answer; the whole of it is in the file."
LEFT_OUT = "This is too long for one answer; the rest is left out."
NO_BUTTONS = "(Slack did not take this with its buttons. Please use the commands instead.)"
PLAIN_LINE = 1_200
"""Characters of a plain message before they are escaped, which makes a text up to three times as long."""
CLICK = "call"
"""The beginning of the action id of every button."""


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """Message payloads, first to last, and the files that follow them."""

    messages: tuple[Json, ...]
    files: tuple[Picture | File, ...]


def render(
    reply: Reply, call: Callable[[Button], str], *, takes_files: bool = True, most: int = MESSAGES
) -> RenderedReply:
    """The payloads of a reply, at most so many. `call` gives the value of a button: its call as a string.

    A reply that no answer may be as long as is whole in a file, where the message `takes_files`; else it says that
    the rest is left out.
    """
    blocks = [*richtext.blocks(reply.text), *_blocks(reply, call)]
    pages = list(_pages(blocks))
    files = tuple(block for block in reply.blocks if isinstance(block, Picture | File))
    if len(pages) > most:
        buttons = [each for page in pages[most:] for each in page if each["type"] == "actions"]
        note = Line(LineKind.PLAIN, (Span(IN_FILE if takes_files else LEFT_OUT, italic=True),))
        pages = [*pages[: most - 1], [*pages[most - 1], *richtext.blocks(Text((note,))), *buttons]]
        files = (File("answer.txt", whole_reply(reply).encode()), *files)
    messages = tuple({"text": _fallback(page), "blocks": page} for page in pages)
    return RenderedReply(messages or ({"text": NOTHING},), files)


def _fallback(page: Sequence[Json]) -> str:
    """What a message says, for notifications and screen readers, which do not read its blocks."""
    return richtext.fallback(richtext.words(page), TEXT_LIMIT) or NOTHING


def plainest(message: Json) -> list[Json]:
    """What a message says as text in a fixed-width font and nothing else, for where Slack refuses it as it is: one or
    more messages. Buttons are left out, which is said."""
    blocks = message.get("blocks") or ()
    words = richtext.words(blocks) or str(message.get("text", ""))
    if any(block["type"] == "actions" for block in blocks):
        words += f"\n{NO_BUTTONS}"
    starts = ((line, range(0, max(len(line), 1), PLAIN_LINE)) for line in words.split("\n"))
    lines = [line[at : at + PLAIN_LINE] for line, cuts in starts for at in cuts]
    pages: list[list[str]] = [[]]
    for line in lines:
        if sum(map(len, pages[-1])) + len(pages[-1]) + len(line) > PLAIN_LINE:
            pages.append([])
        pages[-1].append(line)
    texts = (richtext.escape("\n".join(page).replace("`", "ˋ")) for page in pages)
    return [{"text": f"```{text}```"} for text in texts]


def _blocks(reply: Reply, call: Callable[[Button], str]) -> Iterator[Json]:
    buttons = 0
    for block in reply.blocks:
        match block:
            case Fields():
                items = (lists.field_lines(label, value) for label, value in block.items)
                yield from richtext.blocks(join(items))
            case Table():
                yield from tables(block)
            case Records():
                yield from richtext.blocks(lists.record_lines(block))
                for menu in menus(block, call):
                    yield {"type": "actions", "elements": [_menu(block.menu, menu, buttons)]}
                    buttons += 1
            case Buttons(items=items) if items:
                yield {
                    "type": "actions",
                    "elements": [
                        _button(each, call(each), buttons + at) for at, each in enumerate(items[:25])
                    ],
                }
                buttons += len(items)
            case Buttons() | Picture() | File():
                pass


def tables(block: Table) -> Iterator[Json]:
    """A table in a fixed-width font, its heading above each part; one that is wider than a phone as lines.

    Not as Slack's table blocks: reports disagree where those are taken, and an acknowledgement with one that is
    refused shows nothing at all.
    """
    if not fits_phone(block):
        yield from richtext.blocks(lists.table_lines(block))
        return
    heading, *rows = aligned(block).split("\n")
    part: list[str] = [heading]
    for row in rows:
        if len(part) > 1 and sum(map(len, part)) + len(part) + len(row) > richtext.BLOCK_LIMIT:
            yield _preformatted(part)
            part = [heading]
        part.append(row)
    yield _preformatted(part)


def menus(block: Records, call: Callable[[Button], str]) -> Iterator[list[Json]]:
    """The options of the menus in which the records of a list are chosen."""
    found = [_option(record, call(button)) for record, button in lists.openable(block)]
    for at in range(0, len(found), MOST_OPTIONS):
        yield found[at : at + MOST_OPTIONS]


def _option(record: Record, value: str) -> Json:
    label, rest = lists.option_words(record, OPTION_WORDS)
    option: Json = {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": value}
    if rest:
        option["description"] = {"type": "plain_text", "text": rest, "emoji": False}
    return option


def _menu(label: str, options: list[Json], number: int) -> Json:
    return {
        "type": "static_select",
        "placeholder": {"type": "plain_text", "text": label, "emoji": False},
        "action_id": f"{CLICK}:{number}",
        "options": options,
    }


def _preformatted(lines: Sequence[str]) -> Json:
    text: Json = {"type": "text", "text": "\n".join(lines)}
    return {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [text]}]}


def _button(button: Button, value: str, number: int) -> Json:
    element: Json = {
        "type": "button",
        "text": {"type": "plain_text", "text": shorten(button.label, 75), "emoji": False},
        "action_id": f"{CLICK}:{number}",
        "value": value,
    }
    if button.style is not ButtonStyle.NORMAL:
        element["style"] = button.style.value
    return element


def _pages(blocks: list[Json]) -> Iterator[list[Json]]:
    """Blocks in messages: few enough, short enough."""
    page: list[Json] = []
    size = 0
    for block in blocks:
        length = richtext.size(block)
        if page and (len(page) >= BLOCKS or size + length > CHARACTERS):
            yield page
            page, size = [], 0
        page.append(block)
        size += length
    if page:
        yield page


def describe(block: Block) -> str:
    """A text for a picture or file that could not be uploaded."""
    match block:
        case Picture(alt=alt):
            return alt
        case File(name=name):
            return name
        case _:
            return ""


async def button_values(codec: StoredCallCodec, person: Person, reply: Reply) -> Callable[[Button], str]:
    """The values of what can be pressed in a reply to one person: the calls, saved where they are too long."""
    encoded = [
        (each, await codec.encode(StoredCall.of_button(each, reply.cohort), person, most))
        for each, most in _pressable(reply)
    ]

    def value(button: Button) -> str:
        return next(found for each, found in encoded if each is button)

    return value


def public_button_values(reply: Reply) -> Callable[[Button], str]:
    """The values of what can be pressed in a post. It belongs to nobody, so that no call can be saved."""
    most = {id(each): limit for each, limit in _pressable(reply)}

    def value(button: Button) -> str:
        packed = StoredCall.of_button(button, reply.cohort).pack()
        if len(packed) > most[id(button)]:
            raise Refused(f"The button {button.label!r} holds more than Slack takes.")
        return packed

    return value


def without_presses(reply: Reply) -> Reply:
    """What a reply says, with nothing to press."""
    kept = (block for block in reply.blocks if not isinstance(block, Buttons))
    return replace(reply, blocks=tuple(lists.closed(block) for block in kept))


def _pressable(reply: Reply) -> Iterator[tuple[Button, int]]:
    """The buttons and the options of menus, with how long the value of each may be."""
    for block in reply.blocks:
        match block:
            case Buttons(items=items):
                yield from ((each, VALUE) for each in items)
            case Records():
                yield from ((button, OPTION_VALUE) for _, button in lists.openable(block))
