"""Papers in from a file: shown first, with each row that cannot be read, taken in when a button says so, and taken back as
a whole within a day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, Reply, Upload
from core.chat.text import Text, clean, enumerated, join, say, shorten
from core.cohorts.model import Scope
from core.commands import file_previews, spelling
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.file_previews import PreviewPart
from core.commands.record_search import normalize_name
from core.commands.spec import Arg, Cost
from core.errors import BadInput
from core.features.submissions import import_notices, paper_files
from core.features.submissions.paper_rows import ReadPapers, RowProblem
from core.papers import paper_imports, queries, reviews, scales, venues, whole
from core.papers.model import VenueEdition, Visibility
from core.papers.whole import WholePaper
from core.store.port import Conn

_SEEN = {
    Visibility.COHORT: "everybody in the cohort sees {n}",
    Visibility.ANONYMOUS: "{n} will be counted and never named",
    Visibility.PRIVATE: "only you and co-authors here see {n}",
}


@command(
    "submission import",
    form="Import papers",
    submit="Show what it holds",
    cost=Cost.SIMULATES,
)
async def import_(
    call: Call,
    file: Annotated[Upload, Arg("CSV with a row for each paper, or the JSON of an export, of up to 4 MB")],
    visibility: Annotated[
        Visibility, Arg("Who learns of papers that do not say", label="Who learns of them")
    ] = Visibility.PRIVATE,
    confirm: Annotated[bool, Arg("Whether it is taken in, and not only shown", in_form=False)] = False,
    again: Annotated[bool, Arg("Whether papers too that you have already", in_form=False)] = False,
) -> Reply:
    """Import papers of yours from a file; you see what it holds first."""
    found = await call.core.executors.simulate(paper_files.read, file, call.scope.today, visibility)
    if confirm:
        return await _take_in(call, file, found, again=again)
    looked = await call.read(_look_up, call.scope, found)
    return await _preview(call, file, found, looked, visibility)


@dataclass
class _LookedUp:
    """What is known of the papers of a file: which are new, which the caller has, what cannot be, what is doubtful, and
    how many of the new ones find room."""

    new: list[WholePaper] = field(default_factory=list)
    known: list[WholePaper] = field(default_factory=list)
    known_lines: list[str] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    venues: list[str] = field(default_factory=list)
    room: int = 0


def _look_up(conn: Conn, scope: Scope, found: ReadPapers) -> _LookedUp:
    done = _LookedUp(problems=list(found.problems), doubts=list(found.doubts))
    have = {_same(title, venue): number for number, title, venue in whole.titles(conn, scope)}
    named = whole.readers(conn, scope)
    off_scale = _Scales(conn, scope)
    for where, paper in found.papers:
        try:
            named.read(paper.coauthors)
        except BadInput as error:
            done.problems.append(
                RowProblem(where, "co-authors", error.text.plain(), ", ".join(paper.coauthors))
            )
            continue
        done.doubts += [f"{where}, “{shorten(paper.title, 60)}”: {each}" for each in off_scale.doubts(paper)]
        key = _same(paper.title, paper.venue)
        if key in have:
            like = f"#{have[key]}" if have[key] else "a paper above it"
            done.known.append(paper)
            done.known_lines.append(f"{where}: {shorten(paper.title, 80)} ({like})")
        else:
            have[key] = 0
            done.new.append(paper)
    done.venues = _unknown_venues(conn, scope, found)
    assert scope.member is not None  # noqa: S101 - the command is for members
    done.room = max(scope.limits.papers - queries.count_of_owner(conn, scope.member.id), 0)
    return done


def _same(title: str, venue: VenueEdition) -> tuple[str, str, int | None]:
    """What two papers share that are taken for the same one: the words of the title, and the venue."""
    return folding.whole(title) or title, normalize_name(venue.name), venue.year


class _Scales:
    """Scores off their venue's scale, each edition looked up once."""

    def __init__(self, conn: Conn, scope: Scope) -> None:
        self._conn, self._scope = conn, scope
        self._known: dict[VenueEdition, list[scales.Values]] = {}

    def doubts(self, paper: WholePaper) -> list[str]:
        found = []
        for each in paper.rounds:
            if not each.reviews:
                continue
            if each.venue not in self._known:
                self._known[each.venue] = scales.of_edition(self._conn, self._scope, each.venue)
            known, scores = self._known[each.venue], [review.score for review in each.reviews]
            if known and not any(all(score in scale for score in scores) for scale in known):
                off = next((score for score in scores if score not in known[0]), scores[0])
                found.append(f"{off:g} is not on the scale of {each.venue}.")
        return found


def _unknown_venues(conn: Conn, scope: Scope, found: ReadPapers) -> list[str]:
    """The venues of a file that nobody knows and that are close to some that are known."""
    names = venues.known_names(conn, scope)
    lines: dict[str, str] = {}
    for where, paper in found.papers:
        for each in paper.rounds:
            key = normalize_name(each.venue.name)
            if key and key not in names and key not in lines:
                close = spelling.near(key, names) if len(lines) < 500 else ()
                near = " or ".join(dict.fromkeys(names[word] for word in close))
                lines[key] = f"{where}: “{each.venue}”; did you mean {near}?" if near else ""
    return [line for line in lines.values() if line]


