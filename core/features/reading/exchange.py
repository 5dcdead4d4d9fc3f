"""The list in and out: bibliographies taken in after a preview, and written in four formats."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from core.chat import folding
from core.chat.files import csv_file, markdown, text_file
from core.chat.model import Button, Buttons, File, LabelledEnum, Reply, Upload
from core.chat.text import join, say
from core.cohorts.model import Scope
from core.commands import file_previews
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.file_previews import PreviewPart
from core.commands.spec import Arg, Cost, Once
from core.errors import BadInput, QuotaReached
from core.features.reading import lookups, records, same_work
from core.features.reading.records import NewItem, ReadingItem
from core.store.port import Conn
from core.works import bibliographies
from core.works.bibliographies import Entries
from core.works.identifiers import Identifier
from core.works.model import Work

_MOST = 2_000
"""Entries of one file."""
_LIST = Button("The list", "reading list")


class ListFormat(LabelledEnum):
    """What the list is written as."""

    BIBTEX = "bibtex", "BibTeX"
    RIS = "ris", "RIS"
    CSV = "csv", "CSV, for spreadsheets"
    MARKDOWN = "markdown", "Markdown"


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a file, and the item on the list that it is or is like. `again` is the line of an earlier entry of the
    same work."""

    line: int
    work: Work
    identifier: Identifier | None
    known: int | None
    like: int | None
    again: int | None = None


@command(
    "reading import",
    once=Once.REPEATS,
    form="Import a bibliography",
    submit="Show what it holds",
    cost=Cost.SIMULATES,
)
async def import_(
    call: Call,
    file: Annotated[Upload, Arg("A BibTeX or RIS file of up to 1 MB")],
    confirm: Annotated[bool, Arg("Whether it is taken in, and not only shown", in_form=False)] = False,
) -> Reply:
    """Put a bibliography (BibTeX or RIS) on the list; you see what it holds first."""
    found = await call.core.executors.simulate(bibliographies.read_file, file.content)
    count = len(found.works) + len(found.refused)
    if not count:
        text = "“{name}” holds no entry of BibTeX or RIS that I can find."
        raise BadInput(say(text, name=file.name[:80]), field="file")
    if count > _MOST:
        raise BadInput(
            say("A file can hold {most} entries; this one has {n}.", most=f"{_MOST:,}", n=f"{count:,}"),
            field="file",
        )
    if confirm:
        return await _take_in(call, file.name, found)
    entries = await call.read(_looked_up, call.scope, found)
    return await _preview(call, file, entries, found)


def _looked_up(conn: Conn, scope: Scope, found: Entries) -> list[_Entry]:
    entries: list[_Entry] = []
    lines: dict[str, int] = {}
    for each in found.works:
        entry = _entry(conn, scope, *each)
        if entry.known is None and entry.like is None:
            names = [folding.whole(entry.work.title), *([entry.identifier.key] if entry.identifier else [])]
            entry = replace(entry, again=next((lines[name] for name in names if name in lines), None))
            for name in names:
                lines.setdefault(name, entry.line)
        entries.append(entry)
    return entries


def _entry(conn: Conn, scope: Scope, line: int, work: Work, identifier: Identifier | None) -> _Entry:
    cohort = scope.cohort.id
    known = records.with_key(conn, cohort, [identifier.key]) if identifier else None
    like = None if known else same_work.like(conn, cohort, work.title)
    return _Entry(line, work, identifier, known.number if known else None, like.number if like else None)


async def _preview(call: Call, file: Upload, entries: Sequence[_Entry], found: Entries) -> Reply:
    again = [each for each in entries if each.again]
    like = [each for each in entries if each.like]
    new = [each for each in entries if each.known is each.like is each.again is None]
    parts = [
        PreviewPart("New", [f"Line {each.line}: {each.work.title}" for each in new]),
        PreviewPart(
            "Like something on the list, and left out; add it by hand if it is another work",
            [f"Line {each.line}: {each.work.title} (like #{each.like})" for each in like],
        ),
        PreviewPart(
            "More than once in the file, and taken in once",
            [f"Line {each.line}: {each.work.title} (as in line {each.again})" for each in again],
        ),
        PreviewPart(
            "Cannot be read", [f"Line {each.line}, {each.name}: {each.reason}" for each in found.refused]
        ),
    ]
    known = sum(each.known is not None for each in entries)
    head = say(
        "**{name}** has {n} entries: {new} new, {known} on the list already, {like} like something there, {again}"
        "{refused} that I cannot read. Nothing is taken in yet.",
        name=file.name,
        n=len(entries) + len(found.refused),
        new=len(new),
        known=known,
        like=len(like),
        again=f"{len(again)} of a work that stands before it, " if again else "",
        refused=len(found.refused),
    )
    choices: list[tuple[str, Mapping[str, str]]] = [(f"Take in {len(new)}", {})] if new else []
    return await file_previews.preview(call, file, head, parts, choices)


