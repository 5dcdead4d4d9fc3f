"""Who calls and where: the way from accounts and channels to people, cohorts and memberships.

What else there is to ask of a cohort is in `members`, `places`, `people` and `settings` beside this; of that,
what the packages above need most can be imported from here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from core.chat.model import Person, Place
from core.clock import local_date
from core.cohorts import names, people
from core.cohorts.members import has_organizer as has_organizer
from core.cohorts.members import member_of as member_of
from core.cohorts.members import members as members
from core.cohorts.members import zones as zones
from core.cohorts.model import Cohort, Member
from core.cohorts.people import is_away
from core.cohorts.places import SERVES, channels_for
from core.cohorts.places import fallback_channel as fallback_channel
from core.cohorts.places import places_for as places_for
from core.cohorts.settings import next_number as next_number
from core.cohorts.settings import setting as setting
from core.store.port import Conn, Row
from core.store.scoped import across

_COHORT = "c.id, c.name, c.zone, c.starts_on, c.ends_on"
_LIVE = "c.archived_at IS NULL AND c.suspended_at IS NULL"


def as_cohort(row: Row) -> Cohort:
    """A row of the cohort's columns."""
    return Cohort(row["id"], row["name"], row["zone"], row["starts_on"], row["ends_on"])


def cohort(conn: Conn, cohort_id: int) -> Cohort | None:
    """A cohort by its id, archived and suspended ones too."""
    row = conn.one(f"SELECT {_COHORT} FROM cohort c WHERE c.id = :id", id=cohort_id)
    return as_cohort(row) if row else None


def is_live(conn: Conn, cohort_id: int) -> bool:
    """Whether a cohort is neither archived nor suspended."""
    return conn.value(f"SELECT 1 FROM cohort c WHERE c.id = :id AND {_LIVE}", id=cohort_id) is not None


def cohort_of_place(conn: Conn, place: Place) -> Cohort | None:
    """The live cohort that a channel, or a thread's channel, belongs to."""
    row = conn.one(
        f"SELECT {_COHORT} FROM place pl JOIN cohort c ON c.id = pl.cohort_id "
        f"WHERE pl.platform = :platform AND pl.workspace = :workspace AND pl.channel = :channel AND {_LIVE}"
        f" AND {SERVES}",
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
    )
    return as_cohort(row) if row else None


def cohort_in_reach(conn: Conn, cohort_id: int, place: Place, person_id: int | None) -> Cohort | None:
    """A live cohort by its id, if `place` is one of its channels or the person is its member.

    This is what keeps a forged id from reaching another cohort.
    """
    row = conn.one(
        f"SELECT {_COHORT} FROM cohort c WHERE c.id = :id AND {_LIVE} AND ("
        "EXISTS (SELECT 1 FROM place pl WHERE pl.cohort_id = c.id AND pl.platform = :platform"
        f" AND pl.workspace = :workspace AND pl.channel = :channel AND {SERVES})"
        " OR EXISTS (SELECT 1 FROM member m WHERE m.cohort_id = c.id AND m.person_id = :person"
        " AND m.left_at IS NULL))",
        id=cohort_id,
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
        person=-1 if person_id is None else person_id,
    )
    return as_cohort(row) if row else None


def cohorts_of_person(conn: Conn, person_id: int, place: Place) -> list[Cohort]:
    """The live cohorts somebody is in that have a channel in the place's workspace; in a direct message
    that belongs to no workspace, on its platform. A cohort whose last channel was freed is anywhere, so that its
    organizers can choose another one."""
    rows = across(conn).all(
        f"SELECT DISTINCT {_COHORT} FROM member m JOIN cohort c ON c.id = m.cohort_id "
        f"LEFT JOIN place pl ON pl.cohort_id = c.id AND {SERVES} "
        f"WHERE m.person_id = :person AND m.left_at IS NULL AND {_LIVE} AND (pl.id IS NULL OR "
        "(pl.platform = :platform AND (pl.workspace = :workspace OR :workspace = ''))) ORDER BY c.id",
        person=person_id,
        platform=place.platform,
        workspace=place.workspace,
    )
    return [as_cohort(row) for row in rows]


