"""A rebuttal that is ahead: its countdown on the paper's page, and what one score a step higher would do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.chat.model import Fields, Reply
from core.clock import FixedClock
from core.lottery.rebuttal import ROSE, step_higher
from core.papers import score_models
from core.papers.model import VenueEdition
from tests.people import CohortFixture, text_of

ENDS = datetime(2026, 12, 11, 11, 59, tzinfo=UTC)
"""23:59 on 10 December, anywhere on Earth."""
ICLR_SCORES = (1.0, 3.0, 5.0, 6.0, 8.0, 10.0)


def fields(reply: Reply) -> dict[str, str]:
    [found] = [each for each in reply.blocks if isinstance(each, Fields)]
    return {label: text_of(value) for label, value in found.items}


async def under_review(cohort: CohortFixture, *scores: str, **given: str) -> None:
    """Ada's paper at ICML 2027, whose rebuttal ends on 10 December, with its scores."""
    await cohort.olu.ok("cohort-admin venue-add", name="ICML", year="2027", rebuttal="2026-12-10 23:59")
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2027", stage="in-review", **given)
    for score in scores:
        await cohort.ada.ok("review add", paper="1", score=score, when="before")


async def test_page_counts_down_and_says_what_a_step_does(cohort: CohortFixture) -> None:
    await under_review(cohort, "5", "6", "6")
    shown = await cohort.ada.ok("submission show", paper="1")
    assert text_of(shown).split("\n") == [
        "#1 Onward",
        "In review · ICML 2027",
        "The rebuttal ends in 18 days: Fri 11 Dec, 12:59 (Europe/Berlin), which is Thu 10 Dec, 23:59 AoE "
        "(said by an organizer, 23 Nov 2026).",
    ]
    found = fields(shown)
    assert found["One score a step higher"] == (
        "With the lowest, 5, at 6: about 30 in 100 (15 to 45) accepted in this round; as they stand about 10 in 100 "
        "(under 5 to 20). By the model of the lottery: about the noise of reviewing, not about your paper."
    )
    assert found["How often scores rose after a rebuttal"] == (
        "Between 8.3 and 31.9 in 100 of scores, depending on the review, at ICLR 2024 and 2025."
    )
    assert ROSE == (0.083, 0.319)


async def test_scores_are_their_owners_alone(cohort: CohortFixture) -> None:
    await under_review(cohort, "5", "6", coauthors="Ben")
    coauthor = await cohort.ben.ok("submission show", paper="1")
    assert "The rebuttal ends in 18 days" in text_of(coauthor)
    assert not [label for label in fields(coauthor) if "score" in label.casefold()]
    for who in (cohort.olu, cohort.mina):
        other = await who.ok("submission show", paper="1")
        assert "rebuttal" not in text_of(other)
        assert not [label for label in fields(other) if "score" in label.casefold()]


async def test_countdown_is_in_the_readers_zone_and_ends(cohort: CohortFixture, clock: FixedClock) -> None:
    await under_review(cohort, "5")
    await cohort.ada.ok("profile timezone", zone="Pacific/Honolulu")
    clock.move_to(ENDS - timedelta(minutes=1))
    shown = text_of(await cohort.ada.ok("submission show", paper="1"))
    assert (
        "The rebuttal ends today: Fri 11 Dec, 01:59 (Pacific/Honolulu), which is Thu 10 Dec, 23:59 AoE"
        in shown
    )
    clock.move_to(ENDS + timedelta(minutes=1))
    over = await cohort.ada.ok("submission show", paper="1")
    assert "rebuttal" not in text_of(over)
    assert "One score a step higher" not in fields(over)


@pytest.mark.parametrize("scores", [(), ("10",)])
async def test_without_a_step_there_is_no_figure(cohort: CohortFixture, scores: tuple[str, ...]) -> None:
    await under_review(cohort, *scores)
    shown = await cohort.ada.ok("submission show", paper="1")
    assert "The rebuttal ends in 18 days" in text_of(shown)
    assert "One score a step higher" not in fields(shown)
    assert ("How often scores rose after a rebuttal" in fields(shown)) is bool(scores)


async def test_paper_that_was_not_sent_yet_has_no_rebuttal(cohort: CohortFixture) -> None:
    await under_review(cohort)
    await cohort.ada.ok("submission add", title="Draft", venue="ICML 2027", stage="drafting")
    assert "rebuttal" not in text_of(await cohort.ada.ok("submission show", paper="Draft"))


async def test_decided_paper_has_no_rebuttal(cohort: CohortFixture) -> None:
    await under_review(cohort, "5")
    await cohort.ada.ok("submission update", paper="1", stage="rejected")
    assert "rebuttal" not in text_of(await cohort.ada.ok("submission show", paper="1"))


@settings(deadline=None, max_examples=25)
@given(scores=st.lists(st.sampled_from(ICLR_SCORES), min_size=1, max_size=5), discussed=st.booleans())
def test_step_is_the_model_at_the_raised_scores(scores: list[float], discussed: bool) -> None:
    read = score_models.for_scores(scores, VenueEdition("ICLR", 2025), discussed=discussed)
    found = step_higher(read.model, read.within, scores, read.scale.values)
    if min(scores) == 10:
        assert found is None
        return
    assert found is not None
    lowest = min(scores)
    raised = [*sorted(scores)[1:], next(each for each in ICLR_SCORES if each > lowest)]
    assert found.now.value == pytest.approx(read.model.now(scores))
    assert found.then.value == pytest.approx(read.model.now(raised))
    for end in ("low", "value", "high"):
        assert getattr(found.then, end) >= getattr(found.now, end)
