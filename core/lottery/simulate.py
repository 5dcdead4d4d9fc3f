"""Conferences that never were: papers, two committees, and how often the verdicts differ.

Nothing is drawn paper by paper. With a fixed threshold the table of independent papers is multinomial: one draw. With
exact quotas the number of papers that both committees accept has the distribution of `overlap`, which a uniform number
inverts: one draw a conference. Both are exact, and take milliseconds at any size.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.lottery import checks
from core.lottery.decisions import RHO, both_accept
from core.lottery.overlap import OverlapDistribution, overlap

MOST_PAPERS: Final = 100_000_000
"""Papers of one conference; of more than these the counts would lose digits."""
MOST_CONFERENCES: Final = 1_000_000


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
    """Simulated conferences with one quota: `both[i]` papers were accepted by both committees of the i-th.

    `mean`, `sd` and `quantiles` are those of all conferences that could be drawn, with no noise of their own.
    """

    papers: int
    accepted: int
    both: NDArray[np.int64]
    seed: int
    distribution: OverlapDistribution

    @property
    def flips(self) -> NDArray[np.float64]:
        """Of the accepted papers of each conference, the part that the other committee rejected."""
        return 1 - self.both / self.accepted

    @property
    def mean(self) -> float:
        """The mean of the flips."""
        return 1 - self.distribution.mean / self.accepted

    @property
    def sd(self) -> float:
        """The standard deviation of the flips, from the sampling of papers alone."""
        return self.distribution.sd / self.accepted

    def quantiles(self, *at: float) -> tuple[float, ...]:
        """Quantiles of the flips, e.g. quantiles(.05, .95)."""
        counts = self.distribution.at(1 - np.array(at))
        return tuple(float(1 - count / self.accepted) for count in counts)

    def table(self, conference: int = 0) -> ContingencyTable:
        """The verdicts of one of them."""
        both = int(self.both[conference])
        only = self.accepted - both
        return ContingencyTable(both, only, only, self.papers - self.accepted - only)


def _source(papers: int, seed: int) -> np.random.Generator:
    checks.at_least("The seed", seed, 0)
    if checks.at_least("The number of papers", papers, 1) > MOST_PAPERS:
        raise ValueError(f"At most {MOST_PAPERS:,} papers can be simulated at once, not {papers:,}.")
    return np.random.default_rng(seed)


def two_committees(papers: int, p: float, rho: float = RHO, *, seed: int) -> ContingencyTable:
    """So many papers before two committees with a fixed threshold, so that p is accepted on average.

    The cells are AA, p - AA, p - AA and 1 - 2p + AA. Raises ValueError unless 1 <= papers <= 100,000,000, 0 < p < 1,
    0 <= rho < 1 and seed >= 0.
    """
    source = _source(papers, seed)
    both = both_accept(p, checks.noisy_agreement(rho))
    cells = np.maximum([both, p - both, p - both, 1 - 2 * p + both], 0.0)
    both_, only_a, only_b, neither = source.multinomial(papers, cells / cells.sum()).tolist()
    return ContingencyTable(both_, only_a, only_b, neither)


def conferences(count: int, papers: int, accepted: int, rho: float = RHO, *, seed: int) -> Conferences:
    """Conferences in which each of two committees accepts exactly `accepted` of the papers.

    Raises ValueError unless 1 <= count <= 1,000,000, for a quota that leaves no choice, over 100,000,000 papers,
    0 <= rho <= 1 not holding, or a negative seed.
    """
    if checks.at_least("The number of conferences", count, 1) > MOST_CONFERENCES:
        raise ValueError(f"At most {MOST_CONFERENCES:,} conferences can be drawn at once, not {count:,}.")
    source = _source(papers, seed)
    found = overlap(papers, accepted, rho)
    return Conferences(papers, accepted, found.at(source.random(count)), seed, found)
