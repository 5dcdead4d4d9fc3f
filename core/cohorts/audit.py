"""Who changed what about a cohort's people, and about the cohort itself: the statements on the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. `actor` is the name of who made it, empty where nobody did: an account that is gone ends its
    membership by itself. `about` is whom or what it concerns, as a name."""

    at: datetime
    actor: str
    action: str
    about: str


def record(
    conn: Conn, cohort_id: int, action: str, about: str, now: datetime, *, actor: int | None, actor_name: str
) -> None:
    """Keep that somebody changed something. `actor` is the person, None where nobody did it."""
    conn.run(
        "INSERT INTO audit (cohort_id, at, actor, actor_name, action, about)"
        " VALUES (:cohort, :now, :actor, :name, :action, :about)",
        cohort=cohort_id,
        now=now,
        actor=actor,
        name=actor_name,
        action=action,
        about=about,
    )


def entries(conn: Conn, cohort_id: int) -> Sequence[AuditEntry]:
    """What was changed in a cohort, oldest first."""
    rows = conn.all(
        "SELECT at, actor_name, action, about FROM audit WHERE cohort_id = :cohort ORDER BY id",
        cohort=cohort_id,
    )
    return [AuditEntry(row["at"], row["actor_name"], row["action"], row["about"]) for row in rows]
