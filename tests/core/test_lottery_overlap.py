"""Exact quotas without drawing a paper: against every distribution that is known, and against drawing them all."""

from math import asin, comb, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lottery.decisions import RHO, both_accept, flip, flip_sd, phi
from core.lottery.overlap import OverlapDistribution, overlap
from core.lottery.rounds import accepted_within
from core.lottery.scores import ScoreModel
from core.lottery.simulate import ContingencyTable, conferences, two_committees
from tests import brute_force

ICLR = ScoreModel(mu=5.48, vb=1.18, vw=1.84, k=3.9, p=0.409)


def chances(found: OverlapDistribution) -> list[float]:
    """P(both accept 0, 1, ... accepted)."""
    before, after = [0.0] * found.first, [0.0] * (found.accepted - found.first - found.chances.size + 1)
    return [*before, *found.chances.tolist(), *after]


def p_value(found: OverlapDistribution, drawn: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """How likely conferences drawn paper by paper are at least so far from a distribution, by chi-square over some
    twenty groups of counts (Wilson and Hilferty's cube root)."""
    edges = np.unique(found.at(np.linspace(0.05, 0.95, 19)))
    groups = np.searchsorted(edges, np.arange(found.first, found.first + found.chances.size))
    expected = np.bincount(groups, found.chances, minlength=edges.size + 1) * drawn.size
    seen = np.bincount(np.searchsorted(edges, drawn), minlength=edges.size + 1)
    kept = expected > 5
    chi2, free = float(((seen - expected)[kept] ** 2 / expected[kept]).sum()), int(kept.sum()) - 1
    z = ((chi2 / free) ** (1 / 3) - (1 - 2 / (9 * free))) / (2 / (9 * free)) ** 0.5
    return phi(-z)


@pytest.mark.parametrize(
    ("papers", "accepted"), [(10, 2), (10, 7), (40, 1), (50, 49), (166, 41), (1000, 250)]
)
def test_committees_that_agree_by_chance_are_hypergeometric(papers: int, accepted: int) -> None:
    exact = [
        comb(accepted, k) * comb(papers - accepted, accepted - k) / comb(papers, accepted)
        for k in range(accepted + 1)
    ]
    assert chances(overlap(papers, accepted, 0.0)) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("rho", [0.0, 0.3, RHO, 0.9, 0.99, 0.99999])
def test_two_papers_are_sheppards_formula(rho: float) -> None:
    assert chances(overlap(2, 1, rho)) == pytest.approx(
        [0.5 - asin(rho) / pi, 0.5 + asin(rho) / pi], abs=1e-12
    )


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 3000), st.floats(0, 1), st.floats(0, 0.97))
def test_chances_are_a_distribution_with_one_mean(papers: int, share: float, rho: float) -> None:
    accepted = min(max(round(share * papers), 1), papers - 1)
    found = overlap(papers, accepted, rho)
    assert (found.chances >= 0).all()
    assert found.chances.sum() == pytest.approx(1, abs=1e-12)
    assert max(0, 2 * accepted - papers) <= found.first
    assert found.first + found.chances.size - 1 <= accepted
    # What both take of the best is distributed as what both leave of the worst.
    left = overlap(papers, papers - accepted, rho)
    assert left.mean == pytest.approx(found.mean + papers - 2 * accepted, abs=1e-6)
    assert left.sd == pytest.approx(found.sd, abs=1e-6)


@pytest.mark.parametrize(
    ("papers", "accepted", "rho", "count"),
    [
        (10, 2, RHO, 60_000),
        (10, 8, 0.9, 60_000),
        (60, 15, RHO, 40_000),
        (166, 41, RHO, 40_000),
        (166, 41, 0.99, 20_000),
        (882, 220, 0.3, 8_000),
        (20_000, 5_000, RHO, 500),
    ],
)
def test_drawing_every_paper_agrees(papers: int, accepted: int, rho: float, count: int) -> None:
    found = overlap(papers, accepted, rho)
    drawn = brute_force.both_with_quota(count, papers, accepted, rho, seed=2026)
    assert p_value(found, drawn) > 1e-4
    assert p_value(found, drawn + 1 + round(9 * found.sd / count**0.5)) < 1e-4, (
        "a shifted distribution is told apart"
    )
    assert drawn.mean() == pytest.approx(found.mean, abs=5 * found.sd / count**0.5)


@pytest.mark.parametrize("papers", [200_000, 1_000_000, 10_000_000, 100_000_000])
def test_large_conferences_reach_closed_form(papers: int) -> None:
    accepted = papers // 4
    found = conferences(50, papers, accepted, seed=3)
    assert found.mean == pytest.approx(flip(0.25), abs=2 / papers)
    assert found.sd == pytest.approx(flip_sd(0.25, RHO, papers), rel=1e-3)
    assert len(set(found.both.tolist())) > 20
    assert abs(found.flips - found.mean).max() < 5 * found.sd


def test_seed_inverts_the_distribution() -> None:
    found = conferences(20_000, 166, 41, seed=8)
    assert p_value(found.distribution, found.both) > 1e-4
    again = conferences(3, 166, 41, seed=8)
    assert again.both.tolist() == found.both[:3].tolist(), (
        "the first conferences of a seed stay what they are"
    )
    assert conferences(3, 166, 41, seed=9).both.tolist() != again.both.tolist()


def test_committees_that_always_agree() -> None:
    found = conferences(5, 1000, 250, 1.0, seed=1)
    assert found.both.tolist() == [250] * 5
    assert found.sd == 0


def test_threshold_agrees_with_drawing_every_paper() -> None:
    drawn = brute_force.table_with_threshold(1_000_000, 0.25, RHO, 7)
    assert drawn[0] / 1e6 == pytest.approx(both_accept(0.25), abs=0.002)
    assert ContingencyTable(22, 21, 22, 101).flip == pytest.approx(43 / 87)
    flips = [two_committees(5000, 0.25, seed=seed).flip for seed in range(2000)]
    assert np.mean(flips) == pytest.approx(flip(0.25), abs=0.002)
    assert np.std(flips) == pytest.approx(flip_sd(0.25, RHO, 5000, quota=False), rel=0.06)


def test_several_committees_agree_with_tries() -> None:
    """A paper that none of five committees takes is out after five tries."""
    counts = brute_force.accepting_committees(400_000, 0.25, 5, RHO, 1)
    assert 1 - counts[0] / 400_000 == pytest.approx(accepted_within(0.25, 5), abs=0.004)


def test_scores_on_a_scale_cost_some_agreement() -> None:
    """Why the scores of a round say less than the model's continuous ones: coarse scales and few reviews flip more."""
    coarse, fine, many = (
        brute_force.flips_with_scores(300, 400, 100, ICLR, scale, reviewers, 4).mean()
        for scale, reviewers in (((1, 10), 3), (range(1, 11), 3), (range(1, 11), 8))
    )
    assert coarse > fine > many
