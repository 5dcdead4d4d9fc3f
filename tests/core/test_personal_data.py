"""No table is forgotten: of each, its package has said what it holds of people, and that is given to them and goes."""

import io
import json
import zipfile
from pathlib import Path

from core.chat.model import File, Reply
from core.store.port import Conn
from tests.filled import Filler, Schema, schema
from tests.people import Actor, CohortFixture, text_of


def unzipped(files: list[File]) -> dict[str, str]:
    """Name to content of what the archives hold."""
    found = dict[str, str]()
    for file in files:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            found |= {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}
    return found


def files_of(reply: Reply) -> list[File]:
    return [block for block in reply.blocks if isinstance(block, File)]


async def zed_of(cohort: CohortFixture, filled: Schema) -> tuple[Actor, Filler]:
    """Somebody of whom every table holds something, and whom rows of Ben's name."""
    zed = cohort.somebody("Zebra")
    await zed.ok("cohort join")

    def find(conn: Conn, name: str) -> tuple[int, int]:
        row = conn.one("SELECT id, person_id FROM member WHERE name = :name", name=name)
        assert row is not None
        return row["id"], row["person_id"]

    fillers = dict[str, Filler]()
    for name, other in (("Ben", None), ("Zebra", "Ben")):
        member, person = await cohort.core.store.read(find, name)
        fillers[name] = Filler(
            filled,
            cohort.id,
            name.upper(),
            person,
            member,
            f"U-{name.lower()}",
            name,
            fillers.get(other or ""),
        )
        await cohort.core.store.write(fillers[name].fill)
    return zed, fillers["Zebra"]


def dump(conn: Conn, filled: Schema) -> dict[str, list[str]]:
    """Every value of every table, as text."""
    found = {}
    for table in filled.tables:
        rows = conn.all(f"SELECT * FROM {table}")
        found[table] = ["|".join(str(row[column]) for column in row.keys()) for row in rows]  # noqa: SIM118 - rows of SQLite are no mappings
    return found


async def test_files_hold_every_row(cohort: CohortFixture, sqlite_template: Path) -> None:
    zed, filler = await zed_of(cohort, schema(sqlite_template))
    reply = await zed.in_direct().ok("privacy export")
    held = unzipped(files_of(reply))
    for table, number in filler.written.items():
        if cohort.core.registry.personal_data[table].nobodys:
            continue
        rows = [
            row
            for name, content in held.items()
            if name.startswith("json/")
            and name.removeprefix("json/").removesuffix(".json").partition("-")[0] == table
            for row in json.loads(content)
        ]
        assert len(rows) >= number, f"{table}: {len(rows)} of {number} rows"


async def test_nothing_is_left(cohort: CohortFixture, sqlite_template: Path) -> None:
    filled = schema(sqlite_template)
    zed, _ = await zed_of(cohort, filled)
    asked = await zed.ok("privacy forget")
    assert "Delete everything" in str(asked.blocks)
    told = await zed.click(asked, "Delete everything")
    assert "is deleted" in text_of(told), text_of(told)
    left = await cohort.core.store.read(dump, filled)
    del left["home_page"]  # it goes once the platform shows the page without the cohort
    found = {table: [row for row in rows if "zebra" in row.casefold()] for table, rows in left.items()}
    assert not {table: rows for table, rows in found.items() if rows}
    for table in ("checkin", "feedback_request", "submission", "draft", "reading_item"):
        assert any("ben" in row.casefold() for row in left[table]), f"what is Ben's in {table} is as it was"
