"""`checkin blockers`, `offer`, `solved` and `mentors`: what is in the way reaches somebody who can help."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Record, Records, Reply
from core.chat.text import Text, join, say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands import paging
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import PAGE_SIZE, Page, PageArg
from core.commands.spec import Arg, Once
from core.delivery import confirmation, outcomes
from core.delivery.outcomes import PostStanding, Showing
from core.errors import BadInput
from core.features.checkins import blockers, days, offers, records, sharing, texts
from core.features.checkins.answers import answer
from core.features.checkins.blockers import Blocker
from core.features.checkins.excerpts import excerpt
from core.features.checkins.fields import Day
from core.store.port import Conn

_SHOWN = 5
"""Blockers in a status."""


@dataclass(frozen=True, slots=True)
class _Open:
    """What is in the caller's own way, and a page of what is in others'."""

    own: Sequence[Blocker]
    page: Page
    others: Sequence[Blocker]


@command("checkin blockers")
async def blockers_(
    call: Call,
    blocker: Annotated[Blocker | None, Arg("Only this one, whole", max_length=250)] = None,
    page: PageArg = 1,
) -> Reply:
    """What is in people's way and waits for help, as far as you may read it."""
    if blocker is not None:
        return _one(call.scope, blocker)
    found = await call.read(_read, call.scope, page)
    parts: list[Text] = []
    shown: list[Block] = []
    if found.own:
        parts.append(say("**In your way**"))
        shown.append(Records(tuple(row(each) for each in found.own)))
    if found.page.total:
        n = found.page.words
        parts.append(say("**In others’ way** ({n}), the oldest first", n=n))
        shown += paging.blocks(call, found.page, [row(each) for each in found.others])
    if not parts:
        parts.append(say("Nothing that you may read is in anybody’s way now."))
    return Reply(join(parts), tuple(shown))


def _read(conn: Conn, scope: Scope, wanted: int) -> _Open:
    page = Page(wanted, blockers.count_of_others(conn, scope))
    own = blockers.own(conn, scope.member.id) if scope.member else []
    return _Open(own, page, blockers.of_others(conn, scope, page.start, PAGE_SIZE))


def open_for(conn: Conn, scope: Scope) -> list[Blocker]:
    """What is in the caller's own way, and for a mentor the first of what is in others'."""
    if scope.member is None:
        return []
    mine = blockers.own(conn, scope.member.id)[-_SHOWN:]
    return [*mine, *(blockers.of_others(conn, scope, 0, _SHOWN) if scope.member.mentor else [])]


def row(found: Blocker) -> Record:
    """A blocker in a list: whose it is, what it is, since when it waits and who offered help."""
    details = [excerpt(found.text), f"since {day_words(found.checkin.day)}"]
    details += [texts.who_can_help(found.helpers)] if found.helpers else []
    if not found.checkin.answers.shared:
        details.append("shown to mentors" if found.checkin.for_mentors else "only you see this")
    opens = Button("Open", "checkin blockers", {"blocker": found.value})
    return Record(found.checkin.name, tuple(details), opens)


def _one(scope: Scope, found: Blocker) -> Reply:
    head = say(
        "**In the way of {name}**, since {day}", name=found.checkin.name, day=day_words(found.checkin.day)
    )
    parts = [head, say("> {text}", text=found.text)]
    parts += [say("{who}.", who=texts.who_can_help(found.helpers))] if found.helpers else []
    if not found.checkin.stuck:
        parts.append(say("It is solved."))
        return Reply(join(parts))
    if scope.member is not None and found.checkin.member_id == scope.member.id:
        items = texts.blocker_buttons(found.checkin)
    else:
        items = [Button("I can help", "checkin offer", {"blocker": found.value})]
    return Reply(join(parts), (Buttons(tuple(items)),))


