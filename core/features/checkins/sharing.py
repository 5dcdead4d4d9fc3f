"""What the channels show of a check-in: it is posted in its day's thread, changed there, taken back. Plain SQL.

Whether a check-in is shared is what its author wants (`shared` of the record); how far the channels show that is
asked of the outbox, and nothing is called shared or taken back before it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from core.chat.text import say
from core.cohorts import places
from core.cohorts.model import Cohort, Scope
from core.delivery import outbox, outcomes, post_lines
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding, Showing
from core.delivery.outlet import Target
from core.errors import BadInput
from core.features.checkins import blockers, closing, offers, records, threads
from core.features.checkins.records import SHARED, Checkin
from core.store.port import Conn


def standings(conn: Conn, cohort: Cohort, checkin_id: int) -> list[PostStanding]:
    """How a check-in stands in the channels in which it was shared."""
    return outcomes.standings(conn, cohort.id, SHARED, _about(checkin_id))


def change(conn: Conn, scope: Scope, member_id: int, day: date, *, shared: bool) -> list[int]:
    """Share a check-in, or take it back. Returns the posts that carry it out. Raises `BadInput` where there is no
    check-in."""
    found = records.of_day(conn, member_id, day)
    if found is None or found.skipped:
        raise BadInput(
            say("There is no check-in of yours of that day. Begin one with {/checkin now}."), field="day"
        )
    records.update(conn, found.id, replace(found.answers, shared=shared), scope.now)
    if not shared:
        post_lines.forget(conn, scope.cohort.id, _about(found.id))
    return publish(conn, scope, member_id, day)


def publish(conn: Conn, scope: Scope, member_id: int, day: date) -> list[int]:
    """Bring what the channels show in line with the record: post it, change it, or take it back, also where it was
    shared in a channel that serves something else by now. Returns the posts that carry it out."""
    found = records.of_day(conn, member_id, day)
    assert found is not None  # noqa: S101 - it was written in this transaction
    before = standings(conn, scope.cohort, found.id)
    serving = [Target.place(each) for each in places.places_for(conn, scope.cohort.id, "checkins")]
    written = [_bring_up(conn, scope, found, each, serving) for each in before]
    if found.answers.shared:
        there = {each.target.key for each in before}
        written += [_post(conn, scope, found, each) for each in serving if each.key not in there]
    offers.bring_up(conn, scope, found, blockers.offered(conn, found.id))
    closing.bring_up(conn, scope, found)
    return [each for each in written if each is not None]


def take_down(conn: Conn, scope: Scope, found: Checkin) -> tuple[list[int], list[int]]:
    """Take a check-in that shall go out of the channels. Returns the posts that carry that out, and those that it
    stands in."""
    gone = replace(found, answers=replace(found.answers, shared=False), revision=found.revision + 1)
    before = standings(conn, scope.cohort, found.id)
    written = [_bring_up(conn, scope, gone, each, ()) for each in before]
    offers.bring_up(conn, scope, gone, blockers.offered(conn, found.id))
    closing.bring_up(conn, scope, gone)
    return [each for each in written if each is not None], [each.id for each in before]


def left_over(conn: Conn, scope: Scope, member_id: int, day: date) -> list[PostStanding]:
    """Where a check-in of a day, of which nothing is kept any more, may still stand because taking it back failed."""
    found = (
        each
        for head in (records.CALL, records.OPENER)
        for each in outcomes.standings_below(conn, scope.cohort.id, SHARED, head, day, member_id)
    )
    return [each for each in found if each.showing is Showing.STALE]


def take_down_again(
    conn: Conn, scope: Scope, member_id: int, left: Sequence[PostStanding]
) -> tuple[list[int], list[int]]:
    """Try once more to take a removed check-in out of the channels. Returns what `take_down` does."""
    written = []
    for each in left:
        key, data = f"{each.key}:again:{scope.now.isoformat()}", outbox.data_of(conn, each.id)
        post = NewPost(scope.cohort.id, key, SHARED, data, each.target, asked_by=member_id, edits=each.id)
        written.append(outbox.enqueue(conn, post, scope.now))
    return [each for each in written if each is not None], [each.id for each in left]


def _bring_up(
    conn: Conn, scope: Scope, found: Checkin, posted: PostStanding, serving: Sequence[Target]
) -> int | None:
    """What a channel, to which the check-in was posted before, needs to show it as it is now."""
    return outcomes.bring_up(
        conn,
        posted,
        replace(_new(scope, found, posted.target), key=f"{posted.key}:{found.revision}"),
        scope.now,
        wanted=found.answers.shared,
        again=posted.target.key in {each.key for each in serving},
        why="Its author took it back before it was sent.",
    )


def _post(conn: Conn, scope: Scope, found: Checkin, target: Target) -> int | None:
    thread = threads.of_day(conn, scope, found.day, target)
    post = replace(_new(scope, found, target), thread_of=thread, thread_name=threads.name(found.day))
    return outbox.enqueue(conn, post, scope.now)


def _new(scope: Scope, found: Checkin, target: Target) -> NewPost:
    about, data = _about(found.id), {"checkin": found.id, "day": found.day.isoformat()}
    key, author = f"{about}:{target.key}", found.member_id
    return NewPost(scope.cohort.id, key, SHARED, data, target, asked_by=author, about=about)


def _about(checkin_id: int) -> str:
    return f"{records.ABOUT}{checkin_id}"
