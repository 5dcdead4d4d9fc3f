"""Requests for feedback in lists: which ones, of those that the caller may see, the oldest first. Plain SQL."""

from core.chat.model import LabelledEnum
from core.cohorts.model import Scope
from core.commands.paging import Page
from core.features.feedback import records
from core.features.feedback.model import FeedbackRequest
from core.store.port import Conn


class Which(LabelledEnum):
    """Which requests are listed."""

    OPEN = "open", "open: what waits for somebody"
    MINE = "mine", "mine: what I asked"
    HELPING = "helping", "helping: what I have taken"
    CLOSED = "closed", "closed: what is over"


_WHERE = {
    Which.OPEN: f"r.cohort_id = :cohort AND r.state = 'open' AND {records.READS}",
    Which.MINE: "+r.cohort_id = :cohort AND r.asker_id = :viewer AND r.state IN ('open', 'claimed')",
    Which.HELPING: "+r.cohort_id = :cohort AND r.helper_id = :viewer AND r.state = 'claimed'",
    Which.CLOSED: f"r.cohort_id = :cohort AND r.state = 'closed' AND {records.READS}",
}


def listed(conn: Conn, scope: Scope, which: Which, page: int) -> tuple[Page, list[FeedbackRequest]]:
    """A page of requests: the oldest first, and of what is over the newest."""
    values = records.viewer(scope)
    where = _WHERE[which]
    total = conn.value(f"SELECT count(*) FROM feedback_request r WHERE {where}", **values)
    shown = Page(page, total)
    order = "DESC" if which is Which.CLOSED else "ASC"
    rows = conn.all(
        f"SELECT {records.COLUMNS} FROM feedback_request r WHERE {where}"
        f" ORDER BY r.created_at {order}, r.id {order} LIMIT {shown.size} OFFSET {shown.start}",
        **values,
    )
    return shown, [records.of_row(row) for row in rows]
