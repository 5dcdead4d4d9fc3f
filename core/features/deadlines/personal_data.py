"""What the tables of this package hold of people."""

from core.chat.model import Button
from core.cohorts.privacy import DataTopic, TableData

DATES = DataTopic(
    "Deadlines",
    300,
    "which conferences you follow, and what your calendar shows",
    "you; your calendar, whoever has its address",
    Button("Show", "deadline mine"),
)

PERSONAL_DATA = (
    TableData("venue_follow", DATES, own="t.member_id = :member", counted="at"),
    TableData("calendar_address", DATES, own="t.member_id = :member", left_out=("token_hash",)),
    TableData("calendar_event", DATES, own="t.member_id = :member"),
)
