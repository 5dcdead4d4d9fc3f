"""What is posted of the reading list: the prompt, and messages to presenters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, join, moment, say
from core.cohorts.model import Cohort, Member
from core.commands.decorators import post, schedule
from core.commands.dispatch import Core
from core.commands.spec import Post
from core.features.reading import (
    choices,
    discussions,
    handovers,
    listing,
    nudges,
    records,
    skips,
    takeaways,
    texts,
    turns,
)
from core.features.reading.choices import Choice
from core.features.reading.listing import RankedItem
from core.features.reading.records import ADDED, ASKED, OFFER, PROMPT, SWAPPED, TAKEN, TURN, ReadingItem
from core.features.reading.takeaways import Takeaway
from core.store.port import Conn
from core.works.model import Work

_LESSONS = 3
"""Takeaways from the last item that stand in a prompt."""


def _after_prompt(conn: Conn, cohort: Cohort, day: date, now: datetime) -> None:
    """Open the prompt's thread, and plan the reminder of who presents."""
    skips.forget_before(conn, cohort.id, day)
    discussions.open_threads(conn, cohort, day, now)
    nudges.plan(conn, cohort, day, now)


@schedule(
    nudges.SCHEDULE,
    label="reading prompt",
    help="proposes the next item of the reading list",
    post=PROMPT,
    purpose="reading",
    then=_after_prompt,
)
def compose_prompt(conn: Conn, cohort: Cohort, day: date, at: datetime) -> dict[str, Any] | None:
    """The prompt of the day, None while the list is empty. Asked again on the same day, the same item and the
    same presenter."""
    found = choices.for_prompt(conn, cohort.id, day)
    if found is None:
        return None
    chosen, ranked = found
    handovers.assign_for_prompt(conn, cohort, ranked.item, day, at)
    questions = discussions.questions_of(conn, cohort.id, day)
    return {"day": day.isoformat(), "number": chosen.number, "questions": questions}


@dataclass(frozen=True, slots=True)
class _Prompted:
    """What a prompt shows: its item, who presents it, what members took from the one before, and what was chosen for
    the next time."""

    ranked: RankedItem
    chosen: Choice
    work: Work
    presenter: str | None
    last: RankedItem | None
    lessons: list[Takeaway]
    then: RankedItem | None


def _prompted(conn: Conn, cohort: Cohort, data: Mapping[str, Any]) -> _Prompted | None:
    day = date.fromisoformat(data["day"])
    chosen = choices.of_day(conn, cohort.id, day)
    ranked = listing.by_number(conn, cohort.id, chosen.number) if chosen else None
    if chosen is None or ranked is None:
        return None
    turn = turns.of_day(conn, cohort.id, ranked.item, day)
    before = choices.latest_before(conn, cohort.id, day)
    last = listing.by_number(conn, cohort.id, before.number) if before else None
    # Those of the item before it, which are there to be read by who was not there last time.
    lessons = takeaways.of_item(conn, cohort.id, -1, last.item.id) if last else []
    work = records.work_of(conn, cohort.id, ranked.item.id)
    early = choices.ahead(conn, cohort.id) if choices.is_latest(conn, cohort.id, day) else None
    then = listing.by_number(conn, cohort.id, early.number) if early else None
    return _Prompted(
        ranked,
        chosen,
        work,
        turn.presenter.name if turn else None,
        last,
        lessons,
        then,
    )


@post(PROMPT, label="reading prompt", editable=True)
async def render_prompt(core: Core, sent: Post) -> Reply:
    """The prompt as its item and its presenter are now."""
    if "reference" in sent.data:  # as version 0.1 wrote them
        return _as_written(sent)
    shown = await core.read(sent.cohort.id, _prompted, sent.cohort, sent.data)
    if shown is None:
        return Reply("This was taken off the reading list.", private=False, cohort=sent.cohort.id)
    item = shown.ranked.item
    parts: list[Text] = [say("📖 **Let us read this next**"), texts.entry(item)]
    parts += texts.about(shown.work)
    if shown.presenter:
        parts.append(say("**{name}** presents it.", name=shown.presenter))
    parts.append(_why(shown))
    parts += _from_last_time(shown)
    if shown.then is not None:
        parts.append(say("**Next time**: {item}.", item=texts.inside(shown.then.item)))
    if sent.late:
        when = moment(sent.slot_at, sent.cohort.zone)
        parts.append(say("*This was due {when}; I was not running then.*", when=when))
    if sent.data.get("questions"):
        parts.append(say("The thread below has questions to talk about."))
    buttons = texts.prompt_actions(item.number, free=shown.presenter is None)
    return Reply(join(parts), (buttons,), private=False, cohort=sent.cohort.id)


