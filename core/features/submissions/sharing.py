"""Telling the cohort of a decision on a paper of one's own, in one's own words, and taking that back.

A rejection is seen before it is posted, and so is anything of a paper that the cohort does not see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import Text, enumerated, join, say
from core.cohorts import places
from core.cohorts.model import Member, Scope
from core.commands.decorators import command, post
from core.commands.dispatch import Call, Core
from core.commands.spec import Arg, LongText, Once, Post
from core.delivery import announcements, confirmation, outcomes
from core.delivery.outcomes import Showing
from core.errors import BadInput, NotAllowed, NotFound
from core.features.submissions import coauthors, records, texts, told
from core.features.submissions.told import GOOD, PURPOSE, TOLD, Decision, DecisionTold, Shown
from core.papers.arguments import PaperArg
from core.papers.model import Paper, Stage, Visibility
from core.store.port import Conn

_LONGEST = 1000
_EMPTY = "-"
"""What stands for no words in a button, which else would ask for them."""
_Told = Annotated[
    int | None,
    Arg("Which decision, as its button says", minimum=1, maximum=10**12, form_only=True, in_form=False),
]


@dataclass(frozen=True, slots=True)
class _Teller:
    """What somebody may tell of a paper: the `decision`, whether the cohort does not see the paper, who is named beside
    them, and what was told before."""

    decision: Decision
    number: int
    title: str
    hidden: bool
    coauthors: str
    before: DecisionTold | None


def _teller(conn: Conn, scope: Scope, member: Member, paper: Paper) -> _Teller:
    """Raises `NotAllowed` for who is no author of it, `BadInput` where there is no decision to tell."""
    row, decision = told.current(conn, scope, paper)
    if row is None:
        raise NotFound("This paper is not there any more.", field="paper")
    hidden = row["visibility"] != Visibility.COHORT.value
    if not told.may_tell(member.id, paper, hidden=hidden):
        words = "Only an author of a paper tells the cohort of it: nobody is ever put there by somebody else."
        if member.id in paper.coauthors:
            words = "The cohort does not see this paper, so only the member whose paper it is can tell of it."
        raise NotAllowed(words, field="paper")
    if decision is None:
        raise BadInput(
            say(
                "There is no decision on “{title}” to tell of yet. {/submission update} records one.",
                title=row["title"],
            ),
            field="paper",
        )
    before = told.of_decision(conn, paper.id, decision)
    others = ""
    if told.names_others(decision.stage, hidden=hidden):
        others = told.named_beside(conn, paper.id, paper.owner, member.id)
    return _Teller(decision, row["number"], row["title"], hidden, others, before)


def _prefill(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """The words that were written for the preview, or told before. Raises as `_teller` does."""
    typed, member = given.get("paper"), scope.member
    if not typed or member is None:
        records.require_changeable(conn, scope, given)
        return {}
    found = _teller(conn, scope, member, records.resolve(conn, scope, typed))
    words = given.get("draft") or (found.before.words if found.before is not None else "")
    return {"words": words} if words else {}


@command(
    "submission share",
    form="Tell the cohort",
    submit="Go on",
    prefill=_prefill,
    asks="words",
    once=Once.REPEATS,
)
async def share(
    call: Call,
    paper: PaperArg,
    words: Annotated[
        LongText | None, Arg("Your own words; the cohort reads them", max_length=_LONGEST)
    ] = None,
    draft: Annotated[
        LongText | None,
        Arg("What was written before", max_length=_LONGEST, form_only=True, in_form=False),
    ] = None,
    sure: Annotated[bool, Arg("Yes, post it", form_only=True, in_form=False)] = False,
    hidden: Annotated[
        bool, Arg("Yes, though the cohort does not see the paper", form_only=True, in_form=False)
    ] = False,
) -> Reply:
    """Tell the cohort of the decision on your paper, good or not, in your own words."""
    own = "" if words is None or words.strip() == _EMPTY else words
    found = await call.read(_teller, call.scope, call.member, paper)
    if not sure or (found.hidden and not hidden):
        return await _preview(call, paper, found, own)
    done = await call.write(_tell, call.scope, call.member, paper, own, hidden)
    args = {"paper": str(paper.number)}
    buttons = (
        Button("Change the words", "submission share", {**args, "sure": "yes", **_consent(found)}),
        Button("Take it back", "submission unshare", {**args, "which": str(done.told)}),
        Button("Show the paper", "submission show", args),
    )
    return Reply(await announcements.where(call, done.posts), (Buttons(buttons),))


def _consent(found: _Teller) -> dict[str, str]:
    return {"hidden": "yes"} if found.hidden else {}


async def _preview(call: Call, paper: Paper, found: _Teller, words: str) -> Reply:
    places_now = await call.read(places.places_for, call.cohort.id, PURPOSE)
    if not places_now:
        raise BadInput("There is no channel where I could post it: the cohort has no home channel.")
    where = enumerated([each.name or each.channel for each in places_now])
    head = say(
        "This is what would stand in **{where}**, where everybody in the cohort reads it:", where=where
    )
    card = told_words(call.member.name, found.title, found.decision, words, found.coauthors)
    lines = [head, card]
    if found.hidden:
        lines.append(
            say(
                "The cohort does not see this paper. This shows all of them its title, the decision and that it is yours; "
                "its page stays as hidden as it is."
            )
        )
    args = {"paper": str(paper.number)}
    yes = {**args, "words": words or _EMPTY, "sure": "yes", **_consent(found)}
    change = {**args, **({"draft": words} if words else {})}
    buttons = (
        Button("Post it", "submission share", yes, ButtonStyle.PRIMARY),
        Button("Write something to it" if not words else "Other words", "submission share", change),
        Button("Keep it to myself", "submission show", args),
    )
    return Reply(join(lines), (Buttons(buttons),))


@dataclass(frozen=True, slots=True)
class _Done:
    """What was told, and the posts that carry it out."""

    told: int
    posts: list[int]


def _tell(conn: Conn, scope: Scope, member: Member, paper: Paper, words: str, consents: bool) -> _Done:
    found = _teller(conn, scope, member, paper)
    if found.hidden and not consents:
        raise BadInput(
            "Meanwhile the cohort does not see this paper any more. Please look once more.", field="paper"
        )
    kept = told.keep(conn, scope, member.id, paper.id, found.decision, words, hidden=found.hidden)
    first = found.before is None or found.before.taken_back
    posts = told.publish(conn, scope, kept)
    if first:
        others = [each for each in (paper.owner, *paper.coauthors) if each != member.id]
        coauthors.tell(conn, scope, paper.id, others, coauthors.TOLD, member)
    return _Done(kept.id, posts)


@command(
    "submission unshare",
    form="Take a decision back",
    submit="Take it back",
    prefill=records.require_changeable,
    once=Once.REPEATS,
)
async def unshare(call: Call, paper: PaperArg, which: _Told = None) -> Reply:
    """Take back what you told the cohort of a decision on your paper."""
    done = await call.write(_take_back, call.scope, call.member, paper, which)
    await confirmation.wait_for_all(call.core, done.posts)
    found = await call.read(outcomes.standings_of, await call.read(_posts, call.scope, done.told))
    args = {"paper": str(paper.number)}
    left = [
        each.place for each in found if each.showing in (Showing.STALE, Showing.CHANGING, Showing.UNKNOWN)
    ]
    if not left:
        again = Button("Tell it again", "submission share", args)
        was_there = any(each.showing is not Showing.NOWHERE for each in found)
        rest = "and a line says so" if was_there else "and nothing of it was posted"
        return Reply(
            say("It is taken back: your words are deleted, {rest}.", rest=rest), (Buttons((again,)),)
        )
    await call.write(outcomes.withdraw_notices, call.cohort.id, done.posts, call.now)
    retry = Button("Try again", "submission unshare", {**args, "which": str(done.told)})
    text = say("It still stands in **{where}**, which I could not change yet.", where=enumerated(left))
    return Reply(text, (Buttons((retry,)),))


def _take_back(conn: Conn, scope: Scope, member: Member, paper: Paper, which: int | None) -> _Done:
    found = [each for each in told.of_paper(conn, paper.id) if which in (None, each.id)]
    mine = [each for each in found if told.may_take_back(member.id, paper, each)]
    if not mine:
        words = "Nothing that you told the cohort of “{title}” stands there."
        raise BadInput(say(words, title=paper.title), field="paper")
    one = next((each for each in mine if not each.taken_back), mine[0])
    told.take_back(conn, scope, one)
    return _Done(one.id, told.publish(conn, scope, one))


def _posts(conn: Conn, scope: Scope, told_id: int) -> list[int]:
    return [each.id for each in told.standings(conn, scope.cohort, told_id)]


# --- what the channel shows -------------------------------------------------------------------------------

_GONE = "Word of a decision was here; it is told no more."


def told_words(by: str, title: str, decision: Decision, words: str, coauthors: str = "") -> Text:
    """A decision as the cohort reads it, in its author's words."""
    line = say(
        _SAYS[decision.stage],
        by=by,
        others=f", with {coauthors}" if coauthors else "",
        title=title,
        at=texts.place(decision.stage, str(decision.venue)),
    )
    return join([line, say("> {words}", words=words)]) if words else line


