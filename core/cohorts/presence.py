"""Whether an account is still where its cohort lives: the port through which a platform is asked, and what the core
asks about. Adapters implement the port; what follows from an answer is in `core.commands.proofs`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.chat.model import Person, Place
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.store.port import Conn


class AccountState(StrEnum):
    """What a platform says of an account and the home channels of a cohort."""

    INSIDE = "inside"
    """In the server or workspace and, where every home channel is private, in one of these."""
    GUEST = "guest"
    """The same, but the workspace treats it as a guest. A guest is in a home channel."""
    OUTSIDE = "outside"
    """Not there: left, removed, banned, or of another organisation."""
    DEACTIVATED = "deactivated"
    BOT = "bot"
    UNKNOWN = "unknown"
    """The platform does not say just now, or the bot itself is out."""

    @property
    def is_there(self) -> bool:
        """Whether the account was found inside."""
        return self in (AccountState.INSIDE, AccountState.GUEST)

    @property
    def is_gone(self) -> bool:
        """Whether the account certainly is no member's any more."""
        return self in (AccountState.OUTSIDE, AccountState.DEACTIVATED, AccountState.BOT)


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """The state of an account, and what it is called there; empty where that is not known."""

    state: AccountState
    name: str = ""
    handle: str = ""


class AccountLookup(Protocol):
    """One platform, asked about its accounts."""

    async def look_up(self, user: str, homes: Sequence[Place]) -> AccountFacts:
        """What it says of an account and the home channels of a cohort on that platform, no older than
        `core.commands.proofs.PROOF`. A home without an id stands for its whole workspace. Never raises: what cannot
        be found out is UNKNOWN."""
        ...


@dataclass(frozen=True, slots=True)
class Belonging:
    """A cohort, its home channels on the platform of an account, and the id of the account's membership there, None
    for somebody who is not in it."""

    cohort: Cohort
    homes: tuple[Place, ...]
    member_id: int | None


def belonging(conn: Conn, account: Person, cohort_id: int) -> Belonging | None:
    """What there is to know before the platform is asked about an account; None where there is no such cohort."""
    cohort = directory.cohort(conn, cohort_id)
    if cohort is None:
        return None
    person_id = directory.person_of(conn, account)
    member = directory.member_of(conn, cohort_id, person_id) if person_id is not None else None
    return Belonging(cohort, homes(conn, cohort_id, account.platform), member.id if member else None)


def homes(conn: Conn, cohort_id: int, platform: str) -> tuple[Place, ...]:
    """A cohort's home channels on a platform, closed ones too; where it has none there, its other channels, and where
    it has no channel at all, its workspaces as places without an id."""
    rows = conn.all(
        "SELECT DISTINCT pl.id, pl.workspace, pl.channel, pl.name, CASE WHEN pu.name = 'home' THEN 1 ELSE 0 END"
        " AS home FROM place pl JOIN purpose pu ON pu.place_id = pl.id AND pu.cohort_id = pl.cohort_id"
        " WHERE pl.cohort_id = :cohort AND pl.platform = :platform ORDER BY pl.id",
        cohort=cohort_id,
        platform=platform,
    )
    found = [row for row in rows if row["home"]] or rows
    if not found:
        left = conn.all(
            "SELECT DISTINCT workspace FROM place WHERE cohort_id = :cohort AND platform = :platform",
            cohort=cohort_id,
            platform=platform,
        )
        return tuple(Place(platform, row["workspace"], "") for row in left)
    return tuple(Place(platform, row["workspace"], row["channel"], name=row["name"]) for row in found)


def accounts(conn: Conn, cohort_id: int, person_id: int) -> list[Person]:
    """A person's accounts on the platforms, and in the workspaces, that a cohort has channels in."""
    rows = conn.all(
        "SELECT a.platform, a.workspace, a.user_id FROM account a WHERE a.person_id = :person AND EXISTS"
        " (SELECT 1 FROM place pl WHERE pl.cohort_id = :cohort AND pl.platform = a.platform"
        " AND a.workspace IN ('', pl.workspace)) ORDER BY a.platform, a.workspace, a.user_id",
        cohort=cohort_id,
        person=person_id,
    )
    return [Person(row["platform"], row["workspace"], row["user_id"], "") for row in rows]


def account_ids(conn: Conn, cohort_id: int, platform: str) -> frozenset[str]:
    """The ids that everybody who is or was in a cohort has on a platform."""
    rows = conn.all(
        "SELECT a.user_id FROM member m JOIN account a ON a.person_id = m.person_id"
        " WHERE m.cohort_id = :cohort AND a.platform = :platform",
        cohort=cohort_id,
        platform=platform,
    )
    return frozenset(row["user_id"] for row in rows)


def unchecked(conn: Conn, platform: str, before: datetime, most: int) -> list[tuple[Person, int]]:
    """Accounts of members, with the ids of their cohorts, about which the platform was not asked since an instant;
    those that were asked about least recently come first."""
    rows = conn.all(
        "SELECT a.platform, a.workspace, a.user_id, m.cohort_id FROM account a"
        " JOIN member m ON m.person_id = a.person_id AND m.left_at IS NULL JOIN cohort c ON c.id = m.cohort_id"
        " WHERE a.platform = :platform AND (a.checked_at IS NULL OR a.checked_at < :before)"
        " AND c.archived_at IS NULL AND c.suspended_at IS NULL AND EXISTS (SELECT 1 FROM place pl"
        " WHERE pl.cohort_id = c.id AND pl.platform = a.platform AND a.workspace IN ('', pl.workspace))"
        " ORDER BY coalesce(a.checked_at, 0), m.id LIMIT :most",
        platform=platform,
        before=before,
        most=most,
    )
    return [(Person(row["platform"], row["workspace"], row["user_id"], ""), row["cohort_id"]) for row in rows]


def mark_checked(conn: Conn, checked: Sequence[Person], now: datetime) -> None:
    """Note that the platform was asked about accounts."""
    for each in checked:
        conn.run(
            "UPDATE account SET checked_at = :now WHERE platform = :platform AND workspace = :workspace"
            " AND user_id = :user",
            now=now,
            platform=each.platform,
            workspace=each.workspace,
            user=each.id,
        )
