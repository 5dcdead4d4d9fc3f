"""What completion takes while a title is typed, with many papers in one cohort and over many."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

from core.chat.model import Request
from core.store.carried import titles_are_found
from core.store.open import open_store
from core.store.port import Conn
from tests.bench.engines import engines
from tests.bench.figures import Report, Run, percentile
from tests.bench.growth_case import core_of
from tests.people import Actor, found_cohort

PAPERS, COHORTS, QUICK = 100_000, 1_000, 2_000
WORDS = 8
"""In a title."""
BATCH = 5_000


async def search(report: Report, folder: Path, quick: bool) -> None:
    """A row for each engine and spread: milliseconds of `Core.complete` over keystrokes of people who look for a paper
    by one word or two, frequent ones and rare ones."""
    papers = QUICK if quick else PAPERS
    rows = []
    with engines(folder) as made:
        for cohorts in (1, 10 if quick else COHORTS):
            for engine in ("sqlite", "postgres"):
                with made.database(engine) as url:
                    rows.append(
                        (f"{engine}, {papers:,} in {cohorts:,}", *await _measured(url, papers, cohorts))
                    )
    report.heading(f"Completion of a title, {papers:,} papers: ms a keystroke")
    report.table(("", "keystrokes", "p50", "p95", "p99", "most", "SELECT 1: p50", "p95"), rows)


async def _measured(url: str, papers: int, cohorts: int) -> Sequence[str]:
    chance = random.Random(1)  # noqa: S311 - not a secret
    titles = _titles(chance, papers)
    store = await open_store(url)
    try:
        core = core_of(store)
        ours = await found_cohort(core)
        owners = await store.write(_add_cohorts, ours.id, cohorts)
        for start in range(0, papers, BATCH):
            await store.write(_add_papers, titles[start : start + BATCH], start, owners)
        await store.write(titles_are_found)
        await store.write(lambda conn: conn.run("ANALYZE"))
        ben = Actor(core, ours.ben.person)
        request = Request("c", "submission show", ben.person, ben.place)
        took, idle = [], []
        for typed in _keystrokes(chance, titles):
            begun = time.perf_counter()
            await store.read(_nothing)
            between = time.perf_counter()
            await core.complete(request, "paper", typed)
            took.append(time.perf_counter() - between)
            idle.append(between - begun)
    finally:
        await store.close()
    run, least = [Run(sum(took), took, 0.0)], [Run(sum(idle), idle, 0.0)]
    return (
        f"{len(took):,}",
        *(f"{percentile(run, share):.1f}" for share in (0.5, 0.95, 0.99, 1.0)),
        *(f"{percentile(least, share):.1f}" for share in (0.5, 0.95)),
    )


def _nothing(conn: Conn) -> object:
    """The least that a question to the store takes, on a machine that may be busy with other things."""
    return conn.value("SELECT 1")


def _titles(chance: random.Random, papers: int) -> list[list[str]]:
    """Titles of made-up words, of which few are frequent and many are rare, as in a language."""
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
    known = sorted({"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(30_000)})
    chance.shuffle(known)
    shares = [1 / (rank + 2) for rank in range(len(known))]
    words = chance.choices(known, shares, k=WORDS * papers)
    return [words[at : at + WORDS] for at in range(0, len(words), WORDS)]


def _keystrokes(chance: random.Random, titles: Sequence[Sequence[str]]) -> list[str]:
    """What stands in the field after each key, for people who look for a paper by one word of its title or by two."""
    typed = []
    for _ in range(100):
        title = chance.choice(titles)
        for words in (chance.sample(title, 1), chance.sample(title, 2)):
            whole = " ".join(words)
            typed += [whole[:length] for length in range(1, len(whole) + 1)]
    return typed


def _add_cohorts(conn: Conn, first: int, cohorts: int) -> list[tuple[int, int]]:
    """Returns some members of each cohort, as (cohort, member)."""
    made = []
    for number in range(cohorts):
        cohort = first
        if number:
            cohort = conn.insert("INSERT INTO cohort (name, zone, created_at) VALUES ('Lab', 'UTC', 0)")
        for _ in range(1_000 if cohorts == 1 else 5):
            person = conn.insert("INSERT INTO person (name, created_at) VALUES ('P', 0)")
            member = conn.insert(
                "INSERT INTO member (cohort_id, person_id, joined_at) VALUES (:cohort, :person, 0)",
                cohort=cohort,
                person=person,
            )
            made.append((cohort, member))
    return made


def _add_papers(
    conn: Conn, titles: Sequence[Sequence[str]], start: int, owners: Sequence[tuple[int, int]]
) -> None:
    for number, words in enumerate(titles, start + 1):
        cohort, owner = owners[number * 7919 % len(owners)]
        conn.run(
            "INSERT INTO submission (cohort_id, number, owner_id, title, stage, first_stage, visibility, created_at)"
            " VALUES (:cohort, :number, :owner, :title, 'drafting', 'drafting', :visibility, :number)",
            cohort=cohort,
            number=number,
            owner=owner,
            title=" ".join(words),
            visibility="private" if number % 10 == 0 else "cohort",
        )
