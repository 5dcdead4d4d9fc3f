"""What happens to cohorts when the bot is removed from a workspace, and when it comes back."""

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
    return conn.run(
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


def mark_returned(conn: Conn, platform: str, workspace: str) -> int:
    """The bot was added again: its cohorts there go on. Returns how many."""
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


def known(conn: Conn, platform: str) -> list[str]:
    """The workspaces of a platform in which some cohort has a channel."""
    rows = conn.all("SELECT DISTINCT workspace FROM place WHERE platform = :platform", platform=platform)
    return [row["workspace"] for row in rows]
