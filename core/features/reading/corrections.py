"""How an item is corrected, tagged, pinned, removed and put back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from core.chat.model import Button, Buttons, Choice, Reply
from core.chat.text import join, say
from core.cohorts.model import Scope
from core.commands import record_search
from core.commands.decorators import command, prune, record
from core.commands.dispatch import Call
from core.commands.spec import ANYTHING, Arg, Once
from core.errors import BadInput, NotAllowed, NotFound
from core.features.reading import (
    choices,
    discussions,
    lookups,
    records,
    same_work,
    tags,
    texts,
    turns,
    voting,
)
from core.features.reading.commands import Item
from core.features.reading.records import NO_ITEM, Correction, ReadingItem
from core.store.port import Conn
from core.works import identifiers

_LIST = Button("The list", "reading list")
NONE = "-"
"""What is typed to take a link away."""
LONGEST_TITLE = 500
"""Characters of a title that is typed, as many as what is put on the list can have."""

prune(records.purge)


def require_may_correct(conn: Conn, scope: Scope, item: ReadingItem) -> None:
    """Raise `NotAllowed` where the caller may not change an item: who added it may until others have voted for it,
    organizers at any time."""
    member = scope.member
    if member is not None and member.organizer:
        return
    if member is None or records.added_by(conn, item) != member.id:
        text = "Who put #{number} on the list can correct it, and organizers can. What is wrong with it? They will be glad to hear."
        raise NotAllowed(say(text, number=item.number), field="item")
    if voting.others_voted(conn, item.id, member.id):
        text = (
            "Others have voted for #{number} as it is, so that only organizers can change it now. Please tell one of "
            "them what to change."
        )
        raise NotAllowed(say(text, number=item.number), field="item")


def _as_it_is(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form: the item as it is. Raises where the caller may not change it."""
    typed = given.get("item", "")
    if not typed:
        return {}
    item = records.resolve(conn, scope, typed)
    require_may_correct(conn, scope, item)
    found = {
        # A source may have given a longer one, which a form would cut: it is left out, and stays.
        "title": item.name if len(item.name) <= LONGEST_TITLE else "",
        "link": item.address or "",
        "tags": ", ".join(tags.of_item(conn, item.id)),
        "pin": "yes" if records.is_pinned(conn, item) else "no",
    }
    return {name: value for name, value in found.items() if value}


@command("reading edit", form="Correct an item", submit="Keep the change", prefill=_as_it_is, asks=ANYTHING)
async def edit(
    call: Call,
    item: Item,
    title: Annotated[str | None, Arg("What it is called", max_length=LONGEST_TITLE)] = None,
    link: Annotated[str | None, Arg("Where it is read, https://…; - for nowhere", max_length=500)] = None,
    tags: Annotated[str | None, Arg("What it is about, with commas between; - for none")] = None,
    pin: Annotated[bool | None, Arg("Organizers: yes puts it first", label="Pin it")] = None,
) -> Reply:
    """Correct something on the list, give it tags, or pin it."""
    changed = await call.write(_edit, call.scope, item, title, link, tags, pin)
    buttons = (Button("Open", "reading show", {"item": str(item.number)}), _LIST)
    if not changed.changed:
        return Reply(say("{item} stays as it was.", item=texts.inside(item)), (Buttons(buttons),))
    lines = [say("Changed. {item}", item=texts.inside(changed.item))]
    lines += [say("Tags: {tags}", tags=" ".join(f"#{each}" for each in changed.tags))] * bool(changed.tags)
    lines += [say("It is pinned: it comes next.")] * changed.pinned
    return Reply(join(lines), (Buttons(buttons),))


@dataclass(frozen=True, slots=True)
class _Edited:
    item: ReadingItem
    tags: tuple[str, ...]
    pinned: bool
    changed: bool


def _edit(
    conn: Conn,
    scope: Scope,
    item: ReadingItem,
    title: str | None,
    link: str | None,
    typed_tags: str | None,
    pin: bool | None,
) -> _Edited:
    records.require_listed(conn, scope, item)
    require_may_correct(conn, scope, item)
    before = (tags.of_item(conn, item.id), records.is_pinned(conn, item))
    change = Correction(
        title if title and title != item.name else None,
        _link(conn, scope, item, link),
        None if typed_tags is None or tags.parse(typed_tags) == before[0] else tags.parse(typed_tags),
        None if pin is None or pin == before[1] else pin,
    )
    if change.pin is not None and not (scope.member and scope.member.organizer):
        text = "Only organizers can pin something. Your vote for it counts: {/reading vote}."
        raise NotAllowed(say(text), field="pin")
    if change == Correction():
        return _Edited(item, *before, changed=False)
    found = records.correct(conn, scope, item, change)
    if change.pin is not None and choices.ahead(conn, scope.cohort.id):
        choices.choose_ahead(conn, scope.cohort.id)
    tag = scope.now.isoformat()
    discussions.bring_up_item(conn, scope.cohort.id, item.id, tag, scope.now)
    if change.link:
        _look_up_again(conn, scope, found, change.link)
        found = records.by_number(conn, scope.cohort.id, item.number) or found
    return _Edited(found, tags.of_item(conn, item.id), records.is_pinned(conn, item), changed=True)


