"""Rows and texts as files that people take with them."""

import csv
import io
import json
from collections.abc import Sequence

from core.chat.model import File

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float | bool | None


def cell(value: Cell) -> str:
    """A value as it stands in a cell. A text that a spreadsheet would take for a formula has an apostrophe before it,
    which makes it a text there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return str(value)


def csv_file(name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> File:
    """A table as comma-separated values, in UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(each) for each in row] for row in rows)
    return File(name, out.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8")


def json_file(name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> File:
    """A table as a list of objects, with every value as it is."""
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    return File(name, content, "application/json; charset=utf-8")


def text_file(name: str, text: str) -> File:
    """A text, such as Markdown."""
    return File(name, text.encode(), "text/plain; charset=utf-8")
