"""What changes a paper: plain functions, each one transaction."""

from collections.abc import Sequence
from typing import Any

from core.chat.text import say
from core.cohorts.limits import check_quota
from core.cohorts.model import Scope
from core.commands.hooks import PaperDecidedHook
from core.commands.record_search import normalize_name
from core.errors import BadInput, NotFound
from core.features.submissions import coauthors, decided, notices, orders, texts, told
from core.papers import forecasts, history, queries, updates, venues
from core.papers.model import UNDER_REVIEW, Paper, Stage, VenueEdition
from core.papers.queries import LatestRound
from core.papers.updates import NewPaper, StageChange
from core.store.port import Conn

DECISIONS = {
    Stage.ACCEPTED: Stage.ACCEPTED,
    Stage.PUBLISHED: Stage.ACCEPTED,
    Stage.REJECTED: Stage.REJECTED,
    Stage.DESK_REJECTED: Stage.DESK_REJECTED,
    Stage.WITHDRAWN: Stage.WITHDRAWN,
}
"""The stages that end a round, and with which decision."""


def add(conn: Conn, scope: Scope, owner_id: int, paper: NewPaper, chance: int | None = None) -> int:
    """Record a new paper; one that names a venue opens its first round, of which its owner may say how likely an acceptance
    is. Returns its number."""
    have = queries.count_of_owner(conn, owner_id)
    check_quota(
        have, scope.limits.papers, "You have {have} papers here", "Whoever runs this bot can allow more."
    )
    added = updates.add_paper(conn, scope, owner_id, paper)
    coauthors.tell_named(conn, scope, added.id, (), paper.coauthors or ())
    if paper.venue is not None or paper.stage in (*UNDER_REVIEW, *orders.DECIDED):
        updates.open_round(conn, added.id, paper.venue, DECISIONS.get(paper.stage), scope.today)
    if chance is not None:
        forecasts.state(conn, scope, owner_id, added.id, chance, "chance")
    return added.number


def update(
    conn: Conn,
    scope: Scope,
    by: int,
    paper: Paper,
    change: StageChange,
    *,
    sure: bool = False,
    seen: int | None = None,
    chance: int | None = None,
    hooks: Sequence[PaperDecidedHook] = (),
) -> dict[str, Any]:
    """Move a paper to a stage. Returns the stage before, whether anything was written, and the venue of the
    round that it is in now. Nothing is written for a stage it has already, unless there is a note.

    `seen` is the last event of the paper that the caller knew of. Raises `Ambiguous` where the change contradicts what is
    recorded, unless the caller is `sure`. `hooks` are run where the new stage ends a round.
    """
    before = _current_stage(conn, scope, paper)
    if not sure:
        orders.check(conn, scope, paper, change, seen)
    changed = before is not change.stage
    if changed:
        updates.set_stage(conn, paper.id, change.stage)
        _update_rounds(conn, paper.id, change)
    if chance is not None:
        forecasts.state(conn, scope, by, paper.id, chance, "chance")
    last = queries.latest_round(conn, paper.id)
    venue = str(last.venue) if last else ""
    if changed or change.note:
        event = history.add_stage(conn, scope, paper.id, by, before, change, venue)
        if changed:
            _tell(conn, scope, paper, by, change.stage, event)
    if changed and change.stage in DECISIONS:
        for hook in hooks:
            hook.run(conn, scope, paper.id, change.stage.value)
    return {"before": before.value, "changed": changed, "noted": bool(change.note), "venue": venue}


def _tell(conn: Conn, scope: Scope, paper: Paper, by: int, stage: Stage, event: int) -> None:
    """Tell those whose paper moved, and let the channels show what was told of it as it is now."""
    if stage in texts.MOMENTS:
        decided.tell(conn, scope, paper, by, event)
    else:
        notices.tell_owner(conn, scope, paper, by, event, event)
    told.bring_up(conn, scope, paper.id)


