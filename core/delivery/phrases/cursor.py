"""A place in a phrase, and how a phrase is refused or asked about."""

from collections.abc import Callable, Container, Sequence
from typing import TypeVar

from core.chat.text import say
from core.delivery.phrases.tokens import Kind, tidy, tokenize
from core.delivery.phrases.vocabulary import TOO_OFTEN
from core.errors import BadInput

T = TypeVar("T")

EXAMPLES = "weekdays 09:30 · every monday 9am · every 2 weeks on friday 16:00 · 2nd and 4th thursday 13:00"


class Unclear(Exception):
    """A phrase that people mean in several ways. `phrases` are these ways, each as a whole phrase."""

    def __init__(self, part: str, phrases: Sequence[str]) -> None:
        self.part, self.phrases = part, phrases
        super().__init__(part)


class Cursor:
    """Walks over the tokens of a phrase. `position` is the next one."""

    def __init__(self, words: str) -> None:
        self.words = tidy(words)
        self.tokens = tokenize(self.words)
        self.position = 0

    def done(self) -> bool:
        """Whether every token was read."""
        return self.position >= len(self.tokens)

    def peek(self, ahead: int = 0) -> str:
        """The text of a coming token, empty after the end."""
        at = self.position + ahead
        return self.tokens[at].text if at < len(self.tokens) else ""

    def kind(self, ahead: int = 0) -> Kind | None:
        """What a coming token looks like."""
        at = self.position + ahead
        return self.tokens[at].kind if at < len(self.tokens) else None

    def take(self) -> str:
        """Read a token."""
        text = self.peek()
        self.position += 1
        return text

    def accept(self, wanted: Container[str]) -> bool:
        """Read the next token if it is one of these."""
        if self.done() or self.peek() not in wanted:
            return False
        self.position += 1
        return True

    def accept_all(self, *wanted: str) -> bool:
        """Read these words if they come next, one after the other."""
        if any(self.peek(n) != each for n, each in enumerate(wanted)):
            return False
        self.position += len(wanted)
        return True

    def attempt(self, read: Callable[[], T | None]) -> T | None:
        """What `read` finds; where it finds nothing the place is as before."""
        before = self.position
        found = read()
        if found is None:
            self.position = before
        return found

    def text(self, first: int, last: int | None = None) -> str:
        """What was typed from one token to another, not included; up to here without the second."""
        last = self.position if last is None else last
        if first >= len(self.tokens) or first >= last:
            return ""
        return self.words[self.tokens[first].start : self.tokens[last - 1].end]

    def replaced(self, *changes: tuple[int, int, str]) -> str:
        """The phrase with tokens from one to another, not included, said otherwise."""
        words = self.words
        for first, last, instead in sorted(changes, reverse=True):
            start = self.tokens[first].start if first < len(self.tokens) else len(words)
            end = self.tokens[last - 1].end if last > first else start
            inserted = f" {instead} " if last == first else instead
            words = f"{words[:start]}{inserted}{words[end:]}"
        return tidy(words)

    def refusal(self, why: str, first: int | None = None, last: int | None = None, **values: str) -> BadInput:
        """The refusal of a phrase. `{part}` in `why` is what stands from one token to another, here without them."""
        first = self.position if first is None else first
        last = max(self.position, first + 1) if last is None else last
        if "{part}" in why:
            values["part"] = self.text(first, min(last, len(self.tokens)))
        return BadInput(say(why, **values))

    def unknown(self) -> BadInput:
        """The refusal of a phrase whose next word means nothing here."""
        if self.done():
            return BadInput(
                say("“{words}” ends too early: something is missing behind it.", words=self.words)
            )
        if self.peek() in TOO_OFTEN:
            return self.refusal(
                "“{part}” is too often: a schedule posts once on a date at most, such as weekdays 09:30.",
                self.position,
            )
        return BadInput(
            say(
                "I do not understand “{word}” in “{words}”. Try for example: {examples}.",
                word=self.text(self.position, self.position + 1),
                words=self.words,
                examples=EXAMPLES,
            )
        )
