"""The digest of a period: scheduled, and put together from every feature's section."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.chat.model import Button, Buttons, Records, Reply
from core.chat.text import Sayable
from core.cohorts.model import Cohort
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.delivery import outbox
from core.features.digests import texts
from core.features.digests.composing import compose as composed
from core.features.digests.fitting import fit
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
    """The digest of a stored period, from the records as they are now: what was deleted is gone."""
    late = "I was away when this was due, so it comes late." if post.late else ""
    return await digest(core, post.cohort, *_period(post.data), late)


def _period(data: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The period of a digest out of its post's data. Digests of version 0.1 hold numbers there."""
    since, until = (
        binding.instant(each) if isinstance(each, int) else datetime.fromisoformat(each)
        for each in (data["since"], data["until"])
    )
    return since, until


def last_period(conn: Conn, cohort_id: int) -> tuple[datetime, datetime] | None:
    """The period of the last digest that was sent."""
    last = outbox.last_sent(conn, cohort_id, POST)
    return _period(last.data) if last else None


async def digest(core: Core, cohort: Cohort, since: datetime, until: datetime, note: Sayable = "") -> Reply:
    """The digest of a period, as every feature's section tells it."""
    told = await composed(core, cohort, since, until)
    buttons = Buttons((Button("Check in", "checkin now"), Button("Reading list", "reading list")))
    usable = Buttons(tuple(each for each in buttons.items if each.command in core.registry.commands))
    if all(each.quiet for each in told):
        return Reply(texts.head(cohort, since, until, note, quiet=True), (usable,))
    return Reply(texts.head(cohort, since, until, note), (Records(fit(told)), usable))
