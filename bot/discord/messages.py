"""Rendered pages as the bodies that Discord takes.

Bodies, not discord.py's views and embeds: those keep state for clicks, which are answered here by their
custom ids alone, and building them took a third of the time of a short answer.
"""

import io
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord.http import MultipartParameters

from bot.discord.render import Attachment, MessagePage
from core.chat.model import Button, ButtonStyle
from core.chat.text import shorten
from core.commands import stored_call
from core.commands.drafts import Draft

Body = dict[str, Any]

CUSTOM_ID, BUTTON_LABEL, MOST_ROWS = 100, 80, 5
SHORT_VALUE = 40
EPHEMERAL = 1 << 6
ACTION_ROW, BUTTON = 1, 2
NOBODY: Final[Mapping[str, Any]] = {"parse": []}
"""Without it an edit notifies everybody it names, whatever the message said before."""

PRIMARY = 1
STYLES: Final[Mapping[ButtonStyle, int]] = {
    ButtonStyle.PRIMARY: PRIMARY,
    ButtonStyle.NORMAL: 2,
    ButtonStyle.DANGER: 4,
}

Keep = Callable[[Draft], Awaitable[str]]
"""Keeps a call that is too long for a custom id and gives the token that stands for it."""


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


async def prepare(page: MessagePage, cohort: int | None, keep: Keep | None) -> PreparedMessage:
    """A page as Discord takes it. Without `keep`, a button whose call is too long is left out."""
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
        body["components"] = await _rows(page, cohort, keep)
    return PreparedMessage(body, page.attachments)


async def _rows(page: MessagePage, cohort: int | None, keep: Keep | None) -> list[Body]:
    rows: list[list[Body]] = []
    seen: set[str] = set()
    for row in page.rows[: MOST_ROWS - bool(page.more)]:
        made = []
        for button in row:
            custom_id = await call_id(button, cohort, keep)
            if custom_id is not None and custom_id not in seen:
                seen.add(custom_id)
                made.append(_button(button.label, custom_id, STYLES[button.style]))
        rows.append(made)
    if page.more:
        rows.append([_button(*page.more, PRIMARY)])
    return [{"type": ACTION_ROW, "components": row} for row in rows if row]


def _button(label: str, custom_id: str, style: int) -> Body:
    return {"type": BUTTON, "style": style, "label": shorten(label, BUTTON_LABEL), "custom_id": custom_id}


async def call_id(button: Button, cohort: int | None, keep: Keep | None) -> str | None:
    """The custom id that stands for a button's call, None where it is too long and cannot be kept."""
    meant = button.cohort if button.cohort is not None else cohort
    packed = stored_call.pack(button.command, button.args, meant)
    if len(packed) <= CUSTOM_ID:
        return packed
    return f"d|{await keep(Draft(button.command, button.args, meant))}" if keep else None


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
