"""Forms as modals, and what comes back from them. A field's block id is the parameter's name."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.commands import Names
from core.chat import Argument, ChannelRef, Choice, FieldKind, Form, FormField, PersonRef, Reply
from core.text import as_text, shorten

Json = dict[str, Any]

CALLBACK = "form"
FIELD = "field"
"""The beginning of the action id of every input."""
OPTIONS = 100
FLAGS = (Choice("yes", "Yes"), Choice("no", "No"))


def modal(form: Form, hidden: str) -> Json:
    """The view of a form."""
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain(form.title, 24),
        "submit": _plain("Send", 24),
        "close": _plain("Cancel", 24),
        "private_metadata": hidden,
        "blocks": [_input(each) for each in form.fields[:99]],
    }


def _plain(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": False}


def _input(field: FormField) -> Json:
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, 150),
        "optional": not field.required,
        "element": {**_element(field), "action_id": f"{FIELD}:{field.name}"},
    }
    if field.help:
        block["hint"] = _plain(field.help, 300)
    return block


def _element(field: FormField) -> Json:
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            return _text(field)
        case FieldKind.INTEGER | FieldKind.NUMBER:
            # A number input refuses "25%" and a comma in some languages; the core reads both.
            typed = field.value and field.value[:40]
            return {"type": "plain_text_input", "max_length": 40, **_initial("initial_value", typed)}
        case FieldKind.FLAG:
            return _select(FLAGS, field.value)
        case FieldKind.CHOICE:
            return _select(field.choices, field.value)
        case FieldKind.DATE:
            valid = re.fullmatch(r"\d{4}-\d{2}-\d{2}", field.value or "")
            return {"type": "datepicker", **_initial("initial_date", field.value if valid else None)}
        case FieldKind.PERSON:
            known = re.fullmatch(r"[UW][A-Z0-9]+", field.value or "")
            return {"type": "users_select", **_initial("initial_user", field.value if known else None)}
        case FieldKind.CHANNEL:
            known = re.fullmatch(r"[CG][A-Z0-9]+", field.value or "")
            return {
                # Unlike channels_select it also offers private channels, where cohorts like to live.
                "type": "conversations_select",
                "filter": {"include": ["public", "private"], "exclude_bot_users": True},
                **_initial("initial_conversation", field.value if known else None),
            }
        case FieldKind.FILE:
            return {"type": "file_input", "max_files": 1}
        case FieldKind.RECORD:
            chosen = option(Choice(field.value, field.value)) if field.value else None
            return {"type": "external_select", "min_query_length": 0, **_initial("initial_option", chosen)}


def _initial(key: str, value: object) -> Json:
    return {key: value} if value else {}


def _text(field: FormField) -> Json:
    limit = max(1, min(field.max_length or 3_000, 3_000))
    return {
        "type": "plain_text_input",
        "multiline": field.kind is FieldKind.LONG_TEXT,
        "max_length": limit,
        **_initial("initial_value", field.value and field.value[:limit]),
    }


def _select(choices: Sequence[Choice], value: str | None) -> Json:
    options = [option(each) for each in choices[:OPTIONS]]
    chosen = next((each for each in options if each["value"] == value), None)
    return {"type": "static_select", "options": options, **_initial("initial_option", chosen)}


def option(choice: Choice) -> Json:
    """One option of a select."""
    return {"text": _plain(choice.label or choice.value, 75), "value": choice.value[:150]}


def suggestions(choices: Sequence[Choice], typed: str) -> Json:
    """The answer to a request for completion. What was typed is offered too: a venue may be new."""
    typed = typed.strip()
    found = [option(each) for each in choices[:OPTIONS] if each.value and len(each.value) <= 150]
    if typed and len(typed) <= 75 and all(typed not in (o["value"], o["text"]["text"]) for o in found):
        found = [*found[: OPTIONS - 1], option(Choice(typed, typed))]
    return {"options": found}


async def values(
    state: Mapping[str, Mapping[str, Json]], names: Names, channels: Names
) -> dict[str, Argument | Json]:
    """What was filled in, by parameter. A file is left as Slack describes it, to be fetched by the caller."""
    found: dict[str, Argument | Json] = {}
    for name, inputs in state.items():
        for given in inputs.values():
            value = await _value(given, names, channels)
            if value not in (None, ""):
                found[name] = value
    return found


async def _value(given: Json, names: Names, channels: Names) -> Any:
    match given.get("type"):
        case "static_select" | "external_select":
            chosen = given.get("selected_option")
            return chosen["value"] if chosen else None
        case "users_select":
            user = given.get("selected_user")
            return PersonRef(user, await names(user)) if user else None
        case "conversations_select":
            channel = given.get("selected_conversation")
            return ChannelRef(channel, await channels(channel)) if channel else None
        case "datepicker":
            return given.get("selected_date")
        case "file_input":
            files = given.get("files")
            return files[0] if files else None
        case _:
            return given.get("value")


def errors(view: Json, reply: Reply) -> dict[str, str]:
    """Where in a modal an error is shown: at its field, else at the first one. Empty where it has none, or
    where the reply says more than a line can."""
    blocks = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    if not blocks or reply.blocks:
        return {}
    where = next((block for block in blocks if block == reply.field), blocks[0])
    return {where: shorten(as_text(reply.text).plain(), 500)}
