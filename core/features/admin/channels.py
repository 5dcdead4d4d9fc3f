"""Which channel serves which purpose: looked at before it is taken, and freed again."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from core.chat.channels import ChannelReport, Unfit
from core.chat.model import Button, Buttons, ChannelRef, Choice, Place, PlaceKind, Reply
from core.chat.text import say
from core.cohorts import directory, places
from core.cohorts.model import Cohort, Scope
from core.cohorts.places import Owner
from core.commands.audited import told_later
from core.commands.decorators import command
from core.commands.dispatch import Call, call_id
from core.commands.registry import Registry
from core.commands.spec import Access, Arg
from core.delivery import confirmation, outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotAllowed, NotFound
from core.features.admin import texts
from core.features.admin.people import Actor, actor_of, note
from core.features.admin.posts import FREED, PURPOSE
from core.features.admin.steps import with_next
from core.store.port import Conn
from core.store.scoped import across, within

NONE = "none"
"""The purpose of a channel that shall not be the cohort's any more."""


def _purposes(registry: Registry) -> list[Choice]:
    named = [Choice(name, name) for name in registry.purposes]
    return [*named, Choice(NONE, "none: free it from its cohort")]


async def checked_channel(call: Call, channel: ChannelRef | None) -> Place:
    """The channel that shall be a cohort's, by default the one that the call came from, after a look at it.
    Raises `BadInput` where the bot or the caller cannot use it."""
    place, field = call.request.place, "channel" if channel else None
    if channel is None:
        if place.kind is PlaceKind.THREAD:
            raise BadInput(texts.problem(ChannelReport(unfit=Unfit.THREAD)) or "")
        channel = ChannelRef(place.id, place.name)
    if not place.workspace:
        raise BadInput("Please run this in the server or workspace that the channel is in.")
    inspector = call.core.inspectors.get(place.platform)
    report = ChannelReport(unfit=Unfit.UNKNOWN)
    if inspector is not None:
        report = await inspector.inspect(call.request, channel)
    problem = texts.problem(report)
    if problem is not None:
        raise BadInput(problem, field=field)
    return Place(place.platform, place.workspace, channel.id, name=report.name or channel.name)


def refuse_taken(call: Call, channel: Place, owner: Owner) -> BadInput:
    """The refusal of a channel that belongs to a cohort already. Who manages the workspace can free it."""
    facts = {"channel": channel.name or "This channel", "cohort": owner.name}
    scope, manager = call.optional_scope, call.request.person.manager
    member = scope.member if scope is not None and scope.cohort.id == owner.cohort_id else None
    if member is not None and member.organizer:
        own = "**{channel}** belongs to **{cohort}** already, of which you are an organizer: {/cohort-admin show} and "
        own += "{/cohort-admin set} are for that one. For another cohort please choose another channel."
        return BadInput(say(own, **facts))
    text = "**{channel}** belongs to **{cohort}** already. Please choose another channel."
    here = call.request.place.channel == channel.id
    if not manager or (scope is None and not here):
        text += (
            " Where it was taken by mistake, {who} can free it: run {/cohort-admin channel} there, with the "
        )
        text += "purpose none."
        who = "you, who manage this place," if manager else "somebody who manages this workspace or server"
        return BadInput(say(text, **facts, who=who))
    cohort = owner.cohort_id if here else call.cohort.id
    args = {"purpose": NONE, "channel": channel.id}
    button = Button(f"Free it from {owner.name}"[:75], "cohort-admin channel", args, cohort=cohort)
    text += " You manage this place, so you can also free it; I tell the organizers of {cohort}."
    return BadInput(say(text, **facts), blocks=(Buttons((button,)),))


@command("cohort-admin channel", access=Access.MANAGER, form="Choose a channel", submit="Use it")
async def channel(
    call: Call,
    purpose: Annotated[str, Arg("What the channel is for; none frees it", choices=_purposes)],
    channel: Annotated[ChannelRef, Arg("The channel")],
) -> Reply:
    """Say which channel serves a purpose."""
    if purpose == NONE:
        return await _free(call, channel)
    if not await call.read(_configures, call.scope):
        raise NotAllowed(
            "Choosing a cohort's channels is for its organizers. Who manages the workspace can free a channel, with "
            "the purpose none."
        )
    place = await checked_channel(call, channel)
    owner = await call.read(places.owner, place)
    if owner is not None and owner.cohort_id != call.cohort.id:
        raise refuse_taken(call, place, owner)
    post = await call.write(_reserve, call.cohort, purpose, place, call_id(call.request), call.now)
    outcome = await confirmation.wait_for(call.core, post) if post is not None else None
    refusal = await call.write(_assign, call.scope, actor_of(call), purpose, place, post)
    if refusal is not None:
        raise BadInput(texts.refused_post(place.name, refusal), field="channel")
    name = place.name or "that channel"
    text = "From now on {name} is the channel for **{purpose}**."
    if outcome is not None and not outcome.sent:
        text += (
            " My first message there is still on its way; {/cohort-admin delivery} says what becomes of it."
        )
    return await with_next(call, say(text, name=name, purpose=purpose))


