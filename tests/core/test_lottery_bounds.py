"""The range of a score answer holds all that is not known for certain, and its ends are the true extremes."""

from collections.abc import Callable
from dataclasses import replace
from math import erf, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from core.lottery import bounds, figures
from core.lottery.ahead import accepted_ahead
from core.lottery.bounds import Bounds
from core.lottery.scores import ScoreModel
from core.lottery.shown import shown
from core.papers import score_models
from core.papers.model import VenueEdition
from core.papers.score_models import Phase, Reading

ICLR = ScoreModel(5.48, 1.18, 1.84, 3.9, 0.409)
WITHIN = Bounds((5.33, 5.63), (0.36, 0.39), (0.38, 0.43), (0.374, 0.433), (0.46, 0.63))
BEFORE = replace(WITHIN, icc=(0.21, 0.39), agreement=(0.29, 0.63))
SCORES = [(5, 6, 6), (6, 6), (3, 3, 5), (8, 8, 8), (5, 5, 6), (1, 1), (6, 8, 3, 5), (10,)]

_PHI = np.vectorize(lambda x: 0.5 * (1 + erf(x / sqrt(2))))


def by_hand(
    scores: tuple[float, ...], within: Bounds, points: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The least and the most of this round's chance and the next one's, on a dense grid of everything, from the model
    as it is written down and not as it is programmed."""
    mu, icc, chair, p, rho = (
        np.linspace(low, high, points if low < high else 1) for low, high in vars_of(within)
    )
    mu, icc, chair, p, rho = np.meshgrid(mu, icc, chair, p, rho, indexing="ij")
    total, k, own, mean = ICLR.vb + ICLR.vw, ICLR.k, len(scores), float(np.mean(scores))
    vb, vw = icc * total, (1 - icc) * total
    vm = vb + vw / k
    tau = chair * np.sqrt(vm)
    vd = vm + tau**2
    t = np.vectorize(lambda rate: NormalDist().inv_cdf(1 - rate))(p)
    now = _PHI((mean - mu - t * np.sqrt(vd)) / tau)
    vq = np.minimum(rho * vd, vb)
    v_own = vb + vw / own
    r = vq / np.sqrt(v_own * vd)
    following = _PHI((r * (mean - mu) / np.sqrt(v_own) - t) / np.sqrt(1 - r * r))
    return (float(now.min()), float(now.max())), (float(following.min()), float(following.max()))


def vars_of(within: Bounds) -> list[tuple[float, float]]:
    """The five spans."""
    return [within.mean, within.icc, within.chair, within.accept_rate, within.agreement]


@pytest.mark.parametrize("scores", SCORES)
@pytest.mark.parametrize("within", [WITHIN, BEFORE], ids=["after", "before"])
def test_ends_are_those_of_brute_force(scores: tuple[float, ...], within: Bounds) -> None:
    found = figures.of_scores(ICLR, scores, within)
    now, following = by_hand(scores, within, 9)
    for range_, (least, most) in ((found.now, now), (found.following, following)):
        assert range_.low <= min(least, range_.value) + 1e-9, "nothing lies below the range"
        assert range_.high >= max(most, range_.value) - 1e-9, "nothing lies above it"
        # A grid of nine points falls short of the extremes by little.
        assert range_.low == pytest.approx(min(least, range_.value), abs=2e-3)
        assert range_.high == pytest.approx(max(most, range_.value), abs=2e-3)


def test_extreme_inside_is_found() -> None:
    """Where neither end is the extreme: z/t lies among the correlations r at which the chance is highest."""
    model = ScoreModel(4.9, 2.6, 0.5, 3.9, 0.25)
    within = replace(bounds.given(model), agreement=(0.46, 0.81), chair=(0.41, 0.41))
    seen = [replace(model, rho=rho / 1000).next((5, 6, 6)) for rho in range(460, 811)]
    assert max(seen) > max(seen[0], seen[-1]) + 0.003, "the most lies between the ends"
    assert figures.of_scores(model, (5, 6, 6), within).following.high == pytest.approx(max(seen), abs=1e-5)


@pytest.mark.parametrize("share", [0.38, 0.395, 0.41, 0.43])
def test_chance_now_is_what_quadrature_gives(share: float) -> None:
    """Phi((m - T) / tau) is the integral of the area chair's noise above the line."""
    model = replace(ICLR, tau=share * sqrt(ICLR.mean_variance))
    noise, weights = np.polynomial.hermite_e.hermegauss(200)
    line = model.mu + NormalDist().inv_cdf(1 - model.p) * sqrt(model.mean_variance + model.chair_noise**2)
    # A step function integrates slowly; a fine grid of the density does it.
    z = np.linspace(-9, 9, 400_001)
    density = np.exp(-z * z / 2) / sqrt(2 * np.pi) * (z[1] - z[0])
    above = density[17 / 3 + model.chair_noise * z > line].sum()
    assert model.now((5, 6, 6)) == pytest.approx(above, abs=1e-4)
    # The next committee: its own chance at each quality, weighed by what the scores say of it.
    posterior = model.posterior((5, 6, 6))
    agreement = model.quality_variance / model.decision_variance
    q = posterior.mean + posterior.sd * noise
    t = NormalDist().inv_cdf(1 - model.p)
    chances = _PHI((sqrt(agreement) * q - t) / sqrt(1 - agreement))
    assert model.next((5, 6, 6)) == pytest.approx(float((weights * chances).sum() / weights.sum()), abs=1e-6)


def test_tries_ahead_have_true_extremes() -> None:
    """Each figure of a scored paper, against a random search over all that is not known."""

    def of(model: ScoreModel) -> list[float]:
        now = model.now((5, 6, 6))
        later = accepted_ahead(model, (5, 6, 6), (0.25,), [model.p] * 3)
        return [now, *later, *(1 - (1 - now) * (1 - each) for each in later)]

    found = bounds.ranges(of, ICLR, BEFORE)
    rng = np.random.default_rng(5)
    total, seen = ICLR.vb + ICLR.vw, []
    for _ in range(1500):
        ends = rng.random(5) < 0.4
        picks = np.where(ends, rng.integers(0, 2, 5), rng.random(5))
        mu, icc, chair, p, rho = (
            low + (high - low) * share for (low, high), share in zip(vars_of(BEFORE), picks, strict=True)
        )
        vb, vw = icc * total, (1 - icc) * total
        seen.append(of(ScoreModel(mu, vb, vw, ICLR.k, p, chair * sqrt(vb + vw / ICLR.k), rho)))
    for range_, column in zip(found, zip(*seen, strict=True), strict=True):
        assert range_.low <= min(column) + 1e-6
        assert range_.high >= max(column) - 1e-6
        assert range_.low > min(column) - 0.02
        assert range_.high < max(column) + 0.02


def _read(scores: tuple[float, ...], name: str, year: int | None, *, discussed: bool) -> tuple[Reading, str]:
    reading = score_models.for_scores(scores, VenueEdition(name, year), discussed=discussed)
    return reading, shown(figures.of_scores(reading.model, scores, reading.within).now).words


def test_two_sixes_before_discussion_are_not_claimed_to_be_certain() -> None:
    reading, says = _read((6, 6), "ICLR", 2026, discussed=False)
    assert says == "about 90 in 100 (75 to over 95)"
    assert reading.within.icc == (0.19, 0.25)
    _, says = _read((6, 6), "ICLR", 2025, discussed=False)
    assert says == "about 70 in 100 (50 to 85)"


@pytest.mark.parametrize("discussed", [True, False])
def test_iclr_2026_is_read_as_before_discussion(discussed: bool) -> None:
    reading, _ = _read((4, 6, 6), "ICLR", 2026, discussed=discussed)
    assert reading.phase is Phase.UNDISCUSSED
    assert reading.model.vb / (reading.model.vb + reading.model.vw) == pytest.approx(0.215)
    other, _ = _read((5, 6, 6), "ICLR", 2025, discussed=discussed)
    assert other.phase is (Phase.AFTER if discussed else Phase.BEFORE)


@pytest.mark.parametrize(
    ("edition", "scores", "rates"),
    [
        (("NeurIPS", 2025), (4, 5), (0.245, 0.261)),
        (("NeurIPS", 2030), (4, 5), (0.245, 0.261)),
        (("ICLR", 2026), (4, 6), (0.355, 0.412)),
        (("Unknown", None), (5, 6), (0.175, 0.313)),
    ],
)
def test_cut_moves_as_it_did_in_three_years(
    edition: tuple[str, int | None], scores: tuple[float, ...], rates: tuple[float, float]
) -> None:
    reading = score_models.for_scores(scores, VenueEdition(*edition))
    assert reading.within.accept_rate == pytest.approx(rates, abs=1e-3)
    assert reading.within.accept_rate[0] <= reading.model.p <= reading.within.accept_rate[1]


@pytest.mark.parametrize("widened", ["mean", "icc", "chair", "accept_rate", "agreement"])
def test_range_grows_with_each_thing_that_is_not_known(widened: str) -> None:
    known = bounds.given(ICLR)
    known = replace(known, chair=(0.41, 0.41), agreement=(ICLR.rho, ICLR.rho))
    alone = replace(known, **{widened: getattr(WITHIN, widened)})
    narrow, wide = (figures.of_scores(ICLR, (5, 6, 6), each) for each in (known, alone))
    assert narrow.now.low == pytest.approx(narrow.now.high)
    figure: Callable[[figures.ScoreFigures], float] = (
        (lambda each: each.following.high - each.following.low)
        if widened == "agreement"
        else (lambda each: each.now.high - each.now.low)
    )
    assert figure(wide) > figure(narrow) + 5e-4
