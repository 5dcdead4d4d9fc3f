"""The digest's picture of check-ins: eight weeks of those that were shared."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.charts.canvas import Chart
from core.charts.weeks import WeekBar, weeks
from core.clock import date_words, local_date
from core.cohorts import members
from core.cohorts.model import Cohort
from core.commands.decorators import news_picture
from core.features.checkins import records
from core.store.port import Conn

WEEKS = 8
_LEAST_WEEKS = 3
"""Weeks with shared check-ins from which on their bars tell something."""


def draw(data: Mapping[str, Any]) -> Chart:
    """The picture from what is kept of it."""
    return weeks([WeekBar(label, shared) for label, shared in data["weeks"]], data["people"], data["members"])


@news_picture("check-ins", order=20, draw=draw)
def write(conn: Conn, cohort: Cohort, _since: datetime, until: datetime) -> Mapping[str, Any] | None:
    """How many check-ins were shared in each of the last weeks, and by how many members in the last; None where there is no
    line in it yet, or nobody shared one in the last week. Private ones are never told by the week."""
    found = []
    for back in range(WEEKS - 1, -1, -1):
        end = until - timedelta(weeks=back)
        found.append((end, *records.shared_count(conn, cohort.id, end - timedelta(weeks=1), end)))
    people = found[-1][2]
    if not people or sum(1 for _, shared, _ in found if shared) < _LEAST_WEEKS:
        return None
    bars = [[date_words(local_date(end, cohort.zone), year=False), shared] for end, shared, _ in found]
    return {"weeks": bars, "people": people, "members": max(people, members.count(conn, cohort.id))}
