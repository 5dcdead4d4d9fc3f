"""The outbox: posts that are to be sent, that were sent, and that were not. Plain SQL.

Every statement on the table stands in this package. A row never leaves the table unseen: whatever is not sent
says why. `key` is unique, so the same post is written once however often it is asked for. Features write posts
with `enqueue` and ask for them by what they mean; how rows are leased and settled is in `core.delivery.leases`, what
organizers see of them in `core.delivery.listing`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.cohorts import directory
from core.commands.spec import Post
from core.delivery.outlet import Target
from core.store.port import Conn, Row

SIGNAL = "outbox"
"""Signalled after a commit that put something into the outbox."""

ITS_TURN = "It waits for its turn: direct messages to many leave one after the other."


class PostState(StrEnum):
    """How a post stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    MISSED = "missed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    DEFERRED = "held"
    """It waits for its reader: for their next command, see `core.delivery.deferred`, or for an hour, see
    `core.delivery.held`."""
    UNWANTED = "unwanted"
    """Its reader switched that kind of message off, or needed it no more."""


UNSENT = (PostState.MISSED, PostState.FAILED, PostState.UNCERTAIN)
"""The states of a post that was given up, and that a person may have tried again."""


@dataclass(frozen=True, slots=True)
class NewPost:
    """A post to write. `data` is what its renderer needs, JSON values only.

    `slot_at` and `day` are the instant and the local date that it is for; without them the moment of writing
    and no date. `thread_of` is the row in whose thread it goes, `edits` the row whose message it replaces. It
    is not sent before `not_before`. One that is only listed has its `state` and the reason. `by_hand` says that an
    organizer had it sent beside its schedule's dates; `asked_by` is the member who asked for it, who is told where it
    could not be sent. `about` is what its feature finds its posts by, such as "checkin:12".
    """

    cohort_id: int
    key: str
    kind: str
    data: Mapping[str, Any]
    target: Target
    slot_at: datetime | None = None
    day: date | None = None
    late: bool = False
    schedule_id: int | None = None
    thread_of: int | None = None
    thread_name: str | None = None
    edits: int | None = None
    not_before: datetime | None = None
    state: PostState = PostState.PENDING
    reason: str | None = None
    by_hand: bool = False
    asked_by: int | None = None
    about: str | None = None
    discreet: bool = False
    """Whether only its reader may know that there is one: organizers are not shown it."""
    paced: bool = False
    """Whether it is a direct message to many, or a change of one, and waits for its turn: see `core.delivery.pacing`."""


def enqueue(conn: Conn, post: NewPost, now: datetime) -> int | None:
    """Write a post into the outbox. Returns its id, None where the key was there already.

    An edit takes the place of one of the same message that has not left yet, so that what is edited often is sent
    seldom.
    """
    if post.edits is not None and (waiting := _waiting_edit(conn, post, now)) is not None:
        return waiting
    waits = post.paced and post.state is PostState.PENDING
    state = PostState.DEFERRED if waits else post.state
    row = conn.one(
        "INSERT INTO outbox (cohort_id, key, schedule_id, kind, data, platform, workspace, channel, direct,"
        " fallback_channel, thread_of, thread_name, edits, state, due_at, slot_at, day, retry_at, late, reason,"
        " settled_at, by_hand, asked_by, about, discreet, paced,"
        " created_at) VALUES (:cohort, :key, :schedule, :kind, :data, :platform, :workspace, :channel, :direct,"
        " :fallback_channel, :thread_of, :thread_name, :edits, :state, :now, :slot_at, :day, :retry_at, :late,"
        " :reason, :settled_at, :by_hand, :asked_by, :about, :discreet, :paced, :now)"
        " ON CONFLICT (key) DO NOTHING RETURNING id",
        cohort=post.cohort_id,
        key=post.key,
        schedule=post.schedule_id,
        kind=post.kind,
        data=json.dumps(post.data),
        platform=post.target.platform,
        workspace=post.target.workspace,
        channel=post.target.channel,
        direct=post.target.direct,
        fallback_channel=post.target.fallback_channel,
        thread_of=post.thread_of,
        thread_name=post.thread_name,
        edits=post.edits,
        state=state.value,
        slot_at=post.slot_at or now,
        day=post.day,
        retry_at=post.not_before or now,
        late=post.late,
        reason=ITS_TURN if waits else post.reason,
        settled_at=None if state is PostState.PENDING else now,
        by_hand=post.by_hand,
        asked_by=post.asked_by,
        about=post.about,
        discreet=int(post.discreet),
        paced=int(waits),
        now=now,
    )
    if row is None:
        return None
    conn.signal(SIGNAL)
    return int(row["id"])


