"""Direct messages as their readers want them: what is switched off is not sent, and what comes in quiet hours, or
shall come in one message a day, is held until then. Plain SQL over the outbox.

A held post comes as it is; where several are due for somebody who has them bundled, one post holds them, and how it ends
is how they end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from core.cohorts import directory, people
from core.commands.registry import Registry
from core.commands.spec import Post, PostKind, Readers
from core.delivery import outbox, quiet
from core.delivery.outbox import NewPost, PostState, post_of, target_of
from core.delivery.outlet import Target
from core.delivery.readers import reader_of
from core.store.port import Conn, Row
from core.store.scoped import within

BUNDLE = "delivery.bundle"
"""The kind of post that holds others."""

MOST_IN_ONE = 25
"""Posts in one message; what is more comes in a second one."""

UNWANTED = "Its reader switched this kind of message off."
HELD = "It waits for the end of its reader's quiet hours, or for their one message a day."
TOGETHER = "It came in one message with others."
OLDER = "A newer one came in the meantime."
OBSOLETE = "It was not needed any more."

_AHEAD = timedelta(days=2)
"""What is held for longer than this was held by a clock that has been set back since."""
_AT_ONCE = 500
_HELD = "state = 'held' AND fallback_channel IS NULL AND bundled_in IS NULL AND paced = 0"
_DUE = ("held_until_at <= :now", "held_until_at > :ahead")
"""Two conditions, so that each is a step through the index."""
_ENDED = "('sent', 'missed', 'failed', 'uncertain', 'unwanted')"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a post is not sent, if it is not, and until when it is held; None where it may leave now."""

    unwanted: str | None = None
    until: datetime | None = None


def verdict(conn: Conn, post: Post, target: Target, kind: PostKind, now: datetime) -> Verdict:
    """What a reader's wishes say of a direct message."""
    person_id = directory.person_of(conn, reader_of(target))
    if person_id is None or kind.readers is Readers.FAREWELL:
        return Verdict()
    wishes = people.wishes(conn, person_id)
    if kind.notice is not None and not wishes.wants(kind.notice):
        return Verdict(UNWANTED)
    if _is_obsolete(conn, post, kind, person_id, now):
        return Verdict(OBSOLETE)
    before = conn.value("SELECT held_until_at FROM outbox WHERE id = :id", id=post.id)
    if before is not None or target.fallback_channel is not None:
        return Verdict()
    profile = people.profile(conn, person_id)
    zone = (profile.zone if profile else None) or post.cohort.zone
    hours = quiet.hours(conn, post.cohort, wishes.quiet)
    if kind.notice is not None and wishes.bundle is not None:
        end = (hours or quiet.DEFAULT_HOURS)[1]
        at = quiet.next_at(wishes.bundle_at or end, zone, now)
        return Verdict(until=quiet.end_of(hours, zone, at) or at)
    return Verdict(until=quiet.end_of(hours, zone, now))


def hold(conn: Conn, row_id: int, token: str, until: datetime) -> bool:
    """Give a post that was leased back until then. False where the lease was lost."""
    changed = conn.run(
        "UPDATE outbox SET state = 'held', reason = :reason, held_until_at = :until, attempts = 0, lease = NULL,"
        " lease_until = NULL, paced = 0 WHERE id = :id AND lease = :token AND state = 'sending'",
        id=row_id,
        token=token,
        reason=HELD,
        until=until,
    )
    return changed > 0


def any_due(conn: Conn, now: datetime) -> bool:
    """Whether there is anything to release or to settle; a read, so that a tick writes nothing."""
    return bool(_due(conn, now, 1)) or bool(_ended(conn))


def _due(conn: Conn, now: datetime, most: int) -> list[Row]:
    """What was held until now."""
    values: Sequence[dict[str, object]] = ({"now": now}, {"ahead": now + _AHEAD})
    return [
        row
        for due, given in zip(_DUE, values, strict=True)
        for row in conn.all(f"SELECT * FROM outbox WHERE {_HELD} AND {due} LIMIT :most", most=most, **given)
    ]


