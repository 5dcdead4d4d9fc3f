"""The commands of the review lottery. What is drawn has a seed, which is shown."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Annotated, ParamSpec

from core.chat.model import Button, Reply
from core.chat.text import join, say, shorten
from core.commands.caches import LruCache
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, Cost
from core.features.lottery import answers, reading, simulation
from core.features.lottery.buttons import AllNumbers, another_venue, fits, reply
from core.features.lottery.experiment import Year
from core.features.lottery.experiment import experiment as experiment_answer
from core.features.lottery.explain import Topic
from core.features.lottery.plan import HALF, MOST_SHOWN, TRIES, Plan, Stop, stops
from core.features.lottery.plan import plan as plan_answer
from core.features.lottery.simulation import LEAST_PAPERS, MOST_PAPERS, MOST_REVIEWERS, SimulationRequest
from core.lottery.reading import fraction
from core.papers import rates, venues
from core.papers.arguments import PaperArg
from core.papers.model import VenueEdition
from core.papers.rates import NOBODY_SAID, Assumed, CohortRates

P = ParamSpec("P")

SEEDS = 1_000_000
"""Seeds that are drawn lie below; short enough to be typed."""
_MOST_SEED = 10**12

Seed = Annotated[
    int | None, Arg("Gives the same draw again; a new one if left out", minimum=0, maximum=_MOST_SEED)
]


@command("lottery paper", cost=Cost.DRAWS, form="Run a paper's lottery", submit="Run it")
async def paper(call: Call, paper: PaperArg, numbers: AllNumbers = False) -> Reply:
    """See what the noise of reviewing does to one of your papers."""
    known = await _rates(call)
    answer = await _drawn(call, answers.paper, paper, known)
    stand, args = answers.paper_state(paper, known), {"paper": str(paper.number)}
    buttons = [Button("Show the paper", "submission show", args)]
    if not stand.accepted:
        buttons.append(_committees_button(str(stand.venue or "")))
        if paper.rounds and paper.owner == call.member.id:
            buttons.append(Button("Note a review", "review add", args))
    asked = Button("", "lottery paper", args)
    topic = Topic.SCORES if stand.scored else Topic.COMMITTEES if stand.accepted else Topic.TRIES
    ways = Button("", "lottery plan", {"venues": str(stand.venue)} if stand.venue else {})
    more = another_venue(tries=str(answers.AHEAD))
    return reply(answer, asked, topic, *buttons, more, numbers=numbers, shared=ways)


@command(
    "lottery scores",
    access=Access.ANYONE,
    needs_cohort=False,
    form="Read your scores",
    submit="Read them",
    cost=Cost.DRAWS,
)
async def scores(
    call: Call,
    scores: Annotated[str, Arg("The scores of one round, like 5,6,6", max_length=100)],
    venue: Annotated[VenueEdition | None, Arg("Whose scores; ICLR if left out", max_length=100)] = None,
    numbers: AllNumbers = False,
) -> Reply:
    """See what your own review scores say of this verdict and the next."""
    given = reading.scores(scores)
    known = await _rates(call)
    answer = await _drawn(call, answers.scores, given, venue, known)
    return _scores_reply(_asking(answer, [venue], known), given, venue, numbers=numbers)


@command("lottery venue", access=Access.ANYONE, needs_cohort=False, cost=Cost.DRAWS)
async def venue(
    call: Call,
    venue: Annotated[
        VenueEdition | None, Arg("For its accept rate, such as NeurIPS 2026", max_length=100)
    ] = None,
    accept_rate: Annotated[str | None, Arg("Instead of the venue's own, like 25%", max_length=20)] = None,
    agreement: Annotated[
        float | None,
        Arg("Correlation of two committees' verdicts, 0 to 1; about .55", reads=fraction),
    ] = None,
    numbers: AllNumbers = False,
) -> Reply:
    """See how often two committees of one venue disagree."""
    rho = None if agreement is None else reading.agreement(agreement)
    known = await _rates(call)
    assumed = rates.rate_of(venue, known)
    if accept_rate:
        assumed = Assumed(reading.accept_rate(accept_rate), "the accept rate that you gave")
    answer = await _drawn(call, answers.committees, assumed, rho, str(venue or ""))
    if assumed.guessed:
        answer = _asking(answer, [venue], known)
    args = {"accept_rate": accept_rate} if accept_rate else {}
    if rho is not None:
        args["agreement"] = f"{rho:g}"
    return _committees_reply(answer, venue, args, numbers=numbers)


@command(
    "lottery experiment",
    access=Access.ANYONE,
    needs_cohort=False,
    form="Choose an experiment",
    submit="Show it",
    cost=Cost.DRAWS,
)
async def experiment(
    call: Call,
    year: Annotated[Year, Arg("NIPS 2014 or NeurIPS 2021")],
    seed: Seed = None,
    numbers: AllNumbers = False,
) -> Reply:
    """See what two committees decided in 2014 and 2021, beside the model and a rerun."""
    drawn = _seed_of(call) if seed is None else seed
    answer = await _drawn(call, experiment_answer, int(year.value), drawn)
    other = Year.NEURIPS_2021 if year is Year.NIPS_2014 else Year.NIPS_2014
    this = Button("", "lottery experiment", {"year": year.value, "seed": str(drawn)})
    return reply(
        answer,
        this,
        Topic.EXPERIMENTS,
        Button("Another seed", "lottery experiment", {"year": year.value}),
        Button(other.label, "lottery experiment", {"year": other.value}),
        numbers=numbers,
        shared=this,
    )


@command(
    "lottery simulate",
    access=Access.ANYONE,
    needs_cohort=False,
    form="Simulate a conference",
    submit="Simulate it",
    cost=Cost.SIMULATES,
)
async def simulate(
    call: Call,
    papers: Annotated[int, Arg("How many are submitted", minimum=LEAST_PAPERS, maximum=MOST_PAPERS)],
    accept_rate: Annotated[str, Arg("How many are accepted, like 25%", max_length=20)],
    reviewers: Annotated[int, Arg("Reviews a paper, such as 4", minimum=1, maximum=MOST_REVIEWERS)],
    seed: Seed = None,
    numbers: AllNumbers = False,
) -> Reply:
    """Draw a whole conference, and see what another committee would have decided."""
    drawn = _seed_of(call) if seed is None else seed
    asked = SimulationRequest(papers, reading.accept_rate(accept_rate), reviewers, drawn)
    return await _simulation_reply(call, asked, numbers=numbers)


@command("lottery plan", access=Access.ANYONE, needs_cohort=False, cost=Cost.DRAWS)
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
    numbers: AllNumbers = False,
) -> Reply:
    """See how many tries an acceptance takes, and what an improvement does."""
    known = await _rates(call)
    asked = Plan(stops(venues, accept_rate, known), tries or TRIES, improve or HALF)
    typed = {"accept_rate": accept_rate, "tries": tries, "improve": improve, "venues": venues}
    args = {
        name: f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in typed.items()
        if value
    }
    return await _plan_reply(call, asked, args, known, numbers=numbers)


@command(
    "lottery elsewhere",
    access=Access.ANYONE,
    needs_cohort=False,
    form="Try another venue",
    submit="Show it",
    cost=Cost.SIMULATES,
)
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
    known = await _rates(call)
    assumed = rates.rate_of(venue, known)
    if scores:
        given = reading.scores(scores)
        answer = await _drawn(call, answers.scores, given, venue, known)
        return _scores_reply(_asking(answer, [venue], known), given, venue)
    if tries:
        return await _plan_reply(
            call,
            Plan(stops(str(venue), None, known), tries, HALF),
            {"venues": str(venue), "tries": str(tries)},
            known,
        )
    if papers:
        return await _simulation_reply(
            call, SimulationRequest(papers, assumed.rate, reviewers or 4, _seed_of(call))
        )
    answer = await _drawn(call, answers.committees, assumed, None, str(venue))
    return _committees_reply(_asking(answer, [venue], known), venue, {})


def _asking(
    answer: answers.Answer, named: Iterable[VenueEdition | None], known: CohortRates
) -> answers.Answer:
    """An answer that also asks about those of the venues named whose rate nobody knows, and that may be a slip."""
    lines = [
        say(
            "I know no accept rate of “{typed}”. Did you mean {close}?",
            typed=shorten(str(each), 60),
            close=" or ".join(close),
        )
        for each in dict.fromkeys(named)
        if each is not None and (close := rates.close_names(each, known))
    ]
    return replace(answer, text=join([answer.text, *lines[:3]]))


def _seed_of(call: Call) -> int:
    """A seed from the call's own id, so that a call delivered twice gives one answer."""
    person = call.request.person
    key = f"{person.platform}:{person.workspace}:{call.request.id}"
    return int.from_bytes(hashlib.sha256(key.encode("utf-8", "replace")).digest()[:8], "big") % SEEDS


