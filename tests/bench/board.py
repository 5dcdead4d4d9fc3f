"""The board of papers where much is in the database: milliseconds and query plans, on both engines."""

import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from core.chat.model import Reply
from core.cohorts import directory
from core.cohorts.model import Scope
from core.papers import board as papers_board
from core.papers import edition_updates
from core.papers.edition_updates import SaidDate, SaidEdition
from core.papers.editions import DateKind
from core.papers.model import Stage, VenueEdition
from core.papers.queries import PaperFilter
from core.store.open import open_store
from core.store.port import Conn, Row, Store
from core.store.scoped import within
from tests.bench.engines import engines
from tests.bench.figures import Report, Run, percentile
from tests.bench.growth_case import NOW, core_of
from tests.people import Actor, found_cohort

PAPERS, COHORTS, QUICK = 1_000_000, 100, 1_000
"""Papers altogether, and the cohorts that they are spread over."""
BATCH, TIMES = 50_000, 60
VENUES = 20
_STAGES = " ".join(f"WHEN {at} THEN '{stage.value}'" for at, stage in enumerate(papers_board.LIFE))
_NUMBERS = (
    "WITH RECURSIVE n (i) AS (SELECT CAST(:start AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :end)"
)
_FILL = (
    "INSERT INTO submission (id, cohort_id, number, owner_id, title, stage, first_stage, visibility, created_at)"
    f" {_NUMBERS} SELECT 100000 + i, :first + i % :cohorts, 1 + i / :cohorts, 1000 + i % :cohorts * 20 + i / :cohorts % 20,"
    f" 'Attempt ' || i, CASE i / :cohorts % 11 {_STAGES} END, 'drafting',"
    " CASE i / :cohorts % 10 WHEN 0 THEN 'private' WHEN 1 THEN 'anonymous' ELSE 'cohort' END, CAST(:now AS BIGINT) - i FROM n",
    "INSERT INTO submission_round (cohort_id, submission_id, venue, venue_key, year, decision)"
    f" {_NUMBERS} SELECT :first + i % :cohorts, 100000 + i, 'CONF' || (i / :cohorts / 11 % {VENUES}), 'conf' || (i / :cohorts / 11 % {VENUES}), 2027,"
    " CASE WHEN i / :cohorts % 11 < 6 THEN NULL ELSE 'accepted' END FROM n",
)


