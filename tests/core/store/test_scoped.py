"""A connection within a cohort: what it fills in, and what it refuses."""

import pytest

from core.commands.dispatch import Core
from core.store.cohort_tables import COHORT_TABLES
from core.store.port import Conn
from core.store.scoped import OutsideCohort, across, forgotten, run, tables, within
from tests.people import CohortFixture


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("SELECT 1", set()),
        ("select a from Review_Duty where id = :id", {"review_duty"}),
        ("DELETE FROM review_duty WHERE id = :id", {"review_duty"}),
        ("UPDATE review_duty SET papers = 1", {"review_duty"}),
        ("INSERT INTO review_duty (id) SELECT id FROM member", {"review_duty", "member"}),
        ("SELECT 1 FROM cohort c, review_duty AS d WHERE c.id = 1", {"cohort", "review_duty"}),
        ("SELECT 1 FROM cohort c LEFT JOIN review_duty d ON d.id = c.id", {"cohort", "review_duty"}),
        ("WITH x AS (SELECT 1 FROM review_duty) SELECT 1 FROM x", {"review_duty", "x"}),
        ("SELECT (SELECT count(*)\n FROM\n review_duty) FROM cohort", {"cohort", "review_duty"}),
    ],
)
def test_tables_of_a_statement(sql: str, named: set[str]) -> None:
    assert tables(sql) == named
    assert forgotten(sql) == named & COHORT_TABLES
    assert not forgotten(f"{sql} -- :cohort")
    assert forgotten(f"{sql} -- :cohort_key ::cohort") == named & COHORT_TABLES


async def test_statement_that_forgets_its_cohort_is_not_sent(cohort: CohortFixture) -> None:
    core = cohort.core
    await cohort.ada.ok("duty add", venue="NeurIPS 2026", papers=3, due="2026-12-20")

    def count(conn: Conn, /, condition: str, **values: object) -> int:
        found: int = conn.value(f"SELECT count(*) FROM review_duty WHERE {condition}", **values)
        return found

    def empty(conn: Conn) -> int:
        return conn.run("DELETE FROM review_duty WHERE id > 0")

    own = "cohort_id = :cohort"
    assert await core.read(cohort.id, count, own) == 1
    assert await core.read(cohort.id, count, own, cohort=cohort.id) == 1
    assert await core.read(cohort.id + 1, count, own) == 0
    with pytest.raises(OutsideCohort, match="about"):
        await core.read(cohort.id + 1, count, own, cohort=cohort.id)
    with pytest.raises(OutsideCohort, match="on review_duty"):
        await core.write(cohort.id, empty)
    assert await core.store.read(count, "id > 0") == 1, "not sent, and the program's own connection may"


async def test_a_cohort_within_a_cohort(core: Core) -> None:
    def nested(conn: Conn, cohort_id: int) -> bool:
        return within(conn, cohort_id) is conn

    assert await core.read(1, nested, 1)
    with pytest.raises(OutsideCohort, match="asked for 2"):
        await core.read(1, nested, 2)
    assert await core.read(1, lambda conn: run(across(conn), 2, nested, 2))
