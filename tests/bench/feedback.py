"""What requests for feedback take in a large cohort: listed, looked at, asked and taken."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.chat.model import Reply
from core.features.feedback.records import WORDS
from core.store.open import open_store
from core.store.port import Conn
from tests.bench.engines import engines
from tests.bench.figures import Report, Run, percentile
from tests.bench.growth_case import core_of
from tests.people import Actor, CohortFixture, found_cohort

REQUESTS, MEMBERS, QUICK = 10_000, 2_000, 500
NOW = datetime(2026, 11, 1, tzinfo=UTC)
TIMES, QUICK_TIMES = 200, 20
HELPERS = 200
"""Members who say what they can help with."""


async def feedback(report: Report, folder: Path, quick: bool) -> None:
    """A row for each engine and command: milliseconds with half of the requests open."""
    requests, times = (QUICK, QUICK_TIMES) if quick else (REQUESTS, TIMES)
    rows: list[Sequence[str]] = []
    with engines(folder) as made:
        for engine in ("sqlite", "postgres"):
            with made.database(engine) as url:
                rows += [
                    (f"{engine}, {name}", *figures)
                    for name, *figures in await _measured(url, requests, times)
                ]
    report.heading(f"{requests:,} requests for feedback, {MEMBERS:,} members: ms")
    report.table(("", "p50", "p95", "most"), rows)


async def _measured(url: str, requests: int, times: int) -> list[Sequence[str]]:
    store = await open_store(url)
    try:
        core = core_of(store)
        ours = await found_cohort(core)
        await store.write(_fill, ours.id, requests)
        await store.write(lambda conn: conn.run("ANALYZE"))
        found: list[Sequence[str]] = []
        for name, who, command, args in _calls(ours, times):
            took = []
            for each in args:
                begun = time.perf_counter()
                answer = await who.send(command, each)
                took.append(time.perf_counter() - begun)
                assert isinstance(answer, Reply), command
                assert not answer.error, command
            run = [Run(sum(took), took, 0.0)]
            found.append((name, *(f"{percentile(run, share):.1f}" for share in (0.5, 0.95, 1.0))))
        return found
    finally:
        await store.close()


def _calls(ours: CohortFixture, times: int) -> list[tuple[str, Actor, str, list[dict[str, str]]]]:
    open_ones = [str(2 * n) for n in range(1, times + 1)]
    return [
        ("list", ours.ben, "feedback list", [{}] * times),
        ("list, page 100", ours.ben, "feedback list", [{"page": "100"}] * times),
        ("list, closed", ours.mina, "feedback list", [{"which": "closed"}] * times),
        ("show", ours.ben, "feedback show", [{"request": each} for each in open_ones]),
        (
            "show by words",
            ours.ben,
            "feedback show",
            [{"request": f"question {2 * n} of statistics"} for n in range(1, times + 1)],
        ),
        (
            "show by words of the oldest",
            ours.ben,
            "feedback show",
            [{"request": "question 1 of statistics"}] * times,
        ),
        ("ask", ours.ada, "feedback ask", [{"topic": f"statistics {n}", "again": "yes"} for n in range(15)]),
        ("claim", ours.ben, "feedback claim", [{"request": each} for each in open_ones]),
        (
            "decline",
            ours.mina,
            "feedback decline",
            [{"request": str(2 * times + 2 * n)} for n in range(1, times + 1)],
        ),
        ("page of a member", ours.ben, "cohort home", [{}] * times),
    ]


def _fill(conn: Conn, cohort: int, requests: int) -> None:
    """Half of the requests open, some of them not for everybody."""
    members = []
    for number in range(MEMBERS):
        person = conn.insert("INSERT INTO person (name, created_at) VALUES ('P', :now)", now=NOW)
        conn.run(
            "INSERT INTO account (platform, workspace, user_id, person_id) VALUES ('test', 'W', :user, :person)",
            user=f"U{number}",
            person=person,
        )
        member = conn.insert(
            "INSERT INTO member (cohort_id, person_id, name, called, joined_at)"
            " VALUES (:cohort, :person, :name, :name, :now)",
            cohort=cohort,
            person=person,
            name=f"Member {number}",
            now=NOW,
        )
        members.append(member)
    for number, member in enumerate(members[:HELPERS]):
        conn.run(
            "INSERT INTO feedback_helper (member_id, cohort_id, at_once) VALUES (:member, :cohort, 3)",
            member=member,
            cohort=cohort,
        )
        conn.run(
            "INSERT INTO feedback_topic (cohort_id, folded, member_id, topic) VALUES (:cohort, :topic, :member, :topic)",
            cohort=cohort,
            member=member,
            topic=("statistics", "writing", "kernels")[number % 3],
        )
    for number in range(1, requests + 1):
        is_open, topic = number % 2 == 0, f"Question {number} of statistics"
        made = conn.insert(
            "INSERT INTO feedback_request (cohort_id, number, asker_id, topic, details, visibility, state, helper_id,"
            " created_at, claimed_at, closed_at, due_at) VALUES (:cohort, :number, :asker, :topic, 'In some words', :who,"
            " :state, :helper, :at, :claimed, :claimed, :due)",
            cohort=cohort,
            number=number,
            asker=members[number * 7 % MEMBERS],
            topic=topic,
            who="mentors" if number % 10 == 5 else "cohort",
            state="open" if is_open else "closed",
            helper=None if is_open else members[number % HELPERS],
            at=NOW + timedelta(minutes=number),
            claimed=None if is_open else NOW + timedelta(minutes=number + 90),
            due=NOW + timedelta(days=400) if is_open else None,
        )
        WORDS.add(conn, cohort, made, topic)
    conn.run(
        "INSERT INTO counter (cohort_id, kind, last) VALUES (:cohort, 'feedback', :last)",
        cohort=cohort,
        last=requests,
    )
