"""How turns change hands: taken, offered, passed on. Each function is a transaction or a whole part of one.
Whoever comes to a turn without having asked for it is told."""

from datetime import date, datetime
from typing import Any

from core.chat.text import Text
from core.clock import local_date
from core.cohorts import directory
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import member_left
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput, NotAllowed, OutOfDate
from core.features.reading import notices, records, texts, turns
from core.features.reading.records import ReadingItem
from core.features.reading.turns import Turn
from core.store.port import Conn


def present(conn: Conn, scope: Scope, member_id: int, item: ReadingItem) -> list[bool]:
    """Take an item, and a place on the rota. Returns [whether that is new, whether it is being read]."""
    records.still_there(conn, scope, item)
    held = turns.open_of(conn, scope.cohort.id, item)
    if held is not None and held.presenter.id != member_id:
        raise BadInput(texts.presented_already(item, held.presenter.name), field="item")
    turns.join(conn, member_id, scope.now)
    if held is not None:
        return [False, held.day is not None]
    return [True, turns.take(conn, item, member_id)]


def of_prompt(conn: Conn, cohort: Cohort, item: ReadingItem, day: date, at: datetime) -> Turn | None:
    """The turn that goes with a prompt. Its presenter is told when it is new."""
    turn, new = turns.of_prompt(conn, cohort.id, item, day)
    if turn is not None and new:
        notices.tell(conn, cohort, turn, at)
    return turn


def step_down(
    conn: Conn, scope: Scope, member_id: int, item: ReadingItem | None
) -> list[dict[str, Any]] | None:
    """Leave the rota and pass all open turns on; with an item, pass on that turn alone. Returns number,
    reference and the new presenter's name ("to") of each; None where the member was no presenter."""
    on_rota = item is None and turns.leave(conn, member_id)
    passed = _pass_on(conn, scope.cohort, member_id, scope.now, item)
    if item is not None and not passed:
        raise BadInput(_not_yours(conn, scope, item), field="item")
    return passed if passed or on_rota else None


@member_left
def depart(conn: Conn, cohort: Cohort, member_id: int, now: datetime) -> None:
    """Somebody who left the cohort presents nothing any more."""
    turns.leave(conn, member_id)
    turns.withdraw_offers(conn, member_id)
    _pass_on(conn, cohort, member_id, now)


def _pass_on(
    conn: Conn, cohort: Cohort, member_id: int, now: datetime, item: ReadingItem | None = None
) -> list[dict[str, Any]]:
    """A member's turns go on: what is being read to the next of the rota, what is to come is free again."""
    today = local_date(now, cohort.zone)
    passed: list[dict[str, Any]] = []
    for turn in turns.open_by(conn, cohort.id, member_id):
        if item is not None and turn.item.id != item.id:
            continue
        turns.give_up(conn, turn)
        following = turns.next_presenter(conn, cohort.id, today, turn.id) if turn.day else None
        if following is None:
            notices.take_back(conn, turn, now)
            turns.drop(conn, turn)
        else:
            notices.tell(conn, cohort, _hand(conn, cohort, turn, following.id, now), now, passed=True)
        name = following.name if following else None
        passed.append({"number": turn.item.number, "reference": turn.item.reference, "to": name})
    return passed


def _hand(conn: Conn, cohort: Cohort, turn: Turn, member_id: int, now: datetime) -> Turn:
    notices.take_back(conn, turn, now)
    return turns.hand_to(conn, cohort.id, turn, member_id)


def offer(
    conn: Conn, scope: Scope, by: Member, to: Member, item: ReadingItem | None, *, aloud: bool
) -> dict[str, Any]:
    """Offer a turn of one's own to somebody: that of the item, else of what is being read, else the next.
    With `aloud` they are asked in the cohort's channel. Returns what the question says, and where it is."""
    if to.id == by.id:
        raise BadInput("You present it already. Please choose somebody else.", field="person")
    own = turns.open_by(conn, scope.cohort.id, by.id)
    turn = next((each for each in own if item is None or each.item.id == item.id), None)
    if turn is None:
        raise BadInput(_not_yours(conn, scope, item) if item else texts.NO_TURN)
    turns.offer(conn, turn, to.id)
    asked = {"by": by.name, "to": to.name, "number": turn.item.number, "reference": turn.item.reference}
    return {**asked, "where": _ask_aloud(conn, scope, turn, asked) if aloud else []}


def _not_yours(conn: Conn, scope: Scope, item: ReadingItem) -> Text:
    held = turns.open_of(conn, scope.cohort.id, item)
    return texts.not_yours(item, held.presenter.name if held else None)


def _ask_aloud(conn: Conn, scope: Scope, turn: Turn, asked: dict[str, Any]) -> list[str]:
    places = directory.places_for(conn, scope.cohort.id, "reading")
    if not places:
        raise BadInput("There is no channel where I could ask. Please run this in one of your cohort's.")
    for place in places:
        target = Target.place(place)
        key = f"offer:{turn.id}:{scope.now.isoformat()}:{target.key}"
        outbox.enqueue(conn, NewPost(scope.cohort.id, key, notices.OFFER, asked, target), scope.now)
    return [place.name or place.channel for place in places]


def take(conn: Conn, scope: Scope, by: Member, item: ReadingItem) -> dict[str, Any]:
    """Take a turn that was offered. A turn of the taker's own goes to the other in return. Returns what the
    answer says."""
    turn = turns.open_of(conn, scope.cohort.id, item)
    if turn is not None and turn.offered_to is None and turn.presenter.id == by.id:
        raise OutOfDate("This turn is yours already. Thank you for taking it.")
    if turn is None or turn.offered_to is None:
        raise OutOfDate(texts.NOT_ON_OFFER)
    if turn.offered_to != by.id:
        raise NotAllowed(texts.not_for_you(turn.asked or "somebody else"))
    back = next(iter(turns.open_by(conn, scope.cohort.id, by.id)), None)
    for each, to in ((turn, by.id), (back, turn.presenter.id)):
        if each is not None:
            turns.give_up(conn, each)
            _hand(conn, scope.cohort, each, to, scope.now)
    said = {
        "by": by.name,
        "of": turn.presenter.name,
        "number": turn.item.number,
        "reference": turn.item.reference,
        "back": [back.item.number, back.item.reference] if back else None,
    }
    notices.tell_taken(conn, scope.cohort, turn, said, scope.now)
    return said