def _waiting_edit(conn: Conn, post: NewPost, now: datetime) -> int | None:
    """The row of an edit of the same message that still waits, made into this one; None where there is none, or where
    this one was written before."""
    row = conn.one(
        "SELECT id FROM outbox WHERE edits = :edits AND +cohort_id = :cohort AND kind = :kind"
        " AND (state = 'pending' OR (state = 'held' AND paced = 1))"
        " AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.key = :key) ORDER BY id DESC LIMIT 1",
        edits=post.edits,
        cohort=post.cohort_id,
        kind=post.kind,
        key=post.key,
    )
    if row is None:
        return None
    conn.run(
        "UPDATE outbox SET key = :key, data = :data, slot_at = :slot_at, day = :day"
        " WHERE id = :id AND cohort_id = :cohort",
        id=row["id"],
        cohort=post.cohort_id,
        key=post.key,
        data=json.dumps(post.data),
        slot_at=post.slot_at or now,
        day=post.day,
    )
    conn.signal(SIGNAL)
    return int(row["id"])


def post_of(conn: Conn, row: Row) -> Post:
    """A row of the outbox as what its renderer is given."""
    cohort = directory.cohort(conn, row["cohort_id"])
    assert cohort is not None  # noqa: S101 - a foreign key says so
    return Post(row["id"], cohort, row["kind"], json.loads(row["data"]), row["slot_at"], bool(row["late"]))


def target_of(row: Row) -> Target:
    """Where a row's post goes."""
    return Target(
        row["platform"], row["workspace"], row["channel"], bool(row["direct"]), row["fallback_channel"]
    )


# What features ask for


def find(conn: Conn, key: str) -> int | None:
    """The row of a key."""
    row = conn.one("SELECT id FROM outbox WHERE key = :key AND cohort_id = :cohort", key=key)
    return row["id"] if row else None


def data_of(conn: Conn, row_id: int) -> dict[str, Any]:
    """What the renderer of a row's post is given."""
    found: dict[str, Any] = json.loads(
        conn.value("SELECT data FROM outbox WHERE id = :id AND cohort_id = :cohort", id=row_id) or "{}"
    )
    return found


def post_of_day(conn: Conn, cohort_id: int, kind: str, day: date, target: Target) -> int | None:
    """The row of the first post of a kind for a local date that stands in a channel, or will."""
    row = conn.one(
        "SELECT id FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND day = :day"
        " AND platform = :platform AND workspace = :workspace AND channel = :channel"
        " AND state IN ('pending', 'sending', 'sent') ORDER BY id LIMIT 1",
        cohort=cohort_id,
        kind=kind,
        day=day,
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )
    return row["id"] if row else None


def posts_of_day(conn: Conn, cohort_id: int, kind: str, day: date) -> list[tuple[int, Target]]:
    """The posts of a kind for a local date that stand in channels, or will, with where they do."""
    rows = conn.all(
        "SELECT * FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND day = :day AND direct = 0"
        " AND edits IS NULL AND state IN ('pending', 'sending', 'sent') ORDER BY id",
        cohort=cohort_id,
        kind=kind,
        day=day,
    )
    return [(row["id"], target_of(row)) for row in rows]


@dataclass(frozen=True, slots=True)
class StandingPost:
    """A post for a local date that stands in a channel; `edited` says that it was changed, or will be."""

    id: int
    day: date
    target: Target
    edited: bool


_STANDS = (
    "SELECT o.*, EXISTS (SELECT 1 FROM outbox e WHERE e.edits = o.id) AS edited FROM outbox o"
    " WHERE o.cohort_id = :cohort AND o.kind = :kind AND o.direct = 0 AND o.edits IS NULL AND o.state = 'sent'"
)


def standing_on(conn: Conn, cohort_id: int, kind: str, day: date) -> list[StandingPost]:
    """The posts of a kind for a local date that stand in channels."""
    rows = conn.all(f"{_STANDS} AND o.day = :day ORDER BY o.id", cohort=cohort_id, kind=kind, day=day)
    return [StandingPost(row["id"], row["day"], target_of(row), bool(row["edited"])) for row in rows]


def standing_before(conn: Conn, cohort_id: int, kind: str, day: date) -> list[StandingPost]:
    """The posts of a kind for the latest date before a day that has any."""
    row = conn.one(
        f"{_STANDS} AND o.day < :day ORDER BY o.day DESC LIMIT 1", cohort=cohort_id, kind=kind, day=day
    )
    return standing_on(conn, cohort_id, kind, row["day"]) if row else []


