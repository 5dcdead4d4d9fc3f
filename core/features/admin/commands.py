"""The commands that show a cohort and change it. How it is set up, its channels, its schedules and what became of its
posts have modules of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from core.chat.model import Fields, Records, Reply
from core.chat.text import Sayable, Text, clean, say
from core.cohorts import audit, directory, members, places, settings, zones
from core.cohorts.model import Scope
from core.commands.arguments import read_date
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Setting
from core.delivery import schedules
from core.delivery.calendar import read_date_ranges, write_date_ranges
from core.errors import BadInput, at_field
from core.features.admin import preferences, presets
from core.features.admin.preferences import Preference
from core.features.admin.steps import with_next
from core.store.port import Conn

SET = "setting changed"
"""What the audit calls it."""


@command("cohort-admin show", access=Access.ORGANIZER)
async def show(call: Call) -> Reply:
    """How this cohort is set up."""
    shown = await call.read(_shown, call.scope, call.core.registry)
    text = say(
        "How **{name}** is set up. Choose what to change; {/cohort-admin channel} changes a channel.",
        name=call.cohort.name,
    )
    rows = tuple(map(preferences.record, shown.preferences))
    return await with_next(
        call, text, Fields(tuple(shown.facts.items())), Records(rows, "Change…"), people=True
    )


@dataclass(frozen=True, slots=True)
class _SettingsPage:
    """Who and what is in a cohort, and what can be set."""

    facts: Mapping[str, Sayable]
    preferences: Sequence[Preference]


def _shown(conn: Conn, scope: Scope, registry: Registry) -> _SettingsPage:
    cohort_id = scope.cohort.id
    people = members.members(conn, cohort_id)
    channels = [
        f"{each.purpose}: {each.name}{f' (closed: {each.closed})' if each.closed else ''}"
        for each in places.purpose_channels(conn, cohort_id)
    ]
    planned = [
        f"#{each.number} {each.kind}, {each.when}{' (paused)' if each.paused else ''}"
        for each in schedules.listed(conn, cohort_id)
    ]
    facts: dict[str, Sayable] = {
        "Members": str(len(people)),
        "Organizers": ", ".join(each.name for each in people if each.organizer) or "none",
        "Channels": "\n".join(channels),
        "Schedules": "\n".join(planned) or say("none yet; {/cohort-admin schedule-add} begins one"),
    }
    return _SettingsPage(
        {label: fact for label, fact in facts.items() if fact}, preferences.listed(conn, scope, registry)
    )


@command(
    "cohort-admin set",
    access=Access.ORGANIZER,
    form="Change a setting",
    submit="Change it",
    prefill=preferences.stored,
)
async def set_(
    call: Call,
    key: Annotated[str, Arg("What to change", label="Setting", choices=preferences.keys)],
    value: Annotated[
        str, Arg("The new value; none clears a date", max_length=2000, offers=("key", preferences.offers))
    ],
) -> Reply:
    """Change a setting of this cohort."""
    setting = call.core.registry.settings.get(key)
    if key == presets.KEY:
        return await with_next(call, await call.write(_work_like, call.core.registry, call.scope, value))
    if setting is None:
        changed = await call.write(_change_cohort, call.scope, key, value)
        return await with_next(call, preferences.told(changed))
    stored = setting.read(value)
    if setting.among is not None:
        stored = setting.among(call.core.registry, stored)
    await call.write(_store, call.scope, setting, stored)
    return Reply(preferences.told(await call.read(preferences.preference, call.cohort.id, setting)))


def _store(conn: Conn, scope: Scope, setting: Setting, value: str) -> None:
    before = settings.setting(conn, scope.cohort.id, setting.key, setting.default)
    settings.store_setting(conn, scope.cohort.id, setting.key, value)
    audit.by_caller(conn, scope, SET, setting.label, before=before, after=value)


def _work_like(conn: Conn, registry: Registry, scope: Scope, typed: str) -> Text:
    """Set the cohort up for a way of working. Returns what members will see."""
    named = clean(typed, multiline=False).casefold().replace(" ", "-")
    if named not in tuple(presets.Preset):
        ways = ", ".join(presets.Preset)
        raise BadInput(
            say("There is no way of working “{typed}”. There are: {ways}.", typed=typed[:40], ways=ways),
            field="value",
        )
    applied = presets.apply(conn, scope, registry, presets.Preset(named))
    audit.by_caller(conn, scope, SET, "Way of working", after=named)
    return presets.told(conn, scope, registry, applied)


def _change_cohort(conn: Conn, scope: Scope, key: str, value: str) -> Preference:
    """Change what the cohort itself is: its name, time zone, breaks, first or last day. Returns how it stands then."""
    cohort, before = scope.cohort, preferences.own_values(conn, scope)[key]
    if key == "name":
        name = clean(value, multiline=False)
        if not 1 <= len(name) <= 80:
            raise BadInput("A name has 1 to 80 characters.", field="value")
        settings.rename(conn, cohort.id, name)
    elif key == "timezone":
        with at_field("value"):
            zone = zones.read_one(value, scope.now)
        settings.set_zone(conn, cohort.id, zone)
    elif key == schedules.BREAKS:
        with at_field("value"):
            breaks = read_date_ranges(value)
        settings.store_setting(conn, cohort.id, key, write_date_ranges(breaks))
    else:
        _change_date(conn, scope, key, value)
    schedules.reschedule_all(conn, cohort.id, scope.now)
    changed = directory.cohort(conn, cohort.id)
    assert changed is not None  # noqa: S101 - it was changed just now
    now = preferences.own_preference(conn, replace(scope, cohort=changed), key)
    audit.by_caller(conn, scope, SET, now.label, before=before, after=now.value)
    return now


def _change_date(conn: Conn, scope: Scope, key: str, typed: str) -> None:
    """Change the cohort's first day (`key` is "start") or its last."""
    cohort = scope.cohort
    with at_field("value"):
        day = None if typed.casefold() in ("none", "-") else read_date(typed, scope.today)
    starts, ends = (day, cohort.ends_on) if key == "start" else (cohort.starts_on, day)
    if starts and ends and ends < starts:
        raise BadInput("The last day has to come after the first.", field="value")
    (settings.set_first_day if key == "start" else settings.set_last_day)(conn, cohort.id, day)
