"""The accept rate of a venue: the cohort's own list before the built-in table, in every answer of the lottery."""

from dataclasses import replace

import pytest

from core.lottery import figures
from core.papers import rates, score_models
from core.papers.model import VenueEdition
from core.papers.rates import CohortRates, SaidRate, SaidScale, rate_of, recent
from tests.people import CohortFixture, all_said, text_of

OWN = CohortRates(
    (
        SaidRate(VenueEdition("NIPS", 2026), 0.22, ""),
        SaidRate(VenueEdition("Our Workshop", 2026), 0.4, ""),
        SaidRate(VenueEdition("Our Workshop", 2024), 0.5, ""),
    )
)


@pytest.mark.parametrize(
    ("name", "year", "rate", "source"),
    [
        ("NeurIPS", 2026, 0.22, "the accept rate of NeurIPS 2026, 22 in 100, as an organizer says"),
        ("NeurIPS", 2025, 0.245, "the accept rate of NeurIPS 2025, 24.5 in 100"),
        ("NeurIPS", None, 0.22, "22 in 100, as an organizer says, the newest year I know"),
        ("NeurIPS", 2028, 0.22, "22 in 100, as an organizer says, the nearest year I know to 2028"),
        ("our workshop", 2026, 0.4, "the accept rate of our workshop 2026, 40 in 100, as an organizer says"),
        ("Our Workshop", 2025, 0.5, "the accept rate of Our Workshop 2024, 50 in 100"),
        ("ICML", 2026, 0.266, "the accept rate of ICML 2026, 26.6 in 100"),
        ("Elsewhere", 2026, 0.25, "because I know none for Elsewhere 2026"),
    ],
)
def test_cohorts_word_goes_before_the_table(name: str, year: int | None, rate: float, source: str) -> None:
    found = rate_of(VenueEdition(name, year), OWN)
    assert found.rate == rate
    assert source in found.source
    assert found.said is ("an organizer" in found.source)


def test_without_a_cohort_the_table_holds() -> None:
    assert rate_of(VenueEdition("NeurIPS", 2026)).rate == 0.245
    assert rate_of(VenueEdition("ICLR", 2026), decided=True).rate == 0.389
    assert rate_of(None).guessed


def test_scores_are_read_with_it_and_the_cut_moves_as_far_as_others_did() -> None:
    venue = VenueEdition("Our Workshop", 2026)
    read = score_models.for_scores((6.0, 7.0), venue, OWN)
    assert read.model.p == 0.4
    low, high = read.within.accept_rate
    assert low < 0.4 < 0.5 <= high, "both of its years, and more, since they are two"
    known = score_models.for_scores((4.0, 5.0), VenueEdition("NeurIPS", 2026), OWN)
    assert known.model.p == 0.22
    assert known.within.accept_rate == (0.22, 0.258)
    assert recent(VenueEdition("NeurIPS", 2026), OWN) == (0.258, 0.245, 0.22)


async def test_organizers_rate_counts_in_every_answer(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin venue-add", name="Our Workshop", year="2026", accept_rate="40%")
    await cohort.ada.ok("submission add", title="Onward", venue="Our Workshop 2026")
    said = "the accept rate of Our Workshop 2026, 40 in 100, as an organizer says"
    for command, args in (
        ("lottery paper", {"paper": "1"}),
        ("lottery venue", {"venue": "Our Workshop 2026"}),
        ("lottery scores", {"scores": "6,7", "venue": "Our Workshop 2026"}),
        ("lottery plan", {"venues": "Our Workshop 2026"}),
    ):
        assert said in await all_said(cohort.ada, command, **args), command
    shared = await cohort.ada.click(await cohort.ada.ok("lottery venue", venue="Our Workshop 2026"), "Share")
    flip = figures.committees(0.4).flip
    assert f"about {100 * flip.value:.0f} in 100" in text_of(shared)
    rejected = await cohort.ada.ok("submission update", paper="1", stage="rejected")
    assert said in text_of(rejected)
    stranger = cohort.somebody("Eve").in_direct()
    assert "because I know none for Our Workshop 2026" in await all_said(
        stranger, "lottery venue", venue="Our Workshop 2026"
    ), "another cohort's word is nobody's outside of it"
    assert await cohort.core.store.read(rates.of_cohort, cohort.id + 1) == CohortRates()


async def test_organizers_scale_is_the_one_that_scores_are_read_on(cohort: CohortFixture) -> None:
    for venue, year in (("Our Workshop", "2026"), ("NeurIPS", "2026")):
        await cohort.olu.ok("cohort-admin venue-add", name=venue, year=year, scale="0-14")
        edition = f"{venue} {year}"
        said = await all_said(cohort.ada, "lottery scores", scores="12,14", venue=edition)
        assert f"{edition}'s scale, as an organizer says" in said
        refused = await cohort.ada.fails("lottery scores", scores="12,25", venue=edition)
        assert f"25 is not on the scale of {edition}, which is 0 1 2" in text_of(refused)
    await cohort.ada.ok("submission add", title="Onward", venue="NeurIPS 2026", stage="submitted")
    await cohort.ada.ok("review add", paper="1", score="14")
    assert "as an organizer says" in await all_said(cohort.ada, "lottery paper", paper="1")
    earlier = await all_said(cohort.ada, "lottery scores", scores="4,5", venue="NeurIPS 2025")
    assert "as an organizer says" not in earlier, "a scale is that of its own year"


def test_a_scale_that_is_the_built_in_one_changes_nothing() -> None:
    iclr = VenueEdition("ICLR", 2025)
    own = CohortRates(scales=(SaidScale(iclr, (1, 3, 5, 6, 8, 10), ""),))
    assert score_models.for_scores((5.0, 6.0), iclr, own) == score_models.for_scores((5.0, 6.0), iclr)
    for year, values in ((2027, (0, 2, 4)), (2028, (0, 9))):
        own = replace(own, scales=(*own.scales, SaidScale(VenueEdition("ICLR", year), values, "a file")))
    assert score_models.for_scores((0.0, 9.0), VenueEdition("iclr", None), own).scale.values == (0, 9)
    assert score_models.for_scores((5.0, 6.0), VenueEdition("ICLR", None), own).scale.values[1] == 3
