"""What the channels show of a request that the cohort reads: posted, changed as it goes on, taken back. Plain SQL.

Nothing is called posted or taken back before it is; how far it is is asked of the outbox.
"""

from dataclasses import replace
from datetime import datetime

from core.cohorts import places
from core.cohorts.model import Cohort, Scope
from core.commands.decorators import paper_changed
from core.delivery import outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding, Showing
from core.delivery.outlet import Target
from core.features.feedback import records
from core.features.feedback.model import FeedbackRequest
from core.store.port import Conn

ASKED, PURPOSE = "feedback.request", "feedback"
"""The kind of post that shows a request, and what the channels are for in which it stands."""


def about(request_id: int) -> str:
    """What the posts of a request are found by."""
    return f"feedback:{request_id}"


def standings(conn: Conn, cohort: Cohort, request_id: int) -> list[PostStanding]:
    """How a request stands in the channels in which it was asked."""
    return outcomes.standings(conn, cohort.id, ASKED, about(request_id))


def publish(
    conn: Conn,
    cohort: Cohort,
    request: FeedbackRequest,
    now: datetime,
    *,
    asked_by: int | None = None,
    changed: bool = True,
) -> list[int]:
    """Bring what the channels show in line with a request, also where it was asked in a channel that serves something
    else by now; one that has not `changed` is only posted where it is missing. `asked_by` is the member who is told
    where that fails. Returns the posts that carry it out."""
    before = standings(conn, cohort, request.id)
    key = f"{about(request.id)}:{request.revision}"
    stale = [each for each in before if changed or each.showing is Showing.NOWHERE]
    written = [_bring_up(conn, cohort, request, each, key, now, asked_by) for each in stale]
    if request.is_public and not request.is_closed:
        there = {each.target.key for each in before}
        serving = (Target.place(each) for each in places.places_for(conn, cohort.id, PURPOSE))
        new = (_post(cohort, request, each, asked_by) for each in serving if each.key not in there)
        written += [outbox.enqueue(conn, each, now) for each in new]
    return [each for each in written if each is not None]


@paper_changed
def bring_up_paper(conn: Conn, scope: Scope, paper_id: int) -> None:
    """The requests about a paper name it as it is called now, or no more where the cohort does not see it."""
    for request in records.renewed_of_paper(conn, paper_id):
        publish(conn, scope.cohort, request, scope.now)


def take_back(conn: Conn, cohort: Cohort, request: FeedbackRequest, now: datetime) -> list[int]:
    """Take a request out of the channels; its record goes in this transaction."""
    key, by = f"{about(request.id)}:gone", request.asker_id
    found = standings(conn, cohort, request.id)
    written = [_bring_up(conn, cohort, request, each, key, now, by, gone=True) for each in found]
    return [each for each in written if each is not None]


def _post(cohort: Cohort, request: FeedbackRequest, target: Target, asked_by: int | None) -> NewPost:
    of, data = about(request.id), {"request": request.id}
    return NewPost(cohort.id, f"{of}:{target.key}", ASKED, data, target, asked_by=asked_by, about=of)


def _bring_up(
    conn: Conn,
    cohort: Cohort,
    request: FeedbackRequest,
    posted: PostStanding,
    key: str,
    now: datetime,
    asked_by: int | None,
    *,
    gone: bool = False,
) -> int | None:
    """What a channel, to which the request was posted before, needs to show it as it is now."""
    return outcomes.bring_up(
        conn,
        posted,
        replace(_post(cohort, request, posted.target, asked_by), key=f"{key}:{posted.target.key}"),
        now,
        wanted=request.is_public and not gone,
        again=not request.is_closed,
        why="Who asked took it back before it was sent.",
    )


def thread_posts(conn: Conn, cohort: Cohort, request_id: int) -> list[PostStanding]:
    """The posts in whose threads a request is answered."""
    shown = (Showing.COMING, Showing.SHOWN, Showing.CHANGING, Showing.STALE)
    return [each for each in standings(conn, cohort, request_id) if each.showing in shown]
