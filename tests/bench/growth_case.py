"""One tree's figures with much in the database, as a line of JSON: `python -m tests.bench.growth_case URL
RECORDS COHORTS`.

It uses only what every tree has, so that the tree before a change can be measured with it too.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from core.chat.model import Argument, PersonRef, Reply, Request
from core.clock import FixedClock
from core.commands.dispatch import Core
from core.commands.registry import discover
from core.store.open import open_store
from core.store.port import Conn, Store
from tests.people import Actor, found_cohort, text_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
BATCH = 50_000
RUNS, LONGEST = 15, 6.0
"""A command is asked so often, or for so many seconds."""
MEMBERS_OF_ONE, MEMBERS_OF_MANY = 1_000, 20


@dataclass(frozen=True)
class Rows:
    """How many records of each kind."""

    papers: int
    checkins: int
    posts: int
    reading: int

    @classmethod
    def of_size(cls, size: int) -> "Rows":
        """As many papers, check-ins and posts each, and fewer items to read."""
        return cls(size, size, size, max(1, size // 20))


async def growth(url: str, size: int, cohorts: int) -> dict[str, float]:
    """Milliseconds of each command, with so many papers, check-ins and posts over so many cohorts."""
    store = await open_store(url)
    try:
        core = core_of(store)
        ours = await found_cohort(core)
        members = MEMBERS_OF_ONE if cohorts == 1 else MEMBERS_OF_MANY
        await fill(store, ours.id, Rows.of_size(size), cohorts, members)
    finally:
        await store.close()
    store = await open_store(url)  # what a program does at its start with records that it finds is done
    try:
        await store.write(lambda conn: conn.run("ANALYZE"))
        core = core_of(store)
        return await _measured(Actor(core, ours.ada.person), Actor(core, ours.olu.person), size // cohorts)
    finally:
        await store.close()


def core_of(store: Store) -> Core:
    """The bot's core without limits on calls."""
    core = Core(discover(), store, FixedClock(NOW))
    with suppress(ImportError):  # trees before had no limits
        from core.cohorts.limits import Limits
        from core.commands.admission import Admission

        most = 1_000_000_000
        limits = Limits(calls=most, cohort_calls=most, papers=most, drawings=most, reviews=most, reading=most)
        core = Core(discover(), store, FixedClock(NOW), admission=Admission(limits))
    return core


