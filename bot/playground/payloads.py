"""Frames from the page turned into what the playground understands."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import BadInput

Tree = dict[str, Any]
"""JSON as it travels between the bot and the page."""

LONGEST = 4000
"""Code points of a message or command line."""


class Frame:
    """A frame from a page, with its fields read safely: nothing in it is trusted."""

    def __init__(self, tree: object) -> None:
        self._tree: Mapping[Any, Any] = tree if isinstance(tree, Mapping) else {}

    def text(self, name: str, most: int = LONGEST) -> str:
        """A text that has to be there."""
        value = self._tree.get(name)
        if not isinstance(value, str):
            raise _not_understood(name)
        if len(value) > most:
            raise BadInput(f"This is too long: {len(value):,} characters, and I can take {most:,}.")
        return value

    def optional(self, name: str) -> str | None:
        """A text that may be missing."""
        return None if self._tree.get(name) in (None, "") else self.text(name)

    def tree(self, name: str) -> Mapping[str, object]:
        """Values by name."""
        value = self._tree.get(name)
        return {str(key): each for key, each in value.items()} if isinstance(value, Mapping) else {}

    def number(self, name: str) -> float | None:
        """A number that may be missing."""
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
    """A frame as a page sent it, None for what is no JSON."""
    try:
        return Frame(json.loads(data, object_pairs_hook=_whole))
    except (ValueError, RecursionError):  # the second where it is nested too deep
        return None


def _whole(pairs: Sequence[tuple[str, object]]) -> Tree:
    """An object of a frame. Halves of surrogate pairs, which JSON can hold and no encoding takes, are left out
    of its names and texts, as `clean` does."""
    return {_encodable(name): _encodable(each) if isinstance(each, str) else each for name, each in pairs}


def _encodable(value: str) -> str:
    return value.encode(errors="ignore").decode()