def _why(shown: _Prompted) -> Text:
    """Why this one, who suggested it, and what to do."""
    by = f"Suggested by {shown.ranked.by}. " if shown.ranked.by else ""
    free = " Would you like to present it to the others?" if not shown.presenter else ""
    return say(
        "{by}{why} Read as much as you have time for, and say what you take from it.{free}",
        by=by,
        why=texts.chosen(shown.chosen.reason, shown.chosen.votes),
        free=free,
    )


def _from_last_time(shown: _Prompted) -> list[Text]:
    if shown.last is None or not shown.lessons:
        return []
    head = say("From {item}, the last one:", item=texts.inside(shown.last.item))
    return [head, *map(texts.lesson, shown.lessons[:_LESSONS])]


def _as_written(sent: Post) -> Reply:
    """A prompt that says all in its data."""
    data = sent.data
    item = ReadingItem(-1, data["number"], data["reference"], data["why"])
    by = f"Suggested by {data['by']}. " if data["by"] else ""
    parts: list[Text] = [say("📖 **Let us read this next**"), texts.entry(item)]
    if data.get("presenter"):
        parts.append(say("**{name}** presents it.", name=data["presenter"]))
    votes = texts.votes(data["votes"]).capitalize()
    words = "{by}{votes}. Read as much as you have time for, and say what you take from it."
    parts.append(say(words, by=by, votes=votes))
    buttons = texts.actions(item.number, free="presenter" in data and not data["presenter"])
    return Reply(join(parts), (buttons,), private=False, cohort=sent.cohort.id)


def _is_obsolete(conn: Conn, sent: Post, member: Member, _now: datetime) -> bool:
    """Whether the turn has gone on to somebody else, or is over."""
    return all(turn.id != sent.data["turn"] for turn in turns.open_turns_of(conn, sent.cohort.id, member.id))


@post(TURN, label="turn to present", is_obsolete=_is_obsolete, purpose="reading", notice=records.TURNS)
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
    text = join(
        [
            say(head, cohort=sent.cohort.name),
            texts.entry(
                ReadingItem(-1, data["number"], data["reference"], data["why"], link=data.get("link"))
            ),
            rest,
        ]
    )
    return Reply(text, (texts.turn_buttons(data["number"]),))


@post(SWAPPED, label="turn taken", purpose="reading", notice=records.TURNS)
async def render_taken(_core: object, sent: Post) -> Reply:
    """Tells somebody that a turn they offered was taken."""
    return Reply(texts.taken_from_you(sent.data), (Buttons((Button("Who presents what", "reading next"),)),))


@post(ADDED, label="new item of the reading list", purpose="reading")
async def render_added(core: Core, sent: Post) -> Reply:
    """Tells the cohort what somebody put on the list in another place."""
    found = await core.read(sent.cohort.id, listing.by_number, sent.cohort.id, sent.data["number"])
    if found is None:
        return Reply("This was taken off the reading list.")
    return texts.added(found.by or "Somebody", found.item)


@post(TAKEN, label="turn that was taken", purpose="reading")
async def render_taken_turn(_core: object, sent: Post) -> Reply:
    """Tells the cohort who presents now, where the turn was taken in another place."""
    return Reply(texts.swapped(sent.data), (Buttons((Button("Who presents what", "reading next"),)),))


@post(OFFER, label="turn on offer", purpose="reading")
async def render_offer(_core: object, sent: Post) -> Reply:
    """The question to the one who may take a turn, with the button that only they can press."""
    return Reply(texts.offered(sent.data), (texts.take_button(sent.data["number"]),))


def _is_answered(conn: Conn, sent: Post, member: Member, _now: datetime) -> bool:
    """Whether the turn is not on offer to its reader any more."""
    return all(turn.id != sent.data["turn"] for turn in turns.offered_to(conn, sent.cohort.id, member.id))


@post(
    ASKED,
    label="turn that you are asked to take",
    is_obsolete=_is_answered,
    purpose="reading",
    notice=records.TURNS,
)
async def render_asked(_core: object, sent: Post) -> Reply:
    """Asks somebody alone to take a turn; the channel has the same question."""
    return Reply(texts.offered(sent.data), (texts.take_button(sent.data["number"]),))
