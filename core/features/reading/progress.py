"""What has been read over time, and by whom: as far as its readers told. One's own list holds the rest too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from core.charts.canvas import Chart
from core.charts.readings import ReadingWeek, readings
from core.chat.model import Block, Button, Buttons, Picture, Record, Reply
from core.chat.text import Text, join, say
from core.clock import date_words, day_words, local_date
from core.cohorts.members import present_sql
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import command, news_picture
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, Cost
from core.features.reading import finished, listing, texts
from core.features.reading.listing import RankedItem
from core.features.reading.records import COLUMNS, LISTED, ReadingItem, item_of
from core.store.port import Conn

WEEKS = 8
_LEAST_WEEKS = 3
"""Weeks in which somebody told of a reading, from which on their bars tell something."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_LIST = Button("The list", "reading list")


def _told(
    conn: Conn, cohort_id: int, since: datetime, until: datetime
) -> Sequence[tuple[int, datetime, bool]]:
    """The readings of a period that the cohort was told of: the item, when, and whether there is a takeaway to read."""
    rows = conn.all(
        "SELECT d.item_id, d.at, EXISTS (SELECT 1 FROM reading_takeaway t WHERE t.item_id = d.item_id"
        " AND t.member_id = d.member_id AND t.shared = 1) AS noted"
        " FROM reading_item i JOIN reading_done d ON d.item_id = i.id"
        f" WHERE i.cohort_id = :cohort AND {LISTED} AND d.shared = 1 AND d.at > :since AND d.at <= :until"
        f" AND {present_sql('d.member_id')}",
        cohort=cohort_id,
        since=since,
        until=until,
    )
    return [(row["item_id"], row["at"], bool(row["noted"])) for row in rows]


def story(conn: Conn, cohort: Cohort, until: datetime) -> Mapping[str, Any] | None:
    """What a picture of the last weeks is drawn from; None where it would tell nothing."""
    ends = [until - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    told = _told(conn, cohort.id, ends[0] - timedelta(weeks=1), until)
    weeks = []
    for end in ends:
        of_week = [noted for _, at, noted in told if end - timedelta(weeks=1) < at <= end]
        label = date_words(local_date(end, cohort.zone), year=False)
        weeks.append([label, len(of_week), sum(of_week)])
    if sum(1 for _, read, _ in weeks if read) < _LEAST_WEEKS:
        return None
    return {"weeks": weeks, "works": len({item for item, _, _ in told})}


def draw(data: Mapping[str, Any]) -> Chart:
    """The picture from what is kept of it."""
    return readings([ReadingWeek(*each) for each in data["weeks"]], data["works"])


@news_picture("reading", order=40, draw=draw)
def write(conn: Conn, cohort: Cohort, _since: datetime, until: datetime) -> Mapping[str, Any] | None:
    """The picture for the digest; None where there is no line in it yet, or nobody told of a reading in the last week."""
    found = story(conn, cohort, until)
    return found if found is not None and found["weeks"][-1][1] else None


@dataclass(frozen=True, slots=True)
class _Progress:
    """What was read together, a page of it, and what a picture shows; `untold` is the figure of readings that nobody was
    told of by name."""

    page: Page
    found: list[RankedItem]
    story: Mapping[str, Any] | None
    untold: int


@dataclass(frozen=True, slots=True)
class _Reading:
    """What somebody has read, when, and whether the cohort was told."""

    item: ReadingItem
    at: datetime
    told: bool


def _progress(conn: Conn, scope: Scope, member: int, number: int) -> _Progress:
    page, found = listing.ranked(conn, scope.cohort.id, member, number, listing.PROMPTED)
    untold = finished.FINISHED.shown(conn, scope.cohort.id, _EVER, scope.now)
    return _Progress(page, found, story(conn, scope.cohort, scope.now), untold)


def _of_member(
    conn: Conn, cohort_id: int, member_id: int, number: int, *, own: bool
) -> tuple[Page, list[_Reading]]:
    """What a member has read, the latest first; of somebody else what they told."""
    told = "" if own else " AND d.shared = 1"
    rest = (
        "FROM reading_done d JOIN reading_item i ON i.id = d.item_id"
        f" WHERE d.member_id = :member AND i.cohort_id = :cohort AND {LISTED}{told}"
    )
    total = conn.value(f"SELECT count(*) {rest}", member=member_id, cohort=cohort_id)
    page = Page(number, int(total))
    rows = conn.all(
        f"SELECT {COLUMNS}, d.at, d.shared {rest} ORDER BY d.at DESC, d.item_id LIMIT {page.size} OFFSET {page.start}",
        member=member_id,
        cohort=cohort_id,
    )
    return page, [_Reading(item_of(row), row["at"], bool(row["shared"])) for row in rows]


@command("reading progress", cost=Cost.DRAWS)
async def progress(
    call: Call,
    who: Annotated[Member | None, Arg("What this person read; yourself, or what others told")] = None,
    page: PageArg = 1,
) -> Reply:
    """See what has been read over time, and by whom, as far as they told."""
    if who is not None:
        return await _one(call, who, page)
    found = await call.read(_progress, call.scope, call.member.id, page)
    mine = Button("What I read", "reading progress", {"who": call.request.person.id})
    if not found.found and found.story is None:
        text = say(
            "Nothing was read together yet. The reading prompt begins it; {/reading next} shows what comes."
        )
        return Reply(text, (Buttons((mine, _LIST)),))
    which = f" ({found.page.words})" if found.page.count > 1 else ""
    parts: list[Text] = [say("**Read together**{which}, the latest first:", which=which)]
    if found.untold:
        parts.append(say("Besides, {n} readings were finished without a name.", n=f"{found.untold:,}"))
    picture: list[Block] = []
    if found.story is not None and page == 1:
        picture.append(await call.core.executors.draw(_picture, found.story))
    rows = blocks(call, found.page, map(_line, found.found))
    return Reply(join(parts), (*picture, *rows, Buttons((mine, _LIST))))


def _picture(data: Mapping[str, Any]) -> Picture:
    return draw(data).picture("reading.png")


def _line(ranked: RankedItem) -> Record:
    item = ranked.item
    day = day_words(ranked.prompted_on) if ranked.prompted_on else ""
    readers = f"read by {texts.names(ranked.readers)}" if ranked.readers else ""
    own = "you read it" if ranked.read else ""
    name = say("#{number} {name}", number=item.number, name=texts.plainly_named(item))
    return Record(name, (day, readers, own), Button("Open", "reading show", {"item": str(item.number)}))


async def _one(call: Call, who: Member, number: int) -> Reply:
    own = who.id == call.member.id
    page, found = await call.read(_of_member, call.cohort.id, who.id, number, own=own)
    together = Button("What was read together", "reading progress")
    if not found:
        head = "You have marked nothing as read yet." if own else f"{who.name} told of nothing yet."
        return Reply(say("{head}", head=head), (Buttons((together, _LIST)),))
    which = f" ({page.words})" if page.count > 1 else ""
    head = "**You read**{which}, the latest first:" if own else "**{name} read**{which}, the latest first:"
    rows = blocks(call, page, (_own_line(call.scope, each) for each in found))
    return Reply(say(head, name=who.name, which=which), (*rows, Buttons((together, _LIST))))


def _own_line(scope: Scope, each: _Reading) -> Record:
    day = day_words(local_date(each.at, scope.cohort.zone))
    name = say("#{number} {name}", number=each.item.number, name=texts.plainly_named(each.item))
    opens = Button("Open", "reading show", {"item": str(each.item.number)})
    return Record(name, (day, "" if each.told else "only you know"), opens)
