"""`checkin show`: a day, one's own check-in whole and what others shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Person, Record, Reply
from core.chat.text import Sayable, Text, join, say
from core.clock import day_words
from core.cohorts.model import Member, Scope
from core.commands import paging
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import PAGE_SIZE, Page, PageArg
from core.commands.spec import Arg
from core.delivery.outcomes import PostStanding
from core.errors import NotFound
from core.features.checkins import answered, days, journal, journal_texts, people, records, sharing, texts
from core.features.checkins.records import Checkin
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class _Day:
    """A day as somebody reads it. `accounts` are those of the people on the page, by their memberships."""

    day: date
    own: Checkin | None
    standings: Sequence[PostStanding]
    page: Page
    others: Sequence[Checkin]
    accounts: dict[int, str | None]


@command("checkin show")
async def show(
    call: Call,
    day: Annotated[date | None, Arg("Which day; today without it")] = None,
    who: Annotated[Member | None, Arg("Only what this member shared")] = None,
    page: PageArg = 1,
) -> Reply:
    """A day: your own check-in whole, and what others shared."""
    which = days.day_of(call.scope, day)
    if who is not None and who.id != call.member.id:
        return await _of_somebody(call, who, which)
    found = await call.read(_read, call.scope, call.member, call.request.person, which, page)
    parts: list[Sayable] = [say("**Check-ins of {day}**", day=day_words(which))]
    blocks: list[Block] = []
    if found.own is not None and found.own.skipped:
        parts.append("You sat it out.")
    elif found.own is not None:
        seen = texts.seen_by(found.own.answers.shared, found.standings)
        late = f", {journal_texts.LATE}" if found.own.late else ""
        parts.append(say("Yours: {seen}{late}.", seen=seen, late=late))
        blocks += [texts.fields(found.own, own=True), *texts.rows(found.own, found.standings)]
    parts.append(_others(found))
    blocks += paging.blocks(call, found.page, [_row(each, found) for each in found.others])
    blocks.append(_turns(found, call.scope.today))
    return Reply(join(parts), tuple(blocks))


def _read(conn: Conn, scope: Scope, viewer: Member, caller: Person, day: date, wanted: int) -> _Day:
    own = records.of_day(conn, viewer.id, day)
    own = answered.own(conn, own) if own else None
    page = Page(wanted, records.count_of_day(conn, scope, day))
    others = journal.shared_of_day(conn, scope, day, page.start, PAGE_SIZE)
    return _Day(
        day,
        own,
        sharing.standings(conn, scope.cohort, own.id) if own else (),
        page,
        others,
        {each.member_id: people.button_name(conn, scope, caller, each.member_id) for each in others},
    )


def _others(found: _Day) -> Text:
    if not found.page.total:
        return say("Nobody else has shared one." if found.own else "Nobody has shared one.")
    people = "1 other person" if found.page.total == 1 else f"{found.page.words} others"
    if any(not each.answers.shared for each in found.others):
        return say("From {people}, shared or for mentors:", people=people)
    return say("Shared by {people}:", people=people)


def _row(each: Checkin, found: _Day) -> Record:
    who = found.accounts.get(each.member_id)
    opens = Button("Open", "checkin show", {"day": found.day.isoformat(), "who": who}) if who else None
    late = [journal_texts.LATE] if each.late else []
    return Record(each.name, (*late, *journal_texts.said(each)), opens)


def _turns(found: _Day, today: date) -> Buttons:
    """The buttons to the day before and the day after."""
    near = [("Day before", found.day - timedelta(days=1)), ("Day after", found.day + timedelta(days=1))]
    items = [Button(label, "checkin show", {"day": at.isoformat()}) for label, at in near if at <= today]
    if found.own is not None and not found.own.skipped:
        items.append(Button("Remove it", "checkin remove", {"day": found.day.isoformat()}))
    return Buttons(tuple(items))


def _of_day(conn: Conn, scope: Scope, member_id: int, day: date) -> Checkin | None:
    found = records.of_day(conn, member_id, day)
    return answered.by_caller(conn, scope, found) if found else None


async def _of_somebody(call: Call, who: Member, day: date) -> Reply:
    """What another member shared of a day, whole."""
    found = await call.read(_of_day, call.scope, who.id, day)
    if found is None or not answered.is_read(found):
        raise NotFound(
            say("{name} has shared no check-in of {day}.", name=who.name, day=day_words(day)), field="day"
        )
    alone = "" if found.answers.shared else ", for mentors"
    late = f", {journal_texts.LATE}" if found.late else ""
    head = say("**{name}**, {day}{late}{alone}", name=found.name, day=day_words(day), late=late, alone=alone)
    back = Button("The whole day", "checkin show", {"day": day.isoformat()})
    return Reply(head, (texts.fields(found), Buttons((back,))))
