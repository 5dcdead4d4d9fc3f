"""How turns are taken, offered and passed on. Each function is a transaction or a whole part of one. Who gets a
turn without having asked for it is notified."""

from datetime import date, datetime
from typing import Any

from core.chat.text import Text
from core.clock import local_date
from core.cohorts import directory, places
from core.cohorts.model import Cohort, Member, Scope
from core.cohorts.people import NoticeKind
from core.commands.decorators import member_left
from core.delivery import announcements, outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotAllowed, OutOfDate
from core.features.reading import discussions, listing, records, skips, texts, turns
from core.features.reading.records import ASKED, OFFER, SWAPPED, TAKEN, TURN, TURNS, ReadingItem
from core.features.reading.texts import Passed
from core.features.reading.turns import Turn
from core.store.port import Conn


def present(conn: Conn, scope: Scope, member_id: int, item: ReadingItem) -> list[bool]:
    """Take an item, and a place on the rota. Returns [whether that is new, whether it is being read]."""
    records.require_listed(conn, scope, item)
    turn = turns.open_turn(conn, scope.cohort.id, item)
    if turn is not None and turn.presenter.id != member_id:
        raise BadInput(texts.presented_already(item, turn.presenter.name), field="item")
    turns.join_rota(conn, member_id, scope.now)
    skips.forget(conn, scope, member_id, item)
    if turn is not None:
        return [False, turn.day is not None]
    being_read = turns.assign(conn, item, member_id)
    if being_read:
        _edit_prompt(conn, scope.cohort, turns.open_turn(conn, scope.cohort.id, item), scope.now)
    return [True, being_read]


def assign_for_prompt(conn: Conn, cohort: Cohort, item: ReadingItem, day: date, at: datetime) -> Turn | None:
    """The turn that goes with a prompt. Its presenter is notified when it is new."""
    turn, new = turns.for_prompt(conn, cohort.id, item, day)
    if turn is not None and new:
        _notify_presenter(conn, cohort, turn, at)
    return turn


def step_down(conn: Conn, scope: Scope, member_id: int, item: ReadingItem | None) -> list[Passed] | None:
    """Leave the rota and pass all open turns on; with an item, pass on that turn alone. Returns number,
    name and link, and the new presenter's name ("to") of each; None where the member was no presenter."""
    on_rota = item is None and turns.leave_rota(conn, member_id)
    passed = _pass_on(conn, scope.cohort, member_id, scope.now, item)
    if item is not None and not passed:
        raise BadInput(_not_yours(conn, scope, item), field="item")
    return passed if passed or on_rota else None


def sit_out(
    conn: Conn, scope: Scope, member_id: int, typed: ReadingItem | None
) -> tuple[ReadingItem, list[Passed]]:
    """Sit out what is read now; who presents it passes that turn on. Returns the item, and what became of the turn."""
    item, day = _being_read(conn, scope, member_id, typed)
    skips.keep(conn, scope, member_id, item, day)
    turn = turns.open_turn(conn, scope.cohort.id, item)
    mine = turn is not None and turn.presenter.id == member_id
    return item, _pass_on(conn, scope.cohort, member_id, scope.now, item) if mine else []


def come_back(conn: Conn, scope: Scope, member_id: int, typed: ReadingItem | None) -> ReadingItem:
    """Take part in what is read now after all. Returns that."""
    item, _ = _being_read(conn, scope, member_id, typed)
    skips.forget(conn, scope, member_id, item)
    return item


def _being_read(
    conn: Conn, scope: Scope, member_id: int, typed: ReadingItem | None
) -> tuple[ReadingItem, date]:
    """What is read now, and since when. Raises where nothing is, or another item than the one that is meant."""
    now = listing.being_read(conn, scope.cohort.id, member_id)
    if typed is not None:
        records.require_listed(conn, scope, typed)
    if now is None or now.prompted_on is None:
        raise BadInput(texts.NOTHING_NOW)
    if typed is not None and typed.id != now.item.id:
        raise OutOfDate(texts.not_now(typed, now.item))
    return now.item, now.prompted_on


@member_left
def end_turns(conn: Conn, cohort: Cohort, member_id: int, now: datetime) -> None:
    """Somebody who left the cohort presents nothing any more."""
    turns.leave_rota(conn, member_id)
    turns.withdraw_offers(conn, member_id)
    _pass_on(conn, cohort, member_id, now)


def _pass_on(
    conn: Conn, cohort: Cohort, member_id: int, now: datetime, item: ReadingItem | None = None
) -> list[Passed]:
    """A member's turns go on: what is being read to the next of the rota, what is to come is free again."""
    today = local_date(now, cohort.zone)
    passed: list[Passed] = []
    for turn in turns.open_turns_of(conn, cohort.id, member_id):
        if item is not None and turn.item.id != item.id:
            continue
        turns.record_declined(conn, turn)
        following = turns.next_presenter(conn, cohort.id, today, turn.id) if turn.day else None
        if following is None:
            turns.withdraw_notice(conn, turn, now)
            turns.remove(conn, turn)
            _edit_prompt(conn, cohort, turn, now)
        else:
            _notify_presenter(
                conn, cohort, _reassign(conn, cohort, turn, following.id, now), now, passed=True
            )
        name = following.name if following else None
        passed.append({**_told(turn.item), "to": name})
    return passed


def _reassign(conn: Conn, cohort: Cohort, turn: Turn, member_id: int, now: datetime) -> Turn:
    turns.withdraw_notice(conn, turn, now)
    asked = outbox.find(conn, _asked_key(turn, turn.offered_to)) if turn.offered_to else None
    if asked is not None:
        outbox.withdraw(conn, asked, "The turn is not on offer any more.", now)
    _edit_prompt(conn, cohort, turn, now)
    return turns.reassign(conn, cohort.id, turn, member_id)


