"""Nothing is counted beside core.cohorts.counting that not the whole cohort may see.

Every statement of core and bot is looked at that reads a table with records which may be hidden:

- One that reads them for a whole cohort, hidden ones too, is a *source*. Each is listed with the figure that it is for,
  and only that figure may call it: other code has no rows that it could count.
- One with an aggregate (`count`, `sum`, `avg`) is listed with the reason for which its number gives nothing away.

Statements are recognised by their text, with the constants filled in that their module has or imports by name.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

HIDDEN = (
    "submission",
    "submission_round",
    "submission_event",
    "review",
    "checkin",
    "checkin_answer",
    "reading_done",
    "reading_takeaway",
    "feedback_request",
    "forecast",
)
"""Tables with records that not everybody may see."""

SOURCES = {
    "core.papers.queries.anonymous": ("core.papers.hidden", "the stored figure of anonymous papers"),
    "core.papers.queries.conditions": (
        "core.papers.board",
        "a part of the condition of lists of papers that the caller sees",
    ),
    "core.papers.reviews.rounds_of_present_members": (
        "core.features.lottery.agreement",
        "the stored figure of agreement",
    ),
    "core.papers.destinations.at_edition": (
        "core.features.deadlines.follows",
        "reminders of what is due, to each member about their own papers alone",
    ),
    "core.papers.waiting.authors_at": (
        "core.features.submissions.decision_day",
        "words on the day of a decision, to each author about their own papers alone",
    ),
    "core.papers.reviews.of_rounds": ("core.features.lottery.agreement", "the stored figure of agreement"),
    "core.features.checkins.moods._waiting": (
        "core.features.checkins.moods",
        "the batches of how it is going",
    ),
    "core.features.checkins.records._private": (
        "core.features.checkins.records",
        "the batches of private check-ins",
    ),
    "core.features.checkins.questions.forget": (
        "core.features.checkins.questions",
        "the deletion of what was asked and never answered",
    ),
    "core.features.checkins.answered.for_mentors": (
        "core.features.checkins.home",
        "the latest answers for mentors, to a mentor",
    ),
    "core.features.checkins.questions._answerers": (
        "core.features.checkins.questions",
        "the stored figure of the answers to a question",
    ),
    "core.features.feedback.records.due": (
        "core.features.feedback.offers",
        "whom a request is offered to, and when again",
    ),
    "core.features.feedback.records.next_due": (
        "core.features.feedback.offers",
        "when requests are looked at next",
    ),
    "core.features.feedback.helpers._taken": (
        "core.features.feedback.helpers",
        "which mentors and peers have room for a request",
    ),
    "core.features.feedback.lists.listed": (
        "core.features.feedback.commands",
        "lists of requests that the caller sees, has asked, or has taken",
    ),
    "core.store.carried.titles_are_found": (
        "core.store.carried",
        "a migration that fills the words of titles",
    ),
    "core.store.carried.negatives_are_found": (
        "core.store.carried",
        "a migration that fills the words of negative results",
    ),
    "core.store.carried.coauthors_are_names": (
        "core.store.carried",
        "a migration that carries over what was typed as co-authors",
    ),
    "core.papers.forgetting.forget": (
        "core.features.privacy.erasing",
        "the history of papers, from which the name of somebody goes who is forgotten",
    ),
    "core.features.reading.personal_data.forget": (
        "core.features.reading.personal_data",
        "whether anybody else had to do with what somebody put on the list who is forgotten",
    ),
    "core.papers.reviews.purge": (
        "core.features.reviews.commands",
        "the deletion of reviews whose day is over",
    ),
    "core.papers.deletion.purge": (
        "core.features.submissions.deletion",
        "the deletion of papers whose day is over",
    ),
    "core.store.carried.requests_are_found": (
        "core.store.carried",
        "a migration that fills the words of requests for feedback",
    ),
    "core.store.carried.readings_are_known": (
        "core.store.carried",
        "a migration that fills the words of takeaways",
    ),
    "core.papers.forecasts._parts": (
        "core.papers.forecasts",
        "the stored figure of forecasts",
    ),
    "core.features.reading.finished._finished": (
        "core.features.reading.finished",
        "the batches of what was read",
    ),
}
"""Functions that read hidden records of a whole cohort: which module alone may use them, and for what."""

AGGREGATES = {
    "core.papers.queries.count_rounds": "the rounds of one paper that the caller sees",
    "core.papers.queries.count_of_owner": "one's own papers, for one's own quota",
    "core.papers.queries.count_of_member": "one's own papers, for whether there is one to change",
    "core.papers.queries.anonymous": "papers of one owner each; for the stored figure",
    "core.papers.board.counts": "papers that the caller sees, by stage",
    "core.papers.queries.count_visible": "papers that the caller sees",
    "core.papers.queries.stage_counts": "papers that the whole cohort sees",
    "core.papers.reviews.of_paper": "which round of one's own paper a review is of",
    "core.papers.reviews.rounds_of_present_members": "whether a round has two reviews; for the stored figure",
    "core.papers.reviews.count_of_owner": "one's own reviews, for one's own quota",
    "core.features.checkins.blockers.count_of_others": "what is in the way and was shared with the caller",
    "core.features.checkins.negatives.count": "negative results that the caller may read",
    "core.features.checkins.questions._answerers": "answers of one member each; for the stored figure",
    "core.features.checkins.records.count_of_day": "check-ins that the caller reads of",
    "core.features.checkins.records.shared_count": "check-ins that the whole cohort sees",
    "core.features.checkins.records.shared_on": "check-ins that the whole cohort sees",
    "core.features.feedback.helpers._taken": "how much room somebody has, which nobody is shown",
    "core.features.feedback.lists.listed": "requests that the caller sees, has asked, or has taken",
    "core.features.reading.takeaways.page": "takeaways that the caller may read",
}
"""Functions whose statements count in tables that hold hidden records, and why that gives nothing away."""

_READS = re.compile(rf"\b(?:FROM|JOIN)\s+(?:{'|'.join(HIDDEN)})\b")
_AGGREGATE = re.compile(r"\b(?:count|sum|avg|total|string_agg|group_concat)\s*\(", re.IGNORECASE)
_LIMITED = re.compile(
    r"visibility = 'cohort'"  # what the whole cohort sees
    r"|\(k\.shared = 1 AND k\.skipped = 0\)"
    r"|\bd\.shared = 1\b"
    r"|\bt\.shared = 1\b"
    r"|\{queries\.VISIBLE\}"  # what the caller may see of papers
    r"|\{records\.READS\}"  # what the caller may see of requests for feedback
    r"|\{queries\.VISIBLE\}"  # what the caller may see of papers
    r"|\b(?:owner_id|member_id|asker_id|helper_id) = :\w+"  # somebody's own
    r"|\b(?:id|submission_id|round_id|paper_id|checkin_id) = :\w+"  # of one record
    r"|\bnumber = :\w+"
)
"""What keeps a statement from reading what a whole cohort hides."""


@dataclass(frozen=True)
class Statement:
    """A statement in a function of a module, both by name."""

    where: str
    sql: str

    @property
    def is_source(self) -> bool:
        return bool(_READS.search(self.sql)) and not _LIMITED.search(self.sql)

    @property
    def is_aggregate(self) -> bool:
        return bool(_READS.search(self.sql)) and bool(_AGGREGATE.search(self.sql))


def filled_in(node: ast.expr, constants: dict[str, str]) -> str | None:
    """A string as it is at run time, as far as constants of its module tell; None for what is no string."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts: list[str] = []
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            name = ast.unparse(part.value)
            parts.append(constants.get(name, f"{{{name}}}"))
        else:
            parts.append(str(ast.literal_eval(part)))
    return "".join(parts)


