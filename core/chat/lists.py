"""Lists as lines of text, which every platform can show and every screen is wide enough for."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from core.chat.model import Block, Button, Record, Records, Table
from core.chat.text import Inline, Line, LineKind, Sayable, Span, Text, as_text, shorten


def record_line(record: Record) -> Line:
    """A record as one line: its name in bold, then the rest."""
    spans: list[Inline] = [_bold(each) for each in _inlines(record.name)]
    for detail in record.details:
        if said := _inlines(detail):
            spans += (Span(" · "), *said)
    return Line(LineKind.ITEM, tuple(spans))


def record_lines(block: Records) -> Text:
    """The records of a list, a line each, with their headings."""
    lines = []
    for heading, rows in groups(block):
        lines += [Line(LineKind.PLAIN, (Span(heading, bold=True),))] if heading else []
        lines += map(record_line, rows)
    return Text(tuple(lines))


def groups(block: Records) -> Iterator[tuple[str, list[Record]]]:
    """The records under their headings, which may be empty."""
    for heading, rows in groupby(block.rows, key=lambda each: each.heading):
        yield heading, list(rows)


def openable(block: Records) -> list[tuple[Record, Button]]:
    """The records that open, with the calls that do so."""
    return [(each, each.opens) for each in block.rows if each.opens is not None]


def opens(block: Block) -> bool:
    """Whether it is a list of which something can be opened."""
    return isinstance(block, Records) and bool(openable(block))


def closed(block: Block) -> Block:
    """A list of which nothing can be opened; any other block as it is."""
    if not isinstance(block, Records):
        return block
    return replace(block, rows=tuple(replace(each, opens=None) for each in block.rows))


def field_lines(label: str, value: Sayable) -> Text:
    """A field as text: its label in bold with the value behind it; a value of several lines goes on below."""
    text = as_text(value)
    first, *rest = text.lines if text else (Line(LineKind.PLAIN, (Span("–"),)),)
    if first.kind is LineKind.PLAIN:
        return Text((Line(LineKind.PLAIN, (Span(f"{label}: ", bold=True), *first.spans)), *rest))
    return Text((Line(LineKind.PLAIN, (Span(f"{label}:", bold=True),)), first, *rest))


def option_words(record: Record, most: int) -> tuple[str, str]:
    """A record in a menu: its name and the rest, at most so many characters each. The rest may be empty."""
    rest = " · ".join(filter(None, (as_text(each).plain().replace("\n", " ") for each in record.details)))
    return shorten(as_text(record.name).plain().replace("\n", " "), most) or "–", shorten(rest, most)


def table_lines(table: Table) -> Text:
    """The rows of a table that is too wide, a line each: the first cell, then each other one behind its column's name."""
    return Text(tuple(_row(table.columns, row) for row in table.rows))


def _row(columns: tuple[str, ...], row: tuple[str, ...]) -> Line:
    first = row[0] if not row[0][:1].isdigit() else f"{columns[0]} {row[0]}"
    others = [f" · {name}: {cell}" for name, cell in zip(columns[1:], row[1:], strict=True) if cell.strip()]
    return Line(LineKind.ITEM, (Span(first or "–", bold=True), Span("".join(others))))


def _inlines(value: Sayable) -> tuple[Inline, ...]:
    """The inlines of a text on one line."""
    return tuple(_joined(as_text(value)))


def _joined(text: Text) -> Iterator[Inline]:
    for at, line in enumerate(each for each in text.lines if each.spans):
        if at:
            yield Span(" ")
        yield from line.spans


def _bold(inline: Inline) -> Inline:
    return replace(inline, bold=True) if isinstance(inline, Span) else inline
