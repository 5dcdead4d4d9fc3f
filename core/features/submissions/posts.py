"""What the digest says of papers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.chat.model import Button
from core.chat.text import say
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.news import MOST_LINES, NewsLine, SectionPart
from core.features.submissions.texts import place, stage
from core.papers import hidden, news, queries
from core.papers.model import Stage
from core.papers.news import PaperNews
from core.store.port import Conn

ABOUT = "submission:"
"""How what the digest says of a paper names it, before the paper's id."""


def still(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> Collection[str]:
    """The papers that the cohort sees yet."""
    ids = {int(each.removeprefix(ABOUT)): each for each in abouts}
    return [ids[each] for each in news.still_told(conn, cohort.id, list(ids))]


@section("papers", order=10, heading="Decisions and submissions", still=still)
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """What was submitted, accepted and published, by name where the whole cohort sees the paper."""
    found = news.told_between(conn, cohort.id, since, until)
    lines = tuple(map(_line, found[:MOST_LINES]))
    return SectionPart(lines, len(found) - len(lines), Button("All papers", "submission list"))


def _line(told: PaperNews) -> NewsLine:
    text = say(
        "“{title}”, {stage}{at}{mark}",
        title=told.title,
        stage=stage(told.stage),
        at=place(told.stage, told.venue),
        mark=" 🎉" if told.stage in (Stage.ACCEPTED, Stage.PUBLISHED) else "",
    )
    opens = Button("Open", "submission show", {"paper": str(told.number)})
    return NewsLine(told.owner, text, f"{ABOUT}{told.paper_id}", told.owner_id, opens)


@section("papers in numbers", order=90, heading="In numbers", figures=(hidden.ANONYMOUS,), quiet=True)
def write_numbers(conn: Conn, cohort: Cohort, _since: datetime, _until: datetime) -> SectionPart | None:
    """Counts by stage over the papers that the cohort sees, and the stored figure of anonymous ones."""
    counted = queries.stage_counts(conn, cohort.id)
    anonymous = hidden.anonymous_counts(conn, cohort.id)
    lines = []
    if counted:
        words = ", ".join(f"{counted[each.value]:,} {stage(each)}" for each in Stage if each.value in counted)
        lines.append(NewsLine("Papers", words))
    if anonymous:
        words = ", ".join(f"{n:,} {cell}" for cell, n in anonymous)
        lines.append(NewsLine("Anonymous papers, counted without names", words))
    return SectionPart(tuple(lines))
