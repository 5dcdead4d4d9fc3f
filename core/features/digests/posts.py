"""The digest of a period: scheduled, and put together from every feature's section."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from core.chat.model import Button, Records, Reply, button_rows
from core.chat.text import Sayable
from core.cohorts.model import Cohort
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox, sent
from core.features.digests import kept, links, personal, texts
from core.features.digests.composing import Told, picture
from core.features.digests.composing import compose as composed
from core.features.digests.fitting import AddressOf, fit, fits_whole, no_address
from core.store import binding
from core.store.port import Conn

POST = "digest.post"

_PERIOD = timedelta(days=7)
_LONGEST = timedelta(days=35)


def covers(at: datetime, last: datetime | None, before: datetime | None) -> Mapping[str, Any]:
    """The time since the last digest of the same schedule; a first one, or one after a long pause, covers what lies
    between two of its dates, and a week at least."""
    usual = min(at - _PERIOD, before or at)
    since = last if last is not None and last >= min(at - _LONGEST, usual) else usual
    return {"since": since.isoformat(), "until": at.isoformat()}


@schedule(
    "digest",
    label="digest",
    help="posts the cohort's digest",
    post=POST,
    purpose="digest",
    covers=covers,
)
def compose(conn: Conn, cohort: Cohort, _day: date, at: datetime) -> dict[str, Any]:
    """The period since the last digest; a first one, or one after a long pause, covers a week."""
    return {"since": period_start(conn, cohort.id, at).isoformat(), "until": at.isoformat()}


def period_start(conn: Conn, cohort_id: int, until: datetime) -> datetime:
    """Where the period of a digest that ends at `until` begins."""
    last = outbox.latest_slot(conn, cohort_id, POST, until)
    return last if last is not None and last >= until - _LONGEST else until - _PERIOD


@post(POST, label="digest")
async def render(core: Core, post: Post) -> Reply:
    """The digest of a period as it was first put into words; what was taken back since is gone."""
    told = await kept_as(core, post)
    if told is None:
        told = await composed(core, post.cohort, *period(post.data))
        await core.write(post.cohort.id, _keep, post, told, core.clock.now())
    target = await core.read(post.cohort.id, sent.target_of_post, post.id)
    addresses = await links.addresses(core, post.cohort.id, told.sections, target) if target else None
    late = "I was away when this was due, so it comes late." if post.late else ""
    return await digest(core, post.cohort, period(post.data), told, late, addresses, post.id)


def _keep(conn: Conn, post: Post, told: Told, now: datetime) -> None:
    """Keep what a digest tells. Where digests are posted members may want their own, however they ask for them."""
    kept.keep(conn, post.cohort.id, post.id, told)
    personal.plan(conn, post.cohort, now)


async def kept_as(core: Core, post: Post) -> Told | None:
    """What a posted digest told, as far as the cohort sees it still; None where that is not kept."""
    found = await core.read(post.cohort.id, kept.load, core.registry.sections, post.cohort, post.id)
    if found is None:
        return None
    told, gone = found
    if gone:
        await core.write(post.cohort.id, kept.forget, post.cohort.id, gone)
    return told


def period(data: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The period of a digest out of its post's data. Digests of version 0.1 hold numbers there."""
    since, until = (
        binding.instant(each) if isinstance(each, int) else datetime.fromisoformat(each)
        for each in (data["since"], data["until"])
    )
    return since, until


async def digest(
    core: Core,
    cohort: Cohort,
    of: tuple[datetime, datetime],
    told: Told,
    note: Sayable = "",
    addresses: AddressOf | None = None,
    post_id: int | None = None,
) -> Reply:
    """The digest of a period in one message. `post_id` is the post that it is, which [All of it] shows whole."""
    buttons = [Button("Check in", "checkin now"), Button("Reading list", "reading list")]
    if told.quiet:
        return Reply(texts.head(cohort, *of, note, quiet=True), button_rows(_usable(core, buttons)))
    records = fit(told.sections, addresses or no_address)
    if post_id is not None and not fits_whole(told.sections, records):
        buttons.insert(0, Button("All of it", "digest show", {"post": str(post_id), "page": "1"}))
    drawn = await picture(core, told)
    pictures = (drawn,) if drawn is not None else ()
    rows = button_rows(_usable(core, buttons))
    return Reply(texts.head(cohort, *of, note), (Records(records), *pictures, *rows))


def _usable(core: Core, buttons: Sequence[Button]) -> list[Button]:
    return [each for each in buttons if each.command in core.registry.commands]
