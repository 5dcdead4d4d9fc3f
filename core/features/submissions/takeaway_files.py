"""Papers in files that people take along: a member's own with their way, and those that the cohort sees."""

from collections.abc import Sequence

from core.chat.files import markdown
from core.clock import day_words
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import cohort_table, member_record
from core.features.submissions import texts
from core.papers import history, queries
from core.papers.history import PaperField
from core.papers.model import Stage, VenueEdition
from core.papers.queries import PaperFilter
from core.store.port import Conn

_MOST = 10_000
"""Papers in one file: more than anybody may keep."""


@member_record("Papers", order=10)
def own_papers(conn: Conn, scope: Scope, member: Member) -> Sequence[str]:
    """Each paper with the stages that it went through."""
    lines: list[str] = []
    for row in queries.page_visible(conn, scope, PaperFilter(owner=member), 0, _MOST):
        lines += ["", f"### {markdown(row['title'])} (#{row['number']})", ""]
        for event in history.events(conn, scope, row["id"]):
            if event["field"] == PaperField.STAGE and event["stage"]:
                venue = f", {markdown(event['venue'])}" if event["venue"] else ""
                lines.append(f"- {day_words(event['day'])}: {texts.stage(Stage(event['stage']))}{venue}")
                lines += [f"  {line}" for line in markdown(event["note"] or "").splitlines()]
        stage = texts.stage(Stage(row["stage"]))
        at = texts.place(Stage(row["stage"]), str(VenueEdition(row["venue"] or "", row["year"])))
        lines.append(f"- Now: {stage}{markdown(at)}")
    return lines


@cohort_table("papers", "number", "title", "stage", "venue", "year", "owner", "link")
def shown_papers(conn: Conn, cohort: Cohort) -> Sequence[Sequence[str | int | None]]:
    """The papers that the whole cohort sees, with the conference that each was sent to last."""
    rows = queries.shown_to_all(conn, cohort.id)
    return [
        tuple(row[name] for name in ("number", "title", "stage", "venue", "year", "owner", "link"))
        for row in rows
    ]
