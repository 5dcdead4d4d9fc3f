"""Setting a cohort up: the channel is looked at, and its first message posted, before it is said to be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Button, Buttons, ChannelRef, Person, Place, PlaceKind, Reply
from core.chat.text import Text, join, say
from core.clock import Zone
from core.cohorts import directory, places, settings
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.delivery import confirmation, outbox
from core.delivery.confirmation import PostOutcome
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput
from core.features.admin import texts
from core.features.admin.channels import checked_channel, refuse_taken
from core.features.admin.posts import WELCOME
from core.store.port import Conn


@dataclass(frozen=True, slots=True)
class NewCohort:
    """A cohort whose channel has not taken its first message yet. `welcome` is the row of that post."""

    id: int
    welcome: int


@command(
    "cohort-admin setup", access=Access.SETUP, needs_cohort=False, form="Set up a cohort", submit="Set it up"
)
async def setup(
    call: Call,
    name: Annotated[str, Arg("What the cohort is called", max_length=80)],
    timezone: Annotated[Zone, Arg("The zone its schedules run in, such as Africa/Lagos", label="Time zone")],
    channel: Annotated[ChannelRef | None, Arg("Its home channel; without one, this channel")] = None,
) -> Reply:
    """Set up a cohort in a channel."""
    if channel is None and call.request.place.kind is PlaceKind.DIRECT:
        raise BadInput(
            "Please run this in the channel that shall be the cohort's home, or name that channel."
        )
    home = await checked_channel(call, channel)
    made = await call.write(_set_up, name, str(timezone), home, call.request.person, call.now)
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
    buttons = tuple(
        Button(f"Schedule a {kind.label}", "cohort-admin schedule-add", {"kind": kind.name}, cohort=made.id)
        for kind in call.core.registry.schedules.values()
    )
    return Reply(join([text, _greeted(outcome)]), (Buttons(buttons[:5]),), cohort=made.id)


def _greeted(outcome: PostOutcome | None) -> Text:
    """What became of the first message, and what comes next."""
    hello = say("I have said hello in its channel, where everybody can join with one click.")
    return join([texts.not_arrived(outcome) or hello, say("What shall I do there, and when?")])


def _set_up(conn: Conn, name: str, zone: str, home: Place, person: Person, now: datetime) -> NewCohort | None:
    """A new cohort with its home, its organizer and the first message there; None where the channel is taken."""
    if places.owner(conn, home) is not None:
        return None
    cohort_id = settings.add_cohort(conn, name, zone, now)
    if not places.assign(conn, cohort_id, "home", home):
        raise BadInput("That channel belongs to another cohort. Please choose another one.")
    person_id = directory.ensure_person(conn, person, now)
    directory.add_member(conn, cohort_id, person_id, now, organizer=True)
    welcome = NewPost(cohort_id, f"welcome:{cohort_id}", WELCOME, {}, Target.place(home))
    row = outbox.enqueue(conn, welcome, now)
    assert row is not None  # noqa: S101 - a new cohort has no post yet
    return NewCohort(cohort_id, row)


def _take_back_if_refused(conn: Conn, made: NewCohort) -> str | None:
    """Where the channel refused the first message, nothing of the cohort stays. Returns the reason then."""
    outcome = confirmation.outcome(conn, made.welcome)
    if outcome is None or not outcome.refused:
        return None
    settings.remove_cohort(conn, made.id)
    return outcome.reason
