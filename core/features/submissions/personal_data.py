"""What the table of this package holds of people, beside that of papers."""

from core.cohorts.members import name_sql
from core.cohorts.privacy import DataTopic, ReadByAll, TableData

TOLD = DataTopic(
    "Decisions you told",
    120,
    "which decisions you told the cohort, in your words",
    "the cohort, until you take it back",
)

PERSONAL_DATA = (
    TableData(
        "decision_told",
        TOLD,
        own="t.member_id = :member",
        words=("words",),
        counted="told_at",
        read_by_all=ReadByAll(
            "t.cohort_id = :cohort AND t.taken_back_at IS NULL", name_sql("t.member_id"), "told_at"
        ),
    ),
)
