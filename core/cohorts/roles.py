"""Roles of a platform, such as Discord's, whose holders are mentors or organizers of a cohort. Plain SQL.

Which roles somebody holds is told with each call of theirs, and nowhere else: the bot reads no lists of members. So a
role begins and ends with a call. What a person gave is not touched by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.chat.model import Person
from core.cohorts.model import Member
from core.store.port import Conn

ROLES = ("organizer", "mentor")
"""The roles of a cohort."""


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A platform's role that gives one of the cohort's."""

    role_id: str
    role: str
    name: str


@dataclass(frozen=True, slots=True)
class RoleChange:
    """A role that a member gets, or loses, with this call; `name` is that of the platform's role."""

    role: str
    begins: bool
    through: str | None
    name: str


def grant(conn: Conn, cohort_id: int, where: Person, given: RoleGrant, now: datetime) -> bool:
    """Let the holders of a role of the server in which `where` speaks have a role. False where they have it already; then
    only its name is kept anew."""
    known = conn.run(
        f"UPDATE role_grant SET name = :name WHERE {_ONE}",
        name=given.name,
        **_key(cohort_id, where, given.role_id, given.role),
    )
    if known:
        return False
    conn.run(
        "INSERT INTO role_grant (cohort_id, platform, workspace, role_id, role, name, at)"
        " VALUES (:cohort, :platform, :workspace, :role_id, :role, :name, :now)",
        name=given.name,
        now=now,
        **_key(cohort_id, where, given.role_id, given.role),
    )
    return True


_ONE = (
    "cohort_id = :cohort AND platform = :platform AND workspace = :workspace AND role_id = :role_id"
    " AND role = :role"
)


def _key(cohort_id: int, where: Person, role_id: str, role: str) -> dict[str, object]:
    workspace = where.workspace if where.named_in is None else where.named_in
    return {
        "cohort": cohort_id,
        "platform": where.platform,
        "workspace": workspace,
        "role_id": role_id,
        "role": role,
    }


def revoke(conn: Conn, cohort_id: int, where: Person, role_id: str, role: str) -> list[int] | None:
    """Let a role give nothing any more. Returns the members who lose by it what it gave them; None where it gave
    nothing."""
    key = _key(cohort_id, where, role_id, role)
    if not conn.run(f"DELETE FROM role_grant WHERE {_ONE}", **key):
        return None
    rows = conn.all(
        f"UPDATE member SET {role} = 0, {role}_through = NULL WHERE cohort_id = :cohort"
        f" AND {role}_through = :through AND left_at IS NULL RETURNING id",
        cohort=cohort_id,
        through=role_id,
    )
    return [row["id"] for row in rows]


def grants(conn: Conn, cohort_id: int) -> Sequence[RoleGrant]:
    """The platforms' roles that give one of a cohort's."""
    rows = conn.all(
        "SELECT role_id, role, name FROM role_grant WHERE cohort_id = :cohort ORDER BY role, name, role_id",
        cohort=cohort_id,
    )
    return [RoleGrant(row["role_id"], row["role"], row["name"]) for row in rows]


def through(conn: Conn, cohort_id: int) -> dict[int, dict[str, str]]:
    """By member, the roles that they have through one of the platform's, with its name."""
    names = {(each.role, each.role_id): each.name for each in grants(conn, cohort_id)}
    rows = conn.all(
        "SELECT id, organizer_through, mentor_through FROM member WHERE cohort_id = :cohort AND left_at IS NULL"
        " AND (organizer_through IS NOT NULL OR mentor_through IS NOT NULL)",
        cohort=cohort_id,
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        for role in ROLES:
            if (by := row[f"{role}_through"]) is not None:
                found.setdefault(row["id"], {})[role] = names.get((role, by), "")
    return found


def changes(conn: Conn, member: Member, caller: Person) -> list[RoleChange]:
    """What a member gets or loses by the roles that their platform says they hold; nothing where it does not say."""
    if caller.roles is None:
        return []
    rows = conn.all(
        "SELECT m.organizer_through, m.mentor_through, g.role_id, g.role, g.name FROM member m"
        " LEFT JOIN role_grant g ON g.cohort_id = m.cohort_id AND g.platform = :platform AND g.workspace = :workspace"
        " WHERE m.id = :id AND m.cohort_id = :cohort ORDER BY g.role_id",
        id=member.id,
        cohort=member.cohort_id,
        platform=caller.platform,
        workspace=caller.workspace if caller.named_in is None else caller.named_in,
    )
    found = []
    for role, has in (("organizer", member.organizer), ("mentor", member.mentor)):
        given = {row["role_id"]: row["name"] for row in rows if row["role"] == role}
        held = next((each for each in given if each in caller.roles), None)
        by = rows[0][f"{role}_through"] if rows else None
        if held is not None and not has:
            found.append(RoleChange(role, True, held, given[held]))
        elif by is not None and by in given and held is None:
            found.append(RoleChange(role, False, None, given[by]))
        elif by is not None and by in given and held is not None and by not in caller.roles:
            found.append(RoleChange(role, True, held, given[held]))  # by another one now
    return found


def apply(conn: Conn, cohort_id: int, member_id: int, change: RoleChange) -> None:
    """Give a member what a role of the platform gives, or take it."""
    conn.run(
        f"UPDATE member SET {change.role} = :on, {change.role}_through = :through WHERE id = :id AND cohort_id = :cohort",
        on=int(change.begins),
        through=change.through,
        id=member_id,
        cohort=cohort_id,
    )
