"""What the tables of this package hold of people."""

from core.chat.model import Button
from core.cohorts.privacy import DataTopic, Naming, TableData, of_account, of_person

YOU = DataTopic(
    "Your profile",
    10,
    "your name, your account, your time zone, your reminders, when you are away",
    "everybody in your cohorts: your name and local time; you alone: the rest",
    Button("Show", "profile show"),
)
MEMBERSHIP = DataTopic(
    "Membership",
    20,
    "when you joined and left, and your roles",
    "everybody in the cohort",
    Button("Who is here", "cohort members"),
)
LINKS = DataTopic(
    "Joined accounts",
    30,
    "which of your accounts are joined, the codes that you made for that, and when you typed a wrong one",
    "you alone",
    Button("Show", "profile show"),
    kept="until you take them apart; codes for a week; wrong ones for an hour",
)
CHANGES = DataTopic(
    "What organizers do",
    900,
    "who appointed, let in or removed whom, and changed what of the cohort",
    "organizers",
    kept="{keep-audit} days, as set for your cohort",
    stays="That something was changed stays in the organizers' list, under a number in place of your name.",
    goes=False,
)

PERSONAL_DATA = (
    TableData("person", YOU, own="t.id = :person", words=("away_reason",)),
    TableData("account", YOU, own="t.person_id = :person"),
    TableData("person_notice", YOU, own="t.person_id = :person"),
    TableData("home_page", YOU, own=of_account()),
    TableData("member", MEMBERSHIP, own="t.person_id = :person AND t.cohort_id = :cohort"),
    TableData(
        "audit",
        CHANGES,
        own=of_person("t.actor"),
        named=(Naming("t.about_member = :member", ("at", "action", "about", "before", "after")),),
        counted="at",
    ),
    TableData(
        "link_code",
        LINKS,
        own="t.person_id = :person",
        named=(
            Naming(
                of_account("t.asking_platform", "t.asking_workspace", "t.asking_user"),
                ("kind", "asking_platform", "asking_workspace", "asking_user", "asking_name", "asking_at"),
            ),
        ),
        left_out=("hash",),
    ),
    TableData("link_try", LINKS, own=of_account()),
    TableData(
        "account_link",
        LINKS,
        own="t.person_id = :person",
        named=(Naming("t.former_id = :person", ("platform", "workspace", "user_id", "at")),),
        counted="at",
    ),
    TableData(
        "account_link_member",
        LINKS,
        own="t.member_id = :member",
        named=(Naming("t.into_id = :member", ("member_id", "active", "organizer", "mentor")),),
    ),
    TableData("account_link_record", LINKS, own="t.member_id = :member"),
    TableData(
        "role_grant",
        nobodys="Which roles of a server make mentors or organizers.",
    ),
    TableData("cohort", nobodys="A cohort: its name, its time zone, its first and last day."),
    TableData("place", nobodys="A channel of a cohort."),
    TableData("purpose", nobodys="What a channel is for."),
    TableData("setting", nobodys="What organizers set for a cohort."),
    TableData("counter", nobodys="The last number of a kind of record."),
    TableData(
        "figure",
        nobodys="Numbers of a whole cohort, from five people on, with numbers in place of names.",
    ),
    TableData("figure_batch", nobodys="Numbers of at least five people together."),
)
