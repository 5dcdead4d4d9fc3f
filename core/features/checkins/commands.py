"""The commands `checkin ...`."""

from typing import Annotated

from core.chat.model import Button, Buttons, ButtonStyle, LabelledEnum, Reply
from core.chat.text import Moment, Text, join, say
from core.clock import day_words
from core.cohorts import settings
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, LongText, Once, Setting
from core.delivery import schedules
from core.errors import BadInput
from core.features.checkins import records, texts
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
    "Whether a check-in is shared unless its author chooses: shared or private",
    "private",
    _read_share,
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


def _share_default(conn: Conn, scope: Scope) -> dict[str, str]:
    return {"share": _sharing(conn, scope.cohort.id)}


@command("checkin now", form="Check in", prefill=_share_default)
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
) -> Reply:
    """Check in: progress, what you learned, what is in the way."""
    default = await call.read(_sharing, call.cohort.id)
    answers = _answers(default, progress, learned, negative, next, blocker_kind, blocker, mood, share)
    await call.write(records.add, call.scope, call.member.id, answers)
    return Reply(texts.thanks(answers), (Buttons((Button("Edit", "checkin edit"),)),))


@command("checkin edit", form="Edit today's check-in", prefill=records.prefill)
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
) -> Reply:
    """Change today's check-in."""
    answers = _answers(Share.PRIVATE, progress, learned, negative, next, blocker_kind, blocker, mood, share)
    await call.write(records.edit, call.scope, call.member.id, answers)
    return Reply(join(["Changed.", texts.thanks(answers)]))


@command("checkin skip", once=Once.REPEATS)
async def skip(call: Call) -> Reply:
    """Sit today out; no reason needed."""
    if not await call.write(records.skip, call.scope, call.member.id):
        return Reply("You have checked in today already, so there is nothing to skip.")
    return Reply(
        "Noted. Rest is part of research; see you next time.",
        (Buttons((Button("Check in after all", "checkin now"),)),),
    )


@command("checkin status")
async def status(call: Call) -> Reply:
    """Your last check-ins, and when the next call comes."""
    recent = await call.read(records.recent, call.member.id, 7)
    lines = [*texts.recent(recent), await call.read(_cohort_status, call.scope)]
    if any(each.day == call.scope.today and not each.skipped for each in recent):
        button = Button("Edit today's", "checkin edit")
    else:
        button = Button("Check in", "checkin now", style=ButtonStyle.PRIMARY)
    return Reply(join(lines), (Buttons((button,)),))


def _cohort_status(conn: Conn, scope: Scope) -> Text:
    """What the cohort shared today, and the next call."""
    parts = []
    if shared := records.shared_on(conn, scope.cohort.id, scope.today):
        people = "1 person has" if shared == 1 else f"{shared} people have"
        parts.append(say("{people} shared a check-in today.", people=people))
    calls = [each.next for each in schedules.listed(conn, scope.cohort.id) if each.kind == "checkin"]
    coming = min((slot for slot in calls if slot), key=lambda slot: slot.at, default=None)
    if coming is not None:
        parts.append(say("The next call comes {at}.", at=Moment(coming.at, day_words(coming.day))))
    return join(parts)
