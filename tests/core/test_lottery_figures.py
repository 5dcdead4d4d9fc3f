"""The figures of the lottery's answers are the model's, and the chat and the terminal show the same ones."""

import json
import re

import pytest
from typer.testing import CliRunner

from bot.lottery.cli import app
from core.lottery import bounds, decisions, experiments, figures, rounds
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LOW, Range
from core.lottery.figures import PlanFigures
from core.lottery.scores import ScoreModel
from tests.people import CohortFixture, all_said

ICLR = ScoreModel(5.48, 1.18, 1.84, 3.9, 0.409)


def test_ranges_span_measured_agreement_and_not_one_that_was_given() -> None:
    assert figures.agreement_range() == Range(RHO, RHO_LOW, RHO_HIGH)
    assert figures.agreement_range(0.2) == Range(0.2, 0.2, 0.2), "no range"


def test_two_committees() -> None:
    found = figures.committees(0.25)
    assert found.flip.value == pytest.approx(0.49114, abs=1e-5)
    assert found.both_accept.value == pytest.approx(0.12722, abs=1e-5)
    assert found.accept_after_rejection.value == pytest.approx(0.16371, abs=1e-5)
    assert found.flip.low == decisions.flip(0.25, RHO_HIGH)
    assert found.flip.high == decisions.flip(0.25, RHO_LOW)


def test_plan() -> None:
    found = PlanFigures((0.25,) * 5, improve=0.5)
    assert [each.value for each in found.by] == pytest.approx([0.25, 0.3728, 0.45, 0.5046, 0.5459], abs=1e-3)
    assert found.by_improved[0].value == pytest.approx(0.3807, abs=1e-3)
    assert found.after_rejections(0.5, 1)[0].value == pytest.approx(0.2835, abs=1e-3)
    assert found.median.value == 4
    assert found.by_improved_after_first[0] == found.by[0]
    assert found.other_model(3) is None, "it says nothing of an improved paper"
    plain = PlanFigures((0.25,) * 3)
    assert plain.other_model(3) == pytest.approx(rounds.coin_accepted_within(0.25, 3))


def test_papers_scores() -> None:
    found = figures.of_scores(ICLR, (5, 6, 6), bounds.given(ICLR))
    assert (found.now.value, found.following.value) == pytest.approx((0.4004, 0.4273), abs=1e-4)
    assert figures.of_scores(ICLR, (5, 6, 6), bounds.given(ICLR), 0.25).following.value == pytest.approx(
        0.2344, abs=1e-4
    )
    assert found.mean == pytest.approx(17 / 3)


def test_experiment_and_reviewers() -> None:
    found = figures.of_experiment(experiments.find(2014))
    assert found.fitted.value == pytest.approx(0.5265, abs=2e-3)
    groups = [[6, 6, 8], [3, 5, 5, 6], [8, 8, 6], [3, 3, 5], [5, 6, 6, 8], [1, 3, 3], [6, 5, 3], [8, 6, 6, 5]]
    reviewers = figures.of_reviewers(groups)
    assert (reviewers.papers, reviewers.reviews) == (8, 27)
    assert reviewers.anova == pytest.approx(0.5824, abs=1e-4)


def test_quota_leaves_choice() -> None:
    assert figures.quota(1000, 0.25) == 250
    with pytest.raises(ValueError, match="accept at least one"):
        figures.quota(10, 0.01)


async def test_chat_and_terminal_show_same_figures(sqlite_cohort: CohortFixture) -> None:
    printed = CliRunner().invoke(app, ["venue", "--accept-rate", "25%", "--json"])
    data = json.loads(printed.stdout)
    said = await all_said(sqlite_cohort.ada, "lottery venue", accept_rate="25%")
    shown = re.search(r"the other turns down about (\d+) in 100 \((\d+) to (\d+)\)", said)
    assert shown is not None
    assert [int(each) for each in shown.groups()] == [
        round(100 * each) for each in (data["flip"], *data["flip_range"])
    ]