def latest_slot(
    conn: Conn, cohort_id: int, kind: str, before: datetime, schedule_id: int | None = None
) -> datetime | None:
    """The instant of the latest regular post of a kind, or of one schedule, before another instant that was sent, or
    will be. One that was sent by hand comes beside the regular ones."""
    row = conn.one(
        "SELECT slot_at AS latest_at FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND by_hand = 0"
        " AND state IN ('pending', 'sending', 'sent') AND slot_at < :before"
        " AND (:schedule = -1 OR schedule_id = :schedule) ORDER BY slot_at DESC LIMIT 1",
        cohort=cohort_id,
        kind=kind,
        before=before,
        schedule=-1 if schedule_id is None else schedule_id,
    )
    return row["latest_at"] if row else None


def last_sent(conn: Conn, cohort_id: int, kind: str) -> Post | None:
    """The latest post of a kind that was sent."""
    row = conn.one(
        "SELECT * FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND state = 'sent'"
        " ORDER BY slot_at DESC LIMIT 1",
        cohort=cohort_id,
        kind=kind,
    )
    return post_of(conn, row) if row else None


def later_day(conn: Conn, cohort_id: int, kind: str, day: date, person_id: int, now: datetime) -> date | None:
    """The latest date after `day` of whose post of a kind the moment has come, in a channel or for a person."""
    row = conn.one(
        "SELECT o.day FROM outbox o WHERE o.cohort_id = :cohort AND o.kind = :kind AND o.day > :day"
        " AND o.slot_at <= :now AND o.state IN ('pending', 'sending', 'sent', 'held')"
        " AND (o.direct = 0 OR EXISTS (SELECT 1 FROM account a WHERE a.platform = o.platform"
        " AND a.workspace = o.workspace AND a.user_id = o.channel AND a.person_id = :person))"
        " ORDER BY o.day DESC LIMIT 1",
        cohort=cohort_id,
        kind=kind,
        day=day,
        now=now,
        person=person_id,
    )
    return row["day"] if row else None


def has_day(conn: Conn, cohort_id: int, kind: str, day: date) -> bool:
    """Whether there is a post of a kind for a local date."""
    found = conn.one(
        "SELECT 1 AS yes FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND day = :day LIMIT 1",
        cohort=cohort_id,
        kind=kind,
        day=day,
    )
    return found is not None


def waiting_for(conn: Conn, cohort_id: int, person_id: int) -> list[int]:
    """The direct messages of a cohort that still wait to go to a person, or for them."""
    rows = conn.all(
        "SELECT o.id FROM outbox o JOIN account a ON a.platform = o.platform AND a.workspace = o.workspace"
        " AND a.user_id = o.channel WHERE o.cohort_id = :cohort AND o.direct = 1"
        " AND o.state IN ('pending', 'held') AND a.person_id = :person",
        cohort=cohort_id,
        person=person_id,
    )
    return [row["id"] for row in rows]


def close_before(
    conn: Conn, row_id: int, closes: Callable[[Mapping[str, Any]], Mapping[str, Any]], now: datetime
) -> None:
    """A direct message has come: show the one of its kind that the same person got before it as `closes` says. Once for
    each; what was shown in a channel to them alone cannot be changed."""
    row = conn.one(
        "SELECT p.* FROM outbox o JOIN outbox p ON p.platform = o.platform AND p.workspace = o.workspace"
        " AND p.channel = o.channel AND p.message_id IS NOT NULL AND p.id < o.id WHERE o.id = :id"
        " AND p.cohort_id = o.cohort_id AND p.kind = o.kind AND p.direct = 1 AND p.edits IS NULL AND p.state = 'sent'"
        " AND p.fallback_channel IS NULL ORDER BY p.id DESC LIMIT 1",
        id=row_id,
    )
    if row is None:
        return
    data, key = closes(json.loads(row["data"])), f"closed:{row['id']}"
    post = NewPost(row["cohort_id"], key, row["kind"], data, target_of(row), edits=row["id"], paced=True)
    enqueue(conn, post, now)


def settle(
    conn: Conn,
    row_id: int,
    state: PostState,
    reason: str | None,
    now: datetime,
    *,
    message: str | None = None,
) -> None:
    """Write down how a post ended that no sender has leased."""
    conn.run(
        "UPDATE outbox SET state = :state, reason = :reason, message_id = :message, settled_at = :now"
        " WHERE id = :id",
        id=row_id,
        state=state.value,
        reason=reason,
        message=message,
        now=now,
    )


