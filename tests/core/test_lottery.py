"""The nine checks of the model's document, and properties that hold for any input."""

from itertools import pairwise
from math import isnan, sqrt
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.lottery import fit, venues
from core.lottery.decisions import (
    RHO,
    accept_after_rejection,
    both_accept,
    disagreement,
    flip,
    phi,
    ranged,
    threshold,
)
from core.lottery.rounds import (
    Try,
    accept_after_rejections,
    accepted_by,
    accepted_within,
    coin_accepted_within,
    median_tries,
    model_dependent,
    resubmitted,
)
from core.lottery.scores import ICC_BEFORE, ScoreModel, typical
from core.lottery.simulate import conferences, two_committees

COHORT = [[6, 6, 8], [3, 5, 5, 6], [8, 8, 6], [3, 3, 5], [5, 6, 6, 8], [1, 3, 3], [6, 5, 3], [8, 6, 6, 5]]

rates = st.floats(0.005, 0.995)
agreements = st.floats(0, 0.995)
quick = settings(deadline=None, max_examples=60)


def iclr() -> ScoreModel:
    return ScoreModel(mu=5.48, vb=1.18, vw=1.84, k=3.9, p=0.409)


# Check 1


def test_closed_form_where_it_is_known() -> None:
    assert both_accept(0.5, 0.5) == pytest.approx(1 / 3, abs=1e-9)
    assert disagreement(0.5, 0.5) == pytest.approx(1 / 3, abs=1e-9)
    assert flip(0.25, 0) == pytest.approx(0.75, abs=1e-9)
    assert flip(0.25, 0.999) == pytest.approx(0.0227, abs=1e-4)
    assert flip(0.25, 1) == 0


# Check 2


def test_default_agreement_at_quarter() -> None:
    assert both_accept(0.25) == pytest.approx(0.12722, abs=1e-4)
    assert disagreement(0.25) == pytest.approx(0.24557, abs=1e-4)
    assert flip(0.25) == pytest.approx(0.49114, abs=1e-4)
    assert accept_after_rejection(0.25) == pytest.approx(0.16371, abs=1e-4)


def test_million_simulated_papers_agree_with_closed_form() -> None:
    table = two_committees(1_000_000, 0.25, seed=2014)
    assert table.both + table.only_a + table.only_b + table.neither == 1_000_000
    assert table.both / 1e6 == pytest.approx(both_accept(0.25), abs=0.003)
    assert table.flip == pytest.approx(flip(0.25), abs=0.003)
    assert table.disagreement == pytest.approx(disagreement(0.25), abs=0.003)
    assert table.only_b / (table.only_b + table.neither) == pytest.approx(0.16371, abs=0.003)


# Check 3


def test_agreement_fitted_to_both_experiments() -> None:
    first = fit.agreement(22, 21, 22, 101)
    assert first.value == pytest.approx(0.5265, abs=0.002)
    assert [first.low, first.high] == pytest.approx([0.29, 0.71], abs=0.005)
    second = fit.agreement(99, 107, 96, 580)
    assert second.value == pytest.approx(0.557, abs=0.002)
    assert [second.low, second.high] == pytest.approx([0.46, 0.65], abs=0.005)


# Check 4


def test_rounds() -> None:
    within = [accepted_within(0.25, n) for n in (1, 2, 3, 5, 10, 20)]
    assert within == pytest.approx([0.25, 0.3728, 0.45, 0.5459, 0.6631, 0.7587], abs=1e-4)
    assert median_tries(0.25) == 4
    after = [accept_after_rejections(0.25, n) for n in range(1, 5)]
    assert after == pytest.approx([0.164, 0.123, 0.099, 0.083], abs=0.001)
    assert accepted_by(resubmitted(0.25, 3)) == pytest.approx([0.25, 0.3728, 0.45], abs=1e-4)


def test_other_model_agrees_on_what_was_measured_and_only_there() -> None:
    for tries in (1, 2):
        assert not model_dependent(tries)
        assert coin_accepted_within(0.25, tries) == pytest.approx(accepted_within(0.25, tries), abs=1e-6)
    assert model_dependent(3)
    assert coin_accepted_within(0.25, 3) == pytest.approx(0.433, abs=0.001)
    assert coin_accepted_within(0.25, 500) == pytest.approx(0.49, abs=0.005)


