"""Co-authors who are members: they are told, can take their name off, and have the paper where its owner leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, plain, say
from core.clock import local_date
from core.cohorts import members
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import command, member_left, post
from core.commands.dispatch import Call, Core
from core.commands.hooks import PaperChangedHook
from core.commands.spec import Once, Post
from core.errors import BadInput, NotAllowed
from core.features.submissions import notices
from core.papers import authors, forecasts, history, queries
from core.papers.arguments import PaperArg
from core.papers.authors import Author
from core.papers.history import FieldChange, PaperField
from core.papers.model import NoteVisibility, Paper, Visibility
from core.store.port import Conn, Row

NAMED, SHOWN, DELETED, PASSED, OFF, TOLD = "named", "shown", "deleted", "passed", "off", "told"
_WORDS = {
    NAMED: "{by} named you as a co-author of **#{number}** “{title}” in {cohort}. You see it, whoever else may, and can "
    "update and correct it; to delete it, or to let more people see it, is for {owner} alone.",
    SHOWN: "{by} lets everybody in {cohort} see **#{number}** “{title}”, of which you are a co-author, with your name on it.",
    PASSED: "{by} is not in {cohort} any more, and **#{number}** “{title}”, of which you are a co-author, is yours now. What "
    "{by} kept private of it stays private.",
    DELETED: "**#{number}** “{title}”, of which you are a co-author, was deleted for a while and is back.",
    TOLD: "{by} told {cohort} of the decision on **#{number}** “{title}”, of which you are an author.",
    OFF: "Your name was off **#{number}** “{title}” in {cohort} for a while, and is on it again.",
}
"""What a co-author is told of a paper that is there."""
_NO_AUTHOR = "This was about a paper of which you are no co-author any more."
_TAKEN_OFF = (
    "{by} took your name off {paper} in {cohort}. If you did not expect that, {by} can tell you more."
)


def tell(
    conn: Conn, scope: Scope, paper_id: int, who: Sequence[int], what: str, by: Member | None, name: str = ""
) -> None:
    """Tell co-authors what concerns them of a paper. What the message says is read when it is sent."""
    for member_id in who:
        if by is None or member_id != by.id:
            data = {"paper": paper_id, "what": what, "by": by.id if by else None, "name": name}
            key = f"paper:{paper_id}:{what}:{member_id}:{scope.now.isoformat()}"
            notices.send(conn, scope, member_id, key, notices.COAUTHOR, data)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a message to a co-author is made of. `paper` is None where it is not there any more; `is_author` says that
    they are an author of it now, `is_owner` that it is theirs."""

    paper: Row | None
    by: str
    owner: str
    is_author: bool
    is_owner: bool


def _facts(conn: Conn, cohort: Cohort, data: Mapping[str, Any]) -> _Facts:
    row, to = queries.headline(conn, cohort.id, data["paper"]), data["to"]
    owner = row["owner_id"] if row is not None else None
    by, whose = (members.name(conn, each) if each else None for each in (data["by"], owner))
    is_author = owner == to or to in authors.members_of_paper(conn, data["paper"])
    return _Facts(row, by or data["name"] or "Somebody", whose or "its owner", is_author, owner == to)


def _is_obsolete(conn: Conn, sent: Post, _member: Member, _now: datetime) -> bool:
    """Whether a message that waited speaks of what is not so any more."""
    what, found = sent.data["what"], _facts(conn, sent.cohort, sent.data)
    return (found.paper is None) is not (what == DELETED) or found.is_author is (what == OFF)


