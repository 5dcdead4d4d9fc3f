"""What the tables of this package hold of people, and how it goes."""

from datetime import date

from core.chat.model import Button
from core.clock import local_date
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.cohorts.privacy import DataSubject, DataTopic, Naming, ReadByAll, TableData, below
from core.commands.decorators import member_forgotten
from core.features.checkins import blockers, closing, offers
from core.features.checkins.records import SELECT, Checkin, of_row
from core.store.port import Conn

CHECKINS = DataTopic(
    "Check-ins",
    200,
    "what moved, what you learned, what is in the way, what comes next, how it is going, your answers to organizers' questions",
    "you; what you shared, the cohort; what is in the way, mentors where you asked them; how it is going, you alone",
    Button("Read them", "checkin history"),
)
HELP = DataTopic(
    "Offers of help",
    210,
    "with whose blocker you said that you can help",
    "whose blocker it is; where it was shared, the cohort",
)

CHECKIN = TableData(
    "checkin",
    CHECKINS,
    own="t.member_id = :member",
    words=("progress", "learned", "next", "blocker"),
    counted="day",
    read_by_all=ReadByAll("t.cohort_id = :cohort AND t.shared = 1", name_sql("t.member_id"), "day"),
)
PERSONAL_DATA = (
    CHECKIN,
    TableData(
        "checkin_answer",
        CHECKINS,
        own=below(CHECKIN, "checkin_id"),
        words=("answer",),
        read_by_all=ReadByAll(
            "t.cohort_id = :cohort AND t.readers = 'shared' AND t.checkin_id IN"
            " (SELECT k.id FROM checkin k WHERE k.cohort_id = :cohort AND k.shared = 1)",
            name_sql("(SELECT k.member_id FROM checkin k WHERE k.id = t.checkin_id)"),
            "(SELECT k.created_at FROM checkin k WHERE k.id = t.checkin_id)",
        ),
    ),
    TableData("checkin_question", nobodys="What organizers ask beside a check-in's own fields."),
    TableData(
        "checkin_word", nobodys="Words of negative results, to find them by; they go with the check-in."
    ),
    TableData(
        "blocker_offer",
        HELP,
        own="t.member_id = :member",
        named=(Naming(below(CHECKIN, "checkin_id"), ("checkin_id", "at")),),
        counted="at",
    ),
)


@member_forgotten
def forget(conn: Conn, of: DataSubject) -> None:
    """Closed calls name them no more, and what stands in threads of their check-ins goes; the check-ins themselves go with
    the membership."""
    scope = Scope(of.cohort, None, of.now, local_date(of.now, of.cohort.zone))
    days: dict[date, Checkin] = {}
    for row in conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member AND k.shared = 1 ORDER BY k.id",
        member=of.member_id,
    ):
        found = of_row(row)
        days[found.day] = found
        offers.bring_up(conn, scope, found, blockers.offered(conn, found.id))
    for found in days.values():
        closing.bring_up(conn, scope, found)