def cohorts_ever(conn: Conn, person_id: int) -> list[Cohort]:
    """Every cohort that somebody is or was in, those that have ended too."""
    rows = across(conn).all(
        f"SELECT {_COHORT} FROM member m JOIN cohort c ON c.id = m.cohort_id WHERE m.person_id = :person ORDER BY c.id",
        person=person_id,
    )
    return [as_cohort(row) for row in rows]


def cohorts_of_workspace(conn: Conn, platform: str, workspace: str) -> list[Cohort]:
    """The live cohorts with a channel in a workspace."""
    rows = conn.all(
        f"SELECT DISTINCT {_COHORT} FROM cohort c JOIN place pl ON pl.cohort_id = c.id "
        f"WHERE pl.platform = :platform AND pl.workspace = :workspace AND {_LIVE} AND {SERVES} "
        "ORDER BY c.id",
        platform=platform,
        workspace=workspace,
    )
    return [as_cohort(row) for row in rows]


def person_of(conn: Conn, person: Person) -> int | None:
    """The id of the person behind an account, if the bot knows it."""
    row = conn.one(
        "SELECT person_id FROM account WHERE platform = :platform AND workspace = :workspace"
        " AND user_id = :user",
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
    )
    return row["person_id"] if row else None


def account_of(conn: Conn, person_id: int, like: Person) -> str | None:
    """The id of a person's account on the platform, and in the workspace, of the account `like`."""
    row = conn.one(
        "SELECT user_id FROM account WHERE person_id = :person AND platform = :platform"
        " AND workspace = :workspace ORDER BY user_id",
        person=person_id,
        platform=like.platform,
        workspace=like.workspace,
    )
    return row["user_id"] if row else None


def is_orphaned(conn: Conn, cohort_id: int) -> bool:
    """Whether a cohort has no organizer, or no home channel that is open, so that its organizers may not be able to
    prove that they are still there. Who manages its workspace may set it right then."""
    homes = channels_for(conn, cohort_id, "home")
    return not has_organizer(conn, cohort_id) or all(each.closed is not None for each in homes)


class CallerContext(NamedTuple):
    """Who calls and where: the person behind the account, the live cohort of the channel, their membership
    there, and whether their direct messages are closed to the bot."""

    person_id: int | None
    cohort: Cohort | None
    member: Member | None
    closed: bool


def caller_context(conn: Conn, person: Person, place: Place) -> CallerContext:
    """What every call asks first, in one query. The same as `person_of`, `cohort_of_place` and `member_of`."""
    row = conn.one(
        f"SELECT a.person_id AS known, a.closed_reason, {_COHORT}, m.id AS member_id, m.organizer, m.mentor,"
        " m.name AS member_name, p.zone AS member_zone FROM (SELECT 1 AS yes) AS here"
        " LEFT JOIN account a ON a.platform = :account_platform AND a.workspace = :account_workspace"
        " AND a.user_id = :user"
        " LEFT JOIN place pl ON pl.platform = :platform AND pl.workspace = :workspace"
        f" AND pl.channel = :channel AND {SERVES}"
        f" LEFT JOIN cohort c ON c.id = pl.cohort_id AND {_LIVE}"
        " LEFT JOIN member m ON m.cohort_id = c.id AND m.person_id = a.person_id AND m.left_at IS NULL"
        " LEFT JOIN person p ON p.id = m.person_id",
        account_platform=person.platform,
        account_workspace=person.workspace,
        user=person.id,
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
    )
    assert row is not None  # noqa: S101 - the row of (SELECT 1) is always there
    known, closed = row["known"], row["closed_reason"] is not None
    if row["id"] is None:
        return CallerContext(known, None, None, closed)
    cohort = as_cohort(row)
    if row["member_id"] is None:
        return CallerContext(known, cohort, None, closed)
    roles = bool(row["organizer"]), bool(row["mentor"])
    member = Member(row["member_id"], cohort.id, known, row["member_name"], *roles, row["member_zone"])
    return CallerContext(known, cohort, member, closed)


def ensure_person(conn: Conn, person: Person, now: datetime) -> int:
    """The id of the person behind an account; made when the account is new. Their name is kept where it holds,
    see `core.cohorts.names`."""
    if (known := person_of(conn, person)) is not None:
        names.follow(conn, known, person)
        return known
    name = names.name_of(person)
    person_id = conn.insert("INSERT INTO person (name, created_at) VALUES (:name, :now)", name=name, now=now)
    conn.run(
        "INSERT INTO account (platform, workspace, user_id, person_id)"
        " VALUES (:platform, :workspace, :user, :person)",
        platform=person.platform,
        workspace=person.workspace,
        user=person.id,
        person=person_id,
    )
    names.follow(conn, person_id, person)
    return person_id


