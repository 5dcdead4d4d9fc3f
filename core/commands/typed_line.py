"""A typed line turned into a command and its raw arguments: `submission add title:"..." venue:ICLR`.

The line begins with group and verb; `core.commands.typed_arguments` reads what comes behind them. Where no command is
found, those that may be meant are offered with what was typed; see `core.commands.nearest`.
"""

from typing import NamedTuple

from core.chat.text import say
from core.commands import nearest
from core.commands.registry import Registry
from core.commands.spec import Command
from core.commands.typed_arguments import Args, first_word, read_arguments, usage
from core.errors import BadInput

__all__ = ["HOME", "ROOT", "Parsed", "find_command", "parse", "under_root", "usage"]

ROOT = nearest.ROOT
"""The group whose verbs may be typed alone, and whose name other groups may drop: `help`, `admin setup`."""

HOME = f"{ROOT} home"
"""The command whose answer is a member's own page."""


class Parsed(NamedTuple):
    """What a line says. `problem` is what is wrong with it, with buttons for what may be meant; `command` may be known
    all the same."""

    command: Command | None
    args: Args
    problem: BadInput | None


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


def find_command(registry: Registry, line: str) -> tuple[Command | None, str, BadInput | None]:
    """The command that a line begins with, the rest of the line, and what is wrong where there is none."""
    first, rest = first_word(line)
    first = first.casefold()
    root_verbs = {command.verb: command for command in registry.groups.get(ROOT, ())}
    if not first:
        known = root_verbs.get("help")
        return known, "", None if known else BadInput(say("Please say what I shall do."))
    group = next((name for name in (first, f"{ROOT}-{first}") if name in registry.groups), None)
    if group is None:
        known = root_verbs.get(first)
        return known, rest, None if known else nearest.unknown(registry, line)
    second, after = first_word(rest)
    found = registry.commands.get(f"{group} {second.casefold()}")
    if found is not None:
        return found, after, None
    if first in root_verbs:
        return root_verbs[first], rest, None
    return None, "", nearest.unknown(registry, line, group)
