"""The commands about deadlines."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from core.chat import folding
from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.cohorts.model import Scope
from core.commands import spelling
from core.commands.decorators import command, member_left
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.record_search import normalize_name
from core.commands.spec import Arg, Once
from core.errors import Ambiguous
from core.features.deadlines import choosing, follows, texts
from core.features.deadlines.follows import Due, Following
from core.papers import date_words, editions
from core.papers.editions import DateKind, KnownEdition
from core.papers.model import VenueEdition
from core.store.port import Conn

LISTED = (DateKind.ABSTRACT, DateKind.PAPER)
WITHIN, FAR = 90, 730
"""Days ahead that are listed unless something else is asked for, and at most."""

_SPAN = re.compile(r"(\d{1,4}) *(d|days?|w|weeks?|m|months?|y|years?)?", re.ASCII)
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}


def days(typed: str) -> float:
    """The days in "30", "6 weeks" or "3 months"."""
    match = _SPAN.fullmatch(typed.strip().casefold())
    if match is None:
        raise ValueError(f"I cannot read “{typed[:40]}”. Please write it like 30 days, 6 weeks or 3 months.")
    return int(match[1]) * _DAYS[(match[2] or "d")[0]]


@command("deadline list")
async def list_(
    call: Call,
    field: Annotated[
        str | None, Arg("Only venues of a field, or with this in their names", max_length=80)
    ] = None,
    within: Annotated[
        int | None,
        Arg("How far ahead, in days, like 30 or 6 weeks; 90 if left out", minimum=1, maximum=FAR, reads=days),
    ] = None,
    page: PageArg = 1,
) -> Reply:
    """List the deadlines of the venues that this cohort knows, the next one first."""
    ahead = within or WITHIN
    found = await call.read(_listed, call.scope, field, ahead)
    span = "day" if ahead == 1 else f"{ahead} days"
    if not found:
        return await _none_listed(call, field, span)
    shown = Page(page, len(found))
    head = say(
        "**{count} {noun}** in the next {span}{field}, the next one first.",
        count=shown.words,
        noun="deadline" if shown.total == 1 else "deadlines",
        span=span,
        field=f" for “{field}”" if field else "",
    )
    zone = call.member.zone or call.cohort.zone
    rows = [texts.listed(each, call.now, zone) for each in found[shown.start : shown.start + shown.size]]
    own = Button("Mine", "deadline mine")
    return Reply(
        head, (*blocks(call, shown, rows), Buttons((own, Button("Follow a venue", "deadline follow"))))
    )


def _listed(conn: Conn, scope: Scope, field: str | None, ahead: int) -> list[Due]:
    until = scope.now + timedelta(days=ahead)
    known = editions.with_dates_between(conn, scope.cohort.id, scope.now, until)
    fitting = [each for each in known if not field or _fits(each, field)]
    return follows.coming([Following(each, False) for each in fitting], LISTED, scope.now, until)


def _fits(known: KnownEdition, field: str) -> bool:
    said = " ".join((str(known.edition), known.full_name, *known.fields))
    initials = ("".join(word[0] for word in each.split()) for each in known.fields if each)
    return folding.fits(field, said) or field.strip().casefold() in initials


async def _none_listed(call: Call, field: str | None, span: str) -> Reply:
    known = await call.read(editions.names, call.cohort.id, 1)
    if not known:
        return Reply(say(texts.NOTHING_KNOWN))
    if field is not None:
        await call.read(_check_field, call.scope, field)
    text = say(
        "No deadline in the next {span}{field} is known here.",
        span=span,
        field=f" for “{field}”" if field else "",
    )
    wider = Button(
        "Look a year ahead", "deadline list", {"within": "365", **({"field": field} if field else {})}
    )
    every = Button("Every field", "deadline list", {"within": "365"})
    return Reply(text, (Buttons((wider, every) if field else (wider,)),))


def _check_field(conn: Conn, scope: Scope, field: str) -> None:
    """Raise `Ambiguous` where words that fit nothing ahead are close to names or fields of venues that have deadlines."""
    every = _listed(conn, scope, None, FAR)
    known = {
        normalize_name(name): name
        for each in every
        for name in (each.known.edition.name, str(each.known.edition), *each.known.fields)
    }
    if any(_fits(each.known, field) for each in every):
        return
    if close := spelling.near(normalize_name(field), known):
        question = say(
            "No venue here is called “{typed}”, or of that field. Did you mean one of these?", typed=field
        )
        raise Ambiguous(question, [(known[each], known[each]) for each in close], field="field")


@command("deadline mine")
async def mine(call: Call, page: PageArg = 1) -> Reply:
    """What is due for you: at the venues you follow, and where your papers go."""
    found, due = await call.read(_mine, call.scope, call.member.id)
    zone = call.member.zone or call.cohort.zone
    follow = Button("Follow a venue", "deadline follow")
    if not found:
        text = say(
            "You follow no venue, and no paper of yours is on its way to one. Which dates shall I remind you of?"
        )
        return Reply(text, (Buttons((follow, Button("All deadlines", "deadline list"))),))
    shown = Page(page, len(due))
    without = [each for each in found if not any(one.following is each for one in due)]
    lines = [
        say(
            "**{count}** {noun} ahead of you, the next one first.",
            count=shown.words,
            noun="date" if shown.total == 1 else "dates",
        )
        if due
        else say("Nothing is ahead of you.")
    ]
    lines += [
        say("- {name}, {why}: no dates ahead are known.", name=texts.name_of(each.known), why=texts.why(each))
        for each in without[:10]
    ]
    rows = [texts.listed(each, call.now, zone) for each in due[shown.start : shown.start + shown.size]]
    more = (follow, Button("Calendar", "deadline calendar"))
    return Reply(join(lines), (*blocks(call, shown, rows), Buttons(more)))


def _mine(conn: Conn, scope: Scope, member_id: int) -> tuple[list[Following], list[Due]]:
    found = follows.followed(conn, scope.cohort, member_id, scope.today)
    return found, follows.coming(found, follows.NAMED, scope.now, scope.now + timedelta(days=FAR))


@command("deadline show", form="Show a venue’s dates", submit="Show them")
async def show(
    call: Call, venue: Annotated[VenueEdition, Arg("A venue, such as ICML 2027", max_length=100)]
) -> Reply:
    """Show all dates of a venue, with their sources and what is doubtful about them."""
    known = await call.read(choosing.choose, call.scope, venue)
    own = await call.read(follows.following, call.cohort, call.member, known, call.scope.today)
    args = {"venue": texts.handle(known)}
    turn = Button("Unfollow", "deadline unfollow", args) if own else Button("Follow", "deadline follow", args)
    zone = call.member.zone or call.cohort.zone
    buttons = [turn, Button("Mine", "deadline mine")]
    if call.member.organizer and known.number is not None:
        buttons.append(Button("Remove", "deadline remove", args))
    return Reply(texts.page(known, call.now, zone), (Buttons(tuple(buttons)),))


@dataclass(frozen=True, slots=True)
class _Followed:
    """The edition that is followed now, or not any more, and whether that is new."""

    name: str
    handle: str
    new: bool
    dated: bool


@command("deadline follow", once=Once.REPEATS, form="Follow a venue", submit="Follow it")
async def follow(
    call: Call, venue: Annotated[VenueEdition, Arg("A venue, such as ICML 2027", max_length=100)]
) -> Reply:
    """Be reminded of a venue's deadlines, 30, 7, 2 and 1 days ahead."""
    known = await call.read(choosing.choose, call.scope, venue)
    done = await call.write(_follow, call.scope, call.member.id, venue, on=True)
    head = "You follow {name} now." if done.new else "You follow {name} already."
    lines = [say(head, name=done.name)]
    zone = call.member.zone or call.cohort.zone
    coming = follows.coming([Following(known, True)], LISTED, call.now, call.now + timedelta(days=FAR))
    lines += [
        say("- {what}: {when}", what=texts.what(each.date), when=date_words.when(each.date, zone))
        for each in coming[:3]
    ]
    if done.dated:
        lines.append(
            say(
                "I remind you 30, 7, 2 and 1 days ahead, by direct message. It stands in the cohort’s calendar too, without"
                " your name."
            )
        )
    else:
        lines.append(
            say("No dates of it are known yet. Once an organizer enters them I remind you of those.")
        )
    args = {"venue": done.handle}
    buttons = (Button("Its dates", "deadline show", args), Button("Unfollow", "deadline unfollow", args))
    return Reply(join(lines), (Buttons((*buttons, Button("Calendar", "deadline calendar"))),))


