"""The text behind the slash command, as Slack escapes it, turned into a command and its raw arguments."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping

from core.chat.model import Argument, ChannelRef, FieldKind, PersonRef
from core.chat.text import Text
from core.commands.registry import Registry
from core.commands.spec import Command, Param
from core.commands.typed_line import parse

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^>]*))?>")
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^>]*))?>")
_COMMAND = re.compile(r"<([!@#]?)([^<>|\s]+)(?:\|([^<>]*))?>")
ID = re.compile(r"(?=.*\d)[A-Z0-9]{6,32}", re.ASCII)
"""What Slack's ids of people and channels look like when they stand alone."""
_SCHEMES = ("http://", "https://", "mailto:", "tel:")

Names = Callable[[Iterable[str]], Awaitable[Mapping[str, str]]]
"""The names of some people, by id."""


async def read(
    registry: Registry, text: str, names: Names
) -> tuple[Command | None, dict[str, Argument], Text | None]:
    """The command, its arguments, and a sentence about what is wrong with the line, if anything is."""
    command, typed, problem = parse(registry, text)
    called = await names(match[1] for match in _PERSON.finditer(text) if not match[2])
    if problem is not None:
        # Said again of the line as it was meant: the sentence quotes it.
        problem = parse(registry, words(text, called)).problem or problem
    args: dict[str, Argument] = {}
    for param in command.params if command else ():
        if param.name in typed and (value := _argument(param, typed[param.name], called)) is not None:
            args[param.name] = value
    return command, args, problem


def _argument(param: Param, raw: str, called: Mapping[str, str]) -> Argument | None:
    if param.kind is FieldKind.FILE:
        return None  # cannot be typed: the form asks for it
    if param.kind is FieldKind.PERSON and (match := _PERSON.fullmatch(raw)):
        return PersonRef(match[1], match[2] or called.get(match[1], match[1]))
    if param.kind is FieldKind.CHANNEL and (match := _CHANNEL.fullmatch(raw)):
        return ChannelRef(match[1], match[2] or "")
    return words(raw, called)


def words(raw: str, called: Mapping[str, str]) -> str:
    """What a member meant to write: people and channels by name, links as they were typed, entities resolved.
    `called` are the names of people whom Slack gives by id alone."""

    def spell(match: re.Match[str]) -> str:
        mark, target, label = match.groups()
        match mark:
            case "@":
                return "@" + (label or called.get(target, target))
            case "#":
                return "#" + (label or target)
            case "!" if target.startswith("date^"):
                return label or ""
            case "!":
                return "@" + (label or target).removeprefix("@")
        return label if label and _made_from(target, label) else str(target)

    plain = _COMMAND.sub(spell, raw)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _made_from(target: str, label: str) -> bool:
    """Whether Slack made the link by itself from what was typed, and the label is that."""
    if target.startswith("tel:"):
        return re.sub(r"\D", "", target) == re.sub(r"\D", "", label)
    return any(target == scheme + label for scheme in _SCHEMES)