def _committees_button(venue: str) -> Button:
    return Button("Two committees there", "lottery venue", {"venue": venue} if venue else {})


def _scores_reply(
    answer: answers.Answer, given: tuple[float, ...], venue: VenueEdition | None, *, numbers: bool = False
) -> Reply:
    """The answer about somebody's own scores, with its buttons."""
    there, listed = {"venue": str(venue)} if venue else {}, ",".join(f"{each:g}" for each in given)
    committees = Button("Two committees there", "lottery venue", {"venue": str(venue or "ICLR")})
    return reply(
        answer,
        Button("", "lottery scores", {"scores": listed, **there}),
        Topic.SCORES,
        committees,
        another_venue(scores=listed),
        numbers=numbers,
        shared=committees,
    )


def _committees_reply(
    answer: answers.Answer, venue: VenueEdition | None, args: Mapping[str, str], *, numbers: bool = False
) -> Reply:
    """The answer about two committees, with its buttons. `args` are what was asked beside the venue."""
    there = {"venue": str(venue)} if venue else {}
    this = Button("", "lottery venue", {**there, **args})
    return reply(
        answer,
        this,
        Topic.COMMITTEES,
        Button("My review scores", "lottery scores", there),
        Button("More than one try", "lottery plan", {"venues": str(venue)} if venue else {}),
        another_venue(),
        numbers=numbers,
        shared=this,
    )


