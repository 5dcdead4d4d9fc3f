"""Frames from the page, read without trusting anything in them."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.commands import typed_line
from core.commands.registry import Registry
from core.commands.spec import Command
from core.errors import BadInput

Tree = dict[str, Any]
"""A JSON object as it is sent between the bot and the page."""

MAX_TEXT = 4000
"""Code points of a message or command line."""
MAX_OFFER = 60_000
"""Code points of a packed call that is offered beside a refusal: all that a form or a line may hold, escaped."""


class Frame:
    """A frame from a page, whose fields are checked when they are read. Raises `BadInput` for what does not fit."""

    def __init__(self, tree: object) -> None:
        self._tree: Mapping[Any, Any] = tree if isinstance(tree, Mapping) else {}

    def text(self, name: str, limit: int = MAX_TEXT) -> str:
        """A required text of at most `limit` code points."""
        value = self._tree.get(name)
        if not isinstance(value, str):
            raise _not_understood(name)
        if len(value) > limit:
            raise BadInput(f"This is too long: {len(value):,} characters, and I can take {limit:,}.")
        return value

    def optional(self, name: str) -> str | None:
        """An optional text; None where it is missing or empty."""
        return None if self._tree.get(name) in (None, "") else self.text(name)

    def tree(self, name: str) -> Mapping[str, object]:
        """An optional object; empty where it is missing."""
        value = self._tree.get(name)
        return {str(key): each for key, each in value.items()} if isinstance(value, Mapping) else {}

    def number(self, name: str) -> float | None:
        """An optional number, which must be finite."""
        value = self._tree.get(name)
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        try:
            number = float(value)
        except OverflowError:
            raise _not_understood(name) from None
        if not math.isfinite(number):
            raise _not_understood(name)
        return number


def _not_understood(name: str) -> BadInput:
    return BadInput(f"This page asked for something I do not understand ({name}). Please reload it.")


def read_frame(data: str) -> Frame | None:
    """Parse a frame. None for what is no JSON."""
    try:
        return Frame(json.loads(data, object_pairs_hook=_without_surrogates))
    except (ValueError, RecursionError):  # the second where it is nested too deep
        return None


def _without_surrogates(pairs: Sequence[tuple[str, object]]) -> Tree:
    """An object without lone surrogates in its names and texts, as `clean` removes them: JSON can contain
    them, but no encoding takes them."""
    return {_encodable(name): _encodable(each) if isinstance(each, str) else each for name, each in pairs}


def _encodable(value: str) -> str:
    return value.encode(errors="ignore").decode()


def read_line(registry: Registry, line: str) -> tuple[Command, dict[str, str]]:
    """The command and arguments of a typed line. `/cohort group verb` is the same as `/group verb`. Raises
    `BadInput` with what is wrong and with buttons for what may be meant."""
    words = line.removeprefix("/").split(maxsplit=2)
    if words and words[0].casefold() == typed_line.ROOT:
        second = words[1].casefold() if len(words) > 1 else ""
        known = second in registry.groups or f"{typed_line.ROOT}-{second}" in registry.groups
        if not second or (known and f"{typed_line.ROOT} {second}" not in registry.commands):
            line = line.removeprefix("/").lstrip()[len(words[0]) :]
    command, given, problem = typed_line.parse(registry, line)
    if problem is not None or command is None:
        raise problem or BadInput("I do not know this command.")
    return command, given
