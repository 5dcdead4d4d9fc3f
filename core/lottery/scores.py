"""What a paper's own review scores say about this verdict and the next one.

Model: score = mu + q + c + noise, with variances Vq (quality), Vc (what one committee shares) and Vw (one
reviewer); Vb = Vq + Vc. The area chair decides on the mean score plus a noise of standard deviation tau.
A committee's decision variable has the variance V_D = Vb + Vw/k + tau^2 at the venue's mean of k reviews,
and Vq = rho V_D (at most Vb). Scores are in the venue's points, variances in squared points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Final

from core.lottery import checks
from core.lottery.decisions import RHO, phi, threshold

# The area chair's noise in standard deviations of the mean score; .38 to .43 at ICLR.
CHAIR_NOISE: Final = 0.41
# ICC of a single review at ICLR 2021 and 2023: .21 and .22 before the discussion, .36 and .39 after it.
ICC_BEFORE: Final = 0.215
ICC_AFTER: Final = 0.375
REVIEWS: Final = 3.9  # reviews a paper at ICLR
# Mean and standard deviation of one review at ICLR, 5.48 and sqrt(1.18 + 1.84) on its scale of 1 to 10,
# as fractions of a scale's width; for venues whose own are not known.
_MEAN: Final = (5.48 - 1) / 9
SPREAD: Final = sqrt(1.18 + 1.84) / 9


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the scores say of the standardised quality Q: a normal with this mean and standard deviation."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """A venue's scores.

    mu: mean score; vb, vw: variance between papers and of one reviewer; k: the venue's mean number of reviews
    a paper; p: its accept rate; tau: the area chair's noise in points (None: .41 sqrt(vb + vw/k)); rho: the
    agreement of two committees. Raises ValueError for what no venue can have.
    """

    mu: float
    vb: float
    vw: float
    k: float
    p: float
    tau: float | None = None
    rho: float = RHO

    def __post_init__(self) -> None:
        checks.accept_rate(self.p)
        checks.agreement(self.rho)
        if not isfinite(self.mu):
            raise ValueError("The mean score must be a number.")
        if not (0 < self.vb < float("inf") and 0 < self.vw < float("inf")):
            raise ValueError("The variances of the scores must be above 0.")
        if not 1 <= self.k < float("inf"):
            raise ValueError("A venue has at least one review a paper.")
        if self.tau is not None and not 0 < self.tau < float("inf"):
            raise ValueError("The area chair's noise must be above 0.")

    @property
    def mean_variance(self) -> float:
        """Vm: the variance of a paper's mean score, squared points."""
        return self.vb + self.vw / self.k

    @property
    def chair_noise(self) -> float:
        """tau: the standard deviation, in points, of what the area chair adds to the mean score."""
        return CHAIR_NOISE * sqrt(self.mean_variance) if self.tau is None else self.tau

    @property
    def decision_variance(self) -> float:
        """V_D: the variance of what the decision is made on, squared points."""
        return self.mean_variance + self.chair_noise**2

    @property
    def quality_variance(self) -> float:
        """Vq: the part of the variance that another committee would see as well, squared points."""
        return min(self.rho * self.decision_variance, self.vb)

    @property
    def most_agreement(self) -> float:
        """The largest agreement of two committees that these variances allow: Vb / V_D, where all that papers
        differ by is quality."""
        return self.vb / self.decision_variance

    @property
    def accept_line(self) -> float:
        """T: the mean score, in points, at which acceptance is as likely as rejection."""
        return self.mu + threshold(self.p) * sqrt(self.decision_variance)

    def now_at(self, mean: float) -> float:
        """P(accepted in this round) at a mean score: Phi((mean - T) / tau)."""
        return phi((mean - self.accept_line) / self.chair_noise)

    def now(self, scores: Sequence[float]) -> float:
        """P(accepted in this round | these scores). ValueError when there are none."""
        return self.now_at(_mean(scores))

    def next(self, scores: Sequence[float], p: float | None = None) -> float:
        """P(a new committee accepts the unchanged paper | these scores), at this accept rate or at another p.

        Phi((r z - t) / sqrt(1 - r^2)), z = (m - mu) / sqrt(V'), r = Vq / sqrt(V' V_D), V' = Vb + Vw/(own k).
        """
        t = threshold(self.p if p is None else p)
        own = self._own_variance(scores)
        z = (_mean(scores) - self.mu) / sqrt(own)
        # Root by root: the product of two tiny variances would be 0.
        r = self.quality_variance / sqrt(own) / sqrt(self.decision_variance)
        return phi((r * z - t) / sqrt(1 - r * r))

    def posterior(self, scores: Sequence[float]) -> Posterior:
        """The standardised Q given these scores: mean c z, variance 1 - c^2, c = sqrt(Vq / V')."""
        own = self._own_variance(scores)
        c_squared = self.quality_variance / own
        return Posterior(sqrt(c_squared) * (_mean(scores) - self.mu) / sqrt(own), sqrt(1 - c_squared))

    def _own_variance(self, scores: Sequence[float]) -> float:
        """V': the variance of the mean of as many scores as these, squared points."""
        return self.vb + self.vw / len(checks.scores(scores))


def _mean(scores: Sequence[float]) -> float:
    values = checks.scores(scores)
    return sum(values) / len(values)


def typical(
    low: float, high: float, p: float, *, rho: float = RHO, icc: float = ICC_AFTER, k: float = REVIEWS
) -> ScoreModel:
    """A stand-in for a venue whose score statistics are not known: ICLR's mean and spread, stretched over its
    scale of `low` to `high`.

    icc is the reliability of one review: ICC_AFTER for scores seen after the discussion, ICC_BEFORE for those
    before it. Say to whoever reads the result that it is assumed. ValueError for an empty scale or bad rates.
    """
    if not low < high:
        raise ValueError("A score scale needs a lowest and a higher highest score.")
    if not 0 < icc < 1:
        raise ValueError(f"The reliability of one review must lie between 0 and 1, not {icc:g}.")
    variance = (SPREAD * (high - low)) ** 2
    return ScoreModel(low + _MEAN * (high - low), icc * variance, (1 - icc) * variance, k, p, None, rho)
