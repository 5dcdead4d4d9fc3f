"""Setting a cohort up: the channel is looked at, and its first message posted, before it is said to be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from core.chat.model import Button, Buttons, ChannelRef, Person, Place, PlaceKind, Reply
from core.chat.text import Text, join, say
from core.clock import Zone, day_words, local_date
from core.cohorts import audit, directory, members, places, settings
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.commands.spec import Access, Arg
from core.delivery import confirmation, outbox, schedules
from core.delivery.confirmation import PostOutcome
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput
from core.features.admin import presets, texts
from core.features.admin.channels import checked_channel, refuse_taken
from core.features.admin.posts import WELCOME
from core.features.admin.presets import Preset
from core.features.admin.steps import with_next
from core.store.port import Conn
from core.store.scoped import across, within


@dataclass(frozen=True, slots=True)
class NewCohort:
    """A cohort whose channel has not taken its first message yet. `welcome` is the row of that post."""

    id: int
    welcome: int


@dataclass(frozen=True, slots=True)
class WantedCohort:
    """What a new cohort shall be."""

    name: str
    zone: str
    home: Place
    start: date | None
    end: date | None


@command(
    "cohort-admin setup", access=Access.SETUP, needs_cohort=False, form="Set up a cohort", submit="Set it up"
)
async def setup(
    call: Call,
    name: Annotated[str, Arg("What the cohort is called", max_length=80)],
    timezone: Annotated[Zone, Arg("The zone its schedules run in, such as Africa/Lagos", label="Time zone")],
    channel: Annotated[ChannelRef | None, Arg("Its home channel; without one, this channel")] = None,
    start: Annotated[date | None, Arg("Its first day; nothing is posted before", label="First day")] = None,
    end: Annotated[date | None, Arg("Its last day; nothing is posted after", label="Last day")] = None,
    preset: Annotated[Preset | None, Arg("How you work together; sets schedules", in_form=False)] = None,
) -> Reply:
    """Set up a cohort in a channel."""
    if start and end and end < start:
        raise BadInput(
            say(
                "The last day, {end}, is before the first, {start}.",
                end=day_words(end),
                start=day_words(start),
            ),
            field="end",
        )
    if channel is None and call.request.place.kind is PlaceKind.DIRECT:
        raise BadInput(
            "Please run this in the channel that shall be the cohort's home, or name that channel."
        )
    home = await checked_channel(call, channel)
    wanted = WantedCohort(name, str(timezone), home, start, end)
    made = await call.write(_set_up, wanted, call.request.person, call.now)
    if made is None:
        owner = await call.read(places.owner, home)
        if owner is None:
            raise BadInput("That channel belonged to another cohort until just now. Please try again.")
        raise refuse_taken(call, home, owner)
    outcome = await confirmation.wait_for(call.core, made.welcome)
    refusal = await call.write(_take_back_if_refused, made)
    if refusal is not None:
        raise BadInput(texts.refused_post(home.name, refusal), field="channel" if channel else None)
    text = say(
        "**{name}** is set up in the time zone {zone}, and you are its organizer.", name=name, zone=timezone
    )
    yours = say("You are its first member: {/privacy show} says what I keep of you, and who reads it.")
    parts = [text, *_runs(start, end), _greeted(outcome), yours]
    if preset is not None:
        parts.append(await call.write(_work_like, call.core.registry, made.id, preset, call.now))
    days_off = Button("Days off", "cohort-admin set", {"key": schedules.BREAKS}, cohort=made.id)
    return await with_next(call, join(parts), Buttons((days_off,)), cohort=made.id)


def _runs(start: date | None, end: date | None) -> list[Text]:
    """From when to when, where that was said."""
    if start is None and end is None:
        return []
    begins = f"from {day_words(start)}" if start else "from now"
    return [say("It runs {begins} {ends}.", begins=begins, ends=f"to {day_words(end)}" if end else "on")]


def _work_like(conn: Conn, registry: Registry, cohort_id: int, preset: Preset, now: datetime) -> Text:
    """Set the new cohort up for a way of working, if it was not taken back meanwhile. Returns what members will see."""
    conn = within(across(conn), cohort_id)
    cohort = directory.cohort(conn, cohort_id)
    assert cohort is not None  # noqa: S101 - it was made by this call
    member = next(iter(members.members(conn, cohort_id)), None)
    scope = Scope(cohort, member, now, local_date(now, cohort.zone))
    return presets.told(conn, scope, registry, presets.apply(conn, scope, registry, preset))


def _greeted(outcome: PostOutcome | None) -> Text:
    """What became of the first message."""
    hello = say("I have said hello in its channel, where everybody can join with one click.")
    return texts.not_arrived(outcome) or hello


def _set_up(conn: Conn, wanted: WantedCohort, person: Person, now: datetime) -> NewCohort | None:
    """A new cohort with its home, its organizer and the first message there; None where the channel is taken."""
    conn = across(conn)  # it may be typed in a channel of another cohort
    home = wanted.home
    if places.owner(conn, home) is not None:
        return None
    cohort_id = settings.add_cohort(conn, wanted.name, wanted.zone, now)
    settings.set_first_day(conn, cohort_id, wanted.start)
    settings.set_last_day(conn, cohort_id, wanted.end)
    if not places.assign(conn, cohort_id, "home", home):
        raise BadInput("That channel belongs to another cohort. Please choose another one.")
    person_id = directory.ensure_person(conn, person, now)
    directory.add_member(conn, cohort_id, person_id, now, organizer=True)
    audit.record(conn, cohort_id, "cohort set up", wanted.name, now, actor=person_id, actor_name=person.name)
    welcome = NewPost(cohort_id, f"welcome:{cohort_id}", WELCOME, {}, Target.place(home))
    row = outbox.enqueue(conn, welcome, now)
    assert row is not None  # noqa: S101 - a new cohort has no post yet
    return NewCohort(cohort_id, row)


def _take_back_if_refused(conn: Conn, made: NewCohort) -> str | None:
    """Where the channel refused the first message, nothing of the cohort stays. Returns the reason then."""
    conn = across(conn)
    outcome = confirmation.outcome(conn, made.welcome)
    if outcome is None or not outcome.refused:
        return None
    settings.remove_cohort(conn, made.id)
    return outcome.reason
