"""Conferences that never were: papers, two committees, and how often the verdicts differ.

For what has a closed form, `decisions` is exact and a million times quicker. This is for the rest: exact
quotas, the spread over whole conferences, more committees, scores on a scale. A committee's reviews enter by
what decides, one normal value (their sufficient statistic), as float32 from SFC64. Two such values with the
correlation rho are drawn as Z_A and Z_B = rho Z_A + sqrt(1 - rho^2) W, which has the same distribution as
drawing the paper's quality first and needs two draws a paper, not three.

One seed gives one result, whatever the number of threads (see `chunks`). These functions block: call them off
an event loop. `progress` is told the part that was just done, and cancels by raising.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.lottery import checks
from core.lottery.chunks import CHUNK, Progress, each, generator
from core.lottery.decisions import RHO, threshold
from core.lottery.quota import large_conference
from core.lottery.scores import ScoreModel

MOST_PAPERS: Final = 100_000_000  # papers of one simulation: one or two seconds
MOST_PAPERS_WITH_SCORES: Final = (
    2_000_000  # papers of one conference with scores, which has to be held as a whole
)
MOST_COMMITTEES: Final = 50

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ContingencyTable:
    """How many papers both committees accepted, only one of them, and neither."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def papers(self) -> int:
        """All of them."""
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def flip(self) -> float:
        """Of the papers that a committee accepted, the part that the other rejected, over both committees:
        split / (2 both + split). NaN if none was accepted."""
        split = self.only_a + self.only_b
        return split / (2 * self.both + split) if self.both or split else float("nan")

    @property
    def disagreement(self) -> float:
        """The part of all papers on which the committees decided differently."""
        return (self.only_a + self.only_b) / self.papers


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

    def table(self, conference: int = 0) -> ContingencyTable:
        """The verdicts of one of them."""
        both = int(self.both[conference])
        only = self.accepted - both
        return ContingencyTable(both, only, only, self.papers - self.accepted - only)


def _papers(count: int, seed: int) -> int:
    checks.at_least("The seed", seed, 0)
    if checks.at_least("The number of papers", count, 1) > MOST_PAPERS:
        raise ValueError(f"At most {MOST_PAPERS:,} papers can be simulated at once, not {count:,}.")
    return count


