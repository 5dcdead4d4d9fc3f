"""The commands with which feedback is asked for and requests are looked at."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply, Source
from core.chat.text import Text, join, say
from core.cohorts.model import Member, Scope
from core.commands import paging
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.forms import as_texts
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, LongText, Once
from core.delivery import confirmation, outcomes
from core.delivery.outcomes import PostStanding
from core.features.feedback import answer_texts, asking, lists, records, said, sharing, texts
from core.features.feedback.asking import Asked
from core.features.feedback.lists import Which
from core.features.feedback.model import FeedbackRequest, NewRequest, RequestVisibility
from core.features.feedback.said import FeedbackAnswer
from core.papers import queries
from core.papers.model import Paper
from core.store.port import Conn

RequestArg = Annotated[FeedbackRequest, Arg("Its number or words of its topic", max_length=250)]
"""A request for feedback that the caller may see."""

_Topic = Annotated[str, Arg("What it is about, in a few words, such as statistics", max_length=120)]
_Details = Annotated[
    LongText | None, Arg("What you tried, where you are stuck, what would help", max_length=2000)
]
_Paper = Annotated[Paper | None, Arg("The paper it is about: its number or its title", max_length=250)]
_Who = Annotated[RequestVisibility | None, Arg("Who reads it", label="Who reads it")]
_Mentor = Annotated[Member | None, Arg("A mentor to ask first, if you have one in mind")]
_Sure = Annotated[bool, Arg("Yes to do it all the same", form_only=True, in_form=False)]


def _ask_prefill(_conn: Conn, _scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    private = RequestVisibility.PRIVATE if given.get("mentor") else RequestVisibility.COHORT
    return {"visibility": private.value}


@command("feedback ask", form="Ask for feedback", submit="Ask", prefill=_ask_prefill, asks="visibility")
async def ask(
    call: Call,
    topic: _Topic,
    details: _Details = None,
    paper: _Paper = None,
    visibility: _Who = None,
    mentor: _Mentor = None,
    again: _Sure = False,
) -> Reply:
    """Ask mentors and peers for feedback."""
    new = asking.new_request(topic, details, paper, visibility, asking.named(mentor, call.scope))
    given = {"visibility": new.visibility.value, **as_texts(call.request.args)}
    asked = await call.write(asking.ask, call.scope, call.member, new, again=again, given=given)
    return await answer_asker(
        call, "Asked", asked, *texts.who_is_asked(asked.request, asked.asked, asked.wait)
    )


async def answer_asker(call: Call, head: str, asked: Asked, *more: Text) -> Reply:
    """How a request stands after its asker did something, as far as a moment tells."""
    posted = await settled(call, asked.request.id, asked.posts)
    text = texts.asked(head, asked.request, posted, *more)
    return Reply(text, (texts.asker_buttons(asked.request),))


async def settled(call: Call, request_id: int, posts: Sequence[int]) -> Sequence[PostStanding]:
    """How a request stands in the channels, a moment after these posts were written."""
    await confirmation.wait_for_all(call.core, posts)
    found = await call.read(sharing.standings, call.cohort, request_id)
    if texts.failed(found):
        await call.write(outcomes.withdraw_notices, call.cohort.id, posts, call.now)
    return found


@command("feedback list")
async def list_(
    call: Call, which: Annotated[Which | None, Arg("Which requests")] = None, page: PageArg = 1
) -> Reply:
    """List requests for feedback: what waits, what you asked, what you have taken."""
    chosen = which or Which.OPEN
    shown, found = await call.read(lists.listed, call.scope, chosen, page)
    rows = blocks(call, shown, [texts.listed(each, call.cohort, call.member.id) for each in found])
    others = [each for each in Which if each is not chosen]
    buttons = [Button(_LABELS[each], "feedback list", {"which": each.value}) for each in others]
    ask_button = Button("Ask for feedback", "feedback ask", style=ButtonStyle.PRIMARY)
    return Reply(_list_head(chosen, shown), (*rows, Buttons((ask_button, *buttons))))


_LABELS = {
    Which.OPEN: "What waits",
    Which.MINE: "Mine",
    Which.HELPING: "I help with",
    Which.CLOSED: "Closed ones",
}


def _list_head(which: Which, shown: Page) -> Text:
    if not shown.total:
        return say(
            {
                Which.OPEN: "Nobody waits for feedback now.",
                Which.MINE: "You have no open request.",
                Which.HELPING: "You have taken no request.",
                Which.CLOSED: "No request is closed yet.",
            }[which]
        )
    words = {
        Which.OPEN: "**Waits for somebody** ({count}), the oldest first:",
        Which.MINE: "**What you asked** ({count}), the oldest first:",
        Which.HELPING: "**What you help with** ({count}), the oldest first:",
        Which.CLOSED: "**Closed** ({count}), the newest first:",
    }[which]
    return say(words, count=shown.words)


_ON_A_PAGE = 5
"""Answers that are shown at once: each may be long."""


@command("feedback show", form="Show a request", submit="Show it")
async def show(call: Call, request: RequestArg, page: PageArg = 1_000_000) -> Reply:
    """Show a request for feedback: what is asked, what was answered, how it stands."""
    tells, viewer = request.tells(call.member.id), call.member.id
    paper = await call.read(records.paper_shown, request)
    answers = await call.read(said.of_request, request.id) if tells else []
    shown = Page(page, len(answers), _ON_A_PAGE)
    lines = [answer_texts.line(each, call.cohort) for each in answers[shown.start : shown.start + shown.size]]
    text = join([texts.shown(request, paper, call.cohort, tells), *lines])
    return Reply(text, (*_buttons(request, answers, viewer), *paging.turns(call, shown)))


def _buttons(request: FeedbackRequest, answers: Sequence[FeedbackAnswer], viewer: int) -> tuple[Buttons, ...]:
    """What a member can do about a request, and about what they said last to it."""
    more: list[Button] = []
    if viewer == request.asker_id:
        first = texts.asker_buttons(request)
    elif viewer == request.helper_id and not request.is_closed:
        first = texts.helper_buttons(request)
    else:
        first, more = Buttons(()), [*texts.other_buttons(request)]
    own = [each for each in answers if each.member_id == viewer]
    last = answer_texts.own_buttons(own[-1], request) if own else ()
    rest = Buttons((*more, *last, Button("All requests", "feedback list")))
    return (first, rest) if first.items else (rest,)


def _edit_prefill(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    if "request" not in given:
        return {}
    request = records.resolve(conn, scope, given["request"])
    asking.require_asker(scope, request, "change it")
    paper = queries.paper_name(conn, request.paper_id) if request.paper_id is not None else None
    values = {
        "topic": request.topic,
        "details": request.details,
        "visibility": request.visibility.value,
        "paper": f"#{paper.number}" if paper else "",
    }
    return {name: value for name, value in values.items() if value}


@command("feedback edit", form="Change a request", submit="Save", prefill=_edit_prefill)
async def edit(
    call: Call,
    request: Annotated[FeedbackRequest, Arg("Its number or words of its topic", in_form=False)],
    topic: _Topic,
    details: _Details = None,
    paper: _Paper = None,
    visibility: _Who = None,
) -> Reply:
    """Change what a request of yours says, or who reads it."""
    # A form shows all fields: what is empty there was emptied. What a typed call leaves out stays as it is.
    said = {"details", "paper"} if call.request.source is Source.FORM else call.request.args.keys()
    new = NewRequest(
        topic,
        (details or "") if "details" in said else request.details,
        (paper.id if paper else None) if "paper" in said else request.paper_id,
        visibility or request.visibility,
        request.named_id,
    )
    return await answer_asker(call, "Changed", await call.write(asking.edit, call.scope, request, new))


@command("feedback close", form="Close a request", submit="Close it")
async def close(
    call: Call,
    request: RequestArg,
    word: Annotated[
        LongText | None, Arg("How it ended, if you like to say; who helped reads it", max_length=500)
    ] = None,
    take_back: _Sure = False,
) -> Reply:
    """Close a request: it is answered, or not needed any more."""
    if take_back:
        posts = await call.write(asking.take_back, call.scope, request)
        await confirmation.wait_for_all(call.core, posts)
        return Reply(_taken_back(request, await call.read(sharing.standings, call.cohort, request.id)))
    asked = await call.write(asking.close, call.scope, request, word or "")
    if asked.request.asker_id != call.member.id:
        words = (
            "**#{number}** is closed, and I tell {name}."
            if asked.done
            else "**#{number}** is closed already."
        )
        facts = {"name": asked.request.asker} if asked.done else {}
        text = say(words + " Thank you for helping.", number=asked.request.number, **facts)
        return Reply(text, (Buttons((Button("What waits", "feedback list"),)),))
    return await answer_asker(call, "Closed" if asked.done else "Closed already", asked)


def _taken_back(request: FeedbackRequest, posted: Sequence[PostStanding]) -> Text:
    gone = say("**#{number}** is taken back; its words are gone.", number=request.number)
    return join([gone, *texts.failed(posted)])


@command("feedback reopen", once=Once.REPEATS, form="Open a request again", submit="Open it")
async def reopen(call: Call, request: RequestArg) -> Reply:
    """Open a request of yours again that was closed; it keeps its place."""
    return await answer_asker(call, "Open again", await call.write(asking.reopen, call.scope, request))
