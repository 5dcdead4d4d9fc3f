"""A simulated conference: one that was drawn, among others of its size."""

from dataclasses import dataclass

from core.charts.conferences import conferences_chart
from core.chat.model import Picture
from core.chat.text import Text, join, say
from core.errors import BadInput
from core.features.lottery import models, texts
from core.features.lottery.answers import Answer
from core.features.lottery.reading import rate_words
from core.lottery import decisions, figures, simulate
from core.lottery.chunks import Progress
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range
from core.lottery.simulate import Conferences

LEAST_PAPERS, MOST_PAPERS, MOST_REVIEWERS = 10, 10_000_000, 20
FEWEST, MOST = 10, 200
"""Conferences in a strip."""
_IN_ALL = 4_000_000  # papers to draw, as long as that gives more than the fewest conferences
_QUICK = 5_000_000  # papers in all that take no longer than anybody waits for an answer
_TRIMMED = 40  # of so many conferences, one at each end lies outside the middle 95 %


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

    @property
    def conferences(self) -> int:
        """How many are drawn to see how they differ; the first is the one that was asked for."""
        return max(FEWEST, min(MOST, _IN_ALL // self.papers))

    @property
    def large(self) -> bool:
        """Whether it takes long enough to say how far it is."""
        return self.papers * self.conferences > _QUICK


def quota(papers: int, rate: float) -> int:
    """How many of so many papers an accept rate (a fraction) is. `BadInput` where it leaves no choice."""
    try:
        return figures.quota(papers, rate)
    except ValueError as error:
        raise BadInput(str(error), field="accept_rate") from None


def draw(asked: SimulationRequest, progress: Progress | None = None) -> Conferences:
    """Draw the conferences: of an exact quota, each paper's reviews by their mean. Blocks, up to some seconds;
    `progress` is told the parts that are done."""
    rho = models.agreement_of(asked.reviewers)
    return simulate.conferences(
        asked.conferences, asked.papers, asked.accepted, rho, seed=asked.seed, progress=progress
    )


def answer(asked: SimulationRequest, drawn: Conferences) -> Answer:
    """What was drawn, in words and as a strip. Plain and slow: run it off the event loop."""
    mine = drawn.table()
    p, flips = asked.accepted / asked.papers, drawn.flips.tolist()
    ends = [models.agreement_of(asked.reviewers, rho) for rho in (RHO, RHO_LOW, RHO_HIGH)]
    expected = [decisions.flip(p, rho) for rho in ends]
    lines = [
        say(
            "**A simulated conference**: {papers} papers, {accepted} accepted ({rate}), {reviews} a paper",
            papers=f"{asked.papers:,}",
            accepted=f"{asked.accepted:,}",
            rate=rate_words(p),
            reviews=_reviews(asked.reviewers),
        ),
        say(
            "- Of the {accepted} papers that one committee accepts, another one turns down {changed}, {flip}.",
            accepted=f"{asked.accepted:,}",
            changed=f"{mine.only_a:,}",
            flip=texts.plainly(mine.flip),
        ),
        say(
            "- They decide differently on {split} papers, {differ}.",
            split=f"{mine.only_a + mine.only_b:,}",
            differ=texts.plainly(mine.disagreement),
        ),
        _vary(asked, drawn, p),
        say(
            "- If committees agree less or more than assumed, the middle moves: {flip}.",
            flip=texts.odds(Range(expected[0], min(expected), max(expected))),
        ),
        say("Seed {seed}: the same seed draws the same conference.", seed=asked.seed),
        say(
            "Assumed: {agreement}, measured with {measured} reviews a paper; with {reviews} that makes {rho} ({low} to "
            "{high}).",
            agreement=texts.AGREEMENT,
            measured=f"{models.measured().k:g}",
            reviews=asked.reviewers,
            rho=f"{ends[0]:.2f}",
            low=f"{min(ends):.2f}",
            high=f"{max(ends):.2f}",
        ),
        *_caveat(asked.reviewers),
    ]
    chart = conferences_chart(
        flips, mine.flip, mark="yours", subject=f"{asked.papers:,} papers, seed {asked.seed}"
    )
    return Answer(join(lines), Picture(chart.png, chart.alt, "simulation.png"))


def _reviews(count: int) -> str:
    return "one review" if count == 1 else f"{count} reviews"


def _vary(asked: SimulationRequest, drawn: Conferences, p: float) -> Text:
    """How much conferences of this size differ by the draw of their papers alone."""
    if asked.conferences >= _TRIMMED:
        low, high = drawn.quantiles(0.025, 0.975)
        return say(
            "- Of {count} conferences like it, 95 in 100 lie {between}, by chance alone.",
            count=asked.conferences,
            between=texts.between(low, high),
        )
    sd = decisions.flip_sd(p, models.agreement_of(asked.reviewers), asked.papers)
    return say(
        "- Of so many papers conferences hardly differ: in 95 of 100 by less than {points} points in 100.",
        points=f"{200 * sd:.2g}",
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
