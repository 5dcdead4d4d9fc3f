"""Direct messages about papers: their owner is told what somebody else changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.cohorts import directory
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands.decorators import paper_changed, post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox, outcomes
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.submissions import texts
from core.papers import history, queries
from core.papers.model import Paper
from core.store.port import Conn, Row

CHANGED, COAUTHOR, DECIDED = "submissions.changed", "submissions.coauthor", "submissions.decided"
NOTICE = NoticeKind("papers", "changes of your papers")
WAITS = "submissions.waits"
KINDS = (CHANGED, COAUTHOR, DECIDED, WAITS)
"""What is posted about one paper; its row is marked with `about`, "paper:12"."""
DELETED = "This was about a paper that was deleted."


def tell_owner(conn: Conn, scope: Scope, paper: Paper, by: int, first: int, last: int) -> None:
    """Tell a paper's owner of the events that somebody else has just recorded. What the message says is read when it is
    sent, so that what is deleted by then is not in it."""
    if by != paper.owner:
        data = {"paper": paper.id, "first": first, "last": last}
        send(conn, scope, paper.owner, f"paper:{paper.id}:changed:{last}", CHANGED, data)


def send(
    conn: Conn,
    scope: Scope,
    member_id: int,
    key: str,
    kind: str,
    data: Mapping[str, Any],
    about: str = "",
    notice: NoticeKind | None = None,
) -> None:
    """A direct message to a member who takes them; one of a `notice` of its own comes to nobody who is away. Its data
    says as `to` who that is: it is put into words again when the paper changes, and by then they may be no author of it
    any more."""
    only, among = (member_id, None) if notice is None else (None, member_id)
    kind_of = notice or NOTICE
    for each in directory.recipients(conn, scope.cohort, scope.now, only=only, among=among, notice=kind_of):
        about, to = about or f"paper:{data['paper']}", {**data, "to": member_id}
        new = NewPost(scope.cohort.id, key, kind, to, Target.person(each), about=about, discreet=True)
        outbox.enqueue(conn, new, scope.now)


@paper_changed
def bring_up(conn: Conn, scope: Scope, paper_id: int) -> None:
    """Let what was sent about a paper say what holds now: a message that waits is put into words when it is sent, one
    that was sent is edited."""
    bring_up_about(conn, scope, f"paper:{paper_id}", KINDS)


def bring_up_about(conn: Conn, scope: Scope, about: str, kinds: Sequence[str]) -> None:
    """`bring_up` for what was sent under a mark."""
    for kind in kinds:
        for each in outcomes.standings(conn, scope.cohort.id, kind, about):
            key, data = f"{each.key}:{scope.now.isoformat()}", outbox.data_of(conn, each.id)
            now = NewPost(scope.cohort.id, key, kind, data, each.target, about=about, discreet=True)
            outcomes.bring_up(conn, each, now, scope.now, wanted=True, again=False, why="")


def is_gone(conn: Conn, sent: Post, _member: Member, _now: object) -> bool:
    """Whether the paper is not there any more."""
    return queries.headline(conn, sent.cohort.id, sent.data["paper"]) is None


def _found(conn: Conn, cohort: Cohort, data: Mapping[str, Any]) -> tuple[Row, list[Row]] | None:
    paper = queries.headline(conn, cohort.id, data["paper"])
    if paper is None:
        return None
    return paper, list(history.between(conn, data["paper"], data["first"], data["last"]))


@post(CHANGED, label="change of a paper of yours", is_obsolete=is_gone, notice=NOTICE)
async def render_changed(core: Core, sent: Post) -> Reply:
    """What somebody else changed of a paper, for its owner."""
    found = await core.read(sent.cohort.id, _found, sent.cohort, sent.data)
    if found is None:
        return Reply(DELETED)
    paper, rows = found
    if paper["owner_id"] != sent.data["to"]:
        return Reply("This was about a paper that is not yours any more.")
    head = say(
        "Your paper **#{number}** “{title}” was changed:", number=paper["number"], title=paper["title"]
    )
    args = {"paper": str(paper["number"])}
    buttons = (
        Button("Show", "submission show", args),
        Button("Timeline", "submission timeline", args),
        Button("Change it", "submission edit", args),
    )
    return Reply(join([head, *map(texts.changed_line, rows)]), (Buttons(buttons),))
