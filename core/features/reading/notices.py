"""What presenters are told: that it is their turn, and that a turn they offered was taken."""

from datetime import datetime
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import join, say
from core.cohorts import directory
from core.cohorts.model import Cohort, Member
from core.commands.decorators import post
from core.commands.spec import Post
from core.delivery import outbox
from core.delivery.firing import quiet_until
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.features.reading import texts, turns
from core.features.reading.turns import Turn
from core.store.port import Conn

TURN = "reading.turn"
"""Tells a presenter that it is their turn."""
SWAPPED = "reading.swapped"
"""Tells somebody that a turn they offered was taken."""
OFFER = "reading.offer"
"""Asks in the channel, for somebody who offered a turn elsewhere."""


def tell(conn: Conn, cohort: Cohort, turn: Turn, now: datetime, *, passed: bool = False) -> None:
    """Tell a presenter that it is their turn; `passed` says that somebody else could not keep it."""
    item = turn.item
    data = {
        "turn": turn.id,
        "number": item.number,
        "reference": item.reference,
        "why": item.why,
        "passed": passed,
    }
    _send(conn, cohort, turn.presenter.person_id, _key(turn), TURN, data, now)


def tell_taken(conn: Conn, cohort: Cohort, turn: Turn, said: dict[str, Any], now: datetime) -> None:
    """Tell the one who had a turn that it was taken. `said` are the words of the public answer."""
    _send(conn, cohort, turn.presenter.person_id, f"{_key(turn)}:taken", SWAPPED, said, now)


def take_back(conn: Conn, turn: Turn, now: datetime) -> None:
    """A turn goes on to somebody else: what its presenter would be told later is not sent."""
    waiting = outbox.find(conn, _key(turn))
    if waiting is not None:
        outbox.withdraw(conn, waiting, "The turn went on to somebody else.", now)


def _key(turn: Turn) -> str:
    return f"turn:{turn.id}:{turn.revision}"


def _send(
    conn: Conn, cohort: Cohort, person_id: int, key: str, kind: str, data: dict[str, Any], now: datetime
) -> None:
    """A direct message to somebody who takes them, after their quiet hours."""
    for reached in directory.recipients(conn, cohort, now):
        if reached.person_id == person_id:
            held = quiet_until(conn, cohort, reached.zone or cohort.zone, now)
            target = Target.person(reached)
            outbox.enqueue(conn, NewPost(cohort.id, key, kind, data, target, not_before=held), now)


def _moot(conn: Conn, sent: Post, member: Member, _now: datetime) -> bool:
    """Whether a turn is the member's no more."""
    return all(turn.id != sent.data["turn"] for turn in turns.open_by(conn, sent.cohort.id, member.id))


@post(TURN, label="turn to present", moot=_moot)
async def render_turn(_core: object, sent: Post) -> Reply:
    """Tells a presenter that it is their turn."""
    data = sent.data
    head = (
        say("📖 **A turn to present has come to you** in {cohort}: somebody could not keep it, and you are next.",
            cohort=sent.cohort.name)
        if data["passed"]
        else say("📖 **It is your turn to present** in {cohort}:", cohort=sent.cohort.name)
    )  # fmt: skip
    rest = say(
        "A few minutes are plenty: what it says, what convinced you, and one question for the others. "
        "If it does not suit you this time, offer it to somebody or pass it on; nobody minds."
    )
    args = {"item": str(data["number"])}
    buttons = (
        Button("What is being read", "reading next"),
        Button("Swap with somebody", "reading swap", args),
        Button("Pass it on", "reading step-down", args),
    )
    text = join([head, texts.entry(data["number"], data["reference"], data["why"]), rest])
    return Reply(text, (Buttons(buttons),))


@post(SWAPPED, label="turn taken")
async def render_taken(_core: object, sent: Post) -> Reply:
    """Tells somebody that a turn they offered was taken."""
    return Reply(texts.taken_from_you(sent.data), (Buttons((Button("Who presents what", "reading next"),)),))


@post(OFFER, label="turn on offer")
async def render_offer(_core: object, sent: Post) -> Reply:
    """The question to the one who may take a turn, with the button that only they can press."""
    return Reply(texts.offered(sent.data), (texts.take_button(sent.data["number"]),))
