"""What review duties put on a member's page and into their calendar."""

from collections.abc import Sequence
from datetime import datetime

from core.chat.model import Button
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import calendar_source, home_section
from core.commands.spec import CalendarEntry, HomePart
from core.features.duties import records, texts
from core.store.port import Conn

_MOST, _SOON = 3, 14


@home_section("duties", order=35)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart | None:
    """The reviews that are late, or due within two weeks."""
    today = records.today_of(scope)
    ahead = [each for each in records.of_member(conn, member.id) if each.done_on is None]
    soon = [each for each in ahead if each.days_left(today) <= _SOON][:_MOST]
    if not ahead:
        return None
    return HomePart(
        tuple(texts.line(each, today) for each in soon), buttons=(Button("Review duties", "duty list"),)
    )


@calendar_source("duties")
def entries(conn: Conn, _cohort: Cohort, member: Member | None, _now: datetime) -> Sequence[CalendarEntry]:
    """A member's open duties, each on its date; none for the cohort's calendar."""
    duties = records.of_member(conn, member.id) if member else []
    return [
        CalendarEntry(
            f"duty:{each.number}", f"Due: {texts.what(each)}", day=each.due_on, last_day=each.due_on
        )
        for each in duties
        if each.done_on is None
    ]
