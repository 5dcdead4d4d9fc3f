"""The commands that may be meant by a line which names none: `halp`, `vote 1`, `check in`, `timezone Berlin`.

They are offered as buttons with what was typed behind them. Nothing of it runs until one is pressed.
"""

from collections.abc import Iterator, Sequence

from core.chat.model import Button, Buttons
from core.chat.text import CommandRef, join, say, shorten
from core.commands import spelling
from core.commands.record_search import normalize_name
from core.commands.registry import Registry
from core.commands.spec import Command
from core.commands.typed_arguments import first_word, read_arguments
from core.errors import BadInput

ROOT = "cohort"
MOST = 5
"""Commands that are offered: a row of buttons."""
_SHORT = 5
"""Letters of a word in which one slip makes many others."""


def unknown(registry: Registry, line: str, group: str | None = None) -> BadInput:
    """What to say of a line that names no command, with those that may be meant. `group` is the group it names."""
    found = _found(registry, line, group)
    first, rest = first_word(line)
    typed = shorten(f"{first} {first_word(rest)[0]}".strip() if group else first, 40)
    if group is not None and not rest:
        known = ", ".join(command.verb for command in registry.groups[group])
        asked = say("What about {group}? I know: {known}.", group=first, known=known)
    elif found:
        asked = say("I do not know “{typed}”.", typed=typed)
    elif group is not None:
        known = ", ".join(command.verb for command in registry.groups[group])
        asked = say(
            "I do not know “{typed}”. With {group} I know: {known}.", typed=typed, group=first, known=known
        )
    else:
        asked = say(
            "I do not know “{typed}”. I know: {groups}.", typed=typed, groups=", ".join(registry.groups)
        )
    if not found:
        help_ = Button("What can you do?", "cohort help")
        return BadInput(asked, blocks=(Buttons((help_,)),) if help_.command in registry.commands else ())
    if len(found) == 1:
        text = say("{asked} Did you mean {one}?", asked=asked, one=CommandRef(found[0][0].name))
    else:
        lines = [say("- {each}", each=CommandRef(command.name)) for command, _ in found]
        text = join([say("{asked} Did you mean one of these?", asked=asked), *lines])
    return BadInput(text, blocks=(Buttons(tuple(_button(command, rest) for command, rest in found)),))


def _button(command: Command, rest: str) -> Button:
    """The command with what was typed behind it. A slip in that is asked about when the button is pressed."""
    args, problem = read_arguments(command, rest)
    if problem is not None:
        args = {}
    shown = " ".join((command.name, *(shorten(value, 30) for value in args.values())))
    return Button(shorten(shown, 75), command.name, args)


def _found(registry: Registry, line: str, group: str | None) -> list[tuple[Command, str]]:
    """The commands that may be meant, the likeliest first, each with the rest of the line."""
    found: dict[str, tuple[Command, str]] = {}
    for command, rest in _readings(registry, line, group):
        found.setdefault(command.name, (command, rest))
        if len(found) == MOST:
            break
    return list(found.values())


def _readings(registry: Registry, line: str, group: str | None) -> Iterator[tuple[Command, str]]:
    """What fits best; each kind of slip is looked for only where none before it was found."""
    first, rest = first_word(line)
    second, after = first_word(rest)
    one, two = first.casefold(), second.casefold()
    if group is not None:
        within = registry.groups[group]
        kinds = [_with_verb(within, two, after), _one_word(registry, one + two, after)]
        kinds += [_exact(registry, two, after), _near_verb(registry, two, after)]
        kinds += [((command, "") for command in within)]
    else:
        kinds = [_one_word(registry, one + two, after), _slip_in_group(registry, one, two, after)]
        kinds += [_exact(registry, one, rest), _near_verb(registry, one, rest)]
        kinds += [((command, "") for command in _everyday(registry, one)), _of_group(registry, one)]
    for kind in kinds:
        found = list(kind)
        if found:
            yield from found
            return


def _with_verb(commands: Sequence[Command], verb: str, rest: str) -> Iterator[tuple[Command, str]]:
    by_verb = {command.verb: command for command in commands}
    names = spelling.near(verb, by_verb) if verb else ()
    yield from ((by_verb[name], rest) for name in names)


def _one_word(registry: Registry, joined: str, rest: str) -> Iterator[tuple[Command, str]]:
    """What was written as two words and is one: a group, as in "check in", or a verb, as in "time zone"."""
    if joined in registry.groups:
        verb, after = first_word(rest)
        by_verb = {command.verb: command for command in registry.groups[joined]}
        exact = by_verb.get(verb.casefold())
        near = (
            [(exact, after)] if exact else list(_with_verb(registry.groups[joined], verb.casefold(), after))
        )
        yield from near or ((command, "") for command in registry.groups[joined])
    yield from _exact(registry, joined, rest)
    letters = normalize_name(joined)
    yield from (
        (command, rest) for command in _members_first(registry) if normalize_name(command.verb) == letters
    )


def _slip_in_group(registry: Registry, one: str, two: str, rest: str) -> Iterator[tuple[Command, str]]:
    for group in spelling.near(one, registry.groups) if two else ():
        by_verb = {command.verb: command for command in registry.groups[group]}
        exact = by_verb.get(two)
        yield from [(exact, rest)] if exact else _with_verb(registry.groups[group], two, rest)


def _near_verb(registry: Registry, verb: str, rest: str) -> Iterator[tuple[Command, str]]:
    """The commands of a verb that this is a slip of. The first letter of a short word is seldom one: "good morning" is not
    about `checkin mood`."""
    for name in spelling.near(verb, [command.verb for command in _members_first(registry)]):
        if len(verb) > _SHORT or verb[0] == name[0]:
            yield from _exact(registry, name, rest)


def _exact(registry: Registry, verb: str, rest: str) -> Iterator[tuple[Command, str]]:
    yield from ((command, rest) for command in _members_first(registry) if command.verb == verb)


def _everyday(registry: Registry, typed: str) -> Iterator[Command]:
    """What help offers for an everyday word."""
    for topic in registry.topics:
        for words, names in topic.words.items():
            if typed in words.casefold().split():
                yield from (registry.commands[name] for name in names if name in registry.commands)


def _of_group(registry: Registry, typed: str) -> Iterator[tuple[Command, str]]:
    for group in spelling.near(typed, registry.groups):
        yield from ((command, "") for command in registry.groups[group])


def _members_first(registry: Registry) -> list[Command]:
    """The commands, those that only organizers may use last."""
    return sorted(registry.commands.values(), key=lambda command: command.for_organizers)
