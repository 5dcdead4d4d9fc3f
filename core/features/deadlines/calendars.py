"""Calendars: what is due for a cohort or one of its members, as events that keep their ids.

An event has its id from the first time that it is shown, and a number that grows when it changes. What is followed no more
is cancelled and shown so for a while, because a calendar that subscribes only forgets what it is told to.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from core.clock import to_instant
from core.cohorts.model import Cohort, Member
from core.commands.registry import Registry
from core.commands.spec import CalendarEntry
from core.store.port import Conn, Row

if TYPE_CHECKING:
    from icalendar import Event

SHOWN_BACK = timedelta(days=60)
"""How long what is over stays in a calendar."""
CANCELLED_FOR = timedelta(days=60)
"""How long a cancelled event is shown as that."""
REFRESH = timedelta(hours=6)
"""How often a calendar may be asked for anew."""

_ENTRY = TypeAdapter(CalendarEntry)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event as a calendar shows it."""

    uid: str
    sequence: int
    entry: CalendarEntry
    changed: datetime
    cancelled: bool


def entries(
    conn: Conn, registry: Registry, cohort: Cohort, member: Member | None, now: datetime
) -> dict[str, CalendarEntry]:
    """What all features put into a calendar, by subject."""
    return {
        each.subject: each
        for source in registry.calendars
        for each in source.write(conn, cohort, member, now)
        if _over_at(each) > now - SHOWN_BACK
    }


def _over_at(entry: CalendarEntry) -> datetime:
    if entry.at is not None:
        return entry.at
    day = entry.last_day or entry.day
    assert day is not None  # noqa: S101 - an entry has an instant or a day
    return to_instant(day, time(23, 59, 59), "UTC")


def is_up_to_date(
    conn: Conn, cohort: Cohort, member: Member | None, found: dict[str, CalendarEntry], now: datetime
) -> bool:
    """Whether a calendar has shown its entries as they are now, so that nothing has to be written."""
    rows = _rows(conn, cohort, member)
    if any(row["subject"] not in found and _may_go(row, now) for row in rows):
        return False
    shown_now = {row["subject"]: row["content"] for row in rows if row["cancelled_at"] is None}
    return shown_now == {subject: _content(each) for subject, each in found.items()}


def _may_go(row: Row, now: datetime) -> bool:
    """Whether an event that is no entry any more need not be shown: it is over, or was cancelled long ago."""
    return row["over_at"] < now or (
        row["cancelled_at"] is not None and row["cancelled_at"] < now - CANCELLED_FOR
    )


def renew(
    conn: Conn, cohort: Cohort, member: Member | None, found: dict[str, CalendarEntry], now: datetime
) -> list[CalendarEvent]:
    """Let a calendar show these entries: what is new gets an id, what changed a higher number, and what is gone is
    cancelled, or left out where it is over. Returns its events."""
    known = {row["subject"]: row for row in _rows(conn, cohort, member)}
    for subject, entry in found.items():
        row = known.get(subject)
        if row is None:
            _add(conn, cohort, member, entry, now)
        elif row["content"] != _content(entry) or row["cancelled_at"] is not None:
            _change(conn, row, _content(entry), _over_at(entry), now, cancelled=None)
    for subject, row in known.items():
        if subject in found:
            continue
        if _may_go(row, now):
            conn.run("DELETE FROM calendar_event WHERE id = :id AND cohort_id = :cohort", id=row["id"])
        elif row["cancelled_at"] is None:
            _change(conn, row, row["content"], row["over_at"], now, cancelled=now)
    return shown(conn, cohort, member)


def shown(conn: Conn, cohort: Cohort, member: Member | None) -> list[CalendarEvent]:
    """A calendar's events as they were shown last."""
    return [
        CalendarEvent(
            row["uid"],
            row["sequence"],
            _ENTRY.validate_json(row["content"]),
            row["changed_at"],
            row["cancelled_at"] is not None,
        )
        for row in _rows(conn, cohort, member)
    ]


def _rows(conn: Conn, cohort: Cohort, member: Member | None) -> Sequence[Row]:
    return conn.all(
        "SELECT * FROM calendar_event WHERE cohort_id = :cohort AND owner = :owner ORDER BY id",
        cohort=cohort.id,
        owner=member.id if member else 0,
    )


def _content(entry: CalendarEntry) -> str:
    return _ENTRY.dump_json(entry).decode()


