"""What members are told whom somebody named as co-authors of papers in a file: one message each, however many papers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, join, say
from core.cohorts import members
from core.cohorts.model import Member, Scope
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.submissions import coauthors, notices
from core.papers import paper_imports
from core.store.port import Conn, Row

IMPORTED = "submissions.imported"
_SHOWN = 5
_GONE = (
    "{by} took back the papers of which you were named a co-author in {cohort}, or took your name off them."
)


def tell(conn: Conn, scope: Scope, number: int) -> None:
    """Tell the co-authors of an import's papers who are members."""
    taken = paper_imports.by_number(conn, scope, number)
    if taken is None or scope.member is None:
        return
    for member, papers in paper_imports.named(conn, scope, taken.id).items():
        if len(papers) == 1:
            coauthors.tell(conn, scope, papers[0], [member], coauthors.NAMED, scope.member)
        elif member != scope.member.id:
            key = f"import:{taken.id}:{member}"
            data = {"import": taken.id, "by": scope.member.id}
            notices.send(conn, scope, member, key, IMPORTED, data, f"import:{taken.id}")


def bring_up(conn: Conn, scope: Scope, import_id: int) -> None:
    """Let what was sent about an import say what holds now."""
    notices.bring_up_about(conn, scope, f"import:{import_id}", (IMPORTED,))


def _found(conn: Conn, data: Mapping[str, Any]) -> tuple[str, int, list[Row]]:
    by = members.name(conn, data["by"]) or "Somebody"
    count, rows = paper_imports.with_author(conn, data["import"], data["to"], _SHOWN)
    return by, count, list(rows)


def _is_obsolete(conn: Conn, sent: Post, _member: Member, _now: datetime) -> bool:
    """Whether none of the papers is there any more on which they are a co-author."""
    return not _found(conn, sent.data)[1]


@post(IMPORTED, label="word to a co-author of many papers", is_obsolete=_is_obsolete, notice=notices.NOTICE)
async def render(core: Core, sent: Post) -> Reply:
    """Tells a co-author that they were named in several papers at once."""
    by, count, rows = await core.read(sent.cohort.id, _found, sent.data)
    if not count:
        return Reply(say(_GONE, by=by, cohort=sent.cohort.name))
    text = say(
        "{by} added {n} papers in {cohort} of which you are a co-author. You see them, whoever else may, and can update and "
        "correct them, or take your name off:",
        by=by,
        n=count,
        cohort=sent.cohort.name,
    )
    lines: list[Text] = [
        say("- **#{number}** “{title}”", number=row["number"], title=row["title"]) for row in rows
    ]
    if count > len(rows):
        lines.append(say("- … and {n} more", n=count - len(rows)))
    buttons = (Button("Papers", "submission list"), Button("Take my name off one", "submission leave"))
    return Reply(join([text, *lines]), (Buttons(buttons),))
