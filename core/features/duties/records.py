"""Review duties in the store: plain SQL. Each is its member's alone; nobody else sees, changes or counts it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from core.chat import folding
from core.chat.model import Button, Choice
from core.chat.text import say
from core.clock import local_date, to_instant
from core.cohorts import members, settings
from core.cohorts.limits import check_quota
from core.cohorts.model import Scope
from core.commands import handled_calls, record_search
from core.commands.decorators import record
from core.commands.record_search import normalize_name
from core.commands.spec import NothingThere
from core.delivery import timers
from core.errors import NotFound
from core.papers import destinations, reviews
from core.papers.destinations import Bound
from core.papers.model import VenueEdition
from core.papers.queries import viewer_id
from core.store.port import Conn, Row

TIMER = "duties"
AHEAD = (7, 2, 1, -1)
"""Days before the due date on which its member is reminded; the last one is the day after it."""
_REMINDED_AT = time(9)

MOST_OPEN, MOST_SHOWN = 100, 25
"""How many open duties one member can have, and how many are offered while one is typed."""

NO_DUTY = NothingThere(
    "You noted no review duty here. One takes the venue, how many papers, and until when; only you see it.",
    Button("Note one", "duty add"),
)


@dataclass(frozen=True, slots=True)
class Duty:
    """Reviews of some papers for a venue edition, due on a local date. `done_on` is the date on which they were sent."""

    id: int
    number: int
    venue: VenueEdition
    papers: int
    due_on: date
    done_on: date | None = None

    def days_left(self, today: date) -> int:
        """Days until it is due: 0 on the date itself, less than that once it is late."""
        return (self.due_on - today).days

    def is_late(self, today: date) -> bool:
        """Whether it is open although its date is over."""
        return self.done_on is None and self.days_left(today) < 0


@dataclass(frozen=True, slots=True)
class Balance:
    """How many papers a member reviewed, by what they marked as done, and how many reviews they noted of their own."""

    written: int
    received: int


def next_reminder(due_on: date, zone: str, now: datetime) -> datetime | None:
    """The first of the reminders of a date that is not over yet, at nine in the morning of a zone."""
    moments = (to_instant(due_on - timedelta(days=lead), _REMINDED_AT, zone) for lead in AHEAD)
    return next((each for each in moments if each > now), None)


def zone_of(scope: Scope) -> str:
    """The time zone in which the caller's dates are meant."""
    return (scope.member.zone if scope.member else None) or scope.cohort.zone


def today_of(scope: Scope) -> date:
    """The caller's own date."""
    return local_date(scope.now, zone_of(scope))


def of_member(conn: Conn, member_id: int) -> list[Duty]:
    """A member's duties: the open ones by their dates, then those that are done, the latest first."""
    rows = conn.all(
        "SELECT * FROM review_duty WHERE member_id = :member AND +cohort_id = :cohort ORDER BY due_on, id",
        member=member_id,
    )
    found = list(map(_duty, rows))
    done = sorted((each for each in found if each.done_on), key=lambda each: each.due_on, reverse=True)
    return [*(each for each in found if each.done_on is None), *done]


def by_number(conn: Conn, scope: Scope, number: int) -> Duty:
    """The caller's duty of a number. Raises `NotFound`."""
    row = conn.one(
        "SELECT * FROM review_duty WHERE cohort_id = :cohort AND number = :number AND member_id = :member",
        cohort=scope.cohort.id,
        number=number,
        member=viewer_id(scope),
    )
    if row is None:
        raise _missing(f"#{number}")
    return _duty(row)


def _missing(typed: str) -> NotFound:
    return NotFound(
        say("You have no review duty “{typed}”. {/duty list} shows those you noted.", typed=typed[:60]),
        field="duty",
    )


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """The caller's duties by any words of the venue, the open ones first."""
    found = _fitting(of_member(conn, viewer_id(scope)), typed)
    return [record_search.choice(each.number, _words(each)) for each in found[:MOST_SHOWN]]


@record(Duty, complete=complete, none=NO_DUTY)
def resolve(conn: Conn, scope: Scope, typed: str) -> Duty:
    """The caller's duty that is meant. Raises `NotFound`, and `Ambiguous` for several."""
    number = record_search.number(typed)
    if number is not None:
        return by_number(conn, scope, number)
    found = _fitting(of_member(conn, viewer_id(scope)), typed)
    found = [each for each in found if each.done_on is None] or found
    if not found:
        raise _missing(typed)
    if len(found) > 1:
        raise record_search.which_one(
            typed, [record_search.choice(each.number, _words(each)) for each in found]
        )
    return found[0]


@dataclass(frozen=True, slots=True)
class DutyAsTyped:
    """A duty as it was typed. Whether it is there is for the transaction to say: a removal that is delivered twice finds it
    the first time only, and gives the same answer."""

    typed: str


@record(DutyAsTyped, complete=complete, none=NO_DUTY)
def as_typed(_conn: Conn, _scope: Scope, typed: str) -> DutyAsTyped:
    """What was typed, not looked up yet."""
    return DutyAsTyped(typed)


def _fitting(duties: Sequence[Duty], typed: str) -> list[Duty]:
    return [
        each
        for each in duties
        if folding.fits(typed, str(each.venue)) or typed.strip("# ") == str(each.number)
    ]


def _words(duty: Duty) -> str:
    return f"{duty.venue}, {'done' if duty.done_on else 'due'} {(duty.done_on or duty.due_on).isoformat()}"


