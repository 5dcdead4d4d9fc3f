"""The commands that show a cohort and change it. How it is set up, its channels, its schedules and what became of its
posts have modules of their own."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated

from core import clock
from core.chat.model import (
    Choice,
    Fields,
    Reply,
)
from core.chat.text import Sayable, clean, say
from core.clock import day_words
from core.cohorts import members, places, settings, zones
from core.cohorts.model import Scope
from core.commands.arguments import read_date
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.commands.spec import Access, Arg
from core.delivery import schedules
from core.delivery.calendar import read_date_ranges, write_date_ranges
from core.errors import BadInput, UserError
from core.store.port import Conn

_COHORT_KEYS = {
    "name": "The cohort's name",
    "timezone": "The cohort's time zone",
    "start": "Its first day; nothing is posted before (2026-11-23, or none)",
    "end": "Its last day; nothing is posted after (2026-12-18, or none)",
    schedules.BREAKS: "Days off; nothing is posted on them (2026-12-21..2027-01-04, or none)",
}


def _keys(registry: Registry) -> Sequence[Choice]:
    return [Choice(key, key) for key in (*_COHORT_KEYS, *registry.settings)]


@command("cohort-admin show", access=Access.ORGANIZER)
async def show(call: Call) -> Reply:
    """How this cohort is set up."""
    cohort = call.cohort
    facts = await call.read(_facts, cohort.id, call.core.registry)
    fields = [
        ("Time zone", f"{cohort.zone}, {clock.time_words(clock.local(call.now, cohort.zone))} now"),
        ("Runs", f"{_day(cohort.starts_on, 'any time')} – {_day(cohort.ends_on, 'no end')}"),
        *facts.items(),
    ]
    text = say(
        "**{name}**: change a line with {/cohort-admin set}, a channel with {/cohort-admin channel}.",
        name=cohort.name,
    )
    return Reply(text, (Fields(tuple(fields)),))


def _facts(conn: Conn, cohort_id: int, registry: Registry) -> Mapping[str, Sayable]:
    people = members.members(conn, cohort_id)
    channels = [
        f"{each.purpose}: {each.name}{f' (closed: {each.closed})' if each.closed else ''}"
        for each in places.purpose_channels(conn, cohort_id)
    ]
    planned = [
        f"#{each.number} {each.kind}, {each.when}{' (paused)' if each.paused else ''}"
        for each in schedules.listed(conn, cohort_id)
    ]
    chosen = [
        f"{each.key}: {settings.setting(conn, cohort_id, each.key, each.default)}"
        for each in registry.settings.values()
    ]
    facts: dict[str, Sayable] = {
        "Members": str(len(people)),
        "Organizers": ", ".join(each.name for each in people if each.organizer) or "none",
        "Channels": "\n".join(channels),
        "Breaks": settings.setting(conn, cohort_id, schedules.BREAKS, ""),
        "Schedules": "\n".join(planned) or say("none yet; {/cohort-admin schedule-add} begins one"),
        "Settings": "\n".join(chosen),
    }
    return {label: fact for label, fact in facts.items() if fact or label not in ("Breaks", "Settings")}


def _day(day: date | None, otherwise: str) -> str:
    return day_words(day) if day else otherwise


@command("cohort-admin set", access=Access.ORGANIZER, form="Change a setting", submit="Change it")
async def set_(
    call: Call,
    key: Annotated[str, Arg("What to change", label="Setting", choices=_keys)],
    value: Annotated[str, Arg("The new value; none clears a date")],
) -> Reply:
    """Change a setting of this cohort."""
    setting = call.core.registry.settings.get(key)
    if setting is not None:
        stored = setting.read(value)
        await call.write(settings.store_setting, call.cohort.id, key, stored)
        return Reply(say("**{key}** is now {value}.", key=key, value=stored))
    shown = await call.write(_change_cohort, call.scope, key, value)
    return Reply(say("**{key}** is now {value}.", key=key, value=shown))


def _change_cohort(conn: Conn, scope: Scope, key: str, value: str) -> str:
    """Change what the cohort itself is: its name, time zone, breaks, first or last day. Returns the new value as
    it is shown."""
    cohort = scope.cohort
    if key == "name":
        name = clean(value, multiline=False)
        if not 1 <= len(name) <= 80:
            raise BadInput("A name has 1 to 80 characters.", field="value")
        settings.rename(conn, cohort.id, name)
        return name
    if key == "timezone":
        shown = _change_zone(conn, scope, value)
    elif key == schedules.BREAKS:
        breaks = write_date_ranges(read_date_ranges(value))
        settings.store_setting(conn, cohort.id, key, breaks)
        shown = breaks or "none"
    else:
        shown = _change_date(conn, scope, key, value)
    schedules.reschedule_all(conn, cohort.id, scope.now)
    return shown


def _change_zone(conn: Conn, scope: Scope, typed: str) -> str:
    try:
        zone = zones.read_one(typed, scope.now)
    except UserError as error:
        error.field = "value"
        raise
    settings.set_zone(conn, scope.cohort.id, zone)
    return zone


def _change_date(conn: Conn, scope: Scope, key: str, typed: str) -> str:
    """Change the cohort's first day (`key` is "start") or its last."""
    cohort = scope.cohort
    day = None if typed.casefold() in ("none", "-") else read_date(typed, scope.today)
    starts, ends = (day, cohort.ends_on) if key == "start" else (cohort.starts_on, day)
    if starts and ends and ends < starts:
        raise BadInput("The last day has to come after the first.", field="value")
    (settings.set_first_day if key == "start" else settings.set_last_day)(conn, cohort.id, day)
    return _day(day, "open")
