"""What members say they can help with, and who could be asked. Plain SQL."""

from dataclasses import dataclass
from datetime import date, datetime

from core.chat import folding
from core.cohorts import members
from core.cohorts.members import present_sql
from core.cohorts.model import Cohort
from core.cohorts.people import is_away
from core.commands import handled_calls
from core.features.feedback.model import FeedbackRequest, RequestVisibility
from core.features.feedback.routing import AT_ONCE, PossibleHelper
from core.store.port import Conn

MOST_TOPICS = 12
LONGEST_TOPIC = 60


@dataclass(frozen=True, slots=True)
class HelpOffered:
    """What somebody can help with, how many requests they take at once, and whether they pause."""

    topics: tuple[str, ...] = ()
    at_once: int = AT_ONCE
    paused: bool = False


def offered(conn: Conn, member_id: int) -> HelpOffered | None:
    """What a member said; None where they said nothing."""
    row = conn.one(
        "SELECT at_once, paused FROM feedback_helper WHERE member_id = :member AND cohort_id = :cohort",
        member=member_id,
    )
    if row is None:
        return None
    rows = conn.all(
        "SELECT topic FROM feedback_topic WHERE member_id = :member AND +cohort_id = :cohort ORDER BY folded",
        member=member_id,
    )
    return HelpOffered(tuple(each["topic"] for each in rows), row["at_once"], bool(row["paused"]))


def set_offered(conn: Conn, cohort_id: int, member_id: int, offer: HelpOffered) -> None:
    """Keep what a member can help with in place of what they said before."""
    conn.run(
        "INSERT INTO feedback_helper (member_id, cohort_id, at_once, paused) VALUES (:member, :cohort, :at_once, :paused)"
        " ON CONFLICT (member_id) DO UPDATE SET at_once = excluded.at_once, paused = excluded.paused",
        member=member_id,
        cohort=cohort_id,
        at_once=offer.at_once,
        paused=int(offer.paused),
    )
    conn.run(
        "DELETE FROM feedback_topic WHERE member_id = :member AND +cohort_id = :cohort",
        member=member_id,
        cohort=cohort_id,
    )
    handled_calls.erase_results(conn, cohort_id)
    for topic in offer.topics:
        conn.run(
            "INSERT INTO feedback_topic (cohort_id, folded, member_id, topic)"
            " VALUES (:cohort, :folded, :member, :topic)",
            cohort=cohort_id,
            folded=folding.whole(topic),
            member=member_id,
            topic=topic,
        )


def topics_in_use(conn: Conn, cohort_id: int) -> list[str]:
    """What those who are in a cohort can help with, each topic once, by name."""
    rows = conn.all(
        "SELECT t.folded, min(t.topic) AS topic FROM feedback_topic t WHERE t.cohort_id = :cohort"
        f" AND {present_sql('t.member_id')} GROUP BY t.folded ORDER BY t.folded",
        cohort=cohort_id,
    )
    return [row["topic"] for row in rows]


def possible(conn: Conn, cohort: Cohort, request: FeedbackRequest) -> list[PossibleHelper]:
    """Everybody who could be asked to take a request: the mentors and, where it is for everybody, those who said what they
    can help with, without who asked it and who was asked before."""
    mentors, said = members.mentors(conn, cohort.id), _said(conn, cohort.id)
    taken = _taken(conn, cohort.id)
    could = mentors if request.visibility is not RequestVisibility.COHORT else mentors | said.keys()
    return [
        PossibleHelper(
            each,
            each in mentors,
            offer.topics,
            offer.at_once,
            offer.paused,
            taken.get(each, 0),
            asked_at,
        )
        for each in sorted(could - asked(conn, request.id) - {request.asker_id})
        for offer, asked_at in (said.get(each, (HelpOffered(), None)),)
    ]


def _said(conn: Conn, cohort_id: int) -> dict[int, tuple[HelpOffered, datetime | None]]:
    topics: dict[int, list[str]] = {}
    for row in conn.all(
        "SELECT member_id, topic FROM feedback_topic WHERE cohort_id = :cohort", cohort=cohort_id
    ):
        topics.setdefault(row["member_id"], []).append(row["topic"])
    rows = conn.all(
        "SELECT member_id, at_once, paused, asked_at FROM feedback_helper WHERE cohort_id = :cohort",
        cohort=cohort_id,
    )
    return {
        row["member_id"]: (
            HelpOffered(tuple(topics.get(row["member_id"], ())), row["at_once"], bool(row["paused"])),
            row["asked_at"],
        )
        for row in rows
    }


def _taken(conn: Conn, cohort_id: int) -> dict[int, int]:
    rows = conn.all(
        "SELECT helper_id, count(*) AS n FROM feedback_request WHERE cohort_id = :cohort AND state = 'claimed'"
        " GROUP BY helper_id",
        cohort=cohort_id,
    )
    return {row["helper_id"]: row["n"] for row in rows}


def here(conn: Conn, cohort: Cohort, today: date) -> list[tuple[str, PossibleHelper]]:
    """Those who said what they can help with and are neither away today nor gone, with their names."""
    rows = conn.all(
        f"SELECT m.id, m.name, m.away_from, m.away_until FROM feedback_helper h JOIN {members.MEMBERS} m"
        " ON m.id = h.member_id WHERE h.cohort_id = :cohort AND m.left_at IS NULL AND h.paused = 0 ORDER BY m.id",
        cohort=cohort.id,
    )
    names = {
        row["id"]: row["name"] for row in rows if not is_away(row["away_from"], row["away_until"], today)
    }
    mentors, taken, said = members.mentors(conn, cohort.id), _taken(conn, cohort.id), _said(conn, cohort.id)
    return [
        (
            name,
            PossibleHelper(
                each,
                each in mentors,
                said[each][0].topics,
                said[each][0].at_once,
                open=taken.get(each, 0),
                asked_at=said[each][1],
            ),
        )
        for each, name in names.items()
    ]


def asked(conn: Conn, request_id: int) -> set[int]:
    """Who was asked to take a request."""
    rows = conn.all("SELECT member_id FROM feedback_offer WHERE request_id = :request", request=request_id)
    return {row["member_id"] for row in rows}


def note_offer(
    conn: Conn, cohort_id: int, request_id: int, member_id: int, now: datetime, *, declined: bool = False
) -> None:
    """Write down that somebody was asked, or that they cannot."""
    conn.run(
        "INSERT INTO feedback_offer (request_id, member_id, asked_at, declined)"
        " VALUES (:request, :member, :now, :declined)"
        " ON CONFLICT (request_id, member_id) DO UPDATE SET declined = excluded.declined",
        request=request_id,
        member=member_id,
        now=now,
        declined=int(declined),
    )
    if not declined:
        conn.run(
            "INSERT INTO feedback_helper (member_id, cohort_id, at_once, asked_at)"
            " VALUES (:member, :cohort, :at_once, :now)"
            " ON CONFLICT (member_id) DO UPDATE SET asked_at = excluded.asked_at",
            member=member_id,
            cohort=cohort_id,
            at_once=AT_ONCE,
            now=now,
        )


def forget_offer(conn: Conn, request_id: int, member_id: int) -> None:
    """Somebody who was asked to take a request will not answer."""
    conn.run(
        "DELETE FROM feedback_offer WHERE request_id = :request AND member_id = :member",
        request=request_id,
        member=member_id,
    )
