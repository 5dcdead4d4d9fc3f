"""How a sender takes posts out of the outbox and settles them. Plain SQL.

A lease gives one sender one post for a while. A sender that dies lets its lease end, and another goes on; one
whose lease was taken over settles nothing.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.commands.spec import Post
from core.delivery.outbox import PostState, post_of, target_of
from core.delivery.outlet import Target
from core.store.port import Conn

LEASE = timedelta(seconds=60)
"""How long a sender may take for one post. Longer than any send's own timeout."""

MOST_ATTEMPTS = 8

MOST_WAITS = 80
"""Attempts after which a platform that only ever asks to wait is given up: some six hours."""

AHEAD = timedelta(minutes=10)
"""What lies further ahead than any lease or retry was written by a clock that has been set back since."""


@dataclass(frozen=True, slots=True)
class Leased:
    """A row that this sender may send until its lease ends.

    `unsure` says that an earlier attempt was begun and may have arrived. `thread_message` and `edit_message`
    are the platform's ids of the messages that this one goes below or replaces. `parts` are the ids of what the post,
    or the one that it edits, became besides its message; `parts_row` is the row that keeps them.
    """

    post: Post
    key: str
    target: Target
    attempts: int
    unsure: bool
    thread_message: str | None
    thread_name: str | None
    edits: bool
    edit_message: str | None
    parts: tuple[str, ...]
    parts_row: int
    paced: bool = False
    """Whether it is one of many direct messages, see `core.delivery.pacing`."""


# Of posts that were found to be open. The last two: a clock that was set back must not let a post wait until it is ahead
# again. `|| ''` keeps PostgreSQL from gathering all open posts by their index, where it takes them for few.
_STILL_OPEN = "o.state IN ('pending', 'sending')"
_STATE = "o.state || ''"
_LEASABLE = (
    f"(({_STATE} = 'pending' AND o.retry_at <= :now) OR ({_STATE} = 'sending' AND o.lease_until <= :now)"
    f" OR ({_STATE} = 'pending' AND o.due_at > :ahead AND (o.attempts > 0 OR o.retry_at <= o.due_at))"
    f" OR ({_STATE} = 'sending' AND o.lease_until > :ahead))"
)
# A post waits for an older one of the same channel, so only the oldest of each channel is looked at: one step through
# the index a channel that has posts waiting, however long its backlog is.
_OPEN = "SELECT n.id FROM outbox n WHERE n.platform = :platform AND n.state IN ('pending', 'sending')"
_FIRST = f"{_OPEN} ORDER BY n.workspace, n.channel, n.id LIMIT 1"
# In two parts, because SQLite uses no more than the first column of a comparison of rows here.
_NEXT = (
    f"SELECT coalesce(({_OPEN} AND n.workspace = l.workspace AND n.channel > l.channel ORDER BY n.channel, n.id LIMIT 1),"
    f" ({_OPEN} AND n.workspace > l.workspace ORDER BY n.workspace, n.channel, n.id LIMIT 1))"
    " FROM oldest JOIN outbox l ON l.id = oldest.id"
)
_OLDEST = f"WITH RECURSIVE oldest(id) AS (SELECT id FROM ({_FIRST}) AS start UNION ALL {_NEXT})"
# And a post waits for the message that it refers to.
_REFERS_TO_SENT = (
    "(o.thread_of IS NULL OR NOT EXISTS (SELECT 1 FROM outbox t WHERE t.id = o.thread_of"
    " AND t.state IN ('pending', 'sending')))"
)


def lease(
    conn: Conn,
    token: str,
    capacity: Mapping[str, int],
    now: datetime,
    paced: Mapping[str, int] | None = None,
) -> list[Leased]:
    """Take the posts that are due, at most one a channel, and on each platform as many as it has capacity for. `paced` says
    how many of them may be direct messages to many, which come last; without it, all. `token` names the sender."""
    leased = []
    for platform, most in capacity.items():
        rows = conn.all(
            f"{_OLDEST} SELECT o.id, o.paced FROM oldest JOIN outbox o ON o.id = oldest.id JOIN cohort c ON c.id = o.cohort_id"
            f" WHERE {_LEASABLE} AND {_REFERS_TO_SENT} AND c.suspended_at IS NULL"
            " ORDER BY CASE WHEN o.paced = 0 THEN 0 ELSE 1 END, o.retry_at, o.id LIMIT :most",
            platform=platform,
            now=now,
            ahead=now + AHEAD,
            most=most,
        )
        others = [row for row in rows if not row["paced"]]
        many = [row for row in rows if row["paced"]][: most if paced is None else max(paced[platform], 0)]
        for row in (*others, *many):
            conn.run(
                "UPDATE outbox SET state = 'sending', lease = :token, lease_until = :until,"
                " attempts = attempts + 1 WHERE id = :id",
                id=row["id"],
                token=token,
                until=now + LEASE,
            )
            leased.append(_leased(conn, row["id"]))
    return leased


