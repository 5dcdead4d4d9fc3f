"""Two committees and one paper: how often do their verdicts differ?

Model: Z_c = sqrt(rho) Q + sqrt(1 - rho) U_c with Q (what both committees see) and U_c (what only one sees)
standard normal; a committee accepts when Z_c > t = Phi^-1(1 - p). p is the accept rate and rho the
correlation of two committees' verdicts. Accept rates and results are fractions.
"""

from collections.abc import Callable
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


@dataclass(frozen=True, slots=True)
class Range:
    """A figure at the default agreement, and the least and most it can be within the agreement's 95 %."""

    value: float
    low: float
    high: float


def ranged(figure: Callable[[float], float]) -> Range:
    """`figure(rho)` at rho .55, and its range over rho .46 to .63; `figure` must be monotonic in rho.

    >>> ranged(lambda rho: round(flip(0.25, rho), 2))
    Range(value=0.49, low=0.44, high=0.54)
    """
    value, *ends = (figure(rho) for rho in (RHO, RHO_LOW, RHO_HIGH))
    return Range(value, min(value, *ends), max(value, *ends))


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