def constants_of(tree: ast.Module) -> dict[str, str]:
    """The texts that a module gives names to, each with those before it filled in, and those that it imports by name."""
    found = imported_of(tree)
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            text = filled_in(node.value, found)
            if text is not None:
                found[node.targets[0].id] = text
    return found


def imported_of(tree: ast.Module) -> dict[str, str]:
    """The texts that a module imports by name."""
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom))
    named = ((name, constants_in(node.module or "")) for node in imports for name in node.names)
    return {name.asname or name.name: texts[name.name] for name, texts in named if name.name in texts}


@cache
def constants_in(module: str) -> dict[str, str]:
    """The same of a module by its name; nothing of one that is not the bot's."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    ours = module.split(".")[0] in ("core", "bot") and path.exists()
    return constants_of(ast.parse(path.read_text(encoding="utf-8"))) if ours else {}


def statements(source: str, module: str) -> Iterator[Statement]:
    """The statements of a module's functions that read."""
    tree = ast.parse(source)
    constants, imported = constants_of(tree), imported_of(tree)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    for function in functions:
        filled = [node for node in ast.walk(function) if isinstance(node, ast.JoinedStr)]
        inside = {id(part) for node in filled for part in ast.walk(node)} - {id(node) for node in filled}
        for node in ast.walk(function):
            text = None
            # What is imported stands for a statement of its own in its module, and here for a part of one.
            if isinstance(node, ast.Name) and id(node) not in inside and node.id not in imported:
                text = constants.get(node.id)
            elif isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in inside:
                text = filled_in(node, constants)
            if text and re.search(r"\bSELECT\b", text):
                yield Statement(f"{module}.{function.name}", text)


