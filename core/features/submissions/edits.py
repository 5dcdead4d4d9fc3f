"""What is corrected of a paper beside its stage. Two who edit at once overwrite nothing of each other's silently."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.chat.text import join, say
from core.cohorts.model import Member, Scope
from core.commands.hooks import PaperChangedHook
from core.errors import Ambiguous, NotAllowed, NotFound
from core.features.submissions import coauthors, notices, orders, records, told
from core.papers import authors, history, queries, updates, venues
from core.papers.history import FieldChange, PaperField
from core.papers.model import NoteVisibility, Paper, Stage, VenueEdition, Visibility
from core.store.port import Conn, Row

_REACH = (Visibility.PRIVATE, Visibility.ANONYMOUS, Visibility.COHORT)
"""Who sees a paper, from the fewest to the most."""
_IN_POSTS = {PaperField.TITLE, PaperField.VISIBILITY, PaperField.COAUTHORS}
"""What of a paper stands in posts: where anything else is corrected, none of them changes."""


@dataclass(frozen=True, slots=True)
class PaperEdit:
    """How a paper shall be; None for what stays as it is, empty co-authors or an empty link for none. `seen` is the last event of the paper
    that the caller knew of, None where nobody says; `sure` that they mean it whatever has changed since."""

    title: str | None = None
    visibility: Visibility | None = None
    coauthors: str | None = None
    link: str | None = None
    venue: VenueEdition | None = None
    seen: int | None = None
    sure: bool = False


def prefill(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form that edits a paper. Raises `NotAllowed` where the caller may not."""
    paper = records.changeable(conn, scope, given)
    if paper is None:
        return {}
    standing = {field.value: value for field, value in _current(conn, scope, paper).items() if value}
    return {"seen": str(history.latest(conn, paper.id)), **standing}


def edit(
    conn: Conn,
    scope: Scope,
    by: Member,
    paper: Paper,
    wanted: PaperEdit,
    hooks: Sequence[PaperChangedHook] = (),
) -> dict[str, Any]:
    """Correct a paper, and run `hooks` where something changed that stands in posts. Returns what changed as `changes`,
    (field, before, after) each, and its `number` now.

    Raises `Ambiguous` where somebody else changed the same field since the caller looked, `NotAllowed` where somebody
    else than its owner would let more people see it.
    """
    now = _current(conn, scope, paper)
    asked, before = _asked(wanted), authors.of_paper(conn, paper.id)
    named = before
    if wanted.coauthors is not None and wanted.coauthors != now[PaperField.COAUTHORS]:
        named = authors.read(conn, scope, wanted.coauthors, paper.owner, before)
        asked[PaperField.COAUTHORS] = authors.words(named)
    if wanted.seen is not None and not wanted.sure:
        asked = _merge(conn, paper, now, asked, wanted.seen)
    changes = [FieldChange(field, now[field], after) for field, after in asked.items() if after != now[field]]
    _check_may(by, paper, changes)
    was_seen = now[PaperField.VISIBILITY] == Visibility.COHORT.value
    stage = queries.stage(conn, scope, paper.id) or paper.stage
    events = []
    for change in changes:
        if change.field is PaperField.COAUTHORS:
            authors.replace(conn, scope, paper.id, named)
            coauthors.tell_named(conn, scope, paper.id, before, named)
        else:
            _apply(conn, scope, paper, change, wanted)
        seen_by = NoteVisibility.COHORT if was_seen else NoteVisibility.PRIVATE
        if change.field is PaperField.VISIBILITY:
            seen_by = NoteVisibility.PRIVATE
        events.append(history.add_change(conn, scope, paper.id, by.id, stage, change, seen_by))
    if events:
        notices.tell_owner(conn, scope, paper, by.id, events[0], events[-1])
    after = {each.field: each.after for each in changes}
    if after.get(PaperField.VISIBILITY) == Visibility.COHORT.value:
        stayed = [each.member_id for each in before if each in named and each.member_id is not None]
        coauthors.tell(conn, scope, paper.id, stayed, coauthors.SHOWN, scope.member)
    if after.keys() & _IN_POSTS:
        for hook in hooks:
            hook.run(conn, scope, paper.id)
    elif PaperField.VENUE in after:
        told.bring_up(conn, scope, paper.id)
    row = queries.headline(conn, scope.cohort.id, paper.id)
    return {
        "number": row["number"] if row is not None else paper.number,
        "changes": [[each.field.value, each.before, each.after] for each in changes],
    }


