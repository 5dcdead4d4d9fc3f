"""Where somebody who can help says so: in the day's thread where the blocker was shared there, else to its author alone.
Plain SQL over the outbox."""

from collections.abc import Sequence
from dataclasses import replace

from core.cohorts import directory
from core.cohorts.model import Member, Scope
from core.cohorts.people import NoticeKind
from core.delivery import outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding, Showing
from core.delivery.outlet import Target
from core.features.checkins import threads
from core.features.checkins.records import ABOUT, SHARED, Checkin
from core.store.port import Conn

OFFER = "checkins.offer"
"""The kind of post in a day's thread that says who can help."""
OFFERED = "checkins.offered"
"""The kind of direct message that tells an author so."""
HELP = NoticeKind("help", "offers of help")

_THERE = (Showing.SHOWN, Showing.COMING, Showing.CHANGING, Showing.STALE)


def in_threads(conn: Conn, scope: Scope, found: Checkin, helper: Member) -> list[int]:
    """Say in the day's threads, in which a check-in was shared, that somebody can help. Returns the posts, none where it
    stands in no thread."""
    if not found.answers.shared:
        return []
    shared = outcomes.standings(conn, scope.cohort.id, SHARED, f"{ABOUT}{found.id}")
    written = [_post(conn, scope, found, helper, each) for each in shared if each.showing in _THERE]
    return [each for each in written if each is not None]


def _post(conn: Conn, scope: Scope, found: Checkin, helper: Member, shared: PostStanding) -> int | None:
    thread = threads.of_day(conn, scope, found.day, shared.target)
    post = _new(scope, found.id, helper.id, shared.target)
    named = replace(post, thread_of=thread, thread_name=threads.name(found.day), asked_by=helper.id)
    return outbox.enqueue(conn, named, scope.now)


def _new(scope: Scope, checkin_id: int, member_id: int, target: Target) -> NewPost:
    about = _about(checkin_id, member_id)
    data = {"checkin": checkin_id, "member": member_id}
    return NewPost(scope.cohort.id, f"{about}:{target.key}", OFFER, data, target, about=about)


def _about(checkin_id: int, member_id: int) -> str:
    return f"offer:{checkin_id}:{member_id}"


def to_author(conn: Conn, scope: Scope, found: Checkin, helper: Member) -> list[int]:
    """Tell an author by a direct message that somebody can help. Returns the posts, none where nobody can be written to."""
    written = []
    for reached in directory.recipients(conn, scope.cohort, scope.now, only=found.member_id, notice=HELP):
        to = Target.person(reached)
        data = {"checkin": found.id, "member": helper.id}
        key = f"{_about(found.id, helper.id)}:{to.key}"
        post = NewPost(scope.cohort.id, key, OFFERED, data, to, asked_by=helper.id)
        written.append(outbox.enqueue(conn, post, scope.now))
    return [each for each in written if each is not None]


def bring_up(conn: Conn, scope: Scope, found: Checkin, helpers: Sequence[int]) -> None:
    """Bring what the threads say of helpers in line with the check-in, which is shared, private, solved or gone by now."""
    for member_id in helpers:
        for each in outcomes.standings(conn, scope.cohort.id, OFFER, _about(found.id, member_id)):
            if each.showing in (Showing.NOWHERE, Showing.UNKNOWN):
                continue
            post = _new(scope, found.id, member_id, each.target)
            edit = replace(post, key=f"{each.key}:{found.revision}", edits=each.id, asked_by=found.member_id)
            outbox.enqueue(conn, edit, scope.now)
