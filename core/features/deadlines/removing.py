"""What was entered of venues goes again: an edition, one of its dates, or all that a file said. It is asked first, and for a
day it can be taken back, as can what was entered and imported."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, ButtonStyle, Choice, Reply
from core.chat.text import Text, join, say
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.decorators import command, prune, record
from core.commands.dispatch import Call
from core.commands.hooks import DatesChangedHook
from core.commands.spec import ANYTHING, Access, Arg, NothingThere, Once
from core.errors import BadInput, NotFound
from core.features.deadlines import choosing, moved, texts
from core.papers import edition_changes, editions
from core.papers.edition_changes import SourceChange, VenueChange
from core.papers.editions import DateKind, KnownEdition
from core.papers.model import VenueEdition
from core.store.port import Conn

_SURE = Annotated[bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)]

NO_CHANGE = NothingThere(
    "Nothing was entered, imported or removed of venues within the last day. What came before can be removed.",
    Button("Remove a venue", "deadline remove"),
)


@dataclass(frozen=True, slots=True)
class DatesFile:
    """A file of which something is kept, and of how many editions."""

    name: str
    count: int


def complete_file(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """The files of which something is kept, by any words of their names."""
    rows = [row for row in edition_changes.files(conn, scope.cohort.id) if folding.fits(typed, row["name"])]
    return [Choice(row["name"][:100], f"{row['name'][:80]}: {row['many']}") for row in rows]


@record(DatesFile, complete=complete_file)
def resolve_file(conn: Conn, scope: Scope, typed: str) -> DatesFile:
    """The file of that name. One that says nothing any more is a file too: a second delivery finds it."""
    rows = edition_changes.files(conn, scope.cohort.id)
    found = [row for row in rows if row["name"] == typed] or [
        row for row in rows if folding.fits(typed, row["name"])
    ]
    if len(found) > 1:
        raise record_search.which_one(typed, [Choice(row["name"][:100], row["name"][:80]) for row in found])
    return DatesFile(found[0]["name"], found[0]["many"]) if found else DatesFile(typed[:100], 0)


def complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    """The changes that can be taken back, by any words of what they were."""
    return [
        record_search.choice(each.number, each.what)
        for each in edition_changes.recent(conn, scope)
        if folding.fits(typed, f"{each.number} {each.what}")
    ]


@record(VenueChange, complete=complete, none=NO_CHANGE)
def resolve(conn: Conn, scope: Scope, typed: str) -> VenueChange:
    """The change of that number, or with these words in what it was."""
    number = record_search.number(typed)
    if number is not None and (one := edition_changes.by_number(conn, scope, number)) is not None:
        return one
    recent = edition_changes.recent(conn, scope) if number is None else []
    found = [each for each in recent if folding.fits(typed, each.what)]
    if len(found) > 1:
        raise record_search.which_one(typed, [record_search.choice(each.number, each.what) for each in found])
    if not found:
        text = "I found no change of venues within the last day for “{typed}”. {/deadline remove} removes what is there."
        raise NotFound(say(text, typed=typed[:60]), field="change")
    return found[0]


@command(
    "deadline remove", access=Access.ORGANIZER, form="Remove dates", submit="Ask me first", asks=ANYTHING
)
async def remove(
    call: Call,
    venue: Annotated[VenueEdition | None, Arg("A venue, such as ICML 2027", max_length=100)] = None,
    date: Annotated[DateKind | None, Arg("Only this date of it; all of it if left out")] = None,
    file: Annotated[DatesFile | None, Arg("Instead: all that a file said", max_length=100)] = None,
    sure: _SURE = False,
) -> Reply:
    """Remove a venue's dates, one of them, or all that a file said; for a day you can take it back."""
    if venue is None and file is None:
        raise BadInput("Please give a venue, or a file whose dates shall go.", field="venue")
    if venue is not None and file is not None:
        words = "Please give a venue or a file, not both: shall {venue} go, or all that “{file}” said?"
        raise BadInput(say(words, venue=str(venue), file=file.name), field="file")
    if file is not None and date is not None:
        raise BadInput("A file goes as a whole. For one date alone please give its venue.", field="date")
    if not sure:
        known = await call.read(_entered, call.scope, venue) if venue is not None else None
        return _asked(known, date, file)
    hooks = call.core.registry.dates_changed_hooks
    if file is not None:
        done = await call.write(_remove_file, call.scope, file.name, hooks)
    else:
        assert venue is not None  # noqa: S101 - one of them was given
        done = await call.write(_remove, call.scope, venue, date, hooks)
    undo = Button("Undo", "deadline take-back", {"change": str(done.change)})
    words = "{what} is removed. Its dates leave lists and calendars, nobody is reminded of them, and who follows them is told."
    if date is not None:
        words = "{what} is removed. It leaves lists and calendars, nobody is reminded of it, and who follows it is told."
    text = say(words, what=done.what)
    return Reply(text, (Buttons((undo, Button("All deadlines", "deadline list"))),))


