"""The commands `digest ...` and the scheduled digest."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any

from core.charts.bars import bars
from core.chat.model import Button, Buttons, Picture, Reply
from core.chat.text import Sayable, as_text, join, say
from core.clock import day_words, instant, local_date, micros
from core.cohorts.model import Cohort
from core.commands.decorators import command, post, schedule
from core.commands.dispatch import Call, Core
from core.commands.registry import Registry
from core.commands.spec import Post, SectionPart
from core.store.port import Conn

GROUPS = {"digest": "What happened in the cohort lately, in a few lines and a picture"}

POST = "digest.post"

_PERIOD = timedelta(days=7)
_LONGEST = timedelta(days=35)


@schedule("digest", label="digest", help="posts the cohort's digest", post=POST, purpose="digest")
def compose(conn: Conn, cohort: Cohort, _day: date, at: int) -> dict[str, Any]:
    """The period since the last digest; a first one, or one after a long pause, covers a week."""
    return {"since": _since(conn, cohort.id, at), "until": at}


def _since(conn: Conn, cohort_id: int, until: int) -> int:
    row = conn.one(
        "SELECT max(slot_at) AS last FROM outbox WHERE cohort_id = :cohort AND kind = :kind"
        " AND state IN ('pending', 'sending', 'sent') AND slot_at < :until",
        cohort=cohort_id,
        kind=POST,
        until=until,
    )
    last = row["last"] if row else None
    oldest = micros(instant(until) - _LONGEST)
    return int(last) if last is not None and last >= oldest else micros(instant(until) - _PERIOD)


@post(POST, label="digest")
async def render(core: Core, post: Post) -> Reply:
    """The digest of a stored period, from the records as they are now: what was deleted is gone."""
    late = "I was away when this was due, so it comes late." if post.late else ""
    return await digest(core, post.cohort, post.data["since"], post.data["until"], late)


@command("digest show")
async def show(call: Call) -> Reply:
    """The last digest again."""
    found = await call.read(_last, call.cohort.id)
    if found is None:
        until = micros(call.now)
        since = await call.read(_since, call.cohort.id, until)
        return await digest(
            call.core, call.cohort, since, until, "No digest was posted yet; this is the week so far."
        )
    return await digest(call.core, call.cohort, found[0], found[1])


def _last(conn: Conn, cohort_id: int) -> list[int] | None:
    """The period of the last digest that was sent."""
    row = conn.one(
        "SELECT data FROM outbox WHERE cohort_id = :cohort AND kind = :kind AND state = 'sent'"
        " ORDER BY slot_at DESC LIMIT 1",
        cohort=cohort_id,
        kind=POST,
    )
    period = json.loads(row["data"]) if row else None
    return [period["since"], period["until"]] if period else None


@command("digest preview")
async def preview(call: Call) -> Reply:
    """What the next digest would say if it came now."""
    until = micros(call.now)
    since = await call.read(_since, call.cohort.id, until)
    return await digest(call.core, call.cohort, since, until, "A preview, for your eyes only.")


async def digest(core: Core, cohort: Cohort, since: int, until: int, note: Sayable = "") -> Reply:
    """The digest of a period, as every feature's section tells it, with one picture of the counts."""
    parts = await core.store.read(_parts, core.registry, cohort, since, until)
    first, last = (local_date(instant(at), cohort.zone) for at in (since, until))
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
    known = Buttons(tuple(each for each in buttons.items if each.command in core.registry.commands))
    counts = [count for part in parts for count in part.counts]
    if not counts:
        return Reply(text, (known,))
    chart = await asyncio.to_thread(bars, "In numbers", counts)
    return Reply(text, (Picture(chart.png, chart.alt, "digest.png"), known))


def _parts(conn: Conn, registry: Registry, cohort: Cohort, since: int, until: int) -> list[SectionPart]:
    written = (section.write(conn, cohort, since, until) for section in registry.sections)
    return [part for part in written if part is not None]
