"""How long posts are kept once they are settled. Plain SQL.

A post that was sent is kept for a month, because threads, digests and takebacks refer to it, and one that was not for
half a year, because somebody may ask why. Three kinds stay for longer: the latest of each kind and schedule, by itself and by
hand, from which the next one goes on; what others refer to, for as long as they are kept; and, without limit, a message that can still be
changed, such as a shared check-in, whose row holds ids alone, with its last change where that failed: what it says is
still read there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.cohorts import settings
from core.commands.spec import Setting
from core.errors import BadInput
from core.store.port import Conn


class ReadDays:
    """Reads a number of days within bounds, both included."""

    def __init__(self, least: int, most: int) -> None:
        self._least, self._most = least, most

    def __call__(self, typed: str) -> str:
        """The days as they are kept. Raises `BadInput` for anything else."""
        words = typed.strip().removesuffix("days").strip()
        if not (words.isascii() and words.isdecimal() and self._least <= int(words) <= self._most):
            raise BadInput(f"Please give a number of days from {self._least} to {self._most}.", field="value")
        return str(int(words))


SENT = Setting(
    "keep-posts",
    "Posts that were sent",
    "Days for which posts are kept after they were sent",
    "30",
    ReadDays(7, 365),
    lambda days: f"I remember a post for {days} days after it was sent",
    ("7", "30", "90", "365"),
)
UNSENT = Setting(
    "keep-unsent",
    "Posts that were not sent",
    "Days for which posts that were not sent are listed",
    "180",
    ReadDays(30, 730),
    lambda days: f"A post that was not sent is listed for {days} days",
    ("30", "90", "180", "730"),
)

_UNREFERRED = (
    " AND NOT EXISTS (SELECT 1 FROM outbox t WHERE t.thread_of = o.id)"
    " AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.edits = o.id)"
)
_NOT_LATEST = (
    " AND EXISTS (SELECT 1 FROM outbox n WHERE n.cohort_id = o.cohort_id AND n.id > o.id AND n.kind = o.kind"
    " AND n.state = 'sent' AND coalesce(n.schedule_id, 0) = coalesce(o.schedule_id, 0)"
    " AND n.by_hand = o.by_hand)"
)
# How a message stands is read off its last change: one that failed stays, and one that went well as long as an earlier
# one that failed.
_NO_STANDING_FAILURE = (
    " AND (o.edits IS NULL OR EXISTS (SELECT 1 FROM outbox x WHERE x.edits = o.edits AND x.id > o.id)"
    " OR NOT EXISTS (SELECT 1 FROM outbox r WHERE r.id = o.edits AND r.state = 'sent'))"
)
_NO_EARLIER_FAILURE = (
    " AND (o.edits IS NULL OR NOT EXISTS (SELECT 1 FROM outbox x WHERE x.edits = o.edits AND x.id < o.id"
    " AND x.state IN ('missed', 'failed', 'uncertain')))"
)


def cohorts_with_posts(conn: Conn) -> list[int]:
    """The ids of the cohorts that have settled posts."""
    rows = conn.all(
        "SELECT c.id FROM cohort c WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.cohort_id = c.id"
        " AND o.state IN ('sent', 'missed', 'failed', 'uncertain', 'unwanted'))"
    )
    return [row["id"] for row in rows]


def prune(conn: Conn, cohort_id: int, editable: Sequence[str], now: datetime, most: int) -> int:
    """Delete a cohort's settled posts whose time is over, at most so many. `editable` are the kinds of posts whose
    messages can still be changed. Returns how many went."""
    kept = "".join(f" AND (o.kind <> :kind{at} OR o.edits IS NOT NULL)" for at in range(len(editable)))
    kinds = {f"kind{at}": kind for at, kind in enumerate(editable)}
    sent = f"o.state = 'sent' AND o.settled_at < :sent_before{kept}{_NOT_LATEST}{_NO_EARLIER_FAILURE}"
    unsent = f"o.state IN ('missed', 'failed', 'uncertain', 'unwanted') AND o.settled_at < :unsent_before{_NO_STANDING_FAILURE}"
    return conn.run(
        f"DELETE FROM outbox WHERE id IN (SELECT o.id FROM outbox o WHERE o.cohort_id = :cohort"
        f" AND (({sent}) OR ({unsent})){_UNREFERRED} ORDER BY o.settled_at LIMIT :most)",
        cohort=cohort_id,
        sent_before=now - _days(conn, cohort_id, SENT),
        unsent_before=now - _days(conn, cohort_id, UNSENT),
        most=most,
        **kinds,
    )


def _days(conn: Conn, cohort_id: int, setting: Setting) -> timedelta:
    return timedelta(days=int(settings.setting(conn, cohort_id, setting.key, setting.default)))
