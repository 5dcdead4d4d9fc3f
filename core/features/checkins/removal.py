"""`checkin remove`: a check-in goes for good, with its words and what the channels show of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, Once
from core.delivery import confirmation, outcomes
from core.features.checkins import days, records, sharing, texts
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of a check-in that shall go. `asked` says that its author is asked first; `posts` carry it out where it
    was shared, in `shown`."""

    asked: bool
    posts: Sequence[int] = ()
    shown: Sequence[int] = ()


@command("checkin remove", form="Remove a check-in", submit="Remove it", once=Once.REPEATS)
async def remove(
    call: Call,
    day: Annotated[date, Arg("The day of the check-in")],
    sure: Annotated[
        bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)
    ] = False,
) -> Reply:
    """Remove one of your check-ins for good."""
    which = days.day_of(call.scope, day)
    removed = await call.write(_remove, call.scope, call.member.id, which, sure)
    if removed.asked:
        return _ask(which)
    await confirmation.wait_for_all(call.core, removed.posts)
    shown = await call.read(outcomes.standings_of, removed.shown)
    if any(each.showing in texts.FAILED for each in shown):
        await call.write(outcomes.withdraw_notices, call.cohort.id, removed.posts, call.now)
    return Reply(texts.removed(which, shown), (texts.removed_buttons(which, shown),))


def _ask(day: date) -> Reply:
    text = say(
        "Shall your check-in of {day} go for good? Its words are deleted, and where it was shared it says only that you "
        "took it back. Nobody can bring it back.",
        day=day_words(day),
    )
    args = {"day": day.isoformat()}
    gone = Button("Remove it for good", "checkin remove", {**args, "sure": "yes"}, style=ButtonStyle.DANGER)
    return Reply(text, (Buttons((gone, Button("Show it first", "checkin show", args))),))


def _remove(conn: Conn, scope: Scope, member_id: int, day: date, sure: bool) -> Removed:
    if not records.is_done(conn, member_id, day) and (left := sharing.left_over(conn, scope, member_id, day)):
        return Removed(False, *sharing.take_down_again(conn, scope, member_id, left))
    found = records.editable(conn, scope, member_id, day)
    if not sure:
        return Removed(asked=True)
    posts, shown = sharing.take_down(conn, scope, found)
    records.remove(conn, scope.cohort.id, found.id)
    return Removed(False, posts, shown)
