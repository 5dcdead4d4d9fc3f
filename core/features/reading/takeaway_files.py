"""Reading in files that people take along: a member's talks and takeaways, and what the cohort reads."""

from collections.abc import Sequence

from core.chat.files import markdown
from core.clock import day_words, local_date
from core.cohorts.members import name_sql
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import cohort_table, member_record
from core.features.reading.records import COLUMNS, LISTED, item_of
from core.store.port import Conn


@member_record("Talks", order=20)
def talks(conn: Conn, scope: Scope, member: Member) -> Sequence[str]:
    """What a member presented, by date."""
    rows = conn.all(
        f"SELECT t.day, {COLUMNS} FROM reading_turn t JOIN reading_item i ON i.id = t.item_id"
        " WHERE t.member_id = :member AND +i.cohort_id = :cohort AND t.day IS NOT NULL AND t.day <= :today ORDER BY t.day",
        member=member.id,
        today=scope.today,
    )
    return [f"- {day_words(row['day'])}: {markdown(item_of(row).name)}" for row in rows]


@member_record("Takeaways", order=30)
def takeaways(conn: Conn, scope: Scope, member: Member) -> Sequence[str]:
    """What a member took from what they read, also what they kept to themselves."""
    rows = conn.all(
        f"SELECT t.takeaway, t.written_at, {COLUMNS} FROM reading_takeaway t JOIN reading_item i ON i.id = t.item_id"
        " WHERE t.member_id = :member AND +t.cohort_id = :cohort ORDER BY t.written_at, t.id",
        member=member.id,
    )
    lines: list[str] = []
    for row in rows:
        day = day_words(local_date(row["written_at"], scope.cohort.zone))
        lines += [
            f"- **{markdown(item_of(row).name)}** ({day})",
            *(f"  {line}" for line in markdown(row["takeaway"]).splitlines()),
        ]
    return lines


@cohort_table("reading", "number", "title", "link", "reference", "added by")
def listed(conn: Conn, cohort: Cohort) -> Sequence[Sequence[str | int | None]]:
    """The reading list."""
    rows = conn.all(
        f"SELECT {COLUMNS}, {name_sql('i.added_by')} AS by_name FROM reading_item i"
        f" WHERE i.cohort_id = :cohort AND {LISTED} ORDER BY i.id",
        cohort=cohort.id,
    )
    items = [(item_of(row), row["by_name"]) for row in rows]
    return [(item.number, item.name, item.address, item.reference, by) for item, by in items]


@cohort_table("takeaways", "number", "by", "takeaway", "written")
def shared_takeaways(conn: Conn, cohort: Cohort) -> Sequence[Sequence[str | int | None]]:
    """The takeaways that the cohort reads."""
    rows = conn.all(
        f"SELECT i.number, {name_sql('t.member_id')} AS by_name, t.takeaway, t.written_at FROM reading_takeaway t"
        f" JOIN reading_item i ON i.id = t.item_id WHERE t.cohort_id = :cohort AND t.shared = 1 AND {LISTED}"
        " ORDER BY t.written_at, t.id",
        cohort=cohort.id,
    )
    return [
        (
            row["number"],
            row["by_name"],
            row["takeaway"],
            local_date(row["written_at"], cohort.zone).isoformat(),
        )
        for row in rows
    ]
