"""What is in people's way, and who said that they can help: plain SQL.

Who reads it is who reads its check-in: the cohort where that is shared, else its author alone, and the mentors where its
author chose so. It waits until its author says that it is solved.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.chat import folding
from core.chat.model import Button, Choice
from core.chat.text import say, shorten
from core.clock import day_words
from core.cohorts import members
from core.cohorts.model import Scope
from core.commands.decorators import record
from core.commands.spec import NothingThere
from core.errors import Ambiguous, NotFound
from core.features.checkins.records import SEEN, SELECT, BlockerKind, Checkin, of_row, reader
from core.store.port import Conn

_SEES = (
    "((k.shared = 1 AND k.skipped = 0) OR (k.for_mentors = 1 AND :mentor = 1))"
    f" AND k.member_id <> :viewer AND {members.present_sql('k.member_id')}"
)
"""What others' check-ins somebody reads the blocker of."""

WAITS = f"k.stuck = 1 AND {SEEN} AND {members.present_sql('k.member_id')}"
"""The condition under which the whole cohort knows that something is in somebody's way."""

_CALLED = re.compile(r"(\d{1,18})@(\d{4}-\d\d-\d\d)", re.ASCII)
_NOTHING = NothingThere(
    say("Nothing that you could help with is in anybody’s way now."), Button("Check in", "checkin now")
)


def in_the_way(found: Checkin) -> str:
    """What is in the way, with its kind."""
    answers = found.answers
    kind = BlockerKind(answers.blocker_kind).label if answers.blocker_kind else ""
    return ": ".join(filter(None, (kind, answers.blocker)))


@dataclass(frozen=True, slots=True)
class Blocker:
    """What is in somebody's way: the check-in that says so, and the names of those who offered help."""

    checkin: Checkin
    helpers: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What it is, with its kind."""
        return in_the_way(self.checkin)

    @property
    def value(self) -> str:
        """How a button names it: by who wrote it and when, which tells nothing of how many there are."""
        return f"{self.checkin.member_id}@{self.checkin.day.isoformat()}"


def blocker(conn: Conn, found: Checkin) -> Blocker:
    """The blocker of a check-in."""
    rows = conn.all(
        f"SELECT {members.name_sql('o.member_id')} AS name FROM blocker_offer o WHERE o.checkin_id = :id"
        f" AND +o.cohort_id = :cohort AND {members.present_sql('o.member_id')} ORDER BY o.at, o.member_id",
        id=found.id,
    )
    return Blocker(found, tuple(row["name"] for row in rows))


def own(conn: Conn, member_id: int) -> list[Blocker]:
    """What is still in a member's own way, the oldest first."""
    rows = conn.all(
        f"{SELECT} WHERE +k.cohort_id = :cohort AND k.member_id = :member AND k.stuck = 1 ORDER BY k.id",
        member=member_id,
    )
    return [blocker(conn, of_row(row)) for row in rows]


def of_others(conn: Conn, scope: Scope, start: int, most: int) -> list[Blocker]:
    """A page of what is in others' way that the caller reads, the oldest first."""
    return [blocker(conn, each) for each in _of_others(conn, scope, start, most)]


def _of_others(conn: Conn, scope: Scope, start: int, most: int) -> list[Checkin]:
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.stuck = 1 AND {_SEES} ORDER BY k.id LIMIT :most OFFSET :start",
        cohort=scope.cohort.id,
        most=most,
        start=start,
        **reader(scope),
    )
    return [of_row(row) for row in rows]


def count_of_others(conn: Conn, scope: Scope) -> int:
    """How many blockers of others the caller reads."""
    return int(
        conn.value(
            f"SELECT count(*) FROM checkin k WHERE k.cohort_id = :cohort AND k.stuck = 1 AND {_SEES}",
            cohort=scope.cohort.id,
            **reader(scope),
        )
    )


