"""An import of papers is taken back as a whole within a day, and had back as a whole within a day of that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, Choice, Reply
from core.chat.text import join, say
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.decorators import command, prune, record
from core.commands.dispatch import Call
from core.commands.hooks import PaperChangedHook
from core.commands.spec import Arg, NothingThere, Once
from core.errors import NotFound
from core.features.submissions import import_notices
from core.papers import paper_imports
from core.papers.paper_imports import PaperImport
from core.store.port import Conn

NOTHING_IMPORTED = NothingThere(
    "You have imported no papers within the last day. What came before that stays, and can be deleted by itself.",
    Button("Import papers", "submission import"),
)


def complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """The caller's imports that can be taken back, by any words of the file's name."""
    return [
        record_search.choice(each.number, each.name)
        for each in paper_imports.recent(conn, scope)
        if folding.fits(typed, f"{each.number} {each.name}")
    ]


@record(PaperImport, complete=complete, none=NOTHING_IMPORTED)
def resolve(conn: Conn, scope: Scope, typed: str) -> PaperImport:
    """The caller's import of that number, or with these words in the file's name."""
    number = record_search.number(typed)
    found = [
        each
        for each in paper_imports.recent(conn, scope)
        if (each.number == number if number is not None else folding.fits(typed, each.name))
    ]
    if len(found) > 1:
        raise record_search.which_one(typed, [record_search.choice(each.number, each.name) for each in found])
    if not found:
        text = "I found no import of yours within the last day for “{typed}”. What came before that stays."
        raise NotFound(say(text, typed=typed[:60]), field="file")
    return found[0]


@command("submission take-back", form="Take an import back", submit="Take it back", once=Once.REPEATS)
async def take_back(
    call: Call,
    file: Annotated[PaperImport, Arg("The import: its number, or words of the file's name", max_length=100)],
    undo: Annotated[bool, Arg("Whether to have it back instead", in_form=False)] = False,
) -> Reply:
    """Take back all papers of a file that you imported within the last day."""
    hooks = call.core.registry.paper_changed_hooks
    again = {"file": str(file.number)}
    if undo:
        count = await call.write(_have_back, call.scope, file.number, hooks)
        button = Button("Take it back", "submission take-back", again)
        head = "What **{name}** brought is here again: {papers}." if count else "**{name}** stands as it was."
    else:
        count = await call.write(_take_back, call.scope, file.number, hooks)
        button = Button("Undo", "submission take-back", {**again, "undo": "yes"})
        head = "Nothing of **{name}** is here any more."
        if count:
            head = "**{name}** is taken back: {papers} of it are deleted. For a day you can have them back."
        if count == 1:
            head = "**{name}** is taken back: {papers} of it is deleted. For a day you can have it back."
    papers = "1 paper" if count == 1 else f"{count:,} papers"
    values = {"name": file.name, "papers": papers}
    text = say(head, **{name: value for name, value in values.items() if f"{{{name}}}" in head})
    lines = [text]
    if count and not undo:
        lines.append(
            say(
                "What was changed of {it} since went with {them}.",
                it="it" if count == 1 else "these papers",
                them="it" if count == 1 else "them",
            )
        )
    return Reply(join(lines), (Buttons((button, Button("The papers", "submission list"))),))


def _take_back(conn: Conn, scope: Scope, number: int, hooks: Sequence[PaperChangedHook]) -> int:
    """Delete the papers of an import. Returns how many."""
    taken = _again(conn, scope, number)
    gone = paper_imports.take_back(conn, scope, taken.id)
    _run(conn, scope, taken, [row["id"] for row in gone], hooks)
    return len(gone)


def _have_back(conn: Conn, scope: Scope, number: int, hooks: Sequence[PaperChangedHook]) -> int:
    """Have the papers of an import back. Returns how many."""
    taken = _again(conn, scope, number)
    back = paper_imports.have_back(conn, scope, taken.id)
    _run(conn, scope, taken, back, hooks)
    return len(back)


def _again(conn: Conn, scope: Scope, number: int) -> PaperImport:
    found = paper_imports.by_number(conn, scope, number)
    if found is None:
        raise NotFound("This import was made more than a day ago. Its papers can be deleted one by one.")
    return found


def _run(
    conn: Conn, scope: Scope, taken: PaperImport, papers: Sequence[int], hooks: Sequence[PaperChangedHook]
) -> None:
    """Let everybody know of it who was told of these papers."""
    for paper in papers:
        for hook in hooks:
            hook.run(conn, scope, paper)
    import_notices.bring_up(conn, scope, taken.id)


@prune
def purge(conn: Conn, now: datetime, most: int) -> int:
    """It is forgotten after a while which papers came of which file."""
    return paper_imports.purge(conn, now, most)
