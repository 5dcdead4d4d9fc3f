"""What is read of papers, their rounds and their events: who may see a paper is decided here alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.cohorts.members import name_sql, present_sql
from core.cohorts.model import Member, Scope
from core.commands.record_search import normalize_name
from core.papers import authors, reviews
from core.papers.deletion import NOT_DELETED
from core.papers.model import Paper, Round, Stage, VenueEdition
from core.store.port import Conn, Row


def _part_of(member: str) -> str:
    """The condition under which a paper is a member's, or one that they are a co-author of."""
    # No EXISTS: as a list of its own it is read once, and not for each paper.
    return (
        f"(s.owner_id = {member} OR s.id IN"
        f" (SELECT c.submission_id FROM submission_author c WHERE c.member_id = {member}))"
    )


OWN = f"({_part_of(':viewer')} AND {NOT_DELETED})"
"""The condition under which a paper is the caller's, or they are a co-author of it; `:viewer` is their member's id."""

VISIBLE = f"(s.visibility = 'cohort' OR {OWN})"
"""The condition under which a caller sees a paper; `:viewer` is their member's id."""

LATEST_ROUND = (
    "LEFT JOIN submission_round r ON r.id ="
    " (SELECT max(l.id) FROM submission_round l WHERE l.submission_id = s.id)"
)

COLUMNS = "s.id, s.number, s.title, s.owner_id, s.stage"
"""What is read of a paper to begin with."""

_PAPER = f"SELECT {COLUMNS} FROM submission s WHERE s.cohort_id = :cohort AND {VISIBLE}"


def viewer_id(scope: Scope) -> int:
    """The id of the member who looks, -1 for somebody who is none."""
    return scope.member.id if scope.member else -1


def visible_by_number(conn: Conn, scope: Scope, number: int) -> Sequence[Row]:
    """The paper of a number, if the caller may see it: `id`, `number`, `title`, `owner_id`, `stage`. Its owner also
    finds it by the number that it had while it was hidden."""
    values = {"cohort": scope.cohort.id, "viewer": viewer_id(scope), "number": number}
    return conn.all(f"{_PAPER} AND s.number = :number", **values) or conn.all(
        f"{_PAPER} AND {OWN} AND s.id ="
        " (SELECT a.submission_id FROM submission_alias a WHERE a.cohort_id = :cohort AND a.number = :number)",
        **values,
    )


def with_rounds(conn: Conn, scope: Scope, row: Row) -> Paper:
    """The paper of a row of `visible_by_number` or of `core.papers.titles`, with its rounds. The scores of its
    reviews are there only where the caller owns it."""
    owned = row["owner_id"] == viewer_id(scope)
    tries = rounds(conn, row["id"], scored=owned)
    members = authors.members_of_paper(conn, row["id"])
    return Paper(row["id"], row["number"], row["title"], row["owner_id"], Stage(row["stage"]), tries, members)


