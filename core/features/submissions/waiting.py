"""`submission waiting`: who waits for the decision of a venue, since when, and for how long yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core import clock
from core.chat.model import Button, Buttons, Record, Reply
from core.chat.text import Sayable, Text, enumerated, join, say
from core.cohorts import counting
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg
from core.papers import date_words, editions, hidden, venues, waiting
from core.papers.editions import DateKind, EditionDate, KnownEdition
from core.papers.model import VenueEdition
from core.papers.queries import viewer_id
from core.papers.waiting import WaitingPaper
from core.store.port import Conn

_UNDER_REVIEW = "under review"
"""The cell of the stored figure of anonymous papers that is shown beside those who wait."""


@dataclass(frozen=True, slots=True)
class _Room:
    """Those who wait, with whoever asks first and what is decided soonest before the rest; the dates of the decisions; and
    how many anonymous papers are under review anywhere, as far as everybody is shown it."""

    papers: Sequence[WaitingPaper]
    dates: Mapping[VenueEdition, EditionDate | None]
    anonymous: int | None


def _room(conn: Conn, scope: Scope, venue: VenueEdition | None) -> _Room:
    papers = waiting.seen(conn, scope, venue)
    known = editions.find_all(conn, scope.cohort.id, {each.venue for each in papers})
    dates = {each: decision_of(there, scope.now) for each, there in known.items()}
    viewer = viewer_id(scope)
    own = {each.venue for each in papers if viewer in each.people}
    last = datetime.max.replace(tzinfo=scope.now.tzinfo)

    def order(paper: WaitingPaper) -> tuple[object, ...]:
        date = dates[paper.venue]
        at = date.at if date is not None and date.at is not None and date.at >= scope.now else last
        return (paper.venue not in own, at, str(paper.venue), viewer not in paper.people, -paper.id)

    figure = dict(hidden.anonymous_counts(conn, scope.cohort.id)).get(_UNDER_REVIEW)
    return _Room(sorted(papers, key=order), dates, figure)


def decision_of(known: Sequence[KnownEdition], now: datetime) -> EditionDate | None:
    """When a venue decides, of the editions that may be meant: its next date, else the last one. None where none is known,
    or where it may be one of several."""
    return known[0].date(DateKind.DECISION, now) if len(known) == 1 else None


@command("submission waiting")
async def waiting_room(
    call: Call,
    venue: Annotated[VenueEdition | None, Arg("Only those who wait for this venue", max_length=100)] = None,
    page: PageArg = 1,
) -> Reply:
    """See who waits for the same venue as you, since when, and until when."""
    await counting.renew_due(call.core.store, (hidden.ANONYMOUS,), call.cohort.id, call.now)
    room = await call.read(_room, call.scope, venue)
    zone = call.member.zone or call.cohort.zone
    beside = _beside(room)
    if not room.papers:
        if venue is not None:
            await call.read(venues.check_known, call.scope, venue)
        at = f" for {venue}" if venue else ""
        text = say("Nobody whose paper you can see waits{at} now.", at=at)
        return Reply(join([text, *beside]), (Buttons((Button("Add a paper", "submission add"),)),))
    shown = Page(page, len(room.papers))
    rows = [
        _listed(each, _heading(room, each.venue, call.now, zone))
        for each in room.papers[shown.start : shown.start + shown.size]
    ]
    text = join([_head(room, call.member.id, call.now, zone), *beside])
    return Reply(text, (*blocks(call, shown, rows), Buttons(_buttons(room, call.member.id))))


def _beside(room: _Room) -> list[Text]:
    if room.anonymous is None:
        return []
    return [
        say("Anonymous papers, counted without names: {n} under review anywhere.", n=f"{room.anonymous:,}")
    ]


def _head(room: _Room, viewer: int, now: datetime, zone: str) -> Text:
    """Who waits with whoever asks, at the venue that comes first."""
    first = room.papers[0]
    there = [each for each in room.papers if each.venue == first.venue]
    people = {member: name for each in there for member, name in each.people.items() if member != viewer}
    is_own = any(viewer in each.people for each in there)
    when = decision_words(room.dates[first.venue], now, zone)
    if not is_own:
        n = len(room.papers)
        noun, verb = ("paper", "waits") if n == 1 else ("papers", "wait")
        date = room.dates[first.venue]
        if date is not None and date.at is not None:
            words = "**{n} {noun} here {verb}.** The next word is that of {venue}: {when}."
        elif len(room.dates) == 1:
            words = "**{n} {noun} here {verb} for {venue}**: {when}."
        else:
            words = "**{n} {noun} here {verb}.** When the next decision comes is not known here."
        return say(words, n=f"{n:,}", noun=noun, verb=verb, venue=first.venue, when=when)
    if not people:
        return say(
            "**You wait for {venue}**, alone as far as you can see: {when}.", venue=first.venue, when=when
        )
    return say(
        "**{people} wait for {venue}**: {when}.", people=_and_others(people), venue=first.venue, when=when
    )


def _and_others(people: Mapping[int, str]) -> str:
    """Whoever asks and others, by name while they are few: "You, Ben and Mina"."""
    names = list(people.values())
    return enumerated(["You", *names]) if len(names) <= 3 else f"You and {len(names)} others"


def decision_words(date: EditionDate | None, now: datetime, zone: str) -> Text:
    """When a decision comes, by the reader's own clock: "decisions on Sat 1 May 2027, in 12 days"."""
    if date is None or date.at is None:
        return say("when it decides is not known here")
    left = date_words.left(date, now, zone)
    days = date.days_left(now, zone)
    if left == "over" and days is not None:
        left = f"{-days} days ago" if days < -1 else "yesterday" if days == -1 else "earlier today"
    return say("decisions {when}, {left}", when=date_words.when(date, zone), left=left)


def _heading(room: _Room, venue: VenueEdition, now: datetime, zone: str) -> str:
    """What stands above those who wait for a venue; nothing where it is the only one, which the first line names."""
    if len(room.dates) == 1:
        return ""
    return say("{venue}: {when}", venue=venue, when=decision_words(room.dates[venue], now, zone)).plain()


def _listed(paper: WaitingPaper, heading: str) -> Record:
    who = enumerated([name for name in paper.people.values() if name])
    details: list[Sayable] = [f"{who} (only its authors see this)" if paper.hidden else who]
    details.append(f"since {clock.day_words(paper.since)}")
    opens = Button("Open", "submission show", {"paper": str(paper.number)})
    return Record(f"#{paper.number} {paper.title}", tuple(details), opens, heading)


def _buttons(room: _Room, viewer: int) -> tuple[Button, ...]:
    own = next((each for each in room.papers if viewer in each.people), None)
    decided = (Button("Mine is decided", "submission update", {"paper": str(own.number)}),) if own else ()
    return (*decided, Button("All papers", "submission list"))
