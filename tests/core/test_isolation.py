"""One cohort never sees or changes another's data: every command, asked in one cohort for what another one holds.

Both cohorts live in one database and have done the same things. What the other one wrote holds one word that is written
nowhere else, so that it is known wherever it shows. Both engines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import pytest

from core.chat.model import Argument, FieldKind, PersonRef, Place, Reply, Source, Upload
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.commands.spec import Access, Command, Param
from core.store import scoped
from core.store.port import Conn
from tests.people import HOME, CohortFixture, found_cohort
from tests.redelivery import declared, seed_cohort, somebody, tables

OTHERS_WORD = "Zebra"
"""What the other cohort's texts, names and titles begin with. The walk types it in small letters."""
ELSEWHERE = Place("test", "W2", "C-other", name="Zebra lab")
LAST = ("cohort-admin archive", "cohort leave")
"""What ends the walk's own way in."""
SHARED = {"account", "person", "note", "handled", "draft", "kept_file", "migration", "adapter_migration"}
"""Tables of which no row is a cohort's record: of the program, of a person, of calls."""

COMMANDS = sorted(discover().commands.values(), key=lambda each: (each.name in LAST, each.name))


async def live(cohort: CohortFixture, word: str) -> None:
    """A bit of everything that a cohort keeps, each text with a word of its own."""
    olu, mina, ada, ben = cohort.olu, cohort.mina, cohort.ada, cohort.ben
    await ada.ok("submission add", title=f"{word} paper", venue="NeurIPS 2026", stage="submitted")
    await ada.ok("submission add", title=f"{word} secret", visibility="private", venue="ICML 2026")
    await ada.ok("review add", paper="1", score="6", summary=f"{word} summary")
    await ada.ok("submission update", paper="1", stage="rejected", note=f"{word} note")
    await ada.ok(
        "checkin now",
        progress=f"{word} progress",
        learned=f"{word} lesson",
        negative="yes",
        blocker=f"{word} blocker",
        share="shared",
    )
    await ben.ok("checkin now", progress=f"{word} private")
    await ada.ok("reading add", reference=f"{word} work on reading", tags=f"{word}tag")
    await ben.ok("reading vote", item="1")
    await ben.ok("reading done", item="1", takeaway=f"{word} takeaway", visibility="cohort")
    await ben.ok("reading present", item="1")
    await ada.ok("feedback ask", topic=f"{word} topic", details=f"{word} details")
    await mina.ok("feedback claim", request="1")
    await mina.ok("feedback answer", request="1", text=f"{word} answer")
    await ada.ok("feedback thank", person=PersonRef("U-mina", "Mina"), words=f"{word} thanks")
    await olu.ok("cohort-admin venue-add", name=f"{word}conf", year=2027, paper="2027-01-20")
    await ada.ok("deadline follow", venue=f"{word}conf 2027")
    await ada.ok("duty add", venue=f"{word}conf 2027", papers=3, due="2026-12-20")
    await olu.ok("cohort-admin question-add", text=f"{word} question?", kind="text")
    await olu.ok("cohort-admin schedule-add", kind="digest", when="fridays 16:00")
    await ada.ok("profile away", until="2026-12-24", reason=f"{word} reason")


def _rename(conn: Conn, cohort_id: int) -> None:
    conn.run(
        "UPDATE member SET name = :word || name, called = :word || called WHERE cohort_id = :cohort",
        word=f"{OTHERS_WORD} ",
        cohort=cohort_id,
    )
    conn.run("UPDATE cohort SET name = :word WHERE id = :cohort", word=OTHERS_WORD, cohort=cohort_id)


def _numbers(conn: Conn, cohort_id: int) -> list[str]:
    """The numbers by which the other cohort's records are found, the random ones too."""
    found: set[int] = set()
    for table in ("submission", "review", "reading_item", "feedback_request", "schedule"):
        rows = conn.all(f"SELECT number FROM {table} WHERE cohort_id = :cohort", cohort=cohort_id)
        found |= {row["number"] for row in rows if row["number"] is not None}
    return [str(each) for each in sorted(found)]


def _with_cohort(conn: Conn) -> Iterator[tuple[str, bool]]:
    for table in sorted(set(tables()) - SHARED):
        row = conn.one(f"SELECT * FROM {table} LIMIT 1")
        if row is not None:
            yield table, "cohort_id" in dict(row)


