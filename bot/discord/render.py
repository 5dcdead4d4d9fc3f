"""A `Reply` as the messages that Discord takes: pages first, then the bodies of requests. Nothing here knows a
connection."""

import io
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import discord
from discord.http import MultipartParameters

from bot.discord.markdown import escape, markdown, pieces
from core.chat import lists
from core.chat.columns import aligned, fits_phone
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
from core.chat.plain import whole_reply
from core.chat.text import Text, as_text, shorten
from core.commands.stored_call import StoredCall

CONTENT = 2000
OVERFLOW = "\n… the whole of it is in the file."
LONGEST_LINE = CONTENT - len(OVERFLOW) - 1
MOST_PAGES = 4
"""A text of more messages than this comes as a file instead."""

FILE_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
FIELD_NAME, FIELD_VALUE, MOST_FIELDS, EMBED_CHARACTERS = 256, 1024, 25, 6000

Body = dict[str, Any]

NO_BUTTONS = "(Discord did not take this with its buttons. Please use the commands instead.)"
_FENCED = "```\n{}\n```"
UNSHOWABLE = 50035
"""Discord's code for a body that it does not take as it is written."""

CUSTOM_ID, BUTTON_LABEL, MOST_ROWS = 100, 80, 5
OPTION_WORDS, MOST_OPTIONS = 100, 25
MENU = "m|"
"""How the custom id of a menu begins; the calls are in its options."""
SHORT_VALUE = 40
EPHEMERAL = 1 << 6
ACTION_ROW, BUTTON, SELECT = 1, 2, 3
NOBODY: Final[Mapping[str, Any]] = {"parse": []}
"""The mentions that are allowed: none. Without it an edit notifies everybody it names."""

PRIMARY = 1
STYLES: Final[Mapping[ButtonStyle, int]] = {
    ButtonStyle.PRIMARY: PRIMARY,
    ButtonStyle.NORMAL: 2,
    ButtonStyle.DANGER: 4,
}

EncodeCall = Callable[[StoredCall], Awaitable[str]]
"""Gives the custom id that stands for a call, which may have to be saved for that."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to upload. `alt` describes it to those who do not see it."""

    name: str
    content: bytes
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu that opens records."""

    options: Sequence[tuple[Record, Button]]
    label: str


@dataclass(slots=True)
class MessagePage:
    """One message."""

    content: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    rows: list["tuple[Button, ...] | Menu"] = field(default_factory=list)
    more: tuple[str, str] | None = None
    """A button of the adapter's own: its label and custom id."""
    overflows: bool = False
    """Whether it is but the beginning of what a file holds."""


def render(reply: Reply, most_pages: int = MOST_PAGES) -> list[MessagePage]:
    """The reply as one to `most_pages` messages. What does not fit into them comes as a file.

    Fields are lines of the text, which notifications show too, unless they are too long for one message with it.
    """
    pages = _render(reply, most_pages, boxed=False)
    if len(pages) == 1 and not pages[0].overflows:
        return pages
    return _render(reply, most_pages, boxed=True)


def _render(reply: Reply, most_pages: int, *, boxed: bool) -> list[MessagePage]:
    parts = list(pieces(as_text(reply.text), LONGEST_LINE))
    last = MessagePage()
    for block in reply.blocks:
        match block:
            case Fields(items=items):
                parts += _fields(items, last, boxed=boxed)
            case Table():
                parts += _table(block, last)
            case Records():
                parts += pieces(lists.record_lines(block), LONGEST_LINE)
                last.rows += _menus(block)
            case Picture(png=png, alt=alt, name=name):
                last.attachments.append(Attachment(file_name(name), png, shorten(alt, 1024)))
            case File(name=name, content=content):
                _file(name, content, parts, last)
            case Buttons(items=items):
                last.rows.append(items[:5])
    pages = [MessagePage(content) for content in packed(parts, CONTENT)] or [MessagePage()]
    if len(pages) > most_pages:
        pages = [_overflow(reply, pages, last)]
    pages[-1].fields, pages[-1].rows = last.fields, last.rows[:5]
    pages[-1].attachments = last.attachments[:MOST_FILES]
    if not pages[-1].content and not pages[-1].fields and not pages[-1].attachments:
        pages[-1].content = "…"
    return pages


