"""The commands `checkin ...` that give a check-in, change it and say who sees it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from core.chat.model import Block, Button, Buttons, ButtonStyle, Records, Reply
from core.chat.text import Text, join, moment, say
from core.clock import day_words
from core.cohorts.model import Scope
from core.commands.decorators import command
from core.commands.dispatch import Call
from core.commands.spec import Arg, Once
from core.delivery import schedules
from core.delivery.outcomes import PostStanding
from core.errors import BadInput
from core.features.checkins import answered, days, fields, helping, moods, own_day, records, sharing, texts
from core.features.checkins.answers import answer
from core.features.checkins.fields import (
    BLANK,
    Blocker,
    Day,
    Kind,
    Learned,
    MoodOf,
    Negative,
    Next,
    Progress,
    Share,
    ShareOf,
)
from core.features.checkins.records import BlockerKind, Checkin, CheckinAnswers
from core.store.port import Conn

NOT_ASKED = "How it is going is not asked for here any more, so I did not keep that."


@command("checkin now", form="Check in", submit="Keep it", prefill=fields.opens_new)
async def now(
    call: Call,
    progress: Progress,
    learned: Learned = BLANK,
    blocker: Blocker = BLANK,
    next: Next = BLANK,  # noqa: A002 - the field's word
    mood: MoodOf = None,
    negative: Negative = None,
    blocker_kind: Kind = None,
    share: ShareOf = None,
    day: Day = None,
) -> Reply:
    """Check in: what moved, what you learned, what is in the way."""
    asked = await call.read(fields.asks_mood, call.cohort.id)
    answers = CheckinAnswers(
        progress,
        learned,
        bool(negative),
        next,
        blocker,
        blocker_kind.value if blocker_kind else None,
        int(mood) if mood and asked else None,
    )
    which = days.day_of(call.scope, day)
    posts = await call.write(_add, call.scope, call.member.id, which, answers, share)
    return await answer(call, which, posts, "Kept", *([NOT_ASKED] if mood and not asked else []))


def _add(
    conn: Conn, scope: Scope, member_id: int, day: date, answers: CheckinAnswers, share: Share | None
) -> list[int]:
    shared = fields.share_of(conn, scope, member_id, share) is Share.SHARED
    records.add(conn, scope, member_id, day, replace(answers, shared=shared))
    return sharing.publish(conn, scope, member_id, day)


@command("checkin edit", form="Edit your check-in", submit="Keep the change", prefill=fields.opens_edit)
async def edit(
    call: Call,
    progress: Progress,
    learned: Learned = BLANK,
    blocker: Blocker = BLANK,
    next: Next = BLANK,  # noqa: A002 - the field's word
    mood: MoodOf = None,
    negative: Negative = None,
    blocker_kind: Kind = None,
    share: ShareOf = None,
    day: Day = None,
) -> Reply:
    """Change a check-in; without a day, today's."""
    asked = await call.read(fields.asks_mood, call.cohort.id)
    said: dict[str, Any] = {
        "progress": progress,
        "learned": learned,
        "blocker": blocker,
        "next": next,
        "mood": int(mood) if mood else None,
        "negative": bool(negative),
        "blocker_kind": blocker_kind.value if blocker_kind else None,
        "shared": share is Share.SHARED,
    }
    given = {"shared" if name == "share" else name for name in fields.given_fields(call)}
    changes = {name: said[name] for name in said if name in given and (asked or name != "mood")}
    which = days.day_of(call.scope, day)
    posts = await call.write(_edit, call.scope, call.member.id, which, changes)
    return await answer(call, which, posts, "Changed", *([NOT_ASKED] if mood and not asked else []))


def _edit(conn: Conn, scope: Scope, member_id: int, day: date, changes: Mapping[str, Any]) -> list[int]:
    found = records.editable(conn, scope, member_id, day)
    records.update(conn, found.id, fields.changed(found.answers, changes), scope.now)
    return sharing.publish(conn, scope, member_id, day)


@command("checkin mark", once=Once.REPEATS)
async def mark(
    call: Call,
    negative: Annotated[bool | None, Arg("Whether what you learned is a negative result")] = None,
    kind: Annotated[BlockerKind | None, Arg("What kind of thing is in the way")] = None,
    day: Day = None,
) -> Reply:
    """Say that what you learned is a negative result, or what kind of thing is in the way."""
    if negative is None and kind is None:
        raise BadInput("Please say what it is: negative yes or no, or the kind of what is in the way.")
    which = days.day_of(call.scope, day)
    posts = await call.write(_mark, call.scope, call.member.id, which, negative, kind)
    return await answer(call, which, posts, "Noted")


