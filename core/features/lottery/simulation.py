"""A simulated conference: one that was drawn, among others of its size."""

from dataclasses import dataclass

from core.charts.canvas import Chart
from core.charts.conferences import conferences_chart
from core.chat.text import Text, join, say
from core.errors import BadInput
from core.features.lottery import texts
from core.features.lottery.answers import Answer
from core.lottery import figures, simulate
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range
from core.lottery.overlap import overlap
from core.lottery.simulate import Conferences
from core.papers import score_models
from core.papers.rates import rate_words

LEAST_PAPERS, MOST_PAPERS, MOST_REVIEWERS = 10, simulate.MOST_PAPERS, 20
STRIP = 200
"""Conferences in a strip; the first is the one that was asked for."""
_HARDLY = 0.002  # conferences whose middle 95 % spans less than this hardly differ


@dataclass(frozen=True, slots=True)
class SimulationRequest:
    """A conference: papers, accept rate (a fraction), reviews a paper, and the seed of its draw."""

    papers: int
    rate: float
    reviewers: int
    seed: int

    @property
    def accepted(self) -> int:
        """The quota of each committee. `BadInput` where it leaves no choice."""
        return quota(self.papers, self.rate)


def quota(papers: int, rate: float) -> int:
    """How many of so many papers an accept rate (a fraction) is. `BadInput` where it leaves no choice."""
    try:
        return figures.quota(papers, rate)
    except ValueError as error:
        raise BadInput(str(error), field="accept_rate") from None


def check_size(papers: int, reviewers: int) -> None:
    """ValueError where a conference is none that the command takes."""
    if not (LEAST_PAPERS <= papers <= MOST_PAPERS and 1 <= reviewers <= MOST_REVIEWERS):
        raise ValueError("A conference of that size cannot be simulated.")


def draw(asked: SimulationRequest) -> Conferences:
    """Draw the conferences: of an exact quota, each paper's reviews by their mean."""
    rho = score_models.agreement_of(asked.reviewers)
    return simulate.conferences(STRIP, asked.papers, asked.accepted, rho, seed=asked.seed)


def answer(asked: SimulationRequest) -> Answer:
    """What was drawn, in words and as a strip. Plain and slow (it draws a picture): run it off the event loop."""
    drawn = draw(asked)
    mine, middle = drawn.table(), drawn.quantiles(0.025, 0.975)
    changed = {
        "accepted": f"{asked.accepted:,}",
        "changed": f"{mine.only_a:,}",
        "flip": texts.share(mine.flip),
    }
    short = [
        say(
            "**Of the {accepted} papers that one committee accepts, another one turns down {changed}, {flip}.**",
            **changed,
        ),
        _vary(middle),
        say("{papers} papers, seed {seed}.", papers=f"{asked.papers:,}", seed=asked.seed),
    ]
    lines = [
        say(
            "**A simulated conference**: {papers} papers, {accepted} accepted ({rate}), {reviews} a paper",
            papers=f"{asked.papers:,}",
            accepted=f"{asked.accepted:,}",
            rate=rate_words(asked.accepted / asked.papers),
            reviews=_reviews(asked.reviewers),
        ),
        say(
            "- Of the {accepted} papers that one committee accepts, another one turns down {changed}, {flip}.",
            **changed,
        ),
        say(
            "- They decide differently on {split} papers, {differ}.",
            split=f"{mine.only_a + mine.only_b:,}",
            differ=texts.share(mine.disagreement),
        ),
        say("- {vary}", vary=_vary(middle)),
        *_assumed(asked),
        *_caveat(asked.reviewers),
    ]
    return Answer(join(short), _chart(asked, drawn).picture("simulation.png"), join(lines))


def _assumed(asked: SimulationRequest) -> list[Text]:
    """The agreement that the draw rests on, and what another one would make of it."""
    ends = [score_models.agreement_of(asked.reviewers, rho) for rho in (RHO, RHO_LOW, RHO_HIGH)]
    expected = [1 - overlap(asked.papers, asked.accepted, rho).mean / asked.accepted for rho in ends]
    return [
        say(
            "- If committees agree less or more than assumed, the middle moves: {flip}.",
            flip=texts.odds(Range(expected[0], min(expected), max(expected))),
        ),
        say("Seed {seed}: the same seed draws the same conference.", seed=asked.seed),
        say(
            "Assumed: {agreement}, measured with {measured} reviews a paper; with {reviews} that makes {rho} ({low} to "
            "{high}).",
            agreement=texts.AGREEMENT,
            measured=f"{score_models.measured().k:g}",
            reviews=asked.reviewers,
            rho=f"{ends[0]:.2f}",
            low=f"{min(ends):.2f}",
            high=f"{max(ends):.2f}",
        ),
    ]


def _chart(asked: SimulationRequest, drawn: Conferences) -> Chart:
    return conferences_chart(
        drawn.flips.tolist(),
        drawn.table().flip,
        drawn.quantiles(0.025, 0.975),
        mark="yours",
        grain=1 / asked.accepted,
        subject=f"{asked.papers:,} papers, seed {asked.seed}",
    )


def _reviews(count: int) -> str:
    return "one review" if count == 1 else f"{count} reviews"


def _vary(middle: tuple[float, ...]) -> Text:
    """How much conferences of this size differ by the draw of their papers alone."""
    low, high = middle
    if high - low < _HARDLY:
        return say(
            "Of so many papers conferences hardly differ: in 95 of 100 by less than {points} points in 100.",
            points=f"{100 * (high - low):.2g}",
        )
    return say(
        "Of conferences like it, 95 in 100 lie {between}, by chance alone.",
        between=texts.between(low, high),
    )


def _caveat(reviewers: int) -> list[Text]:
    if reviewers == 1:
        return [
            say(
                "With one review a paper nothing weighs against it, and no experiment was made so: this rests on the "
                "model alone."
            )
        ]
    if not 2 < reviewers < 7:
        return [
            say(
                "The agreement was measured with three to four reviews a paper; for {count} it rests on the model.",
                count=reviewers,
            )
        ]
    return []
