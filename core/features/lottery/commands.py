"""The commands of the review lottery."""

from typing import Annotated

from core.chat.model import Button, Reply
from core.commands.caches import LruCache
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.features.lottery import answers, reading
from core.features.lottery.buttons import another_venue, reply
from core.features.lottery.explain import Topic, about
from core.features.lottery.plans import committees_reply, scores_reply
from core.features.lottery.reading import Assumed
from core.papers.arguments import PaperArg
from core.papers.model import VenueEdition


def _committees(venue: str) -> Button:
    return Button("Two committees there", "lottery venue", {"venue": venue} if venue else {})


@command("lottery paper")
async def paper(call: Call, paper: PaperArg) -> Reply:
    """See what the noise of reviewing does to one of your papers."""
    answer = await call.core.singletons.one(LruCache).answer(answers.paper, paper)
    stand, args = answers.paper_state(paper), {"paper": str(paper.number)}
    buttons = [Button("Show the paper", "submission show", args)]
    if not stand.accepted:
        buttons.append(_committees(str(stand.venue or "")))
        if paper.rounds and paper.owner == call.member.id:
            buttons.append(Button("Note a review", "review add", args))
    return reply(answer, *buttons, another_venue(tries=str(answers.AHEAD)), about(Topic.TRIES))


@command("lottery scores", access=Access.ANYONE, needs_cohort=False, form="Your review scores")
async def scores(
    call: Call,
    scores: Annotated[str, Arg("The scores of one round, like 5,6,6", max_length=100)],
    venue: Annotated[VenueEdition | None, Arg("Whose scores; ICLR if left out", max_length=100)] = None,
) -> Reply:
    """See what your own review scores say of this verdict and the next."""
    given = reading.scores(scores)
    return scores_reply(
        await call.core.singletons.one(LruCache).answer(answers.scores, given, venue), given, venue
    )


@command("lottery venue", access=Access.ANYONE, needs_cohort=False)
async def venue(
    call: Call,
    venue: Annotated[
        VenueEdition | None, Arg("For its accept rate, such as NeurIPS 2026", max_length=100)
    ] = None,
    accept_rate: Annotated[str | None, Arg("Instead of the venue's own, like 25%", max_length=20)] = None,
    agreement: Annotated[
        float | None, Arg("Correlation of two committees' verdicts, 0 to 1; about .55")
    ] = None,
) -> Reply:
    """See how often two committees of one venue disagree."""
    rho = None if agreement is None else reading.agreement(agreement)
    assumed = reading.rate_of(venue)
    if accept_rate:
        assumed = Assumed(reading.accept_rate(accept_rate), "the accept rate that you gave")
    lately = call.core.singletons.one(LruCache)
    return committees_reply(await lately.answer(answers.committees, assumed, rho, str(venue or "")), venue)
