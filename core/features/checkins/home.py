"""What check-ins put on a member's page."""

from datetime import timedelta

from core.chat.model import Button
from core.chat.text import say
from core.clock import day_words
from core.cohorts.model import Member, Scope
from core.commands.decorators import home_section
from core.commands.spec import HomePart
from core.delivery import outbox
from core.features.checkins import days, records
from core.features.checkins.records import CALL
from core.store.port import Conn

_RECENT = timedelta(days=7)


@home_section("check-ins", order=10)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart:
    """The call that is not answered yet, and the last check-in."""
    called = outbox.later_day(conn, scope.cohort.id, CALL, scope.today - _RECENT, member.person_id, scope.now)
    last = records.recent(conn, member.id, 1)
    own = tuple(
        say(
            "Your last check-in: {day}{skipped}",
            day=day_words(each.day),
            skipped=", sat out" if each.skipped else "",
        )
        for each in last
    )
    if called is None or records.of_day(conn, member.id, called) is not None:
        return HomePart(own=own, buttons=(Button("Check in", "checkin now"),))
    waits = say("The check-in of {day}", day=day_words(called))
    return HomePart((waits,), own, days.call_buttons(called).items)
