"""The lottery says what it really used: ranges that hold their figures, agreements that scores allow, populations."""

import re

import pytest

from core.errors import BadInput
from core.features.lottery import simulation, texts
from core.features.lottery.plan import stops
from core.lottery import bounds, venues
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LEAST, RHO_LOW, Range, ranged_each
from core.lottery.rounds import Try, accepted_by, median_of
from core.lottery.scores import ScoreModel
from core.lottery.shown import shown
from core.papers import score_models
from core.papers.model import VenueEdition
from tests.people import Actor, CohortFixture, all_said

ICLR_2025 = VenueEdition("ICLR", 2025)


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


# Figures and their ranges


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        (Range(0.4273, 0.4264, 0.4274), "about 43 in 100"),
        (Range(0.0086, 0.008, 0.0088), "under 5 in 100"),
        (Range(0.4004, 0.2035, 0.5906), "about 40 in 100 (20 to 60)"),
        (Range(0.3382, 0.338, 0.352), "about 34 in 100 (34 to 35)"),
        (Range(0.25, 0.22, 0.27), "about 25 in 100 (22 to 27)"),
        (Range(0.252, 0.251, 0.253), "about 25 in 100"),
        (Range(0.4273, 0.42731, 0.42734), "about 43 in 100"),
        (Range(0.8958, 0.719, 0.9797), "about 90 in 100 (70 to over 95)"),
        (Range(0.97, 0.88, 0.99), "over 95 in 100 (90 or more)"),
        (Range(0.07, 0.04, 0.12), "about 7 in 100 (under 5 to 12)"),
        (Range(0.45, 0.35, 0.45), "about 45 in 100 (35 to 45)"),
        (Range(0.002, 0.001, 0.12), "under 5 in 100 (up to 10)"),
    ],
)
def test_figure_is_shown_inside_its_range(figure: Range, says: str) -> None:
    assert texts.odds(figure) == says


def test_every_figure_of_every_range_is_inside_it_without_decimal() -> None:
    for step in range(1, 400):
        value = step / 400
        for wide in (0.0004, 0.003, 0.02, 0.11, 0.3):
            figure = Range(value, max(value - wide, 0.0), min(value + wide / 7, 1.0))
            low, middle, high = (
                _number(each) for each in (shown(figure).low, shown(figure).value, shown(figure).high)
            )
            assert low <= middle <= high, figure
            assert "." not in texts.odds(figure)
            if figure.high - figure.low > 0.1 and 5 <= middle <= 95:
                assert middle % 5 == 0, texts.odds(figure)


def _number(words: str) -> int:
    return {"under 5": 0, "over 95": 100}.get(words) or (0 if words == "under 5" else int(words))


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [
        (0.41, 0.54, "between 41 and 54 in 100"),
        (0.0061, 0.0104, "between 0.6 and 1.0 in 100"),
        (0.4101, 0.4103, "at 41.0 in 100"),
        (0.0, 0.001, "at fewer than 1 in 100"),
    ],
)
def test_nothing_lies_between_two_ends_that_are_same(low: float, high: float, says: str) -> None:
    assert texts.between(low, high) == says


async def test_simulation_of_nearly_equal_conferences_says_so(ada: Actor) -> None:
    args = {"papers": "1000", "accept_rate": "99%", "reviewers": "4", "seed": "1"}
    said = await all_said(ada, "lottery simulate", **args)
    assert "95 in 100 lie between 0.6 and 1.0 in 100, by chance alone" in said
    assert not re.search(r"between ([\w. ]+) and \1 in 100", said)


