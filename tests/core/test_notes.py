"""Who reads a note in a paper's timeline."""

import pytest

from core.store.port import Conn
from tests.people import Actor, CohortFixture, text_of

DRAFTING = {"paper": "1", "stage": "drafting"}


async def timeline(actor: Actor) -> str:
    """The timeline of the paper #1 as somebody reads it."""
    return text_of(await actor.ok("submission timeline", paper="1"))


async def test_form_says_who_reads_note_and_asks(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open")
    form = await cohort.ada.form("submission update", paper="1")
    fields = {each.name: each for each in form.fields}
    assert "only you" in fields["note"].help
    assert fields["note_visibility"].value == "private", "the safer one unless its author chooses"
    assert len(form.fields) <= 5


async def test_note_is_for_its_author_alone_unless_they_choose(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open")
    noted = await cohort.ada.ok("submission update", **DRAFTING, note="Reviewer 2 again")
    assert text_of(noted).endswith("Your note is in its timeline, for you alone.")
    before = await timeline(cohort.ben)
    assert "Reviewer 2" not in before
    assert "note" not in before, "nor that there is one"
    assert "> Reviewer 2 again" in await timeline(cohort.ada)
    assert "(a private note)" in await timeline(cohort.ada)
    told = await cohort.ada.ok("submission update", **DRAFTING, note="Nearly done", note_visibility="cohort")
    assert text_of(told).endswith("for everybody who sees the paper.")
    assert "> Nearly done" in await timeline(cohort.ben)


async def test_private_note_beside_change_leaves_change(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open", venue="ICLR 2027")
    await cohort.ada.ok("submission update", paper="1", stage="rejected", note="It hurts")
    assert "submitted → rejected at ICLR 2027" in await timeline(cohort.ben)
    for other in (cohort.ben, cohort.olu, cohort.mina):
        assert "hurts" not in await timeline(other)


async def test_organizers_note_is_read_by_who_added_paper(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open")
    noted = await cohort.olu.ok("submission update", **DRAFTING, note="Ask about data")
    assert text_of(noted).endswith("for you and who added the paper alone.")
    for reader in (cohort.olu, cohort.ada):
        assert "> Ask about data" in await timeline(reader)
    assert "Ask" not in await timeline(cohort.ben)


async def test_earlier_notes_stay_as_they_were(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open")

    def as_before(conn: Conn) -> None:
        conn.run(
            "INSERT INTO submission_event (cohort_id, submission_id, member_id, at, day, stage_before, stage, note)"
            " SELECT cohort_id, id, owner_id, created_at, '2026-11-01', stage, stage, 'From before' FROM submission"
        )

    await cohort.core.store.write(as_before)
    assert "> From before" in await timeline(cohort.ben)


@pytest.mark.parametrize("typed", ["everybody", "me"])
async def test_other_readers_are_refused(cohort: CohortFixture, typed: str) -> None:
    await cohort.ada.ok("submission add", title="Open")
    refused = await cohort.ada.fails("submission update", **DRAFTING, note="x", note_visibility=typed)
    assert refused.field == "note_visibility"
