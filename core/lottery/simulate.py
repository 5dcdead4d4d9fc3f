"""Conferences that never were: papers, two committees, and how often the verdicts differ.

For what has a closed form, `decisions` is exact and a million times quicker. This is for the rest: exact
quotas, the spread over whole conferences, scores on a scale. One normal stands for a paper's quality and one
for each committee (the sufficient statistic of its reviews), as float32 from SFC64.

The work is cut into chunks of a fixed size, each with a generator of its own made from the seed and the
chunk's number. So the result depends on the seed alone, not on the number of threads, and memory stays at a
few megabytes a thread. numpy draws without the interpreter's lock, so threads do help. These functions block:
call them off an event loop.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import sqrt
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.lottery import checks
from core.lottery.decisions import RHO, threshold
from core.lottery.scores import ScoreModel

CHUNK: Final = 1 << 16  # papers; three float32 arrays of it fit a core's cache. Part of what a seed means.
MOST_IN_QUOTA: Final = 2_000_000  # papers of one conference with a quota, which has to be held as a whole

_Floats = NDArray[np.float32]
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Table:
    """How many papers both committees accepted, only one of them, and neither."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def flip(self) -> float:
        """The part of A's accepted papers that B rejected (NaN if A accepted none)."""
        accepted = self.both + self.only_a
        return self.only_a / accepted if accepted else float("nan")

    @property
    def disagreement(self) -> float:
        """The part of all papers on which the committees decided differently."""
        return (self.only_a + self.only_b) / (self.both + self.only_a + self.only_b + self.neither)


@dataclass(frozen=True, slots=True)
class Conferences:
    """Simulated conferences with one quota: `both[i]` papers were accepted by both committees of the i-th."""

    papers: int
    accepted: int
    both: NDArray[np.int64]
    seed: int

    @property
    def flips(self) -> NDArray[np.float64]:
        """Of the accepted papers of each conference, the part that the other committee rejected."""
        return 1 - self.both / self.accepted

    @property
    def mean(self) -> float:
        """The mean of the flips."""
        return float(self.flips.mean())

    @property
    def sd(self) -> float:
        """The standard deviation of the flips over conferences, from the sampling of papers alone."""
        return float(self.flips.std())

    def quantiles(self, *at: float) -> tuple[float, ...]:
        """Quantiles of the flips, e.g. quantiles(.05, .95)."""
        return tuple(float(value) for value in np.quantile(self.flips, at))


def _generator(seed: int, chunk: int) -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(seed, spawn_key=(chunk,))))


def _each_chunk(chunks: int, threads: int, work: Callable[[range], _Result]) -> list[_Result]:
    """`work` on the chunks' numbers, dealt out to so many threads; one result a thread."""
    threads = min(checks.at_least("The number of threads", threads, 1), chunks)
    deals = [range(first, chunks, threads) for first in range(threads)]
    if threads == 1:
        return [work(deals[0])]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, deals))


