"""The end of a cohort: archived, taken back for a while, and deleted for good after warnings. Plain SQL.

An archived cohort keeps its channels until another cohort takes one of them, so that it is whole where it is taken back.
Nothing is deleted without two warnings, however long the bot was away: the second comes `SECOND` before the deletion, and the
deletion is put off until then.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from core.chat.model import Place
from core.cohorts import joined_accounts, settings
from core.cohorts.directory import as_cohort
from core.cohorts.model import Cohort
from core.store.port import Conn, Row
from core.store.scoped import across

UNDO_FOR = timedelta(days=30)
"""How long an archived cohort can be taken back."""
KEEP, KEEP_DAYS = "keep-archived", "90"
"""The setting for how many days an archived cohort is kept, and the days where nothing was set."""
FIRST, SECOND = timedelta(days=30), timedelta(days=7)
"""How long before the deletion its warnings come."""

_COLUMNS = "c.id, c.name, c.zone, c.starts_on, c.ends_on, c.archived_at, c.deletes_at"


@dataclass(frozen=True, slots=True)
class ArchivedCohort:
    """A cohort that was archived, and when it is deleted."""

    cohort: Cohort
    at: datetime
    deletes_at: datetime

    @property
    def undo_until(self) -> datetime:
        """Until when it can be taken back."""
        return min(self.at + UNDO_FOR, self.deletes_at)


class EndStep(Enum):
    """What is due of an archived cohort."""

    WARN = "warn"
    DELETE = "delete"


def _archived(row: Row) -> ArchivedCohort:
    kept = row["deletes_at"] or row["archived_at"] + timedelta(days=int(KEEP_DAYS))
    return ArchivedCohort(as_cohort(row), row["archived_at"], kept)


def kept_days(conn: Conn, cohort_id: int) -> int:
    """For how many days a cohort is kept once it is archived."""
    return int(settings.setting(conn, cohort_id, KEEP, KEEP_DAYS))


def archive(conn: Conn, cohort_id: int, now: datetime) -> ArchivedCohort:
    """End a cohort: nothing is posted or taken any more, and its channels may become another one's."""
    settings.archive(conn, cohort_id, now)
    keep = timedelta(days=kept_days(conn, cohort_id))
    conn.run(
        "UPDATE cohort SET deletes_at = :deletes, ending_at = :first, warned = 0 WHERE id = :id",
        deletes=now + keep,
        first=max(now, now + keep - FIRST),
        id=cohort_id,
    )
    found = by_id(conn, cohort_id)
    assert found is not None  # noqa: S101 - it was archived in this transaction
    return found


def restore(conn: Conn, cohort_id: int) -> None:
    """Let an archived cohort go on, with the channels that no other one has taken. Its schedules have to be planned anew."""
    conn.run(
        "UPDATE cohort SET archived_at = NULL, deletes_at = NULL, ending_at = NULL, warned = 0 WHERE id = :id",
        id=cohort_id,
    )


def by_id(conn: Conn, cohort_id: int) -> ArchivedCohort | None:
    """An archived cohort by its id."""
    row = conn.one(
        f"SELECT {_COLUMNS} FROM cohort c WHERE c.id = :id AND c.archived_at IS NOT NULL", id=cohort_id
    )
    return _archived(row) if row else None


def of_place(conn: Conn, place: Place) -> ArchivedCohort | None:
    """The archived cohort that a channel belonged to, if no other one has taken it since."""
    row = conn.one(
        f"SELECT {_COLUMNS} FROM place pl JOIN cohort c ON c.id = pl.cohort_id WHERE pl.platform = :platform"
        " AND pl.workspace = :workspace AND pl.channel = :channel AND c.archived_at IS NOT NULL",
        platform=place.platform,
        workspace=place.workspace,
        channel=place.channel,
    )
    return _archived(row) if row else None


