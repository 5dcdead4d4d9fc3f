"""How far a cohort's own reviewers agree, kept so that nobody's reviews can be told from it.

Reviews are hidden, so core.cohorts.counting says when a figure of them changes: it stands for the reviews of
`MIN_PEOPLE` members or more, and is renewed, or withdrawn, only when the reviews of as many have changed since. It
is no count, so nothing stands beside it from which it could be subtracted; that five people or more noted reviews is
all that it says of people. Nobody brings more than `MOST_EACH` papers, so no one can make up most of it. What is
shown is rounded besides.
"""

from collections.abc import Mapping, Sequence
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
class Figure:
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


def current_figure(conn: Conn, scope: Scope) -> tuple[Figure | None, bool]:
    """The figure to show, None where too few stand behind it, and whether `renew_figures` has something to do."""
    groups, stored = _grouped(reviewed(conn, scope)), _stored_figures(conn, scope)
    return _preferred(stored), bool(_due(groups, stored))


def renew_figures(conn: Conn, scope: Scope) -> None:
    """Compute and store every figure whose reviews have changed enough; withdraw it where too few are left. One
    transaction."""
    for key, papers in _due(_grouped(reviewed(conn, scope)), _stored_figures(conn, scope)).items():
        _store_figure(conn, scope, key, papers)


def _preferred(stored: Mapping[Key, Row]) -> Figure | None:
    """Of the figures that stand, one from before the discussion, then the one with the most papers."""
    current = [_figure(row) for row in stored.values() if row["papers"] != _WITHDRAWN]
    return min(current, key=lambda each: (each.discussed, -each.papers, each.scale), default=None)


def _due(
    groups: Mapping[Key, Sequence[Reviewed]], stored: Mapping[Key, Row]
) -> dict[Key, Sequence[Reviewed]]:
    """The figures to store anew, with the papers that are in them now."""
    found: dict[Key, Sequence[Reviewed]] = {}
    for key in {*groups, *stored}:
        papers, row = groups.get(key, ()), stored.get(key)
        was_shown = row is not None and row["papers"] != _WITHDRAWN
        if counting.may_renew(_basis(papers), counting.from_json(row["basis"]) if row else {}) and (
            was_shown or is_enough(papers)
        ):
            found[key] = papers
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


def _grouped(papers: Sequence[Reviewed]) -> dict[Key, list[Reviewed]]:
    """Papers on one scale and from one side of the discussion, of each owner the newest `MOST_EACH`."""
    groups: dict[Key, list[Reviewed]] = {}
    for paper in papers:
        group = groups.setdefault((paper.discussed, paper.scale), [])
        if sum(each.owner == paper.owner for each in group) < MOST_EACH:
            group.append(paper)
    return groups


def reviewed(conn: Conn, scope: Scope) -> list[Reviewed]:
    """The papers of those who are in the cohort now, the newest first, with what reviewers gave them."""
    rows = reviews.of_present_members(conn, scope.cohort.id)
    rounds: dict[tuple[Any, Any], list[Row]] = {}
    for row in rows:
        rounds.setdefault((row["round"], row["discussed"]), []).append(row)
    found: dict[tuple[Any, Any], Reviewed] = {}
    for each in rounds.values():
        first, scale = each[0], scale_of(each[0])
        if len(each) >= 2 and scale:
            paper = _reviewed(each, scale)
            found.setdefault((first["paper"], first["discussed"]), paper)
    return list(found.values())


def _reviewed(rows: Sequence[Row], scale: str) -> Reviewed:
    first = rows[0]
    return Reviewed(
        first["owner_id"],
        bool(first["discussed"]),
        scale,
        tuple(row["id"] for row in rows),
        tuple(row["score"] for row in rows),
        first["decision"] == Stage.ACCEPTED.value,
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


def _store_figure(conn: Conn, scope: Scope, key: Key, papers: Sequence[Reviewed]) -> None:
    estimate, plain, told = Estimate(0, 0, 0), 0.0, _WITHDRAWN
    if is_enough(papers):
        found = of_reviewers([paper.scores for paper in papers])
        estimate, plain = found.icc, found.anova
        told = len(papers) // COUNTED_IN * COUNTED_IN
    conn.run(
        "INSERT INTO review_agreement (cohort_id, discussed, scale, at, papers, icc, low, high, anova, basis)"
        " VALUES (:cohort, :discussed, :scale, :at, :papers, :icc, :low, :high, :anova, :basis)"
        " ON CONFLICT (cohort_id, discussed, scale) DO UPDATE SET at = excluded.at, papers = excluded.papers,"
        " icc = excluded.icc, low = excluded.low, high = excluded.high, anova = excluded.anova,"
        " basis = excluded.basis",
        cohort=scope.cohort.id,
        discussed=int(key[0]),
        scale=key[1],
        at=scope.now,
        papers=told,
        icc=round(estimate.value * _STEP) / _STEP,
        low=floor(estimate.low * _STEP) / _STEP,
        high=ceil(estimate.high * _STEP) / _STEP,
        anova=round(plain * _STEP) / _STEP,
        basis=counting.as_json(_basis(papers)),
    )


def _stored_figures(conn: Conn, scope: Scope) -> dict[Key, Row]:
    rows = conn.all("SELECT * FROM review_agreement WHERE cohort_id = :cohort", cohort=scope.cohort.id)
    return {(bool(row["discussed"]), row["scale"]): row for row in rows}


def _figure(row: Row) -> Figure:
    estimate = Estimate(row["icc"], row["low"], row["high"])
    return Figure(bool(row["discussed"]), row["scale"], estimate, row["anova"], row["papers"], row["at"])
