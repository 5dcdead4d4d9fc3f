"""The commands about review duties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.paging import Page, PageArg, blocks
from core.commands.spec import Arg, Once
from core.errors import BadInput
from core.features.duties import records, texts
from core.features.duties.records import Balance, Duty, DutyAsTyped
from core.papers import venues
from core.papers.arguments import RecordedVenue
from core.papers.destinations import Bound
from core.store.port import Conn

_BACK, _AHEAD = timedelta(days=60), timedelta(days=730)
"""How long ago and how far ahead a duty may be due."""

DutyArg = Annotated[Duty, Arg("Its number, or the venue", max_length=100)]
_PAPERS = Arg("How many papers you review there", minimum=1, maximum=100)
_DUE = Arg("The date by which the reviews are due, such as 2027-01-20")


@command("duty add", form="Reviews you promised", submit="Note them")
async def add(
    call: Call,
    venue: Annotated[RecordedVenue, Arg("The venue, such as ICML 2027", max_length=100)],
    papers: Annotated[int, _PAPERS],
    due: Annotated[date, _DUE],
) -> Reply:
    """Note reviews that you promised to a venue; only you see it, and you are reminded."""
    _check(call.scope, due)
    number = await call.write(records.add, call.scope, venue, papers, due)
    return await _shown(call, number, "Noted")


def _check(scope: Scope, due: date | None) -> None:
    """Raises `BadInput` for a date that can hardly be meant."""
    if due is None:
        return
    today = records.today_of(scope)
    if due < today - _BACK:
        text = say("{day} is long over. Please give the date by which they are due.", day=day_words(due))
        raise BadInput(text, field="due")
    if due > today + _AHEAD:
        text = say("{day} is more than two years ahead. Please look at the year again.", day=day_words(due))
        raise BadInput(text, field="due")


@command("duty list")
async def list_(call: Call, page: PageArg = 1) -> Reply:
    """List the reviews that you promised, and how many you wrote and received."""
    found, balance = await call.read(_mine, call.member.id)
    note = Button("Note reviews", "duty add")
    if not found:
        return Reply(say(texts.NONE), (Buttons((note,)),))
    today = records.today_of(call.scope)
    shown = Page(page, len(found))
    rows = [texts.listed(each, today) for each in found[shown.start : shown.start + shown.size]]
    head = join([texts.summary(found, today), texts.balance(balance)])
    return Reply(head, (*blocks(call, shown, rows), Buttons((note,))))


def _mine(conn: Conn, member_id: int) -> tuple[list[Duty], Balance]:
    return records.of_member(conn, member_id), records.balance(conn, member_id)


@command("duty show", form="Show a review duty", submit="Show it")
async def show(call: Call, duty: DutyArg) -> Reply:
    """Show reviews that you promised."""
    return await _shown(call, duty.number)


@command("duty done", once=Once.REPEATS, form="Reviews are written", submit="Mark as done")
async def done(call: Call, duty: DutyArg) -> Reply:
    """Mark reviews that you promised as written."""
    await call.write(records.set_done, call.scope, duty.number, done=True)
    return await _shown(call, duty.number, "Done, thank you")


@command("duty reopen", once=Once.REPEATS, form="Reviews are not written", submit="Open it again")
async def reopen(call: Call, duty: DutyArg) -> Reply:
    """Say that reviews are not written yet after all."""
    await call.write(records.set_done, call.scope, duty.number, done=False)
    return await _shown(call, duty.number, "Open again")


def _as_it_is(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    """What stands in the form that changes a duty. Raises as `records.resolve` does."""
    if not given.get("duty"):
        return {}
    duty = records.resolve(conn, scope, given["duty"])
    return {"papers": str(duty.papers), "due": duty.due_on.isoformat()}


@command("duty edit", form="Change a review duty", submit="Save the change", prefill=_as_it_is, asks="papers")
async def edit(
    call: Call,
    duty: DutyArg,
    papers: Annotated[int | None, _PAPERS] = None,
    due: Annotated[date | None, _DUE] = None,
) -> Reply:
    """Change how many papers you promised to review, or until when."""
    if papers is None and due is None:
        raise BadInput("Please give the number of papers, the date, or both.", field="papers")
    _check(call.scope, due)
    await call.write(records.change, call.scope, duty.number, papers, due)
    return await _shown(call, duty.number, "Changed")


@command("duty remove", form="Remove a review duty", submit="Remove it")
async def remove(
    call: Call, duty: Annotated[DutyAsTyped, Arg("Its number, or the venue", max_length=100)]
) -> Reply:
    """Remove reviews that you promised from your list."""
    gone = await call.write(records.remove, call.scope, duty)
    args = {
        "venue": venues.as_written(gone.venue),
        "papers": str(gone.papers),
        "due": gone.due_on.isoformat(),
    }
    buttons = (Button("Note it again", "duty add", args), Button("Review duties", "duty list"))
    return Reply(texts.head(gone, records.today_of(call.scope), "Removed"), (Buttons(buttons),))


@dataclass(frozen=True, slots=True)
class _Shown:
    duty: Duty
    papers: Sequence[Bound]
    balance: Balance


async def _shown(call: Call, number: int, word: str = "") -> Reply:
    """A duty as it stands, with what can be done about it."""
    found = await call.read(_standing, call.scope, call.member.id, number)
    duty, today = found.duty, records.today_of(call.scope)
    lines = [texts.head(duty, today, word), *texts.warning(duty, found.papers, today)]
    if duty.done_on is not None:
        lines.append(texts.balance(found.balance))
    return Reply(join(lines), (texts.buttons(duty),))


def _standing(conn: Conn, scope: Scope, member_id: int, number: int) -> _Shown:
    duty = records.by_number(conn, scope, number)
    return _Shown(
        duty, records.papers_at(conn, scope.cohort.id, member_id, duty), records.balance(conn, member_id)
    )
