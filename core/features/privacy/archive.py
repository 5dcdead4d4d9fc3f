"""What is kept of somebody as files: a zip with JSON and CSV, in parts that every platform takes."""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from core.chat.files import Cell, csv_file
from core.chat.model import File
from core.clock import day_words, local_date
from core.cohorts.privacy import DataSubject
from core.features.privacy.records import KeptTable, KeptTopic

MOST_BYTES = 9 * 2**20
"""Of one file: Discord takes 10 MiB."""

_WHEN = (1980, 1, 1, 0, 0, 0)
"""The instant of every file in an archive, so that the same data make the same archive."""


def parts(kept: Sequence[KeptTopic], of: DataSubject, most: int = MOST_BYTES) -> list[File]:
    """The files to send: one archive, or as many as it takes for each to have at most so many bytes."""
    groups: list[list[tuple[str, bytes]]] = [[("read-me.txt", _read_me(kept, of))]]
    size = 0
    for name, content in _files(kept, most // 2):
        # What a file takes in an archive, with its name twice and the heads around it.
        packed = len(zlib.compress(content, 6)) + 2 * len(name) + 256
        if size + packed > most and len(groups[-1]) > 0:
            groups.append([])
            size = 0
        groups[-1].append((name, content))
        size += packed
    day = local_date(of.now, of.cohort.zone).isoformat()
    numbers = [f"-{at}-of-{len(groups)}" if len(groups) > 1 else "" for at in range(1, len(groups) + 1)]
    return [
        File(f"my-data-{day}{number}.zip", _zip(files), "application/zip")
        for number, files in zip(numbers, groups, strict=True)
    ]


def _files(kept: Sequence[KeptTopic], most: int) -> Iterable[tuple[str, bytes]]:
    """Each table in both formats, in several files where it is large."""
    for topic in kept:
        for table in topic.tables:
            chunks = list(_chunks(table, most))
            for at, rows in enumerate(chunks, 1):
                number = f"-{at}" if len(chunks) > 1 else ""
                yield f"json/{table.table}{number}.json", _json(table, rows)
                yield f"csv/{table.table}{number}.csv", csv_file("", table.columns, rows).content


def _chunks(table: KeptTable, most: int) -> Iterable[list[list[Cell]]]:
    """The rows of a table, as many at a time as have about so many bytes."""
    chunk, size = list[list[Cell]](), 0
    for row in table.rows:
        cells = [_cell(value) for value in row]
        weight = sum(len(str(each).encode()) + 32 for each in cells)
        if chunk and size + weight > most:
            yield chunk
            chunk, size = [], 0
        chunk.append(cells)
        size += weight
    yield chunk


def _json(table: KeptTable, rows: Sequence[Sequence[Cell]]) -> bytes:
    found = [dict(zip(table.columns, row, strict=True)) for row in rows]
    return json.dumps(found, ensure_ascii=False, indent=1).encode()


def _cell(value: object) -> Cell:
    """A value as files have it: instants in UTC, dates as 2026-11-28."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _read_me(kept: Sequence[KeptTopic], of: DataSubject) -> bytes:
    day = day_words(local_date(of.now, of.cohort.zone))
    lines = [
        f"What is kept of {of.name} in {of.cohort.name}, {day}.",
        "Each table stands in json and in csv. Instants are in UTC. In tables “of others” you have what others wrote to",
        "you or about what is yours, as far as you can read it.",
    ]
    for topic in kept:
        lines += [
            "",
            topic.topic.name,
            f"  What: {topic.topic.holds}.",
            f"  Who reads it: {topic.topic.readers}.",
        ]
        lines += [f"  {each.table}: {len(each.rows):,} rows" for each in topic.tables]
    return ("\n".join(lines) + "\n").encode()


def _zip(files: Sequence[tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()
