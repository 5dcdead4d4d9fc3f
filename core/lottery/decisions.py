"""Two committees and one paper: how often do their verdicts differ?

Model: Z_c = sqrt(rho) Q + sqrt(1 - rho) U_c with Q (what both committees see) and U_c (what only one sees)
standard normal; a committee accepts when Z_c > t = Phi^-1(1 - p). p is the accept rate and rho the
correlation of two committees' verdicts. Accept rates and results are fractions.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import asin, erfc, exp, pi, sin, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np

from core.lottery import checks

# Fitted to NIPS 2014 and NeurIPS 2021 together: .552, 95 % .46 to .63.
RHO: Final = 0.55
RHO_LOW: Final = 0.46
RHO_HIGH: Final = 0.63
# The lower end of what NIPS 2014 alone leaves open, 95 % .29 to .71: the least that an experiment allows.
RHO_LEAST: Final = 0.29

_WITHIN = 9  # agreements at which a figure that need not be monotonic is looked at


@dataclass(frozen=True, slots=True)
class Range:
    """A figure at the default agreement, and the least and most it can be within the agreement's 95 %."""

    value: float
    low: float
    high: float


def ranged(
    figure: Callable[[float], float], rho: float = RHO, low: float = RHO_LOW, high: float = RHO_HIGH
) -> Range:
    """`figure(rho)`, and its range over agreements from `low` to `high`; `figure` must be monotonic in rho.

    A rho outside low to high widens the range, so that the value always lies in it.

    >>> ranged(lambda rho: round(flip(0.25, rho), 2))
    Range(value=0.49, low=0.44, high=0.54)
    """
    value, *ends = (figure(each) for each in (rho, low, high))
    return Range(value, min(value, *ends), max(value, *ends))


def ranged_each(
    figures: Callable[[float], Sequence[float]],
    rho: float = RHO,
    low: float = RHO_LOW,
    high: float = RHO_HIGH,
) -> tuple[Range, ...]:
    """As `ranged` for several figures of one agreement, which need not be monotonic in it: least and most are
    those at nine agreements from `low` to `high`, evenly apart, and at `rho`."""
    between = (low + (high - low) * step / (_WITHIN - 1) for step in range(_WITHIN))
    columns = zip(*(figures(each) for each in (rho, *between)), strict=True)
    return tuple(Range(column[0], min(column), max(column)) for column in columns)


def phi(x: float) -> float:
    """The standard normal distribution function, exact in both tails."""
    return 0.5 * erfc(-x / sqrt(2))


def threshold(p: float) -> float:
    """t = Phi^-1(1 - p), in standard deviations above the mean. ValueError unless 0 < p < 1."""
    return -NormalDist().inv_cdf(checks.accept_rate(p))


@cache
def _legendre() -> tuple[tuple[float, float], ...]:
    """Nodes and weights of 24-point Gauss-Legendre quadrature on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(24)
    return tuple(zip(((nodes + 1) / 2).tolist(), (weights / 2).tolist(), strict=True))


def both_accept(p: float, rho: float = RHO) -> float:
    """P(two committees both accept one paper).

    (1 - Phi(t))^2 + 1/(2 pi) * integral from 0 to asin(rho) of exp(-t^2 / (1 + sin x)) dx, which is
    Sheppard's formula for the bivariate normal; exact to 1e-15 up to rho .999.

    Raises ValueError unless 0 < p < 1 and 0 <= rho <= 1.
    """
    t = threshold(p)
    if checks.agreement(rho) == 1:
        return p
    width, square = asin(rho), t * t
    area = sum(weight * exp(-square / (1 + sin(width * node))) for node, weight in _legendre())
    return min(p, p * p + width * area / (2 * pi))


def flip(p: float, rho: float = RHO) -> float:
    """P(the other committee rejects | one accepts) = 1 - AA/p. It is not the share of wrong decisions."""
    return 1 - both_accept(p, rho) / p


def disagreement(p: float, rho: float = RHO) -> float:
    """P(two committees decide differently on one paper) = 2 (p - AA)."""
    return 2 * (p - both_accept(p, rho))


def accept_after_rejection(p: float, rho: float = RHO) -> float:
    """P(the next committee accepts the unchanged paper | one rejected it) = (p - AA) / (1 - p)."""
    return (p - both_accept(p, rho)) / (1 - p)


def flip_sd(p: float, rho: float, papers: int, *, quota: bool = True) -> float:
    """The standard deviation of the flips of conferences of so many papers, from the draw of papers alone.

    With exact quotas the count of both-accepted papers has the variance n Var(AB - g (A + B)), where A and B
    are the verdicts and g = Phi(-t sqrt((1 - rho) / (1 + rho))) is how likely B accepts a paper at A's cut:
    n (AA (1 - AA) + 2 g^2 p (1 - p) + 2 g^2 (AA - p^2) - 4 g AA (1 - p)), the first order of the delta
    method; .062 at 166 papers of which 41 are accepted. With a fixed threshold, and f taken over both committees
    (`simulate.Table.flip`): sqrt(f (1 - f) (1 + f) / (2 n p)). ValueError for a bad rate or agreement, or
    without a paper.
    """
    checks.at_least("The number of papers", papers, 1)
    both, share = both_accept(p, rho), 1 - both_accept(p, rho) / p
    if not quota:
        return sqrt(max(share * (1 - share) * (1 + share), 0.0) / (2 * papers * p))
    at_cut = phi(-threshold(p) * sqrt((1 - rho) / (1 + rho)))
    variance = both * (1 - both) + 2 * at_cut**2 * (p * (1 - p) + both - p * p) - 4 * at_cut * both * (1 - p)
    return sqrt(max(variance, 0.0) / papers) / p
