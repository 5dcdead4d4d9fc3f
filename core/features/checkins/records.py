"""Check-ins in the store: plain SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from core.chat.model import Button, Buttons, LabelledEnum
from core.chat.text import say
from core.clock import day_words
from core.cohorts import members
from core.cohorts.counting import BatchedFigure
from core.cohorts.model import Scope
from core.cohorts.people import NoticeKind
from core.commands import handled_calls
from core.delivery import post_lines
from core.errors import BadInput
from core.features.checkins import own_day
from core.features.checkins.question_kinds import Answered
from core.store.port import Conn, Row
from core.store.words import WordIndex

CALL = "checkins.call"
OPENER = "checkins.opener"
SHARED = "checkins.shared"
ABOUT = "checkin:"
"""How posts and the digest name a check-in, before its id."""
CALLS = NoticeKind("calls", "calls for check-ins", asked_for=True)


WORDS = WordIndex("checkin_word", "checkin_id")
"""Which negative results have which words."""


class BlockerKind(LabelledEnum):
    """What kind of thing is in the way."""

    DATA = "data", "Data"
    COMPUTE = "compute", "Compute"
    THEORY = "theory", "Theory or an idea that does not hold"
    CODE = "code", "Code and tools"
    WRITING = "writing", "Writing"
    FEEDBACK = "feedback", "Waiting for feedback"
    TIME = "time", "Time"
    PERSONAL = "personal", "Something personal"
    OTHER = "other", "Something else"

    @property
    def short(self) -> str:
        """Its name on a button."""
        return self.label.partition(" or an ")[0]


@dataclass(frozen=True, slots=True)
class CheckinAnswers:
    """What a form holds. `mood` is 1 (hard) to 5 (great)."""

    progress: str
    learned: str = ""
    negative: bool = False
    next: str = ""
    blocker: str = ""
    blocker_kind: str | None = None
    mood: int | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Checkin:
    """One member's check-in of one local date."""

    id: int
    member_id: int
    name: str
    day: date
    skipped: bool
    answers: CheckinAnswers
    revision: int = 0
    stuck: bool = False
    """Whether what is in the way waits, and was not solved."""
    for_mentors: bool = False
    """Whether mentors read what is in the way although it is private."""
    late: bool = False
    """Whether it was given after its day."""
    asked: tuple[Answered, ...] = ()
    """What organizers asked beside, as far as its reader reads the answers; see `core.features.checkins.answered`."""
    left: int = 0
    """How many of their questions its author, if they are the reader, has not been asked yet."""


SELECT = f"SELECT k.*, {members.name_sql('k.member_id')} AS name FROM checkin k"


def of_row(row: Row) -> Checkin:
    """A row of `SELECT` as a check-in."""
    answers = CheckinAnswers(
        row["progress"],
        row["learned"],
        bool(row["negative"]),
        row["next"],
        row["blocker"],
        row["blocker_kind"],
        row["mood"],
        bool(row["shared"]),
    )
    day = row["day"]
    return Checkin(
        row["id"],
        row["member_id"],
        row["name"],
        day,
        bool(row["skipped"]),
        answers,
        row["revision"],
        bool(row["stuck"]),
        bool(row["for_mentors"]),
        bool(row["late"]),
    )


def of_day(conn: Conn, member_id: int, day: date) -> Checkin | None:
    row = conn.one(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member AND k.day = :day",
        member=member_id,
        day=day,
    )
    return of_row(row) if row else None


def by_id(conn: Conn, checkin_id: int) -> Checkin | None:
    row = conn.one(f"{SELECT} WHERE k.id = :id AND k.cohort_id = :cohort", id=checkin_id)
    return of_row(row) if row else None


def recent(conn: Conn, member_id: int, limit: int) -> Sequence[Checkin]:
    """A member's own check-ins, the newest first."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member ORDER BY k.day DESC LIMIT :limit",
        member=member_id,
        limit=limit,
    )
    return [of_row(row) for row in rows]


def latest(conn: Conn, member_id: int) -> Checkin | None:
    """A member's newest check-in, days that they sat out aside."""
    row = conn.one(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.member_id = :member AND k.skipped = 0 ORDER BY k.day DESC LIMIT 1",
        member=member_id,
    )
    return of_row(row) if row else None


