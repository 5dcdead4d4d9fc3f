"""The papers' part of the digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.chat.text import Text, join, say, shorten
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.spec import SectionPart
from core.features.submissions.lists import FEWEST
from core.features.submissions.texts import place, stage
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn

NEWS = (Stage.SUBMITTED, Stage.ACCEPTED, Stage.PUBLISHED)
"""What the digest tells by name. Rejections and withdrawals are their owners' to tell."""

SHOWN = 10

_COUNTED = "s.cohort_id = :cohort AND s.visibility <> 'private'"


@section("papers", order=10)
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """Counts by stage over the cohort's papers that are not private, and good news about its open ones."""
    counts = _counts(conn, cohort.id)
    told = _news(conn, cohort.id, since, until)
    if not counts and not told:
        return None
    lines: list[Text] = []
    if counts:
        words = ", ".join(f"{n} {label}" for label, n in counts)
        lines.append(say("Papers on their way: {counts}.", counts=words))
    lines += [_line(each) for each in told[:SHOWN]]
    if len(told) > SHOWN:
        lines.append(say("… and news about {n} more.", n=len(told) - SHOWN))
    return SectionPart(join(lines), tuple(counts))


def _counts(conn: Conn, cohort_id: int) -> list[tuple[str, int]]:
    """Papers by stage, each number standing for at least `FEWEST` people. Stages with fewer are counted
    together, and left out where even so there are too few."""
    rows = conn.all(
        "SELECT s.stage, count(*) AS n, count(DISTINCT s.owner_id) AS people FROM submission s"
        f" WHERE {_COUNTED} GROUP BY s.stage HAVING count(DISTINCT s.owner_id) >= {FEWEST}",
        cohort=cohort_id,
    )
    shown = {row["stage"]: row["n"] for row in rows}
    counts = [(stage(each), shown[each.value]) for each in Stage if each.value in shown]
    rest = conn.all(
        f"SELECT s.stage, s.owner_id, count(*) AS n FROM submission s WHERE {_COUNTED}"
        " GROUP BY s.stage, s.owner_id",
        cohort=cohort_id,
    )
    others = [row for row in rest if row["stage"] not in shown]
    if len({row["owner_id"] for row in others}) >= FEWEST:
        counts.append(("papers elsewhere" if counts else "papers in all", sum(row["n"] for row in others)))
    return counts


@dataclass(frozen=True, slots=True)
class News:
    """The latest good news about one open paper."""

    title: str
    owner: str
    stage: Stage
    venue: VenueEdition


def _news(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> Sequence[News]:
    """Papers that moved in the period and stand at a stage worth telling, the latest move first."""
    rows = conn.all(
        "SELECT s.id, s.title, s.stage, p.name, r.venue, r.year FROM submission s"
        " JOIN member m ON m.id = s.owner_id JOIN person p ON p.id = m.person_id"
        " LEFT JOIN submission_round r ON r.id ="
        " (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = s.id)"
        " WHERE s.cohort_id = :cohort AND s.visibility = 'cohort' AND m.left_at IS NULL"
        " AND ((s.first_stage = s.stage AND s.created_at >= :since AND s.created_at < :until)"
        " OR EXISTS (SELECT 1 FROM submission_event e WHERE e.submission_id = s.id AND e.stage = s.stage"
        " AND e.stage_before <> e.stage AND e.at >= :since AND e.at < :until))"
        " ORDER BY s.number",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    found = [
        News(row["title"], row["name"], Stage(row["stage"]), VenueEdition(row["venue"] or "", row["year"]))
        for row in rows
    ]
    told = [each for each in found if each.stage in NEWS]
    return sorted(told, key=lambda each: NEWS.index(each.stage), reverse=True)


def _line(news: News) -> Text:
    mark = {Stage.ACCEPTED: "🎉 ", Stage.PUBLISHED: "🎉 "}.get(news.stage, "")
    at = place(news.stage, str(news.venue))
    return say("- {mark}“{title}” by {owner}: {stage}{at}", mark=mark, title=shorten(news.title, 100),
               owner=news.owner, stage=stage(news.stage), at=at)  # fmt: skip
