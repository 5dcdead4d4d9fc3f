"""What check-ins put on a member's page."""

from datetime import date, timedelta

from core.chat.model import Button
from core.chat.text import Text, say
from core.clock import day_words
from core.cohorts.model import Member, Scope
from core.commands.decorators import home_section
from core.commands.spec import HomePart
from core.delivery import outbox
from core.features.checkins import answered, blockers, days, records, texts
from core.features.checkins.records import CALL, Checkin
from core.store.port import Conn

_RECENT = timedelta(days=7)
_SHOWN = 3
_WAITS = Button("What is in the way", "checkin blockers")


@home_section("check-ins", order=10)
def home(conn: Conn, scope: Scope, member: Member) -> HomePart:
    """The call that is not answered yet, or not all of it, what waits for mentors, and the last check-in."""
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
    stuck = _stuck(conn, scope, member)
    told = answered.for_mentors(conn, scope, scope.today - _RECENT, _SHOWN)
    lines = (*stuck, *map(texts.told_to_mentors, told))
    more = [_WAITS] if stuck else []
    more += (
        [Button("Read what is for mentors", "checkin show", {"day": told[0].day.isoformat()})] if told else []
    )
    asked = _left(conn, member, called or scope.today)
    if asked is not None:
        button = texts.left_button(asked)
        waits = say("{what} of {day}", what=button.label, day=day_words(asked.day))
        return HomePart((waits, *lines), own, (button, *more))
    if called is None or records.of_day(conn, member.id, called) is not None:
        return HomePart(lines, own, (Button("Check in", "checkin now"), *more))
    waits = say("The check-in of {day}", day=day_words(called))
    return HomePart((waits, *lines), own, (*days.call_buttons(called).items, *more))


def _left(conn: Conn, member: Member, day: date) -> Checkin | None:
    """The check-in of a day of which something is left to answer."""
    found = records.of_day(conn, member.id, day)
    found = answered.own(conn, found) if found and not found.skipped else None
    return found if found and found.left else None


def _stuck(conn: Conn, scope: Scope, member: Member) -> tuple[Text, ...]:
    """What is in the member's own way, and for a mentor what is in others'."""
    lines = [texts.still_in_the_way(each) for each in blockers.own(conn, member.id)[-_SHOWN:]]
    if member.mentor:
        others = blockers.of_others(conn, scope, 0, _SHOWN)
        more = blockers.count_of_others(conn, scope) - len(others)
        lines += [texts.still_in_others_way(each) for each in others]
        lines += [say("… and {n} more in others’ way", n=f"{more:,}")] if more else []
    return tuple(lines)
