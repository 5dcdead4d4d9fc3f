"""How far a cohort's own reviewers agree, kept so that nobody's reviews can be told from it.

Reviews are hidden, so core.cohorts.counting says when a figure of them changes: it stands for the reviews of
`MIN_PEOPLE` members or more, and is renewed, or withdrawn, only when the reviews of as many have changed since. It
is no count, so nothing stands beside it from which it could be subtracted; that five people or more noted reviews is
all that it says of people. Nobody brings more than `MOST_EACH` papers, so no one can make up most of it. What is
shown is rounded besides.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from typing import Any

from core.cohorts import counting
from core.cohorts.model import Scope
from core.lottery import venues
from core.lottery.figures import of_reviewers
from core.lottery.fit import Estimate
from core.papers import reviews
from core.papers.model import Stage, VenueEdition
from core.store.port import Conn, Row

FEWEST_PAPERS, MOST_EACH = 8, 4
"""Papers behind a figure, and at most of one member, the newest."""

COUNTED_IN = 4
"""Numbers of papers are told in steps of so many."""

_WITHDRAWN = 0
"""What stands for the papers of a figure in which too few were left: it is stored, so that it does not come back
before enough people have changed once more."""

_STEP = 20  # figures are rounded to a twentieth


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One paper's newest round with two reviews or more of one kind, on a known scale."""

    owner: int
    discussed: bool
    scale: str
    ids: tuple[int, ...]
    scores: tuple[float, ...]
    accepted: bool


@dataclass(frozen=True, slots=True)
class ShownAgreement:
    """What is shown: the estimate with its interval, and that without a prior, all rounded; papers, rounded
    down; the instant from which it stands."""

    discussed: bool
    scale: str
    icc: Estimate
    anova: float
    papers: int
    at: datetime


Key = tuple[bool, str]
Basis = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class DueFigure:
    """A figure to store anew, and the papers that are in it now. `before` is what stood behind the stored one, as
    JSON; None where there is none."""

    key: Key
    papers: Sequence[Reviewed]
    before: str | None


def current_figure(conn: Conn, scope: Scope) -> ShownAgreement | None:
    """The figure to show, None where too few stand behind it: of those that stand, one from before the discussion,
    then the one with the most papers."""
    stored = _stored_figures(conn, scope)
    current = [_figure(row) for row in stored.values() if row["papers"] != _WITHDRAWN]
    return min(current, key=lambda each: (each.discussed, -each.papers, each.scale), default=None)


def due_figures(conn: Conn, scope: Scope) -> list[DueFigure]:
    """The figures whose reviews have changed enough, and those in which too few are left."""
    groups, stored = _with_scores(conn, _grouped(_rounds(conn, scope))), _stored_figures(conn, scope)
    found: list[DueFigure] = []
    for key in {*groups, *stored}:
        papers, row = groups.get(key, ()), stored.get(key)
        was_shown = row is not None and row["papers"] != _WITHDRAWN
        basis = counting.from_json(row["basis"]) if row else {}
        if counting.may_renew(_basis(papers), basis) and (was_shown or is_enough(papers)):
            found.append(DueFigure(key, papers, row["basis"] if row else None))
    return found


def is_enough(papers: Sequence[Reviewed]) -> bool:
    """Whether a figure can be made of these: papers and people enough, scores that differ, and not mostly
    papers that were accepted, since such a choice makes reviewers look further apart than they are."""
    return (
        len(papers) >= FEWEST_PAPERS
        and counting.may_show(len({paper.owner for paper in papers}))
        and 4 * sum(not paper.accepted for paper in papers) >= len(papers)
        and len({score for paper in papers for score in paper.scores}) > 1
    )


def _basis(papers: Sequence[Reviewed]) -> Basis:
    found: dict[int, list[int]] = {}
    for paper in papers:
        found.setdefault(paper.owner, []).extend(paper.ids)
    return {owner: sorted(ids) for owner, ids in found.items()}


@dataclass(frozen=True, slots=True)
class _Round:
    """A paper's newest round with two reviews or more of one kind, on a known scale."""

    id: int
    owner: int
    discussed: bool
    scale: str
    accepted: bool


def _grouped(rounds: Iterable[_Round]) -> dict[Key, list[_Round]]:
    """Rounds on one scale and from one side of the discussion, of each owner the first `MOST_EACH`."""
    groups: dict[Key, list[_Round]] = {}
    have: Counter[tuple[Key, int]] = Counter()
    for each in rounds:
        key = (each.discussed, each.scale)
        have[key, each.owner] += 1
        if have[key, each.owner] <= MOST_EACH:
            groups.setdefault(key, []).append(each)
    return groups


