"""Venue editions: what sources say of them, what counts, and that saying it again changes nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core.chat.model import Request
from core.cohorts import directory
from core.cohorts.model import Scope
from core.papers import edition_updates, editions
from core.papers.edition_updates import Recorded, SaidDate, SaidEdition
from core.papers.editions import DateKind, KnownEdition
from core.papers.model import VenueEdition
from tests.conftest import NOW
from tests.people import CohortFixture

JAN = datetime(2027, 1, 29, 11, 59, 59, tzinfo=UTC)
ICML = VenueEdition("ICML", 2027)


def said(*dates: SaidDate, source: str = "a.yml", **rest: object) -> SaidEdition:
    return SaidEdition(**{"edition": ICML, "dates": dates, "source": source, "entry": "icml27", **rest})  # type: ignore[arg-type]  # put together from parts


def paper(at: datetime | None = JAN, label: str = "Papers", doubt: str = "") -> SaidDate:
    return SaidDate(DateKind.PAPER, label, at, "AoE", doubt=doubt)


async def scope_of(cohort: CohortFixture, now: datetime = NOW) -> Scope:
    found = await cohort.core.store.read(directory.cohort, cohort.id)
    assert found is not None
    return Scope(found, None, now, now.date())


async def record(cohort: CohortFixture, *said_: SaidEdition, now: datetime = NOW) -> list[Recorded]:
    scope = await scope_of(cohort, now)
    return [await cohort.core.write(cohort.id, edition_updates.record, scope, each) for each in said_]


async def found(cohort: CohortFixture, edition: VenueEdition = ICML) -> list[KnownEdition]:
    return await cohort.core.read(cohort.id, editions.find, cohort.id, edition)


async def test_what_is_said_is_known(cohort: CohortFixture) -> None:
    await record(cohort, said(paper(), link="https://icml.cc/2027", accept_rate=0.3, scale=(1.0, 2.5)))
    [icml] = await found(cohort)
    due = icml.date(DateKind.PAPER)
    assert due is not None
    assert (due.at, due.zone, due.source.words) == (JAN, "AoE", "a.yml, 23 Nov 2026")
    assert (due.days_left(NOW, "Europe/Berlin"), due.days_left(NOW, "AoE")) == (67, 67)
    assert icml.link == "https://icml.cc/2027"
    assert icml.scale == (1.0, 2.5)
    assert icml.accept_rate is not None
    assert icml.accept_rate[0] == 0.3
    assert icml.date(DateKind.DECISION) is None
    assert await cohort.core.read(cohort.id, editions.one, cohort.id, ICML) == icml
    assert await cohort.core.read(cohort.id, editions.by_number, cohort.id, 1) == icml


async def test_saying_it_again_changes_nothing(cohort: CohortFixture) -> None:
    first, again = await record(cohort, said(paper()), said(paper()))
    assert (first.new, first.changed, again.new, again.changed) == (True, True, False, False)
    before = await found(cohort)
    [later] = await record(cohort, said(paper()), now=NOW + timedelta(days=3))
    assert not later.changed
    assert await found(cohort) == before
    [moved] = await record(cohort, said(paper(JAN + timedelta(days=1))), now=NOW + timedelta(days=4))
    assert (moved.id, moved.new, moved.changed) == (first.id, False, True)
    [icml] = await found(cohort)
    assert icml.sources[0].said_on == date(2026, 11, 27)


async def test_sources_that_disagree_are_both_kept(cohort: CohortFixture) -> None:
    late = said(paper(JAN + timedelta(days=7)), source="b.yml")
    await record(cohort, said(paper()), late)
    [icml] = await found(cohort)
    assert [(each.source.name, each.at) for each in icml.disagreeing(DateKind.PAPER)] == [
        ("a.yml", JAN),
        ("b.yml", JAN + timedelta(days=7)),
    ]
    due = icml.date(DateKind.PAPER)
    assert due is not None
    assert due.at == JAN, "nobody is late by the earlier one"
    await record(cohort, said(paper(JAN + timedelta(days=2)), source="", entry=""))
    [icml] = await found(cohort)
    due = icml.date(DateKind.PAPER)
    assert due is not None
    assert due.source.by_hand
    assert due.at == JAN + timedelta(days=2), "an organizer's word goes first"


async def test_what_is_doubtful_is_no_date_to_rely_on(cohort: CohortFixture) -> None:
    tutorials = SaidDate(DateKind.PAPER, "Tutorials", JAN, "AoE", main=False)
    await record(cohort, said(paper(doubt="It comes before the abstracts."), tutorials, paper(None)))
    [icml] = await found(cohort)
    assert icml.date(DateKind.PAPER) is None
    assert len(icml.dates) == 3, "every row is kept"


async def test_of_several_rounds_the_next_one_counts(cohort: CohortFixture) -> None:
    rounds = [paper(JAN + timedelta(days=30 * each), f"Round {each + 1}") for each in range(3)]
    await record(cohort, said(*rounds))
    [icml] = await found(cohort)
    labels = [
        due.label if (due := icml.date(DateKind.PAPER, JAN + timedelta(days=days))) else None
        for days in (-9, 1, 31, 99)
    ]
    assert labels == ["Round 1", "Round 2", "Round 3", "Round 3"]


@pytest.mark.parametrize(
    ("other", "count"),
    [
        ({"full_name": "Conference on Made-up Logic"}, 2),
        ({"full_name": "The 44th International Conference on Machine Learning"}, 1),
        ({"link": "https://icml.cc/Conferences/2027"}, 1),
        ({"link": "https://other.example.org"}, 1),
        ({"full_name": "", "link": "https://other.example.org"}, 2),
    ],
)
async def test_two_conferences_of_one_short_name_stay_two(
    cohort: CohortFixture, other: dict[str, object], count: int
) -> None:
    name, link = "International Conference on Machine Learning", "https://icml.cc/2027"
    second = {"full_name": name, "link": "", **other, "source": "b.yml", "entry": "icml-27"}
    await record(cohort, said(paper(), full_name=name, link=link), said(paper(), **second))  # type: ignore[arg-type]  # as above
    assert len(await found(cohort)) == count


async def test_entries_of_one_file_are_two_where_nothing_says_they_are_one(cohort: CohortFixture) -> None:
    await record(cohort, said(paper()), said(paper(), entry="icml27-other"))
    assert len(await found(cohort)) == 2
    assert await cohort.core.read(cohort.id, editions.one, cohort.id, ICML) is None


async def test_the_table_fills_what_nobody_said(cohort: CohortFixture) -> None:
    [iclr] = await found(cohort, VenueEdition("ICLR", 2026))
    assert iclr.number is None
    assert [rate and rate[0] for rate in (iclr.accept_rate, iclr.decided_rate)] == [0.274, 0.389]
    assert (iclr.reviews, iclr.scale[-1], iclr.sources[0].words) == (3.9, 10, "published rates, 1 Nov 2026")
    assert await found(cohort, VenueEdition("Workshop on Tests", 2027)) == []
    unknown_year = await found(cohort, VenueEdition("ICLR", 2028))
    assert [each.accept_rate for each in unknown_year] == [None], "a rate is that of its own year"


async def test_editions_of_a_period(cohort: CohortFixture) -> None:
    await record(cohort, said(paper()))
    near = await cohort.core.read(
        cohort.id, editions.with_dates_between, cohort.id, NOW, JAN + timedelta(days=1)
    )
    assert [str(each.edition) for each in near] == ["ICML 2027"]
    assert await cohort.core.read(cohort.id, editions.with_dates_between, cohort.id, NOW, JAN) == []


async def test_what_is_known_is_offered(cohort: CohortFixture) -> None:
    await record(
        cohort, said(paper(), edition=VenueEdition("DEMOCONF", 2027), full_name="Conference on Demos")
    )
    ada = cohort.ada
    for typed in ("democ", "conference on dem", "DEMOCONF 20"):
        request = Request("c", "submission add", ada.person, ada.place, {})
        assert [each.value for each in await ada.core.complete(request, "venue", typed)] == [
            "DEMOCONF 2027"
        ], typed
