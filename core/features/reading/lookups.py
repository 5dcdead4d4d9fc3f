"""Works that are looked up in the background: who is to be asked for what, and what came of it.

Adding an item writes a row here, so that a restart loses none. Whoever looks one up takes it for a while (`claim`), so
that two replicas do not both ask. Where a source does not answer, it is asked again later and later; an item is on the
list all the while, with what is known of it.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from pydantic import TypeAdapter

from core.commands.decorators import job, prune
from core.commands.dispatch import Core
from core.errors import report
from core.features.reading import discussions, records, same_work
from core.features.reading.records import COLUMNS, WORDS, item_of
from core.store.port import Conn
from core.works.identifiers import Identifier, Scheme
from core.works.model import LookupFailed, NotKnown, Work

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
"""How long a look-up that was begun is left to who began it."""
KEEP = timedelta(days=30)
"""How long an answer is kept, so that a source is not asked again."""
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    *[timedelta(days=1)] * 6,
)
"""Until a source that did not answer is asked again, each time. After the last one the item stays as it is."""

_AT_ONCE = 8
_WORK = TypeAdapter(Work)


@dataclass(frozen=True, slots=True)
class Due:
    """A work to look up, for the item of this id, which is on the list of a cohort."""

    cohort_id: int
    item_id: int
    identifier: Identifier
    attempts: int


def enqueue(conn: Conn, item_id: int, identifier: Identifier, now: datetime) -> None:
    """Have an item's work looked up; at once, where the answer is known from before."""
    known = _cached(conn, identifier, now)
    if known is not None:
        complete(conn, item_id, known, now)
        return
    conn.run(
        "INSERT INTO reading_lookup (item_id, scheme, value, typed, attempts, retry_at)"
        " VALUES (:item, :scheme, :value, :typed, 0, :now) ON CONFLICT (item_id) DO UPDATE SET"
        " scheme = excluded.scheme, value = excluded.value, typed = excluded.typed, attempts = 0,"
        " retry_at = excluded.retry_at",
        item=item_id,
        scheme=identifier.scheme.value,
        value=identifier.value,
        typed=identifier.typed,
        now=now,
    )


def _cached(conn: Conn, identifier: Identifier, now: datetime) -> Work | None:
    kept: str | None = conn.value(
        "SELECT work FROM reading_metadata WHERE key = :key AND fetched_at >= :since",
        key=identifier.key,
        since=now - KEEP,
    )
    return _WORK.validate_json(kept) if kept else None


def claim(conn: Conn, now: datetime, most: int = _AT_ONCE) -> list[Due]:
    """Take what is due to be looked up, for whichever cohorts."""
    rows = conn.all(
        "SELECT i.cohort_id, l.item_id, l.scheme, l.value, l.typed, l.attempts FROM reading_lookup l"
        " JOIN reading_item i ON i.id = l.item_id WHERE l.retry_at <= :now ORDER BY l.retry_at, l.item_id LIMIT :most",
        now=now,
        most=most,
    )
    for row in rows:
        conn.run(
            "UPDATE reading_lookup SET retry_at = :until WHERE item_id = :item",
            until=now + LEASE,
            item=row["item_id"],
        )
    return [
        Due(
            row["cohort_id"],
            row["item_id"],
            Identifier(Scheme(row["scheme"]), row["value"], row["typed"]),
            row["attempts"],
        )
        for row in rows
    ]


def is_due(conn: Conn, now: datetime) -> bool:
    """Whether anything is due to be looked up."""
    return conn.value("SELECT 1 FROM reading_lookup WHERE retry_at <= :now LIMIT 1", now=now) is not None


def settle(conn: Conn, due: Due, work: Work, now: datetime) -> None:
    """A source answered: keep the answer, and complete the item."""
    conn.run(
        "INSERT INTO reading_metadata (key, work, fetched_at) VALUES (:key, :work, :now)"
        " ON CONFLICT (key) DO UPDATE SET work = excluded.work, fetched_at = excluded.fetched_at",
        key=due.identifier.key,
        work=_WORK.dump_json(work).decode(),
        now=now,
    )
    if _drop(conn, due):
        complete(conn, due.item_id, work, now)


