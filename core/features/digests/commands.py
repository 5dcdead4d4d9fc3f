"""The digest again, the next one ahead of time, and one of one's own."""

from typing import Annotated

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join
from core.cohorts import people
from core.commands import paging
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg
from core.commands.spec import Arg, Cost, Once
from core.delivery import outbox, sent
from core.delivery.outlet import Target
from core.features.digests import links, personal, posts, texts
from core.features.digests.composing import compose
from core.features.digests.fitting import whole
from core.features.digests.posts import POST


@command("digest show", cost=Cost.DRAWS)
async def show(
    call: Call,
    page: PageArg = 0,
    post: Annotated[int, Arg("Which digest, by its number in the outbox", in_form=False, form_only=True)] = 0,
) -> Reply:
    """The last digest again, as it was posted."""
    found = await call.read(sent.by_id, call.cohort.id, POST, post) if post else None
    note = texts.NOT_KEPT if post and found is None else ""
    found = found or await call.read(outbox.last_sent, call.cohort.id, POST)
    if found is None:
        return await _so_far(call, texts.NONE_YET)
    of, told = posts.period(found.data), await posts.kept_as(call.core, found)
    if told is None:  # it was posted before digests were kept
        told = await compose(call.core, call.cohort, *of)
    addresses = await links.addresses(call.core, call.cohort.id, told.sections, _reader(call))
    if not page:
        return await posts.digest(call.core, call.cohort, of, told, note, addresses, found.id)
    rows = whole(told.sections, addresses)
    shown = Page(page, len(rows))
    head = texts.head(call.cohort, *of, note, quiet=not rows)
    return Reply(head, paging.blocks(call, shown, rows[shown.start : shown.start + shown.size]))


@command("digest preview", cost=Cost.DRAWS)
async def preview(call: Call) -> Reply:
    """What the next digest would say if it came now."""
    return await _so_far(call, "A preview, for your eyes only.")


async def _so_far(call: Call, note: str) -> Reply:
    """What happened since the last digest."""
    since = await call.read(posts.period_start, call.cohort.id, call.now)
    told = await compose(call.core, call.cohort, since, call.now)
    addresses = await links.addresses(call.core, call.cohort.id, told.sections, _reader(call))
    return await posts.digest(call.core, call.cohort, (since, call.now), told, note, addresses)


def _reader(call: Call) -> Target:
    place = call.request.place
    return Target(place.platform, place.workspace, place.channel)


@command("digest personal", once=Once.REPEATS, form="A digest of your own", submit="Save it")
async def personal_(
    call: Call, on: Annotated[bool, Arg("Whether you want a digest of your own on Monday mornings")]
) -> Reply:
    """A digest of your own by direct message: what waits for you."""
    await call.write(people.set_wanted, call.member.person_id, personal.NOTICE.key, on)
    if not on:
        return Reply(texts.PERSONAL_OFF)
    first = await call.write(personal.next_one, call.cohort, call.member, call.now)
    wishes = await call.read(people.wishes, call.member.person_id)
    said = texts.personal_on(first)
    return Reply(said if wishes.any else join([said, texts.DMS_OFF]), _LOOK)


@command("digest mine")
async def mine(call: Call) -> Reply:
    """What your own digest would say now."""
    wishes = await call.read(people.wishes, call.member.person_id)
    wanted = wishes.wants(personal.NOTICE)
    return await personal.personal(call.core, call.cohort, call.member, call.now, wanted=wanted)


_LOOK = (Buttons((Button("What it would say now", "digest mine"),)),)
