"""What became of the posts: the command `cohort-admin delivery`, and the notice when a target stops working."""

from collections.abc import Sequence
from typing import Annotated

from core import clock
from core.chat import Button, Buttons, Choice, Reply, Table
from core.clock import instant
from core.delivery import firing
from core.delivery.notices import DOUBT, NOTICE
from core.errors import NotFound
from core.people import Access, Scope
from core.registry import Arg, Post, Registry, command, post, record
from core.run import Call, Core
from core.store import Conn, Row
from core.text import join, say, shorten

_SHOWN = 12
_UNSENT = ("missed", "failed", "uncertain")
_WORDS = {
    "pending": "waiting",
    "sending": "on its way",
    "sent": "sent",
    "missed": "missed",
    "uncertain": "uncertain: it may or may not have arrived",
    "failed": "not sent",
    "held": "held until its reader's next command, because their direct messages are closed",
}


class PostRef(int):
    """A post of the outbox that was not sent, named in a parameter."""

    __slots__ = ()


def _complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    rows = [row for row in _rows(conn, scope.cohort.id) if row["state"] in _UNSENT]
    return [
        Choice(str(row["id"]), f"#{row['id']} {row['kind']}, {row['state']}")
        for row in rows
        if typed in str(row["id"])
    ]


@record(PostRef, complete=_complete)
def resolve(conn: Conn, scope: Scope, typed: str) -> PostRef:
    """A post of this cohort that was not sent, by its number."""
    number = typed.removeprefix("#")
    row = conn.one(
        "SELECT id FROM outbox WHERE id = :id AND cohort_id = :cohort AND state IN ('missed', 'failed', 'uncertain')",
        id=int(number) if number.isdecimal() and len(number) < 18 else -1,
        cohort=scope.cohort.id,
    )
    if row is None:
        raise NotFound(say("There is no post “{typed}” here that could be tried again.", typed=typed[:40]))
    return PostRef(row["id"])


@command("cohort-admin delivery", access=Access.ORGANIZER)
async def delivery(
    call: Call, retry: Annotated[PostRef | None, Arg("A post that was not sent, to try it once more")] = None
) -> Reply:
    """What was posted, what waits, and what was not sent and why."""
    first = []
    if retry is not None:
        again = await call.write(_again, call.core.registry, call.known, int(retry))
        first = ["It is on its way again." if again else "There is nothing left to send of it."]
    rows = await call.read(_rows, call.cohort.id)
    if not rows:
        return Reply(say("Nothing was posted yet. `cohort-admin schedule-add` begins."))
    counts = await call.read(_counts, call.cohort.id)
    summary = ", ".join(f"{counts[state]} {state}" for state in _WORDS if state in counts)
    table = Table(
        ("#", "Post", "For", "Where", "State"),
        tuple(
            (
                str(row["id"]),
                row["kind"],
                f"{clock.local(instant(row['slot_at']), call.cohort.zone):%d %b %H:%M}",
                row["name"] or ("direct message" if row["direct"] else row["channel"]),
                row["state"],
            )
            for row in rows
        ),
    )
    unsent = [row for row in rows if row["state"] in _UNSENT]
    reasons = [
        say(
            "- #{id} {state}: {reason}",
            id=row["id"],
            state=_WORDS[row["state"]],
            reason=shorten(row["reason"] or "", 200),
        )
        for row in unsent[:5]
    ]
    buttons = tuple(
        Button(f"Try #{row['id']} again", "cohort-admin delivery", {"retry": str(row["id"])})
        for row in unsent[:5]
    )
    head = say("In all: {summary}. The last {count}:", summary=summary, count=len(rows))
    return Reply(join([*first, head, *reasons]), (table, *((Buttons(buttons),) if buttons else ())))


def _again(conn: Conn, registry: Registry, scope: Scope, row_id: int) -> bool:
    return firing.again(conn, registry, scope.cohort, row_id, scope.now)


def _rows(conn: Conn, cohort_id: int) -> Sequence[Row]:
    """The last posts; what was not sent comes before what was."""
    return conn.all(
        "SELECT o.id, o.kind, o.slot_at, o.state, o.reason, o.direct, o.channel, pl.name FROM outbox o"
        " LEFT JOIN place pl ON pl.platform = o.platform AND pl.workspace = o.workspace"
        " AND pl.channel = o.channel AND o.direct = 0 WHERE o.cohort_id = :cohort"
        " ORDER BY CASE WHEN o.state IN ('missed', 'failed', 'uncertain') THEN 0 ELSE 1 END, o.id DESC LIMIT :most",
        cohort=cohort_id,
        most=_SHOWN,
    )


def _counts(conn: Conn, cohort_id: int) -> dict[str, int]:
    rows = conn.all(
        "SELECT state, count(*) AS n FROM outbox WHERE cohort_id = :cohort GROUP BY state", cohort=cohort_id
    )
    return {row["state"]: row["n"] for row in rows}


@post(NOTICE)
async def render_notice(_core: Core, post: Post) -> Reply:
    """Tells an organizer, once, that posts to a channel stopped."""
    text = say(
        "I can no longer post in **{channel}** of **{cohort}**: {reason} What was due there is listed under "
        "`cohort-admin delivery`; `cohort-admin channel` gives me another channel.",
        channel=post.data["channel"],
        cohort=post.cohort.name,
        reason=post.data["reason"],
    )
    return Reply(text, (Buttons((Button("What was not sent", "cohort-admin delivery"),)),))


@post(DOUBT)
async def render_doubt(_core: Core, post: Post) -> Reply:
    """Tells an organizer, once a day, that a post may or may not have arrived."""
    text = say(
        "I cannot tell whether a post of **{cohort}** arrived. It is listed as uncertain; please look at the "
        "channel, and let me try it again if it is not there.",
        cohort=post.cohort.name,
    )
    return Reply(text, (Buttons((Button("What was not sent", "cohort-admin delivery"),)),))
