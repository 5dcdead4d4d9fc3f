"""Direct messages to the other authors of a paper when a decision is recorded: they hear it as kindly as who recorded it."""

from core.chat.model import Button, Buttons, Reply
from core.chat.text import say
from core.cohorts import members
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.submissions import decisions, notices, texts
from core.features.submissions.decisions import DecisionMoment
from core.papers import authors, history, queries
from core.papers.model import Paper, Stage
from core.store.port import Conn


def tell(conn: Conn, scope: Scope, paper: Paper, by: int, event: int) -> None:
    """Tell every author in the cohort but who recorded it of a decision."""
    for each in dict.fromkeys((paper.owner, *authors.members_of_paper(conn, paper.id))):
        if each != by:
            data = {"paper": paper.id, "event": event}
            key = f"paper:{paper.id}:decided:{event}:{each}"
            notices.send(conn, scope, each, key, notices.DECIDED, data)


def _is_obsolete(conn: Conn, sent: Post, member: Member, _now: object) -> bool:
    """Whether the paper is gone, its reader is no author of it any more, or the decision was corrected meanwhile."""
    found = _paper(conn, sent.cohort, sent.data["paper"], member.id)
    row = history.one(conn, sent.data["event"])
    return found is None or row is None or found.stage.value != row["stage"]


def _paper(conn: Conn, cohort: Cohort, paper_id: int, member_id: int) -> Paper | None:
    """The paper, if it is there and the member an author of it."""
    row, others = queries.headline(conn, cohort.id, paper_id), authors.members_of_paper(conn, paper_id)
    if row is None or member_id not in (row["owner_id"], *others):
        return None
    rounds = queries.rounds(conn, paper_id, scored=False)
    return Paper(paper_id, row["number"], row["title"], row["owner_id"], Stage(row["stage"]), rounds, others)


def _read(conn: Conn, sent: Post, scope: Scope) -> tuple[Paper | None, DecisionMoment | None, str, str]:
    """The paper, the moment while its decision is what was told, who recorded it, and the stage in words."""
    assert scope.member is not None  # noqa: S101 - made for the reader
    paper = _paper(conn, sent.cohort, sent.data["paper"], scope.member.id)
    row = history.one(conn, sent.data["event"])
    if paper is None or row is None:
        return None, None, "", ""
    stage, by = Stage(row["stage"]), row["name"] or "somebody who left"
    found = decisions.moment(conn, scope, paper, stage) if paper.stage is stage else None
    return paper, found, by, texts.stage(stage) + texts.place(stage, row["venue"] or "")


@post(
    notices.DECIDED,
    label="word of a decision on a paper of yours",
    is_obsolete=_is_obsolete,
    notice=notices.NOTICE,
)
async def render(core: Core, sent: Post) -> Reply:
    """The decision, with what it says and what can be done next."""
    member = await core.read(sent.cohort.id, members.by_id, sent.cohort.id, sent.data["to"])
    if member is None:
        return Reply(notices.DELETED)
    now = core.clock.now()
    paper, found, by, stood = await core.read(
        sent.cohort.id, _read, sent, Scope(sent.cohort, member, now, now.date())
    )
    if paper is None:
        return Reply("This was about a paper that was deleted, or is not yours any more.")
    if found is None:
        text = say(
            "#{number} “{title}” was {stood}, by {by}. That has changed since.",
            number=paper.number,
            title=paper.title,
            stood=stood,
            by=by,
        )
        return Reply(text, (Buttons((Button("Show", "submission show", {"paper": str(paper.number)}),)),))
    return Reply(decisions.words(found, by=by), decisions.buttons(found, member, short=True))