def _mark(
    conn: Conn, scope: Scope, member_id: int, day: date, negative: bool | None, kind: BlockerKind | None
) -> list[int]:
    found = records.editable(conn, scope, member_id, day).answers
    if negative and not found.learned:
        raise BadInput(
            say(
                "This check-in does not say what you learned, and a negative result is something learned. Add it with "
                "{/checkin edit}."
            ),
            field="negative",
        )
    changes: dict[str, Any] = {} if negative is None else {"negative": negative}
    changes |= {} if kind is None else {"blocker_kind": kind.value}
    return _edit(conn, scope, member_id, day, changes)


@command("checkin share", once=Once.REPEATS)
async def share(call: Call, day: Day = None) -> Reply:
    """Share a check-in in its day's thread; without a day, today's."""
    which = days.day_of(call.scope, day)
    posts = await call.write(sharing.change, call.scope, call.member.id, which, shared=True)
    return await answer(call, which, posts, "Kept")


@command("checkin unshare", once=Once.REPEATS)
async def unshare(call: Call, day: Day = None) -> Reply:
    """Take back a check-in that you shared; without a day, today's."""
    which = days.day_of(call.scope, day)
    posts = await call.write(sharing.change, call.scope, call.member.id, which, shared=False)
    return await answer(call, which, posts, "Kept")


@command("checkin skip", once=Once.REPEATS)
async def skip(call: Call, day: Day = None) -> Reply:
    """Sit today out, or the day of a call; no reason needed."""
    which = days.day_of(call.scope, day)
    if not await call.write(_skip, call.scope, call.member.id, which):
        named = "today" if which == own_day.today(call.scope) else f"on {day_words(which)}"
        return Reply(say("You have checked in {day} already, so there is nothing to skip.", day=named))
    named = "" if which == own_day.today(call.scope) else f" for {day_words(which)}"
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
    await moods.renew(call)
    recent, shown = await call.read(_recent, call.scope, call.member.id)
    lines = [*texts.recent(recent, shown), await call.read(_cohort_status, call.scope)]
    today = next(
        (each for each in recent if each.day == own_day.today(call.scope) and not each.skipped), None
    )
    if today is None:
        button = Button("Check in", "checkin now", style=ButtonStyle.PRIMARY)
    else:
        button = texts.left_button(today) if today.left else Button("Edit today's", "checkin edit")
    journal = (
        [Button("Your journal", "checkin history"), Button("How it goes", "checkin mood")] if recent else []
    )
    stuck = await call.read(helping.open_for, call.scope)
    blocks: list[Block] = [Records(tuple(map(helping.row, stuck)))] if stuck else []
    if stuck:
        lines.append(say("What is in the way and waits stands below."))
        journal.append(Button("All that waits", "checkin blockers"))
    return Reply(join(lines), (*blocks, Buttons((button, *journal))))


def _recent(
    conn: Conn, scope: Scope, member_id: int
) -> tuple[Sequence[Checkin], Mapping[int, Sequence[PostStanding]]]:
    """A member's last check-ins, and by their ids how they stand in the channels."""
    today = own_day.today(scope)
    found = [
        answered.own(conn, each) if each.day == today else each for each in records.recent(conn, member_id, 7)
    ]
    return found, {each.id: sharing.standings(conn, scope.cohort, each.id) for each in found}


def _cohort_status(conn: Conn, scope: Scope) -> Text:
    """What the cohort shared today, and the next call."""
    parts = []
    if shared := records.shared_on(conn, scope.cohort.id, own_day.today(scope)):
        people = "1 person has" if shared == 1 else f"{shared} people have"
        parts.append(say("{people} shared a check-in today.", people=people))
    calls = [each.next for each in schedules.listed(conn, scope.cohort.id) if each.kind == "checkin"]
    coming = min((slot for slot in calls if slot), key=lambda slot: slot.at, default=None)
    if coming is not None:
        parts.append(say("The next call comes {at}.", at=moment(coming.at, scope.cohort.zone)))
    if mood := moods.of_last_week(conn, scope):
        parts.append(mood)
    return join(parts)
