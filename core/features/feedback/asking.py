"""How a request is asked, changed, ended and taken back. Each function is one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.chat import folding
from core.chat.model import Button, Buttons, ButtonStyle
from core.chat.text import say
from core.cohorts import members
from core.cohorts.model import Member, Scope
from core.errors import BadInput, NotAllowed, QuotaReached, UserError
from core.features.feedback import helpers, notices, offers, records, routing, said, sharing
from core.features.feedback.model import FeedbackRequest, NewRequest, RequestVisibility
from core.features.feedback.notices import News
from core.papers import queries
from core.papers.model import Paper
from core.store.port import Conn

MOST_OPEN = 20
"""Requests of one member that are not closed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is now, and the posts that carry it out. `asked` says that somebody was asked to take it, `wait`
    how long that usually takes, empty where too little is known, `done` that something changed."""

    request: FeedbackRequest
    posts: list[int] = field(default_factory=list)
    asked: bool = False
    wait: str = ""
    done: bool = True


def ask(
    conn: Conn, scope: Scope, asker: Member, new: NewRequest, *, again: bool, given: Mapping[str, str]
) -> Asked:
    """Ask for feedback. One about the same topic that is still open is pointed to, unless the asker knows of it
    (`again`); `given` is the call as it was made, for the button that asks all the same."""
    if new.named_id is not None and members.by_id(conn, scope.cohort.id, new.named_id) is None:
        raise BadInput("This mentor is not in the cohort any more. Please choose another.", field="mentor")
    _check(conn, scope, new)
    mine = records.open_of(conn, asker.id)
    if len(mine) >= MOST_OPEN:
        raise QuotaReached(
            say(
                "You have {have} requests open, which is as many as I keep. Please close one that is over, from "
                "{/feedback list}.",
                have=len(mine),
            )
        )
    same = next((each for each in mine if folding.same(each.topic, new.topic)), None)
    if same is not None and not again:
        raise _asked_already(same, given)
    request = records.add(conn, scope, asker.id, new)
    asked = offers.offer(conn, scope.cohort, request, scope.now)
    posts = sharing.publish(conn, scope.cohort, request, scope.now, asked_by=asker.id)
    wait = routing.usual_wait(records.waits(conn, scope.cohort.id, routing.LATEST))
    return Asked(request, posts, asked, routing.wait_words(wait) if wait else "")


def _asked_already(same: FeedbackRequest, given: Mapping[str, str]) -> UserError:
    args = {"request": f"#{same.number}"}
    return UserError(
        say(
            "You have asked about “{topic}” already: **#{number}** is still open, so nothing was asked a second time.",
            topic=same.topic,
            number=same.number,
        ),
        field="topic",
        blocks=(
            Buttons(
                (
                    Button(f"Show #{same.number}", "feedback show", args, ButtonStyle.PRIMARY),
                    Button("Change it", "feedback edit", args),
                    Button("Ask all the same", "feedback ask", {**given, "again": "yes"}),
                )
            ),
        ),
    )


def _check(conn: Conn, scope: Scope, new: NewRequest) -> None:
    """Raise `BadInput` for a request that no mentor could answer, or that would name what the cohort does not see."""
    hidden = new.visibility is not RequestVisibility.COHORT
    own = {scope.member.id} if scope.member else set()
    if hidden and not members.mentors(conn, scope.cohort.id) - own:
        raise BadInput(
            say(
                "There is no mentor here besides you who could read it. An organizer makes somebody one with "
                "{/cohort-admin mentor}; until then you can ask the cohort."
            ),
            field="visibility",
        )
    if new.paper_id is not None and not hidden and not _cohort_sees(conn, new.paper_id):
        raise BadInput(
            "The cohort does not see this paper, and a request that the cohort reads would name it. Ask the mentors "
            "alone, or leave the paper out.",
            field="paper",
        )


def _cohort_sees(conn: Conn, paper_id: int) -> bool:
    paper = queries.paper_name(conn, paper_id)
    return paper is not None and paper.for_cohort


def named(mentor: Member | None, scope: Scope) -> int | None:
    """The id of the mentor whom somebody names. Raises `BadInput` for who is none."""
    if mentor is None:
        return None
    if mentor == scope.member:
        raise BadInput("That is you. Please name another mentor, or nobody.", field="mentor")
    if not mentor.mentor:
        raise BadInput(
            say(
                "{name} is no mentor of this cohort. {/cohort members} says who is; without a name whoever knows about "
                "it is asked.",
                name=mentor.name,
            ),
            field="mentor",
        )
    return mentor.id


def require_asker(scope: Scope, request: FeedbackRequest, what: str) -> None:
    """Raise `NotAllowed` unless the caller asked it; `what` is what only the asker can do."""
    if scope.member is None or request.asker_id != scope.member.id:
        raise NotAllowed(
            say(
                "{name} asked this, so only they can {what}. {/feedback list} shows what you asked.",
                name=request.asker,
                what=what,
            ),
            field="request",
        )


def edit(conn: Conn, scope: Scope, request: FeedbackRequest, new: NewRequest) -> Asked:
    """Change what a request says or who reads it."""
    require_asker(scope, request, "change it")
    now = records.current(conn, request)
    if now.is_closed:
        raise BadInput(
            "This request is closed. Open it again to change it, or ask anew.",
            field="request",
            blocks=(Buttons((_reopen_button(now),)),),
        )
    _check(conn, scope, new)
    shown = said.of_request(conn, now.id)
    if new.visibility.is_wider_than(now.visibility) and any(each.member_id != now.asker_id for each in shown):
        raise BadInput(
            "It was answered for those alone who read it now. Ask anew, so that more people read it.",
            field="visibility",
        )
    changed = records.change(conn, scope, now, new)
    if changed.helper_id is not None and not _may_help(conn, scope, changed):
        raise BadInput(
            say(
                "**{name}** has taken it and is no mentor, so it cannot be for mentors alone now. Close it and ask anew.",
                name=changed.helper,
            ),
            field="visibility",
        )
    posts = sharing.publish(conn, scope.cohort, changed, scope.now, asked_by=changed.asker_id)
    if now.is_public and not changed.is_public:
        said.bring_up(conn, scope.cohort, shown, f"request:{changed.revision}", scope.now)
    return Asked(changed, posts)


def _may_help(conn: Conn, scope: Scope, request: FeedbackRequest) -> bool:
    """Whether who has taken a request may go on with it: they are still here, and a mentor where it is for mentors."""
    found = members.by_id(conn, scope.cohort.id, request.helper_id or 0)
    return found is not None and (request.is_public or found.mentor)


def _reopen_button(request: FeedbackRequest) -> Button:
    return Button("Open it again", "feedback reopen", {"request": f"#{request.number}"})


def close(conn: Conn, scope: Scope, request: FeedbackRequest, word: str) -> Asked:
    """End a request, by who asked or who helps. One that is over stays as it is."""
    now, caller = records.current(conn, request), scope.member
    if caller is None or caller.id not in (now.asker_id, now.helper_id):
        raise NotAllowed(
            say("Only {name}, who asked, or who helps can close this.", name=now.asker), field="request"
        )
    if now.is_closed:
        return Asked(now, done=False)
    closed = records.close(conn, now, word, scope.now)
    notices.withdraw_offers(conn, helpers.asked(conn, now.id), now, scope.now)
    other = closed.helper_id if caller.id == closed.asker_id else closed.asker_id
    notices.tell(conn, scope.cohort, closed, other, News.CLOSED, scope.now, by=caller.id)
    return Asked(closed, sharing.publish(conn, scope.cohort, closed, scope.now))


def reopen(conn: Conn, scope: Scope, request: FeedbackRequest) -> Asked:
    """Let a closed request go on."""
    require_asker(scope, request, "open it again")
    now = records.current(conn, request)
    if not now.is_closed:
        return Asked(now)
    opened = records.reopen(conn, now)
    if not opened.is_open and not _may_help(conn, scope, opened):
        opened = records.release(conn, opened)
    if opened.is_open:
        offers.offer(conn, scope.cohort, opened, scope.now)
    else:
        notices.tell(conn, scope.cohort, opened, opened.helper_id, News.REOPENED, scope.now)
    return Asked(opened, sharing.publish(conn, scope.cohort, opened, scope.now, asked_by=opened.asker_id))


def take_back(conn: Conn, scope: Scope, request: FeedbackRequest) -> list[int]:
    """Take a request back: its words are gone, here and in the channels. Returns the posts that carry it out."""
    require_asker(scope, request, "take it back")
    now = records.current(conn, request)
    posts = sharing.take_back(conn, scope.cohort, now, scope.now)
    said.bring_up(conn, scope.cohort, said.of_request(conn, now.id), "gone", scope.now)
    notices.withdraw_offers(conn, helpers.asked(conn, now.id), now, scope.now)
    if not now.is_closed:
        notices.tell(conn, scope.cohort, now, now.helper_id, News.TAKEN_BACK, scope.now)
    records.remove(conn, scope.cohort.id, now)
    return posts


def new_request(
    topic: str,
    details: str | None,
    paper: Paper | None,
    visibility: RequestVisibility | None,
    named_id: int | None,
) -> NewRequest:
    """What was said of a request: one with a mentor's name is private unless another choice was made."""
    default = RequestVisibility.COHORT if named_id is None else RequestVisibility.PRIVATE
    return NewRequest(topic, details or "", paper.id if paper else None, visibility or default, named_id)
