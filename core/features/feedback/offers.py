"""How requests find somebody: offered to one after the other, again after two days, and after five an organizer is told.
Plain SQL."""

from datetime import datetime, timedelta

from core.cohorts import directory
from core.cohorts.model import Cohort
from core.commands.decorators import timer
from core.delivery import timers
from core.features.feedback import helpers, notices, records, routing, sharing
from core.features.feedback.model import FeedbackRequest, RequestVisibility
from core.features.feedback.notices import OFFERED, REQUESTS, News
from core.store.port import Conn

OFFER_AGAIN = timedelta(days=2)
TELL_ORGANIZERS = timedelta(days=5)
TIMER = "feedback"
AT_ONCE = 50
"""Requests of a cohort that one transaction looks at; the others follow in the next."""


def offer(conn: Conn, cohort: Cohort, request: FeedbackRequest, now: datetime) -> bool:
    """Ask the next who could take a request that waits, and write down when to look at it again. False where there is
    nobody to ask."""
    chosen = _next(conn, cohort, request, now)
    if chosen is not None:
        helpers.note_offer(conn, cohort.id, request.id, chosen, now)
        data = {"request": request.id}
        key = notices.offer_key(request, chosen)
        hidden = not request.is_public
        notices.send(
            conn, cohort, chosen, OFFERED, key, data, now, asked_for=False, notice=REQUESTS, discreet=hidden
        )
    due = now + OFFER_AGAIN
    if request.organizers_at is None:
        # Not in the past, where it was released late: the organizers are told with the next look.
        due = min(due, max(request.created_at + TELL_ORGANIZERS, now))
    _set_due(conn, cohort, request, due, now)
    return chosen is not None


def _set_due(
    conn: Conn, cohort: Cohort, request: FeedbackRequest, at: datetime | None, now: datetime
) -> None:
    """When a request is to be looked at next: the cohort's timer goes off at the first such instant."""
    records.set_due(conn, request.id, at)
    timers.set_timer(conn, cohort.id, TIMER, records.next_due(conn, cohort.id), now)


def _next(conn: Conn, cohort: Cohort, request: FeedbackRequest, now: datetime) -> int | None:
    """Who is asked next: the mentor who was named, then as `routing.order` has it; whom a direct message reaches before
    whom it does not, and nobody who is away. One that is private to a mentor goes to nobody else."""
    found = helpers.possible(conn, cohort, request)
    mentors_only = request.visibility is not RequestVisibility.COHORT
    ranked = [
        each.member_id
        for each in routing.order(found, request.topic, request.details, mentors_only=mentors_only)
    ]
    if request.named_id is not None:
        is_private = request.visibility is RequestVisibility.PRIVATE
        named = [each.member_id for each in found if each.member_id == request.named_id]
        ranked = named if is_private else [*named, *ranked]
    closed = None
    for member_id in ranked:
        for reached in directory.recipients(conn, cohort, now, among=member_id, notice=REQUESTS):
            if reached.fallback_channel is None:
                return member_id
            closed = closed or member_id
    return closed


@timer(TIMER, label="requests for feedback that wait")
def look_again(conn: Conn, cohort: Cohort, _since: datetime, now: datetime) -> None:
    """See to the requests of a cohort that still wait."""
    for request in records.due(conn, cohort.id, now, AT_ONCE):
        _look_at(conn, cohort, request, now)
    timers.set_timer(conn, cohort.id, TIMER, records.next_due(conn, cohort.id), now)


def _look_at(conn: Conn, cohort: Cohort, request: FeedbackRequest, now: datetime) -> None:
    """A request still waits: ask the next, post it where its channel had been closed, and tell the organizers once."""
    if not request.is_open:
        records.set_due(conn, request.id, None)
        return
    if request.organizers_at is None and now >= request.created_at + TELL_ORGANIZERS:
        records.note_organizers(conn, request.id, now)
        notices.tell_organizers(conn, cohort, request, now)
        request = records.existing(conn, request.id)
    sharing.publish(conn, cohort, request, now, changed=False)
    asked = offer(conn, cohort, request, now)
    if not asked and request.named_id is not None and request.visibility is RequestVisibility.PRIVATE:
        # It goes to nobody else by itself: who asked says whether it shall.
        told = request.organizers_at is not None
        _set_due(conn, cohort, request, None if told else request.created_at + TELL_ORGANIZERS, now)
        if not told:
            notices.tell(conn, cohort, request, request.asker_id, News.NOT_TAKEN, now)
