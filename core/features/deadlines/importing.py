"""`cohort-admin venue-import`: a file of deadlines is read and shown, and taken in when a button says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from core.chat.model import Button, Buttons, Reply, Upload
from core.chat.text import Text, join, say
from core.cohorts.model import Scope
from core.commands import file_previews
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.file_previews import PreviewPart
from core.commands.hooks import DatesChangedHook
from core.commands.spec import Access, Arg, Cost, Once
from core.features.deadlines import files, moved
from core.features.deadlines.files import Problem, ReadFile
from core.papers import edition_changes, edition_updates
from core.papers.edition_updates import Novelty, SaidEdition
from core.store.port import Conn


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
    named = await call.read(_named, call.cohort.id, [each.said for each in found.read])
    count = len(named[Novelty.NEW]) + len(named[Novelty.CHANGED])
    choices: list[tuple[str, Mapping[str, str]]] = [(f"Take in {count}", {})] if count else []
    parts = [
        PreviewPart("New", named[Novelty.NEW]),
        PreviewPart("Known with other dates", named[Novelty.CHANGED]),
        *_parts(found),
    ]
    return await file_previews.preview(call, file, _head(found, named), parts, choices)


def _named(conn: Conn, cohort_id: int, said: Sequence[SaidEdition]) -> Mapping[Novelty, list[str]]:
    """The editions of a file: those that are new, known otherwise, and known as they are."""
    found: dict[Novelty, list[str]] = {each: [] for each in Novelty}
    for each in said:
        found[edition_updates.novelty(conn, cohort_id, each)].append(str(each.edition))
    return found


@dataclass(frozen=True, slots=True)
class _Done:
    """How many editions of a file were new, known otherwise, and known as they are."""

    new: int
    changed: int
    same: int


async def _take_in(call: Call, found: ReadFile) -> Reply:
    said, hooks = [each.said for each in found.read], call.core.registry.dates_changed_hooks
    kept = await call.write(edition_changes.begin, call.scope, f"{found.name}, imported")
    done = await file_previews.take_in(call, _record, said, call.scope, kept, hooks)
    new, changed, same = (sum(getattr(each, name) for each in done) for name in ("new", "changed", "same"))
    head = "**{name}** is taken in: {new} new, {changed} changed, {same} as they were."
    if not new + changed:
        head = "**{name}** says nothing new: all {same} stand as they were."
    lines = [say(head, name=found.name, new=new, changed=changed, same=same)]
    if found.refused:
        lines.append(say("{n} could not be read and were left out:", n=len(found.refused)))
        lines += file_previews.listed(_lines(found.refused))
    buttons = [Button("The deadlines", "deadline list"), Button("Follow a venue", "deadline follow")]
    if new + changed:
        buttons.append(Button("Take it back", "deadline take-back", {"change": str(kept)}))
    return Reply(join(lines), (Buttons(tuple(buttons)),))


def _record(
    conn: Conn, said: Sequence[SaidEdition], scope: Scope, kept: int, hooks: Sequence[DatesChangedHook]
) -> _Done:
    recorded = [moved.record(conn, scope, each) for each in said]
    edition_changes.add_part(conn, scope, kept, [each for _, each in recorded if each is not None])
    done = [each for each, _ in recorded]
    for hook in hooks:
        hook.run(conn, scope.cohort, scope.now)
    new = sum(each.new for each in done)
    changed = sum(each.changed and not each.new for each in done)
    return _Done(new, changed, len(done) - new - changed)


def _head(found: ReadFile, named: Mapping[Novelty, Sequence[str]]) -> Text:
    noun = "entry" if found.count == 1 else "entries"
    head = say(
        "**{name}** has {n} {noun}. Nothing is taken in yet.", name=found.name, n=found.count, noun=noun
    )
    counts = [
        f"{n} {words}"
        for n, words in (
            (len(named[Novelty.NEW]), "new"),
            (len(named[Novelty.CHANGED]), "known with other dates"),
            (len(named[Novelty.SAME]), "known as they are"),
            (len(found.refused), "that I cannot read"),
        )
        if n
    ]
    return join([head, say("{counts}.", counts=", ".join(counts))])


def _lines(problems: Sequence[Problem]) -> list[str]:
    return [f"{each.entry}: {each.reason}" for each in problems]


def _parts(found: ReadFile) -> list[PreviewPart]:
    """What a preview says beside what is new: which dates were chosen, which are doubtful, and what was left out."""
    chosen = [Problem(str(each.said.edition), f"{words}.") for each in found.read for words in each.chosen]
    doubtful = [
        Problem(f"{each.said.edition}, {said.label}", said.doubt)
        for each in found.read
        for said in each.said.dates
        if said.doubt
    ]
    return [
        PreviewPart("Cannot be read", _lines(found.refused)),
        PreviewPart("Dates that cannot be read", _lines(found.rows)),
        PreviewPart("Doubtful: kept and marked, and nobody is reminded of them", _lines(doubtful)),
        PreviewPart("Which of several dates counts", _lines(chosen)),
    ]
