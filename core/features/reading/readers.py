"""The commands of those who read: what they have read, and what they take from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from core.chat.model import Button, Buttons, LabelledEnum, Reply
from core.chat.text import join, say
from core.cohorts.model import Member, Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, LongText, Once
from core.features.reading import finished, records, takeaways, texts
from core.features.reading.commands import Item
from core.features.reading.records import ReadingItem
from core.features.reading.takeaways import Takeaway
from core.store.port import Conn

_LIST = Button("The list", "reading list")


class Readership(LabelledEnum):
    """Who reads a takeaway, or is told that somebody has read something."""

    COHORT = "cohort", "The cohort"
    PRIVATE = "private", "Only me"


_Visibility = Annotated[Readership | None, Arg("Who reads it; as it is, at first the cohort")]
_REMOVED = "-"


@command("reading done", once=Once.REPEATS, form="Mark as read", submit="Mark it")
async def done(
    call: Call,
    item: Item,
    takeaway: Annotated[LongText | None, Arg("What you take from it", max_length=2000)] = None,
    visibility: Annotated[
        Readership | None, Arg("Who is told; you alone, unless you write a takeaway for the cohort")
    ] = None,
) -> Reply:
    """Note that you read something, and what you take from it."""
    if takeaway:
        return await _write(call, item, takeaway, visibility)
    new, words = await call.write(_done, call.scope, call.member.id, item, visibility)
    if words is not None and visibility is not None:
        return _kept(item, words, visibility is Readership.COHORT)
    head = "Well read!" if new else "You had read it before, and that stands."
    lines = [say("{head} {item}", head=head, item=texts.named(item))]
    args = {"item": str(item.number)}
    if visibility is Readership.COHORT:
        lines.append(say("The cohort sees your name under it."))
        tell = Button("Keep it to myself", "reading done", {**args, "visibility": Readership.PRIVATE})
    else:
        lines += [say("Nobody is told.")] if visibility is Readership.PRIVATE else []
        tell = Button("Tell the cohort", "reading done", {**args, "visibility": Readership.COHORT})
    write = Button("Write a takeaway", "reading takeaway", args)
    return Reply(join(lines), (Buttons((write, tell, _LIST)),))


def _done(
    conn: Conn, scope: Scope, by: int, item: ReadingItem, visibility: Readership | None
) -> tuple[bool, str | None]:
    """Whether it is new, and the takeaway that the caller has written. Who is told of the reading reads that too."""
    shared = None if visibility is None else visibility is Readership.COHORT
    new = finished.mark_done(conn, scope, by, item, shared=shared)
    before = takeaways.own(conn, by, item.id)
    if before is not None and shared is not None:
        takeaways.write(conn, scope, by, item, before.words, shared=shared)
    return new, before.words if before else None


def _as_it_is(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form: the takeaway that the caller wrote before, and who reads it."""
    typed = given.get("item", "")
    if not typed or scope.member is None:
        return {}
    before = takeaways.own(conn, scope.member.id, records.resolve(conn, scope, typed).id)
    if before is None:
        return {"visibility": Readership.COHORT}
    return {"takeaway": before.words, "visibility": _readership(before.shared)}


def _readership(shared: bool) -> Readership:
    return Readership.COHORT if shared else Readership.PRIVATE


@command(
    "reading takeaway", once=Once.REPEATS, form="What you take from it", submit="Keep it", prefill=_as_it_is
)
async def takeaway(
    call: Call,
    item: Item,
    takeaway: Annotated[LongText, Arg("A sentence or two is plenty; - alone deletes yours", max_length=2000)],
    visibility: _Visibility = None,
) -> Reply:
    """Write down what you take from something you read, or change that."""
    if takeaway.strip() == _REMOVED:
        return await _remove(call, item)
    return await _write(call, item, takeaway, visibility)


async def _write(call: Call, item: ReadingItem, words: str, visibility: Readership | None) -> Reply:
    shared = await call.write(_keep, call.scope, call.member.id, item, words, visibility)
    return _kept(item, words, shared)


def _kept(item: ReadingItem, words: str, shared: bool) -> Reply:
    who = "The cohort reads it under the item." if shared else "Only you read it."
    head = say("Your takeaway from {item} is kept. {who}", item=texts.named(item), who=who)
    return Reply(join([head, say("> {words}", words=words)]), (_buttons(item, shared),))


def _keep(
    conn: Conn, scope: Scope, by: int, item: ReadingItem, words: str, visibility: Readership | None
) -> bool:
    records.require_listed(conn, scope, item)
    shared = None if visibility is None else visibility is Readership.COHORT
    return takeaways.write(conn, scope, by, item, words, shared=shared)


def _buttons(item: ReadingItem, shared: bool) -> Buttons:
    args = {"item": str(item.number)}
    turned = _readership(not shared)
    label = "Make it private" if shared else "Share it with the cohort"
    return Buttons(
        (
            Button(label, "reading done", {**args, "visibility": turned}),
            Button("Change it", "reading takeaway", args),
            Button("Delete it", "reading takeaway", {**args, "takeaway": _REMOVED}),
            Button("Open", "reading show", args),
        )
    )


async def _remove(call: Call, item: ReadingItem) -> Reply:
    gone = await call.write(takeaways.remove, call.scope, call.member.id, item)
    head = "Deleted: your takeaway from {item}." if gone else "You have no takeaway from {item}."
    write = Button("Write one", "reading takeaway", {"item": str(item.number)})
    return Reply(say(head, item=texts.inside(item)), (Buttons((write, _LIST)),))


@dataclass(frozen=True, slots=True)
class _Lessons:
    page: Page
    found: list[Takeaway]


def _lessons(
    conn: Conn, cohort: int, viewer: int, page: int, item: ReadingItem | None, who: Member | None
) -> _Lessons:
    shown, found = takeaways.page(
        conn, cohort, viewer, page, item_id=item.id if item else None, by=who.id if who else None
    )
    return _Lessons(shown, found)


@command("reading takeaways")
async def takeaways_(
    call: Call,
    item: Annotated[
        ReadingItem | None, Arg("Only those from this; its number or words of its title", max_length=300)
    ] = None,
    who: Annotated[Member | None, Arg("Only those of this person")] = None,
    page: PageArg = 1,
) -> Reply:
    """Read what members took from what they read, by item or person."""
    shown = await call.read(_lessons, call.cohort.id, call.member.id, page, item, who)
    about = say(" from {item}", item=texts.inside(item)) if item else ""
    of = f" of {who.name}" if who else ""
    if not shown.found:
        write = Button("Write one", "reading takeaway", {"item": str(item.number)} if item else {})
        text = say("There are no takeaways{about}{of} yet that you can read.", about=about, of=of)
        return Reply(text, (Buttons((write, _LIST)),))
    which = "" if shown.page.count == 1 else f" ({shown.page.words})"
    text = say("**Takeaways**{about}{of}{which}, the newest first:", about=about, of=of, which=which)
    return Reply(text, (*blocks(call, shown.page, map(texts.lesson_record, shown.found)), Buttons((_LIST,))))
