"""Rows and texts as files that people take with them, and the way back: what they give, as text and as rows."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.chat.model import File

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""What begins a formula, also behind apostrophes: a text that has them itself gets one more, so that taking one away
gives it back."""

_MARK = re.compile(r"(?=[\\`*\[\]<>|~&])|(?<![^\W_])(?=_)|(?=_(?![^\W_]))")
_BEGIN = re.compile(r"^[ \t]*(?=(?:#+|[+-])(?:\s|$)|--|=+\s*$)|^[ \t]*\d{1,9}(?=[.)](?:\s|$))", re.MULTILINE)
"""Where Markdown would read more than words: anywhere, and where a line begins with a heading or an item."""

SEPARATORS = (",", ";", "\t")
"""What stands between the cells of a row: spreadsheets of countries with a decimal comma write semicolons."""

Cell = str | int | float | bool | None


def cell(value: Cell) -> str:
    """A value as it stands in a cell. A text that a spreadsheet would take for a formula has an apostrophe before it,
    which makes it a text there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return str(value)


def uncell(text: str) -> str:
    """What stood in a cell before `cell` put an apostrophe before it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


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


def markdown(words: str) -> str:
    """What somebody wrote as it stands in a file of Markdown, where it is these words and nothing else: no picture that is
    fetched, no link, no heading."""
    return _BEGIN.sub(lambda found: f"{found[0]}\\", _MARK.sub(r"\\", words))


def decoded(content: bytes) -> str:
    """A file's text: by its mark, as UTF-16 where every other byte is empty, as UTF-8, else as Windows-1252, which is what
    older programs and spreadsheets write. What no encoding has stays as a sign that says so; nothing is ever raised."""
    head = content[:200]
    for encoding, fits in (
        ("utf-8-sig", head.startswith(b"\xef\xbb\xbf")),
        ("utf-16", head.startswith((b"\xff\xfe", b"\xfe\xff"))),
        ("utf-16-le", len(head) > 3 and head[1::2].count(0) > len(head) // 3),
        ("utf-16-be", len(head) > 3 and head[::2].count(0) > len(head) // 3),
    ):
        if fits:
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


class NoTable(ValueError):
    """A text that cannot be read as rows and columns; its words say why."""


@dataclass(frozen=True, slots=True)
class ReadTable:
    """The rows of a table, each with its number as spreadsheets count them, in which the names of the columns are row 1.
    A row has as many cells as there are columns; `longer` are the numbers of rows that had more."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    longer: tuple[int, ...] = ()


def read_table(text: str, is_column: Callable[[str], bool], most: int) -> ReadTable:
    """The rows of comma-separated values: between commas, semicolons or tabs, whichever gives most columns that are known.
    Rows without a word are left out. Raises `NoTable`."""
    text = text.replace("\x00", "").removeprefix("\ufeff")
    first, _, rest = text.partition("\n")
    if said := re.fullmatch(
        r"sep=([,;\t])\r?", first.strip(" "), re.IGNORECASE
    ):  # as some spreadsheets write it
        text = rest
    separators = (str(said[1]),) if said else SEPARATORS
    heads = {each: next(_rows(text, each), (0, list[str]()))[1] for each in separators}
    separator = max(separators, key=lambda each: sum(map(is_column, heads[each])))
    columns = tuple(each.strip() for each in heads[separator])
    if not any(map(is_column, columns)):
        raise NoTable("its first row names no column that I know")
    rows, longer = list[tuple[int, tuple[str, ...]]](), list[int]()
    for number, cells in _rows(text, separator):
        if number == 1 or not any(map(str.strip, cells)):
            continue
        if len(rows) == most:
            raise NoTable(f"it has more than {most:,} rows")
        if any(map(str.strip, cells[len(columns) :])):
            longer.append(number)
        filled = (*cells, *[""] * len(columns))[: len(columns)]
        rows.append((number, tuple(filled)))
    return ReadTable(columns, tuple(rows), tuple(longer))


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 1):
            yield number, cells
    except csv.Error:
        raise NoTable(
            f"row {number + 1} is too long to be one; perhaps a quotation mark is not closed"
        ) from None