def test_figure_that_is_not_monotonic_is_looked_at_within() -> None:
    found = ranged_each(lambda rho: (rho, (rho - 0.5) ** 2), 0.55, 0.4, 0.6)
    assert (found[0].value, found[0].low) == (0.55, 0.4)
    assert found[0].high == pytest.approx(0.6)
    assert found[1].low == pytest.approx(0, abs=1e-9), "neither at the ends nor at the value"
    assert found[1].high == pytest.approx(0.01)
    improved = [accepted_by([Try(0.4, 1.0)] * 2, rho)[-1] for rho in (0.46, 0.5, 0.55, 0.6, 0.63)]
    over = ranged_each(lambda rho: accepted_by([Try(0.4, 1.0)] * 2, rho)[-1:])[0]
    assert over.low <= min(improved)
    assert over.high >= max(improved) - 1e-4


def test_median_far_off_is_found_as_by_counting() -> None:
    tries = [Try(0.05), Try(0.01)]
    found = median_of(tries)
    assert found is not None
    by = accepted_by([*tries, *[Try(0.01)] * (found - 2)])
    assert by[-1] >= 0.5 > by[-2]
    assert median_of([Try(0.9), Try(0.01)]) == 1
    assert median_of([Try(0.4), Try(0.4)]) == 2


# The agreement that scores allow


def test_scores_before_discussion_keep_range() -> None:
    early = score_models.for_scores((5, 6, 6), ICLR_2025, discussed=False)
    used = bounds.used_agreements(early.model, early.within)
    assert early.model.most_agreement == pytest.approx(0.4422, abs=1e-4)
    assert (used.value, used.low) == (early.model.most_agreement, RHO_LEAST)
    assert used.high == pytest.approx(0.6237, abs=1e-4), "what scores after the discussion allow"
    assert "agreement of two committees of 0.44, with the range that 0.29 to 0.62 gives" in (
        score_models.agreement_words(early)
    )


def test_scores_from_after_discussion_say_what_was_used() -> None:
    late = score_models.for_scores((5, 6, 6), ICLR_2025)
    used = bounds.used_agreements(late.model, late.within)
    assert (used.value, used.low) == (RHO, RHO_LOW)
    assert used.high == pytest.approx(0.6237, abs=1e-4)
    assert "of 0.55, with the range that 0.46 to 0.62 gives, because these scores allow" in (
        score_models.agreement_words(late)
    )


def test_scores_that_allow_more_or_less_than_anything_measured() -> None:
    def used(model: ScoreModel) -> Range:
        return bounds.used_agreements(model, bounds.given(model))

    assert used(ScoreModel(5, 3.0, 0.5, 3.9, 0.25)) == Range(RHO, RHO_LOW, RHO_HIGH)
    noisy = used(ScoreModel(5, 0.1, 3.0, 3.9, 0.25))
    assert noisy.low == 0 < noisy.value <= noisy.high < RHO_LEAST


async def test_lottery_of_paper_names_agreement_that_was_used(ada: Actor) -> None:
    await ada.ok("submission add", title="Onward", venue="ICLR 2025", stage="in-review")
    for score in (5, 6, 6):
        await ada.ok("review add", paper="1", score=score, when="before")
    said = await all_said(ada, "lottery paper", paper="1")
    assert "an agreement of two committees of 0.44, with the range that 0.29 to 0.62 gives" in said
    assert "of 0.55" not in said
    assert re.search(r"by a new committee there, the paper unchanged: about \d+ in 100 \(\d+ to \d+\)", said)
    await ada.ok("submission update", paper="1", stage="rejected")
    said = await all_said(ada, "lottery paper", paper="1")
    assert "the figure for this round" not in said, "it is decided"
    assert "what it changed is not in these figures" in said


async def test_scores_are_read_as_from_after_discussion_and_say_so(ada: Actor) -> None:
    said = await all_said(ada, "lottery scores", scores="5,6,6")
    assert "read as scores from after the discussion" in said
    assert "0.46 to 0.62" in said


def test_tiny_variances_divide_by_nothing() -> None:
    tiny = ScoreModel(5, 1e-200, 1e-200, 3.9, 0.25)
    usual = ScoreModel(5, 1.0, 1.0, 3.9, 0.25)
    assert tiny.next([5]) == pytest.approx(usual.next([5]))


# Populations and scales


