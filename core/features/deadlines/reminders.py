"""Reminders of what is due: 30, 7, 2 and 1 days ahead, each once, by direct message to those who follow a venue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import say
from core.clock import local_date
from core.cohorts import directory, members
from core.cohorts.directory import Recipient
from core.cohorts.model import Cohort, Member
from core.cohorts.people import NoticeKind
from core.commands.decorators import dates_changed, post, timer
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox, timers
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.deadlines import follows, texts
from core.features.deadlines.follows import REMINDED, Due
from core.papers import editions
from core.papers.editions import DateKind, KnownEdition
from core.store.port import Conn

AHEAD = (30, 7, 2, 1)
"""Days before a deadline on which it is said."""

KIND = "deadlines"
REMINDER = "deadlines.reminder"
NOTICE = NoticeKind("deadlines", "reminders of deadlines")


@dates_changed
def plan(conn: Conn, cohort: Cohort, now: datetime) -> None:
    """Set the timer of a cohort to the next instant at which a reminder may be due."""
    timers.set_timer(conn, cohort.id, KIND, editions.next_ahead(conn, cohort.id, REMINDED, AHEAD, now), now)


@timer(KIND, label="reminder of a deadline")
def remind(conn: Conn, cohort: Cohort, since: datetime, now: datetime) -> None:
    """Write the reminders whose moment came after `since`, of each date the latest one alone, and set the timer to the
    next one."""
    today = local_date(now, cohort.zone)
    wanted = [
        (due, member)
        for due in _said_now(conn, cohort, since, now)
        for member, own in follows.followers(conn, cohort, due.known, today).items()
        if own.is_due(due.kind)
    ]
    reached = readers(conn, cohort, now) if wanted else {}
    for due, member in wanted:
        if member in reached:
            _write(conn, cohort, due, member, Target.person(reached[member]), now)
    plan(conn, cohort, now)


def readers(conn: Conn, cohort: Cohort, now: datetime) -> Mapping[int, Recipient]:
    """Who may be written to about deadlines now, by the member's id."""
    found = {each.person_id: each for each in directory.recipients(conn, cohort, now, notice=NOTICE)}
    present = members.members(conn, cohort.id)
    return {each.id: found[each.person_id] for each in present if each.person_id in found}


@dataclass(frozen=True, slots=True)
class _Reminded:
    """A date of which somebody is reminded, and how many days ahead."""

    known: KnownEdition
    kind: DateKind
    at: datetime
    lead: int

    @property
    def data(self) -> Mapping[str, Any]:
        """What its post keeps: ids alone."""
        at = int(self.at.timestamp())
        return {"venue": self.known.number, "kind": self.kind.value, "at": at, "lead": self.lead}


def _said_now(conn: Conn, cohort: Cohort, since: datetime, now: datetime) -> Iterator[_Reminded]:
    for known in editions.with_dates_between(conn, cohort.id, now, now + timedelta(days=AHEAD[0], seconds=1)):
        for kind in REMINDED:
            for date in known.all_of(kind):
                if date.at is None or date.at <= now:
                    continue
                moments = [date.at - timedelta(days=days) for days in AHEAD]
                if any(since < each <= now for each in moments):
                    lead = min(days for days, each in zip(AHEAD, moments, strict=True) if each <= now)
                    yield _Reminded(known, kind, date.at, lead)


def _write(conn: Conn, cohort: Cohort, due: _Reminded, member: int, target: Target, now: datetime) -> None:
    about = f"deadline:{due.known.number}:{due.kind.value}:{int(due.at.timestamp())}"
    key = f"{about}:{due.lead}:{cohort.id}:{target.key}"
    outbox.enqueue(conn, NewPost(cohort.id, key, REMINDER, {**due.data, "member": member}, target), now)


def _due(conn: Conn, sent: Post) -> tuple[Due | None, Member | None]:
    """What a reminder is of, as it stands now, and its reader; None where the date was moved, or they follow it no
    more."""
    member = members.by_id(conn, sent.cohort.id, sent.data["member"])
    known = editions.by_number(conn, sent.cohort.id, sent.data["venue"])
    if member is None or known is None:
        return None, member
    kind, today = DateKind(sent.data["kind"]), local_date(sent.slot_at, sent.cohort.zone)
    own = follows.following(conn, sent.cohort, member, known, today)
    if own is None or not own.is_due(kind):
        return None, member
    dates = [each for each in known.all_of(kind) if each.at and int(each.at.timestamp()) == sent.data["at"]]
    return (Due(known, dates[0], own) if dates else None), member


def _is_obsolete(conn: Conn, sent: Post, _member: Member, now: datetime) -> bool:
    """Whether the deadline has passed, was moved, or is not followed any more."""
    due, _ = _due(conn, sent)
    return due is None or due.at <= now


@post(REMINDER, label="reminder of a deadline", is_obsolete=_is_obsolete, notice=NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """The reminder, with the dates as they are now."""
    due, member = await core.read(sent.cohort.id, _due, sent)
    if due is None or member is None:
        moved = "A deadline that I meant to remind you of was moved, or you follow it no more. {/deadline mine} has what is due."
        return Reply(say(moved))
    args = {"venue": texts.handle(due.known)}
    buttons = (
        Button("Its dates", "deadline show", args),
        Button("Unfollow", "deadline unfollow", args),
        Button("Mine", "deadline mine"),
    )
    zone = member.zone or sent.cohort.zone
    return Reply(texts.reminder(due, sent.slot_at, zone), (Buttons(buttons),))
