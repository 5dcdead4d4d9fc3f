"""The commands that set a cohort up and change it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated

from core import clock
from core.chat.model import (
    Button,
    Buttons,
    ButtonStyle,
    ChannelRef,
    Choice,
    Fields,
    Person,
    PersonRef,
    PlaceKind,
    Reply,
)
from core.chat.text import clean, say
from core.clock import Zone, day_words
from core.cohorts import directory
from core.cohorts.model import Cohort, Scope
from core.commands.arguments import read_date
from core.commands.decorators import command, post
from core.commands.dispatch import Call, Core
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Post, Setting
from core.delivery import firing, outbox, schedules
from core.delivery.calendar import read_date_ranges, read_quiet, write_date_ranges
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotFound
from core.store.port import Conn

GROUPS = {"cohort-admin": "For organizers: set up the cohort, its channels, people and schedules"}

_OWN_KEYS = {
    "name": "The cohort's name",
    "timezone": "The cohort's time zone",
    "start": "Its first day; nothing is posted before (2026-11-23, or none)",
    "end": "Its last day; nothing is posted after (2026-12-18, or none)",
    schedules.BREAKS: "Days off; nothing is posted on them (2026-12-21..2027-01-04, or none)",
}


def _read_hours(typed: str) -> str:
    try:
        hours = float(typed.strip().removesuffix("hours").removesuffix("h"))
    except ValueError:
        hours = -1.0
    if not 0 <= hours <= 72:
        raise BadInput("Please give a number of hours from 0 to 72.", field="value")
    return f"{hours:g}"


def _read_quiet(typed: str) -> str:
    hours = read_quiet(typed)
    return f"{hours[0]:%H:%M}-{hours[1]:%H:%M}" if hours else "none"


CATCH_UP = Setting(
    firing.CATCH_UP,
    "Hours after which a post that was missed is no longer sent",
    firing.CATCH_UP_HOURS,
    _read_hours,
)
QUIET = Setting(
    firing.QUIET,
    "Local hours in which direct messages wait, such as 21:00-08:00",
    firing.QUIET_HOURS,
    _read_quiet,
)


def _keys(registry: Registry) -> Sequence[Choice]:
    return [Choice(key, key) for key in (*_OWN_KEYS, *registry.settings)]


def _purposes(registry: Registry) -> Sequence[Choice]:
    return [Choice(name, name) for name in registry.purposes]


@command("cohort-admin setup", access=Access.SETUP, needs_cohort=False, form="Set up a cohort")
async def setup(
    call: Call,
    name: Annotated[str, Arg("What the cohort is called", max_length=80)],
    timezone: Annotated[Zone, Arg("The zone its schedules run in, such as Africa/Lagos", label="Time zone")],
    channel: Annotated[ChannelRef | None, Arg("Its home channel; without one, this channel")] = None,
) -> Reply:
    """Set up a cohort in a channel."""
    place = call.request.place
    if channel is None and place.kind is PlaceKind.DIRECT:
        raise BadInput(
            "Please run this in the channel that shall be the cohort's home, or name that channel."
        )
    home = channel.id if channel else place.channel
    label = channel.name if channel else place.name
    target = Target(place.platform, place.workspace, home)
    cohort_id = await call.write(_set_up, name, str(timezone), target, label, call.request.person, call.now)
    text = say(
        "**{name}** is set up in the time zone {zone}, and you are its organizer. I am saying hello in its "
        "channel, where everybody can join with one click. What shall I do there, and when?",
        name=name,
        zone=timezone,
    )
    buttons = tuple(
        Button(f"Schedule a {kind.label}", "cohort-admin schedule-add", {"kind": kind.name}, cohort=cohort_id)
        for kind in call.core.registry.schedules.values()
    )
    return Reply(text, (Buttons(buttons[:5]),), cohort=cohort_id)


def _set_up(
    conn: Conn, name: str, zone: str, target: Target, label: str, person: Person, now: datetime
) -> int:
    taken = conn.one(
        "SELECT c.name FROM place pl JOIN cohort c ON c.id = pl.cohort_id WHERE pl.platform = :platform"
        " AND pl.workspace = :workspace AND pl.channel = :channel AND c.archived_at IS NULL",
        platform=target.platform, workspace=target.workspace, channel=target.channel,
    )  # fmt: skip
    if taken is not None:
        raise BadInput(say("This channel is the home of **{name}** already. Change it with "
                           "`cohort-admin set`, or choose another channel.", name=taken["name"]))  # fmt: skip
    row = conn.one(
        "INSERT INTO cohort (name, zone, created_at) VALUES (:name, :zone, :now) RETURNING id",
        name=name, zone=zone, now=now,
    )  # fmt: skip
    assert row is not None  # noqa: S101 - RETURNING gives the row it inserted
    cohort_id = int(row["id"])
    _add_place(conn, cohort_id, "home", target, label)
    person_id = directory.ensure_person(conn, person, now)
    directory.add_member(conn, cohort_id, person_id, now, organizer=True)
    outbox.enqueue(conn, NewPost(cohort_id, f"welcome:{cohort_id}", "admin.welcome", {}, target), now)
    return cohort_id


def _add_place(conn: Conn, cohort_id: int, purpose: str, target: Target, label: str) -> None:
    """Give a cohort a channel for a purpose, in place of the one it had for it on that platform."""
    row = conn.one(
        "INSERT INTO place (cohort_id, platform, workspace, channel, name)"
        " VALUES (:cohort, :platform, :workspace, :channel, :name)"
        " ON CONFLICT (platform, workspace, channel) DO UPDATE SET gone_reason = NULL,"
        " cohort_id = CASE WHEN place.cohort_id IN (SELECT id FROM cohort WHERE archived_at IS NOT NULL)"
        " THEN excluded.cohort_id ELSE place.cohort_id END RETURNING id, cohort_id",
        cohort=cohort_id, platform=target.platform, workspace=target.workspace, channel=target.channel,
        name=label,
    )  # fmt: skip
    assert row is not None  # noqa: S101 - RETURNING gives the row it wrote
    if row["cohort_id"] != cohort_id:
        raise BadInput("That channel belongs to another cohort. Please choose another one.")
    conn.run(
        "DELETE FROM purpose WHERE cohort_id = :cohort AND name = :purpose AND place_id IN"
        " (SELECT id FROM place WHERE cohort_id = :cohort AND platform = :platform)",
        cohort=cohort_id, purpose=purpose, platform=target.platform,
    )  # fmt: skip
    conn.run(
        "INSERT INTO purpose (cohort_id, name, place_id) VALUES (:cohort, :purpose, :place)",
        cohort=cohort_id, purpose=purpose, place=row["id"],
    )  # fmt: skip


@post("admin.welcome", label="welcome")
async def welcome(_core: Core, post: Post) -> Reply:
    """The first message in a cohort's home channel."""
    text = say(
        "Hello! This channel is now the home of **{name}**. I keep papers and their reviews, check-ins and a "
        "reading list here, and I read nothing that is not addressed to me. Join with the button; "
        "`cohort help` shows the rest.",
        name=post.cohort.name,
    )
    join_button = Button("Join", "cohort join", style=ButtonStyle.PRIMARY)
    return Reply(text, (Buttons((join_button, Button("What can you do?", "cohort help"))),))


