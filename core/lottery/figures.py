"""The figures of the lottery's answers, each worked out once, without a word or a picture.

The chat (`core.features.lottery`) and the terminal (`bot.lottery`) present the same dataclasses. Rates, chances and
agreements are fractions; a `Range` holds a figure at one agreement and the least and most that it can be over the
agreements that were measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf

from core.lottery import bounds, decisions, fit, rounds
from core.lottery.bounds import Bounds
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range, ranged_each
from core.lottery.experiments import Experiment
from core.lottery.fit import Estimate
from core.lottery.rounds import Try
from core.lottery.scores import ScoreModel


def agreement_range(rho: float | None = None) -> Range:
    """The agreements over which ranges are taken: the measured ones, or only the one that was given."""
    return Range(RHO, RHO_LOW, RHO_HIGH) if rho is None else Range(rho, rho, rho)


def over_agreements(
    figures: Callable[[float], Sequence[float]], rho: float | None = None
) -> tuple[Range, ...]:
    """Figures of one agreement, each with its range over the agreements; none where one was given."""
    if rho is not None:
        return tuple(Range(figure, figure, figure) for figure in figures(rho))
    return ranged_each(figures)


@dataclass(frozen=True, slots=True)
class CommitteeFigures:
    """What two committees at one accept rate make of the same papers; see `core.lottery.decisions`."""

    accept_rate: float
    agreement: Range
    both_accept: Range
    disagreement: Range
    flip: Range
    accept_after_rejection: Range


def committees(accept_rate: float, rho: float | None = None) -> CommitteeFigures:
    """The figures of two committees, with no range where an agreement was given. ValueError for a bad rate or
    agreement."""

    def figure(of: Callable[[float, float], float]) -> Range:
        return over_agreements(lambda each: (of(accept_rate, each),), rho)[0]

    return CommitteeFigures(
        accept_rate,
        agreement_range(rho),
        figure(decisions.both_accept),
        figure(decisions.disagreement),
        figure(decisions.flip),
        figure(decisions.accept_after_rejection),
    )


@dataclass(frozen=True)
class PlanFigures:
    """The tries of one paper at venues with these accept rates, in order; `improve` is an improvement of the paper in
    standard deviations of quality. Each figure is worked out when it is first asked for."""

    rates: tuple[float, ...]
    improve: float = 0.0
    rho: float | None = None

    def _tries(self, improve: float) -> list[Try]:
        return [Try(rate, improve) for rate in self.rates]

    @cached_property
    def by(self) -> tuple[Range, ...]:
        """The chance to be in by the first, second ... try, the paper unchanged."""
        return over_agreements(lambda rho: rounds.accepted_by(self._tries(0.0), rho), self.rho)

    @cached_property
    def by_improved(self) -> tuple[Range, ...]:
        """The same with the paper improved before the first try."""
        return over_agreements(lambda rho: rounds.accepted_by(self._tries(self.improve), rho), self.rho)

    @cached_property
    def by_improved_after_first(self) -> tuple[Range, ...]:
        """The same with the paper improved after the first try."""
        revised = [*self._tries(0.0)[:1], *self._tries(self.improve)[1:]]
        return over_agreements(lambda rho: rounds.accepted_by(revised, rho), self.rho)

    def after_rejections(self, improve: float, most: int | None = None) -> tuple[Range, ...]:
        """The chance of the next try after one, two ... rejections, the paper improved after the last of them;
        the first `most` of these chances."""
        tries = self._tries(0.0)
        return over_agreements(lambda rho: rounds.accepted_after(tries, rho, improve)[:most], self.rho)

    @cached_property
    def median(self) -> Range:
        """The try by which half of such papers are in, unchanged; infinite beyond `rounds.MOST_TRIES`."""
        return self._median(0.0)

    @cached_property
    def median_improved(self) -> Range:
        """The same with the paper improved before the first try."""
        return self._median(self.improve)

    def _median(self, improve: float) -> Range:
        def median(rho: float) -> list[float]:
            found = rounds.median_of(self._tries(improve), rho)
            return [inf if found is None else found]

        return over_agreements(median, self.rho)[0]

    def other_model(self, tries: int) -> float | None:
        """What the model of papers that are rejected or decided by a coin, which fits two committees as well, gives
        within so many tries. None where it is not defined: for venues of several rates, or an improved paper."""
        if self.improve or len(set(self.rates)) > 1:
            return None
        return rounds.coin_accepted_within(self.rates[0], tries, RHO if self.rho is None else self.rho)


@dataclass(frozen=True, slots=True)
class ScoreFigures:
    """What a paper's own scores say: `now` in this round, `following` at a new committee that accepts `next_rate`,
    each over all that `core.lottery.bounds` names; `agreement` is what the scores allow of it."""

    scores: tuple[float, ...]
    mean: float
    agreement: Range
    now: Range
    next_rate: float
    following: Range


def of_scores(
    model: ScoreModel, scores: Sequence[float], within: Bounds, next_rate: float | None = None
) -> ScoreFigures:
    """The figures of one paper's scores. `next_rate` is the model's own where none is given."""

    def figures(at: ScoreModel) -> tuple[float, float]:
        return at.now(scores), at.next(scores, next_rate)

    now, following = bounds.ranges(figures, model, within)
    return ScoreFigures(
        tuple(scores),
        sum(scores) / len(scores),
        bounds.used_agreements(model, within),
        now,
        model.p if next_rate is None else next_rate,
        following,
    )


@dataclass(frozen=True, slots=True)
class ExperimentFigures:
    """An experiment beside the model: shares and expected counts at one agreement, and the agreement that fits its
    table alone."""

    of: Experiment
    agreement: Range
    flip: Range
    disagreement: Range
    expected: dict[str, Range]
    fitted: Estimate


def of_experiment(of: Experiment, rho: float | None = None) -> ExperimentFigures:
    """What the model says of an experiment."""
    found = committees(of.accept_rate, rho)
    return ExperimentFigures(
        of, found.agreement, found.flip, found.disagreement, _expected(of, found), of.fitted()
    )


def _expected(of: Experiment, found: CommitteeFigures) -> dict[str, Range]:
    """The counts that the model gives: `both`, `split` (one of the two) and `neither`: n AA, 2 n (p - AA) and
    n (1 - 2p + AA)."""
    p, papers, both = of.accept_rate, of.counts.papers, found.both_accept

    def counted(share: Callable[[float], float]) -> Range:
        value, *ends = (papers * share(each) for each in (both.value, both.low, both.high))
        return Range(value, min(ends), max(ends))

    return {
        "both": counted(lambda both: both),
        "split": counted(lambda both: 2 * (p - both)),
        "neither": counted(lambda both: 1 - 2 * p + both),
    }


@dataclass(frozen=True, slots=True)
class ReviewerFigures:
    """How far the reviewers of some papers agree: a single review's ICC with its 95 % interval, and by ANOVA."""

    icc: Estimate
    anova: float
    papers: int
    reviews: int


def of_reviewers(groups: Sequence[Sequence[float]]) -> ReviewerFigures:
    """The figures of reviews, given by paper."""
    return ReviewerFigures(
        fit.icc(groups), fit.anova_icc(groups), len(groups), sum(len(group) for group in groups)
    )


def quota(papers: int, accept_rate: float) -> int:
    """How many of so many papers an accept rate is. ValueError where that leaves a committee no choice."""
    accepted = round(accept_rate * papers)
    if not 0 < accepted < papers:
        raise ValueError(
            f"Of {papers:,} papers, {100 * accept_rate:.3g}% is {accepted:,}. A conference has to accept "
            "at least one and turn down at least one; please ask for more papers or another rate."
        )
    return accepted
