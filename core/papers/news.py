"""What happened to papers in a period, as the whole cohort may read of it. Plain SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.cohorts.members import name_sql, present_sql
from core.papers.model import UNDER_REVIEW, Stage, VenueEdition
from core.papers.queries import LATEST_ROUND
from core.store.port import Conn

TOLD = (Stage.SUBMITTED, Stage.ACCEPTED, Stage.PUBLISHED)
"""What is told by name, the best of it last. Rejections and withdrawals are their owners' to tell."""

_STILL_SO = {
    Stage.SUBMITTED: (*UNDER_REVIEW, Stage.ACCEPTED, Stage.PUBLISHED),
    Stage.ACCEPTED: (Stage.ACCEPTED, Stage.PUBLISHED),
    Stage.PUBLISHED: (Stage.PUBLISHED,),
}
"""At which stages a paper is now of which the news can still be told: it went on, and nothing was taken back."""


_SHOWN = "FROM submission v WHERE v.cohort_id = :cohort AND v.visible_at > :since AND v.visible_at <= :until"
"""The papers that were hidden and that the cohort came to see in a period: for the cohort they are new."""


@dataclass(frozen=True, slots=True)
class PaperNews:
    """A stage that a paper reached. `owner` is a name, `venue` where it happened, in words, empty where that is not
    known."""

    paper_id: int
    number: int
    title: str
    owner_id: int
    owner: str
    stage: Stage
    venue: str


def told_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> list[PaperNews]:
    """The best that happened to each open paper in a period, published ones first, then by number."""
    # Begun from what happened in the period, so that a digest costs the period and not the history.
    rows = conn.all(
        f"SELECT s.id, s.number, s.title, s.owner_id, s.stage AS now, {name_sql('s.owner_id')} AS owner, n.stage, n.shown,"
        " n.venue AS place, r.venue, r.year FROM (SELECT a.id, a.first_stage AS stage, NULL AS venue, 0 AS shown"
        " FROM submission a WHERE a.cohort_id = :cohort AND a.created_at > :since AND a.created_at <= :until UNION ALL"
        " SELECT e.submission_id, e.stage, e.venue, 0 FROM submission_event e WHERE e.cohort_id = :cohort"
        " AND e.stage_before <> e.stage AND e.at > :since AND e.at <= :until UNION ALL"
        f" SELECT v.id, v.stage, NULL, 1 {_SHOWN}) n"
        f" JOIN submission s ON s.id = n.id {LATEST_ROUND}"
        f" WHERE s.visibility = 'cohort' AND {present_sql('s.owner_id')} ORDER BY s.number",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    best: dict[int, PaperNews] = {}
    for row in rows:
        stage = Stage(row["stage"])
        if row["shown"] and stage in UNDER_REVIEW:  # how far it had come before it was shown
            stage = Stage.SUBMITTED
        if Stage(row["now"]) not in _STILL_SO.get(stage, ()):
            continue
        venue = row["place"] or str(VenueEdition(row["venue"] or "", row["year"]))
        news = PaperNews(row["id"], row["number"], row["title"], row["owner_id"], row["owner"], stage, venue)
        before = best.get(news.paper_id)
        if before is None or TOLD.index(before.stage) < TOLD.index(stage):
            best[news.paper_id] = news
    return sorted(best.values(), key=lambda news: TOLD.index(news.stage), reverse=True)


def still_told(conn: Conn, cohort_id: int, papers: Sequence[int]) -> set[int]:
    """Those of some papers that the whole cohort still sees."""
    found: set[int] = set()
    for paper in papers:
        row = conn.one(
            "SELECT s.id FROM submission s WHERE s.id = :paper AND s.cohort_id = :cohort"
            f" AND s.visibility = 'cohort' AND {present_sql('s.owner_id')}",
            paper=paper,
            cohort=cohort_id,
        )
        found |= {row["id"]} if row else set()
    return found


def moved_between(
    conn: Conn, cohort_id: int, since: datetime, until: datetime
) -> list[tuple[Stage | None, Stage]]:
    """The papers that the whole cohort sees and that came or moved in a period, each as the stage at which it was before,
    None for a new one, and the one at which it is now."""
    rows = conn.all(
        "SELECT n.id, n.before, s.stage FROM (SELECT a.id, NULL AS before, 0 AS event FROM submission a"
        " WHERE a.cohort_id = :cohort AND a.created_at > :since AND a.created_at <= :until UNION ALL"
        f" SELECT v.id, NULL, 0 {_SHOWN} UNION ALL"
        " SELECT e.submission_id, e.stage_before, e.id FROM submission_event e WHERE e.cohort_id = :cohort"
        " AND e.stage_before <> e.stage AND e.at > :since AND e.at <= :until) n JOIN submission s ON s.id = n.id"
        f" WHERE s.visibility = 'cohort' AND {present_sql('s.owner_id')} ORDER BY n.event",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    first: dict[int, tuple[Stage | None, Stage]] = {}
    for row in rows:
        before = Stage(row["before"]) if row["before"] else None
        first.setdefault(row["id"], (before, Stage(row["stage"])))
    return list(first.values())
