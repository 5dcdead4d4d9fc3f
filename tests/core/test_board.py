"""Papers by stage, with what their venues have next for them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from core.chat.model import Records, Reply
from core.papers import board
from core.papers.edition_updates import SaidDate, SaidEdition
from core.papers.editions import DateKind
from core.papers.model import Stage, VenueEdition
from tests.core.test_editions import record
from tests.people import CohortFixture, listed, text_of


def headings(reply: Reply) -> list[str]:
    """The headings of the board, each once."""
    rows = [each for block in reply.blocks if isinstance(block, Records) for each in block.rows]
    return list(dict.fromkeys(each.heading for each in rows))


def titles(reply: Reply) -> list[str]:
    """The titles on the board, in order; each is one word."""
    return [row.split()[1] for row in listed(reply)]


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=UTC)


async def knows(
    cohort: CohortFixture,
    name: str,
    *dates: tuple[DateKind, datetime],
    doubt: str = "",
    year: int = 2027,
    entry: str = "",
) -> None:
    """Let the cohort know an edition with these dates."""
    said = tuple(SaidDate(kind, kind.label, when, "UTC", doubt=doubt) for kind, when in dates)
    given = SaidEdition(VenueEdition(name, year), said, "a.yml", entry or f"{name}{year}", entry)
    await record(cohort, given)


def test_board_has_every_stage() -> None:
    assert set(board.LIFE) == set(Stage)
    assert len(board.LIFE) == len(Stage)


async def test_stages_stand_in_order_of_life(cohort: CohortFixture) -> None:
    for stage in reversed(board.LIFE):
        await cohort.ada.ok("submission add", title=f"T-{stage.value}", stage=stage.value)
    await cohort.ada.ok("submission add", title="T-another", stage="idea")
    shown = await cohort.ben.ok("submission list")
    assert titles(shown) == ["T-another", *(f"T-{stage.value}" for stage in board.LIFE)]
    assert headings(shown)[:3] == ["Idea: 2", "Drafting: 1", "Submitted: 1"]
    assert headings(shown)[-2:] == ["Desk rejected: 1", "Withdrawn: 1"]
    assert text_of(shown) == "12 papers, by stage"


async def test_what_is_due_first_stands_first(cohort: CohortFixture) -> None:
    await knows(cohort, "ICML", (DateKind.PAPER, at(1, 28, 2027)), (DateKind.DECISION, at(5, 1, 2027)))
    await knows(cohort, "ICLR", (DateKind.ABSTRACT, at(11, 25)), (DateKind.PAPER, at(12, 2)))
    await knows(cohort, "TMLR", (DateKind.PAPER, at(11, 1)))
    for title, venue in (("Later", "ICML"), ("None", ""), ("Over", "TMLR"), ("Soon", "ICLR"), ("New", "")):
        given = {"venue": f"{venue} 2027"} if venue else {}
        await cohort.ada.ok("submission add", title=title, stage="drafting", **given)
    shown = await cohort.ben.ok("submission list")
    assert titles(shown) == ["Soon", "Later", "New", "Over", "None"]
    soon, later, *rest = listed(shown)
    assert soon.startswith("#4 Soon · ICLR 2027 · abstracts in 2 days (")
    assert later.startswith("#1 Later · ICML 2027 · papers in 66 days (")
    assert rest == ["#5 New · Ada", "#3 Over · TMLR 2027 · Ada", "#2 None · Ada"]


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("submitted", "rebuttal begins in 3 days"),
        ("in-review", "rebuttal begins in 3 days"),
        ("rebuttal", "rebuttal ends in 8 days"),
        ("revising", "decisions in 60 days"),
        ("accepted", "camera-ready version in 90 days"),
        ("rejected", ""),
        ("withdrawn", ""),
        ("published", ""),
    ],
)
async def test_next_date_is_that_of_stage(cohort: CohortFixture, stage: str, words: str) -> None:
    await knows(
        cohort,
        "ICML",
        (DateKind.REBUTTAL_START, at(11, 26)),
        (DateKind.REBUTTAL_END, at(12, 1)),
        (DateKind.DECISION, at(1, 22, 2027)),
        (DateKind.CAMERA_READY, at(2, 21, 2027)),
    )
    await cohort.ada.ok("submission add", title="Onward", venue="ICML 2027", stage=stage)
    (row,) = listed(await cohort.ben.ok("submission list"))
    assert words in row
    assert (row == "#1 Onward · ICML 2027 · Ada") is (words == "")


async def test_only_certain_dates_are_told(cohort: CohortFixture) -> None:
    await knows(cohort, "ICML", (DateKind.PAPER, at(1, 28, 2027)), doubt="a year before its abstract.")
    await knows(cohort, "CONF", (DateKind.PAPER, at(1, 28, 2027)), entry="One conference")
    await knows(cohort, "CONF", (DateKind.PAPER, at(1, 29, 2027)), entry="Another conference")
    for venue in ("ICML 2027", "CONF 2027"):
        await cohort.ada.ok("submission add", title=venue, venue=venue, stage="drafting")
    rows = listed(await cohort.ben.ok("submission list"))
    assert rows == ["#2 CONF 2027 · CONF 2027 · Ada", "#1 ICML 2027 · ICML 2027 · Ada"]


async def test_pages_go_on_through_stages(cohort: CohortFixture) -> None:
    await knows(cohort, "ICML", (DateKind.PAPER, at(1, 28, 2027)))
    for number in range(30):
        venue = {"venue": "ICML 2027"} if number == 11 else {}
        stage = "drafting" if number < 25 else "accepted"
        await cohort.ada.ok("submission add", title=f"P{number}", stage=stage, **venue)
    first, second = [await cohort.ben.ok("submission list", page=str(each)) for each in (1, 2)]
    assert titles(first)[:3] == ["P11", "P24", "P23"]
    assert headings(first) == ["Drafting: 25"]
    assert titles(second) == ["P4", "P3", "P2", "P1", "P0", "P29", "P28", "P27", "P26", "P25"]
    assert headings(second) == ["Drafting: 25", "Accepted: 5"]
    seen: Sequence[str] = [*titles(first), *titles(second)]
    assert len(set(seen)) == 30


async def test_hidden_papers_are_counted_for_their_authors_alone(cohort: CohortFixture) -> None:
    await cohort.ada.ok("submission add", title="Open", stage="idea")
    await cohort.ada.ok("submission add", title="Closed", stage="idea", visibility="private")
    assert headings(await cohort.ada.ok("submission list")) == ["Idea: 2"]
    assert headings(await cohort.ben.ok("submission list")) == ["Idea: 1"]
    assert headings(await cohort.ben.ok("submission list", who="ada")) == ["Idea: 1"]