def _link(conn: Conn, scope: Scope, item: ReadingItem, typed: str | None) -> str | None:
    """A link as it is kept, "" for none; None where it does not change. Raises `BadInput` for what is no link, and where
    another item is that work."""
    if typed is None or typed == item.address:
        return None
    if typed.strip() == NONE:
        return "" if item.address else None
    found = identifiers.read(typed)
    if found is None:
        text = "“{typed}” is no link that I can read. Please give one address that begins with https://, or - for none."
        raise BadInput(say(text, typed=typed[:120]), field="link")
    other = records.with_key(conn, scope.cohort.id, [found.key])
    if other is not None and other.id != item.id:
        raise BadInput(
            say(
                "That is {other}, which is on the list already. If #{number} is the same work, remove it with "
                "{/reading remove} and vote for the other one.",
                other=texts.inside(other),
                number=item.number,
            ),
            field="link",
        )
    return found.address


def _look_up_again(conn: Conn, scope: Scope, item: ReadingItem, link: str) -> None:
    """A corrected link is that of another work: it has this one's identifier alone, and this one is asked for."""
    identifier = identifiers.read(link)
    same_work.forget(conn, scope.cohort.id, item.id)
    if identifier is not None:
        same_work.keep(conn, scope.cohort.id, item.id, [identifier])
        lookups.enqueue(conn, item.id, identifier, scope.now)


@dataclass(frozen=True, slots=True)
class AnyItem:
    """An item on the list, or one that was taken off it and can be put back."""

    item: ReadingItem
    removed: bool = False


def complete(conn: Conn, scope: Scope, typed: str) -> list[Choice]:
    """Items of the list by any words."""
    return records.complete(conn, scope, typed)


@record(AnyItem, complete=complete, none=NO_ITEM)
def resolve(conn: Conn, scope: Scope, typed: str) -> AnyItem:
    """The item of that number, on the list or taken off it, or the one on the list with these words."""
    number = record_search.number(typed)
    gone = records.removed(conn, scope.cohort.id, number) if number is not None else None
    return AnyItem(gone, removed=True) if gone else AnyItem(records.resolve(conn, scope, typed))


@command("reading remove", once=Once.REPEATS, form="Remove from the list", submit="Remove it")
async def remove(
    call: Call,
    item: Annotated[AnyItem, Arg("Its number or words of its title", max_length=300)],
    undo: Annotated[bool, Arg("Yes to put it back", in_form=False)] = False,
) -> Reply:
    """Take something off the reading list; for a day it can be put back."""
    await call.write(_remove, call.scope, item, undo)
    inside, args = texts.inside(item.item), {"item": f"#{item.item.number}"}
    if undo:
        text = say("{item} is on the list again, with its votes and takeaways.", item=inside)
        return Reply(text, (Buttons((_LIST,)),))
    text = say(
        "{item} is off the list. Until this time tomorrow you can put it back; then it is deleted, with its votes and "
        "takeaways.",
        item=inside,
    )
    return Reply(text, (Buttons((Button("Put it back", "reading remove", {**args, "undo": "yes"}), _LIST)),))


def _remove(conn: Conn, scope: Scope, which: AnyItem, undo: bool) -> None:
    item, cohort = which.item, scope.cohort.id
    require_may_correct(conn, scope, item)
    removed = records.removed(conn, cohort, item.number) is not None
    if undo and removed:
        _put_back(conn, scope, item)
    elif removed:
        raise NotFound(say("#{number} is off the list already.", number=item.number), field="item")
    elif not undo:
        turn = turns.open_turn(conn, cohort, item)
        records.remove(conn, scope, item)
        if turn is not None:
            turns.withdraw_notice(conn, turn, scope.now)
    if undo is removed:
        discussions.bring_up_item(conn, cohort, item.id, f"{undo}:{scope.now.isoformat()}", scope.now)


def _put_back(conn: Conn, scope: Scope, item: ReadingItem) -> None:
    """Put an item back. Raises `BadInput` where its work came on the list meanwhile; one that seems to be the same is
    remembered."""
    cohort, identifier = scope.cohort.id, item.identifier
    if identifier is not None:
        other = records.with_key(conn, cohort, [identifier.key])
        if other is not None:
            text = "The same work is on the list again, as {other}, so #{number} stays off it."
            raise BadInput(say(text, other=texts.inside(other), number=item.number), field="item")
    near = same_work.like(conn, cohort, item.name, item.id)
    records.put_back(conn, item)
    if identifier is not None:
        same_work.keep(conn, cohort, item.id, [identifier])
    if near is not None:
        same_work.note_twin(conn, item.id, near.id)
