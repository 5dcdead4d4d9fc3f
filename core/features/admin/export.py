"""What organizers take along of a cohort: the command `cohort-admin export`. It holds what every member may read and what
organizers set, and nothing that a member keeps private."""

import io
import zipfile
from collections.abc import Sequence
from typing import Annotated

from core.chat import files
from core.chat.files import Cell
from core.chat.model import File, LabelledEnum, Reply
from core.chat.text import say
from core.clock import local_date
from core.cohorts import members
from core.cohorts.model import Cohort
from core.commands.decorators import cohort_table, command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, CohortTable
from core.delivery import schedules
from core.store.port import Conn


class ExportFormat(LabelledEnum):
    """How the tables of an export are written."""

    CSV = "csv", "CSV, for spreadsheets"
    JSON = "json", "JSON, for programs"


@command("cohort-admin export", access=Access.ORGANIZER, in_archive=True)
async def export(
    call: Call,
    format: Annotated[ExportFormat, Arg("csv or json")] = ExportFormat.CSV,  # noqa: A002 - the parameter's name
) -> Reply:
    """What the whole cohort may read, its members, and what you set, as a zip of tables."""
    file = await export_file(call, format)
    text = "What all of **{name}** may read, who is in it, and what you set. What members keep private is in none of it."
    return Reply(say(text, name=call.cohort.name), (file,))


async def export_file(call: Call, format_: ExportFormat = ExportFormat.CSV) -> File:
    """The export as a file."""
    found = await call.read(_tables, call.core.registry.cohort_tables, call.cohort)
    return _zipped(call, found, format_)


def _tables(
    conn: Conn, tables: Sequence[CohortTable], cohort: Cohort
) -> list[tuple[CohortTable, Sequence[Sequence[Cell]]]]:
    return [(each, each.read(conn, cohort)) for each in tables]


def _zipped(
    call: Call, found: Sequence[tuple[CohortTable, Sequence[Sequence[Cell]]]], format_: ExportFormat
) -> File:
    write = files.csv_file if format_ is ExportFormat.CSV else files.json_file
    at = local_date(call.now, call.cohort.zone)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, rows in sorted(found, key=lambda each: each[0].name):
            one = write(f"{table.name}.{format_.value}", table.columns, rows)
            # The time of the call, so that the same call gives the same file.
            info = zipfile.ZipInfo(one.name, (at.year, at.month, at.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, one.content)
    return File(f"cohort-{at.isoformat()}.zip", out.getvalue(), "application/zip")


@cohort_table("members", "name", "role", "since")
def listed_members(conn: Conn, cohort: Cohort) -> Sequence[Sequence[Cell]]:
    """Who is in the cohort, and since when."""
    since = members.joined(conn, cohort.id)
    return [
        (
            each.name,
            ", ".join(word for word, has in (("organizer", each.organizer), ("mentor", each.mentor)) if has)
            or "member",
            local_date(since[each.id], cohort.zone).isoformat(),
        )
        for each in members.members(conn, cohort.id)
    ]


@cohort_table("schedules", "number", "kind", "when", "paused")
def listed_schedules(conn: Conn, cohort: Cohort) -> Sequence[Sequence[Cell]]:
    """What is posted when."""
    return [(each.number, each.kind, each.words, each.paused) for each in schedules.listed(conn, cohort.id)]
