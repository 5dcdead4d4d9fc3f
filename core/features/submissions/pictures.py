"""The digest's picture of papers: how far they have come, with what moved in the period."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.charts.canvas import Chart
from core.charts.stages import StageRow, stages
from core.chat.text import enumerated
from core.cohorts.model import Cohort
from core.commands.decorators import news_picture
from core.papers import news, queries
from core.papers.model import IN_THE_MAKING, UNDER_REVIEW, Stage
from core.store.port import Conn

_ROWS: Mapping[str, tuple[str, tuple[Stage, ...]]] = {
    "in the making": ("begun", IN_THE_MAKING),
    "under review": ("sent to review", UNDER_REVIEW),
    "accepted": ("accepted or published", (Stage.ACCEPTED, Stage.PUBLISHED)),
    "not this time": ("", (Stage.REJECTED, Stage.DESK_REJECTED, Stage.WITHDRAWN)),
}
"""The rows, each with what is said of a paper that came there. What was turned down is its owner's to tell, so that no
paper arrives there."""
_LEAST_PAPERS = 3
"""Of fewer papers the lines of the digest say all."""


def draw(data: Mapping[str, Any]) -> Chart:
    """The picture from what is kept of it."""
    rows = [StageRow(label, papers, arrived) for label, papers, arrived in data["rows"]]
    told = [f"{each.arrived:,} {_ROWS[each.label][0]}" for each in rows if each.arrived]
    return stages(f"In this period: {enumerated(told)}", rows)


@news_picture("papers", order=10, draw=draw)
def write(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> Mapping[str, Any] | None:
    """The papers that the cohort sees, by row; None where none has moved."""
    counted = queries.stage_counts(conn, cohort.id)
    arrived = dict.fromkeys(_ROWS, 0)
    for before, now in news.moved_between(conn, cohort.id, since, until):
        row = _row_of(now)
        if before is None or (row != _row_of(before) and row != "in the making"):
            arrived[row] += 1
    arrived["not this time"] = 0
    rows: list[tuple[str, int, int]] = []
    for label, (_, of) in _ROWS.items():
        papers = sum(counted.get(stage.value, 0) for stage in of)
        rows.append((label, papers, min(arrived[label], papers)))
    shown = [each for each in rows if each[1]]
    total, moved = (sum(count) for count in ([each[1] for each in shown], [each[2] for each in shown]))
    return {"rows": shown} if moved and len(shown) > 1 and total >= _LEAST_PAPERS else None


def _row_of(stage: Stage) -> str:
    return next(label for label, (_, of) in _ROWS.items() if stage in of)
