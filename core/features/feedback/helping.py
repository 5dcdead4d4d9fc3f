"""The commands with which requests are taken, answered and given back."""

from collections.abc import Mapping
from typing import Annotated

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, LongText, Once
from core.delivery import confirmation, outcomes
from core.features.feedback import answer_texts, answers, claims, records, said, texts
from core.features.feedback.answers import Answered
from core.features.feedback.commands import RequestArg, answer_asker
from core.features.feedback.model import FeedbackRequest
from core.store.port import Conn

_Hidden = Annotated[FeedbackRequest, Arg("Its number or words of its topic", in_form=False)]
_Number = Annotated[int, Arg("Which of your answers to it", minimum=1, maximum=1000, in_form=False)]
_Text = Annotated[LongText, Arg("What you think; a few lines help", max_length=2000)]


@command("feedback claim", once=Once.REPEATS, form="Take a request", submit="I take it")
async def claim(call: Call, request: RequestArg) -> Reply:
    """Take a request for feedback, so that it is yours to answer."""
    taken = await call.write(claims.claim, call.scope, call.member, request)
    paper = await call.read(records.paper_shown, taken.request)
    return Reply(texts.claimed(taken.request, paper), (texts.helper_buttons(taken.request),))


@command("feedback decline", once=Once.REPEATS, form="Not now", submit="Not now")
async def decline(call: Call, request: RequestArg) -> Reply:
    """Say that you cannot take a request now; nobody hears of it."""
    found = await call.write(claims.decline, call.scope, call.member, request)
    text = say(
        "That is fine: I do not ask you about **#{number}** again. {/profile topics} says what I ask you about, how "
        "much at once, and whether at all.",
        number=found.number,
    )
    return Reply(text, (Buttons((Button("What I am asked", "profile topics"),)),))


@command("feedback release", once=Once.REPEATS, form="Give a request back", submit="Give it back")
async def release(call: Call, request: RequestArg) -> Reply:
    """Give back a request that you have taken; it keeps its place."""
    freed = await call.write(claims.release, call.scope, call.member, request)
    text = say(
        "**#{number}** waits again, at its old place. I tell {name}. Thank you for saying so.",
        number=freed.request.number,
        name=freed.request.asker,
    )
    return Reply(text, (Buttons((Button("What waits", "feedback list"),)),))


@command("feedback any-mentor", once=Once.REPEATS, form="Ask any mentor", submit="Ask them")
async def any_mentor(call: Call, request: RequestArg) -> Reply:
    """Let any mentor take a request of yours that was meant for one."""
    freed = await call.write(claims.free, call.scope, request)
    if not freed.done and not freed.request.is_open:
        stays = say("**#{number}** stays as it is.", number=freed.request.number)
        standing = texts.standing(freed.request, call.cohort)
        return Reply(join([stays, standing]), (texts.asker_buttons(freed.request),))
    head = "Open to any mentor" if freed.done else "Open to others already"
    return await answer_asker(call, head, freed)


@command("feedback answer", form="Answer a request", submit="Answer")
async def answer(call: Call, request: RequestArg, text: _Text) -> Reply:
    """Answer a request for feedback, or answer back as who asked."""
    made = await call.write(answers.answer, call.scope, call.member, request, text)
    return await _kept(call, "Taken and kept" if made.claimed else "Kept", made)


async def _kept(call: Call, head: str, made: Answered) -> Reply:
    """How an answer stands after a change, as far as a moment tells."""
    await confirmation.wait_for_all(call.core, made.posts)
    posted = await call.read(said.standings, call.cohort, made.answer.id)
    if texts.failed(posted):
        await call.write(outcomes.withdraw_notices, call.cohort.id, made.posts, call.now)
    request, answer_ = made.request, made.answer
    other = request.helper if answer_.member_id == request.asker_id else request.asker
    text = answer_texts.kept(head, answer_, request, other or None, posted, made.reached)
    buttons = (
        *answer_texts.own_buttons(answer_, request),
        Button("Show it", "feedback show", texts.args(request)),
    )
    return Reply(text, (Buttons(buttons),))


def _answer_text(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    if not {"request", "answer"} <= given.keys() or not given["answer"].isdecimal():
        return {}
    request = records.resolve(conn, scope, given["request"])
    return {"text": answers.own(conn, scope, request, int(given["answer"])).text}


@command("feedback answer-edit", form="Correct an answer", submit="Save", prefill=_answer_text)
async def answer_edit(call: Call, request: _Hidden, answer: _Number, text: _Text) -> Reply:
    """Correct an answer of yours, also where it was read already."""
    return await _kept(call, "Corrected", await call.write(answers.edit, call.scope, request, answer, text))


@command("feedback answer-remove", form="Take an answer back", submit="Take it back")
async def answer_remove(call: Call, request: RequestArg, answer: _Number) -> Reply:
    """Take back an answer of yours; its words are gone."""
    posts = await call.write(answers.remove, call.scope, request, answer)
    await confirmation.wait_for_all(call.core, posts)
    found = await call.read(outcomes.standings_of, posts)
    gone = say("Answer {answer} to **#{number}** is taken back.", answer=answer, number=request.number)
    return Reply(join([gone, *texts.failed(found)]))
