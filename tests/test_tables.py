"""A table has one owner: the package that holds every statement on it.

The migrations name the owner in a comment line above the tables, `-- Owner: core.papers`. What another package
needs of a table it asks of a function of the owner, or it puts a piece of SQL that the owner gives out into its
own query (`core.cohorts.members.name_sql`).
"""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

from core.commands.registry import Registry
from core.store.cohort_tables import BESIDE, COHORT_TABLES
from tests.filled import schema

ROOT = Path(__file__).parents[1]

BUILT_IN = {"migration": "core.store"}
"""Tables that no migration makes: the list of the migrations themselves."""

EXCEPTIONS = {
    ("core.delivery", "account"): "closed direct messages are marked in the transaction that finds it out",
    ("core.delivery", "cohort"): "one query finds what is due of the cohorts that are not archived",
    ("core.delivery", "member"): "the history of a schedule names who changed it",
    ("core.delivery", "person"): "the history of a schedule names who changed it",
    ("core.delivery", "place"): "closed channels are marked in the transaction that finds it out",
    ("core.store.carried", "submission"): "a migration fills the words of what is there",
    ("core.store.carried", "submission_author"): "a migration carries over what was typed as co-authors",
    ("core.store.carried", "submission_word"): "a migration fills the words of what is there",
    ("core.store.carried", "reading_item"): "a migration fills the words of what is there",
    ("core.store.carried", "checkin"): "a migration fills the words of what is there",
    ("core.store.carried", "checkin_word"): "a migration fills the words of what is there",
    ("core.store.carried", "reading_item_word"): "a migration fills the words of what is there",
    ("core.store.carried", "reading_identifier"): "a migration fills the identifiers of what is there",
    ("core.store.carried", "feedback_request"): "a migration fills the words of what is there",
    ("core.store.carried", "feedback_word"): "a migration fills the words of what is there",
    ("core.store.carried", "reading_takeaway"): "a migration fills the words of what is there",
    ("core.store.carried", "reading_takeaway_word"): "a migration fills the words of what is there",
    ("bot.backup", "migration"): "a backup is checked without opening it as a store",
    ("bot.backup", "schedule"): "after a restore, schedules go on from now",
    ("bot.backup", "cohort"): "after a restore, schedules go on from now",
    ("bot.backup", "note"): "when a backup was made is noted past the store, which may run elsewhere",
    ("bot.playground", "account"): "the playground shows roles, and starts over by deleting its own people",
    ("bot.playground", "cohort"): "the playground starts over by deleting its own cohorts",
    ("bot.playground", "draft"): "the playground starts over by deleting its own drafts",
    ("bot.playground", "handled"): "the playground starts over by deleting its own calls",
    ("bot.playground", "member"): "the playground shows roles, and its sample has a mentor",
    ("bot.playground", "note"): "the playground starts over by deleting its own notes",
    ("bot.playground", "person"): "the playground starts over by deleting its own people",
    ("bot.playground", "place"): "the playground starts over by deleting its own cohorts",
}
"""Statements on another package's table, as (where, table): why."""


def owners() -> dict[str, str | None]:
    """Every table with the package that its migration names as the owner, None where it names none."""
    found: dict[str, str | None] = dict(BUILT_IN)
    for path in sorted(file for part in ("core", "bot") for file in (ROOT / part).rglob("migrations/*.sql")):
        owner: str | None = None
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"-- Owner: ([\w.]+)$", line):
                owner = match[1]
            elif match := re.match(r"CREATE TABLE (\w+)", line):
                found[match[1]] = owner
    return found


