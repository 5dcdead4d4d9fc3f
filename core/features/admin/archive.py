"""The end of a cohort: the command `cohort-admin archive`."""

from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, Reply
from core.chat.text import say
from core.cohorts import places, settings
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Access, Arg
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.admin.people import Actor, actor_of, note, tell_organizers
from core.features.admin.posts import ARCHIVED
from core.store.port import Conn


@command("cohort-admin archive", access=Access.MANAGER)
async def archive(
    call: Call,
    sure: Annotated[
        bool, Arg("Yes, after I asked whether you are sure", form_only=True, in_form=False)
    ] = False,
) -> Reply:
    """End this cohort: nothing is posted any more, its channels are free; what was recorded is kept."""
    name = call.cohort.name
    if not sure:
        text = say(
            (
                "Shall I archive **{name}**? Its schedules stop, its channels are free for another cohort, and "
                "nobody can read or add anything any more. Nothing is deleted, and the home channel is told."
            ),
            name=name,
        )
        button = Button("Archive it", "cohort-admin archive", {"sure": "yes"}, ButtonStyle.DANGER)
        return Reply(text, (Buttons((button,)),))
    await call.write(_archive, call.scope, actor_of(call))
    return Reply(
        say("**{name}** is archived, and its channels are free. I am telling its home channel.", name=name)
    )


def _archive(conn: Conn, scope: Scope, actor: Actor) -> None:
    """End a cohort, and tell its home channel; its organizers too, where a manager did it."""
    cohort, now = scope.cohort, scope.now
    outbox.withdraw_all(conn, cohort.id, "The cohort was archived.", now)
    for home in places.places_for(conn, cohort.id, "home"):
        target = Target.place(home)
        key = f"archived:{cohort.id}:{now.isoformat()}:{target.key}"
        outbox.enqueue(conn, NewPost(cohort.id, key, ARCHIVED, {"by": actor.name}, target), now)
    if actor.outside:
        tell_organizers(conn, scope, actor, "archived", cohort.name, but=None)
    note(conn, scope, actor, "archived", cohort.name)
    settings.archive(conn, cohort.id, now)
