"""What arrives from Slack: where a payload came from, and the text behind the slash command."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.slack.emoji_names import with_emoji
from core.chat.model import (
    Argument,
    Block,
    Button,
    Buttons,
    ChannelRef,
    FieldKind,
    PersonRef,
    Place,
    PlaceKind,
)
from core.chat.text import CommandRef, Span
from core.commands.forms import as_texts
from core.commands.registry import Registry
from core.commands.spec import Command, Param
from core.commands.typed_line import parse, under_root
from core.errors import BadInput

Json = dict[str, Any]

_PERSON = re.compile(r"<@([UW][A-Z0-9]+)(?:\|([^<>]*))?>")
_AROUND_PERSON = "`.,; "
"""What somebody may have typed around a mention: no more than that is read as the person."""
_CHANNEL = re.compile(r"<#([CG][A-Z0-9]+)(?:\|([^<>]*))?>")
ID = re.compile(r"(?=.*\d)[A-Z0-9]{6,32}", re.ASCII)
"""What Slack's ids of people and channels look like when they stand alone."""
_MARKUP = re.compile(r"<([!@#]?)([^<>|\s]+)(?:\|([^<>]*))?>")
_SCHEMES = ("http://", "https://", "mailto:", "tel:")

Names = Callable[[Iterable[str]], Awaitable[Mapping[str, str]]]
"""The names of some people, by id."""


@dataclass(frozen=True, slots=True)
class RootCommand:
    """The slash command under which all others are typed, such as `/cohort`."""

    name: str

    def write(self, command: CommandRef) -> Span:
        """A command as it is typed in Slack."""
        return Span(f"{self.name} {under_root(command.line)}", code=True)


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """Where a payload came from and how it may be answered. `response_url` is good for half an hour."""

    workspace: str
    channel: str
    thread: str | None = None
    name: str = ""
    response_url: str | None = None

    @property
    def place(self) -> Place:
        """The place as the core knows it."""
        kind = PlaceKind.CHANNEL
        if self.channel[:1] in "DUW":  # a modal may know only the person
            kind = PlaceKind.DIRECT
        elif self.name.startswith("mpdm-"):
            kind = PlaceKind.GROUP
        # Slack puts these where it does not tell a channel's name.
        name = "" if self.name in ("directmessage", "privategroup") else self.name
        if self.thread is not None and kind is PlaceKind.CHANNEL:
            thread = f"{self.channel}:{self.thread}"
            return Place("slack", self.workspace, thread, PlaceKind.THREAD, parent=self.channel, name=name)
        return Place("slack", self.workspace, self.channel, kind, name=name)


def context_of_command(workspace: str, body: Json) -> ReplyContext:
    """Where a slash command was typed. `workspace` is the bot's own."""
    return ReplyContext(
        workspace, body["channel_id"], None, body.get("channel_name", ""), body.get("response_url")
    )


def context_of_action(workspace: str, body: Json) -> ReplyContext:
    """Where a button was pressed or a form was sent. A modal knows only the person."""
    container = body.get("container") or {}
    channel = body.get("channel") or {}
    thread = container.get("thread_ts")
    return ReplyContext(
        workspace,
        channel.get("id") or container.get("channel_id") or body["user"]["id"],
        str(thread) if thread else None,
        channel.get("name", ""),
        body.get("response_url"),
    )


def message_of_action(body: Json) -> str:
    """The message whose button was pressed, empty where it stands in none. The Home tab counts as one until it is
    published anew."""
    if view_of_action(body) == "home":
        return str(body["view"].get("hash") or "")
    return str((body.get("container") or {}).get("message_ts") or "")


def view_of_action(body: Json) -> str:
    """The type of the view whose button was pressed, empty where it stands in a message."""
    return str((body.get("view") or {}).get("type") or "")


def value_of_action(body: Json) -> str:
    """What stands behind the button that was pressed, or behind what was chosen from a menu."""
    action = body["actions"][0]
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


