"""Members' pages that a platform goes on showing after they were asked for, such as Slack's Home tab.

When a membership or a cohort ends, the pages of those concerned are marked in the same transaction; the adapter shows
them anew until that has worked. Plain SQL.
"""

from collections.abc import Sequence
from datetime import datetime

from core.chat.model import Person
from core.store.port import Conn


def note_shown(conn: Conn, account: Person) -> None:
    """An account's page shows what a member reads."""
    conn.run(
        "INSERT INTO home_page (platform, workspace, user_id, outdated_at) VALUES (:platform, :workspace, :user, NULL)"
        " ON CONFLICT (platform, workspace, user_id) DO UPDATE SET outdated_at = NULL",
        platform=account.platform,
        workspace=account.workspace,
        user=account.id,
    )


def note_blank(conn: Conn, platform: str, workspace: str, user: str) -> None:
    """An account's page shows nothing of a cohort, or cannot be reached any more."""
    conn.run(
        "DELETE FROM home_page WHERE platform = :platform AND workspace = :workspace AND user_id = :user",
        platform=platform,
        workspace=workspace,
        user=user,
    )


def outdated(conn: Conn, platform: str, workspace: str, most: int) -> Sequence[str]:
    """The accounts of a workspace whose pages have to be shown anew, those first that wait longest."""
    rows = conn.all(
        "SELECT user_id FROM home_page WHERE platform = :platform AND workspace = :workspace"
        " AND outdated_at IS NOT NULL ORDER BY outdated_at LIMIT :most",
        platform=platform,
        workspace=workspace,
        most=most,
    )
    return [row["user_id"] for row in rows]


def end_of_member(conn: Conn, member_id: int, now: datetime) -> None:
    """A membership has ended: the pages of its person are outdated."""
    _outdate(conn, "m.id = :id", member_id, now)


def end_of_cohort(conn: Conn, cohort_id: int, now: datetime) -> None:
    """A cohort has ended: the pages of all of its members are outdated."""
    _outdate(conn, "m.cohort_id = :id AND m.left_at IS NULL", cohort_id, now)


def _outdate(conn: Conn, whose: str, id_: int, now: datetime) -> None:
    conn.run(
        "UPDATE home_page SET outdated_at = :now WHERE (platform, workspace, user_id) IN"
        " (SELECT a.platform, a.workspace, a.user_id FROM member m JOIN account a ON a.person_id = m.person_id"
        f" WHERE {whose})",
        now=now,
        id=id_,
    )
