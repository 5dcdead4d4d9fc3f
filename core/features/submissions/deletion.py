"""Papers are deleted by their owners: asked first, undone for a day, then gone."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, ButtonStyle, Choice, Reply
from core.chat.text import Text, join, say
from core.cohorts.model import Member, Scope
from core.commands import record_search
from core.commands.decorators import command, prune, record
from core.commands.dispatch import Call
from core.commands.hooks import PaperChangedHook
from core.commands.spec import Arg, NothingThere, Once
from core.errors import NotAllowed, NotFound
from core.features.submissions import coauthors, records
from core.papers import authors, deletion, queries
from core.store.port import Conn, Row

_MOST = 25
GONE = "This paper is not there any more. Within a day of deleting it you can have it back."
NOTHING_DELETED = NothingThere(
    "You have deleted no paper within the last day. What was deleted longer ago is gone.",
    Button("Add a paper", "submission add"),
)


@dataclass(frozen=True, slots=True)
class PaperToDelete:
    """A paper that the caller sees, or has deleted within the last day: a deletion that is delivered twice finds it the
    second time too, and gives the same answer."""

    id: int
    number: int
    title: str
    owner: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class PaperToRestore:
    """A paper of the caller's that can be had back, or is back already."""

    id: int
    number: int
    title: str


@record(PaperToDelete, complete=records.complete, none=records.NO_PAPER)
def resolve(conn: Conn, scope: Scope, typed: str) -> PaperToDelete:
    """The paper of that number, or with these words in its title."""
    try:
        paper = records.resolve(conn, scope, typed)
    except NotFound:
        gone = _deleted_of(conn, scope, typed)
        if len(gone) != 1 or scope.member is None:
            raise
        return PaperToDelete(gone[0]["id"], gone[0]["number"], gone[0]["title"], scope.member.id, True)
    return PaperToDelete(paper.id, paper.number, paper.title, paper.owner, False)


def complete_deleted(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """The caller's papers that can be had back, by any words of their titles."""
    rows = deletion.of_owner(conn, scope, _MOST)
    fitting = [row for row in rows if folding.fits(typed, f"{row['number']} {row['title']}")]
    return [record_search.choice(row["number"], row["title"]) for row in fitting]


@record(PaperToRestore, complete=complete_deleted, none=NOTHING_DELETED)
def resolve_deleted(conn: Conn, scope: Scope, typed: str) -> PaperToRestore:
    """The deleted paper of that number, or with these words in its title."""
    rows = _deleted_of(conn, scope, typed)
    if len(rows) > 1:
        raise record_search.which_one(
            typed, [record_search.choice(row["number"], row["title"]) for row in rows]
        )
    if rows:
        return PaperToRestore(rows[0]["id"], rows[0]["number"], rows[0]["title"])
    with suppress(NotFound):
        paper = records.resolve(conn, scope, typed)
        if scope.member is not None and paper.owner == scope.member.id:
            return PaperToRestore(paper.id, paper.number, paper.title)
    words = "I found no deleted paper of yours for “{typed}”. One can be had back for a day; then it is gone."
    raise NotFound(say(words, typed=typed[:60]), field="paper")


def _deleted_of(conn: Conn, scope: Scope, typed: str) -> Sequence[Row]:
    number = record_search.number(typed)
    rows = deletion.of_owner(conn, scope, _MOST, number)
    return rows if number is not None else [row for row in rows if folding.fits(typed, row["title"])]


def require_owner(member: Member, paper: PaperToDelete) -> None:
    """Raises `NotAllowed` unless the paper is the member's own."""
    if member.id != paper.owner:
        raise NotAllowed("Only the member whose paper it is can delete it.", field="paper")


@command("submission delete", form="Delete a paper", submit="Delete it")
async def delete(
    call: Call,
    paper: Annotated[PaperToDelete, Arg("Its number or the beginning of its title", max_length=250)],
    sure: Annotated[
        bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)
    ] = False,
) -> Reply:
    """Delete a paper of yours; for a day you can have it back."""
    require_owner(call.member, paper)
    number = str(paper.number)
    if not sure and paper.deleted:
        raise NotFound(GONE, field="paper")
    if not sure:
        text = say(
            "Shall I delete **#{number}** “{title}”, with its timeline and its reviews? Nobody will see or count it from "
            "then on. For a day you can have it back; then it is gone.",
            number=number,
            title=paper.title,
        )
        yes = Button("Delete it", "submission delete", {"paper": number, "sure": "yes"}, ButtonStyle.DANGER)
        return Reply(text, (Buttons((yes, Button("Keep it", "submission show", {"paper": number}))),))
    told = await call.write(_delete, call.scope, paper, call.core.registry.paper_changed_hooks)
    undo = Button("Undo", "submission restore", {"paper": number})
    return Reply(join([_deleted(paper), *_posted(told)]), (Buttons((undo,)),))


def _deleted(paper: PaperToDelete) -> Text:
    return say(
        "**#{number}** “{title}” is deleted: nobody sees or counts it any more. For a day you can have it back; then it "
        "is gone, with its timeline and its reviews.",
        number=paper.number,
        title=paper.title,
    )


def _posted(told: bool) -> list[Text]:
    if not told:
        return []
    return [say("What was posted of it stays as it was posted, such as in a digest.")]


def _delete(conn: Conn, scope: Scope, paper: PaperToDelete, hooks: Sequence[PaperChangedHook]) -> bool:
    """Delete a paper. Returns whether the cohort may have read of it."""
    row = queries.headline(conn, scope.cohort.id, paper.id)
    if row is None or not deletion.delete(conn, scope, paper.id):
        raise NotFound(GONE, field="paper")
    members = authors.members_of_paper(conn, paper.id)
    coauthors.tell(conn, scope, paper.id, members, coauthors.DELETED, scope.member)
    for hook in hooks:
        hook.run(conn, scope, paper.id)
    return bool(row["visibility"] == "cohort")


@command("submission restore", form="Have a paper back", submit="Have it back", once=Once.REPEATS)
async def restore(
    call: Call,
    paper: Annotated[PaperToRestore, Arg("The deleted paper's number or title", max_length=250)],
) -> Reply:
    """Have a paper back that you deleted within the last day."""
    await call.write(_restore, call.scope, paper, call.core.registry.paper_changed_hooks)
    text = say("**#{number}** “{title}” is back, as it was.", number=paper.number, title=paper.title)
    return Reply(text, (Buttons((Button("Show", "submission show", {"paper": str(paper.number)}),)),))


def _restore(conn: Conn, scope: Scope, paper: PaperToRestore, hooks: Sequence[PaperChangedHook]) -> None:
    if not deletion.restore(conn, paper.id):
        raise NotFound("This paper is there already.", field="paper")
    for hook in hooks:
        hook.run(conn, scope, paper.id)


@prune
def purge(conn: Conn, now: datetime, most: int) -> int:
    """Papers whose day is over go, with what calls about them gave back."""
    return deletion.purge(conn, now, most)
