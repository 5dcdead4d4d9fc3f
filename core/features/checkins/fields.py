"""What the form of a check-in asks, and how it opens: what stands in it, who will read it, what was planned last time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from core.chat.model import LabelledEnum, Source
from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.dispatch import Call
from core.commands.spec import Arg, LongText, Opening, Setting
from core.errors import BadInput, FormInstead
from core.features.checkins import days, questions, records
from core.features.checkins.records import BlockerKind, CheckinAnswers
from core.store.port import Conn


class Share(LabelledEnum):
    """Who sees a check-in."""

    SHARED = "shared", "Share it in the channel's thread"
    PRIVATE = "private", "Keep it private"


class Mood(LabelledEnum):
    """How it is going, from 1 to 5."""

    HARD = "1", "1 · hard"
    HEAVY = "2", "2 · heavy"
    STEADY = "3", "3 · steady"
    GOOD = "4", "4 · good"
    GREAT = "5", "5 · great"


def _read_share(typed: str) -> str:
    if typed.strip().casefold() not in tuple(Share):
        raise BadInput("Please choose shared or private.", field="value")
    return typed.strip().casefold()


SHARING = Setting(
    "checkin-sharing",
    "Check-ins",
    "Whether a member's first check-in is shared unless they choose: shared or private",
    "private",
    _read_share,
    {
        "shared": "A first check-in is shared unless its author keeps it private; later ones are as the one before",
        "private": "A first check-in is private until its author shares it; later ones are as the one before",
    }.__getitem__,
    ("private", "shared"),
)


def _read_asked(typed: str) -> str:
    if typed.strip().casefold() not in ("on", "off"):
        raise BadInput("Please choose on or off.", field="value")
    return typed.strip().casefold()


MOOD = Setting(
    "checkin-mood",
    "How it is going",
    "Whether check-ins ask how it is going, from 1 to 5: on or off",
    "on",
    _read_asked,
    {
        "on": "Check-ins ask how it is going; each sees their own line, and the cohort's from five people on",
        "off": "Check-ins do not ask how it is going",
    }.__getitem__,
    ("on", "off"),
)

BLANK = LongText("")

Progress = Annotated[
    LongText,
    Arg("What you worked on; small steps count", label="What moved", max_length=2000, form_only=True),
]
Learned = Annotated[
    LongText,
    Arg(
        "A result, an insight, or what turned out not to work",
        label="What you learned",
        max_length=2000,
        form_only=True,
    ),
]
Blocker = Annotated[
    LongText,
    Arg(
        "What you are stuck on, in your words",
        label="What is in the way",
        max_length=1000,
        form_only=True,
    ),
]
Next = Annotated[
    LongText,
    Arg("It stands above this form next time", label="What comes next", max_length=1000, form_only=True),
]
MoodOf = Annotated[
    Mood | None,
    Arg(
        "From 1 to 5; nobody else sees yours, and the cohort's line begins at five people",
        label="How it is going",
        form_only=True,
    ),
]
Negative = Annotated[
    bool | None,
    Arg(
        "Yes if what you learned is a negative result; they save others months", form_only=True, in_form=False
    ),
]
Kind = Annotated[
    BlockerKind | None,
    Arg("What kind of thing is in the way, if any", form_only=True, in_form=False),
]
ShareOf = Annotated[Share | None, Arg("Who sees this check-in", form_only=True, in_form=False)]
Day = Annotated[date | None, Arg("The day of the check-in, where it is not today", in_form=False)]


def asks_mood(conn: Conn, cohort_id: int) -> bool:
    """Whether check-ins of a cohort ask how it is going."""
    return settings.setting(conn, cohort_id, MOOD.key, MOOD.default) == "on"


def share_of(conn: Conn, scope: Scope, member_id: int, chosen: Share | None) -> Share:
    """Who shall see a check-in: whom its author chose, else as with the one before, else as the organizer set."""
    if chosen is not None:
        return chosen
    before = records.latest(conn, member_id)
    if before is not None:
        return Share.SHARED if before.answers.shared else Share.PRIVATE
    return Share(settings.setting(conn, scope.cohort.id, SHARING.key, SHARING.default))


def opens_new(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Opening:
    """The form for a day without a check-in. Of a day that has one, what is left to answer opens, else the form for
    editing."""
    day = read_day(given)
    days.require_open(conn, scope, day)
    if scope.member is None:
        return Opening({})
    if records.is_done(conn, scope.member.id, days.day_of(scope, day)):
        which = {"day": day.isoformat()} if day else {}
        done = records.editable(conn, scope, scope.member.id, days.day_of(scope, day))
        raise FormInstead("checkin answer" if questions.left(conn, done.id) else "checkin edit", which)
    chosen = given.get("share")
    share = share_of(conn, scope, scope.member.id, Share(chosen) if chosen in tuple(Share) else None)
    before = records.latest(conn, scope.member.id)
    planned = " ".join(before.answers.next.split()) if before else ""
    notes = {"progress": f"You had planned: {planned}"} if planned else {}
    values = {"share": share.value, "day": days.day_of(scope, day).isoformat()}
    # Sent with the form, so that it is kept as its title said and for the day on which it was opened.
    return Opening(values, _title("Check in", share), notes, _left_out(conn, scope))


def opens_edit(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Opening:
    """The form for editing a day's check-in. Raises `BadInput` where there is none."""
    if scope.member is None:
        return Opening({})
    found = records.editable(conn, scope, scope.member.id, days.day_of(scope, read_day(given))).answers
    values = {
        "progress": found.progress,
        "learned": found.learned,
        "blocker": found.blocker,
        "next": found.next,
        "mood": str(found.mood or ""),
    }
    share = Share.SHARED if found.shared else Share.PRIVATE
    stored = {name: value for name, value in values.items() if value}
    return Opening(stored, _title("Edit", share), left_out=_left_out(conn, scope))


def _title(verb: str, share: Share) -> str:
    return f"{verb}, for the cohort" if share is Share.SHARED else f"{verb}, for you alone"


def _left_out(conn: Conn, scope: Scope) -> frozenset[str]:
    return frozenset() if asks_mood(conn, scope.cohort.id) else frozenset({"mood"})


def read_day(given: Mapping[str, str]) -> date | None:
    """The day among a form's arguments. One that cannot be read is refused when the form is sent."""
    try:
        return date.fromisoformat(given.get("day", ""))
    except ValueError:
        return None


def given_fields(call: Call) -> list[str]:
    """The fields that a call says something of: those that were given, and all of a form's, where an empty one was
    emptied."""
    shown = ["progress", "learned", "blocker", "next", "mood"] if call.request.source is Source.FORM else []
    return sorted({*call.request.args, *shown})


def changed(answers: CheckinAnswers, changes: Mapping[str, Any]) -> CheckinAnswers:
    """Answers with some of them changed. What goes with a text, such as its kind, goes with it."""
    after = replace(answers, **changes)
    if not after.learned and "negative" not in changes:
        after = replace(after, negative=False)
    if answers.blocker and not after.blocker and "blocker_kind" not in changes:
        after = replace(after, blocker_kind=None)
    return after
