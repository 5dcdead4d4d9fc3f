"""The commands of the review lottery."""

import asyncio
from typing import Annotated

from core.chat import Button, Buttons, Reply
from core.features.lottery import answers, reading
from core.features.lottery.reading import Assumed
from core.people import Access
from core.records import Paper, VenueEdition
from core.registry import Arg, command
from core.run import Call


def _reply(answer: answers.Answer, *buttons: Button) -> Reply:
    return Reply(answer.text, (answer.picture, *([Buttons(buttons)] if buttons else [])))


def _committees(venue: str) -> Button:
    return Button("Two committees there", "lottery venue", {"venue": venue} if venue else {})


@command("lottery paper")
async def paper(
    call: Call,
    paper: Annotated[Paper, Arg("Its number or the beginning of its title", max_length=250)],
) -> Reply:
    """See what the noise of reviewing does to one of your papers."""
    answer = await asyncio.to_thread(answers.paper, paper)
    stand = answers.standing(paper)
    show = Button("Show the paper", "submission show", {"paper": str(paper.number)})
    return _reply(answer, show, *([] if stand.accepted else [_committees(str(stand.venue or ""))]))


@command("lottery scores", access=Access.ANYONE, needs_cohort=False, form="Your review scores")
async def scores(
    call: Call,
    scores: Annotated[str, Arg("The scores of one round, like 5,6,6", max_length=100)],
    venue: Annotated[VenueEdition | None, Arg("Whose scores; ICLR if left out", max_length=100)] = None,
) -> Reply:
    """See what your own review scores say of this verdict and the next."""
    given = reading.scores(scores)
    answer = await asyncio.to_thread(answers.scores, given, venue)
    return _reply(answer, _committees(str(venue or "ICLR")))


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
    answer = await asyncio.to_thread(answers.committees, assumed, rho, str(venue or ""))
    return _reply(
        answer, Button("My review scores", "lottery scores", {"venue": str(venue)} if venue else {})
    )