async def test_paper_with_scores_belongs_to_decided_ones(ada: Actor) -> None:
    reading = score_models.for_scores((4, 6, 6), VenueEdition("ICLR", 2026))
    assert reading.model.p == 0.389
    said = await all_said(ada, "lottery scores", scores="4,6,6", venue="ICLR 2026")
    assert "the accept rate of ICLR 2026, 38.9 in 100 of the decided papers" in said
    assert "27.4 in 100 of the 19,525 valid submissions, and 38.9 in 100 of the 13,763" in said
    assert "27.4 in 100" in await all_said(ada, "lottery venue", venue="ICLR 2026")
    assert "ICLR 2026 (27.4 in 100)" in await all_said(ada, "lottery plan", venues="ICLR 2026")
    other = venues.find("NeurIPS 2025")
    assert other is not None
    assert other.venue.decided == {}
    assert score_models.for_scores((4,), VenueEdition("NeurIPS", 2025)).model.p == 0.245


def test_scale_that_is_assumed_is_called_so() -> None:
    assert "assumed" in score_models.for_scores((7,), VenueEdition("NeurIPS", 2023)).assumed
    for name, year, score in (("NeurIPS", 2014, 7), ("NeurIPS", 2025, 4), ("ICLR", 2019, 7)):
        whose = score_models.for_scores((score,), VenueEdition(name, year)).whose
        assert whose == f"{name}'s scale since {2013 if name == 'ICLR' else year}"


# What members type


@pytest.mark.parametrize(
    ("typed", "rates"),
    [
        ("Our Workshop 40,5%", [("Our Workshop", 0.405)]),
        ("ICLR 0,3", [("ICLR", 0.3)]),
        ("ICLR 0.3", [("ICLR", 0.3)]),
        ("Our Workshop 40,5 %, ICLR 0,3;A .25", [("Our Workshop", 0.405), ("ICLR", 0.3), ("A", 0.25)]),
        (".25,.1", [("", 0.25), ("", 0.1)]),
        ("0.25,0.1", [("", 0.25), ("", 0.1)]),
        (".25,.31,.274", [("", 0.25), ("", 0.31), ("", 0.274)]),
        ("ICLR 30%,40%", [("ICLR", 0.3), ("", 0.4)]),
        ("Workshop 2025,5%", [("Workshop 2025", 0.25), ("", 0.05)]),
    ],
)
def test_decimal_commas_are_read_and_lists_still_split(typed: str, rates: list[tuple[str, float]]) -> None:
    assert [(stop.name, round(stop.rate, 9)) for stop in stops(typed, None)] == rates


async def test_rate_that_is_not_taken_is_not_passed_over_in_silence(ada: Actor) -> None:
    said = await all_said(ada, "lottery plan", venues="ICLR, Our Workshop", accept_rate="30%")
    assert "ICLR (27.4 in 100), then Our Workshop (30 in 100)" in said
    assert "Of ICLR I took its own accept rate and not the 30 in 100 that you gave" in said
    assert "ICLR (30 in 100)" in await all_said(ada, "lottery plan", venues="ICLR 30%")
    assert "not the" not in await all_said(ada, "lottery plan", venues="Our Workshop", accept_rate="30%")


async def test_given_agreement_has_no_range(ada: Actor) -> None:
    said = await all_said(ada, "lottery venue", agreement="0.3")
    assert "turns down about 62 in 100." in said
    assert "your agreement of 0.3. With the measured one (0.55, 0.46 to 0.63)" in said
    assert "with the range" not in said


async def test_large_improvement_leaves_share_that_is_number(ada: Actor) -> None:
    said = await all_said(ada, "lottery plan", improve="3")
    assert "between there and the best 0.1 in 100" in said
    assert "the best 31 in 100" in await all_said(ada, "lottery plan")


def test_quota_that_leaves_no_choice_says_what_to_do() -> None:
    assert simulation.quota(1000, 0.25) == 250
    with pytest.raises(BadInput, match="ask for more papers or another rate"):
        simulation.quota(10, 0.01)