def shared(conn: Conn, cohort_id: int, until: datetime, most: int) -> list[Blocker]:
    """What the whole cohort knows to be in somebody's way and was shared up to an instant, the oldest first."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND {WAITS} AND k.shared_at <= :until ORDER BY k.id LIMIT :most",
        cohort=cohort_id,
        until=until,
        most=most,
    )
    return [blocker(conn, of_row(row)) for row in rows]


def may_read(scope: Scope, found: Checkin) -> bool:
    """Whether the caller reads what is in the way of the author of a check-in."""
    member = scope.member
    if member is None or found.skipped or not in_the_way(found):
        return False
    return found.member_id == member.id or found.answers.shared or (found.for_mentors and member.mentor)


def offer(conn: Conn, scope: Scope, checkin_id: int, member_id: int) -> bool:
    """Note that somebody can help. False where they said so before."""
    return (
        conn.run(
            "INSERT INTO blocker_offer (cohort_id, checkin_id, member_id, at) VALUES (:cohort, :checkin, :member, :now)"
            " ON CONFLICT (checkin_id, member_id) DO NOTHING",
            cohort=scope.cohort.id,
            checkin=checkin_id,
            member=member_id,
            now=scope.now,
        )
        > 0
    )


def offered(conn: Conn, checkin_id: int) -> list[int]:
    """Who said that they can help with the blocker of a check-in."""
    rows = conn.all(
        "SELECT member_id FROM blocker_offer WHERE checkin_id = :id AND +cohort_id = :cohort ORDER BY member_id",
        id=checkin_id,
    )
    return [row["member_id"] for row in rows]


def set_stuck(conn: Conn, checkin_id: int, on: bool) -> None:
    """Note that what is in the way is solved, or waits again."""
    conn.run(
        "UPDATE checkin SET stuck = :on, revision = revision + 1 WHERE id = :id AND cohort_id = :cohort",
        id=checkin_id,
        on=int(on),
    )


def show_to_mentors(conn: Conn, checkin_id: int, on: bool) -> None:
    """Let mentors read what is in the way although its check-in is private, or no more."""
    conn.run(
        "UPDATE checkin SET for_mentors = :on WHERE id = :id AND cohort_id = :cohort",
        id=checkin_id,
        on=int(on),
    )


def complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """What is in others' way, by any words of it or of a name."""
    # Who offered help is not said in a choice, and not looked up for each of 200.
    return _fitting([Blocker(each) for each in _of_others(conn, scope, 0, 200)], typed)


def _fitting(found: Sequence[Blocker], typed: str) -> Sequence[Choice]:
    fitting = [each for each in found if folding.fits(typed, f"{each.checkin.name} {each.text}")]
    return [_choice(each) for each in fitting[:25]]


def _own_choices(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """What is in the caller's own way, by any words of it: it is looked at and solved, not helped with."""
    return _fitting(own(conn, scope.member.id), typed) if scope.member else ()


def _choice(found: Blocker) -> Choice:
    label = f"{found.checkin.name}, {day_words(found.checkin.day)}: {' '.join(found.text.split())}"
    return Choice(found.value, shorten(label, 75))


@record(Blocker, complete=complete, none=_NOTHING)
def resolve(conn: Conn, scope: Scope, typed: str) -> Blocker:
    """What a button names, or the one whose words were typed. One that the caller may not read is not there."""
    called = _CALLED.fullmatch(typed)
    if called is not None:
        row = conn.one(
            f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member AND k.day = :day",
            cohort=scope.cohort.id,
            member=int(called[1]),
            day=_day(called[2]),
        )
        if row is not None and may_read(scope, of_row(row)):
            return blocker(conn, of_row(row))
    else:
        found = complete(conn, scope, typed) or _own_choices(conn, scope, typed)
        if len(found) == 1:
            return resolve(conn, scope, found[0].value)
        if found:
            question = say("Which one do you mean by “{typed}”?", typed=shorten(typed, 60))
            raise Ambiguous(question, [(each.value, each.label) for each in found[:5]])
    named = say("I found nothing for “{typed}”. ", typed=shorten(typed, 60)) if called is None else say("")
    raise NotFound(
        named
        + say(
            "Nothing like that is in anybody’s way, as far as you may read it. {/checkin blockers} lists what is."
        )
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
