"""One cohort on both platforms: the command `cohort-admin link`. An organizer gets a code in the cohort; typed in a channel
of the other platform by somebody who may set up cohorts there, it makes that channel the cohort's home there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from core.chat.model import Button, Buttons, Place, Reply, Request
from core.chat.text import say
from core.clock import local_date
from core.cohorts import directory, link_codes, members, places
from core.cohorts.link_codes import CodeKind, CodeMaker, LinkCode
from core.cohorts.model import Cohort, Scope
from core.commands.audited import told_later
from core.commands.decorators import command
from core.commands.dispatch import Call, call_id
from core.commands.spec import Access, Arg
from core.delivery import confirmation, outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotAllowed
from core.features.admin import texts
from core.features.admin.channels import checked_channel, refuse_taken
from core.features.admin.people import Actor, actor_of, note, tell_organizers
from core.features.admin.posts import WELCOME
from core.store.port import Conn
from core.store.scoped import across, within

_NEW = "{/cohort-admin link} in the cohort gives a new one."


@command("cohort-admin link", access=Access.MANAGER, needs_cohort=False)
async def link(
    call: Call,
    code: Annotated[
        str | None, Arg("The code that an organizer got on the other platform", max_length=40)
    ] = None,
) -> Reply:
    """Bring this cohort to Slack or Discord too: gives a code, or takes it there."""
    return await (_give(call) if code is None else _attach(call, code))


async def _give(call: Call) -> Reply:
    member = call.scope.member
    if member is None or not member.organizer:
        raise NotAllowed("A code is for the cohort's organizers to make. Please ask one of them.")
    code = call.core.singletons.get(CodeMaker).code(call_id(call.request))
    hash_ = link_codes.hash_of(code)
    if await call.write(_keep, call.scope, actor_of(call), hash_) != hash_:
        raise BadInput(say("This call was answered before. Run {/cohort-admin link} again for a new code."))
    text = say(
        "The code of **{name}** is `{code}`. Within an hour, somebody who manages the workspace or server on the other "
        "platform types {/cohort-admin link code:} with it, in the channel that shall be the home there. It works once.",
        name=call.cohort.name,
        code=code,
    )
    return Reply(text)


def _keep(conn: Conn, scope: Scope, actor: Actor, hash_: str) -> str:
    person_id = directory.ensure_person(conn, actor.account, scope.now)
    link_codes.add(conn, CodeKind.PLACE, hash_, actor.account, person_id, scope.cohort.id, scope.now)
    note(conn, scope, actor, "code made", scope.cohort.name)
    return hash_


async def _attach(call: Call, given: str) -> Reply:
    if not await call.read(_may_attach, call.request):
        raise NotAllowed(
            "Taking a cohort in is for those who manage this workspace or server, and for organizers of a cohort here."
        )
    found = await call.write(link_codes.typed, link_codes.hash_of(given), call.request.person, call.now)
    code = _checked(found, given, call.request.place, call.now)
    place = await checked_channel(call, None)
    reserved = await call.write(_reserve, code, place, call_id(call.request), call.now)
    if reserved is None:
        owner = await call.read(places.owner, place)
        if owner is None:
            raise BadInput("That channel belonged to another cohort until just now. Please try again.")
        raise refuse_taken(call, place, owner)
    cohort, welcome = reserved.cohort, reserved.welcome
    outcome = await confirmation.wait_for(call.core, welcome)
    try:
        refusal = await call.write(_take, code, cohort, place, welcome, _from_outside(call), call.now)
    except BadInput:
        # The code was typed in another channel too, and that one was as quick.
        await call.write(_give_back, cohort, place, welcome, call.now)
        raise
    if refusal is not None:
        raise BadInput(texts.refused_post(place.name, refusal))
    text = "**{channel}** is the home of **{cohort}** on {platform} now. Digests and calls come to both. "
    text += "Who is there already, on the other platform, joins their accounts with {/profile link}."
    if outcome is not None and not outcome.sent:
        text += " My first message here is still on its way."
    facts = {"channel": place.name or "This channel", "cohort": cohort.name}
    reply = say(text, **facts, platform=place.platform.capitalize())
    return Reply(reply, (Buttons((Button("Join my accounts", "profile link"),)),), cohort=cohort.id)


def _may_attach(conn: Conn, request: Request) -> bool:
    """Whether the caller may give a channel here to a cohort: as its manager, or as an organizer of a cohort here."""
    conn = across(conn)
    if request.person.manager:
        return True
    person_id = directory.person_of(conn, request.person)
    if person_id is None:
        return False
    here = directory.cohorts_of_workspace(conn, request.place.platform, request.place.workspace)
    own = (members.member_of(conn, each.id, person_id) for each in here)
    return any(each is not None and each.organizer for each in own)


def _checked(found: LinkCode | None, given: str, place: Place, now: datetime) -> LinkCode:
    """A code that may be used here now. Raises `BadInput` with what is wrong with it."""
    if found is None:
        raise BadInput(
            say("I know no code {given}. Please copy all of it; " + _NEW, given=given), field="code"
        )
    if found.kind is not CodeKind.PLACE:
        raise BadInput(say("That code joins two accounts: type it with {/profile link code:}."), field="code")
    if found.used_at is not None:
        raise BadInput(say("That code was used already. " + _NEW), field="code")
    if found.made_at + link_codes.VALID < now:
        raise BadInput(say("That code is too old; it held for an hour. " + _NEW), field="code")
    if found.platform == place.platform:
        raise BadInput(
            say(
                "That code was made on {platform}, and is for a channel on the other platform. Here, {/cohort-admin "
                "channel} chooses channels.",
                platform=place.platform.capitalize(),
            ),
            field="code",
        )
    return found


def _cohort_of(conn: Conn, code: LinkCode, place: Place) -> Cohort:
    """The cohort of a code, where it can still be given a channel. Raises `BadInput` where it cannot."""
    conn = across(conn)  # it may be typed in a channel of another cohort
    cohort = directory.cohort(conn, code.cohort_id or 0)
    if cohort is None or not directory.is_live(conn, cohort.id):
        raise BadInput(
            "The cohort of that code was archived meanwhile, so nothing was joined to it.", field="code"
        )
    maker = members.member_of(conn, cohort.id, code.person_id)
    if maker is None or not maker.organizer:
        text = "Who made that code is no organizer of **{cohort}** any more. Please ask one of its organizers for a new one."
        raise BadInput(say(text, cohort=cohort.name), field="code")
    homes = [
        each for each in places.channels_for(conn, cohort.id, "home") if each.place.platform == place.platform
    ]
    if homes:
        text = "**{cohort}** has a home on {platform} already: {channel}. {/cohort-admin channel} there chooses another one."
        facts = {"cohort": cohort.name, "platform": place.platform.capitalize(), "channel": homes[0].name}
        raise BadInput(say(text, **facts), field="code")
    return cohort


@dataclass(frozen=True, slots=True)
class Reserved:
    """A channel that is kept for a cohort, and the row of the first message in it."""

    cohort: Cohort
    welcome: int


@told_later
def _reserve(conn: Conn, code: LinkCode, place: Place, call: str, now: datetime) -> Reserved | None:
    """Keep the channel for the cohort of a code and say so in it, before it serves. None where the channel is taken."""
    _still_open(conn, code)
    cohort = _cohort_of(conn, code, place)
    conn = within(across(conn), cohort.id)
    if places.owner(conn, place) is not None:
        return None
    if not places.reserve(conn, cohort.id, place):
        raise BadInput("That channel belongs to another cohort. Please choose another one.")
    key = f"welcome:{call}"
    row = outbox.enqueue(conn, NewPost(cohort.id, key, WELCOME, {}, Target.place(place)), now)
    assert row is not None  # noqa: S101 - the key is the call's own
    return Reserved(cohort, row)


@told_later
def _give_back(conn: Conn, cohort: Cohort, place: Place, welcome: int, now: datetime) -> None:
    """Keep a channel no more for a cohort that got another one meanwhile."""
    conn = within(across(conn), cohort.id)
    why = "Another channel became the cohort's home there."
    outbox.withdraw(conn, welcome, why, now)
    places.release(conn, cohort.id, place, why)


def _still_open(conn: Conn, code: LinkCode) -> None:
    found = link_codes.by_hash(conn, code.hash)
    if found is None or found.used_at is not None:
        raise BadInput(say("That code was used already. " + _NEW), field="code")


def _take(
    conn: Conn, code: LinkCode, cohort: Cohort, place: Place, welcome: int, actor: Actor, now: datetime
) -> str | None:
    """Let the channel be the cohort's home on its platform, unless its first message was refused: then the reason. The
    code is used up by that."""
    conn = within(across(conn), cohort.id)
    outcome = confirmation.outcome(conn, welcome)
    if outcome is not None and outcome.refused:
        places.release(conn, cohort.id, place, outcome.reason)
        return outcome.reason
    _still_open(conn, code)
    _cohort_of(conn, code, place)
    link_codes.use(conn, code.hash, now)
    if not places.assign(conn, cohort.id, "home", place):
        raise BadInput("That channel belongs to another cohort. Please choose another one.")
    scope = Scope(cohort, None, now, local_date(now, cohort.zone))
    where = f"{place.name or place.id} ({place.platform.capitalize()})"
    note(conn, scope, actor, "linked", where)
    tell_organizers(conn, scope, actor, "linked", where, but=None)
    return None


def _from_outside(call: Call) -> Actor:
    """The caller as the organizers of a cohort read of them in which they need not be."""
    return Actor(call.request.person, call.request.person.name, outside=True)
