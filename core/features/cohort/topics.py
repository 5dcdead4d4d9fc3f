"""What somebody means who asks for help: a topic, a group, a command, or everyday words for what they want."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from core.commands.registry import Registry
from core.commands.spec import Access, Command, HelpTopic
from core.commands.typed_line import find_command

MOST = 6
"""Commands that are offered for words."""
_BESIDES = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "can",
        "cannot",
        "could",
        "do",
        "does",
        "for",
        "from",
        "get",
        "help",
        "how",
        "i",
        "if",
        "in",
        "is",
        "it",
        "me",
        "my",
        "not",
        "of",
        "on",
        "or",
        "our",
        "please",
        "say",
        "see",
        "show",
        "that",
        "the",
        "there",
        "this",
        "to",
        "want",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "you",
        "your",
    ]
)
"""Words that say nothing of what is wanted."""
_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 4
"""Letters that two forms of one word have in common at least."""


def shown(registry: Registry, *, organizes: bool) -> list[HelpTopic]:
    """The topics of somebody's help."""
    return [each for each in registry.topics if organizes or each.access is not Access.ORGANIZER]


def named_command(registry: Registry, typed: str) -> Command | None:
    """The command that was typed as a whole, as it is typed on any platform."""
    command, rest, problem = find_command(registry, typed)
    if command is None or rest or problem is not None or not typed:
        return None
    return command


def commands_of(registry: Registry, topic: HelpTopic) -> list[Command]:
    """All commands of a topic."""
    return [each for group in topic.groups for each in registry.groups.get(group, ())]


def words_of(typed: str) -> list[str]:
    """The words of a question that say what is wanted."""
    return [word for word in _words(typed) if word not in _BESIDES]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("check-in", "checkin").replace("check in", "checkin"))


def search(registry: Registry, typed: str, *, organizes: bool) -> list[Command]:
    """The commands that fit everyday words, those that fit best first. What topics say of a word counts most, then the
    commands' own names, then their help; a word that many commands have tells less than one that few have."""
    scores: dict[str, float] = {}
    for word in words_of(typed):
        hits: dict[str, int] = {}
        for name, score in _scores(registry, word):
            hits[name] = max(score, hits.get(name, 0))
        for name, score in hits.items():
            scores[name] = scores.get(name, 0) + score / len(hits)
    found = [
        name
        for name in sorted(scores, key=lambda name: -scores[name])
        if organizes or not registry.commands[name].for_organizers
    ]
    if not found:
        return []
    best = scores[found[0]]
    return [registry.commands[name] for name in found if scores[name] * 3 > best][:MOST]


def _scores(registry: Registry, word: str) -> Iterator[tuple[str, int]]:
    for topic in registry.topics:
        for words, names in topic.words.items():
            if any(_same(word, each) for each in _words(words)):
                yield from ((name, 12 - at) for at, name in enumerate(names))
    for name, command in registry.commands.items():
        if any(_same(word, each) for each in (command.group, *command.verb.split("-"))):
            yield name, 6
        elif any(_same(word, each) for each in _words(command.help)):
            yield name, 2
        elif any(_same(word, param.name) for param in command.params):
            yield name, 1


def _same(one: str, other: str) -> bool:
    """Whether two words are forms of one: "rejected" and "rejection"."""
    if one == other:
        return True
    common = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        common += 1
    shorter = min(len(one), len(other))
    return common >= _SHORTEST and common >= shorter - 2 and common * 3 >= 2 * max(len(one), len(other))


def near(registry: Registry, typed: str) -> Sequence[str]:
    """Up to three words that help knows and that look like what was typed."""
    known: Iterable[str] = {
        word for topic in registry.topics for text in (topic.name, *topic.words) for word in _words(text)
    }
    return difflib.get_close_matches(typed.casefold()[:60], sorted(known), 3, 0.7)