def add_member(conn: Conn, cohort_id: int, person_id: int, now: datetime, *, organizer: bool = False) -> bool:
    """Make somebody a member. True if that changed anything. An earlier membership is taken up again, its
    roles are not: who was removed as an organizer does not become one by joining again."""
    changed = conn.run(
        "INSERT INTO member (cohort_id, person_id, organizer, joined_at)"
        " VALUES (:cohort, :person, :organizer, :now)"
        " ON CONFLICT (cohort_id, person_id) DO UPDATE SET left_at = NULL, removed_at = NULL,"
        " organizer = CASE WHEN member.left_at IS NULL AND member.organizer = 1 THEN 1"
        " ELSE excluded.organizer END,"
        " mentor = CASE WHEN member.left_at IS NULL THEN member.mentor ELSE 0 END"
        " WHERE member.left_at IS NOT NULL OR excluded.organizer > member.organizer",
        cohort=cohort_id,
        person=person_id,
        organizer=int(organizer),
        now=now,
    )
    new = conn.one(
        "SELECT m.id, p.name FROM member m JOIN person p ON p.id = m.person_id"
        " WHERE m.cohort_id = :cohort AND m.person_id = :person AND m.called = ''",
        cohort=cohort_id,
        person=person_id,
    )
    if new is not None:
        names.rename(conn, cohort_id, new["id"], new["name"])
    return changed > 0


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account through which a member is reached; `zone` is the member's own, if known. `fallback_channel` is None
    where direct messages arrive; where they are closed, what `fallback_channel` gives."""

    person_id: int
    platform: str
    workspace: str
    user_id: str
    zone: str | None
    fallback_channel: str | None = None


def recipients(
    conn: Conn,
    cohort: Cohort,
    now: datetime,
    *,
    organizers: bool = False,
    only: int | None = None,
    among: int | None = None,
    notice: people.NoticeKind | None = None,
) -> list[Recipient]:
    """One account for each member who may be written to now: not away, reminders on, and on a platform where
    the cohort has a channel; one that takes direct messages rather than one that does not. Who switched the kind `notice`
    off is left out. With
    `organizers`, only they, and whether away or not; with `only`, that member, about what they asked for themselves; with `among`,
    that member where they are among those who may be written to now."""
    rows = conn.all(
        "SELECT m.person_id, a.platform, a.workspace, a.user_id, a.closed_reason, p.zone, p.away_from, p.away_until,"
        " p.reminders"
        " FROM member m JOIN person p ON p.id = m.person_id JOIN account a ON a.person_id = m.person_id"
        " WHERE m.cohort_id = :cohort AND m.left_at IS NULL"
        " AND (:only = 0 OR m.id = :only)"
        " AND (:organizers = 0 OR m.organizer = 1) AND EXISTS (SELECT 1 FROM place pl"
        " WHERE pl.cohort_id = m.cohort_id AND pl.platform = a.platform AND a.workspace IN ('', pl.workspace)"
        f" AND {SERVES})"
        f" AND (:notice = '' OR NOT {people.unwanted_sql('m.person_id')})"
        " ORDER BY m.id, CASE WHEN a.closed_reason IS NULL THEN 0 ELSE 1 END, a.platform",
        cohort=cohort.id,
        organizers=int(organizers),
        only=only or among or 0,
        notice=notice.key if notice is not None else "",
        asked_for=int(notice is not None and notice.asked_for),
    )
    found: dict[int, Recipient] = {}
    for row in rows:
        today = local_date(now, row["zone"] or cohort.zone)
        away = is_away(row["away_from"], row["away_until"], today)
        if organizers or only is not None or (row["reminders"] and not away):
            where = row["platform"], row["workspace"]
            there = fallback_channel(conn, cohort.id, *where) if row["closed_reason"] is not None else None
            one = Recipient(row["person_id"], *where, row["user_id"], row["zone"], there)
            found.setdefault(one.person_id, one)
    return list(found.values())
