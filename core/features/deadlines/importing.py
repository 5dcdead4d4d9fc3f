"""`cohort-admin venue-import`: a file of deadlines is read and shown, and taken in when a button says so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from core.chat.files import text_file
from core.chat.model import Block, Button, Buttons, ButtonStyle, Reply, Upload
from core.chat.text import Text, join, say
from core.cohorts.model import Scope
from core.commands import kept_files
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg, Cost, Once
from core.features.deadlines import files, moved, reminders
from core.features.deadlines.files import Problem, ReadFile
from core.papers import edition_updates
from core.papers.edition_updates import Novelty, SaidEdition
from core.store.port import Conn

_SHOWN = 8
"""Lines of each part of a preview; the file beside it has them all."""
_AT_ONCE = 50
"""Editions that one transaction takes in: what others write goes in between."""


@command(
    "cohort-admin venue-import",
    access=Access.ORGANIZER,
    once=Once.REPEATS,
    form="Import deadlines",
    submit="Show what it holds",
    cost=Cost.SIMULATES,
)
async def venue_import(
    call: Call,
    file: Annotated[Upload, Arg("A YAML list of conferences with their deadlines, of up to 1 MB")],
    confirm: Annotated[bool, Arg("Whether it is taken in, and not only shown", in_form=False)] = False,
) -> Reply:
    """Import a list of venues with their deadlines; you see what it holds first."""
    found = await call.core.executors.simulate(files.read, file)
    if confirm:
        return await _take_in(call, found)
    preview = await call.read(_preview, call.cohort.id, [each.said for each in found.read])
    token = await call.write(kept_files.keep, call.cohort.id, call.request.person, file, call.now)
    text = join([_head(found, preview), *_parts(found)])
    blocks: list[Block] = []
    if preview.new + preview.changed:
        label = f"Take in {preview.new + preview.changed}"
        args = {"file": token, "confirm": "yes"}
        blocks.append(Buttons((Button(label, "cohort-admin venue-import", args, ButtonStyle.PRIMARY),)))
    if _is_long(found):
        blocks.append(text_file("preview.txt", _report(found)))
    return Reply(text, tuple(blocks))


@dataclass(frozen=True, slots=True)
class _Preview:
    """How many editions of a file are new, known otherwise, and known as they are."""

    new: int
    changed: int
    same: int


def _preview(conn: Conn, cohort_id: int, said: Sequence[SaidEdition]) -> _Preview:
    counts = Counter(edition_updates.novelty(conn, cohort_id, each) for each in said)
    return _Preview(counts[Novelty.NEW], counts[Novelty.CHANGED], counts[Novelty.SAME])


async def _take_in(call: Call, found: ReadFile) -> Reply:
    new = changed = same = 0
    said = [each.said for each in found.read]
    for at in range(0, len(said), _AT_ONCE):
        done = await call.write(_record, call.scope, said[at : at + _AT_ONCE])
        new, changed, same = new + done.new, changed + done.changed, same + done.same
    head = "**{name}** is taken in: {new} new, {changed} changed, {same} as they were."
    if not new + changed:
        head = "**{name}** says nothing new: all {same} stand as they were."
    lines = [say(head, name=found.name, new=new, changed=changed, same=same)]
    if found.refused:
        lines.append(say("{n} could not be read and were left out:", n=len(found.refused)))
        lines += _listed(found.refused)
    buttons = (Button("The deadlines", "deadline list"), Button("Follow a venue", "deadline follow"))
    return Reply(join(lines), (Buttons(buttons),))


def _record(conn: Conn, scope: Scope, said: Sequence[SaidEdition]) -> _Preview:
    done = [moved.record(conn, scope, each) for each in said]
    reminders.plan(conn, scope.cohort.id, scope.now)
    new = sum(each.new for each in done)
    changed = sum(each.changed and not each.new for each in done)
    return _Preview(new, changed, len(done) - new - changed)


def _head(found: ReadFile, preview: _Preview) -> Text:
    noun = "entry" if found.count == 1 else "entries"
    head = say(
        "**{name}** has {n} {noun}. Nothing is taken in yet.", name=found.name, n=found.count, noun=noun
    )
    counts = [
        f"{n} {words}"
        for n, words in (
            (preview.new, "new"),
            (preview.changed, "known with other dates"),
            (preview.same, "known as they are"),
            (len(found.refused), "that I cannot read"),
        )
        if n
    ]
    return join([head, say("{counts}.", counts=", ".join(counts))])


def _parts(found: ReadFile) -> list[Text]:
    lines: list[Text] = []
    for title, part in _report_parts(found):
        if not part:
            continue
        lines.append(say("**{title}**", title=title))
        lines += _listed(part)
    return lines


def _listed(problems: Sequence[Problem]) -> list[Text]:
    shown = [say("- {entry}: {reason}", entry=each.entry, reason=each.reason) for each in problems[:_SHOWN]]
    more = len(problems) - _SHOWN
    return [*shown, say("- … and {n} more", n=more)] if more > 0 else shown


def _report_parts(found: ReadFile) -> list[tuple[str, Sequence[Problem]]]:
    """What a preview says beside its counts: which dates were chosen, which are doubtful, and what was left out."""
    chosen = [Problem(str(each.said.edition), f"{words}.") for each in found.read for words in each.chosen]
    doubtful = [
        Problem(f"{each.said.edition}, {said.label}", said.doubt)
        for each in found.read
        for said in each.said.dates
        if said.doubt
    ]
    return [
        ("Cannot be read", found.refused),
        ("Dates that cannot be read", found.rows),
        ("Doubtful: kept and marked, and nobody is reminded of them", doubtful),
        ("Which of several dates counts", chosen),
    ]


def _is_long(found: ReadFile) -> bool:
    return any(len(part) > _SHOWN for _, part in _report_parts(found))


def _report(found: ReadFile) -> str:
    """All of a preview, for a file."""
    lines = [f"{found.name}: {found.count} entries"]
    for title, part in _report_parts(found):
        if part:
            lines += ["", title, *(f"- {each.entry}: {each.reason}" for each in part)]
    return "\n".join(lines) + "\n"
