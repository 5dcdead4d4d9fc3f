"""Reminders of review duties: 7, 2 and 1 days ahead, and once when they are late, by direct message to their member."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.chat.model import Reply
from core.chat.text import join, say
from core.clock import local_date
from core.cohorts import directory, members
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands.decorators import post, timer
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import NotFound
from core.features.duties import records, texts
from core.features.duties.records import TIMER, Duty
from core.papers.destinations import Bound
from core.store.port import Conn

REMINDER = "duties.reminder"
NOTICE = NoticeKind("duties", "reminders of reviews you promised")


@timer(TIMER, label="reminder of a promised review")
def remind(conn: Conn, cohort: Cohort, _since: datetime, now: datetime) -> None:
    """Write the reminders whose moment has come, one of each duty, and set the timer to the next one."""
    for each in records.take_reminders(conn, cohort.id, cohort.zone, now):
        for reached in directory.recipients(conn, cohort, now, only=each.member, notice=NOTICE):
            target = Target.person(reached)
            day = local_date(now, reached.zone or cohort.zone)
            key = f"duty:{each.duty.id}:{each.duty.due_on.isoformat()}:{day.isoformat()}:{target.key}"
            data = {"duty": each.duty.number, "member": each.member, "due": each.duty.due_on.isoformat()}
            outbox.enqueue(conn, NewPost(cohort.id, key, REMINDER, data, target, discreet=True), now)
    records.set_timer(conn, cohort.id, now)


@dataclass(frozen=True, slots=True)
class _Reminder:
    duty: Duty
    papers: Sequence[Bound]
    today: date


def _read(conn: Conn, sent: Post, now: datetime) -> _Reminder | None:
    """The duty of a reminder as it is now; None where it is done, removed, or due on another date."""
    data: Mapping[str, Any] = sent.data
    member = members.by_id(conn, sent.cohort.id, data["member"])
    if member is None:
        return None
    scope = Scope(sent.cohort, member, now, local_date(now, sent.cohort.zone))
    try:
        duty = records.by_number(conn, scope, data["duty"])
    except NotFound:
        return None
    if duty.done_on is not None or duty.due_on.isoformat() != data["due"]:
        return None
    papers = records.papers_at(conn, sent.cohort.id, member.id, duty)
    return _Reminder(duty, papers, records.today_of(scope))


def _is_obsolete(conn: Conn, sent: Post, _member: Member, now: datetime) -> bool:
    return _read(conn, sent, now) is None


@post(REMINDER, label="reminder of reviews you promised", is_obsolete=_is_obsolete, notice=NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """The reminder, as the duty stands when it is sent."""
    found = await core.read(sent.cohort.id, _read, sent, core.clock.now())
    if found is None:
        return Reply(
            say("Reviews that I meant to remind you of are done, or due later. {/duty list} has the rest.")
        )
    duty, today = found.duty, found.today
    lines = [texts.head(duty, today)]
    if duty.is_late(today):
        lines.append(say("If they are sent, press Done; if they take longer, change the date."))
    return Reply(join([*lines, *texts.warning(duty, found.papers, today)]), (texts.buttons(duty),))
