"""Who is in a cohort, and with which role: the statements on memberships."""

from collections.abc import Sequence
from datetime import datetime

from core.cohorts import home_pages
from core.cohorts.model import Cohort, Member
from core.store.port import Conn, Row

_MEMBER = "m.id, m.cohort_id, m.person_id, m.name, m.organizer, m.mentor, p.zone"

MEMBERS = (
    "(SELECT m.id, m.cohort_id, m.person_id, m.left_at, m.name, p.away_from, p.away_until"
    " FROM member m JOIN person p ON p.id = m.person_id)"
)
"""Memberships with their people, also those that ended, for a JOIN in another package's query."""


def name_sql(member_id: str) -> str:
    """A column for another package's query: the name of the member whose id stands in the column `member_id`,
    NULL where there is none."""
    return f"(SELECT m.name FROM member m WHERE m.id = {member_id})"


def present_sql(member_id: str) -> str:
    """A condition for another package's query: the member whose id stands in the column `member_id` has not
    left the cohort."""
    return f"EXISTS (SELECT 1 FROM member m WHERE m.id = {member_id} AND m.left_at IS NULL)"


def as_member(row: Row) -> Member:
    """A row of the member's columns."""
    return Member(
        row["id"],
        row["cohort_id"],
        row["person_id"],
        row["name"],
        bool(row["organizer"]),
        bool(row["mentor"]),
        row["zone"],
    )


def member_of(conn: Conn, cohort_id: int, person_id: int) -> Member | None:
    """Somebody's membership, if they have not left."""
    row = conn.one(
        f"SELECT {_MEMBER} FROM member m JOIN person p ON p.id = m.person_id "
        "WHERE m.cohort_id = :cohort AND m.person_id = :person AND m.left_at IS NULL",
        cohort=cohort_id,
        person=person_id,
    )
    return as_member(row) if row else None


def by_id(conn: Conn, cohort_id: int, member_id: int) -> Member | None:
    """A membership by its id, if it has not ended."""
    row = conn.one(
        f"SELECT {_MEMBER} FROM member m JOIN person p ON p.id = m.person_id "
        "WHERE m.cohort_id = :cohort AND m.id = :id AND m.left_at IS NULL",
        cohort=cohort_id,
        id=member_id,
    )
    return as_member(row) if row else None


def mentors(conn: Conn, cohort_id: int) -> set[int]:
    """The ids of a cohort's mentors."""
    rows = conn.all(
        "SELECT id FROM member WHERE cohort_id = :cohort AND mentor = 1 AND left_at IS NULL", cohort=cohort_id
    )
    return {row["id"] for row in rows}


def members(conn: Conn, cohort_id: int) -> Sequence[Member]:
    """Everybody who is in a cohort now, by name."""
    rows = conn.all(
        f"SELECT {_MEMBER} FROM member m JOIN person p ON p.id = m.person_id "
        "WHERE m.cohort_id = :cohort AND m.left_at IS NULL",
        cohort=cohort_id,
    )
    # Sorted here: the engines order letters differently.
    return sorted(map(as_member, rows), key=lambda each: (each.name.casefold(), each.id))


def count(conn: Conn, cohort_id: int) -> int:
    """How many members a cohort has now."""
    return int(
        conn.value(
            "SELECT count(*) FROM member WHERE cohort_id = :cohort AND left_at IS NULL", cohort=cohort_id
        )
    )


def zones(conn: Conn, cohort: Cohort) -> list[str]:
    """The time zones in which members of a cohort live."""
    rows = conn.all(
        "SELECT DISTINCT p.zone FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.cohort_id = :cohort AND m.left_at IS NULL",
        cohort=cohort.id,
    )
    return sorted({row["zone"] or cohort.zone for row in rows})


def has_organizer(conn: Conn, cohort_id: int) -> bool:
    """Whether anybody may configure the cohort."""
    found = conn.value(
        "SELECT 1 FROM member WHERE cohort_id = :cohort AND organizer = 1 AND left_at IS NULL",
        cohort=cohort_id,
    )
    return found is not None


def set_organizer(conn: Conn, member_id: int, on: bool) -> None:
    """Give a member the organizer's role, or take it."""
    conn.run(
        "UPDATE member SET organizer = :on, organizer_through = NULL WHERE id = :id AND cohort_id = :cohort",
        on=int(on),
        id=member_id,
    )


def set_mentor(conn: Conn, member_id: int, on: bool) -> None:
    """Give a member the mentor's role, or take it."""
    conn.run(
        "UPDATE member SET mentor = :on, mentor_through = NULL WHERE id = :id AND cohort_id = :cohort",
        on=int(on),
        id=member_id,
    )


def set_removed(conn: Conn, member_id: int, at: datetime | None) -> None:
    """Note that an organizer removed somebody; None where one let them in again."""
    conn.run("UPDATE member SET removed_at = :at WHERE id = :id AND cohort_id = :cohort", at=at, id=member_id)


def was_removed(conn: Conn, cohort_id: int, person_id: int) -> bool:
    """Whether an organizer removed somebody, who cannot come back by themselves then."""
    found = conn.value(
        "SELECT 1 FROM member WHERE cohort_id = :cohort AND person_id = :person AND removed_at IS NOT NULL",
        cohort=cohort_id,
        person=person_id,
    )
    return found is not None


def joined(conn: Conn, cohort_id: int) -> dict[int, datetime]:
    """When each member of a cohort joined, by the member's id."""
    rows = conn.all(
        "SELECT id, joined_at FROM member WHERE cohort_id = :cohort AND left_at IS NULL", cohort=cohort_id
    )
    return {row["id"]: row["joined_at"] for row in rows}


def joined_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> list[tuple[int, str]]:
    """Who joined in a period and is in the cohort yet, by name: the member's id and name."""
    rows = conn.all(
        "SELECT id, name FROM member WHERE cohort_id = :cohort AND joined_at > :since AND joined_at <= :until"
        " AND left_at IS NULL",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return sorted(((row["id"], row["name"]) for row in rows), key=lambda each: (each[1].casefold(), each[0]))


def person_of(conn: Conn, member_id: int) -> int:
    """The person of a membership, also of one that has ended; -1 where there is none."""
    found: int | None = conn.value(
        "SELECT person_id FROM member WHERE id = :id AND cohort_id = :cohort", id=member_id
    )
    return -1 if found is None else found


def name(conn: Conn, member_id: int) -> str:
    """What a member is called, also one who has left; empty where there is none."""
    return conn.value("SELECT name FROM member WHERE id = :id AND cohort_id = :cohort", id=member_id) or ""


def end_membership(conn: Conn, member_id: int, now: datetime) -> None:
    """Note that a member has left; their roles end with it."""
    conn.run(
        "UPDATE member SET left_at = :now, organizer = 0, mentor = 0, organizer_through = NULL, mentor_through = NULL"
        " WHERE id = :id AND cohort_id = :cohort",
        now=now,
        id=member_id,
    )
    home_pages.end_of_member(conn, member_id)
