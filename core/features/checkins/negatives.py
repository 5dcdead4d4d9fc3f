"""Negative results: what did not work, found by any words of what was learned. Plain SQL.

Everybody in the cohort finds what was shared, and its author what was kept private too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.chat import folding
from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.features.checkins.records import SEEN, WORDS
from core.store.port import Conn, Row
from core.store.words import Search


@dataclass(frozen=True, slots=True)
class NegativeResult:
    """What somebody learned from what did not work. `by` is a name; `private` says that only its author finds it."""

    day: date
    by: str
    learned: str
    private: bool


_SEARCH = Search(
    WORDS,
    "checkin k",
    "k.id",
    "k.cohort_id",
    f"k.id, k.day, k.learned, k.shared, {name_sql('k.member_id')} AS name",
    f"k.negative = 1 AND ({SEEN} OR k.member_id = :viewer)",
)


def find(conn: Conn, scope: Scope, typed: str, limit: int) -> list[NegativeResult]:
    """The negative results with these words that the caller may read, the newest first; all of them where no word was
    typed."""
    viewer = scope.member.id if scope.member else -1
    if folding.readings(typed):
        rows: Sequence[Row] = _SEARCH.find(conn, scope.cohort.id, typed, limit, viewer=viewer)
    else:
        rows = _SEARCH.newest(conn, scope.cohort.id, limit, viewer=viewer)
    return [NegativeResult(row["day"], row["name"], row["learned"], not row["shared"]) for row in rows]
