"""Papers out, to be taken along: all that is one's own, and nothing that somebody else keeps private."""

from typing import Annotated

from core.chat.model import Button, Buttons, File, LabelledEnum, Reply
from core.chat.text import say
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, Cost
from core.features.submissions import paper_files
from core.papers import whole
from core.papers.whole import WholePaper


class PaperFormat(LabelledEnum):
    """What papers are written as."""

    CSV = "csv", "CSV, for spreadsheets"
    JSON = "json", "JSON"
    BIBTEX = "bibtex", "BibTeX: titles, authors and where they were accepted"


@command("submission export", form="Take your papers along", submit="Write it", cost=Cost.SIMULATES)
async def export(
    call: Call,
    format: Annotated[PaperFormat, Arg("CSV, JSON or BibTeX")],  # noqa: A002 - the field's word
) -> Reply:
    """Take your own papers with you, as CSV, JSON or BibTeX."""
    found = await call.read(whole.of_owner, call.scope)
    if not found:
        text = "No paper here is yours, so there is nothing to take with you."
        return Reply(text, (Buttons((Button("Add a paper", "submission add"),)),))
    file = await call.core.executors.simulate(_written, format, found, call.member.name)
    papers = "paper" if len(found) == 1 else f"{len(found):,} papers"
    words = (
        "Your {papers}, as {format}. Reviews and stages are in the other formats."
        if format is PaperFormat.BIBTEX
        else "Your {papers}, as {format}, with your reviews and notes. {/submission import} reads it again as it is."
    )
    return Reply(say(words, papers=papers, format=format.value.upper().replace("BIBTEX", "BibTeX")), (file,))


def _written(wanted: PaperFormat, found: list[WholePaper], owner: str) -> File:
    match wanted:
        case PaperFormat.CSV:
            return paper_files.as_csv(found)
        case PaperFormat.JSON:
            return paper_files.as_json(found)
    return paper_files.as_bibtex(found, owner)