def add(conn: Conn, scope: Scope, member_id: int, day: date, answers: CheckinAnswers) -> None:
    """Keep a day's check-in. Raises `BadInput` where there is one already."""
    earlier = of_day(conn, member_id, day)
    if earlier is not None and not earlier.skipped:
        raise BadInput(
            say(
                "You have checked in {day} already. Change it with {/checkin edit}; nothing was lost.",
                day=_named(scope, day),
            ),
            blocks=(Buttons((Button("Edit it", "checkin edit", {"day": day.isoformat()}),)),),
        )
    late = own_day.is_late(scope, day)
    if earlier is not None:
        update(conn, earlier.id, answers, scope.now)
        conn.run(
            "UPDATE checkin SET late = :late WHERE id = :id AND cohort_id = :cohort", late=late, id=earlier.id
        )
    else:
        made = conn.insert(
            "INSERT INTO checkin (cohort_id, member_id, day, progress, learned, negative, next, blocker,"
            " blocker_kind, mood, shared, stuck, late, created_at, shared_at, negative_at) VALUES (:cohort, :member, :day,"
            " :progress, :learned, :negative, :next, :blocker, :blocker_kind, :mood, :shared, :stuck, :late, :now,"
            " CASE WHEN :shared = 1 THEN :now END, CASE WHEN :shared = 1 AND :negative = 1 THEN :now END)",
            cohort=scope.cohort.id,
            member=member_id,
            day=day,
            now=scope.now,
            stuck=int(is_stuck(answers)),
            late=late,
            **_columns(answers),
        )
        if answers.negative:
            WORDS.add(conn, scope.cohort.id, made, answers.learned)


def is_done(conn: Conn, member_id: int, day: date) -> bool:
    """Whether somebody has checked in for a day."""
    found = of_day(conn, member_id, day)
    return found is not None and not found.skipped


def remove(conn: Conn, cohort_id: int, checkin_id: int) -> None:
    """Delete a check-in with its words, and what calls answered of it."""
    WORDS.replace(conn, cohort_id, checkin_id, "")
    conn.run("DELETE FROM checkin WHERE id = :id AND cohort_id = :cohort", id=checkin_id, cohort=cohort_id)
    handled_calls.erase_results(conn, cohort_id)
    post_lines.forget(conn, cohort_id, f"{ABOUT}{checkin_id}")


def editable(conn: Conn, scope: Scope, member_id: int, day: date) -> Checkin:
    """A day's check-in. Raises `BadInput` where there is none."""
    earlier = of_day(conn, member_id, day)
    if earlier is None or earlier.skipped:
        raise BadInput(
            say(
                "There is no check-in of yours {day} that could be changed. Begin one with {/checkin now}.",
                day=_named(scope, day),
            ),
            blocks=(Buttons((Button("Check in", "checkin now", {"day": day.isoformat()}),)),),
        )
    return earlier


def _named(scope: Scope, day: date) -> str:
    return "today" if day == own_day.today(scope) else f"on {day_words(day)}"


def skip(conn: Conn, scope: Scope, member_id: int, day: date) -> bool:
    """Note that somebody sits a day out. False where they have checked in already."""
    changed = conn.run(
        "INSERT INTO checkin (cohort_id, member_id, day, skipped, created_at)"
        " VALUES (:cohort, :member, :day, 1, :now)"
        " ON CONFLICT (cohort_id, member_id, day) DO UPDATE SET skipped = 1 WHERE checkin.skipped = 1",
        cohort=scope.cohort.id,
        member=member_id,
        day=day,
        now=scope.now,
    )
    return changed > 0


def update(conn: Conn, checkin_id: int, answers: CheckinAnswers, now: datetime) -> None:
    """Give a check-in other answers. What the cohort sees from now on was shared now, whenever it was written."""
    cohort_id = conn.value(
        "UPDATE checkin SET shared_at = CASE WHEN :shared = 0 THEN NULL ELSE coalesce(shared_at, :now) END,"
        " negative_at = CASE WHEN :shared = 0 OR :negative = 0 THEN NULL ELSE coalesce(negative_at, :now) END,"
        " skipped = 0, progress = :progress, learned = :learned, negative = :negative,"
        " next = :next, blocker = :blocker, blocker_kind = :blocker_kind, mood = :mood, shared = :shared,"
        # Another text is another blocker; one that is gone is shown to nobody.
        " stuck = CASE WHEN :stuck = 0 THEN 0 WHEN blocker <> :blocker OR (blocker = '' AND blocker_kind IS NULL)"
        " THEN 1 ELSE stuck END, for_mentors = CASE WHEN :stuck = 0 THEN 0 ELSE for_mentors END,"
        " revision = revision + 1 WHERE id = :id AND cohort_id = :cohort RETURNING cohort_id",
        id=checkin_id,
        stuck=int(is_stuck(answers)),
        now=now,
        **_columns(answers),
    )
    WORDS.replace(conn, cohort_id, checkin_id, answers.learned if answers.negative else "")


def touch(conn: Conn, checkin_id: int) -> None:
    """Note that a check-in is another than the channels show."""
    conn.run(
        "UPDATE checkin SET revision = revision + 1 WHERE id = :id AND cohort_id = :cohort", id=checkin_id
    )


def is_stuck(answers: CheckinAnswers) -> bool:
    """Whether a check-in says that something is in the way."""
    return bool(answers.blocker or answers.blocker_kind)


def _columns(answers: CheckinAnswers) -> Mapping[str, object]:
    return {key: int(value) if isinstance(value, bool) else value for key, value in asdict(answers).items()}


SEEN = "(k.shared = 1 AND k.skipped = 0)"
"""The condition under which the cohort sees a check-in."""