async def board(report: Report, folder: Path, quick: bool) -> None:
    """A table for each engine: the board's pages and filters; below it the plans of its statements."""
    papers, cohorts = (QUICK, 2) if quick else (PAPERS, COHORTS)
    with engines(folder) as made:
        for engine in ("sqlite", "postgres"):
            with made.database(engine) as url:
                store = await open_store(url)
                try:
                    ours = await _filled(store, papers, cohorts)
                    report.heading(
                        f"Board of {papers // cohorts:,} papers, {papers:,} in {cohorts} cohorts, {engine}: ms"
                    )
                    report.table(("", "p50", "p95", "most"), await _measured(ours, papers // cohorts))
                    for sql, plan in await _plans(ours, engine):
                        report.say(f"{sql}\n{plan}\n")
                finally:
                    await store.close()


async def _filled(store: Store, papers: int, cohorts: int) -> Actor:
    core = core_of(store)
    ours = await found_cohort(core)
    await store.write(_add_cohorts, ours.id, cohorts)
    for start in range(0, papers, BATCH):
        given = {"first": ours.id, "cohorts": cohorts, "now": NOW}
        given |= {"start": start, "end": min(start + BATCH, papers)}
        await store.write(_fill, given)
    found = await store.read(directory.cohort, ours.id)
    assert found is not None
    scope = Scope(found, None, NOW, NOW.date())
    for number in range(VENUES):
        dates = tuple(
            SaidDate(kind, kind.label, NOW + timedelta(days=10 * at + number + 1), "UTC")
            for at, kind in enumerate(DateKind)
            if kind is not DateKind.OTHER
        )
        said = SaidEdition(VenueEdition(f"CONF{number}", 2027), dates, "a.yml", f"conf{number}")
        await core.write(ours.id, edition_updates.record, scope, said)
    await store.write(lambda conn: conn.run("ANALYZE"))
    return ours.ada


def _fill(conn: Conn, given: dict[str, Any]) -> None:
    for sql in _FILL:
        conn.run(sql, **{name: value for name, value in given.items() if f":{name}" in sql})


def _add_cohorts(conn: Conn, first: int, cohorts: int) -> None:
    for number in range(cohorts):
        if number:
            conn.run(
                "INSERT INTO cohort (id, name, zone, created_at) VALUES (:id, 'Other', 'Europe/Berlin', :now)",
                id=first + number,
                now=NOW,
            )
        for each in range(20):
            key = 1_000 + number * 20 + each
            conn.run("INSERT INTO person (id, name, created_at) VALUES (:id, 'P', :now)", id=key, now=NOW)
            conn.run(
                "INSERT INTO member (id, cohort_id, person_id, name, called, joined_at)"
                " VALUES (:id, :cohort, :id, :name, :name, :now)",
                id=key,
                cohort=first + number,
                name=f"P{key}",
                now=NOW,
            )


async def _measured(ada: Actor, papers: int) -> list[Sequence[str]]:
    pages = papers // 20
    asked: dict[str, dict[str, str]] = {
        "first page": {},
        "middle page": {"page": str(pages // 2)},
        "last page": {"page": str(pages)},
        "stage": {"stage": "in-review"},
        "venue": {"venue": "CONF3 2027"},
        "venue without a year": {"venue": "CONF3"},
        "venue and stage": {"venue": "CONF3 2027", "stage": "drafting"},
        "mine": {"who": "me"},
    }
    found: list[Sequence[str]] = []
    for name, args in asked.items():
        took = []
        for _ in range(TIMES + 3):
            begun = time.perf_counter()
            answer = await ada.send("submission list", args)
            took.append(time.perf_counter() - begun)
            assert isinstance(answer, Reply), name
            assert not answer.error, answer.text
        run = [Run(sum(took[3:]), took[3:], 0.0)]
        found.append((name, *(f"{percentile(run, share):.1f}" for share in (0.5, 0.95, 1.0))))
    return found


async def _plans(ada: Actor, engine: str) -> list[tuple[str, str]]:
    """The statements of the board with their plans."""
    cohort = await ada.core.store.read(lambda conn: conn.one("SELECT min(id) AS id FROM cohort"))
    assert cohort is not None
    found = await ada.core.store.read(directory.cohort, cohort["id"])
    assert found is not None
    scope, stages = Scope(found, None, NOW, NOW.date()), (Stage.IDEA, Stage.DRAFTING)

    def plans(conn: Conn) -> list[tuple[str, str]]:
        told: list[tuple[str, str]] = []
        looking = within(cast("Conn", _Looking(conn, engine, told)), found.id)
        papers_board.counts(looking, scope, PaperFilter())
        dates = papers_board.coming(looking, scope, PaperFilter(), stages, "UTC")
        papers_board.page(looking, scope, PaperFilter(), stages, dict(list(dates.items())[:1]), 0, 20)
        return told

    return await ada.core.store.read(plans)


class _Looking:
    """A connection that writes down the plan of each statement before it runs it."""

    def __init__(self, conn: Conn, engine: str, told: list[tuple[str, str]]) -> None:
        self._conn, self._engine, self._told = conn, engine, told

    def all(self, sql: str, /, **values: object) -> Sequence[Row]:
        """See `Conn`."""
        explain, column = _EXPLAIN[self._engine]
        rows = self._conn.all(f"{explain} {sql}", **values)
        self._told.append((sql, "\n".join(f"  {row[column]}" for row in rows)))
        return self._conn.all(sql, **values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._conn, name)


_EXPLAIN = {"sqlite": ("EXPLAIN QUERY PLAN", "detail"), "postgres": ("EXPLAIN (COSTS OFF)", "QUERY PLAN")}
