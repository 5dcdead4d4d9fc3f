"""Which direct messages somebody wants, and when: the command `profile reminders`, and the one message that holds those
of a day."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Annotated

from core.chat.model import Block, Button, Buttons, Choice, Fields, Person, Reply, Source, button_rows
from core.chat.text import Text, join, say
from core.clock import time_words
from core.cohorts import directory, people
from core.cohorts.model import Cohort, Scope
from core.cohorts.people import BUNDLE_AFTER_QUIET, NoticeKind, Wishes
from core.commands.decorators import command, post
from core.commands.dispatch import Call, Core
from core.commands.registry import Registry
from core.commands.spec import Access, Arg, Once, Opening, Post, Readers
from core.delivery import asked_for, held, quiet
from core.delivery.calendar import read_quiet
from core.errors import BadInput, at_field, report
from core.store.port import Conn
from core.store.scoped import across, within

_AS_COHORT = ("cohort", "default", "as the cohort")
_NEVER = ("no", "off", "none", "never")
_EVENING = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?")
_IN_FULL = 5
"""So many messages of a day come with all of their buttons; of more each has its first one."""


def _begins(label: str) -> str:
    """A kind's name where it begins a line; the rest of it stays, as in Mondays."""
    return label[:1].upper() + label[1:]


def _off(found: Wishes, notices: Sequence[NoticeKind]) -> str:
    """The kinds that somebody switched off, in words; those that have to be asked for are not among them."""
    return " and no ".join(each.label for each in notices if not each.asked_for and not found.wants(each))


def _asked_for(found: Wishes, notices: Sequence[NoticeKind], *, wanted: bool) -> str:
    """The kinds that have to be asked for and are, or are not."""
    return ", ".join(each.label for each in notices if each.asked_for and found.wants(each) is wanted)


def _kinds(registry: Registry) -> Sequence[Choice]:
    return [Choice(each.key, _begins(each.label), (each.label,)) for each in registry.notices]


def _opens(conn: Conn, scope: Scope, given: Mapping[str, str]) -> Opening:
    """The form with what holds now."""
    if scope.member is None:
        return Opening({})
    found = people.wishes(conn, scope.member.person_id)
    values = {"on": "yes" if found.any else "no"}
    values |= {"quiet": found.quiet} if found.quiet else {}
    values |= {"bundle": _typed(found.bundle)} if found.bundle else {}
    return Opening(values)


def _typed(bundle: str) -> str:
    return "yes" if bundle == BUNDLE_AFTER_QUIET else bundle


@command(
    "profile reminders",
    access=Access.ANYONE,
    needs_cohort=False,
    form="Change your reminders",
    submit="Save",
    prefill=_opens,
    once=Once.REPEATS,
)
async def reminders(
    call: Call,
    on: Annotated[bool, Arg("Yes for direct messages, no for none")],
    kind: Annotated[
        str | None, Arg("Only this kind of message; without one, all", label="Which", choices=_kinds)
    ] = None,
    quiet: Annotated[
        str | None,
        Arg("Your quiet hours, such as 22:00-07:00, or none; empty for the cohort's", label="Quiet hours"),
    ] = None,
    bundle: Annotated[
        str | None,
        Arg("One message a day: yes for the end of your quiet hours, or a time; no for each", label="Bundle"),
    ] = None,
) -> Reply:
    """Choose which direct messages I may send you, and when."""
    emptied = call.request.source is Source.FORM
    change = _Change(on, kind, _read_hours(quiet), _read_bundle(bundle), quiet, bundle, emptied)
    notices = call.core.registry.notices
    found = await call.write(_change, call.request.person, change, notices, call.now)
    cohort = call.optional_scope.cohort if call.optional_scope else None
    hours = await call.read(_hours, cohort, found) if cohort else None
    said = _says(found, notices, hours)
    if cohort and on and kind is not None:
        said += await call.read(_not_sent, call.core.registry, cohort, kind)
    return Reply(join(said), button_rows(toggles(found, notices)))


