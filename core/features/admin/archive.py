"""The end of a cohort and the way back: the command `cohort-admin archive`. It is asked, with what the cohort recorded as a
file; the home channels are told, and members when they next call. Nobody is written to by direct message for it: one click
would be hundreds of them."""

from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Place, Reply
from core.chat.text import Text, join, say
from core.clock import day_words, local_date
from core.cohorts import endings, members, places
from core.cohorts.endings import ArchivedCohort
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.delivery import outbox, schedules
from core.errors import BadInput
from core.features.admin.export import export_file
from core.features.admin.goodbye import to_homes
from core.features.admin.people import Actor, actor_of, note, tell_organizers
from core.features.admin.posts import ARCHIVED, RESTORED
from core.store.port import Conn
from core.store.scoped import across


@command("cohort-admin archive", access=Access.MANAGER, in_archive=True)
async def archive(
    call: Call,
    undo: Annotated[bool, Arg("Yes to take an archived cohort back, within 30 days")] = False,
    sure: Annotated[
        bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)
    ] = False,
) -> Reply:
    """End this cohort: nothing is posted any more, its channels are free. With undo it goes on."""
    ended = await call.read(endings.by_id, call.cohort.id)
    if undo:
        return await _undo(call, ended)
    name = call.cohort.name
    if ended is not None and not sure:
        words = "**{name}** is archived already. It can be taken back until {day}."
        return Reply(say(words, name=name, day=_day(ended, undo=True)), (Buttons((_take_back(),)),))
    if not sure:
        return await _ask(call)
    done = await call.write(_archive, call.scope, actor_of(call))
    text = say(
        "**{name}** is archived, and its channels are free. I tell its home channel, and each member who calls. You can "
        "take it back until {undo}; it is deleted on {day}, after two warnings.",
        name=name,
        undo=_day(done, undo=True),
        day=_day(done),
    )
    return Reply(text, (Buttons((_take_back(),)),))


_EXPORTED = say("{/cohort-admin export} gives its organizers what all of it may read, until then.")


def _take_back() -> Button:
    return Button("Take it back", "cohort-admin archive", {"undo": "yes"})


def _day(found: ArchivedCohort, *, undo: bool = False) -> str:
    return day_words(local_date(found.undo_until if undo else found.deletes_at, found.cohort.zone))


async def _ask(call: Call) -> Reply:
    """The question, for organizers with the export. Who manages the workspace reads nothing of the cohort by it."""
    keep = await call.read(endings.kept_days, call.cohort.id)
    outside = actor_of(call).outside
    text = say(
        (
            "Shall I archive **{name}**? Its schedules stop, its channels are free for another cohort, and nobody can add "
            "anything any more. Its organizers can take it back for 30 days; after {keep} days all of it is deleted. {file}"
        ),
        name=call.cohort.name,
        keep=keep,
        file=_EXPORTED if outside else "The file below holds what all of it may read.",
    )
    buttons = Buttons((Button("Archive it", "cohort-admin archive", {"sure": "yes"}, ButtonStyle.DANGER),))
    return Reply(text, (buttons,) if outside else (await export_file(call), buttons))


def _archive(conn: Conn, scope: Scope, actor: Actor) -> ArchivedCohort:
    """End a cohort, and tell its home channel; its organizers too, where a manager did it."""
    cohort, now = scope.cohort, scope.now
    ended = endings.by_id(conn, cohort.id)
    if ended is not None:
        return ended  # somebody else was as quick
    outbox.withdraw_all(conn, cohort.id, "The cohort was archived.", now)
    ended = endings.archive(conn, cohort.id, now)
    data = {"by": actor.name, "undo": _day(ended, undo=True), "until": _day(ended)}
    to_homes(conn, cohort, ARCHIVED, data, now)
    if actor.outside:
        tell_organizers(conn, scope, actor, "archived", cohort.name, but=None)
    note(conn, scope, actor, "archived", cohort.name)
    return ended


async def _undo(call: Call, ended: ArchivedCohort | None) -> Reply:
    name = call.cohort.name
    if ended is None:
        raise await _not_archived(call)
    if ended.undo_until < call.now:
        text = "**{name}** could be taken back until {undo}. Until {day} {/cohort-admin export} gives what it recorded."
        raise BadInput(say(text, name=name, undo=_day(ended, undo=True), day=_day(ended)), field="undo")
    homeless = await call.write(_restore, call.scope, actor_of(call))
    parts = [say("**{name}** goes on: its schedules run again from their next dates.", name=name)]
    if homeless:
        parts.append(
            say("Its channels are another cohort’s by now: choose a home with {/cohort-admin channel}.")
        )
    return Reply(join(parts))


async def _not_archived(call: Call) -> BadInput:
    """There is nothing to undo here; the caller's archived cohorts are offered."""
    member = call.scope.member
    others = await call.read(_archived_of, member.person_id, call.request.place) if member else []
    buttons = tuple(
        Button(each.cohort.name[:75], "cohort-admin archive", {"undo": "yes"}, cohort=each.cohort.id)
        for each in others[:5]
    )
    more = " Which of these do you mean?" if buttons else ""
    text: Text = say("**{name}** is not archived.{more}", name=call.cohort.name, more=more)
    return BadInput(text, field="undo", blocks=(Buttons(buttons),) if buttons else ())


def _archived_of(conn: Conn, person_id: int, place: Place) -> list[ArchivedCohort]:
    """The archived cohorts that a person organizes."""
    conn = across(conn)
    found = endings.of_person(conn, person_id, place)
    own = [(each, members.member_of(conn, each.cohort.id, person_id)) for each in found]
    return [each for each, member in own if member is not None and member.organizer]


def _restore(conn: Conn, scope: Scope, actor: Actor) -> bool:
    """Let an archived cohort go on. True where it has no home any more."""
    cohort = scope.cohort
    endings.restore(conn, cohort.id)
    schedules.reschedule_all(conn, cohort.id, scope.now)
    to_homes(conn, cohort, RESTORED, {"by": actor.name}, scope.now)
    tell_organizers(conn, scope, actor, "restored", cohort.name, but=None)
    note(conn, scope, actor, "taken back", cohort.name)
    return not places.channels_for(conn, cohort.id, "home")
