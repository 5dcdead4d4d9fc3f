"""Tables as columns of text in a fixed-width font."""

import re
import unicodedata

from core.chat.model import Table

PHONE = 34
"""Columns of a fixed-width font that fit on a phone. At 360 pixels an app leaves about 260 beside its margins and the
picture of who writes, and draws such a letter 7.5 wide; what is wider is broken in the middle of a row."""


def aligned(table: Table) -> str:
    """The table as columns of text, heading first, with nothing left out."""
    rows = [tuple(map(_one_line, cells)) for cells in (table.columns, *table.rows)]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(_pad, cells, widths)).rstrip() for cells in rows)


def fits_phone(table: Table) -> bool:
    """Whether no row of a table is wider than a phone."""
    return max(map(width, aligned(table).split("\n"))) <= PHONE


def width(value: str) -> int:
    """Columns that a text takes in a fixed-width font: wide characters two, combining ones none."""
    return sum(
        0
        if unicodedata.combining(char) or unicodedata.category(char) == "Cf"
        else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in value
    )


def _one_line(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()


def _pad(value: str, columns: int) -> str:
    return value + " " * (columns - width(value))
