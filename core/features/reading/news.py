"""What the digest says of the reading list: takeaways, what is new, who presents next, and numbers."""

from collections.abc import Collection, Sequence
from datetime import datetime

from core.chat.model import Button
from core.chat.text import say
from core.clock import day_words
from core.cohorts.model import Cohort
from core.commands.decorators import section
from core.commands.news import MOST_LINES, NewsLine, SectionPart
from core.features.reading import finished, listing, records, takeaways, texts, tracks, turns
from core.features.reading.listing import RankedItem
from core.features.reading.records import ReadingItem
from core.features.reading.takeaways import Takeaway
from core.features.reading.tracks import Loaded
from core.features.reading.turns import Turn
from core.store.port import Conn

_TOP, _PRESENTING = 1, 5

ABOUT = "reading-item:"
"""How the digest names an item, before its id."""
TRACK = "reading-track:"
"""How the digest names a starter list, before its key."""
LESSON = "reading-takeaway:"
"""How the digest names a takeaway, before its id."""


def still(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> Collection[str]:
    """The items and starter lists that are on the list yet."""
    ids = {int(each.removeprefix(ABOUT)): each for each in abouts if each.startswith(ABOUT)}
    loaded = [each for each in abouts if each.startswith(TRACK)]
    return [
        *(ids[each] for each in records.still_listed(conn, cohort.id, list(ids))),
        *(each for each in loaded if tracks.still_loaded(conn, cohort.id, each.removeprefix(TRACK))),
    ]


def still_shared(conn: Conn, cohort: Cohort, abouts: Sequence[str]) -> Collection[str]:
    """The takeaways that the cohort may read yet."""
    ids = {int(each.removeprefix(LESSON)): each for each in abouts}
    return [ids[each] for each in takeaways.still_shared(conn, cohort.id, list(ids))]


@section("takeaways", order=25, heading="Takeaways", still=still_shared)
def lessons(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """What members took from what they read, in a line each."""
    found = takeaways.shared_between(conn, cohort.id, since, until)
    more = max(0, len(found) - MOST_LINES)
    lines = tuple(map(_lesson, found[:MOST_LINES]))
    return SectionPart(lines, more, Button("All takeaways", "reading takeaways"))


@section("new to read", order=28, heading="New on the reading list", still=still)
def new_items(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """What was put on the reading list, and by whom."""
    found = records.added_between(conn, cohort.id, since, until)
    loaded = tuple(_loaded(each) for each in tracks.loaded_between(conn, cohort.id, since, until))
    lines = tuple(_new(item, by) for item, by in found[: MOST_LINES - len(loaded)])
    more = len(found) - len(lines)
    return SectionPart((*loaded, *lines), more, Button("The reading list", "reading list"))


@section("presenters", order=60, heading="Who presents next", still=still)
def presenters(conn: Conn, cohort: Cohort, _since: datetime, _until: datetime) -> SectionPart | None:
    """Who presents what is being read, and what was taken ahead."""
    found = turns.open_turns(conn, cohort.id, _PRESENTING)
    return SectionPart(tuple(map(_presents, found)), 0, Button("Who presents what", "reading next"))


@section("reading in numbers", order=92, heading="In numbers", figures=(finished.FINISHED,))
def digest_numbers(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """The stored figure of how many items were read, and what is most wanted."""
    readings = finished.FINISHED.shown(conn, cohort.id, since, until)
    return SectionPart((NewsLine("Readings finished together", f"{readings:,}"),)) if readings else None


@section("wanted", order=93, heading="In numbers", still=still, quiet=True)
def wanted(conn: Conn, cohort: Cohort, _since: datetime, _until: datetime) -> SectionPart | None:
    """What most members voted for."""
    return SectionPart(tuple(map(_wanted, listing.most_wanted(conn, cohort.id, _TOP))))


def _lesson(takeaway: Takeaway) -> NewsLine:
    item, words = takeaway.item, " ".join(takeaway.words.split())
    text = say("{words} (from {item})", words=words, item=texts.inside(item))
    return NewsLine(takeaway.by, text, f"{LESSON}{takeaway.id}", takeaway.member_id, _opens(item))


def _new(item: ReadingItem, by: str | None) -> NewsLine:
    text = texts.inside(item)
    return NewsLine(by or "Somebody", text, f"{ABOUT}{item.id}", opens=_opens(item))


def _loaded(each: Loaded) -> NewsLine:
    """A starter list in one line, however many works it has."""
    text = say("{n} works of the starter list “{track}”", n=each.works, track=each.track.label)
    opens = Button("Open", "reading list", {"tag": each.track.value})
    return NewsLine(each.by or "Somebody", text, f"{TRACK}{each.track.value}", opens=opens)


def _presents(turn: Turn) -> NewsLine:
    item, when = turn.item, f", {day_words(turn.day)}" if turn.day else ", when it comes up"
    text = say("{item}{when}", item=texts.inside(item), when=when)
    return NewsLine(turn.presenter.name, text, f"{ABOUT}{item.id}", turn.presenter.id, _opens(item))


def _wanted(ranked: RankedItem) -> NewsLine:
    item = ranked.item
    text = say("{item}, {votes}", item=texts.inside(item), votes=texts.votes(ranked.votes))
    return NewsLine("Most wanted", text, f"{ABOUT}{item.id}", opens=_opens(item))


def _opens(item: ReadingItem) -> Button:
    return Button("Open", "reading show", {"item": str(item.number)})
