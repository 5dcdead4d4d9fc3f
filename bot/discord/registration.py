"""The registry's commands as Discord's application commands: one per group, its verbs as subcommands."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from core.chat.model import FieldKind
from core.chat.text import CommandRef, shorten
from core.commands.registry import Registry
from core.commands.spec import Command, Param

SUBCOMMAND: Final = 1
STRING, INTEGER, BOOLEAN, USER, CHANNEL, MENTIONABLE, NUMBER, ATTACHMENT = 3, 4, 5, 6, 7, 9, 10, 11

OPTION_TYPES: Mapping[FieldKind, int] = {
    FieldKind.TEXT: STRING,
    FieldKind.LONG_TEXT: STRING,
    FieldKind.INTEGER: INTEGER,
    FieldKind.NUMBER: NUMBER,
    FieldKind.FLAG: BOOLEAN,
    FieldKind.DATE: STRING,
    FieldKind.CHOICE: STRING,
    FieldKind.PERSON: USER,
    FieldKind.CHANNEL: CHANNEL,
    FieldKind.FILE: ATTACHMENT,
    FieldKind.RECORD: STRING,
}

MANAGE_GUILD = 1 << 5
IN_SERVERS, IN_BOT_DM = 0, 1
TEXT_CHANNELS = (0, 5)
"""Text and announcement channels, which are those that a cohort can live in."""

MOST_CHOICES = 25
LONGEST_STRING = 6000
SAFE_INTEGER = 2**53
HIDDEN_GROUPS = ("cohort-admin",)
"""Groups that Discord shows only to those who manage the server. A hint: the core checks again."""


def application_commands(registry: Registry) -> list[dict[str, Any]]:
    """Every command of the registry, as the body of a bulk overwrite."""
    return [
        _group(name, commands, registry.summaries.get(name)) for name, commands in registry.groups.items()
    ]


class CommandIds:
    """Discord's ids of the registered commands, one a group, with which a message names a verb as something to click.
    Empty until they are known."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def learn(self, registered: Sequence[Mapping[str, Any]]) -> None:
        """Take the ids from what Discord answered to a registration."""
        self._ids = {each["name"]: str(each["id"]) for each in registered}

    def dump(self, print_: str) -> str:
        """The ids as text, with the fingerprint of the commands that they belong to."""
        return json.dumps({"fingerprint": print_, "ids": self._ids})

    def load(self, dumped: str | None, print_: str) -> bool:
        """Take the ids from what `dump` gave. False where it is of other commands, or of a version without ids."""
        try:
            found = json.loads(dumped or "{}")
        except ValueError:
            return False
        if not isinstance(found, dict) or found.get("fingerprint") != print_:
            return False
        self._ids = found["ids"]
        return True

    def write(self, command: CommandRef) -> CommandRef:
        """The command with its id, if it is known."""
        return replace(command, id=self._ids.get(command.name.partition(" ")[0], ""))


def fingerprint(payload: Sequence[Mapping[str, Any]]) -> str:
    """A short string that changes when the commands do."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()[:32]


def _group(name: str, commands: Sequence[Command], summary: str | None) -> dict[str, Any]:
    hidden = name in HIDDEN_GROUPS
    return {
        "name": name,
        "description": shorten(summary or f"{name.capitalize()} commands", 100),
        "type": 1,
        "options": [_verb(command) for command in commands],
        "default_member_permissions": str(MANAGE_GUILD) if hidden else None,
        "integration_types": [0],
        "contexts": [IN_SERVERS] if hidden else [IN_SERVERS, IN_BOT_DM],
    }


def _verb(command: Command) -> dict[str, Any]:
    options = [_option(param, command) for param in command.params if not param.form_only]
    return {"name": command.verb, "description": command.help, "type": SUBCOMMAND, "options": options}


def _option(param: Param, command: Command) -> dict[str, Any]:
    """One parameter. A command with a form may be called without what it requires: the form asks."""
    option: dict[str, Any] = {
        "name": param.name,
        "description": param.help,
        "type": MENTIONABLE if param.roles else OPTION_TYPES[param.kind],
        "required": param.required and command.form is None,
    }
    match param.kind:
        case FieldKind.CHOICE if len(param.choices) <= MOST_CHOICES:
            option["choices"] = [{"name": each.label, "value": each.value} for each in param.choices]
        case FieldKind.CHOICE:
            option["autocomplete"] = True
        case FieldKind.RECORD:
            option |= {"autocomplete": True, "max_length": min(param.max_length, LONGEST_STRING)}
        case FieldKind.TEXT | FieldKind.LONG_TEXT:
            option["max_length"] = min(param.max_length, LONGEST_STRING)
        case FieldKind.INTEGER:
            option |= _bounds(param, int)
        case FieldKind.NUMBER:
            option |= _bounds(param, float)
        case FieldKind.CHANNEL:
            option["channel_types"] = list(TEXT_CHANNELS)
    return option


def _bounds(param: Param, kind: type[int] | type[float]) -> dict[str, Any]:
    given = {"min_value": param.minimum, "max_value": param.maximum}
    return {
        name: kind(value) for name, value in given.items() if value is not None and abs(value) <= SAFE_INTEGER
    }
