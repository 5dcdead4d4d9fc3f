"""The commands about the reviews of one's own papers."""

from typing import Annotated

from core.chat.model import Button, Buttons, Reply
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, LongText
from core.features.reviews import records, texts
from core.features.reviews.records import HIGHEST, LOWEST, Constructiveness, DiscussionPhase, ReviewNumber
from core.lottery.reading import score as score_of
from core.papers.arguments import PaperArg
from core.papers.model import Paper

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
) -> Reply:
    """Note a review that a paper of yours received; only you will see it."""
    records.require_owner(call.member, paper)
    new = records.NewReview(score, confidence, constructive, when, summary or None)
    done = await call.write(records.add, call.scope, paper, new)
    review = texts.one_line(score, confidence, constructive, done["discussed"])
    text = texts.added(paper, review, done, guessed=when is None, constructive=constructive)
    return Reply(text, (_buttons(paper, "Note a review", "All its reviews", "Run its lottery"),))


@command("review list", form="Show a paper's reviews", submit="Show them", prefill=records.require_own_paper)
async def list_(call: Call, paper: PaperArg, page: PageArg = 1) -> Reply:
    """Show the reviews of a paper of yours; only you can see them."""
    records.require_owner(call.member, paper)
    found = await call.read(records.of_paper, paper)
    labels = ("Note a review", "Run its lottery") if found else ("Note a review",)
    shown = Page(page, len(found))
    rows = map(texts.listed, found[shown.start : shown.start + shown.size])
    return Reply(texts.list_head(paper, found), (*blocks(call, shown, rows), _buttons(paper, *labels)))


@command("review remove", form="Remove a review", submit="Remove it")
async def remove(
    call: Call, review: Annotated[ReviewNumber, Arg("Its number, like #3", max_length=100)]
) -> Reply:
    """Remove a review that you noted."""
    paper = await call.write(records.remove, call.scope, call.member.id, review.number)
    again = Button("All its reviews", "review list", {"paper": str(paper)})
    return Reply(texts.removed(review.number, paper), (Buttons((again,)),))
