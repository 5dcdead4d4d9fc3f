"""A typed line turned into a command and its raw arguments: `submission add title:"..." venue:ICLR`.

The line begins with group and verb. Then come values with their names, `key:value` or `key=value`, and values
without, which go to the leading required parameters. A value may stand in quotes of any kind; one without
quotes goes on until the next name, so that titles need none.
"""

import difflib
import re
from functools import lru_cache
from typing import NamedTuple

from core.chat.model import FieldKind
from core.chat.text import Text, say
from core.commands.registry import Registry
from core.commands.spec import Command, Param

ROOT = "cohort"
"""The group whose verbs may be typed alone, and whose name other groups may drop: `help`, `admin setup`."""

HOME = f"{ROOT} home"
"""The command whose answer is a member's own page."""
GREETING = (f"{ROOT} help", {"topic": "hello"})
"""The command and its arguments that answer somebody who says hello."""

_CLOSERS = {
    **dict.fromkeys('"“”„‟', '"“”„‟'),
    **dict.fromkeys("'‘’‚‛", "'‘’‚‛"),
    "«": "»",
    "»": "«»",
    "‹": "›",
    "›": "‹›",
}
_WORD = re.compile(r"\S+")
_SPACES = re.compile(r"\s*")
_WIDE = frozenset({FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.RECORD})


_LONGEST_NAME = 60
"""Characters of a word that are compared with names, which are all shorter."""


class Parsed(NamedTuple):
    """What a line says. `problem` is a sentence for whoever typed it; `command` may be known all the same."""

    command: Command | None
    args: dict[str, str]
    problem: Text | None


def parse(registry: Registry, line: str) -> Parsed:
    """Read a line. An empty one means the help command, where there is one."""
    line = line.strip().removeprefix("/").strip()
    command, rest, problem = find_command(registry, line)
    if command is None:
        return Parsed(None, {}, problem)
    args, problem = read_arguments(command, rest)
    return Parsed(command, args, problem)


def under_root(name: str) -> str:
    """A command as it is typed behind the root: `join` for "cohort join", `admin set` for "cohort-admin set"."""
    return name.removeprefix(f"{ROOT} ").removeprefix(f"{ROOT}-")


def find_command(registry: Registry, line: str) -> tuple[Command | None, str, Text | None]:
    """The command that a line begins with, the rest of the line, and what is wrong where there is none."""
    first, rest = _word(line)
    first = first.casefold()
    root_verbs = {command.verb: command for command in registry.groups.get(ROOT, ())}
    if not first:
        return root_verbs.get("help"), "", None if "help" in root_verbs else _unknown(registry, "")
    group = next((name for name in (first, f"{ROOT}-{first}") if name in registry.groups), None)
    if group is None:
        known = root_verbs.get(first)
        return known, rest, None if known else _unknown(registry, first)
    second, after = _word(rest)
    found = registry.commands.get(f"{group} {second.casefold()}")
    if found is not None:
        return found, after, None
    if first in root_verbs:
        return root_verbs[first], rest, None
    return None, "", _unknown_verb(registry, group, second.casefold())


def _word(line: str) -> tuple[str, str]:
    match = _WORD.search(line)
    return (match[0], line[match.end() :].lstrip()) if match else ("", "")


def _unknown(registry: Registry, typed: str) -> Text:
    groups = ", ".join(sorted(registry.groups))
    close = difflib.get_close_matches(typed[:_LONGEST_NAME], registry.groups, 1)
    if close:
        return say(
            "I do not know “{typed}”. Did you mean `{close}`? I know: {groups}.",
            typed=typed[:40],
            close=close[0],
            groups=groups,
        )
    return say("I do not know “{typed}”. I know: {groups}.", typed=typed[:40], groups=groups)


def _unknown_verb(registry: Registry, group: str, typed: str) -> Text:
    verbs = [command.verb for command in registry.groups[group]]
    known = ", ".join(verbs)
    if not typed:
        return say("What about {group}? I know: {known}.", group=group, known=known)
    close = difflib.get_close_matches(typed[:_LONGEST_NAME], verbs, 1)
    hint = say(" Did you mean `{close}`?", close=f"{group} {close[0]}") if close else ""
    return say(
        "I do not know “{group} {typed}”.{hint} With {group} I know: {known}.",
        group=group,
        typed=typed[:40],
        hint=hint,
        known=known,
    )


def usage(command: Command) -> str:
    """A command as it is typed, with its parameters: `submission add title: [venue:]`."""
    shown = (
        f"{p.name}:" if p.required else f"[{p.name}:]" for p in command.params if p.in_form or p.required
    )
    return " ".join((command.name, *shown))


_DOTTED_I = str.maketrans("ıİ", "ii")
"""The i of Turkish keyboards. `re.IGNORECASE` takes it for an i, `casefold` does not."""


