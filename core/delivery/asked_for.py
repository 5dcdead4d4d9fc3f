"""Direct messages that come to those alone who asked for them, such as calls: which ones a cohort's schedules send, and how
many of its members chose them. Plain SQL."""

from dataclasses import dataclass

from core.cohorts import people
from core.cohorts.people import NoticeKind
from core.commands.registry import Registry
from core.delivery import schedules
from core.delivery.schedules import Follow
from core.store.port import Conn


def of_schedule(registry: Registry, kind: str) -> NoticeKind | None:
    """The kind of direct message that a kind of schedule sends to those who asked for it; None where it sends none."""
    schedule = registry.schedules.get(kind)
    notice = registry.posts[schedule.post].notice if schedule is not None and schedule.personal else None
    return notice if notice is not None and notice.asked_for else None


def sent_in(conn: Conn, registry: Registry, cohort_id: int) -> list[NoticeKind]:
    """The kinds that schedules of a cohort send to those who asked for them."""
    kinds = [each.kind for each in schedules.listed(conn, cohort_id) if each.follow is Follow.MEMBER]
    found = (of_schedule(registry, kind) for kind in dict.fromkeys(kinds))
    return [each for each in found if each is not None]


def is_sent(conn: Conn, cohort_id: int, kind: str) -> bool:
    """Whether a cohort has a schedule of a kind that goes to its members by direct message."""
    return any(
        each.kind == kind and each.follow is Follow.MEMBER for each in schedules.listed(conn, cohort_id)
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """How many of a cohort's members chose a kind of direct message."""

    n: int
    members: int


def chosen(conn: Conn, cohort_id: int, notice: NoticeKind) -> Chosen:
    """How many members chose a kind; those who are away are among them."""
    row = conn.one(
        "SELECT count(*) AS members, sum(CASE WHEN p.reminders = 1 AND NOT "
        f"{people.unwanted_sql('m.person_id')} THEN 1 ELSE 0 END) AS n FROM member m"
        " JOIN person p ON p.id = m.person_id WHERE m.cohort_id = :cohort AND m.left_at IS NULL",
        cohort=cohort_id,
        notice=notice.key,
        asked_for=int(notice.asked_for),
    )
    assert row is not None  # noqa: S101 - an aggregate gives a row
    return Chosen(row["n"] or 0, row["members"])
