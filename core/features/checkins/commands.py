"""The commands `checkin ...`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, LabelledEnum, Reply
from core.chat.text import Text, join, moment, say
from core.clock import day_words
from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, LongText, Once, Setting
from core.delivery import confirmation, outcomes, schedules
from core.delivery.outcomes import PostStanding
from core.errors import BadInput, FormInstead
from core.features.checkins import days, records, sharing, texts
from core.features.checkins.records import BlockerKind, Checkin, CheckinAnswers
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
    "Whether a check-in is shared unless its author chooses: shared or private",
    "private",
    _read_share,
    {
        "shared": "A check-in is shared unless its author keeps it private",
        "private": "A check-in is private until its author shares it",
    }.__getitem__,
    ("private", "shared"),
)

_BLANK = LongText("")

_Progress = Annotated[LongText, Arg("What you worked on; small steps count", max_length=2000, form_only=True)]
_Learned = Annotated[
    LongText,
    Arg(
        "A result, an insight, or what turned out not to work",
        label="Learned",
        max_length=2000,
        form_only=True,
    ),
]
_Negative = Annotated[
    bool,
    Arg(
        "Yes if it is a negative result; they save others months", label="A negative result?", form_only=True
    ),
]
_Next = Annotated[LongText, Arg("What comes next", max_length=1000, form_only=True)]
_Kind = Annotated[
    BlockerKind | None,
    Arg("What kind of thing is in the way, if any", label="Kind of blocker", form_only=True),
]
_Blocker = Annotated[LongText, Arg("What is in the way, in your words", max_length=1000, form_only=True)]
_Mood = Annotated[
    Mood | None, Arg("How it is going, 1 to 5; only ever shown as a cohort's average", form_only=True)
]
_Day = Annotated[date | None, Arg("The day of the check-in, where it is not today", in_form=False)]
_Share = Annotated[Share | None, Arg("Who sees this check-in", label="Who sees it", form_only=True)]


def _answers(
    default: str,
    progress: str,
    learned: str,
    negative: bool,
    next_: str,
    blocker_kind: BlockerKind | None,
    blocker: str,
    mood: Mood | None,
    share: Share | None,
) -> CheckinAnswers:
    return CheckinAnswers(
        progress,
        learned,
        negative,
        next_,
        blocker,
        blocker_kind.value if blocker_kind else None,
        int(mood) if mood else None,
        (share or Share(default)) is Share.SHARED,
    )


def _sharing(conn: Conn, cohort_id: int) -> str:
    return settings.setting(conn, cohort_id, SHARING.key, SHARING.default)


def _share_default(conn: Conn, scope: Scope, given: Mapping[str, str]) -> dict[str, str]:
    day = _read_day(given)
    days.require_open(conn, scope, day)
    if scope.member and records.is_done(conn, scope.member.id, days.day_of(scope, day)):
        raise FormInstead("checkin edit", {"day": day.isoformat()} if day else {})
    return {"share": _sharing(conn, scope.cohort.id)}


def _of_day(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Mapping[str, str]:
    return records.prefill(conn, scope, days.day_of(scope, _read_day(given)))


def _read_day(given: Mapping[str, str]) -> date | None:
    """The day among a form's arguments. One that cannot be read is refused when the form is sent."""
    try:
        return date.fromisoformat(given.get("day", ""))
    except ValueError:
        return None


@command("checkin now", form="Check in", submit="Keep it", prefill=_share_default)
async def now(
    call: Call,
    progress: _Progress,
    learned: _Learned = _BLANK,
    negative: _Negative = False,
    next: _Next = _BLANK,  # noqa: A002 - the field's word
    blocker_kind: _Kind = None,
    blocker: _Blocker = _BLANK,
    mood: _Mood = None,
    share: _Share = None,
    day: Annotated[
        date | None, Arg("The day it is for, where it is not today", form_only=True, in_form=False)
    ] = None,
) -> Reply:
    """Check in: progress, what you learned, what is in the way."""
    default = await call.read(_sharing, call.cohort.id)
    answers = _answers(default, progress, learned, negative, next, blocker_kind, blocker, mood, share)
    which = days.day_of(call.scope, day)
    posts = await call.write(_add, call.scope, call.member.id, which, answers)
    return await _answer(call, which, posts, "Kept", texts.word(answers))


def _add(conn: Conn, scope: Scope, member_id: int, day: date, answers: CheckinAnswers) -> list[int]:
    records.add(conn, scope, member_id, day, answers)
    return sharing.publish(conn, scope, member_id, day)


async def _answer(call: Call, day: date, posts: list[int], head: str, *more: Text) -> Reply:
    """How a check-in stands after a change, as far as a moment tells."""
    await confirmation.wait_for_all(call.core, posts)
    shown = await call.read(_standing, call.scope, call.member.id, day)
    if any(each.showing in texts.FAILED for each in shown.standings):
        await call.write(outcomes.withdraw_notices, call.cohort.id, posts, call.now)
    text = texts.standing(head, shown.checkin.answers.shared, shown.standings)
    return Reply(join([text, *more]), (texts.buttons(shown.checkin, shown.standings),))