def _rows(conn: Conn, cohort_id: int) -> dict[str, set[str]]:
    """What the cohort holds, by table; of tables whose rows hang on others, all that is there."""
    found: dict[str, set[str]] = {}
    for table, own in _with_cohort(conn):
        where = " WHERE cohort_id = :cohort" if own else ""
        params: dict[str, Any] = {"cohort": cohort_id} if own else {}
        found[table] = {str(dict(row)) for row in conn.all(f"SELECT * FROM {table}{where}", **params)}
    return found


_PLAIN: dict[FieldKind, Argument] = {
    FieldKind.TEXT: "x",
    FieldKind.LONG_TEXT: "x",
    FieldKind.INTEGER: 3,
    FieldKind.NUMBER: 5.0,
    FieldKind.FLAG: True,
    FieldKind.DATE: "2026-12-01",
    FieldKind.FILE: Upload("x.csv", b"title\nx\n"),
}


def _plain(param: Param) -> Argument:
    if param.kind is FieldKind.CHOICE and param.choices:
        return param.choices[0].value
    if param.kind is FieldKind.PERSON:
        return PersonRef("U-ben", "zebra ben")
    return _PLAIN.get(param.kind, "x")


def _asked(command: Command, typed: Sequence[str]) -> Iterator[dict[str, Argument]]:
    """The calls to make: with nothing but what is required, and with each value for each record and text to look for."""
    needed = {each.name: _plain(each) for each in command.params if each.required}
    yield needed
    for param in command.params:
        looked_for = param.kind is FieldKind.RECORD or param.name in ("search", "topic", "tag", "who", "what")
        if looked_for and param.kind is not FieldKind.PERSON:
            for value in typed:
                yield {**needed, param.name: value}


@pytest.mark.case(29)
async def test_no_command_reaches_another_cohort(core: Core) -> None:
    ours, theirs = await found_cohort(core), await found_cohort(core, "Other", place=ELSEWHERE)
    await live(ours, "Quagga")
    await live(theirs, OTHERS_WORD)
    await core.store.write(_rename, theirs.id)
    word = OTHERS_WORD.lower()
    typed = [
        *await core.store.read(_numbers, theirs.id),
        word,
        f"{word} paper",
        f"{word}conf 2027",
        str(theirs.id),
    ]
    seen = [str(await theirs.olu.send(each.name, {})) for each in COMMANDS if each.name not in LAST]
    assert sum(OTHERS_WORD in each for each in seen) > 20, "the word is what the other cohort itself reads"
    before = await core.store.read(_rows, theirs.id)
    leaks, calls = [], 0
    for command in COMMANDS:
        if command.group == "lottery" and command.verb in ("simulate", "experiment"):
            continue  # they take no record
        for args in _asked(command, typed):
            for who in (ours.olu, ours.ada):
                result = await who.send(command.name, args)
                calls += 1
                if OTHERS_WORD in str(result):
                    leaks.append((command.name, args, str(result)[:300]))
    assert not leaks
    assert calls > 500
    after = await core.store.read(_rows, theirs.id)
    lost = {name: before[name] - after.get(name, set()) for name in before}
    assert not {name: rows for name, rows in lost.items() if rows and name in await _theirs(core, lost)}
    more = {name: len(after[name]) - len(before[name]) for name in before if name in await _owned(core)}
    assert not {name: count for name, count in more.items() if count}


async def _owned(core: Core) -> set[str]:
    """Tables whose rows say themselves whose they are."""
    found = await core.store.read(lambda conn: [name for name, own in _with_cohort(conn) if own])
    return set(found)


async def _theirs(core: Core, lost: dict[str, set[str]]) -> set[str]:
    """Of the tables that lost a row those in which the row was the other cohort's: where a row hangs on another, it is
    known by the word in it."""
    owned = await _owned(core)
    return {name for name, rows in lost.items() if name in owned or any(OTHERS_WORD in row for row in rows)}


@pytest.mark.case(29)
async def test_nothing_of_another_cohort_is_offered(core: Core) -> None:
    ours, theirs = await found_cohort(core), await found_cohort(core, "Other", place=ELSEWHERE)
    await live(theirs, OTHERS_WORD)
    await core.store.write(_rename, theirs.id)
    await ours.olu.send("cohort about", {})
    last = ours.olu.last
    assert last is not None
    asked = 0
    for command in COMMANDS:
        for param in command.params:
            if param.completes:
                request = replace(last, command=command.name)
                for typed in ("", "zeb", "1"):
                    offered = await core.complete(request, param.name, typed)
                    assert OTHERS_WORD not in str(offered), (command.name, param.name, offered)
                    asked += 1
    assert asked > 100


