"""`checkin mood`: how it has been going, one's own line and, from five people on, the cohort's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.charts import moods as charts
from core.chat.model import Button, Buttons, Picture, Reply
from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts import counting, members
from core.cohorts.counting import BatchedMean, Mean
from core.cohorts.model import Cohort, Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Cost
from core.features.checkins import fields
from core.features.checkins.journal import monday
from core.store.port import Conn

WEEKS = 12
"""Weeks that a picture shows."""


def _waiting(conn: Conn, cohort_id: int, at: datetime) -> list[tuple[int, int, int]]:
    """What was given up to an instant and is in no batch yet, as (id, member, value)."""
    rows = conn.all(
        "SELECT k.id, k.member_id, k.mood FROM checkin k WHERE k.cohort_id = :cohort AND k.mood_counted = 0"
        f" AND k.mood IS NOT NULL AND k.created_at <= :at AND {members.present_sql('k.member_id')}",
        cohort=cohort_id,
        at=at,
    )
    return [(row["id"], row["member_id"], row["mood"]) for row in rows]


def _mark_counted(conn: Conn, ids: Sequence[int]) -> None:
    for each in ids:
        conn.run("UPDATE checkin SET mood_counted = 1 WHERE id = :id AND cohort_id = :cohort", id=each)


COHORTS = BatchedMean("checkins.mood", 1.5, 4.5, _waiting, _mark_counted)
"""How it is going in the cohort."""


async def renew(call: Call) -> None:
    """Release what may be released, where it is asked for."""
    if await call.read(fields.asks_mood, call.cohort.id):
        await counting.renew_due(call.core.store, [COHORTS], call.cohort.id, call.now)


def of_last_week(conn: Conn, scope: Scope) -> Text:
    """How it is going in the cohort, as everybody is told; nothing where too few said."""
    if not fields.asks_mood(conn, scope.cohort.id):
        return say("")
    found = COHORTS.shown(conn, scope.cohort.id, scope.now - timedelta(days=7), scope.now)
    mean = COHORTS.together(each for _, each in found)
    if mean is None:
        return say("")
    return say("How it is going in the cohort: {mean} of 5 over seven days.", mean=words(mean))


def words(mean: Mean) -> str:
    """A mean as it is said: "3.4", or that it is near an end."""
    if mean.value <= COHORTS.least:
        return f"{COHORTS.least} or less"
    return f"{COHORTS.most} or more" if mean.value >= COHORTS.most else f"{mean.value:.1f}"


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a picture shows: one's own days, and the cohort's weeks by their Mondays. `asked` says that check-ins ask it."""

    asked: bool
    first: date
    last: date
    own: Sequence[tuple[date, int]]
    cohort: Mapping[date, Mean]


@command("checkin mood", cost=Cost.DRAWS)
async def mood(call: Call) -> Reply:
    """How it has been going: your own line, and the cohort's from five people on."""
    await renew(call)
    found = await call.read(_lines, call.scope, call.member.id)
    buttons = Buttons((Button("Your journal", "checkin history"),))
    told = join([_own(found), _cohort(found)])
    if not found.own and not found.cohort:
        return Reply(told, (buttons,))
    picture = await call.core.executors.draw(_picture, found)
    return Reply(told, (picture, buttons))


def _lines(conn: Conn, scope: Scope, member_id: int) -> _Lines:
    last = scope.today
    first = monday(last) - timedelta(weeks=WEEKS - 1)
    rows = conn.all(
        "SELECT k.day, k.mood FROM checkin k WHERE k.cohort_id = :cohort AND k.member_id = :member"
        " AND k.day >= :first AND k.mood IS NOT NULL ORDER BY k.day",
        member=member_id,
        first=first,
    )
    own = [(row["day"], row["mood"]) for row in rows]
    cohort = _by_week(conn, scope.cohort, first, scope.now)
    asked = fields.asks_mood(conn, scope.cohort.id)
    return _Lines(asked, first, max([last, *(day for day, _ in own)]), own, cohort)


def _by_week(conn: Conn, cohort: Cohort, first: date, now: datetime) -> dict[date, Mean]:
    since = datetime.combine(first, time(), ZoneInfo(cohort.zone))
    weeks: dict[date, list[Mean]] = {}
    for at, mean in COHORTS.shown(conn, cohort.id, since, now):
        weeks.setdefault(monday(local_date(at, cohort.zone)), []).append(mean)
    together = {week: COHORTS.together(found) for week, found in weeks.items()}
    return {week: mean for week, mean in together.items() if mean is not None}


def _own(found: _Lines) -> Text:
    if not found.own:
        asks = " {/checkin now} asks it." if found.asked else ""
        return say("You have not said in these weeks how it is going." + asks)
    day, last = found.own[-1]
    mean = sum(value for _, value in found.own) / len(found.own)
    return say(
        "**How it is going**: {last} of 5 on {day}, {mean} on average over {days}. Nobody else sees yours.",
        last=last,
        day=day_words(day),
        mean=f"{mean:.1f}",
        days="1 day" if len(found.own) == 1 else f"{len(found.own)} days",
    )


def _cohort(found: _Lines) -> Text:
    if not found.cohort and not found.asked:
        return say("Check-ins here do not ask how it is going.")
    if not found.cohort:
        return say("The cohort’s line begins when five people have said how it is going.")
    week = max(found.cohort)
    return say(
        "The cohort: {mean} of 5 in the week of {week}.", mean=words(found.cohort[week]), week=day_words(week)
    )


def _picture(found: _Lines) -> Picture:
    span = max(1, (found.last - found.first).days)

    def when(day: date) -> float:
        return min(1.0, max(0.0, (day - found.first).days / span))

    weeks = sorted(found.cohort.items())
    chart = charts.moods(
        "How it has been going",
        [(when(day), float(value)) for day, value in found.own],
        [(when(week + timedelta(days=3)), mean.value) for week, mean in weeks],
        (day_words(found.first), day_words(found.last)),
        _alt(found, weeks),
    )
    return chart.picture("mood.png")


def _alt(found: _Lines, weeks: Sequence[tuple[date, Mean]]) -> str:
    mine: dict[date, list[int]] = {}
    for day, value in found.own:
        mine.setdefault(monday(day), []).append(value)
    own = ", ".join(f"{day_words(week)}: {sum(of) / len(of):.1f}" for week, of in mine.items())
    cohort = ", ".join(f"{day_words(week)}: {words(mean)}" for week, mean in weeks)
    parts = ["How it has been going, from 1 (hard) to 5 (great), by the week from a Monday on."]
    parts += [f"Yours: {own}."] if own else []
    parts += [f"The cohort: {cohort}."] if cohort else []
    return " ".join(parts)
