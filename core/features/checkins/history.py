"""`checkin history`: one's own journal, or what somebody else shared, by week and as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Record, Records, Reply
from core.chat.text import Text, join, say
from core.clock import day_words
from core.cohorts.model import Member, Scope
from core.commands import paging
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg
from core.commands.spec import Arg
from core.delivery.outcomes import PostStanding
from core.features.checkins import journal, journal_texts, people, sharing
from core.features.checkins.journal import Reader
from core.features.checkins.journal_texts import JournalFormat
from core.features.checkins.records import Checkin
from core.store.port import Conn

WEEKS = 3
"""Weeks on a page: some twenty days, as many records as other lists have."""


@dataclass(frozen=True, slots=True)
class _Weeks:
    """A page of a journal, and how each of its check-ins stands in the channels."""

    page: Page
    weeks: Sequence[date]
    entries: Sequence[Checkin]
    shown: Mapping[int, Sequence[PostStanding]]


@command("checkin history")
async def history(
    call: Call,
    who: Annotated[Member | None, Arg("Whose shared check-ins; your own journal without it")] = None,
    format: Annotated[  # noqa: A002 - the field's word
        JournalFormat | None, Arg("As a file: markdown, csv or json")
    ] = None,
    page: PageArg = 1,
) -> Reply:
    """Your own check-ins by week, or what somebody shared; also as a file."""
    member = who or call.member
    of = Reader(member.id, whole=member.id == call.member.id, scope=call.scope)
    if format is not None:
        return await _file(call, member, of, format)
    found = await call.read(_page, call.scope, of, page)
    if not found.weeks:
        return _nothing(member, of)
    opens = await _opens(call, member, of)
    rows: list[Record] = []
    for week in found.weeks:
        entries = [each for each in found.entries if journal.monday(each.day) == week]
        rows.append(journal_texts.week(week, len(entries)))
        rows += [
            journal_texts.entry(each, found.shown.get(each.id, ()), _of_day(each.day, opens), own=of.whole)
            for each in entries
        ]
    blocks: list[Block] = [Records(tuple(rows)), *paging.turns(call, found.page), _take_along(opens)]
    return Reply(_head(member, of, found), tuple(blocks))


def _page(conn: Conn, scope: Scope, of: Reader, wanted: int) -> _Weeks:
    mondays = journal.weeks(conn, of)
    page = Page(wanted, len(mondays), WEEKS)
    shown = mondays[page.start : page.start + WEEKS]
    if not shown:
        return _Weeks(page, (), (), {})
    entries = journal.between(conn, of, shown[-1], shown[0] + timedelta(days=6))
    standings = {each.id: sharing.standings(conn, scope.cohort, each.id) for each in entries if of.whole}
    return _Weeks(page, shown, entries, standings)


async def _opens(call: Call, member: Member, of: Reader) -> Mapping[str, str]:
    """The arguments that name somebody else in a button."""
    if of.whole:
        return {}
    name = await call.read(people.button_name, call.scope, call.request.person, member.id)
    return {"who": name or member.name}


def _of_day(day: date, opens: Mapping[str, str]) -> Mapping[str, str]:
    return {"day": day.isoformat(), **opens}


def _take_along(opens: Mapping[str, str]) -> Buttons:
    labels = {
        JournalFormat.MARKDOWN: "As Markdown",
        JournalFormat.CSV: "As CSV",
        JournalFormat.JSON: "As JSON",
    }
    return Buttons(
        tuple(
            Button(label, "checkin history", {**opens, "format": each.value})
            for each, label in labels.items()
        )
    )


def _head(member: Member, of: Reader, found: _Weeks) -> Text:
    whose = (
        say("**Your check-ins**, as you alone read them.")
        if of.whole
        else say("**What {name} shared in check-ins**", name=member.name)
    )
    if found.page.count == 1:
        return whose
    newest, oldest = found.weeks[0], found.weeks[-1]
    where = say(
        "Weeks {weeks} with check-ins, newest first: {newest} back to {oldest}.",
        weeks=found.page.words,
        newest=day_words(newest),
        oldest=day_words(oldest),
    )
    return join([whose, where])


def _nothing(member: Member, of: Reader) -> Reply:
    if of.whole:
        button = Buttons((Button("Check in", "checkin now"),))
        return Reply(say("No check-in yet. Whenever you like: {/checkin now}."), (button,))
    return Reply(say("{name} has shared no check-in so far.", name=member.name))


async def _file(call: Call, member: Member, of: Reader, format_: JournalFormat) -> Reply:
    found = await call.read(journal.everything, of)
    if not found:
        return _nothing(member, of)
    file = journal_texts.as_file(found, format_, member.name, own=of.whole)
    days = "1 day" if len(found) == 1 else f"{len(found):,} days"
    what = (
        say("All of your check-ins: {days}.", days=days)
        if of.whole
        else say("What {name} shared in check-ins: {days}.", name=member.name, days=days)
    )
    return Reply(what, (file,))
