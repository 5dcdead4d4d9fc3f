"""A reply as plain text, with nothing left out: for the file that carries what does not fit into messages."""

import re
import unicodedata

from core.chat.model import Fields, Reply, Table
from core.chat.text import as_text


def whole_reply(reply: Reply) -> str:
    """Everything that a reply says: its text, its fields and its tables, in their order. Pictures and files
    come as files of their own, and buttons say nothing."""
    parts = [as_text(reply.text).plain()]
    for block in reply.blocks:
        match block:
            case Fields(items=items):
                parts += [f"{label}:\n{as_text(value).plain()}" for label, value in items]
            case Table():
                parts.append(aligned(block))
    return "\n\n".join(part for part in parts if part)


def aligned(table: Table, *, cell: int | None = None, row: int | None = None) -> str:
    """The table as columns of text in a fixed-width font, heading first.

    Whole, unless `cell` and `row` say how many columns of text one cell and a whole row may take at most.
    """
    rows = [tuple(_fit(each, cell) for each in cells) for cells in (table.columns, *table.rows)]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    while row is not None and sum(widths) + 2 * len(widths) > row and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    return "\n".join("  ".join(map(_pad, cells, widths)).rstrip() for cells in rows)


def width(value: str) -> int:
    """Columns that a text takes in a fixed-width font: wide characters two, combining ones none."""
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) == "Cf"
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in value
    )


def _fit(value: str, columns: int | None) -> str:
    """One line, shortened to so many columns."""
    line = re.sub(r"\s+", " ", value).strip()
    return line if columns is None else _pad(line, columns).rstrip()


def _within(value: str, columns: int) -> str:
    """The beginning of a text that takes at most so many columns."""
    for at, char in enumerate(value):
        columns -= width(char)
        if columns < 0:
            return value[:at]
    return value


def _pad(value: str, columns: int) -> str:
    """Exactly so many columns: padded, or shortened with an ellipsis."""
    if width(value) > columns:
        value = _within(value, columns - 1) + "…"
    return value + " " * (columns - width(value))
