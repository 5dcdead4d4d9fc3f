"""Word to who presents, in the middle between two prompts, and to nobody else."""

from datetime import date, datetime, timedelta

from core.chat.model import Reply
from core.chat.text import join, say
from core.clock import local, local_date, to_instant
from core.cohorts.model import Cohort, Member
from core.cohorts.people import NoticeKind
from core.commands.decorators import post, timer
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox, schedules, timers
from core.features.reading import handovers, listing, texts, turns
from core.features.reading.records import NUDGE, ReadingItem
from core.features.reading.turns import Turn
from core.store.port import Conn

TIMER = "reading.nudge"
SCHEDULE = "reading"
"""The kind of schedule that prompts."""
NUDGES = NoticeKind("nudges", "reminders of what you present")
_BY_HAND = timedelta(days=3)
"""How long after a prompt that no other one is planned to follow."""
_FRESH = timedelta(hours=24)
"""Whose turn came to them so lately needs no reminder of it."""


def plan(conn: Conn, cohort: Cohort, day: date, now: datetime) -> None:
    """A prompt was posted: set the timer to the date in the middle before the next one, at the same time of the day. None is
    set where prompts come daily, and where nothing is posted on that date."""
    following = _next_prompt(conn, cohort, now)
    pause = (following - local_date(now, cohort.zone)) // 2 if following else _BY_HAND
    middle = local_date(now, cohort.zone) + timedelta(days=pause.days)
    at = to_instant(middle, local(now, cohort.zone).time(), cohort.zone)
    wanted = pause.days > 0 and schedules.calendar(conn, cohort).open(middle)
    timers.set_timer(conn, cohort.id, TIMER, at if wanted else None, now)


def _next_prompt(conn: Conn, cohort: Cohort, now: datetime) -> date | None:
    calendar = schedules.calendar(conn, cohort)
    planned = (
        each.recurrence.next(now, each.zone, calendar.without(each.exceptions))
        for each in schedules.listed(conn, cohort.id)
        if each.kind == SCHEDULE and not each.paused
    )
    return min((each.day for each in planned if each is not None), default=None)


@timer(TIMER, label="reminder of what is presented")
def remind(conn: Conn, cohort: Cohort, _since: datetime, now: datetime) -> None:
    """Remind who presents what is read now, unless they are away or had it from somebody within the day."""
    today = local_date(now, cohort.zone)
    turn = _current(conn, cohort.id)
    if turn is None or not turn.presenter.available(today) or _next_prompt(conn, cohort, now) == today:
        return
    notice = outbox.find(conn, turns.notice_key(turn))
    told = outbox.data_of(conn, notice).get("at") if notice is not None else None
    if told is not None and now - datetime.fromisoformat(told) < _FRESH:
        return
    item = turn.item
    data = {"turn": turn.id, "number": item.number, "reference": item.name, "link": item.address}
    key = f"nudge:{turn.id}:{turn.revision}"
    handovers.send_direct(conn, cohort, turn.presenter.id, key, NUDGE, data, now, NUDGES)


def _current(conn: Conn, cohort_id: int) -> Turn | None:
    """The turn of what is read now."""
    now = listing.being_read(conn, cohort_id, -1)
    turn = turns.open_turn(conn, cohort_id, now.item) if now else None
    return turn if turn is not None and turn.day is not None else None


def _is_obsolete(conn: Conn, sent: Post, member: Member, now: datetime) -> bool:
    """Whether somebody else presents it by now, its week is over, or its presenter is away."""
    turn = _current(conn, sent.cohort.id)
    if turn is None or turn.id != sent.data["turn"] or turn.presenter.id != member.id:
        return True
    return not turn.presenter.available(local_date(now, sent.cohort.zone))


@post(NUDGE, label="reminder of what you present", is_obsolete=_is_obsolete, purpose="reading", notice=NUDGES)
async def render_nudge(_core: Core, sent: Post) -> Reply:
    """Reminds a presenter of their turn."""
    item = ReadingItem(-1, sent.data["number"], sent.data["reference"], link=sent.data["link"])
    text = join(
        [
            say("📖 You present {item} in {cohort}.", item=texts.inside(item), cohort=sent.cohort.name),
            say(
                "Three sentences and a question for the others are plenty. Too much just now? Pass it on; nobody minds."
            ),
        ]
    )
    return Reply(text, (texts.turn_buttons(item.number),))
