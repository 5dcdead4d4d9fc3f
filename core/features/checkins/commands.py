"""The commands `checkin ...`, the daily call, and what the digest says of check-ins."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from core.chat.model import Button, Buttons, ButtonStyle, Fields, Reply
from core.chat.text import Moment, Text, join, say
from core.clock import day_words, local_date
from core.cohorts import directory
from core.cohorts.model import Cohort, Member, Scope
from core.commands.decorators import command, post, schedule, section
from core.commands.dispatch import Call, Core
from core.commands.spec import Arg, LongText, Post, SectionPart, Setting
from core.delivery import schedules
from core.errors import BadInput
from core.features.checkins import records
from core.features.checkins.records import CALL, OPENER, SHARED, BlockerKind, Checkin, CheckinAnswers
from core.store.port import Conn

GROUPS = {"checkin": "A few lines about your day: progress, what you learned, what is in the way"}

FEWEST = 5
"""An aggregate of fewer people is not shown."""


class Share(StrEnum):
    """Who sees a check-in."""

    SHARED = "shared"
    PRIVATE = "private"

    @property
    def label(self) -> str:
        """What a form shows."""
        return "Share it in the channel's thread" if self is Share.SHARED else "Keep it private"


class Mood(StrEnum):
    """How it is going, from 1 to 5."""

    HARD = "1"
    HEAVY = "2"
    STEADY = "3"
    GOOD = "4"
    GREAT = "5"

    @property
    def label(self) -> str:
        """What a form shows."""
        return {"1": "1 · hard", "2": "2 · heavy", "3": "3 · steady", "4": "4 · good", "5": "5 · great"}[
            self.value
        ]


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
    default: str, progress: str, learned: str, negative: bool, next_: str,
    blocker_kind: BlockerKind | None, blocker: str, mood: Mood | None, share: Share | None,
) -> CheckinAnswers:  # fmt: skip
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
    return directory.setting(conn, cohort_id, SHARING.key, SHARING.default)


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
    return Reply(_thanks(answers), (Buttons((Button("Edit", "checkin edit"),)),))


@command("checkin edit", form="Edit today's check-in", prefill=records.stored)
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
    return Reply(join(["Changed.", _thanks(answers)]))


@command("checkin skip")
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
    own = await call.read(records.recent, call.member.id, 7)
    lines: list[Text] = (
        [say("Your last check-ins:")] if own else [say("No check-in yet. Whenever you like: `checkin now`.")]
    )
    for each in own:
        what = "sat out" if each.skipped else "shared" if each.answers.shared else "kept private"
        lines.append(say("- {day}: {what}", day=day_words(each.day), what=what))
    lines.append(await call.read(_around, call.scope))
    has_today = any(each.day == call.scope.today and not each.skipped for each in own)
    button = Button("Edit today's", "checkin edit") if has_today else Button(
        "Check in", "checkin now", style=ButtonStyle.PRIMARY)  # fmt: skip
    return Reply(join(lines), (Buttons((button,)),))


def _around(conn: Conn, scope: Scope) -> Text:
    """The cohort's day in words, where enough people stand behind a number, and the next call."""
    parts = []
    done = records.count_of_day(conn, scope.cohort.id, scope.today)
    everybody = len(directory.members(conn, scope.cohort.id))
    # Both counts have to be large: one person less than everybody would tell who is missing.
    if done >= FEWEST and everybody - done >= FEWEST:
        parts.append(say("{done} of {everybody} have checked in today.", done=done, everybody=everybody))
    calls = [each for each in schedules.listed(conn, scope.cohort.id) if each.kind == "checkin" and each.next]
    coming = min((each.next for each in calls if each.next), key=lambda slot: slot.at, default=None)
    if coming is not None:
        parts.append(say("The next call comes {at}.", at=Moment(coming.at, day_words(coming.day))))
    return join(parts)


