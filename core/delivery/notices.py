"""What organizers are told about delivery, and targets that take no posts now. Plain SQL."""

from datetime import datetime

from core.chat.model import Place
from core.cohorts import directory, places
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
    """A target refused a post: mark it as closed, and tell the organizers the first time if it is a channel. For a
    person, where they may be shown something instead, as `directory.fallback_channel` gives it."""
    if target.direct:
        close_direct(conn, target, reason)
        return directory.fallback_channel(conn, cohort.id, target.platform, target.workspace)
    close_channel(conn, target.channel_place, reason, now)
    return None


def close_channel(conn: Conn, place: Place, reason: str, now: datetime) -> bool:
    """A channel takes no posts now, as a refusal or the platform's word has it: the organizers of its cohort are told,
    once for each time that it closes. False where it was closed already, or serves no cohort."""
    owner = places.owner(conn, place)
    cohort = directory.cohort(conn, owner.cohort_id) if owner else None
    if not places.close(conn, place, reason) or cohort is None:
        return False
    (channel,) = places.known(conn, place.platform, place.workspace, place.channel)
    data = {"channel": channel.name or channel.channel, "reason": reason}
    for each in directory.recipients(conn, cohort, now, organizers=True):
        to = Target.person(each)
        key = f"notice:{Target.place(place).key}:{now.isoformat()}:{to.key}"
        enqueue(conn, NewPost(cohort.id, key, CLOSED_NOTICE, data, to), now)
    return True


def notify_uncertain(conn: Conn, post: Post, today: str, now: datetime) -> None:
    """A post was left uncertain: tell the organizers, once for a day."""
    if post.kind in (CLOSED_NOTICE, UNCERTAIN_NOTICE):
        return
    for each in directory.recipients(conn, post.cohort, now, organizers=True):
        to = Target.person(each)
        key = f"doubt:{post.cohort.id}:{today}:{to.key}"
        enqueue(conn, NewPost(post.cohort.id, key, UNCERTAIN_NOTICE, {}, to), now)


def close_direct(conn: Conn, target: Target, reason: str) -> None:
    """No more direct messages to a person who cannot be sent any."""
    conn.run(
        "UPDATE account SET closed_reason = :reason WHERE platform = :platform AND workspace = :workspace"
        " AND user_id = :channel AND closed_reason IS NULL",
        reason=reason,
        platform=target.platform,
        workspace=target.workspace,
        channel=target.channel,
    )
