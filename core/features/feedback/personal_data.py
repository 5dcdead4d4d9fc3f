"""What the tables of this package hold of people, and how it goes."""

from core.chat.model import Button
from core.cohorts.members import name_sql
from core.cohorts.privacy import DataSubject, DataTopic, Naming, ReadByAll, TableData, below
from core.commands.decorators import member_forgotten
from core.features.feedback import said
from core.store.port import Conn

REQUESTS = DataTopic(
    "Feedback",
    400,
    "what you asked, who took it, what was said to it, what you said to others",
    "you and who helps; the cohort or its mentors, as you chose",
    Button("Show", "feedback list"),
)
HELPING = DataTopic(
    "Helping",
    410,
    "what you can help with, how much at once, what you were asked to take",
    "your topics, the cohort; the rest, you alone",
    Button("Show", "profile topics"),
)
THANKS = DataTopic(
    "Thanks",
    420,
    "what you were thanked for, and whom you thanked",
    "everybody in the cohort",
    Button("Show", "feedback thanks"),
)

REQUEST = TableData(
    "feedback_request",
    REQUESTS,
    own="t.asker_id = :member",
    named=(
        Naming(
            "t.helper_id = :member",
            (
                "number",
                "topic",
                "details",
                "visibility",
                "state",
                "created_at",
                "claimed_at",
                "closed_at",
                "word",
            ),
        ),
        # Whom an asker named was asked to take it, whether they did or not.
        Naming("t.named_id = :member", ("number", "topic", "visibility", "state", "created_at")),
    ),
    words=("topic", "details", "word"),
    counted="created_at",
    read_by_all=ReadByAll(
        "t.cohort_id = :cohort AND t.visibility = 'cohort'", name_sql("t.asker_id"), "created_at"
    ),
)
_HELPED = "t.request_id IN (SELECT r.id FROM feedback_request r WHERE +r.cohort_id = :cohort AND r.helper_id = :member)"

PERSONAL_DATA = (
    REQUEST,
    TableData(
        "feedback_answer",
        REQUESTS,
        own="t.member_id = :member",
        named=(
            Naming(below(REQUEST, "request_id"), ("request_id", "number", "text", "at")),
            Naming(_HELPED, ("request_id", "number", "text", "at")),
        ),
        words=("text",),
        counted="at",
        read_by_all=ReadByAll(
            "t.request_id IN (SELECT r.id FROM feedback_request r WHERE r.cohort_id = :cohort AND r.visibility = 'cohort')",
            name_sql("t.member_id"),
            "at",
        ),
    ),
    TableData("feedback_offer", HELPING, own="t.member_id = :member"),
    TableData("feedback_helper", HELPING, own="t.member_id = :member"),
    TableData("feedback_topic", HELPING, own="t.member_id = :member", words=("topic",)),
    TableData("feedback_word", nobodys="Words of topics, to find requests by; they go with the request."),
    TableData(
        "feedback_thanks",
        THANKS,
        own="t.by_id = :member",
        named=(Naming("t.to_id = :member", ("number", "words", "at")),),
        words=("words",),
        counted="at",
        read_by_all=ReadByAll("t.cohort_id = :cohort", name_sql("t.by_id"), "at"),
    ),
)


@member_forgotten
def forget(conn: Conn, of: DataSubject) -> None:
    """What others said to their requests is taken out of channels and direct messages; the rows go with the membership."""
    rows = conn.all(
        "SELECT id FROM feedback_request WHERE asker_id = :member AND +cohort_id = :cohort ORDER BY id",
        member=of.member_id,
    )
    for row in rows:
        said.bring_up(conn, of.cohort, said.of_request(conn, row["id"]), "forgotten", of.now)
    own = conn.all(
        "SELECT id FROM feedback_answer WHERE member_id = :member ORDER BY id", member=of.member_id
    )
    answers = [found for row in own if (found := said.by_id(conn, row["id"])) is not None]
    said.bring_up(conn, of.cohort, answers, "forgotten", of.now)
