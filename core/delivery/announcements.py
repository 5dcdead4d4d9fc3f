"""What is said to a whole cohort: posted in its own channels for that, wherever the command was typed, and the caller
is told where. Where a command is typed in such a channel, its answer stands there already."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chat.text import Text, join, say
from core.cohorts import places
from core.cohorts.model import Scope
from core.commands.dispatch import Call
from core.delivery import confirmation, outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding, Showing
from core.delivery.outlet import Target
from core.store.port import Conn


def announce(
    conn: Conn, scope: Scope, kind: str, purpose: str, key: str, data: Mapping[str, Any]
) -> list[int]:
    """Post something in the cohort's channels for a purpose, once for a key. Returns the posts."""
    written = []
    for place in places.places_for(conn, scope.cohort.id, purpose):
        target = Target.place(place)
        asked_by = scope.member.id if scope.member else None
        post = NewPost(scope.cohort.id, f"{key}:{target.key}", kind, data, target, asked_by=asked_by)
        written.append(outbox.enqueue(conn, post, scope.now))
    return [each for each in written if each is not None]


async def where(call: Call, posts: Sequence[int]) -> Text:
    """Where an announcement stands, as far as a moment tells."""
    await confirmation.wait_for_all(call.core, posts)
    found = await call.read(outcomes.standings_of, posts)
    failed = [each for each in found if each.showing in (Showing.NOWHERE, Showing.UNKNOWN)]
    if failed:
        await call.write(outcomes.withdraw_notices, call.cohort.id, posts, call.now)
    return _words(found, failed)


def _words(found: Sequence[PostStanding], failed: Sequence[PostStanding]) -> Text:
    there = ", ".join(each.place for each in found if each.showing is Showing.SHOWN)
    coming = ", ".join(each.place for each in found if each.showing is Showing.COMING)
    lines = []
    if there:
        lines.append(say("The cohort reads it in **{where}**.", where=there))
    if coming:
        lines.append(say("I am posting it in **{where}**, and tell you if that fails.", where=coming))
    for each in failed:
        text = {
            Showing.NOWHERE: "I could not post it in **{where}**: {why}",
            Showing.UNKNOWN: "I cannot tell whether it arrived in **{where}**. Please look there. {why}",
        }[each.showing]
        lines.append(say(text, where=each.place, why=each.reason))
    if not found:
        lines.append(say("There is no channel where I could post it, so nobody else has read it."))
    return join(lines)
