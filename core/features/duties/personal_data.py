"""What the table of this package holds of people."""

from core.chat.model import Button
from core.cohorts.privacy import DataTopic, TableData

DUTIES = DataTopic(
    "Reviews you promised",
    310,
    "to which venue, how many, until when",
    "you alone",
    Button("Show", "duty list"),
)

PERSONAL_DATA = (
    TableData("review_duty", DUTIES, own="t.member_id = :member", words=("venue",), counted="created_at"),
)
