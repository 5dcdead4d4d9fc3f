"""Text that adapters can render safely.

A `Text` is a tree of lines and spans, never a string with markup in it. Templates are written in a small
Markdown subset and are the only source of markup; every value put into a template is plain, whatever
characters it holds. Renderers escape the plain parts for their platform.

    say("**{title}** waits for {venue}", title=paper.title, venue=paper.venue)

The subset: `**bold**`, `*italic*`, `` `code` ``, `[label](https://address)`, lines that begin with `- `
(list item) or `> ` (quote). `{/group verb}` names a command, `{/group verb key:{value}}` one with its arguments; each
platform writes it the way its people type it. A plain `str` used where a `Text` is expected is plain text throughout.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from core import clock


@dataclass(frozen=True, slots=True)
class Span:
    """A run of plain characters with one style. `link` is an http(s) address or None."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant (UTC), shown in the reader's own time where the platform can.

    `fallback` is the same instant in words, for platforms and readers that cannot: as the clocks of `zone` show it,
    which a text says once. Made by `moment`.
    """

    at: datetime
    fallback: str
    zone: str = ""


@dataclass(frozen=True, slots=True)
class CommandRef:
    """A command by its name, "group verb", with the arguments to type behind it, if any.

    `id` is the platform's own id of the command; its adapter puts it in where it knows one.
    """

    name: str
    arguments: str = ""
    id: str = ""

    @property
    def line(self) -> str:
        """The line to type, without what a platform wants before it."""
        return f"{self.name} {self.arguments}".rstrip()


Inline = Span | Moment | CommandRef


class LineKind(StrEnum):
    """How a line stands on the page."""

    PLAIN = "plain"
    ITEM = "item"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its kind and its spans, left to right."""

    kind: LineKind
    spans: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """Lines of spans. Build it with `say`, `plain` and `join`."""

    lines: tuple[Line, ...] = ()

    def __bool__(self) -> bool:
        return any(line.spans for line in self.lines)

    def __add__(self, other: "Text") -> "Text":
        return Text(self.lines + other.lines)

    def with_commands(self, write: Callable[[CommandRef], Inline]) -> "Text":
        """The text with its commands as `write` gives them."""
        if not any(isinstance(span, CommandRef) for line in self.lines for span in line.spans):
            return self
        return Text(
            tuple(
                Line(
                    line.kind,
                    tuple(write(span) if isinstance(span, CommandRef) else span for span in line.spans),
                )
                for line in self.lines
            )
        )

    def plain(self) -> str:
        """The characters alone, with list and quote marks, for logs, alt texts and terminals. A time zone is said
        once."""
        zones: set[str] = set()
        return "\n".join(
            _MARKS[line.kind] + "".join(_plain_once(span, zones) for span in line.spans)
            for line in self.lines
        )


_MARKS = {LineKind.PLAIN: "", LineKind.ITEM: "• ", LineKind.QUOTE: "> "}

Sayable = Text | str


def moment(at: datetime, zone: str) -> Moment:
    """An instant to put into a text; `zone` is the name of the cohort's time zone."""
    return Moment(at, clock.words_without_zone(at, zone), zone)


def _plain_once(inline: Inline, zones: set[str]) -> str:
    if not isinstance(inline, Moment):
        return inline_plain(inline)
    if inline.zone in zones:
        return inline.fallback
    zones.add(inline.zone)
    return inline_plain(inline)


def inline_plain(inline: Inline) -> str:
    """The characters of one span, moment or command, unstyled."""
    match inline:
        case Span(text=text):
            return text
        case Moment(fallback=fallback, zone=zone):
            return f"{fallback} ({zone})" if zone else fallback
        case CommandRef():
            return f"/{inline.line}"


def plain(value: str) -> Text:
    """`value` as it is: no character in it has a meaning."""
    return Text(tuple(Line(LineKind.PLAIN, (Span(line),) if line else ()) for line in value.split("\n")))


def as_text(value: Sayable) -> Text:
    """A `Text` unchanged, a string as plain text."""
    return value if isinstance(value, Text) else plain(value)


def join(parts: Iterable[Sayable]) -> Text:
    """The parts below each other."""
    return Text(tuple(line for part in parts for line in as_text(part).lines))


