"""How many papers two committees both accept when each accepts exactly so many: the whole distribution.

n papers with values (X, Y), bivariate normal with the correlation rho; committee A accepts the m largest X,
B the m largest Y, and K papers are in both. Given the two cuts (each committee's m-th largest value) x and y, the
other papers are independent, so P(K = k) is a double integral over the cuts. Either one paper stands at both cuts,
or two papers do, each above or below the other's cut. With the multinomial probability

    M(k) = n! / (k! (m-k)! (m-k)! (n-2m+k)!) p11^k p10^(m-k) p01^(m-k) p00^(n-2m+k)

of the four cells beyond the cuts, densities f, and a = P(Y > y | X = x), b = P(X > x | Y = y), the integrand is

    M(k) [k f(x,y) / p11 + f(x) f(y) (k (k-1) a b / p11^2 + k (m-k) (a (1-b) / (p11 p01) + (1-a) b / (p11 p10))
          + (m-k)^2 (1-a) (1-b) / (p10 p01))].

It is analytic and falls off on all sides, so the trapezoid rule converges exponentially; the points are doubled until
all chances together are 1. Checked against the hypergeometric distribution (rho = 0), Sheppard's formula (two papers)
and conferences that are drawn paper by paper.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import erfc, lgamma, log, pi, sqrt
from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.lottery import checks
from core.lottery.decisions import both_accept, flip_sd, threshold

_TAIL: Final = 42.0  # what lies further out than e^-42 is left out
_FIRST, _MOST_POINTS = 40, 640  # points along one axis of the cuts
_SETTLED: Final = 1e-9  # how far from 1 all chances together may be
_ROUNDING: Final = 2e-16  # what each paper adds to that
_LEAST: Final = 1e-150  # of a cell; two of them can still be multiplied
_ALL_COUNTS: Final = (
    400  # so many counts are worked out one by one; of more, some, and the others between them
)
_APART: Final = 12.0  # standard deviations of the count that are looked at on either side of its mean
_SMALL_CELL: Final = 32

_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class OverlapDistribution:
    """P(both committees accept first, first + 1, ... of the papers). What is left out at both ends is under 1e-15."""

    papers: int
    accepted: int
    first: int
    chances: _Floats

    @property
    def cumulative(self) -> _Floats:
        """P(K <= first), P(K <= first + 1), ..."""
        return np.cumsum(self.chances)

    @property
    def mean(self) -> float:
        """The mean of K."""
        return float(self.first + self.chances @ np.arange(self.chances.size))

    @property
    def sd(self) -> float:
        """The standard deviation of K."""
        away = self.first + np.arange(self.chances.size) - self.mean
        return sqrt(float(self.chances @ (away * away)))

    def at(self, level: _Floats) -> NDArray[np.int64]:
        """The least count k with P(K <= k) >= level, for each level (0 to 1): the inverse of the distribution."""
        found = np.searchsorted(self.cumulative, level)
        return self.first + np.minimum(found, self.chances.size - 1).astype(np.int64)


@lru_cache(maxsize=256)
def overlap(papers: int, accepted: int, rho: float) -> OverlapDistribution:
    """The distribution of how many papers both committees accept.

    ValueError unless 0 < accepted < papers and 0 <= rho <= 1.
    """
    if not 0 < accepted < papers:
        raise ValueError("A conference must accept at least one paper and reject at least one.")
    if checks.agreement(rho) == 1:
        return OverlapDistribution(papers, accepted, accepted, np.ones(1))
    counts = _counts(papers, accepted, rho)
    first, last = int(counts[0]), int(counts[-1])
    step = (last - first) / max(counts.size - 1, 1) or 1.0
    points, chances = _FIRST, _integrated(papers, accepted, rho, counts, _FIRST)
    while abs(chances.sum() * step - 1) > _SETTLED + _ROUNDING * papers and points < _MOST_POINTS:
        points *= 2
        chances = _integrated(papers, accepted, rho, counts, points)
    if step > 1:
        chances = _between(counts, chances, np.arange(first, last + 1))
    return OverlapDistribution(papers, accepted, first, chances / chances.sum())


def _counts(papers: int, accepted: int, rho: float) -> _Floats:
    """The counts at which the distribution is worked out: all that can be, or where those are many, evenly apart
    within twelve standard deviations of the mean."""
    least, most = max(0, 2 * accepted - papers), accepted
    p = accepted / papers
    # Three more, for conferences so small that the delta method behind flip_sd says little.
    mean, reach = papers * both_accept(p, rho), _APART * (accepted * flip_sd(p, rho, papers) + 3)
    low, high = max(least, int(mean - reach)), min(most, int(mean + reach) + 1)
    if high - low <= _ALL_COUNTS:
        return np.arange(low, high + 1.0)
    step = -(-(high - low) // _ALL_COUNTS)
    return np.arange(low, high + 1.0, step)


def _between(at: _Floats, chances: _Floats, wanted: NDArray[np.int64]) -> _Floats:
    """The chances of all wanted counts: cubics through the logarithms, which are all but parabolas."""
    logs, step = np.log(np.maximum(chances, 1e-300)), at[1] - at[0]
    place = (wanted - at[0]) / step
    left = np.clip(place.astype(np.int64) - 1, 0, at.size - 4)
    x = place - left
    weights = (
        -(x - 1) * (x - 2) * (x - 3) / 6,
        x * (x - 2) * (x - 3) / 2,
        -x * (x - 1) * (x - 3) / 2,
        x * (x - 1) * (x - 2) / 6,
    )
    total: _Floats = sum(
        (weight * logs[left + which] for which, weight in enumerate(weights)), np.zeros(x.size)
    )
    return np.exp(total)


def _integrated(papers: int, accepted: int, rho: float, counts: _Floats, points: int) -> _Floats:
    """P(K = k) for each count, by so many points along the sum and the difference of the cuts."""
    x, y, weights = _cuts(papers, accepted, rho, points)
    noise = sqrt(1 - rho * rho)
    above_x, above_y = _upper(x), _upper(y)
    p11 = _both_above(x, y, above_x, above_y, rho)
    p10, p01 = np.maximum(above_x - p11, _LEAST), np.maximum(above_y - p11, _LEAST)
    p11, p00 = np.maximum(p11, _LEAST), np.maximum(1 - above_x - above_y + p11, _LEAST)
    a, b = _upper((y - rho * x) / noise), _upper((x - rho * y) / noise)
    alone = np.exp(-(x * x + y * y) / 2) / (2 * pi)
    together = np.exp(-(x * x + y * y - 2 * rho * x * y) / (2 * noise * noise)) / (2 * pi * noise)
    shares = np.stack(
        (
            together / p11,
            alone * a * b / p11**2,
            alone * (a * (1 - b) / (p11 * p01) + (1 - a) * b / (p11 * p10)),
            alone * (1 - a) * (1 - b) / (p10 * p01),
        )
    )
    logs = _log_multinomial(papers, accepted, counts, np.stack((p11, p10, p01, p00)), rho)
    first, second, third, fourth = (shares * weights) @ np.exp(logs)
    k, left = counts, accepted - counts
    total: _Floats = k * first + k * (k - 1) * second + k * left * third + left * left * fourth
    return total


def _log_multinomial(papers: int, accepted: int, counts: _Floats, cells: _Floats, rho: float) -> _Floats:
    """log M(k) for each pair of cuts (rows) and count (columns).

    What depends on the counts and what depends on the cuts is kept apart and taken relative to the expected cells, so
    that hundreds of millions of papers cost no digits.
    """
    p = accepted / papers
    both = both_accept(p, rho)
    split = max(p - both, 1e-300)
    expected = papers * np.array([both, split, split, max(1 - 2 * p + both, 1e-300)])
    in_cells = np.stack((counts, accepted - counts, accepted - counts, papers - 2 * accepted + counts))
    by_count = -sum(_relative(row, each) for row, each in zip(in_cells, expected.tolist(), strict=True))
    ratios = np.log(cells * papers / expected[:, None])
    slope = ratios[0] - ratios[1] - ratios[2] + ratios[3]
    start = in_cells[:, 0] @ ratios + _relative(np.array([float(papers)]), float(papers))[0]
    logs: _Floats = start[:, None] + slope[:, None] * (counts - counts[0]) + by_count
    return logs


def _relative(cell: _Floats, expected: float) -> _Floats:
    """log c! - c log e + e for each count c of a cell and its expected e, by Stirling's series where c is not small."""
    large = np.maximum(cell, _SMALL_CELL)
    away = (large - expected) / expected
    near = large * np.log1p(away) - (large - expected)
    series = 1 / (12 * large) - 1 / (360 * large**3) + 1 / (1260 * large**5)
    found = near + np.log(2 * pi * large) / 2 + series
    small = np.flatnonzero(cell < _SMALL_CELL)
    found[small] = [lgamma(c + 1) - c * log(expected) + expected for c in cell[small].tolist()]
    return found