@pytest.mark.case(29)
async def test_a_forged_button_of_another_cohort_is_refused(core: Core) -> None:
    ours, theirs = await found_cohort(core), await found_cohort(core, "Other", place=ELSEWHERE)
    await live(theirs, OTHERS_WORD)
    await core.store.write(_rename, theirs.id)
    before = await core.store.read(_rows, theirs.id)
    for command in COMMANDS:
        if command.group == "lottery" or not command.needs_cohort:
            continue
        for args in chain([{}], _asked(command, ["1"])):
            result = await ours.olu.send(command.name, args, theirs.id, Source.BUTTON, "m1")
            assert isinstance(result, Reply), command.name
            assert result.error or command.access is Access.OWN, (
                command.name
            )  # who has left is told of themselves
            assert OTHERS_WORD not in str(result), command.name
    assert await core.store.read(_rows, theirs.id) == before


class Within:
    """What one cohort's features ask of the store, asked once more within another cohort."""

    OFTEN = 3
    """How often each statement is looked at."""

    def __init__(self, ours: int, theirs: int) -> None:
        self.ours = ours
        self.theirs = theirs
        self.reads: Counter[str] = Counter()
        self.changes: Counter[str] = Counter()
        self.own: set[str] = set()
        self.leaks: list[tuple[str, str]] = []

    def look(self, conn: Conn, sql: str, params: Mapping[str, object]) -> None:
        """Look at a statement with what it is sent with, before it is sent."""
        here = {**params, "cohort": self.ours}
        if sql.lstrip().upper().startswith(("SELECT", "WITH")):
            self.reads[sql] += 1
            if self.reads[sql] <= self.OFTEN:
                if OTHERS_WORD in str([dict(row) for row in conn.all(sql, **params)]):
                    self.own.add(sql)
                if OTHERS_WORD in (found := str([dict(row) for row in conn.all(sql, **here)])):
                    self.leaks.append((sql, found))
        elif sql.lstrip().upper().startswith(("UPDATE", "DELETE")):
            self.changes[sql] += 1
            if self.changes[sql] <= self.OFTEN:
                before = _rows(conn, self.theirs)
                conn.run("SAVEPOINT looked")
                conn.all(sql, **here) if " RETURNING " in sql else conn.run(sql, **here)
                after = _rows(conn, self.theirs)
                conn.run("ROLLBACK TO SAVEPOINT looked")
                conn.run("RELEASE SAVEPOINT looked")
                lost = [row for name in before for row in before[name] - after.get(name, set())]
                self.leaks += [(sql, row) for row in lost if OTHERS_WORD in row]


@pytest.mark.case(29)
async def test_every_statement_is_asked_within_another_cohort(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each statement that features send while a cohort lives is sent with the same ids, numbers and members within another
    cohort too: nothing of the first is read by it, and nothing of it changes."""
    ours, theirs = await found_cohort(core), await found_cohort(core, "Other", place=ELSEWHERE)
    await live(ours, "Quagga")
    looking, real = Within(ours.id, theirs.id), scoped.ScopedConn.given

    def given(conn: scoped.ScopedConn, sql: str, params: dict[str, object]) -> dict[str, object]:
        found = real(conn, sql, params)
        if conn.cohort_id == theirs.id and ":cohort" in sql:
            looking.look(conn.conn, sql, found)
        return found

    monkeypatch.setattr(scoped.ScopedConn, "given", given)
    await live(theirs, OTHERS_WORD)
    for command in COMMANDS:
        if command.name not in LAST and command.group != "lottery":
            for args in _asked(command, ["1", OTHERS_WORD]):
                await theirs.olu.send(command.name, args)
                await theirs.ada.send(command.name, args)
    assert not looking.leaks
    assert len(looking.reads) > 250
    assert len(looking.changes) > 20
    assert len(looking.own) > 60, "they are what shows it to the cohort itself"


@pytest.mark.parametrize("command", sorted(declared()))
async def test_who_is_in_two_cohorts_can_do_everything(command: str, sqlite_cohort: CohortFixture) -> None:
    """What is about a person reaches all of their cohorts, and is refused by none of the connections within one."""
    cohort = sqlite_cohort
    second = await found_cohort(cohort.core, "Second", place=replace(HOME, id="C-second", name="second"))
    await second.olu.ok("cohort-admin schedule-add", kind="checkin", when="weekdays 09:00", follow="member")
    await second.ada.ok("reading add", reference="A work on reading")
    await second.ada.ok("reading present", item="1")
    await seed_cohort(cohort)
    call = declared()[command]
    for who, earlier, args in call.before:
        await somebody(cohort, who).send(earlier, args)
    await somebody(cohort, call.by).ok(command, **call.args)
