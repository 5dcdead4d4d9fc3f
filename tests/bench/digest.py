"""What a digest takes in a cohort of 2,000 members: one week of it, with none and with a year behind it."""

import time
from datetime import timedelta
from pathlib import Path

from core.cohorts.model import Cohort
from core.features.digests.composing import compose
from core.store.open import open_store
from core.store.port import Conn
from tests.bench.engines import engines
from tests.bench.figures import Report
from tests.bench.growth_case import core_of
from tests.conftest import NOW
from tests.people import Actor, found_cohort

MEMBERS, QUICK = 2_000, 100
ROUNDS = 10

_N = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count)"
_PERSON = _MEMBER = "20000 + i"


async def digest(report: Report, folder: Path, quick: bool) -> None:
    """A row for each engine and history: milliseconds of what the sections tell, of the whole answer with its picture, and
    of a posted one that is shown again."""
    members, rows = QUICK if quick else MEMBERS, []
    with engines(folder) as made:
        for engine in ("sqlite", "postgres"):
            for weeks in (1, 9 if quick else 52):
                with made.database(engine) as url:
                    times = await _measured(url, members, weeks)
                    rows.append((f"{engine}, {weeks} weeks", *(f"{each:.0f}" for each in times)))
    report.heading(
        f"A week's digest, {members:,} members with five check-ins each: ms, the median of {ROUNDS}"
    )
    report.table(("", "sections", "digest preview"), rows)


async def _measured(url: str, members: int, weeks: int) -> list[float]:
    store = await open_store(url)
    ours = await found_cohort(core_of(store))
    await store.write(_people, ours.id, members)
    for week in range(weeks):
        await store.write(_week, ours.id, members, week)
    await store.close()
    store = await open_store(url)
    core = core_of(store)
    await store.write(lambda conn: conn.run("ANALYZE"))
    cohort, olu = Cohort(ours.id, "Lab", "UTC"), Actor(core, ours.olu.person, ours.olu.place)
    sections, whole = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told = await compose(core, cohort, NOW - timedelta(days=7), NOW)
        sections.append(time.perf_counter() - began)
        began = time.perf_counter()
        await olu.ok("digest preview")
        whole.append(time.perf_counter() - began)
    assert not told.quiet
    await store.close()
    return [1_000 * sorted(each)[len(each) // 2] for each in (sections, whole)]


def _people(conn: Conn, cohort: int, members: int) -> None:
    conn.run(
        f"{_N} INSERT INTO person (id, name, created_at) SELECT {_PERSON}, 'Member ' || i, :at FROM n",
        count=members,
        at=NOW - timedelta(days=400),
    )
    conn.run(
        f"{_N} INSERT INTO member (id, cohort_id, person_id, called, name, joined_at)"
        f" SELECT {_PERSON}, :cohort, {_PERSON}, 'Member ' || i, 'Member ' || i, :at FROM n",
        count=members,
        cohort=cohort,
        at=NOW - timedelta(days=400),
    )


def _week(conn: Conn, cohort: int, members: int, back: int) -> None:
    """Five check-ins of three members in four, one in ten of them shared and one in a hundred a negative result; a paper of
    every fourth. Earlier weeks had their digests, so that what was private in them is counted."""
    for day in range(5):
        at = NOW - timedelta(days=7 * back + 6 - day)
        conn.run(
            f"{_N} INSERT INTO checkin (cohort_id, member_id, day, progress, learned, negative, shared, counted,"
            " created_at, shared_at, negative_at)"
            f" SELECT :cohort, {_MEMBER}, :day, 'Ran it', 'It did not hold up ' || i, CASE (i + {day}) % 100 WHEN 0"
            f" THEN 1 ELSE 0 END, CASE (i + {day}) % 10 WHEN 0 THEN 1 ELSE 0 END, :counted, :at,"
            f" CASE (i + {day}) % 10 WHEN 0 THEN CAST(:at AS BIGINT) END, CASE (i + {day}) % 100 WHEN 0 THEN"
            " CAST(:at AS BIGINT) END FROM n WHERE i % 4 <> 3",
            count=members,
            cohort=cohort,
            day=at.date(),
            counted=int(back > 0),
            at=at,
        )
        conn.run(
            f"{_N} INSERT INTO submission (cohort_id, number, owner_id, title, stage, first_stage, visibility,"
            f" created_at) SELECT :cohort, {(5 * back + day) * 10_000} + i, {_MEMBER}, 'Attempt ' || i, 'submitted',"
            " 'submitted', 'cohort', :at FROM n",
            count=members // 20,
            cohort=cohort,
            at=at,
        )
