"""Check-ins in the store: plain SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from core.chat.model import LabelledEnum
from core.chat.text import say
from core.cohorts import members, places
from core.cohorts.counting import BatchedFigure
from core.cohorts.model import Scope
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput
from core.store.port import Conn, Row

CALL = "checkins.call"
OPENER = "checkins.opener"
SHARED = "checkins.shared"


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


_SELECT = f"SELECT k.*, {members.name_sql('k.member_id')} AS name FROM checkin k"


def _checkin(row: Row) -> Checkin:
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
    return Checkin(row["id"], row["member_id"], row["name"], day, bool(row["skipped"]), answers)


def of_day(conn: Conn, member_id: int, day: date) -> Checkin | None:
    row = conn.one(f"{_SELECT} WHERE k.member_id = :member AND k.day = :day", member=member_id, day=day)
    return _checkin(row) if row else None


def by_id(conn: Conn, checkin_id: int) -> Checkin | None:
    row = conn.one(f"{_SELECT} WHERE k.id = :id", id=checkin_id)
    return _checkin(row) if row else None


def recent(conn: Conn, member_id: int, limit: int) -> Sequence[Checkin]:
    """A member's own check-ins, the newest first."""
    rows = conn.all(
        f"{_SELECT} WHERE k.member_id = :member ORDER BY k.day DESC LIMIT :limit",
        member=member_id,
        limit=limit,
    )
    return [_checkin(row) for row in rows]


def add(conn: Conn, scope: Scope, member_id: int, answers: CheckinAnswers) -> None:
    """Keep today's check-in. Raises `BadInput` where there is one already."""
    earlier = of_day(conn, member_id, scope.today)
    if earlier is not None and not earlier.skipped:
        raise BadInput(
            say("You have checked in today already. Change it with `checkin edit`; nothing was lost.")
        )
    if earlier is not None:
        _update(conn, earlier.id, answers)
    else:
        conn.run(
            "INSERT INTO checkin (cohort_id, member_id, day, progress, learned, negative, next, blocker,"
            " blocker_kind, mood, shared, created_at) VALUES (:cohort, :member, :day, :progress, :learned,"
            " :negative, :next, :blocker, :blocker_kind, :mood, :shared, :now)",
            cohort=scope.cohort.id,
            member=member_id,
            day=scope.today,
            now=scope.now,
            **_columns(answers),
        )
    _publish(conn, scope, member_id)


def edit(conn: Conn, scope: Scope, member_id: int, answers: CheckinAnswers) -> None:
    """Change today's check-in, and what others saw of it. Raises `BadInput` where there is none."""
    earlier = of_day(conn, member_id, scope.today)
    if earlier is None or earlier.skipped:
        raise BadInput(
            say("There is no check-in of yours today that could be changed. Begin one with `checkin now`.")
        )
    _update(conn, earlier.id, answers)
    _publish(conn, scope, member_id)


def skip(conn: Conn, scope: Scope, member_id: int) -> bool:
    """Note that somebody sits today out. False where they have checked in already."""
    changed = conn.run(
        "INSERT INTO checkin (cohort_id, member_id, day, skipped, created_at)"
        " VALUES (:cohort, :member, :day, 1, :now)"
        " ON CONFLICT (cohort_id, member_id, day) DO UPDATE SET skipped = 1 WHERE checkin.skipped = 1",
        cohort=scope.cohort.id,
        member=member_id,
        day=scope.today,
        now=scope.now,
    )
    return changed > 0


def _update(conn: Conn, checkin_id: int, answers: CheckinAnswers) -> None:
    conn.run(
        "UPDATE checkin SET skipped = 0, progress = :progress, learned = :learned, negative = :negative,"
        " next = :next, blocker = :blocker, blocker_kind = :blocker_kind, mood = :mood, shared = :shared,"
        " revision = revision + 1 WHERE id = :id",
        id=checkin_id,
        **_columns(answers),
    )


def _columns(answers: CheckinAnswers) -> Mapping[str, object]:
    return {key: int(value) if isinstance(value, bool) else value for key, value in asdict(answers).items()}


def _publish(conn: Conn, scope: Scope, member_id: int) -> None:
    """Bring what the channels show in line with the record: post it, change it, or take it back."""
    row = conn.one(
        "SELECT id, shared, revision FROM checkin WHERE member_id = :member AND day = :day",
        member=member_id,
        day=scope.today,
    )
    assert row is not None  # noqa: S101 - it was written in this transaction
    for place in places.places_for(conn, scope.cohort.id, "checkins"):
        target = Target.place(place)
        key = f"checkin:{row['id']}:{target.key}"
        posted = outbox.find(conn, key)
        post = NewPost(scope.cohort.id, key, SHARED, {"checkin": row["id"]}, target)
        if posted is not None:
            post = replace(post, key=f"{key}:{row['revision']}", edits=posted)
        elif row["shared"]:
            thread = _thread_of_day(conn, scope, target)
            post = replace(post, thread_of=thread, thread_name=_thread_name(scope))
        else:
            continue
        outbox.enqueue(conn, post, scope.now)


def _thread_name(scope: Scope) -> str:
    return f"Check-ins of {scope.today:%a} {scope.today.day} {scope.today:%b}"


def _thread_of_day(conn: Conn, scope: Scope, target: Target) -> int | None:
    """The post in whose thread today's check-ins are: today's call, or an opener made for it."""
    call = outbox.post_of_day(conn, scope.cohort.id, CALL, scope.today, target)
    if call is not None:
        return call
    day = scope.today.isoformat()
    key = f"checkins:{scope.cohort.id}:{day}:{target.key}"
    opener = NewPost(scope.cohort.id, key, OPENER, {"day": day}, target, day=scope.today)
    made = outbox.enqueue(conn, opener, scope.now)
    return made if made is not None else outbox.find(conn, key)


def shared_on(conn: Conn, cohort_id: int, day: date) -> int:
    """How many members have shared a check-in of a date. Private ones are not counted by the day: who has kept
    one to themselves could be told from those who have not."""
    return int(
        conn.value(
            "SELECT count(*) FROM checkin k WHERE k.cohort_id = :cohort AND k.day = :day AND k.shared = 1"
            " AND k.skipped = 0"
            f" AND {members.present_sql('k.member_id')}",
            cohort=cohort_id,
            day=day,
        )
    )


def prefill(conn: Conn, scope: Scope) -> Mapping[str, str]:
    """Today's answers, as the form for editing begins with them."""
    found = of_day(conn, scope.member.id, scope.today) if scope.member else None
    if found is None or found.skipped:
        return {}
    values = {key: value for key, value in asdict(found.answers).items() if value not in (None, "")}
    values["share"] = "shared" if values.pop("shared") else "private"
    return {
        key: ("yes" if value else "no") if isinstance(value, bool) else str(value)
        for key, value in values.items()
    }


def shared_between(conn: Conn, cohort_id: int, since: datetime, until: datetime) -> Sequence[Row]:
    """The check-ins of a period that their authors shared: `member_id`, `negative`, `blocker_kind`."""
    return conn.all(
        "SELECT member_id, negative, blocker_kind FROM checkin WHERE cohort_id = :cohort AND shared = 1"
        " AND skipped = 0 AND created_at > :since AND created_at <= :until ORDER BY id",
        cohort=cohort_id,
        since=since,
        until=until,
    )


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
        conn.run("UPDATE checkin SET counted = 1 WHERE id = :id", id=each)


PRIVATE = BatchedFigure("checkins.private", _private, _mark_counted)
"""How many check-ins were kept private."""
