"""One paper, several tries: the chance to be accepted by the n-th.

The tries are not independent: the paper's quality Q stays, and each rejection says something about it.
P(T > n) = E_Q[product over the tries of 1 - pi(Q)], pi(Q) = Phi((sqrt(rho) (Q + d) - t) / sqrt(1 - rho)),
where d is an improvement of the paper in standard deviations of Q. The expected number of tries is infinite
for rho >= .5, so there is none here: use the median and the chance by n.

What two tries do is fixed by what was measured, two committees. Beyond two the shape of the model matters:
see `model_dependent` and `coin_accepted_within`.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import erfc, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from core.lottery import checks
from core.lottery.decisions import RHO, both_accept, threshold

MEASURED_TRIES = 2  # the experiments had two committees, so nothing beyond two was ever observed
MOST_TRIES = 10_000


@dataclass(frozen=True, slots=True)
class Try:
    """One submission: the venue's accept rate, and how much the paper has improved, in s.d. of Q."""

    accept_rate: float
    improve: float = 0.0


def model_dependent(tries: int) -> bool:
    """Whether a figure for so many tries rests on the model's shape and not only on what was measured."""
    return tries > MEASURED_TRIES


def resubmitted(p: float, tries: int, improve: float = 0.0) -> list[Try]:
    """`tries` submissions at one accept rate, the paper being improved once, after the first verdict."""
    checks.at_least("The number of tries", tries, 1)
    return [Try(p), *(Try(p, improve) for _ in range(tries - 1))]


def _grid(rho: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of Q and their weights: the trapezoid rule, which converges exponentially for such integrands.

    The step shrinks with the noise, because pi(Q) becomes a cliff of the width sqrt(1 - rho).
    """
    step = max(0.002, min(0.04, sqrt(1 - checks.noisy_agreement(rho))))
    q = np.arange(-8, 8 + step, step)
    weights = np.exp(-q * q / 2) * (step / sqrt(2 * pi))
    return q, weights / weights.sum()


def _rejected(q: NDArray[np.float64], one: Try, rho: float) -> NDArray[np.float64]:
    """1 - pi(Q) for one try at each value of Q."""
    t = threshold(one.accept_rate)
    x = (sqrt(rho) * (q + one.improve) - t) / sqrt(2 * (1 - rho))
    return np.array([0.5 * erfc(value) for value in x.tolist()])


def accepted_by(tries: Sequence[Try], rho: float = RHO) -> tuple[float, ...]:
    """P(accepted by the first, the second, ... of these tries), which may be at different accept rates.

    Raises ValueError without a try, or unless every 0 < accept_rate < 1 and 0 <= rho < 1.
    """
    checks.at_least("The number of tries", len(tries), 1)
    q, left = _grid(rho)
    seen: dict[Try, NDArray[np.float64]] = {}
    chances = []
    for one in tries:
        if one not in seen:
            seen[one] = _rejected(q, one, rho)
        left = left * seen[one]
        chances.append(1 - float(left.sum()))
    return tuple(chances)


def accepted_after(tries: Sequence[Try], rho: float = RHO, improve: float = 0.0) -> tuple[float, ...]:
    """P(the next try accepts | the first, the first two, ... all of these tries rejected).

    The next try is the following one, after the last a repetition of it; for it alone the paper is improved
    by `improve` s.d. on top. ValueError as for `accepted_by`.
    """
    checks.at_least("The number of tries", len(tries), 1)
    q, left = _grid(rho)
    seen: dict[Try, NDArray[np.float64]] = {}
    chances = []
    for one, following in pairwise([*tries, tries[-1]]):
        better = replace(following, improve=following.improve + improve)
        for each in (one, better):
            if each not in seen:
                seen[each] = _rejected(q, each, rho)
        left = left * seen[one]
        left /= left.sum()
        chances.append(1 - float((left * seen[better]).sum()))
    return tuple(chances)


def accepted_within(p: float, tries: int, rho: float = RHO, improve: float = 0.0) -> float:
    """P(accepted within n tries) of a paper that is `improve` s.d. better than typical from the start."""
    checks.at_least("The number of tries", tries, 1)
    q, weights = _grid(rho)
    return 1 - float((weights * _rejected(q, Try(p, improve), rho) ** tries).sum())


def accept_after_rejections(p: float, rejections: int, rho: float = RHO, improve: float = 0.0) -> float:
    """P(the next try is accepted | n rejections), the paper being improved only now, after the last."""
    checks.at_least("The number of rejections", rejections, 0)
    q, weights = _grid(rho)
    left = weights * _rejected(q, Try(p), rho) ** rejections
    return 1 - float((left * _rejected(q, Try(p, improve), rho)).sum() / left.sum())


def median_tries(p: float, rho: float = RHO, improve: float = 0.0) -> int | None:
    """The fewest tries by which at least half of such papers are in; None if that takes over 10,000."""
    q, weights = _grid(rho)
    rejected = _rejected(q, Try(p, improve), rho)
    low, high = 0, 1  # more than half are still out after `low` tries
    while float((weights * rejected**high).sum()) > 0.5:
        if high >= MOST_TRIES:
            return None
        low, high = high, min(2 * high, MOST_TRIES)
    while high - low > 1:
        middle = (low + high) // 2
        if float((weights * rejected**middle).sum()) > 0.5:
            low = middle
        else:
            high = middle
    return high


def median_of(tries: Sequence[Try], rho: float = RHO) -> int | None:
    """As `median_tries` for tries that differ; the last of them is repeated for as long as it takes.

    ValueError as for `accepted_by`; None when it takes over 10,000.
    """
    for number, chance in enumerate(accepted_by(tries, rho), 1):
        if chance >= 0.5:
            return number
    q, left = _grid(rho)
    for one in tries:
        left = left * _rejected(q, one, rho)
    again = _rejected(q, tries[-1], rho)
    more = range(1, MOST_TRIES - len(tries) + 1)
    found = bisect_left(more, True, key=lambda count: float((left * again**count).sum()) <= 0.5)
    return len(tries) + more[found] if found < len(more) else None


def coin_accepted_within(p: float, tries: int, rho: float = RHO) -> float:
    """The same chance under another model that fits two committees as well: some papers are always rejected,
    the others accepted with one fixed chance.

    With c = AA/p that chance and p/c the others' share, P(T <= n) = (p/c) (1 - (1 - c)^n). Equal to
    `accepted_within` for one and two tries; the gap beyond is what the choice of a model is worth.
    """
    checks.at_least("The number of tries", tries, 1)
    chance = both_accept(p, rho) / p
    return p / chance * (1 - (1 - chance) ** tries)