async def fill(store: Store, first: int, rows: Rows, cohorts: int, members: int) -> None:
    """Write records, spread over so many cohorts from the one with the id `first` on, each with so many members."""
    await store.write(_add_cohorts, first, cohorts, members)
    await store.write(_set_counters, first, max(rows.papers, rows.reading))
    had_folded = True  # titles in one case, as trees before kept them
    try:
        await store.read(lambda conn: conn.one("SELECT folded FROM submission"))
    except Exception:
        had_folded = False
    for name, with_folded in _ROWS.items():
        sql = re.sub(
            r"\{folded(:?)([^}]*)\}", lambda f: f", {f[2] or 'folded'}" if had_folded else "", with_folded
        )
        count = getattr(rows, name)
        step = cohorts * members if name == "checkins" else BATCH  # everybody's of one day at a time
        for start in range(0, count, step):
            day = TODAY - timedelta(days=1 + start // step)
            given = {"cohorts": cohorts, "members": members, "first": first, "now": NOW, "day": day}
            given |= {"start": start, "end": min(start + step, count)}
            await store.write(_run, sql, given)
            if name in _WORD_ROWS:
                with suppress(Exception):  # trees before kept no words
                    await store.write(_run, _WORD_ROWS[name], given)
    for later in _LATER:
        with suppress(Exception):  # what trees before do not have
            await store.write(_run_alone, later)


def _run_alone(conn: Conn, sql: str) -> None:
    conn.run(sql)


def _run(conn: Conn, sql: str, given: dict[str, Any]) -> None:
    """Statements that select from `n`, the numbers from `start` to before `end`."""
    numbers = (
        "WITH RECURSIVE n (i) AS"
        " (SELECT CAST(:start AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :end) SELECT"
    )
    for statement in sql.split(";"):
        whole = statement.replace("SELECT", numbers, 1)
        conn.run(whole, **{name: value for name, value in given.items() if f":{name}" in whole})


def _add_cohorts(conn: Conn, first: int, cohorts: int, members: int) -> None:
    for number in range(cohorts):
        cohort = first + number
        if number:
            conn.run(
                "INSERT INTO cohort (id, name, zone, created_at) VALUES (:id, 'Other', 'Europe/Berlin', :now)",
                id=cohort,
                now=NOW,
            )
            place = conn.insert(
                "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
                " VALUES (:cohort, 'test', 'W', :channel, 'lab')",
                cohort=cohort,
                channel=f"K{number}",
            )
            conn.run(
                "INSERT INTO purpose (cohort_id, name, place_id) VALUES (:cohort, 'home', :place)",
                cohort=cohort,
                place=place,
            )
        for each in range(members):
            key = 1_000 + number * members + each
            conn.run(
                "INSERT INTO person (id, name, created_at) VALUES (:id, :name, :now)",
                id=key,
                name=f"P{key}",
                now=NOW,
            )
            conn.run(
                "INSERT INTO account (platform, workspace, user_id, person_id) VALUES ('test', 'W', :user, :id)",
                id=key,
                user=f"U{key}",
            )
            conn.run(
                "INSERT INTO member (id, cohort_id, person_id, joined_at) VALUES (:id, :cohort, :id, :now)",
                id=key,
                cohort=cohort,
                now=NOW,
            )


def _set_counters(conn: Conn, cohort: int, last: int) -> None:
    for kind in ("submission", "reading"):
        conn.run(
            "INSERT INTO counter (cohort_id, kind, last) VALUES (:cohort, :kind, :last)",
            cohort=cohort,
            kind=kind,
            last=last,
        )


_LATER = (
    "UPDATE submission_event SET cohort_id ="
    " (SELECT s.cohort_id FROM submission s WHERE s.id = submission_event.submission_id)",
    "UPDATE submission_round SET cohort_id ="
    " (SELECT s.cohort_id FROM submission s WHERE s.id = submission_round.submission_id)",
    "UPDATE checkin SET counted = 1",
    "UPDATE checkin SET mood = 1 + id % 5, mood_counted = 1",
    "UPDATE checkin SET blocker = 'The queue', stuck = 1 WHERE id % 500 = 0",
    "INSERT INTO checkin_word (cohort_id, word, checkin_id) SELECT k.cohort_id, t.w, k.id FROM checkin k JOIN"
    " (SELECT 'it' AS w UNION ALL SELECT 'did' UNION ALL SELECT 'not' UNION ALL SELECT 'hold') t ON 1 = 1"
    " WHERE k.negative = 1",
)
_MEMBER = "1000 + i % :cohorts * :members + i / :cohorts % :members"
_WORDS = (
    "CASE i / :cohorts % 7 WHEN 0 THEN 'sparse' WHEN 1 THEN 'causal' WHEN 2 THEN 'grokking' WHEN 3 THEN 'robust'"
    " WHEN 4 THEN 'equivariant' WHEN 5 THEN 'bayesian' ELSE 'federated' END"
)
_WORD_ROWS = {
    "papers": "INSERT INTO submission_word (cohort_id, word, submission_id) SELECT :first + i % :cohorts, w, 100000 + i"
    f" FROM (SELECT i, 'attempt' AS w FROM n UNION ALL SELECT i, CAST(i / :cohorts AS TEXT) FROM n UNION ALL SELECT i, 'at'"
    f" FROM n UNION ALL SELECT i, {_WORDS} FROM n UNION ALL SELECT i, 'networks' FROM n UNION ALL"
    f" SELECT i, ' attempt ' || (i / :cohorts) || ' at ' || {_WORDS} || ' networks' FROM n) t",
    "reading": "INSERT INTO reading_item_word (cohort_id, word, item_id) SELECT r.cohort_id, w, r.id FROM (SELECT i, 'on' AS w"
    f" FROM n UNION ALL SELECT i, {_WORDS} FROM n UNION ALL SELECT i, 'things' FROM n UNION ALL SELECT i, CAST(i AS TEXT)"
    f" FROM n UNION ALL SELECT i, ' on ' || {_WORDS} || ' things ' || i FROM n) t JOIN reading_item r"
    " ON r.cohort_id = :first + i % :cohorts AND r.number = 1 + i / :cohorts",
}
"""The words of the texts, as the program keeps them."""
_ROWS = {
    "papers": "INSERT INTO submission (id, cohort_id, number, owner_id, title{folded}, stage, first_stage,"
    " visibility, created_at)"
    f" SELECT 100000 + i, :first + i % :cohorts, 1 + i / :cohorts, {_MEMBER}, 'Attempt ' || (i / :cohorts) || ' at ' || {_WORDS}"
    f" || ' networks'{{folded:'attempt ' || (i / :cohorts) || ' at ' || {_WORDS} || ' networks'}},"
    " CASE i % 3 WHEN 0 THEN 'in-review' WHEN 1 THEN 'accepted' ELSE 'rejected' END, 'submitted',"
    " CASE i / :cohorts % 10 WHEN 0 THEN 'private' WHEN 1 THEN 'anonymous' ELSE 'cohort' END,"
    " CAST(:now AS BIGINT) - i * 6000000000 FROM n;"
    "INSERT INTO submission_round (submission_id, venue, venue_key, year, decision)"
    " SELECT 100000 + i, 'ICLR', 'iclr', 2026, CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN 'accepted' ELSE 'rejected' END"
    " FROM n;"
    "INSERT INTO submission_event (submission_id, member_id, at, day, stage_before, stage)"
    f" SELECT 100000 + i, {_MEMBER}, CAST(:now AS BIGINT) - i * 6000000000, '2026-01-02', 'submitted', 'in-review' FROM n",
    "checkins": "INSERT INTO checkin (cohort_id, member_id, day, progress, learned, negative, next, shared,"
    " created_at, shared_at, negative_at)"
    f" SELECT :first + i % :cohorts, {_MEMBER}, :day, 'Ran it', 'It did not hold', CASE WHEN i % 4 < 2 THEN 1 ELSE 0 END, 'More', i % 2,"
    " CAST(:now AS BIGINT) - i / (:cohorts * :members) * 86400000000,"
    " CASE i % 2 WHEN 1 THEN CAST(:now AS BIGINT) - i / (:cohorts * :members) * 86400000000 END,"
    " CASE i % 4 WHEN 1 THEN CAST(:now AS BIGINT) - i / (:cohorts * :members) * 86400000000 END FROM n",
    "posts": "INSERT INTO outbox (cohort_id, key, kind, data, platform, workspace, channel, state, due_at, slot_at,"
    " retry_at, attempts, message_id, settled_at, created_at)"
    " SELECT :first + i % :cohorts, 'checkin:' || i || ':', CASE i % 500 WHEN 0 THEN 'digests.digest' ELSE"
    " 'checkins.shared' END, '{}', 'test', 'W', 'C' || (i % :cohorts), 'sent', CAST(:now AS BIGINT) - i * 600000000,"
    " CAST(:now AS BIGINT) - i * 600000000, CAST(:now AS BIGINT) - i * 600000000, 1, 'm' || i,"
    " CAST(:now AS BIGINT) - i * 600000000, CAST(:now AS BIGINT) - i * 600000000 FROM n",
    "reading": "INSERT INTO reading_item (cohort_id, number, reference{folded}, added_by, created_at)"
    f" SELECT :first + i % :cohorts, 1 + i / :cohorts, 'On ' || {_WORDS} || ' things ' || i"
    f"{{folded:'on ' || {_WORDS} || ' things ' || i}}, {_MEMBER}, CAST(:now AS BIGINT) - i * 600000000 FROM n",
}


async def _measured(ada: Actor, olu: Actor, papers: int) -> dict[str, float]:
    number = f"#{papers // 20 * 10 + 6}"  # one that the cohort sees
    asked: dict[str, Callable[[], Awaitable[Any]]] = {
        "submission add": lambda: ada("submission add", title="A paper that is new"),
        "submission show #N": lambda: ada("submission show", paper=number),
        "submission list": lambda: ada("submission list"),
        "submission list mine": lambda: ada("submission list", who="me"),
        "completion of a title": lambda: _complete(ada, "attempt 1"),
        "submission show by words": lambda: ada("submission show", paper="attempt 7 at sparse networks"),
        "checkin now": lambda: ada("checkin now", progress="Ran it", share="shared"),
        "checkin edit": lambda: ada("checkin edit"),
        "checkin status": lambda: ada("checkin status"),
        "reading list": lambda: ada("reading list"),
        "reading next": lambda: ada("reading next"),
        "cohort members": lambda: ada("cohort members"),
        "digest preview": lambda: olu("digest preview"),
        "cohort-admin delivery": lambda: olu("cohort-admin delivery"),
        "cohort-admin show": lambda: olu("cohort-admin show"),
    }
    one = Actor(
        ada.core, replace(ada.person, id="U1001", name="P1001"), ada.place
    )  # with a year of check-ins
    further: dict[str, tuple[str, dict[str, Argument]]] = {
        "checkin status of a year": ("checkin status", {}),
        "checkin history": ("checkin history", {}),
        "checkin history as CSV": ("checkin history", {"format": "csv"}),
        "checkin history of another": ("checkin history", {"who": PersonRef("U1003", "P1003")}),
        "checkin show yesterday": ("checkin show", {"day": str(TODAY - timedelta(days=1))}),
        "checkin negatives": ("checkin negatives", {}),
        "checkin negatives by words": ("checkin negatives", {"search": "did not hold"}),
        "checkin negatives, last page": ("checkin negatives", {"page": 100_000}),
        "checkin blockers": ("checkin blockers", {}),
        "checkin mood": ("checkin mood", {}),
    }
    known = ada.core.registry.commands  # trees before have fewer
    for name, (command, args) in further.items():
        if command in known:
            asked[name] = partial(one, command, **args)
    return {name: await _timed(name, ask) for name, ask in asked.items()}


async def _complete(actor: Actor, typed: str) -> object:
    request = Request("c", "submission show", actor.person, actor.place)
    return await actor.core.complete(request, "paper", typed)


async def _timed(name: str, ask: Callable[[], Awaitable[Any]]) -> float:
    times: list[float] = []
    until = time.perf_counter() + LONGEST
    while len(times) <= RUNS and (len(times) < 2 or time.perf_counter() < until):
        begun = time.perf_counter()
        answer = await ask()
        times.append(1e3 * (time.perf_counter() - begun))
        if not times[1:] and isinstance(answer, Reply) and answer.error:
            raise RuntimeError(f"{name}: {text_of(answer)[:200]}")
    return median(times[1:])


if __name__ == "__main__":
    print(json.dumps(asyncio.run(growth(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))))
