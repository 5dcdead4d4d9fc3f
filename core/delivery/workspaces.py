"""The bot is removed from a workspace, or added again: its cohorts there rest or go on, and their posts with them.

Adapters call these in one transaction each; what they do to cohorts and channels is in `core.cohorts.workspaces`.
"""

from collections.abc import Collection
from datetime import datetime

from core.cohorts import workspaces
from core.cohorts.workspaces import REMOVED
from core.delivery import outbox
from core.store.port import Conn


def mark_removed(conn: Conn, platform: str, workspace: str, now: datetime) -> int:
    """The bot was removed: suspend the cohorts that have no channel in a workspace it is still in, and list
    what waits for them as missed. Returns how many cohorts."""
    count = workspaces.mark_removed(conn, platform, workspace, now)
    outbox.miss_suspended(conn, platform, workspace, REMOVED, now)
    return count


def mark_returned(conn: Conn, platform: str, workspace: str, now: datetime) -> int:
    """The bot was added again: its cohorts there go on, without what waited meanwhile. Returns how many."""
    outbox.miss_suspended(conn, platform, workspace, REMOVED, now)
    return workspaces.mark_returned(conn, platform, workspace)


def keep_only(conn: Conn, platform: str, present: Collection[str], now: datetime) -> int:
    """These are all the workspaces that the bot is in: it was removed from the others while it was away.
    Returns how many cohorts were suspended."""
    gone = [each for each in workspaces.known(conn, platform) if each not in present]
    return sum(mark_removed(conn, platform, each, now) for each in gone)