def _rounds(conn: Conn, scope: Scope) -> Iterator[_Round]:
    """The round that counts of each paper of those who are in the cohort now, the newest papers first."""
    scales: dict[tuple[Any, ...], str] = {}
    seen: set[tuple[int, bool]] = set()
    accepted = Stage.ACCEPTED.value
    for row in reviews.rounds_of_present_members(conn, scope.cohort.id):
        paper = (row["paper"], row["discussed"])
        if paper in seen:
            continue
        edition = (row["venue"], row["venue_key"], row["year"])
        if edition not in scales:
            scales[edition] = scale_of(row)
        if scale := scales[edition]:
            seen.add(paper)
            discussed = bool(row["discussed"])
            yield _Round(row["round"], row["owner_id"], discussed, scale, row["decision"] == accepted)


def _with_scores(conn: Conn, groups: Mapping[Key, Sequence[_Round]]) -> dict[Key, list[Reviewed]]:
    """The groups with what reviewers gave."""
    given = reviews.of_rounds(conn, sorted({each.id for group in groups.values() for each in group}))
    return {
        key: [_reviewed(each, given[each.id, each.discussed]) for each in group]
        for key, group in groups.items()
    }


def _reviewed(round_: _Round, rows: Sequence[Row]) -> Reviewed:
    return Reviewed(
        round_.owner,
        round_.discussed,
        round_.scale,
        tuple(row["id"] for row in rows),
        tuple(row["score"] for row in rows),
        round_.accepted,
    )


def scale_of(row: Row) -> str:
    """The scale of a round in words that are the same for the same scale; empty where that cannot be said.
    A venue whose scale is not known has one of its own."""
    if not row["venue"]:
        return ""
    known = venues.find(str(VenueEdition(row["venue"], row["year"])))
    if known is None or not known.venue.scales:
        return f"of {row['venue']}" if known else f"of {row['venue_key']}"
    if known.scale is None or (known.year is None and len(known.venue.scales) > 1):
        return ""
    return " ".join(f"{step:g}" for step in known.scale.values)


def compute(due: Sequence[DueFigure]) -> list[dict[str, Any]]:
    """The rows of figures to store. Plain and slow: run it off the event loop and off the database's threads."""
    return [_computed(each) for each in due]


def _computed(due: DueFigure) -> dict[str, Any]:
    estimate, plain, told = Estimate(0, 0, 0), 0.0, _WITHDRAWN
    if is_enough(due.papers):
        found = of_reviewers([paper.scores for paper in due.papers])
        estimate, plain = found.icc, found.anova
        told = len(due.papers) // COUNTED_IN * COUNTED_IN
    return {
        "discussed": int(due.key[0]),
        "scale": due.key[1],
        "papers": told,
        "icc": round(estimate.value * _STEP) / _STEP,
        "low": floor(estimate.low * _STEP) / _STEP,
        "high": ceil(estimate.high * _STEP) / _STEP,
        "anova": round(plain * _STEP) / _STEP,
        "basis": counting.as_json(_basis(due.papers)),
        "before": due.before,
    }


def store_figures(conn: Conn, scope: Scope, computed: Sequence[Mapping[str, Any]]) -> None:
    """Store figures that were computed, each unless another call has stored it since. One transaction."""
    for row in computed:
        conn.run(
            "INSERT INTO review_agreement (cohort_id, discussed, scale, at, papers, icc, low, high, anova, basis)"
            " VALUES (:cohort, :discussed, :scale, :at, :papers, :icc, :low, :high, :anova, :basis)"
            " ON CONFLICT (cohort_id, discussed, scale) DO UPDATE SET at = excluded.at, papers = excluded.papers,"
            " icc = excluded.icc, low = excluded.low, high = excluded.high, anova = excluded.anova,"
            " basis = excluded.basis WHERE review_agreement.basis = :before",
            cohort=scope.cohort.id,
            at=scope.now,
            **{**row, "before": row["before"] or ""},
        )


def _stored_figures(conn: Conn, scope: Scope) -> dict[Key, Row]:
    rows = conn.all("SELECT * FROM review_agreement WHERE cohort_id = :cohort", cohort=scope.cohort.id)
    return {(bool(row["discussed"]), row["scale"]): row for row in rows}


def _figure(row: Row) -> ShownAgreement:
    estimate = Estimate(row["icc"], row["low"], row["high"])
    return ShownAgreement(
        bool(row["discussed"]), row["scale"], estimate, row["anova"], row["papers"], row["at"]
    )