_INLINE = re.compile(
    r"\{/(?P<command>[a-z][a-z0-9-]* [a-z][a-z0-9-]*)(?P<arguments>(?:[^{}]|\{\w+\})*)\}"
    r"|\*\*(?P<bold>.+?)\*\*|\*(?P<italic>.+?)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<label>[^\]]+)\]\((?P<link>[^)]+)\)|\{(?P<name>\w+)\}"
)

# One piece of a parsed template: its characters as a span, or the name of a value and the span's style, or a command.
_Piece = tuple[str, bool, Span | CommandRef]


@lru_cache(maxsize=2048)
def _parse(template: str) -> tuple[tuple[LineKind, tuple[_Piece, ...]], ...]:
    """The template as lines of pieces. Cached: templates are literals of the program, never member text."""
    lines = []
    for raw in template.split("\n"):
        kind, body = LineKind.PLAIN, raw
        if raw.startswith("- "):
            kind, body = LineKind.ITEM, raw[2:]
        elif raw.startswith("> "):
            kind, body = LineKind.QUOTE, raw[2:]
        lines.append((kind, tuple(_pieces(body, Span("")))))
    return tuple(lines)


def _pieces(body: str, style: Span) -> Iterable[_Piece]:
    position = 0
    for match in _INLINE.finditer(body):
        if match.start() > position:
            yield "", False, _span(body[position : match.start()], style)
        position = match.end()
        if name := match["name"]:
            yield name, True, style
        elif command := match["command"]:
            yield "", False, CommandRef(command, match["arguments"].strip())
        elif inner := match["bold"]:
            yield from _pieces(inner, replace(style, bold=True))
        elif inner := match["italic"]:
            yield from _pieces(inner, replace(style, italic=True))
        elif inner := match["code"]:
            # Nothing but a value's name has a meaning inside code.
            for at, part in enumerate(re.split(r"\{(\w+)\}", inner)):
                if part:
                    coded = replace(style, code=True)
                    yield (part, True, coded) if at % 2 == 1 else ("", False, _span(part, coded))
        elif inner := match["label"]:
            yield from _pieces(inner, replace(style, link=match["link"]))
    if position < len(body):
        yield "", False, _span(body[position:], style)


def say(template: str, /, **values: object) -> Text:
    """Fill a template. Values are plain: a `str` or number is shown as it is, a `Text`, `Moment` or `CommandRef` is put
    in as such. A value's line breaks continue the kind of line it stands on, so quoted
    text stays quoted.

    Raises `KeyError` for a name the call does not give.
    """
    lines: list[Line] = []
    for kind, pieces in _parse(template):
        current: list[Inline] = []
        standing = kind
        for name, is_value, style in pieces:
            if isinstance(style, CommandRef):
                current.append(_fill_command(style, values))
                continue
            styled = style
            if style.link is not None:
                styled = replace(style, link=_fill_link(style.link, values))
            if not is_value:
                current.append(styled)
                continue
            value = values[name]
            if isinstance(value, (str, int)) and "\n" not in (simple := str(value)):
                current += (_span(simple, styled),) if simple else ()
                continue
            first, *rest = _value_lines(value, styled)
            if not current and first.kind is not LineKind.PLAIN:
                standing = first.kind
            current.extend(first.spans)
            for line in rest:
                lines.append(Line(standing, tuple(current)))
                current = list(line.spans)
                standing = line.kind if line.kind is not LineKind.PLAIN else kind
        lines.append(Line(standing, tuple(current)))
    return Text(tuple(lines))


def _span(text: str, style: Span) -> Span:
    """A text in a style. Every answer makes many of these, and `replace` takes ten times as long."""
    return Span(text, style.bold, style.italic, style.code, style.link)


def _fill_command(command: CommandRef, values: dict[str, object]) -> CommandRef:
    """The command with the values among its arguments, each on one line."""
    if "{" not in command.arguments:
        return command
    filled = _VALUE.sub(lambda found: " ".join(str(values[found[1]]).split()), command.arguments)
    return CommandRef(command.name, filled)


_VALUE = re.compile(r"\{(\w+)\}")


