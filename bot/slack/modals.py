"""Forms as modals, and what comes back from them. A field's block id is the parameter's name.

A modal's private metadata hold the form's call and where the form was opened.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.slack.emoji_names import with_emoji
from bot.slack.payloads import Names, ReplyContext
from core.chat.model import (
    Argument,
    Buttons,
    ChannelRef,
    Choice,
    FieldKind,
    Form,
    FormField,
    Person,
    PersonRef,
    Reply,
)
from core.chat.text import as_text, shorten
from core.commands.stored_call import StoredCall, StoredCallCodec
from core.errors import OutOfDate

Json = dict[str, Any]

CALLBACK = "form"
FIELD = "field"
"""The beginning of the action id of every input."""
READING = ".reading"
"""The end of the block id of the choice between readings, behind the name of the field."""
MOST_READINGS = 10
"""Radio buttons that Slack takes in a row."""
OPTIONS = 100
METADATA_CALL = 2_400
"""Characters of the call in a modal's private metadata. Slack takes 3,000; the rest is for where the form was
opened."""
_CHANNEL = re.compile(r"[CDGUW][A-Z0-9]*", re.ASCII)
FLAGS = (Choice("yes", "Yes"), Choice("no", "No"))


def modal(form: Form, metadata: str) -> Json:
    """The view of a form. `metadata` is what `encode_metadata` gives."""
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": _plain(form.title, 24),
        "submit": _plain(form.submit, 24),
        "close": _plain("Cancel", 24),
        "notify_on_close": any(each.kind is FieldKind.LONG_TEXT for each in form.fields),
        "private_metadata": metadata,
        "blocks": [block for each in form.fields for block in _blocks(each)][:99],
    }


async def encode_metadata(codec: StoredCallCodec, person: Person, form: Form, context: ReplyContext) -> str:
    """The private metadata of a form's modal."""
    call = await codec.encode(StoredCall.of_form(form), person, METADATA_CALL)
    there = [context.workspace, context.channel, context.thread, context.name[:80], context.response_url]
    # Slack counts characters, and an escaped one is six.
    return json.dumps([call, there], separators=(",", ":"), ensure_ascii=False)


def decode_metadata(metadata: str, workspace: str) -> tuple[str, ReplyContext]:
    """The encoded call in a modal's private metadata, and where the form was opened.

    Raises `OutOfDate` for anything else, also for a modal that claims another workspace.
    """
    try:
        call, (home, channel, thread, name, response_url) = json.loads(metadata)
    except (ValueError, TypeError, RecursionError):
        raise OutOfDate("This form is from an earlier version of me. Please run the command again.") from None
    texts = all(isinstance(each, str | None) for each in (call, channel, thread, name, response_url))
    if not texts or call is None or home != workspace or not _CHANNEL.fullmatch(channel or ""):
        raise OutOfDate("This form belongs somewhere else. Please run the command again.")
    return call, ReplyContext(home, channel, thread, name or "", response_url)


def _plain(text: str, limit: int) -> Json:
    return {"type": "plain_text", "text": shorten(text, limit), "emoji": False}


def _blocks(field: FormField) -> list[Json]:
    """The input of a field, with its note above it."""
    if not field.note:
        return [_input(field)]
    return [{"type": "context", "elements": [_plain(field.note, 2_000)]}, _input(field)]


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
    if field.kind is FieldKind.LONG_TEXT:
        # A long text is what hurts when a form is closed by a slip. Slack tells of it while it is typed.
        block["dispatch_action"] = True
        block["element"]["dispatch_action_config"] = {"trigger_actions_on": ["on_character_entered"]}
    return block


def _element(field: FormField) -> Json:
    match field.kind:
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            return _text(field)
        case FieldKind.INTEGER | FieldKind.NUMBER:
            # A number input refuses "25%" and a comma in some languages; the core reads both.
            typed = field.value and field.value[:100]
            return {"type": "plain_text_input", "max_length": 100, **_initial("initial_value", typed)}
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


def _inputs(state: Mapping[str, Mapping[str, Json]]) -> Iterator[tuple[str, Json]]:
    return ((name, given) for name, inputs in state.items() for given in inputs.values())


async def values(state: Mapping[str, Mapping[str, Json]], names: Names) -> dict[str, Argument | Json]:
    """What was filled in, by parameter. A file is left as Slack describes it, to be fetched by the caller."""
    users = [given["selected_user"] for _, given in _inputs(state) if given.get("selected_user")]
    user_names = await names(users)
    found: dict[str, Argument | Json] = {}
    # The choice of a reading comes last: it stands in place of the text that it is a reading of.
    for name, given in sorted(_inputs(state), key=lambda each: each[0].endswith(READING)):
        value: Argument | Json | None
        match given.get("type"):
            case "users_select":
                user = given.get("selected_user")
                value = PersonRef(user, user_names[user]) if user else None
            case "conversations_select":
                channel = given.get("selected_conversation")
                value = ChannelRef(channel) if channel else None
            case "file_input":
                value = next(iter(given.get("files") or ()), None)
            case _:
                value = _input_text(given)
        if value not in (None, ""):
            found[name.removesuffix(READING)] = value
    return found


