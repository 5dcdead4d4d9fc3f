"""The commands about the next venues: how many tries it takes, and the same question asked of another venue."""

from typing import Annotated

from core.chat.model import Button, Reply
from core.commands.caches import LruCache
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.features.lottery import answers, reading
from core.features.lottery.buttons import another_venue, fits, reply
from core.features.lottery.draws import seed_of, simulated
from core.features.lottery.explain import Topic, about
from core.features.lottery.plan import HALF, MOST_SHOWN, TRIES, Plan, Stop, stops
from core.features.lottery.plan import plan as plan_answer
from core.features.lottery.simulation import LEAST_PAPERS, MOST_PAPERS, MOST_REVIEWERS, Asked
from core.papers.model import VenueEdition


@command("lottery plan", access=Access.ANYONE, needs_cohort=False)
async def plan(
    call: Call,
    accept_rate: Annotated[
        str | None, Arg("Of the venues, like 25%; their own if known", max_length=20)
    ] = None,
    tries: Annotated[
        int | None, Arg("How many tries to look at; 5 if left out", minimum=1, maximum=MOST_SHOWN)
    ] = None,
    improve: Annotated[
        float | None, Arg("Improvement shown beside, in standard deviations; 0.5", minimum=0.1, maximum=3)
    ] = None,
    venues: Annotated[
        str | None, Arg("One after the other: ICLR, ICML, Our Workshop 40%", max_length=200)
    ] = None,
) -> Reply:
    """See how many tries an acceptance takes, and what an improvement does."""
    return await planned(call, Plan(stops(venues, accept_rate), tries or TRIES, improve or HALF))


async def planned(call: Call, asked: Plan) -> Reply:
    """Answer a plan."""
    asked = Plan(asked.stops, min(max(asked.tries, len(asked.stops)), MOST_SHOWN), asked.improve)
    answer = await call.core.singletons.one(LruCache).answer(plan_answer, asked)
    more = _plan_button("One more try", asked, asked.tries + 1) if asked.tries < MOST_SHOWN else None
    return reply(answer, more, another_venue(tries=str(asked.tries)), about(Topic.TRIES))


def _plan_button(label: str, asked: Plan, tries: int) -> Button:
    """The button for the same plan with so many tries; where the venues' names are too long, with their rates."""
    args = {"tries": str(tries)}
    if asked.improve != HALF:
        args["improve"] = f"{asked.improve:g}"
    named = Button(label, "lottery plan", {**args, "venues": ", ".join(map(_typed, asked.stops))})
    if len(asked.stops) == 1 and not asked.stops[0].name:
        named = Button(label, "lottery plan", {**args, "accept_rate": _rate(asked.stops[0])})
    rates = ",".join(map(_rate, asked.stops))
    return named if fits(named) else Button(label, "lottery plan", {**args, "venues": rates})


def _typed(stop: Stop) -> str:
    """A venue as it could have been typed."""
    if stop.name and reading.rate_of(VenueEdition(stop.name)).rate == stop.rate:
        return stop.name
    return f"{stop.name} {_rate(stop)}".strip()


def _rate(stop: Stop) -> str:
    return f"{stop.rate:.4g}".removeprefix("0")


@command("lottery elsewhere", access=Access.ANYONE, needs_cohort=False, form="Another venue")
async def elsewhere(
    call: Call,
    venue: Annotated[VenueEdition, Arg("Whose figures to take, such as NeurIPS 2026", max_length=100)],
    scores: Annotated[
        str | None, Arg("Scores to read there", max_length=100, form_only=True, in_form=False)
    ] = None,
    tries: Annotated[
        int | None, Arg("Tries to plan there", minimum=1, maximum=MOST_SHOWN, form_only=True, in_form=False)
    ] = None,
    papers: Annotated[
        int | None,
        Arg("Papers to simulate", minimum=LEAST_PAPERS, maximum=MOST_PAPERS, form_only=True, in_form=False),
    ] = None,
    reviewers: Annotated[
        int | None, Arg("Their reviews", minimum=1, maximum=MOST_REVIEWERS, form_only=True, in_form=False)
    ] = None,
) -> Reply:
    """Ask the same of another venue."""
    lately, assumed = call.core.singletons.one(LruCache), reading.rate_of(venue)
    if scores:
        given = reading.scores(scores)
        return scores_reply(await lately.answer(answers.scores, given, venue), given, venue)
    if tries:
        return await planned(call, Plan(stops(str(venue), None), tries, HALF))
    if papers:
        return await simulated(call, Asked(papers, assumed.rate, reviewers or 4, seed_of(call)))
    return committees_reply(await lately.answer(answers.committees, assumed, None, str(venue)), venue)


def scores_reply(answer: answers.Answer, given: tuple[float, ...], venue: VenueEdition | None) -> Reply:
    """The answer about somebody's own scores, with its buttons."""
    return reply(
        answer,
        Button("Two committees there", "lottery venue", {"venue": str(venue or "ICLR")}),
        another_venue(scores=",".join(f"{each:g}" for each in given)),
        about(Topic.SCORES),
    )


def committees_reply(answer: answers.Answer, venue: VenueEdition | None) -> Reply:
    """The answer about two committees, with its buttons."""
    there = {"venue": str(venue)} if venue else {}
    return reply(
        answer,
        Button("My review scores", "lottery scores", there),
        Button("More than one try", "lottery plan", {"venues": str(venue)} if venue else {}),
        another_venue(),
        about(Topic.COMMITTEES),
    )