def resubmit(
    conn: Conn, scope: Scope, by: int, paper: Paper, venue: VenueEdition, chance: int | None = None
) -> int:
    """Send a paper to its next venue, with the caller's forecast for it. Returns which try it is. A venue that was only
    planned is replaced, and what was said of its chances there goes; a paper that is being revised goes on in its round where it is sent to the same venue, and is
    withdrawn from it otherwise.

    Raises `BadInput` where the paper is still under review or was accepted, `Ambiguous` where it would come back to where
    it was decided.
    """
    before = _current_stage(conn, scope, paper)
    last = queries.latest_round(conn, paper.id)
    _check_may_resubmit(paper, before, last)
    # Asked again here: somebody else may have recorded a decision since the caller looked.
    venues.check_goes_on(queries.rounds(conn, paper.id, scored=False), venue)
    change = StageChange(Stage.SUBMITTED, scope.today, None)
    updates.set_stage(conn, paper.id, change.stage)
    if last is not None and last.decision is None and before is Stage.REVISING:
        if _same_venue(last.venue, venue):
            venue = last.venue
        else:
            updates.decide_round(conn, last.id, Stage.WITHDRAWN, change.day)
            updates.open_round(conn, paper.id, venue, None, change.day)
    elif last is not None and last.decision is None:
        if not _same_venue(last.venue, venue):
            forecasts.forget_round(conn, scope, last.id)
        updates.set_round_venue(conn, last.id, venue)
    else:
        updates.open_round(conn, paper.id, venue, None, change.day)
    event = history.add_stage(conn, scope, paper.id, by, before, change, str(venue))
    notices.tell_owner(conn, scope, paper, by, event, event)
    if chance is not None:
        forecasts.state(conn, scope, by, paper.id, chance, "chance")
    return queries.count_rounds(conn, paper.id)


def _check_may_resubmit(paper: Paper, stage: Stage, last: LatestRound | None) -> None:
    at = f" at {last.venue}" if last and last.venue.name else ""
    if stage in (Stage.ACCEPTED, Stage.PUBLISHED):
        text = (
            "“{title}” is accepted{at}, so it needs no other venue. If that was a slip, set it right with "
            "{/submission update}."
        )
    elif stage in UNDER_REVIEW and stage is not Stage.REVISING:
        text = (
            "“{title}” is still under review{at}. Say with {/submission update} how that ended; then it can go "
            "on."
        )
    else:
        return
    raise BadInput(say(text, title=paper.title, at=at))


def _same_venue(one: VenueEdition, other: VenueEdition) -> bool:
    """Whether two editions may be the same one: a journal's have no year."""
    same_name = normalize_name(one.name) == normalize_name(other.name)
    return same_name and (one.year is None or other.year is None or one.year == other.year)


def _current_stage(conn: Conn, scope: Scope, paper: Paper) -> Stage:
    stage = queries.stage(conn, scope, paper.id)
    if stage is None:
        raise NotFound("This paper is not there any more.")
    return stage


def _update_rounds(conn: Conn, paper_id: int, change: StageChange) -> None:
    """Bring a paper's rounds in line with its new stage.

    A decision ends the open round; a verdict where none is open corrects the last one's. Submitted with no
    open round begins the next one, at the same venue until another is named. Any other stage under review
    with no open round means that the decision was recorded by mistake, so it is taken back.
    """
    last = queries.latest_round(conn, paper_id)
    decision = DECISIONS.get(change.stage)
    if last is None:
        if change.stage in (*UNDER_REVIEW, *orders.DECIDED):
            updates.open_round(conn, paper_id, None, decision, change.day)
    elif decision is not None:
        if last.decision is None or change.stage in orders.DECIDED:
            updates.decide_round(conn, last.id, decision, change.day)
    elif last.decision is not None:
        if change.stage is Stage.SUBMITTED:
            updates.open_round(conn, paper_id, _next_venue(last), None, change.day)
        elif change.stage in UNDER_REVIEW:
            updates.decide_round(conn, last.id, None, change.day)


def _next_venue(last: LatestRound) -> VenueEdition:
    """Where a paper goes next when nobody said so: the same venue, but after a verdict not the same year."""
    same_year = last.decision is Stage.WITHDRAWN
    return VenueEdition(last.venue.name, last.venue.year if same_year else None)
