"""The digest of a period: scheduled, and put together from every feature's section."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from core.charts.bars import bars
from core.chat.model import Button, Buttons, Picture, Reply
from core.chat.text import Sayable, as_text, join, say
from core.clock import day_words, local_date
from core.cohorts import counting
from core.cohorts.model import Cohort
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.registry import Registry
from core.commands.spec import Post, SectionPart
from core.delivery import outbox
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
    """The digest of a period, as every feature's section tells it, with one picture of the counts."""
    figures = [figure for section in core.registry.sections for figure in section.figures]
    await counting.renew_due(core.store, figures, cohort.id, until)
    parts = await core.store.read(_parts, core.registry, cohort, since, until)
    first, last = (local_date(at, cohort.zone) for at in (since, until))
    head = say(
        "**{name}**, {first} to {last}", name=cohort.name, first=day_words(first), last=day_words(last)
    )
    if not parts:
        body = [
            say(
                "A quiet stretch. Nothing to report is fine; reading, thinking and resting are not counted here."
            )
        ]
    else:
        body = [as_text(part.text) for part in parts]
    text = join([*([note] if note else []), head, *body])
    buttons = Buttons((Button("Check in", "checkin now"), Button("Reading list", "reading list")))
    usable = Buttons(tuple(each for each in buttons.items if each.command in core.registry.commands))
    counts = [count for part in parts for count in part.counts]
    if not counts:
        return Reply(text, (usable,))
    picture = await core.executors.draw(_picture, tuple(counts))
    return Reply(text, (picture, usable))


def _picture(counts: tuple[tuple[str, float], ...]) -> Picture:
    return bars("In numbers", counts).picture("digest.png")


def _parts(
    conn: Conn, registry: Registry, cohort: Cohort, since: datetime, until: datetime
) -> list[SectionPart]:
    written = (section.write(conn, cohort, since, until) for section in registry.sections)
    return [part for part in written if part is not None]