def _thanks(answers: CheckinAnswers) -> Text:
    lines = [
        say(
            "Kept, and shared in today's thread. Thank you."
            if answers.shared
            else "Kept, for your eyes only. Thank you."
        )
    ]
    if answers.negative and answers.learned:
        lines.append(say("A negative result is a result: somebody will not lose a month over it."))
    if answers.blocker or answers.blocker_kind:
        lines.append(
            say("What is in your way is noted. Most blockers get smaller when a second person looks at them.")
        )
    return join(lines)


@schedule(
    "checkin", label="check-in call", help="calls for check-ins", post=CALL, purpose="checkins", personal=True
)
def call_for_checkins(_conn: Conn, _cohort: Cohort, day: date, _at: datetime) -> dict[str, Any]:
    """A call for one local date."""
    return {"day": day.isoformat()}


def _call_buttons() -> Buttons:
    return Buttons(
        (Button("Check in", "checkin now", style=ButtonStyle.PRIMARY), Button("Not today", "checkin skip"))
    )


def _moot(conn: Conn, post: Post, member: Member, now: datetime) -> bool:
    """A call of an earlier day, or one that its reader has answered, asks nobody anything any more."""
    day = date.fromisoformat(post.data["day"])
    over = day < local_date(now, member.zone or post.cohort.zone)
    return over or records.of_day(conn, member.id, day) is not None


@post(CALL, label="check-in call", moot=_moot)
async def render_call(_core: Core, post: Post) -> Reply:
    """The call, with its button."""
    day = date.fromisoformat(post.data["day"])
    late = " I was away when this was due, so it comes late." if post.late else ""
    text = say(
        "**Check-in, {day}.** What moved, what did you learn, what is in the way? A few words are enough, and "
        "you choose who sees them.{late}",
        day=day_words(day),
        late=late,
    )
    return Reply(text, (_call_buttons(),))


@post(OPENER, label="head of a day's check-ins")
async def render_opener(_core: Core, post: Post) -> Reply:
    """The head of a day's thread where no call stands."""
    day = date.fromisoformat(post.data["day"])
    return Reply(say("**Check-ins of {day}** are in this thread.", day=day_words(day)), (_call_buttons(),))


@post(SHARED, label="check-in")
async def render_shared(core: Core, post: Post) -> Reply:
    """A check-in as others see it; after it was made private again, only that."""
    found = await core.store.read(records.by_id, post.data["checkin"])
    if found is None or found.skipped or not found.answers.shared:
        return Reply("This check-in was taken back by its author.")
    return Reply(say("**{name}** checked in.", name=found.name), (_fields(found),))


def _fields(found: Checkin) -> Fields:
    answers = found.answers
    learned = "Learned (a negative result)" if answers.negative else "Learned"
    kind = BlockerKind(answers.blocker_kind).label if answers.blocker_kind else ""
    blocker = ": ".join(filter(None, (kind, answers.blocker)))
    pairs = (
        ("Progress", answers.progress),
        (learned, answers.learned),
        ("Next", answers.next),
        ("In the way", blocker),
    )
    return Fields(tuple((label, value) for label, value in pairs if value))


@section("checkins", order=20)
def digest_section(conn: Conn, cohort: Cohort, since: datetime, until: datetime) -> SectionPart | None:
    """How many checked in and what stood in the way, where five or more people stand behind a number."""
    rows = records.week_counts(conn, cohort.id, since, until)
    people = {row["member_id"] for row in rows}
    if len(people) < FEWEST:
        return None
    lines = [say("**Check-ins**: {count} from {people} people.", count=len(rows), people=len(people))]
    stuck: dict[str, set[int]] = {}
    for row in rows:
        if row["blocker_kind"]:
            stuck.setdefault(row["blocker_kind"], set()).add(row["member_id"])
    common = {kind: len(who) for kind, who in stuck.items() if len(who) >= FEWEST}
    if common:
        kind = max(common, key=lambda each: common[each])
        lines.append(say("Most often in the way: {kind}.", kind=BlockerKind(kind).label.casefold()))
    if any(row["negative"] and row["shared"] for row in rows):
        lines.append(
            say("Negative results were shared in the threads; they save the next person the detour.")
        )
    return SectionPart(join(lines), (("check-ins", len(rows)),))
