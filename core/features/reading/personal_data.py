"""What the tables of this package hold of people, and how it goes."""

from datetime import date

from core.chat.model import Button
from core.cohorts.members import name_sql
from core.cohorts.privacy import DataSubject, DataTopic, Naming, ReadByAll, TableData, below
from core.commands import handled_calls
from core.commands.decorators import member_forgotten
from core.features.reading import discussions, voting
from core.store.port import Conn

LIST = DataTopic(
    "Reading list",
    500,
    "what you put on it and why, your votes, what you have read",
    "the cohort; what you have read, only where you told it",
    Button("Show", "reading list"),
    stays="Works that somebody else has voted for, read or talked about stay on the list, without your name and reason.",
)
TAKEAWAYS = DataTopic(
    "Takeaways",
    510,
    "what you take from what you read",
    "you; what you shared, the cohort",
    Button("Read them", "reading takeaways"),
)
PRESENTING = DataTopic(
    "Presenting",
    520,
    "whether you take turns, what you presented, what you passed on",
    "the cohort; what you passed on, you alone",
    Button("Show", "reading next"),
)

ITEM = TableData(
    "reading_item",
    LIST,
    own="t.added_by = :member",
    words=("why",),
    counted="created_at",
    read_by_all=ReadByAll(
        "t.cohort_id = :cohort AND t.removed_at IS NULL", name_sql("t.added_by"), "created_at"
    ),
)

PERSONAL_DATA = (
    ITEM,
    TableData("reading_vote", LIST, own="t.member_id = :member", counted="at"),
    TableData("reading_done", LIST, own="t.member_id = :member", counted="at"),
    TableData("reading_tag", LIST, own=below(ITEM, "item_id")),
    TableData("reading_identifier", LIST, own=below(ITEM, "item_id")),
    TableData("reading_lookup", LIST, own=below(ITEM, "item_id")),
    TableData(
        "reading_takeaway",
        TAKEAWAYS,
        own="t.member_id = :member",
        words=("takeaway",),
        counted="written_at",
        read_by_all=ReadByAll(
            "t.cohort_id = :cohort AND t.shared = 1", name_sql("t.member_id"), "written_at"
        ),
    ),
    TableData("reading_presenter", PRESENTING, own="t.member_id = :member", counted="joined_at"),
    TableData(
        "reading_turn",
        PRESENTING,
        own="t.member_id = :member",
        named=(Naming("t.offered_to = :member", ("item_id", "day")),),
    ),
    TableData("reading_given", PRESENTING, own="t.member_id = :member"),
    TableData("reading_skip", PRESENTING, own="t.member_id = :member"),
    TableData(
        "reading_track_item",
        nobodys="Which works came from which starter list; the list and its reasons are the bot's, whoever loaded it.",
    ),
    TableData("reading_choice", nobodys="What was chosen to be read on which date, and by how many votes."),
    TableData("reading_metadata", nobodys="What public sources told of works. Nothing says who asked."),
    TableData(
        "reading_item_word", nobodys="Words of the reading list, to find works by; they go with the work."
    ),
    TableData(
        "reading_takeaway_word", nobodys="Words of takeaways, to find them by; they go with the takeaway."
    ),
)

_OTHERS = " AND o.member_id <> :member)"
_OF_TRACK = "EXISTS (SELECT 1 FROM reading_track_item k WHERE k.item_id = {item})"
_UNTOUCHED = (
    f"i.added_by = :member AND +i.cohort_id = :cohort AND i.prompted_on IS NULL AND NOT {_OF_TRACK.format(item='i.id')}"
    f" AND NOT EXISTS (SELECT 1 FROM reading_vote o WHERE o.item_id = i.id{_OTHERS}"
    f" AND NOT EXISTS (SELECT 1 FROM reading_done o WHERE o.item_id = i.id{_OTHERS}"
    f" AND NOT EXISTS (SELECT 1 FROM reading_takeaway o WHERE o.item_id = i.id{_OTHERS}"
    f" AND NOT EXISTS (SELECT 1 FROM reading_turn o WHERE o.item_id = i.id{_OTHERS}"
)
"""What somebody put on the list and nobody else had to do with."""


@member_forgotten
def forget(conn: Conn, of: DataSubject) -> None:
    """What nobody else had to do with goes from the list; other works stay there without name and reason, and starter lists
    without the name of who loaded them. Votes are
    counted anew, and prompts name them no more. The rest goes with the membership."""
    handled_calls.erase_results(conn, of.cohort.id)
    named = _prompts_naming(conn, of.cohort.id, of.member_id)
    voting.forget(conn, of.cohort, of.member_id)
    conn.run(
        f"DELETE FROM reading_item WHERE id IN (SELECT i.id FROM reading_item i WHERE {_UNTOUCHED})"
        " AND +cohort_id = :cohort",
        member=of.member_id,
    )
    conn.run(
        f"UPDATE reading_item SET why = CASE WHEN {_OF_TRACK.format(item='reading_item.id')} THEN why END,"
        " added_by = NULL,"
        " reference = CASE WHEN title IS NULL OR title = '' THEN reference ELSE coalesce(link, title) END"
        " WHERE added_by = :member AND +cohort_id = :cohort",
        member=of.member_id,
    )
    for day in named:
        discussions.bring_up(conn, of.cohort.id, day, f"forgotten:{of.now.isoformat()}", of.now)


def _prompts_naming(conn: Conn, cohort_id: int, member_id: int) -> list[date]:
    """The prompts that name a member, by their dates: who presents it, who suggested it,
    whose takeaway of the one before stands below it."""
    rows = conn.all(
        "SELECT c.day FROM reading_choice c JOIN reading_item i ON i.id = c.item_id"
        " WHERE c.cohort_id = :cohort AND c.day IS NOT NULL AND (i.added_by = :member"
        " OR EXISTS (SELECT 1 FROM reading_turn t WHERE t.item_id = c.item_id AND t.day = c.day AND t.member_id = :member)"
        " OR EXISTS (SELECT 1 FROM reading_takeaway w WHERE w.member_id = :member AND w.shared = 1 AND w.item_id ="
        " (SELECT b.item_id FROM reading_choice b WHERE b.cohort_id = c.cohort_id AND b.day < c.day"
        " ORDER BY b.day DESC LIMIT 1))) ORDER BY c.day",
        cohort=cohort_id,
        member=member_id,
    )
    return [row["day"] for row in rows]