def _cuts(papers: int, accepted: int, rho: float, points: int) -> tuple[_Floats, _Floats, _Floats]:
    """Pairs of cuts (x, y) with x >= y and their weights; the other half of the pairs is their mirror image.

    The axes are the cuts' mean and half their difference. A single cut lies outside of its reach with a chance under
    e^-42 by Chernoff's bound; two cuts differ by no more than any paper's two values do, and where there are many
    papers by no more than thirteen standard deviations of the difference.
    """
    p = accepted / papers
    low, high = -_quantile(p, papers, 1.0), -_quantile(p, papers, 0.0)
    density = np.exp(-(threshold(p) ** 2) / 2) / sqrt(2 * pi)
    shared = (both_accept(p, rho) - p * p) / (p * (1 - p))
    sd = sqrt(p * (1 - p) / papers) / density
    widest = min((high - low) / 2, sqrt((1 - rho) * (_TAIL + log(papers))))
    if papers * p * (1 - p) > 400:
        widest = min(widest, 13 * float(sd) * sqrt(max(1 - shared, 1e-12) / 2))
    middle, step = np.linspace(low, high, points, retstep=True)
    apart, gap = np.linspace(0, widest, max(points // 2, 8), retstep=True)
    weights = np.full(
        (points, apart.size), 2.0 * 2.0 * step * gap
    )  # mirrored, and |d(x, y)| = 2 d(middle, apart)
    weights[:, 0] /= 2
    x, y = middle[:, None] + apart, middle[:, None] - apart
    return x.ravel(), y.ravel(), weights.ravel()


def _quantile(p: float, papers: int, end: float) -> float:
    """The normal quantile of the share q between p and `end` at which n KL(p, q) reaches e^-42's exponent."""
    inside, outside = p, end
    for _ in range(60):
        q = (inside + outside) / 2
        if not 0 < q < 1:
            break
        far = papers * (p * log(p / q) + (1 - p) * log((1 - p) / (1 - q)))
        inside, outside = (q, outside) if far < _TAIL else (inside, q)
    return NormalDist().inv_cdf(inside)


def _upper(x: _Floats) -> _Floats:
    """P(a standard normal value exceeds x), exact in both tails."""
    return np.array([erfc(value) for value in (x / sqrt(2)).tolist()]) / 2


@lru_cache(maxsize=4)
def _nodes(count: int) -> tuple[_Floats, _Floats]:
    """Gauss-Legendre nodes and weights on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def _both_above(x: _Floats, y: _Floats, above_x: _Floats, above_y: _Floats, rho: float) -> _Floats:
    """P(X > x and Y > y): Sheppard's and Plackett's integral over the angle whose sine is the correlation."""
    nodes, weights = _nodes(24 if rho < 0.8 else 64 if rho < 0.99 else 256)
    angle = float(np.arcsin(rho))
    sines = np.sin(angle * nodes)
    squares, product = (x * x + y * y)[:, None], (2 * x * y)[:, None]
    area = np.exp((product * sines - squares) / (2 * (1 - sines * sines))) @ weights
    found: _Floats = above_x * above_y + angle / (2 * pi) * area
    return np.minimum(found, np.minimum(above_x, above_y))