def release(conn: Conn, registry: Registry, now: datetime) -> None:
    """Let what was held until now leave, and settle what left in one message with others."""
    for row in _ended(conn):
        sent = row["state"] == PostState.SENT
        reason = TOGETHER if sent else row["reason"]
        outbox.settle(conn, row["id"], PostState(row["state"]), reason, now, message=row["message_id"])
    rows = sorted(_due(conn, now, _AT_ONCE), key=lambda row: (*_reader(row), row["id"]))
    for _, group in groupby(rows, key=_reader):
        _release(conn, registry, list(group), now)


def _reader(row: Row) -> tuple[str, int]:
    return target_of(row).key, row["cohort_id"]


def _ended(conn: Conn) -> Sequence[Row]:
    """What waits in a message that was settled: its id, with how that message ended."""
    return conn.all(
        "SELECT o.id, b.state, b.reason, b.message_id FROM outbox o JOIN outbox b ON b.id = o.bundled_in"
        f" WHERE o.bundled_in IS NOT NULL AND o.state = 'held' AND b.state IN {_ENDED}"
    )


def _release(conn: Conn, registry: Registry, rows: Sequence[Row], now: datetime) -> None:
    """Let the posts that were held for one reader in one cohort leave."""
    person_id = directory.person_of(conn, reader_of(target_of(rows[0])))
    wanted = [row for row in rows if _is_needed(conn, registry, row, person_id, rows, now)]
    bundled = person_id is not None and people.wishes(conn, person_id).bundle is not None
    if not bundled or len(wanted) < 2:
        _send(conn, (row["id"] for row in wanted), now)
        return
    for at in range(0, len(wanted), MOST_IN_ONE):
        part = wanted[at : at + MOST_IN_ONE]
        key = f"bundle:{part[0]['id']}:{now.isoformat()}"
        discreet = any(row["discreet"] for row in part)
        target = target_of(part[0])
        together = NewPost(part[0]["cohort_id"], key, BUNDLE, {}, target, discreet=discreet, paced=True)
        bundle = outbox.enqueue(conn, together, now)
        for row in part:
            conn.run("UPDATE outbox SET bundled_in = :bundle WHERE id = :id", bundle=bundle, id=row["id"])


def _is_needed(
    conn: Conn, registry: Registry, row: Row, person_id: int | None, rows: Sequence[Row], now: datetime
) -> bool:
    """Whether a post is still worth sending. One that is not is settled: its kind calls it obsolete, or a newer one of
    the same schedule goes out now."""
    newer = row["schedule_id"] is not None and any(
        each["schedule_id"] == row["schedule_id"] and each["id"] > row["id"] for each in rows
    )
    kind, post = registry.posts.get(row["kind"]), post_of(conn, row)
    obsolete = kind is not None and _is_obsolete(conn, post, kind, person_id, now)
    if newer or obsolete:
        outbox.settle(conn, row["id"], PostState.MISSED, OLDER if newer else OBSOLETE, now)
    return not (newer or obsolete)


def _is_obsolete(conn: Conn, post: Post, kind: PostKind, person_id: int | None, now: datetime) -> bool:
    """Whether a post's kind says that its reader does not need it any more, such as a call that they answered."""
    if kind.is_obsolete is None or person_id is None:
        return False
    member = directory.member_of(conn, post.cohort.id, person_id)
    return member is not None and kind.is_obsolete(within(conn, post.cohort.id), post, member, now)


def _send(conn: Conn, ids: Iterable[int], now: datetime) -> None:
    """Let them leave. The quiet hours of many end in one minute, so they go one after the other."""
    for each in ids:
        conn.run(
            "UPDATE outbox SET paced = 1, reason = :reason, retry_at = :now WHERE id = :id",
            id=each,
            reason=outbox.ITS_TURN,
            now=now,
        )


def posts_in(conn: Conn, bundle_id: int) -> list[Post]:
    """The posts that one message holds, the oldest first."""
    rows = conn.all(
        "SELECT * FROM outbox WHERE bundled_in = :bundle AND +cohort_id = :cohort ORDER BY id",
        bundle=bundle_id,
    )
    return [post_of(conn, row) for row in rows]
