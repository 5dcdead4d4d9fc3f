"""The rota of presenters, whatever its members do."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.model import Person
from core.cohorts import directory
from core.cohorts.model import Cohort
from core.features.reading.handovers import end_turns
from core.features.reading.posts import compose_prompt
from core.features.reading.turns import join_rota, leave_rota
from core.store.open import _DIALECTS, migrate, migrations
from core.store.port import Conn
from core.store.scoped import within
from core.store.sqlite import SqliteSession
from tests.core.test_reading_turns import DAY
from tests.people import EARLY


@dataclass
class Round:
    """A cohort in memory whose members come and go, with a prompt a day."""

    conn: Conn
    cohort: Cohort
    day: date = DAY

    def member(self, number: int) -> int:
        """A member, who joins the cohort where they are not in it."""
        known = directory.ensure_person(self.conn, Person("test", "W", f"U{number}", f"P{number}"), EARLY)
        directory.add_member(self.conn, self.cohort.id, known, EARLY)
        found = directory.member_of(self.conn, self.cohort.id, known)
        assert found is not None
        return found.id

    def there(self) -> set[int]:
        """Those on the rota who are in the cohort."""
        rows = self.conn.all(
            "SELECT r.member_id FROM reading_presenter r JOIN member m ON m.id = r.member_id"
            " WHERE m.left_at IS NULL"
        )
        return {row["member_id"] for row in rows}

    def presented(self) -> dict[date, int]:
        """Who presented on which day."""
        rows = self.conn.all("SELECT day, member_id FROM reading_turn WHERE day IS NOT NULL")
        return {row["day"]: row["member_id"] for row in rows}

    def do(self, what: str, number: int) -> None:
        """One event."""
        now, conn = EARLY, within(self.conn, self.cohort.id)
        match what:
            case "join":
                join_rota(conn, self.member(number), now)
            case "step down":
                leave_rota(conn, self.member(number))
            case "leave":
                member = self.member(number)
                self.conn.run("UPDATE member SET left_at = 1 WHERE id = :id", id=member)
                end_turns(conn, self.cohort, member, now)
            case "prompt":
                compose_prompt(conn, self.cohort, self.day, now)
                self.day += timedelta(days=1)


@pytest.fixture(scope="module")
def migrated() -> Iterator[sqlite3.Connection]:
    """A migrated database in memory, to copy."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    session = SqliteSession(connection, "BEGIN")
    migrate(session, migrations(), _DIALECTS["sqlite"])
    session.run("INSERT INTO cohort (name, zone, created_at) VALUES ('Lab', 'UTC', 0)")
    for number in (1, 2, 3):
        session.run(
            "INSERT INTO reading_item (cohort_id, number, reference, created_at)"
            " VALUES (1, :number, 'Text', 0)",
            number=number,
        )
    yield connection
    connection.close()


EVENTS = st.tuples(
    st.sampled_from(["join", "join", "prompt", "prompt", "prompt", "leave", "step down"]), st.integers(0, 4)
)


@given(st.lists(EVENTS, max_size=40))
def test_nobody_presents_again_before_everybody_else_had_turn(
    migrated: sqlite3.Connection, events: list[tuple[str, int]]
) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrated.backup(connection)
    conn = SqliteSession(connection, "BEGIN")
    round_ = Round(conn, Cohort(1, "Lab", "UTC"))
    for what, number in events:
        before, there = round_.presented(), round_.there()
        round_.do(what, number)
        after = round_.presented()
        for day in (day for day, who in after.items() if before.get(day) != who):
            earlier = [each for each, who in before.items() if who == after[day] and each != day]
            since = max(earlier, default=date.min)
            left = {before[day]} if day in before else set()
            had = {who for each, who in before.items() if each > since and each != day}
            assert not earlier or there - left - {after[day]} <= had, (day, before, after)
        if what == "prompt":
            assert not there or max(after, default=None) == round_.day - timedelta(days=1)
    connection.close()