# Check 5


def test_improvement() -> None:
    for improve, first, second in ((0.5, 0.3807, 0.2835), (1.0, 0.5268, 0.4328)):
        assert accepted_within(0.25, 1, improve=improve) == pytest.approx(first, abs=1e-4)
        assert accept_after_rejections(0.25, 1, improve=improve) == pytest.approx(second, abs=1e-4)
        by_first, by_second = accepted_by(resubmitted(0.25, 2, improve))
        assert (by_second - by_first) / (1 - by_first) == pytest.approx(second, abs=1e-4)


# Check 6


def test_spread_over_conferences() -> None:
    small = conferences(1, 166, 41, seed=166)
    assert small.mean == pytest.approx(0.495, abs=0.003)
    assert small.sd == pytest.approx(0.062, abs=0.003)
    assert [round(share, 2) for share in small.quantiles(0.025, 0.975)] == [0.37, 0.61]
    assert conferences(1, 882, 220, seed=882).sd == pytest.approx(0.026, abs=0.001)
    assert conferences(1, 10, 2, seed=10).mean == pytest.approx(0.555, abs=0.001)


# Check 7


@pytest.mark.parametrize(
    ("scores", "now", "following", "within"),
    [
        ([5, 6, 6], 0.4004, 0.4273, 1e-4),
        ([3, 6, 8], 0.4004, 0.4273, 1e-4),
        ([6, 6, 6], 0.648, 0.496, 0.0005),
        ([3, 3, 5], 0.0, 0.111, 0.001),
    ],
)
def test_own_scores(scores: list[float], now: float, following: float, within: float) -> None:
    assert iclr().now(scores) == pytest.approx(now, abs=within)
    assert iclr().next(scores) == pytest.approx(following, abs=within)


def test_own_scores_elsewhere_and_what_they_say_of_paper() -> None:
    model = iclr()
    assert model.next([5, 6, 6], 0.25) == pytest.approx(0.2344, abs=1e-4)
    assert model.now_at(model.accept_line) == pytest.approx(0.5)
    seen = model.posterior([5, 6, 6])
    assert seen.mean == pytest.approx(0.1072, abs=1e-4)
    # The next verdict once more, by integrating over what the scores leave open.
    t, noise = threshold(model.p), sqrt(1 - model.quality_variance / model.decision_variance)
    share = sqrt(model.quality_variance / model.decision_variance)
    quality = NormalDist(seen.mean, seen.sd)
    grid = np.linspace(-6, 6, 2001)
    chance = sum(quality.pdf(q) * phi((share * q - t) / noise) for q in grid.tolist()) * float(
        grid[1] - grid[0]
    )
    assert chance == pytest.approx(model.next([5, 6, 6]), abs=1e-6)


# Check 8


def test_cohorts_own_reviews() -> None:
    assert fit.anova_icc(COHORT) == pytest.approx(0.5824, abs=1e-4)
    assert fit.icc(COHORT, (1, 1)).value == pytest.approx(0.551, abs=0.005)
    own = fit.icc(COHORT)
    assert own.value == pytest.approx(0.422, abs=0.005)
    assert [own.low, own.high] == pytest.approx([0.25, 0.60], abs=0.005)


def test_reviewers_who_agree_less_than_chance_break_nothing() -> None:
    quarrel = [[1, 9], [9, 1], [2, 8]]
    assert fit.anova_icc(quarrel) < 0
    estimate = fit.icc(quarrel)
    assert 0 < estimate.low < estimate.value < estimate.high < 1
    assert fit.icc([[1, 1], [3, 3]]).value > estimate.value


# Check 9


def test_one_seed_gives_one_result() -> None:
    """Threads there are none: nothing is drawn paper by paper."""
    assert two_committees(200_000, 0.25, seed=9) == two_committees(200_000, 0.25, seed=9)
    assert two_committees(200_000, 0.25, seed=9) != two_committees(200_000, 0.25, seed=10)
    one, two, other = (conferences(1_500, 166, 41, seed=seed).both.tolist() for seed in (9, 9, 10))
    assert one == two != other


# Properties


