"""What happens to cohorts when the bot is removed from a workspace, and when it comes back."""

from collections.abc import Collection
from datetime import datetime

from core.store.port import Conn

REMOVED = "I was removed from this workspace."
"""Why a channel takes no posts, where the bot was removed from its whole workspace."""


def mark_removed(conn: Conn, platform: str, workspace: str, now: datetime) -> int:
    """The bot was removed: suspend the cohorts that have no channel in a workspace it is still in. Returns
    how many."""
    conn.run(
        "UPDATE place SET gone_reason = :removed WHERE platform = :platform AND workspace = :workspace",
        removed=REMOVED,
        platform=platform,
        workspace=workspace,
    )
    count = conn.run(
        "UPDATE cohort SET suspended_at = :now WHERE suspended_at IS NULL"
        " AND id IN (SELECT cohort_id FROM place WHERE platform = :platform AND workspace = :workspace)"
        " AND NOT EXISTS (SELECT 1 FROM place WHERE place.cohort_id = cohort.id"
        " AND (platform <> :platform OR workspace <> :workspace)"
        " AND (gone_reason IS NULL OR gone_reason <> :removed))",
        now=now,
        removed=REMOVED,
        platform=platform,
        workspace=workspace,
    )
    _miss_pending(conn, platform, workspace, now)
    return count


def _miss_pending(conn: Conn, platform: str, workspace: str, now: datetime) -> None:
    """What still waits to be sent for suspended cohorts is listed as missed: nobody wants it weeks later."""
    conn.run(
        "UPDATE outbox SET state = 'missed', reason = :removed, settled_at = :now WHERE state = 'pending'"
        " AND cohort_id IN (SELECT c.id FROM cohort c JOIN place pl ON pl.cohort_id = c.id"
        " WHERE c.suspended_at IS NOT NULL AND pl.platform = :platform AND pl.workspace = :workspace)",
        removed=REMOVED,
        now=now,
        platform=platform,
        workspace=workspace,
    )


def mark_returned(conn: Conn, platform: str, workspace: str, now: datetime) -> int:
    """The bot was added again: its cohorts there go on. Returns how many."""
    _miss_pending(conn, platform, workspace, now)
    conn.run(
        "UPDATE place SET gone_reason = NULL"
        " WHERE platform = :platform AND workspace = :workspace AND gone_reason = :removed",
        removed=REMOVED,
        platform=platform,
        workspace=workspace,
    )
    return conn.run(
        "UPDATE cohort SET suspended_at = NULL WHERE suspended_at IS NOT NULL"
        " AND id IN (SELECT cohort_id FROM place WHERE platform = :platform AND workspace = :workspace)",
        platform=platform,
        workspace=workspace,
    )


def keep_only(conn: Conn, platform: str, present: Collection[str], now: datetime) -> int:
    """These are all the workspaces that the bot is in: it was removed from the others while it was away.
    Returns how many cohorts were suspended."""
    rows = conn.all("SELECT DISTINCT workspace FROM place WHERE platform = :platform", platform=platform)
    return sum(
        mark_removed(conn, platform, row["workspace"], now) for row in rows if row["workspace"] not in present
    )
