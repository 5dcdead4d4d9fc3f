"""What Discord refuses in the registration of application commands."""

import re
from typing import Any

from tests.servers.discord.errors import Problems

SUB, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, ATTACHMENT = range(1, 12)
TYPE_NAMES = {
    STRING: "string",
    INTEGER: "integer",
    BOOLEAN: "boolean",
    USER: "user",
    CHANNEL: "channel",
    NUMBER: "number",
    ATTACHMENT: "attachment",
}
_NAME = re.compile(r"^[-_'\w]{1,32}$")
_SAFE_INTEGER = 2**53


def check_commands(commands: Any) -> None:
    """Refuse a list of commands that the platform would refuse as a whole."""
    problems = Problems()
    names: set[str] = set()
    for i, command in enumerate(problems.count("commands", commands, 0, 100)):
        at = str(i)
        _named(problems, at, command)
        if command.get("type", 1) != 1:
            continue
        if command.get("name") in names:
            problems.add(
                at, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"
            )
        names.add(str(command.get("name")))
        _options(problems, at, command.get("options") or [], depth=0)
        if _characters(command) > 8000:
            problems.add(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
        permissions = command.get("default_member_permissions")
        if permissions is not None and not str(permissions).isdigit():
            problems.add(f"{at}.default_member_permissions", "STRING_TYPE_REGEX", "Not a set of permissions.")
    problems.raise_any()


def _named(problems: Problems, at: str, thing: dict[str, Any]) -> None:
    name = thing.get("name")
    if not isinstance(name, str) or not _NAME.match(name) or name != name.lower():
        problems.add(
            f"{at}.name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid: " + repr(name)
        )
    problems.length(f"{at}.description", thing.get("description"), 1, 100)


def _options(problems: Problems, at: str, options: Any, depth: int) -> None:
    names: set[str] = set()
    optional_seen = False
    kinds = set()
    for j, option in enumerate(problems.count(f"{at}.options", options, 0, 25)):
        here = f"{at}.options.{j}"
        _named(problems, here, option)
        if option.get("name") in names:
            problems.add(f"{here}.name", "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", "Names must be unique")
        names.add(str(option.get("name")))
        kind = option.get("type")
        kinds.add(kind in (SUB, GROUP))
        if kind not in range(1, 12):
            problems.add(f"{here}.type", "BASE_TYPE_CHOICES", "Not an option type.")
        elif kind in (SUB, GROUP):
            _nested(problems, here, option, depth)
        else:
            if option.get("required") and optional_seen:
                text = "Required options must be placed before non-required options"
                problems.add(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", text)
            optional_seen = optional_seen or not option.get("required")
            _value(problems, here, option)
    if len(kinds) > 1:
        problems.add(f"{at}.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands stand alone.")


def _nested(problems: Problems, at: str, option: dict[str, Any], depth: int) -> None:
    kind = option["type"]
    if (kind == GROUP and depth > 0) or (kind == SUB and depth > 1):
        problems.add(f"{at}.type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Nested too deep.")
        return
    if kind == GROUP and any(child.get("type") != SUB for child in option.get("options") or []):
        problems.add(
            f"{at}.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "A group holds sub-commands."
        )
    if kind == SUB and any(child.get("type") in (SUB, GROUP) for child in option.get("options") or []):
        problems.add(f"{at}.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-commands hold values.")
    _options(problems, at, option.get("options") or [], depth + 1)


def _value(problems: Problems, at: str, option: dict[str, Any]) -> None:
    kind, choices = option["type"], option.get("choices") or []
    if choices and option.get("autocomplete"):
        text = "choices and autocomplete are mutually exclusive"
        problems.add(f"{at}.autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_NOT_ALLOWED", text)
    if (choices or option.get("autocomplete")) and kind not in (STRING, INTEGER, NUMBER):
        problems.add(f"{at}.choices", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "No choices for this type.")
    for key in ("min_value", "max_value"):
        if option.get(key) is not None and kind not in (INTEGER, NUMBER):
            problems.add(f"{at}.{key}", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only for numbers.")
    for key, low in (("min_length", 0), ("max_length", 1)):
        problems.number(f"{at}.{key}", option.get(key), low, 6000)
        if option.get(key) is not None and kind != STRING:
            problems.add(f"{at}.{key}", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Only for strings.")
    names: set[str] = set()
    for k, choice in enumerate(problems.count(f"{at}.choices", choices, 0, 25)):
        here = f"{at}.choices.{k}"
        problems.length(f"{here}.name", choice.get("name"), 1, 100)
        if choice.get("name") in names:
            problems.add(here, "APPLICATION_COMMAND_OPTIONS_CHOICE_NAMES_DUPLICATE", "Duplicated.")
        names.add(str(choice.get("name")))
        value = choice.get("value")
        if kind == STRING:
            problems.length(f"{here}.value", value, 1, 100)
        elif isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _SAFE_INTEGER:
            problems.add(f"{here}.value", "NUMBER_TYPE_COERCE", "Not a number.")


def _characters(thing: dict[str, Any]) -> int:
    """Characters of names, descriptions and choice values of a command, as the limit of 8,000 counts them."""
    total = len(thing.get("name") or "") + len(thing.get("description") or "")
    for choice in thing.get("choices") or []:
        total += len(choice.get("name") or "") + len(str(choice.get("value")))
    return total + sum(_characters(option) for option in thing.get("options") or [])
