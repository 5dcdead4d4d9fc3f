"""What the tables of this package hold of people."""

from core.cohorts.privacy import DataTopic, TableData, of_account

POSTS = DataTopic(
    "Messages",
    920,
    "which messages I sent you, and which posts you asked for",
    "you; organizers see that a message was not sent, and why",
    kept="{keep-posts} days after they were sent, those that were not sent {keep-unsent}, as set for your cohort",
    stays="Digests and answers that stand in a channel stay as they were posted. Where a channel is closed to me, what I "
    "posted there for you stays too.",
)

_TO_ME = f"o.cohort_id = :cohort AND o.direct = 1 AND {of_account('o.platform', 'o.workspace', 'o.channel')}"
_ASKED = "o.cohort_id = :cohort AND o.asked_by = :member"

PERSONAL_DATA = (
    TableData(
        "outbox",
        POSTS,
        own=f"t.id IN (SELECT o.id FROM outbox o WHERE {_TO_ME} UNION SELECT o.id FROM outbox o WHERE {_ASKED})",
        left_out=("key", "lease", "lease_until"),
        counted="created_at",
    ),
    TableData("post_line", POSTS, own="t.member_id = :member"),
    TableData("schedule_change", POSTS, own="t.member_id = :member"),
    TableData("schedule", nobodys="When something is posted."),
    TableData("direct_pace", nobodys="When a workspace takes the next direct message."),
    TableData("timer", nobodys="When a feature looks at a cohort next."),
)