async def _rates(call: Call) -> CohortRates:
    """The accept rates that the caller's cohort has; outside of one those of the built-in table alone."""
    return NOBODY_SAID if call.optional_scope is None else await call.read(rates.of_cohort, call.cohort.id)


async def _drawn(
    call: Call, make: Callable[P, answers.Answer], /, *args: P.args, **kwargs: P.kwargs
) -> answers.Answer:
    """An answer with its picture, drawn anew unless the same was asked lately."""
    cache = call.core.singletons.get(LruCache)
    return await cache.get_or_call(call.core.executors.draw, make, *args, **kwargs)


async def _simulation_reply(call: Call, asked: SimulationRequest, *, numbers: bool = False) -> Reply:
    """Draw a conference, or find it among those drawn lately, and answer."""
    given = {"papers": str(asked.papers), "reviewers": str(asked.reviewers)}
    args = {**given, "accept_rate": f"{asked.rate:.6g}"}
    same = Button("Another seed", "lottery simulate", args)
    asked.accepted  # noqa: B018 - refuses a quota that leaves no choice before anything is drawn
    cache = call.core.singletons.get(LruCache)
    answer = await cache.get_or_call(call.core.executors.simulate, simulation.answer, asked)
    this = Button("", "lottery simulate", {**args, "seed": str(asked.seed)})
    return reply(answer, this, Topic.SIMULATION, same, another_venue(**given), numbers=numbers, shared=this)


async def _plan_reply(
    call: Call, asked: Plan, args: Mapping[str, str], known: CohortRates, *, numbers: bool = False
) -> Reply:
    """Answer a plan; `args` are what was asked."""
    asked = Plan(asked.stops, min(max(asked.tries, len(asked.stops)), MOST_SHOWN), asked.improve)
    answer = await _drawn(call, plan_answer, asked)
    answer = _asking(answer, (venues.read_edition(each.name) for each in asked.stops if each.guessed), known)
    more = _plan_button("One more try", asked, asked.tries + 1) if asked.tries < MOST_SHOWN else None
    this = Button("", "lottery plan", args)
    return reply(
        answer, this, Topic.TRIES, more, another_venue(tries=str(asked.tries)), numbers=numbers, shared=this
    )


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
    if stop.name and rates.rate_of(VenueEdition(stop.name)).rate == stop.rate:
        return stop.name
    return f"{stop.name} {_rate(stop)}".strip()


def _rate(stop: Stop) -> str:
    return f"{stop.rate:.4g}".removeprefix("0")
