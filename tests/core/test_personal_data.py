"""No table is forgotten: of each, its package has said what it holds of people, and that is given to them and goes."""

import importlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from core.chat.model import File, Reply
from core.commands.registry import Registry
from core.store.port import Conn
from tests.filled import Filler, Schema, schema
from tests.people import Actor, CohortFixture, text_of
from tests.test_tables import owners

CHATS = {
    "playground_touched": "what the sample's people leave alone",
    "playground_message": "the chat itself, which the playground serves in the place of a platform",
    "playground_file": "the chat itself",
    "playground_press": "the chat itself",
}
"""Tables of adapters, which hold what a platform does elsewhere, or nothing of members."""


def test_every_table_says_what_it_holds_of_people(registry: Registry) -> None:
    missing = [table for table in owners() if table not in registry.personal_data and table not in CHATS]
    assert not missing, (
        f"declare {', '.join(sorted(missing))} in PERSONAL_DATA of `personal_data` in its package, see core.cohorts.privacy"
    )
    gone = registry.personal_data.keys() - owners().keys()
    assert not gone, f"there is no such table: {gone}"


def test_every_table_is_declared_in_its_own_package(registry: Registry) -> None:
    for table, owner in owners().items():
        if table in CHATS or owner == "core.store":
            continue
        module = importlib.import_module(f"{owner}.personal_data")
        assert table in {each.table for each in module.PERSONAL_DATA}, f"{table} belongs to {owner}"


def test_every_column_that_names_somebody_is_looked_at(registry: Registry, sqlite_template: Path) -> None:
    for table, column in schema(sqlite_template).naming("member", "person"):
        data = registry.personal_data[table]
        said = " ".join([data.own, *(each.where for each in data.named)])
        if table == "member" or (table, column) in INDIRECT:
            continue
        assert f".{column} = " in said or f"IN (SELECT p.id FROM {table}" in said, (
            f"{table}.{column} names somebody: say in `own` or `named` what they are given of such a row"
        )


INDIRECT: Mapping[tuple[str, str], str] = {}
"""Columns that name somebody of which another condition takes care, and why."""


def test_columns_that_are_named_are_there(registry: Registry, sqlite_template: Path) -> None:
    tables = schema(sqlite_template).tables
    for data in registry.personal_data.values():
        known = {each.name for each in tables[data.table]}
        named = {column for each in data.named for column in each.columns}
        assert {*data.words, *data.left_out, *named, *filter(None, [data.counted])} <= known, data.table


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
