"""How far a cohort's own reviewers agree, kept so that nobody's reviews can be told from it.

A figure stands for several people's reviews, and so does the difference between any two figures that are
shown one after the other: the figure is stored, and renewed only when the reviews of at least `MIN_PEOPLE`
members have changed since. Nobody brings more than `MOST_EACH` papers, so no one can make up most of it.
What is shown is rounded besides.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil, floor
from typing import Any

from core.cohorts.counting import MIN_PEOPLE
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
    due = any(_is_due(papers, stored.get(key)) for key, papers in groups.items())
    return _preferred(groups, stored), due


def renew_figures(conn: Conn, scope: Scope) -> None:
    """Compute and store every figure whose reviews have changed enough. One transaction."""
    stored = _stored_figures(conn, scope)
    for key, papers in _grouped(reviewed(conn, scope)).items():
        if _is_due(papers, stored.get(key)):
            _store_figure(conn, scope, key, papers)


def _preferred(groups: Mapping[Key, Sequence[Reviewed]], stored: Mapping[Key, Row]) -> Figure | None:
    """Of the figures that stand, one from before the discussion, then the one with the most papers."""
    current = [_figure(row) for key, row in stored.items() if _is_current(groups.get(key, ()), row)]
    return min(current, key=lambda each: (each.discussed, -each.papers, each.scale), default=None)


def _is_current(papers: Sequence[Reviewed], row: Row) -> bool:
    """Whether a stored figure is still to be shown: until so much has changed that it has to be renewed."""
    return len(_changed(_basis(papers), _basis_of(row))) < MIN_PEOPLE


def _is_due(papers: Sequence[Reviewed], row: Row | None) -> bool:
    return is_enough(papers) and (row is None or not _is_current(papers, row))


def is_enough(papers: Sequence[Reviewed]) -> bool:
    """Whether a figure can be made of these: papers and people enough, scores that differ, and not mostly
    papers that were accepted, since such a choice makes reviewers look further apart than they are."""
    return (
        len(papers) >= FEWEST_PAPERS
        and len({paper.owner for paper in papers}) >= MIN_PEOPLE
        and 4 * sum(not paper.accepted for paper in papers) >= len(papers)
        and len({score for paper in papers for score in paper.scores}) > 1
    )


def _basis(papers: Sequence[Reviewed]) -> Basis:
    found: dict[int, list[int]] = {}
    for paper in papers:
        found.setdefault(paper.owner, []).extend(paper.ids)
    return {owner: sorted(ids) for owner, ids in found.items()}


def _basis_of(row: Row) -> Basis:
    return {int(owner): ids for owner, ids in json.loads(row["basis"]).items()}


def _changed(now: Basis, before: Basis) -> set[int]:
    """The members whose reviews are not the same in both. A review never changes: it comes and goes."""
    return {owner for owner in {*now, *before} if list(now.get(owner, ())) != list(before.get(owner, ()))}


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
    scores = [paper.scores for paper in papers]
    found = of_reviewers(scores)
    estimate, plain = found.icc, found.anova
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
        papers=len(papers) // COUNTED_IN * COUNTED_IN,
        icc=round(estimate.value * _STEP) / _STEP,
        low=floor(estimate.low * _STEP) / _STEP,
        high=ceil(estimate.high * _STEP) / _STEP,
        anova=round(plain * _STEP) / _STEP,
        basis=json.dumps(_basis(papers)),
    )


def _stored_figures(conn: Conn, scope: Scope) -> dict[Key, Row]:
    rows = conn.all("SELECT * FROM review_agreement WHERE cohort_id = :cohort", cohort=scope.cohort.id)
    return {(bool(row["discussed"]), row["scale"]): row for row in rows}


def _figure(row: Row) -> Figure:
    estimate = Estimate(row["icc"], row["low"], row["high"])
    return Figure(bool(row["discussed"]), row["scale"], estimate, row["anova"], row["papers"], row["at"])