_SAYS = {
    Stage.ACCEPTED: "🎉 **{by}**{others}: “{title}” is accepted{at}!",
    Stage.PUBLISHED: "🎉 **{by}**{others}: “{title}” is published{at}!",
    Stage.REJECTED: "**{by}**{others}: “{title}” was not taken{at}.",
    Stage.DESK_REJECTED: "**{by}**{others}: “{title}” was turned down{at}, before any reviewer read it.",
    Stage.WITHDRAWN: "**{by}**{others}: “{title}” is withdrawn{at}.",
}


@post(TOLD, label="word of a decision", editable=True, purpose=PURPOSE)
async def render(core: Core, sent: Post) -> Reply:
    """What is told of a decision as it is when it is sent; after it was taken back, only that."""
    found = await core.read(sent.cohort.id, told.shown, sent.cohort.id, sent.data["told"])
    return Reply(_GONE) if found is None else _card(found)


def _card(found: Shown) -> Reply:
    decision = Decision(found.told.stage, found.venue, found.told.round_id)
    text = told_words(found.told.by, found.title, decision, found.told.words, found.coauthors)
    if not found.open:
        return Reply(text)
    return Reply(
        text, (Buttons((Button("Open the paper", "submission show", {"paper": str(found.number)}),)),)
    )


def tell_button(paper: Paper, member_id: int, stage: Stage, *, hidden: bool) -> tuple[Button, ...]:
    """The button with which an author tells of a decision; none for anybody else. Good news of a paper that all see is
    posted as soon as its words are written."""
    if not told.may_tell(member_id, paper, hidden=hidden):
        return ()
    args = {"paper": str(paper.number)}
    if stage in GOOD and not hidden:
        return (Button("Tell the cohort", "submission share", {**args, "sure": "yes"}, ButtonStyle.PRIMARY),)
    return (Button("Tell the cohort" if stage in GOOD else "Share it", "submission share", args),)
