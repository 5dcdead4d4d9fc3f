"""Figures of hidden records: from five owners on, beside five others, renewed when five have changed."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from core.cohorts import counting, directory, members
from core.cohorts.counting import (
    MIN_PEOPLE,
    BatchedFigure,
    StandingFigure,
    changed_owners,
    may_renew,
    may_show,
)
from core.store import scoped
from core.store.port import Conn, Store
from tests.conftest import NOW
from tests.people import EARLY, CohortFixture


def test_number_stands_for_five_people_or_more() -> None:
    assert MIN_PEOPLE == 5
    assert may_show(5)
    assert not may_show(4)


def test_owner_changes_by_what_they_bring() -> None:
    assert changed_owners({1: 2, 2: 1, 3: 1}, {1: 2, 2: 3, 4: 1}) == {2, 3, 4}
    assert may_renew(dict.fromkeys(range(5), 1), {})
    assert not may_renew(dict.fromkeys(range(4), 50) | {4: 1}, dict.fromkeys(range(5), 1))


def test_what_owners_bring_is_stored_as_it_was() -> None:
    parts = {12: 3, 4: [1, 2]}
    assert counting.from_json(counting.as_json(parts)) == parts


class Cohort:
    """A cohort of so many members, with a standing and a batched figure of what the test says."""

    def __init__(self, store: Store, cohort_id: int, people: list[int]) -> None:
        self.store, self.id, self.people = store, cohort_id, people
        self.parts: dict[str, dict[int, int]] = {}
        self.waiting: list[tuple[str, int]] = []
        self.standing = StandingFigure("test.standing", lambda _conn, _cohort: self.parts)
        self.batched = BatchedFigure(
            "test.batched", lambda _conn, _cohort, _at: list(self.waiting), self.mark
        )

    def mark(self, _conn: Conn, keys: object) -> None:
        self.waiting.clear()

    def bring(self, cell: str, **counts: int) -> None:
        """Let members bring so many records to a cell: `m3=2` are two of the member 3."""
        for name, count in counts.items():
            part = self.parts.setdefault(cell, {})
            part[self.people[int(name[1:])]] = count
            if not count:
                del part[self.people[int(name[1:])]]

    async def shown(self) -> Mapping[str, int]:
        """What is shown after whatever is due was renewed."""
        await counting.renew_due(self.store, [self.standing, self.batched], self.id, NOW)
        return await self.store.read(self.standing.shown, self.id)

    async def released(self, until: timedelta = timedelta()) -> int:
        """How many records were released in the week up to now, or up to an instant after it."""
        await self.shown()
        return await self.store.read(
            self.batched.shown, self.id, NOW + until - timedelta(days=7), NOW + until
        )


@pytest.fixture
async def ten(cohort: CohortFixture) -> Cohort:
    """Ten members; four are in the cohort already."""

    def enrol(conn: Conn) -> list[int]:
        for n in range(6):
            person = directory.ensure_person(conn, cohort.somebody(f"Member{n}").person, EARLY)
            directory.add_member(conn, cohort.id, person, EARLY)
        return [each.id for each in members.members(conn, cohort.id)]

    return Cohort(cohort.core.store, cohort.id, await cohort.core.store.write(enrol))


async def test_four_owners_show_nothing_and_five_do(ten: Cohort) -> None:
    ten.bring("a", m0=1, m1=1, m2=1, m3=9)
    assert await ten.shown() == {}
    ten.bring("a", m4=1)
    assert await ten.shown() == {"a": 13}


async def test_six_of_ten_would_tell_of_other_four(ten: Cohort) -> None:
    ten.bring("a", m0=1, m1=1, m2=1, m3=1, m4=1, m5=1)
    assert await ten.shown() == {}


async def test_figure_goes_where_members_who_leave_make_owners_stand_out(ten: Cohort) -> None:
    ten.bring("a", m0=1, m1=1, m2=1, m3=1, m4=1)
    assert await ten.shown() == {"a": 5}
    await ten.store.write(scoped.run, ten.id, members.end_membership, ten.people[9], NOW)
    assert await ten.shown() == {}, "five of nine"


async def test_one_owner_moves_nothing_however_many_records(ten: Cohort) -> None:
    ten.bring("a", m0=1, m1=1, m2=1, m3=1, m4=1)
    assert await ten.shown() == {"a": 5}
    for count in (0, 3, 50, 1):
        ten.bring("a", m0=count)
        assert await ten.shown() == {"a": 5}


async def test_fifth_change_renews_and_zero_is_no_figure(ten: Cohort) -> None:
    ten.bring("a", m0=1, m1=1, m2=1, m3=1, m4=1)
    assert await ten.shown() == {"a": 5}
    ten.bring("a", m0=2, m1=2, m2=2, m3=2)
    assert await ten.shown() == {"a": 5}
    ten.bring("a", m4=2)
    assert await ten.shown() == {"a": 10}
    ten.bring("a", m0=0, m1=0, m2=0, m3=0)
    assert await ten.shown() == {"a": 10}, "four have gone, and nobody can tell who"
    ten.bring("a", m4=0)
    assert await ten.shown() == {}, "a zero would say of everybody that they have none"


async def test_withdrawn_figure_comes_back_only_after_five_changes(ten: Cohort) -> None:
    ten.bring("a", m0=1, m1=1, m2=1, m3=1, m4=1)
    assert await ten.shown() == {"a": 5}
    ten.bring("a", m0=2, m1=2, m2=2, m3=2, m4=0)
    assert await ten.shown() == {}
    ten.bring("a", m4=1)
    assert await ten.shown() == {}, "one person would have brought it back"
    ten.bring("a", m0=3, m1=3, m2=3, m3=3)
    assert await ten.shown() == {"a": 13}


async def test_each_cell_is_renewed_by_its_own_owners(ten: Cohort) -> None:
    everybody = {f"m{n}": 1 for n in range(5)}
    ten.bring("a", **everybody)
    ten.bring("b", **everybody)
    assert await ten.shown() == {"a": 5, "b": 5}
    ten.bring("a", m0=2, m1=2, m2=2, m3=2)
    ten.bring("b", m4=2)
    assert await ten.shown() == {"a": 5, "b": 5}, "one of the five changes would stand alone in its cell"


async def test_what_happens_is_released_in_batches(ten: Cohort) -> None:
    ten.waiting += [(f"first {n}", ten.people[n % 4]) for n in range(8)]
    assert await ten.released() == 0
    ten.waiting.append(("fifth", ten.people[4]))
    assert await ten.released() == 9
    ten.waiting.append(("next", ten.people[0]))
    assert await ten.released() == 9
    assert await ten.released(timedelta(days=7)) == 0, "a batch belongs to one period"
    ten.waiting += [(f"more {n}", ten.people[n]) for n in range(6)]
    assert await ten.released() == 9, "who has nothing in it would be one of four"


async def test_sums_that_belong_together_are_renewed_together(cohort: CohortFixture) -> None:
    brought: dict[int, tuple[int, int]] = {}
    figure = counting.StandingSums("sums", ("said", "true"), lambda _conn, _cohort: brought)

    async def shown() -> dict[str, int]:
        await counting.renew_due(cohort.core.store, [figure], cohort.id, NOW)
        return await cohort.core.store.read(figure.shown, cohort.id)

    brought |= dict.fromkeys(range(4), (10, 1))
    assert await shown() == {}, "of four people nothing is told"
    brought[4] = (10, 1)
    assert await shown() == {"said": 50, "true": 5}
    brought |= dict.fromkeys(range(4), (20, 1))
    assert await shown() == {"said": 50, "true": 5}, "four have changed"
    brought[4] = (30, 0)
    assert await shown() == {"said": 110, "true": 4}
    brought.clear()
    assert await shown() == {}, "nobody is left"