@quick
@given(rates, agreements)
def test_both_accept_stays_within_its_bounds(p: float, rho: float) -> None:
    both = both_accept(p, rho)
    assert max(0, 2 * p - 1) - 1e-12 <= both <= p
    assert both >= p * p - 1e-12
    assert 0 <= flip(p, rho) <= 1
    assert accept_after_rejection(p, rho) <= p + 1e-12


@quick
@given(rates, rates, agreements)
def test_more_places_never_hurt(p: float, q: float, rho: float) -> None:
    low, high = sorted((p, q))
    assert both_accept(low, rho) <= both_accept(high, rho) + 1e-12
    assert accepted_within(low, 3, rho) <= accepted_within(high, 3, rho) + 1e-9


@quick
@given(rates, agreements, agreements)
def test_more_agreement_means_fewer_flips(p: float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert flip(p, high) <= flip(p, low) + 1e-12


@quick
@given(rates)
def test_range_holds_its_value(p: float) -> None:
    figure = ranged(lambda rho: flip(p, rho))
    assert figure.low <= figure.value <= figure.high
    assert figure.value == flip(p, RHO)


@quick
@given(rates, st.floats(0, 0.99), st.integers(1, 30))
def test_tries_add_up(p: float, rho: float, tries: int) -> None:
    by = accepted_by(resubmitted(p, tries), rho)
    assert by[0] == pytest.approx(p, abs=1e-6)
    assert all(earlier <= later + 1e-12 for earlier, later in pairwise(by))
    assert by[-1] == pytest.approx(accepted_within(p, tries, rho), abs=1e-9)
    # Rejections count against the paper, so tries are worth no more than independent ones.
    assert by[-1] <= 1 - (1 - p) ** tries + 1e-6
    assert accept_after_rejections(p, tries, rho) <= p + 1e-6


@quick
@given(rates, rates, agreements)
def test_order_of_two_venues_does_not_matter(p: float, q: float, rho: float) -> None:
    there, back = accepted_by([Try(p), Try(q)], rho), accepted_by([Try(q), Try(p)], rho)
    assert there[-1] == pytest.approx(back[-1], abs=1e-9)


@quick
@given(st.lists(st.sampled_from([1, 3, 5, 6, 8, 10]), min_size=1, max_size=6), rates)
def test_higher_scores_never_hurt(scores: list[float], p: float) -> None:
    model = typical(1, 10, p)
    better = [*scores[:-1], scores[-1] + 1]
    assert model.now(scores) <= model.now(better)
    assert model.next(scores) <= model.next(better)
    assert 0 <= model.next(scores) <= 1
    assert model.posterior(scores).mean <= model.posterior(better).mean
    assert 0 < model.posterior(scores).sd < 1


@quick
@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 400))
def test_fit_lies_in_its_interval(both: int, only_a: int, only_b: int, neither: int) -> None:
    accepted = 2 * both + only_a + only_b
    if not 0 < accepted < 2 * (both + only_a + only_b + neither):
        with pytest.raises(ValueError, match="accepted and papers that were rejected"):
            fit.agreement(both, only_a, only_b, neither)
        return
    found = fit.agreement(both, only_a, only_b, neither)
    assert 0 <= found.low <= found.value <= found.high < 1
    assert found == fit.agreement(both, only_b, only_a, neither)


# Simulation


def test_table_without_accepted_paper_has_no_flip() -> None:
    table = two_committees(1, 1e-9, seed=0)
    assert table.neither == 1
    assert isnan(table.flip)


# Venues


@pytest.mark.parametrize(
    "name",
    [
        "NeurIPS 2026",
        "neurips 2026",
        "NIPS'26",
        "nips-26",
        " NeurIPS(2026) ",
        "Neural information processing systems 2026",
    ],
)
def test_venue_by_any_of_its_names(name: str) -> None:
    edition = venues.find(name)
    assert edition is not None
    assert (edition.venue.name, edition.year) == ("NeurIPS", 2026)
    rate = edition.rate
    assert rate is not None
    assert (rate.value, rate.year, rate.asked, rate.exact) == (0.245, 2025, 2026, False)
    assert edition.scale == venues.Scale((1, 2, 3, 4, 5, 6))