def add(conn: Conn, scope: Scope, venue: VenueEdition, papers: int, due_on: date) -> int:
    """Note a duty of the caller. Returns its number, a random one: nobody else is told that there is one."""
    member = viewer_id(scope)
    have = conn.value(
        "SELECT count(*) FROM review_duty WHERE member_id = :member AND +cohort_id = :cohort AND done_on IS NULL",
        member=member,
    )
    check_quota(have, MOST_OPEN, "You have {have} open review duties", "Please mark some as done first.")
    number = settings.hidden_number_in(conn, scope.cohort.id, "review_duty")
    conn.run(
        "INSERT INTO review_duty (cohort_id, member_id, number, venue, year, papers, due_on, remind_at, created_at)"
        " VALUES (:cohort, :member, :number, :venue, :year, :papers, :due, :remind, :now)",
        cohort=scope.cohort.id,
        member=member,
        number=number,
        venue=venue.name,
        year=venue.year,
        papers=papers,
        due=due_on,
        remind=next_reminder(due_on, zone_of(scope), scope.now),
        now=scope.now,
    )
    set_timer(conn, scope.cohort.id, scope.now)
    return number


def change(conn: Conn, scope: Scope, number: int, papers: int | None, due_on: date | None) -> None:
    """Change how many papers a duty is about, or its date. Raises `NotFound`."""
    found = by_number(conn, scope, number)
    _save(conn, scope, replace(found, papers=papers or found.papers, due_on=due_on or found.due_on))


def set_done(conn: Conn, scope: Scope, number: int, done: bool) -> None:
    """Mark a duty as done today, or as open again. What is so already stays as it is. Raises `NotFound`."""
    found = by_number(conn, scope, number)
    if (found.done_on is not None) != done:
        _save(conn, scope, replace(found, done_on=today_of(scope) if done else None))


def remove(conn: Conn, scope: Scope, which: DutyAsTyped) -> Duty:
    """Delete a duty. Returns what it was. Raises `NotFound`, and `Ambiguous` for several."""
    found = resolve(conn, scope, which.typed)
    handled_calls.erase_results(conn, scope.cohort.id)
    conn.run("DELETE FROM review_duty WHERE id = :id AND cohort_id = :cohort", id=found.id)
    set_timer(conn, scope.cohort.id, scope.now)
    return found


def papers_at(conn: Conn, cohort_id: int, member_id: int, duty: Duty) -> list[Bound]:
    """A member's own papers on their way to the venue edition of a duty."""
    key = normalize_name(duty.venue.name)
    return [
        each
        for each in destinations.of_member(conn, cohort_id, member_id)
        if normalize_name(each.venue.name) == key
        and (duty.venue.year is None or each.venue.year in (None, duty.venue.year))
    ]


def balance(conn: Conn, member_id: int) -> Balance:
    """What a member gave and what they got."""
    written = conn.value(
        "SELECT coalesce(sum(papers), 0) FROM review_duty WHERE member_id = :member AND +cohort_id = :cohort AND done_on IS NOT NULL",
        member=member_id,
    )
    return Balance(int(written), reviews.count_of_owner(conn, member_id))


# Reminders


def _save(conn: Conn, scope: Scope, duty: Duty) -> None:
    """Keep a duty as it is now. Its next reminder is that of its date, none where it is done."""
    conn.run(
        "UPDATE review_duty SET papers = :papers, due_on = :due, done_on = :done, remind_at = :at WHERE id = :id AND cohort_id = :cohort",
        id=duty.id,
        papers=duty.papers,
        due=duty.due_on,
        done=duty.done_on,
        at=None if duty.done_on else next_reminder(duty.due_on, zone_of(scope), scope.now),
    )
    set_timer(conn, scope.cohort.id, scope.now)


def set_timer(conn: Conn, cohort_id: int, now: datetime) -> None:
    """Let a cohort's timer go off at its next reminder."""
    at = conn.one(
        "SELECT remind_at FROM review_duty WHERE cohort_id = :cohort AND remind_at IS NOT NULL"
        " ORDER BY remind_at LIMIT 1",
        cohort=cohort_id,
    )
    timers.set_timer(conn, cohort_id, TIMER, at["remind_at"] if at else None, now)


@dataclass(frozen=True, slots=True)
class Reminded:
    """A duty of which its member is to be reminded now."""

    duty: Duty
    member: int


def take_reminders(conn: Conn, cohort_id: int, zone: str, now: datetime) -> list[Reminded]:
    """The open duties whose reminder's moment has come, each with its next reminder set; `zone` is that of members who
    gave none."""
    rows = conn.all(
        "SELECT * FROM review_duty WHERE cohort_id = :cohort AND remind_at <= :now ORDER BY remind_at, id",
        cohort=cohort_id,
        now=now,
    )
    for row in rows:
        member = members.by_id(conn, cohort_id, row["member_id"])
        at = next_reminder(row["due_on"], (member.zone if member else None) or zone, now)
        conn.run(
            "UPDATE review_duty SET remind_at = :at WHERE id = :id AND cohort_id = :cohort",
            id=row["id"],
            at=at,
        )
    return [Reminded(_duty(row), row["member_id"]) for row in rows if row["done_on"] is None]


def _duty(row: Row) -> Duty:
    return Duty(
        row["id"],
        row["number"],
        VenueEdition(row["venue"], row["year"]),
        row["papers"],
        row["due_on"],
        row["done_on"],
    )
