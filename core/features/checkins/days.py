"""The days that check-ins belong to: a call's button answers that call until the next one comes. Plain SQL."""

from datetime import date, datetime, timedelta

from core.chat.model import Button, Buttons, ButtonStyle
from core.chat.text import say
from core.clock import day_words, weekday_words
from core.cohorts.model import Member, Scope
from core.commands.spec import Post
from core.delivery import outbox
from core.errors import BadInput, OutOfDate
from core.features.checkins import own_day, records
from core.features.checkins.records import CALL
from core.store.port import Conn


def day_of(scope: Scope, given: date | None) -> date:
    """The day that is meant. Raises `BadInput` for one that is still to come everywhere."""
    if given is None:
        return own_day.today(scope)
    if given > scope.today + timedelta(days=1):  # a member's own clock may be ahead of the cohort's
        raise BadInput(
            say("{day} is still to come. Please name a day until today.", day=day_words(given)), field="day"
        )
    return given


def require_open(conn: Conn, scope: Scope, day: date | None) -> None:
    """Raises `OutOfDate`, with buttons for the day that it is now, where the call of a day is over."""
    if day is None or (newest := _closed_by(conn, scope, day)) is None:
        return
    head = say(
        "That was the call of {day}, and it is over. Now it is {newest}: shall it be for that day?",
        day=day_words(day),
        newest=day_words(newest),
    )
    weekday = weekday_words(newest)
    raise OutOfDate(head, blocks=(call_buttons(newest, f"Check in for {weekday}", f"Sit {weekday} out"),))


def _closed_by(conn: Conn, scope: Scope, day: date) -> date | None:
    """The day that a call is for since that of `day` is over, None while it is open."""
    person = scope.member.person_id if scope.member else -1
    later = outbox.later_day(conn, scope.cohort.id, CALL, day, person, scope.now)
    if later is not None:
        return later
    called = outbox.has_day(conn, scope.cohort.id, CALL, day)
    today = own_day.today(scope)
    return None if called or day >= today else today


def is_settled(conn: Conn, post: Post, member: Member, now: datetime) -> bool:
    """Whether what asks a member for a day's check-in has no point any more: the next call has come, or they answered."""
    day = date.fromisoformat(post.data["day"])
    later = outbox.later_day(conn, post.cohort.id, CALL, day, member.person_id, now)
    return later is not None or records.of_day(conn, member.id, day) is not None


def call_buttons(day: date, check_in: str = "Check in", skip: str = "Not today") -> Buttons:
    """The buttons of a day's call."""
    args = {"day": day.isoformat()}
    return Buttons(
        (
            Button(check_in, "checkin now", args, style=ButtonStyle.PRIMARY),
            Button(skip, "checkin skip", args),
        )
    )