def _entered(conn: Conn, scope: Scope, venue: VenueEdition) -> KnownEdition:
    """The edition that is meant, of those that were entered here. Raises `NotFound` and `Ambiguous` as `choose` does."""
    return choosing.choose(conn, scope, venue, built_in=False)


def _no_file(name: str) -> NotFound:
    return NotFound(say("No file called “{name}” says anything here.", name=name), field="file")


def _no_date(known: KnownEdition, kind: DateKind) -> NotFound:
    words = "No date for {what} of {name} is here."
    return NotFound(say(words, what=kind.label, name=texts.name_of(known)), field="date")


def _asked(known: KnownEdition | None, kind: DateKind | None, file: DatesFile | None) -> Reply:
    """The question, with how much would go."""
    keep = Button("Keep it", "deadline list")
    if file is not None:
        if not file.count:
            raise _no_file(file.name)
        editions_of = "1 edition" if file.count == 1 else f"{file.count:,} editions"
        words = "Shall I remove all that **{name}** said, of {editions}? What others said of them stays."
        args = {"file": file.name, "sure": "yes"}
        yes = Button("Remove all of it", "deadline remove", args, ButtonStyle.DANGER)
        return Reply(say(words, name=file.name, editions=editions_of), (Buttons((yes, keep)),))
    assert known is not None  # noqa: S101 - a venue was given, and is there
    args = {"venue": texts.handle(known), "sure": "yes"}
    name = texts.name_of(known)
    if kind is not None:
        count = sum(each.kind is kind for each in known.dates)
        if not count:
            raise _no_date(known, kind)
        words = "Shall I remove the date for {what} of **{name}**? Who follows it is told, and for a day you can take it back."
        yes = Button("Remove it", "deadline remove", {**args, "date": kind.value}, ButtonStyle.DANGER)
        return Reply(say(words, what=kind.label, name=name), (Buttons((yes, keep)),))
    dates = "1 date" if len(known.dates) == 1 else f"{len(known.dates)} dates"
    words = (
        "Shall I remove **{name}** with {dates}? Who follows it is told, and for a day you can take it back."
    )
    yes = Button("Remove it", "deadline remove", args, ButtonStyle.DANGER)
    return Reply(say(words, name=name, dates=dates), (Buttons((yes, keep)),))


@dataclass(frozen=True, slots=True)
class _Removed:
    """What was removed, in words, and the number of the change."""

    what: str
    change: int


def _remove(
    conn: Conn, scope: Scope, venue: VenueEdition, kind: DateKind | None, hooks: Sequence[DatesChangedHook]
) -> _Removed:
    """Remove an edition, or its dates of a kind. It is looked up here, so that a call that is delivered again finds what it
    did. Raises `NotFound`."""
    before = _entered(conn, scope, venue)
    number, what = before.number or 0, texts.name_of(before)

    def change() -> list[SourceChange]:
        if kind is None:
            return edition_changes.remove_edition(conn, scope, number)
        return edition_changes.remove_kind(conn, scope, number, kind)

    changes = _told(conn, scope, [number], change, hooks)
    if kind is not None:
        what = f"The date for {kind.label} of {what}"
        if not changes:
            raise _no_date(before, kind)
    return _kept(conn, scope, what, changes)


