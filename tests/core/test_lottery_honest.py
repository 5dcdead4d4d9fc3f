"""The lottery says what it really used: ranges that hold their figures, agreements that scores allow, populations."""

import re

import pytest

from core.errors import BadInput
from core.features.lottery import models, simulation, texts
from core.features.lottery.plan import stops
from core.lottery import figures, venues
from core.lottery.decisions import RHO, RHO_HIGH, RHO_LEAST, RHO_LOW, Range, ranged_each
from core.lottery.rounds import Try, accepted_by, median_of
from core.lottery.scores import ScoreModel
from core.papers.model import VenueEdition
from tests.people import Actor, CohortFixture, text_of

ICLR_2025 = VenueEdition("ICLR", 2025)


@pytest.fixture
def ada(sqlite_cohort: CohortFixture) -> Actor:
    """A member."""
    return sqlite_cohort.ada


# Figures and their ranges


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        (Range(0.4273, 0.4264, 0.4274), "about 42.7 in 100 (42.6 to 42.7)"),
        (Range(0.0086, 0.008, 0.0088), "about 0.9 in 100 (0.8 to 0.9)"),
        (Range(0.4004, 0.3952, 0.4031), "about 40 in 100 (39.5 to 40.3)"),
        (Range(0.3382, 0.338, 0.352), "about 34 in 100 (34 to 35)"),
        (Range(0.25, 0.22, 0.27), "about 1 in 4 (22 to 27 in 100)"),
        (Range(0.252, 0.251, 0.253), "about 25.2 in 100 (25.1 to 25.3)"),
        (Range(0.4273, 0.42731, 0.42734), "about 43 in 100"),
        (Range(0.002, 0.001, 0.02), "fewer than 1 in 100 (fewer than 1 to 2)"),
    ],
)
def test_figure_is_shown_inside_its_range(figure: Range, says: str) -> None:
    assert texts.odds(figure) == says


def test_every_figure_of_every_range_is_inside_it() -> None:
    number = r"(\d+(?:\.\d)?)"
    for step in range(1, 4000):
        value = step / 4000
        for wide in (0.0004, 0.003, 0.02):
            figure = Range(value, max(value - wide, 0.0), min(value + wide / 7, 1.0))
            match = re.fullmatch(
                rf"about (?:1 in )?{number}(?: in 100)? \({number} to {number}(?: in 100)?\)",
                texts.odds(figure),
            )
            if match:
                shown = float(match[1]) if "about 1 in " not in match[0] else round(100 / float(match[1]))
                assert float(match[2]) <= shown <= float(match[3]), match[0]


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
    said = text_of(await ada.ok("lottery simulate", **args))
    assert "95 in 100 lie between 0.6 and 1.0 in 100, by chance alone" in said
    assert not re.search(r"between ([\w. ]+) and \1 in 100", said)


def test_figure_that_is_not_monotonic_is_looked_at_within() -> None:
    found = ranged_each(lambda rho: (rho, (rho - 0.5) ** 2), 0.55, 0.4, 0.6)
    assert (found[0].value, found[0].low) == (0.55, 0.4)
    assert found[0].high == pytest.approx(0.6)
    assert found[1].low == pytest.approx(0, abs=1e-9), "neither at the ends nor at the value"
    assert found[1].high == pytest.approx(0.01)
    model = ScoreModel(4.9, 2.6, 0.5, 3.9, 0.25, rho=0.95)
    seen = [ScoreModel(4.9, 2.6, 0.5, 3.9, 0.25, rho=rho / 100).next((5, 6, 6)) for rho in range(46, 82)]
    figure = figures.accepted_next(model, (5, 6, 6), 0.25)
    assert max(seen) > max(seen[0], seen[-1]) + 0.003, "the most lies between the ends"
    assert figure.high == pytest.approx(max(seen), abs=5e-4)
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
    early = models.for_scores((5, 6, 6), ICLR_2025, discussed=False).model
    used = figures.score_agreements(early)
    assert early.most_agreement == pytest.approx(0.4422, abs=1e-4)
    assert (used.value, used.low, used.high) == (early.most_agreement, RHO_LEAST, early.most_agreement)
    figure = figures.accepted_next(early, (5, 6, 6), early.p)
    assert figure.high - figure.low > 0.005, "the ends do not coincide"
    assert "agreement of two committees of 0.44, with the range that 0.29 to 0.44 gives" in (
        models.agreement_words(early)
    )
    assert "allow an agreement of 0.44 at most" in models.agreement_words(early)


def test_scores_from_after_discussion_say_what_was_used() -> None:
    late = models.for_scores((5, 6, 6), ICLR_2025).model
    used = figures.score_agreements(late)
    assert (used.value, used.low) == (RHO, RHO_LOW)
    assert used.high == late.most_agreement == pytest.approx(0.6116, abs=1e-4)
    assert "of 0.55, with the range that 0.46 to 0.61 gives, because these scores allow" in (
        models.agreement_words(late)
    )


