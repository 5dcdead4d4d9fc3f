"""What is posted of the reading list: the prompt, and messages to presenters."""

from datetime import date, datetime
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, join, moment, say
from core.cohorts.model import Cohort, Member
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.reading import handovers, records, texts, turns
from core.features.reading.records import ADDED, OFFER, SWAPPED, TAKEN, TURN
from core.store.port import Conn


@schedule(
    "reading",
    label="reading prompt",
    help="proposes the next item of the reading list",
    post="reading.prompt",
    purpose="reading",
)
def compose_prompt(conn: Conn, cohort: Cohort, day: date, at: datetime) -> dict[str, Any] | None:
    """The prompt of the day, None while the list is empty. Asked again on the same day, the same item and the
    same presenter."""
    found = records.up_next(conn, cohort.id, day=day)
    if found is None:
        return None
    records.note_prompt(conn, found.item, day)
    item = found.item
    turn = handovers.assign_for_prompt(conn, cohort, item, day, at)
    return {
        "number": item.number,
        "reference": item.reference,
        "why": item.why,
        "by": found.by,
        "votes": found.votes,
        "presenter": turn.presenter.name if turn else None,
    }


@post("reading.prompt", label="reading prompt")
async def render_prompt(_core: object, sent: Post) -> Reply:
    """The prompt, from what was stored when it was due."""
    data = sent.data
    parts: list[Text] = [
        say("📖 **Let us read this next**"),
        texts.entry(data["number"], data["reference"], data["why"]),
    ]
    by = f"Suggested by {data['by']}. " if data["by"] else ""
    # Posts from before there were turns say nothing of a presenter.
    free = "presenter" in data and not data["presenter"]
    if data.get("presenter"):
        parts.append(say("**{name}** presents it.", name=data["presenter"]))
    parts.append(
        say(
            "{by}{votes}. Read as much as you have time for, and say what you take from it.{free}",
            by=by,
            votes=texts.votes(data["votes"]).capitalize(),
            free=" Would you like to present it to the others?" if free else "",
        )
    )
    if sent.late:
        due = sent.slot_at
        when = moment(due, sent.cohort.zone)
        parts.append(say("*This was due {when}; I was not running then.*", when=when))
    buttons = texts.actions(data["number"], free=free)
    return Reply(join(parts), (buttons,), private=False, cohort=sent.cohort.id)


def _is_obsolete(conn: Conn, sent: Post, member: Member, _now: datetime) -> bool:
    """Whether the turn has gone on to somebody else, or is over."""
    return all(turn.id != sent.data["turn"] for turn in turns.open_turns_of(conn, sent.cohort.id, member.id))


@post(TURN, label="turn to present", is_obsolete=_is_obsolete, purpose="reading")
async def render_turn(_core: object, sent: Post) -> Reply:
    """Tells a presenter that it is their turn."""
    data = sent.data
    head = (
        "📖 **A turn to present has come to you** in {cohort}: somebody could not keep it, and you are next."
        if data["passed"]
        else "📖 **It is your turn to present** in {cohort}:"
    )
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
    text = join(
        [
            say(head, cohort=sent.cohort.name),
            texts.entry(data["number"], data["reference"], data["why"]),
            rest,
        ]
    )
    return Reply(text, (Buttons(buttons),))


@post(SWAPPED, label="turn taken", purpose="reading")
async def render_taken(_core: object, sent: Post) -> Reply:
    """Tells somebody that a turn they offered was taken."""
    return Reply(texts.taken_from_you(sent.data), (Buttons((Button("Who presents what", "reading next"),)),))


@post(ADDED, label="new item of the reading list", purpose="reading")
async def render_added(core: Core, sent: Post) -> Reply:
    """Tells the cohort what somebody put on the list in another place."""
    found = await core.store.read(records.as_added, sent.cohort.id, sent.data["number"])
    if found is None:
        return Reply("This was taken off the reading list.")
    item = found.item
    return texts.added(found.by or "Somebody", item.number, item.reference, item.why)


@post(TAKEN, label="turn that was taken", purpose="reading")
async def render_taken_turn(_core: object, sent: Post) -> Reply:
    """Tells the cohort who presents now, where the turn was taken in another place."""
    return Reply(texts.swapped(sent.data), (Buttons((Button("Who presents what", "reading next"),)),))


@post(OFFER, label="turn on offer", purpose="reading")
async def render_offer(_core: object, sent: Post) -> Reply:
    """The question to the one who may take a turn, with the button that only they can press."""
    return Reply(texts.offered(sent.data), (texts.take_button(sent.data["number"]),))