def _not_sent(conn: Conn, registry: Registry, cohort: Cohort, key: str) -> list[Text]:
    """A word where somebody asks for what no schedule of the cohort sends."""
    sent = [each.key for each in asked_for.sent_in(conn, registry, cohort.id)]
    kinds = filter(None, (asked_for.of_schedule(registry, each) for each in registry.schedules))
    return [
        say(
            "**{cohort}** sends no {kinds} by direct message yet. An organizer can change that with "
            "{/cohort-admin schedule-add}.",
            cohort=cohort.name,
            kinds=each.label,
        )
        for each in dict.fromkeys(kinds)
        if each.key == key and key not in sent
    ]


def _read_hours(typed: str | None) -> str | None:
    if typed is None or typed.strip().casefold() in _AS_COHORT:
        return None
    with at_field("quiet"):
        hours = read_quiet(typed)
    return f"{time_words(hours[0])}-{time_words(hours[1])}" if hours else "none"


def _read_bundle(typed: str | None) -> str | None:
    if typed is None or (words := typed.strip().casefold()) in _NEVER:
        return None
    if words in ("yes", "on", "morning", "quiet"):
        return BUNDLE_AFTER_QUIET
    match = _EVENING.fullmatch(words)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    if hour > 23 or minute > 59:
        text = "I cannot read “{typed}” as a time. Please write yes, no, or a time such as 18:00."
        raise BadInput(say(text, typed=typed[:40]), field="bundle")
    return time(hour, minute).isoformat("minutes")


@dataclass(frozen=True, slots=True)
class _Change:
    """What somebody asks for. `typed_quiet` and `typed_bundle` are None where nothing was said of them; with `emptied`
    that means that they were emptied in a form."""

    on: bool
    kind: str | None
    quiet: str | None
    bundle: str | None
    typed_quiet: str | None
    typed_bundle: str | None
    emptied: bool


def _change(
    conn: Conn, person: Person, asked: _Change, notices: Sequence[NoticeKind], now: datetime
) -> Wishes:
    person_id = directory.ensure_person(conn, person, now)
    before = people.wishes(conn, person_id)
    if asked.kind is None:
        people.set_reminders(conn, person_id, asked.on)
        if asked.on and not asked.emptied:
            people.want_all(conn, person_id)
    else:
        if asked.on and not before.any:
            # All were off, and one is wanted: the others stay off.
            people.set_reminders(conn, person_id, True)
            for each in notices:
                people.set_wanted(conn, person_id, each.key, False)
        people.set_wanted(conn, person_id, asked.kind, asked.on)
    _begin(conn, person_id, notices, now)
    quiet = before.quiet if asked.typed_quiet is None and not asked.emptied else asked.quiet
    bundle = before.bundle if asked.typed_bundle is None and not asked.emptied else asked.bundle
    people.set_hours(conn, person_id, quiet, bundle)
    return people.wishes(conn, person_id)


def _begin(conn: Conn, person_id: int, notices: Sequence[NoticeKind], now: datetime) -> None:
    """Plan what somebody wants now and nobody of a cohort may have wanted before."""
    found = people.wishes(conn, person_id)
    for each in notices:
        if each.begins is not None and found.wants(each):
            for cohort in directory.cohorts_ever(conn, person_id):
                if directory.is_live(conn, cohort.id):
                    each.begins(within(across(conn), cohort.id), cohort, now)


def _hours(conn: Conn, cohort: Cohort, found: Wishes) -> quiet.Hours | None:
    return quiet.hours(conn, cohort, found.quiet)


