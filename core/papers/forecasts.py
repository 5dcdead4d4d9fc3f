"""What authors said how likely an acceptance is: every statement on their forecasts. They are for their authors' eyes alone;
the cohort's figure is stored, and shown from five people on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.chat.text import say
from core.cohorts.counting import StandingSums
from core.cohorts.members import present_sql
from core.cohorts.model import Scope
from core.commands import handled_calls
from core.commands.paging import Page
from core.errors import BadInput
from core.papers import queries
from core.papers.deletion import NOT_DELETED
from core.papers.model import Stage, VenueEdition
from core.papers.queries import OWN
from core.store.port import Conn, Row

LEAST, MOST = 1, 99
"""Nobody is certain."""
ENOUGH = 10
"""Decided forecasts from which on one's own calibration is drawn."""
NOTHING = ("none", "-", "–", "—")
"""What people type to take a forecast back."""
_CHANCE = re.compile(r"(\d{1,3}(?:[.,]\d{0,3})?|[.,]\d{1,3})\s*(%|percent|in 100|/\s*100)?", re.IGNORECASE)
_OUTCOMES = {Stage.ACCEPTED: True, Stage.REJECTED: False}
"""The decisions that say whether a forecast came true. A paper that was withdrawn, or turned down at the desk, was judged by
no committee."""
_OF_AUTHORS = f"FROM forecast f JOIN submission_round r ON r.id = f.round_id JOIN submission s ON s.id = r.submission_id AND {OWN}"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an author said of a round: a chance from 1 to 99 in 100. `decision` is None while the round is open."""

    paper: int
    title: str
    venue: VenueEdition
    chance: int
    decision: Stage | None
    stated_at: datetime

    @property
    def came_true(self) -> bool | None:
        """Whether the paper was accepted; None where no committee has decided."""
        return _OUTCOMES.get(self.decision) if self.decision is not None else None


def read_chance(typed: str) -> int | None:
    """The chance in 100 that "70", "70%", "0.7" or "70 in 100" means, None for one that is taken back. Raises `BadInput`."""
    if typed.strip().casefold() in NOTHING:
        return None
    match = _CHANCE.fullmatch(typed.strip())
    value = float(match[1].replace(",", ".")) if match else 0.0
    if match and not match[2] and value < 1:
        value *= 100
    if not match or not LEAST <= round(value) <= MOST:
        words = "“{typed}” is no chance from 1 to 99 in 100. Please give one such as 40."
        raise BadInput(say(words, typed=typed[:40]), field="chance")
    return round(value)


def state(conn: Conn, scope: Scope, member_id: int, paper_id: int, chance: int, field: str = "paper") -> None:
    """Keep what an author says of the round that a paper is in, in place of what they said before. Raises `BadInput` at
    `field` where none is open."""
    conn.run(
        "INSERT INTO forecast (cohort_id, round_id, member_id, chance, stated_at)"
        " VALUES (:cohort, :round, :member, :chance, :now) ON CONFLICT (round_id, member_id)"
        " DO UPDATE SET chance = excluded.chance, stated_at = excluded.stated_at",
        cohort=scope.cohort.id,
        round=open_round(conn, paper_id, field),
        member=member_id,
        chance=chance,
        now=scope.now,
    )


def take_back(conn: Conn, scope: Scope, member_id: int, paper_id: int) -> bool:
    """Forget what an author said of the round that a paper is in. Returns whether they had said something. Raises
    `BadInput` where none is open."""
    handled_calls.erase_results(conn, scope.cohort.id)
    done = conn.run(
        "DELETE FROM forecast WHERE round_id = :round AND member_id = :member AND +cohort_id = :cohort",
        round=open_round(conn, paper_id),
        member=member_id,
        cohort=scope.cohort.id,
    )
    return done > 0


def forget_round(conn: Conn, scope: Scope, round_id: int) -> None:
    """Forget what authors said of a round, which goes to another venue now."""
    handled_calls.erase_results(conn, scope.cohort.id)
    conn.run("DELETE FROM forecast WHERE round_id = :round AND +cohort_id = :cohort", round=round_id)


def forget_author(conn: Conn, scope: Scope, paper_id: int, member_id: int) -> None:
    """Forget what a member said of a paper of which they are no author any more: they could neither read it nor take it
    back."""
    done = conn.run(
        "DELETE FROM forecast WHERE cohort_id = :cohort AND id IN (SELECT f.id FROM submission_round r JOIN forecast f"
        " ON f.round_id = r.id AND f.member_id = :member WHERE r.submission_id = :paper)",
        member=member_id,
        cohort=scope.cohort.id,
        paper=paper_id,
    )
    if done:
        handled_calls.erase_results(conn, scope.cohort.id)


def open_round(conn: Conn, paper_id: int, field: str = "paper") -> int:
    """The id of the round that a paper is in. Raises `BadInput` at `field` where it is in none."""
    last = queries.latest_round(conn, paper_id)
    if last is None:
        raise BadInput(
            "A forecast is about one venue. Please give it once the paper is on its way to one.", field=field
        )
    if last.decision is not None:
        raise BadInput("This round is decided, so what was said of it stays as it is.", field=field)
    return last.id


_COLUMNS = "s.number, s.title, r.venue, r.year, r.decision, f.chance, f.stated_at"


def of_paper(conn: Conn, scope: Scope, paper_id: int) -> Forecast | None:
    """What the caller said of the round that their paper is in, or was in last."""
    row = conn.one(
        f"SELECT {_COLUMNS} {_OF_AUTHORS} WHERE f.member_id = :viewer AND +f.cohort_id = :cohort"
        " AND r.id = (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = :paper)",
        viewer=queries.viewer_id(scope),
        cohort=scope.cohort.id,
        paper=paper_id,
    )
    return _forecast(row) if row is not None else None


def listed(conn: Conn, scope: Scope, wanted: int) -> tuple[Page, list[Forecast]]:
    """A page of the caller's forecasts: open ones first, then the newest."""
    values = {"viewer": queries.viewer_id(scope), "cohort": scope.cohort.id}
    mine = f"{_OF_AUTHORS} WHERE f.member_id = :viewer AND +f.cohort_id = :cohort"
    page = Page(wanted, int(conn.value(f"SELECT count(*) {mine}", **values)))
    rows = conn.all(
        f"SELECT {_COLUMNS} {mine} ORDER BY CASE WHEN r.decision IS NULL THEN 0 ELSE 1 END, f.id DESC"
        f" LIMIT {page.size} OFFSET {page.start}",
        **values,
    )
    return page, [_forecast(row) for row in rows]