def _remove_file(conn: Conn, scope: Scope, name: str, hooks: Sequence[DatesChangedHook]) -> _Removed:
    """Remove all that a file said. Raises `NotFound`."""
    numbers = edition_changes.numbers_of(conn, scope.cohort.id, name)
    if not numbers:
        raise _no_file(name)
    changes = _told(conn, scope, numbers, lambda: edition_changes.remove_source(conn, scope, name), hooks)
    return _kept(conn, scope, f"All of {name}", changes)


def _kept(conn: Conn, scope: Scope, what: str, changes: Sequence[SourceChange]) -> _Removed:
    number = edition_changes.begin(conn, scope, f"{what}, removed")
    edition_changes.add_part(conn, scope, number, changes)
    return _Removed(what, number)


def _told(
    conn: Conn,
    scope: Scope,
    numbers: Sequence[int],
    change: Callable[[], list[SourceChange]],
    hooks: Sequence[DatesChangedHook],
) -> list[SourceChange]:
    """Make a change of some editions, tell who follows them, and have planned anew what was planned by their dates."""
    before = {number: editions.by_number(conn, scope.cohort.id, number) for number in numbers}
    done = change()
    for number, known in before.items():
        if known is not None:
            moved.tell(conn, scope, known, editions.by_number(conn, scope.cohort.id, number))
    for hook in hooks:
        hook.run(conn, scope.cohort, scope.now)
    return done


@command(
    "deadline take-back",
    access=Access.ORGANIZER,
    once=Once.REPEATS,
    form="Take a change back",
    submit="Take it back",
)
async def take_back(
    call: Call,
    change: Annotated[VenueChange, Arg("What was entered, imported or removed", max_length=100)],
    again: Annotated[bool, Arg("Whether to have it again instead", in_form=False)] = False,
) -> Reply:
    """Take back what was entered, imported or removed of venues within the last day."""
    done = left = 0
    for part in await call.read(edition_changes.parts, change.id):
        hooks = call.core.registry.dates_changed_hooks
        some = await call.write(_apply, call.scope, part, hooks, undone=not again)
        done, left = done + some.done, left + some.left
    count = "1 edition" if done == 1 else f"{done:,} editions"
    if again:
        head = "{what}: it is so again, for {count}."
        button = Button("Take it back", "deadline take-back", {"change": str(change.number)})
    else:
        stand = "It stands as it did" if done == 1 else "They stand as they did"
        head = f"{{what}}: that is taken back, for {{count}}. {stand} before."
        button = Button("Have it again", "deadline take-back", {"change": str(change.number), "again": "yes"})
    lines: list[Text] = []
    buttons = [Button("All deadlines", "deadline list")]
    if done or not left:
        buttons.insert(0, button)
        lines.append(
            say(
                head if done else "{what}: it stands so already.",
                what=change.what,
                **({"count": count} if done else {}),
            )
        )
    if left:
        words = "{what}: 1 edition was changed once more since, and stays as it is."
        if left > 1:
            words = "{what}: {n} editions were changed once more since, and stay as they are."
        lines.append(say(words, what=change.what, n=f"{left:,}"))
    return Reply(join(lines), (Buttons(tuple(buttons)),))


@dataclass(frozen=True, slots=True)
class _Applied:
    """How many sources were set, and how many were left because they say something else by now."""

    done: int
    left: int


def _apply(
    conn: Conn, scope: Scope, part: int, hooks: Sequence[DatesChangedHook], *, undone: bool
) -> _Applied:
    changes = edition_changes.changes_of(conn, part, undone=undone)
    if not changes:
        return _Applied(0, 0)
    counts = [(0, 0)]

    def change() -> list[SourceChange]:
        counts[0] = edition_changes.apply(conn, scope, changes)
        return list(changes)

    _told(conn, scope, sorted({each.number for each in changes}), change, hooks)
    return _Applied(*counts[0])


@prune
def purge(conn: Conn, now: datetime, most: int) -> int:
    """What was changed more than a day ago cannot be taken back any more."""
    return edition_changes.purge(conn, now, most)
