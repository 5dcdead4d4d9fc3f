"""Direct messages to many leave one after the other, in each workspace at its platform's pace: mass messages are taken for
spam. They wait outside the queues of their channels, so that whatever else is to be sent passes them; cohorts of one
workspace take turns. Plain SQL over the outbox.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.delivery import outbox
from core.delivery.outlet import Pace, Target
from core.store.port import Conn
from core.store.scoped import across

BURST = 10
"""So many leave at once after a while without any: a lab is called in one go."""

MOST_AT_ONCE = 200
"""Of one workspace in one go, where its platform wants no pace."""

LONGEST = timedelta(hours=1)
"""The longest that a platform is let alone when it asks to wait; what lies further ahead was written by a clock that has
been set back since."""

AHEAD = timedelta(minutes=10)
"""What was written so far ahead was written by such a clock."""

_WAITS = "state = 'held' AND paced = 1"


def any_waiting(conn: Conn, platforms: Sequence[str]) -> bool:
    """Whether anything waits for its turn; a read, so that a tick writes nothing."""
    query = f"SELECT 1 FROM outbox WHERE platform = :platform AND {_WAITS} LIMIT 1"
    return any(conn.value(query, platform=each) for each in platforms)


def release(conn: Conn, paces: Mapping[str, Pace], now: datetime) -> int:
    """Let those leave whose turn has come. Returns how many. `paces` are those of the platforms by name."""
    return sum(
        _release_in(conn, platform, workspace, pace, now)
        for platform, pace in paces.items()
        for workspace in _workspaces(conn, platform)
    )


def _workspaces(conn: Conn, platform: str) -> list[str]:
    """The workspaces of a platform in which something waits, one step through the index each. Accounts of Discord
    belong to none, so that its bot has one pace over all servers, as it has one limit."""
    first = f"SELECT workspace FROM outbox WHERE platform = :platform AND {_WAITS}"
    found: list[str] = []
    row = conn.one(f"{first} ORDER BY workspace LIMIT 1", platform=platform)
    while row is not None:
        found.append(row["workspace"])
        row = conn.one(
            f"{first} AND workspace > :last ORDER BY workspace LIMIT 1", platform=platform, last=found[-1]
        )
    return found


def _release_in(conn: Conn, platform: str, workspace: str, pace: Pace, now: datetime) -> int:
    row = conn.one(
        "SELECT free_at, last_cohort FROM direct_pace WHERE platform = :platform AND workspace = :workspace",
        platform=platform,
        workspace=workspace,
    )
    free, last = (row["free_at"], row["last_cohort"]) if row else (now, 0)
    if free > now + LONGEST + _burst(pace):
        free = now
    released = 0
    turns = _in_turn(conn, platform, workspace, last, now)
    while free <= now + _burst(pace) and released < MOST_AT_ONCE:
        following = next(turns, None)
        if following is None:
            break
        conn.run(
            "UPDATE outbox SET state = 'pending', paced = 2, retry_at = :now, settled_at = NULL, reason = NULL"
            " WHERE id = :id",
            id=following.id,
            now=now,
        )
        free = max(free, now) + (pace.edit if following.edits else pace.post)
        last, released = following.cohort, released + 1
    if released:
        _write(conn, platform, workspace, free, last, pace)
        conn.signal(outbox.SIGNAL)
    return released


def _burst(pace: Pace) -> timedelta:
    return pace.post * (BURST - 1)


def _write(conn: Conn, platform: str, workspace: str, free: datetime, last: int, pace: Pace) -> None:
    conn.run(
        "INSERT INTO direct_pace (platform, workspace, free_at, last_cohort, pace_ms)"
        " VALUES (:platform, :workspace, :free, :last, :pace) ON CONFLICT (platform, workspace)"
        " DO UPDATE SET free_at = excluded.free_at, last_cohort = excluded.last_cohort, pace_ms = excluded.pace_ms",
        platform=platform,
        workspace=workspace,
        free=free,
        last=last,
        pace=pace.post // timedelta(milliseconds=1),
    )


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A row that waits for its turn."""

    id: int
    cohort: int
    edits: bool


def _in_turn(conn: Conn, platform: str, workspace: str, last: int, now: datetime) -> Iterator[_Waiting]:
    """What waits in a workspace: of each of its cohorts one, the oldest first, beginning behind the cohort `last`, and
    again from the first of them."""
    empty = False  # whether a whole round found nothing
    while not empty:
        empty = True
        for start, end in ((last, None), (0, last)):
            cohort = start
            while (following := _next_cohort(conn, platform, workspace, cohort)) is not None:
                if end is not None and following > end:
                    break
                cohort = following
                found = _oldest(conn, platform, workspace, cohort, now)
                if found is not None:
                    empty = False
                    yield found


