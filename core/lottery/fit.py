"""How far do two committees agree, and how reliable is one review? Estimates from counts and from scores."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from core.lottery import checks
from core.lottery.decisions import both_accept, phi

_CLOSEST = 0.9999  # the largest agreement that is tried; at 1 any split at all is impossible
_CHI_SQUARE_95 = 3.841459  # the 95 % point of chi-square with one degree of freedom
# Prior of a single review's ICC: mean .385 and most of its mass on .2 to .6, where venues were measured.
PRIOR = (10.0, 16.0)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class _Table:
    both: int
    split: int
    neither: int

    def log_likelihood(self, p: float, rho: float) -> float:
        both = both_accept(p, rho)
        chances = (both, 2 * (p - both), 1 - 2 * p + both)
        counts = (self.both, self.split, self.neither)
        return sum(n * log(max(chance, 1e-300)) for n, chance in zip(counts, chances, strict=True) if n)

    def profile(self, rho: float) -> float:
        """The log-likelihood at the accept rate that suits this rho best."""
        return _maximum(lambda t: self.log_likelihood(phi(-t), rho), -5, 5)


def _maximum(f: Callable[[float], float], low: float, high: float) -> float:
    """The largest value of a function with one peak, by golden section."""
    golden = (5**0.5 - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    at_left, at_right = f(left), f(right)
    while high - low > 1e-5:
        if at_left > at_right:
            high, right, at_right = right, left, at_left
            left = high - golden * (high - low)
            at_left = f(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + golden * (high - low)
            at_right = f(right)
    return max(at_left, at_right)


def _crossing(f: Callable[[float], float], low: float, high: float) -> float:
    """Where f changes sign between low and high; an end, if it does not."""
    below = f(low) < 0
    if (f(high) < 0) == below:
        return high
    for _ in range(30):
        middle = (low + high) / 2
        if (f(middle) < 0) == below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def agreement(both: int, only_a: int, only_b: int, neither: int) -> Estimate:
    """rho from a table of two committees' verdicts, with its 95 % profile-likelihood interval.

    The committees share one accept rate. The estimate is 0 where they agree no more often than chance.
    Raises ValueError for negative counts and for a table in which all papers, or none, were accepted.
    """
    counts = {"both accept": both, "only A accepts": only_a, "only B accepts": only_b, "neither": neither}
    for name, count in counts.items():
        checks.at_least(f"The count of '{name}'", count, 0)
    papers, accepted = sum(counts.values()), 2 * both + only_a + only_b
    if not 0 < accepted < 2 * papers:
        raise ValueError("The table needs papers that were accepted and papers that were rejected.")
    table = _Table(both, only_a + only_b, neither)
    rate, share = accepted / (2 * papers), both / papers
    excess_at_none, excess_at_all = share - rate * rate, share - rate
    if excess_at_none <= 0:
        value = 0.0
    elif excess_at_all >= 0:
        value = _CLOSEST
    else:
        value = _crossing(lambda rho: both_accept(rate, rho) - share, 0, _CLOSEST)
    lowest = table.profile(value) - _CHI_SQUARE_95 / 2
    low = _crossing(lambda rho: table.profile(rho) - lowest, value, 0.0)
    high = _crossing(lambda rho: table.profile(rho) - lowest, value, _CLOSEST)
    return Estimate(value, low, high)


def _groups(reviews: Sequence[Sequence[float]]) -> list[list[float]]:
    """The papers that have scores; ValueError when they cannot tell papers from reviewers."""
    groups = [checks.scores(paper) for paper in reviews if paper]
    if len(groups) < 2 or all(len(paper) == 1 for paper in groups):
        raise ValueError("Scores of at least two papers are needed, and of one of them at least two.")
    if len({score for paper in groups for score in paper}) == 1:
        raise ValueError("All of these scores are the same, so they say nothing about agreement.")
    return groups


def anova_icc(reviews: Sequence[Sequence[float]]) -> float:
    """The one-way ANOVA estimate of a single review's ICC (papers as random effects); it can be negative.

    Each inner sequence holds one paper's scores. (MSB - MSW) / (MSB + (k0 - 1) MSW) with
    k0 = (N - sum k^2 / N) / (papers - 1). Raises ValueError where there is too little to tell.
    """
    groups = _groups(reviews)
    k = np.array([len(paper) for paper in groups], dtype=float)
    means = np.array([sum(paper) / len(paper) for paper in groups])
    total = k.sum()
    between = float((k * (means - (k * means).sum() / total) ** 2).sum()) / (len(groups) - 1)
    within = _within(groups) / (float(total) - len(groups))
    typical = float(total - (k * k).sum() / total) / (len(groups) - 1)
    return (between - within) / (between + (typical - 1) * within)


def _within(groups: list[list[float]]) -> float:
    """SSW: the sum of squares of the scores about their own paper's mean."""
    return sum((score - sum(paper) / len(paper)) ** 2 for paper in groups for score in paper)


def icc(reviews: Sequence[Sequence[float]], prior: tuple[float, float] = PRIOR) -> Estimate:
    """The posterior mean and 95 % interval of a single review's ICC, from a cohort's own reviews.

    One-way random effects with a flat mean and a Jeffreys variance, integrated on a grid of the ICC; the
    prior is a Beta(a, b), Beta(1, 1) being flat. Scores from after a discussion give the agreement *within* a
    committee, which says nothing about another committee: do not turn them into rho.
    Raises ValueError where there is too little to tell.
    """
    groups = _groups(reviews)
    a, b = prior
    if not (a > 0 and b > 0):
        raise ValueError("Both numbers of the prior must be above 0.")
    grid = (np.arange(4000) + 0.5) / 4000
    ratio = (grid / (1 - grid))[:, None]
    # Papers with equally many reviews share their weight, so that sums over them are enough.
    k, which, papers = np.unique([len(paper) for paper in groups], return_inverse=True, return_counts=True)
    means = np.array([sum(paper) / len(paper) for paper in groups])
    means -= means.mean()
    first, second = np.bincount(which, means), np.bincount(which, means * means)
    w = k / (1 + k * ratio)
    sum_w = w @ papers
    squares = _within(groups) + np.maximum(w @ second - (w @ first) ** 2 / sum_w, 0)
    log_posterior = (
        -0.5 * np.log1p(k * ratio) @ papers
        - 0.5 * np.log(sum_w)
        - 0.5 * (k @ papers - 1) * np.log(squares)
        + (a - 1) * np.log(grid)
        + (b - 1) * np.log1p(-grid)
    )
    weights = np.exp(log_posterior - log_posterior.max())
    weights /= weights.sum()
    low, high = np.interp([0.025, 0.975], np.cumsum(weights), grid)
    return Estimate(float((weights * grid).sum()), float(low), float(high))
