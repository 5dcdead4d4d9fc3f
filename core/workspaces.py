"""What happens to cohorts when the bot is removed from a workspace, and when it comes back."""

from core.store import Conn


def gone(conn: Conn, platform: str, workspace: str, now: int) -> int:
    """The bot was removed: suspend the cohorts that have no channel anywhere else. Returns how many."""
    return conn.run(
        "UPDATE cohort SET suspended_at = :now WHERE suspended_at IS NULL"
        " AND id IN (SELECT cohort_id FROM place WHERE platform = :platform AND workspace = :workspace)"
        " AND id NOT IN (SELECT cohort_id FROM place WHERE platform <> :platform OR workspace <> :workspace)",
        now=now,
        platform=platform,
        workspace=workspace,
    )


def back(conn: Conn, platform: str, workspace: str) -> int:
    """The bot was added again: its cohorts there go on. Returns how many."""
    return conn.run(
        "UPDATE cohort SET suspended_at = NULL WHERE suspended_at IS NOT NULL"
        " AND id IN (SELECT cohort_id FROM place WHERE platform = :platform AND workspace = :workspace)",
        platform=platform,
        workspace=workspace,
    )
