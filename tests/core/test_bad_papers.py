"""What is typed of papers and cannot be: said at its field, with what was typed, and nothing is kept."""

import threading

import pytest

from core.chat.model import Upload
from core.features.submissions import paper_files
from tests.people import CohortFixture, listed, text_of


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