@command("cohort-admin show", access=Access.ORGANIZER)
async def show(call: Call) -> Reply:
    """How this cohort is set up."""
    cohort = call.cohort
    facts = await call.read(_facts, cohort.id, call.core.registry)
    fields = [
        ("Time zone", f"{cohort.zone}, {clock.local(call.now, cohort.zone):%H:%M} now"),
        ("Runs", f"{_day(cohort.starts_on, 'any time')} – {_day(cohort.ends_on, 'no end')}"),
        *facts.items(),
    ]
    text = say("**{name}**: change a line with `cohort-admin set`, a channel with `cohort-admin channel`.",
               name=cohort.name)  # fmt: skip
    return Reply(text, (Fields(tuple(fields)),))


def _facts(conn: Conn, cohort_id: int, registry: Registry) -> Mapping[str, str]:
    people = directory.members(conn, cohort_id)
    rows = conn.all(
        "SELECT pu.name AS purpose, pl.name, pl.channel, pl.gone_reason FROM purpose pu"
        " JOIN place pl ON pl.id = pu.place_id WHERE pu.cohort_id = :cohort ORDER BY pu.name, pl.id",
        cohort=cohort_id,
    )
    channels = [
        f"{row['purpose']}: {row['name'] or row['channel']}{' (closed)' if row['gone_reason'] else ''}"
        for row in rows
    ]
    settings = [
        f"{each.key}: {directory.setting(conn, cohort_id, each.key, each.default)}"
        for each in registry.settings.values()
    ]
    return {
        "Members": str(len(people)),
        "Organizers": ", ".join(each.name for each in people if each.organizer) or "none",
        "Channels": "\n".join(channels),
        **(
            {"Breaks": breaks} if (breaks := directory.setting(conn, cohort_id, schedules.BREAKS, "")) else {}
        ),
        "Schedules": "\n".join(
            f"#{each.number} {each.kind}, {each.words}{' (paused)' if each.paused else ''}"
            for each in schedules.listed(conn, cohort_id)
        )
        or "none yet; add one with cohort-admin schedule-add",
        **({"Settings": "\n".join(settings)} if settings else {}),
    }


def _day(day: date | None, otherwise: str) -> str:
    return day_words(day) if day else otherwise


@command("cohort-admin set", access=Access.ORGANIZER, form="Change a setting")
async def set_(
    call: Call,
    key: Annotated[str, Arg("What to change", label="Setting", choices=_keys)],
    value: Annotated[str, Arg("The new value; none clears a date")],
) -> Reply:
    """Change a setting of this cohort."""
    setting = call.core.registry.settings.get(key)
    if setting is not None:
        stored = setting.read(value)
        await call.write(_store_setting, call.cohort.id, key, stored)
        return Reply(say("**{key}** is now {value}.", key=key, value=stored))
    shown = await call.write(_store_own, call.scope, key, value)
    return Reply(say("**{key}** is now {value}.", key=key, value=shown))


