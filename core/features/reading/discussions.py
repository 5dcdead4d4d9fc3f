"""The thread below a prompt: questions that fit any paper, of which each prompt asks the next few."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from core.chat.model import Button, Buttons, Reply
from core.chat.text import Text, join, say, shorten
from core.cohorts import places, settings
from core.cohorts.model import Cohort
from core.commands.decorators import post
from core.commands.dispatch import Core
from core.commands.spec import Post, Setting
from core.delivery import outbox
from core.delivery.outbox import NewPost
from core.delivery.outlet import Target
from core.errors import BadInput
from core.features.reading import choices, listing, texts, turns
from core.features.reading.listing import RankedItem
from core.features.reading.records import DISCUSSION, PROMPT
from core.store.port import Conn

USUAL_QUESTIONS = (
    "What is the claim, in one sentence?",
    "What convinced you most, and what did not?",
    "Which result would you like to see again on other data?",
    "What does it compare itself with, and what is missing there?",
    "What could you reproduce within a week, with what you have?",
    "Which assumption does all of it rest on?",
    "Which figure or table carries the argument? What would you change about it?",
    "Where would it fail?",
    "What do you know now that helps with your own work?",
    "If you reviewed it, what would you ask the authors for?",
    "What would you try next?",
    "How would you explain it to somebody from another field?",
)
USUAL, NONE = "usual", "none"
ASKED = 3
"""Questions of one prompt."""
MOST, LONGEST = 20, 200
"""Questions of a set, and characters of one."""
_BETWEEN = " | "


def _questions(typed: str) -> list[str]:
    """The questions in a text: between | or line breaks where there are any, else between semicolons, else each up to its
    question mark."""
    if re.search(r"[|\n]", typed):
        parts = re.split(r"[|\n]", typed)
    elif ";" in typed:
        parts = typed.split(";")
    else:
        parts = re.split(r"(?<=[?？؟])\s+", typed)
    tidy = (re.sub(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+", "", " ".join(each.split())) for each in parts)
    return list(dict.fromkeys(filter(None, tidy)))


def _read(typed: str) -> str:
    if (word := typed.strip().casefold()) in (USUAL, NONE):
        return word
    found = _questions(typed)
    if not any(len(each) > 2 for each in found):
        raise BadInput(
            "Please give the questions with | between them, “usual” for the usual ones, or “none”.",
            field="value",
        )
    if len(found) > MOST:
        raise BadInput(f"A set has {MOST} questions at most; these are {len(found)}.", field="value")
    if long := [each for each in found if len(each) > LONGEST]:
        text = "A question has {most} characters at most, and “{question}” has more. Please put | between questions."
        raise BadInput(say(text, most=LONGEST, question=shorten(long[0], 60)), field="value")
    # A mark at the end keeps one question one that has a question mark inside.
    return _BETWEEN.join(found) if len(found) > 1 else f"{found[0]} |"


def _says(value: str) -> str:
    if value == NONE:
        return "A prompt opens no thread and asks nothing"
    if value == USUAL:
        return f"A prompt opens a thread with {ASKED} of {len(USUAL_QUESTIONS)} questions that fit any paper, in turn"
    found = _questions(value)
    head = f"{ASKED} of {len(found)} questions, in turn" if len(found) > ASKED else "your questions"
    return f"A prompt opens a thread with {head}: {shorten(' '.join(found), 400)}"


QUESTIONS = Setting(
    "reading-questions",
    "Questions about the reading",
    "What a prompt asks in its thread, with | between questions; usual, or none",
    USUAL,
    _read,
    _says,
    (USUAL, NONE),
)


def questions_of(conn: Conn, cohort_id: int, day: date) -> list[str]:
    """What the prompt of a date asks: the next few of the cohort's set."""
    value = settings.setting(conn, cohort_id, QUESTIONS.key, USUAL)
    if value == NONE:
        return []
    found = list(USUAL_QUESTIONS) if value == USUAL else _questions(value)
    if len(found) <= ASKED:
        return found
    begin = ASKED * choices.count_before(conn, cohort_id, day) % len(found)
    return [*found, *found][begin : begin + ASKED]


def open_threads(conn: Conn, cohort: Cohort, day: date, now: datetime) -> None:
    """Open the thread below each prompt of a date."""
    for place in places.places_for(conn, cohort.id, "reading"):
        target = Target.place(place)
        head = outbox.post_of_day(conn, cohort.id, PROMPT, day, target)
        data = outbox.data_of(conn, head) if head is not None else {}
        found = listing.by_number(conn, cohort.id, data["number"]) if data.get("questions") else None
        if head is not None and found is not None:
            name = f"Reading: {shorten(' '.join(found.item.name.split()), 80)}"
            key = f"discussion:{head}"
            new = NewPost(cohort.id, key, DISCUSSION, data, target, day=day, thread_of=head, thread_name=name)
            outbox.enqueue(conn, new, now)


def bring_up(conn: Conn, cohort_id: int, day: date, tag: str, now: datetime) -> None:
    """Let the prompt of a date and its thread say what is so now: each is put into words when it is sent."""
    for kind in (PROMPT, DISCUSSION):
        for row, target in outbox.posts_of_day(conn, cohort_id, kind, day):
            edit = NewPost(
                cohort_id, f"{kind}:{row}:{tag}", kind, outbox.data_of(conn, row), target, edits=row
            )
            outbox.enqueue(conn, edit, now)


def bring_up_item(conn: Conn, cohort_id: int, item_id: int, tag: str, now: datetime) -> None:
    """The same for the latest prompt of an item, if it had one."""
    day = choices.last_day_of(conn, item_id)
    if day is not None:
        bring_up(conn, cohort_id, day, tag, now)


def _discussed(conn: Conn, cohort: Cohort, data: Mapping[str, Any]) -> tuple[RankedItem, str | None] | None:
    """The item of a thread, and who presents it."""
    found = listing.by_number(conn, cohort.id, data["number"])
    if found is None:
        return None
    turn = turns.of_day(conn, cohort.id, found.item, date.fromisoformat(data["day"]))
    return found, turn.presenter.name if turn else None


@post(DISCUSSION, label="questions about the reading", editable=True, purpose="reading")
async def render_discussion(core: Core, sent: Post) -> Reply:
    """The first message of a prompt's thread."""
    found = await core.read(sent.cohort.id, _discussed, sent.cohort, sent.data)
    if found is None:
        return Reply("This was taken off the reading list.", private=False, cohort=sent.cohort.id)
    ranked, presenter = found
    head = say("💬 What do you make of {item}?", item=texts.inside(ranked.item))
    who = [say("**{name}** presents it.", name=presenter)] if presenter else []
    asked = Button("My takeaway", "reading takeaway", {"item": str(ranked.item.number)})
    text = join([head, *who, say("To begin with:"), *_listed(sent.data["questions"])])
    return Reply(text, (Buttons((asked,)),), private=False, cohort=sent.cohort.id)


def _listed(questions: Sequence[str]) -> list[Text]:
    return [say("- {question}", question=each) for each in questions]