@command("deadline unfollow", once=Once.REPEATS, form="Unfollow a venue", submit="Unfollow it")
async def unfollow(
    call: Call, venue: Annotated[VenueEdition, Arg("A venue that you follow", max_length=100)]
) -> Reply:
    """Be reminded of a venue's deadlines no more, not through a paper of yours either."""
    done = await call.write(_follow, call.scope, call.member.id, venue, on=False)
    head = (
        "You follow {name} no more, and its dates leave your calendar."
        if done.new
        else "You do not follow {name}."
    )
    buttons = (
        Button("Follow it again" if done.new else "Follow it", "deadline follow", {"venue": done.handle}),
        Button("Mine", "deadline mine"),
    )
    return Reply(say(head, name=done.name), (Buttons(buttons),))


def _follow(conn: Conn, scope: Scope, member_id: int, venue: VenueEdition, *, on: bool) -> _Followed:
    known = choosing.choose(conn, scope, venue)
    assert scope.member is not None  # noqa: S101 - the command is for members
    before = follows.following(conn, scope.cohort, scope.member, known, scope.today) is not None
    shared = len(editions.find(conn, scope.cohort.id, known.edition)) > 1
    changed = False
    if on or before:
        number = (known.number or 0) if shared else 0
        changed = follows.set_following(conn, scope, member_id, known.edition, number, on)
    return _Followed(texts.name_of(known), texts.handle(known), changed, bool(known.dates))


@member_left
def end_following(conn: Conn, _cohort: object, member_id: int, _now: object) -> None:
    """Somebody who left the cohort is reminded of nothing."""
    follows.forget(conn, member_id)