@dataclass(frozen=True, slots=True)
class _Standing:
    checkin: Checkin
    standings: Sequence[PostStanding]


def _standing(conn: Conn, scope: Scope, member_id: int, day: date) -> _Standing:
    found = records.editable(conn, scope, member_id, day)
    return _Standing(found, sharing.standings(conn, scope.cohort, found.id))


@command("checkin edit", form="Edit your check-in", submit="Keep the change", prefill=_of_day)
async def edit(
    call: Call,
    progress: _Progress,
    learned: _Learned = _BLANK,
    negative: _Negative = False,
    next: _Next = _BLANK,  # noqa: A002 - the field's word
    blocker_kind: _Kind = None,
    blocker: _Blocker = _BLANK,
    mood: _Mood = None,
    share: _Share = None,
    day: _Day = None,
) -> Reply:
    """Change a check-in; without a day, today's."""
    answers = _answers(Share.PRIVATE, progress, learned, negative, next, blocker_kind, blocker, mood, share)
    which = days.day_of(call.scope, day)
    posts = await call.write(_edit, call.scope, call.member.id, which, answers)
    return await _answer(call, which, posts, "Changed", texts.word(answers))


def _edit(conn: Conn, scope: Scope, member_id: int, day: date, answers: CheckinAnswers) -> list[int]:
    records.edit(conn, scope, member_id, day, answers)
    return sharing.publish(conn, scope, member_id, day)


@command("checkin share", once=Once.REPEATS)
async def share(call: Call, day: _Day = None) -> Reply:
    """Share a check-in in its day's thread; without a day, today's."""
    which = days.day_of(call.scope, day)
    posts = await call.write(sharing.change, call.scope, call.member.id, which, shared=True)
    return await _answer(call, which, posts, "Kept")


@command("checkin unshare", once=Once.REPEATS)
async def unshare(call: Call, day: _Day = None) -> Reply:
    """Take back a check-in that you shared; without a day, today's."""
    which = days.day_of(call.scope, day)
    posts = await call.write(sharing.change, call.scope, call.member.id, which, shared=False)
    return await _answer(call, which, posts, "Kept")


@command("checkin skip", once=Once.REPEATS)
async def skip(call: Call, day: _Day = None) -> Reply:
    """Sit today out, or the day of a call; no reason needed."""
    which = days.day_of(call.scope, day)
    if not await call.write(_skip, call.scope, call.member.id, which):
        named = "today" if which == call.scope.today else f"on {day_words(which)}"
        return Reply(say("You have checked in {day} already, so there is nothing to skip.", day=named))
    named = "" if which == call.scope.today else f" for {day_words(which)}"
    again = Button("Check in after all", "checkin now", {"day": which.isoformat()})
    return Reply(
        say("Noted{day}. Rest is part of research; see you next time.", day=named), (Buttons((again,)),)
    )


def _skip(conn: Conn, scope: Scope, member_id: int, day: date) -> bool:
    days.require_open(conn, scope, day)
    return records.skip(conn, scope, member_id, day)


@command("checkin status")
async def status(call: Call) -> Reply:
    """Your last check-ins, and when the next call comes."""
    recent, shown = await call.read(_recent, call.scope, call.member.id)
    lines = [*texts.recent(recent, shown), await call.read(_cohort_status, call.scope)]
    if any(each.day == call.scope.today and not each.skipped for each in recent):
        button = Button("Edit today's", "checkin edit")
    else:
        button = Button("Check in", "checkin now", style=ButtonStyle.PRIMARY)
    return Reply(join(lines), (Buttons((button,)),))


def _recent(
    conn: Conn, scope: Scope, member_id: int
) -> tuple[Sequence[Checkin], Mapping[int, Sequence[PostStanding]]]:
    """A member's last check-ins, and by their ids how they stand in the channels."""
    found = records.recent(conn, member_id, 7)
    return found, {each.id: sharing.standings(conn, scope.cohort, each.id) for each in found}


def _cohort_status(conn: Conn, scope: Scope) -> Text:
    """What the cohort shared today, and the next call."""
    parts = []
    if shared := records.shared_on(conn, scope.cohort.id, scope.today):
        people = "1 person has" if shared == 1 else f"{shared} people have"
        parts.append(say("{people} shared a check-in today.", people=people))
    calls = [each.next for each in schedules.listed(conn, scope.cohort.id) if each.kind == "checkin"]
    coming = min((slot for slot in calls if slot), key=lambda slot: slot.at, default=None)
    if coming is not None:
        parts.append(say("The next call comes {at}.", at=moment(coming.at, scope.cohort.zone)))
    return join(parts)
