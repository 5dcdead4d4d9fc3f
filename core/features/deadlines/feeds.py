"""Calendar feeds: `deadline calendar`, and what the web part serves at their addresses."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from core.chat.model import Block, Button, Buttons, File, LabelledEnum, Reply
from core.chat.text import Text, join, say
from core.clock import date_words, local_date
from core.cohorts import directory, members
from core.cohorts.model import Cohort, Member
from core.commands.decorators import command, member_left
from core.commands.dispatch import Call, Core
from core.commands.spec import Arg, Once
from core.errors import BadInput
from core.features.deadlines import calendars
from core.store.port import Conn

PATH = "/calendar/"
"""Under which the web part serves calendars: this, a token, and ".ics"."""
MEDIA_TYPE = "text/calendar; charset=utf-8"
_NO_ADDRESS = (
    "I have no address that can be reached from outside, so a calendar cannot subscribe to me: whoever runs this bot sets"
    " COHORT_PUBLIC_URL. The files below can be imported; they show what is known today and do not renew themselves."
)


class CalendarOf(LabelledEnum):
    """Whose calendar."""

    MINE = "mine", "mine: the venues that I follow"
    COHORT = "cohort", "cohort: the venues that the cohort follows"


@command("deadline calendar", once=Once.REPEATS)
async def calendar(
    call: Call,
    address: Annotated[
        CalendarOf | None, Arg("Make a new address of this calendar; the old one ends")
    ] = None,
    close: Annotated[CalendarOf | None, Arg("Close the address of this calendar")] = None,
) -> Reply:
    """Get what is due as a calendar: a file, or an address to subscribe to."""
    if close is not None and address is not None:
        raise BadInput("Please choose one: a new address ends the old one by itself.", field="close")
    if close is not None:
        return await _close(call, close)
    if address is not None and call.core.public_url:
        return await _make(call, address)
    since = await call.read(calendars.addresses, call.member)
    files = [
        File(name, await _content(call.core, call.cohort, who, call.now), MEDIA_TYPE)
        for name, who in (("my-deadlines.ics", call.member), ("cohort-deadlines.ics", None))
    ]
    lines = [say("**Your deadlines as a calendar**: yours, and the cohort’s, which names nobody.")]
    if not call.core.public_url:
        return Reply(join([*lines, say(_NO_ADDRESS)]), tuple(files))
    lines += [_standing(which, since.get(which is CalendarOf.MINE), call.cohort.zone) for which in CalendarOf]
    blocks: list[Block] = [Buttons(_buttons(since)), *files]
    return Reply(join(lines), tuple(blocks))


def _standing(which: CalendarOf, since: datetime | None, zone: str) -> Text:
    whose = "your own" if which is CalendarOf.MINE else "the cohort’s"
    if since is None:
        return say("- You have no address of {whose} calendar yet.", whose=whose)
    day = date_words(local_date(since, zone))
    return say(
        "- You have an address of {whose} calendar since {day}. I cannot show it again.", whose=whose, day=day
    )


def _buttons(since: dict[bool, datetime]) -> tuple[Button, ...]:
    found = []
    for which, whose in ((CalendarOf.MINE, "my"), (CalendarOf.COHORT, "the cohort’s")):
        has = (which is CalendarOf.MINE) in since
        label = f"New address of {whose} calendar" if has else f"Subscribe to {whose} calendar"
        found.append(Button(label, "deadline calendar", {"address": which.value}))
        if has:
            found.append(Button(f"Close {whose} address", "deadline calendar", {"close": which.value}))
    return tuple(found)


async def _make(call: Call, which: CalendarOf) -> Reply:
    token = secrets.token_urlsafe(32)
    wanted = calendars.hash_of(token)
    kept = await call.write(calendars.set_address, call.member, which is CalendarOf.MINE, wanted, call.now)
    again = Button("New address", "deadline calendar", {"address": which.value})
    close = Button("Close it", "deadline calendar", {"close": which.value})
    if kept != wanted:
        # The call was delivered a second time: what its first answer said is kept nowhere.
        text = say(
            "I made this address already and keep only what it takes to know it again. A new one ends the old."
        )
        return Reply(text, (Buttons((again, close)),))
    whose = "your own calendar" if which is CalendarOf.MINE else "the cohort’s calendar"
    address = f"{call.core.public_url.rstrip('/')}{PATH}{token}.ics"
    text = say(
        "This is the address of {whose}. Add it in your calendar as a subscription; it renews itself.\n[{address}]({address})\n"
        "Whoever has it can read along, so keep it to yourself. I show it once: a new one, or closing it, ends it.",
        whose=whose,
        address=address,
    )
    return Reply(text, (Buttons((close, Button("Mine", "deadline mine"))),))


async def _close(call: Call, which: CalendarOf) -> Reply:
    closed = await call.write(calendars.close_address, call.member, which is CalendarOf.MINE)
    text = (
        "That address is closed: calendars that ask there get nothing any more."
        if closed
        else "There is no such address of yours."
    )
    return Reply(text, (Buttons((Button("Calendar", "deadline calendar"),)),))


async def _content(core: Core, cohort: Cohort, member: Member | None, now: datetime) -> bytes:
    """A calendar as a file. Its events are written down only where they changed."""

    def read(conn: Conn) -> tuple[bool, list[calendars.CalendarEvent]]:
        found = calendars.entries(conn, core.registry, cohort, member, now)
        fresh = calendars.is_up_to_date(conn, cohort, member, found, now)
        return fresh, calendars.shown(conn, cohort, member) if fresh else []

    def renew(conn: Conn) -> list[calendars.CalendarEvent]:
        found = calendars.entries(conn, core.registry, cohort, member, now)
        return calendars.renew(conn, cohort, member, found, now)

    fresh, events = await core.read(cohort.id, read)
    if not fresh:
        events = await core.write(cohort.id, renew)
    name = f"{cohort.name}: my deadlines" if member else f"{cohort.name}: deadlines"
    return await core.executors.draw(calendars.written, name, events)


@dataclass(frozen=True, slots=True)
class ServedCalendar:
    """What is served at an address, and what tells it from another version."""

    content: bytes
    etag: str


async def serve(core: Core, token: str) -> ServedCalendar | None:
    """The calendar at an address; None where there is none, where it was closed, or its member or cohort is gone."""
    found = await core.store.read(_at_address, token)
    if found is None:
        return None
    cohort, member, own = found
    content = await _content(core, cohort, member if own else None, core.clock.now())
    return ServedCalendar(content, sha256(content).hexdigest()[:32])


def _at_address(conn: Conn, token: str) -> tuple[Cohort, Member, bool] | None:
    found = calendars.at_address(conn, token)
    if found is None:
        return None
    cohort = directory.cohort(conn, found[0])
    member = members.by_id(conn, found[0], found[1])
    if cohort is None or member is None or not directory.is_live(conn, cohort.id):
        return None
    return cohort, member, found[2]


@member_left
def end_calendars(conn: Conn, _cohort: Cohort, member_id: int, _now: datetime) -> None:
    """The addresses of somebody who left lead nowhere."""
    calendars.forget(conn, member_id)