def two_committees(papers: int, p: float, rho: float = RHO, *, seed: int, threads: int = 1) -> Table:
    """So many papers before two committees with a fixed threshold, so that p is accepted on average.

    Raises ValueError unless papers >= 1, 0 < p < 1, 0 <= rho < 1 and seed >= 0.
    """
    checks.at_least("The number of papers", papers, 1)
    checks.at_least("The seed", seed, 0)
    noise = sqrt(1 - checks.noisy_agreement(rho))
    line, slope = np.float32(threshold(p) / noise), np.float32(-sqrt(rho) / noise)

    def work(chunks: range) -> tuple[int, int, int]:
        quality, draw = np.empty(CHUNK, np.float32), np.empty(CHUNK, np.float32)
        accepted_a = accepted_b = both = 0
        for chunk in chunks:
            size = min(CHUNK, papers - chunk * CHUNK)
            generator, q, u = _generator(seed, chunk), quality[:size], draw[:size]
            generator.standard_normal(out=q, dtype=np.float32)
            q *= slope
            q += line  # what a committee's own draw has to exceed for this paper
            a = generator.standard_normal(out=u, dtype=np.float32) > q
            b = generator.standard_normal(out=u, dtype=np.float32) > q
            accepted_a += int(np.count_nonzero(a))
            accepted_b += int(np.count_nonzero(b))
            both += int(np.count_nonzero(a & b))
        return accepted_a, accepted_b, both

    a, b, both = map(sum, zip(*_each_chunk(-(-papers // CHUNK), threads, work), strict=True))
    return Table(both, a - both, b - both, papers - a - b + both)


def _take_best(z: _Floats, accepted: int) -> NDArray[np.bool_]:
    """For each row, which entries are its `accepted` largest: exactly so many, whatever ties there are."""
    cut = z.shape[1] - accepted
    best = z >= np.partition(z, cut, axis=1)[:, cut : cut + 1]
    for row in np.flatnonzero(np.count_nonzero(best, axis=1) != accepted):
        best[row] = False
        best[row, np.argpartition(z[row], cut)[cut:]] = True
    return best


def _conferences(
    count: int,
    papers: int,
    accepted: int,
    seed: int,
    threads: int,
    verdicts: Callable[[np.random.Generator, int], tuple[_Floats, _Floats]],
) -> Conferences:
    """`count` conferences, `verdicts(generator, rows)` giving both committees' values for so many of them."""
    checks.at_least("The number of conferences", count, 1)
    checks.at_least("The seed", seed, 0)
    if not 0 < accepted < papers:
        raise ValueError("A conference must accept at least one paper and reject at least one.")
    if papers > MOST_IN_QUOTA:
        raise ValueError(f"A conference can have at most {MOST_IN_QUOTA:,} papers here.")
    rows = max(1, CHUNK // papers)
    both = np.zeros(count, np.int64)

    def work(chunks: range) -> None:
        for chunk in chunks:
            part = slice(chunk * rows, min((chunk + 1) * rows, count))
            a, b = verdicts(_generator(seed, chunk), part.stop - part.start)
            both[part] = np.count_nonzero(_take_best(a, accepted) & _take_best(b, accepted), axis=1)

    _each_chunk(-(-count // rows), threads, work)
    return Conferences(papers, accepted, both, seed)


def conferences(
    count: int, papers: int, accepted: int, rho: float = RHO, *, seed: int, threads: int = 1
) -> Conferences:
    """Conferences in which each of two committees accepts exactly `accepted` of the papers.

    Raises ValueError for counts below 1, a quota that leaves no choice, over 2,000,000 papers, 0 <= rho <= 1
    not holding, or a negative seed.
    """
    shared, own = np.float32(sqrt(checks.agreement(rho))), np.float32(sqrt(1 - rho))

    def verdicts(generator: np.random.Generator, rows: int) -> tuple[_Floats, _Floats]:
        shape = (rows, papers)
        quality = generator.standard_normal(shape, np.float32) * shared
        a = quality + own * generator.standard_normal(shape, np.float32)
        b = quality + own * generator.standard_normal(shape, np.float32)
        return a, b

    return _conferences(count, papers, accepted, seed, threads, verdicts)


def scored_conferences(
    count: int,
    papers: int,
    accepted: int,
    model: ScoreModel,
    scale: Sequence[float],
    reviewers: int,
    *,
    seed: int,
    threads: int = 1,
) -> Conferences:
    """As `conferences`, but every review is a score on `scale` (each draw goes to the nearest step), and an
    area chair with the model's noise decides on the mean of `reviewers` scores.

    Rounding to a scale costs a little agreement, and fewer reviewers cost more. The model's own k and p count
    only for its variances; the quota is `accepted`. ValueError as there, and for a scale of fewer than two
    steps.
    """
    checks.at_least("The number of reviewers", reviewers, 1)
    steps = np.unique(np.asarray(scale, np.float32))
    if steps.size < 2:
        raise ValueError("A score scale needs at least two different scores.")
    borders = (steps[1:] + steps[:-1]) / 2
    quality_sd = np.float32(sqrt(model.quality_variance))
    shared_sd = np.float32(sqrt(model.vb - model.quality_variance))
    reviewer_sd, chair_sd = np.float32(sqrt(model.vw)), np.float32(model.chair_noise)

    def committee(generator: np.random.Generator, quality: _Floats) -> _Floats:
        centre = quality + shared_sd * generator.standard_normal(quality.shape, np.float32)
        total = chair_sd * np.float32(reviewers) * generator.standard_normal(quality.shape, np.float32)
        for _ in range(reviewers):
            opinion = centre + reviewer_sd * generator.standard_normal(quality.shape, np.float32)
            total += steps[np.searchsorted(borders, opinion)]
        return total

    def verdicts(generator: np.random.Generator, rows: int) -> tuple[_Floats, _Floats]:
        quality = quality_sd * generator.standard_normal((rows, papers), np.float32) + np.float32(model.mu)
        return committee(generator, quality), committee(generator, quality)

    return _conferences(count, papers, accepted, seed, threads, verdicts)
