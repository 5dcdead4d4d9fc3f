"""What is typed of papers and cannot be: said at its field, with what was typed, and nothing is kept."""

import threading

import pytest

from core.chat.model import Reply, Upload
from core.features.submissions import paper_files
from tests.people import CohortFixture, button_of, buttons_of, listed, text_of


async def test_title_of_ten_thousand_characters_is_refused_at_its_field(cohort: CohortFixture) -> None:
    answer = await cohort.ada.fails("submission add", title="x" * 10_000)
    assert answer.field == "title"
    assert "250" in text_of(answer)
    assert not listed(await cohort.ada.ok("submission list"))
    await cohort.ada.ok("submission add", title="P")
    answer = await cohort.ada.fails("submission edit", paper="P", title="x" * 10_000)
    assert answer.field == "title"


async def test_dates_that_cannot_be_are_refused_or_asked_about(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="P", venue="ICML 2026", stage="submitted")
    old = await cohort.ada.fails("submission update", paper="P", stage="rejected", date="1999-12-31")
    assert (old.field, text_of(old)) == ("date", "This date has to be one of this century.")
    for date in ("2026-01-05", "2027-01-05"):
        asked = await cohort.ada.fails("submission update", paper="P", stage="rejected", date=date)
        assert asked.is_question


ASKED = (
    "I know no “ICLM 2027”. Did you mean one of these?\n• ICLR 2027\n• ICML 2027\n• As I typed it: ICLM 2027"
)


async def test_a_venue_that_may_be_a_slip_is_asked_about(cohort: CohortFixture) -> None:
    asked = await cohort.ada.fails("submission add", title="P", venue="ICLM 2027")
    assert (asked.field, asked.is_question) == ("venue", True)
    assert [each.label for each in buttons_of(asked)] == ["ICLR 2027", "ICML 2027", "As I typed it"]
    assert not listed(await cohort.ada.ok("submission list"))
    meant = await cohort.ada.click(asked, "ICML 2027")
    assert isinstance(meant, Reply)
    assert "“P”, submitted to ICML 2027." in text_of(meant)
    asked = await cohort.ada.fails("submission edit", paper="P", venue="ICLM 2027")
    await cohort.ada.click(asked, "As I typed it")
    assert "Submitted · ICLM 2027" in text_of(await cohort.ada.ok("submission show", paper="P"))


async def test_a_venue_kept_as_typed_is_known_to_who_sees_it(cohort: CohortFixture) -> None:
    asked = await cohort.ada.fails("submission add", title="P", venue="COLM 2027", visibility="private")
    await cohort.ada.click(asked, "As I typed it")
    await cohort.ada.ok("submission edit", paper="P", title="Q", venue="COLM 2027")
    await cohort.ada.ok("submission update", paper="Q", stage="rejected")
    assert "colm 2028" in text_of(await cohort.ada.ok("submission resubmit", paper="Q", venue="colm 2028"))
    asked = await cohort.ada.fails("submission add", title="R", venue="COLMM 2027")
    assert [each.label for each in buttons_of(asked)] == ["colm 2027", "As I typed it"]
    await cohort.ben.ok(
        "submission add", title="R", venue="COLMM 2027"
    )  # what Ada keeps private is not offered


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Our Workshop 2027", "Our Workshop 2027"),
        ("Journal of Slips", "Journal of Slips"),
        ('"ICLM 2027"', "ICLM 2027"),
        ("„ICLM 2027“", "ICLM 2027"),
        ('The "ICLM" 2027', 'The "ICLM" 2027'),
        ('"nips 27"', "NeurIPS 2027"),
    ],
)
async def test_venues_that_nobody_knows_are_kept(cohort: CohortFixture, typed: str, kept: str) -> None:
    assert f"submitted to {kept}." in text_of(await cohort.ada.ok("submission add", title="P", venue=typed))


@pytest.mark.parametrize("typed", ['"', "“ ”"])
async def test_quotation_marks_alone_are_no_venue(cohort: CohortFixture, typed: str) -> None:
    refused = await cohort.ada.fails("submission add", title="P", venue=typed)
    assert (refused.field, text_of(refused)) == ("venue", "Please name a venue, for example NeurIPS 2026.")


async def test_a_slip_is_of_the_cohorts_editions_and_of_a_year_too(cohort: CohortFixture) -> None:
    await cohort.olu.ok("cohort-admin venue-add", name="DEMOCONF", year="2027", paper="2027-03-01")
    for typed, meant in (
        ("DEMOCNF 2027", "DEMOCONF 2027"),
        ("ICML 20227", "ICML 2027"),
        ("Nip", "NeurIPS"),
        ("democonf 27", "DEMOCONF 2027"),
    ):
        asked = await cohort.ada.fails("submission add", title=typed, venue=typed)
        assert meant in [each.label for each in buttons_of(asked)], typed


async def test_slips_of_duties_and_next_venues_are_asked_about(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="P", venue="AAAI 2026", stage="rejected")
    asked = await cohort.ada.fails("submission resubmit", paper="P", venue="ICLM 2027")
    assert text_of(asked) == ASKED
    await cohort.ada.click(asked, "ICLR 2027")
    assert "Submitted · ICLR 2027" in text_of(await cohort.ada.ok("submission show", paper="P"))
    asked = await cohort.ada.fails("duty add", venue="ICLM 2027", papers="3", due="2026-12-20")
    assert text_of(asked) == ASKED
    await cohort.ada.click(asked, "As I typed it")
    removed = await cohort.ada.ok("duty remove", duty="ICLM")
    again = await cohort.ada.click(button_of(removed, "Note it again"))
    assert isinstance(again, Reply)
    assert text_of(again).startswith("Noted: 3 reviews for ICLM 2027 (#")


async def test_large_files_are_read_off_the_event_loop(
    cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    read = paper_files.read

    def watched(*given: object) -> object:
        threads.append(threading.current_thread().name)
        return read(*given)  # type: ignore[arg-type]  # as it was given

    monkeypatch.setattr(paper_files, "read", watched)
    rows = "title,stage\n" + "".join(f"Study {n},idea\n" for n in range(10_000))
    shown = await cohort.ada.ok("submission import", file=Upload("many.csv", rows.encode()))
    assert text_of(shown).startswith("many.csv has 10,000 rows: 10,000 read, 0 refused.")
    assert "9,500 of them find no room" in text_of(shown)
    assert [each.startswith("simulation") for each in threads] == [True]