def two_committees(
    papers: int, p: float, rho: float = RHO, *, seed: int, threads: int = 1, progress: Progress | None = None
) -> ContingencyTable:
    """So many papers before two committees with a fixed threshold, so that p is accepted on average.

    Raises ValueError unless 1 <= papers <= 100,000,000, 0 < p < 1, 0 <= rho < 1, seed >= 0 and 1 <= threads
    <= 64.
    """
    _papers(papers, seed)
    noise, t = sqrt(1 - checks.noisy_agreement(rho) ** 2), threshold(p)
    first, line, slope = np.float32(t), np.float32(t / noise), np.float32(-rho / noise)

    def work(chunks: Iterator[int]) -> tuple[int, int, int]:
        values, draws = np.empty(CHUNK, np.float32), np.empty(CHUNK, np.float32)
        verdicts, others = np.empty(CHUNK, np.bool_), np.empty(CHUNK, np.bool_)
        accepted_a = accepted_b = both = 0
        for chunk in chunks:
            size = min(CHUNK, papers - chunk * CHUNK)
            source, z, w, a, b = (
                generator(seed, chunk),
                values[:size],
                draws[:size],
                verdicts[:size],
                others[:size],
            )
            source.standard_normal(out=z, dtype=np.float32)
            source.standard_normal(out=w, dtype=np.float32)
            np.greater(z, first, out=a)
            z *= slope
            z += line  # what B's own draw has to exceed for this paper
            np.greater(w, z, out=b)
            accepted_a += int(np.count_nonzero(a))
            accepted_b += int(np.count_nonzero(b))
            both += int(np.count_nonzero(np.logical_and(a, b, out=a)))
        return accepted_a, accepted_b, both

    a, b, both = map(sum, zip(*each(-(-papers // CHUNK), threads, work, progress), strict=True))
    return ContingencyTable(both, a - both, b - both, papers - a - b + both)


def several_committees(
    papers: int,
    p: float,
    committees: int,
    rho: float = RHO,
    *,
    seed: int,
    threads: int = 1,
    progress: Progress | None = None,
) -> tuple[int, ...]:
    """How many papers were accepted by 0, 1, ... all of so many committees, each with a fixed threshold.

    Any two of the committees agree as `two_committees` do; how three agree was never measured, so beyond two
    the figures depend on the model. ValueError as there, and unless 1 <= committees <= 50.
    """
    _papers(papers, seed)
    if checks.at_least("The number of committees", committees, 1) > MOST_COMMITTEES:
        raise ValueError(f"There can be at most {MOST_COMMITTEES} committees, not {committees}.")
    noise = sqrt(1 - checks.noisy_agreement(rho))
    line, slope = np.float32(threshold(p) / noise), np.float32(-sqrt(rho) / noise)

    def work(chunks: Iterator[int]) -> NDArray[np.int64]:
        counts = np.zeros(committees + 1, np.int64)
        for chunk in chunks:
            size, source = min(CHUNK, papers - chunk * CHUNK), generator(seed, chunk)
            bar = source.standard_normal(size, np.float32) * slope + line
            accepting = np.zeros(size, np.uint8)
            for _ in range(committees):
                accepting += source.standard_normal(size, np.float32) > bar
            counts += np.bincount(accepting, minlength=committees + 1)
        return counts

    counted = np.sum(each(-(-papers // CHUNK), threads, work, progress), axis=0)
    return tuple(int(count) for count in counted)


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
    progress: Progress | None,
    verdicts: Callable[[np.random.Generator, int], tuple[_Floats, _Floats]],
) -> Conferences:
    """`count` conferences, `verdicts(generator, rows)` giving both committees' values for so many of them."""
    rows = max(1, CHUNK // papers)
    both = np.zeros(count, np.int64)

    def work(chunks: Iterator[int]) -> None:
        for chunk in chunks:
            part = slice(chunk * rows, min((chunk + 1) * rows, count))
            a, b = verdicts(generator(seed, chunk), part.stop - part.start)
            both[part] = np.count_nonzero(_take_best(a, accepted) & _take_best(b, accepted), axis=1)

    each(-(-count // rows), threads, work, progress)
    return Conferences(papers, accepted, both, seed)


def _check(count: int, papers: int, accepted: int, seed: int) -> None:
    checks.at_least("The number of conferences", count, 1)
    if not 0 < accepted < papers:
        raise ValueError("A conference must accept at least one paper and reject at least one.")
    _papers(papers, seed)
    if count * papers > MOST_PAPERS:
        raise ValueError(f"All conferences together can have at most {MOST_PAPERS:,} papers.")


def conferences(
    count: int,
    papers: int,
    accepted: int,
    rho: float = RHO,
    *,
    seed: int,
    threads: int = 1,
    progress: Progress | None = None,
) -> Conferences:
    """Conferences in which each of two committees accepts exactly `accepted` of the papers.

    Raises ValueError for counts below 1, a quota that leaves no choice, over 100,000,000 papers in all,
    0 <= rho <= 1 not holding, a negative seed, or threads outside 1 to 64.
    """
    _check(count, papers, accepted, seed)
    shared, own = np.float32(checks.agreement(rho)), np.float32(sqrt(1 - rho * rho))
    if papers > CHUNK:
        found = [
            large_conference(papers, accepted, rho, seed, which, threads, _part(progress, count))
            for which in range(count)
        ]
        return Conferences(papers, accepted, np.array(found, np.int64), seed)

    def verdicts(source: np.random.Generator, rows: int) -> tuple[_Floats, _Floats]:
        a = source.standard_normal((rows, papers), np.float32)
        b = source.standard_normal((rows, papers), np.float32)
        b *= own
        b += shared * a
        return a, b

    return _conferences(count, papers, accepted, seed, threads, progress, verdicts)


def _part(progress: Progress | None, parts: int) -> Progress | None:
    return None if progress is None else lambda done: progress(done / parts)


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
    progress: Progress | None = None,
) -> Conferences:
    """As `conferences`, but every review is a score on `scale` (each draw goes to the nearest step), and an
    area chair with the model's noise decides on the mean of `reviewers` scores.

    Rounding to a scale costs a little agreement, and fewer reviewers cost more. The model's own k and p count
    only for its variances; the quota is `accepted`. ValueError as there, for a scale of fewer than two steps,
    and for over 2,000,000 papers in one conference.
    """
    _check(count, papers, accepted, seed)
    checks.at_least("The number of reviewers", reviewers, 1)
    if papers > MOST_PAPERS_WITH_SCORES:
        raise ValueError(
            f"A conference with scores can have at most {MOST_PAPERS_WITH_SCORES:,} papers here."
        )
    steps = np.unique(np.asarray(scale, np.float32))
    if steps.size < 2:
        raise ValueError("A score scale needs at least two different scores.")
    borders = (steps[1:] + steps[:-1]) / 2
    quality_sd = np.float32(sqrt(model.quality_variance))
    shared_sd = np.float32(sqrt(model.vb - model.quality_variance))
    reviewer_sd, chair_sd = np.float32(sqrt(model.vw)), np.float32(model.chair_noise)

    def committee(source: np.random.Generator, quality: _Floats) -> _Floats:
        centre = quality + shared_sd * source.standard_normal(quality.shape, np.float32)
        total = chair_sd * np.float32(reviewers) * source.standard_normal(quality.shape, np.float32)
        for _ in range(reviewers):
            opinion = centre + reviewer_sd * source.standard_normal(quality.shape, np.float32)
            total += steps[np.searchsorted(borders, opinion)]
        return total

    def verdicts(source: np.random.Generator, rows: int) -> tuple[_Floats, _Floats]:
        quality = quality_sd * source.standard_normal((rows, papers), np.float32) + np.float32(model.mu)
        return committee(source, quality), committee(source, quality)

    return _conferences(count, papers, accepted, seed, threads, progress, verdicts)
