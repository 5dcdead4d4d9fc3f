"""Files of papers: comma-separated values, JSON and BibTeX written, the first two read again as they were.

Both forms say the same under the same names. In a table a paper has a row of its own and one for each of its rounds,
reviews and stages, which name it by its number in the file; in JSON they stand within it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from core.chat.files import Cell, NoTable, csv_file, decoded, read_table, text_file, uncell
from core.chat.model import File, Upload
from core.chat.text import clean, say, shorten, split_enumerated
from core.errors import BadInput
from core.features.submissions import paper_fields, paper_rows
from core.features.submissions.paper_fields import WRITTEN, Column
from core.features.submissions.paper_rows import AFTER, BEFORE, FlatRow, ReadPapers, RowReader
from core.papers.model import Stage, Visibility
from core.papers.whole import WholeEvent, WholePaper, WholeReview, WholeRound
from core.works import bibliographies
from core.works.identifiers import of_address
from core.works.model import Work

MOST_ROWS = 10_000
"""Rows of one file: papers with all of their rounds, stages and reviews."""
_NAME = "papers"
_KEY = "papers"
_PARTS = {"rounds": paper_rows.ROUND, "stages": paper_rows.STAGE, "reviews": paper_rows.REVIEW}
"""What stands within a paper or a round in JSON, and what a row of it is called."""

_WITHIN = {
    paper_rows.PAPER: _PARTS,
    paper_rows.ROUND: {"reviews": paper_rows.REVIEW},
}
"""What is looked for in what."""

Fields = dict[Column, Cell | list[str]]


# Written


def _paper(paper: WholePaper) -> Fields:
    return {
        Column.TITLE: paper.title,
        Column.STAGE: paper.stage.value,
        Column.FIRST_STAGE: paper.first_stage.value,
        Column.VISIBILITY: paper.visibility.value,
        Column.COAUTHORS: list(paper.coauthors),
        Column.LINK: paper.link,
        Column.DATE: paper.added_on.isoformat(),
    }


def _round(each: WholeRound) -> Fields:
    return {
        Column.VENUE: str(each.venue),
        Column.DECISION: each.decision.value if each.decision else None,
        Column.DATE: each.decided_on.isoformat() if each.decided_on else None,
    }


def _review(each: WholeReview) -> Fields:
    return {
        Column.SCORE: each.score,
        Column.CONFIDENCE: each.confidence,
        Column.CONSTRUCTIVE: each.constructive,
        Column.WHEN: AFTER if each.discussed else BEFORE,
        Column.SUMMARY: each.summary,
        Column.DATE: each.noted_on.isoformat(),
    }


def _event(each: WholeEvent) -> Fields:
    return {
        Column.DATE: each.day.isoformat(),
        Column.STAGE_BEFORE: each.before.value,
        Column.STAGE: each.stage.value,
        Column.VENUE: each.venue,
        Column.NOTE: each.note,
        Column.NOTE_VISIBILITY: each.note_visibility.value if each.note else None,
    }


def as_csv(papers: Sequence[WholePaper]) -> File:
    """Papers as a table."""
    rows = [
        tuple(_cell(fields.get(column)) for column in WRITTEN)
        for number, paper in enumerate(papers, 1)
        for fields in _rows_of(number, paper)
    ]
    return csv_file(f"{_NAME}.csv", [each.value for each in WRITTEN], rows)


def _rows_of(number: int, paper: WholePaper) -> Iterator[Fields]:
    def row(kind: str, fields: Fields, round_: int | None = None) -> Fields:
        return {Column.ROW: kind, Column.PAPER: number, Column.ROUND: round_, **fields}

    yield row(paper_rows.PAPER, _paper(paper))
    for at, each in enumerate(paper.rounds, 1):
        yield row(paper_rows.ROUND, _round(each), at)
        for review in each.reviews:
            yield row(paper_rows.REVIEW, _review(review), at)
    for event in paper.events:
        yield row(paper_rows.STAGE, _event(event))


def _cell(value: Cell | list[str]) -> Cell:
    if isinstance(value, list):
        one = "; ".join(value)
        return f"{one};" if len(value) == 1 and split_enumerated(one) != value else one
    return paper_fields.score_words(value) if isinstance(value, float) else value


def as_json(papers: Sequence[WholePaper]) -> File:
    """Papers as JSON, each with its rounds and stages, and each round with its reviews."""
    found = [
        {
            **_named(_paper(paper)),
            "rounds": [
                {**_named(_round(each)), "reviews": [_named(_review(review)) for review in each.reviews]}
                for each in paper.rounds
            ],
            "stages": [_named(_event(each)) for each in paper.events],
        }
        for paper in papers
    ]
    content = json.dumps({_KEY: found}, ensure_ascii=False, indent=2).encode()
    return File(f"{_NAME}.json", content, "application/json; charset=utf-8")


def _named(fields: Fields) -> dict[str, Any]:
    return {column.value: value for column, value in fields.items() if value not in (None, "", [])}


def as_bibtex(papers: Sequence[WholePaper], owner: str) -> File:
    """Papers as a bibliography: `owner` and the co-authors, and where they were accepted."""
    entries = []
    for number, paper in enumerate(papers, 1):
        at = next((each for each in reversed(paper.rounds) if each.decision is Stage.ACCEPTED), None)
        year = at.venue.year or (at.decided_on.year if at.decided_on else None) if at else None
        venue = at.venue.name if at else ""
        work = Work(paper.title, (owner, *paper.coauthors), year, venue, link=paper.link or "")
        identifier = of_address(paper.link) if paper.link else None
        entries.append(bibliographies.bibtex(f"paper{number}", work, identifier))
    return text_file(f"{_NAME}.bib", "\n".join(entries))


# Read


def read(file: Upload, today: date, seen: Visibility) -> ReadPapers:
    """What a file holds. `seen` is who sees papers that do not say. Raises `BadInput` for one that is no file of papers."""
    name = shorten(clean(file.name, multiline=False), 80) or "The file"
    content = decoded(file.content)
    try:
        if content.lstrip().startswith(("{", "[")):
            rows, unknown = _of_json(content)
        else:
            rows, unknown = _of_table(content)
    except NoTable as error:
        words = (
            "“{name}” cannot be read: {why}. I read CSV whose first row names its columns, such as title, venue, stage and "
            "date, and the JSON of {/submission export}."
        )
        raise BadInput(say(words, name=name, why=str(error)), field="file") from None
    if not rows:
        raise BadInput(say("“{name}” holds no paper.", name=name), field="file")
    return RowReader(rows, today, seen).read(unknown)


def _of_table(content: str) -> tuple[list[FlatRow], list[str]]:
    table = read_table(content, lambda name: paper_fields.column_of(name) is not None, MOST_ROWS)
    columns = [paper_fields.column_of(each) for each in table.columns]
    if Column.TITLE not in columns and Column.PAPER in columns:  # many lists call it so
        columns[columns.index(Column.PAPER)] = Column.TITLE
    known = [each for each in columns if each is not None]
    if twice := next((each for each in known if known.count(each) > 1), None):
        raise NoTable(f"two of its columns say the {twice.value}")
    rows = [
        FlatRow(
            f"Row {number}",
            {column: uncell(cell) for column, cell in zip(columns, cells, strict=True) if column is not None},
        )
        for number, cells in table.rows
    ]
    unknown = [
        name for name, column in zip(table.columns, columns, strict=True) if column is None and name.strip()
    ]
    return rows, unknown


def _of_json(content: str) -> tuple[list[FlatRow], list[str]]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise NoTable("it is no JSON, or breaks off") from None
    papers = found.get(_KEY) if isinstance(found, dict) else found
    if not isinstance(papers, list):
        raise NoTable("it has no list of papers")
    unknown: dict[str, None] = {}
    rows: list[FlatRow] = []
    for number, paper in enumerate(papers, 1):
        for row in _flat(f"Paper {number}", paper_rows.PAPER, str(number), paper, unknown):
            if len(rows) == MOST_ROWS:
                raise NoTable(f"it has more than {MOST_ROWS:,} papers, rounds, stages and reviews")
            rows.append(row)
    return rows, list(unknown)


def _flat(
    where: str, kind: str, paper: str, value: Any, unknown: dict[str, None], round_: str = ""
) -> Iterator[FlatRow]:
    """A paper, or what stands within one, as rows."""
    within = value if isinstance(value, dict) else {}
    cells: dict[Column, str] = {}
    for name, each in within.items():
        column = paper_fields.column_of(str(name))
        if name in _PARTS and isinstance(each, list):
            continue
        if column is None:
            unknown[shorten(clean(str(name), multiline=False), 40)] = None
        else:
            cells[column] = _typed(each)
    # Where something stands says what it is, whatever it calls itself.
    place = {Column.ROW: kind, Column.PAPER: paper, **({Column.ROUND: round_} if round_ else {})}
    yield FlatRow(where, {**cells, **place})
    for name, part in _WITHIN.get(kind, {}).items():
        listed = within.get(name)
        for number, each in enumerate(listed if isinstance(listed, list) else (), 1):
            number_of = str(number) if part == paper_rows.ROUND else round_
            there = f"{where}, {part} {number}"
            yield from _flat(there, part, paper, each, unknown, number_of)


def _typed(value: Any) -> str:
    """A value of JSON as it would stand in a cell."""
    match value:
        case None | False:
            return ""
        case str():
            return value
        case list():
            return "".join(f"{clean(_typed(each), multiline=False)}\n" for each in value)
        case float():
            return paper_fields.score_words(value) if value == value and abs(value) < 1e15 else str(value)
    return str(value) if isinstance(value, int) and abs(value) < 10**15 else "?"