@post(notices.COAUTHOR, label="word to a co-author", is_obsolete=_is_obsolete, notice=notices.NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """Tells an author that they were named or taken off, that more people see or hear of the paper, or that it is theirs
    now."""
    found = await core.read(sent.cohort.id, _facts, sent.cohort, sent.data)
    if not found.is_author:
        return Reply(_told_off(sent, found))
    if found.paper is None:
        return Reply(
            "A paper of which you are a co-author was deleted by its owner. For a day they can have it back."
        )
    what = sent.data["what"]
    words = _WORDS[PASSED if found.is_owner and what != TOLD else what]
    values = {
        "number": found.paper["number"],
        "title": found.paper["title"],
        "by": found.by,
        "owner": found.owner,
        "cohort": sent.cohort.name,
    }
    text = say(words, **{name: value for name, value in values.items() if f"{{{name}}}" in words})
    args = {"paper": str(found.paper["number"])}
    buttons = [Button("Show", "submission show", args)]
    if found.is_owner:
        buttons.append(
            Button("Take that back", "submission unshare", args)
            if what == TOLD
            else Button("Delete it", "submission delete", args)
        )
    else:
        buttons.append(Button("Take my name off", "submission leave", args))
    return Reply(text, (Buttons(tuple(buttons)),))


def _told_off(sent: Post, found: _Facts) -> Text:
    """What somebody reads who is no author of the paper any more: they are shown its title where everybody is."""
    if found.paper is None:
        return plain(notices.DELETED)
    if sent.data["what"] != OFF:
        return plain(_NO_AUTHOR)
    paper = plain("a paper that only its authors see")
    if found.paper["visibility"] == Visibility.COHORT.value:
        paper = say("**#{number}** “{title}”", number=found.paper["number"], title=found.paper["title"])
    return say(_TAKEN_OFF, by=found.by, paper=paper, cohort=sent.cohort.name)


@command("submission leave", form="Take your name off", submit="Take it off", once=Once.REPEATS)
async def leave(call: Call, paper: PaperArg) -> Reply:
    """Take your name off a paper that somebody else added."""
    if call.member.id == paper.owner:
        raise NotAllowed(
            say(
                "This paper is yours. You can let nobody else see it with {/submission edit}, or delete it with "
                "{/submission delete}."
            ),
            field="paper",
        )
    await call.write(_leave, call.scope, call.member, paper, call.core.registry.paper_changed_hooks)
    return Reply(say("Your name is off “{title}”. Its owner is told.", title=paper.title))


def _leave(conn: Conn, scope: Scope, member: Member, paper: Paper, hooks: Sequence[PaperChangedHook]) -> None:
    before = authors.of_paper(conn, paper.id)
    if not authors.take_off(conn, scope, paper.id, member.id):
        raise BadInput("You are no co-author of this paper here.", field="paper")
    forecasts.forget_author(conn, scope, paper.id, member.id)
    change = FieldChange(
        PaperField.COAUTHORS, authors.words(before), authors.words(authors.of_paper(conn, paper.id))
    )
    event = history.add_change(conn, scope, paper.id, member.id, paper.stage, change, NoteVisibility.PRIVATE)
    notices.tell_owner(conn, scope, paper, member.id, event, event)
    for hook in hooks:
        hook.run(conn, scope, paper.id)


def tell_named(
    conn: Conn, scope: Scope, paper_id: int, before: Sequence[Author], after: Sequence[Author]
) -> None:
    """Tell the members among co-authors who were none before, and those who are none any more."""
    had, have = ([each.member_id for each in some if each.member_id is not None] for some in (before, after))
    tell(conn, scope, paper_id, [each for each in have if each not in had], NAMED, scope.member)
    tell(conn, scope, paper_id, [each for each in had if each not in have], OFF, scope.member)


@member_left
def pass_on(conn: Conn, cohort: Cohort, member_id: int, now: datetime) -> None:
    """Papers of somebody who left go on to a co-author; among the authors of others' papers they stay a name."""
    scope = Scope(cohort, None, now, local_date(now, cohort.zone))
    leaver = members.name(conn, member_id) or "Somebody who left"
    authors.become_name(conn, member_id)
    for paper_id, heir in authors.owned_with_coauthors(conn, member_id):
        authors.pass_on(conn, scope, paper_id, leaver, heir)
        stage = queries.stage(conn, scope, paper_id)
        assert stage is not None  # noqa: S101 - it was found in this transaction
        change = FieldChange(PaperField.OWNER, leaver, members.name(conn, heir))
        history.add_change(conn, scope, paper_id, None, stage, change, NoteVisibility.PRIVATE)
        notices.bring_up(conn, scope, paper_id)
        tell(conn, scope, paper_id, [heir], PASSED, None, leaver)