def modules() -> Iterator[tuple[str, str]]:
    """(name, source) of all modules of core and bot."""
    for part in ("core", "bot"):
        for path in sorted((ROOT / part).rglob("*.py")):
            yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path.read_text(encoding="utf-8")


@cache
def found() -> list[Statement]:
    """All of them."""
    return [each for name, source in modules() for each in statements(source, name)]


def test_hidden_records_of_cohort_are_read_for_stored_figures_alone() -> None:
    sources = {each.where for each in found() if each.is_source}
    assert sources <= SOURCES.keys(), (
        "not for a figure, or without the condition that keeps hidden records out"
    )
    assert SOURCES.keys() <= sources, "not there any more"


def test_sources_are_called_by_their_figures_alone() -> None:
    for name, source in modules():
        used = used_functions(ast.parse(source))
        for where, (user, what) in SOURCES.items():
            module, _, function = where.rpartition(".")
            of_module = f"{module.rpartition('.')[2]}.{function}" in used or f"{module}.{function}" in used
            assert name in (user, module) or not of_module, f"{name}: {where} is for {what}"


def used_functions(tree: ast.Module) -> set[str]:
    """What a module uses of others, as "module.function" of what it calls, and in full of what it imports by name."""
    found = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{each.name}" for each in node.names}
    return found


def test_aggregates_over_hidden_tables_give_nothing_away() -> None:
    aggregates = {each.where for each in found() if each.is_aggregate}
    assert aggregates <= AGGREGATES.keys(), "say why the number gives nothing away, or make it a figure"
    assert AGGREGATES.keys() <= aggregates, "not there any more"


def test_search_finds_what_it_has_to() -> None:
    source = """
_OF = "FROM review v"
_COUNTED = f"SELECT count(*) {_OF}"

def all_of(conn, cohort):
    return conn.all("SELECT stage FROM submission WHERE cohort_id = :cohort", cohort=cohort)

def number(conn):
    return conn.value(_COUNTED)

def not_private(conn, cohort):
    return conn.all("SELECT s.stage FROM submission s WHERE s.visibility <> 'private' AND s.cohort_id = :cohort")

def own(conn, member):
    return conn.all("SELECT 1 FROM checkin k WHERE k.member_id = :member", member=member)
"""
    found = {each.where: (each.is_source, each.is_aggregate) for each in statements(source, "m")}
    assert found == {
        "m.all_of": (True, False),
        "m.number": (True, True),
        "m.not_private": (True, False),
        "m.own": (False, False),
    }
