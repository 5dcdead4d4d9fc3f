"""What became of the posts that a member asked for, such as a check-in that was shared: how they stand, and word to
the member where one could not be sent, changed or taken back. Plain SQL over the outbox.

A member is told with the answer to the command where the outcome is known within a moment, else by a direct message.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from core.cohorts import directory
from core.delivery import outbox
from core.delivery.outbox import NewPost, PostState
from core.delivery.outlet import Target
from core.store.port import Conn, Row

UNSENT_NOTICE = "delivery.unsent"
"""The kind of post that tells a member about one they asked for."""

GRACE = timedelta(seconds=5)
"""How long word about a failed post waits, so that the answer to the command can come first."""

TOLD = "The answer to the command told it."


class Showing(StrEnum):
    """What a channel shows of a post."""

    COMING = "coming"
    SHOWN = "shown"
    CHANGING = "changing"
    """A change of it has not been made yet."""
    STALE = "stale"
    """The last change of it could not be made, so that it shows what it did before."""
    NOWHERE = "nowhere"
    """It did not get there."""
    UNKNOWN = "unknown"
    """It may be there or not."""


@dataclass(frozen=True, slots=True)
class PostStanding:
    """How a post stands in a channel, whose name is `place`. `begun` says that an attempt to send it was made."""

    id: int
    key: str
    target: Target
    place: str
    showing: Showing
    reason: str
    begun: bool


_STANDING = (
    "SELECT o.*, pl.name AS place_name, e.state AS edit_state, e.reason AS edit_reason FROM outbox o"
    " LEFT JOIN place pl ON pl.platform = o.platform AND pl.workspace = o.workspace AND pl.channel = o.channel"
    " LEFT JOIN outbox e ON e.id = (SELECT max(x.id) FROM outbox x WHERE x.edits = o.id)"
)


def standings_of(conn: Conn, posts: Sequence[int]) -> list[PostStanding]:
    """How posts stand, by their rows."""
    found = (conn.one(f"{_STANDING} WHERE o.id = :id AND o.cohort_id = :cohort", id=each) for each in posts)
    return [_standing(row) for row in found if row is not None]


def standings(conn: Conn, cohort_id: int, kind: str, about: str) -> list[PostStanding]:
    """The posts of a kind about one thing, one for each channel, each with the last change of it."""
    rows = conn.all(
        f"{_STANDING} WHERE o.cohort_id = :cohort AND o.kind = :kind AND o.about = :about AND o.edits IS NULL"
        " ORDER BY o.id",
        cohort=cohort_id,
        kind=kind,
        about=about,
    )
    return [_standing(row) for row in rows]


def standings_below(
    conn: Conn, cohort_id: int, kind: str, head: str, day: date, asked_by: int
) -> list[PostStanding]:
    """The posts of a kind that a member asked for, in the threads of the posts of the kind `head` for a local date."""
    rows = conn.all(
        f"{_STANDING} WHERE o.cohort_id = :cohort AND o.kind = :kind AND o.asked_by = :asked_by AND o.edits IS NULL"
        " AND o.thread_of IN (SELECT t.id FROM outbox t WHERE t.cohort_id = :cohort AND t.kind = :head AND t.day = :day)"
        " ORDER BY o.id",
        cohort=cohort_id,
        kind=kind,
        head=head,
        day=day,
        asked_by=asked_by,
    )
    return [_standing(row) for row in rows]


def asked_by(conn: Conn, cohort_id: int, member_id: int) -> list[PostStanding]:
    """The posts that a member asked for beside all schedules, in channels and for others."""
    rows = conn.all(
        f"{_STANDING} WHERE o.cohort_id = :cohort AND o.asked_by = :member AND o.edits IS NULL"
        " AND o.schedule_id IS NULL ORDER BY o.id",
        cohort=cohort_id,
        member=member_id,
    )
    return [_standing(row) for row in rows]


def _standing(row: Row) -> PostStanding:
    showing, reason = _showing(PostState(row["state"]), row["edit_state"]), row["reason"]
    if showing is Showing.STALE:
        reason = row["edit_reason"]
    return PostStanding(
        row["id"],
        row["key"],
        outbox.target_of(row),
        row["place_name"] or row["channel"],
        showing,
        reason or "",
        row["attempts"] > 0,
    )


def _showing(state: PostState, edit: str | None) -> Showing:
    match state:
        case PostState.PENDING | PostState.SENDING | PostState.DEFERRED:
            return Showing.COMING if edit is None else Showing.CHANGING
        case PostState.MISSED | PostState.FAILED | PostState.UNWANTED:
            return Showing.NOWHERE
        case PostState.UNCERTAIN:
            return Showing.UNKNOWN
    if edit in (PostState.PENDING, PostState.SENDING):
        return Showing.CHANGING
    return Showing.SHOWN if edit in (None, PostState.SENT) else Showing.STALE


def bring_up(
    conn: Conn, posted: PostStanding, now: NewPost, at: datetime, *, wanted: bool, again: bool, why: str
) -> int | None:
    """Let a channel, to which something was posted before, show it as it is `now`, or no more where it is not `wanted`
    there: `why` is the reason of a post that is not sent then. What did not get there is tried `again` if so. Returns the
    post that carries it out."""
    if posted.showing is Showing.COMING and not posted.begun:
        if wanted:
            return posted.id  # it is put into words when it is sent
        outbox.withdraw(conn, posted.id, why, at)
        return None
    if posted.showing in (Showing.NOWHERE, Showing.UNKNOWN):
        if not (wanted and again):
            return None
        outbox.reopen(conn, posted.id, at, unsure=posted.showing is Showing.UNKNOWN, late=False)
        return posted.id
    return outbox.enqueue(conn, replace(now, edits=posted.id), at)


def notify_asker(conn: Conn, row_id: int, now: datetime) -> None:
    """A post was given up: tell the member who asked for it, if somebody did, whether away or not."""
    row = conn.one(f"{_STANDING} WHERE o.id = :id AND o.asked_by IS NOT NULL", id=row_id)
    if row is None:
        return
    post = outbox.post_of(conn, row)
    data: dict[str, Any] = {
        "post": row_id,
        "kind": post.kind,
        "data": dict(post.data),
        "place": row["place_name"] or row["channel"],
        "reason": row["reason"] or "",
    }
    for reached in directory.recipients(conn, post.cohort, now, only=row["asked_by"]):
        to = Target.person(reached)
        about = _about_post(row_id)
        key, later = f"{about}:{now.isoformat()}", now + GRACE
        discreet = bool(row["discreet"])
        notice = NewPost(
            post.cohort.id, key, UNSENT_NOTICE, data, to, not_before=later, about=about, discreet=discreet
        )
        outbox.enqueue(conn, notice, now)


def _about_post(row_id: int) -> str:
    return f"unsent:{row_id}"


def withdraw_notices(conn: Conn, cohort_id: int, posts: Sequence[int], now: datetime) -> None:
    """The member was told of these posts with an answer: no direct message about them."""
    for post in posts:
        for notice in standings(conn, cohort_id, UNSENT_NOTICE, _about_post(post)):
            outbox.withdraw(conn, notice.id, TOLD, now)