def test_rates_and_scales_by_year() -> None:
    exact = venues.find("iclr 2022")
    assert exact is not None
    assert exact.rate == venues.Rate("ICLR", 2022, 0.329, 2022)
    assert exact.rate.exact
    assert exact.scale is not None
    assert exact.scale.values == (1, 3, 5, 6, 8, 10)
    newest = venues.find("ICLR")
    assert newest is not None
    assert newest.rate == venues.Rate("ICLR", 2026, 0.274)
    assert newest.scale is not None
    assert (newest.scale.low, newest.scale.high) == (0, 10)
    early = venues.find("ICLR 2019")
    assert early is not None
    assert early.scale is not None
    assert early.scale.values == tuple(range(1, 11))
    journal = venues.find("tmlr")
    assert journal is not None
    assert journal.rate is None
    assert journal.scale is None


@pytest.mark.parametrize("name", ["", " ", "2026", "nowhere 2026", "x" * 100_000, "\n", "' 26"])
def test_name_that_is_no_known_venue(name: str) -> None:
    assert venues.find(name) is None


def test_every_venue_is_found_by_its_names_and_has_sane_numbers() -> None:
    assert "NeurIPS" in venues.names()
    spellings = [name for venue in venues.table() for name in (venue.name, *venue.aliases)]
    assert len({spelling.casefold() for spelling in spellings}) == len(spellings)
    for venue in venues.table():
        for spelling in (venue.name, *venue.aliases):
            found = venues.find(spelling.upper() + " 2024")
            assert found is not None
            assert found.venue is venue
        assert all(0.05 < rate < 0.5 for rate in venue.rates.values())
        assert all(list(scale.values) == sorted(set(scale.values)) for scale in venue.scales.values())


def test_stand_in_for_unknown_venue_fits_its_scale() -> None:
    model = typical(1, 10, 0.409)
    assert model.mu == pytest.approx(5.48)
    assert model.vb + model.vw == pytest.approx(1.18 + 1.84)
    small = typical(1, 6, 0.25, icc=ICC_BEFORE)
    assert 1 < small.mu < small.accept_line < 6
    assert small.quality_variance == small.vb


# Input that makes no sense


@pytest.mark.parametrize("p", [0, 1, -0.1, 25, float("nan")])
def test_accept_rate_has_to_be_one(p: float) -> None:
    with pytest.raises(ValueError, match="accept rate must lie between 0 and 1"):
        flip(p)


@pytest.mark.parametrize("rho", [-0.1, 1.1, float("nan")])
def test_agreement_has_to_be_one(rho: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        flip(0.25, rho)
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        accepted_within(0.25, 2, rho)


def test_sentences_for_bad_input() -> None:
    with pytest.raises(ValueError, match="at least one review score"):
        iclr().now([])
    with pytest.raises(ValueError, match="must be a number"):
        iclr().next([float("nan")])
    with pytest.raises(ValueError, match="below 1"):
        accepted_within(0.25, 2, 1.0)
    with pytest.raises(ValueError, match="number of tries must be at least 1"):
        accepted_by([])
    with pytest.raises(ValueError, match="at least two papers"):
        fit.icc([[5, 6, 7]])
    with pytest.raises(ValueError, match="at least two papers"):
        fit.anova_icc([[5], [6], []])
    with pytest.raises(ValueError, match="All of these scores are the same"):
        fit.icc([[5, 5], [5, 5]])
    with pytest.raises(ValueError, match="at least 0"):
        fit.agreement(-1, 2, 2, 2)
    with pytest.raises(ValueError, match="accept at least one paper and reject"):
        conferences(1, 10, 10, seed=1)
    with pytest.raises(ValueError, match="At most 100,000,000 papers"):
        conferences(1, 10**9, 10, seed=1)
    with pytest.raises(ValueError, match="At most 1,000,000 conferences"):
        conferences(10**7, 1_000, 10, seed=1)
    with pytest.raises(ValueError, match="seed must be at least 0"):
        two_committees(10, 0.25, seed=-1)
    with pytest.raises(ValueError, match="variances"):
        ScoreModel(5, 0, 1, 3, 0.25)
    with pytest.raises(ValueError, match="scale needs"):
        typical(5, 5, 0.25)
