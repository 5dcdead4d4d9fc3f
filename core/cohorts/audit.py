"""Who changed what about a cohort, its people and its settings: the statements on the audit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.chat import folding
from core.cohorts.model import Scope
from core.store.port import Conn, Row

LONGEST = 500
"""Characters of each part of an entry."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change. `actor` is the name of who made it, empty where nobody did: an account that is gone ends its
    membership by itself. `about` is whom or what it concerns; `before` and `after` say how that stood, as far as it
    can be said in words."""

    at: datetime
    actor: str
    action: str
    about: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are looked for: those of whose maker the name holds `who`, those that hold `what` anywhere, and
    those of the instant `since` and later."""

    who: str = ""
    what: str = ""
    since: datetime | None = None

    @property
    def begins(self) -> datetime:
        """The instant from which on entries are among them."""
        return self.since or datetime.fromtimestamp(0, UTC)

    def fits(self, entry: AuditEntry) -> bool:
        """Whether an entry of that time has these words, in any case and with or without accents."""
        words = " ".join((entry.action, entry.about, entry.before, entry.after))
        return folding.fold(self.who) in folding.fold(entry.actor) and all(
            each in folding.fold(words) for each in folding.fold(self.what).split()
        )


def record(
    conn: Conn,
    cohort_id: int,
    action: str,
    about: str,
    now: datetime,
    *,
    actor: int | None,
    actor_name: str,
    before: str = "",
    after: str = "",
    member: int | None = None,
) -> None:
    """Keep that somebody changed something. `actor` is the person, None where nobody did it; `member` is whom it is about,
    if it is about a member."""
    conn.run(
        "INSERT INTO audit (cohort_id, at, actor, actor_name, action, about, before, after, about_member)"
        " VALUES (:cohort, :now, :actor, :name, :action, :about, :before, :after, :member)",
        cohort=cohort_id,
        now=now,
        actor=actor,
        name=actor_name,
        action=action,
        about=about[:LONGEST],
        before=before[:LONGEST],
        after=after[:LONGEST],
        member=member,
    )


def by_caller(
    conn: Conn, scope: Scope, action: str, about: str, *, before: str = "", after: str = ""
) -> None:
    """Keep what the member who calls has changed."""
    person, name = (scope.member.person_id, scope.member.name) if scope.member else (None, "")
    record(
        conn,
        scope.cohort.id,
        action,
        about,
        scope.now,
        actor=person,
        actor_name=name,
        before=before,
        after=after,
    )


GIVEN = {"organizer added": "organizer", "mentor added": "mentor", "let in": "let in"}
"""The actions by which somebody became what they are, and what that is."""


def given_by(conn: Conn, cohort_id: int) -> dict[tuple[int, str], str]:
    """By a member and what they became (see `GIVEN`), who made them that last."""
    rows = conn.all(
        "SELECT about_member, action, actor_name FROM audit WHERE cohort_id = :cohort AND about_member IS NOT NULL"
        " AND action IN ('organizer added', 'mentor added', 'let in') ORDER BY id",
        cohort=cohort_id,
    )
    return {
        (row["about_member"], GIVEN[row["action"]]): row["actor_name"] for row in rows if row["actor_name"]
    }


_ENTRY = "at, actor_name, action, about, before, after"
_SINCE = "cohort_id = :cohort AND at >= :since"


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(row["at"], row["actor_name"], row["action"], row["about"], row["before"], row["after"])


def entries(conn: Conn, cohort_id: int, wanted: AuditFilter | None = None) -> Sequence[AuditEntry]:
    """What was changed in a cohort, oldest first."""
    wanted = wanted or AuditFilter()
    rows = conn.all(
        f"SELECT {_ENTRY} FROM audit WHERE {_SINCE} ORDER BY id", cohort=cohort_id, since=wanted.begins
    )
    return [each for each in map(_entry, rows) if wanted.fits(each)]


def count(conn: Conn, cohort_id: int, wanted: AuditFilter) -> int:
    """How many entries there are from an instant on, with whatever words."""
    return int(
        conn.value(f"SELECT count(*) FROM audit WHERE {_SINCE}", cohort=cohort_id, since=wanted.begins)
    )


def newest(
    conn: Conn, cohort_id: int, wanted: AuditFilter, most: int, after: int = 0
) -> Sequence[AuditEntry]:
    """As many of those, newest first, after the first few."""
    rows = conn.all(
        f"SELECT {_ENTRY} FROM audit WHERE {_SINCE} ORDER BY id DESC LIMIT :most OFFSET :after",
        cohort=cohort_id,
        since=wanted.begins,
        most=most,
        after=after,
    )
    return [*map(_entry, rows)]


def cohorts_before(conn: Conn, before: datetime) -> list[int]:
    """The ids of the cohorts with entries from before an instant."""
    rows = conn.all(
        "SELECT c.id FROM cohort c WHERE EXISTS"
        " (SELECT 1 FROM audit a WHERE a.cohort_id = c.id AND a.at < :before)",
        before=before,
    )
    return [row["id"] for row in rows]


def prune(conn: Conn, cohort_id: int, now: datetime, keep: timedelta, most: int) -> int:
    """Delete a cohort's entries that are older than `keep`, at most so many. Returns how many went."""
    return conn.run(
        "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE cohort_id = :cohort AND at < :before"
        " ORDER BY id LIMIT :most)",
        cohort=cohort_id,
        before=now - keep,
        most=most,
    )
