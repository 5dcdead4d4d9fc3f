"""The published experiments beside the model that was fitted to them."""

import pytest

from core.lottery import experiments
from core.lottery.decisions import RHO, disagreement, flip, flip_sd
from core.lottery.experiments import Experiment
from core.lottery.figures import of_experiment
from core.lottery.simulate import conferences

EVERY = pytest.mark.parametrize("of", experiments.table(), ids=lambda of: of.name)


def test_published_rates() -> None:
    nips, neurips = experiments.table()
    assert (nips.year, nips.counts.papers, nips.drawn) == (2014, 166, 170)
    assert nips.counts.disagreement == pytest.approx(0.259, abs=5e-4)
    assert nips.counts.flip == pytest.approx(0.495, abs=1e-3)
    assert (neurips.year, neurips.counts.papers) == (2021, 882)
    assert neurips.accept_rate == pytest.approx(0.227, abs=5e-4)
    assert neurips.counts.disagreement == pytest.approx(0.230, abs=5e-4)
    assert neurips.counts.flip == pytest.approx(0.506, abs=5e-4)
    assert (neurips.counts.both, neurips.counts.only_a + neurips.counts.only_b) == (99, 203)
    # Decisions drawn at random at that rate: 35 %.
    assert disagreement(neurips.accept_rate, 0) == pytest.approx(0.35, abs=0.005)


@EVERY
def test_default_agreement_fits_every_experiment(of: Experiment) -> None:
    fitted = of.fitted()
    assert fitted.low < RHO < fitted.high
    assert of.source
    assert of.remarks


@EVERY
def test_what_model_expects_adds_up_and_holds_what_was_measured(of: Experiment) -> None:
    expected = of_experiment(of).expected
    assert sum(figure.value for figure in expected.values()) == pytest.approx(of.counts.papers)
    split = of.counts.only_a + of.counts.only_b
    for key, count in (("both", of.counts.both), ("split", split), ("neither", of.counts.neither)):
        assert expected[key].low <= expected[key].value <= expected[key].high
        assert count == pytest.approx(expected[key].value, rel=0.05)
    at_fit = of_experiment(of, of.fitted().value).expected
    assert at_fit["both"].value == pytest.approx(of.counts.both, abs=0.01)


@EVERY
def test_rerun_has_same_size_and_its_seed_decides_it(of: Experiment) -> None:
    again = of.rerun(RHO, seed=5).table()
    assert again.papers == of.counts.papers
    assert again.both + again.only_a == of.quota == again.both + again.only_b
    assert of.rerun(RHO, seed=5).table() == again
    many = of.rerun(RHO, seed=5, count=4000)
    assert many.mean == pytest.approx(flip(of.quota / of.counts.papers), abs=0.005)
    low, high = many.quantiles(0.005, 0.995)
    assert low < of.counts.flip < high


def test_another_year_is_answered_with_those_that_there_are() -> None:
    assert experiments.find(2014).name == "NIPS 2014"
    with pytest.raises(ValueError, match="2014 and 2021"):
        experiments.find(2020)


@pytest.mark.parametrize(("papers", "accepted", "within"), [(166, 41, 0.062), (882, 220, 0.026)])
def test_spread_of_conferences_in_closed_form(papers: int, accepted: int, within: float) -> None:
    closed = flip_sd(accepted / papers, RHO, papers)
    assert closed == pytest.approx(within, abs=0.001)
    assert closed == pytest.approx(conferences(1, papers, accepted, seed=1).sd, rel=0.01)
    assert flip_sd(0.25, 1, 100) == 0
    with pytest.raises(ValueError, match="at least 1"):
        flip_sd(0.25, RHO, 0)
