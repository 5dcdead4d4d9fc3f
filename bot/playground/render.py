"""A neutral Reply or Form as the JSON trees of the protocol (static/protocol.js). Pure."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.playground.payloads import Tree
from core.chat.model import (
    Block,
    Button,
    Buttons,
    Fields,
    File,
    Form,
    FormField,
    Picture,
    Record,
    Records,
    Reply,
    Table,
)
from core.chat.text import CommandRef, Inline, Moment, Sayable, Span, as_text, inline_plain
from core.commands.spec import Command
from core.commands.stored_call import StoredCall
from core.errors import UserError

FILES = "/playground/files/"


@dataclass(frozen=True, slots=True)
class Blob:
    """The content of a picture or file; its id is made from the content. `drawing` is what a picture can be drawn from
    for another width or ground."""

    id: str
    name: str
    media_type: str
    content: bytes
    drawing: bytes = b""

    @property
    def base64(self) -> str:
        """The content as text, as it is stored."""
        return base64.b64encode(self.content).decode("ascii")

    @property
    def drawing_base64(self) -> str | None:
        """The drawing as it is stored; None where there is none."""
        return base64.b64encode(self.drawing).decode("ascii") if self.drawing else None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message's body as it is stored, and the contents it refers to."""

    body: Tree
    blobs: tuple[Blob, ...]


def reply(value: Reply) -> Rendered:
    """A Reply as a body `{text, blocks, error}`, where a question is none. Buttons carry their packed call;
    `without_calls` removes it."""
    blobs: list[Blob] = []
    blocks = [_block(block, value.cohort, blobs) for block in value.blocks]
    failed = value.error and not value.is_question
    return Rendered({"text": text(value.text), "blocks": blocks, "error": failed}, tuple(blobs))


def without_calls(body: Tree) -> Tree:
    """A stored body as the page gets it: buttons have an id and no call."""
    return {**body, "blocks": [_block_without_calls(block) for block in body["blocks"]]}


def call_of(body: Tree, button: str) -> tuple[str, str] | None:
    """Label and packed call of the button with this id, or of the record that opens with it."""
    pressed = [item for block in body["blocks"] if block["t"] == "buttons" for item in block["items"]]
    opened = [row["open"] for block in body["blocks"] if block["t"] == "records" for row in block["items"]]
    found = next((item for item in (*pressed, *filter(None, opened)) if item["id"] == button), None)
    return (found["label"], found["call"]) if found else None


def text(value: Sayable) -> list[Tree]:
    """Lines of spans. Characters stay as they are: the page shows them through textContent."""
    return [
        {"k": line.kind.value, "c": [_inline(inline) for inline in line.spans]}
        for line in as_text(value).lines
    ]


def instant(at: datetime) -> str:
    """An instant on the wire, with milliseconds, in UTC."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def form(value: Form, command: Command, id_: str) -> Tree:
    """A Form. Its id is the stored call that it completes, so that it can be sent after a restart too."""
    fields = [_field(each, command) for each in value.fields]
    return {
        "id": id_,
        "title": value.title,
        "submit": value.submit,
        "command": value.command,
        "fields": fields,
    }


def offers(error: UserError) -> list[Tree]:
    """The buttons of a refusal, for the page to show beside it: each with its packed call and, where it only says
    another value of the field that is wrong, with that value."""
    found = []
    for block in error.blocks:
        for button in block.items if isinstance(block, Buttons) else ():
            call = StoredCall.of_button(button, None)
            found.append(
                {"label": button.label, "call": call.pack(), "value": button.args.get(error.field or "")}
            )
    return found


def _field(field: FormField, command: Command) -> Tree:
    param = command.param(field.name)
    return {
        "name": field.name,
        "label": field.label,
        "kind": field.kind.value,
        "required": field.required,
        "help": field.help,
        "choices": [{"value": choice.value, "label": choice.label} for choice in field.choices],
        "max_length": field.max_length,
        "min": param.minimum if param else None,
        "max": param.maximum if param else None,
        "value": field.value,
        "note": field.note,
    }


def _inline(inline: Inline) -> Tree:
    match inline:
        case Moment(at=at, fallback=fallback):
            return {"at": instant(at), "s": fallback}
        case CommandRef():
            return {"cmd": inline.line, "s": inline_plain(inline)}
        case Span():
            return _span(inline)


def _span(span: Span) -> Tree:
    tree: Tree = {"s": span.text}
    marks: Mapping[str, object] = {"b": span.bold, "i": span.italic, "code": span.code, "href": span.link}
    return tree | {key: value for key, value in marks.items() if value}


def _block(block: Block, cohort: int | None, blobs: list[Blob]) -> Tree:
    match block:
        case Fields(items=items):
            return {"t": "fields", "items": [[label, text(value)] for label, value in items]}
        case Table(columns=columns, rows=rows):
            return {"t": "table", "columns": list(columns), "rows": [list(row) for row in rows]}
        case Records(rows=records):
            return {"t": "records", "items": [_record(each, at, cohort) for at, each in enumerate(records)]}
        case Picture(png=png, alt=alt, name=name):
            blob = _add_blob(name, "image/png", png, blobs, block.drawing)
            tree = {"t": "picture", "url": FILES + blob.id, "alt": alt, "name": name}
            return tree | ({"sizes": [list(size) for size in block.sizes]} if block.drawing else {})
        case File(name=name, content=content, media_type=media_type):
            blob = _add_blob(name, media_type, content, blobs)
            return {"t": "file", "url": FILES + blob.id, "name": name, "size": len(content)}
        case Buttons(items=buttons):
            return {"t": "buttons", "items": [_button(each, at, cohort) for at, each in enumerate(buttons)]}


def _record(record: Record, at: int, cohort: int | None) -> Tree:
    return {
        "name": text(record.name),
        "details": [text(each) for each in record.details if as_text(each)],
        "open": _button(record.opens, at, cohort) if record.opens else None,
        **({"heading": record.heading} if record.heading else {}),
    }


def _button(button: Button, at: int, cohort: int | None) -> Tree:
    call = StoredCall.of_button(button, cohort).pack()
    return {
        "id": f"{at}-{hashlib.sha256(call.encode()).hexdigest()[:12]}",
        "label": button.label,
        "style": button.style.value,
        "call": call,
    }


def _block_without_calls(block: Tree) -> Tree:
    if block["t"] == "records":
        rows = [{**row, "open": row["open"] and _button_without_call(row["open"])} for row in block["items"]]
        return {"t": "records", "items": rows}
    if block["t"] != "buttons":
        return block
    return {"t": "buttons", "items": [_button_without_call(item) for item in block["items"]]}


def _button_without_call(button: Tree) -> Tree:
    return {key: button[key] for key in ("id", "label", "style")}


def _add_blob(name: str, media_type: str, content: bytes, blobs: list[Blob], drawing: bytes = b"") -> Blob:
    # The drawing too: two pictures may be alike where little of them fits, and differ where there is room.
    digest = hashlib.sha256(f"{name}\0{media_type}\0".encode() + content + drawing).hexdigest()[:40]
    blob = Blob(digest, name, media_type, content, drawing)
    blobs.append(blob)
    return blob
