"""Posts that were sent, found again: their messages and what they were made from. Plain SQL."""

from dataclasses import dataclass

from core.commands.spec import Post
from core.delivery.outbox import post_of, target_of
from core.delivery.outlet import Target
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that a post became: the platform's ids of it and of the message in whose thread it stands, if it stands in
    one."""

    workspace: str
    message: str
    thread: str | None


def message_about(
    conn: Conn, cohort_id: int, kind: str, about: str, platform: str, workspace: str
) -> SentMessage | None:
    """The message of a kind about a record that stands in a workspace, or in any of the platform where that is empty."""
    row = conn.one(
        "SELECT o.workspace, o.message_id, t.message_id AS thread FROM outbox o LEFT JOIN outbox t ON t.id = o.thread_of"
        " WHERE o.cohort_id = :cohort AND o.kind = :kind AND o.about = :about AND o.platform = :platform"
        " AND (:workspace = '' OR o.workspace = :workspace) AND o.edits IS NULL AND o.direct = 0 AND o.state = 'sent'"
        " AND o.message_id IS NOT NULL ORDER BY o.id DESC LIMIT 1",
        cohort=cohort_id,
        kind=kind,
        about=about,
        platform=platform,
        workspace=workspace,
    )
    return SentMessage(row["workspace"], row["message_id"], row["thread"]) if row else None


def target_of_post(conn: Conn, post_id: int) -> Target | None:
    """Where a post goes; None where it is not kept any more."""
    row = conn.one("SELECT * FROM outbox WHERE id = :id AND cohort_id = :cohort", id=post_id)
    return target_of(row) if row else None


def by_id(conn: Conn, cohort_id: int, kind: str, post_id: int) -> Post | None:
    """A post of a kind that was sent, or may have been, by its id; None where the cohort has no such one any more. Its button
    can be pressed before this process has written down that it arrived."""
    row = conn.one(
        "SELECT * FROM outbox WHERE id = :id AND cohort_id = :cohort AND kind = :kind"
        " AND state IN ('sending', 'sent', 'uncertain')",
        id=post_id,
        cohort=cohort_id,
        kind=kind,
    )
    return post_of(conn, row) if row else None