def _fill_link(link: str | None, values: dict[str, object]) -> str | None:
    """The address of a link; `{name}` alone takes a value. Anything but http(s) is no link."""
    if link is None:
        return None
    if link.startswith("{") and link.endswith("}"):
        link = str(values[link[1:-1]])
    return link if safe_link(link) else None


_LINK = re.compile(r"https?://[^\s<>\"'|\\`\x00-\x1f\x7f]{1,2000}\Z")


def safe_link(address: str) -> bool:
    """Whether an address is an http or https one without characters that end a link on some platform."""
    return _LINK.match(address) is not None


def _value_lines(value: object, style: Span) -> tuple[Line, ...]:
    match value:
        case Text(lines=lines):
            return lines or (Line(LineKind.PLAIN, ()),)
        case Moment() | CommandRef():
            return (Line(LineKind.PLAIN, (value,)),)
        case None:
            return (Line(LineKind.PLAIN, ()),)
    return tuple(
        Line(LineKind.PLAIN, (_span(part, style),) if part else ()) for part in str(value).split("\n")
    )


# Characters that hide, reorder or forge what others read. The joiners U+200C and U+200D stay: Persian,
# Indic scripts and many emoji are wrong without them.
# Tag characters stay where they make a flag, such as Scotland's.
_UNWANTED = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f)|"
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\u115f\u1160\u3164\uffa0\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_MOST_MARKS = 30
"""Marks that one letter keeps, as Unicode's stream-safe format has it (UAX 15). Normalization sorts them, which takes
quadratic time for a long run."""
_HIDDEN_MARKS = frozenset("\u0f73\u0f75\u0f81")
"""What becomes marks only when it is normalized."""
_JOINERS = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_ENDS = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200c\u200d"
)
"""All blanks, and the joiners, which join nothing at an end."""


def clean(value: str, *, multiline: bool) -> str:
    """Member text made fit to store: NFC, line ends unified, controls and invisible characters removed,
    blank ends trimmed. Right-to-left scripts stay whole; only the controls that reorder are removed.
    A text of one line turns its line breaks into spaces.
    """
    if value.isascii() and value.isprintable():  # most are: nothing in them to remove but spaces
        value = value.strip()
        return value if multiline or "  " not in value else " ".join(value.split())
    value = _UNWANTED.sub(lambda found: found[1] or "", _BREAKS.sub("\n", value))
    value = _JOINERS.sub(r"\1", unicodedata.normalize("NFC", _limit_marks(value)))
    if not multiline:
        value = re.sub(r"\s+", " ", value)
    return value.strip(_ENDS)


def _limit_marks(value: str) -> str:
    kept, marks = [], 0
    for char in value:
        marks = marks + 1 if unicodedata.combining(char) or char in _HIDDEN_MARKS else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def enumerated(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


_BETWEEN = re.compile(r"\s*(?:[,\n]|\s(?:and|&)\s)\s*")


def split_enumerated(text: str) -> list[str]:
    """The parts of what people write as an enumeration: "a, b and c", or "a; b" where parts have commas."""
    parts = text.split(";") if ";" in text else _BETWEEN.split(text)
    return [part.strip().removeprefix("and ") for part in parts if part.strip()]


def shorten(value: str, length: int) -> str:
    """At most `length` code points (1 or more), with an ellipsis where something was left out. Letters with
    their marks, joined emoji and flags are not cut apart."""
    if len(value) <= length:
        return value
    cut = length - 1
    while cut > 0 and not _may_cut(value, cut):
        cut -= 1
    return value[: cut or length - 1].rstrip() + "…"


def _may_cut(value: str, at: int) -> bool:
    """Whether `value[at]` begins something of its own."""
    before, here = value[at - 1], value[at]
    if before == "\u200d" or here == "\u200d" or "\U0001f3fb" <= here <= "\U0001f3ff":
        return False
    if "\U000e0020" <= here <= "\U000e007f" or unicodedata.category(here).startswith("M"):
        return False
    if not _is_flag(here):
        return True
    flags = 0
    while flags < at and _is_flag(value[at - 1 - flags]):
        flags += 1
    return flags % 2 == 0


def _is_flag(char: str) -> bool:
    """Whether it is half of a flag."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"
