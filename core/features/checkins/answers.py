"""How the bot answers a change of a check-in: who reads it now, and what else can be said of it by a button."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.chat.model import Reply
from core.chat.text import Sayable, join
from core.cohorts.model import Scope
from core.commands.dispatch import Call
from core.delivery import confirmation, outcomes
from core.delivery.outcomes import PostStanding
from core.features.checkins import answered, records, sharing, texts
from core.features.checkins.records import Checkin
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Standing:
    """A check-in as its author reads it, and how it stands in the channels."""

    checkin: Checkin
    standings: Sequence[PostStanding]


async def answer(call: Call, day: date, posts: list[int], head: str, *more: Sayable) -> Reply:
    """How a check-in stands after a change, as far as a moment tells."""
    shown = await standing_after(call, day, posts)
    found = shown.checkin
    text = texts.standing(head, found, shown.standings)
    return Reply(
        join([text, *more, texts.word(found), texts.left_words(found)]), texts.rows(found, shown.standings)
    )


async def standing_after(call: Call, day: date, posts: list[int]) -> Standing:
    """How a check-in stands once these posts have gone, or a moment later."""
    await confirmation.wait_for_all(call.core, posts)
    shown = await call.read(_standing, call.scope, call.member.id, day)
    if any(each.showing in texts.FAILED for each in shown.standings):
        await call.write(outcomes.withdraw_notices, call.cohort.id, posts, call.now)
    return shown


def _standing(conn: Conn, scope: Scope, member_id: int, day: date) -> Standing:
    found = answered.own(conn, records.editable(conn, scope, member_id, day))
    return Standing(found, sharing.standings(conn, scope.cohort, found.id))
