"""Members' pages that a platform goes on showing after they were asked for, such as Slack's Home tab.

When a membership or a cohort ends, the pages of those concerned are marked in the same transaction; the adapter shows
them anew until that has worked. Plain SQL.
"""

from collections.abc import Sequence

from core.chat.model import Person
from core.store.port import Conn
from core.store.scoped import across

_OF_ACCOUNT = "platform = :platform AND workspace = :workspace AND user_id = :user"


def begin(conn: Conn, account: Person) -> int:
    """An account's page is about to be shown. Returns how often it was marked as outdated, for `done`."""
    values = {"platform": account.platform, "workspace": account.workspace, "user": account.id}
    conn.run(
        "INSERT INTO home_page (platform, workspace, user_id) VALUES (:platform, :workspace, :user)"
        " ON CONFLICT (platform, workspace, user_id) DO NOTHING",
        **values,
    )
    return int(conn.value(f"SELECT outdated FROM home_page WHERE {_OF_ACCOUNT}", **values))


def done(conn: Conn, account: Person, seen: int) -> None:
    """An account's page is shown as it was read after `begin`, which gave `seen`. One that was marked since then stays
    marked."""
    conn.run(
        f"UPDATE home_page SET outdated = 0 WHERE {_OF_ACCOUNT} AND outdated = :seen",
        platform=account.platform,
        workspace=account.workspace,
        user=account.id,
        seen=seen,
    )


def forget(conn: Conn, platform: str, workspace: str, user: str) -> None:
    """An account's page shows nothing of a cohort, or nobody can see it any more."""
    conn.run(f"DELETE FROM home_page WHERE {_OF_ACCOUNT}", platform=platform, workspace=workspace, user=user)


def outdated(conn: Conn, platform: str, workspace: str, most: int) -> Sequence[str]:
    """The accounts of a workspace whose pages have to be shown anew."""
    rows = conn.all(
        "SELECT user_id FROM home_page WHERE platform = :platform AND workspace = :workspace AND outdated > 0"
        " ORDER BY user_id LIMIT :most",
        platform=platform,
        workspace=workspace,
        most=most,
    )
    return [row["user_id"] for row in rows]


def end_of_member(conn: Conn, member_id: int) -> None:
    """A membership has ended: the pages of its person are outdated."""
    _outdate(conn, "m.id = :id", member_id)


def end_of_cohort(conn: Conn, cohort_id: int) -> None:
    """A cohort has ended: the pages of all of its members are outdated."""
    _outdate(conn, "m.cohort_id = :id AND m.left_at IS NULL", cohort_id)


def _outdate(conn: Conn, whose: str, id_: int) -> None:
    across(conn).run(
        "UPDATE home_page SET outdated = outdated + 1 WHERE (platform, workspace, user_id) IN"
        " (SELECT a.platform, a.workspace, a.user_id FROM member m JOIN account a ON a.person_id = m.person_id"
        f" WHERE {whose})",
        id=id_,
    )
