"""What the reading list puts into calendars: one's own turns to present, and what the cohort reads when."""

from collections.abc import Sequence
from datetime import datetime

from core.cohorts.model import Cohort, Member
from core.commands.decorators import calendar_source
from core.commands.spec import CalendarEntry
from core.features.reading import turns
from core.features.reading.turns import Turn
from core.store.port import Conn

_MOST = 50


@calendar_source("talks")
def write(conn: Conn, cohort: Cohort, member: Member | None, _now: datetime) -> Sequence[CalendarEntry]:
    """The open turns that have a date: a member's own, or, for the cohort's calendar, which names nobody, all of them."""
    if member is not None:
        own = turns.open_turns_of(conn, cohort.id, member.id)
        return [_entry(each, f"turn:{each.id}", "You present") for each in own if each.day]
    found = turns.open_turns(conn, cohort.id, _MOST)
    return [_entry(each, f"reading:{each.item.id}", "Reading") for each in found if each.day]


def _entry(turn: Turn, subject: str, what: str) -> CalendarEntry:
    item = turn.item
    return CalendarEntry(
        subject,
        f"{what}: {item.name}",
        day=turn.day,
        last_day=turn.day,
        details=f"#{item.number} on the reading list.",
        link=item.address or "",
    )