def _input_text(given: Json) -> str:
    """What stands in an input as text that a form can show again; an empty text for a file."""
    chosen = given.get("selected_option")
    if chosen:
        return str(chosen["value"])
    keys = ("value", "selected_date", "selected_user", "selected_conversation")
    text = next((str(given[key]) for key in keys if given.get(key)), "")
    return with_emoji(text) if given.get("type") == "plain_text_input" else text


def typed(view: Json) -> dict[str, str]:
    """What stands in the inputs of a submitted form, the emptied ones included."""
    return {name: _input_text(given) for name, given in _inputs(view["state"]["values"])}


def keyboard_labels(view: Json) -> dict[str, str]:
    """The labels of the inputs of a submitted form that are written with a keyboard, by their names. They are
    read from the view, because the call of a form that is out of date is not known."""
    labels = {block.get("block_id"): block.get("label", {}).get("text", "") for block in view["blocks"]}
    return {
        name: labels.get(name) or name
        for name, given in _inputs(view["state"]["values"])
        if given.get("type") == "plain_text_input"
    }


def errors(view: Json, reply: Reply) -> dict[str, str]:
    """An error by the block id of the input at which it is shown: its own field, else the first one. Empty where the
    modal has no input, or where the reply has buttons and belongs to no field here; what stands at a field says in words
    what its buttons offer."""
    blocks = [str(block["block_id"]) for block in view.get("blocks") or () if block["type"] == "input"]
    if not blocks or (reply.blocks and reply.field not in blocks):
        return {}
    block_id = reply.field if reply.field in blocks else blocks[0]
    return {block_id: shorten(as_text(reply.text).plain(), 500)}


_INITIAL = {
    "plain_text_input": ("initial_value", "value"),
    "static_select": ("initial_option", "selected_option"),
    "external_select": ("initial_option", "selected_option"),
    "datepicker": ("initial_date", "selected_date"),
    "users_select": ("initial_user", "selected_user"),
    "conversations_select": ("initial_conversation", "selected_conversation"),
}
"""By kind of input, what it begins with and where what was filled in stands."""


def with_readings(view: Json, reply: Reply, command: str) -> Json | None:
    """The same form with what was filled in, and below a field that can mean several things the readings to choose from,
    which the buttons of the refusal carry: they call the form's `command`. None where it has none, or where Slack takes
    no option of that length."""
    rows = [block.items for block in reply.blocks if isinstance(block, Buttons)]
    name = reply.field
    own = [each for row in rows for each in row if each.command == command and name and name in each.args]
    readings = [(each.label, each.args[str(name)]) for each in own]
    fits = all(len(label) <= 75 and len(value) <= 150 for label, value in readings)
    blocks = [each for each in view["blocks"] if not str(each.get("block_id")).endswith(READING)]
    at = next((n for n, each in enumerate(blocks) if each.get("block_id") == name), None)
    if at is None or not 0 < len(readings) <= MOST_READINGS or not fits:
        return None
    options = [option(Choice(value, label)) for label, value in readings]
    which = {
        "type": "input",
        "block_id": f"{name}{READING}",
        "optional": True,
        "label": _plain("Which one?", 150),
        "hint": _plain(as_text(reply.text).plain(), 2_000),
        "element": {"type": "radio_buttons", "action_id": f"{FIELD}:{name}{READING}", "options": options},
    }
    state = view["state"]["values"]
    filled = [_filled(each, state.get(each.get("block_id"), {})) for each in blocks]
    shown = ("type", "callback_id", "title", "submit", "close", "private_metadata", "notify_on_close")
    kept = {key: view[key] for key in shown if view.get(key)}
    return {**kept, "blocks": [*filled[: at + 1], which, *filled[at + 1 :]]}


def _filled(block: Json, given: Mapping[str, Json]) -> Json:
    """An input as it was filled in; other blocks as they are."""
    if block.get("type") != "input":
        return block
    element = {key: value for key, value in block["element"].items() if not key.startswith("initial_")}
    initial, where = _INITIAL.get(element["type"], ("", ""))
    value = next((each[where] for each in given.values() if each.get(where)), None)
    return {**block, "element": {**element, **_initial(initial, value)}}
