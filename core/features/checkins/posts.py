"""What is posted of check-ins: the daily call, and what members shared."""

from datetime import date, datetime
from typing import Any

from core.chat.model import Reply
from core.chat.text import say
from core.clock import day_words, local_date
from core.cohorts.model import Cohort, Member
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.checkins import days, records, sharing, texts
from core.features.checkins.records import CALL, OPENER, SHARED
from core.store.port import Conn


@schedule(
    "checkin", label="check-in call", help="calls for check-ins", post=CALL, purpose="checkins", personal=True
)
def call_for_checkins(_conn: Conn, _cohort: Cohort, day: date, _at: datetime) -> dict[str, Any]:
    return {"day": day.isoformat()}


def _is_obsolete(conn: Conn, post: Post, member: Member, now: datetime) -> bool:
    """Whether the call is of an earlier day, or its reader has answered it."""
    day = date.fromisoformat(post.data["day"])
    over = day < local_date(now, member.zone or post.cohort.zone)
    return over or records.of_day(conn, member.id, day) is not None


@post(CALL, label="check-in call", is_obsolete=_is_obsolete, purpose="checkins")
async def render_call(_core: Core, post: Post) -> Reply:
    day = date.fromisoformat(post.data["day"])
    late = " I was away when this was due, so it comes late." if post.late else ""
    text = say(
        "**Check-in, {day}.** What moved, what did you learn, what is in the way? A few words are enough, and "
        "you choose who sees them.{late}",
        day=day_words(day),
        late=late,
    )
    return Reply(text, (days.call_buttons(day),))


@post(OPENER, label="head of a day's check-ins", purpose="checkins")
async def render_opener(_core: Core, post: Post) -> Reply:
    """The head of a day's thread where no call was posted."""
    day = date.fromisoformat(post.data["day"])
    return Reply(
        say("**Check-ins of {day}** are in this thread.", day=day_words(day)), (days.call_buttons(day),)
    )


async def unsent(core: Core, post: Post) -> Reply:
    """Tells an author how a check-in stands that could not be shared, changed or taken back."""
    found = await core.store.read(records.by_id, post.data["checkin"])
    posted = await core.store.read(sharing.standings, post.cohort, post.data["checkin"])
    if found is None:
        return Reply(texts.still_shown(posted))
    head = f"Your check-in of {day_words(found.day)} is kept"
    return Reply(texts.standing(head, found.answers.shared, posted), (texts.buttons(found, posted),))


@post(SHARED, label="check-in", editable=True, purpose="checkins", unsent=unsent)
async def render_shared(core: Core, post: Post) -> Reply:
    """A check-in as others see it; after it was made private again, only that."""
    found = await core.store.read(records.by_id, post.data["checkin"])
    if found is None or found.skipped or not found.answers.shared:
        return Reply("This check-in was taken back by its author.")
    return Reply(say("**{name}** checked in.", name=found.name), (texts.fields(found),))