async def _preview(
    call: Call, file: Upload, found: ReadPapers, looked: _LookedUp, visibility: Visibility
) -> Reply:
    refused = len({each.where for each in looked.problems})
    fits = min(len(looked.new), looked.room)
    head = [
        say(
            "**{name}** has {rows}: {read} read, {refused} refused. Nothing is taken in yet.",
            name=_name(file),
            rows=_counted(found.rows, "row"),
            read=f"{found.rows - refused:,}",
            refused=f"{refused:,}",
        )
    ]
    counts = [
        f"{_counted(n, noun)}{words}"
        for n, noun, words in (
            (len(looked.new), "new paper", _parts_of(looked.new)),
            (len(looked.known), "paper", " that you have already"),
        )
        if n
    ]
    if counts:
        head.append(say("{counts}.", counts="; ".join(counts)))
    if looked.new:
        head.append(say("{seen}.", seen=_seen_by(looked.new)))
    if fits < len(looked.new):
        head.append(_no_room(len(looked.new) - fits))
    parts = [
        PreviewPart("Refused", [each.words for each in looked.problems]),
        PreviewPart(
            "You have these already (same title and venue), and they are left out", looked.known_lines
        ),
        PreviewPart("Hard to believe, and taken in as it stands", looked.doubts),
        PreviewPart("Venues that nobody here knows; they are kept as they are written", looked.venues),
        PreviewPart(
            "Columns that I do not know, and leave out", [shorten(each, 60) for each in found.unknown]
        ),
    ]
    return await file_previews.preview(call, file, join(head), parts, _choices(looked, fits, visibility))


def _choices(looked: _LookedUp, fits: int, visibility: Visibility) -> list[tuple[str, Mapping[str, str]]]:
    args = {"visibility": visibility.value}
    found: list[tuple[str, Mapping[str, str]]] = []
    if fits:
        found.append((f"Take in {fits:,}", args))
    if looked.known and fits < looked.room:
        most = min(len(looked.known) + len(looked.new), looked.room)
        label = f"Take in {most:,}, those I have too" if fits else f"Take in {most:,} a second time"
        found.append((label, {**args, "again": "yes"}))
    return found


def _name(file: Upload) -> str:
    return shorten(clean(file.name, multiline=False), 80) or "The file"


def _counted(n: int, noun: str) -> str:
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"


def _parts_of(papers: Sequence[WholePaper]) -> str:
    """How much of what belongs to papers: ", with 3 rounds and 2 reviews"."""
    n = Counter({"round": 0, "review": 0, "stage": 0})
    for each in papers:
        n["round"] += len(each.rounds)
        n["review"] += sum(len(one.reviews) for one in each.rounds)
        n["stage"] += len(each.events)
    told = [_counted(count, noun) for noun, count in n.items() if count]
    return f", with {enumerated(told)}" if told else ""


def _seen_by(papers: Sequence[WholePaper]) -> str:
    count = Counter(each.visibility for each in papers)
    told = [words.format(n=f"{count[each]:,}") for each, words in _SEEN.items() if count[each]]
    return "Of the new ones, " + ", ".join(told)


def _no_room(n: int) -> Text:
    return say("{n} of them find no room: that is as many papers as I keep of one member.", n=f"{n:,}")


async def _take_in(call: Call, file: Upload, found: ReadPapers, *, again: bool) -> Reply:
    number = await call.write(paper_imports.begin, call.scope, _name(file))
    done: Counter[str] = Counter()
    papers = [paper for _, paper in found.papers]
    for some in await file_previews.take_in(call, _record, papers, call.scope, number, again):
        done.update(some)
    await call.write(import_notices.tell, call.scope, number)
    lines = [
        say(
            "**{name}** is taken in: {new}. Within a day you can take all of it back.",
            name=_name(file),
            new=_counted(done["new"], "new paper"),
        )
        if done["new"]
        else say("**{name}** brought nothing new.", name=_name(file))
    ]
    for kind, words in _LEFT_OUT.items():
        if done[kind]:
            lines.append(say(words, n=f"{done[kind]:,}"))
    if done["full"]:
        lines.append(_no_room(done["full"]))
    buttons = [Button("The papers", "submission list")]
    if done["new"]:
        buttons.insert(0, Button("Take it back", "submission take-back", {"file": str(number)}))
    return Reply(join(lines), (Buttons(tuple(buttons)),))


_LEFT_OUT = {
    "known": "{n} you had already, and they were left out.",
    "refused": "{n} name a co-author whose name several people here have, and were left out.",
    "reviews": "{n} reviews found no room: that is as many as I keep of one member.",
}
"""What is said of what was left out, by what `_record` counts."""


def _record(
    conn: Conn, papers: Sequence[WholePaper], scope: Scope, number: int, again: bool
) -> dict[str, int]:
    """Take in some papers of a file. Returns how many are "new", "known" already, "refused", found no room as the
    member's papers are "full", and how many "reviews" found none. What is there is looked up here, so that two presses
    make nothing twice."""
    assert scope.member is not None  # noqa: S101 - the command is for members
    taken = paper_imports.by_number(conn, scope, number)
    assert taken is not None  # noqa: S101 - it was begun just now
    have = {_same(title, venue) for _, title, venue in whole.titles(conn, scope)}
    count, noted = (
        queries.count_of_owner(conn, scope.member.id),
        reviews.count_of_owner(conn, scope.member.id),
    )
    named, done = whole.readers(conn, scope), Counter[str]()
    for paper in papers:
        key = _same(paper.title, paper.venue)
        if key in have and not again:
            done["known"] += 1
            continue
        if count >= scope.limits.papers:
            done["full"] += 1
            continue
        try:
            others = named.read(paper.coauthors)
        except BadInput:
            done["refused"] += 1
            continue
        own = sum(len(each.reviews) for each in paper.rounds)
        if noted + own > scope.limits.reviews:
            done["reviews"] += own
            paper, own = replace(paper, rounds=tuple(replace(each, reviews=()) for each in paper.rounds)), 0
        whole.add(conn, scope, taken.id, paper, others)
        have.add(key)
        count, noted = count + 1, noted + own
        done["new"] += 1
    return dict(done)
