"""Revise and resubmit, and desk rejections: stages of their own, and no verdicts."""

import pytest

from core.chat.model import Choice
from core.features.lottery import answers
from core.papers import queries
from core.papers.model import Paper, Round, Stage, VenueEdition
from tests.core.test_submissions import paper_of, rounds_of
from tests.people import CohortFixture, buttons_of, text_of


@pytest.mark.parametrize(
    ("typed", "stage"),
    [
        *((each, "revising") for each in ("R&R", "r & r", "RnR", "major revision", "Minor Revisions")),
        *((each, "revising") for each in ("revise and resubmit", "revising", "Revise & Resubmit", "minor")),
        *((each, "desk-rejected") for each in ("desk reject", "Desk-reject", "desk rejection", "desk")),
        *((each, "in-review") for each in ("in review", "IN-REVIEW")),
    ],
)
async def test_what_people_type_finds_stage(cohort: CohortFixture, typed: str, stage: str) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    await cohort.ada.ok("submission update", paper="1", stage=typed)
    assert (await paper_of(cohort.ada, "1")).stage.value == stage


async def test_slip_in_words_of_stage_is_asked_about(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    asked = await cohort.ada.fails("submission update", paper="1", stage="major revison")
    assert [each.args["stage"] for each in buttons_of(asked)] == ["revising"]
    listed = await cohort.ada.fails("submission update", paper="1", stage="on the moon")
    assert "rebuttal, revising, accepted, rejected, desk-rejected, withdrawn" in text_of(listed)


async def test_pickers_find_stage_by_its_words(cohort: CohortFixture) -> None:
    stage = cohort.core.registry.commands["submission update"].param("stage")
    assert stage is not None
    shown: dict[str, Choice] = {each.value: each for each in stage.choices}
    assert "R&R" in shown["revising"].label
    assert "major or minor revision" in shown["revising"].label
    assert shown["desk-rejected"].label.startswith("desk rejected")
    assert all(len(each.label) <= 75 for each in stage.choices), "as long as Slack's options may be"


@pytest.mark.parametrize(
    ("stages", "rounds"),
    [
        (["revising"], [("TMLR", None)]),
        (["revising", "submitted", "accepted"], [("TMLR", "accepted")]),
        (["revising", "rejected"], [("TMLR", "rejected")]),
        (["desk-rejected"], [("TMLR", "desk-rejected")]),
        (["desk-rejected", "submitted"], [("TMLR", "desk-rejected"), ("TMLR", None)]),
        (["rejected", "desk-rejected"], [("TMLR", "desk-rejected")]),
        (["rejected", "revising"], [("TMLR", None)]),
    ],
)
async def test_rounds_follow(
    cohort: CohortFixture, stages: list[str], rounds: list[tuple[str, str | None]]
) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    for stage in stages:
        await cohort.ada.ok("submission update", paper="1", stage=stage)
    assert await rounds_of(cohort.ada, "1") == rounds


async def test_revised_version_goes_on_in_its_round(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    revising = await cohort.ada.ok("submission update", paper="1", stage="R&R")
    assert "neither yes nor no" in text_of(revising)
    sent = await cohort.ada.ok("submission resubmit", paper="1", venue="tmlr")
    assert "TMLR" in text_of(sent)
    assert await rounds_of(cohort.ada, "1") == [("TMLR", None)]
    assert (await paper_of(cohort.ada, "1")).stage is Stage.SUBMITTED


async def test_revised_version_sent_elsewhere_begins_next_round(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="TMLR")
    await cohort.ada.ok("submission update", paper="1", stage="revising")
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICLR 2027")
    assert await rounds_of(cohort.ada, "1") == [("TMLR", "withdrawn"), ("ICLR 2027", None)]


async def test_next_edition_follows_desk_rejection(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2026")
    noted = await cohort.ada.ok("submission update", paper="1", stage="desk reject")
    assert {"Submit it again", "Odds of the next try"} <= {each.label for each in buttons_of(noted)}
    await cohort.ada.ok("submission resubmit", paper="1", venue="ICML")
    assert await rounds_of(cohort.ada, "1") == [("ICML 2026", "desk-rejected"), ("ICML 2027", None)]


def test_lottery_throws_no_coin_for_them() -> None:
    desk = Round(VenueEdition("ICLR", 2026), Stage.DESK_REJECTED)
    fresh = Round(VenueEdition("ICML", 2026))
    after = answers.paper(Paper(1, 1, "T", 1, Stage.SUBMITTED, (desk, fresh)))
    without = answers.paper(Paper(1, 1, "T", 1, Stage.SUBMITTED, (fresh,)))
    kept = [line for line in text_of(after.text).splitlines() if "at the desk" not in line]
    assert kept == text_of(without.text).splitlines(), "the odds are those of a first try"
    assert "turned down at the desk once" in text_of(after.text)
    lost = answers.paper_state(Paper(1, 1, "T", 1, Stage.DESK_REJECTED, (desk,)))
    assert lost.rejected == ()
    revising = answers.paper(Paper(1, 1, "T", 1, Stage.REVISING, (fresh,)))
    assert "It is being revised" in text_of(revising.text)


async def test_figures_and_pages_know_them(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="One", venue="TMLR", stage="major revision")
    await cohort.ada.ok("submission add", title="Two", venue="ICML 2026", stage="desk reject")
    assert "#1 One" in str(await cohort.ben.ok("submission list", stage="R&R"))
    assert await rounds_of(cohort.ada, "2") == [("ICML 2026", "desk-rejected")]
    counted = await cohort.core.store.read(queries.stage_counts, cohort.id)
    assert counted == {"revising": 1, "desk-rejected": 1}
    assert await cohort.ada.ok("submission timeline", paper="2")