def give_up(conn: Conn, due: Due) -> None:
    """A source knows no such work: the item stays as it is."""
    _drop(conn, due)


def postpone(conn: Conn, due: Due, now: datetime, seconds: float | None) -> None:
    """A source did not answer: ask again later, and not before it allows it; in the end never."""
    if due.attempts >= len(PAUSES):
        _drop(conn, due)
        return
    pause = max(PAUSES[due.attempts], timedelta(seconds=min(seconds or 0, 86_400)))
    conn.run(
        "UPDATE reading_lookup SET attempts = :attempts, retry_at = :at WHERE item_id = :item AND value = :value",
        attempts=due.attempts + 1,
        at=now + pause,
        item=due.item_id,
        value=due.identifier.value,
    )


def _drop(conn: Conn, due: Due) -> bool:
    """Ask no more; False where the item's identifier was corrected, or the item removed, meanwhile."""
    gone = conn.run(
        "DELETE FROM reading_lookup WHERE item_id = :item AND scheme = :scheme AND value = :value",
        item=due.item_id,
        scheme=due.identifier.scheme.value,
        value=due.identifier.value,
    )
    return gone > 0


def complete(conn: Conn, item_id: int, work: Work, now: datetime) -> None:
    """Write down what is known of an item's work; what a member corrected stays. Another item that seems to be the same
    work is remembered, and merged by nobody but people."""
    row = conn.one(
        f"SELECT {COLUMNS}, i.cohort_id, i.corrected FROM reading_item i WHERE i.id = :item AND i.cohort_id = :cohort",
        item=item_id,
    )
    if row is None:
        return
    title = row["title"] if row["corrected"] and row["title"] else work.title
    conn.run(
        "UPDATE reading_item SET title = :title, link = coalesce(link, :link), authors = :authors, year = :year,"
        " venue = :venue, abstract = :abstract WHERE id = :item AND cohort_id = :cohort",
        title=title or None,
        link=work.link or None,
        authors=json.dumps(work.authors),
        year=work.year,
        venue=work.venue or None,
        abstract=work.abstract or None,
        item=item_id,
    )
    cohort_id, name = row["cohort_id"], replace(item_of(row), title=title).name
    WORDS.replace(conn, cohort_id, item_id, name)
    twin = records.with_key(conn, cohort_id, [each.key for each in work.same])
    if twin is None or twin.id == item_id:
        twin = same_work.like(conn, cohort_id, name, item_id)
    same_work.keep(conn, cohort_id, item_id, work.same)
    discussions.bring_up_item(conn, cohort_id, item_id, f"known:{now.isoformat()}", now)
    if twin is not None:
        same_work.note_twin(conn, item_id, twin.id)


@job("reading.lookups")
async def look_up(core: Core) -> None:
    """Look up what is due, where there is whom to ask."""
    if core.works is None or not await core.store.read(is_due, core.clock.now()):
        return
    due: Sequence[Due] = await core.store.write(claim, core.clock.now())
    await asyncio.gather(*(_look_up(core, each) for each in due))


async def _look_up(core: Core, due: Due) -> None:
    assert core.works is not None  # noqa: S101 - its caller looked
    try:
        work = await core.works.look_up(due.identifier)
    except LookupFailed as failed:
        log.info("a work could not be looked up", scheme=due.identifier.scheme.value, reason=failed.reason)
        await core.write(due.cohort_id, postpone, due, core.clock.now(), failed.seconds)
    except NotKnown:
        await core.write(due.cohort_id, give_up, due)
    except Exception:
        report("look-up of a work failed", scheme=due.identifier.scheme.value)
        await core.write(due.cohort_id, postpone, due, core.clock.now(), None)
    else:
        await core.write(due.cohort_id, settle, due, work, core.clock.now())


@prune
def forget_answers(conn: Conn, now: datetime, most: int) -> int:
    """Forget what sources answered long ago, at most so many. Returns how many."""
    return conn.run(
        "DELETE FROM reading_metadata WHERE key IN"
        " (SELECT key FROM reading_metadata WHERE fetched_at < :before LIMIT :most)",
        before=now - KEEP,
        most=most,
    )
