"""The commands `digest ...`."""

from core.chat.model import Reply
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Cost
from core.features.digests import posts


@command("digest show", cost=Cost.DRAWS)
async def show(call: Call) -> Reply:
    """The last digest again."""
    found = await call.read(posts.last_period, call.cohort.id)
    if found is None:
        until = call.now
        since = await call.read(posts.period_start, call.cohort.id, until)
        return await posts.digest(
            call.core, call.cohort, since, until, "No digest was posted yet; this is the week so far."
        )
    return await posts.digest(call.core, call.cohort, *found)


@command("digest preview", cost=Cost.DRAWS)
async def preview(call: Call) -> Reply:
    """What the next digest would say if it came now."""
    until = call.now
    since = await call.read(posts.period_start, call.cohort.id, until)
    return await posts.digest(call.core, call.cohort, since, until, "A preview, for your eyes only.")