def _menus(block: Records) -> list[tuple[Button, ...] | Menu]:
    """The menus in which the records of a list are chosen."""
    found = lists.openable(block)
    return [Menu(found[at : at + MOST_OPTIONS], block.menu) for at in range(0, len(found), MOST_OPTIONS)]


def packed(parts: Sequence[str], limit: int) -> Iterator[str]:
    """Consecutive parts put together, a line break between, as far as the limit allows."""
    page: list[str] = []
    size = 0
    for part in parts:
        if page and size + len(part) + 1 > limit:
            yield "\n".join(page).strip("\n")
            page, size = [], 0
        page.append(part)
        size += len(part) + 1
    rest = "\n".join(page).strip("\n")
    if rest:
        yield rest


def _overflow(reply: Reply, pages: list[MessagePage], last: MessagePage) -> MessagePage:
    """The beginning of a text that is too long, the whole of it as a file."""
    whole = whole_reply(reply).encode()
    last.attachments.insert(0, Attachment("answer.txt", whole, "The whole answer as text"))
    lines = pages[0].content.split("```")[0].rstrip().split("\n")
    while sum(map(len, lines)) + len(lines) + len(OVERFLOW) > CONTENT:
        lines.pop()
    return MessagePage("\n".join(lines) + OVERFLOW, overflows=True)


def _fields(items: Sequence[tuple[str, Text | str]], last: MessagePage, *, boxed: bool) -> list[str]:
    """Fields as lines of text; where they shall be `boxed` and fit, in a box below it, which the text names."""
    rendered = [(escape(label) or "–", markdown(as_text(value)) or "–") for label, value in items]
    characters = sum(len(a) + len(b) for a, b in (*last.fields, *rendered))
    fits = all(len(a) <= FIELD_NAME and len(b) <= FIELD_VALUE for a, b in rendered)
    if boxed and fits and len(last.fields) + len(rendered) <= MOST_FIELDS and characters <= EMBED_CHARACTERS:
        last.fields += rendered
        return [f"-# Below: {', '.join(label for label, _ in rendered)}"]
    return [
        piece for label, value in items for piece in pieces(lists.field_lines(label, value), LONGEST_LINE)
    ]


def _table(table: Table, last: MessagePage) -> list[str]:
    """A table as aligned text in code blocks, with the heading on each; one that is wider than a phone as lines; a long
    one as a file."""
    if not fits_phone(table):
        return list(pieces(lists.table_lines(table), LONGEST_LINE))
    heading, *rows = aligned(table).split("\n")
    blocks = list(packed([row.replace("`", "ˋ") for row in rows], CONTENT - len(heading) - 20))
    if len(blocks) > MOST_PAGES - 1:
        last.attachments.append(Attachment("table.txt", aligned(table).encode(), "The table as text"))
        return [f"The table has {len(table.rows)} rows; it is in the file."]
    heading = heading.replace("`", "ˋ")
    return [f"```\n{heading}\n{block}\n```" for block in blocks] or [f"```\n{heading}\n```"]


def _file(name: str, content: bytes, parts: list[str], last: MessagePage) -> None:
    if len(content) > FILE_BYTES:
        parts.append(f"{escape(name)} is larger than Discord takes (10 MB), so I cannot attach it here.")
    else:
        last.attachments.append(Attachment(file_name(name), content))


def file_name(name: str) -> str:
    """A name that Discord keeps as it is."""
    return re.sub(r"[^\w.-]+", "_", name, flags=re.ASCII).strip("._")[:80] or "file"


@dataclass(frozen=True, slots=True)
class PreparedMessage:
    """One message: its body, and the files that go with it."""

    body: Body
    files: Sequence[Attachment] = ()

    def private(self) -> "PreparedMessage":
        """The same for the caller alone."""
        return PreparedMessage({**self.body, "flags": EPHEMERAL}, self.files)

    def replacing(self) -> "PreparedMessage":
        """The same as an edit, after which nothing is left of what was there before."""
        nothing: Body = {"content": None, "embeds": [], "components": [], "attachments": []}
        return PreparedMessage({**nothing, **self.body}, self.files)