def texts(tree: ast.AST) -> Iterator[str]:
    """Every string of a module; of an f-string, its constant parts joined by the names of what is filled in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def tables(sql: str) -> set[str]:
    """What a statement, or a piece of one, names as a table."""
    found = set(re.findall(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+([a-z_]+)", sql))
    # A table of words, and what is searched, are named to `core.store.words`, which has the statements.
    return found | set(re.findall(r"\A([a-z_]+_word)\Z", sql))


@cache
def statements() -> Sequence[tuple[str, str]]:
    """(module, table) for every table of ours that a module of core or bot names in its SQL."""
    known, found = set(owners()), []
    for part in ("core", "bot"):
        for path in sorted((ROOT / part).rglob("*.py")):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            named = [tables(text) for text in texts(ast.parse(path.read_text(encoding="utf-8")))]
            found += [(module, table) for table in sorted(set[str]().union(*named) & known)]
    return found


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def test_every_table_has_owner() -> None:
    without = [table for table, owner in owners().items() if owner is None]
    assert not without, f"write `-- Owner: the.package` above {', '.join(without)} in its migration"
    for owner in owners().values():
        assert owner is not None
        assert (ROOT / owner.replace(".", "/") / "__init__.py").exists(), owner


def test_table_is_named_in_its_owners_package_alone() -> None:
    tables_of = owners()
    used: set[tuple[str, str]] = set()
    wrong = []
    for module, table in statements():
        if within(module, str(tables_of[table])):
            continue
        excepted = [(where, of) for where, of in EXCEPTIONS if of == table and within(module, where)]
        used.update(excepted)
        if not excepted:
            wrong.append(f"{module} has SQL on {table}, which {tables_of[table]} owns")
    assert not wrong, "\n".join(wrong)
    assert set(EXCEPTIONS) == used, f"no longer needed: {set(EXCEPTIONS) - used}"


def test_statements_on_cohorts_records_name_the_cohort(sqlite_template: Path) -> None:
    of_cohorts = {
        name
        for name, columns in schema(sqlite_template).tables.items()
        if any(each.name == "cohort_id" for each in columns)
    }
    assert of_cohorts - COHORT_TABLES == BESIDE.keys()
    assert not COHORT_TABLES - of_cohorts


ACROSS = {
    "core.cohorts.directory.cohorts_ever": "a person's cohorts",
    "core.cohorts.directory.cohorts_of_person": "a person's cohorts",
    "core.cohorts.endings._is_or_was_in_a_cohort": "a person's cohorts",
    "core.cohorts.endings.of_person": "a person's archived cohorts",
    "core.cohorts.home_pages._outdate": "a page is of a person",
    "core.cohorts.joined_accounts.join": "two accounts of a person",
    "core.cohorts.joined_accounts.removed_from": "two accounts of a person",
    "core.cohorts.joined_accounts.separate": "two accounts of a person",
    "core.cohorts.joined_accounts.shared_cohorts": "two accounts of a person",
    "core.cohorts.names.follow": "what an account is called, wherever it is called so",
    "core.delivery.confirmation.outcome": "a post that was written a moment ago, also for a new cohort",
    "core.delivery.pacing._time_left": "the cohorts of a workspace take turns",
    "core.delivery.schedules.advance_for": "a person's time zone is that of all their cohorts",
    "core.features.admin.archive._archived_of": "a person's archived cohorts",
    "core.features.admin.channels._free_channel": "a manager frees another cohort's channel",
    "core.features.admin.linking._cohort_of": "a code is typed outside of its cohort",
    "core.features.admin.linking._give_back": "a code is typed outside of its cohort",
    "core.features.admin.linking._may_attach": "what the caller organizes elsewhere in the workspace",
    "core.features.admin.linking._reserve": "a code is typed outside of its cohort",
    "core.features.admin.linking._take": "a code is typed outside of its cohort",
    "core.features.admin.setup._set_up": "a new cohort is founded, also out of a channel of another one",
    "core.features.admin.setup._take_back_if_refused": "a new cohort is founded",
    "core.features.admin.setup._work_like": "a new cohort is founded",
    "core.features.admin.steps.next_step": "a new cohort is founded",
    "core.features.cohort.linking.tell": "an account is written to through a cohort that lives where it is",
    "core.features.cohort.reminders._begin": "what a person wants is planned in all of their cohorts",
}
"""Who asks over all cohorts where it is called on behalf of one, and for what."""

PROGRAM = {
    "core.features.deadlines.feeds.serve": "an address is served to whoever has it; what it serves is read within its cohort",
    "core.features.reading.lookups.look_up": "works are looked up for all cohorts",
}
"""Functions of features that use the program's own connection, and for what."""


