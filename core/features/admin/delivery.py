"""What became of the posts: the command `cohort-admin delivery`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Choice, Record, Records, Reply
from core.chat.text import Text, join, moment, say, shorten
from core.clock import day_words
from core.cohorts import audit
from core.cohorts.model import Scope
from core.commands.decorators import command, record
from core.commands.dispatch import Call
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Once
from core.delivery import firing, listing, pacing, schedules
from core.delivery.listing import ListedPost
from core.delivery.outbox import UNSENT, PostState
from core.delivery.pacing import Progress
from core.delivery.schedules import Schedule
from core.errors import NotFound
from core.store.port import Conn

_SHOWN = 12
_COMING = 3
_RETRIES = 5
_WORDS = {
    PostState.PENDING: "waiting",
    PostState.SENDING: "on its way",
    PostState.SENT: "sent",
    PostState.MISSED: "missed",
    PostState.UNCERTAIN: "uncertain: it may or may not have arrived",
    PostState.FAILED: "not sent",
    PostState.DEFERRED: "held for its reader: until their quiet hours end or their one message a day comes, or until their next "
    "command where direct messages are closed",
    PostState.UNWANTED: "not wanted by its reader, or not needed any more",
}


class PostRef(int):
    """A post of the outbox that was not sent, named in a parameter."""

    __slots__ = ()


def _complete(conn: Conn, scope: Scope, typed: str) -> Sequence[Choice]:
    return [
        Choice(str(each.id), f"#{each.id} {each.kind}, {each.state}")
        for each in listing.page(conn, scope.cohort.id, _SHOWN + 1)
        if each.unsent and typed in str(each.id)
    ]


@record(PostRef, complete=_complete)
def resolve(conn: Conn, scope: Scope, typed: str) -> PostRef:
    """A post of this cohort that was not sent, by its number."""
    number = typed.removeprefix("#")
    known = int(number) if number.isdecimal() and len(number) < 18 else -1
    if listing.unsent(conn, scope.cohort.id, known) is None:
        raise NotFound(say("There is no post “{typed}” here that could be tried again.", typed=typed[:40]))
    return PostRef(known)


@command("cohort-admin delivery", access=Access.ORGANIZER, once=Once.REPEATS)
async def delivery(
    call: Call,
    retry: Annotated[PostRef | None, Arg("A post that was not sent, to try it once more")] = None,
    state: Annotated[PostState | None, Arg("Only posts that stand like this")] = None,
    before: Annotated[int | None, Arg("Go on in the list behind the post of this number", minimum=1)] = None,
) -> Reply:
    """What was posted, what waits, and what was not sent and why."""
    first: list[Text] = []
    if retry is not None:
        again = await call.write(_again, call.core.registry, call.scope, int(retry))
        first = [say("It is on its way again." if again else "There is nothing left to send of it.")]
    shown = await call.read(_shown, call.cohort.id, state, before)
    coming = [_coming(each, call) for each in shown.coming[:_COMING]]
    first += [_progress(each, call.core.registry) for each in shown.progress]
    if not shown.counts:
        return Reply(join([say("Nothing was posted yet."), *(coming or [_BEGIN])]))
    head = _summary(shown.counts)
    if not shown.rows:
        none = [] if state is None else [say("None of these are among them.")]
        return Reply(join([*first, head, *none, *coming]), _buttons(shown, state))
    blocks: tuple[Block, ...] = (
        Records(tuple(_listed(call, each) for each in shown.rows), "Try again…"),
        *_buttons(shown, state),
    )
    return Reply(join([*first, head, *coming, *_reasons(shown.rows)]), blocks)


def _summary(counts: Mapping[PostState, int]) -> Text:
    """How all posts stand: "All 34 were sent", or how many were and what became of the others."""
    total, sent = sum(counts.values()), counts.get(PostState.SENT, 0)
    if sent == total:
        return (
            say("All {n} were sent.", n=f"{total:,}") if total > 1 else say("The only one so far was sent.")
        )
    others = ", ".join(
        f"{counts[each]:,} {each}" for each in PostState if each in counts and each != PostState.SENT
    )
    return say("{sent} of {total} were sent; {others}.", sent=f"{sent:,}", total=f"{total:,}", others=others)


_BEGIN = say("{/cohort-admin schedule-add} begins.")


@dataclass(frozen=True, slots=True)
class _Shown:
    """A page of the list: how many posts stand how, the schedules that are due next, the posts, whether there are
    earlier ones, and how far messages to many have come."""

    counts: dict[PostState, int]
    coming: Sequence[Schedule]
    rows: Sequence[ListedPost]
    more: bool
    progress: Sequence[Progress]


def _shown(conn: Conn, cohort_id: int, state: PostState | None, before: int | None) -> _Shown:
    listed = [each for each in schedules.listed(conn, cohort_id) if not each.paused]
    due = sorted((each.next.at, each.number, each) for each in listed if each.next)
    rows = listing.page(conn, cohort_id, _SHOWN + 1, state=state, before=before)
    return _Shown(
        listing.counts(conn, cohort_id),
        [each for _, _, each in due],
        rows[:_SHOWN],
        len(rows) > _SHOWN,
        pacing.progress(conn, cohort_id)[:_COMING],
    )


def _progress(found: Progress, registry: Registry) -> Text:
    """How far a message to many has come: "Check-in call of Mon 23 Nov: 1,200 of 2,000 sent, done in about 14 minutes." """
    kind = registry.posts.get(found.kind)
    label = kind.label if kind else found.kind
    of = f" of {day_words(found.day)}" if found.day else ""
    done = say(", done in about {time}", time=_minutes(found.left)) if found.left else ""
    if found.changes or found.total == found.waiting:
        what = f"Changes of the {label}{of}" if found.changes else f"{label[:1].upper()}{label[1:]}{of}"
        return say("**{what}**: {n} to go{done}.", what=what, n=f"{found.waiting:,}", done=done)
    return say(
        "**{what}**: {sent} of {total} sent{done}.",
        what=f"{label[:1].upper()}{label[1:]}{of}",
        sent=f"{found.total - found.waiting:,}",
        total=f"{found.total:,}",
        done=done,
    )


def _minutes(left: timedelta) -> str:
    minutes = max(1, -(-left // timedelta(minutes=1)))
    if minutes < 100:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


def _coming(schedule: Schedule, call: Call) -> Text:
    assert schedule.next is not None  # noqa: S101 - only these are listed
    label = call.core.registry.schedules[schedule.kind].label
    at = moment(schedule.next.at, call.cohort.zone)
    return say("- Due next: {label}, {at}", label=label, at=at)


def _reasons(rows: Sequence[ListedPost]) -> list[Text]:
    return [
        say(
            "- #{id} {state}: {reason}",
            id=row.id,
            state=_WORDS[row.state],
            reason=shorten(row.reason, 200),
        )
        for row in rows
        if row.unsent
    ][:_RETRIES]


def _listed(call: Call, row: ListedPost) -> Record:
    kind = call.core.registry.posts.get(row.kind)
    where = row.place or ("direct message" if row.direct else row.channel)
    again = Button("Try again", "cohort-admin delivery", {"retry": str(row.id)}) if row.unsent else None
    at = say("{at}", at=moment(row.slot_at, call.cohort.zone))
    return Record(f"#{row.id} {kind.label if kind else row.kind}", (at, where, str(row.state)), again)


def _buttons(shown: _Shown, state: PostState | None) -> tuple[Buttons, ...]:
    """A button to try each of the first few again, and one for the page before."""
    unsent = [row.id for row in shown.rows if row.unsent][:_RETRIES]
    again = tuple(
        Button(f"Try #{each} again", "cohort-admin delivery", {"retry": str(each)}) for each in unsent
    )
    turn: list[Button] = []
    if shown.more:
        args = {"before": str(shown.rows[-1].id), **({"state": state.value} if state else {})}
        turn.append(Button("Earlier", "cohort-admin delivery", args))
    if state is None:
        turn += [
            Button(f"Only {each}", "cohort-admin delivery", {"state": each})
            for each in UNSENT
            if each in shown.counts and len(shown.counts.keys() & set(UNSENT)) > 1
        ]
        if PostState.SENT in shown.counts:
            turn.append(Button("Those that were sent", "cohort-admin delivery", {"state": PostState.SENT}))
    return tuple(Buttons(tuple(each)) for each in (again, turn) if each)


def _again(conn: Conn, registry: Registry, scope: Scope, row_id: int) -> bool:
    audit.by_caller(conn, scope, "post tried again", f"#{row_id}")
    return firing.retry_post(conn, registry, scope.cohort, row_id, scope.now)
