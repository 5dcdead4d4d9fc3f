"""What was said to requests, in the store and where it is shown: in a request's thread where the cohort reads it, to the
other one alone by direct message. Plain SQL."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from core.cohorts.members import name_sql
from core.cohorts.model import Cohort
from core.commands import handled_calls
from core.delivery import outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding, Showing
from core.errors import QuotaReached
from core.features.feedback import notices, sharing
from core.features.feedback.model import FeedbackRequest
from core.store.port import Conn, Row

IN_THREAD, RELAYED = "feedback.answer", "feedback.relayed"
"""The kinds of post that show an answer: in a request's thread, and to the other one alone."""

MOST = 200
"""Answers to one request."""


@dataclass(frozen=True, slots=True)
class FeedbackAnswer:
    """Something that was said to a request. `by` is a name; `number` counts within the request."""

    id: int
    request_id: int
    number: int
    member_id: int
    by: str
    text: str
    at: datetime
    revision: int


_SELECT = (
    f"SELECT a.*, {name_sql('a.member_id')} AS name FROM feedback_answer a"
    " JOIN feedback_request r ON r.id = a.request_id AND r.cohort_id = :cohort"
)


def _of_row(row: Row) -> FeedbackAnswer:
    return FeedbackAnswer(
        row["id"],
        row["request_id"],
        row["number"],
        row["member_id"],
        row["name"] or "Somebody",
        row["text"],
        row["at"],
        row["revision"],
    )


def of_request(conn: Conn, request_id: int) -> list[FeedbackAnswer]:
    """What was said to a request, in its order."""
    rows = conn.all(f"{_SELECT} WHERE r.id = :request ORDER BY a.number", request=request_id)
    return [_of_row(row) for row in rows]


def by_id(conn: Conn, answer_id: int) -> FeedbackAnswer | None:
    """An answer; None where it was taken back."""
    row = conn.one(f"{_SELECT} WHERE a.id = :id", id=answer_id)
    return _of_row(row) if row else None


def add(conn: Conn, request: FeedbackRequest, member_id: int, text: str, now: datetime) -> FeedbackAnswer:
    """Keep an answer."""
    last: int = conn.value(
        "SELECT coalesce(max(number), 0) FROM feedback_answer WHERE request_id = :request", request=request.id
    )
    if last >= MOST:
        raise QuotaReached("So much was said to this request that I keep no more. Please ask a new one.")
    made = conn.insert(
        "INSERT INTO feedback_answer (request_id, number, member_id, text, at)"
        " VALUES (:request, :number, :member, :text, :now)",
        request=request.id,
        number=last + 1,
        member=member_id,
        text=text,
        now=now,
    )
    found = by_id(conn, made)
    assert found is not None  # noqa: S101 - it was written in this transaction
    return found


def reword(conn: Conn, said: FeedbackAnswer, text: str) -> FeedbackAnswer:
    """Give an answer other words."""
    conn.run(
        "UPDATE feedback_answer SET text = :text, revision = revision + 1 WHERE id = :id",
        id=said.id,
        text=text,
    )
    return replace(said, text=text, revision=said.revision + 1)


def remove(conn: Conn, cohort_id: int, said: FeedbackAnswer) -> None:
    """Delete an answer."""
    conn.run("DELETE FROM feedback_answer WHERE id = :id", id=said.id)
    handled_calls.erase_results(conn, cohort_id)


def about(answer_id: int) -> str:
    """What the posts of an answer are found by."""
    return f"feedback-answer:{answer_id}"


def publish(
    conn: Conn, cohort: Cohort, request: FeedbackRequest, said: FeedbackAnswer, now: datetime
) -> list[int]:
    """Post an answer in the threads of a request that the cohort reads. Returns the posts."""
    if not request.is_public:
        return []
    of, data = about(said.id), {"answer": said.id}
    name = f"Feedback #{request.number}"
    posts = (
        NewPost(
            cohort.id,
            f"{of}:{each.target.key}",
            IN_THREAD,
            data,
            each.target,
            thread_of=each.id,
            thread_name=name,
            asked_by=said.member_id,
            about=of,
        )
        for each in sharing.thread_posts(conn, cohort, request.id)
    )
    written = [outbox.enqueue(conn, each, now) for each in posts]
    return [each for each in written if each is not None]


def relay(conn: Conn, cohort: Cohort, request: FeedbackRequest, said: FeedbackAnswer, now: datetime) -> bool:
    """Send an answer to the other one by direct message. Where the cohort reads it, who asked gets it too: a thread
    tells nobody of itself. False where nothing reaches them."""
    to = request.asker_id if said.member_id != request.asker_id else request.helper_id
    if to is None:
        return False
    of, data = about(said.id), {"answer": said.id}
    return (
        notices.send(
            conn, cohort, to, RELAYED, f"{of}:to:{to}", data, now, about=of, discreet=not request.is_public
        )
        is not None
    )


def is_relayed(conn: Conn, cohort: Cohort, answer_id: int) -> bool:
    """Whether an answer is on its way to the other one by direct message, or was sent to them."""
    found = outcomes.standings(conn, cohort.id, RELAYED, about(answer_id))
    return any(each.showing is not Showing.NOWHERE for each in found)


def bring_up(
    conn: Conn, cohort: Cohort, answers: Iterable[FeedbackAnswer], change: str, now: datetime
) -> list[int]:
    """Let what shows answers show them as they are now; `change` tells this change from others. What is not sent yet is put into words when it is, and what came
    with the answer to a command cannot be changed."""
    written = []
    for said in answers:
        of = about(said.id)
        for posted in (
            each for kind in (IN_THREAD, RELAYED) for each in outcomes.standings(conn, cohort.id, kind, of)
        ):
            if (
                posted.showing in (Showing.COMING, Showing.NOWHERE)
                or posted.target.fallback_channel is not None
            ):
                continue
            kind = IN_THREAD if not posted.target.direct else RELAYED
            new = NewPost(
                cohort.id,
                f"{posted.key}:{change}",
                kind,
                {"answer": said.id},
                posted.target,
                edits=posted.id,
                asked_by=said.member_id,
                about=of,
                discreet=posted.target.direct,
            )
            written.append(outbox.enqueue(conn, new, now))
    return [each for each in written if each is not None]


def standings(conn: Conn, cohort: Cohort, answer_id: int) -> list[PostStanding]:
    """How an answer stands in the threads."""
    return outcomes.standings(conn, cohort.id, IN_THREAD, about(answer_id))
