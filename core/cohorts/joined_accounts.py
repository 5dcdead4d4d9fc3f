"""One person's two accounts: joined, and taken apart again. Plain SQL.

Joining hands the second account to the person of the first. Where both are members of a cohort, the second membership
becomes part of the first: its records move there, and each is written down, so that they can go back. Of two records that
only one can have, such as check-ins of one day, the first account's counts and the other waits where it is. Where the
second alone is a member, the membership is the person's as it is.

Taken apart, each account is what it was: the memberships and records that it brought are its own again. What was written
while they were one stays with the first account, because nobody can say which of the two it belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.chat.model import Person
from core.cohorts import home_pages
from core.store import references
from core.store.port import Conn, Row
from core.store.scoped import across

_OWN = ("account_link_member", "account_link_record")


@dataclass(frozen=True, slots=True)
class AccountLink:
    """Two accounts of one person: the one that was joined, the instant, and who each of them was."""

    id: int
    person_id: int
    former_id: int
    account: Person
    at: datetime


@dataclass(frozen=True, slots=True)
class Joining:
    """What joining two persons would do, or did: the cohorts in which both are members, and how many records of the second
    wait because the first has such a record."""

    cohorts: tuple[str, ...]
    waiting: int = 0


def accounts_of(conn: Conn, person_id: int) -> list[Person]:
    """All accounts of a person."""
    rows = conn.all(
        "SELECT a.platform, a.workspace, a.user_id, p.name FROM account a JOIN person p ON p.id = a.person_id"
        " WHERE a.person_id = :person ORDER BY a.platform, a.workspace, a.user_id",
        person=person_id,
    )
    return [Person(row["platform"], row["workspace"], row["user_id"], row["name"]) for row in rows]


def person_name(conn: Conn, person_id: int) -> str:
    """What a person was called last; empty where there is none."""
    return conn.value("SELECT name FROM person WHERE id = :id", id=person_id) or ""


def formers(conn: Conn, person_id: int) -> list[int]:
    """Who the accounts were before that were joined to a person's first one."""
    rows = conn.all(
        "SELECT former_id FROM account_link WHERE person_id = :person ORDER BY id", person=person_id
    )
    return [row["former_id"] for row in rows]


def all_of(conn: Conn, person_id: int) -> list[int]:
    """Everybody who is one person by accounts that were joined: whose these are now, and who each of them was before."""
    found: int | None = conn.value(
        "SELECT person_id FROM account_link WHERE former_id = :person LIMIT 1", person=person_id
    )
    whose = person_id if found is None else found
    return [whose, *formers(conn, whose)]


def link_of(conn: Conn, person_id: int) -> AccountLink | None:
    """The account that was joined to a person's first one, if any."""
    row = conn.one(
        "SELECT * FROM account_link WHERE person_id = :person ORDER BY id LIMIT 1", person=person_id
    )
    if row is None:
        return None
    name = person_name(conn, row["former_id"])
    account = Person(row["platform"], row["workspace"], row["user_id"], name)
    return AccountLink(row["id"], row["person_id"], row["former_id"], account, row["at"])


def removed_from(conn: Conn, first: int, second: int) -> str | None:
    """A cohort from which one of two persons was removed and in which the other is; None where there is none. Joining
    them would be a way back that no organizer opened."""
    name: str | None = across(conn).value(
        "SELECT c.name FROM member a JOIN member b ON b.cohort_id = a.cohort_id AND b.person_id = :second"
        " JOIN cohort c ON c.id = a.cohort_id WHERE a.person_id = :first"
        " AND ((a.removed_at IS NOT NULL AND b.left_at IS NULL) OR (b.removed_at IS NOT NULL AND a.left_at IS NULL))"
        " ORDER BY c.id LIMIT 1",
        first=first,
        second=second,
    )
    return name


def shared_cohorts(conn: Conn, first: int, second: int) -> tuple[str, ...]:
    """The names of the cohorts in which two persons are members."""
    rows = across(conn).all(
        "SELECT c.name FROM member a JOIN member b ON b.cohort_id = a.cohort_id AND b.person_id = :second"
        " JOIN cohort c ON c.id = a.cohort_id WHERE a.person_id = :first AND a.left_at IS NULL"
        " AND b.left_at IS NULL ORDER BY c.id",
        first=first,
        second=second,
    )
    return tuple(row["name"] for row in rows)


def join(conn: Conn, person_id: int, account: Person, now: datetime) -> Joining:
    """Hand an account, the only one of its person, to another person, with all that it is and has in cohorts."""
    conn = across(conn)
    former: int = conn.value(
        "SELECT person_id FROM account WHERE platform = :platform AND workspace = :workspace AND user_id = :user",
        **_key(account),
    )
    cohorts = shared_cohorts(conn, person_id, former)
    link = conn.insert(
        "INSERT INTO account_link (person_id, former_id, platform, workspace, user_id, at)"
        " VALUES (:person, :former, :platform, :workspace, :user, :now)",
        person=person_id,
        former=former,
        now=now,
        **_key(account),
    )
    conn.run(
        "UPDATE account SET person_id = :person WHERE platform = :platform AND workspace = :workspace"
        " AND user_id = :user",
        person=person_id,
        **_key(account),
    )
    waiting = 0
    for row in conn.all("SELECT * FROM member WHERE person_id = :former ORDER BY id", former=former):
        mine = conn.one(
            "SELECT * FROM member WHERE cohort_id = :cohort AND person_id = :person",
            cohort=row["cohort_id"],
            person=person_id,
        )
        if mine is None:
            _note_member(conn, link, row, None)
            conn.run("UPDATE member SET person_id = :person WHERE id = :id", person=person_id, id=row["id"])
        else:
            waiting += _merge(conn, link, row, mine, now)
    return Joining(cohorts, waiting)