def _add(conn: Conn, cohort: Cohort, member: Member | None, entry: CalendarEntry, now: datetime) -> None:
    conn.run(
        "INSERT INTO calendar_event (cohort_id, member_id, owner, subject, uid, sequence, content, over_at, changed_at)"
        " VALUES (:cohort, :member, :owner, :subject, :uid, 0, :content, :over, :now)",
        cohort=cohort.id,
        member=member.id if member else None,
        owner=member.id if member else 0,
        subject=entry.subject,
        uid=f"{secrets.token_hex(16)}@cohort-bot",
        content=_content(entry),
        over=_over_at(entry),
        now=now,
    )


def _change(
    conn: Conn, row: Row, content: str, over: datetime, now: datetime, *, cancelled: datetime | None
) -> None:
    conn.run(
        "UPDATE calendar_event SET sequence = sequence + 1, content = :content, over_at = :over, changed_at = :now,"
        " cancelled_at = :cancelled WHERE id = :id AND cohort_id = :cohort",
        id=row["id"],
        content=content,
        over=over,
        now=now,
        cancelled=cancelled,
    )


def written(name: str, events: Sequence[CalendarEvent]) -> bytes:
    """A calendar as RFC 5545 writes it."""
    from icalendar import (
        Calendar,  # loaded with the first calendar: it takes long, and the bot's start need not wait
    )

    calendar = Calendar()
    calendar.add("prodid", "-//cohort-bot//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    for each in events:
        calendar.add_component(_event(each))
    content: bytes = calendar.to_ical()
    return content


def _event(shown_: CalendarEvent) -> "Event":
    from icalendar import Event

    entry, event = shown_.entry, Event()
    event.add("uid", shown_.uid)
    event.add("sequence", shown_.sequence)
    event.add("dtstamp", shown_.changed)
    event.add("last-modified", shown_.changed)
    event.add("summary", entry.title)
    if entry.at is not None:
        event.add("dtstart", entry.at)
    else:
        first = entry.day or date.min
        event.add("dtstart", first)
        # The end of an event is the first day on which it is over.
        event.add("dtend", (entry.last_day or first) + timedelta(days=1))
    if entry.details:
        event.add("description", entry.details)
    if entry.link:
        event.add("url", entry.link)
    event.add("status", "CANCELLED" if shown_.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


# Addresses


def hash_of(token: str) -> str:
    """What is kept of an address's token."""
    return hashlib.sha256(token.encode()).hexdigest()


def set_address(conn: Conn, member: Member, own: bool, token_hash: str, now: datetime) -> str:
    """Give a member an address of their own calendar or of the cohort's, instead of the one that they had. Returns what
    was kept of it."""
    close_address(conn, member, own)
    conn.run(
        "INSERT INTO calendar_address (token_hash, cohort_id, member_id, own, created_at)"
        " VALUES (:hash, :cohort, :member, :own, :now)",
        hash=token_hash,
        cohort=member.cohort_id,
        member=member.id,
        own=own,
        now=now,
    )
    return token_hash


def close_address(conn: Conn, member: Member, own: bool) -> bool:
    """Close an address. False where there was none."""
    return bool(
        conn.run(
            "DELETE FROM calendar_address WHERE member_id = :member AND own = :own AND cohort_id = :cohort",
            member=member.id,
            own=own,
        )
    )


def addresses(conn: Conn, member: Member) -> dict[bool, datetime]:
    """Since when a member has an address of their own calendar (True) and of the cohort's (False)."""
    rows = conn.all(
        "SELECT own, created_at FROM calendar_address WHERE member_id = :member AND +cohort_id = :cohort",
        member=member.id,
    )
    return {bool(row["own"]): row["created_at"] for row in rows}


def forget(conn: Conn, member_id: int) -> None:
    """Somebody left: their addresses are closed, and their calendar is gone."""
    conn.run(
        "DELETE FROM calendar_address WHERE member_id = :member AND +cohort_id = :cohort", member=member_id
    )
    conn.run("DELETE FROM calendar_event WHERE member_id = :member AND cohort_id = :cohort", member=member_id)


def at_address(conn: Conn, token: str) -> tuple[int, int, bool] | None:
    """The cohort, the member and whether it is their own calendar, of an address; None where there is none such."""
    row = conn.one(
        "SELECT a.cohort_id, a.member_id, a.own FROM calendar_address a WHERE a.token_hash = :hash",
        hash=hash_of(token),
    )
    return (row["cohort_id"], row["member_id"], bool(row["own"])) if row else None
