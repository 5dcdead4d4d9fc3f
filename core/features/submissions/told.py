"""Decisions that their authors told the cohort: the rows, and what the channels show of them. Plain SQL.

Only an author of a paper tells of it, never somebody else. What a channel shows follows from the row and the paper as they
are now: a title that changes, a decision that is corrected, a paper that is hidden or deleted changes it at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.cohorts import members, places
from core.cohorts.members import name_sql
from core.cohorts.model import Cohort, Scope
from core.commands import handled_calls
from core.commands.decorators import paper_changed
from core.delivery import outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outcomes import PostStanding
from core.delivery.outlet import Target
from core.papers import authors, queries
from core.papers.model import Paper, Stage, VenueEdition, Visibility
from core.store.port import Conn, Row

TOLD, PURPOSE = "submissions.told", "papers"
"""The kind of post that tells of a decision, and what the channels are for in which it stands."""
GOOD = (Stage.ACCEPTED, Stage.PUBLISHED)
_WITHDRAWN = "Who told it took it back before it was sent."


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on a paper last, and where; `round_id` is None where no round is recorded."""

    stage: Stage
    venue: VenueEdition
    round_id: int | None


def last_decision(conn: Conn, paper_id: int, stage: Stage) -> Decision | None:
    """The last decision on a paper that is at a stage; None where there was none yet."""
    decided = queries.latest_decided_round(conn, paper_id)
    if stage is Stage.PUBLISHED:
        venue = decided.venue if decided is not None else VenueEdition("")
        return Decision(stage, venue, decided.id if decided is not None else None)
    if decided is None or decided.decision is None:
        return None
    return Decision(decided.decision, decided.venue, decided.id)


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """A decision that was told. `member` told it, whose name is `by`; `hidden` says that its owner told it although the
    cohort did not see the paper; `taken_back`, that it is told no more."""

    id: int
    paper_id: int
    round_id: int | None
    member: int
    by: str
    stage: Stage
    words: str
    hidden: bool
    taken_back: bool


def _of_row(row: Row) -> DecisionTold:
    return DecisionTold(
        row["id"],
        row["submission_id"],
        row["round_id"],
        row["member_id"],
        row["by"] or "Somebody who left",
        Stage(row["stage"]),
        row["words"],
        bool(row["hidden"]),
        row["taken_back_at"] is not None,
    )


_SELECT = f"SELECT t.*, {name_sql('t.member_id')} AS by FROM decision_told t"


def by_id(conn: Conn, told_id: int) -> DecisionTold | None:
    """What was told, by its id; None where it is gone."""
    row = conn.one(f"{_SELECT} WHERE t.id = :id AND t.cohort_id = :cohort", id=told_id)
    return _of_row(row) if row is not None else None


def of_paper(conn: Conn, paper_id: int) -> list[DecisionTold]:
    """All that was told of a paper, also what was taken back, the newest first."""
    rows = conn.all(
        f"{_SELECT} WHERE t.submission_id = :paper AND +t.cohort_id = :cohort ORDER BY t.id DESC",
        paper=paper_id,
    )
    return list(map(_of_row, rows))


def of_decision(conn: Conn, paper_id: int, decision: Decision) -> DecisionTold | None:
    """What was told of one decision; None where nothing ever was."""
    found = of_paper(conn, paper_id)
    return next(
        (each for each in found if (each.round_id, each.stage) == (decision.round_id, decision.stage)), None
    )


def keep(
    conn: Conn, scope: Scope, member_id: int, paper_id: int, decision: Decision, words: str, *, hidden: bool
) -> DecisionTold:
    """Keep that a member tells of a decision, in place of what was told of it before."""
    before = of_decision(conn, paper_id, decision)
    values = {"member": member_id, "words": words, "hidden": int(hidden), "now": scope.now}
    if before is None:
        made = conn.insert(
            "INSERT INTO decision_told (cohort_id, submission_id, round_id, member_id, stage, words, hidden, told_at)"
            " VALUES (:cohort, :paper, :round, :member, :stage, :words, :hidden, :now)",
            cohort=scope.cohort.id,
            paper=paper_id,
            round=decision.round_id,
            stage=decision.stage.value,
            **values,
        )
    else:
        made = before.id
        conn.run(
            "UPDATE decision_told SET member_id = :member, words = :words, hidden = :hidden, told_at = :now,"
            " taken_back_at = NULL WHERE id = :id AND cohort_id = :cohort",
            id=made,
            **values,
        )
        handled_calls.erase_results(conn, scope.cohort.id)
    found = by_id(conn, made)
    assert found is not None  # noqa: S101 - it was written just now
    return found


def take_back(conn: Conn, scope: Scope, told: DecisionTold) -> None:
    """Tell of it no more, and forget its words."""
    conn.run(
        "UPDATE decision_told SET words = '', taken_back_at = :now WHERE id = :id AND cohort_id = :cohort",
        id=told.id,
        now=scope.now,
    )
    handled_calls.erase_results(conn, scope.cohort.id)