def of_person(conn: Conn, person_id: int, place: Place) -> list[ArchivedCohort]:
    """The archived cohorts that somebody was in when they were archived, and that lived in the workspace of a place, on its
    platform where it has none; those that lost all of their channels since are anywhere. The latest comes first."""
    rows = across(conn).all(
        f"SELECT {_COLUMNS} FROM member m JOIN cohort c ON c.id = m.cohort_id WHERE m.person_id = :person"
        " AND m.left_at IS NULL AND c.archived_at IS NOT NULL AND (EXISTS (SELECT 1 FROM place pl"
        " WHERE pl.cohort_id = c.id AND pl.platform = :platform"
        " AND (:workspace = '' OR pl.workspace = :workspace))"
        " OR NOT EXISTS (SELECT 1 FROM place pl WHERE pl.cohort_id = c.id)) ORDER BY c.archived_at DESC, c.id",
        person=person_id,
        platform=place.platform,
        workspace=place.workspace,
    )
    return [_archived(row) for row in rows]


def due(conn: Conn, now: datetime, most: int) -> Sequence[int]:
    """The archived cohorts of which a step is due."""
    rows = conn.all(
        "SELECT id FROM cohort WHERE ending_at IS NOT NULL AND ending_at <= :now ORDER BY ending_at LIMIT :most",
        now=now,
        most=most,
    )
    return [row["id"] for row in rows]


def step(conn: Conn, cohort_id: int, now: datetime) -> EndStep | None:
    """What is to be done with an archived cohort now; None where nothing is. A warning counts as given, and puts the
    deletion off where that would come too soon after it."""
    row = conn.one(
        f"SELECT {_COLUMNS}, c.warned FROM cohort c WHERE c.id = :id AND c.archived_at IS NOT NULL"
        " AND c.ending_at <= :now",
        id=cohort_id,
        now=now,
    )
    if row is None:
        return None
    if row["warned"] >= 2:
        return EndStep.DELETE
    ahead = FIRST if row["warned"] == 0 else SECOND
    deletes = max(_archived(row).deletes_at, now + ahead)
    conn.run(
        "UPDATE cohort SET warned = warned + 1, deletes_at = :deletes, ending_at = :next WHERE id = :id",
        deletes=deletes,
        next=deletes - SECOND if row["warned"] == 0 else deletes,
        id=cohort_id,
    )
    return EndStep.WARN


def delete(conn: Conn, cohort_id: int) -> None:
    """Delete a cohort with everything that belongs to it, and the people who are in no other one and were in none, with
    whichever of their joined accounts."""
    rows = conn.all("SELECT person_id FROM member WHERE cohort_id = :cohort", cohort=cohort_id)
    settings.remove_cohort(conn, cohort_id)
    for row in rows:
        one = joined_accounts.all_of(conn, row["person_id"])
        if not any(_is_or_was_in_a_cohort(conn, each) for each in one):
            for each in one:
                conn.run("DELETE FROM person WHERE id = :id", id=each)


def _is_or_was_in_a_cohort(conn: Conn, person_id: int) -> bool:
    return across(conn).one("SELECT 1 FROM member WHERE person_id = :id LIMIT 1", id=person_id) is not None


def over(conn: Conn, day: date, most: int) -> list[Cohort]:
    """Live cohorts whose last day is before `day` and that have not said goodbye."""
    rows = conn.all(
        f"SELECT {_COLUMNS} FROM cohort c WHERE c.ends_on IS NOT NULL AND c.goodbye_at IS NULL"
        " AND c.archived_at IS NULL AND c.ends_on < :day AND c.suspended_at IS NULL ORDER BY c.ends_on LIMIT :most",
        day=day,
        most=most,
    )
    return [as_cohort(row) for row in rows]


def say_goodbye(conn: Conn, cohort_id: int, now: datetime) -> None:
    """A cohort has said goodbye."""
    conn.run("UPDATE cohort SET goodbye_at = :now WHERE id = :id", now=now, id=cohort_id)