def test_scores_that_allow_more_or_less_than_anything_measured() -> None:
    certain = ScoreModel(5, 3.0, 0.5, 3.9, 0.25)
    assert figures.score_agreements(certain) == Range(RHO, RHO_LOW, RHO_HIGH)
    assert "at most" not in models.agreement_words(certain)
    noisy = figures.score_agreements(ScoreModel(5, 0.1, 3.0, 3.9, 0.25))
    assert noisy.low == 0 < noisy.value == noisy.high < RHO_LEAST
    low = figures.score_agreements(ScoreModel(5, 3.0, 0.5, 3.9, 0.25, rho=0.2))
    assert low == Range(0.2, 0.2, RHO_HIGH)


async def test_lottery_of_paper_names_agreement_that_was_used(ada: Actor) -> None:
    await ada.ok("submission add", title="Onward", venue="ICLR 2025", stage="in-review")
    for score in (5, 6, 6):
        await ada.ok("review add", paper="1", score=score, when="before")
    said = text_of(await ada.ok("lottery paper", paper="1"))
    assert "these scores allow an agreement of 0.44 at most" in said
    assert "of 0.55" not in said
    assert re.search(r"by a new committee there, the paper unchanged: about \d+ in 100 \(\d+ to \d+\)", said)
    await ada.ok("submission update", paper="1", stage="rejected")
    said = text_of(await ada.ok("lottery paper", paper="1"))
    assert "the figure for this round" not in said, "it is decided"
    assert "what it changed is not in these figures" in said


async def test_scores_are_read_as_from_after_discussion_and_say_so(ada: Actor) -> None:
    said = text_of(await ada.ok("lottery scores", scores="5,6,6"))
    assert "read as scores from after the discussion" in said
    assert "0.46 to 0.61" in said


def test_tiny_variances_divide_by_nothing() -> None:
    tiny = ScoreModel(5, 1e-200, 1e-200, 3.9, 0.25)
    usual = ScoreModel(5, 1.0, 1.0, 3.9, 0.25)
    assert tiny.next([5]) == pytest.approx(usual.next([5]))


# Populations and scales


async def test_paper_with_scores_belongs_to_decided_ones(ada: Actor) -> None:
    reading = models.for_scores((4, 6, 6), VenueEdition("ICLR", 2026))
    assert reading.model.p == 0.389
    said = text_of(await ada.ok("lottery scores", scores="4,6,6", venue="ICLR 2026"))
    assert "the accept rate of ICLR 2026, 38.9% of the decided papers" in said
    assert "all valid submissions" not in said
    assert "27.4%" in text_of(await ada.ok("lottery venue", venue="ICLR 2026"))
    assert "ICLR 2026 (27.4%)" in text_of(await ada.ok("lottery plan", venues="ICLR 2026"))
    other = venues.find("NeurIPS 2025")
    assert other is not None
    assert other.decided is None
    assert models.for_scores((4,), VenueEdition("NeurIPS", 2025)).model.p == 0.245


def test_scale_that_is_assumed_is_called_so() -> None:
    assert "assumed" in models.for_scores((7,), VenueEdition("NeurIPS", 2023)).assumed
    for name, year, score in (("NeurIPS", 2014, 7), ("NeurIPS", 2025, 4), ("ICLR", 2019, 7)):
        whose = models.for_scores((score,), VenueEdition(name, year)).whose
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
    said = text_of(await ada.ok("lottery plan", venues="ICLR, Our Workshop", accept_rate="30%"))
    assert "ICLR (27.4%), then Our Workshop (30%)" in said
    assert "Of ICLR I took its own accept rate and not the 30% that you gave" in said
    assert "ICLR (30%)" in text_of(await ada.ok("lottery plan", venues="ICLR 30%"))
    assert "not the" not in text_of(await ada.ok("lottery plan", venues="Our Workshop", accept_rate="30%"))


async def test_given_agreement_has_range_as_well(ada: Actor) -> None:
    said = text_of(await ada.ok("lottery venue", agreement="0.3"))
    assert "about 62 in 100 (44 to 62)" in said
    assert "your agreement of 0.3, with the range that 0.3 to 0.63 gives" in said


async def test_large_improvement_leaves_share_that_is_number(ada: Actor) -> None:
    said = text_of(await ada.ok("lottery plan", improve="3"))
    assert "between there and the best 0.1 in 100" in said
    assert "the best 31 in 100" in text_of(await ada.ok("lottery plan"))


def test_quota_that_leaves_no_choice_says_what_to_do() -> None:
    assert simulation.quota(1000, 0.25) == 250
    with pytest.raises(BadInput, match="ask for more papers or another rate"):
        simulation.quota(10, 0.01)