async def prepare(page: MessagePage, cohort: int | None, encode: EncodeCall | None) -> PreparedMessage:
    """A page as Discord takes it. Without `encode`, a button whose call is too long is left out.

    A body is a dictionary, not discord.py's views and embeds: those keep state for clicks, which are answered
    here by their custom ids alone, and building them took a third of the time of a short answer.
    """
    body: Body = {"allowed_mentions": NOBODY}
    if page.content:
        body["content"] = page.content
    if page.fields:
        fields = [
            {"name": name, "value": value, "inline": len(value) <= SHORT_VALUE} for name, value in page.fields
        ]
        body["embeds"] = [{"fields": fields}]
    if page.attachments:
        body["attachments"] = [
            {"id": number, "filename": each.name, "description": each.alt}
            for number, each in enumerate(page.attachments)
        ]
    if page.rows or page.more:
        body["components"] = await _rows(page, cohort, encode)
    return PreparedMessage(body, page.attachments)


def plainest(reply: Reply) -> PreparedMessage:
    """What a reply says as text in a fixed-width font and nothing else, for where Discord refuses it as it is: the whole
    in a file where it is too long. Buttons are left out, which is said."""
    whole = whole_reply(reply)
    words = whole.replace("`", "ˋ")
    if any(isinstance(block, Buttons) or lists.opens(block) for block in reply.blocks):
        words += f"\n{NO_BUTTONS}"
    body: Body = {"allowed_mentions": NOBODY}
    if len(words) + len(_FENCED) <= CONTENT:
        return PreparedMessage({**body, "content": _FENCED.format(words)})
    room = CONTENT - len(_FENCED) - len(OVERFLOW)
    file = Attachment("answer.txt", whole.encode(), "The whole answer as text")
    attachments = [{"id": 0, "filename": file.name, "description": file.alt}]
    content = _FENCED.format(words[:room]) + OVERFLOW
    return PreparedMessage({**body, "content": content, "attachments": attachments}, (file,))


async def _rows(page: MessagePage, cohort: int | None, encode: EncodeCall | None) -> list[Body]:
    rows: list[list[Body]] = []
    seen: set[str] = set()
    for number, row in enumerate(page.rows[: MOST_ROWS - bool(page.more)]):
        if isinstance(row, Menu):
            rows.append(await _menu(row, f"{MENU}{number}", cohort, encode))
            continue
        made = []
        for button in row:
            custom_id = await _custom_id(button, cohort, encode)
            if custom_id is not None and custom_id not in seen:
                seen.add(custom_id)
                made.append(_button(button.label, custom_id, STYLES[button.style]))
        rows.append(made)
    if page.more:
        rows.append([_button(*page.more, PRIMARY)])
    return [{"type": ACTION_ROW, "components": row} for row in rows if row]


async def _menu(menu: Menu, custom_id: str, cohort: int | None, encode: EncodeCall | None) -> list[Body]:
    options: dict[str, Body] = {}
    for record, button in menu.options:
        value = await _custom_id(button, cohort, encode)
        if value is not None:
            label, rest = lists.option_words(record, OPTION_WORDS)
            options[value] = {"label": label, "value": value, **({"description": rest} if rest else {})}
    found = list(options.values())
    return (
        [{"type": SELECT, "custom_id": custom_id, "placeholder": menu.label, "options": found}]
        if found
        else []
    )


def _button(label: str, custom_id: str, style: int) -> Body:
    return {"type": BUTTON, "style": style, "label": shorten(label, BUTTON_LABEL), "custom_id": custom_id}


async def _custom_id(button: Button, cohort: int | None, encode: EncodeCall | None) -> str | None:
    """The custom id of a button's call, None where the call is too long and cannot be saved."""
    call = StoredCall.of_button(button, cohort)
    if encode is not None:
        return await encode(call)
    packed = call.pack()
    return packed if len(packed) <= CUSTOM_ID else None


def parameters(body: Body, files: Sequence[Attachment]) -> MultipartParameters:
    """A body and its files as discord.py's HTTP methods take them."""
    if not files:
        return MultipartParameters(payload=body, multipart=None, files=None)
    opened = [discord.File(io.BytesIO(each.content), each.name) for each in files]
    parts: list[dict[str, Any]] = [{"name": "payload_json", "value": json.dumps(body)}]
    for number, file in enumerate(opened):
        parts.append(
            {
                "name": f"files[{number}]",
                "value": file.fp,
                "filename": file.filename,
                "content_type": "application/octet-stream",
            }
        )
    return MultipartParameters(payload=None, multipart=parts, files=opened)
