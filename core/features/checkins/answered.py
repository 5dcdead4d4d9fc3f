"""Check-ins with what organizers asked beside them, as somebody reads them. Plain SQL.

Of one's own everything is read. Of another's, the cohort reads what was shared and is for whoever reads the check-in, and
mentors also what is for mentors: of a check-in that was kept private, that alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from core.cohorts.members import present_sql
from core.cohorts.model import Scope
from core.features.checkins import questions
from core.features.checkins.question_kinds import Answered, AnswerReaders
from core.features.checkins.records import SELECT, Checkin, CheckinAnswers, of_row, reader
from core.store.port import Conn


def own(conn: Conn, found: Checkin) -> Checkin:
    """A check-in as its author reads it."""
    return replace(
        found, asked=tuple(questions.answers_of(conn, found.id)), left=len(questions.left(conn, found.id))
    )


def by_cohort(conn: Conn, found: Checkin) -> Checkin:
    """A check-in as the whole cohort reads it."""
    return _as_read(found, questions.answers_of(conn, found.id), mentor=False)


def by_caller(conn: Conn, scope: Scope, found: Checkin) -> Checkin:
    """A check-in as the caller reads it."""
    if scope.member is not None and scope.member.id == found.member_id:
        return own(conn, found)
    return _as_read(found, questions.answers_of(conn, found.id), mentor=_is_mentor(scope))


def all_by_caller(
    conn: Conn,
    scope: Scope,
    member_id: int,
    found: Iterable[Checkin],
    first: date = date.min,
    last: date = date.max,
) -> list[Checkin]:
    """Check-ins of one member, of the days from one to another, as the caller reads them; what is left to answer is not
    said."""
    given: Mapping[int, Sequence[Answered]] = questions.answers_of_member(conn, member_id, first, last)
    if scope.member is not None and scope.member.id == member_id:
        return [replace(each, asked=tuple(given.get(each.id, ()))) for each in found]
    return [_as_read(each, given.get(each.id, ()), mentor=_is_mentor(scope)) for each in found]


def for_mentors(conn: Conn, scope: Scope, since: date, most: int) -> list[Checkin]:
    """The latest check-ins of others with answers for mentors, as a mentor who calls reads them; none for others."""
    if not _is_mentor(scope):
        return []
    rows = conn.all(
        f"{SELECT} WHERE k.id IN (SELECT DISTINCT a.checkin_id FROM checkin_answer a WHERE a.cohort_id = :cohort"
        " AND a.readers = 'mentors' AND a.answer <> '' ORDER BY a.checkin_id DESC LIMIT :looked)"
        f" AND k.member_id <> :viewer AND k.day >= :since AND {present_sql('k.member_id')} ORDER BY k.id DESC LIMIT :most",
        cohort=scope.cohort.id,
        looked=10 * most,
        since=since,
        most=most,
        viewer=reader(scope)["viewer"],
    )
    return [by_caller(conn, scope, of_row(row)) for row in rows]


def is_read(found: Checkin) -> bool:
    """Whether there is anything to read in another's check-in, as one of the above gives it."""
    return not found.skipped and (found.answers.shared or bool(found.asked))


def _is_mentor(scope: Scope) -> bool:
    return scope.member is not None and scope.member.mentor


def _as_read(found: Checkin, given: Sequence[Answered], *, mentor: bool) -> Checkin:
    shared = found.answers.shared
    asked = tuple(
        each
        for each in given
        if (each.readers is AnswerReaders.SHARED and shared)
        or (each.readers is AnswerReaders.MENTORS and mentor)
    )
    if shared:
        return replace(found, asked=asked)
    return replace(found, answers=CheckinAnswers(""), stuck=False, late=False, asked=asked)