async def _take_in(call: Call, name: str, found: Entries) -> Reply:
    done: Counter[str] = Counter()
    for some in await file_previews.take_in(call, _record, found.works, call.scope, call.member.id):
        done.update(some)
    text = say(
        "**{name}** is taken in: {new} new on the list. {left} were there already or like something there, and {refused} "
        "could not be read.",
        name=name,
        new=done["new"],
        left=done["left"],
        refused=len(found.refused),
    )
    full = say("{n} more found no room: that is as many as I keep of one member.", n=done["full"])
    return Reply(join([text, *([full] if done["full"] else [])]), (Buttons((_LIST,)),))


def _record(
    conn: Conn, works: Sequence[tuple[int, Work, Identifier | None]], scope: Scope, by: int
) -> dict[str, int]:
    """How many are "new", "left" out because they are there, and left out because the member's list is "full"."""
    done: Counter[str] = Counter()
    for line, work, identifier in works:
        entry = _entry(conn, scope, line, work, identifier)
        if entry.known is not None or entry.like is not None:
            done["left"] += 1
            continue
        try:
            _add(conn, scope, by, work, identifier)
        except QuotaReached:  # raised before anything is written of this one
            done["full"] += 1
        else:
            done["new"] += 1
    return dict(done)


def _add(conn: Conn, scope: Scope, by: int, work: Work, identifier: Identifier | None) -> None:
    address = identifier.address if identifier else ""
    # What is typed stands for the whole reference; the title is kept as the file has it.
    number = records.add(
        conn, scope, by, NewItem((address or work.title)[:500], work=replace(work, link=address))
    )
    item = records.by_number(conn, scope.cohort.id, number)
    assert item is not None  # noqa: S101 - it was written just now
    if identifier is not None:
        same_work.keep(conn, scope.cohort.id, item.id, [identifier])
        if not (work.authors and work.year):
            lookups.enqueue(conn, item.id, identifier, scope.now)


@command("reading export", form="Take the list with you", submit="Write it", cost=Cost.SIMULATES)
async def export(
    call: Call,
    format: Annotated[ListFormat, Arg("BibTeX, RIS, CSV or Markdown")],  # noqa: A002 - the field's word
) -> Reply:
    """Take the reading list with you, as BibTeX, RIS, CSV or Markdown."""
    found = await call.read(records.whole, call.cohort.id)
    if not found:
        return Reply("The reading list is empty, so there is nothing to take with you.")
    file = await call.core.executors.simulate(_written, format, found)
    noun = "1 item" if len(found) == 1 else f"{len(found):,} items"
    return Reply(say("The reading list with {items}, as {format}.", items=noun, format=format.label), (file,))


def _written(wanted: ListFormat, found: Sequence[tuple[ReadingItem, Work]]) -> File:
    works = [(item, replace(work, title=item.name, link=item.address or "")) for item, work in found]
    match wanted:
        case ListFormat.BIBTEX:
            entries = [
                bibliographies.bibtex(f"reading{item.number}", work, item.identifier) for item, work in works
            ]
            return text_file("reading-list.bib", "\n".join(entries))
        case ListFormat.RIS:
            return text_file(
                "reading-list.ris",
                "\n".join(bibliographies.ris(work, item.identifier) for item, work in works),
            )
        case ListFormat.CSV:
            columns = ("number", "title", "authors", "year", "venue", "link", "why")
            rows = [
                (item.number, work.title, "; ".join(work.authors), work.year, work.venue, work.link, item.why)
                for item, work in works
            ]
            return csv_file("reading-list.csv", columns, rows)
    return text_file("reading-list.md", "# Reading list\n\n" + "\n".join(map(_markdown, works)) + "\n")


def _markdown(found: tuple[ReadingItem, Work]) -> str:
    _, work = found
    title = markdown(work.title)
    named = f"[{title}](<{work.link}>)" if work.link else title
    facts = ", ".join(filter(None, (", ".join(work.authors), work.venue, str(work.year or ""))))
    return f"- {named}" + (f". {markdown(facts)}" if facts else "")
