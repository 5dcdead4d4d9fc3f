"""What a call says once the next one has come: its buttons are gone, and it names who shared. Nobody's missing answer is
said. Plain SQL over the outbox."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts.model import Cohort, Scope
from core.delivery import outbox
from core.delivery.outbox import NewPost, StandingPost
from core.features.checkins.records import CALL, OPENER, Checkin
from core.store.port import Conn

NAMED = 20
"""Names that a closed call says; of more it says how many."""

_KINDS = (CALL, OPENER)


def close_before(conn: Conn, cohort: Cohort, day: date, at: datetime) -> None:
    """The call of a day comes: close the one before it in the channels. Members who live ahead of the cohort are called
    before its own day begins, which closes nothing yet."""
    if local_date(at, cohort.zone) < day:
        return
    for kind in _KINDS:
        for each in outbox.standing_before(conn, cohort.id, kind, day):
            if not each.edited:
                _edit(conn, cohort.id, kind, each, f"closed:{each.id}", at)


def bring_up(conn: Conn, scope: Scope, found: Checkin) -> None:
    """Bring what the closed call of a check-in's day says in line with who has shared now."""
    for kind in _KINDS:
        for each in outbox.standing_on(conn, scope.cohort.id, kind, found.day):
            if each.edited:
                key = f"closed:{each.id}:{found.id}:{found.revision}"
                _edit(conn, scope.cohort.id, kind, each, key, scope.now)


def _edit(conn: Conn, cohort_id: int, kind: str, posted: StandingPost, key: str, now: datetime) -> None:
    data = {"day": posted.day.isoformat(), "closed": True}
    post = NewPost(cohort_id, key, kind, data, posted.target)
    outbox.enqueue(conn, replace(post, edits=posted.id), now)


def over(day: date) -> Text:
    """What a call by direct message says once the next one has come to its reader."""
    return say("**Check-in, {day}**, is closed: the next one has come.", day=day_words(day))


def words(day: date, names: Sequence[str]) -> Text:
    """What a closed call says."""
    head = say("**Check-in, {day}**, is closed.", day=day_words(day))
    if not names:
        return head
    named = list(names[:NAMED])
    more = len(names) - len(named)
    last = f"{more} more" if more else named.pop() if len(named) > 1 else ""
    listed = f"{', '.join(named)} and {last}" if last else named[0]
    return join([head, say("{names} shared; it is in this thread.", names=listed)])
