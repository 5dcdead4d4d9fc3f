"""Files of deadlines in YAML: read with the safe loader, within bounds, an entry at a time where the whole cannot be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from core.chat.files import decoded
from core.chat.model import Upload
from core.chat.text import clean, shorten
from core.errors import BadInput
from core.features.deadlines import entries
from core.features.deadlines.entries import ReadEntry, Unreadable

MOST_BYTES = 2**20
"""The largest file: lists of all conferences of computer science have half of that."""
MOST_ALIASES, MOST_DEPTH, MOST_NODES = 10, 16, 200_000
"""What one file may repeat by reference, how deep its lists may stand in each other, and of how many parts it may be. A
handful of references that repeat each other grows to nothing that matters; lists of conferences have none."""
MOST_DIGITS = 400
"""The longest number: YAML has some to the base of 60, such as 1:30:00, and the parser's time for one of them grows with
the square of its length."""
MOST_ENTRIES = 2_000

_NUMBER = re.compile(r"[-+]?[\d:_.]+", re.ASCII)
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry, or a row of one that was read, that could not be: what it is called, and why."""

    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was read of a file: every entry is in `read` or in `refused`. `rows` are single dates that were left out of
    entries that were read."""

    name: str
    read: tuple[ReadEntry, ...]
    refused: tuple[Problem, ...]
    rows: tuple[Problem, ...]

    @property
    def count(self) -> int:
        """How many entries the file has."""
        return len(self.read) + len(self.refused)


def read(upload: Upload) -> ReadFile:
    """What a file says. Raises `BadInput` for one that is no list of deadlines at all."""
    name = clean(upload.name, multiline=False)[:100] or "a file"
    if len(upload.content) > MOST_BYTES:
        raise BadInput(
            f"{name} is larger than 1 MB, and no list of deadlines is. Please give a part of it.",
            field="file",
        )
    text = decoded(upload.content)
    found: list[ReadEntry] = []
    refused: list[Problem] = []
    rows: list[Problem] = []
    for item in _items(text, name):
        if isinstance(item, Problem):
            refused.append(item)
            continue
        for called, entry in entries.parts(item):
            if len(found) + len(refused) >= MOST_ENTRIES:
                raise BadInput(
                    f"{name} has more than {MOST_ENTRIES:,} entries. Please give a part of it.", field="file"
                )
            called = shorten(called, 60)
            try:
                if entry is None:
                    raise Unreadable("it is no entry with a title and dates")
                done = entries.read(entry, name)
            except Unreadable as error:
                refused.append(Problem(called, f"{error}."))
            else:
                found.append(done)
                rows += [Problem(called, f"{each}.") for each in done.left_out]
    return ReadFile(name, tuple(found), tuple(refused), tuple(rows))


def _items(text: str, name: str) -> Iterator[Any]:
    """The items of the file's list; a `Problem` for each that cannot be read by itself."""
    try:
        loaded = _load(text)
    except _TooMuch as error:
        raise BadInput(f"{name} cannot be read: {error}.", field="file") from None
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError):
        yield from _one_by_one(text, name)
        return
    if isinstance(loaded, dict) and "title" in loaded:
        loaded = [loaded]
    if isinstance(loaded, dict):  # the list may stand under a name of its own
        loaded = next((each for each in loaded.values() if isinstance(each, list)), None)
    if not isinstance(loaded, list) or not loaded:
        raise _no_list(name)
    yield from loaded


def _no_list(name: str) -> BadInput:
    return BadInput(
        f"{name} is no list of conferences. I read YAML files of entries with title, year and deadlines, or with title and"
        " confs.",
        field="file",
    )


def _one_by_one(text: str, name: str) -> Iterator[Any]:
    chunks = _chunks(text)
    if not chunks:
        raise _no_list(name)
    for line, chunk in chunks:
        try:
            loaded = _load(chunk)
        except (yaml.YAMLError, _TooMuch, ValueError, OverflowError, RecursionError) as error:
            yield Problem(_called(chunk), f"{_why(error, line)}.")
            continue
        yield from loaded if isinstance(loaded, list) and loaded else [loaded]


def _chunks(text: str) -> list[tuple[int, str]]:
    """The items of a list as they are written, each with the number of its first line."""
    lines = text.split("\n")
    begin = re.compile(r"( *)- ?(?=\S|$)")
    indent = next((match[1] for line in lines if (match := begin.match(line))), None)
    if indent is None:
        return []
    starts = [at for at, line in enumerate(lines) if (match := begin.match(line)) and match[1] == indent]
    ends = [*starts[1:], len(lines)]
    return [(at + 1, "\n".join(lines[at:end])) for at, end in zip(starts, ends, strict=True)]


def _called(chunk: str) -> str:
    match = re.search(r"title:[ \t]*([^\n]{1,80})", chunk)
    return shorten(clean(match[1], multiline=False).strip("'\""), 60) if match else "an entry"


def _why(error: Exception, line: int) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    where = line + mark.line if mark is not None else line
    said = shorten(clean(str(problem or error), multiline=False), 80)
    return f"line {where} cannot be read ({said})"


class _TooMuch(ValueError):
    """A file that is built to take more than it holds."""


def _load(text: str) -> Any:
    """A YAML document, once its aliases, depth and size are seen to be within bounds. Raises `_TooMuch`, and `ValueError`
    for a number that no entry has."""
    aliases = depth = 0
    for nodes, event in enumerate(yaml.parse(text, Loader=_Loader)):
        aliases += isinstance(event, yaml.AliasEvent)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if aliases > MOST_ALIASES:
            raise _TooMuch("it repeats too much by reference")
        if depth > MOST_DEPTH:
            raise _TooMuch("its lists stand too deep in each other")
        if nodes > MOST_NODES:
            raise _TooMuch("it has too many parts")
        if isinstance(event, yaml.ScalarEvent) and _is_long_number(event):
            raise ValueError("a number is too long")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - it is the safe loader


def _is_long_number(event: yaml.ScalarEvent) -> bool:
    # What a tag makes a number need not look like one.
    return len(event.value) > MOST_DIGITS and bool(event.tag or _NUMBER.fullmatch(event.value))
