"""What is posted of check-ins: the daily call, and what members shared."""

from datetime import date, datetime
from typing import Any

from core.chat.model import Block, Button, Buttons, Reply
from core.chat.text import join, say
from core.clock import day_words
from core.cohorts import members
from core.cohorts.model import Cohort, Member
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import asked_for, sent
from core.features.checkins import answered, closing, days, records, reminders, sharing, texts
from core.features.checkins.blockers import Blocker, in_the_way
from core.features.checkins.offers import HELP, OFFER, OFFERED
from core.features.checkins.records import CALL, CALLS, OPENER, SHARED, Checkin
from core.store.port import Conn


def _after_call(conn: Conn, cohort: Cohort, day: date, at: datetime) -> None:
    """The call before it is closed, and whoever asked for it is reminded in the evening."""
    closing.close_before(conn, cohort, day, at)
    reminders.plan(conn, cohort, at)


@schedule(
    "checkin",
    label="check-in call",
    help="calls for check-ins",
    post=CALL,
    purpose="checkins",
    personal=True,
    then=_after_call,
)
def call_for_checkins(_conn: Conn, _cohort: Cohort, day: date, _at: datetime) -> dict[str, Any]:
    return {"day": day.isoformat()}


YOURS = say("You asked to be called here; {/profile reminders} ends that.")
ASK = say("I call you by direct message too, by your own clock, if you ask for it.")
CALL_ME = Button("Call me directly", "profile reminders", {"on": "yes", "kind": CALLS.key})


@post(
    CALL,
    label="check-in call",
    is_obsolete=days.is_settled,
    purpose="checkins",
    notice=CALLS,
    closes=lambda data: {"day": data["day"], "over": True},
)
async def render_call(core: Core, post: Post) -> Reply:
    day = date.fromisoformat(post.data["day"])
    if post.data.get("over"):
        return Reply(closing.over(day))
    if post.data.get("closed"):
        return await _closed(core, post.cohort, day)
    target = await core.read(post.cohort.id, sent.target_of_post, post.id)
    direct = target is not None and target.direct
    late = " I was away when this was due, so it comes late." if post.late else ""
    text = say(
        "**Check-in, {day}.** What moved, what did you learn, what is in the way? A few words are enough, and "
        "you choose who sees them.{late}",
        day=day_words(day),
        late=late,
    )
    if direct:
        return Reply(join([text, YOURS]), (days.call_buttons(day),))
    if await core.read(post.cohort.id, asked_for.is_sent, post.cohort.id, "checkin"):
        return Reply(join([text, ASK]), (Buttons((*days.call_buttons(day).items, CALL_ME)),))
    return Reply(text, (days.call_buttons(day),))


@post(OPENER, label="head of a day's check-ins", purpose="checkins")
async def render_opener(core: Core, post: Post) -> Reply:
    """The head of a day's thread where no call was posted."""
    day = date.fromisoformat(post.data["day"])
    if post.data.get("closed"):
        return await _closed(core, post.cohort, day)
    return Reply(
        say("**Check-ins of {day}** are in this thread.", day=day_words(day)), (days.call_buttons(day),)
    )


async def _closed(core: Core, cohort: Cohort, day: date) -> Reply:
    """A call once the next one has come."""
    return Reply(closing.words(day, await core.read(cohort.id, records.sharers, cohort.id, day)))


def _own(conn: Conn, checkin_id: int) -> Checkin | None:
    found = records.by_id(conn, checkin_id)
    return answered.own(conn, found) if found else None


def _as_shared(conn: Conn, checkin_id: int) -> Checkin | None:
    found = records.by_id(conn, checkin_id)
    return answered.by_cohort(conn, found) if found else None


async def unsent(core: Core, post: Post) -> Reply:
    """Tells an author how a check-in stands that could not be shared, changed or taken back."""
    found = await core.read(post.cohort.id, _own, post.data["checkin"])
    posted = await core.read(post.cohort.id, sharing.standings, post.cohort, post.data["checkin"])
    if found is None:
        told = texts.still_shown(posted)
        day = post.data.get("day")  # what was posted before has none
        return Reply(told, (texts.removed_buttons(date.fromisoformat(day), posted),)) if day else Reply(told)
    head = f"Your check-in of {day_words(found.day)} is kept"
    return Reply(texts.standing(head, found, posted), (texts.buttons(found, posted),))


@post(SHARED, label="check-in", editable=True, purpose="checkins", unsent=unsent)
async def render_shared(core: Core, post: Post) -> Reply:
    """A check-in as others see it; after it was made private again, only that."""
    found = await core.read(post.cohort.id, _as_shared, post.data["checkin"])
    if found is None or found.skipped or not found.answers.shared:
        return Reply("This check-in was taken back by its author.")
    blocks: tuple[Block, ...] = (texts.fields(found),)
    if found.stuck:
        blocks = (
            *blocks,
            Buttons((Button("I can help", "checkin offer", {"blocker": Blocker(found).value}),)),
        )
    late = ", late" if found.late else ""
    return Reply(say("**{name}** checked in{late}.", name=found.name, late=late), blocks)


async def _offer(core: Core, post: Post) -> tuple[Checkin, Member] | None:
    """The check-in and the helper that a post is about; None where one of them is gone."""
    found = await core.read(post.cohort.id, records.by_id, post.data["checkin"])
    helper = await core.read(post.cohort.id, members.by_id, post.cohort.id, post.data["member"])
    return (found, helper) if found is not None and helper is not None else None


@post(OFFER, label="word on who can help", editable=True, purpose="checkins")
async def render_offer(core: Core, post: Post) -> Reply:
    """Says in a day's thread who can help whom, as long as what is in the way is shared there."""
    about = await _offer(core, post)
    if about is None or not about[0].answers.shared or not records.is_stuck(about[0].answers):
        return Reply("What this was about was taken back by its author.")
    found, helper = about
    solved = "" if found.stuck else " It is solved."
    text = say(
        "**{helper}** can help **{name}** with what is in the way.{solved}",
        helper=helper.name,
        name=found.name,
        solved=solved,
    )
    return Reply(text)


@post(OFFERED, label="word on who can help", notice=HELP)
async def render_offered(core: Core, post: Post) -> Reply:
    """Tells an author alone who can help."""
    about = await _offer(core, post)
    if about is None or not records.is_stuck(about[0].answers):
        return Reply("Somebody could help with what was in your way; it is not in your check-in any more.")
    found, helper = about
    text = say(
        "**{helper}** can help with what is in your way since {day}:\n> {blocker}\nWrite to each other; nobody else was "
        "told.",
        helper=helper.name,
        day=day_words(found.day),
        blocker=in_the_way(found),
    )
    solved = Button("It is solved", "checkin solved", {"day": found.day.isoformat()})
    return Reply(text, (Buttons((solved,)),))