def rounds(conn: Conn, paper_id: int, *, scored: bool) -> tuple[Round, ...]:
    """A paper's rounds in order of time, with the scores of their reviews if `scored`."""
    rows = conn.all(
        "SELECT id, venue, year, decision FROM submission_round WHERE +cohort_id = :cohort AND submission_id = :paper ORDER BY id",
        paper=paper_id,
    )
    scores = reviews.scores_of_paper(conn, paper_id) if scored and rows else {}
    return tuple(
        Round(
            VenueEdition(row["venue"], row["year"]),
            Stage(row["decision"]) if row["decision"] else None,
            scores.get((row["id"], False), ()),
            scores.get((row["id"], True), ()),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class LatestRound:
    """The round that a paper is in, or was in last. `decision` is None while it is open."""

    id: int
    venue: VenueEdition
    decision: Stage | None


def latest_round(conn: Conn, paper_id: int) -> LatestRound | None:
    """A paper's latest round; None where it was sent nowhere yet."""
    row = conn.one(
        "SELECT id, venue, year, decision FROM submission_round WHERE +cohort_id = :cohort AND submission_id = :paper"
        " ORDER BY id DESC LIMIT 1",
        paper=paper_id,
    )
    return _round(row) if row is not None else None


def _round(row: Row) -> LatestRound:
    decision = Stage(row["decision"]) if row["decision"] else None
    return LatestRound(row["id"], VenueEdition(row["venue"], row["year"]), decision)


def latest_decided_round(conn: Conn, paper_id: int) -> LatestRound | None:
    """A paper's latest round that was decided; None where none was."""
    row = conn.one(
        "SELECT id FROM submission_round WHERE +cohort_id = :cohort AND submission_id = :paper AND decision IS NOT NULL ORDER BY id DESC LIMIT 1",
        paper=paper_id,
    )
    return round_of(conn, row["id"]) if row is not None else None


def round_of(conn: Conn, round_id: int) -> LatestRound | None:
    """A round of a paper, by its id; None where it is not there."""
    row = conn.one(
        "SELECT id, venue, year, decision FROM submission_round WHERE id = :round AND cohort_id = :cohort",
        round=round_id,
    )
    return _round(row) if row is not None else None


def count_rounds(conn: Conn, paper_id: int) -> int:
    """How many rounds a paper has had, the open one counted."""
    return int(
        conn.value(
            "SELECT count(*) FROM submission_round WHERE +cohort_id = :cohort AND submission_id = :paper",
            paper=paper_id,
        )
    )


def count_of_owner(conn: Conn, owner_id: int) -> int:
    """How many papers a member has."""
    count: int = conn.value(
        f"SELECT count(*) FROM submission s WHERE +s.cohort_id = :cohort AND s.owner_id = :owner AND {NOT_DELETED}",
        owner=owner_id,
    )
    return count


def count_of_member(conn: Conn, member_id: int) -> int:
    """How many papers a member has or is a co-author of."""
    return int(
        conn.value(
            "SELECT count(*) FROM submission s WHERE +s.cohort_id = :cohort AND (s.owner_id = :member OR s.id IN (SELECT c.submission_id"
            f" FROM submission_author c WHERE c.member_id = :member)) AND {NOT_DELETED}",
            member=member_id,
        )
    )


def stage(conn: Conn, scope: Scope, paper_id: int) -> Stage | None:
    """The stage that a paper is at now; None where it is not in the cohort any more."""
    value = conn.value(
        f"SELECT s.stage FROM submission s WHERE s.id = :paper AND s.cohort_id = :cohort AND {NOT_DELETED}",
        paper=paper_id,
        cohort=scope.cohort.id,
    )
    return Stage(value) if value is not None else None


def headline(conn: Conn, cohort_id: int, paper_id: int) -> Row | None:
    """What a paper is called, for whoever was found to see it or whose it is: `number`, `title`, `stage`, `visibility`,
    `link`, `owner_id`. None where it is not there any more."""
    return conn.one(
        "SELECT s.number, s.title, s.stage, s.visibility, s.link, s.owner_id FROM submission s"
        f" WHERE s.id = :paper AND s.cohort_id = :cohort AND {NOT_DELETED}",
        paper=paper_id,
        cohort=cohort_id,
    )


def details(conn: Conn, paper_id: int) -> Row | None:
    """The rest of a paper that the caller was found to see: `owner`, the name of the member who added it,
    `visibility`, `link`, `created_at` and `first_stage`. None where it is not there any more."""
    return conn.one(
        f"SELECT {name_sql('s.owner_id')} AS owner, s.visibility, s.link, s.created_at,"
        f" s.first_stage FROM submission s WHERE s.id = :paper AND s.cohort_id = :cohort AND {NOT_DELETED}",
        paper=paper_id,
    )


@dataclass(frozen=True, slots=True)
class PaperName:
    """What a paper is called, and whether the whole cohort sees it."""

    number: int
    title: str
    for_cohort: bool


def paper_name(conn: Conn, paper_id: int) -> PaperName | None:
    """What a paper is called, whoever looks: for who was told of it by its owner. None where it is not there."""
    row = conn.one(
        f"SELECT s.number, s.title, s.visibility FROM submission s WHERE s.id = :id AND s.cohort_id = :cohort AND {NOT_DELETED}",
        id=paper_id,
    )
    return PaperName(row["number"], row["title"], row["visibility"] == "cohort") if row else None


def editions_of_cohort(conn: Conn, scope: Scope) -> list[VenueEdition]:
    """The venue editions that papers were sent to which the caller may see."""
    rows = conn.all(
        "SELECT DISTINCT r.venue, r.year FROM submission_round r JOIN submission s ON s.id = r.submission_id"
        f" WHERE s.cohort_id = :cohort AND r.venue <> '' AND {VISIBLE} ORDER BY r.venue, r.year",
        cohort=scope.cohort.id,
        viewer=viewer_id(scope),
    )
    return [VenueEdition(row["venue"], row["year"]) for row in rows]


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """What a list of papers is narrowed to."""

    owner: Member | None = None
    stage: Stage | None = None
    venue: VenueEdition | None = None


def conditions(scope: Scope, wanted: PaperFilter) -> tuple[str, dict[str, object]]:
    """The condition of a filter on `s` and, where a venue is named, on `r`; and its parameters."""
    conditions = ["s.cohort_id = :cohort"]
    values: dict[str, object] = {"cohort": scope.cohort.id, "viewer": viewer_id(scope)}
    if wanted.owner:
        conditions.append(_part_of(":owner"))
        values["owner"] = wanted.owner.id
    if wanted.stage:
        conditions.append("s.stage = :stage")
        values["stage"] = wanted.stage.value
    if wanted.venue:
        # The rounds there are few, and found by an index; whether one is its paper's latest is asked of these alone.
        year = " AND {0}.year = :year" if wanted.venue.year else ""
        at = "{0}.venue_key = :key" + year
        rounds = (
            f"SELECT v.submission_id FROM submission_round v WHERE v.cohort_id = :cohort AND {at.format('v')}"
        )
        conditions += [at.format("r"), f"s.id IN ({rounds})"]
        values["key"] = normalize_name(wanted.venue.name)
        if wanted.venue.year:
            values["year"] = wanted.venue.year
    return " AND ".join(conditions), values


def count_visible(conn: Conn, scope: Scope, wanted: PaperFilter) -> int:
    """How many papers of a filter the caller sees."""
    where, values = conditions(scope, wanted)
    return int(
        conn.value(
            f"SELECT count(*) FROM submission s {LATEST_ROUND if wanted.venue else ''} WHERE {where} AND {VISIBLE}",
            **values,
        )
    )


def page_visible(conn: Conn, scope: Scope, wanted: PaperFilter, start: int, most: int) -> Sequence[Row]:
    """The papers of a filter that the caller sees, newest first, from the one behind the first `start` on: `id`, `number`,
    `title`, `stage`, `visibility`, `owner`, a name, and `venue` and `year` of the latest round, NULL where there is none."""
    where, values = conditions(scope, wanted)
    return conn.all(
        f"SELECT s.id, s.number, s.title, s.stage, s.visibility, r.venue, r.year, {name_sql('s.owner_id')} AS owner"
        f" FROM (SELECT s.id FROM submission s {LATEST_ROUND if wanted.venue else ''} WHERE {where} AND {VISIBLE}"
        f" ORDER BY s.id DESC LIMIT {most} OFFSET {start}) found"
        f" JOIN submission s ON s.id = found.id {LATEST_ROUND} ORDER BY s.id DESC",
        **values,
    )


def shown_to_all(conn: Conn, cohort_id: int) -> Sequence[Row]:
    """Every paper that the whole cohort sees, the oldest first: `number`, `title`, `stage`, `owner`, `link`, and `venue` and
    `year` of its latest round."""
    return conn.all(
        f"SELECT s.number, s.title, s.stage, r.venue, r.year, {name_sql('s.owner_id')} AS owner, s.link"
        f" FROM submission s {LATEST_ROUND} WHERE s.cohort_id = :cohort AND s.visibility = 'cohort' ORDER BY s.id",
        cohort=cohort_id,
    )


def stage_counts(conn: Conn, cohort_id: int) -> dict[str, int]:
    """How many papers that the whole cohort sees are at each stage."""
    rows = conn.all(
        "SELECT s.stage, count(*) AS n FROM submission s"
        " WHERE s.cohort_id = :cohort AND s.visibility = 'cohort' GROUP BY s.stage",
        cohort=cohort_id,
    )
    return {row["stage"]: row["n"] for row in rows}


def anonymous(conn: Conn, cohort_id: int) -> list[tuple[str, int, int]]:
    """How many anonymous papers those who are in the cohort have, as (stage, owner, papers). Only for the stored
    figure of them."""
    rows = conn.all(
        "SELECT s.stage, s.owner_id, count(*) AS n FROM submission s WHERE s.cohort_id = :cohort"
        f" AND s.visibility = 'anonymous' AND {present_sql('s.owner_id')} GROUP BY s.stage, s.owner_id",
        cohort=cohort_id,
    )
    return [(row["stage"], row["owner_id"], row["n"]) for row in rows]