def _configures(conn: Conn, scope: Scope) -> bool:
    """Whether the caller may configure the cohort: as its organizer, or as a manager where it has none, or no home."""
    member = scope.member
    return (member is not None and member.organizer) or directory.is_orphaned(conn, scope.cohort.id)


@told_later
def _reserve(conn: Conn, cohort: Cohort, purpose: str, place: Place, call: str, now: datetime) -> int | None:
    """Say in a channel that is new to a cohort what it is for, before it serves that. Returns the post's row;
    None for a channel that is open and the cohort's already."""
    if places.serves(conn, cohort.id, place):
        return None
    if not places.reserve(conn, cohort.id, place):
        raise BadInput("That channel belongs to another cohort. Please choose another one.", field="channel")
    first = NewPost(cohort.id, f"purpose:{call}", PURPOSE, {"purpose": purpose}, Target.place(place))
    return outbox.enqueue(conn, first, now)


def _assign(
    conn: Conn, scope: Scope, actor: Actor, purpose: str, place: Place, post: int | None
) -> str | None:
    """Let a channel serve a purpose, unless its first message was refused: then the reason."""
    cohort_id = scope.cohort.id
    outcome = confirmation.outcome(conn, post) if post is not None else None
    if outcome is not None and outcome.refused:
        places.release(conn, cohort_id, place, outcome.reason)
        return outcome.reason
    before = _serving(conn, cohort_id, purpose)
    if not places.assign(conn, cohort_id, purpose, place):
        raise BadInput("That channel belongs to another cohort. Please choose another one.", field="channel")
    after = _serving(conn, cohort_id, purpose)
    note(conn, scope, actor, "channel changed", purpose, before=before, after=after)
    return None


def _serving(conn: Conn, cohort_id: int, purpose: str) -> str:
    """The names of the channels that serve a purpose."""
    return ", ".join(each.name for each in places.channels_for(conn, cohort_id, purpose))


@dataclass(frozen=True, slots=True)
class Freed:
    """A channel that was freed, with the cohort that had it."""

    channel: str
    cohort: str
    homeless: bool


async def _free(call: Call, channel: ChannelRef) -> Reply:
    place = call.request.place
    found = Place(place.platform, place.workspace, channel.id, name=channel.name)
    manager = call.request.person.manager
    by = call.request.person.name if manager else None
    freed = await call.write(_free_channel, call.scope, actor_of(call), found, by, call_id(call.request))
    text = "**{channel}** is free of **{cohort}**."
    if manager:
        text += " I am telling the organizers of {cohort}."
    if freed.homeless:
        text += " {cohort} has no home now; its organizers can choose one with {/cohort-admin channel}."
    return Reply(say(text, channel=freed.channel, cohort=freed.cohort))


def _free_channel(
    conn: Conn, scope: Scope, actor: Actor, place: Place, manager: str | None, call: str
) -> Freed:
    """Free a channel from its cohort: by its organizers, who keep one home; by a manager of that name, any."""
    owner = places.owner(conn, place)
    if owner is None:
        raise NotFound("That channel belongs to no cohort, so it is free already.", field="channel")
    own = owner.cohort_id == scope.cohort.id and _configures(conn, scope)
    if not own and manager is None:
        raise NotAllowed("That channel belongs to another cohort, and only its organizers can give it up.")
    conn = within(across(conn), owner.cohort_id)  # a manager may be asked about another cohort
    others = places.homes_besides(conn, owner.cohort_id, place)
    if not others and manager is None:
        raise BadInput(
            "That is the cohort's only home. Choose another one first, with the purpose home.",
            field="channel",
        )
    name = owner.channel or place.name or "That channel"
    cohort = directory.cohort(conn, owner.cohort_id)
    if manager is not None and cohort is not None:
        data: dict[str, str | bool] = {"channel": name, "by": manager, "homeless": not others}
        _tell_organizers(conn, cohort, data, call, scope.now)
    places.free(conn, owner.cohort_id, place)
    reason = "The channel does not belong to the cohort any more."
    outbox.miss_channel(conn, owner.cohort_id, Target.place(place), reason, scope.now)
    if cohort is not None:
        note(conn, replace(scope, cohort=cohort), actor, "channel freed", name)
    return Freed(name, owner.name, not others)


def _tell_organizers(
    conn: Conn, cohort: Cohort, data: Mapping[str, str | bool], call: str, now: datetime
) -> None:
    for each in directory.recipients(conn, cohort, now, organizers=True):
        to = Target.person(each)
        outbox.enqueue(conn, NewPost(cohort.id, f"freed:{call}:{to.key}", FREED, data, to), now)
