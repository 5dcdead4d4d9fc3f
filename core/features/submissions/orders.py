"""Orders of events that cannot be, as far as the records tell: asked about, neither taken silently nor forbidden."""

from collections.abc import Sequence
from datetime import date

from core import clock
from core.chat.text import Text, join, say
from core.cohorts.model import Scope
from core.errors import Ambiguous
from core.features.submissions import texts
from core.papers import history, queries
from core.papers.model import Paper, Stage
from core.papers.queries import LatestRound
from core.papers.updates import StageChange
from core.store.port import Conn, Row

DECIDED = (Stage.ACCEPTED, Stage.REJECTED, Stage.DESK_REJECTED)
"""The stages that say what a venue decided, even where no round was recorded or it had ended."""
_IN = (Stage.ACCEPTED, Stage.PUBLISHED)
_OUT = (Stage.REJECTED, Stage.DESK_REJECTED)


def check(conn: Conn, scope: Scope, paper: Paper, change: StageChange, seen: int | None) -> None:
    """Raises `Ambiguous`, with a button that says that it is meant so, where a change of a paper's stage contradicts what
    is recorded of it, or what somebody else has recorded since the caller looked."""
    now = queries.stage(conn, scope, paper.id) or paper.stage
    last = queries.latest_round(conn, paper.id)
    doubts: list[Text] = []
    if now is not change.stage:
        doubts += _of_stage(now, last, change) or _accepted_before(conn, paper, change)
        doubts += _meanwhile(conn, paper, seen)
    doubts += _of_day(conn, scope, paper, change)
    if doubts:
        raise Ambiguous(join([*doubts, say("Is it meant so?")]), [("yes", _yes(change))], field="sure")


def _yes(change: StageChange) -> str:
    return f"Yes: {texts.stage(change.stage)} on {clock.date_words(change.day)}"


def _of_stage(now: Stage, last: LatestRound | None, change: StageChange) -> list[Text]:
    """What stands against a stage after the one that a paper is at."""
    at = f" at {last.venue}" if last is not None and last.venue.name else ""
    decision = last.decision if last is not None else None
    if change.stage is Stage.PUBLISHED and now not in _IN and decision in (*_OUT, Stage.WITHDRAWN):
        return [say("It was {before}{at}, and nowhere accepted since.", before=texts.stage(decision), at=at)]
    if change.stage is Stage.ACCEPTED and now is Stage.PUBLISHED:
        return [say("It is published already, so it was accepted before.")]
    if change.stage in _OUT and now in _IN:
        return [say("It is {before}{at}.", before=texts.stage(now), at=at)]
    return []


def _accepted_before(conn: Conn, paper: Paper, change: StageChange) -> list[Text]:
    """That a paper was accepted already, where it is accepted again."""
    if change.stage is not Stage.ACCEPTED:
        return []
    for each in queries.rounds(conn, paper.id, scored=False):
        if each.decision is Stage.ACCEPTED:
            at = f" at {each.venue}" if each.venue.name else ""
            return [say("It was accepted{at} already.", at=at)]
    return []


def _of_day(conn: Conn, scope: Scope, paper: Paper, change: StageChange) -> list[Text]:
    """What stands against the day on which something happened."""
    zone = scope.member.zone if scope.member else None
    today = max(scope.today, clock.local_date(scope.now, zone or scope.cohort.zone))
    if change.day > today:
        return [say("{day} is still to come.", day=clock.day_words(change.day))]
    if (
        change.stage in DECIDED
        and (submitted := _submitted_on(conn, scope, paper))
        and change.day < submitted
    ):
        told = say("It was submitted on {day}, which is later.", day=clock.day_words(submitted))
        return [told]
    return []


def _submitted_on(conn: Conn, scope: Scope, paper: Paper) -> date | None:
    """The day on which a paper was submitted last, as it was told; of one that was added as submitted, the day on which
    it was added."""
    row = history.submitted_on(conn, paper.id)
    if row is not None:
        day: date = row["day"]
        return day
    first = queries.details(conn, paper.id)
    if first is None or first["first_stage"] != Stage.SUBMITTED.value:
        return None
    return clock.local_date(first["created_at"], scope.cohort.zone)


def _meanwhile(conn: Conn, paper: Paper, seen: int | None) -> list[Text]:
    """What somebody changed of the stage since the caller looked."""
    if seen is None:
        return []
    moved = [row for row in history.since(conn, paper.id, seen) if row["field"] == history.PaperField.STAGE]
    return meanwhile(moved) if moved else []


def meanwhile(rows: Sequence[Row]) -> list[Text]:
    """What changed while somebody else looked at a paper, a line each."""
    lines = [texts.changed_line(row) for row in rows]
    return [say("Meanwhile it changed:"), *lines]