def scored(conn: Conn, scope: Scope) -> list[tuple[int, bool]]:
    """The caller's forecasts of which it is known whether they came true, with that."""
    rows = conn.all(
        f"SELECT f.chance, r.decision {_OF_AUTHORS} WHERE f.member_id = :viewer AND +f.cohort_id = :cohort"
        " AND r.decision IN ('accepted', 'rejected')",
        viewer=queries.viewer_id(scope),
        cohort=scope.cohort.id,
    )
    return [(row["chance"], _OUTCOMES[Stage(row["decision"])]) for row in rows]


def _forecast(row: Row) -> Forecast:
    return Forecast(
        row["number"],
        row["title"],
        VenueEdition(row["venue"], row["year"]),
        row["chance"],
        Stage(row["decision"]) if row["decision"] else None,
        row["stated_at"],
    )


def _parts(conn: Conn, cohort_id: int) -> dict[int, Sequence[int]]:
    """Of each member who is in the cohort and an author: decided forecasts, the sum of what they said, how many came true, and the
    sum of the squared differences, in 100 and 10,000."""
    found: dict[int, list[int]] = {}
    for row in conn.all(
        "SELECT f.member_id, f.chance, r.decision FROM forecast f JOIN submission_round r ON r.id = f.round_id"
        " JOIN submission s ON s.id = r.submission_id WHERE f.cohort_id = :cohort"
        f" AND r.decision IN ('accepted', 'rejected') AND {NOT_DELETED} AND {present_sql('f.member_id')}"
        " AND (s.owner_id = f.member_id OR EXISTS (SELECT 1 FROM submission_author c WHERE c.submission_id = s.id"
        " AND c.member_id = f.member_id))",
        cohort=cohort_id,
    ):
        true = 100 * _OUTCOMES[Stage(row["decision"])]
        brought = 1, row["chance"], true // 100, (row["chance"] - true) ** 2
        known = found.setdefault(row["member_id"], [0, 0, 0, 0])
        found[row["member_id"]] = [one + more for one, more in zip(known, brought, strict=True)]
    return dict(found)


OF_COHORT = StandingSums("forecasts", ("count", "said", "true", "squares"), _parts)
"""What a cohort's authors said, and what came of it."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Forecasts that were decided: how many, the mean of what was said and the share that came true (fractions), and the Brier
    score, the mean of (chance - outcome)^2."""

    count: int
    said: float
    true: float
    brier: float


def calibration(found: Sequence[tuple[int, bool]]) -> Calibration:
    """How forecasts fit what came of them. ValueError without one."""
    if not found:
        raise ValueError("There is no decided forecast.")
    count = len(found)
    return Calibration(
        count,
        sum(chance for chance, _ in found) / count / 100,
        sum(true for _, true in found) / count,
        sum((chance / 100 - true) ** 2 for chance, true in found) / count,
    )


def of_cohort(conn: Conn, cohort_id: int) -> Calibration | None:
    """How the cohort's forecasts fit, as it is stored; None where too few people have decided ones."""
    sums = OF_COHORT.shown(conn, cohort_id)
    if not sums.get("count"):
        return None
    count = sums["count"]
    return Calibration(
        count, sums["said"] / count / 100, sums["true"] / count, sums["squares"] / count / 10_000
    )
