"""What those who ask and those who help are told by direct message: ids alone; the words are found when it is sent."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from core.cohorts import directory
from core.cohorts.model import Cohort
from core.cohorts.people import NoticeKind
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.feedback.model import FeedbackRequest
from core.store.port import Conn

OFFERED, NEWS = "feedback.offer", "feedback.news"
"""The kinds of post that ask somebody to take a request, and that tell how one goes on."""


REQUESTS = NoticeKind("requests", "requests for feedback to take")
GOING_ON = NoticeKind("feedback", "news of feedback requests")


class News(StrEnum):
    """What somebody is told of a request."""

    CLAIMED = "claimed"
    RELEASED = "released"
    HELPER_LEFT = "helper-left"
    ROLE_LOST = "role-lost"
    CLOSED = "closed"
    REOPENED = "reopened"
    ASKER_LEFT = "asker-left"
    TAKEN_BACK = "taken-back"
    NOT_TAKEN = "not-taken"
    WAITING = "waiting"
    ACCEPTED = "accepted"


def offer_key(request: FeedbackRequest, member_id: int) -> str:
    """The key of the message that asks somebody to take a request."""
    return f"{OFFERED}:{request.id}:{member_id}"


def send(
    conn: Conn,
    cohort: Cohort,
    member_id: int,
    kind: str,
    key: str,
    data: Mapping[str, int | str],
    now: datetime,
    *,
    about: str | None = None,
    asked_for: bool = True,
    notice: NoticeKind | None = None,
    discreet: bool = False,
) -> int | None:
    """Send a member a direct message of a kind of `notice`. With `asked_for` it is about what they asked for themselves,
    so that it comes while they are away too; a `discreet` one is not listed for organizers. Returns the post, None where nothing reaches them."""
    only, among = (member_id, None) if asked_for else (None, member_id)
    for each in directory.recipients(conn, cohort, now, only=only, among=among, notice=notice):
        target = Target.person(each)
        return outbox.enqueue(
            conn, NewPost(cohort.id, key, kind, data, target, about=about, discreet=discreet), now
        )
    return None


def tell(
    conn: Conn,
    cohort: Cohort,
    request: FeedbackRequest,
    member_id: int | None,
    news: News,
    now: datetime,
    *,
    by: int | None = None,
) -> None:
    """Tell who asked or who helps how a request goes on. `by` is the member who did it."""
    if member_id is None:
        return
    data: dict[str, int | str] = {"request": request.id, "news": news.value, "number": request.number}
    if by is not None:
        data["by"] = by
    key = f"{NEWS}:{request.id}:{news}:{request.revision}:{member_id}:{now.isoformat()}"
    send(conn, cohort, member_id, NEWS, key, data, now, notice=GOING_ON, discreet=not request.is_public)


def tell_organizers(conn: Conn, cohort: Cohort, request: FeedbackRequest, now: datetime) -> None:
    """Tell the organizers that nobody has taken a request."""
    data = {"request": request.id, "news": News.WAITING.value, "number": request.number}
    for each in directory.recipients(conn, cohort, now, organizers=True):
        to = Target.person(each)
        key = f"{NEWS}:{request.id}:{News.WAITING}:{to.key}"
        outbox.enqueue(conn, NewPost(cohort.id, key, NEWS, data, to), now)


def withdraw_offers(conn: Conn, asked: set[int], request: FeedbackRequest, now: datetime) -> None:
    """Do not send what still waits to ask somebody: the request is not to be taken any more."""
    for member_id in asked:
        waiting = outbox.find(conn, offer_key(request, member_id))
        if waiting is not None:
            outbox.withdraw(conn, waiting, "Somebody took it, or it is over.", now)