def withdraw(conn: Conn, row_id: int, reason: str, now: datetime) -> None:
    """Do not send a post that still waits: it has no point any more. What is on its way or sent stays."""
    conn.run(
        "UPDATE outbox SET state = 'missed', reason = :reason, settled_at = :now"
        " WHERE id = :id AND cohort_id = :cohort AND state IN ('pending', 'held')",
        id=row_id,
        reason=reason,
        now=now,
    )


def withdraw_all(conn: Conn, cohort_id: int, reason: str, now: datetime) -> None:
    """Send nothing more of what still waits in a cohort."""
    conn.run(
        "UPDATE outbox SET state = 'missed', reason = :reason, settled_at = :now"
        " WHERE cohort_id = :cohort AND state IN ('pending', 'held')",
        cohort=cohort_id,
        reason=reason,
        now=now,
    )


# What is tried again


def fill(conn: Conn, row_id: int, data: Mapping[str, Any]) -> None:
    """Give a post that was listed without its data what its renderer needs."""
    conn.run(
        "UPDATE outbox SET data = :data, late = 1 WHERE id = :id AND cohort_id = :cohort",
        data=json.dumps(data),
        id=row_id,
    )


def redirect(conn: Conn, row_id: int, key: str, target: Target) -> bool:
    """Send a post that was given up to another channel, outside of any thread, under the key that it has there. False
    where a post with that key is there already."""
    if find(conn, key) not in (None, row_id):
        return False
    conn.run(
        "UPDATE outbox SET key = :key, platform = :platform, workspace = :workspace, channel = :channel,"
        " thread_of = NULL WHERE id = :id AND cohort_id = :cohort",
        id=row_id,
        key=key,
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )
    return True


def reopen(conn: Conn, row_id: int, now: datetime, *, unsure: bool, late: bool) -> None:
    """Let a post that was given up be tried again. `unsure` says that it may have arrived, `late` that it comes long
    after it was due."""
    conn.run(
        "UPDATE outbox SET state = 'pending', retry_at = :now, attempts = 0, unsure = :unsure, reason = NULL,"
        " held_until_at = NULL, bundled_in = NULL, paced = 0,"
        " settled_at = NULL, late = CASE WHEN :late = 1 THEN 1 ELSE late END"
        " WHERE id = :id AND cohort_id = :cohort",
        id=row_id,
        now=now,
        unsure=unsure,
        late=int(late),
    )
    conn.signal(SIGNAL)


# What befalls many posts at once


def miss_suspended(conn: Conn, platform: str, workspace: str, reason: str, now: datetime) -> None:
    """What still waits to be sent for the suspended cohorts of a workspace is listed as missed: nobody wants
    it weeks later."""
    conn.run(
        "UPDATE outbox SET state = 'missed', reason = :reason, settled_at = :now"
        " WHERE (state = 'pending' OR (state = 'held' AND fallback_channel IS NULL))"
        " AND cohort_id IN (SELECT c.id FROM cohort c JOIN place pl ON pl.cohort_id = c.id"
        " WHERE c.suspended_at IS NOT NULL AND pl.platform = :platform AND pl.workspace = :workspace)",
        reason=reason,
        now=now,
        platform=platform,
        workspace=workspace,
    )


def miss_channel(conn: Conn, cohort_id: int, target: Target, reason: str, now: datetime) -> None:
    """What still waits to be sent for a cohort into a channel that it has no more is listed as missed."""
    conn.run(
        "UPDATE outbox SET state = 'missed', reason = :reason, settled_at = :now WHERE state = 'pending'"
        " AND cohort_id = :cohort AND direct = 0 AND platform = :platform AND workspace = :workspace"
        " AND channel = :channel",
        reason=reason,
        now=now,
        cohort=cohort_id,
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )


def leave_uncertain(conn: Conn, reason: str, now: datetime) -> int:
    """Whatever is still to be sent, of all cohorts, is left for a person to decide on. Returns how many."""
    # Each kind of what waits has an index of its own; both in one statement would walk through all that was ever sent.
    return sum(
        conn.run(
            "UPDATE outbox SET state = 'uncertain', reason = :reason, unsure = 1, settled_at = :now,"
            f" lease = NULL, lease_until = NULL WHERE {waiting}",
            reason=reason,
            now=now,
        )
        for waiting in ("state IN ('pending', 'sending')", "state = 'held' AND fallback_channel IS NULL")
    )


def forget_missed_after(conn: Conn, schedule_id: int, now: datetime) -> None:
    """The clock was ahead and was set back: what was listed as missed for times that are still to come was
    never missed. What was sent has its key and is not sent again."""
    conn.run(
        "DELETE FROM outbox WHERE schedule_id = :schedule AND slot_at > :now AND state = 'missed'",
        schedule=schedule_id,
        now=now,
    )