_FOR_MENTORS = (
    "k.skipped = 0 AND EXISTS (SELECT 1 FROM checkin_answer a WHERE a.checkin_id = k.id AND a.readers = 'mentors'"
    f" AND a.answer <> '') AND {members.present_sql('k.member_id')}"
)
READ = f"({SEEN} OR (:mentor = 1 AND {_FOR_MENTORS}))"
"""The condition under which somebody reads of another's check-in: what was shared, and a mentor what is for mentors."""


def shared_on(conn: Conn, cohort_id: int, day: date) -> int:
    """How many members have shared a check-in of a date. Private ones are not counted by the day: who has kept
    one to themselves could be told from those who have not."""
    return int(
        conn.value(
            f"SELECT count(*) FROM checkin k WHERE k.cohort_id = :cohort AND k.day = :day AND {SEEN}"
            f" AND {members.present_sql('k.member_id')}",
            cohort=cohort_id,
            day=day,
        )
    )


def count_of_day(conn: Conn, scope: Scope, day: date) -> int:
    """How many others gave a check-in of a day that the caller reads of, also those who have left."""
    return int(
        conn.value(
            f"SELECT count(*) FROM checkin k WHERE k.cohort_id = :cohort AND k.day = :day AND {READ}"
            " AND k.member_id <> :viewer",
            cohort=scope.cohort.id,
            day=day,
            **reader(scope),
        )
    )


def reader(scope: Scope) -> dict[str, int]:
    """Who reads, as statements take it."""
    member = scope.member
    return {"viewer": member.id if member else -1, "mentor": int(member is not None and member.mentor)}


def sharers(conn: Conn, cohort_id: int, day: date) -> list[str]:
    """The names of those who shared a check-in of a date."""
    rows = conn.all(
        f"SELECT {members.name_sql('k.member_id')} AS name FROM checkin k WHERE k.cohort_id = :cohort"
        f" AND k.day = :day AND {SEEN} AND {members.present_sql('k.member_id')}",
        cohort=cohort_id,
        day=day,
    )
    return sorted((row["name"] for row in rows), key=str.casefold)


def shared_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> Sequence[Row]:
    """The check-ins that their authors shared in a period: `member_id`, `negative`, `blocker_kind`."""
    return conn.all(
        "SELECT k.member_id, k.negative, k.blocker_kind FROM checkin k WHERE k.cohort_id = :cohort"
        f" AND {SEEN} AND k.shared_at > :since AND k.shared_at <= :until ORDER BY k.id",
        cohort=cohort_id,
        since=since,
        until=until,
    )


def shared_count(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> tuple[int, int]:
    """How many check-ins were shared in a period, and by how many members who are in the cohort."""
    row = conn.one(
        f"SELECT count(*) AS shared, count(DISTINCT k.member_id) AS people FROM checkin k WHERE k.cohort_id = :cohort"
        f" AND {SEEN} AND k.shared_at > :since AND k.shared_at <= :until AND {members.present_sql('k.member_id')}",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    assert row is not None  # noqa: S101 - an aggregate gives a row
    return row["shared"], row["people"]


def negatives_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> Sequence[Checkin]:
    """The negative results that the cohort came to read in a period, whose authors are in it."""
    rows = conn.all(
        f"{SELECT} WHERE k.cohort_id = :cohort AND k.negative = 1 AND k.learned <> '' AND {SEEN}"
        f" AND k.negative_at > :since AND k.negative_at <= :until AND {members.present_sql('k.member_id')}"
        " ORDER BY k.negative_at, k.id",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return [of_row(row) for row in rows]


def still(conn: Conn, cohort_id: int, ids: Sequence[int], condition: str = SEEN) -> list[int]:
    """Those of some check-ins that the cohort sees, or for which another condition holds."""
    found = (
        conn.value(
            f"SELECT k.id FROM checkin k WHERE k.id = :id AND k.cohort_id = :cohort AND {condition}",
            id=each,
            cohort=cohort_id,
        )
        for each in ids
    )
    return [each for each in found if each is not None]


def _private(conn: Conn, cohort_id: int, at: datetime) -> list[tuple[int, int]]:
    """Private check-ins made up to an instant that were not counted yet, as (id, member)."""
    rows = conn.all(
        "SELECT k.id, k.member_id FROM checkin k WHERE k.cohort_id = :cohort AND k.counted = 0 AND k.shared = 0"
        f" AND k.skipped = 0 AND k.created_at <= :at AND {members.present_sql('k.member_id')}",
        cohort=cohort_id,
        at=at,
    )
    return [(row["id"], row["member_id"]) for row in rows]


def _mark_counted(conn: Conn, ids: Sequence[int]) -> None:
    for each in ids:
        conn.run("UPDATE checkin SET counted = 1 WHERE id = :id AND cohort_id = :cohort", id=each)


PRIVATE = BatchedFigure("checkins.private", _private, _mark_counted)
"""How many check-ins were kept private."""
