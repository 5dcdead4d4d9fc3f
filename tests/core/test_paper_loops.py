"""A paper never comes back into its own past: not by sending it on, not by correcting where it is, not from a file."""

import pytest

from core.chat.model import Upload
from core.papers.model import Round, Stage, VenueEdition
from core.papers.venues import decided_before
from tests.people import CohortFixture, answered, button_of, text_of


async def rejected_at(cohort: CohortFixture, venue: str) -> None:
    await cohort.ada.ok("submission add", title="P", venue=venue, stage="submitted")
    await cohort.ada.ok("submission update", paper="P", stage="rejected")


@pytest.mark.parametrize("venue", ["ICML 2026", "icml 26", "ICML 2025", "ICML'24"])
async def test_sent_to_where_it_was_decided_or_before_is_asked_about(
    cohort: CohortFixture, venue: str
) -> None:
    await rejected_at(cohort, "ICML 2026")
    asked = await cohort.ada.fails("submission resubmit", paper="P", venue=venue)
    assert (asked.field, asked.is_question) == ("venue", True)
    assert "ICML 2026 has decided on this paper already. Is it the next one?" in text_of(asked)
    done = answered(await cohort.ada.click(button_of(asked, "ICML 2027")))
    assert "on its way to ICML 2027: try 2" in text_of(done)


async def test_a_correction_does_not_bring_it_back_either(cohort: CohortFixture) -> None:
    await rejected_at(cohort, "ICML 2026")
    await cohort.ada.ok("submission resubmit", paper="P", venue="NeurIPS 2026")
    for venue in ("ICML 2026", "ICML 2025"):
        asked = await cohort.ada.fails("submission edit", paper="P", venue=venue)
        assert (asked.field, asked.is_question) == ("venue", True)
        assert "ICML 2026 has decided on this paper already" in text_of(asked)
    form = await cohort.ada.form("submission edit", paper="P")
    asked = answered(await cohort.ada.submit(form, venue="ICLR 2027"))
    assert "ICLR 2027" in text_of(asked)
    await cohort.ada.ok("submission edit", paper="P", venue="ICML 2027")


async def test_what_a_second_editor_decided_meanwhile_counts(cohort: CohortFixture) -> None:
    """Ben's form was opened before Ada recorded a decision; merged, it would bring the paper back."""
    await cohort.ada.ok("submission add", title="P", venue="ICML 2026", stage="submitted", coauthors="Ben")
    form = await cohort.ben.form("submission edit", paper="P")
    await cohort.ada.ok("submission update", paper="P", stage="rejected")
    await cohort.ada.ok("submission resubmit", paper="P", venue="NeurIPS 2026")
    asked = await cohort.ben.submit(form, title="P, corrected", venue="ICML 2025")
    assert "ICML 2026 has decided on this paper already" in text_of(asked)
    assert "NeurIPS 2026" in text_of(await cohort.ada.ok("submission show", paper="P"))


async def test_the_only_round_is_corrected_to_any_edition(cohort: CohortFixture) -> None:
    await rejected_at(cohort, "ICML 2026")
    await cohort.ada.ok("submission edit", paper="P", venue="ICML 2025")


async def test_where_it_was_withdrawn_it_may_go_again(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="P", venue="ICML 2026", stage="submitted")
    await cohort.ada.ok("submission update", paper="P", stage="withdrawn")
    await cohort.ada.ok("submission resubmit", paper="P", venue="ICML 2026")


async def test_a_file_that_holds_a_loop_loses_that_round_alone(cohort: CohortFixture) -> None:
    rows = (
        "row,title,round,venue,decision,date,stage,score\n"
        "paper,P,,,,,submitted,\n"
        "round,,1,ICML 2025,rejected,2025-05-01,,\n"
        "round,,2,NeurIPS 2025,rejected,2025-09-20,,\n"
        "round,,3,ICML 2024,,,,\n"
        "review,,3,,,,,5\n"
        "round,,4,ICML 2026,,,,\n"
    )
    shown = await cohort.ada.ok("submission import", file=Upload("loop.csv", rows.encode()))
    assert "has 6 rows: 4 read, 2 refused" in text_of(shown)
    assert "ICML 2025 has decided on this paper in an earlier round, so it cannot go there again" in text_of(
        shown
    )
    await cohort.ada.click(shown, "Take in 1")
    page = await cohort.ada.ok("submission timeline", paper="P")
    assert "ICML 2024" not in text_of(page)


@pytest.mark.parametrize(
    ("decision", "year", "loops"),
    [
        (Stage.REJECTED, 2026, True),
        (Stage.DESK_REJECTED, 2026, True),
        (Stage.ACCEPTED, 2025, True),
        (Stage.WITHDRAWN, 2026, False),
        (None, 2026, False),
        (Stage.REJECTED, 2027, False),
        (Stage.REJECTED, None, False),
    ],
)
def test_which_rounds_lead_back(decision: Stage | None, year: int | None, loops: bool) -> None:
    rounds = [Round(VenueEdition("ICML", 2026), decision), Round(VenueEdition("ACL", 2026), Stage.REJECTED)]
    assert (decided_before(rounds, VenueEdition("icml", year)) is not None) == loops
