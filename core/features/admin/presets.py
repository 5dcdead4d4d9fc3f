"""Ways of working that are set up in one click: schedules, what the channels are for, and settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.chat.model import LabelledEnum
from core.chat.text import Text, join, moment, say
from core.cohorts import places, settings
from core.cohorts.limits import check_quota
from core.cohorts.model import Scope
from core.commands.registry import Registry
from core.delivery import firing, phrases, schedules
from core.delivery.schedules import Schedule
from core.store.port import Conn

KEY = "preset"
"""What `cohort-admin set` calls the way of working."""
ASKED = "checkins"
"""The purpose whose channel is asked for rather than taken to be the home."""


class Preset(LabelledEnum):
    """A way of working."""

    WEEKLY_LAB = "weekly-lab", "Weekly lab"
    BOOTCAMP = "bootcamp", "Bootcamp"
    READING_GROUP = "reading-group", "Reading group"


@dataclass(frozen=True, slots=True)
class Way:
    """What a preset sets: kinds of schedules with when they post, and settings that are not as usual."""

    about: str
    schedules: Mapping[str, str]
    settings: Mapping[str, str]


WAYS: Mapping[Preset, Way] = {
    Preset.WEEKLY_LAB: Way(
        "a check-in every Monday, reading on Wednesday, a digest on Friday",
        {"checkin": "every monday 10:00", "reading": "every wednesday 15:00", "digest": "every friday 16:00"},
        {firing.CATCH_UP: "24"},
    ),
    Preset.BOOTCAMP: Way(
        "a check-in every working day, a digest on Friday",
        {"checkin": "weekdays 09:30", "digest": "every friday 16:00"},
        {firing.CATCH_UP: "3"},
    ),
    Preset.READING_GROUP: Way(
        "what to read next every Monday, a digest at the end of the month",
        {"reading": "every monday 10:00", "digest": "last working day of the month 16:00"},
        {firing.CATCH_UP: "24"},
    ),
}


@dataclass(frozen=True, slots=True)
class Applied:
    """What a preset made, and which schedules it left as they were."""

    preset: Preset
    added: tuple[int, ...]
    kept: tuple[int, ...]


def apply(conn: Conn, scope: Scope, registry: Registry, preset: Preset) -> Applied:
    """Set a cohort up for a way of working. What is scheduled already stays as it is, and so do chosen channels."""
    way, cohort, member = WAYS[preset], scope.cohort, scope.member.id if scope.member else None
    before: Sequence[Schedule] = schedules.listed(conn, cohort.id)
    added: list[int] = []
    for kind, words in way.schedules.items():
        if kind not in registry.schedules or any(each.kind == kind for each in before):
            continue
        have = len(before) + len(added)
        check_quota(have, scope.limits.schedules, "This cohort has {have} schedules", "You can remove one.")
        reading = phrases.read(words, scope.today)
        added.append(
            schedules.add(conn, cohort, kind, reading.words, reading.recurrence, scope.now, member=member)
        )
    _serve(
        conn,
        scope,
        [registry.schedules[kind].purpose for kind in way.schedules if kind in registry.schedules],
    )
    for key, value in way.settings.items():
        settings.store_setting(conn, cohort.id, key, value)
    kept = tuple(each.number for each in before if each.kind in way.schedules)
    return Applied(preset, tuple(added), kept)


def _serve(conn: Conn, scope: Scope, purposes: Sequence[str]) -> None:
    """Let the home serve what no channel was chosen for; the channel for check-ins is asked for."""
    chosen = {each.purpose for each in places.purpose_channels(conn, scope.cohort.id)}
    homes = places.channels_for(conn, scope.cohort.id, "home")
    for purpose in dict.fromkeys(purposes):
        if purpose not in chosen and purpose != ASKED and homes:
            places.assign(conn, scope.cohort.id, purpose, homes[0].place)


def told(conn: Conn, scope: Scope, registry: Registry, applied: Applied) -> Text:
    """What members will see of it, and when first."""
    head = say("**{label}**. What members will see:", label=applied.preset.label)
    lines = []
    for each in schedules.listed(conn, scope.cohort.id):
        if each.number not in (*applied.added, *applied.kept):
            continue
        kind = registry.schedules[each.kind]
        where = ", ".join(
            f"{channel.name}" for channel in places.channels_for(conn, scope.cohort.id, kind.purpose)
        )
        first = moment(each.next.at, scope.cohort.zone) if each.next else "no date yet"
        line = "- a {label}, {when}, in **{where}**, first {first}"
        line += " (it was there, and stays as it is)" if each.number in applied.kept else ""
        lines.append(say(line, when=each.when, label=kind.label, where=where or "no channel", first=first))
    return join([head, *lines])
