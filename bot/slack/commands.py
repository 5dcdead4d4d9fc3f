"""The text behind the slash command, as Slack escapes it, turned into a command and its raw arguments."""

import re
from collections.abc import Awaitable, Callable

from core.chat import Argument, ChannelRef, FieldKind, PersonRef
from core.commandline import parse
from core.registry import Command, Param, Registry
from core.text import Text

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^>]*))?>")
_COMMAND = re.compile(r"<([!@#]?)([^<>|\s]+)(?:\|([^<>]*))?>")

Names = Callable[[str], Awaitable[str]]
"""The name of a person, or of a channel, by id."""


async def read(
    registry: Registry, text: str, names: Names
) -> tuple[Command | None, dict[str, Argument], Text | None]:
    """The command, its arguments, and a sentence about what is wrong with the line, if anything is."""
    command, typed, problem = parse(registry, text)
    if command is None:
        return None, {}, problem
    args: dict[str, Argument] = {}
    for param in command.params:
        if param.name in typed and (value := await _argument(param, typed[param.name], names)) is not None:
            args[param.name] = value
    return command, args, problem


async def _argument(param: Param, raw: str, names: Names) -> Argument | None:
    if param.kind is FieldKind.FILE:
        return None  # cannot be typed: the form asks for it
    if param.kind is FieldKind.PERSON and (match := _PERSON.fullmatch(raw)):
        return PersonRef(match[1], match[2] or await names(match[1]))
    if param.kind is FieldKind.CHANNEL and (match := _CHANNEL.fullmatch(raw)):
        return ChannelRef(match[1], match[2] or "")
    return await words(raw, names)


async def words(raw: str, names: Names) -> str:
    """What a member meant to write: people and channels by name, links as addresses, entities resolved."""
    called: dict[str, str] = {match[1]: match[2] or await names(match[1]) for match in _PERSON.finditer(raw)}

    def spell(match: re.Match[str]) -> str:
        mark, target, label = match.groups()
        if mark == "@":
            return "@" + (label or called.get(target, target))
        if mark:
            return ("#" if mark == "#" else "@") + (label or target)
        return str(target)

    plain = _COMMAND.sub(spell, raw)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
