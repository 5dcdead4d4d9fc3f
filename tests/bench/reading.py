"""What a long reading list takes: listed, looked at, voted for and read over time."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from core.chat.model import Reply
from core.features.reading import records, same_work
from core.store.open import open_store
from core.store.port import Conn
from core.works import identifiers
from tests.bench.engines import engines
from tests.bench.figures import Report, Run, percentile
from tests.bench.growth_case import core_of
from tests.people import Actor, CohortFixture, found_cohort

ITEMS, VOTES, MEMBERS = 10_000, 100_000, 2_000
QUICK_ITEMS, QUICK_VOTES = 200, 1_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TIMES, QUICK_TIMES = 100, 5
PROMPTED = 100
"""Items that a prompt has named, a week apart."""
_WORDS = ("sparse", "dense", "causal", "robust", "private", "fair", "light", "graph", "speech", "vision")


async def reading(report: Report, folder: Path, quick: bool) -> None:
    """A row for each engine and command: milliseconds."""
    items, votes, times = (QUICK_ITEMS, QUICK_VOTES, QUICK_TIMES) if quick else (ITEMS, VOTES, TIMES)
    rows: list[Sequence[str]] = []
    with engines(folder) as made:
        for engine in ("sqlite", "postgres"):
            with made.database(engine) as url:
                rows += [
                    (f"{engine}, {name}", *figures)
                    for name, *figures in await _measured(url, items, votes, times)
                ]
    report.heading(f"{items:,} items, {votes:,} votes, {MEMBERS:,} members: ms")
    report.table(("", "p50", "p95", "most"), rows)


async def _measured(url: str, items: int, votes: int, times: int) -> list[Sequence[str]]:
    store = await open_store(url)
    try:
        core = core_of(store)
        ours = await found_cohort(core)
        await store.write(_fill, ours.id, items, votes)
        await store.write(lambda conn: conn.run("ANALYZE"))
        found: list[Sequence[str]] = []
        for name, who, command, args in _calls(ours, items, times):
            took = []
            for each in args:
                begun = time.perf_counter()
                answer = await who.send(command, each)
                took.append(time.perf_counter() - begun)
                assert isinstance(answer, Reply), command
                assert not answer.error, answer.text
            run = [Run(sum(took), took, 0.0)]
            found.append((name, *(f"{percentile(run, share):.1f}" for share in (0.5, 0.95, 1.0))))
        return found
    finally:
        await store.close()


def _calls(ours: CohortFixture, items: int, times: int) -> list[tuple[str, Actor, str, list[dict[str, str]]]]:
    some = [str(1 + n * items // times) for n in range(times)]
    return [
        ("list", ours.ben, "reading list", [{}] * times),
        ("list, page 100", ours.ben, "reading list", [{"page": "100"}] * times),
        ("list, all", ours.ben, "reading list", [{"section": "all"}] * times),
        ("list, read", ours.ben, "reading list", [{"section": "read"}] * times),
        ("list by tag", ours.ben, "reading list", [{"tag": "vision"}] * times),
        ("next", ours.ben, "reading next", [{}] * times),
        ("show", ours.ben, "reading show", [{"item": each} for each in some]),
        ("progress", ours.ben, "reading progress", [{}] * times),
        ("takeaways", ours.ben, "reading takeaways", [{}] * times),
        ("vote", ours.ada, "reading vote", [{"item": each} for each in some]),
        (
            "add by arXiv id",
            ours.ada,
            "reading add",
            [{"reference": f"arXiv:2401.{n:05}"} for n in range(times)],
        ),
        (
            "add by title",
            ours.ada,
            "reading add",
            [{"reference": f"Causal notes {n}", "anyway": "yes"} for n in range(times)],
        ),
    ]


def _fill(conn: Conn, cohort: int, items: int, votes: int) -> None:
    members = [_member(conn, cohort, number) for number in range(MEMBERS)]
    each_has = votes // items
    for number in range(1, items + 1):
        day = date(2024, 12, 1) + timedelta(weeks=number) if number <= PROMPTED else None
        title = f"{_WORDS[number % 10].title()} models of {_WORDS[number // 10 % 10]} data {number}"
        item = conn.insert(
            "INSERT INTO reading_item (cohort_id, number, reference, title, authors, year, added_by, created_at, votes,"
            " prompted_on) VALUES (:cohort, :number, :reference, :title, :authors, 2025, :by, :at, :votes, :day)",
            cohort=cohort,
            number=number,
            reference=f"arXiv:2501.{number:05}",
            title=title,
            authors=json.dumps(["Ada Lovelace", "Pál Erdős"]),
            by=members[number % MEMBERS],
            at=NOW - timedelta(hours=number),
            votes=each_has,
            day=day,
        )
        records.WORDS.add(conn, cohort, item, title)
        identifier = identifiers.read(f"arXiv:2501.{number:05}")
        same_work.keep(conn, cohort, item, [identifier] if identifier else [])
        conn.run(
            "INSERT INTO reading_tag (cohort_id, tag, item_id) VALUES (:cohort, :tag, :item)",
            cohort=cohort,
            tag=_WORDS[number % 10],
            item=item,
        )
        for at in range(each_has):
            conn.run(
                "INSERT INTO reading_vote (item_id, member_id, at, named) VALUES (:item, :member, :at, 1)",
                item=item,
                member=members[(number * 31 + at * 7) % MEMBERS],
                at=NOW + timedelta(seconds=at),
            )
        if day is not None:
            _read(conn, cohort, item, members[number % 50 : number % 50 + 60], day)
    conn.run(
        "INSERT INTO counter (cohort_id, kind, last) VALUES (:cohort, 'reading', :last)",
        cohort=cohort,
        last=items,
    )


def _member(conn: Conn, cohort: int, number: int) -> int:
    person = conn.insert("INSERT INTO person (name, created_at) VALUES ('P', :now)", now=NOW)
    return conn.insert(
        "INSERT INTO member (cohort_id, person_id, name, called, joined_at)"
        " VALUES (:cohort, :person, :name, :name, :now)",
        cohort=cohort,
        person=person,
        name=f"Member {number}",
        now=NOW,
    )


def _read(conn: Conn, cohort: int, item: int, members: Sequence[int], day: date) -> None:
    """A prompt, sixty readings, and a takeaway of every third."""
    conn.run(
        "INSERT INTO reading_choice (cohort_id, item_id, day, reason, votes) VALUES (:cohort, :item, :day, 'votes', 10)",
        cohort=cohort,
        item=item,
        day=day,
    )
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for number, member in enumerate(members):
        conn.run(
            "INSERT INTO reading_done (item_id, member_id, at, shared) VALUES (:item, :member, :at, :shared)",
            item=item,
            member=member,
            at=at,
            shared=number % 2,
        )
        if number % 6 == 1:
            conn.run(
                "INSERT INTO reading_takeaway (cohort_id, item_id, member_id, takeaway, shared, written_at)"
                " VALUES (:cohort, :item, :member, 'Something that one takes from it', 1, :at)",
                cohort=cohort,
                item=item,
                member=member,
                at=at,
            )
