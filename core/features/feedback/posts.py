"""What is posted of requests for feedback, and what members are told of them by direct message."""

from datetime import datetime

from core.chat.model import Button, Buttons, Reply
from core.chat.text import say
from core.cohorts import members
from core.cohorts.model import Member
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.feedback import answer_texts, records, said, sharing, texts
from core.features.feedback.model import FeedbackRequest, RequestVisibility
from core.features.feedback.notices import GOING_ON, NEWS, OFFERED, REQUESTS, News
from core.features.feedback.said import IN_THREAD, RELAYED
from core.features.feedback.sharing import ASKED, PURPOSE
from core.papers.queries import PaperName
from core.store.port import Conn


async def unsent(core: Core, sent: Post) -> Reply:
    """Tells who asked how a request stands that could not be posted, changed or taken back."""
    found = await core.read(sent.cohort.id, records.by_id, sent.data["request"])
    posted = await core.read(sent.cohort.id, sharing.standings, sent.cohort, sent.data["request"])
    if found is None:
        return Reply(texts.taken_back_but(posted))
    return Reply(texts.asked("Kept", found, posted), (texts.asker_buttons(found),))


@post(ASKED, label="request for feedback", editable=True, purpose=PURPOSE, unsent=unsent)
async def render_asked(core: Core, sent: Post) -> Reply:
    """A request as the cohort reads it now; after it was taken back, only that."""
    found = await core.read(sent.cohort.id, records.by_id, sent.data["request"])
    if found is None or not found.is_public:
        return Reply(texts.TAKEN_BACK)
    paper = await core.read(sent.cohort.id, records.paper_shown, found)
    return Reply(texts.in_channel(found, paper, sent.cohort), (texts.channel_buttons(found),))


async def answer_unsent(core: Core, sent: Post) -> Reply:
    """Tells who answered where an answer could not be posted, changed or taken back."""
    found = await core.read(sent.cohort.id, _answer, sent.data["answer"])
    posted = await core.read(sent.cohort.id, said.standings, sent.cohort, sent.data["answer"])
    if found is None:
        return Reply(texts.taken_back_but(posted))
    answer, request = found
    text = answer_texts.kept("Kept", answer, request, None, posted, reached=True)
    return Reply(text, (Buttons(answer_texts.own_buttons(answer, request)),))


def _answer(conn: Conn, answer_id: int) -> tuple[said.FeedbackAnswer, FeedbackRequest] | None:
    answer = said.by_id(conn, answer_id)
    request = records.by_id(conn, answer.request_id) if answer is not None else None
    return (answer, request) if answer is not None and request is not None else None


@post(IN_THREAD, label="answer to a request", editable=True, purpose=PURPOSE, unsent=answer_unsent)
async def render_answer(core: Core, sent: Post) -> Reply:
    """An answer in the thread of a request that the cohort reads; after it was taken back, only that."""
    found = await core.read(sent.cohort.id, _answer, sent.data["answer"])
    if found is None or not found[1].is_public:
        return Reply(answer_texts.TAKEN_BACK)
    return Reply(answer_texts.in_thread(found[0]))


@post(
    RELAYED,
    label="answer to a request",
    editable=True,
    purpose=PURPOSE,
    always="An answer that somebody asked for stands nowhere else.",
)
async def render_relayed(core: Core, sent: Post) -> Reply:
    """An answer for the other one alone."""
    found = await core.read(sent.cohort.id, _answer, sent.data["answer"])
    if found is None:
        return Reply(answer_texts.TAKEN_BACK)
    return Reply(answer_texts.relayed(*found), answer_texts.relayed_buttons(*found))


def _is_taken(conn: Conn, sent: Post, member: Member, _now: datetime) -> bool:
    """Whether a request does not wait for this member any more."""
    found = records.by_id(conn, sent.data["request"])
    return found is None or not found.is_open or (not found.is_public and not member.mentor)


@post(OFFERED, label="request for feedback to take", is_obsolete=_is_taken, purpose=PURPOSE, notice=REQUESTS)
async def render_offer(core: Core, sent: Post) -> Reply:
    """Asks somebody whether they take a request."""
    found = await core.read(sent.cohort.id, records.by_id, sent.data["request"])
    if found is None:
        return Reply(texts.TAKEN_BACK)
    if not found.is_open:
        return Reply(say("#{number} is taken already; nothing waits for you.", number=found.number))
    paper = await core.read(sent.cohort.id, records.paper_shown, found)
    is_private = found.visibility is RequestVisibility.PRIVATE and found.named_id is None
    text = answer_texts.offered(found, paper, sent.cohort, tells=not is_private)
    decline = Button("Not now", "feedback decline", texts.args(found))
    return Reply(text, (Buttons((texts.claim_button(found, "I take it"), decline)),))


def _is_gone(conn: Conn, sent: Post, _member: Member, _now: datetime) -> bool:
    """Whether a request was taken back, of which there is no other news then."""
    return sent.data["news"] != News.TAKEN_BACK.value and records.by_id(conn, sent.data["request"]) is None


@post(NEWS, label="how a request goes on", is_obsolete=_is_gone, purpose=PURPOSE, notice=GOING_ON)
async def render_news(core: Core, sent: Post) -> Reply:
    """Tells who asked, who helps or who organizes how a request goes on."""
    data, what = sent.data, News(sent.data["news"])
    found, by, paper = await core.read(sent.cohort.id, _news, data["request"], data.get("by"))
    if found is None or what is News.TAKEN_BACK:
        words = "Request **#{number}**, which you had taken, was taken back by who asked. Thank you for being there."
        return Reply(say(words, number=data["number"]) if what is News.TAKEN_BACK else texts.TAKEN_BACK)
    text = answer_texts.news(found, what, by, paper, sent.cohort)
    return Reply(text, answer_texts.news_buttons(found, what))


def _news(
    conn: Conn, request_id: int, by: int | None
) -> tuple[FeedbackRequest | None, str, PaperName | None]:
    found = records.by_id(conn, request_id)
    name = members.name(conn, by) if by is not None else ""
    return found, name, records.paper_shown(conn, found) if found else None
