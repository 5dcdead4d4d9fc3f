"""The stored figure of a cohort's anonymous papers, by how far they have come."""

from collections.abc import Mapping

from core.cohorts.counting import StandingFigure
from core.papers import queries
from core.papers.model import IN_THE_MAKING, UNDER_REVIEW, Stage
from core.store.port import Conn

CELLS: Mapping[str, tuple[Stage, ...]] = {
    "in the making": IN_THE_MAKING,
    "under review": UNDER_REVIEW,
    "decided": (
        *(Stage.ACCEPTED, Stage.REJECTED, Stage.DESK_REJECTED),
        *(Stage.WITHDRAWN, Stage.PUBLISHED),
    ),
}
"""The cells, by the words for them: coarser than stages, so that people stand together in them."""

_CELL = {stage.value: cell for cell, stages in CELLS.items() for stage in stages}


def _parts(conn: Conn, cohort_id: int) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for stage, owner, papers in queries.anonymous(conn, cohort_id):
        cell = found.setdefault(_CELL[stage], {})
        cell[owner] = cell.get(owner, 0) + papers
    return found


ANONYMOUS = StandingFigure("papers.anonymous", _parts)
"""How many anonymous papers there are in each cell."""


def anonymous_counts(conn: Conn, cohort_id: int) -> list[tuple[str, int]]:
    """What everybody may see of it, as (words of the cell, papers), in the order of a paper's life."""
    shown = ANONYMOUS.shown(conn, cohort_id)
    return [(cell, shown[cell]) for cell in CELLS if cell in shown]
