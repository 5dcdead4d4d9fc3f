"""What organizers are told about delivery, and targets that take no more posts. Plain SQL."""

from datetime import datetime

from core.cohorts import directory
from core.cohorts.model import Cohort
from core.commands.spec import Post
from core.delivery.outbox import NewPost, enqueue
from core.delivery.outlet import Target
from core.store.port import Conn

CLOSED_NOTICE = "delivery.notice"
"""The kind of post that tells organizers about a channel that stopped working."""

UNCERTAIN_NOTICE = "delivery.doubt"
"""The kind of post that tells organizers about posts that may or may not have arrived."""


def notify_unreachable(conn: Conn, cohort: Cohort, target: Target, reason: str, now: datetime) -> str | None:
    """A target cannot take posts any more: mark it, and tell the organizers the first time if it is a
    channel. For a person, where they may be shown something instead, as `directory.fallback_channel` gives it."""
    row = conn.one(
        "SELECT id, name FROM place WHERE platform = :platform AND workspace = :workspace AND channel = :channel",
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )
    first = close_target(conn, target, reason)
    if target.direct:
        return directory.fallback_channel(conn, cohort.id, target.platform, target.workspace)
    if not first or row is None:
        return None
    data = {"channel": row["name"] or target.channel, "reason": reason}
    for each in directory.recipients(conn, cohort, now, organizers=True):
        to = Target.person(each)
        key = f"notice:{row['id']}:{now.isoformat()}:{to.key}"
        enqueue(conn, NewPost(cohort.id, key, CLOSED_NOTICE, data, to), now)
    return None


def notify_uncertain(conn: Conn, post: Post, today: str, now: datetime) -> None:
    """A post was left uncertain: tell the organizers, once for a day."""
    if post.kind in (CLOSED_NOTICE, UNCERTAIN_NOTICE):
        return
    for each in directory.recipients(conn, post.cohort, now, organizers=True):
        to = Target.person(each)
        key = f"doubt:{post.cohort.id}:{today}:{to.key}"
        enqueue(conn, NewPost(post.cohort.id, key, UNCERTAIN_NOTICE, {}, to), now)


def close_target(conn: Conn, target: Target, reason: str) -> bool:
    """No more posts to a channel, or direct messages to a person, that cannot take them. True the first
    time, so that it is told once."""
    if target.direct:
        closed = conn.run(
            "UPDATE account SET closed_reason = :reason WHERE platform = :platform AND workspace = :workspace"
            " AND user_id = :channel AND closed_reason IS NULL",
            reason=reason,
            platform=target.platform,
            workspace=target.workspace,
            channel=target.channel,
        )
        return closed > 0
    closed = conn.run(
        "UPDATE place SET gone_reason = :reason WHERE platform = :platform AND workspace = :workspace"
        " AND channel = :channel AND gone_reason IS NULL",
        reason=reason,
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )
    return closed > 0