def _next_cohort(conn: Conn, platform: str, workspace: str, after: int) -> int | None:
    found: int | None = conn.value(
        f"SELECT cohort_id FROM outbox WHERE platform = :platform AND {_WAITS} AND workspace = :workspace"
        " AND cohort_id > :after ORDER BY cohort_id LIMIT 1",
        platform=platform,
        workspace=workspace,
        after=after,
    )
    return found


def _oldest(conn: Conn, platform: str, workspace: str, cohort_id: int, now: datetime) -> _Waiting | None:
    row = conn.one(
        f"SELECT id, edits FROM outbox WHERE platform = :platform AND {_WAITS} AND workspace = :workspace"
        # The second: what was written by a clock that has been set back since does not wait until it is ahead again.
        " AND cohort_id = :cohort AND (retry_at <= :now OR (due_at > :ahead AND retry_at <= due_at))"
        " ORDER BY id LIMIT 1",
        platform=platform,
        workspace=workspace,
        cohort=cohort_id,
        now=now,
        ahead=now + AHEAD,
    )
    return _Waiting(row["id"], cohort_id, row["edits"] is not None) if row else None


def slow_down(conn: Conn, target: Target, until: datetime, now: datetime) -> None:
    """A platform asked to wait: let nothing more of what waits in that workspace leave before an instant."""
    where = {"platform": target.platform, "workspace": target.workspace}
    pace = conn.value(
        "SELECT pace_ms FROM direct_pace WHERE platform = :platform AND workspace = :workspace", **where
    )
    free = min(until, now + LONGEST) + _burst(Pace(timedelta(milliseconds=pace or 0)))
    conn.run(
        "UPDATE direct_pace SET free_at = :free WHERE platform = :platform AND workspace = :workspace"
        " AND free_at < :free",
        free=free,
        **where,
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a message to many has come: the kind of post and the date that it is for, how many there are of it and how
    many of them still wait. `changes` says that they change messages that were sent before; `left` is how long the rest will take,
    None where that is not known yet."""

    kind: str
    day: date | None
    total: int
    waiting: int
    changes: bool
    left: timedelta | None


def progress(conn: Conn, cohort_id: int) -> list[Progress]:
    """The messages to many of a cohort that are not all sent yet, the newest first, without those that organizers are not shown."""
    rows = conn.all(
        "SELECT kind, day, CASE WHEN edits IS NULL THEN 0 ELSE 1 END AS changes, count(*) AS n, max(id) AS newest"
        f" FROM outbox WHERE cohort_id = :cohort AND {_WAITS} AND discreet = 0 GROUP BY 1, 2, 3 ORDER BY newest DESC",
        cohort=cohort_id,
    )
    left = _time_left(conn, cohort_id) if rows else None
    return [
        Progress(
            row["kind"],
            row["day"],
            row["n"]
            if row["day"] is None or row["changes"]
            else _total(conn, cohort_id, row["kind"], row["day"]),
            row["n"],
            bool(row["changes"]),
            left,
        )
        for row in rows
    ]


def _total(conn: Conn, cohort_id: int, kind: str, day: date) -> int:
    total: int = conn.value(
        "SELECT count(*) FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND day = :day AND direct = 1"
        " AND edits IS NULL AND discreet = 0",
        cohort=cohort_id,
        kind=kind,
        day=day,
    )
    return total


def _time_left(conn: Conn, cohort_id: int) -> timedelta | None:
    """How long it takes until nothing of a cohort waits any more, where the cohorts of its workspaces take turns."""
    mine = conn.all(
        f"SELECT platform, workspace, count(*) AS n FROM outbox WHERE cohort_id = :cohort AND {_WAITS} GROUP BY 1, 2",
        cohort=cohort_id,
    )
    found = []
    for row in mine:
        where = {"platform": row["platform"], "workspace": row["workspace"]}
        pace = conn.one(
            "SELECT pace_ms FROM direct_pace WHERE platform = :platform AND workspace = :workspace", **where
        )
        if pace is None:
            return None
        # The cohorts of a workspace take turns, and nothing but how much waits in each is asked.
        lanes = across(conn).all(
            f"SELECT count(*) AS n FROM outbox WHERE platform = :platform AND {_WAITS} AND workspace = :workspace"
            " GROUP BY cohort_id",
            **where,
        )
        before = sum(min(each["n"], row["n"]) for each in lanes)
        found.append(timedelta(milliseconds=pace["pace_ms"]) * before)
    return max(found, default=None)
