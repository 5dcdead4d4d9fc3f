"""The commands about the reviews of one's own papers."""

from datetime import datetime
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import join, say
from core.commands.decorators import command, prune
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import ANYTHING, Arg, LongText, Once
from core.features.reviews import records, texts
from core.features.reviews.records import (
    DiscussionPhase,
    RemovedReview,
    ReviewNumber,
)
from core.lottery.reading import score as score_of
from core.papers import reviews
from core.papers.arguments import PaperArg
from core.papers.model import Paper
from core.papers.reviews import HIGHEST, LOWEST, Constructiveness
from core.store.port import Conn

_SURE = Annotated[bool, Arg("Yes, after I asked whether it is meant so", form_only=True, in_form=False)]

_LABELS = {
    "Note a review": "review add",
    "All its reviews": "review list",
    "Run its lottery": "lottery paper",
}


def _buttons(paper: Paper, *labels: str) -> Buttons:
    return Buttons(tuple(Button(label, _LABELS[label], {"paper": str(paper.number)}) for label in labels))


@command("review add", form="Note a review", submit="Note it", prefill=records.require_own_paper)
async def add(
    call: Call,
    paper: PaperArg,
    score: Annotated[
        float,
        Arg(
            "As on the venue's scale, such as 6 or 6: weak accept",
            minimum=LOWEST,
            maximum=HIGHEST,
            reads=score_of,
        ),
    ],
    confidence: Annotated[int | None, Arg("The reviewer's own, 1 to 5", minimum=1, maximum=5)] = None,
    constructive: Annotated[Constructiveness | None, Arg("How constructive it was")] = None,
    summary: Annotated[LongText | None, Arg("What it says, in your words", max_length=2000)] = None,
    when: Annotated[
        DiscussionPhase | None,
        Arg("Before or after the reviewers' discussion; read off the round if left out", in_form=False),
    ] = None,
    sure: _SURE = False,
) -> Reply:
    """Note a review that a paper of yours received; only you will see it."""
    records.require_owner(call.member, paper)
    new = records.NewReview(score, confidence, constructive, when, summary or None, sure)
    done = await call.write(records.add, call.scope, paper, new)
    review = texts.one_line(score, confidence, constructive, done["discussed"])
    text = texts.added(paper, review, done, guessed=when is None, constructive=constructive)
    wrong = Button("Correct it", "review edit", {"review": str(done["number"])})
    buttons = _buttons(paper, "Note a review", "All its reviews", "Run its lottery")
    return Reply(text, (Buttons((*buttons.items, wrong)),))


@command(
    "review edit",
    form="Correct a review",
    submit="Keep the change",
    prefill=records.prefill_edit,
    asks=ANYTHING,
)
async def edit(
    call: Call,
    review: Annotated[ReviewNumber, Arg("Its number, like #3012", max_length=100, in_form=False)],
    score: Annotated[
        float | None,
        Arg("As on the venue's scale", minimum=LOWEST, maximum=HIGHEST, reads=score_of),
    ] = None,
    confidence: Annotated[int | None, Arg("The reviewer's own, 1 to 5", minimum=1, maximum=5)] = None,
    constructive: Annotated[Constructiveness | None, Arg("How constructive it was")] = None,
    summary: Annotated[LongText | None, Arg("What it says, in your words", max_length=2000)] = None,
    when: Annotated[DiscussionPhase | None, Arg("Before or after the reviewers' discussion")] = None,
    sure: _SURE = False,
    shown: Annotated[bool, Arg("Yes where a form showed all of it", form_only=True, in_form=False)] = False,
) -> Reply:
    """Correct a review that you noted."""
    change = records.ReviewChange(score, confidence, constructive, when, summary or None, shown, sure)
    done = await call.write(records.edit, call.scope, call.member.id, review.number, change)
    again = Button("All its reviews", "review list", {"paper": str(done["paper"])})
    return Reply(texts.edited(review.number, done), (Buttons((again,)),))


@command("review list", form="Show a paper's reviews", submit="Show them", prefill=records.require_own_paper)
async def list_(call: Call, paper: PaperArg, page: PageArg = 1) -> Reply:
    """Show the reviews of a paper of yours; only you can see them."""
    records.require_owner(call.member, paper)
    found = await call.read(records.of_paper, paper)
    width = await call.read(records.scale_width, call.scope, paper)
    labels = ("Note a review", "Run its lottery") if found else ("Note a review",)
    shown = Page(page, len(found))
    rows = map(texts.listed, found[shown.start : shown.start + shown.size])
    head = join([texts.list_head(paper, found), *texts.kind_words(found, width)])
    return Reply(head, (*blocks(call, shown, rows, "Correct…"), _buttons(paper, *labels)))


@command("review remove", form="Remove a review", submit="Remove it")
async def remove(
    call: Call,
    review: Annotated[ReviewNumber, Arg("Its number, like #3012", max_length=100)],
    sure: _SURE = False,
) -> Reply:
    """Remove a review that you noted; for a day you can have it back."""
    number = str(review.number)
    if not sure:
        row = await call.read(records.own, call.scope, call.member.id, review.number)
        yes = Button("Remove it", "review remove", {"review": number, "sure": "yes"}, ButtonStyle.DANGER)
        keep = Button("Keep it", "review list", {"paper": str(row["paper"])})
        return Reply(texts.ask_removal(row), (Buttons((yes, keep)),))
    paper = await call.write(records.remove, call.scope, call.member.id, review.number)
    again = Button("All its reviews", "review list", {"paper": str(paper)})
    undo = Button("Undo", "review restore", {"review": number})
    return Reply(texts.removed(review.number, paper), (Buttons((undo, again)),))


@command("review restore", form="Have a review back", submit="Have it back", once=Once.REPEATS)
async def restore(
    call: Call, review: Annotated[RemovedReview, Arg("Its number, like #3012", max_length=100)]
) -> Reply:
    """Have a review back that you removed within the last day."""
    paper = await call.write(records.restore, call.scope, call.member.id, review.number)
    again = Button("All its reviews", "review list", {"paper": str(paper)})
    return Reply(say("Review #{number} is back, as it was.", number=review.number), (Buttons((again,)),))


@prune
def purge(conn: Conn, now: datetime, most: int) -> int:
    """Removed reviews go whose day is over."""
    return reviews.purge(conn, now, most)
