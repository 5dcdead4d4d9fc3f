"""A reply as Block Kit. Pure: the same reply gives the same payloads, and no handler knows of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.slack import richtext
from core.chat.model import Block, Button, Buttons, ButtonStyle, Fields, File, Person, Picture, Reply, Table
from core.chat.plain import whole_reply
from core.chat.text import Line, LineKind, Span, Text, as_text, shorten
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import Refused

Json = dict[str, Any]

TEXT_LIMIT = 3_900
BLOCKS = 45
CHARACTERS = 9_000
"""Of one message, over all its blocks; Slack refuses far beyond this, and nobody reads on."""
MESSAGES = 4
"""Of one answer: a response address may be used five times."""
ROWS = 99
COLUMNS = 20
CELL = 200
VALUE = 2_000
"""Characters that the value of a button may have."""
IN_FILE = "This is too long for one answer; the whole of it is in the file."
LEFT_OUT = "This is too long for one answer; the rest is left out."
CLICK = "call"
"""The beginning of the action id of every button."""


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """Message payloads, first to last, and the files that follow them."""

    messages: tuple[Json, ...]
    files: tuple[Picture | File, ...]


def render(reply: Reply, call: Callable[[Button], str], *, takes_files: bool = True) -> RenderedReply:
    """The payloads of a reply. `call` gives the value of a button: its call as a string.

    A reply that no answer may be as long as is whole in a file, where the message `takes_files`.
    """
    blocks = [*richtext.blocks(reply.text), *_blocks(reply, call)]
    pages = list(_pages(blocks))
    files = tuple(block for block in reply.blocks if isinstance(block, Picture | File))
    if len(pages) > MESSAGES:
        note = Line(LineKind.PLAIN, (Span(IN_FILE if takes_files else LEFT_OUT, italic=True),))
        pages = [*pages[: MESSAGES - 1], [*pages[MESSAGES - 1], *richtext.blocks(Text((note,)))]]
        files = (File("answer.txt", whole_reply(reply).encode()), *files)
    text = richtext.fallback(reply.text, TEXT_LIMIT) or "Here it is."
    messages = tuple({"text": text if at == 0 else "…", "blocks": page} for at, page in enumerate(pages))
    return RenderedReply(messages or ({"text": text},), files)


def _blocks(reply: Reply, call: Callable[[Button], str]) -> Iterator[Json]:
    buttons = 0
    for block in reply.blocks:
        match block:
            case Fields():
                yield from richtext.blocks(fields(block))
            case Table():
                yield from tables(block)
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


def fields(block: Fields) -> Text:
    """Labels in bold with their values behind them; a value of several lines goes on below."""
    lines: list[Line] = []
    for label, value in block.items:
        first, *rest = as_text(value).lines or (Line(LineKind.PLAIN, ()),)
        if first.kind is LineKind.PLAIN:
            lines.append(Line(LineKind.PLAIN, (Span(f"{label}: ", bold=True), *first.spans)))
        else:
            lines += [Line(LineKind.PLAIN, (Span(f"{label}:", bold=True),)), first]
        lines += rest
    return Text(tuple(lines))


def tables(block: Table) -> Iterator[Json]:
    """Table blocks with the header in each. Slack takes one in a message, which `_pages` sees to."""
    header = [_cell(name) for name in block.columns[:COLUMNS]]
    rows: list[list[Json]] = []
    length = 0
    for row in block.rows:
        cells = [_cell(value) for value in row[:COLUMNS]]
        more = sum(len(cell["text"]) for cell in cells)
        if rows and (len(rows) >= ROWS or length + more > CHARACTERS // 2):
            yield _table(header, rows)
            rows, length = [], 0
        rows.append(cells)
        length += more
    yield _table(header, rows)


def _table(header: list[Json], rows: list[list[Json]]) -> Json:
    settings = [{"is_wrapped": True} for _ in header]
    return {"type": "table", "column_settings": settings, "rows": [header, *rows]}


def _cell(value: str) -> Json:
    # Slack refuses an empty cell.
    return {"type": "raw_text", "text": shorten(value, CELL) or "–"}


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
    """Blocks in messages: few enough, short enough, one table in each."""
    page: list[Json] = []
    size = 0
    for block in blocks:
        length = richtext.size(block)
        second_table = block["type"] == "table" and any(each["type"] == "table" for each in page)
        if page and (len(page) >= BLOCKS or size + length > CHARACTERS or second_table):
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
    """The values of the buttons of a reply to one person: their calls, saved where they are too long."""
    buttons = [each for block in reply.blocks if isinstance(block, Buttons) for each in block.items]
    encoded = [
        (each, await codec.encode(StoredCall.of_button(each, reply.cohort), person, VALUE))
        for each in buttons
    ]

    def value(button: Button) -> str:
        return next(found for each, found in encoded if each is button)

    return value


def public_button_values(reply: Reply) -> Callable[[Button], str]:
    """The values of the buttons of a post. It belongs to nobody, so that no call can be saved."""

    def value(button: Button) -> str:
        packed = StoredCall.of_button(button, reply.cohort).pack()
        if len(packed) > VALUE:
            raise Refused(f"The button {button.label!r} holds more than Slack takes.")
        return packed

    return value
