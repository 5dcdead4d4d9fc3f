"""What happens to cohorts when the bot is removed from a workspace, and when it comes back."""

from datetime import datetime

from core.cohorts.places import SERVES
from core.store.port import Conn

REMOVED = "I was removed from this workspace."
"""Why a channel takes no posts, where the bot was removed from its whole workspace."""

_COHORTS_THERE = (
    "SELECT pl.cohort_id FROM place pl WHERE pl.platform = :platform AND pl.workspace = :workspace"
    f" AND {SERVES}"
)


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
        f" AND id IN ({_COHORTS_THERE})"
        " AND NOT EXISTS (SELECT 1 FROM place pl WHERE pl.cohort_id = cohort.id"
        " AND (pl.platform <> :platform OR pl.workspace <> :workspace)"
        f" AND (pl.gone_reason IS NULL OR pl.gone_reason <> :removed) AND {SERVES})",
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
        f"UPDATE cohort SET suspended_at = NULL WHERE suspended_at IS NOT NULL AND id IN ({_COHORTS_THERE})",
        platform=platform,
        workspace=workspace,
    )


def known(conn: Conn, platform: str) -> list[str]:
    """The workspaces of a platform in which some cohort has a channel."""
    rows = conn.all("SELECT DISTINCT workspace FROM place WHERE platform = :platform", platform=platform)
    return [row["workspace"] for row in rows]
