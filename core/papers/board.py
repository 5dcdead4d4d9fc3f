"""Papers as a board: by stage in the order of a paper's life, within a stage those first whose venue has something for them
next, then the newest. Who may see a paper is said by `core.papers.queries`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.cohorts.members import name_sql
from core.cohorts.model import Scope
from core.papers import due, editions, queries
from core.papers.editions import EditionDate
from core.papers.model import Stage, VenueEdition
from core.papers.queries import LATEST_ROUND, PaperFilter
from core.store.port import Conn, Row

LIFE = (
    *(Stage.IDEA, Stage.DRAFTING, Stage.SUBMITTED, Stage.IN_REVIEW, Stage.REBUTTAL, Stage.REVISING),
    *(Stage.ACCEPTED, Stage.PUBLISHED, Stage.REJECTED, Stage.DESK_REJECTED, Stage.WITHDRAWN),
)
"""All stages, in the order of a paper's life."""
_ARMS = " ".join(f"WHEN '{stage.value}' THEN {at}" for at, stage in enumerate(LIFE))
_RANK = f"CASE s.stage {_ARMS} END"
_MOST_DATES = 100
"""Editions with something ahead that papers are put in order by."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where papers at a stage are: the name of a venue as it is compared, and the year, None where none was given."""

    stage: Stage
    venue_key: str
    year: int | None


def counts(conn: Conn, scope: Scope, wanted: PaperFilter) -> dict[Stage, int]:
    """How many papers of a filter the caller sees at each stage, in the order of a paper's life, stages without one left
    out."""
    where, values = queries.conditions(scope, wanted)
    rows = conn.all(
        f"SELECT s.stage, count(*) AS n FROM submission s {LATEST_ROUND if wanted.venue else ''}"
        f" WHERE {where} AND {queries.VISIBLE} GROUP BY s.stage",
        **values,
    )
    found = {row["stage"]: row["n"] for row in rows}
    return {stage: found[stage.value] for stage in LIFE if stage.value in found}


def coming(
    conn: Conn, scope: Scope, wanted: PaperFilter, stages: Iterable[Stage], zone: str
) -> dict[Destination, EditionDate]:
    """What is next at the venues of the papers of a filter at some stages that the caller sees, the soonest first. What is
    not certain is not there: doubtful dates, and venues of which two have one name."""
    dated = [stage for stage in stages if stage in due.KINDS]
    ahead = _editions_ahead(conn, scope.cohort.id, scope.now) if dated else []
    if not ahead:
        return {}
    keys = {key for key, _ in ahead}
    bound = [each for each in _destinations(conn, scope, wanted, dated) if each.venue_key in keys]
    known = editions.find_all(conn, scope.cohort.id, {_edition(each) for each in bound})
    found = {}
    for each in bound:
        there = known[_edition(each)]
        date = due.next_date(there[0], each.stage, scope.now, zone) if len(there) == 1 else None
        if date is not None:
            found[each] = date
    return dict(sorted(found.items(), key=lambda pair: due.instant(pair[1]))[:_MOST_DATES])


def _edition(destination: Destination) -> VenueEdition:
    return VenueEdition(destination.venue_key, destination.year)


def _editions_ahead(conn: Conn, cohort_id: int, now: datetime) -> list[tuple[str, int]]:
    """The cohort's editions of which a date that can be relied on may be ahead."""
    rows = conn.all(
        "SELECT DISTINCT e.venue_key, e.year FROM venue_date d JOIN venue_edition e ON e.id = d.edition_id"
        " WHERE d.cohort_id = :cohort AND d.at >= :since AND d.main = 1 AND d.doubt = ''",
        cohort=cohort_id,
        since=now - due.WHOLE_DAY,
    )
    return [(row["venue_key"], row["year"]) for row in rows]


def _destinations(
    conn: Conn, scope: Scope, wanted: PaperFilter, stages: Collection[Stage]
) -> list[Destination]:
    where, values = queries.conditions(scope, wanted)
    among, named = _among(stages)
    rows = conn.all(
        f"SELECT DISTINCT s.stage, r.venue_key, r.year FROM submission s {LATEST_ROUND}"
        f" WHERE {where} AND {queries.VISIBLE} AND s.stage IN ({among}) AND r.venue_key <> ''",
        **values,
        **named,
    )
    return [Destination(Stage(row["stage"]), row["venue_key"], row["year"]) for row in rows]


def page(
    conn: Conn,
    scope: Scope,
    wanted: PaperFilter,
    stages: Collection[Stage],
    dates: Mapping[Destination, EditionDate],
    start: int,
    most: int,
) -> Sequence[Row]:
    """The papers of a filter at some stages that the caller sees, in the order of the board, from the one behind the first
    `start` on: `number`, `title`, `stage`, `visibility`, `owner`, a name, and `venue`, `venue_key` and `year` of the latest
    round, NULL where there is none. `dates` are what `coming` gave."""
    where, values = queries.conditions(scope, wanted)
    among, named = _among(stages)
    soonest, given = _soonest(dates)
    rounds = LATEST_ROUND if wanted.venue or dates else ""
    order = f"{_RANK}, {soonest}s.id DESC"
    return conn.all(
        "SELECT s.number, s.title, s.stage, s.visibility, r.venue, r.venue_key, r.year,"
        f" {name_sql('s.owner_id')} AS owner FROM (SELECT s.id FROM submission s {rounds} WHERE {where}"
        f" AND {queries.VISIBLE} AND s.stage IN ({among}) ORDER BY {order} LIMIT {most} OFFSET {start}) found"
        f" JOIN submission s ON s.id = found.id {LATEST_ROUND} ORDER BY {order}",
        **values,
        **named,
        **given,
    )


def _among(stages: Iterable[Stage]) -> tuple[str, dict[str, str]]:
    named = {f"stage{at}": stage.value for at, stage in enumerate(stages)}
    return ", ".join(f":{each}" for each in named), named


def _soonest(dates: Mapping[Destination, EditionDate]) -> tuple[str, dict[str, Any]]:
    """What papers are put in order by that have something ahead: those with the same date stand together."""
    if not dates:
        return "", {}
    ranks = {at: rank for rank, at in enumerate(sorted({due.instant(each) for each in dates.values()}))}
    arms: list[str] = []
    values: dict[str, Any] = {}
    for at, (each, date) in enumerate(dates.items()):
        year = f"r.year = :y{at}" if each.year is not None else "r.year IS NULL"
        arms.append(
            f"WHEN s.stage = :s{at} AND r.venue_key = :k{at} AND {year} THEN {ranks[due.instant(date)]}"
        )
        values |= {f"s{at}": each.stage.value, f"k{at}": each.venue_key}
        values |= {f"y{at}": each.year} if each.year is not None else {}
    return f"CASE {' '.join(arms)} ELSE {len(ranks)} END, ", values


def destination(row: Row) -> Destination:
    """Where a paper of `page` is."""
    return Destination(Stage(row["stage"]), row["venue_key"] or "", row["year"])