def _current(conn: Conn, scope: Scope, paper: Paper) -> dict[PaperField, str]:
    """What can be edited of a paper, as it stands, in the words in which history keeps it."""
    row = queries.headline(conn, scope.cohort.id, paper.id)
    if row is None:
        raise NotFound("This paper is not there any more.")
    last = queries.latest_round(conn, paper.id)
    return {
        PaperField.TITLE: row["title"],
        PaperField.VISIBILITY: row["visibility"],
        PaperField.COAUTHORS: authors.words(authors.of_paper(conn, paper.id)),
        PaperField.LINK: row["link"] or "",
        PaperField.VENUE: str(last.venue) if last is not None else "",
    }


def _asked(wanted: PaperEdit) -> dict[PaperField, str]:
    """The fields that are named, with what they shall be."""
    asked: dict[PaperField, str | None] = {
        PaperField.TITLE: wanted.title,
        PaperField.VISIBILITY: wanted.visibility.value if wanted.visibility else None,
        PaperField.LINK: wanted.link,
        PaperField.VENUE: str(wanted.venue) if wanted.venue else None,
    }
    return {field: value for field, value in asked.items() if value is not None}


def _merge(
    conn: Conn, paper: Paper, now: Mapping[PaperField, str], asked: Mapping[PaperField, str], seen: int
) -> dict[PaperField, str]:
    """What is asked for beside what somebody else changed since `seen`: fields that the caller left as they were stay as
    they are now. Raises `Ambiguous` for one that both changed."""
    since = history.since(conn, paper.id, seen)
    merged, both = dict(asked), []
    for field, after in asked.items():
        changed = [row for row in since if row["field"] == field.value]
        if not changed or after == now[field]:
            continue
        if after == (changed[0]["value_before"] or ""):
            del merged[field]
        else:
            both += changed
    if both:
        raise _conflict(both)
    return merged


def _conflict(both: Sequence[Row]) -> Ambiguous:
    question = join([*orders.meanwhile(both), say("Shall yours take its place?")])
    return Ambiguous(question, [("yes", "Yes, take mine")], field="sure")


def _check_may(by: Member, paper: Paper, changes: Sequence[FieldChange]) -> None:
    """Raises `NotAllowed` for what is its owner's alone: to say who writes a paper, and to let more people see it."""
    if by.id == paper.owner:
        return
    for change in changes:
        if change.field is PaperField.COAUTHORS:
            raise NotAllowed(
                say(
                    "Only whose paper it is can say who else writes it. Your own name you can take off with "
                    "{/submission leave}."
                ),
                field="coauthors",
            )
        if change.field is PaperField.VISIBILITY:
            before, after = (_REACH.index(Visibility(each)) for each in (change.before, change.after))
            if after > before:
                raise NotAllowed(
                    "Only whose paper it is can let more people see it. You can let fewer see it.",
                    field="visibility",
                )


def _apply(conn: Conn, scope: Scope, paper: Paper, change: FieldChange, wanted: PaperEdit) -> None:
    """Make one change of the paper itself."""
    match change.field:
        case PaperField.TITLE:
            updates.set_title(conn, scope, paper.id, change.after)
        case PaperField.LINK:
            updates.set_link(conn, paper.id, change.after or None)
        case PaperField.VISIBILITY:
            updates.set_visibility(conn, scope, paper.id, Visibility(change.after))
        case PaperField.VENUE if wanted.venue is not None:
            _set_venue(conn, scope, paper, wanted.venue)


def _set_venue(conn: Conn, scope: Scope, paper: Paper, venue: VenueEdition) -> None:
    """Correct where the latest round is, or plan a first one. Raises `Ambiguous` where an earlier round was decided
    there."""
    last = queries.latest_round(conn, paper.id)
    if last is not None:
        venues.check_goes_on(queries.rounds(conn, paper.id, scored=False)[:-1], venue)
        updates.set_round_venue(conn, last.id, venue)
    else:
        stage = queries.stage(conn, scope, paper.id)
        decision = stage if stage is Stage.WITHDRAWN else None
        updates.open_round(conn, paper.id, venue, decision, scope.today)
