"""What became of the posts: the command `cohort-admin delivery`, and the notice when a target stops working."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from core import clock
from core.chat.model import Block, Button, Buttons, Choice, Reply, Table
from core.chat.text import Moment, Text, join, say, shorten
from core.cohorts.model import Scope
from core.commands.decorators import command, post, record
from core.commands.dispatch import Call, Core
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Post
from core.delivery import firing, schedules
from core.delivery.notices import CLOSED_NOTICE, UNCERTAIN_NOTICE
from core.delivery.schedules import Schedule
from core.errors import NotFound
from core.store.port import Conn, Row

_SHOWN = 12
_COMING = 3
_RETRIES = 5
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


class State(StrEnum):
    """How a post stands."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    MISSED = "missed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    HELD = "held"


@command("cohort-admin delivery", access=Access.ORGANIZER)
async def delivery(
    call: Call,
    retry: Annotated[PostRef | None, Arg("A post that was not sent, to try it once more")] = None,
    state: Annotated[State | None, Arg("Only posts that stand like this")] = None,
    before: Annotated[int | None, Arg("Only posts before this number", minimum=1)] = None,
) -> Reply:
    """What was posted, what waits, and what was not sent and why."""
    first: list[Text] = []
    if retry is not None:
        again = await call.write(_again, call.core.registry, call.scope, int(retry))
        first = [say("It is on its way again." if again else "There is nothing left to send of it.")]
    shown = await call.read(_shown, call.cohort.id, state, before)
    coming = [_coming(each, call) for each in shown.coming[:_COMING]]
    if not shown.counts:
        return Reply(join([say("Nothing was posted yet."), *(coming or [_BEGIN])]))
    summary = ", ".join(f"{shown.counts[each]} {each}" for each in State if each in shown.counts)
    head = say("In all: {summary}.", summary=summary)
    if not shown.rows:
        return Reply(join([*first, head, say("None of these are among them.")]))
    blocks: tuple[Block, ...] = (_table(call, shown.rows), *_buttons(shown, state))
    return Reply(join([*first, head, *coming, *_reasons(shown.rows)]), blocks)


_BEGIN = say("`cohort-admin schedule-add` begins.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page of the list: how many posts stand how, the schedules that are due next, the posts, and whether
    there are earlier ones."""

    counts: dict[str, int]
    coming: Sequence[Schedule]
    rows: Sequence[Row]
    more: bool


def _shown(conn: Conn, cohort_id: int, state: State | None, before: int | None) -> _Shown:
    listed = [each for each in schedules.listed(conn, cohort_id) if each.next and not each.paused]
    listed.sort(key=lambda each: each.next.at if each.next else 0)
    rows = _rows(conn, cohort_id, state, before)
    return _Shown(_counts(conn, cohort_id), listed, rows[:_SHOWN], len(rows) > _SHOWN)


def _coming(schedule: Schedule, call: Call) -> Text:
    assert schedule.next is not None  # noqa: S101 - only these are listed
    label = call.core.registry.schedules[schedule.kind].label
    at = Moment(schedule.next.at, clock.words(schedule.next.at, call.cohort.zone))
    return say("- Due next: {label}, {at}", label=label, at=at)


def _reasons(rows: Sequence[Row]) -> list[Text]:
    return [
        say(
            "- #{id} {state}: {reason}",
            id=row["id"],
            state=_WORDS[row["state"]],
            reason=shorten(row["reason"] or "", 200),
        )
        for row in rows
        if row["state"] in _UNSENT
    ][:_RETRIES]


def _table(call: Call, rows: Sequence[Row]) -> Table:
    posts = call.core.registry.posts

    def cells(row: Row) -> tuple[str, ...]:
        kind = posts.get(row["kind"])
        return (
            str(row["id"]),
            kind.label if kind else row["kind"],
            f"{clock.local(row['slot_at'], call.cohort.zone):%d %b %H:%M}",
            row["name"] or ("direct message" if row["direct"] else row["channel"]),
            row["state"],
        )

    return Table(("#", "Post", "For", "Where", "State"), tuple(map(cells, rows)))


def _buttons(shown: _Shown, state: State | None) -> tuple[Buttons, ...]:
    """A button to try each of the first few again, and one for the page before."""
    unsent = [row["id"] for row in shown.rows if row["state"] in _UNSENT][:_RETRIES]
    again = tuple(
        Button(f"Try #{each} again", "cohort-admin delivery", {"retry": str(each)}) for each in unsent
    )
    # Those that were not sent may stand before all others; the page before begins where the others end.
    others = [row["id"] for row in shown.rows if state or row["state"] not in _UNSENT]
    last = min(others, default=shown.rows[-1]["id"])
    args = {"before": str(last), **({"state": state.value} if state else {})}
    only = {each: Button(f"Only {each}", "cohort-admin delivery", {"state": each}) for each in _UNSENT}
    turn = (
        *((Button("Earlier", "cohort-admin delivery", args),) if shown.more else ()),
        *(() if state else (button for each, button in only.items() if each in shown.counts)),
    )
    return tuple(Buttons(each) for each in (again, turn) if each)


def _again(conn: Conn, registry: Registry, scope: Scope, row_id: int) -> bool:
    return firing.retry_post(conn, registry, scope.cohort, row_id, scope.now)


def _rows(conn: Conn, cohort_id: int, state: State | None = None, before: int | None = None) -> Sequence[Row]:
    """The last posts, one more than is shown. Without a choice the last that were not sent come first."""
    first = (
        "CASE WHEN o.state IN ('missed', 'failed', 'uncertain') THEN 0 ELSE 1 END, " if before is None else ""
    )
    return conn.all(
        "SELECT o.id, o.kind, o.slot_at, o.state, o.reason, o.direct, o.channel, pl.name FROM outbox o"
        " LEFT JOIN place pl ON pl.platform = o.platform AND pl.workspace = o.workspace"
        " AND pl.channel = o.channel AND o.direct = 0 WHERE o.cohort_id = :cohort"
        " AND (:state = '' OR o.state = :state) AND (:before = 0 OR o.id < :before)"
        f" ORDER BY {first}o.id DESC LIMIT :most",
        cohort=cohort_id,
        state=state.value if state else "",
        before=before or 0,
        most=_SHOWN + 1,
    )


def _counts(conn: Conn, cohort_id: int) -> dict[str, int]:
    rows = conn.all(
        "SELECT state, count(*) AS n FROM outbox WHERE cohort_id = :cohort GROUP BY state", cohort=cohort_id
    )
    return {row["state"]: row["n"] for row in rows}


@post(CLOSED_NOTICE, label="notice of a closed channel")
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


@post(UNCERTAIN_NOTICE, label="notice of a doubtful post")
async def render_doubt(_core: Core, post: Post) -> Reply:
    """Tells an organizer, once a day, that a post may or may not have arrived."""
    text = say(
        "I cannot tell whether a post of **{cohort}** arrived. It is listed as uncertain; please look at the "
        "channel, and let me try it again if it is not there.",
        cohort=post.cohort.name,
    )
    return Reply(text, (Buttons((Button("What was not sent", "cohort-admin delivery"),)),))
