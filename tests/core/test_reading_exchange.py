"""The list in and out: a preview first, nothing twice, and four formats."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from core.chat.model import File, Reply, Upload
from core.commands.admission import Admission
from core.commands.dispatch import Core
from tests.conftest import OFTEN
from tests.core.test_bibliographies import AWKWARD
from tests.people import (
    CohortFixture,
    answered,
    button_of,
    buttons_of,
    found_cohort,
    listed,
    refused,
    text_of,
)
from tests.redelivery import Redelivered

BIB = Upload("refs.bib", AWKWARD.encode("cp1252"))

REDELIVERED: Mapping[str, Redelivered] = {
    "reading import": Redelivered({"file": BIB, "confirm": "yes"}),
    "reading export": Redelivered({"format": "bibtex"}),
}


def file_of(reply: Reply) -> str:
    (file,) = (block for block in reply.blocks if isinstance(block, File))
    return file.content.decode("utf-8-sig")


async def test_import_shows_first_and_takes_in_when_told(cohort: CohortFixture) -> None:
    await cohort.ada.ok("reading add", reference="The one after")
    shown = await cohort.ben.ok("reading import", file=BIB)
    text = text_of(shown)
    assert text.startswith(
        "refs.bib has 6 entries: 3 new, 0 on the list already, 1 like something there, 2 that I cannot read. "
        "Nothing is taken in yet."
    )
    assert "Line 16: The one after (like #1)" in text
    assert "Line 15, miss: A comma is missing after title." in text
    assert len(listed(await cohort.ada.ok("reading list"))) == 1
    done = answered(await cohort.ben.click(shown, "Take in 3"))
    assert text_of(done).startswith("refs.bib is taken in: 3 new on the list.")
    again = await cohort.ben.ok("reading import", file=BIB)
    assert "0 new" in text_of(again)
    assert not buttons_of(again)
    assert "A. Müller and B. Å, J. of Made-up Results Letters, 2019" in text_of(
        await cohort.ada.ok("reading show", item="a title in capitals")
    )


async def test_a_work_that_stands_twice_in_a_file_is_counted_once(cohort: CohortFixture) -> None:
    entries = (
        "@misc{a, title={On priors}, doi={10.1000/XYZ}}",
        "@misc{b, title={On priors, again and again}, doi={10.1000/xyz}}",
        "@misc{c, title={Long enough to be told apart}}",
        "@misc{d, title={Long enough to be told apart}}",
    )
    shown = await cohort.ada.ok("reading import", file=Upload("refs.bib", "\n".join(entries).encode()))
    text = text_of(shown)
    assert text.startswith(
        "refs.bib has 4 entries: 2 new, 0 on the list already, 0 like something there, 2 of a work that stands before "
        "it, 0 that I cannot read."
    )
    assert "Line 2: On priors, again and again (as in line 1)" in text
    assert "Line 4: Long enough to be told apart (as in line 3)" in text
    done = await cohort.ada.click(shown, "Take in 2")
    assert text_of(done).startswith("refs.bib is taken in: 2 new on the list. 2 were there already")
    assert len(listed(await cohort.ada.ok("reading list"))) == 2


async def test_what_finds_no_room_is_told_with_what_is_taken_in(sqlite_core: Core) -> None:
    full = await found_cohort(replace(sqlite_core, admission=Admission(replace(OFTEN, reading=2))))
    shown = await full.ben.ok("reading import", file=BIB)
    done = text_of(answered(await full.ben.click(shown, button_of(shown).label)))
    assert done.startswith("refs.bib is taken in: 2 new on the list.")
    assert done.endswith("2 more found no room: that is as many as I keep of one member.")
    assert len(listed(await full.ben.ok("reading list"))) == 2


async def test_file_of_something_else_is_refused_at_its_field(cohort: CohortFixture) -> None:
    for content in (b"", b"\x89PNG\r\n", b"just words"):
        assert (await cohort.ada.fails("reading import", file=Upload("x", content))).field == "file"
    many = "\n".join(f"@misc{{k{n}, title={{T {n}}}}}" for n in range(2_001))
    assert "2,001" in text_of(await cohort.ada.fails("reading import", file=Upload("x.bib", many.encode())))
    refused(await cohort.somebody("Eve")("reading import", file=BIB))


@pytest.mark.parametrize("format", ["bibtex", "ris", "csv", "markdown"])
async def test_list_is_written_and_read_again(cohort: CohortFixture, format: str) -> None:  # noqa: A002
    assert "nothing to take" in text_of(await cohort.ada.ok("reading export", format=format))
    await cohort.ada.ok("reading add", reference="=Attention & 50% of {it}", why="@short")
    await cohort.ada.ok("reading add", reference="https://arxiv.org/abs/2306.03262")
    shown = await cohort.ada.ok("reading import", file=BIB)
    await cohort.ada.click(shown, button_of(shown).label)
    content = file_of(await cohort.ben.ok("reading export", format=format))
    assert "Müller" in content
    assert "arxiv.org/abs/2306.03262" in content
    if format == "csv":
        assert "'=Attention" in content
        assert "'@short" in content
    if format in ("bibtex", "ris"):
        again = await cohort.ben.ok("reading import", file=Upload("again", content.encode()))
        assert "has 6 entries: 0 new" in text_of(again)
        assert "0 that I cannot read" in text_of(again)