def _merge(conn: Conn, link: int, row: Row, mine: Row, now: datetime) -> int:
    """Make one membership part of another. Returns how many of its records stay where they are."""
    _note_member(conn, link, row, mine)
    if row["left_at"] is None:
        # Whoever left with the first account is a member through the second one.
        conn.run(
            "UPDATE member SET left_at = NULL, organizer = CASE WHEN organizer = 1 OR :organizer = 1 THEN 1 ELSE 0 END,"
            " mentor = CASE WHEN mentor = 1 OR :mentor = 1 THEN 1 ELSE 0 END WHERE id = :id",
            organizer=_given(row, "organizer"),
            mentor=_given(row, "mentor"),
            id=mine["id"],
        )
        conn.run(
            "UPDATE member SET left_at = :now, organizer = 0, mentor = 0 WHERE id = :id",
            now=now,
            id=row["id"],
        )
        home_pages.end_of_member(conn, row["id"])
    elif row["removed_at"] is not None:
        conn.run(
            "UPDATE member SET removed_at = :at WHERE id = :id AND left_at IS NOT NULL",
            at=row["removed_at"],
            id=mine["id"],
        )
    left = 0
    for each in _references(conn):
        moved = references.move(conn, each, row["id"], mine["id"])
        left += moved.left
        for key in moved.keys:
            conn.run(
                "INSERT INTO account_link_record (link_id, cohort_id, member_id, record_table, record_column,"
                " record_key) VALUES (:link, :cohort, :member, :table, :column, :key)",
                link=link,
                cohort=row["cohort_id"],
                member=row["id"],
                table=each.table,
                column=each.column,
                key=key,
            )
    return left


def _references(conn: Conn) -> list[references.Reference]:
    return [each for each in references.references(conn, "member") if each.table not in _OWN]


def _given(row: Row, role: str) -> int:
    """Whether a person gave a member a role: one that comes through a role of the platform follows its account by itself."""
    return int(bool(row[role]) and row[f"{role}_through"] is None)


def _note_member(conn: Conn, link: int, row: Row, mine: Row | None) -> None:
    active = row["left_at"] is None
    gave = {
        role: mine is not None and active and _given(row, role) > mine[role]
        for role in ("organizer", "mentor")
    }
    conn.run(
        "INSERT INTO account_link_member (link_id, cohort_id, member_id, into_id, active, organizer, mentor,"
        " gave_organizer, gave_mentor) VALUES (:link, :cohort, :member, :into, :active, :organizer, :mentor,"
        " :gave_organizer, :gave_mentor)",
        link=link,
        cohort=row["cohort_id"],
        member=row["id"],
        into=mine["id"] if mine is not None else None,
        active=active,
        organizer=row["organizer"],
        mentor=row["mentor"],
        gave_organizer=gave["organizer"],
        gave_mentor=gave["mentor"],
    )


def separate(conn: Conn, link: AccountLink, now: datetime) -> None:
    """Undo `join`: the account is its former person's again, with what it brought."""
    conn = across(conn)
    conn.run(
        "UPDATE account SET person_id = :former WHERE platform = :platform AND workspace = :workspace"
        " AND user_id = :user",
        former=link.former_id,
        **_key(link.account),
    )
    by_name = {(each.table, each.column): each for each in _references(conn)}
    rows = conn.all(
        "SELECT * FROM account_link_member WHERE link_id = :link ORDER BY member_id", link=link.id
    )
    for row in rows:
        if row["into_id"] is None:
            conn.run(
                "UPDATE member SET person_id = :former WHERE id = :id",
                former=link.former_id,
                id=row["member_id"],
            )
            home_pages.end_of_member(conn, row["member_id"])
        else:
            _part(conn, link, row, by_name, now)
    conn.run("DELETE FROM account_link WHERE id = :id", id=link.id)


def _part(
    conn: Conn,
    link: AccountLink,
    row: Row,
    by_name: Mapping[tuple[str, str], references.Reference],
    now: datetime,
) -> None:
    """Let a membership that became part of another be one of its own again. Where the other one has ended since, by
    whom ever, this one has ended too: taking accounts apart is no way back into a cohort."""
    into = conn.one("SELECT * FROM member WHERE id = :id", id=row["into_id"])
    there = into is not None and into["left_at"] is None and bool(row["active"])
    has = {role: there and row[role] and into[role] for role in ("organizer", "mentor")} if into else {}
    conn.run(
        "UPDATE member SET left_at = CASE WHEN :there = 1 THEN NULL ELSE left_at END, removed_at = :removed,"
        " organizer = :organizer, mentor = :mentor WHERE id = :id",
        there=there,
        removed=into["removed_at"] if into is not None else now,
        organizer=bool(has.get("organizer")),
        mentor=bool(has.get("mentor")),
        id=row["member_id"],
    )
    for role in ("organizer", "mentor"):
        if row[f"gave_{role}"]:
            conn.run(f"UPDATE member SET {role} = 0 WHERE id = :id", id=row["into_id"])
    records = conn.all(
        "SELECT record_table, record_column, record_key FROM account_link_record WHERE link_id = :link"
        " AND member_id = :member",
        link=link.id,
        member=row["member_id"],
    )
    for each in records:
        reference = by_name.get((each["record_table"], each["record_column"]))
        if reference is not None and row["into_id"] is not None:
            references.move_back(conn, reference, [each["record_key"]], row["member_id"], row["into_id"])


def _key(account: Person) -> dict[str, str]:
    return {"platform": account.platform, "workspace": account.workspace, "user": account.id}
