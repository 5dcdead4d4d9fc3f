"""A digest as a list that fits one message: the lines of every section, and how many more there are.

A message on Discord takes 2,000 characters, menus included 25 choices; both platforms' people read no more than that
anyway. Each section says one line at least, and the longest give way first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from core.chat.model import Record
from core.chat.text import (
    Inline,
    Line,
    LineKind,
    Sayable,
    Span,
    Text,
    as_text,
    enumerated,
    inline_plain,
    say,
    shorten,
)
from core.commands.news import NewsLine, SectionPart
from core.features.digests.composing import ToldSection

ROOM = 1_600
"""Characters that the lines may take, their addresses included; the head and a note have the rest of 2,000."""
LONGEST = 240
"""Characters of what a line says; the rest is counted, and read where the line leads."""
MOST_OPENED = 25
_LINK = 12
"""Characters of the words of a link, with what stands around them."""
_MORE = 40


def fits_whole(told: Sequence[ToldSection], records: Sequence[Record]) -> bool:
    """Whether records show all that a digest tells."""
    lines = [line for each in told for line in each.part.lines]
    shown = sum(1 for each in told if each.part.names_only) + sum(
        len(each.part.lines) for each in told if not each.part.names_only
    )
    cut_short = any(len(as_text(line.text).plain()) > LONGEST + _MORE for line in lines)
    return not cut_short and not any(each.part.more for each in told) and shown == len(records)


AddressOf = Callable[[NewsLine], str | None]
"""The address of the message in which the cohort read of it, None where there is none."""


def no_address(_line: NewsLine) -> str | None:
    """For lines that lead to no message."""
    return None


@dataclass(slots=True)
class _Fitted:
    """A section with the lines that are shown of it."""

    told: ToldSection
    shown: int = 0

    @property
    def part(self) -> SectionPart:
        return self.told.part

    @property
    def rest(self) -> int:
        """How many lines are not shown."""
        return len(self.part.lines) - self.shown + self.part.more


def fit(
    told: Sequence[ToldSection], address_of: AddressOf = no_address, room: int = ROOM
) -> tuple[Record, ...]:
    """The records of a digest's list, under their headings."""
    sections = [_Fitted(each) for each in told]
    for each in sections:
        each.shown = min(1, len(each.part.lines))
        room -= len(each.told.heading) + _MORE
        room -= sum(_cost(line, address_of) for line in each.part.lines[: each.shown])
    waiting = list(sections)
    while waiting:
        # The section of which the least is shown is next, so that none takes the room of all.
        each = min(waiting, key=lambda each: each.shown)
        cost = (
            _cost(each.part.lines[each.shown], address_of) if each.shown < len(each.part.lines) else room + 1
        )
        if each.rest == 1:
            cost -= _MORE  # the line that would say so is not needed then
        if cost > room:
            waiting.remove(each)
            continue
        each.shown += 1
        room -= cost
    records = [record for each in sections for record in _records(each, address_of)]
    return _opened_once(records)


def whole(told: Sequence[ToldSection], address_of: AddressOf = no_address) -> list[Record]:
    """The records of everything that a digest tells."""
    sections = [_Fitted(each, len(each.part.lines)) for each in told]
    return [record for each in sections for record in _records(each, address_of, 1_000)]


def _cost(line: NewsLine, address_of: AddressOf) -> int:
    """Characters that a line takes where characters that have a meaning are escaped."""
    words = f"{as_text(line.name).plain()} {cut(line.text).plain()}"
    address = address_of(line)
    escaped = sum(1 for char in words if not (char.isalnum() or char.isspace()))
    return len(words) + escaped + 8 + (len(address) + _LINK if address else 0)


def _records(each: _Fitted, address_of: AddressOf, longest: int = LONGEST) -> list[Record]:
    heading, lines = each.told.heading, each.part.lines[: each.shown]
    if each.part.names_only:
        names = [as_text(line.name).plain() for line in lines]
        more = [f"{each.rest:,} more"] if each.rest else []
        return [Record(enumerated([*names, *more]), (), each.part.opens_all, heading)]
    records = [_record(line, heading, address_of(line), longest) for line in lines]
    if each.rest:
        records.append(Record(f"… and {each.rest:,} more", (), each.part.opens_all, heading))
    return records


def _record(line: NewsLine, heading: str, address: str | None, longest: int) -> Record:
    details = [cut(line.text, longest)] if line.text else []
    if address:
        details.append(say("[read it]({address})", address=address))
    return Record(line.name, tuple(details), line.opens, heading)


def _opened_once(records: Sequence[Record]) -> tuple[Record, ...]:
    """The records with each call once, and no more calls than one menu takes."""
    seen: list[object] = []
    found = []
    for each in records:
        call = each.opens and (each.opens.command, dict(each.opens.args))
        if call is not None and (call in seen or len(seen) == MOST_OPENED):
            found.append(replace(each, opens=None))
            continue
        seen += [call] if call is not None else []
        found.append(each)
    return tuple(found)


def cut(value: Sayable, most: int = LONGEST) -> Text:
    """A text on one line of about so many characters at most, and how many of it are left out."""
    inlines = [inline for line in as_text(value).lines for inline in (*line.spans, Span(" "))][:-1]
    length = sum(len(inline_plain(each)) for each in inlines)
    if length <= most + _MORE:
        return Text((Line(LineKind.PLAIN, tuple(inlines)),))
    kept: list[Inline] = []
    room = most
    for inline in inlines:
        words = inline_plain(inline)
        if len(words) > room:
            if isinstance(inline, Span) and room > 1:
                begun = shorten(words, room).removesuffix("…")
                kept.append(replace(inline, text=begun))
                room -= len(begun)
            break
        kept.append(inline)
        room -= len(words)
    kept.append(Span(f"… and {length - most + room:,} more characters"))
    return Text((Line(LineKind.PLAIN, tuple(kept)),))