def _store_setting(conn: Conn, cohort_id: int, key: str, value: str) -> None:
    conn.run(
        "INSERT INTO setting (cohort_id, key, value) VALUES (:cohort, :key, :value)"
        " ON CONFLICT (cohort_id, key) DO UPDATE SET value = excluded.value",
        cohort=cohort_id, key=key, value=value,
    )  # fmt: skip


def _store_own(conn: Conn, scope: Scope, key: str, value: str) -> str:
    """Change a column of the cohort. Returns the new value as it is shown."""
    cohort = scope.cohort
    if key == "name":
        name = clean(value, multiline=False)
        if not 1 <= len(name) <= 80:
            raise BadInput("A name has 1 to 80 characters.", field="value")
        conn.run("UPDATE cohort SET name = :name WHERE id = :id", name=name, id=cohort.id)
        return name
    if key == "timezone":
        zone = clock.read_zone(value)
        if zone is None:
            raise BadInput(say("I know no time zone “{value}”. Try a city, such as Africa/Lagos.",
                               value=value[:60]), field="value")  # fmt: skip
        conn.run("UPDATE cohort SET zone = :zone WHERE id = :id", zone=zone, id=cohort.id)
        schedules.reschedule_all(conn, cohort.id, scope.now)
        return zone
    if key == schedules.BREAKS:
        breaks = write_date_ranges(read_date_ranges(value))
        _store_setting(conn, cohort.id, key, breaks)
        schedules.reschedule_all(conn, cohort.id, scope.now)
        return breaks or "none"
    day = None if value.casefold() in ("none", "-") else read_date(value, scope.today)
    starts, ends = (day, cohort.ends_on) if key == "start" else (cohort.starts_on, day)
    if starts and ends and ends < starts:
        raise BadInput("The last day has to come after the first.", field="value")
    column = "starts_on" if key == "start" else "ends_on"
    conn.run(
        f"UPDATE cohort SET {column} = :day WHERE id = :id",
        day=day.isoformat() if day else None,
        id=cohort.id,
    )
    schedules.reschedule_all(conn, cohort.id, scope.now)
    return _day(day, "open")


@command("cohort-admin channel", access=Access.ORGANIZER, form="Choose a channel")
async def channel(
    call: Call,
    purpose: Annotated[str, Arg("What the channel is for", choices=_purposes)],
    channel: Annotated[ChannelRef, Arg("The channel")],
) -> Reply:
    """Say which channel serves a purpose."""
    place = call.request.place
    if not place.workspace:
        raise BadInput("Please run this in the server or workspace that the channel is in.")
    target = Target(place.platform, place.workspace, channel.id)
    await call.write(_give_channel, call.cohort.id, purpose, target, channel.name)
    return Reply(say("From now on {name} is the channel for **{purpose}**.",
                     name=channel.name or "that channel", purpose=purpose))  # fmt: skip


def _give_channel(conn: Conn, cohort_id: int, purpose: str, target: Target, label: str) -> None:
    _add_place(conn, cohort_id, purpose, target, label)


@command("cohort-admin organizer", access=Access.ORGANIZER, form="Organizers")
async def organizer(
    call: Call,
    person: Annotated[PersonRef, Arg("Who")],
    add: Annotated[bool, Arg("Yes to make them an organizer, no to take it back", label="Make organizer")],
) -> Reply:
    """Make somebody an organizer, or take it back."""
    caller = call.request.person
    account = Person(caller.platform, caller.workspace, person.id, person.name or "somebody")
    name = await call.write(_set_organizer, call.cohort, account, add, call.now)
    word = "is now an organizer" if add else "is no organizer any more"
    return Reply(say("{name} {word} of **{cohort}**.", name=name, word=word, cohort=call.cohort.name))


def _set_organizer(conn: Conn, cohort: Cohort, account: Person, add: bool, now: datetime) -> str:
    known = directory.person_of(conn, account)
    if add:
        person_id = directory.ensure_person(conn, account, now) if known is None else known
        directory.add_member(conn, cohort.id, person_id, now, organizer=True)
    else:
        member = directory.member_of(conn, cohort.id, known) if known is not None else None
        if member is None or not member.organizer:
            raise NotFound(say("{name} is no organizer here, so there is nothing to take back.",
                               name=account.name), field="person")  # fmt: skip
        person_id = member.person_id
        conn.run(
            "UPDATE member SET organizer = 0 WHERE cohort_id = :cohort AND person_id = :person",
            cohort=cohort.id, person=person_id,
        )  # fmt: skip
        if not directory.has_organizer(conn, cohort.id):
            raise BadInput(
                "A cohort needs at least one organizer. Make somebody else one first.", field="person"
            )
    row = conn.one("SELECT name FROM person WHERE id = :id", id=person_id)
    return str(row["name"]) if row else account.name