def _says(found: Wishes, notices: Sequence[NoticeKind], hours: quiet.Hours | None) -> list[Text]:
    """What somebody chose, in words."""
    if not found.any:
        return [
            say(
                "No direct messages from now on, but for what you have to know. The channels are still yours; "
                "{/profile reminders} brings them back."
            )
        ]
    if off := _off(found, notices):
        lines = [say("I send you direct messages, but no {kinds}.", kinds=off)]
    else:
        lines = [say("I may send you direct messages.")]
    if mine := _asked_for(found, notices, wanted=True):
        lines.append(say("You asked for {kinds}.", kinds=mine))
    if others := _asked_for(found, notices, wanted=False):
        lines.append(say("Only if you ask for them: {kinds}.", kinds=others))
    lines.append(say("{when}", when=when(found, hours)))
    return lines


def when(found: Wishes, hours: quiet.Hours | None) -> str:
    """When direct messages come, in words."""
    parts = []
    if found.bundle is not None:
        at = found.bundle_at or (hours or quiet.DEFAULT_HOURS)[1]
        parts.append(f"They come in one message a day, at {time_words(at)}.")
    if hours is not None:
        span = f"{time_words(hours[0])} to {time_words(hours[1])}"
        own = "your quiet hours" if found.quiet else "the cohort's quiet hours"
        parts.append(f"What falls in {own}, {span}, comes at their end.")
    elif found.quiet:
        parts.append("You have no quiet hours.")
    return " ".join(parts)


def facts(found: Wishes, notices: Sequence[NoticeKind], hours: quiet.Hours | None) -> dict[str, str]:
    """What somebody chose, as lines of their profile."""
    if not found.any:
        return {"Reminders": "off"}
    off, words = _off(found, notices), when(found, hours)
    return {"Reminders": f"on, but no {off}" if off else "on"} | ({"When": words} if words else {})


def toggles(found: Wishes, notices: Sequence[NoticeKind]) -> tuple[Button, ...]:
    """Buttons that switch all direct messages off or on, or one kind of them."""
    if not found.any:
        return (Button("Bring them back", "profile reminders", {"on": "yes"}),)
    items = [
        Button(
            f"No {each.label}"
            if found.wants(each)
            else f"{_begins(each.label)}{'' if each.asked_for else ' again'}",
            "profile reminders",
            {"on": "no" if found.wants(each) else "yes", "kind": each.key},
        )
        for each in notices
    ]
    return (*items, Button("No direct messages", "profile reminders", {"on": "no"}))


@post(
    held.BUNDLE,
    label="messages of a day",
    readers=Readers.MEMBERS,
    always="It holds what its reader wants, and what they switched off is not in it.",
)
async def render_bundle(core: Core, sent: Post) -> Reply:
    """Several messages in one, the oldest first."""
    texts: list[Text] = []
    rows: list[Buttons] = []
    blocks: list[Block] = []
    posts = await core.read(sent.cohort.id, held.posts_in, sent.id)
    for each in posts:
        reply = await _rendered(core, each)
        texts += [say("{text}", text=reply.text), *_lines(reply)]
        blocks += [block for block in reply.blocks if not isinstance(block, Buttons | Fields)]
        rows += [block for block in reply.blocks if isinstance(block, Buttons)][:1]
    if len(rows) > _IN_FULL:
        rows = list(button_rows([row.items[0] for row in rows if row.items]))
    head = say("**{n} messages for you** from {cohort}:", n=len(posts), cohort=sent.cohort.name)
    return Reply(join([head, *texts]), (*blocks, *rows))


def _lines(reply: Reply) -> list[Text]:
    """The fields of a message as lines."""
    pairs = [pair for block in reply.blocks if isinstance(block, Fields) for pair in block.items]
    return [say("**{label}**: {value}", label=label, value=value) for label, value in pairs]


async def _rendered(core: Core, each: Post) -> Reply:
    """One of several messages; one that cannot be put into words does not keep the others back."""
    try:
        return await core.registry.posts[each.kind].render(core, each)
    except Exception:
        reference = report("post cannot be rendered", post=each.id)
        return Reply(
            say("One message could not be put into words (reference {reference}).", reference=reference)
        )