# --- what the channels show -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What a channel shows of a decision now. `coauthors` are named where the news is good and the cohort sees them
    anyway; `open` says that everybody may open the paper."""

    told: DecisionTold
    number: int
    title: str
    venue: VenueEdition
    coauthors: str
    open: bool


def shown(conn: Conn, cohort_id: int, told_id: int) -> Shown | None:
    """What is told of a decision now; None where nothing is: it was taken back or corrected, or the paper is hidden or
    gone."""
    told = by_id(conn, told_id)
    if told is None or told.taken_back:
        return None
    paper = queries.headline(conn, cohort_id, told.paper_id)
    if paper is None:
        return None
    is_open = paper["visibility"] == Visibility.COHORT.value
    venue = _holds(conn, told, Stage(paper["stage"]))
    if venue is None or not (is_open or told.hidden):
        return None
    others = ""
    if names_others(told.stage, hidden=not is_open):
        others = named_beside(conn, told.paper_id, paper["owner_id"], told.member)
    return Shown(told, paper["number"], paper["title"], venue, others, is_open)


def names_others(stage: Stage, *, hidden: bool) -> bool:
    """Whether the other authors are named: with good news of a paper that the cohort sees."""
    return stage in GOOD and not hidden


def named_beside(conn: Conn, paper_id: int, owner_id: int, member_id: int) -> str:
    """The names of the authors of a paper beside who tells of it."""
    found = [each for each in authors.of_paper(conn, paper_id) if each.member_id != member_id]
    if member_id != owner_id:
        found.insert(0, authors.Author(members.name(conn, owner_id), owner_id))
    return authors.listed(found)


def _holds(conn: Conn, told: DecisionTold, now: Stage) -> VenueEdition | None:
    """Where a decision was made that is still so of a paper at a stage; None where it was corrected since."""
    if told.stage is Stage.PUBLISHED and now is not Stage.PUBLISHED:
        return None
    if told.round_id is None:
        return VenueEdition("")
    found = queries.round_of(conn, told.round_id)
    if found is None:
        return None
    kept = told.stage is Stage.PUBLISHED or found.decision is told.stage
    return found.venue if kept else None


def about(told_id: int) -> str:
    """What the posts of a decision that was told are found by."""
    return f"decision:{told_id}"


def standings(conn: Conn, cohort: Cohort, told_id: int) -> list[PostStanding]:
    """How it stands in the channels."""
    return outcomes.standings(conn, cohort.id, TOLD, about(told_id))


def publish(conn: Conn, scope: Scope, told: DecisionTold) -> list[int]:
    """Bring what the channels show in line with a decision that was told. Returns the posts that carry it out."""
    return _publish(conn, scope, told, standings(conn, scope.cohort, told.id))


def _publish(conn: Conn, scope: Scope, told: DecisionTold, before: Sequence[PostStanding]) -> list[int]:
    wanted = shown(conn, scope.cohort.id, told.id) is not None
    revision = conn.value(
        "UPDATE decision_told SET revision = revision + 1 WHERE id = :id AND cohort_id = :cohort RETURNING revision",
        id=told.id,
    )
    serving = [Target.place(each) for each in places.places_for(conn, scope.cohort.id, PURPOSE)]
    there, open_now = {each.target.key for each in before}, {each.key for each in serving}
    written = [
        outcomes.bring_up(
            conn,
            each,
            replace(_post(scope, told, each.target), key=f"{each.key}:{revision}"),
            scope.now,
            wanted=wanted,
            again=each.target.key in open_now,
            why=_WITHDRAWN,
        )
        for each in before
    ]
    if wanted:
        new = (_post(scope, told, each) for each in serving if each.key not in there)
        written += [outbox.enqueue(conn, each, scope.now) for each in new]
    return [each for each in written if each is not None]


def _post(scope: Scope, told: DecisionTold, target: Target) -> NewPost:
    of, data = about(told.id), {"told": told.id}
    return NewPost(scope.cohort.id, f"{of}:{target.key}", TOLD, data, target, asked_by=told.member, about=of)


@paper_changed
def bring_up(conn: Conn, scope: Scope, paper_id: int) -> None:
    """Let the channels show what is told of a paper as it is now."""
    for told in of_paper(conn, paper_id):
        if not told.taken_back and (before := standings(conn, scope.cohort, told.id)):
            _publish(conn, scope, told, before)


def may_tell(member_id: int, paper: Paper, *, hidden: bool) -> bool:
    """Whether a member may tell of a paper: its authors, and of one that the cohort does not see its owner alone."""
    return member_id == paper.owner or (member_id in paper.coauthors and not hidden)


def may_take_back(member_id: int, paper: Paper, told: DecisionTold) -> bool:
    """Whether a member may take back what was told: who told it, and the paper's owner."""
    return member_id in (told.member, paper.owner)


def current(conn: Conn, scope: Scope, paper: Paper) -> tuple[Row | None, Decision | None]:
    """A paper's headline and its last decision, as they are now; None for what is not there."""
    row = queries.headline(conn, scope.cohort.id, paper.id)
    return row, last_decision(conn, paper.id, Stage(row["stage"])) if row is not None else None
