"""A `Form` as a modal, and a submitted modal as arguments.

A modal has room for five fields. A longer form goes over several: what was typed so far is saved as a call, and a
button opens the next part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import discord
from discord import ui

from bot.discord.registration import ATTACHMENT, CHANNEL, MENTIONABLE, STRING, USER
from core.chat.model import FieldKind, Form, FormField
from core.chat.text import shorten
from core.commands.forms import fields_left, with_not_shown
from core.commands.stored_call import StoredCall

MOST_FIELDS = 5
TITLE, LABEL, DESCRIPTION = 45, 45, 100
LONGEST_TEXT = 4000
MOST_OPTIONS, MOST_RADIOS = 25, 10

TEXT_INPUT, SELECT, USER_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT, UPLOAD, RADIO, CHECKBOX = (
    4,
    3,
    5,
    7,
    8,
    19,
    21,
    23,
)
AS_OPTIONS: Final[Mapping[int, int]] = {
    USER_SELECT: USER,
    MENTIONABLE_SELECT: MENTIONABLE,
    CHANNEL_SELECT: CHANNEL,
    UPLOAD: ATTACHMENT,
}
"""Components whose values are ids, and the options of commands that take the same. The numbers of the two say
different things: 5 is a select for people and an option for yes or no."""


def modal(title: str, fields: Sequence[FormField], custom_id: str) -> dict[str, Any]:
    """The modal with up to five fields; their custom ids are the parameters' names."""
    made = ui.Modal(title=shorten(title, TITLE), custom_id=custom_id)
    for field in fields[:MOST_FIELDS]:
        label: ui.Label[ui.Modal] = ui.Label(
            text=shorten(field.label, LABEL),
            description=shorten(_description(field), DESCRIPTION) or None,
            component=_component(field),
        )
        made.add_item(label)
    return made.to_dict()  # a body: it is answered by its custom id, so that nothing is kept


def _description(field: FormField) -> str:
    """What stands below a label: more of the label too, where it is too long to be read whole above and where there is
    room for more. What is said of the field, such as who reads it, is not cut for that."""
    words = field.note or field.help
    room = DESCRIPTION - len(words) - 1
    goes_on = len(field.label) > LABEL and room > LABEL
    return f"{shorten(field.label, room)} {words}" if goes_on else words


def _component(field: FormField) -> ui.Item[Any]:
    match field.kind:
        case FieldKind.CHOICE if len(field.choices) <= MOST_OPTIONS:
            return _choice(field)
        case FieldKind.FLAG:
            return ui.Checkbox(custom_id=field.name, default=field.value == "yes")
        case FieldKind.PERSON if field.roles:
            kinds = discord.SelectDefaultValueType
            is_role = (field.value or "").startswith("&")
            chosen = replace(field, value=(field.value or "").removeprefix("&"))
            return ui.MentionableSelect(
                custom_id=field.name,
                required=field.required,
                min_values=int(field.required),
                default_values=_default(chosen, kinds.role if is_role else kinds.user),
            )
        case FieldKind.PERSON:
            defaults = _default(field, discord.SelectDefaultValueType.user)
            return ui.UserSelect(
                custom_id=field.name,
                required=field.required,
                min_values=int(field.required),
                default_values=defaults,
            )
        case FieldKind.CHANNEL:
            defaults = _default(field, discord.SelectDefaultValueType.channel)
            return ui.ChannelSelect(
                custom_id=field.name,
                required=field.required,
                min_values=int(field.required),
                channel_types=[discord.ChannelType.text, discord.ChannelType.news],
                default_values=defaults,
            )
        case FieldKind.FILE:
            least = int(field.required)
            return ui.FileUpload(
                custom_id=field.name, required=field.required, min_values=least, max_values=1
            )
    return _text(field)


def _text(field: FormField) -> ui.TextInput[Any]:
    longest = min(field.max_length or LONGEST_TEXT, LONGEST_TEXT)
    return ui.TextInput(
        custom_id=field.name,
        style=discord.TextStyle.long if field.kind is FieldKind.LONG_TEXT else discord.TextStyle.short,
        required=field.required,
        placeholder="2026-11-23" if field.kind is FieldKind.DATE else None,
        default=(field.value or "")[:longest] or None,
        max_length=longest,
    )


def _choice(field: FormField) -> ui.Item[Any]:
    """Radio buttons where one of a few has to be chosen; a menu where there are many, or none may be."""
    if field.required and 2 <= len(field.choices) <= MOST_RADIOS:
        radios = [
            discord.RadioGroupOption(
                label=shorten(each.label, 100), value=each.value, default=each.value == field.value
            )
            for each in field.choices
        ]
        return ui.RadioGroup(custom_id=field.name, options=radios)
    options = [
        discord.SelectOption(
            label=shorten(each.label, 100), value=each.value, default=each.value == field.value
        )
        for each in field.choices
    ]
    return ui.Select(
        custom_id=field.name, required=field.required, min_values=int(field.required), options=options
    )


def _default(field: FormField, kind: discord.SelectDefaultValueType) -> list[discord.SelectDefaultValue]:
    if field.value is None or not field.value.isdecimal():
        return []
    return [discord.SelectDefaultValue(id=int(field.value), type=kind)]


def typed_fields(components: Sequence[Mapping[str, Any]]) -> dict[str, tuple[int, Any]]:
    """What a submitted modal holds: parameter name to raw value and the type of option that takes the same."""
    found = {}
    for top in components:
        for field in [top["component"]] if "component" in top else top.get("components", ()):
            values = field.get("values")
            value = field.get("value") if values is None else (values[0] if values else None)
            found[field["custom_id"]] = (AS_OPTIONS.get(field["type"], STRING), value)
    return found


def first_part(form: Form) -> tuple[StoredCall, list[FormField]]:
    """The start of a form of several parts: the call to save, and the fields to show."""
    fields = files_last(form.fields)
    return with_not_shown(StoredCall.of_form(form), fields[MOST_FIELDS:]), fields[:MOST_FIELDS]


def next_part(form: Form, call: StoredCall) -> list[FormField]:
    """The fields of a form that no part has shown yet."""
    return files_last(fields_left(form, call))


def files_last(fields: Sequence[FormField]) -> list[FormField]:
    """The fields of a form of several parts: files last, because a file cannot be saved between two parts."""
    return sorted(fields, key=lambda field: field.kind is FieldKind.FILE)