def test_who_asks_over_all_cohorts() -> None:
    across, program = set(), set()
    for path in sorted((ROOT / "core").rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                text, name = ast.unparse(node), f"{module}.{node.name}"
                if re.search(r"\bacross\(", text) and module != "core.store.scoped":
                    across.add(name)
                if re.search(r"\.store\.(?:read|write)\(", text) and module.startswith("core.features."):
                    program.add(name)
    assert across == ACROSS.keys()
    assert program == PROGRAM.keys()


WORDLESS = {
    "account_link": "ids of accounts and records alone",
    "link_code": "hashes and ids of accounts; a name that its platform tells anyway",
    "link_try": "ids of accounts alone",
    "role_grant": "what a role of a server is called, which its platform tells anyway",
    "feedback_offer": "ids alone",
    "audit": "what organizers changed at least 90 days ago, when no answer is kept any more",
    "checkin_question": "what organizers asked, a month after the calls that added it",
    "cohort": "a set-up that failed, before anybody could write anything; at a cohort's end its answers go in the same transaction",
    "draft": "it is what goes",
    "handled": "it is what goes",
    "kept_file": "it is what goes",
    "home_page": "ids of accounts alone",
    "member": "core.features.privacy.erasing erases what calls gave back in the same transaction",
    "person": "core.features.privacy.erasing erases what calls gave back in the same transaction",
    "paper_import": "a file's name, a month after the calls that gave it back were forgotten",
    "outbox": "posts hold ids, and go by their age",
    "place": "a channel",
    "purpose": "a channel and its purpose",
    "reading_choice": "what is read on which date",
    "reading_lookup": "an identifier to ask a source for; the item has it",
    "reading_metadata": "what a source told of a work",
    "reading_presenter": "who is on the rota",
    "reading_skip": "who sits out what is read now",
    "reading_turn": "whose turn it is",
    "schedule_change": "who changed a schedule when, two years ago",
    "submission_alias": "numbers alone",
    "calendar_address": "a hash alone",
    "calendar_event": "dates of conferences, which are public, and numbers of papers",
    "timer": "an instant alone",
    "venue_follow": "which conferences somebody follows, which are public names",
    "venue_change": "which dates of conferences were changed, which are public",
    "venue_edition": "a conference, which is public",
    "venue_source": "what a source says of a conference",
    "venue_date": "dates of conferences, which are public",
}
"""Tables whose rows may be deleted without a word of a member being removed by it, and why."""


@pytest.mark.case(66)
def test_what_deletes_members_words_erases_answers_too() -> None:
    """What a call gave back is kept for three days and may hold what is deleted, see `handled_calls.erase_results`."""
    missing = []
    for path in sorted((ROOT / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                deleted = re.findall(r"\bDELETE FROM ([a-z_]+)", "\n".join(texts(node)))
                if set(deleted) - set(WORDLESS) and "erase_results" not in ast.unparse(node):
                    missing.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert not missing, f"call handled_calls.erase_results in the same transaction: {missing}"


CHATS = {
    "playground_touched": "what the sample's people leave alone",
    "playground_message": "the chat itself, which the playground serves in the place of a platform",
    "playground_file": "the chat itself",
    "playground_press": "the chat itself",
    "slack_installation": "workspaces with the app's own tokens, encrypted, and nobody's account",
    "slack_organisation": "ids of workspaces alone",
    "slack_state": "hashes of what a browser brings back",
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


def test_walk_sees_what_it_is_meant_to_see() -> None:
    assert tables("SELECT 1 FROM a x JOIN b y ON y.id = x.id WHERE EXISTS (SELECT 1 FROM c)") == {
        "a",
        "b",
        "c",
    }
    assert tables("INSERT INTO a (x) VALUES (1) ON CONFLICT (x) DO UPDATE SET x = 2") == {"a"}
    assert tables("UPDATE a SET x = 1") == tables("DELETE FROM a") == {"a"}
    source = 'f"SELECT {columns} " f"FROM {rows}" " JOIN b"'
    assert set[str]().union(*map(tables, texts(ast.parse(source)))) == {"b"}
    seen = {table for _, table in statements()}
    assert seen == set(owners()), f"no statement on {set(owners()) - seen}"
