"""How requests are answered, and answers corrected and taken back. Each function is one transaction."""

from dataclasses import dataclass

from core.chat.text import say
from core.cohorts.model import Member, Scope
from core.errors import BadInput, NotAllowed, OutOfDate
from core.features.feedback import claims, records, said
from core.features.feedback.model import FeedbackRequest
from core.features.feedback.said import FeedbackAnswer
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of an answer: the request as it is, the answer, and the posts that carry it out. `claimed` says that
    answering took the request, `reached` that the other one gets it by direct message."""

    request: FeedbackRequest
    answer: FeedbackAnswer
    posts: list[int]
    claimed: bool = False
    reached: bool = True


def answer(conn: Conn, scope: Scope, member: Member, request: FeedbackRequest, text: str) -> Answered:
    """Answer a request, or answer back as who asked it. Whoever answers one that waits takes it."""
    now, claimed = records.current(conn, request), False
    if now.is_closed:
        raise OutOfDate("This request is closed. Who asked it can open it again.")
    if member.id not in (now.asker_id, now.helper_id):
        claims.check_may_help(member, now)
        if now.helper_id is None:
            now, claimed = claims.claim(conn, scope, member, now).request, True
        elif not now.is_public:
            raise NotAllowed(
                say("**{name}** has taken #{number} and answers it.", name=now.helper, number=now.number),
                field="request",
            )
    made = said.add(conn, now, member.id, text, scope.now)
    posts = said.publish(conn, scope.cohort, now, made, scope.now)
    return Answered(now, made, posts, claimed, said.relay(conn, scope.cohort, now, made, scope.now))


def own(conn: Conn, scope: Scope, request: FeedbackRequest, number: int) -> FeedbackAnswer:
    """The caller's answer of that number. Raises `BadInput` where there is none."""
    found = next((each for each in said.of_request(conn, request.id) if each.number == number), None)
    if found is None or scope.member is None or found.member_id != scope.member.id:
        raise BadInput(
            say(
                "There is no answer {number} of yours to #{request}. {/feedback show} lists what was said.",
                number=number,
                request=request.number,
            ),
            field="answer",
        )
    return found


def edit(conn: Conn, scope: Scope, request: FeedbackRequest, number: int, text: str) -> Answered:
    """Correct an answer, also where it was read already."""
    changed = said.reword(conn, own(conn, scope, request, number), text)
    posts = said.bring_up(conn, scope.cohort, [changed], str(changed.revision), scope.now)
    reached = said.is_relayed(conn, scope.cohort, changed.id)
    return Answered(records.current(conn, request), changed, posts, reached=reached)


def remove(conn: Conn, scope: Scope, request: FeedbackRequest, number: int) -> list[int]:
    """Take an answer back: its words are gone. Returns the posts that carry it out."""
    found = own(conn, scope, request, number)
    posts = said.bring_up(conn, scope.cohort, [found], "gone", scope.now)
    said.remove(conn, scope.cohort.id, found)
    return posts