def read_arguments(command: Command, rest: str) -> tuple[dict[str, str], Text | None]:
    """The raw arguments in the rest of a line, and what is wrong with them."""
    keys, names = _keys(tuple(param.name for param in command.params))
    args: dict[str, str] = {}
    loose: list[str] = []
    position = 0
    while position < len(rest):
        match = keys.search(rest, position)
        if match is None or rest[position : match.start()].strip():
            end = match.start() if match else len(rest)
            end = _loose_end(rest, position, end)
            loose.append(rest[position:end].strip())
            position = end
            continue
        name = names[match[1].translate(_DOTTED_I).casefold()]
        if name in args:
            return args, say("{name} is given twice; please give it once.", name=name)
        args[name], position = _value(rest, match.end(), keys)
    return _place(command, args, " ".join(filter(None, loose)))


@lru_cache(maxsize=512)
def _keys(params: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds the next name in a line, and the parameter that each spelling of a name means."""
    names = {spelling: name for name in params for spelling in (name, name.replace("_", "-"))}
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)"
    return re.compile(rf"(?<!\S)({either})[:=]", re.IGNORECASE), names


def _loose_end(rest: str, start: int, end: int) -> int:
    """Where text without a name ends: at the next name, unless that name stands inside quotes."""
    begin = _skip_spaces(rest, start)
    closers = _CLOSERS.get(rest[begin : begin + 1])
    if closers is None:
        return end
    close = _closing(rest, begin + 1, closers)
    return max(end, close + 1) if close is not None and close >= end else end


def _skip_spaces(text: str, start: int) -> int:
    """Where the next character stands that is no space."""
    found = _SPACES.match(text, start)
    return found.end() if found else start


def _closing(rest: str, start: int, closers: str) -> int | None:
    """The first closing quote after which a space or the end comes."""
    for at in range(start, len(rest)):
        if rest[at] in closers and (at + 1 == len(rest) or rest[at + 1].isspace()):
            return at
    return None


def _value(rest: str, start: int, keys: re.Pattern[str]) -> tuple[str, int]:
    """One named value and where it ends. Quotes inside quotes are kept: the closing one is followed by
    the end, by another name, or by another quoted value."""
    start = _skip_spaces(rest, start)
    closers = _CLOSERS.get(rest[start : start + 1])
    if closers is not None:
        for at in range(start + 1, len(rest)):
            if rest[at] not in closers:
                continue
            # No slices here: with many quotes in a long text their copies would take quadratic time.
            begins = _skip_spaces(rest, at + 1)
            spaced = begins > at + 1
            if begins == len(rest) or (spaced and (rest[begins] in _CLOSERS or keys.match(rest, begins))):
                return rest[start + 1 : at].strip(), at + 1
        close = _closing(rest, start + 1, closers)
        if close is not None:
            return rest[start + 1 : close].strip(), close + 1
    following = keys.search(rest, start)
    end = following.start() if following else len(rest)
    return rest[start:end].strip(), end


def _place(command: Command, args: dict[str, str], loose: str) -> tuple[dict[str, str], Text | None]:
    """Give the text without names to the leading required parameters, or to the first one where none is
    required."""
    if not loose:
        return args, None
    required = [param for param in command.params if param.required]
    open_ = [param for param in required or command.params[:1] if param.name not in args]
    if not open_:
        return args, _left_over(command, loose)
    if len(open_) == 1:
        args[open_[0].name] = unquote(loose)
        return args, None
    return _spread(command, open_, args, loose)


def _spread(
    command: Command, open_: list[Param], args: dict[str, str], loose: str
) -> tuple[dict[str, str], Text | None]:
    """One word each, and to the last parameter that takes free text all that is left, as it was typed."""
    spans = _split(loose)
    wide = max((at for at, param in enumerate(open_) if param.kind in _WIDE), default=None)
    spare = len(spans) - len(open_)
    if spare > 0 and wide is None:
        return args, _left_over(command, loose[spans[len(open_)][0] :])
    if spare > 0 and wide is not None:
        soaked = (spans[wide][0], spans[wide + spare][1])
        spans = [*spans[:wide], soaked, *spans[wide + spare + 1 :]]
    words = (unquote(loose[start:end]) for start, end in spans)
    args.update({param.name: word for param, word in zip(open_, words, strict=False)})
    return args, None


def _left_over(command: Command, loose: str) -> Text:
    return say(
        "I do not know what to do with “{loose}”. Please name it, like this: `{usage}`",
        loose=loose[:60],
        usage=usage(command),
    )


def unquote(text: str) -> str:
    """Text without the quotes around it, where it has a pair of them."""
    closers = _CLOSERS.get(text[:1])
    return text[1:-1].strip() if closers and len(text) > 1 and text[-1] in closers else text


def _split(text: str) -> list[tuple[int, int]]:
    """Where words begin and end; a quoted run of words is one."""
    spans: list[tuple[int, int]] = []
    unclosed: set[str] = set()  # what was looked for to the end in vain is not looked for again
    position = 0
    while match := _WORD.search(text, position):
        closers = _CLOSERS.get(match[0][0])
        close = None
        if closers is not None and closers not in unclosed:
            close = _closing(text, match.start() + 1, closers)
            if close is None:
                unclosed.add(closers)
        position = match.end() if close is None else close + 1
        spans.append((match.start(), position))
    return spans
