"""How a request is taken, passed on and given back. Each function is one transaction, or a whole part of one."""

from datetime import datetime

from core.chat.model import Button, Buttons
from core.chat.text import moment, say
from core.cohorts import members
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import member_left, mentor_ended, paper_decided
from core.errors import BadInput, NotAllowed, OutOfDate
from core.features.feedback import helpers, notices, offers, records, sharing
from core.features.feedback.asking import Asked, require_asker
from core.features.feedback.model import FeedbackRequest, RequestVisibility
from core.features.feedback.notices import News
from core.papers.model import Stage
from core.store.port import Conn

_OTHERS = Buttons((Button("What waits", "feedback list"),))


def claim(conn: Conn, scope: Scope, helper: Member, request: FeedbackRequest) -> Asked:
    """Take a request. Who takes it first has it; the others are told who that is. Its own helper takes nothing anew."""
    now = records.current(conn, request)
    check_may_help(helper, now)
    if now.helper_id == helper.id and not now.is_closed:
        return Asked(now)
    if now.is_closed:
        raise OutOfDate("This request is closed, so nobody needs to take it any more.", blocks=(_OTHERS,))
    if now.helper_id is not None:
        since = moment(now.claimed_at or now.created_at, scope.cohort.zone)
        raise OutOfDate(
            say(
                "**{name}** has taken #{number} already, {since}.",
                name=now.helper,
                number=now.number,
                since=since,
            ),
            blocks=(_OTHERS,),
        )
    taken = records.claim(conn, now, helper.id, scope.now)
    asked = helpers.asked(conn, taken.id) - {helper.id}
    notices.withdraw_offers(conn, asked, taken, scope.now)
    notices.tell(conn, scope.cohort, taken, taken.asker_id, News.CLAIMED, scope.now, by=helper.id)
    return Asked(taken, sharing.publish(conn, scope.cohort, taken, scope.now))


def check_may_help(helper: Member, request: FeedbackRequest) -> None:
    """Raise `BadInput` for who asked it, `NotAllowed` for who is no mentor where it is for mentors."""
    if request.asker_id == helper.id:
        raise BadInput("You asked this yourself. Somebody else takes it.", field="request")
    if not request.is_public and not helper.mentor:
        raise NotAllowed("This request is for the cohort's mentors.", field="request")


def decline(conn: Conn, scope: Scope, member: Member, request: FeedbackRequest) -> FeedbackRequest:
    """Not now: the next is asked. Who asked does not hear who could not."""
    now = records.current(conn, request)
    if now.helper_id == member.id and not now.is_closed:
        raise BadInput(
            say("You have taken #{number}. Give it back with {/feedback release}.", number=now.number),
            field="request",
        )
    asked = helpers.asked(conn, now.id)
    helpers.note_offer(conn, scope.cohort.id, now.id, member.id, scope.now, declined=True)
    if now.is_open and member.id in asked:
        pass_on(conn, scope.cohort, now, scope.now)
    return now


def pass_on(conn: Conn, cohort: Cohort, request: FeedbackRequest, now: datetime) -> None:
    """Ask the next; where it was meant for one mentor alone, who asked says whether it shall go on."""
    asked = offers.offer(conn, cohort, request, now)
    if not asked and request.named_id is not None and request.visibility is RequestVisibility.PRIVATE:
        notices.tell(conn, cohort, request, request.asker_id, News.NOT_TAKEN, now)


def release(conn: Conn, scope: Scope, helper: Member, request: FeedbackRequest) -> Asked:
    """Give a request back: it waits at its old place, and the next is asked."""
    now = records.current(conn, request)
    if now.helper_id != helper.id or now.is_closed:
        raise BadInput(
            say("You have not taken #{number}, so there is nothing to give back.", number=now.number),
            field="request",
        )
    return _let_go(conn, scope.cohort, now, News.RELEASED, scope.now)


def _let_go(conn: Conn, cohort: Cohort, request: FeedbackRequest, news: News, now: datetime) -> Asked:
    by = request.helper_id
    released = records.release(conn, request)
    if by is not None and news is not News.HELPER_LEFT:
        helpers.note_offer(conn, cohort.id, released.id, by, now, declined=True)
    notices.tell(conn, cohort, released, released.asker_id, news, now, by=by)
    pass_on(conn, cohort, released, now)
    return Asked(released, sharing.publish(conn, cohort, released, now))


def free(conn: Conn, scope: Scope, request: FeedbackRequest) -> Asked:
    """Let a request that was meant for one mentor go to any of them."""
    require_asker(scope, request, "let any mentor take it")
    now = records.current(conn, request)
    if not now.is_open or now.named_id is None:
        return Asked(now, done=False)
    freed = records.free(conn, now)
    pass_on(conn, scope.cohort, freed, scope.now)
    return Asked(freed)


@member_left
def leave(conn: Conn, cohort: Cohort, member_id: int, now: datetime) -> None:
    """Somebody left: what they have taken waits again, what they asked is closed, and nobody waits for their answer."""
    for request in records.claims_of(conn, member_id):
        _let_go(conn, cohort, request, News.HELPER_LEFT, now)
    for request in records.open_of(conn, member_id):
        notices.withdraw_offers(conn, helpers.asked(conn, request.id), request, now)
        closed = records.close(conn, request, "", now)
        notices.tell(conn, cohort, closed, closed.helper_id, News.ASKER_LEFT, now)
        sharing.publish(conn, cohort, closed, now)
    for request in records.offered_to(conn, member_id):
        helpers.forget_offer(conn, request.id, member_id)
        pass_on(conn, cohort, request, now)


@mentor_ended
def end_mentor(conn: Conn, cohort: Cohort, member_id: int, now: datetime) -> None:
    """Somebody is no mentor any more: what mentors alone read waits for another one."""
    for request in records.claims_of(conn, member_id):
        if not request.is_public:
            _let_go(conn, cohort, request, News.ROLE_LOST, now)
    for request in records.offered_to(conn, member_id):
        if not request.is_public:
            helpers.forget_offer(conn, request.id, member_id)
            pass_on(conn, cohort, request, now)


@paper_decided
def tell_helpers(conn: Conn, scope: Scope, paper_id: int, stage: str) -> None:
    """A paper was accepted: who helped with it hears of it, once."""
    if stage not in (Stage.ACCEPTED.value, Stage.PUBLISHED.value):
        return
    for request in records.about_paper(conn, paper_id):
        helper = request.helper_id
        paper = records.paper_shown(conn, request)
        if helper is None or paper is None or members.by_id(conn, scope.cohort.id, helper) is None:
            continue
        records.note_ended(conn, request.id, scope.now)
        notices.tell(conn, scope.cohort, request, helper, News.ACCEPTED, scope.now)