async def read_command(
    registry: Registry, text: str, names: Names
) -> tuple[Command | None, dict[str, Argument], BadInput | None]:
    """The command in the text of a slash command, its raw arguments, and what is wrong with the text, if anything is,
    with buttons for what may be meant."""
    command, typed, problem = parse(registry, text)
    user_names = await names(match[1] for match in _PERSON.finditer(text) if not match[2])
    if problem is not None:
        # Read once more with names instead of ids, because the sentence quotes what was typed.
        said = parse(registry, plain_text(text, user_names)).problem or problem
        problem = BadInput(said.text, field=said.field, blocks=_offers(registry, said, problem, user_names))
    args: dict[str, Argument] = {}
    for param in command.params if command else ():
        try:
            value = _argument(param, typed[param.name], user_names) if param.name in typed else None
        except BadInput as error:
            problem = problem or error
        else:
            args |= {param.name: value} if value is not None else {}
    return command, args, problem


def _offers(
    registry: Registry, said: BadInput, raw: BadInput, user_names: Mapping[str, str]
) -> tuple[Block, ...]:
    """The buttons of a refusal: their words from the text as it is read, people and channels in their calls from the
    text as it came."""
    came = [button for block in raw.blocks if isinstance(block, Buttons) for button in block.items]
    blocks: list[Block] = []
    for block in said.blocks:
        if not isinstance(block, Buttons):
            blocks.append(block)
        elif len(came) == len(block.items):
            pairs = zip(block.items, came, strict=True)
            blocks.append(Buttons(tuple(_offer(registry, each, one.args, user_names) for each, one in pairs)))
        else:
            blocks.append(block)
    return tuple(blocks)


def _offer(
    registry: Registry, button: Button, raw: Mapping[str, str], user_names: Mapping[str, str]
) -> Button:
    command = registry.commands[button.command]
    args = {
        param.name: value
        for param in command.params
        if param.name in raw and (value := _argument(param, raw[param.name], user_names)) is not None
    }
    return replace(button, args=as_texts(args))


def _argument(param: Param, raw: str, user_names: Mapping[str, str]) -> Argument | None:
    if param.kind is FieldKind.FILE:
        return None  # cannot be typed: the form asks for it
    if param.kind is FieldKind.PERSON and raw.startswith("<!subteam^"):
        raise BadInput(
            "That is one of Slack’s user groups, which I have no right to read. Please name its people one by one.",
            field=param.name,
        )
    if param.kind is FieldKind.PERSON and (match := _PERSON.fullmatch(raw.strip(_AROUND_PERSON))):
        return PersonRef(match[1], match[2] or user_names.get(match[1], match[1]))
    if param.kind is FieldKind.CHANNEL and (match := _CHANNEL.fullmatch(raw)):
        return ChannelRef(match[1], match[2] or "")
    return plain_text(raw, user_names)


def plain_text(raw: str, user_names: Mapping[str, str]) -> str:
    """Text as a member typed it, out of Slack's escaped form: people and channels by name, links without their
    markup, entities resolved, emoji themselves and not their names. `user_names` are the names of people whom Slack gives by id alone."""

    def unescape(match: re.Match[str]) -> str:
        mark, target, label = match.groups()
        match mark:
            case "@":
                return "@" + (label or user_names.get(target, target))
            case "#":
                return "#" + (label or target)
            case "!" if target.startswith("date^"):
                return label or ""
            case "!":
                return "@" + (label or target).removeprefix("@")
        return label if label and _is_bare_link(target, label) else str(target)

    plain = _MARKUP.sub(unescape, raw)
    return with_emoji(plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def _is_bare_link(target: str, label: str) -> bool:
    """Whether Slack made the link by itself from what was typed, and the label is that."""
    if target.startswith("tel:"):
        return re.sub(r"\D", "", target) == re.sub(r"\D", "", label)
    return any(target == scheme + label for scheme in _SCHEMES)
