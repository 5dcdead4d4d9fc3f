"""Short numbers: 1, 2, 3 for what the cohort sees, random ones from 1000 up for what it does not."""

from collections.abc import Iterator
from itertools import chain, repeat

import pytest

from core.cohorts import directory, settings
from core.cohorts.model import Scope
from core.papers import updates
from core.papers.model import Visibility
from core.store.port import Conn
from tests.conftest import NOW
from tests.people import Actor, CohortFixture, number_of, text_of


def drawing(*numbers: int) -> Iterator[int]:
    """So many draws, and then the last again for ever."""
    return chain(numbers, repeat(numbers[-1]))


def test_hidden_number_is_drawn_among_four_digits_until_they_are_full() -> None:
    asked: list[int] = []

    def draw(below: int) -> int:
        asked.append(below)
        return below - 1

    assert settings.hidden_number(lambda _number: False, draw) == 9_999
    assert asked == [9_000]
    assert settings.hidden_number(lambda number: number < 10_000, draw) == 99_999


def test_number_that_is_taken_is_drawn_again() -> None:
    draws = drawing(5, 5, 7)
    assert settings.hidden_number({1005}.__contains__, lambda _below: next(draws)) == 1007


async def paper(actor: Actor, title: str, visibility: str = "cohort") -> int:
    """A new paper. Returns its number."""
    return int(number_of(await actor.ok("submission add", title=title, visibility=visibility)))


async def make_visible(cohort_fixture: CohortFixture, number: int) -> int:
    """Let the cohort see a paper, which no command does yet. Returns the number that it has then."""

    def write(conn: Conn) -> int:
        cohort = directory.cohort(conn, cohort_fixture.id)
        assert cohort is not None
        scope = Scope(cohort, None, NOW, NOW.date())
        row = conn.value(
            "SELECT id FROM submission WHERE number = :number AND cohort_id = :cohort", number=number
        )
        return updates.set_visibility(conn, scope, row, Visibility.COHORT)

    return await cohort_fixture.core.write(cohort_fixture.id, write)


@pytest.mark.case(65)
async def test_hidden_papers_leave_no_gap(cohort: CohortFixture) -> None:
    assert await paper(cohort.ada, "First") == 1
    hidden = [await paper(cohort.ben, each, each) for each in ("private", "anonymous")]
    assert min(hidden) >= 1000
    assert await paper(cohort.ada, "Second") == 2
    shown = text_of(await cohort.ben.ok("submission show", paper=f"#{hidden[0]}"))
    assert f"#{hidden[0]} private" in shown


@pytest.mark.case(65)
async def test_number_of_what_becomes_visible_is_the_next_common_one(cohort: CohortFixture) -> None:
    hidden = await paper(cohort.ben, "Hidden", "anonymous")
    assert await paper(cohort.ada, "First") == 1
    assert await make_visible(cohort, hidden) == 2
    assert await paper(cohort.ada, "Third") == 3
    for typed in (str(hidden), "2"):
        assert "#2 Hidden" in text_of(await cohort.ben.ok("submission show", paper=typed))
    assert "#2 Hidden" in text_of(await cohort.ada.ok("submission show", paper="2"))
    assert "nothing for" in text_of(await cohort.ada.fails("submission show", paper=str(hidden)))
    assert await make_visible(cohort, 2) == 2, "a number that was seen stays"


@pytest.mark.case(65)
async def test_common_numbers_pass_hidden_ones_without_gap(
    cohort: CohortFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    draws = drawing(0, 1, 0, 2)
    monkeypatch.setattr(settings, "hidden_number", with_draws(draws))
    first, second = (
        await paper(cohort.ben, "Hidden", "private"),
        await paper(cohort.ben, "Shown", "anonymous"),
    )
    assert (first, second) == (1000, 1001)
    assert await make_visible(cohort, second) == 1

    def far(conn: Conn) -> None:
        conn.run("UPDATE counter SET last = 999 WHERE kind = 'submission'")

    await cohort.core.store.write(far)
    assert [await paper(cohort.ada, title) for title in ("A", "B")] == [1000, 1001]
    assert "#1002 Hidden" in text_of(await cohort.ben.ok("submission show", paper="Hidden"))
    for number, title in (("1000", "A"), ("1001", "B")):
        assert f"#{number} {title}" in text_of(await cohort.ben.ok("submission show", paper=number))


def with_draws(draws: Iterator[int]) -> object:
    """`hidden_number` with draws that are known."""
    drawn = settings.hidden_number
    return lambda is_taken: drawn(is_taken, lambda _below: next(draws))


@pytest.mark.case(65)
async def test_numbers_of_reviews_tell_nothing_of_others(cohort: CohortFixture) -> None:
    for actor in (cohort.ada, cohort.ben):
        await actor.ok("submission add", title=f"By {actor.person.name}", venue="ICLR 2025")
    numbers = [
        int(number_of(await actor.ok("review add", paper=title, score="6")))
        for actor, title in ((cohort.ada, "By Ada"), (cohort.ben, "By Ben"), (cohort.ada, "By Ada"))
    ]
    assert min(numbers) >= 1000
    assert len(set(numbers)) == 3
    assert await cohort.core.store.read(settings.last_number, cohort.id, "review") == 0, "nothing counts them"