def _leased(conn: Conn, row_id: int) -> Leased:
    row = conn.one(
        "SELECT o.*, t.message_id AS thread_message, e.message_id AS edit_message, e.parts AS edit_parts"
        " FROM outbox o LEFT JOIN outbox e ON e.id = o.edits"
        # What an edit adds goes where the post is.
        " LEFT JOIN outbox t ON t.id = coalesce(o.thread_of, e.thread_of) WHERE o.id = :id",
        id=row_id,
    )
    assert row is not None  # noqa: S101 - it was updated in this transaction
    return Leased(
        post_of(conn, row),
        row["key"],
        target_of(row),
        row["attempts"],
        bool(row["unsure"]),
        row["thread_message"],
        row["thread_name"],
        row["edits"] is not None,
        row["edit_message"],
        tuple(json.loads(row["parts"] if row["edits"] is None else row["edit_parts"])),
        row["id"] if row["edits"] is None else row["edits"],
        bool(row["paced"]),
    )


def keep_parts(conn: Conn, row_id: int, parts: Sequence[str]) -> None:
    """Write down what a post consists of now besides its message. Known before the post is settled, and whether or not
    the lease lasts: what stands in a channel has to be found again."""
    conn.run("UPDATE outbox SET parts = :parts WHERE id = :id", id=row_id, parts=json.dumps(list(parts)))


def begin(conn: Conn, row_id: int, token: str, now: datetime) -> bool:
    """The request is about to leave: from here on it may have arrived, and the lease begins anew. False where
    the lease was lost; then it must not leave."""
    changed = conn.run(
        "UPDATE outbox SET unsure = 1, lease_until = :until"
        " WHERE id = :id AND lease = :token AND state = 'sending'",
        id=row_id,
        token=token,
        until=now + LEASE,
    )
    return changed > 0


def messages_of(conn: Conn, target: Target) -> frozenset[str]:
    """The messages that the latest posts to a channel became."""
    rows = conn.all(
        "SELECT message_id FROM outbox WHERE platform = :platform AND workspace = :workspace"
        " AND channel = :channel AND message_id IS NOT NULL ORDER BY id DESC LIMIT 200",
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )
    return frozenset(row["message_id"] for row in rows)


def settle(
    conn: Conn,
    row_id: int,
    token: str,
    state: PostState,
    now: datetime,
    *,
    message: str | None = None,
    reason: str | None = None,
) -> bool:
    """Write down how it ended. A sender whose lease was taken over settles nothing; then False."""
    changed = conn.run(
        "UPDATE outbox SET state = :state, message_id = :message, reason = :reason, settled_at = :now,"
        " lease = NULL, lease_until = NULL WHERE id = :id AND lease = :token AND state = 'sending'",
        id=row_id,
        token=token,
        state=state.value,
        message=message,
        reason=reason,
        now=now,
    )
    return changed > 0


def retry(conn: Conn, row_id: int, token: str, at: datetime, reason: str, *, unsure: bool) -> bool:
    """Give a post back to be tried again at an instant. `unsure` says that any attempt so far may have
    arrived."""
    changed = conn.run(
        "UPDATE outbox SET state = 'pending', retry_at = :at, reason = :reason, lease = NULL,"
        " lease_until = NULL, unsure = :unsure"
        " WHERE id = :id AND lease = :token AND state = 'sending'",
        id=row_id,
        token=token,
        at=at,
        reason=reason,
        unsure=unsure,
    )
    return changed > 0


def reroute(conn: Conn, row_id: int, token: str, fallback_channel: str, now: datetime, reason: str) -> bool:
    """The direct message was refused: give it back, to be shown to its reader alone in the fallback channel."""
    changed = conn.run(
        "UPDATE outbox SET state = 'pending', fallback_channel = :fallback_channel, retry_at = :now, reason = :reason,"
        " attempts = 0, unsure = 0, lease = NULL, lease_until = NULL"
        " WHERE id = :id AND lease = :token AND state = 'sending'",
        id=row_id,
        token=token,
        fallback_channel=fallback_channel,
        now=now,
        reason=reason,
    )
    return changed > 0


def release(conn: Conn, token: str) -> int:
    """A sender stops: give back what it could not finish."""
    return conn.run(
        "UPDATE outbox SET state = 'pending', lease = NULL, lease_until = NULL"
        " WHERE lease = :token AND state = 'sending'",
        token=token,
    )


def pause(conn: Conn, target: Target, until: datetime) -> int:
    """Hold the posts that wait for a channel back until an instant. Returns how many."""
    # The first condition on the state lets the index of open posts be used.
    return conn.run(
        "UPDATE outbox SET retry_at = :until WHERE platform = :platform AND workspace = :workspace"
        " AND channel = :channel AND state IN ('pending', 'sending') AND state = 'pending' AND retry_at < :until",
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
        until=until,
    )


def any_due(conn: Conn, platforms: list[str], now: datetime) -> bool:
    """Whether anything can be leased; a read, so that an idle sender writes nothing."""
    first = f"SELECT 1 AS yes FROM outbox o WHERE o.platform = :platform AND {_STILL_OPEN} AND {_LEASABLE} LIMIT 1"
    return any(conn.one(first, platform=each, now=now, ahead=now + AHEAD) for each in platforms)
