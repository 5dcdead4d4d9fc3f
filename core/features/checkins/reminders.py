"""One word in the evening about a check-in that was called for and not given, to those who asked for that."""

from datetime import date, datetime, time, timedelta

from core.chat.model import Reply
from core.chat.text import say
from core.clock import day_words, local_date, to_instant
from core.cohorts import directory, members
from core.cohorts.model import Cohort
from core.cohorts.people import NoticeKind
from core.commands.decorators import post, timer
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import asked_for, outbox, timers
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.checkins import days, records
from core.features.checkins.records import CALL
from core.store.port import Conn

KIND = "checkins.reminder"
WALL = time(17, 0)
"""The hour of the reader's day at which somebody is reminded."""
TOO_LATE = timedelta(hours=3)
"""After that the evening has begun without it."""
NO_CALLS = timedelta(days=7)
"""Without a call for so long nobody is reminded until the next one comes."""


def plan(conn: Conn, cohort: Cohort, now: datetime) -> None:
    """Set the timer of a cohort in which a call has come to the next late afternoon of any of its members, where somebody
    asked to be reminded."""
    wanted = asked_for.chosen(conn, cohort.id, REMINDERS).n > 0
    zones = (members.zones(conn, cohort) or [cohort.zone]) if wanted else []
    timers.set_timer(conn, cohort.id, KIND, min((_hours(now, each)[1] for each in zones), default=None), now)


def _go_on(conn: Conn, cohort: Cohort, now: datetime) -> None:
    """Plan it where there was a call of late."""
    latest = outbox.latest_slot(conn, cohort.id, CALL, now)
    if latest is not None and latest > now - NO_CALLS:
        plan(conn, cohort, now)


REMINDERS = NoticeKind("checkin-reminders", "reminders of check-ins not given", asked_for=True, begins=_go_on)


def _hours(at: datetime, zone: str) -> tuple[datetime, datetime]:
    """The last such hour of a zone up to an instant, and the next one."""
    day = local_date(at, zone)
    near = [to_instant(day + timedelta(days=n), WALL, zone) for n in (-1, 0, 1)]
    return max(each for each in near if each <= at), min(each for each in near if each > at)


@timer(KIND, label="reminders of check-ins")
def send(conn: Conn, cohort: Cohort, since: datetime, now: datetime) -> None:
    """Remind those whose hour has come after `since` of a call of today or yesterday that they neither answered nor sat
    out, once a call."""
    for reached in directory.recipients(conn, cohort, now, notice=REMINDERS):
        zone = reached.zone or cohort.zone
        at, _ = _hours(now, zone)
        if not since < at or now - at > TOO_LATE:
            continue
        member = members.member_of(conn, cohort.id, reached.person_id)
        if member is None:
            continue
        before = local_date(at, zone) - timedelta(days=2)
        called = outbox.later_day(conn, cohort.id, CALL, before, reached.person_id, at)
        if called is None or records.of_day(conn, member.id, called) is not None:
            continue
        key, data = f"{KIND}:{member.id}:{called.isoformat()}", {"day": called.isoformat()}
        target = Target.person(reached)
        reminder = NewPost(cohort.id, key, KIND, data, target, slot_at=at, day=called, paced=True)
        outbox.enqueue(conn, reminder, now)
    _go_on(conn, cohort, now)


@post(KIND, label="reminder of a check-in", is_obsolete=days.is_settled, purpose="checkins", notice=REMINDERS)
async def render(_core: Core, sent: Post) -> Reply:
    """The call once more, to one person."""
    day = date.fromisoformat(sent.data["day"])
    text = say(
        "**Check-in, {day}**: yours is not given yet. A line is enough, and sitting out is fine too. You asked to be "
        "reminded; {/profile reminders} ends that.",
        day=day_words(day),
    )
    return Reply(text, (days.call_buttons(day),))