@command("checkin offer", form="Offer help", submit="I can help")
async def offer(
    call: Call, blocker: Annotated[Blocker, Arg("Whose and what: words of it", max_length=250)]
) -> Reply:
    """Say that you can help with what is in somebody's way."""
    made = await call.write(_offer, call.scope, blocker.checkin.id)
    await confirmation.wait_for_all(call.core, made.posts)
    shown = await call.read(outcomes.standings_of, made.posts)
    if any(each.showing in texts.FAILED for each in shown):
        await call.write(outcomes.withdraw_notices, call.cohort.id, made.posts, call.now)
    return Reply(_told(blocker, made, shown))


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of an offer: the posts that tell of it, `direct` where they go to the author alone. `again` says that
    it was made before."""

    posts: Sequence[int]
    direct: bool
    again: bool = False


def _offer(conn: Conn, scope: Scope, checkin_id: int) -> Offered:
    member, found = scope.member, records.by_id(conn, checkin_id)
    if member is None or found is None or not blockers.may_read(scope, found):
        raise BadInput("This is not in anybody’s way any more.", field="blocker")
    if found.member_id == member.id:
        raise BadInput(
            say("That is in your own way. {/feedback ask} asks somebody for help with it."), field="blocker"
        )
    if not found.stuck:
        raise BadInput(say("{name} has said that it is solved.", name=found.name), field="blocker")
    if not blockers.offer(conn, scope, found.id, member.id):
        return Offered((), False, again=True)
    posts = offers.in_threads(conn, scope, found, member)
    return Offered(posts, False) if posts else Offered(offers.to_author(conn, scope, found, member), True)


def _told(found: Blocker, made: Offered, shown: Sequence[PostStanding]) -> Text:
    name = found.checkin.name
    if made.again:
        return say("You said so before; {name} knows that you can help.", name=name)
    failed = [each for each in shown if each.showing in texts.FAILED]
    lines = []
    if failed or not made.posts:
        why = failed[0].reason if failed else "there is no way to write to them now."
        lines.append(
            say(
                "Noted, but I could not tell {name}: {why} Please write to them yourself.", name=name, why=why
            )
        )
    elif made.direct and any(each.showing is Showing.SHOWN for each in shown):
        lines.append(say("Noted. I have told {name}, and nobody else, that you can help.", name=name))
    elif made.direct:
        lines.append(say("Noted. I am telling {name}, and nobody else, that you can help.", name=name))
    elif all(each.showing is Showing.SHOWN for each in shown):
        lines.append(say("Noted. The day’s thread says to both of you that you can help {name}.", name=name))
    else:
        lines.append(say("Noted. I am saying in the day’s thread that you can help {name}.", name=name))
    lines.append(say("Write to each other; {name} says when it is solved.", name=name))
    return join(lines)


@command("checkin solved", once=Once.REPEATS)
async def solved(
    call: Call,
    day: Day = None,
    again: Annotated[bool, Arg("Yes where it is in the way again after all", in_form=False)] = False,
) -> Reply:
    """Say that what was in your way is solved."""
    which = days.day_of(call.scope, day)
    posts = await call.write(_solved, call.scope, call.member.id, which, not again)
    return await answer(call, which, posts, "Noted")


def _solved(conn: Conn, scope: Scope, member_id: int, day: date, done: bool) -> list[int]:
    found = records.editable(conn, scope, member_id, day)
    if not found.answers.blocker and not found.answers.blocker_kind:
        raise BadInput("This check-in says of nothing that it is in the way.", field="day")
    if found.stuck is not done:
        return []
    blockers.set_stuck(conn, found.id, not done)
    return sharing.publish(conn, scope, member_id, found.day)


@command("checkin mentors", once=Once.REPEATS)
async def mentors(
    call: Call,
    day: Day = None,
    show: Annotated[bool, Arg("Whether the mentors read it", in_form=False)] = True,
) -> Reply:
    """Show what is in your way to the mentors alone, or no more."""
    which = days.day_of(call.scope, day)
    await call.write(_show, call.scope, call.member.id, which, show)
    return await answer(call, which, [], "Noted")


def _show(conn: Conn, scope: Scope, member_id: int, day: date, show: bool) -> None:
    found = records.editable(conn, scope, member_id, day)
    if show and not found.stuck:
        raise BadInput("This check-in says of nothing that it is in the way.", field="day")
    blockers.show_to_mentors(conn, found.id, show)