def _asked_key(turn: Turn, member_id: int) -> str:
    """The key of the direct message to who is asked to take a turn: they are asked once for each presenter of it."""
    return f"asked:{turn.id}:{turn.revision}:{member_id}"


def _edit_prompt(conn: Conn, cohort: Cohort, turn: Turn | None, now: datetime) -> None:
    """A prompt that was posted and its thread say who presents."""
    if turn is not None and turn.day is not None:
        tag = f"{turn.id}:{turn.revision}:{now.isoformat()}"
        discussions.bring_up(conn, cohort.id, turn.day, tag, now)


def offer(
    conn: Conn, scope: Scope, by: Member, to: Member, item: ReadingItem | None, *, in_channel: bool
) -> dict[str, Any]:
    """Offer a turn of one's own to somebody: that of the item, else of what is being read, else the next.
    With `in_channel` they are asked in the cohort's channel. Returns what the question says, and its "posts"."""
    if to.id == by.id:
        raise BadInput("You present it already. Please choose somebody else.", field="person")
    open_turns = turns.open_turns_of(conn, scope.cohort.id, by.id)
    turn = next((each for each in open_turns if item is None or each.item.id == item.id), None)
    if turn is None:
        raise BadInput(_not_yours(conn, scope, item) if item else texts.NO_TURN)
    turns.offer(conn, turn, to.id)
    question = {"by": by.name, "to": to.name, **_told(turn.item), "turn": turn.id}
    send_direct(conn, scope.cohort, to.id, _asked_key(turn, to.id), ASKED, question, scope.now)
    return {**question, "posts": _ask_in_channel(conn, scope, turn, question) if in_channel else []}


def _not_yours(conn: Conn, scope: Scope, item: ReadingItem) -> Text:
    turn = turns.open_turn(conn, scope.cohort.id, item)
    return texts.not_yours(item, turn.presenter.name if turn else None)


def _ask_in_channel(conn: Conn, scope: Scope, turn: Turn, question: dict[str, Any]) -> list[int]:
    if not places.places_for(conn, scope.cohort.id, "reading"):
        raise BadInput("There is no channel where I could ask. Please run this in one of your cohort's.")
    key = f"offer:{turn.id}:{scope.now.isoformat()}"
    return announcements.announce(conn, scope, OFFER, "reading", key, question)


def take(conn: Conn, scope: Scope, by: Member, item: ReadingItem, *, in_channel: bool) -> dict[str, Any]:
    """Take a turn that was offered. A turn of the taker's own goes to the other in return. Returns what the
    answer says."""
    turn = turns.open_turn(conn, scope.cohort.id, item)
    if turn is not None and turn.offered_to is None and turn.presenter.id == by.id:
        raise OutOfDate("This turn is yours already. Thank you for taking it.")
    if turn is None or turn.offered_to is None:
        raise OutOfDate(texts.NOT_ON_OFFER)
    if turn.offered_to != by.id:
        raise NotAllowed(texts.not_for_you(turn.offered_to_name or "somebody else"))
    back = next(iter(turns.open_turns_of(conn, scope.cohort.id, by.id)), None)
    for handed, to in ((turn, by.id), (back, turn.presenter.id)):
        if handed is not None:
            turns.record_declined(conn, handed)
            skips.forget(conn, scope, to, handed.item)
            _reassign(conn, scope.cohort, handed, to, scope.now)
    swap = {
        "by": by.name,
        "of": turn.presenter.name,
        **_told(turn.item),
        "back": [back.item.number, back.item.name, back.item.address] if back else None,
    }
    _notify_taken(conn, scope.cohort, turn, swap, scope.now)
    if not in_channel:
        return {**swap, "posts": []}
    key = f"taken:{turn.id}:{turn.revision}"
    return {**swap, "posts": announcements.announce(conn, scope, TAKEN, "reading", key, swap)}


def _told(item: ReadingItem) -> dict[str, Any]:
    """An item as a post and an answer tell of it."""
    return {"number": item.number, "reference": item.name, "link": item.address}


def _notify_presenter(conn: Conn, cohort: Cohort, turn: Turn, now: datetime, *, passed: bool = False) -> None:
    """Tell a presenter that it is their turn; `passed` says that somebody else could not keep it."""
    item = turn.item
    data = {
        "turn": turn.id,
        **_told(item),
        "why": item.why,
        "passed": passed,
        "at": now.isoformat(),
    }
    send_direct(conn, cohort, turn.presenter.id, turns.notice_key(turn), TURN, data, now)


def _notify_taken(conn: Conn, cohort: Cohort, turn: Turn, swap: dict[str, Any], now: datetime) -> None:
    """Tell the one who had a turn that it was taken. `swap` is what the public answer says."""
    send_direct(conn, cohort, turn.presenter.id, f"{turns.notice_key(turn)}:taken", SWAPPED, swap, now)


def send_direct(
    conn: Conn,
    cohort: Cohort,
    member_id: int,
    key: str,
    kind: str,
    data: dict[str, Any],
    now: datetime,
    notice: NoticeKind = TURNS,
) -> None:
    """A direct message to a member who takes them."""
    for recipient in directory.recipients(conn, cohort, now, among=member_id, notice=notice):
        target = Target.person(recipient)
        outbox.enqueue(conn, NewPost(cohort.id, key, kind, data, target), now)
