"""Commands as the page's command line completes them, and typed values as arguments."""

import base64
from collections.abc import Mapping, Sequence

from bot.playground import workspace
from bot.playground.payloads import Tree
from core.chat.model import UPLOAD_BYTES, Argument, ChannelRef, Choice, FieldKind, PersonRef, Upload
from core.commands.registry import Registry
from core.commands.spec import Command, Param
from core.errors import BadInput, FileTooLarge


def commands(registry: Registry) -> list[Tree]:
    """Every command with its parameters, in the order of the registry's groups."""
    return [_command(command) for group in registry.groups.values() for command in group]


def groups(registry: Registry) -> list[Tree]:
    """Every group with its one-line help."""
    return [{"name": name, "help": registry.summaries.get(name, "")} for name in registry.groups]


def _command(command: Command) -> Tree:
    return {
        "name": command.name,
        "group": command.group,
        "verb": command.verb,
        "help": command.help,
        "admin": command.for_organizers,
        "private": command.private,
        "form": command.form is not None,
        "params": [_param(param, command) for param in command.params if not param.form_only],
    }


def _param(param: Param, command: Command) -> Tree:
    return {
        "name": param.name,
        "label": param.label,
        "kind": param.kind.value,
        "required": param.required,
        "help": param.help,
        "choices": [_choice(choice) for choice in param.choices],
        "complete": param.kind in (FieldKind.RECORD, FieldKind.PERSON, FieldKind.CHANNEL),
        "min": param.minimum,
        "max": param.maximum,
        "max_length": param.max_length,
    }


def _choice(choice: Choice) -> Tree:
    return {"value": choice.value, "label": choice.label}


def choices(offered: Sequence[Choice]) -> list[Tree]:
    """Completion of records as the page takes it."""
    return [_choice(choice) for choice in offered]


def people(typed: str) -> list[Tree]:
    """Completion of people by handle or name."""
    wanted = typed.strip().removeprefix("@").casefold()
    return [
        {"value": f"@{each.id}", "label": each.name, "detail": f"@{each.id} · {each.home}"}
        for each in workspace.PEOPLE
        if each.id.startswith(wanted) or wanted in each.name.casefold()
    ]


def channels(typed: str) -> list[Tree]:
    """Completion of channels by name."""
    wanted = typed.strip().removeprefix("#").casefold()
    return [
        {"value": f"#{each.id}", "label": f"#{each.id}", "detail": each.topic}
        for each in workspace.CHANNELS
        if wanted in each.id
    ]


def arguments(command: Command, given: Mapping[str, object]) -> dict[str, Argument]:
    """Typed words and files as the core takes them: a handle becomes a person, `#name` a channel, a file
    an upload. Raises `BadInput` for a file that cannot be taken."""
    result: dict[str, Argument] = {}
    for name, value in given.items():
        param = command.param(name)
        if isinstance(value, Mapping):
            result[name] = _upload(name, value)
        elif isinstance(value, str):
            result[name] = _argument(param, value)
    return result


def _argument(param: Param | None, value: str) -> Argument:
    kind = param.kind if param else None
    if kind is FieldKind.PERSON and (who := workspace.persona(value)):
        return PersonRef(who.id, who.name)
    if kind is FieldKind.CHANNEL and (where := workspace.channel(value)):
        return ChannelRef(where.id, where.id)
    return value


def _upload(name: str, value: Mapping[object, object]) -> Upload:
    data, file_name, media_type = value.get("data"), value.get("name"), value.get("type")
    if not (isinstance(data, str) and isinstance(file_name, str) and isinstance(media_type, str)):
        raise BadInput("This file did not arrive whole. Please choose it again.", field=name)
    try:
        content = base64.b64decode(data, validate=True)
    except ValueError:  # no base64, or not even ASCII
        raise BadInput("This file did not arrive whole. Please choose it again.", field=name) from None
    if len(content) > UPLOAD_BYTES:
        raise FileTooLarge(file_name[:200], name)
    return Upload(file_name[:200], content, media_type[:100])
